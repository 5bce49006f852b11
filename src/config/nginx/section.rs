//! Locations that hand requests to a backend, and which of them is Guacamole's.

mod led;

use super::load::{Loaded, Placed};
use super::location::{Location, Modifier};
use super::server::ServerBlock;
use super::tree::{Directive, Word};
use crate::config::{Asked, Mark};
use std::net::IpAddr;

/// Where a `proxy_pass` sends requests, variables and upstreams resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Whether it speaks TLS to the backend.
    pub tls: bool,
    /// The host, an IPv6 address without its brackets; `unix:` and a path where it is a socket.
    pub host: String,
    /// The port; 0 of a socket.
    pub port: u16,
    /// The URI part, which replaces the location's prefix; without one the request is handed on as it came.
    pub uri: Option<String>,
}

/// The likeness from which on it is Guacamole and nothing else: its name, or guacfront's marks.
const SURE: u8 = 3;

/// A prefix location that proxies.
#[derive(Clone, Debug)]
pub struct Section<'a> {
    /// The location.
    pub location: Location<'a>,
    /// What stands in it, includes followed.
    pub children: Vec<Placed<'a>>,
    /// Where it sends requests, where that can be told.
    pub target: Option<Target>,
    /// Whether the host or upstream that it names is called after Guacamole.
    pub named: bool,
    /// Whether it hands on the whole of a Tomcat, of which Guacamole is a part.
    pub whole: bool,
    /// The marks around it, where guacfront wrote it.
    pub mark: Option<&'a Mark>,
}

impl<'a> Section<'a> {
    /// Reads a location of a server block; `None` where it does not proxy, or not by prefix.
    pub fn read(loaded: &'a Loaded, server: &ServerBlock<'a>, placed: Placed<'a>) -> Option<Self> {
        let location = Location::read(placed).filter(Location::is_prefix)?;
        let children = loaded.children(placed);
        let pass = children.iter().find(|p| p.directive.is("proxy_pass"))?;
        let target = resolve(&pass.directive.first_argument(), &[&children, &server.children])
            .and_then(|url| Target::parse(&url));
        let named = target.as_ref().is_some_and(|target| target.host.contains("guac"));
        let target = target.map(|target| target.through_upstream(loaded, &server.http));
        let span = placed.directive.span();
        let mark = loaded.files[placed.file]
            .marks
            .iter()
            .find(|mark| mark.body.start <= span.start && span.end <= mark.body.end);
        Some(Self { location, children, target, named, whole: false, mark })
    }

    /// The location of a server block that serves Guacamole: the one between marks, else the likeliest.
    pub fn find(loaded: &'a Loaded, server: &ServerBlock<'a>) -> Option<Self> {
        Self::each(loaded, server).into_iter().next()
    }

    /// Every location of a server block that serves a Guacamole of its own, the surest first.
    ///
    /// Only what nothing but Guacamole has is taken for a sign: its name in the path or the backend's, its
    /// WebSocket tunnel, or the very lines of its manual or of guacfront. A
    /// backend on port 8080 is many another program too.
    pub fn each(loaded: &'a Loaded, server: &ServerBlock<'a>) -> Vec<Self> {
        let mut found: Vec<(u8, Self)> = server
            .children
            .iter()
            .filter_map(|&placed| Self::read(loaded, server, placed))
            .filter_map(|section| section.likeness(server).map(|likeness| (likeness, section)))
            .collect();
        // The sort is stable: of equals the first in the file stays first.
        found.sort_by_key(|(likeness, section)| (std::cmp::Reverse(*likeness), section.location.uri.len()));
        // Beside one that is sure, what is merely like it is another program.
        let least = found.first().map_or(SURE, |(best, _)| (*best).min(SURE));
        let mut each: Vec<Self> = Vec::new();
        for (likeness, section) in found {
            let is_part = section.mark.is_none() && each.iter().any(|own| own.holds(&section));
            if likeness >= least && !is_part {
                each.push(section);
            }
        }
        each
    }

    /// Whether the other one's path is this one's or below it; what stands below the root may be anything.
    fn holds(&self, other: &Self) -> bool {
        let own = self.location.uri.trim_end_matches('/');
        let rest = other.location.uri.strip_prefix(own);
        rest.is_some_and(|rest| {
            rest.trim_end_matches('/').is_empty() || (!own.is_empty() && rest.starts_with('/'))
        })
    }

