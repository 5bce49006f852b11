//! Every Tomcat with a server.xml: running ones first, then those of systemd units, then those in usual places.

mod containers;
mod context_files;
mod contexts;
mod places;
mod units;
mod version;

use crate::config::Files as _;
use crate::config::tomcat::{Configuration, Element, Meaning, connector_kind, meaning, port};
use crate::model::{
    Connector, Container, FileImage, FoundValve, Memo, Meta, Problem, Service, Stranger, TomcatFindings,
    Version, io_words, printable,
};
use crate::probe::process;
use crate::system::System;
use places::Place;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How far the kernel's time of a start may be off, in seconds.
const UNSURE: i64 = 2;

/// What was found of Tomcats.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Every one, each server.xml once.
    pub(super) tomcats: Vec<TomcatFindings>,
    /// Running ones that nothing vouches for.
    pub(super) strangers: Vec<Stranger>,
    /// Those that run in a container.
    pub(super) containers: Vec<Container>,
}

/// Every Tomcat that units, usual folders, running processes and a person tell of.
pub(super) fn probe(system: &System, named: &[PathBuf]) -> Found {
    let places = places::all(system);
    let mut found = Found { containers: containers::all(system, &places.in_containers), ..Found::default() };
    for place in &places.known {
        let target = system.resolve(&place.server_xml).unwrap_or_else(|_| place.server_xml.clone());
        if !found.has(&target)
            && let Some(tomcat) = findings(system, place, &target)
        {
            found.tomcats.push(tomcat);
        }
    }
    for server_xml in named {
        let Ok(target) = system.resolve(server_xml) else { continue };
        if !found.has(&target) {
            let place = places.named(system, server_xml, &target);
            found.tomcats.extend(
                findings(system, &place, &target).map(|tomcat| TomcatFindings {
                    owner: stranger(system, &[&target, &place.base]),
                    ..tomcat
                }),
            );
        }
        let known = found.tomcats.iter_mut().find(|tomcat| tomcat.server_xml.target == target);
        if let Some(tomcat) = known.filter(|tomcat| tomcat.server_xml.path != *server_xml) {
            tomcat.named.get_or_insert_with(|| server_xml.clone());
        }
    }
    for place in &places.strange {
        let Ok(server_xml) = system.resolve(&place.server_xml) else { continue };
        let is_known =
            found.has(&server_xml) || found.strangers.iter().any(|own| own.server_xml == server_xml);
        let owner = system.owner(&server_xml);
        // Whoever starts a process can name any file of root's.
        let is_meant = owner.is_some_and(|owner| owner != 0 || place.user == Some(owner));
        if let Some(owner) = stranger(system, &[&server_xml, &place.base])
            && is_meant
            && !is_known
            && found.strangers.len() < MOST_STRANGERS
        {
            found.strangers.push(Stranger { server_xml, owner });
        }
    }
    found
}

/// How many running Tomcats that nothing vouches for are told of: whoever has an account can start any number.
const MOST_STRANGERS: usize = 8;

impl Found {
    /// Whether the Tomcat of a server.xml is among them already.
    fn has(&self, target: &Path) -> bool {
        self.tomcats.iter().any(|tomcat| tomcat.server_xml.target == target)
    }
}

/// Who else than root and this user could change one of these paths, or what they lead to; `None` where nobody could.
fn stranger(system: &System, paths: &[&Path]) -> Option<String> {
    let path = paths.iter().find(|path| !system.is_safe(path))?;
    let uid = system.first_stranger(path).or_else(|| system.owner(path));
    uid.map(|uid| user(system, uid))
}

/// A user as a person knows one: by name, where the machine's own list has it.
fn user(system: &System, uid: u32) -> String {
    let list = system.read(Path::new("/etc/passwd")).unwrap_or_default();
    let name = String::from_utf8_lossy(&list).lines().find_map(|line| {
        let mut parts = line.split(':');
        let (name, number) = (parts.next()?, parts.nth(1)?);
        (number == uid.to_string() && !name.is_empty()).then(|| printable(name))
    });
    name.unwrap_or_else(|| format!("user {uid}"))
}

