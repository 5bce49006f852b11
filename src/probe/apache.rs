//! To be written.
use crate::{model::ApacheFindings, system::System};
pub(super) fn probe(_system: &System) -> Option<ApacheFindings> {
    None
}
