//! Reads each file once, so that what is parsed and what is remembered are the same bytes.

use crate::config::Files;
use crate::model::FileImage;
use crate::system::{Folder, System};
use foldhash::HashMap;
use std::cell::RefCell;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::Arc;

/// The machine's files, each remembered as it was first read.
pub(super) struct Recorder<'a> {
    system: &'a System,
    /// By path, told apart by its bytes: a path's parts take longer to compare, and there are thousands.
    images: RefCell<HashMap<OsString, FileImage>>,
    /// Folders, open where they really are; `None` where one may be passed but not read.
    folders: RefCell<HashMap<OsString, Option<Folder<'a>>>>,
}

impl<'a> Recorder<'a> {
    pub(super) fn new(system: &'a System) -> Self {
        Self { system, images: RefCell::default(), folders: RefCell::default() }
    }

    /// Thousands of files stand in one folder, which is looked up once.
    fn image(&self, path: &Path) -> io::Result<FileImage> {
        let Some((folder, name)) = apart(path) else { return self.system.image(path) };
        let mut folders = self.folders.borrow_mut();
        if !folders.contains_key(folder) {
            let open = self.system.folder(&self.system.resolve(Path::new(folder))?).ok();
            folders.insert(folder.into(), open);
        }
        match folders.get(folder) {
            Some(Some(open)) => self.system.image_in(open, name, path),
            _ => self.system.image(path),
        }
    }

    /// What was read of these files, each of which is named once.
    pub(super) fn images_of<'b>(self, paths: impl Iterator<Item = &'b Path>) -> Vec<FileImage> {
        let mut images = self.images.into_inner();
        paths.filter_map(|path| images.remove(path.as_os_str())).collect()
    }
}

/// The folder and the name of a path that ends in a name, by its bytes alone.
fn apart(path: &Path) -> Option<(&OsStr, &OsStr)> {
    let bytes = path.as_os_str().as_bytes();
    let at = memchr::memrchr(b'/', bytes)?;
    let (folder, name) = (&bytes[..at.max(1)], &bytes[at + 1..]);
    let is_name = !matches!(name, b"" | b"." | b"..");
    is_name.then(|| (OsStr::from_bytes(folder), OsStr::from_bytes(name)))
}

impl Files for Recorder<'_> {
    fn read(&self, path: &Path) -> io::Result<Arc<[u8]>> {
        if let Some(image) = self.images.borrow().get(path.as_os_str()) {
            return Ok(Arc::clone(&image.bytes));
        }
        let image = self.image(path)?;
        let bytes = Arc::clone(&image.bytes);
        self.images.borrow_mut().insert(path.into(), image);
        Ok(bytes)
    }

    fn names(&self, folder: &Path) -> Vec<OsString> {
        self.system.names(folder)
    }

    fn exists(&self, path: &Path) -> bool {
        self.system.exists(path)
    }

    fn is_dir(&self, path: &Path) -> bool {
        self.system.is_dir(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_taken_apart_where_it_ends_in_a_name() {
        let parts = |path| {
            apart(Path::new(path))
                .map(|(folder, name)| [folder, name].map(|part| part.to_str().unwrap_or("")))
        };
        assert_eq!(parts("/etc/nginx/a.conf"), Some(["/etc/nginx", "a.conf"]));
        assert_eq!(parts("/a"), Some(["/", "a"]));
        for none in ["a", "/", "/a/", "/a/..", "/a/."] {
            assert_eq!(parts(none), None, "{none}");
        }
    }
}
