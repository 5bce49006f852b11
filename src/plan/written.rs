//! A plan written out instead of carried out.

use super::diff;
use crate::model::{FileChange, Plan, STATE_FOLDER};

/// What guacfront leaves alone, whatever the plan is.
pub const NOT_TOUCHED: &str = "every other line, file and site; access rules; the firewall";

/// How it is taken back.
pub fn way_back() -> String {
    format!("copies go to {STATE_FOLDER} first; guacfront undo gives all back")
}

/// The unified diffs of every file, as `patch -p1` reads them from the folder that is the machine's `/`.
///
/// # Shape
/// The files' own bytes, secrets in the lines around a change included. Links are no part of it.
pub fn patch(plan: &Plan) -> Vec<u8> {
    plan.changes().flat_map(unified).collect()
}

/// The same for a person to look at: secrets are masked.
pub fn masked_patch(plan: &Plan) -> Vec<u8> {
    plan.changes().flat_map(masked).collect()
}

/// The unified diff of a file for a person to look at.
pub(super) fn masked(change: &FileChange) -> Vec<u8> {
    diff::masked(&change.before.target.to_string_lossy(), &diff::excerpt(change))
}

/// The unified diff of a file.
pub(super) fn unified(change: &FileChange) -> Vec<u8> {
    diff::unified(&change.before.target.to_string_lossy(), &diff::excerpt(change))
}
