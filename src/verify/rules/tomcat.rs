//! server.xml: connectors, the valve, the application.

mod connector;
mod valve;

use super::{Route, unreadable};
use crate::config::tomcat::{Configuration, Element, Service, port};
use crate::model::{ContextProblem, Findings, Problem, Rule, TomcatFindings, printable_path};
use crate::verify::Diagnosis;

/// Every rule about the Tomcats of this machine, each held against the routes that lead to it.
///
/// `is_alone`: Guacamole is here and its proxy on another machine.
pub(super) fn look(findings: &Findings, local: &[&Route], is_alone: bool, found: &mut Vec<Diagnosis>) {
    let tomcats = findings.tomcats.as_slice();
    for (index, tomcat) in tomcats.iter().enumerate() {
        if let Some(problem) = &tomcat.problem {
            found.push(unreadable(problem, Some(&tomcat.server_xml.bytes)));
            continue;
        }
        let configuration = match Configuration::of(tomcat) {
            Ok(configuration) => configuration,
            Err(problem) => {
                found.push(unreadable(&problem, Some(&tomcat.server_xml.bytes)));
                continue;
            }
        };
        // A route to a port that no Tomcat has is held against the first of them.
        let is_here = |route: &&&Route| answers(tomcats, tomcat, route.port);
        let is_lost = |route: &&&Route| {
            let has_none = !tomcats.iter().any(|tomcat| has_port(tomcat, route.port));
            index == 0 && has_none && !may_be_unknown(findings, route)
        };
        let mut routes: Vec<&Route> =
            local.iter().filter(|route| is_here(route) || is_lost(route)).copied().collect();
        routes.sort_by_key(|route| (route.port, route.host.clone()));
        let mut machine = Machine { tomcat, configuration: &configuration, routes: &routes, found };
        machine.look(is_alone);
    }
}

/// The first route to a Tomcat of which no file was read, so that nothing is said of its half.
pub(super) fn unknown(findings: &Findings, routes: &[Route]) -> Option<Diagnosis> {
    let is_here = |route: &&Route| route.is_local(&findings.addresses);
    let is_unknown = |route: &&Route| !is_here(route) || may_be_unknown(findings, route);
    let route = routes.iter().find(is_unknown)?;
    let detail = match (is_here(&route), findings.strangers.first()) {
        (false, _) => {
            format!("the Tomcat at {}:{} is on another machine, or in a container", route.host, route.port)
        }
        (true, _) if !findings.containers.is_empty() => {
            "Tomcat runs in a container, whose server.xml is made anew at every start".to_owned()
        }
        (true, Some(own)) => {
            format!("{} belongs to {} and was not read", printable_path(&own.server_xml), own.owner)
        }
        (true, None) => format!("no Tomcat with port {} was found on this machine", route.port),
    };
    Some(route.diagnosis(Rule::TomcatUnknown, &detail))
}

/// Whether another Tomcat than those whose files were read may have a port of this machine.
fn may_be_unknown(findings: &Findings, route: &Route) -> bool {
    let is_other =
        findings.tomcats.is_empty() || !findings.strangers.is_empty() || !findings.containers.is_empty();
    is_other && !findings.tomcats.iter().any(|tomcat| has_port(tomcat, route.port))
}

/// The headers in which each valve of a Tomcat looks for the client's address and scheme.
pub(super) fn headers(tomcat: &TomcatFindings) -> Vec<(String, String)> {
    let pair = |client: Option<&str>, scheme: Option<&str>| {
        let name = |own: Option<&str>, usual: &str| match own {
            Some(own) if !own.eq_ignore_ascii_case(usual) => own.to_owned(),
            _ => usual.to_owned(),
        };
        (name(client, super::FORWARDED_FOR), name(scheme, super::FORWARDED_PROTO))
    };
    let mut found = Vec::new();
    if let Ok(configuration) = Configuration::of(tomcat) {
        for service in configuration.services() {
            let parents = service.engine.into_iter().chain(service.hosts());
            let valves = parents.flat_map(|parent| parent.children_named("Valve"));
            found.extend(
                valves
                    .filter(|valve| valve.is_remote_ip_valve())
                    .map(|valve| pair(valve.value("remoteIpHeader"), valve.value("protocolHeader"))),
            );
        }
    }
    let contexts = tomcat.context_valves.iter();
    found.extend(contexts.map(|valve| pair(valve.value("remoteIpHeader"), valve.value("protocolHeader"))));
    found
}

