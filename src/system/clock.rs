//! The clock.

use super::System;
use jiff::{Timestamp, Unit};

impl System {
    /// Now, to the second.
    pub fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        now.round(Unit::Second).unwrap_or(now)
    }
}
