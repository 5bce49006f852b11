//! Stopped and continued from outside, as by `kill -STOP` or the shell's own job control.

use crate::cli::error::CliError;
use crate::cli::signals::unwatched;
use signal_hook::consts::{SIGCONT, SIGTSTP};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A watch for SIGTSTP, which is to give the terminal back first, and SIGCONT, after which it is another's.
#[derive(Debug, Default)]
pub(super) struct Job {
    stop: Arc<AtomicBool>,
    continued: Arc<AtomicBool>,
}

impl Job {
    /// Begins to watch.
    pub(super) fn watch() -> Result<Self, CliError> {
        let job = Self::default();
        flag::register(SIGTSTP, Arc::clone(&job.stop)).map_err(unwatched)?;
        flag::register(SIGCONT, Arc::clone(&job.continued)).map_err(unwatched)?;
        Ok(job)
    }

    /// Whether the program is asked to stop.
    pub(super) fn is_to_stop(&self) -> bool {
        self.stop.swap(false, Ordering::SeqCst)
    }

    /// Whether the program was stopped without having been asked, and has been continued.
    pub(super) fn was_continued(&self) -> bool {
        self.continued.swap(false, Ordering::SeqCst)
    }

    /// Stops this program as the shell's Ctrl-Z would, until the shell continues it.
    pub(super) fn suspend(&self) {
        // Without job control there is nothing to come back from: the wizard then goes on at once.
        let _ = signal_hook::low_level::emulate_default_handler(SIGTSTP);
        self.continued.store(false, Ordering::SeqCst);
    }
}
