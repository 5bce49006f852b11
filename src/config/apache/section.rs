//! What a virtual host proxies, and which of it is Guacamole.

mod balancer;
mod led;

pub use balancer::member_url;

use super::load::{Item, Loaded};
use crate::config::{Asked, Span};
use crate::model::{ContextPath, Host, Port};
use balancer::{Reached, is_balancer};
use std::borrow::Cow;
use std::cmp::Reverse;

/// The likeness from which on it is Guacamole and nothing else: its name, or guacfront's marks.
const SURE: u8 = 2;

/// Where a `ProxyPass` sends requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backend {
    /// `http`, `https`, `ws`, …
    pub scheme: String,
    /// The host.
    pub host: Host,
    /// The port.
    pub port: Port,
    /// The path, as written.
    pub path: String,
    /// Whether it is reached by a socket of this machine's file system, and the host is a name for it alone.
    pub is_socket: bool,
}

/// How a path is proxied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `<Location /path/>` with a `ProxyPass` of one argument in it.
    Location,
    /// `ProxyPass /path/ http://…`.
    Path,
}

/// A path that a virtual host proxies.
#[derive(Clone, Debug)]
pub struct Section<'a> {
    /// How.
    pub form: Form,
    /// The `Location` section, or the `ProxyPass` itself.
    pub item: &'a Item,
    /// The `ProxyPass`.
    pub pass: &'a Item,
    /// The public path as written.
    pub path: String,
    /// Where it goes, a balancer's member for the balancer; `None` where that cannot be told, as with `!`.
    pub backend: Option<Backend>,
    /// Whether it stands between guacfront's marks.
    pub marked: bool,
    /// The member that the balancer it goes to takes first, where it goes to one.
    pub member: Option<&'a Item>,
    /// The members among which that balancer shares new sessions, that one included.
    pub sharing: Vec<&'a Item>,
    /// Whether the path is that which a regular expression begins with.
    pub by_pattern: bool,
}

impl Backend {
    /// Reads the URL of a `ProxyPass`; `None` where it names no server, as a balancer's does.
    ///
    /// # Shape
    /// `scheme://host:port/path`, or `unix:/path/of/socket|scheme://host/path`.
    pub fn parse(url: &str) -> Option<Self> {
        let (is_socket, url) = match url.strip_prefix("unix:") {
            Some(socket) => (true, socket.split_once('|')?.1),
            None => (false, url),
        };
        let (scheme, rest) = url.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        if !["http", "https", "ws", "wss", "ajp"].contains(&scheme.as_str()) {
            return None;
        }
        let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Port::parse(port).ok()?),
            _ => (
                authority,
                Port::new(match scheme.as_str() {
                    "https" | "wss" => 443,
                    "ajp" => 8009,
                    _ => 80,
                })?,
            ),
        };
        Some(Self { scheme, host: Host::parse(host).ok()?, port, path: path.to_owned(), is_socket })
    }

    /// Whether plain HTTP is spoken to a host and port there, or a WebSocket that begins with it.
    pub fn is_plain(&self) -> bool {
        !self.is_socket && matches!(self.scheme.as_str(), "http" | "ws")
    }

    /// Its path as a context path.
    pub fn context(&self) -> Option<ContextPath> {
        ContextPath::parse(&self.path).ok()
    }
}

impl<'a> Section<'a> {
    /// Every path that a virtual host proxies, in reading order.
    pub fn all(loaded: &'a Loaded, host: &'a Item) -> Vec<Self> {
        Self::among(loaded, &host.children)
    }

    /// Every path that these directives and sections proxy, in reading order.
    pub fn among(loaded: &'a Loaded, items: &'a [Item]) -> Vec<Self> {
        items.iter().filter_map(|item| Self::read(loaded, items, item)).collect()
    }

    /// Reads a directive or section that stands among others.
    fn read(loaded: &'a Loaded, around: &'a [Item], item: &'a Item) -> Option<Self> {
        let (form, pass) = match item.name.as_str() {
            "location" => (Form::Location, item.named("proxypass").last()?),
            "proxypass" => (Form::Path, item),
            _ => return None,
        };
        let (path, url) = match (form, item.arguments().as_slice()) {
            // With a tilde the argument is a regular expression.
            (Form::Location, [path]) => (path.to_string(), pass.first_argument()),
            (Form::Path, [path, url, ..]) => (path.to_string(), url.clone()),
            _ => return None,
        };
        let marked = loaded.mark(item).is_some();
        let Reached { backend, member, sharing } = Reached::by(loaded, around, &url);
        Some(Self { form, item, pass, path, backend, marked, member, sharing, by_pattern: false })
    }

