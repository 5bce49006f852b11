//! Tomcat's own access log, which names the proxy unless it is told to ask the valve.

use super::{Ground, because, note};
use crate::config::tomcat::{LOG_ATTRIBUTE, Revision, Service};
use crate::model::{Field, Note};
use crate::plan::PlanError;

/// Lets every access log on the way to the hosts name the client.
pub(super) fn revise<'a>(
    ground: &Ground<'a>,
    service: Service<'a>,
    revision: &mut Revision<'a>,
    notes: &mut Vec<Note>,
) -> Result<(), PlanError> {
    revision.for_field(Field::LogClient);
    let logs: Vec<_> = service.access_logs().collect();
    if logs.is_empty() {
        let text =
            format!("{}: Tomcat keeps no access log that could name the client", ground.file.display());
        note(notes, false, None, text);
    }
    for log in logs {
        if !log.names_client() {
            revision.set(ground.editable(log)?, LOG_ATTRIBUTE, "true", because(LOG_ATTRIBUTE));
        }
    }
    Ok(())
}
