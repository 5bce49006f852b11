//! Proof instead of hope: what the configuration says, by rules, and what the running servers do, by trials.
//!
//! Every trial is one or two requests without credentials; each names itself in its `User-Agent`. Nothing is changed
//! and no login is tried. Guacamole logs a failed tunnel for each WebSocket handshake, as it has no token.

mod backend;
mod diagnosis;
mod frontend;
mod outcome;
mod rules;
mod words;

pub use diagnosis::Diagnosis;
pub use outcome::{Outcome, Trial, Verdict};
pub use rules::{mark_fixable, rules, rules_of_machine};

use crate::model::{Answers, PublicAddress};
use crate::system::System;
use std::time::Duration;

/// How long what does not work yet is tried again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Patience {
    /// For a backend that is starting.
    pub backend: Duration,
    /// For a frontend that is reading its files again: the old workers still answer for a moment.
    pub frontend: Duration,
}

impl Patience {
    /// What the commands just run call for.
    pub fn after(reloaded: bool, restarted: bool) -> Self {
        let seconds = |wanted: bool, seconds| Duration::from_secs(if wanted { seconds } else { 0 });
        Self { backend: seconds(restarted, 60), frontend: seconds(reloaded, 5) }
    }
}

/// Asks the running servers: the backend first, so that a proxy is not blamed for it, then every public address.
///
/// `report` is told each outcome as it comes.
pub fn trials(
    system: &System,
    addresses: &[PublicAddress],
    answers: &Answers,
    patience: Patience,
    report: &mut dyn FnMut(&Outcome),
) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    let mut tell = |outcome: Outcome| {
        report(&outcome);
        outcomes.push(outcome);
    };
    let backend = backend::Backend::find(system, &answers.backend, patience.backend);
    tell(backend.outcome());
    for address in addresses {
        frontend::trials(system, address, answers, &backend, patience.frontend, &mut tell);
    }
    outcomes
}

#[cfg(test)]
mod tests;
