//! Changing files and folders: no symbolic link is ever followed, nothing is readable to others before it has its
//! mode, and every change passes the gate of [`super::checkpoint`].

use super::snapshot::Content;
use super::{Deed, System};
use rustix::fs::{AtFlags, Dir, FallocateFlags, Mode, OFlags, RenameFlags};
use std::ffi::{OsStr, OsString};
use std::fs::{File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Component, Path, PathBuf};

/// An open folder; what is done by name in it is done there, whatever happens to the path that led to it.
#[derive(Debug)]
pub struct Folder<'a> {
    system: &'a System,
    path: PathBuf,
    handle: File,
}

/// What stands under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Nothing.
    Absent,
    /// A symbolic link, and what it points to.
    Link(PathBuf),
    /// A file, folder or anything else.
    Other,
}

/// Whether a file must be written in place because nothing can be renamed over it: it is a mount point, or there is
/// no room for a second one.
pub fn needs_place(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ResourceBusy | io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    ) || error.raw_os_error() == Some(rustix::io::Errno::PERM.raw_os_error())
}

impl System {
    /// Opens a folder by its canonical path.
    ///
    /// # Errors
    /// Where it is not there, may not be read, or a part of the path is a symbolic link.
    pub fn folder(&self, path: &Path) -> io::Result<Folder<'_>> {
        let root = self.root().unwrap_or(Path::new("/"));
        let walk = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut at = rustix::fs::open(root, walk, Mode::empty())?;
        for part in path.components() {
            match part {
                Component::Normal(name) => at = rustix::fs::openat(&at, name, walk, Mode::empty())?,
                Component::RootDir | Component::CurDir => {}
                Component::ParentDir | Component::Prefix(_) => {
                    return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path is not canonical"));
                }
            }
        }
        let open = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let handle = File::from(rustix::fs::openat(&at, ".", open, Mode::empty())?);
        Ok(Folder { system: self, path: path.to_owned(), handle })
    }

    /// The folder a canonical path lies in, and its name there.
    ///
    /// # Errors
    /// As [`System::folder`]; where the path has no name.
    pub fn beside<'a>(&self, target: &'a Path) -> io::Result<(Folder<'_>, &'a OsStr)> {
        let (Some(parent), Some(name)) = (target.parent(), target.file_name()) else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"));
        };
        Ok((self.folder(parent)?, name))
    }

    /// The folders of a canonical path that are not there, outermost first.
    pub fn missing_folders(&self, path: &Path) -> Vec<PathBuf> {
        let mut missing: Vec<_> = path
            .ancestors()
            .take_while(|folder| matches!(self.folder(folder), Err(e) if e.kind() == io::ErrorKind::NotFound))
            .map(Path::to_owned)
            .collect();
        missing.reverse();
        missing
    }

    /// Makes the folders of a canonical path that are not there.
    ///
    /// # Errors
    /// Where one cannot be made.
    pub fn make_folders(&self, path: &Path, mode: u32) -> io::Result<()> {
        for folder in self.missing_folders(path) {
            let (parent, name) = self.beside(&folder)?;
            parent.make_folder(name, mode)?;
            parent.sync()?;
        }
        Ok(())
    }
}

