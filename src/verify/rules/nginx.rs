//! nginx: the location that serves Guacamole, and what stands around it.

mod headers;
mod locations;
mod settings;

use super::{Route, unreadable};
use crate::config::nginx::{Loaded, Placed, Section, ServerBlock, refuse_climbing, server_blocks};
use crate::model::{ContextPath, NginxFindings, Rule, Server, Version};
use crate::verify::Diagnosis;
use std::sync::Arc;

/// Every rule about nginx.
pub(super) fn look(nginx: &NginxFindings, routes: &mut Vec<Route>, found: &mut Vec<Diagnosis>) {
    let loaded = Loaded::of(nginx);
    if let Some(problem) = nginx.problem.as_ref().or(loaded.problem.as_ref()) {
        let bytes = nginx.files.iter().find(|file| file.path == problem.file).map(|file| &*file.bytes);
        found.push(unreadable(problem, bytes));
        return;
    }
    for server in &server_blocks(&loaded) {
        for section in &Section::each(&loaded, server) {
            let version = nginx.version.as_ref();
            let mut site = Site { loaded: &loaded, server, section, version, found };
            site.look();
            routes.extend(site.route());
        }
    }
}

/// A server block and the location in it that serves Guacamole.
struct Site<'a, 'f> {
    loaded: &'a Loaded,
    server: &'a ServerBlock<'a>,
    section: &'a Section<'a>,
    version: Option<&'a Version>,
    found: &'f mut Vec<Diagnosis>,
}

impl<'a> Site<'a, '_> {
    fn look(&mut self) {
        self.reached();
        headers::look(self);
        settings::look(self);
        locations::look(self);
        self.climbing();
    }

    fn tell(&mut self, rule: Rule, placed: Placed<'_>, detail: impl AsRef<str>) {
        let file = &self.loaded.files[placed.file];
        let line = self.loaded.line(placed);
        self.found.push(Diagnosis::at(rule, &file.path, &file.bytes, line, detail));
    }

    /// The location itself, to which most of the rules point.
    fn own(&self) -> Placed<'a> {
        self.section.location.placed
    }

    /// The directives of a name in force at some place, `inner` being what stands there: those of the innermost level
    /// that has one.
    fn in_force(&self, inner: &[Placed<'a>], name: &str) -> Vec<Placed<'a>> {
        let levels = [inner, &self.section.children, &self.server.children, &self.server.http];
        let of = |level: &[Placed<'a>]| {
            level.iter().copied().filter(|placed| placed.directive.is(name)).collect::<Vec<_>>()
        };
        levels.into_iter().map(of).find(|level| !level.is_empty()).unwrap_or_default()
    }

    fn reached(&mut self) {
        if let Some(earlier) = &self.server.shadowed_by {
            let detail = format!("the server block at {earlier} has the same names and listens");
            self.tell(Rule::DeadServer, self.server.placed, detail);
        }
        self.spoken();
        for &placed in &self.server.children {
            if placed.directive.is("return") {
                let detail = "this return answers every request to the server block";
                self.tell(Rule::AnsweredFirst, placed, detail);
            }
        }
    }

    /// Whether browsers can begin over HTTP/1.1.
    fn spoken(&mut self) {
        if self.server.listens.is_empty() {
            self.tell(Rule::NoHttp11, self.server.placed, "every listen of this server block is quic");
        }
        // Since 1.25.1 nginx tells the two apart by what the client says first.
        if self.version.is_none_or(|version| version.at_least(&[1, 25, 1])) {
            return;
        }
        for &placed in self.server.children.iter().filter(|placed| placed.directive.is("listen")) {
            let has = |name: &str| placed.directive.arguments().any(|word| word.is(name));
            let is_tls = self
                .server
                .listens
                .iter()
                .any(|own| own.tls && own.text == placed.directive.first_argument());
            if has("http2") && !is_tls {
                self.tell(Rule::NoHttp11, placed, "this listen speaks HTTP/2 alone, as it has no ssl");
            }
        }
    }

    fn climbing(&mut self) {
        let refused = self.section.refuses_climbing() || refuse_climbing(&self.server.children);
        // At the root context every application is below the path anyway.
        if !refused && self.section.context().as_deref() != Some("/") {
            self.tell(Rule::Climbing, self.own(), "a path with /..; is handed on to Tomcat");
        }
    }

    fn route(&self) -> Option<Route> {
        let (host, port) = self.section.target.as_ref()?.first()?;
        let pass = self.section.directive("proxy_pass")?;
        let file = &self.loaded.files[pass.file];
        Some(Route {
            server: Server::Nginx,
            host: host.to_owned(),
            port,
            context: self.section.context().and_then(|path| ContextPath::parse(&path).ok()),
            ajp: false,
            file: file.path.clone(),
            bytes: Arc::clone(&file.bytes),
            line: self.loaded.line(pass),
        })
    }
}
