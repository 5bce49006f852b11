//! The modules that the directives come from, enabled as this machine enables modules.

mod lines;
mod links;
mod sysconfig;

use super::Work;
use super::edits::Edits;
use crate::model::Step;
use crate::plan::PlanError;

/// Each module needed, after those it needs itself.
const NEEDED: [&str; 6] = ["proxy", "proxy_http", WSTUNNEL, "headers", "setenvif", "alias"];

const WSTUNNEL: &str = "proxy_wstunnel";

/// What enables the modules that are not in force: links on Debian, a word in `APACHE_MODULES` on openSUSE, a
/// `LoadModule` line everywhere else.
pub(super) fn changes(work: &Work<'_>, edits: &mut Edits<'_>) -> Result<Vec<Step>, PlanError> {
    let in_force = |module: &&str| work.loaded.modules.iter().any(|own| own == module);
    let needed = NEEDED.into_iter().chain(for_tls(work).iter().copied());
    let mut missing: Vec<&str> = needed.filter(|module| !in_force(module)).collect();
    if !work.answers.frontend.websocket || does_without_wstunnel(work, &missing) {
        missing.retain(|module| *module != WSTUNNEL);
    }
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

/// What a virtual host with TLS needs; what is there already has it, so that only a new one's is ever missing.
fn for_tls(work: &Work<'_>) -> &'static [&'static str] {
    match (work.host.named("sslengine").next(), &work.apache.mod_folders) {
        (None, _) => &[],
        (Some(_), None) => &["ssl"],
        // Debian's ssl.conf names a cache of sessions that is a module of its own.
        (Some(_), Some(_)) => &["mime", "socache_shmcb", "ssl"],
    }
}

fn require_installed(work: &Work<'_>, missing: &[&str]) -> Result<(), PlanError> {
    let available = &work.apache.available;
    let is_there = |module: &str| available.is_empty() || available.contains(&format!("mod_{module}.so"));
    match missing.iter().find(|module| !is_there(module)) {
        None => Ok(()),
        Some(module) => Err(refused(
            work,
            format!("mod_{module} is needed, and there is no mod_{module}.so beside the other modules"),
            match *module {
                "ssl" => {
                    "install the package that brings mod_ssl: apache2-ssl on Alpine, mod_ssl on Fedora".into()
                }
                _ => format!("install the package that brings mod_{module}: apache2-proxy on Alpine"),
            },
        )),
    }
}

fn refused(work: &Work<'_>, message: String, hint: String) -> PlanError {
    PlanError::Refused { file: work.apache.main.clone(), line: 1, message, hint }
}

/// Whether `ws://` works with what is there: since 2.4.47 `mod_proxy_http` takes it by itself, so a module that is not
/// installed is not missed.
///
/// # Source
/// httpd's CHANGES for 2.4.47.
fn does_without_wstunnel(work: &Work<'_>, missing: &[&str]) -> bool {
    let takes_ws = work.apache.version.as_ref().is_some_and(|version| version.at_least(&[2, 4, 47]));
    let file = match work.apache.mod_folders {
        Some(_) => format!("{WSTUNNEL}.load"),
        None => format!("mod_{WSTUNNEL}.so"),
    };
    let available = &work.apache.available;
    // Where it is not known what is installed, one line more beside the others does no harm.
    takes_ws && !available.contains(&file) && (!available.is_empty() || missing == [WSTUNNEL])
}
