//! The clock.

use super::System;
use jiff::{Timestamp, Unit};
use std::time::{Duration, Instant};

/// A time that is waited for, by a clock that nobody can set; `None` is too far off for that clock, and never comes.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Option<Instant>);

impl System {
    /// Now, to the second.
    pub fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        #[cfg(test)]
        let now = now
            + self.clock_off_by.as_ref().map_or(jiff::SignedDuration::ZERO, |off| {
                jiff::SignedDuration::from_secs(off.load(std::sync::atomic::Ordering::SeqCst))
            });
        now.round(Unit::Second).unwrap_or(now)
    }

    /// The same machine, its clock off by so many seconds.
    #[cfg(test)]
    pub(crate) fn with_clock_off_by(mut self, seconds: std::sync::Arc<std::sync::atomic::AtomicI64>) -> Self {
        self.clock_off_by = Some(seconds);
        self
    }

    /// The time that is so far from now.
    pub fn deadline(&self, within: Duration) -> Deadline {
        Deadline(Instant::now().checked_add(within))
    }

    /// Waits.
    pub fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

impl Deadline {
    /// How long it is until then; nothing once it has come.
    pub fn left(self) -> Duration {
        self.0.map_or(Duration::MAX, |then| then.saturating_duration_since(Instant::now()))
    }
}
