//! Reading files and folders.

use super::{Folder, System};
use crate::config::Files;
use crate::model::{FileImage, Meta};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The largest file that is read whole: no server's configuration is a tenth of it, and whoever owns one of the files
/// could make it any size, sparse, so that the memory would end in the middle of a change.
pub(super) const MOST: u64 = 256 << 20;

/// What is said of a larger one.
pub(super) fn too_large() -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, format!("it is larger than {} MiB", MOST >> 20))
}

impl System {
    /// A file with its bytes, owner and mode, and where it really is.
    ///
    /// # Errors
    /// Where it is not there, is no regular file, may not be read, or leads out of the root prefix.
    pub fn image(&self, path: &Path) -> io::Result<FileImage> {
        let target = self.resolve(path)?;
        let real = self.real(&target);
        Self::image_of(path, target, |flags| rustix::fs::open(real, flags, Mode::empty()))
    }

    /// As [`System::image`], of a path that ends in `name` and whose folder is open as `folder`: where the file is no link,
    /// its name alone is looked up.
    ///
    /// # Errors
    /// As [`System::image`].
    pub fn image_in(&self, folder: &Folder<'_>, name: &OsStr, path: &Path) -> io::Result<FileImage> {
        let open = |flags| rustix::fs::openat(folder.handle(), name, flags, Mode::empty());
        Self::image_of(path, folder.path().join(name), open).or_else(|_| self.image(path))
    }

    /// A file that is no link, by one look-up.
    fn image_of(
        path: &Path,
        target: PathBuf,
        open: impl FnOnce(OFlags) -> Result<OwnedFd, Errno>,
    ) -> io::Result<FileImage> {
        // A named pipe would otherwise wait here for somebody to write into it.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let mut file = File::from(open(flags)?);
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
        }
        if metadata.len() > MOST {
            return Err(too_large());
        }
        let len = usize::try_from(metadata.len()).map_err(io::Error::other)?;
        let mut bytes: Arc<[u8]> = std::iter::repeat_n(0, len).collect();
        file.read_exact(Arc::get_mut(&mut bytes).expect("it is shared with nobody yet"))?;
        let meta = Meta { mode: metadata.mode() & 0o7777, uid: metadata.uid(), gid: metadata.gid() };
        Ok(FileImage { path: path.to_owned(), target, bytes, meta })
    }

    /// When a file, its owner or its mode was changed last, or another file was put in its place.
    ///
    /// # Units
    /// Seconds since 1970.
    ///
    /// # Errors
    /// Where it is not there or leads out of the root prefix.
    pub fn changed(&self, path: &Path) -> io::Result<i64> {
        // The time of last change that a person can set back does not tell: undo sets it back.
        Ok(std::fs::metadata(self.real(&self.resolve(path)?))?.ctime())
    }

    /// A file opened for reading, for what is too large to be read whole.
    ///
    /// # Errors
    /// Where it is not there, is no regular file, may not be read, or leads out of the root prefix.
    pub fn open(&self, path: &Path) -> io::Result<File> {
        // A log may be a pipe that nobody writes to, or the terminal itself, whose keys would be taken away.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = File::from(rustix::fs::open(self.real(&self.resolve(path)?), flags, Mode::empty())?);
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
        }
        Ok(file)
    }

    /// Where a path leads, symbolic links resolved as they would be with the root prefix as `/`.
    ///
    /// # Errors
    /// Where a part of it is not there or the links go round.
    pub fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        let mut done = PathBuf::from("/");
        let mut left: Vec<OsString> = parts(path);
        let mut links = 0;
        while let Some(name) = left.pop() {
            if name == ".." {
                done.pop();
                continue;
            }
            let next = done.join(&name);
            let metadata = std::fs::symlink_metadata(self.real(&next))?;
            if !metadata.is_symlink() {
                done = next;
                continue;
            }
            links += 1;
            if links > 40 {
                return Err(io::Error::other("too many levels of symbolic links"));
            }
            let link = std::fs::read_link(self.real(&next))?;
            if link.is_absolute() {
                done = PathBuf::from("/");
            }
            left.extend(parts(&link));
        }
        Ok(done)
    }

    /// As [`System::resolve`], of a name in a folder that is resolved already.
    ///
    /// # Errors
    /// As [`System::resolve`].
    pub fn resolve_in(&self, folder: &Path, name: &OsStr) -> io::Result<PathBuf> {
        let path = folder.join(name);
        let metadata = std::fs::symlink_metadata(self.real(&path))?;
        if metadata.is_symlink() { self.resolve(&path) } else { Ok(path) }
    }

    /// The names in a folder, sorted by byte; empty where there is no such folder.
    pub fn names(&self, folder: &Path) -> Vec<OsString> {
        let Ok(folder) = self.resolve(folder) else { return Vec::new() };
        let Ok(entries) = std::fs::read_dir(self.real(&folder)) else { return Vec::new() };
        let mut names: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.file_name()).collect();
        names.sort();
        names
    }

    /// Whether a process, `/proc/PID`, has the very root folder that this one has, or the very network, `ns/net`;
    /// `None` where this user may not know.
    pub fn shares(&self, process: &Path, part: &str) -> Option<bool> {
        // The kernel's links are no paths: followed by name they would lead to this process's own.
        let of = |process: PathBuf| {
            std::fs::metadata(process.join(part)).ok().map(|part| (part.dev(), part.ino()))
        };
        Some(of(self.real(process))? == of(PathBuf::from("/proc/self"))?)
    }

    /// Whether something is there, links resolved.
    pub fn exists(&self, path: &Path) -> bool {
        self.resolve(path).is_ok()
    }

    /// Whether this user may not see if there is something.
    pub fn is_hidden(&self, path: &Path) -> bool {
        self.resolve(path).is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied)
    }
}

