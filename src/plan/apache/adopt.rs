//! Sections that somebody wrote by hand: edited in place, everything else in them kept.

use super::Work;
use super::body::{Body, escaped};
use super::edits::Edits;
use super::region::Layout;
use crate::config::apache::{Form, Item, Section};
use crate::model::Field;

/// Makes a hand-written `Location` what the answers say.
pub(super) fn location(work: &Work<'_>, section: &Section<'_>, body: &Body, edits: &mut Edits<'_>) {
    let layout = Layout::of(work);
    let mut adopter = Adopter { work, section, body, layout, edits };
    adopter.path();
    adopter.pass();
    adopter.directives();
    adopter.redirect();
    adopter.websocket();
    adopter.marks_for_logs();
}

/// Removes `ProxyPass /path/ …` and what goes with it; the region that is then written says the same and more.
pub(super) fn remove_path_form(work: &Work<'_>, section: &Section<'_>, edits: &mut Edits<'_>) {
    let bare = section.path.trim_end_matches('/');
    let is_its = |item: &&Item| {
        let path = item.first_argument().trim_end_matches('/');
        match item.name.as_str() {
            "proxypass" | "proxypassreverse" => path == bare || path == format!("{bare}/websocket-tunnel"),
            "proxypassreversecookiepath" => {
                item.arguments.get(1).is_some_and(|public| public.trim_end_matches('/') == bare)
            }
            _ => false,
        }
    };
    for item in work.host.item.children.iter().filter(is_its) {
        let span = work.loaded.file(item).tree.span(item.node);
        let why = "said again, and more, in the sections below";
        edits.replace(item.file, span, "", Field::PublicPath, why);
    }
}

struct Adopter<'a, 'b> {
    work: &'a Work<'a>,
    section: &'a Section<'a>,
    body: &'a Body,
    layout: Layout,
    edits: &'a mut Edits<'b>,
}

impl Adopter<'_, '_> {
    /// Replaces an argument, in quotes, where it differs.
    fn argument(&mut self, item: &Item, at: usize, wanted: &str, field: Field, why: &str) {
        if item.arguments.get(at).is_some_and(|own| own == wanted) {
            return;
        }
        if let Some(span) = self.work.loaded.argument_spans(item).and_then(|spans| spans.get(at).cloned()) {
            self.edits.replace(item.file, span, &format!("\"{wanted}\""), field, why);
        }
    }

    fn path(&mut self) {
        let (item, path) = (self.section.item, self.body.path.clone());
        self.argument(item, 0, &path, Field::PublicPath, "the public path");
    }

    fn pass(&mut self) {
        let (pass, url) = (self.section.pass, self.body.url.clone());
        self.argument(pass, 0, &url, Field::Host, "where Tomcat serves Guacamole");
        let missing: String = self
            .body
            .parameters()
            .into_iter()
            .filter(|wanted| {
                let key = wanted.split('=').next().unwrap_or_default();
                !pass.arguments.iter().any(|own| own.split('=').next() == Some(key))
            })
            .map(|parameter| format!(" {parameter}"))
            .collect();
        if !missing.is_empty() {
            let at = self.work.loaded.file(pass).tree.line(pass.node).content().end;
            let why = "mapping=servlet keeps /..;/ from climbing to Tomcat's other applications";
            self.edits.insert(pass.file, at, &missing, Field::PublicPath, why);
        }
    }

    /// Adds what the section lacks, before its closing tag.
    fn directives(&mut self) {
        let item = self.section.item;
        let mut missing = String::new();
        for wanted in self.body.directives() {
            if !self.has(&wanted) {
                missing.push_str(&format!(
                    "{}{}{wanted}{}",
                    self.layout.indent, self.layout.unit, self.layout.end
                ));
            }
        }
        if let Some(reverse) = item.named("proxypassreverse").next() {
            let url = self.body.url.clone();
            self.argument(reverse, 0, &url, Field::Host, "where Tomcat serves Guacamole");
        }
        if !missing.is_empty() {
            let file = self.work.loaded.file(item);
            let close = file.tree.nodes[item.node].section.as_ref().map_or(0, |inside| inside.close);
            let at = file.tree.lines[close].span.start;
            self.edits.insert(
                item.file,
                at,
                &missing,
                Field::PublicPath,
                "what Guacamole needs and the section lacks",
            );
        }
    }