/// Whether a Tomcat is the one that a port leads to: of several with the port one that runs, where one is known to.
pub(super) fn answers(tomcats: &[TomcatFindings], tomcat: &TomcatFindings, port: u16) -> bool {
    let runs = |tomcat: &TomcatFindings| tomcat.service.running == Some(true);
    let is_taken = tomcats.iter().any(|other| runs(other) && has_port(other, port));
    has_port(tomcat, port) && (runs(tomcat) || !is_taken)
}

/// Whether a connector has the port, or one that only Tomcat can tell.
fn has_port(tomcat: &TomcatFindings, port: u16) -> bool {
    tomcat.connectors.iter().any(|connector| connector.port.is_none_or(|own| own == port))
}

/// A Tomcat and who asks it for Guacamole.
struct Machine<'a, 'f> {
    tomcat: &'a TomcatFindings,
    configuration: &'a Configuration,
    routes: &'a [&'a Route],
    found: &'f mut Vec<Diagnosis>,
}

impl<'a> Machine<'a, '_> {
    fn look(&mut self, is_alone: bool) {
        connector::look(self);
        // Without a proxy here and without Guacamole nothing asks for the valve.
        let has_guacamole = self.tomcat.guacamoles().next().is_some();
        if !self.routes.is_empty() || (is_alone && has_guacamole) {
            valve::look(self);
        }
        self.application();
        let unread: Vec<_> = self.unread().map(|problem| unreadable(problem, None)).collect();
        self.found.extend(unread);
    }

    /// Files of contexts on the way of what a proxy asks for, of which nobody can tell what stands in them.
    fn unread(&self) -> impl Iterator<Item = &'a Problem> + use<'a> {
        let asked = self.routes;
        let concerns = move |own: &&'a ContextProblem| {
            let mut asked = asked.iter().filter_map(|route| route.context.as_ref());
            own.context.as_ref().is_none_or(|own| asked.any(|context| context.as_str() == own))
        };
        self.tomcat.context_problems.iter().filter(concerns).map(|own| &own.problem)
    }

    fn tell(&mut self, rule: Rule, element: Element<'_>, detail: impl AsRef<str>) {
        self.tell_line(rule, self.configuration.line(element), detail);
    }

    fn tell_line(&mut self, rule: Rule, line: usize, detail: impl AsRef<str>) {
        let file = &self.tomcat.server_xml.path;
        let view = self.configuration.view().as_bytes();
        self.found.push(Diagnosis::at(rule, file, view, line, detail));
    }

    /// The service whose connector the proxy speaks to, else the first.
    fn service(&self) -> Option<Service<'a>> {
        let asked = |service: &Service<'_>| {
            let mut ports = service.connectors().filter_map(port);
            ports.any(|port| self.routes.iter().any(|route| route.port == port))
        };
        self.configuration.services().find(asked).or_else(|| self.configuration.services().next())
    }

    fn application(&mut self) {
        let mut told: Vec<&str> = Vec::new();
        for route in self.routes {
            let Some(context) = route.context.as_ref().map(crate::model::ContextPath::as_str) else {
                continue;
            };
            if told.contains(&context) {
                continue;
            }
            told.push(context);
            let is = |path: &String| path == context;
            if self.tomcat.unconverted.iter().any(is) {
                let version = self.tomcat.version.as_ref().map(ToString::to_string).unwrap_or_default();
                let detail =
                    format!("{context} is an application for Tomcat 9, and this is Tomcat {version}");
                let diagnosis = Diagnosis::new(Rule::Unconverted, detail);
                self.found.push(diagnosis);
            } else if !self.tomcat.contexts.is_empty() && !self.tomcat.contexts.iter().any(is) {
                let there = self.tomcat.contexts.join(", ");
                let detail = format!("{context} is asked for; deployed are {there}");
                self.found.push(route.diagnosis(Rule::NotDeployed, &detail));
            }
        }
    }
}
