//! A copy of Guacamole's sections under another path and with another backend.

use super::Work;
use super::edits::Edits;
use crate::config::apache::{Backend, Form, Item, Loaded, Section};
use crate::config::{Asked, Edit, Span, splice};
use crate::model::{Answers, ApacheFindings, Field, PublicPath, Server, Site, Step};
use crate::plan::PlanError;

const WHY: &str = "a copy that leads to a stand-in for Tomcat, to be taken out again";

/// Puts the copies beside the sections, in the sections' own order.
pub(in crate::plan) fn stand_in(
    answers: &Answers,
    apache: &ApacheFindings,
    (site, served_at): (&Site, &str),
    port: u16,
    path: &PublicPath,
) -> Result<Vec<Step>, PlanError> {
    let loaded = Loaded::of(apache);
    let missing = PlanError::NoSite { server: Server::Apache, wanted: None, sites: Vec::new() };
    let host = loaded.virtual_host_at(&site.file, site.offset).ok_or(missing)?;
    let work = Work { answers, apache, loaded: &loaded, site, host, asked: Asked::default() };
    let mut each = Section::each(&loaded, &work.host.children).into_iter();
    let Some(section) = each.find(|section| section.path == served_at) else {
        return Err(work.refused(
            work.host,
            "the section that serves Guacamole here stands outside of any virtual host, and a copy beside it would be open \
             at every site of this server",
            "move it into the virtual host it is meant for",
        ));
    };
    let tunnel = section.websocket(&loaded, work.host);
    let mut sections: Vec<&Section<'_>> = [&section].into_iter().chain(tunnel.as_ref()).collect();
    let span = |section: &Section<'_>| loaded.file(section.item).tree.span(section.item.node());
    if sections.iter().any(|other| other.item.file() != section.item.file()) {
        return Err(work.refused(
            section.item,
            "its sections stand in several files",
            "there is no copy without a guess",
        ));
    }
    // Their order decides which of them wins.
    sections.sort_by_key(|section| span(section).start);
    let mut text = Vec::new();
    for own in &sections {
        let copy = Copy { work: &work, from: section.path.trim_end_matches('/'), to: path.as_str(), port };
        text.extend(copy.text(own, span(own))?);
    }
    let places = sections.iter().map(|own| span(own));
    let at = match section.form {
        // A Location that is read later wins, and of lines with a path the first: so none of the copies is hidden.
        Form::Location => places.map(|span| span.end).max(),
        Form::Path => places.map(|span| span.start).min(),
    };
    let mut edits = Edits::new(&work);
    let text = String::from_utf8_lossy(&text);
    edits.insert(section.item.file(), at.unwrap_or_default(), &text, Field::PublicPath, WHY);
    edits.into_steps()
}

struct Copy<'a> {
    work: &'a Work<'a>,
    /// The public path without its last slash.
    from: &'a str,
    to: &'a str,
    port: u16,
}

