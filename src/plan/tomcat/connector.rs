//! The connector that the proxy speaks to.

use super::explain::AJP_ONLY;
use super::{Ground, because, note};
use crate::config::tomcat::{Element, Inserted, Revision, Service, connector_kind, port};
use crate::model::{Answers, ConnectorKind, Field, Host, Note, Rule};
use crate::plan::PlanError;

/// Makes the connector on the backend's port ready, or adds one; the service that has it.
pub(super) fn revise<'a>(
    answers: &Answers,
    ground: &Ground<'a>,
    revision: &mut Revision<'a>,
    notes: &mut Vec<Note>,
) -> Result<Service<'a>, PlanError> {
    revision.for_field(Field::Port);
    let (service, connector) = match choose(answers, ground, notes)? {
        Choice::Ready(service, connector) => (service, connector),
        Choice::Ajp(service, connector) => {
            turn_into_http(answers, ground, connector, revision, notes)?;
            (service, connector)
        }
        Choice::None => return add(answers, ground, revision, notes),
    };
    ground.editable(connector)?;
    let encoding = connector.value("URIEncoding");
    if !encoding.is_some_and(|name| ["utf-8", "utf8"].contains(&name.to_ascii_lowercase().as_str())) {
        revision.set(connector, "URIEncoding", "UTF-8", because("URIEncoding"));
    }
    if answers.backend.loopback_only {
        close(answers, ground, connector, revision)?;
    }
    Ok(service)
}

/// Lets a connector answer this machine alone.
fn close(
    answers: &Answers,
    ground: &Ground<'_>,
    connector: Element<'_>,
    revision: &mut Revision<'_>,
) -> Result<(), PlanError> {
    let written = connector.value("address");
    let bound = written.map(str::parse::<std::net::IpAddr>);
    match (written, bound) {
        (Some(_), Some(Ok(address))) if address.is_loopback() => return Ok(()),
        (None, _) | (_, Some(Ok(_))) => {}
        (Some(written), _) => {
            let message =
                format!("the connector's address is {}, which only Tomcat can tell", written.escape_debug());
            return ground.refused(
                connector,
                message,
                "write the address itself, or leave loopback_only out",
            );
        }
    }
    revision.for_field(Field::LoopbackOnly);
    let address = loopback(&answers.backend.host).unwrap_or_else(|| "127.0.0.1".to_owned());
    revision.set(connector, "address", &address, because("address"));
    Ok(())
}

/// The connector as it is added or pasted.
pub(super) fn stock(answers: &Answers) -> Inserted {
    let one = |name, value: String| vec![(name, value)];
    let mut lines =
        vec![vec![("port", answers.backend.port.to_string()), ("protocol", "HTTP/1.1".to_owned())]];
    lines.extend(loopback(&answers.backend.host).map(|address| one("address", address)));
    lines.extend([
        one("connectionTimeout", "20000".to_owned()),
        one("URIEncoding", "UTF-8".to_owned()),
        one("redirectPort", "8443".to_owned()),
    ]);
    Inserted { name: "Connector", lines, words: "HTTP for the proxy, which AJP cannot replace" }
}

/// How a connector is named to a person.
pub(super) fn named(ground: &Ground<'_>, connector: Element<'_>) -> String {
    let protocol = match connector_kind(connector) {
        ConnectorKind::Http => "HTTP",
        ConnectorKind::Https => "HTTPS",
        ConnectorKind::Ajp => "AJP",
    };
    let port = connector.value("port").unwrap_or("none");
    format!("{protocol} on port {} (line {})", port.escape_debug(), ground.line(connector))
}

enum Choice<'a> {
    Ready(Service<'a>, Element<'a>),
    Ajp(Service<'a>, Element<'a>),
    None,
}

fn choose<'a>(
    answers: &Answers,
    ground: &Ground<'a>,
    notes: &mut Vec<Note>,
) -> Result<Choice<'a>, PlanError> {
    let wanted = answers.backend.port;
    let services = ground.configuration.services();
    let all: Vec<_> =
        services.flat_map(|s| s.connectors().map(move |c| (s, c)).collect::<Vec<_>>()).collect();
    let of = |kind: ConnectorKind, at: Option<u16>| -> Vec<(Service<'a>, Element<'a>)> {
        all.iter().copied().filter(|(_, c)| connector_kind(*c) == kind && port(*c) == at).collect()
    };
    let here = Some(wanted.number());
    let http = of(ConnectorKind::Http, here);
    if let Some((service, connector)) = single(ground, answers, &http)? {
        return Ok(Choice::Ready(service, connector));
    }
    if let Some((service, connector)) = single(ground, answers, &of(ConnectorKind::Ajp, here))? {
        return Ok(Choice::Ajp(service, connector));
    }
    if let [(_, connector), ..] = of(ConnectorKind::Https, here)[..] {
        let message =
            format!("the connector on port {wanted} speaks TLS, and the proxy speaks plain HTTP to Tomcat");
        return ground.refused(connector, message, "name the port of an HTTP connector, or one that is free");
    }
    if port(ground.configuration.root()) == here {
        let message = format!("{wanted} is the port on which this Tomcat waits for its shutdown word");
        return ground.refused(ground.configuration.root(), message, "name another port");
    }
    match of(ConnectorKind::Http, None)[..] {
        [] => Ok(Choice::None),
        [(service, connector)] => {
            let written = connector.value("port").unwrap_or_default();
            note(
                notes,
                true,
                None,
                format!(
                    "{}:{}: the HTTP connector's port is \"{}\", which only Tomcat can tell; it is taken to be {wanted}",
                    ground.file.display(),
                    ground.line(connector),
                    written.escape_debug(),
                ),
            );
            Ok(Choice::Ready(service, connector))
        }
        [(_, connector), ..] => {
            let message =
                format!("no connector has the port {wanted}, and several have one that only Tomcat can tell");
            ground.refused(connector, message, "write the port's number into the connector that is meant")
        }
    }
}

