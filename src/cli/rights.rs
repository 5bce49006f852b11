//! What to do where this user may not write what a plan needs.

use super::error::CliError;
use crate::apply;
use crate::model::{Findings, Plan, printable_path, quoted, with_sudo};
use crate::system::System;
use std::ffi::OsString;
use std::path::PathBuf;

/// This very call, as a person types it to have the rights of root; `None` for who has them.
pub(super) fn as_root(system: &System) -> Option<String> {
    if system.is_root() {
        return None;
    }
    // The folders that root looks for programs in are others.
    let program = std::env::current_exe().ok()?.into_os_string();
    let argv: Vec<OsString> = std::iter::once(program).chain(std::env::args_os().skip(1)).collect();
    Some(with_sudo(argv))
}

/// What applies, as root, answers that were saved in this folder; `None` for who is root.
pub(super) fn apply_as_root(system: &System, answers: &str) -> Option<String> {
    if system.is_root() {
        return None;
    }
    // The folders that root looks for programs in are others.
    let program = std::env::current_exe().ok()?.into_os_string();
    Some(with_sudo(std::iter::once(program).chain(apply_words(system, answers))))
}

/// The same for who may do it.
pub(super) fn apply_line(system: &System, answers: &str) -> String {
    apply_words(system, answers).fold("guacfront".to_owned(), |line, word| line + " " + &quoted(word))
}

fn apply_words<'a>(system: &'a System, answers: &'a str) -> impl Iterator<Item = OsString> + 'a {
    let root = system.root().map(|root| [OsString::from("--root"), root.into()]);
    root.into_iter().flatten().chain(["apply", "--answers", answers].map(OsString::from))
}

/// Refuses a plan that this user has not the rights to carry out, and says who can.
///
/// # Errors
/// All that cannot be written, and what to type.
pub(super) fn suffice(system: &System, plan: &Plan, findings: &Findings) -> Result<(), CliError> {
    let links = plan.steps.iter().filter_map(|step| match step {
        crate::model::Step::Link { path, .. } => Some(path),
        _ => None,
    });
    let paths: Vec<PathBuf> =
        plan.changes().map(|change| &change.before.target).chain(links).cloned().collect();
    let barred = apply::unwritable(system, &paths);
    if barred.is_empty() {
        return Ok(());
    }
    let files: Vec<String> = barred.iter().map(|path| printable_path(path)).collect();
    let message = format!("this user may not write {}", files.join(", "));
    let patch =
        "\"guacfront plan --answers FILE > change.patch\" gives the change as a patch; nothing was changed";
    Err(CliError::operator(
        message,
        match &findings.as_root {
            Some(line) => format!("{line}\ndoes it as root; {patch}"),
            None => {
                format!("a mount may be read-only, or a file protected: findmnt and lsattr show it; {patch}")
            }
        },
    ))
}
