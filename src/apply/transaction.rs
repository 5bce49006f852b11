//! Carrying out: journal, new files, renames, links, commands, receipt.

use super::backup::{Backup, backup_of, gone_one, made_of, new_one};
use super::commands;
use super::error::{ApplyError, ChangedFile};
use super::event::Event;
use super::receipt::{CommandRecord, FileRecord, Kept, LinkRecord, Outcome, Receipt};
use super::store::Store;
use super::take_back;
use super::trial::Trial;
use super::work::{FileWork, Work};
use crate::model::{Purpose, io_words};
use crate::system::{Entry, Folder, needs_place};
use std::ffi::OsStr;
use std::io;
use std::sync::Arc;

/// Does the work as a whole or takes it back as a whole.
pub(super) fn carry_out(
    store: &Store<'_>,
    work: &Work,
    trial: Option<&mut Trial>,
    report: &mut dyn FnMut(&Event),
) -> Result<Receipt, ApplyError> {
    let (receipt, backups) = draft(store, work)?;
    store.open_journal(&receipt, &backups)?;
    let kept = receipt.files.iter().filter(|file| file.before.is_some()).count();
    report(&Event::JournalWritten { backups: kept });
    let mut run = Run { store, work, receipt, trial, report };
    if let Err(cause) = run.all() {
        let Run { mut receipt, report, .. } = run;
        return Err(take_back::after(cause, store, &mut receipt, report));
    }
    let receipt = run.receipt;
    report(&Event::Committed { id: receipt.id.clone() });
    Ok(receipt)
}

/// The receipt of work that has yet to be done, and the backups it names.
fn draft(store: &Store<'_>, work: &Work) -> Result<(Receipt, Vec<Backup>), ApplyError> {
    let id = store.next_id().map_err(ApplyError::io("read", super::STATE_FOLDER))?;
    let mut receipt = Receipt::new(id, store.system.now().to_string());
    let mut backups = Vec::new();
    for (at, file) in work.files.iter().enumerate() {
        let before = file.before.as_ref().map(|snapshot| {
            let backup = backup_of(&file.target);
            let bytes = Arc::clone(&snapshot.content.bytes);
            backups.push(Backup { path: backup.clone(), bytes });
            Kept::of(&snapshot.content, Some(backup))
        });
        if before.is_none() {
            backups.push(new_one(&file.target));
        }
        let after = file.after.as_ref().map(|content| {
            // What was made of a file tells later whose lines are whose; of a new file it tells nothing.
            let kept = before.is_some().then(|| made_of(&file.target));
            backups.extend(kept.clone().map(|path| Backup { path, bytes: Arc::clone(&content.bytes) }));
            Kept::of(content, kept)
        });
        let temporary = file.target.with_file_name(format!(".guacfront-{}-{at}", receipt.id));
        receipt.files.push(FileRecord {
            path: file.path.clone(),
            target: file.target.clone(),
            temporary,
            touched: false,
            in_place: None,
            before,
            after,
        });
    }
    let made = work.files.iter().filter(|file| file.after.is_some()).map(|file| &file.target);
    let linked = work.links.iter().filter(|link| link.made).map(|link| &link.path);
    for folder in made.chain(linked).filter_map(|path| path.parent()) {
        for missing in store.system.missing_folders(folder) {
            if !receipt.folders.contains(&missing) {
                receipt.folders.push(missing);
            }
        }
    }
    receipt.links.clone_from(&work.links);
    backups.extend(
        work.links
            .iter()
            .map(|link| if link.made { new_one(&link.path) } else { gone_one(&link.path, &link.target) }),
    );
    receipt.commands = work.commands.iter().map(CommandRecord::from).collect();
    receipt.answers.clone_from(&work.answers);
    receipt.undoes.clone_from(&work.undoes);
    Ok((receipt, backups))
}

/// Work under way.
struct Run<'a> {
    store: &'a Store<'a>,
    work: &'a Work,
    receipt: Receipt,
    trial: Option<&'a mut Trial>,
    report: &'a mut dyn FnMut(&Event),
}

