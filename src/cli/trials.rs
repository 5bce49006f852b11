//! The running servers, asked about what a plan has done.

use crate::model::Plan;
use crate::system::System;
use crate::verify::{self, Outcome, Patience, Target, Verdict};

/// Asks the running servers at every address of the plan.
pub(super) fn ask(
    system: &System,
    plan: &Plan,
    patience: Patience,
    report: &mut dyn FnMut(&Outcome),
) -> Vec<Outcome> {
    verify::trials(system, &Target::of_plan(plan), patience, report)
}

/// The exit code for what the trials found.
pub(super) fn code(outcomes: &[Outcome]) -> u8 {
    u8::from(outcomes.iter().any(|outcome| outcome.verdict == Verdict::Fail))
}
