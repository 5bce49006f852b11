//! Undoing what a receipt says was done; a later edit is never lost.

use super::error::{ApplyError, ChangedFile};
use super::event::Event;
use super::merge;
use super::receipt::{FileRecord, Kept, LinkRecord, Receipt, hash};
use super::store::{self, History, Store};
use super::work::{self, FileWork, Work};
use super::{take_back, transaction};
use crate::model::{Command, Options, printable_path};
use crate::system::{Content, Entry, Snapshot, System};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// What an undo would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoPreview {
    /// What would be undone.
    pub receipt: Receipt,
    /// The files that would change.
    pub files: Vec<UndoFile>,
    /// The links that would be removed, or made again.
    pub links: Vec<PathBuf>,
    /// What stands in the place of a file or a link and is left alone.
    pub left: Vec<ChangedFile>,
}

/// A file as it is and as an undo would leave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoFile {
    /// The file itself, links followed.
    pub path: PathBuf,
    /// Its bytes now; `None`: it is not there.
    pub current: Option<Arc<[u8]>>,
    /// Its bytes afterwards; `None`: it will not be there.
    pub restored: Option<Arc<[u8]>>,
    /// What was changed by another hand since, as the end of a sentence.
    pub changed: Option<String>,
    /// Whether that change stays: only what guacfront wrote is taken out. Where it does not, the undo would lose it.
    pub merged: bool,
}

impl UndoFile {
    /// Its bytes now and afterwards; none where it is not there.
    pub fn sides(&self) -> (&[u8], &[u8]) {
        (self.current.as_deref().unwrap_or_default(), self.restored.as_deref().unwrap_or_default())
    }
}

/// Says what an undo would do, and does nothing.
///
/// # Errors
/// Where there is no such receipt, it was undone already, or its backups cannot be read.
pub fn undo_preview(system: &System, id: Option<&str>, force: bool) -> Result<UndoPreview, ApplyError> {
    let history = store::history(system)?;
    let receipt = chosen(&history, id)?;
    let merge = !force && later(&history, &receipt).is_empty();
    let reversal = Reversal::of(system, &receipt, merge)?;
    let files = reversal.files.iter().map(|file| UndoFile {
        path: file.work.target.clone(),
        current: file.work.before.as_ref().map(|now| Arc::clone(&now.content.bytes)),
        restored: file.work.after.as_ref().map(|content| Arc::clone(&content.bytes)),
        changed: file.changed.clone(),
        merged: file.merged,
    });
    let files = files.collect();
    let links = reversal.links.iter().map(|link| link.path.clone()).collect();
    Ok(UndoPreview { receipt, files, links, left: reversal.left })
}

/// Gives back every byte, owner, mode and time that a receipt has kept, removes what was made, and leaves a receipt
/// of its own, which can be undone in turn.
///
/// In a file that was changed since, only what was written is taken out, where no other hand has been at those lines.
///
/// `id`: `None` for the newest that is no undo and is not undone. `force`: the old bytes whatever was changed since;
/// what is replaced is kept in the new receipt. `tests` and the receipt's own tests are run afterwards and reported;
/// they decide nothing.
///
/// # Errors
/// As [`apply`](super::apply()); where another hand has been at the lines that were written and `force` is not set,
/// every such file.
pub fn undo(
    system: &System,
    id: Option<&str>,
    force: bool,
    options: Options,
    tests: &[Command],
    report: &mut dyn FnMut(&Event),
) -> Result<Receipt, ApplyError> {
    let store = Store::lock(system)?;
    take_back::finish(&store, report)?;
    let history = store::history(system)?;
    let receipt = chosen(&history, id)?;
    let later = later(&history, &receipt);
    // What a later run has written on top of it is no other hand's edit: that run goes first.
    let reversal = Reversal::of(system, &receipt, !force && later.is_empty())?;
    let changed = reversal.changed();
    if !force && !changed.is_empty() {
        return Err(ApplyError::ChangedSince { id: receipt.id, files: changed, later });
    }
    for ChangedFile { path, how } in reversal.left {
        report(&Event::LeftAlone { path, how });
    }
    let again = receipt.commands.iter().map(|record| Command {
        purpose: record.purpose,
        argv: record.argv.clone(),
        words: record.words.clone(),
    });
    let work = Work {
        files: reversal.files.into_iter().map(|file| file.work).collect(),
        links: reversal.links,
        commands: tests.iter().cloned().chain(again).collect(),
        options,
        answers: String::new(),
        undoes: Some(receipt.id),
        empty_folders: receipt.folders,
    };
    transaction::carry_out(&store, &work, None, report)
}

/// The receipt that is asked for.
fn chosen(history: &History, id: Option<&str>) -> Result<Receipt, ApplyError> {
    let found = match id {
        Some(id) => history.receipts.iter().find(|receipt| receipt.id == id),
        None => {
            history.receipts.iter().find(|receipt| receipt.undone_by.is_none() && receipt.undoes.is_none())
        }
    };
    let receipt = found.ok_or_else(|| ApplyError::NoReceipt { id: id.map(ToOwned::to_owned) })?;
    match &receipt.undone_by {
        Some(by) => Err(ApplyError::AlreadyUndone { id: receipt.id.clone(), by: by.clone() }),
        None => Ok(receipt.clone()),
    }
}

/// Later receipts in force that have changed one of the receipt's files, newest first.
fn later(history: &History, receipt: &Receipt) -> Vec<String> {
    let shares = |other: &Receipt| {
        other.files.iter().any(|file| receipt.files.iter().any(|own| own.target == file.target))
    };
    history
        .receipts
        .iter()
        .take_while(|other| other.id != receipt.id)
        .filter(|other| other.undone_by.is_none() && other.undoes.is_none() && shares(other))
        .map(|other| other.id.clone())
        .collect()
}

