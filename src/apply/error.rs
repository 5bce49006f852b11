//! What can go wrong, and whose fault it is.

use super::by_hand;
use super::receipt::Outcome;
use crate::model::{Fault, io_words, printable, printable_lines, printable_path};
use crate::system::Holder;
use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Something that could not be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// What.
    pub path: PathBuf,
    /// Why not.
    pub why: String,
    /// The commands that do it by hand, ready to be typed.
    pub by_hand: Vec<String>,
}

/// Why a plan was not carried out, or not undone.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// Another guacfront is at work.
    #[error("another guacfront is at work{}", held(holder))]
    Locked {
        /// Who, since when.
        holder: Holder,
    },
    /// Others could have put into the state folder what would be believed, and done with this user's rights.
    #[error("the state folder {} cannot be trusted: {}", printable_path(folder), printable(why))]
    Distrusted {
        /// The folder.
        folder: PathBuf,
        /// Why, as the end of a sentence.
        why: String,
    },
    /// Files are no longer as they were when the plan was made.
    #[error("changed since it was read: {}", listed(files))]
    Changed {
        /// The files.
        files: Vec<ChangedFile>,
    },
    /// Files were changed after guacfront had changed them, so that giving back their old bytes would lose an edit.
    #[error("changed since {}: {}", printable(id), listed(files))]
    ChangedSince {
        /// The receipt that was to be undone.
        id: String,
        /// The files.
        files: Vec<ChangedFile>,
        /// Later receipts, not undone, that have changed one of them; newest first.
        later: Vec<String>,
    },
    /// There is no such receipt.
    #[error("{}", match id { Some(id) => format!("there is no receipt {}", printable(id)), None => "there is nothing to undo".to_owned() })]
    NoReceipt {
        /// What was asked for; `None`: the newest.
        id: Option<String>,
    },
    /// It was undone already.
    #[error("{} was undone already, by {}", printable(id), printable(by))]
    AlreadyUndone {
        /// The receipt.
        id: String,
        /// The receipt that undoes it.
        by: String,
    },
    /// A signal asked to stop.
    #[error("stopped as asked")]
    Stopped,
    /// Nobody has said in time that the machine can still be reached.
    #[error("nobody has confirmed it within {} s", within.as_secs())]
    NotConfirmed {
        /// How long it was waited for.
        within: Duration,
    },
    /// The person has said that it is not to stay, or the terminal was lost.
    #[error("it was not confirmed")]
    Declined,
    /// No run waits to be confirmed.
    #[error("nothing waits to be confirmed")]
    NothingToConfirm,
    /// The confirmation came too late.
    #[error("it came too late: {} was taken back", printable(id))]
    TooLate {
        /// The receipt it would have been.
        id: String,
    },
    /// A command of the plan failed.
    #[error("{} {}{}", printable(&argv.join(" ")), outcome, said(message))]
    Command {
        /// The program, then its arguments.
        argv: Vec<String>,
        /// How it ended.
        outcome: Outcome,
        /// What it said, safe to show.
        message: String,
    },
    /// The machine refused.
    #[error("cannot {deed} {}: {}", printable_path(path), io_words(source))]
    Io {
        /// What was tried: `read`, `replace`.
        deed: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It did not work, and everything is as it was.
    #[error("{cause}\neverything was taken back{}", again.iter().fold(String::new(), |mut text, line| { let _ = write!(text, "; {line}"); text }))]
    TakenBack {
        /// What did not work.
        cause: Box<ApplyError>,
        /// How the reloads and restarts went that put the old files in force again, one sentence each.
        again: Vec<String>,
    },
    /// It did not work or was cut short, and something could not be taken back.
    #[error("{}not everything could be taken back:{}", cause.as_ref().map_or_else(String::new, |cause| format!("{cause}\n")), left_lines(left))]
    NotTakenBack {
        /// What did not work; `None` where an earlier run was cut short.
        cause: Option<Box<ApplyError>>,
        /// What is not as it was.
        left: Vec<Left>,
        /// The journal's folder, which holds the backups.
        journal: PathBuf,
    },
    /// The journal of an earlier run that was cut short cannot be read.
    #[error(
        "an earlier run was cut short and its journal {} cannot be read: {}{}",
        printable_path(journal),
        printable(why),
        lines(by_hand)
    )]
    Journal {
        /// The journal's folder.
        journal: PathBuf,
        /// Why it cannot be read.
        why: String,
        /// The commands that give every file back its old bytes.
        by_hand: Vec<String>,
    },
    /// The plan is not one that can be carried out.
    #[error("the plan is faulty: {what}")]
    Bug {
        /// What is wrong with it.
        what: String,
    },
}

/// A file that is not as it was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedFile {
    /// The file.
    pub path: PathBuf,
    /// What is different, as the end of a sentence.
    pub how: String,
}

