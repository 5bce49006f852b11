//! To be written.
use crate::{model::NginxFindings, system::System};
pub(super) fn probe(_system: &System) -> Option<NginxFindings> {
    None
}
