//! The transaction: a plan is carried out as a whole or taken back as a whole, and can be undone on any later day.
//!
//! The order of deeds is what makes it safe, whenever the process or the machine stops:
//!
//! 1. the lock is taken, and an unfinished journal of an earlier run is taken back;
//! 2. every file is read again and compared with what the plan was made from;
//! 3. the journal, with a backup of every file, is written below [`STATE_FOLDER`] and brought to the disk;
//! 4. every new file is written beside its target, complete, and brought to the disk;
//! 5. each target is compared once more and replaced by one rename;
//! 6. links are made, the servers' own tests are run, then reloads and restarts;
//! 7. where it is on trial, a person says that the machine can still be reached;
//! 8. one rename makes the journal a receipt.
//!
//! Before step 8 every failure takes everything back. A journal that is found later means that step 8 was never
//! reached: taking back needs the journal, its backups and nothing else.

mod backup;
mod by_hand;
mod commands;
mod error;
mod event;
mod merge;
mod receipt;
mod store;
mod take_back;
mod transaction;
mod trial;
mod undo;
mod unfinished;
mod work;

pub use crate::model::Options;
pub use error::{ApplyError, ChangedFile, Left};
pub use event::Event;
pub use receipt::{CommandRecord, FileRecord, Kept, LinkRecord, Outcome, Receipt};
pub use store::{History, STATE_FOLDER, UnreadableReceipt};
pub use take_back::Recovered;
pub use trial::{Trial, Word, confirm, guard};
pub use undo::{UndoFile, UndoPreview, undo, undo_preview};
pub use unfinished::{Unfinished, unfinished};

use crate::model::Plan;
use crate::system::System;
use std::path::{Path, PathBuf};
use store::Store;

/// Carries out a plan.
///
/// # Errors
/// Whatever goes wrong, the machine is as it was, unless the error is [`ApplyError::NotTakenBack`], which says what
/// is not and how to put it right by hand.
pub fn apply(
    system: &System,
    plan: &Plan,
    options: Options,
    report: &mut dyn FnMut(&Event),
) -> Result<Receipt, ApplyError> {
    carry_out(system, plan, options, None, report)
}

/// Carries out a plan as [`apply`] does, and lets it stay only if a person says in time that the machine can still be
/// reached: who administers a proxy often comes in through it.
///
/// # Errors
/// As [`apply`]; [`ApplyError::NotConfirmed`] or [`ApplyError::Declined`] where everything was taken back for that.
pub fn apply_on_trial(
    system: &System,
    plan: &Plan,
    options: Options,
    trial: &mut Trial,
    report: &mut dyn FnMut(&Event),
) -> Result<Receipt, ApplyError> {
    carry_out(system, plan, options, Some(trial), report)
}

fn carry_out(
    system: &System,
    plan: &Plan,
    options: Options,
    trial: Option<&mut Trial>,
    report: &mut dyn FnMut(&Event),
) -> Result<Receipt, ApplyError> {
    let store = Store::lock(system)?;
    take_back::finish(&store, report)?;
    let work = work::Work::of_plan(system, plan, options)?;
    transaction::carry_out(&store, &work, trial, report)
}

/// Sees whether an earlier run was cut short, and takes back what it had done; `None` where there is nothing to do.
///
/// To be called at the start of every command that may change the machine; one that only looks must leave it as it
/// is, and tells by [`unfinished()`] what has to be taken back. A run that is still going on is left alone.
///
/// # Errors
/// Where something cannot be taken back: what, and how to do it by hand.
pub fn recover(system: &System, report: &mut dyn FnMut(&Event)) -> Result<Option<Recovered>, ApplyError> {
    if !Store::has_journal(system) {
        return Ok(None);
    }
    match Store::lock(system) {
        Ok(store) => take_back::finish(&store, report),
        Err(ApplyError::Locked { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What was done, newest first.
///
/// # Errors
/// Where the folder of receipts cannot be read; a single receipt that cannot be read is told in the result.
pub fn history(system: &System) -> Result<History, ApplyError> {
    store::history(system)
}

/// Removes the oldest receipts but for the newest `keep`, and their backups; says which.
///
/// What is removed cannot be undone any more. An undo is always younger than what it undoes, so that no receipt comes
/// back into force by it.
///
/// # Errors
/// Where a receipt cannot be removed; older ones are then gone.
pub fn prune(system: &System, keep: usize) -> Result<Vec<String>, ApplyError> {
    let store = Store::lock(system)?;
    let mut removed = Vec::new();
    for receipt in store::history(system)?.receipts.into_iter().skip(keep).rev() {
        store.remove_receipt(&receipt.id)?;
        removed.push(receipt.id);
    }
    Ok(removed)
}

/// Which of these files this user may not replace or make; the state folder is asked for as well.
pub fn unwritable(system: &System, paths: &[PathBuf]) -> Vec<PathBuf> {
    let state = Path::new(STATE_FOLDER).join("lock");
    let mut found: Vec<PathBuf> = system.not_replaceable(paths).into_iter().map(ToOwned::to_owned).collect();
    if !system.may_replace(&state) {
        found.push(STATE_FOLDER.into());
    }
    found
}

#[cfg(test)]
mod tests;
