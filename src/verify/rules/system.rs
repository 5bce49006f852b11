//! The machine around the servers, looked at and never changed.

mod fail2ban;
mod log;
mod port;
mod tested;
mod unloaded;

pub(in crate::verify) use tested::refused;
pub(in crate::verify) use unloaded::site as unloaded_site;

use super::{Route, tomcat};
use crate::config::Files as _;
use crate::model::{Findings, Rule, Server, Service};
use crate::system::System;
use crate::verify::Diagnosis;
use std::path::{Path, PathBuf};

/// Every rule about the machine; `known` is what the configurations have shown already.
pub(super) fn look(
    system: &System,
    findings: &Findings,
    routes: &[Route],
    known: &[Diagnosis],
) -> Vec<Diagnosis> {
    let mut found = Vec::new();
    found.extend(selinux(system, routes));
    services(system, findings, routes, &mut found);
    for tomcat in &findings.tomcats {
        found.extend(log::warning(system, &tomcat.base, known));
    }
    found.extend(fail2ban::look(system, &findings.tomcats));
    found.extend(firewall(system));
    found
}

fn text(system: &System, path: &str) -> Option<String> {
    system.read(Path::new(path)).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// Ports that `httpd_can_network_relay` opens.
///
/// # Source
/// `SELinux` reference policy, `corenetwork.te`: `http_port_t` and `http_cache_port_t`.
fn is_relayed(port: u16) -> bool {
    matches!(port, 80 | 81 | 443 | 488 | 8008 | 8009 | 8443 | 9000 | 8080 | 8118 | 8123 | 10001..=10010 | 32768..)
}

fn selinux(system: &System, routes: &[Route]) -> Option<Diagnosis> {
    let is_enforcing = text(system, "/sys/fs/selinux/enforce")?.trim() == "1";
    // The first number is the value now, the second the one that is about to be.
    let is_on = |name: &str| {
        let value = text(system, &format!("/sys/fs/selinux/booleans/{name}"));
        value.is_some_and(|value| value.trim_start().starts_with('1'))
    };
    let (connect, relay) = (is_on("httpd_can_network_connect"), is_on("httpd_can_network_relay"));
    let may = |route: &Route| connect || (relay && is_relayed(route.port));
    let refused = routes.iter().find(|route| !may(route))?;
    is_enforcing.then(|| {
        let boolean =
            if is_relayed(refused.port) { "httpd_can_network_relay" } else { "httpd_can_network_connect" };
        let detail = format!(
            "{} may not connect to port {}: setsebool -P {boolean} 1 allows it",
            refused.server, refused.port
        );
        Diagnosis::new(Rule::Selinux, detail)
    })
}

fn services(system: &System, findings: &Findings, routes: &[Route], found: &mut Vec<Diagnosis>) {
    let listening = port::listening(system);
    let mut stopped = |name: &str, service: &Service, ports: &[u16]| {
        if service.running != Some(false) {
            return;
        }
        found.push(match ports.iter().find(|port| listening.contains(port)) {
            Some(port) => Diagnosis::new(
                Rule::PortTaken,
                format!("{name} is not running, and another program listens on port {port}"),
            ),
            None => Diagnosis::new(Rule::NotRunning, format!("{name} is not running")),
        });
    };
    for server in Server::ALL {
        let is_used = routes.iter().any(|route| route.server == server);
        let Some(found) = findings.frontend(server).filter(|_| is_used) else { continue };
        let sites = found.sites.iter().filter(|site| site.guacamole().is_some());
        let ports: Vec<u16> = sites.flat_map(|site| &site.listens).filter_map(|listen| listen.port).collect();
        stopped(server.title(), found.service, &ports);
    }
    for tomcat in &findings.tomcats {
        let ports: Vec<u16> = tomcat.connectors.iter().filter_map(|connector| connector.port).collect();
        let leads_here = |route: &Route| tomcat::answers(&findings.tomcats, tomcat, route.port);
        let is_asked = routes.iter().any(|route| {
            route.is_local(&findings.addresses) && ports.contains(&route.port) && leads_here(route)
        });
        if is_asked {
            stopped("Tomcat", &tomcat.service, &ports);
        }
    }
    for tomcat in findings.tomcats.iter().filter(|tomcat| tomcat.service.outdated) {
        let file = tomcat.server_xml.path.display();
        found.push(Diagnosis::new(Rule::Outdated, format!("Tomcat was started before {file} was changed")));
    }
}

fn firewall(system: &System) -> Option<Diagnosis> {
    let ufw = text(system, "/etc/ufw/ufw.conf")
        .is_some_and(|text| text.lines().any(|line| line.trim().eq_ignore_ascii_case("ENABLED=yes")));
    let enabled = |unit: &str| {
        ["multi-user.target.wants", "sysinit.target.wants"].iter().any(|folder| {
            system.names(&PathBuf::from("/etc/systemd/system").join(folder)).iter().any(|own| own == unit)
        })
    };
    let name = if ufw {
        "ufw"
    } else if enabled("firewalld.service") {
        "firewalld"
    } else if enabled("nftables.service") {
        "nftables"
    } else {
        return None;
    };
    Some(Diagnosis::new(Rule::Firewall, format!("{name} is enabled; it is not touched")))
}
