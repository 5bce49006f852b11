//! Tomcat's server.xml: elements found by span, attributes edited in place, nothing else touched.
//!
//! Tomcat's Digester reads plain XML without namespaces and without validation; so does this. All spans are byte
//! ranges of [`Configuration::view`], the file as UTF-8; a [`Revision`] turns them into ranges of the file itself.

mod connector;
mod element;
mod internal_proxies;
mod layout;
mod outline;
mod proof;
mod revision;
mod syntax;
mod text;

pub use connector::{connector_kind, port};
pub use element::{Attribute, Element};
pub use internal_proxies::{Grammar, Meaning, meaning, to_grammar, trust_the_same};
pub use proof::{Difference, Intent, differs_only_in};
pub use revision::{Inserted, Revised, Revision};

use super::{LineIndex, Mark, Span, SyntaxError};
use crate::model::{Problem, TomcatFindings};
use roxmltree::{Document, Node};
use self_cell::self_cell;
use std::sync::Arc;
use text::Text;

/// The class of the valve that takes the client's address from a trusted proxy.
pub const REMOTE_IP_VALVE: &str = "org.apache.catalina.valves.RemoteIpValve";

/// What lets an access log name the client instead of the proxy.
pub const LOG_ATTRIBUTE: &str = "requestAttributesEnabled";

/// A server.xml that has been read.
#[derive(Debug)]
pub struct Configuration {
    parsed: Parsed,
    marks: Vec<Mark>,
    lines: LineIndex,
    /// The bytes it was read from.
    source: Arc<[u8]>,
}

self_cell! {
    /// The file's text and the parser's tree, which borrows from it.
    struct Parsed {
        owner: Text,
        #[covariant]
        dependent: Tree,
    }
    impl { Debug }
}

/// The parser's tree and the text that it was made of.
#[derive(Debug)]
struct Tree<'a> {
    view: &'a str,
    document: Document<'a>,
}

/// A `Service` with its one `Engine`.
#[derive(Clone, Copy, Debug)]
pub struct Service<'a> {
    /// The `Service` element.
    pub element: Element<'a>,
    /// Its `Engine`; Tomcat takes the last one where somebody wrote two.
    pub engine: Option<Element<'a>>,
}

impl<'a> Service<'a> {
    /// Its connectors, in file order.
    pub fn connectors(&self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        self.element.children_named("Connector")
    }

    /// The hosts of its engine, in file order.
    pub fn hosts(&self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        self.engine.into_iter().flat_map(|engine| engine.children_named("Host"))
    }

    /// The access logs of its engine and hosts.
    pub fn access_logs(&self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        let parents = self.engine.into_iter().chain(self.hosts());
        parents.flat_map(|parent| parent.children_named("Valve")).filter(|valve| valve.is_access_log())
    }

    /// Whether it keeps access logs, and each asks the valve before it for the client.
    ///
    /// # Source
    /// Tomcat's `AbstractAccessLogValve`: without the attribute a log says what the connection says, as the valve has put
    /// the original values back by then.
    pub fn logs_client(&self) -> bool {
        let mut logs = self.access_logs().peekable();
        logs.peek().is_some() && logs.all(Element::names_client)
    }

    /// The host that answers when no name matches: the first one with the name in the
    /// engine's `defaultHost`.
    pub fn default_host(&self) -> Option<Element<'a>> {
        let name = self.engine?.value("defaultHost");
        let mut named = self.hosts().filter(|host| match (host.value("name"), name) {
            (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
            _ => false,
        });
        named.next()
    }
}

impl Configuration {
    /// Reads a server.xml as Tomcat's parser does.
    ///
    /// # Errors
    /// Where it is no well-formed XML, where its encoding is not known, where it takes parts from other
    /// files, and where it has 4 GiB or more.
    pub fn read(bytes: impl Into<Arc<[u8]>>) -> Result<Self, SyntaxError> {
        let source = bytes.into();
        let parsed = Parsed::try_new(Text::decode(Arc::clone(&source))?, |text| {
            let view = text.view();
            SyntaxError::refuse_huge(view.as_bytes())?;
            syntax::parse(view, text).map(|document| Tree { view, document })
        })?;
        let Tree { view, document } = parsed.borrow_dependent();
        let comments = document.descendants().filter(Node::is_comment).map(|node| node.range());
        let marks = Mark::find(view.as_bytes(), comments);
        let lines = LineIndex::of(view.as_bytes());
        Ok(Self { parsed, marks, lines, source })
    }

    /// What was read of this server.xml by whoever found it, or is read now.
    ///
    /// # Errors
    /// Those of [`read`](Self::read), with the file and the place in it.
    pub fn of(tomcat: &TomcatFindings) -> Result<Arc<Self>, Problem> {
        let file = &tomcat.server_xml;
        match tomcat.memo.recall::<Self>().filter(|kept| kept.is_of(&file.bytes)) {
            Some(kept) => Ok(kept),
            None => match Self::read(Arc::clone(&file.bytes)) {
                Ok(read) => Ok(Arc::new(read)),
                Err(error) => Err(error.in_file(&file.path, &file.bytes)),
            },
        }
    }

    /// Whether it was read from these very bytes.
    pub fn is_of(&self, bytes: &Arc<[u8]>) -> bool {
        Arc::ptr_eq(&self.source, bytes)
    }

    /// The file as UTF-8; what all spans are ranges of.
    pub fn view(&self) -> &str {
        self.parsed.borrow_dependent().view
    }

