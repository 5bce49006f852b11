//! The state folder: the lock, the journal, the receipts.
//!
//! A journal is a folder with a receipt of what is going to be done and a backup of every file, laid out as the
//! machine is. It comes into being by one rename when it is complete, and becomes a receipt, or waste, by another.

use super::backup::Backup;
use super::by_hand;
use super::error::ApplyError;
use super::receipt::Receipt;
use crate::model::{io_words, printable};
use crate::system::{Folder, Lock, Locking, System};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use crate::model::STATE_FOLDER;

const JOURNAL: &str = "journal";
const RECEIPTS: &str = "receipts";
/// A journal that is being written; nothing has been touched yet.
const UNBORN: &str = "journal.new";
/// A journal that is done with.
const WASTE: &str = "journal.old";
const RECEIPT: &str = "receipt.toml";
/// That a person has said in another process that the machine can still be reached.
const CONFIRMED: &str = "confirmed";

/// The state folder, locked.
#[derive(Debug)]
pub(super) struct Store<'a> {
    pub system: &'a System,
    folder: PathBuf,
    _lock: Lock,
}

/// What was done on this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The receipts, newest first.
    pub receipts: Vec<Receipt>,
    /// Those that cannot be read.
    pub unreadable: Vec<UnreadableReceipt>,
}

/// A receipt that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableReceipt {
    /// Its folder, which holds the backups.
    pub folder: PathBuf,
    /// Why.
    pub why: String,
}

impl<'a> Store<'a> {
    /// Locks the state folder, which is made where it is not there.
    pub fn lock(system: &'a System) -> Result<Self, ApplyError> {
        let folder = canonical(system, Path::new(STATE_FOLDER));
        let failed = |source| ApplyError::Io { deed: "open", path: folder.clone(), source };
        system.make_folders(folder.parent().unwrap_or(&folder), 0o755).map_err(failed)?;
        system.make_folders(&folder, 0o700).map_err(failed)?;
        if let Some(why) = system.distrusted(&folder).map_err(failed)? {
            return Err(ApplyError::Distrusted { folder: system.real(&folder), why });
        }
        let lock = match system.lock(&folder.join("lock")) {
            Ok(Locking::Held(lock)) => lock,
            Ok(Locking::Busy(holder)) => return Err(ApplyError::Locked { holder }),
            Err(source) => return Err(ApplyError::Io { deed: "lock", path: folder, source }),
        };
        let store = Self { system, folder, _lock: lock };
        store.sweep().map_err(ApplyError::io("clean up", store.folder.clone()))?;
        Ok(store)
    }

    /// Whether there is a journal, as far as this user may see.
    pub fn has_journal(system: &System) -> bool {
        system.exists(&Path::new(STATE_FOLDER).join(JOURNAL))
    }

    /// Whether this user may not even see if there is a journal.
    pub fn is_hidden(system: &System) -> bool {
        system.is_hidden(&Path::new(STATE_FOLDER).join(JOURNAL))
    }

    /// The journal's folder, where the machine has it.
    pub fn journal(&self) -> PathBuf {
        self.system.real(&self.folder.join(JOURNAL))
    }

    /// A name for a new receipt, later than every other even where the clock has gone back.
    pub fn next_id(&self) -> io::Result<String> {
        let fresh = self.system.now().strftime("%Y%m%d-%H%M%S-0001").to_string();
        let newest = names(self.system, &self.folder.join(RECEIPTS))?
            .into_iter()
            .filter(|name| name.len() == fresh.len() && name.is_ascii() && *name >= fresh)
            .max();
        let counted = newest.and_then(|name| {
            let (stem, count) = name.rsplit_once('-')?;
            Some(format!("{stem}-{:04}", count.parse::<u32>().ok()? + 1))
        });
        Ok(counted.unwrap_or(fresh))
    }

    /// Writes the journal and brings it to the disk; nothing on the machine is touched before this has succeeded.
    pub fn open_journal(&self, receipt: &Receipt, backups: &[Backup]) -> Result<(), ApplyError> {
        self.write_journal(receipt, backups).inspect_err(|_| {
            // What is left of it is waste, and is swept away at the next start at the latest.
            let _ = self.discard();
            let _ = self.sweep();
        })
    }