/// What is found at a place; `None` where there is no server.xml after all.
fn findings(system: &System, place: &Place, target: &Path) -> Option<TomcatFindings> {
    // The file's own place is the one a person names: /etc/tomcat10/server.xml, not its link below CATALINA_BASE.
    let server_xml = match system.image(target) {
        Ok(image) => image,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => return Some(unreadable(system, place, target, &error)),
    };
    let version = version::version(system, place);
    let changed = system.changed(target).ok();
    let outdated = place.started.zip(changed).is_some_and(|(started, changed)| changed > started + UNSURE);
    let service = Service { outdated, ..service(system, place) };
    let mut tomcat =
        TomcatFindings { version, ..TomcatFindings::new(place.base.clone(), server_xml, service) };
    match Configuration::read(Arc::clone(&tomcat.server_xml.bytes)) {
        Ok(configuration) => {
            describe(&configuration, &mut tomcat);
            let found = contexts::all(system, place, target, &configuration, tomcat.version.as_ref());
            (tomcat.context_valves, tomcat.context_problems) = (found.files.valves, found.files.problems);
            (tomcat.contexts, tomcat.unconverted) = (found.paths, found.unconverted);
            tomcat.proven = found.proven;
            tomcat.memo = Memo::of(Arc::new(configuration));
        }
        Err(error) => tomcat.problem = Some(error.in_file(target, &tomcat.server_xml.bytes)),
    }
    Some(tomcat)
}

fn service(system: &System, place: &Place) -> Service {
    let unit = place.unit.clone().filter(|_| process::asks_systemd(system));
    Service { unit, running: place.running, ..Service::default() }
}

fn unreadable(system: &System, place: &Place, target: &Path, error: &io::Error) -> TomcatFindings {
    let problem = Problem {
        file: target.to_owned(),
        at: None,
        message: format!("it cannot be read: {}", io_words(error)),
    };
    let server_xml = FileImage {
        path: target.to_owned(),
        target: target.to_owned(),
        bytes: Vec::new().into(),
        meta: Meta { mode: 0, uid: 0, gid: 0 },
    };
    let tomcat = TomcatFindings::new(place.base.clone(), server_xml, service(system, place));
    TomcatFindings { problem: Some(problem), ..tomcat }
}

fn describe(configuration: &Configuration, tomcat: &mut TomcatFindings) {
    let owned = |element: Element<'_>, name: &str| element.value(name).map(ToOwned::to_owned);
    for service in configuration.services() {
        let logs_client = service.logs_client();
        tomcat.connectors.extend(service.connectors().map(|connector| Connector {
            line: configuration.line(connector),
            port: port(connector),
            kind: connector_kind(connector),
            address: owned(connector, "address"),
            uri_encoding: owned(connector, "URIEncoding"),
            logs_client,
        }));
        let version = tomcat.version.as_ref();
        for parent in service.engine.into_iter().chain(service.hosts()) {
            let valves = parent.children_named("Valve").filter(|valve| valve.is_remote_ip_valve());
            tomcat.valves.extend(valves.map(|valve| found_valve(configuration, parent, valve, version)));
        }
    }
    tomcat.valves.sort_by_key(|valve| valve.line);
}

fn found_valve(
    configuration: &Configuration,
    parent: Element<'_>,
    valve: Element<'_>,
    version: Option<&Version>,
) -> FoundValve {
    let internal_proxies = valve.value("internalProxies").map(ToOwned::to_owned);
    let proxies = match internal_proxies.as_deref().map(|value| meaning(value, version)) {
        Some(Meaning::Proxies(proxies)) => Some(proxies),
        _ => None,
    };
    FoundValve {
        line: configuration.line(valve),
        parent: parent.name().to_owned(),
        internal_proxies,
        proxies,
    }
}

/// A path below `base` where it is relative, as Tomcat takes its own.
fn below(base: &Path, path: &str) -> PathBuf {
    base.join(path)
}

#[cfg(test)]
mod tests;
