//! The valve that believes the proxy about the client.

use super::Machine;
use crate::config::tomcat::{Element, Meaning, REMOTE_IP_VALVE, Service, meaning};
use crate::model::{Rule, TrustedProxies};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const ACCESS_LOGS: [&str; 3] = [
    "org.apache.catalina.valves.AccessLogValve",
    "org.apache.catalina.valves.ExtendedAccessLogValve",
    "org.apache.catalina.valves.JsonAccessLogValve",
];
/// Patterns of an access log that name the client.
///
/// # Source
/// Tomcat, configuration reference, Access Log Valve and Extended Access Log Valve: `%{c}a` is the connection's
/// address whatever a valve says.
const OF_CLIENT: [&str; 7] = ["common", "combined", "%h", "%a", "%{r}a", "c-ip", "c-dns"];
const FOUR: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const SIX: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

pub(super) fn look(machine: &mut Machine<'_, '_>) {
    let Some(service) = machine.service() else { return };
    let Some(engine) = service.engine else { return };
    let host = called(machine, service).or_else(|| service.default_host()).or_else(|| service.hosts().next());
    let contexts = host.into_iter().flat_map(|host| host.children_named("Context"));
    let own_contexts = contexts.filter(|context| is_asked_for(machine, *context));
    // An Engine's valves run before those of its Host, and these before a Context's.
    let pipeline: Vec<Element<'_>> = [Some(engine), host]
        .into_iter()
        .flatten()
        .chain(own_contexts)
        .flat_map(|parent| parent.children_named("Valve"))
        .collect();
    let own: Vec<Element<'_>> = pipeline.iter().copied().filter(|valve| valve.is_remote_ip_valve()).collect();
    match own.as_slice() {
        [] if has_context_valve(machine) => {}
        [] => missing(machine, host.unwrap_or(engine)),
        [first, rest @ ..] => {
            for &valve in rest {
                machine.tell(Rule::ValveDoubled, valve, "another RemoteIpValve runs before this one");
            }
            late(machine, &pipeline, *first);
        }
    }
    for valve in own {
        attributes(machine, valve);
    }
    for &valve in pipeline.iter().filter(|valve| class_is_in(**valve, &ACCESS_LOGS)) {
        let asks =
            valve.value("requestAttributesEnabled").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        // Without a pattern nothing is logged at all.
        let pattern = valve.value("pattern").unwrap_or_default();
        if !asks && OF_CLIENT.iter().any(|part| pattern.contains(part)) {
            machine.tell(Rule::AccessLogProxy, valve, "this log has no requestAttributesEnabled=\"true\"");
        }
    }
}

/// The Host that has the name of a site, where the proxy tells Tomcat that name.
fn called<'a>(machine: &Machine<'a, '_>, service: Service<'a>) -> Option<Element<'a>> {
    let asked: Vec<String> = machine.routes.iter().flat_map(|route| route.names.clone()).collect();
    machine.configuration.host_called(service, &asked)
}

/// Whether a valve stands in the file of the application that a proxy asks for, or in that of all, or may stand there.
fn has_context_valve(machine: &Machine<'_, '_>) -> bool {
    let mut asked = machine.routes.iter().filter_map(|route| route.context.as_ref());
    let valves = &machine.tomcat.context_valves;
    machine.unread().next().is_some()
        || valves.iter().any(|valve| valve.context.is_none() || asked.any(|own| valve.is_for(own.as_str())))
}

/// Whether a Context of server.xml is the application that a proxy asks for.
fn is_asked_for(machine: &Machine<'_, '_>, context: Element<'_>) -> bool {
    let path = context.value("path").unwrap_or_default();
    machine
        .routes
        .iter()
        .filter_map(|route| route.context.as_ref())
        .any(|own| own.bare().unwrap_or_default() == path)
}

fn class_is_in(valve: Element<'_>, classes: &[&str]) -> bool {
    valve.value("className").is_some_and(|class| classes.contains(&class))
}

