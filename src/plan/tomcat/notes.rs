//! What the person should know of Tomcat beyond what is changed.

use super::note;
use crate::config::tomcat::{Configuration, Element, connector_kind, port};
use crate::model::{Answers, ConnectorKind, Host, Note, Rule, TomcatFindings};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Notes on connectors, the trust list and the application.
pub(super) fn about_the_machine(
    answers: &Answers,
    tomcat: &TomcatFindings,
    configuration: &Configuration,
    notes: &mut Vec<Note>,
) {
    let file = tomcat.server_xml.path.display();
    for connector in configuration.services().flat_map(|service| service.connectors().collect::<Vec<_>>()) {
        let at = format!("{file}:{}", configuration.line(connector));
        if port(connector) == Some(answers.backend.port.number()) {
            binding(answers, connector, &at, notes);
        } else if connector_kind(connector) == ConnectorKind::Ajp {
            let port = connector.value("port").unwrap_or("none").escape_debug();
            let text =
                format!("{at}: the AJP connector on port {port} stays as it is; Guacamole does not need it");
            note(notes, true, Some(Rule::AjpOpen), text);
        }
    }
    if let Some(owner) = &tomcat.owner {
        let text = format!(
            "{file} belongs to {owner}: that it is this machine's Tomcat's is what a person said, not what was found"
        );
        note(notes, false, None, text);
    }
    trust(answers, notes);
    unconverted(answers, tomcat, notes);
}

fn binding(answers: &Answers, connector: Element<'_>, at: &str, notes: &mut Vec<Note>) {
    let host = &answers.backend.host;
    // An AJP connector on this port is bound when it is turned into HTTP.
    if connector_kind(connector) != ConnectorKind::Http {
        return;
    }
    let address = connector.value("address");
    let bound = address.and_then(|address| address.parse::<IpAddr>().ok());
    let everywhere = match (address, bound) {
        (None, _) => true,
        (_, Some(bound)) => bound.is_unspecified(),
        _ => false,
    };
    if !answers.frontend.here {
        if bound.is_some_and(|bound| bound.is_loopback()) {
            let text = format!(
                "{at}: the connector is bound to this machine alone, and the proxy is on another one"
            );
            note(notes, true, Some(Rule::NoHttpConnector), text);
        }
        return;
    }
    if everywhere && host.is_loopback() && !answers.backend.loopback_only {
        let text = format!(
            "{at}: the connector is open to the network although the proxy is local; address=\"{}\" would close it",
            if host.is_ipv6_loopback() { "::1" } else { "127.0.0.1" }
        );
        note(notes, false, Some(Rule::ConnectorOpen), text);
    }
    if let (Some(bound), Host::Address(wanted)) = (bound, host)
        && !bound.is_unspecified()
        && bound != *wanted
    {
        let text = format!("{at}: the connector is bound to {bound}, so that nothing answers at {wanted}");
        note(notes, true, Some(Rule::NoHttpConnector), text);
    }
}

/// A proxy on this machine comes from the loopback address it connects to.
fn trust(answers: &Answers, notes: &mut Vec<Note>) {
    let (four, six) = (IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST));
    let from = match &answers.backend.host {
        _ if !answers.frontend.here => {
            if answers.trust.nets().iter().all(|net| net.addr().is_loopback()) {
                let text = "only this machine's loopback is trusted, but the proxy is on another machine; add the address \
                            Tomcat sees it by";
                note(notes, true, Some(Rule::ProxiesLackProxy), text.to_owned());
            }
            return;
        }
        Host::Name(name) if name.eq_ignore_ascii_case("localhost") => vec![four, six],
        Host::Address(address) if address.is_loopback() => vec![if address.is_ipv4() { four } else { six }],
        host => {
            if answers.trust.nets().iter().all(|net| net.addr().is_loopback()) {
                let text = format!(
                    "only this machine's loopback is trusted, but a proxy that connects to {host} comes from another \
                     address; add the address Tomcat sees it by"
                );
                note(notes, true, Some(Rule::ProxiesLackProxy), text);
            }
            return;
        }
    };
    let missing: Vec<_> =
        from.iter().filter(|address| !answers.trust.contains(address)).map(ToString::to_string).collect();
    if !missing.is_empty() {
        let text = format!(
            "{} is not among the trusted proxies, but a proxy that connects to {} comes from there: Tomcat will not \
             believe it",
            missing.join(" and "),
            answers.backend.host
        );
        note(notes, true, Some(Rule::ProxiesLackProxy), text);
    }
}

fn unconverted(answers: &Answers, tomcat: &TomcatFindings, notes: &mut Vec<Note>) {
    let context = answers.backend.context.as_str();
    let Some(version) = tomcat.version.as_ref().filter(|version| version.at_least(&[10])) else { return };
    if tomcat.unconverted.iter().any(|path| path == context) {
        let text = format!(
            "{context} is an application for Tomcat 9 and does not start in Tomcat {version} as it is; move its .war \
             from {} to webapps-javaee beside it, where Tomcat converts it, or run Tomcat 9",
            tomcat.base.join("webapps").display()
        );
        note(notes, true, Some(Rule::Unconverted), text);
    }
}