impl ApplyError {
    /// Whose fault it is.
    pub fn kind(&self) -> Fault {
        match self {
            Self::Locked { .. }
            | Self::Distrusted { .. }
            | Self::Changed { .. }
            | Self::ChangedSince { .. }
            | Self::NoReceipt { .. }
            | Self::AlreadyUndone { .. }
            | Self::NotConfirmed { .. }
            | Self::Declined
            | Self::NothingToConfirm
            | Self::TooLate { .. }
            | Self::Stopped => Fault::Operator,
            Self::Io { .. } if self.is_denied() => Fault::Operator,
            Self::Command { .. } | Self::Io { .. } | Self::NotTakenBack { .. } | Self::Journal { .. } => {
                Fault::Machine
            }
            Self::TakenBack { cause, .. } => cause.kind(),
            Self::Bug { .. } => Fault::Bug,
        }
    }

    /// Whether the right to do it is all that is missing.
    pub fn is_denied(&self) -> bool {
        match self {
            Self::Io { source, .. } => source.kind() == io::ErrorKind::PermissionDenied,
            Self::TakenBack { cause, .. } => cause.is_denied(),
            _ => false,
        }
    }

    /// The error without what a program said.
    pub(super) fn brief(&self) -> String {
        match self {
            Self::Command { argv, outcome, .. } => format!("{} {outcome}", printable(&argv.join(" "))),
            _ => self.to_string(),
        }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Locked { .. } => {
                "wait until it has ended, then try again; if it waits for a word: guacfront confirm".to_owned()
            }
            Self::Distrusted { folder, .. } => format!(
                "what it holds decides which files are given back: look through it, then type\n  {}\n  {}",
                by_hand::owner(0, 0, folder),
                by_hand::mode(0o700, folder)
            ),
            Self::Changed { .. } => {
                "nothing was touched; start again, so that the files are read anew".to_owned()
            }
            Self::ChangedSince { later, .. } => match later.first() {
                Some(newest) => format!("undo {} first", printable(newest)),
                None => {
                    "the lines that guacfront wrote are no longer as it wrote them: take them out by hand, or use --force: it gives back the old bytes and \
                         keeps a backup of what it replaces"
                        .to_owned()
                }
            },
            Self::NoReceipt { .. } | Self::NothingToConfirm | Self::TooLate { .. } => {
                "\"guacfront history\" lists what was done".to_owned()
            }
            Self::AlreadyUndone { by, .. } => format!("to have it again: guacfront undo {}", printable(by)),
            Self::Io { source, .. } => io_hint(source)?,
            Self::TakenBack { cause, .. } => match **cause {
                Self::Changed { .. } => "start again, so that the files are read anew".to_owned(),
                _ => cause.hint()?,
            },
            Self::NotTakenBack { journal, .. } => format!(
                "put right what is said above, then start guacfront again; to leave the files as they are instead, \
                 remove {}",
                printable_path(journal)
            ),
            Self::Journal { journal, .. } => {
                format!(
                    "type the lines above and reload the servers, then remove {}",
                    printable_path(journal)
                )
            }
            Self::Bug { .. } => "nothing was touched; please report this".to_owned(),
            Self::NotConfirmed { .. } => {
                "if you can reach it after all: apply again with more time, as --confirm 300".to_owned()
            }
            Self::Command { .. } | Self::Stopped | Self::Declined => return None,
        };
        Some(hint)
    }

    pub(super) fn io(deed: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { deed, path, source }
    }
}

fn io_hint(error: &io::Error) -> Option<String> {
    let hint = match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "run it as root, with sudo; where you are root, the file or its folder is protected (lsattr shows it)"
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room on the disk, then try again",
        io::ErrorKind::ReadOnlyFilesystem => "mount the file system writable, then try again",
        _ => return None,
    };
    Some(hint.to_owned())
}

pub(super) fn held(holder: &Holder) -> String {
    let pid = holder.pid.map_or_else(String::new, |pid| format!(", process {pid}"));
    let since =
        holder.since.as_ref().map_or_else(String::new, |since| format!(", since {}", printable(since)));
    format!("{pid}{since}")
}

fn listed(files: &[ChangedFile]) -> String {
    let files: Vec<_> = files
        .iter()
        .map(|file| format!("{} ({})", printable_path(&file.path), printable(&file.how)))
        .collect();
    files.join(", ")
}

fn said(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(":\n{}", printable_lines(message)) }
}

fn left_lines(left: &[Left]) -> String {
    left.iter().fold(String::new(), |mut text, left| {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n{}: {}", printable_path(&left.path), printable(&left.why));
        text + &lines(&left.by_hand)
    })
}

fn lines(lines: &[String]) -> String {
    lines.iter().fold(String::new(), |text, line| text + "\n  " + line)
}
