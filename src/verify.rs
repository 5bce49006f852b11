//! Proof instead of hope: what the configuration says, by rules, and what the running servers do, by trials.
//!
//! Every trial is one or two requests without credentials; each names itself in its `User-Agent`. Nothing is changed
//! and no login is tried. What the requests leave in the logs [`traces`] says.

mod backend;
mod diagnosis;
mod frontend;
mod login;
mod outcome;
mod rules;
mod stand_in;
mod target;
mod words;

pub use backend::glance;
pub use diagnosis::Diagnosis;
pub use login::Login;
pub use outcome::{Outcome, Trial, Verdict, traces};
pub use rules::{add_refusals, mark_fixable, rules, rules_of_machine};
pub use stand_in::stand_in_trials;
pub use target::{BackendPlace, Place, Target};

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

/// Asks the running servers: the backend first, so that a proxy is not blamed for it, then every place of the public.
///
/// `report` is told each outcome as it comes.
pub fn trials(
    system: &System,
    target: &Target,
    patience: Patience,
    report: &mut dyn FnMut(&Outcome),
) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    let mut tell = |outcome: Outcome| {
        report(&outcome);
        outcomes.push(outcome);
    };
    let backend =
        target.backend.as_ref().map(|place| backend::Backend::find(system, place, patience.backend));
    if let Some(backend) = &backend {
        tell(backend.outcome());
    }
    for place in &target.places {
        frontend::trials(system, target, place, backend.as_ref(), patience.frontend, &mut tell);
    }
    outcomes
}

#[cfg(test)]
mod tests;
