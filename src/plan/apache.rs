//! To be written.
use super::PlanError;
use crate::model::*;

pub(super) fn changes(
    _: &Answers,
    _: &ApacheFindings,
    _: &Site,
    _: &mut Vec<Note>,
) -> Result<Vec<Step>, PlanError> {
    Ok(Vec::new())
}
pub(super) fn snippet(_: &Answers) -> String {
    String::new()
}
pub(super) fn explain(_: &str) -> Option<&'static str> {
    None
}
