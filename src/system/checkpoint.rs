//! The one gate that every change to the machine passes.
//!
//! A watcher stands at the gate where a test wants to know each change, to make it fail, or to end the process before
//! or after it; the program itself runs without one.

use super::System;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// A kind of change to the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A folder is made.
    MakeFolder,
    /// An empty folder is removed.
    RemoveFolder,
    /// A file is made, empty.
    Create,
    /// Room is taken on the disk for what is going to be written.
    Reserve,
    /// Bytes are written to a file.
    Write,
    /// A file gets another length.
    Truncate,
    /// A file is given its owner.
    Owner,
    /// A file is given an extended attribute, or loses one.
    Attribute,
    /// A file or folder is given its mode.
    Mode,
    /// A file is given its time of last change.
    Time,
    /// A file or folder is brought to the disk.
    Sync,
    /// A file or folder takes another's name.
    Rename,
    /// A symbolic link is made.
    Link,
    /// A file or link is removed.
    Unlink,
}

/// On which side of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It has not been made yet.
    Before,
    /// It has been made.
    After,
}

/// A point just before or after a change.
#[derive(Clone, Copy, Debug)]
pub struct Checkpoint<'a> {
    /// The change.
    pub deed: Deed,
    /// The side of it.
    pub side: Side,
    /// What is changed, as the machine names it.
    pub path: &'a Path,
}

type Watch = dyn Fn(&Checkpoint<'_>) -> io::Result<()> + Send + Sync;

#[derive(Clone)]
pub(super) struct Watcher(Arc<Watch>);

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watcher")
    }
}

impl System {
    /// The same machine, with a watcher at every change: an error it returns is the change's own.
    #[must_use]
    pub fn watched(
        mut self,
        watch: impl Fn(&Checkpoint<'_>) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.watcher = Some(Watcher(Arc::new(watch)));
        self
    }

    /// Makes one change, through the gate.
    pub(super) fn change<T>(
        &self,
        deed: Deed,
        path: &Path,
        make: impl FnOnce() -> io::Result<T>,
    ) -> io::Result<T> {
        self.checkpoint(Checkpoint { deed, side: Side::Before, path })?;
        let result = make()?;
        self.checkpoint(Checkpoint { deed, side: Side::After, path })?;
        Ok(result)
    }

    fn checkpoint(&self, checkpoint: Checkpoint<'_>) -> io::Result<()> {
        match &self.watcher {
            Some(Watcher(watch)) => watch(&checkpoint),
            None => Ok(()),
        }
    }
}
