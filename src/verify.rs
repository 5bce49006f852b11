//! Proof instead of hope: what the running servers do with Guacamole's requests.
//!
//! Every trial is one or two requests without credentials; each names itself in its `User-Agent`. Nothing is changed
//! and no login is tried. Guacamole logs a failed tunnel for each WebSocket handshake, as it has no token.

mod backend;
mod frontend;
mod outcome;
mod words;

pub use outcome::{Outcome, Trial, Verdict};

use crate::model::{Answers, PublicAddress};
use crate::system::System;
use std::time::Duration;

/// Asks the running servers: the backend first, so that a proxy is not blamed for it, then every public address.
///
/// `patience`: how long to wait for a backend that is still starting. `report` is told each outcome as it comes.
pub fn trials(
    system: &System,
    addresses: &[PublicAddress],
    answers: &Answers,
    patience: Duration,
    report: &mut dyn FnMut(&Outcome),
) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    let mut tell = |outcome: Outcome| {
        report(&outcome);
        outcomes.push(outcome);
    };
    let backend = backend::Backend::find(system, &answers.backend, patience);
    tell(backend.outcome());
    for address in addresses {
        frontend::trials(system, address, answers, &backend, &mut tell);
    }
    outcomes
}
