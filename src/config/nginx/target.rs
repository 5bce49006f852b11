//! Where a `proxy_pass` leads: variables and upstreams resolved.

use super::load::{Loaded, Placed};
use super::tree::Directive;
use std::net::IpAddr;

/// Variables that are the path, as it came or decoded.
pub(super) const PATHS: [&str; 3] = ["request_uri", "uri", "document_uri"];

/// Where a `proxy_pass` sends requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Whether it speaks TLS to the backend.
    pub tls: bool,
    /// What stands between `://` and the path: a host with or without its port, the name of an upstream, a Unix socket.
    pub name: String,
    /// Host, an IPv6 address without its brackets, and port of each server that may get a request, the usual one first;
    /// none where only Unix sockets do.
    pub servers: Vec<(String, u16)>,
    /// The URI part, which replaces the location's prefix; without one the request is handed on as it came.
    pub uri: Option<String>,
}

impl Target {
    /// Where a `proxy_pass` of a location leads, from what stands in the location and around it.
    pub(super) fn of(
        pass: Directive<'_>,
        levels: &[&[Placed<'_>]],
        loaded: &Loaded,
        http: &[Placed<'_>],
    ) -> Option<Self> {
        let url = resolved(&pass.first_argument(), levels);
        Self::parse(&url).map(|target| target.through_upstream(loaded, http))
    }

    /// The same of a location by regular expression, where what the expression has caught may follow the path.
    pub(super) fn of_pattern(
        pass: Directive<'_>,
        levels: &[&[Placed<'_>]],
        loaded: &Loaded,
        http: &[Placed<'_>],
    ) -> Option<Self> {
        Self::of(pass, levels, loaded, http).or_else(|| {
            let url = resolved(&pass.first_argument(), levels);
            Self::parse(url.split('$').next()?).map(|target| target.through_upstream(loaded, http))
        })
    }

    /// The host or upstream that a `proxy_pass` leads to, without what it says of the path, by this variable or another one.
    pub(super) fn reached(
        pass: Directive<'_>,
        variable: &str,
        levels: &[&[Placed<'_>]],
        loaded: &Loaded,
        http: &[Placed<'_>],
    ) -> Option<Self> {
        let url = resolved(&pass.first_argument(), levels);
        let (scheme, rest) = url.split_once("://")?;
        let (name, _) = apart(&rest[..variable_at(rest, &[variable]).unwrap_or(rest.len())]);
        Self::parse(&format!("{scheme}://{name}")).map(|target| target.through_upstream(loaded, http))
    }

    /// Whether a host or an upstream is called after Guacamole.
    pub fn is_named_guacamole(&self) -> bool {
        self.name.contains("guac") || self.servers.iter().any(|(host, _)| host.contains("guac"))
    }

    /// Reads the URL of a `proxy_pass`; of what is left of variables in it only the path may consist.
    pub fn parse(url: &str) -> Option<Self> {
        let (tls, rest) = match url.split_once("://")? {
            ("http", rest) => (false, rest),
            ("https", rest) => (true, rest),
            _ => return None,
        };
        let (name, uri) = apart(rest);
        let uri = match uri {
            "" => None,
            uri if is_path_and_query(uri) => None,
            uri => Some(path_of(uri)?),
        };
        let servers = match name.strip_prefix("unix:") {
            Some(_) => Vec::new(),
            None => vec![authority_of(name, if tls { 443 } else { 80 })?],
        };
        Some(Self { tls, name: name.to_owned(), servers, uri })
    }

    /// The server that gets requests as a rule.
    pub fn first(&self) -> Option<(&str, u16)> {
        self.servers.first().map(|(host, port)| (host.as_str(), *port))
    }

    /// Whether requests go to this server, alone or among others.
    pub fn leads_to(&self, host: &str, port: u16) -> bool {
        !self.tls && self.servers.iter().any(|(own, at)| own.eq_ignore_ascii_case(host) && *at == port)
    }

    /// Where the host is the name of an upstream, its servers.
    fn through_upstream(mut self, loaded: &Loaded, http: &[Placed<'_>]) -> Self {
        if self.first().is_none_or(|(host, _)| host.parse::<IpAddr>().is_ok()) {
            return self;
        }
        let is_it = |p: &&Placed<'_>| p.directive.is("upstream") && p.directive.first_argument() == self.name;
        if let Some(&upstream) = http.iter().find(is_it) {
            let mut servers = loaded.children(upstream);
            let has = |p: &Placed<'_>, word: &str| p.directive.arguments().any(|own| own.is(word));
            servers.retain(|p| p.directive.is("server") && !has(p, "down"));
            // The sort is stable: of equals the first in the file stays first.
            servers.sort_by_key(|p| has(p, "backup"));
            self.servers =
                servers.iter().filter_map(|p| authority_of(&p.directive.first_argument(), 80)).collect();
        }
        self
    }
}

/// What comes after `://`: the host or socket, and the path.
fn apart(rest: &str) -> (&str, &str) {
    let is_socket = rest.starts_with("unix:");
    let at = match rest.strip_prefix("unix:") {
        // The path follows a second colon, which is not part of the socket's name.
        Some(socket) => socket.find(':').map(|at| "unix:".len() + at),
        None => rest.find(['/', '?']).into_iter().chain(variable_at(rest, &PATHS)).min(),
    };
    let (name, uri) = at.map_or((rest, ""), |at| rest.split_at(at));
    (name, if is_socket { uri.trim_start_matches(':') } else { uri })
}

/// Whether variables hand path and query on, and nothing else; `$uri` alone loses the query, without which no tunnel opens.
fn is_path_and_query(uri: &str) -> bool {
    let Some((name, len)) = uri.strip_prefix('$').and_then(variable) else { return false };
    match (name, &uri[1 + len..]) {
        ("request_uri", rest) => rest.is_empty(),
        ("uri" | "document_uri", rest) => matches!(rest, "$is_args$args" | "?$args"),
        _ => false,
    }
}

/// The path that stands in front of variables: `$1` of a regular expression and `$is_args$args` may follow.
fn path_of(uri: &str) -> Option<String> {
    let at = uri.find('$').unwrap_or(uri.len());
    let (path, variables) = uri.split_at(at);
    let mut rest = variables;
    if let Some(captured) =
        rest.strip_prefix('$').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    {
        rest = captured.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    let is_query = matches!(rest, "" | "$is_args$args" | "?$args" | "?$query_string");
    (path.starts_with('/') && is_query).then(|| path.to_owned())
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

/// A value with its variables replaced by what `set` gives them; those that are not constant stay, without braces where
/// they need none.
fn resolved(value: &str, levels: &[&[Placed<'_>]]) -> String {
    let mut value = value.to_owned();
    let mut from = 0;
    // A `set` may itself use variables; a few rounds are enough, and end where they go round.
    for _ in 0..20 {
        let Some(at) = value[from..].find('$').map(|at| from + at) else { break };
        let Some((name, len)) = variable(&value[at + 1..]) else { break };
        match constant(name, levels) {
            Some(constant) => value.replace_range(at..at + 1 + len, &constant),
            None => {
                let (name, end) = (name.to_owned(), at + 1 + len);
                let is_bare = value.as_bytes()[at + 1] != b'{' || value[end..].starts_with(is_name);
                from = if is_bare { end } else { at + 1 + name.len() };
                if !is_bare {
                    value.replace_range(at + 1..end, &name);
                }
            }
        }
    }
    value
}

/// Where one of these variables stands first in a text; one whose name merely begins so is another one.
pub fn variable_at(text: &str, names: &[&str]) -> Option<usize> {
    let is_it = |at: usize| variable(&text[at + 1..]).is_some_and(|(name, _)| names.contains(&name));
    text.match_indices('$').map(|(at, _)| at).find(|at| is_it(*at))
}

/// The name of a variable behind its dollar sign, in braces or not, and how long it is written.
fn variable(rest: &str) -> Option<(&str, usize)> {
    if let Some(braced) = rest.strip_prefix('{') {
        let end = braced.find('}')?;
        return Some((&braced[..end], end + 2));
    }
    let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
    Some((&rest[..end], end))
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The variable by which a `proxy_pass` of a location hands the path on decoded; `captures` are the names of what the
/// location's own expression catches.
///
/// # Source
/// nginx's `ngx_http_proxy_eval` sends a URI with a variable in it as it stands; measured with 1.22.1 and `%20`, `%25`,
/// `%2F`, `%3F`: `$uri` is decoded, also by way of `set`, and so is what an expression caught of it; but a `set` encodes
/// what was caught again.
pub(super) fn decoded(
    pass: Directive<'_>,
    levels: &[&[Placed<'_>]],
    captures: impl FnOnce() -> Option<Vec<String>>,
) -> Option<String> {
    let written = pass.first_argument();
    // Nearly all have no variable, and what is caught need not be looked for.
    if !written.contains('$') {
        return None;
    }
    let captures = captures();
    let is_caught = |name: &str| {
        let is_number = name.len() == 1 && name.bytes().all(|byte| byte.is_ascii_digit());
        captures.as_ref().is_some_and(|names| is_number || names.iter().any(|own| own == name))
    };
    let caught = written.split('$').skip(1).filter_map(variable).find(|(name, _)| is_caught(name));
    let is_path = |name: &str| matches!(name, "uri" | "document_uri");
    let resolved = resolved(&written, levels);
    let path = || resolved.split('$').skip(1).filter_map(variable).find(|(name, _)| is_path(name));
    caught.or_else(path).map(|(name, _)| format!("${name}"))
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
mod tests {
    use super::*;

    #[test]
    fn urls_come_apart() {
        for (url, servers, uri) in [
            ("http://h", vec![("h", 80)], None),
            ("https://[::1]/g/", vec![("::1", 443)], Some("/g/")),
            ("http://h:8080$request_uri", vec![("h", 8080)], None),
            ("http://h:8080$uri$is_args$args", vec![("h", 8080)], None),
            ("http://h:8080/g/$1$is_args$args", vec![("h", 8080)], Some("/g/")),
            ("http://h/g$is_args$args", vec![("h", 80)], Some("/g")),
            ("http://unix:/run/t.sock:/g/", vec![], Some("/g/")),
            ("http://unix:/run/t.sock", vec![], None),
        ] {
            let target = Target::parse(url).unwrap_or_else(|| panic!("{url}"));
            let own: Vec<_> = target.servers.iter().map(|(host, port)| (host.as_str(), *port)).collect();
            assert_eq!((own, target.uri.as_deref()), (servers, uri), "{url}");
        }
        for url in [
            "http://h:8080$uri",
            "http://$h:1",
            "ajp://h",
            "http://h/$x",
            "http://h/g/$uri",
            "http://h?$args",
            "http://",
        ] {
            assert_eq!(Target::parse(url), None, "{url}");
        }
    }
}
