//! Looking at a run that has not come to its end, without a hand laid on it.

use super::error::held;
use super::store::{self, STATE_FOLDER, Store};
use crate::model::printable;
use crate::system::{Holder, System};
use std::fmt;
use std::path::Path;

/// A run that has begun and has no receipt yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfinished {
    /// It is going on.
    Running {
        /// Who does it.
        holder: Holder,
        /// Whether all is done but for a person's word that the machine can still be reached.
        awaiting: bool,
    },
    /// It was cut short, and what it did has yet to be taken back.
    CutShort {
        /// When it began, RFC 3339; `None` where its journal cannot be read.
        since: Option<String>,
    },
    /// Whether there is one this user may not see.
    Hidden,
}

impl fmt::Display for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Running { holder, awaiting: false } => {
                write!(f, "another guacfront{} is changing this machine", held(holder))
            }
            Self::Running { holder, awaiting: true } => write!(
                f,
                "what another guacfront{} has changed is on trial: it is taken back unless \"guacfront confirm\" \
                 confirms it",
                held(holder)
            ),
            Self::Hidden => {
                write!(f, "whether an earlier run was cut short only root can see, in {STATE_FOLDER}")
            }
            Self::CutShort { since } => {
                let since =
                    since.as_ref().map_or_else(String::new, |since| format!(" of {}", printable(since)));
                write!(
                    f,
                    "the run{since} was cut short and is not taken back yet: \"guacfront undo\" does that, and every \
                     command that changes something does it first"
                )
            }
        }
    }
}

/// The run that has not come to its end, as far as this user may see; nothing is touched.
pub fn unfinished(system: &System) -> Option<Unfinished> {
    if !Store::has_journal(system) {
        return Store::is_hidden(system).then_some(Unfinished::Hidden);
    }
    let receipt = store::open_journal(system);
    let lock = store::canonical(system, Path::new(STATE_FOLDER)).join("lock");
    match system.lock_holder(&lock) {
        Some(holder) => {
            let awaiting = receipt.is_some_and(|receipt| receipt.awaiting);
            Some(Unfinished::Running { holder, awaiting })
        }
        // Its journal may have become a receipt between the two looks.
        None if Store::has_journal(system) => {
            Some(Unfinished::CutShort { since: receipt.map(|receipt| receipt.time) })
        }
        None => None,
    }
}
