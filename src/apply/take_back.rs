//! Taking back: from a journal and its backups alone, as often as it takes.

use super::by_hand;
use super::commands;
use super::error::{ApplyError, Left};
use super::event::Event;
use super::receipt::{CommandRecord, FileRecord, Kept, LinkRecord, Outcome, Receipt, hash};
use super::store::Store;
use crate::model::{Purpose, io_words, printable, printable_path};
use crate::system::{Content, Entry, Folder, needs_place};
use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An earlier run that was cut short and has been taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// When it began, RFC 3339.
    pub time: String,
    /// The files that were given back; empty where it had not touched any.
    pub files: Vec<PathBuf>,
    /// How the reloads and restarts went that put the old files in force again, one sentence each.
    pub again: Vec<String>,
}

impl fmt::Display for Recovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a run of {} was cut short; everything it did was taken back", printable(&self.time))?;
        for file in &self.files {
            write!(f, "\n  gave back {}", printable_path(file))?;
        }
        self.again.iter().try_for_each(|line| write!(f, "\n  {}", printable(line)))
    }
}

/// Takes back what an earlier run did that was cut short.
pub(super) fn finish(
    store: &Store<'_>,
    report: &mut dyn FnMut(&Event),
) -> Result<Option<Recovered>, ApplyError> {
    let Some(mut receipt) = store.read_journal()? else { return Ok(None) };
    report(&Event::TakingBack { why: format!("the run of {} was cut short", receipt.time) });
    let mut files = Vec::new();
    let mut collect = |event: &Event| {
        if let Event::FileRestored { path } = event {
            files.push(path.clone());
        }
        report(event);
    };
    match all(store, &mut receipt, &mut collect) {
        Ok(again) => Ok(Some(Recovered { time: receipt.time, files, again })),
        Err(left) => Err(ApplyError::NotTakenBack { cause: None, left, journal: store.journal() }),
    }
}

/// Takes back what this run has done, and makes the error that says so.
pub(super) fn after(
    cause: ApplyError,
    store: &Store<'_>,
    receipt: &mut Receipt,
    report: &mut dyn FnMut(&Event),
) -> ApplyError {
    report(&Event::TakingBack { why: cause.brief() });
    let mut test = failed_test(&cause, receipt);
    let cause = Box::new(cause);
    match all(store, receipt, report) {
        Ok(mut again) => {
            again.extend(test.as_mut().and_then(|test| failed_before(store, test)));
            ApplyError::TakenBack { cause, again }
        }
        Err(left) => ApplyError::NotTakenBack { cause: Some(cause), left, journal: store.journal() },
    }
}

/// The server's own test, where it was that which failed.
fn failed_test(cause: &ApplyError, receipt: &Receipt) -> Option<CommandRecord> {
    let ApplyError::Command { argv, outcome: Outcome::Failed, .. } = cause else { return None };
    receipt.commands.iter().find(|own| own.purpose == Purpose::Test && own.argv == *argv).cloned()
}

/// Whether a test that has failed does so with the old files as well: it decides what the person does next.
fn failed_before(store: &Store<'_>, test: &mut CommandRecord) -> Option<String> {
    commands::run(store.system, test, &mut |_| {});
    (test.outcome == Outcome::Failed && !store.system.stopping()).then(|| {
        let line = printable(&test.argv.join(" "));
        format!("{line} fails with the old files as well: what it says was wrong before")
    })
}

/// Takes everything back, then lets the servers read their old files again.
fn all(
    store: &Store<'_>,
    receipt: &mut Receipt,
    report: &mut dyn FnMut(&Event),
) -> Result<Vec<String>, Vec<Left>> {
    let mut left = Vec::new();
    for link in receipt.links.iter().rev() {
        match take_back_link(store, link) {
            Ok(true) => report(&Event::LinkRemoved { path: link.path.clone() }),
            Ok(false) => {}
            Err(error) => {
                left.push(left_link(store, link, &error));
            }
        }
    }
    for at in (0..receipt.files.len()).rev() {
        match take_back_file(store, receipt, at) {
            Ok(true) => report(&Event::FileRestored { path: receipt.files[at].target.clone() }),
            Ok(false) => {}
            Err(why) => left.push(left_file(store, &receipt.files[at], why)),
        }
    }
    for folder in receipt.folders.iter().rev() {
        remove_folder(store, folder);
    }
    if !left.is_empty() {
        return Err(left);
    }
    let again = receipt.commands.iter_mut().filter_map(|command| once_more(store, command, report)).collect();
    store.discard().map_err(|error| {
        let journal = store.journal();
        let by_hand = vec![by_hand::remove_all(&journal)];
        vec![Left {
            path: journal,
            why: format!("it is done with but cannot be removed: {}", io_words(&error)),
            by_hand,
        }]
    })?;
    Ok(again)
}

