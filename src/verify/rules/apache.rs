//! Apache httpd: the section that serves Guacamole, and what stands around it.

mod access;
mod bare;
mod logs;
mod order;
mod proxy;

use super::{Headers, Route, unreadable};
use crate::config::apache::{Item, Loaded, Section, VirtualHost, holds_for, leads_to_https, virtual_hosts};
use crate::model::{ApacheFindings, Led, Rule, Server, Version};
use crate::verify::Diagnosis;
use std::sync::Arc;

/// Every rule about Apache httpd, and how many sections serve a Guacamole: those that a name tells, else those that
/// `leads` does.
pub(super) fn look(
    apache: &ApacheFindings,
    leads: &dyn Fn(&Led<'_>) -> Option<String>,
    valve: &Headers,
    routes: &mut Vec<Route>,
    found: &mut Vec<Diagnosis>,
) -> usize {
    let loaded = Loaded::of(apache);
    if let Some(problem) = apache.problem.as_ref().or(loaded.problem.as_ref()) {
        let bytes = apache.files.iter().find(|file| file.path == problem.file).map(|file| &*file.bytes);
        found.push(unreadable(problem, bytes));
        return 0;
    }
    let hosts = virtual_hosts(&loaded);
    // What stands outside of any virtual host is read as if it were one.
    let outside = loaded.items.iter().filter(|item| item.name != "virtualhost");
    let global = Item::outermost(outside.cloned().collect());
    let scopes = hosts.iter().map(|host| (host.item, Some(host))).chain([(&global, None)]);
    let mut scopes: Vec<Scope<'_>> = scopes
        .map(|(item, host)| Scope {
            item,
            host,
            sections: Section::each(&loaded, &item.children).into_iter().map(|own| (own, false)).collect(),
        })
        .collect();
    if scopes.iter().all(|scope| scope.sections.is_empty()) {
        for scope in &mut scopes {
            scope.sections = Section::each_led(&loaded, &scope.item.children, scope.names(), leads);
        }
    }
    let has_secure = scopes.iter().any(|scope| scope.is_secure() && !scope.sections.is_empty());
    let mut number = 0;
    for own in &scopes {
        let (scope, host, names) = (own.item, own.host, own.names());
        let is_left = has_secure && host.is_some() && !own.is_secure();
        for (section, is_whole) in &own.sections {
            // A section that is left in a virtual host which leads everybody to https is never asked.
            if is_left && leads_to_https(&scope.children, &section.path) {
                continue;
            }
            number += 1;
            let (is_whole, version) = (*is_whole, apache.version.as_ref());
            let is_server = host.is_none();
            let mut site =
                Site { loaded: &loaded, scope, names, section, is_server, is_whole, version, valve, found };
            if let Some(earlier) = host.and_then(|host| host.shadowed_by.as_deref()) {
                site.tell(
                    Rule::DeadVirtualHost,
                    scope,
                    format!("the virtual host at {earlier} has its name"),
                );
            }
            if host.is_none() && !hosts.is_empty() {
                let detail = format!("{} is served by every virtual host", section.path);
                site.tell(Rule::GlobalLocation, section.item, detail);
            }
            site.look();
            routes.extend(site.route());
        }
    }
    number + mounted(&loaded, found)
}

/// A virtual host, or what stands outside of them, with what in it serves Guacamole, and whether that hands on the whole
/// of a Tomcat.
struct Scope<'a> {
    item: &'a Item,
    host: Option<&'a VirtualHost<'a>>,
    sections: Vec<(Section<'a>, bool)>,
}

impl<'a> Scope<'a> {
    fn names(&self) -> &'a [String] {
        self.host.map_or(&[], |host| &host.names)
    }

    fn is_secure(&self) -> bool {
        self.host.is_some_and(|host| host.listens.iter().any(|listen| listen.tls))
    }
}

/// Guacamole by `mod_jk`, which speaks AJP.
fn mounted(loaded: &Loaded, found: &mut Vec<Diagnosis>) -> usize {
    let hosts = loaded.items.iter().filter(|item| item.name == "virtualhost").flat_map(|host| &host.children);
    let is_own = |item: &&Item| item.name == "jkmount" && item.first_argument().contains("guac");
    let all: Vec<&Item> = loaded.items.iter().chain(hosts).filter(is_own).collect();
    for item in &all {
        let file = loaded.file(item);
        let line = loaded.line(item);
        found.push(Diagnosis::at(Rule::AjpUsed, &file.path, &file.bytes, line, "mod_jk speaks AJP"));
    }
    all.len()
}

/// A virtual host, or what stands outside of them, and the section in it that serves Guacamole.
struct Site<'a, 'f> {
    loaded: &'a Loaded,
    scope: &'a Item,
    /// The virtual host's names.
    names: &'a [String],
    section: &'a Section<'a>,
    /// Whether it stands outside of any virtual host.
    is_server: bool,
    /// Whether it hands on the whole of a Tomcat, of which Guacamole is a part.
    is_whole: bool,
    version: Option<&'a Version>,
    valve: &'a Headers,
    found: &'f mut Vec<Diagnosis>,
}

impl<'a> Site<'a, '_> {
    fn look(&mut self) {
        proxy::look(self);
        access::look(self);
        logs::look(self);
    }

    fn tell(&mut self, rule: Rule, item: &Item, detail: impl AsRef<str>) {
        let file = self.loaded.file(item);
        let line = self.loaded.line(item);
        self.found.push(Diagnosis::at(rule, &file.path, &file.bytes, line, detail));
    }

    /// Whether a module is in force.
    fn has_module(&self, name: &str) -> bool {
        self.loaded.modules.iter().any(|module| module == name)
    }

    /// Directives that hold for the section: its own, the virtual host's, the server's, in this order.
    fn in_force(&self) -> impl Iterator<Item = &'a Item> + use<'a> {
        let outer = self.outer().into_iter().flat_map(|section| &section.children);
        self.section.inner().iter().chain(outer).chain(&self.scope.children).chain(&self.loaded.items)
    }

    /// Sections of the virtual host and of the server that hold for Guacamole's path or for where it is proxied to,
    /// innermost last.
    fn outer(&self) -> Vec<&'a Item> {
        let url = self.section.url();
        let is_outer =
            |item: &&Item| !item.is(self.section.item) && holds_for(item, &self.section.path, &url);
        let all = self.loaded.items.iter().chain(&self.scope.children).filter(is_outer);
        // Those for the proxy come first, whatever stands where.
        let (mut outer, inner): (Vec<&Item>, Vec<&Item>) =
            all.partition(|item| item.name.starts_with("proxy"));
        outer.extend(inner);
        outer
    }

    fn route(&self) -> Option<Route> {
        let backend = self.section.backend.as_ref().filter(|backend| !backend.is_socket)?;
        let file = self.loaded.file(self.section.pass);
        let preserves = self.section.preserves_host(self.loaded, self.scope);
        Some(Route {
            server: Server::Apache,
            names: if preserves == Some(true) { self.names.to_vec() } else { Vec::new() },
            host: backend.host.to_string(),
            port: backend.port.number(),
            context: backend.context(),
            ajp: backend.scheme == "ajp",
            file: file.path.clone(),
            bytes: Arc::clone(&file.bytes),
            line: self.loaded.line(self.section.pass),
        })
    }
}