    fn write_journal(&self, receipt: &Receipt, backups: &[Backup]) -> Result<(), ApplyError> {
        let unborn = self.folder.join(UNBORN);
        let text = text_of(receipt)?;
        let write = || -> io::Result<()> {
            self.system.make_folders(&unborn, 0o700)?;
            let mut folders = BTreeSet::new();
            for Backup { path, bytes } in backups {
                let backup = unborn.join(path);
                let folder = backup.parent().unwrap_or(&unborn);
                self.system.make_folders(folder, 0o700)?;
                let (folder, name) = self.system.beside(&backup)?;
                folder.create_private(name, bytes)?;
                folders.insert(folder.path().to_owned());
            }
            for folder in folders {
                self.system.folder(&folder)?.sync()?;
            }
            let folder = self.system.folder(&unborn)?;
            folder.create_private(RECEIPT.as_ref(), text.as_bytes())?;
            folder.sync()?;
            let state = self.state()?;
            state.rename(UNBORN.as_ref(), &state, JOURNAL.as_ref())?;
            state.sync()
        };
        write().map_err(ApplyError::io("write the journal", unborn.clone()))
    }

    /// Replaces the journal's receipt.
    pub fn update_journal(&self, receipt: &Receipt) -> Result<(), ApplyError> {
        let path = self.folder.join(JOURNAL);
        let text = text_of(receipt)?;
        let write = || -> io::Result<()> {
            let folder = self.system.folder(&path)?;
            let new = OsStr::new("receipt.toml.new");
            folder.unlink(new)?;
            folder.create_private(new, text.as_bytes())?;
            folder.rename(new, &folder, RECEIPT.as_ref())?;
            folder.sync()
        };
        write().map_err(ApplyError::io("write the journal", path.clone()))
    }

    /// The journal of a run that was cut short.
    pub fn read_journal(&self) -> Result<Option<Receipt>, ApplyError> {
        let path = self.folder.join(JOURNAL);
        if !self.system.exists(&path) {
            return Ok(None);
        }
        read(self.system, &path).map(Some).map_err(|why| ApplyError::Journal {
            journal: self.journal(),
            why,
            by_hand: by_hand::all(self.system, &path),
        })
    }

    /// The bytes of a backup of the journal.
    pub fn backup(&self, backup: &Path) -> io::Result<Arc<[u8]>> {
        read_backup(self.system, &self.folder.join(JOURNAL), backup)
    }

    /// Where a backup of the journal is, where the machine has it.
    pub fn backup_path(&self, backup: &Path) -> PathBuf {
        self.system.real(&self.folder.join(JOURNAL).join(backup))
    }

    /// Makes the journal a receipt.
    pub fn commit(&self, receipt: &Receipt) -> Result<(), ApplyError> {
        self.update_journal(receipt)?;
        let path = self.folder.join(RECEIPTS);
        let commit = || -> io::Result<()> {
            self.system.make_folders(&path, 0o700)?;
            let (state, receipts) = (self.state()?, self.system.folder(&path)?);
            state.rename(JOURNAL.as_ref(), &receipts, receipt.id.as_ref())?;
            receipts.sync()?;
            state.sync()
        };
        match commit() {
            // The rename is what counts: after it there is no journal left to take back from.
            Err(_) if self.system.exists(&path.join(&receipt.id)) => Ok(()),
            result => result.map_err(ApplyError::io("keep the receipt in", path.clone())),
        }
    }

    /// Removes a receipt with its backups.
    pub fn remove_receipt(&self, id: &str) -> Result<(), ApplyError> {
        let path = self.folder.join(RECEIPTS);
        let remove = || -> io::Result<()> {
            let (state, receipts) = (self.state()?, self.system.folder(&path)?);
            receipts.rename(id.as_ref(), &state, WASTE.as_ref())?;
            receipts.sync()?;
            state.remove_all(WASTE.as_ref())
        };
        remove().map_err(ApplyError::io("remove", path.join(id)))
    }

    /// Whether another process has confirmed the journal.
    pub fn is_confirmed(&self) -> bool {
        self.system.exists(&self.folder.join(JOURNAL).join(CONFIRMED))
    }

    /// Throws the journal away.
    pub fn discard(&self) -> io::Result<()> {
        let state = self.state()?;
        if self.system.exists(&self.folder.join(JOURNAL)) {
            state.remove_all(WASTE.as_ref())?;
            state.rename(JOURNAL.as_ref(), &state, WASTE.as_ref())?;
            state.sync()?;
        }
        // The rename is what counts; what is left of it is swept away at the next start.
        let _ = state.remove_all(WASTE.as_ref());
        Ok(())
    }