    /// The root element, whatever its name.
    pub fn root(&self) -> Element<'_> {
        let Tree { view, document } = self.parsed.borrow_dependent();
        Element::new(document.root_element(), view)
    }

    /// The services of the server, in file order; none where the root is not `Server`.
    pub fn services(&self) -> impl Iterator<Item = Service<'_>> {
        let server = Some(self.root()).filter(|root| root.name() == "Server");
        server
            .into_iter()
            .flat_map(|server| server.children_named("Service"))
            .map(|element| Service { element, engine: element.children_named("Engine").last() })
    }

    /// The host of a service that has a name or an alias that is asked for.
    ///
    /// # Source
    /// Tomcat's `Mapper`: a name without regard to case, and `*.a.test` for any in that domain that none else has.
    pub fn host_called<'a>(&'a self, service: Service<'a>, asked: &[String]) -> Option<Element<'a>> {
        let text =
            |alias: Element<'a>| self.view()[alias.start_tag().end..alias.span().end].split('<').next();
        let names = |host: Element<'a>| -> Vec<&'a str> {
            let aliases = host.children_named("Alias").filter_map(text).map(str::trim);
            host.value("name").into_iter().chain(aliases).collect()
        };
        let has = |host: &Element<'a>, wanted: &str| {
            names(*host).iter().any(|own| own.eq_ignore_ascii_case(wanted))
        };
        let in_domain = |name: &String| name.split_once('.').map(|(_, domain)| format!("*.{domain}"));
        let exact = service.hosts().find(|host| asked.iter().any(|name| has(host, name)));
        let of_domain =
            || service.hosts().find(|host| asked.iter().filter_map(in_domain).any(|name| has(host, &name)));
        exact.or_else(of_domain)
    }

    /// The regions between guacfront's marks, in file order.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// Where a part of the text stands in the file's bytes.
    pub fn bytes_of(&self, span: &Span) -> Span {
        self.text().span(span)
    }

    /// The line of an element, 1-based.
    pub fn line(&self, element: Element<'_>) -> usize {
        self.line_at(element.span().start)
    }

    /// The line of a byte of the view, 1-based.
    pub fn line_at(&self, offset: usize) -> usize {
        self.lines.line(self.view().as_bytes(), offset)
    }

    fn text(&self) -> &Text {
        self.parsed.borrow_owner()
    }
}

impl Element<'_> {
    /// Whether this is a `Valve` of the class [`REMOTE_IP_VALVE`].
    pub fn is_remote_ip_valve(self) -> bool {
        self.name() == "Valve" && self.value("className") == Some(REMOTE_IP_VALVE)
    }

    /// Whether this is a `Valve` that lets in by the client's address or name.
    pub fn filters_addresses(self) -> bool {
        const FILTERS: [&str; 3] = [
            "org.apache.catalina.valves.RemoteAddrValve",
            "org.apache.catalina.valves.RemoteHostValve",
            "org.apache.catalina.valves.RemoteCIDRValve",
        ];
        self.value("className").is_some_and(|class| FILTERS.contains(&class))
    }

    /// Whether this is a `Valve` that writes an access log, Tomcat's own or one made after it.
    fn is_access_log(self) -> bool {
        self.value("className").is_some_and(|class| class.ends_with("AccessLogValve"))
    }

    /// Whether an access log asks the valve before it for the client.
    pub fn names_client(self) -> bool {
        self.value(LOG_ATTRIBUTE).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Configuration {
        Configuration::read(text.as_bytes()).expect("it is well-formed")
    }

    #[test]
    fn finds_elements_by_their_path() {
        let configuration = read(
            "<Server><!-- <Service name='no'/> --><Service name='a'><Connector port='1'/><Engine defaultHost='B'>\
             <Host name='a'/><Host name='b'/></Engine></Service><Service name='c'/><Host name='lost'/></Server>",
        );
        let services: Vec<_> = configuration.services().collect();
        assert_eq!(services.len(), 2);
        assert_eq!(services[0].hosts().count(), 2);
        assert_eq!(services[0].default_host().and_then(|host| host.value("name")), Some("b"));
        assert_eq!(services[0].connectors().count(), 1);
        assert!(services[1].engine.is_none());
    }

    #[test]
    fn a_host_is_found_by_its_name_its_aliases_and_its_domain() {
        let configuration = read(
            "<Server><Service><Engine><Host name='a'><Alias>*.c.test</Alias></Host><Host name='b'><Alias>\n B.test \
             </Alias><Alias>x.c.test</Alias></Host></Engine></Service></Server>",
        );
        let service = configuration.services().next().expect("there is one");
        for (asked, wanted) in [
            (&["A"][..], Some("a")),
            (&["b.TEST"], Some("b")),
            (&["y.c.test"], Some("a")),
            (&["x.c.test"], Some("b")),
            (&["y.x.c.test", "c.test"], None),
            (&["none", "b"], Some("b")),
        ] {
            let asked: Vec<String> = asked.iter().map(ToString::to_string).collect();
            let found = configuration.host_called(service, &asked).and_then(|host| host.value("name"));
            assert_eq!(found, wanted, "{asked:?}");
        }
    }

    #[test]
    fn takes_a_prefixed_name_for_another_name_as_the_digester_does() {
        let configuration = read("<t:Server xmlns:t='urn:x'><Service/></t:Server>");
        assert_eq!(configuration.services().count(), 0);
    }

    #[test]
    fn decodes_values_before_they_are_compared() {
        let configuration = read(
            "<!DOCTYPE Server [ <!ENTITY h 'b&#67;'> ]><Server><Service name='a&#104;&h;&amp;'/></Server>",
        );
        let service = configuration.services().next().expect("there is one");
        assert_eq!(service.element.value("name"), Some("ahbC&"));
    }
}
