//! Reads each file once, so that what is parsed and what is remembered are the same bytes.

use crate::config::Files;
use crate::model::FileImage;
use crate::system::{Folder, System};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
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
        let Some(folder) = path.parent().filter(|_| path.file_name().is_some()) else {
            return self.system.image(path);
        };
        let mut folders = self.folders.borrow_mut();
        if !folders.contains_key(folder.as_os_str()) {
            let open = self.system.folder(&self.system.resolve(folder)?).ok();
            folders.insert(folder.into(), open);
        }
        match folders.get(folder.as_os_str()) {
            Some(Some(open)) => self.system.image_in(open, path),
            _ => self.system.image(path),
        }
    }

    /// What was read of these files, each of which is named once.
    pub(super) fn images_of<'b>(self, paths: impl Iterator<Item = &'b Path>) -> Vec<FileImage> {
        let mut images = self.images.into_inner();
        paths.filter_map(|path| images.remove(path.as_os_str())).collect()
    }
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

    fn glob(&self, pattern: &Path) -> Vec<PathBuf> {
        self.system.glob(pattern)
    }

    fn is_dir(&self, path: &Path) -> bool {
        self.system.is_dir(path)
    }
}