/// What has to be done so that it is as if a receipt's work had never been done.
struct Reversal {
    files: Vec<FileReversal>,
    links: Vec<LinkRecord>,
    /// What is in the way of one of them, and is left alone.
    left: Vec<ChangedFile>,
}

struct FileReversal {
    work: FileWork,
    changed: Option<String>,
    merged: bool,
}

impl Reversal {
    fn of(system: &System, receipt: &Receipt, merge: bool) -> Result<Self, ApplyError> {
        let mut reversal = Self { files: Vec::new(), links: Vec::new(), left: Vec::new() };
        for record in receipt.files.iter().rev() {
            match system.snapshot(&record.target) {
                Ok(now) => reversal.files.extend(file(system, receipt, record, now, merge)?),
                Err(error) if is_in_the_way(&error) => {
                    let how = format!("{error}; it is left alone");
                    reversal.left.push(ChangedFile { path: record.target.clone(), how });
                }
                Err(error) => return Err(ApplyError::io("read", &record.path)(error)),
            }
        }
        for link in receipt.links.iter().rev() {
            let now = work::entry(system, &link.path).map_err(ApplyError::io("read", &link.path))?;
            match now {
                Entry::Absent if link.made => {}
                Entry::Link(target) if target == link.target => {
                    if link.made {
                        reversal.links.push(LinkRecord { made: false, ..link.clone() });
                    }
                }
                Entry::Absent => reversal.links.push(LinkRecord { made: true, ..link.clone() }),
                Entry::Link(_) | Entry::Other => {
                    let how = "something else is there now; it is left alone".to_owned();
                    reversal.left.push(ChangedFile { path: link.path.clone(), how });
                }
            }
        }
        Ok(reversal)
    }

    fn changed(&self) -> Vec<ChangedFile> {
        let lost = self.files.iter().filter(|file| !file.merged);
        let files = lost.filter_map(|file| {
            Some(ChangedFile { path: file.work.target.clone(), how: file.changed.clone()? })
        });
        files.chain(self.left.iter().cloned()).collect()
    }
}

/// Whether a file cannot be read because something else stands in its place, which whoever owns the folder can do: that is
/// no reason to leave the others as they are.
fn is_in_the_way(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, InvalidInput, NotADirectory};
    matches!(error.kind(), InvalidInput | NotADirectory | FileTooLarge)
}

/// What has to be done to a file; `None` where it is as it was already.
fn file(
    system: &System,
    receipt: &Receipt,
    record: &FileRecord,
    before: Option<Snapshot>,
    merge: bool,
) -> Result<Option<FileReversal>, ApplyError> {
    if is(before.as_ref(), record.before.as_ref()) {
        return Ok(None);
    }
    let changed = match &before {
        _ if is(before.as_ref(), record.after.as_ref()) => None,
        None => Some("it was removed".to_owned()),
        Some(now) => Some(match &record.after {
            Some(after) if after.has_bytes_of(&now.content) => "its owner or mode was changed".to_owned(),
            Some(_) => "its content was changed".to_owned(),
            None => "it was made anew".to_owned(),
        }),
    };
    let after = match &record.before {
        Some(kept) => Some(content(system, &receipt.id, record, kept)?),
        None => None,
    };
    let merged = match (&changed, &before, &after) {
        (Some(_), Some(now), Some(old)) if merge => merged(system, receipt, record, now, old),
        _ => None,
    };
    let is_merged = merged.is_some();
    let after = merged.or(after);
    let work = FileWork { path: record.path.clone(), target: record.target.clone(), before, after };
    Ok(Some(FileReversal { work, changed, merged: is_merged }))
}

/// The file as it is now without what was written; `None` where another hand has been at those lines, or a receipt of
/// an earlier version does not tell which they are.
fn merged(
    system: &System,
    receipt: &Receipt,
    record: &FileRecord,
    now: &Snapshot,
    old: &Content,
) -> Option<Content> {
    let made = record.after.as_ref().filter(|made| made.backup.is_some())?;
    if made.meta() != old.meta {
        return None;
    }
    let made = content(system, &receipt.id, record, made).ok()?;
    let bytes = merge::without(&old.bytes, &made.bytes, &now.content.bytes)?;
    Some(Content { bytes: bytes.into(), mtime: None, ..now.content.clone() })
}

/// Whether a file is as a receipt has it: bytes, owner and mode.
fn is(now: Option<&Snapshot>, kept: Option<&Kept>) -> bool {
    match (now, kept) {
        (None, None) => true,
        (Some(now), Some(kept)) => kept.has_bytes_of(&now.content) && kept.meta() == now.content.meta,
        _ => false,
    }
}

fn content(system: &System, id: &str, record: &FileRecord, kept: &Kept) -> Result<Content, ApplyError> {
    let failed = |source| ApplyError::Io { deed: "read the backup of", path: record.path.clone(), source };
    let backup = kept.backup.as_ref().ok_or_else(|| failed(io::ErrorKind::NotFound.into()))?;
    let bytes = store::receipt_backup(system, id, backup).map_err(failed)?;
    if hash(&bytes) != kept.sha256 {
        let why = format!("{} is damaged", printable_path(backup));
        return Err(failed(io::Error::new(io::ErrorKind::InvalidData, why)));
    }
    Ok(kept.content(bytes))
}