    /// The path that the backend sees for the location's own: `None` where a `rewrite` or an unknown target hides it.
    pub fn context(&self) -> Option<&str> {
        let target = self.target.as_ref()?;
        let rewritten = self.children.iter().any(|p| p.directive.is("rewrite"));
        (!rewritten).then(|| target.uri.as_deref().unwrap_or(&self.location.uri))
    }

    /// Whether the HTTP tunnel's requests go into the access log; `None` where a condition decides.
    pub fn logs_tunnel(&self) -> Option<bool> {
        if self.tunnel_log_guard().is_some() {
            return Some(false);
        }
        let logs: Vec<_> = self.children.iter().filter(|p| p.directive.is("access_log")).collect();
        match logs.as_slice() {
            [only] if only.directive.first_argument() == "off" => Some(false),
            logs => {
                let conditional =
                    logs.iter().flat_map(|p| p.directive.arguments()).any(|w| w.value().starts_with(b"if="));
                (!conditional).then_some(true)
            }
        }
    }

    /// The `if ($uri = …) { access_log off; }` that keeps the HTTP tunnel's requests out of the access log.
    pub fn tunnel_log_guard(&self) -> Option<Placed<'a>> {
        self.children.iter().copied().find(|placed| {
            let directive = placed.directive;
            let condition =
                directive.exactly().is_some_and(|[name, equals, _]| name.is("($uri") && equals.is("="));
            let off = |child: Directive<'_>| child.is("access_log") && child.first_argument() == "off";
            directive.is("if")
                && condition
                && directive.children().count() == 1
                && directive.children().all(off)
        })
    }

    /// Whether a path parameter that climbs, `/..;`, is refused, which nobody but guacfront is known to do.
    pub fn refuses_climbing(&self) -> bool {
        refuse_climbing(&self.children)
    }

    /// What was asked for when it was written and stands in no directive of it.
    pub fn asked(&self, loaded: &Loaded) -> Asked {
        let file = &loaded.files[self.location.placed.file];
        match self.mark {
            Some(mark) => Asked::of_mark(&file.bytes, mark),
            None => self.location.asked_comment(loaded).map(|(asked, _)| asked).unwrap_or_default(),
        }
    }

    /// The first directive of this name.
    pub fn directive(&self, name: &str) -> Option<Placed<'a>> {
        self.children.iter().copied().find(|p| p.directive.is(name))
    }

    /// How sure it is that this is Guacamole; `None`: nothing speaks for it.
    pub fn likeness(&self, server: &ServerBlock<'_>) -> Option<u8> {
        let uri = self.location.uri.trim_end_matches('/');
        if self.mark.is_some() {
            return Some(4);
        }
        // The tunnels' own locations are parts of a set-up, not the set-up.
        if uri.ends_with("/tunnel") || uri.ends_with("/websocket-tunnel") {
            return None;
        }
        if has_segment(uri, |s| s == "guacamole" || s == "guac") {
            return Some(3);
        }
        if let Some(target) = &self.target {
            let path = target.uri.as_deref().unwrap_or_default();
            if has_segment(path, |s| s.starts_with("guacamole")) || self.named || target.host.contains("guac")
            {
                return Some(3);
            }
        }
        let tunnel = format!("{uri}/websocket-tunnel");
        let beside = server.children.iter().chain(&self.children).copied();
        if beside.filter_map(Location::read).any(|l| l.modifier != Modifier::Regex && l.uri == tunnel) {
            return Some(2);
        }
        let is_manual_s = self.header("Connection").as_deref() == Some("$http_connection");
        ((is_manual_s || self.refuses_climbing()) && self.sets("proxy_buffering", "off")).then_some(1)
    }

    fn sets(&self, name: &str, value: &str) -> bool {
        self.directive(name).is_some_and(|p| p.directive.first_argument() == value)
    }

    /// What a header is set to in it, where it is set there once or more: the last counts.
    pub fn header(&self, header: &str) -> Option<String> {
        let set = self.children.iter().rev().filter(|p| p.directive.is("proxy_set_header"));
        let mut pairs = set.filter_map(|p| p.directive.exactly());
        let own = pairs.find(|[name, _]: &[Word<'_>; 2]| name.text().eq_ignore_ascii_case(header));
        own.map(|[_, value]| value.text().into_owned())
    }
}

impl Target {
    /// Reads the URL of a `proxy_pass`, in which no variable is left.
    pub fn parse(url: &str) -> Option<Self> {
        let (tls, rest) = match url.split_once("://")? {
            ("http", rest) => (false, rest),
            ("https", rest) => (true, rest),
            _ => return None,
        };
        // The path of a socket ends at a colon.
        if let Some(socket) = rest.strip_prefix("unix:") {
            let (path, uri) = socket.split_once(':').map_or((socket, None), |(path, uri)| (path, Some(uri)));
            let uri = uri.filter(|uri| !uri.is_empty()).map(ToOwned::to_owned);
            return Some(Self { tls, host: format!("unix:{path}"), port: 0, uri });
        }
        let (authority, uri) = match rest.find('/') {
            Some(at) => (&rest[..at], Some(rest[at..].to_owned())),
            None => (rest, None),
        };
        let (host, port) = authority_of(authority, if tls { 443 } else { 80 })?;
        Some(Self { tls, host, port, uri })
    }

    /// Whether it is a socket of this machine's file system.
    pub fn is_socket(&self) -> bool {
        self.host.starts_with("unix:")
    }

    /// Where the host is an upstream, the first of its servers that is asked as a rule.
    fn through_upstream(mut self, loaded: &Loaded, http: &[Placed<'_>]) -> Self {
        if self.host.parse::<IpAddr>().is_ok() {
            return self;
        }
        let upstream =
            http.iter().find(|p| p.directive.is("upstream") && p.directive.first_argument() == self.host);
        let servers = upstream.map(|&p| loaded.children(p)).unwrap_or_default();
        let is_spare =
            |p: &Placed<'_>| p.directive.arguments().any(|word| word.is("backup") || word.is("down"));
        let asked = servers.iter().find(|p| p.directive.is("server") && !is_spare(p));
        let address = asked.map(|p| p.directive.first_argument());
        match address.as_deref() {
            Some(socket) if socket.starts_with("unix:") => (self.host, self.port) = (socket.to_owned(), 0),
            Some(address) => {
                if let Some(known) = authority_of(address, 80) {
                    (self.host, self.port) = known;
                }
            }
            None => {}
        }
        self
    }
}

/// Whether one of the directives looks for `/..;` in the path.
pub fn refuse_climbing(directives: &[Placed<'_>]) -> bool {
    let looks = |directive: Directive<'_>| directive.arguments().any(|word| word.text().contains(r"\.\.;"));
    directives.iter().any(|placed| placed.directive.is("if") && looks(placed.directive))
}

fn authority_of(text: &str, default: u16) -> Option<(String, u16)> {
    if text.is_empty() || text.starts_with("unix:") || text.contains('$') {
        return None;
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (text, default),
    };
    Some((host.trim_start_matches('[').trim_end_matches(']').to_owned(), port))
}

fn has_segment(path: &str, like: impl Fn(&str) -> bool) -> bool {
    path.to_ascii_lowercase().split('/').any(like)
}

/// A value with its variables replaced by what `set` gives them; `None` where one is not constant.
fn resolve(value: &str, levels: &[&[Placed<'_>]]) -> Option<String> {
    let mut value = value.to_owned();
    // A `set` may itself use variables; a few rounds are enough, and end where they go round.
    for _ in 0..10 {
        let Some(at) = value.find('$') else { return Some(value) };
        let rest = &value[at + 1..];
        let (name, len) = if let Some(braced) = rest.strip_prefix('{') {
            let end = braced.find('}')?;
            (&braced[..end], end + 2)
        } else {
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
            (&rest[..end], end)
        };
        let constant = constant(name, levels)?;
        value.replace_range(at..at + 1 + len, &constant);
    }
    None
}

/// What a variable is set to, where it is set once.
fn constant(name: &str, levels: &[&[Placed<'_>]]) -> Option<String> {
    let mut values = Vec::new();
    for &placed in levels.iter().copied().flatten() {
        collect_sets(placed.directive, name, &mut values);
    }
    match values.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }
}

fn collect_sets(directive: Directive<'_>, name: &str, values: &mut Vec<String>) {
    if directive.is("set")
        && let Some([variable, value]) = directive.exactly()
        && variable.text().strip_prefix('$') == Some(name)
    {
        values.push(value.text().into_owned());
    }
    // A set within an `if` makes the value depend on the request; other locations' sets do not reach here.
    if directive.is("if") {
        for child in directive.children() {
            collect_sets(child, name, values);
        }
    }
}

#[cfg(test)]
mod tests;