/// Runs a reload or restart again that may have put the new files in force; says how that went.
fn once_more(
    store: &Store<'_>,
    command: &mut CommandRecord,
    report: &mut dyn FnMut(&Event),
) -> Option<String> {
    // Whoever made a tree may have made its journal, too: it commands nothing on the machine that works on the tree.
    if command.purpose == Purpose::Test || command.outcome == Outcome::NotRun || !store.system.runs_commands()
    {
        return None;
    }
    // Whoever has asked to stop has asked for just this.
    let system = store.system.clone().stopped_by(Arc::default());
    let message = commands::run(&system, command, report);
    let line = printable(&command.argv.join(" "));
    Some(match command.outcome {
        Outcome::Done => format!("{line} was run again, so that the old files are in force"),
        outcome => {
            format!("{line} was run again, so that the old files are in force, and {outcome}: {message}")
        }
    })
}

/// Whether a link had to be taken back.
fn take_back_link(store: &Store<'_>, link: &LinkRecord) -> io::Result<bool> {
    if !link.made {
        // An undo removes the folders that it has emptied.
        store.system.make_folders(link.path.parent().unwrap_or(Path::new("/")), 0o755)?;
    }
    let (folder, name) = match store.system.beside(&link.path) {
        Ok(beside) => beside,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let ours = Entry::Link(link.target.clone());
    match folder.entry(name)? {
        entry if link.made && entry == ours => folder.unlink(name)?,
        Entry::Absent if !link.made => folder.link(&link.target, name)?,
        _ => return Ok(false),
    }
    folder.sync()?;
    Ok(true)
}

/// What a file needs to be as it was.
#[derive(Debug, PartialEq, Eq)]
enum Way<'a> {
    /// Nothing: it is as it was, or was never touched.
    Nothing,
    /// Its old self.
    Restore(&'a Kept),
    /// To go: it was not there.
    Remove,
    /// It is neither as it was nor as it was made.
    Theirs,
}

fn way_back<'a>(
    record: &'a FileRecord,
    current: Option<&Content>,
    is_half_written: impl Fn(Option<&Content>) -> bool,
) -> Way<'a> {
    let is = |kept: &Kept| current.is_some_and(|content| kept.has_bytes_of(content));
    match (&record.before, current) {
        (None, None) => Way::Nothing,
        (None, Some(_)) if record.after.as_ref().is_some_and(is) => Way::Remove,
        // Bytes of a file written in place may be part old, part new, and right bytes may have the wrong time.
        (Some(before), _) if record.in_place.is_some() && is_half_written(current) => Way::Restore(before),
        (Some(before), Some(_)) if is(before) => Way::Nothing,
        (Some(before), None) => Way::Restore(before),
        (Some(before), Some(_)) if record.after.as_ref().is_some_and(is) => Way::Restore(before),
        (None | Some(_), Some(_)) => Way::Theirs,
    }
}

/// Whether a file that is written in place is as the two ends of the writing can have left it, and not another hand's.
fn half_written(store: &Store<'_>, record: &FileRecord, now: Option<&Content>) -> bool {
    let bytes = |kept: Option<&Kept>| store.backup(kept?.backup.as_ref()?).ok();
    match (now, bytes(record.before.as_ref()), bytes(record.after.as_ref())) {
        (Some(now), Some(old), Some(new)) => is_between(&old, &new, &now.bytes),
        // The first guacfronts did not keep the new bytes.
        _ => true,
    }
}

/// Whether each byte is the old one, the new one, or the zero that a power cut leaves where a disk had yet to write.
fn is_between(old: &[u8], new: &[u8], now: &[u8]) -> bool {
    let lengths = old.len().min(new.len())..=old.len().max(new.len());
    let can_be =
        |(at, byte): (usize, &u8)| *byte == 0 || old.get(at) == Some(byte) || new.get(at) == Some(byte);
    lengths.contains(&now.len()) && now.iter().enumerate().all(can_be)
}

