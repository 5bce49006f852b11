//! Locations that hand requests to a backend, and which of them is Guacamole's.

mod led;

use super::load::{Loaded, Placed};
use super::location::{Location, Modifier};
use super::rewrite::Rewrite;
use super::server::ServerBlock;
use super::target::{self, Target, variable_at};
use super::tree::{Directive, Word};
use crate::config::{Asked, Mark};
use std::borrow::Cow;
use std::cmp::Reverse;

/// The likeness from which on it is Guacamole and nothing else: its name, or guacfront's marks.
const SURE: u8 = 3;

/// A location that proxies: by prefix, or by a regular expression whose beginning is a path.
#[derive(Clone, Debug)]
pub struct Section<'a> {
    /// The location.
    pub location: Location<'a>,
    /// What stands in it, includes followed.
    pub children: Vec<Placed<'a>>,
    /// Where it sends requests, where that can be told.
    pub target: Option<Target>,
    /// The variable by which it hands the path on decoded.
    pub decoded: Option<String>,
    /// Whether it hands on the whole of a Tomcat, of which Guacamole is a part.
    pub whole: bool,
    /// The marks around it, where guacfront wrote it.
    pub mark: Option<&'a Mark>,
}

impl<'a> Section<'a> {
    /// Reads a location of a server block; `None` where it does not proxy, or not by prefix.
    pub fn read(loaded: &'a Loaded, server: &ServerBlock<'a>, placed: Placed<'a>) -> Option<Self> {
        let read = Location::read(placed)?;
        let children = loaded.children(placed);
        let pass = children.iter().find(|p| p.directive.is("proxy_pass"))?;
        let levels: [&[Placed<'_>]; 2] = [&children, &server.children];
        let target = Target::of(pass.directive, &levels, loaded, &server.http);
        let decoded = target::decoded(pass.directive, &levels, || read.captures(&children));
        let location = read.into_prefix()?;
        let span = placed.directive.span();
        let mark = loaded.files[placed.file]
            .marks
            .iter()
            .find(|mark| mark.body.start <= span.start && span.end <= mark.body.end);
        Some(Self { location, children, target, decoded, whole: false, mark })
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
        let mut locations = Vec::new();
        for &placed in &server.children {
            take_locations(loaded, server, placed, &mut locations);
        }
        let mut found: Vec<(u8, Self)> = locations
            .into_iter()
            .filter_map(|placed| Self::read(loaded, server, placed))
            .filter_map(|section| section.likeness(server).map(|likeness| (likeness, section)))
            .collect();
        // The sort is stable: of equals the first in the file stays first. Of one path with and without its last slash the
        // longer is asked for what is below.
        found.sort_by_key(|(likeness, section)| {
            let uri = &section.location.uri;
            (Reverse(*likeness), uri.trim_end_matches('/').len(), Reverse(uri.len()))
        });
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
    pub fn context(&self) -> Option<Cow<'_, str>> {
        if self.directive("rewrite").is_some() {
            // After a rewriting the URI part of a proxy_pass is not looked at, but for one with a variable.
            if self.says_uri_itself() {
                return None;
            }
            return self.rewrite()?.1.context(&self.location.uri).map(Cow::Owned);
        }
        let target = self.target.as_ref()?;
        Some(Cow::Borrowed(target.uri.as_deref().unwrap_or(&self.location.uri)))
    }

    /// Whether its `proxy_pass` says the whole URI with a variable: that is sent, whatever a `rewrite` has made of the path.
    pub fn says_uri_itself(&self) -> bool {
        self.directive("proxy_pass").is_some_and(|placed| {
            let url = placed.directive.first_argument();
            let rest = url.split_once("://").map_or(&*url, |(_, rest)| rest);
            url.contains('$') && (rest.contains('/') || variable_at(rest, &target::PATHS).is_some())
        })
    }

    /// Where it sends requests; where that cannot be told for a path that is handed on decoded, without the path.
    pub fn reached(&self, loaded: &Loaded, server: &ServerBlock<'_>) -> Option<Target> {
        let levels: [&[Placed<'_>]; 2] = [&self.children, &server.children];
        let pass = || self.directive("proxy_pass").map(|placed| placed.directive);
        let without = |variable: &String| {
            Target::reached(pass()?, variable.trim_start_matches('$'), &levels, loaded, &server.http)
        };
        self.target.clone().or_else(|| self.decoded.as_ref().and_then(without))
    }

    /// The `rewrite` that decides what path the backend is asked for, where it is the only one and can be told.
    pub fn rewrite(&self) -> Option<(Placed<'a>, Rewrite)> {
        let mut all = self.children.iter().copied().filter(|p| p.directive.is("rewrite"));
        let only = all.next().filter(|_| all.next().is_none())?;
        Some((only, Rewrite::read(only)?))
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
            if has_segment(path, |s| s.starts_with("guacamole")) || target.is_named_guacamole() {
                return Some(3);
            }
        }
        let is_tunnel = |other: &Location<'_>| {
            other.modifier != Modifier::Regex && other.uri.strip_suffix("/websocket-tunnel") == Some(uri)
        };
        let beside = server.children.iter().chain(&self.children).copied();
        if beside.filter(names_tunnel).filter_map(Location::read).any(|location| is_tunnel(&location)) {
            return Some(2);
        }
        let is_manual_s = || self.header("Connection").as_deref() == Some("$http_connection");
        (self.sets("proxy_buffering", "off") && (is_manual_s() || self.refuses_climbing())).then_some(1)
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

/// Whether a location hands requests on under the very path that the browser asked for.
pub fn passes_path_on(children: &[Placed<'_>]) -> bool {
    let is = |placed: &&Placed<'_>, name: &str| placed.directive.is(name);
    let pass = children.iter().find(|placed| is(placed, "proxy_pass"));
    let target = pass.and_then(|pass| Target::parse(&pass.directive.first_argument()));
    target.is_some_and(|target| target.uri.is_none()) && !children.iter().any(|placed| is(&placed, "rewrite"))
}

/// Takes in a location, and of one that does not hand on to Guacamole the locations in it.
fn take_locations<'a>(
    loaded: &'a Loaded,
    server: &ServerBlock<'a>,
    placed: Placed<'a>,
    found: &mut Vec<Placed<'a>>,
) {
    if !placed.directive.is("location") {
        return;
    }
    found.push(placed);
    let has = |name: &str| placed.directive.children().any(|child| child.is(name));
    let is_guacamole =
        || Section::read(loaded, server, placed).is_some_and(|section| section.likeness(server).is_some());
    if has("location") && !(has("proxy_pass") && is_guacamole()) {
        for inner in loaded.children(placed) {
            take_locations(loaded, server, inner, found);
        }
    }
}

/// Whether a location's last word ends as the WebSocket tunnel's path does.
fn names_tunnel(placed: &Placed<'_>) -> bool {
    placed.directive.is("location")
        && placed
            .directive
            .arguments()
            .last()
            .is_some_and(|word| word.value().ends_with(b"/websocket-tunnel"))
}

/// Whether one of the directives looks for `/..;` in the path.
pub fn refuse_climbing(directives: &[Placed<'_>]) -> bool {
    let looks = |directive: Directive<'_>| directive.arguments().any(|word| word.text().contains(r"\.\.;"));
    directives.iter().any(|placed| placed.directive.is("if") && looks(placed.directive))
}

fn has_segment(path: &str, like: impl Fn(&str) -> bool) -> bool {
    path.to_ascii_lowercase().split('/').any(like)
}

#[cfg(test)]
mod tests;
