//! Commands for a person to type, where guacfront could not put a file back itself.

use crate::model::quoted;
use std::path::Path;

/// The line that copies a backup over a file, which keeps the file's owner, mode and attributes.
pub(super) fn copy(backup: &Path, target: &Path) -> String {
    format!("cp -- {} {}", quoted(backup), quoted(target))
}

/// The line that removes a file.
pub(super) fn remove(target: &Path) -> String {
    format!("rm -- {}", quoted(target))
}

/// The line that gives a file its owner.
pub(super) fn owner(uid: u32, gid: u32, target: &Path) -> String {
    format!("chown {uid}:{gid} -- {}", quoted(target))
}

/// The line that gives a file its mode.
pub(super) fn mode(mode: u32, target: &Path) -> String {
    format!("chmod {mode:04o} -- {}", quoted(target))
}

/// The line that removes a folder with all that is in it.
pub(super) fn remove_all(folder: &Path) -> String {
    format!("rm -r -- {}", quoted(folder))
}