    /// Clears away what a run left behind that was killed before it touched, or after it was done with, anything.
    fn sweep(&self) -> io::Result<()> {
        let state = self.state()?;
        state.remove_all(UNBORN.as_ref())?;
        state.remove_all(WASTE.as_ref())
    }

    fn state(&self) -> io::Result<Folder<'_>> {
        self.system.folder(&self.folder)
    }
}

/// The journal of a run that is going on, or was cut short; `None` also where it cannot be read.
pub(super) fn open_journal(system: &System) -> Option<Receipt> {
    read(system, &canonical(system, Path::new(STATE_FOLDER)).join(JOURNAL)).ok()
}

/// Tells the run whose journal it is that it may stay.
pub(super) fn confirm_journal(system: &System) -> Result<(), ApplyError> {
    let path = canonical(system, Path::new(STATE_FOLDER)).join(JOURNAL);
    let write = || system.folder(&path)?.create_private(CONFIRMED.as_ref(), b"");
    match write() {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        written => written.map_err(ApplyError::io("confirm in", path.clone())),
    }
}

/// The receipts, each told whether it is undone.
pub(super) fn history(system: &System) -> Result<History, ApplyError> {
    let folder = canonical(system, Path::new(STATE_FOLDER)).join(RECEIPTS);
    let names = names(system, &folder).map_err(ApplyError::io("read", folder.clone()))?;
    let mut history = History::default();
    for name in names.into_iter().rev() {
        let folder = folder.join(&name);
        match read(system, &folder) {
            Ok(receipt) if receipt.id == name => history.receipts.push(receipt),
            Ok(receipt) => {
                let why = format!("it calls itself {}", printable(&receipt.id));
                history.unreadable.push(UnreadableReceipt { folder: system.real(&folder), why });
            }
            Err(why) => history.unreadable.push(UnreadableReceipt { folder: system.real(&folder), why }),
        }
    }
    // Newest first: whether an undo is itself in force is known before what it undoes is looked at.
    for at in 0..history.receipts.len() {
        let (newer, rest) = history.receipts.split_at_mut(at);
        rest[0].undone_by = newer
            .iter()
            .find(|undo| undo.undone_by.is_none() && undo.undoes.as_ref() == Some(&rest[0].id))
            .map(|undo| undo.id.clone());
    }
    Ok(history)
}

/// A backup's bytes out of a receipt's folder.
pub(super) fn receipt_backup(system: &System, id: &str, backup: &Path) -> io::Result<Arc<[u8]>> {
    let folder = canonical(system, Path::new(STATE_FOLDER)).join(RECEIPTS).join(id);
    read_backup(system, &folder, backup)
}

/// A path with its symbolic links resolved as far as it is there.
pub(super) fn canonical(system: &System, path: &Path) -> PathBuf {
    let found = path.ancestors().find_map(|there| Some((system.resolve(there).ok()?, there)));
    match found {
        Some((resolved, there)) => match path.strip_prefix(there) {
            Ok(rest) if !rest.as_os_str().is_empty() => resolved.join(rest),
            _ => resolved,
        },
        None => path.to_owned(),
    }
}

fn read_backup(system: &System, folder: &Path, backup: &Path) -> io::Result<Arc<[u8]>> {
    match system.snapshot(&folder.join(backup))? {
        Some(snapshot) => Ok(snapshot.content.bytes),
        None => Err(io::ErrorKind::NotFound.into()),
    }
}

fn read(system: &System, folder: &Path) -> Result<Receipt, String> {
    let path = folder.join(RECEIPT);
    let snapshot = system.snapshot(&path).map_err(|error| io_words(&error))?;
    let bytes = snapshot.ok_or_else(|| format!("{RECEIPT} is not there"))?.content.bytes;
    let text = str::from_utf8(&bytes).map_err(|_| format!("{RECEIPT} is not text"))?;
    Receipt::from_toml(text).map_err(|why| printable(&why))
}

fn names(system: &System, folder: &Path) -> io::Result<Vec<String>> {
    match system.folder(folder) {
        Ok(folder) => Ok(folder.names()?.iter().map(|name| name.to_string_lossy().into_owned()).collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn text_of(receipt: &Receipt) -> Result<String, ApplyError> {
    receipt
        .to_toml()
        .map_err(|error| ApplyError::Bug { what: format!("its receipt cannot be written: {error}") })
}
