//! What a journal keeps beside its receipt, and where in its folder.

use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The files as they were.
pub(super) const BACKUPS: &str = "files";
/// The files as they were made, for an undo of a file that was changed again.
const MADE: &str = "made";
/// An empty file for each file and link that comes into being, so that it is known of where the receipt is lost.
pub(super) const NEW: &str = "new";
/// A file for each link that goes, which says where it leads; for the same reason.
pub(super) const GONE: &str = "gone";

/// A file's bytes, and where they are kept in the folder of their journal.
#[derive(Debug)]
pub(super) struct Backup {
    pub path: PathBuf,
    pub bytes: Arc<[u8]>,
}

/// Where the backup of a file is kept, in the folder of its journal.
pub(super) fn backup_of(target: &Path) -> PathBuf {
    below(BACKUPS, target)
}

/// Where the bytes that a file was given are kept, in the folder of its journal.
pub(super) fn made_of(target: &Path) -> PathBuf {
    below(MADE, target)
}

/// What the journal keeps of a file or link that comes into being.
pub(super) fn new_one(target: &Path) -> Backup {
    Backup { path: below(NEW, target), bytes: Arc::default() }
}

/// What the journal keeps of a link that goes.
pub(super) fn gone_one(link: &Path, target: &Path) -> Backup {
    Backup { path: below(GONE, link), bytes: target.as_os_str().as_bytes().into() }
}

fn below(folder: &str, path: &Path) -> PathBuf {
    Path::new(folder).join(path.strip_prefix("/").unwrap_or(path))
}