impl Copy<'_> {
    fn text(&self, section: &Section<'_>, span: Span) -> Result<Vec<u8>, PlanError> {
        let Some(backend) = &section.backend else {
            let message = "where its ProxyPass leads cannot be told";
            return Err(self.work.refused(section.pass, message, "there is no copy without a guess"));
        };
        let path = section.path.strip_prefix(self.from).unwrap_or(&section.path);
        let path = format!("{}{path}", self.to.trim_end_matches('/'));
        let url = |backend: &Backend| format!("{}://127.0.0.1:{}{}", backend.scheme, self.port, backend.path);
        let mut words = match section.form {
            Form::Location => vec![(section.item, 0, path), (section.pass, 0, url(backend))],
            Form::Path => vec![(section.item, 0, path), (section.item, 1, url(backend))],
        };
        for reverse in section.item.named("proxypassreverse") {
            words
                .extend(Backend::parse(&reverse.first_argument()).map(|backend| (reverse, 0, url(&backend))));
        }
        let mut edits = Vec::new();
        for (item, at, text) in words {
            edits.push(self.word(item, at, &text, &span)?);
        }
        let bytes = &self.work.loaded.file(section.item).bytes[span];
        let (text, _) = splice(bytes, edits).expect("words of different lines do not overlap");
        Ok(text.to_vec())
    }

    fn word(&self, item: &Item, at: usize, text: &str, within: &Span) -> Result<Edit, PlanError> {
        let spans = self.work.loaded.argument_spans(item).unwrap_or_default();
        match spans.get(at).filter(|own| within.start <= own.start && own.end <= within.end) {
            Some(own) => {
                let span = own.start - within.start..own.end - within.start;
                Ok(Edit { span, text: format!("\"{text}\"").into_bytes(), field: None, why: String::new() })
            }
            None => {
                let message = "a variable or another file decides what this line says";
                Err(self.work.refused(item, message, "there is no copy without a guess"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::apache::tests::{answers, findings, image};

    /// What is put beside the sections, and what stands before it.
    fn copy(body: &str) -> (String, String) {
        let text = format!("<VirtualHost *:80>\n{body}</VirtualHost>\n");
        let found = findings(vec![image("/etc/apache2/m.conf", &text)]);
        let path = PublicPath::parse("/proof/").expect("a path");
        let answers = answers("/guacamole/", |_| {});
        let loaded = Loaded::of(&found);
        let own = Section::guacamole(&loaded, &loaded.items[0]).expect("it is there").path;
        let steps = stand_in(&answers, &found, (&found.sites[0], &own), 9, &path).expect("a copy");
        let [Step::File(change)] = steps.as_slice() else { panic!("one file is edited") };
        let [only] = change.changes.as_slice() else { panic!("one edit is made") };
        assert!(only.from.is_empty(), "nothing is taken away");
        let part = |range: std::ops::Range<usize>| String::from_utf8_lossy(&change.after[range]).into_owned();
        (part(0..only.to.start), part(only.to.clone()))
    }

    #[test]
    fn locations_are_copied_behind_the_later_one_in_their_own_order() {
        let tunnel = "<Location /guacamole/websocket-tunnel>\nProxyPass ws://h/guacamole/websocket-tunnel\n</Location>\n";
        let own = "<Location /guacamole/>\nProxyPass http://h:8080/guacamole/ mapping=servlet\nRequestHeader set A b\n</Location>\n";
        let copy_of_own = "<Location \"/proof/\">\nProxyPass \"http://127.0.0.1:9/guacamole/\" mapping=servlet\nRequestHeader set A b\n</Location>\n";
        let copy_of_tunnel = "<Location \"/proof/websocket-tunnel\">\nProxyPass \"ws://127.0.0.1:9/guacamole/websocket-tunnel\"\n</Location>\n";
        let (before, text) = copy(&format!("{own}{tunnel}"));
        assert_eq!(text, format!("{copy_of_own}{copy_of_tunnel}"));
        assert!(before.ends_with(tunnel), "{before}");
        let (_, text) = copy(&format!("{tunnel}{own}"));
        assert_eq!(text, format!("{copy_of_tunnel}{copy_of_own}"), "a wrong order stays wrong");
    }

    #[test]
    fn lines_with_a_path_are_copied_before_the_first() {
        let tunnel = "ProxyPass /guacamole/websocket-tunnel ws://h/guacamole/websocket-tunnel\n";
        let own = "ProxyPass /guacamole/ http://h/guacamole/ flushpackets=on\n";
        let (before, text) = copy(&format!("{tunnel}{own}"));
        assert_eq!(before, "<VirtualHost *:80>\n");
        assert_eq!(
            text,
            "ProxyPass \"/proof/websocket-tunnel\" \"ws://127.0.0.1:9/guacamole/websocket-tunnel\"\n\
             ProxyPass \"/proof/\" \"http://127.0.0.1:9/guacamole/\" flushpackets=on\n"
        );
    }
}