    /// Whether a directive is there, in the section or around it, so far as one of its kind is enough.
    fn has(&self, wanted: &str) -> bool {
        let words: Vec<&str> =
            wanted.split('"').flat_map(|part| part.split(' ')).filter(|word| !word.is_empty()).collect();
        let name = words[0].to_ascii_lowercase();
        let around = self.section.item.children.iter().chain(&self.work.host.item.children);
        let mut own = around.filter(|item| item.name == name);
        match name.as_str() {
            "proxypassreverse" => self.section.item.named("proxypassreverse").next().is_some(),
            "proxypreservehost" => own.next().is_some(),
            "requestheader" => {
                own.any(|item| item.arguments.iter().any(|a| a.eq_ignore_ascii_case("X-Forwarded-Proto")))
            }
            "header" => {
                own.any(|item| item.arguments.get(1).is_some_and(|a| a.eq_ignore_ascii_case("Location")))
            }
            "proxypassreversecookiepath" => own.any(|item| item.arguments == words[1..]),
            _ => own.any(|item| item.arguments == words[1..]),
        }
    }

    /// The redirect for the path without its slash.
    fn redirect(&mut self) {
        let Some(redirect) = self.body.redirect() else { return };
        let bare = self.body.path.trim_end_matches('/');
        let is_there = self.work.host.item.children.iter().any(|item| {
            let leads = matches!(
                item.name.as_str(),
                "redirect" | "redirectmatch" | "redirectpermanent" | "rewriterule"
            );
            let pattern = |argument: &String| {
                let plain = argument.trim_start_matches('^').trim_end_matches('$').replace('\\', "");
                plain == bare || plain == format!("{bare}/?")
            };
            leads && item.arguments.iter().any(pattern)
        });
        if !is_there {
            let at = self.work.loaded.file(self.section.item).tree.span(self.section.item.node).start;
            let text = format!("{}{redirect}{}", self.layout.indent, self.layout.end);
            let why = "people who leave the last slash out arrive all the same";
            self.edits.insert(self.section.item.file, at, &text, Field::PublicPath, why);
        }
    }

    /// The WebSocket's section, after the general one.
    fn websocket(&mut self) {
        let general = self.section.item;
        let end = self.work.loaded.file(general).tree.span(general.node).end;
        if let Some(websocket) = self.section.websocket(self.work.loaded, self.work.host.item) {
            let span = self.work.loaded.file(websocket.item).tree.span(websocket.item.node);
            if websocket.form == Form::Location && websocket.item.file == general.file && span.start >= end {
                let (path, url) = (format!("{}websocket-tunnel", self.body.path), self.body.websocket_url());
                self.argument(websocket.item, 0, &path, Field::PublicPath, "the public path");
                self.argument(websocket.pass, 0, &url, Field::Host, "where Tomcat serves Guacamole");
                for reverse in websocket.item.named("proxypassreverse") {
                    self.argument(reverse, 0, &url, Field::Host, "where Tomcat serves Guacamole");
                }
                return;
            }
            let why = "of two sections that match the later one wins: the WebSocket's has to come last";
            self.edits.replace(websocket.item.file, span, "", Field::PublicPath, why);
        }
        let text = self.body.websocket(&self.layout.indent, &self.layout.unit, self.layout.end);
        let why = "without a section of its own the WebSocket is lost and sessions feel slow";
        self.edits.insert(general.file, end, &text, Field::PublicPath, why);
    }

    /// The lines that mark the tunnel's requests for the logs.
    fn marks_for_logs(&mut self) {
        let general = self.section.item;
        let end = self.work.loaded.file(general).tree.span(general.node).end;
        let tunnel = format!("{}tunnel", escaped(&self.body.path));
        let old_tunnel = format!("{}/tunnel", escaped(self.section.path.trim_end_matches('/')));
        let mut missing = String::new();
        for (variable, line) in self.body.variables.iter().zip(self.body.marks_for_logs()) {
            let sets_it = |item: &&Item| {
                item.name.starts_with("setenvif")
                    && item.first_argument().eq_ignore_ascii_case("Request_URI")
                    && item.arguments[1..].iter().skip(1).any(|own| own == variable)
            };
            let mut own = self.work.host.item.children.iter().filter(sets_it);
            let matches = |item: &&Item, tunnel: &str| {
                item.arguments
                    .get(1)
                    .is_some_and(|pattern| pattern.trim_start_matches('^').starts_with(tunnel))
            };
            if own.clone().any(|item| matches(&item, &tunnel)) {
                continue;
            }
            if let Some(item) = own.find(|item| matches(item, &old_tunnel)) {
                self.argument(item, 1, &format!("^{tunnel}$"), Field::LogTunnel, "the tunnel's new path");
                continue;
            }
            missing.push_str(&format!("{}{line}{}", self.layout.indent, self.layout.end));
        }
        if !missing.is_empty() {
            let why = "marks the tunnel's requests, so that the log leaves them out";
            self.edits.insert(general.file, end, &missing, Field::LogTunnel, why);
        }
    }
}