fn missing(machine: &mut Machine<'_, '_>, host: Element<'_>) {
    let view = machine.configuration.view();
    let in_comment = view.match_indices(REMOTE_IP_VALVE).map(|(at, _)| at).find(|&at| {
        let opened = view[..at].rfind("<!--");
        opened.is_some_and(|opened| view[..at].rfind("-->").is_none_or(|closed| closed < opened))
    });
    match in_comment {
        Some(at) => {
            let line = machine.configuration.line_at(at);
            machine.tell_line(Rule::ValveCommented, line, "the only RemoteIpValve stands in a comment");
        }
        None => {
            machine.tell(Rule::ValveMissing, host, "neither this Host nor its Engine has a RemoteIpValve");
        }
    }
}

fn late(machine: &mut Machine<'_, '_>, pipeline: &[Element<'_>], first: Element<'_>) {
    let earlier = pipeline.iter().copied().take_while(|valve| *valve != first);
    for valve in earlier.filter(|valve| valve.filters_addresses()) {
        machine.tell(Rule::ValveLate, valve, "this valve runs before the RemoteIpValve");
    }
}

fn attributes(machine: &mut Machine<'_, '_>, valve: Element<'_>) {
    if valve.attribute("remoteIpProxiesHeader").is_some() {
        machine.tell(Rule::ProxiesHeader, valve, "remoteIpProxiesHeader is left out by Tomcat");
    }
    let also = valve.value("trustedProxies").filter(|value| !value.is_empty());
    // An empty value trusts nobody, so that what else is trusted counts alone.
    let own =
        valve.value("internalProxies").map(|own| if own.is_empty() { also.unwrap_or(own) } else { own });
    let Some(proxies) = own else {
        machine.tell(Rule::ProxiesDefault, valve, "internalProxies is missing");
        return;
    };
    let shown = format!("internalProxies=\"{}\"", crate::verify::words::brief(proxies));
    match meaning(proxies, machine.tomcat.version.as_ref()) {
        Meaning::Invalid => machine.tell(Rule::ProxiesInvalid, valve, shown),
        Meaning::NeverMatches => machine.tell(Rule::ProxiesGrammar, valve, shown),
        Meaning::Open => machine.tell(Rule::ProxiesOpen, valve, shown),
        Meaning::Unknown => {}
        Meaning::Proxies(trusted) => {
            let version = machine.tomcat.version.as_ref();
            match also.map(|value| meaning(value, version)) {
                Some(Meaning::Unknown) => {}
                Some(Meaning::Proxies(also)) => peers(machine, valve, &[&trusted, &also]),
                _ => peers(machine, valve, &[&trusted]),
            }
        }
    }
}

/// Whether the proxies that are configured are among the trusted ones.
fn peers(machine: &mut Machine<'_, '_>, valve: Element<'_>, trusted: &[&TrustedProxies]) {
    let mut lacking: Vec<(Rule, String)> = Vec::new();
    for route in machine.routes {
        let from = match route.address() {
            Some(address) if address.is_loopback() => vec![if address.is_ipv4() { FOUR } else { SIX }],
            // Who connects to an address of the machine's own comes from it.
            Some(address) => vec![address],
            None => machine.answering(route.port),
        };
        let is_trusted = |address: &&IpAddr| trusted.iter().any(|list| list.contains(address));
        let missing: Vec<String> =
            from.iter().filter(|address| !is_trusted(address)).map(ToString::to_string).collect();
        let rule = if missing.len() == from.len() { Rule::ProxiesLackProxy } else { Rule::ProxiesOneFamily };
        if !missing.is_empty() {
            let detail = format!("{} connects to {} from {}", route.server, route.host, missing.join(" or "));
            if !lacking.contains(&(rule, detail.clone())) {
                lacking.push((rule, detail));
            }
        }
    }
    for (rule, detail) in lacking {
        machine.tell(rule, valve, detail);
    }
}

impl Machine<'_, '_> {
    /// The loopback addresses on which a port is answered, from which a proxy that connects to localhost comes.
    fn answering(&self, port: u16) -> Vec<IpAddr> {
        let connector = self.tomcat.connectors.iter().find(|connector| connector.port == Some(port));
        let bound = connector.and_then(|connector| connector.address.as_ref()?.parse::<IpAddr>().ok());
        match bound {
            Some(IpAddr::V4(_)) => vec![FOUR],
            Some(IpAddr::V6(address)) if !address.is_unspecified() => vec![SIX],
            _ => vec![FOUR, SIX],
        }
    }
}
