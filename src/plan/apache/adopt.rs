//! Sections that somebody wrote by hand: edited in place, everything else in them kept.

use super::Work;
use super::body::{Body, escaped};
use super::edits::{Edits, argument};
use super::layout::{Layout, indent_in};
use super::logs::later_setter;
use super::parameters;
use super::region::closing_line;
use super::websocket;
use crate::config::apache::{Item, Section};
use crate::model::Field;
use crate::plan::PlanError;
use std::borrow::Cow;

/// Makes a hand-written `Location` what the answers say.
pub(super) fn location(
    work: &Work<'_>,
    section: &Section<'_>,
    items: &'_ [Item],
    body: &Body,
    edits: &mut Edits<'_>,
) -> Result<(), PlanError> {
    let layout = Layout::beside(work, section.item);
    let old = Body::written_for(section, body);
    let mut adopter = Adopter { work, section, items, body, old, layout, edits, said: Vec::new() };
    adopter.path()?;
    adopter.pass()?;
    adopter.earlier()?;
    adopter.directives()?;
    adopter.redirect();
    websocket::adopt(work, section, items, body, &adopter.layout.clone(), adopter.edits)?;
    adopter.marks_for_logs()
}

struct Adopter<'a, 'e, 'l> {
    work: &'a Work<'a>,
    section: &'a Section<'a>,
    /// What the section stands among.
    items: &'a [Item],
    body: &'a Body,
    /// What guacfront or the manual would have written for the section as it is.
    old: Option<Body>,
    layout: Layout,
    edits: &'e mut Edits<'l>,
    /// Directives wanted that an edit in place makes.
    said: Vec<String>,
}

