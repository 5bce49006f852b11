//! Signals while something is under way that must be taken back before the program ends.

use super::error::CliError;
use crate::model::io_words;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A watch for SIGINT, SIGTERM and SIGHUP; when it is dropped they end the program at once, as before.
#[derive(Debug)]
pub struct Signals {
    number: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    over: Arc<AtomicBool>,
}

impl Signals {
    /// Begins to watch.
    pub fn watch() -> Result<Self, CliError> {
        let signals = Self { number: Arc::default(), stop: Arc::default(), over: Arc::default() };
        let register = || -> std::io::Result<()> {
            for (signal, value) in [(SIGTERM, 15), (SIGHUP, 1), (SIGINT, 2)] {
                flag::register_conditional_default(signal, Arc::clone(&signals.over))?;
                flag::register_usize(signal, Arc::clone(&signals.number), value)?;
                flag::register(signal, Arc::clone(&signals.stop))?;
            }
            Ok(())
        };
        register().map_err(unwatched)?;
        Ok(signals)
    }

    /// Lets Ctrl-Z wait too: a transaction that is suspended keeps its lock and cannot be taken back by anybody.
    pub fn bar_suspension(&self) -> Result<(), CliError> {
        flag::register_conditional_default(SIGTSTP, Arc::clone(&self.over)).map(drop).map_err(unwatched)
    }

    /// The flag that is set by the first of them.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stop)
    }

    /// The signal that has come, where one has.
    pub fn number(&self) -> Option<u8> {
        u8::try_from(self.number.load(Ordering::SeqCst)).ok().filter(|number| *number != 0)
    }

    /// The exit code by which a shell knows that a signal has ended the program.
    pub fn code(&self) -> Option<u8> {
        self.number().map(|number| 128 + number)
    }

    /// Asks what is under way to stop, as a signal does.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    /// Goes on after [`Signals::stop`]; a signal that has come stays.
    pub fn go_on(&self) {
        self.stop.store(self.number().is_some(), Ordering::SeqCst);
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is mapped over an error")]
pub(super) fn unwatched(error: std::io::Error) -> CliError {
    CliError::machine(format!("signals cannot be watched: {}", io_words(&error)))
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
    }
}
