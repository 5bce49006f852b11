//! Confirm or take back: the journal stays open until a person says that the machine can still be reached.
//!
//! The run that waits holds the lock all the while. Its end, however it comes, lets go of the lock with the journal
//! still there: whoever locks next, a guard or the next start, takes everything back. Another process confirms by a
//! file in the journal's folder, for which it needs no lock.

use super::error::ApplyError;
use super::event::Event;
use super::receipt::{Outcome, Receipt};
use super::store::{self, Store};
use super::take_back::{self, Recovered};
use crate::model::Purpose;
use crate::system::System;
use std::time::Duration;

/// How often is looked whether somebody has spoken.
const LOOK: Duration = Duration::from_millis(100);
/// How long whoever confirms waits for the run to take note of it.
const NOTE: Duration = Duration::from_secs(20);

/// What a person says of a machine that has just been changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Nothing yet.
    Silence,
    /// It can be reached: what was done stays.
    Keep,
    /// It is to be as it was; also where the terminal was lost.
    TakeBack,
}

/// A time in which a person has to say that the machine can still be reached.
pub struct Trial {
    /// How long.
    pub within: Duration,
    /// Whether it is waited for even where no server was told to read its files anew.
    pub always: bool,
    /// The program that takes everything back should this process be killed: its absolute path and its arguments, to
    /// which the receipt's name is added. It is to call [`System::detach`], then [`guard`]. `None`: there is none.
    pub guard: Option<Vec<String>>,
    /// What the person says.
    pub word: Box<dyn FnMut() -> Word + Send>,
}

impl Trial {
    /// Starts the guard.
    pub(super) fn set_guard(&self, store: &Store<'_>, receipt: &Receipt) -> Result<(), ApplyError> {
        let Some(guard) = &self.guard else { return Ok(()) };
        let argv: Vec<String> = guard.iter().chain([&receipt.id]).cloned().collect();
        let program = argv.first().cloned().unwrap_or_default();
        store.system.start_detached(&argv).map_err(ApplyError::io("start the guard", program))
    }

    /// Waits for the person's word.
    pub(super) fn stand(
        &mut self,
        store: &Store<'_>,
        receipt: &mut Receipt,
        report: &mut dyn FnMut(&Event),
    ) -> Result<(), ApplyError> {
        let told =
            receipt.commands.iter().any(|c| c.purpose != Purpose::Test && c.outcome != Outcome::NotRun);
        if !told && !self.always {
            return Ok(());
        }
        receipt.awaiting = true;
        store.update_journal(receipt)?;
        let deadline = store.system.deadline(self.within);
        let mut shown = None;
        loop {
            if store.system.stopping() {
                return Err(ApplyError::Stopped);
            }
            let left = deadline.left();
            match (self.word)() {
                Word::Keep => break,
                Word::TakeBack => return Err(ApplyError::Declined),
                Word::Silence if store.is_confirmed() => break,
                Word::Silence if left.is_zero() => {
                    return Err(ApplyError::NotConfirmed { within: self.within });
                }
                Word::Silence => {}
            }
            let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
            if shown.replace(seconds) != Some(seconds) {
                report(&Event::Awaiting { left: seconds });
            }
            store.system.pause(left.min(LOOK));
        }
        receipt.awaiting = false;
        report(&Event::Confirmed);
        Ok(())
    }
}

/// Says for another run, which waits for it, that the machine can still be reached; the name of what stays.
///
/// # Errors
/// Where no run waits, or it has been taken back before it could take note.
pub fn confirm(system: &System) -> Result<String, ApplyError> {
    if Store::is_hidden(system) {
        let denied = rustix::io::Errno::ACCESS.into();
        return Err(ApplyError::Io {
            deed: "look for a run in",
            path: store::STATE_FOLDER.into(),
            source: denied,
        });
    }
    let receipt = store::open_journal(system).ok_or(ApplyError::NothingToConfirm)?;
    if !receipt.awaiting {
        return Err(ApplyError::NothingToConfirm);
    }
    store::confirm_journal(system)?;
    let deadline = system.deadline(NOTE);
    while store::open_journal(system).is_some_and(|open| open.id == receipt.id) {
        if deadline.left().is_zero() {
            break;
        }
        system.pause(LOOK);
    }
    let kept = store::history(system)?.receipts.iter().any(|kept| kept.id == receipt.id);
    if kept { Ok(receipt.id) } else { Err(ApplyError::TooLate { id: receipt.id }) }
}

/// Waits until the run of that name has ended, and takes it back if it has ended without a receipt.
///
/// # Errors
/// As [`recover`](super::recover).
pub fn guard(
    system: &System,
    id: &str,
    report: &mut dyn FnMut(&Event),
) -> Result<Option<Recovered>, ApplyError> {
    while store::open_journal(system).is_some_and(|open| open.id == id) {
        match Store::lock(system) {
            // Between the look and the lock the run may have been committed, and another begun and killed: that one
            // has to be taken back just so.
            Ok(store) => return take_back::finish(&store, report),
            Err(ApplyError::Locked { .. }) => system.pause(LOOK),
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}