impl Adopter<'_, '_, '_> {
    fn argument(
        &mut self,
        item: &Item,
        at: usize,
        wanted: &str,
        field: Field,
        why: &str,
    ) -> Result<(), PlanError> {
        if let Some(edit) = argument(self.work, item, at, wanted, (field, why))? {
            self.edits.push(item.file(), edit);
        }
        Ok(())
    }

    fn path(&mut self) -> Result<(), PlanError> {
        self.argument(self.section.item, 0, &self.body.path.clone(), Field::PublicPath, "the public path")
    }

    fn pass(&mut self) -> Result<(), PlanError> {
        let pass = self.section.pass;
        self.argument(pass, 0, &self.body.url.clone(), Field::Host, "where Tomcat serves Guacamole")?;
        let theirs = parameters::without_balancer(self.work, self.section)?;
        for edit in parameters::changes(self.work, self.section, self.body)?.into_iter().chain(theirs) {
            self.edits.push(pass.file(), edit);
        }
        let key = |parameter: &str| parameter.split('=').next().unwrap_or_default().to_ascii_lowercase();
        let is_missing = |wanted: &String| {
            let is_said = self.section.parameters().iter().any(|own| key(own) == key(wanted));
            !is_said && !parameters::is_decided(wanted, self.body)
        };
        let missing: Vec<String> = self.body.parameters().into_iter().filter(is_missing).collect();
        if !missing.is_empty() {
            let why = "mapping=servlet keeps /..;/ from climbing to Tomcat's other applications";
            self.edits.append(pass, &missing.join(" "), Field::PublicPath, why);
        }
        Ok(())
    }

    /// Directives that were right for the earlier answers become those for the new ones, or go.
    fn earlier(&mut self) -> Result<(), PlanError> {
        let Some(old) = self.old.take() else { return Ok(()) };
        let header = |body: &Body| body.location_header().into_iter().collect::<Vec<_>>();
        for (old, new) in [(old.cookie_paths(), self.body.cookie_paths()), (header(&old), header(self.body))]
        {
            for (at, old) in old.iter().enumerate() {
                let Some(item) = self.section.item.children.iter().find(|item| says(item, old)) else {
                    continue;
                };
                self.becomes(item, new.get(at))?;
            }
        }
        old.redirect().map_or(Ok(()), |old| self.earlier_redirect(&old))
    }

    /// The redirect of the earlier path, which may stand in a section of its own.
    fn earlier_redirect(&mut self, old: &str) -> Result<(), PlanError> {
        let redirect = self.body.redirect();
        let in_section =
            |item: &Item| item.name == "location" && matches!(&*item.children, [only] if says(only, old));
        let is_it =
            |item: &&Item| self.work.loaded.mark(item).is_none() && (says(item, old) || in_section(item));
        // Where the path is taken before, one outside of sections leads nowhere.
        let is_taken = self.body.is_bare_taken();
        let found = self.work.around().filter(is_it).find(|item| !is_taken || in_section(item));
        if redirect.as_deref() != Some(old) {
            let others = self.items.iter().filter(is_it);
            for other in others.filter(|other| found.is_none_or(|found| !std::ptr::eq(found, *other))) {
                self.edits.remove(other, Field::PublicPath, "it was for the earlier path");
            }
        }
        match (found, redirect.zip(self.body.bare.clone())) {
            (Some(item), Some((redirect, bare))) if item.name == "location" => {
                self.argument(item, 0, &bare, Field::PublicPath, "for the new path")?;
                self.becomes(&item.children[0], Some(&redirect))
            }
            (Some(item), wanted) => self.becomes(item, wanted.map(|(redirect, _)| redirect).as_ref()),
            (None, _) => Ok(()),
        }
    }

    fn becomes(&mut self, item: &Item, wanted: Option<&String>) -> Result<(), PlanError> {
        let Some(wanted) = wanted else {
            self.edits.remove(item, Field::PublicPath, "it was for the earlier path");
            return Ok(());
        };
        for (at, word) in words(wanted).into_iter().skip(1).enumerate() {
            self.argument(item, at, word, Field::PublicPath, "for the new path")?;
        }
        self.said.push(wanted.clone());
        Ok(())
    }

    /// Adds what the section lacks, before its closing tag.
    fn directives(&mut self) -> Result<(), PlanError> {
        let item = self.section.item;
        let mut missing: Vec<String> = Vec::new();
        self.own_words()?;
        for wanted in self.body.directives() {
            if !self.said.contains(&wanted) && !self.has(&wanted) {
                missing.push(wanted);
            }
        }
        for reverse in item.named("proxypassreverse").take(1) {
            self.argument(reverse, 0, &self.body.url.clone(), Field::Host, "where Tomcat serves Guacamole")?;
        }
        let kept = self.section.asked_comment(self.work.loaded);
        let asked = self.work.asked;
        if kept.as_ref().map(|(own, _)| *own).unwrap_or_default() != asked {
            if let Some((_, span)) = kept {
                self.edits.replace(item.file(), span, "", Field::MaxUpload, "it was asked for earlier");
            }
            if !asked.is_empty() {
                missing.push(asked.comment());
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let indent = indent_in(self.work, item, &self.layout);
        let end = self.layout.end;
        let text: String = missing.iter().map(|wanted| format!("{indent}{wanted}{end}")).collect();
        let file = self.work.loaded.file(item);
        let at = file.tree.lines.line(closing_line(file, item)).span().start;
        let why = "what Guacamole needs and the section lacks";
        self.edits.insert(item.file(), at, &text, Field::PublicPath, why);
        Ok(())
    }

    /// Its own words for which name Tomcat is told, and for what is not to hold for Guacamole, become those wanted.
    fn own_words(&mut self) -> Result<(), PlanError> {
        let preserve = format!("ProxyPreserveHost {}", self.body.preserve_host);
        let around = self.body.directives().into_iter().filter(|wanted| is_of_section(wanted));
        for wanted in around.chain([preserve]).collect::<Vec<_>>() {
            let Some((name, word)) = wanted.split_once(' ') else { continue };
            let name = name.to_ascii_lowercase();
            let Some(own) = self.section.item.named(&name).last() else { continue };
            if !own.first_argument().eq_ignore_ascii_case(word) {
                let (field, why) = match name.as_str() {
                    "proxypreservehost" => (Field::PassHost, "which name Tomcat is told"),
                    _ => (Field::PublicPath, "what holds for the site does not do for Guacamole"),
                };
                self.argument(own, 0, word, field, why)?;
            }
            if name != "proxypreservehost" || !own.first_argument().eq_ignore_ascii_case(word) {
                self.said.push(wanted.clone());
            }
        }
        Ok(())
    }

    /// Whether a directive is there, in the section or around it, so far as one of its kind is enough.
    fn has(&self, wanted: &str) -> bool {
        let words = words(wanted);
        let own = self.section.item.children.iter();
        let mut around =
            own.chain(self.work.around()).filter(|item| item.name.eq_ignore_ascii_case(words[0]));
        let names =
            |item: &Item, header: &str| item.arguments().iter().any(|a| a.eq_ignore_ascii_case(header));
        match words[0] {
            _ if is_of_section(wanted) => false,
            "ProxyPassReverse" => self.section.item.named("proxypassreverse").next().is_some(),
            "ProxyPreserveHost" => {
                let said = self.section.preserves_host(self.work.loaded, self.work.host);
                said == Some(words[1] == "On")
            }
            "RequestHeader" => around.any(|item| names(item, "X-Forwarded-Proto")),
            "Header" => around.any(|item| names(item, "Location")),
            // One outside of sections comes after what is proxied.
            "RedirectMatch" => self.section.item.children.iter().any(|item| says(item, wanted)),
            _ => around.any(|item| item.arguments() == words[1..]),
        }
    }

    /// The redirect for the path without its slash.
    fn redirect(&mut self) {
        let Some(redirect) = self.body.redirect() else { return };
        let bare = self.body.path.trim_end_matches('/');
        // Where the path is taken before, only what comes before that leads anywhere.
        let is_taken = self.body.is_bare_taken();
        let in_section = |item: &Item| {
            item.name == "location"
                && item.first_argument() == bare
                && item.children.iter().any(|child| child.name.starts_with("redirect"))
        };
        let is_there = self.said.contains(&redirect)
            || self.work.around().any(in_section)
            || self.work.around().any(|item| {
                let leads = item.name.starts_with("redirect") && !is_taken || item.name == "rewriterule";
                let pattern = |argument: &Cow<'_, str>| {
                    let plain = argument.trim_start_matches('^').trim_end_matches('$').replace('\\', "");
                    plain == bare || plain == format!("{bare}/?")
                };
                leads && item.arguments().iter().any(pattern)
            });
        if !is_there {
            let at = self.work.loaded.file(self.section.item).tree.span(self.section.item.node()).start;
            let text: String = self
                .body
                .redirect_lines()
                .iter()
                .map(|(depth, line)| {
                    format!(
                        "{}{}{line}{}",
                        self.layout.indent,
                        self.layout.unit.repeat(*depth),
                        self.layout.end
                    )
                })
                .collect();
            let why = "people who leave the last slash out arrive all the same";
            self.edits.insert(self.section.item.file(), at, &text, Field::PublicPath, why);
        }
    }

    /// The lines that mark the tunnel's requests for the logs.
    fn marks_for_logs(&mut self) -> Result<(), PlanError> {
        let tunnel = format!("{}tunnel", escaped(&self.body.path));
        let old_tunnel = format!("{}/tunnel", escaped(self.section.path.trim_end_matches('/')));
        for (variable, line) in self.body.variables.iter().zip(self.body.marks_for_logs()) {
            let sets_it = |item: &&Item| {
                item.name.starts_with("setenvif")
                    && item.first_argument().eq_ignore_ascii_case("Request_URI")
                    && item.arguments().iter().skip(2).any(|own| own == variable)
            };
            let own: Vec<&Item> = self.work.around().filter(sets_it).collect();
            let matches = |item: &Item, tunnel: &str| {
                let arguments = item.arguments();
                arguments.get(1).is_some_and(|own| own.trim_start_matches('^').starts_with(tunnel))
            };
            if own.iter().any(|item| matches(item, &tunnel)) {
                continue;
            }
            let why = "marks the tunnel's requests, so that the log leaves them out";
            if let Some(item) = own.into_iter().find(|item| matches(item, &old_tunnel)) {
                self.argument(item, 1, &format!("^{tunnel}$"), Field::LogTunnel, why)?;
                continue;
            }
            let general = self.section.item;
            let after = later_setter(self.work, general, self.items, variable).unwrap_or(general);
            let layout = Layout::beside(self.work, after);
            let end = self.work.loaded.file(after).tree.span(after.node()).end;
            self.edits.insert(
                after.file(),
                end,
                &format!("{}{line}{}", layout.indent, layout.end),
                Field::LogTunnel,
                why,
            );
        }
        Ok(())
    }
}

/// Whether a directive does what it is for in the section alone.
fn is_of_section(wanted: &str) -> bool {
    ["ProxyAddHeaders ", "ProxyErrorOverride "].iter().any(|name| wanted.starts_with(name))
}

/// Whether an item is this directive with these arguments.
fn says(item: &Item, directive: &str) -> bool {
    let words = words(directive);
    item.name.eq_ignore_ascii_case(words[0]) && item.arguments() == words[1..]
}

/// The words of a directive as guacfront writes it: quotes hold no blanks and no quotes.
fn words(directive: &str) -> Vec<&str> {
    directive.split(' ').map(|word| word.trim_matches('"')).collect()
}