    /// Whether it carries the WebSocket tunnel alone.
    pub fn is_websocket(&self) -> bool {
        self.path.trim_end_matches('/').ends_with("/websocket-tunnel")
            || self.backend.as_ref().is_some_and(|backend| matches!(backend.scheme.as_str(), "ws" | "wss"))
    }

    /// Guacamole's own: between marks, else told by what nothing but Guacamole has.
    pub fn guacamole(loaded: &'a Loaded, host: &'a Item) -> Option<Self> {
        Self::each(loaded, &host.children).into_iter().next()
    }

    /// Every one that serves a Guacamole of its own, the surest first.
    pub fn each(loaded: &'a Loaded, items: &'a [Item]) -> Vec<Self> {
        let mut each: Vec<Self> = Vec::new();
        for section in Self::likely(loaded, items) {
            if section.marked || !each.iter().any(|own| own.holds(&section)) {
                each.push(section);
            }
        }
        each
    }

    /// Whether the other one's path is this one's or below it; what stands below the root may be anything.
    fn holds(&self, other: &Self) -> bool {
        let own = self.path.trim_end_matches('/');
        let rest = other.path.strip_prefix(own);
        rest.is_some_and(|rest| {
            rest.trim_end_matches('/').is_empty() || (!own.is_empty() && rest.starts_with('/'))
        })
    }

    /// Those that are Guacamole's for sure, the surest first, else those that are as much like it as any other.
    fn likely(loaded: &'a Loaded, items: &'a [Item]) -> Vec<Self> {
        let all = Self::among(loaded, items);
        let has_tunnel = |path: &str| all.iter().any(|section| section.is_tunnel_of(path));
        let likeness = |section: &Self| match &section.backend {
            _ if section.is_websocket() => 0,
            _ if section.marked => 3,
            None if section.url() == "!" => 0,
            // What lies below Guacamole's path may be another application's.
            _ if is_called_so(&section.path) => 2,
            Some(backend) if named(&backend.path) => 2,
            Some(_) if has_tunnel(&section.path) || section.asked_comment(loaded).is_some() => 1,
            _ => 0,
        };
        let likenesses: Vec<u8> = all.iter().map(likeness).collect();
        let least = likenesses.iter().copied().max().unwrap_or(0).clamp(1, SURE);
        let mut likely: Vec<(u8, Self)> =
            likenesses.into_iter().zip(all).filter(|(likeness, _)| *likeness >= least).collect();
        // The sort is stable: of equals the first in the file stays first.
        likely.sort_by_key(|(likeness, _)| Reverse(*likeness));
        likely.into_iter().map(|(_, section)| section).collect()
    }

    /// Whether it is the WebSocket tunnel below a public path.
    fn is_tunnel_of(&self, path: &str) -> bool {
        let own = self.path.trim_end_matches('/').strip_suffix("/websocket-tunnel");
        own == Some(path.trim_end_matches('/'))
    }

    /// The section of the WebSocket tunnel that belongs to this one.
    pub fn websocket(&self, loaded: &'a Loaded, host: &'a Item) -> Option<Self> {
        self.websocket_among(loaded, &host.children)
    }

    /// The section of the WebSocket tunnel that belongs to this one, among these directives and sections.
    pub fn websocket_among(&self, loaded: &'a Loaded, items: &'a [Item]) -> Option<Self> {
        Self::websockets_among(loaded, items, &self.path).into_iter().next()
    }

    /// Every section of the WebSocket tunnel below a public path, among these directives and sections.
    pub fn websockets_among(loaded: &'a Loaded, items: &'a [Item], path: &str) -> Vec<Self> {
        Self::among(loaded, items).into_iter().filter(|section| section.is_tunnel_of(path)).collect()
    }

    /// What was asked for when it was written and stands in no directive of it.
    pub fn asked(&self, loaded: &Loaded) -> Asked {
        match loaded.mark(self.item) {
            Some(mark) => Asked::of_mark(&loaded.file(self.item).bytes, mark),
            None => self.asked_comment(loaded).map(|(asked, _)| asked).unwrap_or_default(),
        }
    }

