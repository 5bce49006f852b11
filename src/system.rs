//! The only room with files, commands, sockets and a clock.
//!
//! A root prefix makes a test tree, an image and the machine itself one code path: every path that goes in or comes
//! out is as the server there would name it, the prefix is put on and taken off in here alone.

mod access;
mod ask;
mod certificate;
mod checkpoint;
mod clock;
mod command;
mod detached;
mod dress;
mod files;
mod follow;
mod lock;
mod name;
mod snapshot;
mod stand_in;
mod tls;
mod towards;
mod websocket;
mod write;

pub use ask::{Answer, Ask, AskError, Peer, USER_AGENT};
pub use certificate::{Certificate, CertificateFault};
pub use checkpoint::{Checkpoint, Deed, Side};
pub use clock::Deadline;
pub use command::{CommandOutput, CommandRequest};
pub use follow::Follow;
pub use lock::{Holder, Lock, Locking};
pub use snapshot::{Content, Mtime, Snapshot};
pub use stand_in::{Meter, StandIn};
pub use websocket::Handshake;
pub use write::{Entry, Folder, needs_place};

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The machine, or a tree that stands for one.
#[derive(Clone, Debug)]
pub struct System {
    root: Option<PathBuf>,
    stop: Arc<AtomicBool>,
    watcher: Option<checkpoint::Watcher>,
    #[cfg(test)]
    clock_off_by: Option<Arc<std::sync::atomic::AtomicI64>>,
    #[cfg(test)]
    runs_commands_below_root: bool,
    #[cfg(test)]
    patience: Option<std::time::Duration>,
}

impl System {
    /// The machine itself.
    pub fn machine() -> Self {
        Self::at(None)
    }

    fn at(root: Option<PathBuf>) -> Self {
        Self {
            root,
            stop: Arc::default(),
            watcher: None,
            #[cfg(test)]
            clock_off_by: None,
            #[cfg(test)]
            runs_commands_below_root: false,
            #[cfg(test)]
            patience: None,
        }
    }

    /// A tree that stands for a machine.
    ///
    /// # Errors
    /// Where the folder is not there.
    pub fn below(root: &Path) -> std::io::Result<Self> {
        let root = root.canonicalize()?;
        if !root.is_dir() {
            return Err(std::io::ErrorKind::NotADirectory.into());
        }
        Ok(Self::at((root != Path::new("/")).then_some(root)))
    }

    /// The same machine, with a flag that asks what is under way to stop: a signal handler sets it.
    #[must_use]
    pub fn stopped_by(mut self, flag: Arc<AtomicBool>) -> Self {
        self.stop = flag;
        self
    }

    /// Whether it was asked to stop.
    pub fn stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// The root prefix; `None` for the machine itself.
    pub fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// Where a path really is: below the root prefix, `.` and `..` resolved by text so that it cannot leave it.
    pub fn real(&self, path: &Path) -> PathBuf {
        let mut real = self.root.clone().unwrap_or_else(|| PathBuf::from("/"));
        let depth = real.components().count();
        for component in path.components() {
            match component {
                Component::Normal(name) => real.push(name),
                Component::ParentDir if real.components().count() > depth => {
                    real.pop();
                }
                Component::ParentDir | Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
            }
        }
        real
    }

    /// The reverse of [`System::real`]; a path outside the root prefix is `None`.
    pub fn shown(&self, real: &Path) -> Option<PathBuf> {
        match &self.root {
            None => Some(real.to_owned()),
            Some(root) => real.strip_prefix(root).ok().map(|rest| Path::new("/").join(rest)),
        }
    }
}
