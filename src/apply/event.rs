//! What is told while a transaction goes on.

use super::receipt::Outcome;
use crate::model::{printable, printable_lines, printable_path};
use std::fmt;
use std::path::PathBuf;

/// Something that has happened, or a command that begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The journal and the backups are on the disk.
    JournalWritten {
        /// How many files were backed up.
        backups: usize,
    },
    /// A file was replaced by its new self.
    FileReplaced {
        /// The file.
        path: PathBuf,
    },
    /// A file was written in place, because a rename would part it from its other names or mounts, or lose its owner.
    FileRewritten {
        /// The file.
        path: PathBuf,
        /// Why, as the end of a sentence.
        why: String,
    },
    /// A file was made.
    FileMade {
        /// The file.
        path: PathBuf,
    },
    /// A file was removed.
    FileRemoved {
        /// The file.
        path: PathBuf,
    },
    /// A link was made.
    LinkMade {
        /// The link.
        path: PathBuf,
        /// What it points to.
        target: PathBuf,
    },
    /// A link was removed.
    LinkRemoved {
        /// The link.
        path: PathBuf,
    },
    /// A command begins.
    CommandBegun {
        /// What it does, in a sentence.
        words: String,
    },
    /// A command has ended.
    CommandEnded {
        /// What it does, in a sentence.
        words: String,
        /// How it ended.
        outcome: Outcome,
        /// What the program said; empty where it has succeeded.
        message: String,
    },
    /// A person is waited for, who has to say that the machine can still be reached; told once a second.
    Awaiting {
        /// How long still, in seconds.
        left: u64,
    },
    /// The person has said so.
    Confirmed,
    /// Taking back begins.
    TakingBack {
        /// Why, in a sentence.
        why: String,
    },
    /// A file is again as it was.
    FileRestored {
        /// The file.
        path: PathBuf,
    },
    /// What stands in the place of a file or a link now is none that could be given back.
    LeftAlone {
        /// The place.
        path: PathBuf,
        /// What stands there, in words.
        how: String,
    },
    /// The receipt is written: what was done stays done.
    Committed {
        /// The receipt's name.
        id: String,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::JournalWritten { backups: 1 } => f.write_str("backed up 1 file"),
            Self::JournalWritten { backups } => write!(f, "backed up {backups} files"),
            Self::FileReplaced { path } => write!(f, "changed {}", printable_path(path)),
            Self::FileRewritten { path, why } => {
                write!(f, "changed {} in place: {why}", printable_path(path))
            }
            Self::FileMade { path } => write!(f, "made {}", printable_path(path)),
            Self::FileRemoved { path } => write!(f, "removed {}", printable_path(path)),
            Self::LinkMade { path, target } => {
                write!(f, "linked {} to {}", printable_path(path), printable_path(target))
            }
            Self::LinkRemoved { path } => write!(f, "removed the link {}", printable_path(path)),
            Self::CommandBegun { words } => write!(f, "{} ...", printable(words)),
            Self::CommandEnded { words, outcome, message } => {
                write!(f, "{}: {outcome}", printable(words))?;
                if !message.is_empty() {
                    write!(f, "\n{}", printable_lines(message))?;
                }
                Ok(())
            }
            Self::Awaiting { left } => {
                write!(f, "still there? everything is taken back in {left} s unless it is confirmed")
            }
            Self::Confirmed => f.write_str("confirmed"),
            Self::TakingBack { why } => write!(f, "taking everything back: {}", printable_lines(why)),
            Self::FileRestored { path } => write!(f, "gave back {}", printable_path(path)),
            Self::LeftAlone { path, how } => write!(f, "{}: {}", printable_path(path), printable(how)),
            Self::Committed { id } => write!(f, "kept as {}", printable(id)),
        }
    }
}