    /// The comment in a section written by hand that keeps what was asked for, and its line.
    pub fn asked_comment(&self, loaded: &Loaded) -> Option<(Asked, Span)> {
        let file = loaded.file(self.item);
        let lines = match self.form {
            Form::Location => file.tree.section_lines(self.item.node()),
            Form::Path => return None,
        };
        file.tree.lines.range(lines).filter(|line| line.is_comment()).find_map(|line| {
            let asked = Asked::of_comment(&String::from_utf8_lossy(line.text()))?;
            Some((asked, line.span()))
        })
    }

    /// The directives that stand in it; a line has none.
    pub fn inner(&self) -> &'a [Item] {
        &self.item.children
    }

    /// Whether Tomcat is told the name that the browser asked for: the innermost word counts, and of two the later.
    pub fn preserves_host(&self, loaded: &Loaded, host: &Item) -> Option<bool> {
        let levels: [&[Item]; 3] = [self.inner(), &host.children, &loaded.items];
        let said = Item::in_force(levels, "proxypreservehost");
        said.map(|item| item.first_argument().eq_ignore_ascii_case("on"))
    }

    /// The URL as written.
    pub fn url(&self) -> Cow<'a, str> {
        let at = match self.form {
            Form::Location => 0,
            Form::Path => 1,
        };
        self.pass.arguments().into_iter().nth(at).unwrap_or_default()
    }

    /// Whether it goes to a balancer, whose parameters are others than those of a server.
    pub fn goes_to_balancer(&self) -> bool {
        is_balancer(&self.url())
    }

    /// The value of a parameter, whose name httpd reads in any case.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let value = |own: &Cow<'_, str>| {
            let (key, value) = own.split_once('=')?;
            key.eq_ignore_ascii_case(name).then(|| value.to_owned())
        };
        let of_member = || self.member.and_then(|member| member.arguments().iter().find_map(value));
        self.parameters().iter().find_map(value).or_else(of_member)
    }

    /// Of these, the one before it whose worker it shares, so that its own `upgrade` is dropped.
    ///
    /// # Source
    /// `mod_proxy`, Worker Sharing: a URL that begins with an earlier one has the earlier one's worker and parameters.
    pub fn upgrade_dropped_by<'b>(&self, among: &'b [Self]) -> Option<&'b Self> {
        self.parameter("upgrade")?;
        let own = self.url();
        among.iter().take_while(|other| !other.item.is(self.item)).find(|other| {
            let url = other.url();
            !url.is_empty() && own.starts_with(&*url) && other.parameter("upgrade").is_none()
        })
    }

    /// The `ProxyPass`'s parameters, `key=value` and `nocanon`.
    pub fn parameters(&self) -> Vec<Cow<'a, str>> {
        let before = match self.form {
            Form::Location => 1,
            Form::Path => 2,
        };
        self.pass.arguments().into_iter().skip(before).collect()
    }
}

fn named(path: &str) -> bool {
    path.split('/').any(is_name)
}

/// Whether a path ends in Guacamole's name.
fn is_called_so(path: &str) -> bool {
    path.trim_end_matches('/').rsplit('/').next().is_some_and(is_name)
}

fn is_name(part: &str) -> bool {
    part == "guac" || part.starts_with("guacamole")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_come_apart() {
        let backend = Backend::parse("http://[::1]:8080/guacamole/").expect("a URL");
        assert_eq!(
            (backend.host.to_string(), backend.port.number(), backend.path.as_str()),
            ("::1".into(), 8080, "/guacamole/")
        );
        assert_eq!(Backend::parse("ws://h/x").map(|b| b.port.number()), Some(80));
        assert_eq!(
            Backend::parse("AJP://h/x").map(|b| (b.scheme, b.port.number())),
            Some(("ajp".into(), 8009))
        );
        for url in ["!", "balancer://guac/guacamole/"] {
            assert_eq!(Backend::parse(url), None, "{url}");
        }
        let socket = Backend::parse("unix:/run/t.sock|http://localhost/guacamole/").expect("a socket");
        assert!(socket.is_socket && !socket.is_plain() && socket.path == "/guacamole/", "{socket:?}");
    }
}