impl Folder<'_> {
    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn handle(&self) -> &File {
        &self.handle
    }

    pub(super) fn system(&self) -> &System {
        self.system
    }

    /// What stands under a name.
    ///
    /// # Errors
    /// Where it may not be looked at.
    pub fn entry(&self, name: &OsStr) -> io::Result<Entry> {
        match rustix::fs::readlinkat(&self.handle, name, Vec::new()) {
            Ok(link) => Ok(Entry::Link(OsString::from_vec(link.into_bytes()).into())),
            Err(rustix::io::Errno::NOENT) => Ok(Entry::Absent),
            // readlink(2) on anything but a link.
            Err(rustix::io::Errno::INVAL) => Ok(Entry::Other),
            Err(error) => Err(error.into()),
        }
    }

    /// Its names, sorted by byte.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.handle)? {
            let name = OsString::from_vec(entry?.file_name().to_bytes().to_vec());
            if name != "." && name != ".." {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// Makes a new file with its content and brings it to the disk.
    ///
    /// # Errors
    /// Where something has that name already, or any part cannot be given; what was made of the file stays.
    pub fn create(&self, name: &OsStr, content: &Content) -> io::Result<()> {
        let file = self.write_new(name, &content.bytes)?;
        let path = self.path.join(name);
        self.dress(&path, &file, content)?;
        self.system.change(Deed::Sync, &path, || file.sync_all())
    }

    /// Makes a new file that this user alone may read, and brings it to the disk.
    ///
    /// # Errors
    /// Where something has that name already, or it cannot be written; what was made of the file stays.
    pub fn create_private(&self, name: &OsStr, bytes: &[u8]) -> io::Result<()> {
        let file = self.write_new(name, bytes)?;
        self.system.change(Deed::Sync, &self.path.join(name), || file.sync_all())
    }

    fn write_new(&self, name: &OsStr, bytes: &[u8]) -> io::Result<File> {
        let path = self.path.join(name);
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut file = self.system.change(Deed::Create, &path, || {
            Ok(File::from(rustix::fs::openat(&self.handle, name, flags, Mode::RUSR | Mode::WUSR)?))
        })?;
        self.system.change(Deed::Write, &path, || file.write_all(bytes))?;
        Ok(file)
    }

    /// Writes new content into a file that keeps its place on the disk, so that its other names and mounts keep it.
    ///
    /// # Errors
    /// Where it is not a regular file or cannot be written; its bytes may then be part old, part new.
    pub fn rewrite(&self, name: &OsStr, content: &Content) -> io::Result<()> {
        let path = self.path.join(name);
        let flags = OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let mut file = File::from(rustix::fs::openat(&self.handle, name, flags, Mode::empty())?);
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
        }
        let len = content.bytes.len();
        self.system.change(Deed::Reserve, &path, || reserve(&file, len))?;
        self.system.change(Deed::Write, &path, || file.write_all(&content.bytes))?;
        self.system.change(Deed::Truncate, &path, || file.set_len(len as u64))?;
        self.dress(&path, &file, content)?;
        self.system.change(Deed::Sync, &path, || file.sync_all())
    }

    /// Gives a file or folder another name, in this folder or another; what has that name already is replaced.
    ///
    /// # Errors
    /// Where it cannot be renamed.
    pub fn rename(&self, name: &OsStr, to: &Folder<'_>, as_name: &OsStr) -> io::Result<()> {
        self.system.change(Deed::Rename, &to.path.join(as_name), || {
            Ok(rustix::fs::renameat(&self.handle, name, &to.handle, as_name)?)
        })
    }

    /// Gives a file another name in this folder that nothing may have yet.
    ///
    /// # Errors
    /// Where something has that name, [`io::ErrorKind::AlreadyExists`]; where it cannot be renamed.
    pub fn rename_new(&self, name: &OsStr, as_name: &OsStr) -> io::Result<()> {
        self.system.change(Deed::Rename, &self.path.join(as_name), || {
            match rustix::fs::renameat_with(&self.handle, name, &self.handle, as_name, RenameFlags::NOREPLACE)
            {
                Err(error) if is_unknown(error) => {
                    Ok(rustix::fs::renameat(&self.handle, name, &self.handle, as_name)?)
                }
                renamed => Ok(renamed?),
            }
        })
    }

    /// Lets two files change names, in one step; whether this file system can do so.
    ///
    /// # Errors
    /// Where it could but for this file.
    pub fn exchange(&self, name: &OsStr, with: &OsStr) -> io::Result<bool> {
        self.system.change(Deed::Rename, &self.path.join(with), || {
            match rustix::fs::renameat_with(&self.handle, name, &self.handle, with, RenameFlags::EXCHANGE) {
                Err(error) if is_unknown(error) => Ok(false),
                exchanged => Ok(exchanged.map(|()| true)?),
            }
        })
    }

    /// Makes a symbolic link.
    ///
    /// # Errors
    /// Where something has that name already.
    pub fn link(&self, target: &Path, name: &OsStr) -> io::Result<()> {
        self.system.change(Deed::Link, &self.path.join(name), || {
            Ok(rustix::fs::symlinkat(target, &self.handle, name)?)
        })
    }

    /// Removes a file or link; that it is not there is no error.
    ///
    /// # Errors
    /// Where it cannot be removed.
    pub fn unlink(&self, name: &OsStr) -> io::Result<()> {
        if self.entry(name)? == Entry::Absent {
            return Ok(());
        }
        self.system.change(Deed::Unlink, &self.path.join(name), || {
            Ok(rustix::fs::unlinkat(&self.handle, name, AtFlags::empty())?)
        })
    }

    /// Makes a folder of exactly that mode.
    ///
    /// # Errors
    /// Where something has that name already.
    pub fn make_folder(&self, name: &OsStr, mode: u32) -> io::Result<()> {
        let path = self.path.join(name);
        self.system
            .change(Deed::MakeFolder, &path, || Ok(rustix::fs::mkdirat(&self.handle, name, Mode::RWXU)?))?;
        // The umask has no say in the mode.
        let folder = self.system.folder(&path)?;
        self.system.change(Deed::Mode, &path, || folder.handle.set_permissions(Permissions::from_mode(mode)))
    }

    /// Removes an empty folder; that it is not there is no error.
    ///
    /// # Errors
    /// Where it cannot be removed.
    pub fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        self.system.change(Deed::RemoveFolder, &self.path.join(name), || {
            match rustix::fs::unlinkat(&self.handle, name, AtFlags::REMOVEDIR) {
                Ok(()) | Err(rustix::io::Errno::NOENT) => Ok(()),
                Err(error) => Err(error.into()),
            }
        })
    }

    /// Removes a folder with all that is in it, no link followed; that it is not there is no error.
    ///
    /// # Errors
    /// Where a part of it cannot be removed.
    pub fn remove_all(&self, name: &OsStr) -> io::Result<()> {
        let folder = match self.system.folder(&self.path.join(name)) {
            Ok(folder) => folder,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => return self.unlink(name),
            Err(error) => return Err(error),
        };
        for inner in folder.names()? {
            folder.remove_all(&inner)?;
        }
        self.remove_folder(name)
    }

    /// Brings the folder's names to the disk.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn sync(&self) -> io::Result<()> {
        self.system.change(Deed::Sync, &self.path, || self.handle.sync_all())
    }
}

/// Whether a file system or kernel does not know the way in which it was to rename.
fn is_unknown(error: rustix::io::Errno) -> bool {
    use rustix::io::Errno;
    matches!(error, Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP | Errno::XDEV)
}

/// Takes the room on the disk before the first byte is overwritten, where the file system can.
fn reserve(file: &File, len: usize) -> io::Result<()> {
    if len == 0 {
        return Ok(());
    }
    // A signal that comes meanwhile is no fault of the disk.
    let take = || rustix::fs::fallocate(file, FallocateFlags::KEEP_SIZE, 0, len as u64);
    match rustix::io::retry_on_intr(take) {
        Ok(()) | Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS | rustix::io::Errno::INVAL) => {
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}
