//! What is going to be done, checked against the machine.

use super::error::{ApplyError, ChangedFile};
use super::receipt::LinkRecord;
use super::store::canonical;
use crate::model::{Command, FileChange, Options, Plan, Step, io_words, printable_path};
use crate::system::{Content, Entry, Snapshot, System};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Work for one transaction.
#[derive(Debug)]
pub(super) struct Work {
    pub files: Vec<FileWork>,
    pub links: Vec<LinkRecord>,
    pub commands: Vec<Command>,
    pub options: Options,
    pub answers: String,
    /// The receipt that is undone; `None` where a plan is carried out.
    pub undoes: Option<String>,
    /// Folders to be removed in the end if nothing is in them, outermost first.
    pub empty_folders: Vec<PathBuf>,
}

/// A file as it is and as it is going to be; `None`: not there.
#[derive(Debug)]
pub(super) struct FileWork {
    pub path: PathBuf,
    pub target: PathBuf,
    pub before: Option<Snapshot>,
    pub after: Option<Content>,
}

impl Work {
    /// The work of a plan.
    ///
    /// A change that begins with an empty file, at a path where there is none, makes a new file: with the owner and the mode
    /// of its image.
    ///
    /// # Errors
    /// Where files are not as the plan was made from them, every one of them.
    pub fn of_plan(system: &System, plan: &Plan, options: Options) -> Result<Self, ApplyError> {
        let mut changed = Vec::new();
        let mut files: Vec<FileWork> = Vec::new();
        for change in plan.changes() {
            match file_work(system, change) {
                Ok(file) if files.iter().any(|other| other.target == file.target) => {
                    let what = format!("it changes {} twice", printable_path(&file.target));
                    return Err(ApplyError::Bug { what });
                }
                Ok(_) if change.after == change.before.bytes && !change.after.is_empty() => {}
                Ok(file) => files.push(file),
                Err(how) => changed.push(ChangedFile { path: change.before.path.clone(), how }),
            }
        }
        let mut links = Vec::new();
        for step in &plan.steps {
            let Step::Link { path, target, .. } = step else { continue };
            match link_work(system, path, target) {
                Ok(link) => links.extend(link),
                Err(how) => changed.push(ChangedFile { path: path.clone(), how }),
            }
        }
        if !changed.is_empty() {
            return Err(ApplyError::Changed { files: changed });
        }
        Ok(Self {
            files,
            links,
            commands: plan.commands().cloned().collect(),
            options,
            answers: plan.answers.to_toml(),
            undoes: None,
            empty_folders: Vec::new(),
        })
    }
}

/// The work of one change, or what is not as it was.
fn file_work(system: &System, change: &FileChange) -> Result<FileWork, String> {
    let image = &change.before;
    let target = canonical(system, &image.path);
    let before = system.snapshot(&target).map_err(|error| io_words(&error))?;
    match &before {
        None if image.bytes.is_empty() => {}
        None => return Err("it is no longer there".to_owned()),
        Some(_) if target != image.target => {
            return Err(format!("it now leads to {}", printable_path(&target)));
        }
        Some(now) if now.content.bytes != image.bytes => return Err("its content has changed".to_owned()),
        Some(now) if now.content.meta != image.meta => {
            return Err("its owner or mode has changed".to_owned());
        }
        Some(_) => {}
    }
    let after = Content {
        bytes: Arc::clone(&change.after),
        meta: image.meta,
        mtime: None,
        xattrs: before.as_ref().map_or_else(Vec::new, |now| now.content.xattrs.clone()),
    };
    Ok(FileWork { path: image.path.clone(), target, before, after: Some(after) })
}

/// The work of one link; `None` where it is there already.
fn link_work(system: &System, path: &Path, target: &Path) -> Result<Option<LinkRecord>, String> {
    let path = name_in_place(system, path);
    match entry(system, &path).map_err(|error| io_words(&error))? {
        Entry::Absent => Ok(Some(LinkRecord { path, target: target.to_owned(), made: true })),
        Entry::Link(now) if now == target => Ok(None),
        Entry::Link(now) => Err(format!("it is a link to {}", printable_path(&now))),
        Entry::Other => Err("something else is there".to_owned()),
    }
}

/// A path whose folder is canonical; its last part, which may be a link, is left.
fn name_in_place(system: &System, path: &Path) -> PathBuf {
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => canonical(system, parent).join(name),
        _ => path.to_owned(),
    }
}

/// What stands at a path whose folder is canonical.
pub(super) fn entry(system: &System, path: &Path) -> io::Result<Entry> {
    match system.beside(path) {
        Ok((folder, name)) => folder.entry(name),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Entry::Absent),
        Err(error) => Err(error),
    }
}