/// The parts of a path, last first.
fn parts(path: &Path) -> Vec<OsString> {
    use std::path::Component;
    path.components()
        .rev()
        .filter_map(|component| match component {
            Component::Normal(name) => Some(name.to_owned()),
            Component::ParentDir => Some("..".into()),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
        })
        .collect()
}

impl Files for System {
    fn read(&self, path: &Path) -> io::Result<Arc<[u8]>> {
        let mut bytes = Vec::new();
        let read = self.open(path)?.take(MOST + 1).read_to_end(&mut bytes)?;
        if read as u64 > MOST { Err(too_large()) } else { Ok(bytes.into()) }
    }

    fn names(&self, folder: &Path) -> Vec<OsString> {
        Self::names(self, folder)
    }

    fn exists(&self, path: &Path) -> bool {
        Self::exists(self, path)
    }

    fn is_dir(&self, path: &Path) -> bool {
        self.resolve(path).is_ok_and(|target| self.real(&target).is_dir())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> (tempfile::TempDir, System) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let system = System::below(folder.path()).expect("the folder is there");
        std::fs::create_dir_all(folder.path().join("etc/a")).expect("the folder is made");
        (folder, system)
    }

    #[test]
    fn links_are_resolved_below_the_root_prefix() {
        let (folder, system) = tree();
        std::os::unix::fs::symlink("/etc/a", folder.path().join("etc/b")).expect("the link is made");
        std::os::unix::fs::symlink("../../../../etc/a", folder.path().join("etc/c"))
            .expect("the link is made");
        assert_eq!(system.resolve(Path::new("/etc/b")).expect("it leads somewhere"), Path::new("/etc/a"));
        assert_eq!(system.resolve(Path::new("/etc/c")).expect("it leads somewhere"), Path::new("/etc/a"));
    }

    #[test]
    fn a_file_without_end_ended_the_program() {
        let (folder, system) = tree();
        let file = File::create(folder.path().join("etc/a/endless")).expect("it is made");
        file.set_len(8 << 40).expect("a file may have holes");
        let path = Path::new("/etc/a/endless");
        let errors =
            [system.image(path).map(drop), system.read(path).map(drop), system.snapshot(path).map(drop)];
        for error in errors {
            assert_eq!(error.expect_err("it is too large").to_string(), "it is larger than 256 MiB");
        }
    }

    #[test]
    fn a_pipe_in_the_place_of_a_file_is_not_waited_for() {
        let (folder, system) = tree();
        let pipe = folder.path().join("etc/a/log");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)
            .expect("a pipe");
        let path = Path::new("/etc/a/log");
        for error in [system.open(path).map(drop), system.read(path).map(drop), system.image(path).map(drop)]
        {
            assert_eq!(error.expect_err("it is no file").to_string(), "it is not a regular file");
        }
    }

    #[test]
    fn links_that_go_round_are_an_error() {
        let (folder, system) = tree();
        std::os::unix::fs::symlink("x", folder.path().join("etc/x")).expect("the link is made");
        assert!(system.resolve(Path::new("/etc/x")).is_err());
    }
}
