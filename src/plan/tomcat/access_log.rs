//! Tomcat's own access log, which names the proxy unless it is told to ask the valve.

use super::{Ground, because, note};
use crate::config::tomcat::{Element, Revision, Service};
use crate::model::{Field, Note};
use crate::plan::PlanError;

const ATTRIBUTE: &str = "requestAttributesEnabled";

/// Lets every access log on the way to the hosts name the client.
///
/// # Source
/// Tomcat's `AbstractAccessLogValve`: without the attribute it logs what the connection says, after the valve has put
/// the original values back.
pub(super) fn revise<'a>(
    ground: &Ground<'a>,
    service: Service<'a>,
    revision: &mut Revision<'a>,
    notes: &mut Vec<Note>,
) -> Result<(), PlanError> {
    revision.for_field(Field::LogClient);
    let parents: Vec<Element<'_>> = service.engine.into_iter().chain(service.hosts()).collect();
    let logs: Vec<Element<'_>> = parents
        .iter()
        .flat_map(|parent| parent.children_named("Valve"))
        .filter(|valve| is_access_log(*valve))
        .collect();
    if logs.is_empty() {
        let text =
            format!("{}: Tomcat keeps no access log that could name the client", ground.file.display());
        note(notes, false, None, text);
    }
    for log in logs {
        if log.value(ATTRIBUTE) != Some("true") {
            revision.set(ground.editable(log)?, ATTRIBUTE, "true", because(ATTRIBUTE));
        }
    }
    Ok(())
}

fn is_access_log(valve: Element<'_>) -> bool {
    let class = valve.value("className").unwrap_or_default();
    class.rsplit('.').next().is_some_and(|name| name.ends_with("AccessLogValve"))
}
