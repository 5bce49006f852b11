//! The modules that the directives come from, enabled as this machine enables modules.

mod lines;
mod links;
mod sysconfig;

use super::Work;
use super::edits::Edits;
use crate::model::Step;
use crate::plan::PlanError;

/// Each module needed, after those it needs itself.
const NEEDED: [&str; 6] = ["proxy", "proxy_http", "proxy_wstunnel", "headers", "setenvif", "alias"];

/// What enables the modules that are not in force: links on Debian, a word in `APACHE_MODULES` on openSUSE, a
/// `LoadModule` line everywhere else.
pub(super) fn changes(work: &Work<'_>, edits: &mut Edits<'_>) -> Result<Vec<Step>, PlanError> {
    let missing: Vec<&str> =
        NEEDED.into_iter().filter(|module| !work.loaded.modules.iter().any(|own| own == module)).collect();
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    if let Some((available, enabled)) = &work.apache.mod_folders {
        return links::changes(work, &missing, available, enabled);
    }
    require_installed(work, &missing)?;
    if let Some(file) = &work.apache.sysconfig {
        return sysconfig::change(file, &missing).map(|change| vec![Step::File(change)]);
    }
    lines::changes(work, &missing, edits)?;
    Ok(Vec::new())
}

fn require_installed(work: &Work<'_>, missing: &[&str]) -> Result<(), PlanError> {
    let available = &work.apache.available;
    let is_there = |module: &str| available.is_empty() || available.contains(&format!("mod_{module}.so"));
    match missing.iter().find(|module| !is_there(module)) {
        None => Ok(()),
        Some(module) => Err(refused(
            work,
            format!("mod_{module} is needed, and there is no mod_{module}.so beside the other modules"),
            format!(
                "install the package that brings mod_{module}: apache2-proxy on Alpine, mod_ssl on Fedora"
            ),
        )),
    }
}

fn refused(work: &Work<'_>, message: String, hint: String) -> PlanError {
    PlanError::Refused { file: work.apache.main.clone(), line: 1, message, hint }
}
