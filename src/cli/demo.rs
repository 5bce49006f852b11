//! `guacfront demo`: the wizard on a small machine in a folder of its own, where nothing can be harmed.

mod layout;

pub use layout::lay_out;

use super::environment::Environment;
use super::error::CliError;
use super::{ask, machine, output};
use crate::model::{io_words, printable_path};
use std::io;
use std::path::{Path, PathBuf};

/// Lays the demo machine out, says where, runs the wizard on it, and says how to look at it and how to undo.
pub(super) fn run(folder: Option<&Path>, environment: Environment, as_plain: bool) -> Result<u8, CliError> {
    let root = folder.map_or_else(fresh_folder, |folder| Ok(folder.to_owned()));
    let root =
        root.and_then(|root| layout::lay_out(&root).map(|()| root)).map_err(|error| refused(&error))?;
    let shown = printable_path(&root);
    output::words(&format!("The demo machine is in {shown}. Nothing outside that folder is touched."));
    let code = ask::run(&machine::system(Some(&root))?, environment, None, as_plain, None)?;
    output::words(&goodbye(&shown, &layout::changed(&root)));
    Ok(code)
}

fn fresh_folder() -> io::Result<PathBuf> {
    Ok(tempfile::Builder::new().prefix("guacfront-demo-").tempdir()?.keep())
}

fn refused(error: &io::Error) -> CliError {
    let message = format!("the demo machine cannot be laid out: {}", io_words(error));
    match error.kind() {
        io::ErrorKind::DirectoryNotEmpty => {
            CliError::operator(message, "name a new or empty folder, or none: a fresh one is made")
        }
        _ => CliError::machine(message),
    }
}

/// What to do next with the demo machine.
fn goodbye(root: &str, changed: &[PathBuf]) -> String {
    if changed.is_empty() {
        return format!(
            "Nothing was changed. The demo machine stays in {root}; guacfront --root {root} goes on there."
        );
    }
    let mut text = "Changed files to look at:".to_owned();
    for path in changed {
        text.push_str("\n  ");
        text.push_str(&printable_path(path));
    }
    text + &format!("\nTo take it back:\n  guacfront --root {root} undo")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_occupied_folder_is_the_operators_error() {
        assert_eq!(refused(&io::ErrorKind::DirectoryNotEmpty.into()).code(), 2);
        assert_eq!(refused(&io::ErrorKind::PermissionDenied.into()).code(), 3);
    }

    #[test]
    fn leaving_names_the_changed_files_and_the_way_back() {
        let text = goodbye("/d", &["/d/etc/nginx/sites-available/default".into()]);
        assert!(text.contains("/d/etc/nginx/sites-available/default"));
        assert!(text.ends_with("guacfront --root /d undo"));
        assert!(goodbye("/d", &[]).starts_with("Nothing was changed."));
    }
}
