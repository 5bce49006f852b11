//! Modules enabled as `a2enmod` does it.

use super::{Work, refused};
use crate::model::Step;
use crate::plan::PlanError;
use std::path::{Path, PathBuf};

/// Links for the modules that are not in force.
///
/// # Source
/// Debian's `a2enmod`: a link for the `.load` file, and for the `.conf` file where the module has one.
pub(super) fn changes(
    work: &Work<'_>,
    missing: &[&str],
    available: &Path,
    enabled: &Path,
) -> Result<Vec<Step>, PlanError> {
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
        if !found {
            return Err(refused(
                work,
                format!("mod_{module} is needed, and {} has no {module}.load", available.display()),
                format!("install the package that brings mod_{module}"),
            ));
        }
    }
    Ok(steps)
}

/// The link's target as `a2enmod` writes it, relative to the folder beside.
fn beside(available: &Path, name: &str) -> PathBuf {
    Path::new("..").join(available.file_name().unwrap_or_default()).join(name)
}
