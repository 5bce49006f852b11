//! Commands for a person to type, where guacfront could not put a file back itself.

use super::backup::{BACKUPS, GONE, NEW};
use crate::model::quoted;
use crate::system::System;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// The lines that take back all that a journal has kept something of, found by the places of what it keeps.
pub(super) fn all(system: &System, journal: &Path) -> Vec<String> {
    let kept = |what| kept(system, &journal.join(what), Path::new("/"));
    let real = |path: &Path| system.real(path);
    let copied = kept(BACKUPS).into_iter().map(|(own, target)| copy(&real(&own), &real(&target)));
    let removed = kept(NEW).into_iter().map(|(_, target)| remove(&real(&target)));
    let linked = kept(GONE).into_iter().filter_map(|(own, path)| {
        let target = system.snapshot(&own).ok()??.content.bytes;
        Some(link(Path::new(OsStr::from_bytes(&target)), &real(&path)))
    });
    copied.chain(removed).chain(linked).collect()
}

/// What is kept below a folder, each with the path that it stands for.
fn kept(system: &System, folder: &Path, stands_for: &Path) -> Vec<(PathBuf, PathBuf)> {
    let mut found = Vec::new();
    for name in system.names(folder) {
        let (own, path) = (folder.join(&name), stands_for.join(&name));
        if system.folder(&own).is_ok() {
            found.extend(kept(system, &own, &path));
        } else {
            found.push((own, path));
        }
    }
    found
}

/// The line that copies a backup over a file, which keeps the file's owner, mode and attributes.
pub(super) fn copy(backup: &Path, target: &Path) -> String {
    format!("cp -- {} {}", quoted(backup), quoted(target))
}

/// The line that removes a file or link, where it is there.
pub(super) fn remove(target: &Path) -> String {
    format!("rm -f -- {}", quoted(target))
}

/// The line that makes a symbolic link.
pub(super) fn link(target: &Path, link: &Path) -> String {
    format!("ln -s -- {} {}", quoted(target), quoted(link))
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
