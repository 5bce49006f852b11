//! Apache httpd: the section that serves Guacamole, and what stands around it.

mod access;
mod logs;
mod proxy;

use super::{Route, unreadable};
use crate::config::apache::{Form, Item, Loaded, Section, covers, virtual_hosts};
use crate::model::{ApacheFindings, Rule, Server, Version};
use crate::verify::Diagnosis;
use std::sync::Arc;

/// Every rule about Apache httpd.
pub(super) fn look(apache: &ApacheFindings, routes: &mut Vec<Route>, found: &mut Vec<Diagnosis>) {
    let loaded = Loaded::of(apache);
    if let Some(problem) = apache.problem.as_ref().or(loaded.problem.as_ref()) {
        let bytes = apache.files.iter().find(|file| file.path == problem.file).map(|file| &*file.bytes);
        found.push(unreadable(problem, bytes));
        return;
    }
    let hosts = virtual_hosts(&loaded);
    // What stands outside of any virtual host is read as if it were one.
    let outside = loaded.items.iter().filter(|item| item.name != "virtualhost");
    let global = Item::outermost(outside.cloned().collect());
    let own = hosts.iter().map(|host| (host.item, host.shadowed_by.as_deref(), false));
    for (scope, shadowed_by, is_global) in own.chain([(&global, None, true)]) {
        for section in &Section::each(&loaded, &scope.children) {
            let version = apache.version.as_ref();
            let mut site = Site { loaded: &loaded, scope, section, version, found };
            if let Some(earlier) = shadowed_by {
                site.tell(
                    Rule::DeadVirtualHost,
                    scope,
                    format!("the virtual host at {earlier} has its name"),
                );
            }
            if is_global && !hosts.is_empty() {
                let detail = format!("{} is served by every virtual host", section.path);
                site.tell(Rule::GlobalLocation, section.item, detail);
            }
            site.look();
            routes.extend(site.route());
        }
    }
}

/// A virtual host, or what stands outside of them, and the section in it that serves Guacamole.
struct Site<'a, 'f> {
    loaded: &'a Loaded,
    scope: &'a Item,
    section: &'a Section<'a>,
    version: Option<&'a Version>,
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
        let own: &'a [Item] = match self.section.form {
            Form::Location => &self.section.item.children,
            Form::Path => &[],
        };
        own.iter().chain(&self.scope.children).chain(&self.loaded.items)
    }

    /// Sections of the virtual host and of the server whose path Guacamole's lies below, innermost last.
    fn outer(&self) -> Vec<&'a Item> {
        let is_outer = |item: &&Item| {
            item.name == "location"
                && !item.is(self.section.item)
                && item.arguments().len() == 1
                && covers(&item.first_argument(), &self.section.path)
        };
        self.loaded.items.iter().chain(&self.scope.children).filter(is_outer).collect()
    }

    fn route(&self) -> Option<Route> {
        let backend = self.section.backend.as_ref()?;
        let file = self.loaded.file(self.section.pass);
        Some(Route {
            server: Server::Apache,
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
