//! Connectors: which answer the proxy, and who else reaches them.

use super::Machine;
use crate::config::tomcat::{Element, connector_kind, port};
use crate::model::{ConnectorKind, Rule, Version};
use std::net::IpAddr;

pub(super) fn look(machine: &mut Machine<'_, '_>) {
    let connectors: Vec<Element<'_>> = machine
        .configuration
        .services()
        .flat_map(|service| service.connectors().collect::<Vec<_>>())
        .collect();
    for &connector in &connectors {
        let is_asked = port(connector).is_some_and(|port| machine.routes.iter().any(|r| r.port == port));
        match connector_kind(connector) {
            ConnectorKind::Ajp if is_asked => {
                machine.tell(Rule::AjpUsed, connector, "the proxy connects to this AJP connector");
            }
            ConnectorKind::Ajp if !is_closed(connector, machine.tomcat.version.as_ref()) => {
                machine.tell(Rule::AjpOpen, connector, "this AJP connector listens on the network");
            }
            ConnectorKind::Http if is_asked => {
                encoding(machine, connector);
                binding(machine, connector);
            }
            ConnectorKind::Ajp | ConnectorKind::Http | ConnectorKind::Https => {}
        }
    }
    missing(machine, &connectors);
}

fn bound(connector: Element<'_>) -> Option<IpAddr> {
    connector.value("address")?.parse().ok()
}

/// Whether an AJP connector is on the loopback alone.
///
/// # Source
/// Tomcat's changelog: bound to the loopback where nothing is said since 9.0.31, 8.5.51 and 7.0.100.
fn is_closed(connector: Element<'_>, version: Option<&Version>) -> bool {
    let closed_by_itself = version.is_some_and(|version| match version.major() {
        ..=6 => false,
        7 => version.at_least(&[7, 0, 100]),
        8 => version.at_least(&[8, 5, 51]),
        9 => version.at_least(&[9, 0, 31]),
        _ => true,
    });
    match (connector.value("address"), bound(connector)) {
        (None, _) => closed_by_itself,
        (Some(address), None) => address.eq_ignore_ascii_case("localhost"),
        (Some(_), Some(address)) => address.is_loopback(),
    }
}

fn encoding(machine: &mut Machine<'_, '_>, connector: Element<'_>) {
    match connector.value("URIEncoding") {
        Some(encoding) if !encoding.eq_ignore_ascii_case("UTF-8") && !encoding.contains("${") => {
            machine.tell(Rule::UriEncoding, connector, format!("URIEncoding is {encoding}"));
        }
        None if machine.tomcat.version.as_ref().is_some_and(|version| version.major() < 8) => {
            machine.tell(Rule::UriEncoding, connector, "URIEncoding is not said, and this Tomcat needs it");
        }
        _ => {}
    }
}

fn binding(machine: &mut Machine<'_, '_>, connector: Element<'_>) {
    let is_open = match (connector.value("address"), bound(connector)) {
        (None, _) => true,
        (Some(_), Some(address)) => address.is_unspecified(),
        (Some(_), None) => false,
    };
    if is_open {
        machine.tell(Rule::ConnectorOpen, connector, "this connector listens on every address");
    }
    let Some(address) = bound(connector).filter(|address| !address.is_unspecified()) else { return };
    let routes = machine.routes;
    for route in routes.iter().filter(|route| Some(route.port) == port(connector)) {
        if route.is_localhost() {
            let detail = format!("the connector listens on {address} alone");
            machine.found.push(route.diagnosis(Rule::Localhost, &detail));
        } else if route.address().is_some_and(|wanted| wanted != address) {
            let detail = format!("it listens on {address}, and the proxy connects to {}", route.host);
            machine.tell(Rule::NoHttpConnector, connector, detail);
        }
    }
}

/// A route that no connector answers.
fn missing(machine: &mut Machine<'_, '_>, connectors: &[Element<'_>]) {
    let routes = machine.routes;
    for route in routes {
        let answers = |connector: Element<'_>| {
            let kind = connector_kind(connector);
            let is_port = port(connector).is_none_or(|port| port == route.port);
            // An AJP connector on the port has a rule of its own.
            is_port
                && connector.value("port").is_some()
                && (kind != ConnectorKind::Ajp || port(connector).is_some())
        };
        if route.ajp {
            if connectors
                .iter()
                .copied()
                .filter(|connector| answers(*connector))
                .all(|connector| connector_kind(connector) != ConnectorKind::Ajp)
            {
                machine.found.push(route.diagnosis(Rule::AjpUsed, "the proxy speaks AJP"));
            }
        } else if !connectors.iter().any(|connector| answers(*connector)) {
            let detail = format!(
                "nothing in {} has the port {}",
                machine.tomcat.server_xml.path.display(),
                route.port
            );
            machine.found.push(route.diagnosis(Rule::NoHttpConnector, &detail));
        }
    }
}
