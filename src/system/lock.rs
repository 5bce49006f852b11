//! One guacfront at a time.

use super::{Deed, System};
use jiff::Timestamp;
use rustix::fs::{Mode, OFlags};
use std::ffi::OsStr;
use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::Duration;

/// For how long the lock of one who only looks at it is waited out.
const LOOK: Duration = Duration::from_millis(20);

/// The lock, held until it is dropped; the kernel lets go of it where the process is killed.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A process that is just being started holds a copy of the file until it is another program, and with the
        // copy the lock: closing alone would let go of it a moment late.
        let _ = self.file.unlock();
    }
}

/// Who holds the lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its process id, where it could be read.
    pub pid: Option<u32>,
    /// Since when, RFC 3339, where it could be read.
    pub since: Option<String>,
}

/// What came of trying to lock.
#[derive(Debug)]
pub enum Locking {
    /// The lock is held here.
    Held(Lock),
    /// Another process holds it.
    Busy(Holder),
}

impl System {
    /// Locks the file of that canonical path, which is made where it is not there; does not wait.
    ///
    /// # Errors
    /// Where the file cannot be opened, made or locked.
    pub fn lock(&self, path: &Path) -> io::Result<Locking> {
        let (folder, name) = self.beside(path)?;
        let mut file = self.change(Deed::Create, path, || open(folder.handle(), name))?;
        let mut locked = file.try_lock();
        if matches!(locked, Err(TryLockError::WouldBlock)) {
            // Whoever only looks whether it is held lets go of it at once.
            self.pause(LOOK);
            locked = file.try_lock();
        }
        match locked {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Locking::Busy(holder(&mut file))),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // What it says is for the message alone: a full disk is no reason not to lock.
        let _ = self.change(Deed::Write, path, || sign(&mut file, self.now()));
        Ok(Locking::Held(Lock { file }))
    }

    /// Who holds the lock of that path now; `None` where nobody does, or this user may not see it. Nothing is made or
    /// written.
    pub fn lock_holder(&self, path: &Path) -> Option<Holder> {
        let (folder, name) = self.beside(path).ok()?;
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut file: File = rustix::fs::openat(folder.handle(), name, flags, Mode::empty()).ok()?.into();
        match file.try_lock_shared() {
            Ok(()) => {
                let _ = file.unlock();
                None
            }
            Err(TryLockError::WouldBlock) => Some(holder(&mut file)),
            Err(TryLockError::Error(_)) => None,
        }
    }
}

fn open(folder: &File, name: &OsStr) -> io::Result<File> {
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(folder, name, flags, Mode::RUSR | Mode::WUSR)?.into())
}

fn sign(file: &mut File, now: Timestamp) -> io::Result<()> {
    file.set_len(0)?;
    writeln!(file, "{} {now}", std::process::id())
}

fn holder(file: &mut File) -> Holder {
    let mut text = String::new();
    // A lock file that cannot be read still locks.
    let _ = file.rewind();
    let _ = file.take(200).read_to_string(&mut text);
    let mut words = text.split_whitespace();
    Holder {
        pid: words.next().and_then(|word| word.parse().ok()),
        since: words.next().and_then(|word| word.parse::<Timestamp>().ok()).map(|time| time.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_holds_it_since_when() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let system = System::below(folder.path()).expect("the folder is there");
        let first = system.lock(Path::new("/lock")).expect("it can be locked");
        let Locking::Busy(holder) = system.lock(Path::new("/lock")).expect("it can be tried") else {
            panic!("both hold the lock")
        };
        assert_eq!(holder.pid, Some(std::process::id()));
        assert!(holder.since.is_some());
        assert_eq!(system.lock_holder(Path::new("/lock")), Some(holder));
        drop(first);
        assert_eq!(system.lock_holder(Path::new("/lock")), None);
        assert_eq!(system.lock_holder(Path::new("/none")), None);
        assert!(!folder.path().join("none").exists());
        assert!(matches!(system.lock(Path::new("/lock")), Ok(Locking::Held(_))));
    }
}
