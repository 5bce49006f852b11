//! The modules that the directives come from, enabled as `a2enmod` does it.

use super::Work;
use crate::model::Step;
use crate::plan::PlanError;
use std::path::{Path, PathBuf};

/// Each module needed, after those it needs itself.
const NEEDED: [&str; 6] = ["proxy", "proxy_http", "proxy_wstunnel", "headers", "setenvif", "alias"];

/// Links for the modules that are not in force.
///
/// # Source
/// Debian's `a2enmod`: a link for the `.load` file, and for the `.conf` file where the module has one.
pub(super) fn changes(work: &Work<'_>) -> Result<Vec<Step>, PlanError> {
    let missing: Vec<&str> =
        NEEDED.into_iter().filter(|module| !work.loaded.modules.iter().any(|own| own == module)).collect();
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    let refused = |message: String, hint: String| PlanError::Refused {
        file: work.apache.main.clone(),
        line: 1,
        message,
        hint,
    };
    let Some((available, enabled)) = &work.apache.mod_folders else {
        if missing == ["proxy_wstunnel"] && takes_ws(work) {
            return Ok(Vec::new());
        }
        let lines: Vec<_> =
            missing.iter().map(|m| format!("  LoadModule {m}_module modules/mod_{m}.so")).collect();
        return Err(refused(
            format!("these modules are not loaded: {}", missing.join(", ")),
            format!("load them where this machine loads its modules, as in\n{}", lines.join("\n")),
        ));
    };
    let mut steps = Vec::new();
    for module in missing {
        let mut found = false;
        for ending in ["conf", "load"] {
            let name = format!("{module}.{ending}");
            if work.apache.available.contains(&name) {
                found |= ending == "load";
                steps.push(Step::Link {
                    path: enabled.join(&name),
                    target: beside(available, &name),
                    why: format!("enables mod_{module}"),
                });
            }
        }
        // Since 2.4.47 mod_proxy_http takes ws:// by itself.
        let can_do_without = module == "proxy_wstunnel" && takes_ws(work);
        if !found && !can_do_without {
            return Err(refused(
                format!("mod_{module} is needed, and {} has no {module}.load", available.display()),
                format!("install the package that brings mod_{module}"),
            ));
        }
    }
    Ok(steps)
}

fn takes_ws(work: &Work<'_>) -> bool {
    work.apache.version.as_ref().is_some_and(|version| version.at_least(&[2, 4, 47]))
}

/// The link's target as `a2enmod` writes it, relative to the folder beside.
fn beside(available: &Path, name: &str) -> PathBuf {
    Path::new("..").join(available.file_name().unwrap_or_default()).join(name)
}