impl Run<'_> {
    fn all(&mut self) -> Result<(), ApplyError> {
        if let Some(trial) = &self.trial {
            trial.set_guard(self.store, &self.receipt)?;
        }
        for folder in &self.receipt.folders {
            let made = self.store.system.make_folders(folder, 0o755);
            made.map_err(ApplyError::io("make the folder", folder))?;
        }
        // All new files are complete before the first is put in place: a full disk is met here.
        for at in 0..self.work.files.len() {
            self.go_on()?;
            self.stage(at)?;
        }
        for at in 0..self.work.files.len() {
            self.go_on()?;
            self.put(at)?;
        }
        for link in &self.work.links {
            self.go_on()?;
            self.link(link)?;
        }
        self.run_commands()?;
        self.go_on()?;
        if let Some(trial) = &mut self.trial {
            trial.stand(self.store, &mut self.receipt, self.report)?;
        }
        if self.work.undoes.is_some() {
            self.work
                .empty_folders
                .iter()
                .rev()
                .for_each(|folder| take_back::remove_folder(self.store, folder));
        }
        self.store.commit(&self.receipt)
    }

    fn go_on(&self) -> Result<(), ApplyError> {
        if self.store.system.stopping() { Err(ApplyError::Stopped) } else { Ok(()) }
    }

    /// Writes the new file beside its target.
    fn stage(&mut self, at: usize) -> Result<(), ApplyError> {
        let file = &self.work.files[at];
        let Some(after) = &file.after else { return Ok(()) };
        if file.before.as_ref().is_some_and(|before| before.names > 1) {
            self.in_place(at, "it has several names (hard links)");
            return Ok(());
        }
        let (folder, _) = beside(self.store, file)?;
        let temporary = temporary(&self.receipt.files[at]);
        match folder.create(temporary, after) {
            Ok(()) => Ok(()),
            Err(error)
                if file.before.is_some()
                    && error.raw_os_error() == Some(rustix::io::Errno::PERM.raw_os_error()) =>
            {
                // Without the right to give files away, only the old file itself keeps its owner.
                folder
                    .unlink(temporary)
                    .map_err(ApplyError::io("remove", &self.receipt.files[at].temporary))?;
                self.in_place(at, "its owner, mode or attributes cannot be given to a new file");
                Ok(())
            }
            Err(source) => {
                Err(ApplyError::Io { deed: "write a new file for", path: file.path.clone(), source })
            }
        }
    }

    fn in_place(&mut self, at: usize, why: &str) {
        self.receipt.files[at].in_place = Some(why.to_owned());
    }

    /// Puts the new file in its target's place, which must be as it was.
    fn put(&mut self, at: usize) -> Result<(), ApplyError> {
        let file = &self.work.files[at];
        let failed = |source| ApplyError::Io { deed: "replace", path: file.path.clone(), source };
        let (folder, name) = beside(self.store, file)?;
        // The journal knows of a change before it is made; the last look comes after it, as late as can be.
        self.receipt.files[at].touched = true;
        self.store.update_journal(&self.receipt)?;
        if let Err(changed) = unchanged(file, &folder, name) {
            self.receipt.files[at].touched = false;
            return Err(changed);
        }
        match &file.after {
            None => folder.unlink(name).map_err(failed)?,
            Some(after) => {
                if self.receipt.files[at].in_place.is_none() {
                    let temporary = temporary(&self.receipt.files[at]);
                    match replace(file, &folder, temporary, name) {
                        Ok(None) => {}
                        Ok(Some(changed)) => {
                            self.receipt.files[at].touched = false;
                            return Err(changed);
                        }
                        Err(error) if file.before.is_some() && needs_place(&error) => {
                            folder.unlink(temporary).map_err(failed)?;
                            self.in_place(at, "it is mounted by itself or protected against being replaced");
                            self.store.update_journal(&self.receipt)?;
                        }
                        Err(error) => return Err(failed(error)),
                    }
                }
                if self.receipt.files[at].in_place.is_some() {
                    folder.rewrite(name, after).map_err(failed)?;
                }
            }
        }
        folder.sync().map_err(failed)?;
        let event = self.event(at);
        (self.report)(&event);
        Ok(())
    }

    fn event(&self, at: usize) -> Event {
        let file = &self.work.files[at];
        let path = file.target.clone();
        match (&self.receipt.files[at].in_place, &file.before, &file.after) {
            (_, _, None) => Event::FileRemoved { path },
            (_, None, Some(_)) => Event::FileMade { path },
            (Some(why), _, _) => Event::FileRewritten { path, why: why.clone() },
            (None, _, _) if self.work.undoes.is_some() => Event::FileRestored { path },
            (None, _, _) => Event::FileReplaced { path },
        }
    }

    fn link(&mut self, link: &LinkRecord) -> Result<(), ApplyError> {
        let deed = if link.made { "make the link" } else { "remove the link" };
        let failed = |source| ApplyError::Io { deed, path: link.path.clone(), source };
        let (folder, name) = self.store.system.beside(&link.path).map_err(failed)?;
        let (path, target) = (link.path.clone(), link.target.clone());
        if link.made {
            folder.link(&link.target, name).map_err(failed)?;
            folder.sync().map_err(failed)?;
            (self.report)(&Event::LinkMade { path, target });
        } else if folder.entry(name).map_err(failed)? == Entry::Link(target) {
            folder.unlink(name).map_err(failed)?;
            folder.sync().map_err(failed)?;
            (self.report)(&Event::LinkRemoved { path });
        }
        Ok(())
    }

    fn run_commands(&mut self) -> Result<(), ApplyError> {
        for at in 0..self.receipt.commands.len() {
            self.go_on()?;
            let purpose = self.receipt.commands[at].purpose;
            if !self.work.options.wants(purpose) || !self.store.system.runs_commands() {
                continue;
            }
            if purpose != Purpose::Test {
                // From here on a server may have the new files in force: taking back has to tell it again.
                self.receipt.commands[at].outcome = Outcome::Begun;
                self.store.update_journal(&self.receipt)?;
            }
            let message = commands::run(self.store.system, &mut self.receipt.commands[at], self.report);
            self.go_on()?;
            let record = &self.receipt.commands[at];
            // An undo is wanted most where the server is sick: what it says is told, and is no reason to stop.
            if record.outcome != Outcome::Done && self.work.undoes.is_none() {
                let (argv, outcome) = (record.argv.clone(), record.outcome);
                return Err(ApplyError::Command { argv, outcome, message });
            }
        }
        Ok(())
    }
}

