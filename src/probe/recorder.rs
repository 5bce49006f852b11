//! Reads each file once, so that what is parsed and what is remembered are the same bytes.

use crate::config::Files;
use crate::model::FileImage;
use crate::system::System;
use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The machine's files, each remembered as it was first read.
pub(super) struct Recorder<'a> {
    system: &'a System,
    images: RefCell<HashMap<PathBuf, FileImage>>,
    /// Folders, and where they really are.
    folders: RefCell<HashMap<PathBuf, PathBuf>>,
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
        if let Some(resolved) = self.folders.borrow().get(folder) {
            return self.system.image_in(resolved, path);
        }
        let resolved = self.system.resolve(folder)?;
        let image = self.system.image_in(&resolved, path);
        self.folders.borrow_mut().insert(folder.to_owned(), resolved);
        image
    }

    /// What was read of these files, each of which is named once.
    pub(super) fn images_of<'b>(self, paths: impl Iterator<Item = &'b Path>) -> Vec<FileImage> {
        let mut images = self.images.into_inner();
        paths.filter_map(|path| images.remove(path)).collect()
    }
}

impl Files for Recorder<'_> {
    fn read(&self, path: &Path) -> io::Result<Arc<[u8]>> {
        if let Some(image) = self.images.borrow().get(path) {
            return Ok(Arc::clone(&image.bytes));
        }
        let image = self.image(path)?;
        let bytes = Arc::clone(&image.bytes);
        self.images.borrow_mut().insert(path.to_owned(), image);
        Ok(bytes)
    }

    fn glob(&self, pattern: &Path) -> Vec<PathBuf> {
        self.system.glob(pattern)
    }

    fn is_dir(&self, path: &Path) -> bool {
        self.system.is_dir(path)
    }
}
