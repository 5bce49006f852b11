//! A file with everything that belongs to it.

use super::files::{MOST, too_large};
use super::{Folder, System};
use crate::model::Meta;
use rustix::fs::{Mode, OFlags};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use xattr::FileExt as _;

/// Everything a file is made of: what a backup keeps and a replacement is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// Owner and mode.
    pub meta: Meta,
    /// When it was last changed; `None`: when it is written.
    pub mtime: Option<Mtime>,
    /// Extended attributes, access control lists and the `SELinux` label among them, sorted by name.
    pub xattrs: Vec<(OsString, Vec<u8>)>,
}

/// A file as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// What it is made of.
    pub content: Content,
    /// How many names it has.
    pub names: u64,
}

/// A file's time of last change.
///
/// # Units
/// Seconds since 1970, and nanoseconds of that second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Mtime(pub i64, pub u32);

impl Mtime {
    /// As the standard library has it; `None` where the clock of this machine cannot say it.
    pub(super) fn system_time(self) -> Option<SystemTime> {
        let whole = Duration::from_secs(self.0.unsigned_abs());
        let second = if self.0 < 0 {
            SystemTime::UNIX_EPOCH.checked_sub(whole)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(whole)
        };
        second?.checked_add(Duration::from_nanos(self.1.into()))
    }
}

impl System {
    /// The file at a canonical path, no symbolic link followed; `None` where nothing is there.
    ///
    /// # Errors
    /// Where it may not be read, or is a link, a folder, a device or a pipe.
    pub fn snapshot(&self, target: &Path) -> io::Result<Option<Snapshot>> {
        match self.beside(target) {
            Ok((folder, name)) => folder.snapshot(name),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Folder<'_> {
    /// The file of that name, no symbolic link followed; `None` where nothing is there.
    ///
    /// # Errors
    /// Where it may not be read, or is a link, a folder, a device or a pipe.
    pub fn snapshot(&self, name: &OsStr) -> io::Result<Option<Snapshot>> {
        // Without NONBLOCK a pipe that took the file's place would be waited for.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let mut file = match rustix::fs::openat(self.handle(), name, flags, Mode::empty()) {
            Ok(handle) => File::from(handle),
            Err(rustix::io::Errno::NOENT) => return Ok(None),
            Err(rustix::io::Errno::LOOP) => {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a symbolic link"));
            }
            Err(error) => return Err(error.into()),
        };
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
        }
        if metadata.len() > MOST {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        (&mut file).take(MOST).read_to_end(&mut bytes)?;
        let nanoseconds = u32::try_from(metadata.mtime_nsec()).unwrap_or_default();
        Ok(Some(Snapshot {
            content: Content {
                bytes: bytes.into(),
                meta: Meta { mode: metadata.mode() & 0o7777, uid: metadata.uid(), gid: metadata.gid() },
                mtime: Some(Mtime(metadata.mtime(), nanoseconds)),
                xattrs: attributes(&file)?,
            },
            names: metadata.nlink(),
        }))
    }
}

/// The extended attributes of a file, sorted by name; empty where the file system has none.
pub(super) fn attributes(file: &File) -> io::Result<Vec<(OsString, Vec<u8>)>> {
    let names = match file.list_xattr() {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::Unsupported => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for name in names {
        if let Some(value) = file.get_xattr(&name)? {
            found.push((name, value));
        }
    }
    found.sort();
    Ok(found)
}