fn beside<'a>(store: &'a Store<'_>, file: &'a FileWork) -> Result<(Folder<'a>, &'a OsStr), ApplyError> {
    store.system.beside(&file.target).map_err(ApplyError::io("open the folder of", &file.path))
}

fn temporary(record: &FileRecord) -> &OsStr {
    record.temporary.file_name().expect("a temporary file is named after its receipt")
}

/// Puts the new file in its target's place; what another hand has done there since the last look comes back and is told.
fn replace(
    file: &FileWork,
    folder: &Folder<'_>,
    temporary: &OsStr,
    name: &OsStr,
) -> io::Result<Option<ApplyError>> {
    if file.before.is_none() {
        return match folder.rename_new(temporary, name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Ok(unchanged(file, folder, name).err())
            }
            renamed => renamed.map(|()| None),
        };
    }
    if !folder.exchange(temporary, name)? {
        return folder.rename(temporary, folder, name).map(|()| None);
    }
    if let Err(changed) = unchanged(file, folder, temporary) {
        folder.exchange(temporary, name)?;
        return Ok(Some(changed));
    }
    folder.unlink(temporary).map(|()| None)
}

/// The last look before a file is replaced.
fn unchanged(file: &FileWork, folder: &Folder<'_>, name: &OsStr) -> Result<(), ApplyError> {
    let how = match folder.snapshot(name) {
        Ok(now) if now == file.before => return Ok(()),
        Ok(Some(_)) if file.before.is_none() => "it has come into being".to_owned(),
        Ok(Some(_)) => "it was changed just now".to_owned(),
        Ok(None) => "it was removed just now".to_owned(),
        Err(error) => io_words(&error),
    };
    Err(ApplyError::Changed { files: vec![ChangedFile { path: file.path.clone(), how }] })
}