/// Whether a file had to be taken back.
fn take_back_file(store: &Store<'_>, receipt: &mut Receipt, at: usize) -> Result<bool, String> {
    let record = receipt.files[at].clone();
    let text = |error: io::Error| io_words(&error);
    if record.touched && record.before.is_some() {
        store.system.make_folders(record.target.parent().unwrap_or(Path::new("/")), 0o755).map_err(text)?;
    }
    let (folder, name) = match store.system.beside(&record.target) {
        Ok(beside) => beside,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(io_words(&error)),
    };
    let temporary = record.temporary.file_name().unwrap_or_default();
    if !temporary.is_empty() {
        give_back_theirs(store, &record, &folder, temporary, name)?;
        folder.unlink(temporary).map_err(text)?;
    }
    if !record.touched {
        return Ok(false);
    }
    let current = folder.snapshot(name).map_err(text)?.map(|snapshot| snapshot.content);
    match way_back(&record, current.as_ref(), |now| half_written(store, &record, now)) {
        Way::Nothing => return Ok(false),
        Way::Theirs => return Err("it was changed by another hand in the meantime".to_owned()),
        Way::Remove => folder.unlink(name).map_err(text)?,
        Way::Restore(kept) => {
            let content = kept_content(store, kept)?;
            if current.as_ref() == Some(&content) {
                return Ok(false);
            }
            if record.in_place.is_some() && current.is_some() {
                folder.rewrite(name, &content).map_err(text)?;
            } else if let Err(error) = replace(&folder, temporary, name, &content) {
                if current.is_none() || !needs_place(&error) {
                    return Err(io_words(&error));
                }
                // The journal should know; where the disk is too full for that, the file comes first.
                receipt.files[at].in_place = Some("it is taken back".to_owned());
                let _ = store.update_journal(receipt);
                folder.rewrite(name, &content).map_err(text)?;
            }
        }
    }
    folder.sync().map_err(text)?;
    Ok(true)
}

/// Gives back what another hand had saved just before the file was replaced: the new file and theirs had changed places,
/// and the run was cut short before it saw that.
fn give_back_theirs(
    store: &Store<'_>,
    record: &FileRecord,
    folder: &Folder<'_>,
    temporary: &OsStr,
    name: &OsStr,
) -> Result<(), String> {
    let text = |error: io::Error| io_words(&error);
    let (true, Some(before), Some(after)) = (record.touched, &record.before, &record.after) else {
        return Ok(());
    };
    let path = printable_path(&record.temporary);
    let beside = folder.snapshot(temporary).map_err(|error| format!("{path}: {}", io_words(&error)))?;
    let Some(beside) = beside.map(|snapshot| snapshot.content) else { return Ok(()) };
    let is_theirs = !before.has_bytes_of(&beside)
        && !after.has_bytes_of(&beside)
        // Taking back that was cut short has left part of the old file.
        && !is_begun(&kept_content(store, before)?.bytes, &beside.bytes);
    if !is_theirs {
        return Ok(());
    }
    let current = folder.snapshot(name).map_err(text)?;
    if !current.is_some_and(|current| after.has_bytes_of(&current.content))
        || !folder.exchange(temporary, name).map_err(text)?
    {
        return Err(format!("what another hand has saved in the meantime is in {path}"));
    }
    folder.sync().map_err(text)
}

/// Whether a file is as a writing that was cut short can have left it: each byte that is there is the right one, or the
/// zero that a power cut leaves.
fn is_begun(whole: &[u8], now: &[u8]) -> bool {
    now.len() <= whole.len() && now.iter().zip(whole).all(|(now, whole)| *now == 0 || now == whole)
}

fn replace(folder: &Folder<'_>, temporary: &OsStr, name: &OsStr, content: &Content) -> io::Result<()> {
    folder
        .create(temporary, content)
        .and_then(|()| folder.rename(temporary, folder, name))
        .inspect_err(|_| drop(folder.unlink(temporary)))
}

fn kept_content(store: &Store<'_>, kept: &Kept) -> Result<Content, String> {
    let backup = kept.backup.as_ref().ok_or("the journal names no backup of it")?;
    let bytes =
        store.backup(backup).map_err(|error| format!("its backup cannot be read: {}", io_words(&error)))?;
    if hash(&bytes) != kept.sha256 {
        return Err("its backup is damaged".to_owned());
    }
    Ok(kept.content(bytes))
}

fn left_link(store: &Store<'_>, link: &LinkRecord, error: &io::Error) -> Left {
    let path = store.system.real(&link.path);
    let by_hand = if link.made { by_hand::remove(&path) } else { by_hand::link(&link.target, &path) };
    Left { path: link.path.clone(), why: io_words(error), by_hand: vec![by_hand] }
}

fn left_file(store: &Store<'_>, record: &FileRecord, why: String) -> Left {
    let target = store.system.real(&record.target);
    let by_hand = match &record.before {
        None => vec![by_hand::remove(&target)],
        Some(before) => before
            .backup
            .iter()
            .map(|backup| by_hand::copy(&store.backup_path(backup), &target))
            .chain([by_hand::owner(before.uid, before.gid, &target), by_hand::mode(before.mode, &target)])
            .collect(),
    };
    Left { path: record.path.clone(), why, by_hand }
}

/// Removes a folder that was made; one that has been filled by another hand stays.
pub(super) fn remove_folder(store: &Store<'_>, path: &Path) {
    if let Ok((parent, name)) = store.system.beside(path)
        && parent.remove_folder(name).is_ok()
    {
        // That it is gone need not survive a power cut: an empty folder does no harm.
        let _ = parent.sync();
    }
}
