//! Reads each file once, so that what is parsed and what is remembered are the same bytes.

use crate::config::Files;
use crate::model::FileImage;
use crate::system::System;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The machine's files, each remembered as it was first read.
pub(super) struct Recorder<'a> {
    system: &'a System,
    images: RefCell<BTreeMap<PathBuf, FileImage>>,
    /// Folders, and where they really are.
    folders: RefCell<BTreeMap<PathBuf, PathBuf>>,
}

impl<'a> Recorder<'a> {
    pub(super) fn new(system: &'a System) -> Self {
        Self { system, images: RefCell::default(), folders: RefCell::default() }
    }

    /// Where a path leads; thousands of files stand in one folder, which is looked up once.
    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return self.system.resolve(path);
        };
        let known = self.folders.borrow().get(folder).cloned();
        let resolved = match known {
            Some(resolved) => resolved,
            None => {
                let resolved = self.system.resolve(folder)?;
                self.folders.borrow_mut().insert(folder.to_owned(), resolved.clone());
                resolved
            }
        };
        self.system.resolve_in(&resolved, name)
    }

    /// What was read of these files.
    pub(super) fn images_of<'b>(self, paths: impl Iterator<Item = &'b Path>) -> Vec<FileImage> {
        let images = self.images.into_inner();
        paths.filter_map(|path| images.get(path).cloned()).collect()
    }
}

impl Files for Recorder<'_> {
    fn read(&self, path: &Path) -> io::Result<Arc<[u8]>> {
        if let Some(image) = self.images.borrow().get(path) {
            return Ok(Arc::clone(&image.bytes));
        }
        let image = self.system.image_at(path, self.resolve(path)?)?;
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
