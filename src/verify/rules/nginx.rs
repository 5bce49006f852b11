//! nginx: the location that serves Guacamole, and what stands around it.

mod headers;
mod locations;
mod settings;

use super::{Headers, Route, unreadable};
use crate::config::matches;
use crate::config::nginx::{
    Directive, Loaded, Location, Modifier, Placed, Section, ServerBlock, Word, holds_without_file,
    leads_elsewhere, levels_around, server_blocks,
};
use crate::model::{ContextPath, Led, NginxFindings, Rule, Server, Version};
use crate::verify::Diagnosis;
use std::sync::Arc;

/// Every rule about nginx, and how many locations serve a Guacamole: those that a name tells, else those that `leads`
/// does.
pub(super) fn look(
    nginx: &NginxFindings,
    leads: &dyn Fn(&Led<'_>) -> Option<String>,
    valve: &Headers,
    routes: &mut Vec<Route>,
    found: &mut Vec<Diagnosis>,
) -> usize {
    let loaded = Loaded::of(nginx);
    if let Some(problem) = nginx.problem.as_ref().or(loaded.problem.as_ref()) {
        let bytes = nginx.files.iter().find(|file| file.path == problem.file).map(|file| &*file.bytes);
        found.push(unreadable(problem, bytes));
        return 0;
    }
    let servers = server_blocks(&loaded);
    let each = |server| {
        let own = Section::each(&loaded, server).into_iter();
        own.map(|section| section.or_below(server, leads)).collect::<Vec<_>>()
    };
    let mut sections: Vec<_> = servers.iter().map(each).collect();
    if sections.iter().all(Vec::is_empty) {
        sections = servers.iter().map(|server| Section::each_led(&loaded, server, leads)).collect();
    }
    let is_secure = |server: &ServerBlock<'_>| server.listens.iter().any(|listen| listen.tls);
    let has_secure = servers.iter().zip(&sections).any(|(server, own)| is_secure(server) && !own.is_empty());
    let mut number = 0;
    for (server, sections) in servers.iter().zip(&sections) {
        for section in sections {
            let version = nginx.version.as_ref();
            let around = levels_around(&loaded, server, section.location.placed);
            let mut site = Site { loaded: &loaded, server, section, around, version, valve, found };
            // A section that is left in a block which leads everybody to https is never asked.
            let is_left = has_secure && !is_secure(server);
            if is_left && site.first_answers().iter().any(|&placed| is_to_https(placed)) {
                continue;
            }
            number += 1;
            site.look();
            routes.extend(site.route());
        }
    }
    number
}

/// Whether a `rewrite` ends requests for a path by a redirect.
///
/// # Source
/// nginx, `ngx_http_rewrite_module`: by a flag, or by a scheme in what it is replaced by.
fn rewrites_away(directive: Directive<'_>, path: &str) -> bool {
    let words: Vec<_> = directive.arguments().map(|word| word.text().into_owned()).collect();
    let (pattern, to, flag) = match words.as_slice() {
        [pattern, to] => (pattern, to, ""),
        [pattern, to, flag] => (pattern, to, flag.as_str()),
        _ => return false,
    };
    let leaves = matches!(flag, "permanent" | "redirect")
        || ["http://", "https://", "$scheme"].iter().any(|scheme| to.starts_with(scheme));
    directive.is("rewrite") && leaves && matches(pattern, path) == Some(true)
}

/// Whether it leads whoever comes to the same place over https.
fn is_to_https(placed: Placed<'_>) -> bool {
    let target = placed.directive.arguments().map(Word::text).find(|word| word.starts_with("https://"));
    target.is_some_and(|target| ["$request_uri", "$uri", "$1"].iter().any(|own| target.contains(own)))
}

/// A server block and the location in it that serves Guacamole.
struct Site<'a, 'f> {
    loaded: &'a Loaded,
    server: &'a ServerBlock<'a>,
    section: &'a Section<'a>,
    /// What stands in the blocks around its location, the innermost first.
    around: Vec<Vec<Placed<'a>>>,
    version: Option<&'a Version>,
    valve: &'a Headers,
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
        let levels = [inner, &self.section.children].into_iter();
        let of = |level: &[Placed<'a>]| {
            level.iter().copied().filter(|placed| placed.directive.is(name)).collect::<Vec<_>>()
        };
        levels
            .chain(self.around.iter().map(Vec::as_slice))
            .map(of)
            .find(|level| !level.is_empty())
            .unwrap_or_default()
    }

    fn reached(&mut self) {
        if let Some(earlier) = &self.server.shadowed_by {
            let detail = format!("the server block at {earlier} has the same names and listens");
            self.tell(Rule::DeadServer, self.server.placed, detail);
        }
        self.spoken();
        for placed in self.first_answers() {
            let detail = if placed.directive.is("return") {
                "this return answers every request to the server block"
            } else if placed.directive.is("if") {
                "this condition holds for Guacamole's requests, as no file is theirs"
            } else if leads_elsewhere(placed.directive, &self.path()) {
                "this rewrite leads Guacamole's requests to another path"
            } else {
                "this rewrite answers Guacamole's requests"
            };
            self.tell(Rule::AnsweredFirst, placed, detail);
        }
    }

    /// What answers Guacamole's requests before a location is looked for.
    fn first_answers(&self) -> Vec<Placed<'a>> {
        let path = self.path();
        let takes = |directive: Directive<'_>| {
            directive.is("return") || rewrites_away(directive, &path) || leads_elsewhere(directive, &path)
        };
        let answers = |placed: &Placed<'a>| {
            let directive = placed.directive;
            takes(directive) || (holds_without_file(directive) && directive.children().any(takes))
        };
        self.server.children.iter().copied().filter(answers).collect()
    }

    /// Guacamole's path, with its last slash.
    fn path(&self) -> String {
        format!("{}/", self.section.location.uri.trim_end_matches('/'))
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
        let refused = self.section.refuses_climbing() || self.refuses_by_hand();
        // At the root context every application is below the path anyway.
        if !refused && !self.section.whole && self.section.context().as_deref() != Some("/") {
            self.tell(Rule::Climbing, self.own(), "a path with /..; is handed on to Tomcat");
        }
    }

    /// Whether `/..;` is refused in one of the ways in which people write it.
    fn refuses_by_hand(&self) -> bool {
        let names = |text: &str| text.replace("[.]", ".").replace(r"\.", ".").contains("..;");
        let looks = |placed: &Placed<'_>| placed.directive.arguments().any(|word| names(&word.text()));
        let children = self.section.children.iter().chain(&self.server.children);
        children.filter(|placed| placed.directive.is("if")).any(looks) || self.is_refused_beside(&names)
    }

    /// Whether a regular expression beside it does, which is not tried where Guacamole's location is the last word.
    fn is_refused_beside(&self, names: &dyn Fn(&str) -> bool) -> bool {
        let mut beside = self.server.children.iter().copied().filter_map(Location::read);
        self.section.location.modifier != Modifier::FinalPrefix
            && beside.any(|location| {
                let answers = ["return", "deny"];
                let refuses = |p: &Placed<'_>| answers.iter().any(|name| p.directive.is(name));
                location.modifier == Modifier::Regex
                    && names(&location.uri)
                    && self.loaded.children(location.placed).iter().any(refuses)
            })
    }

    /// Whether Tomcat is told the name that the browser asked for.
    fn passes_host(&self) -> bool {
        let headers = self.in_force(&[], "proxy_set_header");
        headers.iter().rev().filter_map(|placed| placed.directive.exactly()).any(|[name, value]| {
            name.text().eq_ignore_ascii_case("Host")
                && ["$host", "$http_host", "$server_name"].iter().any(|own| value.text().contains(own))
        })
    }

    /// Whether a proxy in front of nginx is named, whose headers are then meant to be believed.
    fn is_behind_a_proxy(&self) -> bool {
        !self.in_force(&[], "set_real_ip_from").is_empty()
    }

    fn route(&self) -> Option<Route> {
        let (host, port) = self.section.target.as_ref()?.first()?;
        let pass = self.section.directive("proxy_pass")?;
        let file = &self.loaded.files[pass.file];
        Some(Route {
            server: Server::Nginx,
            names: if self.passes_host() { self.server.names.clone() } else { Vec::new() },
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
