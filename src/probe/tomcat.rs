//! To be written.
use crate::{model::TomcatFindings, system::System};
pub(super) fn probe(_system: &System) -> Vec<TomcatFindings> {
    Vec::new()
}