/// The one of several connectors on a port that answers on the backend's host.
fn single<'a>(
    ground: &Ground<'_>,
    answers: &Answers,
    found: &[(Service<'a>, Element<'a>)],
) -> Result<Option<(Service<'a>, Element<'a>)>, PlanError> {
    let bound: Vec<_> = found.iter().filter(|(_, c)| answers_on(*c, &answers.backend.host)).collect();
    match (found, &bound[..]) {
        ([], _) => Ok(None),
        ([one], _) => Ok(Some(*one)),
        (_, [one]) => Ok(Some(**one)),
        ([.., (_, last)], _) => {
            let named: Vec<_> = found.iter().map(|(_, c)| named(ground, *c)).collect();
            let message = format!("several connectors could be meant: {}", named.join(", "));
            ground.refused(
                *last,
                message,
                "give each its own port or address, or name the host it is bound to",
            )
        }
    }
}

/// Whether a connector is bound to exactly this host.
fn answers_on(connector: Element<'_>, host: &Host) -> bool {
    let Some(address) = connector.value("address") else { return false };
    match host {
        Host::Name(name) => name.eq_ignore_ascii_case(address),
        Host::Address(wanted) => address.parse().is_ok_and(|address: std::net::IpAddr| address == *wanted),
    }
}

fn loopback(host: &Host) -> Option<String> {
    host.is_loopback().then(|| host.to_string())
}

fn turn_into_http<'a>(
    answers: &Answers,
    ground: &Ground<'a>,
    connector: Element<'a>,
    revision: &mut Revision<'a>,
    notes: &mut Vec<Note>,
) -> Result<(), PlanError> {
    ground.editable(connector)?;
    revision.set(connector, "protocol", "HTTP/1.1", because("protocol"));
    let gone: Vec<_> = AJP_ONLY.into_iter().filter(|name| connector.attribute(name).is_some()).collect();
    for name in &gone {
        revision.remove(connector, name, because(name));
    }
    // AJP without an address stays on the loopback, HTTP without one is open to the network.
    if let (None, Some(address)) = (connector.attribute("address"), loopback(&answers.backend.host)) {
        revision.set(connector, "address", &address, because("address"));
    }
    let taken = if gone.is_empty() {
        String::new()
    } else {
        format!("; {} is taken out, which HTTP does not know", gone.join(", "))
    };
    note(
        notes,
        true,
        Some(Rule::AjpUsed),
        format!(
            "{}:{}: the connector on port {} speaks AJP, which cannot carry a WebSocket, and becomes an HTTP connector; \
             whoever speaks AJP to it no longer can{taken}",
            ground.file.display(),
            ground.line(connector),
            answers.backend.port
        ),
    );
    Ok(())
}

fn add<'a>(
    answers: &Answers,
    ground: &Ground<'a>,
    revision: &mut Revision<'a>,
    notes: &mut Vec<Note>,
) -> Result<Service<'a>, PlanError> {
    let root = ground.configuration.root();
    let services: Vec<_> = ground.configuration.services().collect();
    let wanted = answers.backend.port;
    let service = match &services[..] {
        [one] => *one,
        [] => {
            let message = "there is no Service in this file, so no place for a connector".to_owned();
            return ground.refused(root, message, "name the server.xml that Tomcat starts with");
        }
        several => {
            let names: Vec<_> = several.iter().filter_map(|s| s.element.value("name")).collect();
            let message = format!(
                "no connector has the port {wanted}, and any of the services {} could get one",
                names.join(", ")
            );
            return ground.refused(root, message, "name the port of a connector that is there");
        }
    };
    ground.editable(service.element)?;
    let connectors: Vec<_> = service.connectors().collect();
    let named: Vec<_> = connectors.iter().map(|c| named(ground, *c)).collect();
    let there = if named.is_empty() { "none".to_owned() } else { named.join(", ") };
    note(
        notes,
        true,
        Some(Rule::NoHttpConnector),
        format!(
            "{}: no connector has the port {wanted}, so one is added; there is already: {there}",
            ground.file.display()
        ),
    );
    let new = stock(answers);
    match connectors.iter().rev().find(|connector| !connector.is_from_entity()) {
        Some(last) => revision.insert_after(service.element, *last, &new, because("port")),
        None => revision.insert_first(service.element, Some(root), &new, because("port")),
    }
    Ok(service)
}
