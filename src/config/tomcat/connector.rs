//! What a connector speaks, and where.

use super::Element;
use crate::model::ConnectorKind;

/// What a `Connector` speaks.
///
/// # Source
/// Tomcat's Connector: `protocol` is `HTTP/1.1` where it is left out, `AJP/1.3`, or the name of a class, of which
/// Tomcat's own for AJP stand in `org.apache.coyote.ajp`.
pub fn connector_kind(connector: Element<'_>) -> ConnectorKind {
    let protocol = connector.value("protocol").unwrap_or("HTTP/1.1");
    if protocol.starts_with("AJP/") || protocol.starts_with("org.apache.coyote.ajp.") {
        return ConnectorKind::Ajp;
    }
    match connector.value("SSLEnabled") {
        Some(value) if value.eq_ignore_ascii_case("true") => ConnectorKind::Https,
        _ => ConnectorKind::Http,
    }
}

/// The port of a `Connector` or `Server`, where it is a number; `${…}` is none until Tomcat starts.
pub fn port(element: Element<'_>) -> Option<u16> {
    element.value("port")?.parse().ok().filter(|port| *port != 0)
}
