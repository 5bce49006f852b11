//! Virtual hosts: where they listen, what they are called.

use super::load::{Item, Loaded};
use crate::config::{Matcher, Wildcard};
use crate::model::Listen;
use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};
use std::net::IpAddr;

/// A virtual host.
#[derive(Clone, Debug)]
pub struct VirtualHost<'a> {
    /// Its section.
    pub item: &'a Item,
    /// `ServerName` and `ServerAlias`, in lower case, without scheme and port.
    pub names: Vec<String>,
    /// Its addresses.
    pub listens: Vec<Listen>,
    /// Where an earlier one stands that has its name on all its addresses.
    pub shadowed_by: Option<String>,
}

/// Every virtual host, in reading order.
pub fn virtual_hosts(loaded: &Loaded) -> Vec<VirtualHost<'_>> {
    let server = Server::of(loaded);
    let mut answered: HashSet<Address> = HashSet::new();
    let items = loaded.items.iter().filter(|item| item.name == "virtualhost");
    let mut hosts: Vec<VirtualHost<'_>> = items.map(|item| server.host(item, &mut answered)).collect();
    find_shadows(loaded, &mut hosts);
    hosts
}

/// Of two virtual hosts with the same addresses, names are looked for in the first alone.
fn find_shadows(loaded: &Loaded, hosts: &mut [VirtualHost<'_>]) {
    // Only those of its name can have all its names; to ask every earlier one takes minutes where there are many.
    let mut by_name: HashMap<&str, Namesakes> = HashMap::with_capacity(hosts.len());
    let mut by_pattern = Patterns::default();
    let mut shadows = Vec::new();
    for (at, host) in hosts.iter().enumerate() {
        // Those without a name have the server's.
        let first = host.names.first().map_or("", String::as_str);
        let addresses = || host.listens.iter().map(Address::of);
        let has_all = |at: &usize| {
            let earlier = &hosts[*at];
            let theirs: Vec<Address> = earlier.listens.iter().map(Address::of).collect();
            host.names.iter().all(|name| has_name(earlier, name))
                && addresses().all(|own| theirs.contains(&own))
        };
        let namesakes = by_name.get(first).into_iter().flat_map(Namesakes::all);
        let shadowing = namesakes.chain(by_pattern.meaning(first)).filter(has_all).min();
        if let Some(earlier) = shadowing.map(|at| hosts[at].item) {
            let file = loaded.file(earlier).path.display();
            shadows.push((at, format!("{file}:{}", loaded.line(earlier))));
        }
        for name in host.names.iter().map(String::as_str).chain(host.names.is_empty().then_some("")) {
            by_name.entry(name).and_modify(|own| own.later.push(at)).or_insert_with(|| Namesakes::of(at));
        }
        for pattern in patterns(host) {
            by_pattern.add(&pattern, at);
        }
    }
    for (at, place) in shadows {
        hosts[at].shadowed_by = Some(place);
    }
}

/// Whether a virtual host answers to a name, by a pattern where it has one.
fn has_name(host: &VirtualHost<'_>, name: &String) -> bool {
    let means = |pattern: String| Wildcard::read(pattern.as_bytes(), Matcher::Apr).matches(name.as_bytes());
    host.names.contains(name) || patterns(host).any(means)
}

/// The patterns among the aliases of a virtual host; a `ServerName` is none, whatever it holds.
fn patterns(host: &VirtualHost<'_>) -> impl Iterator<Item = String> {
    let is_pattern = |name: &str| memchr::memchr2(b'*', b'?', name.as_bytes()).is_some();
    // Of thousands of virtual hosts hardly one has any, and its words need not be read again to tell.
    let has_any = host.names.iter().any(|name| is_pattern(name));
    let aliases = host.item.named("serveralias").filter(move |_| has_any).flat_map(Item::arguments);
    aliases.filter(move |name| is_pattern(name)).map(|name| name.to_ascii_lowercase())
}

/// Indices of the virtual hosts that have patterns among their aliases.
#[derive(Default)]
struct Patterns {
    /// By what follows the star of `*.a.test`, as nearly all are.
    by_end: HashMap<String, Vec<usize>>,
    /// Those with any other.
    others: Vec<usize>,
}

impl Patterns {
    fn add(&mut self, pattern: &str, at: usize) {
        match pattern.strip_prefix('*').filter(|end| !end.contains(['*', '?'])) {
            Some(end) => self.by_end.entry(end.to_owned()).or_default().push(at),
            None => self.others.push(at),
        }
    }

    /// Those that may mean a name; an empty name is none of the request's.
    fn meaning<'a>(&'a self, name: &'a str) -> impl Iterator<Item = usize> + use<'a> {
        let starts = if self.by_end.is_empty() { 0..0 } else { 0..name.len() };
        let ends = starts.filter_map(|at| name.get(at..)).chain((!name.is_empty()).then_some(""));
        let by_end = ends.filter_map(|end| self.by_end.get(end)).flatten();
        by_end.chain(self.others.iter().filter(|_| !name.is_empty())).copied()
    }
}

/// Indices of the virtual hosts of a name, nearly always one.
struct Namesakes {
    first: usize,
    later: Vec<usize>,
}

impl Namesakes {
    fn of(first: usize) -> Self {
        Self { first, later: Vec::new() }
    }

    fn all(&self) -> impl Iterator<Item = usize> {
        std::iter::once(self.first).chain(self.later.iter().copied())
    }
}

/// Whether `mod_remoteip` wants a line of the PROXY protocol first; `None` where nothing is said of it.
fn is_proxied(items: &[Item]) -> Option<bool> {
    let said = items.iter().rfind(|item| item.name == "remoteipproxyprotocol")?;
    Some(said.first_argument().eq_ignore_ascii_case("on"))
}

/// What holds for every virtual host that says nothing else.
struct Server {
    /// The ports that httpd listens on.
    ports: Vec<u16>,
    /// Those of them that speak `https`.
    https: Vec<u16>,
    engine: Option<bool>,
    has_certificate: bool,
    is_proxied: bool,
}

impl Server {
    fn of(loaded: &Loaded) -> Self {
        let mut server = Self {
            ports: Vec::new(),
            https: vec![443],
            engine: None,
            has_certificate: false,
            is_proxied: is_proxied(&loaded.items).unwrap_or(false),
        };
        for item in &loaded.items {
            match item.name.as_str() {
                "listen" => {
                    let port: Option<u16> =
                        item.first_argument().rsplit(':').next().and_then(|port| port.parse().ok());
                    server.ports.extend(port);
                    let is_https = item.arguments().get(1).is_some_and(|protocol| protocol == "https");
                    server.https.extend(port.filter(|_| is_https));
                }
                "sslengine" => server.engine = Some(is_on(item)),
                "sslcertificatefile" => server.has_certificate = true,
                _ => {}
            }
        }
        server
    }

    /// A virtual host, whom nothing is known to shadow yet; `answered` are the addresses of those before it.
    fn host<'a>(&self, item: &'a Item, answered: &mut HashSet<Address>) -> VirtualHost<'a> {
        let first_port = self.ports.first().copied();
        let mut listens: Vec<Listen> = item.arguments().iter().map(|text| listen(text, first_port)).collect();
        let tls = self.speaks_tls(item, &listens);
        for listen in &mut listens {
            listen.tls = tls;
            listen.proxied = is_proxied(&item.children).unwrap_or(self.is_proxied);
            // The first virtual host of an address answers there when no name matches.
            listen.default = answered.insert(Address::of(listen));
        }
        VirtualHost { item, names: names(item), listens, shadowed_by: None }
    }

    /// Whether a virtual host speaks TLS.
    ///
    /// # Source
    /// `mod_ssl`: where no `SSLEngine` is said, a certificate and a port that speaks `https` are enough.
    fn speaks_tls(&self, host: &Item, listens: &[Listen]) -> bool {
        let said = host.named("sslengine").last().map(is_on).or(self.engine);
        said.unwrap_or_else(|| {
            let is_https = |listen: &Listen| listen.port.is_some_and(|port| self.https.contains(&port));
            listens.iter().any(is_https)
                && (self.has_certificate || host.named("sslcertificatefile").next().is_some())
        })
    }
}

/// Whether an `SSLEngine` is on; `optional` begins without TLS.
fn is_on(engine: &Item) -> bool {
    engine.first_argument().eq_ignore_ascii_case("on")
}

/// What tells the addresses of virtual hosts apart.
#[derive(PartialEq, Eq, Hash)]
struct Address {
    ip: Option<IpAddr>,
    /// A host name that only DNS knows the address of; empty for every address.
    name: String,
    port: Option<u16>,
}

impl Address {
    fn of(listen: &Listen) -> Self {
        let host = listen.text.split_once(':').map_or(listen.text.as_str(), |(host, _)| host);
        let is_name = listen.address.is_none() && !matches!(host, "*" | "_default_");
        let name = if is_name { host.to_ascii_lowercase() } else { String::new() };
        Self { ip: listen.address, name, port: listen.port }
    }
}

fn names(item: &Item) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let own = item.named("servername").last().map(|name| bare_name(&name.first_argument()));
    let aliases = item.named("serveralias").flat_map(Item::arguments).map(|name| name.to_ascii_lowercase());
    for name in own.into_iter().chain(aliases) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// `https://A.Test:443` is `a.test`.
fn bare_name(text: &str) -> String {
    let host = text.split_once("://").map_or(text, |(_, host)| host);
    let end = match host.strip_prefix('[').and_then(|inner| inner.find(']')) {
        Some(close) => close + 2,
        None => host.find(':').unwrap_or(host.len()),
    };
    host[..end].to_ascii_lowercase()
}

fn listen(text: &str, first_port: Option<u16>) -> Listen {
    let (host, port) = match text.rsplit_once(':') {
        // The colons of an IPv6 address stand in brackets.
        Some((host, port)) if !port.contains(']') => (host, port.parse().ok()),
        _ => (text, None),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    Listen {
        text: text.to_owned(),
        address: host.parse::<IpAddr>().ok(),
        // Without a port a virtual host is on every port that httpd listens on.
        port: port.or(first_port).or(Some(80)),
        tls: false,
        default: false,
        proxied: false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::Facts;
    use super::*;
    use crate::config::MemoryFiles;
    use std::path::Path;

    #[test]
    fn names_addresses_and_who_answers_first() {
        let text = "Listen 80\n<IfModule ssl_module>\nListen 443\n</IfModule>\n\
            <VirtualHost *:80>\nServerName https://A.Test:443\nServerAlias b.test *.c.test\n</VirtualHost>\n\
            <VirtualHost [::1]:443 _default_:443>\nSSLEngine on\n</VirtualHost>\n\
            <VirtualHost *:80>\nServerName a.test\n</VirtualHost>\n";
        let files = MemoryFiles([("/m".into(), text.as_bytes().into())].into());
        let loaded = Loaded::read(Path::new("/m"), &Facts::default(), &files);
        assert_eq!(loaded.problem, None);
        let hosts = virtual_hosts(&loaded);
        assert_eq!(hosts[0].names, ["a.test", "b.test", "*.c.test"]);
        assert!(hosts[0].listens[0].default && !hosts[0].listens[0].tls);
        assert_eq!(hosts[1].listens[0].address, Some("::1".parse().expect("an address")));
        assert!(hosts[1].listens.iter().all(|listen| listen.tls && listen.port == Some(443)));
        assert_eq!(hosts[2].shadowed_by.as_deref(), Some("/m:5"));
    }

    fn hosts(text: &str, look: impl FnOnce(&[VirtualHost<'_>])) {
        let files = MemoryFiles([("/m".into(), text.as_bytes().into())].into());
        let facts = Facts { modules: vec!["ssl".into()], ..Facts::default() };
        let loaded = Loaded::read(Path::new("/m"), &facts, &files);
        assert_eq!(loaded.problem, None);
        look(&virtual_hosts(&loaded));
    }

    #[test]
    fn a_certificate_at_an_https_port_is_tls_without_sslengine() {
        let text = "Listen 8443 https\n<VirtualHost *:443>\nSSLCertificateFile c\n</VirtualHost>\n\
            <VirtualHost *:8443>\nSSLCertificateFile c\n</VirtualHost>\n\
            <VirtualHost *:443>\nSSLCertificateFile c\nSSLEngine optional\n</VirtualHost>\n\
            <VirtualHost *:443>\nServerName x\n</VirtualHost>\n";
        let tls = [true, true, false, false];
        hosts(text, |hosts| {
            assert_eq!(hosts.iter().map(|host| host.listens[0].tls).collect::<Vec<_>>(), tls);
        });
    }

    #[test]
    fn a_virtual_host_for_the_proxy_protocol_is_told_from_one_for_browsers() {
        let text = "RemoteIPProxyProtocol On\n<VirtualHost *:443>\nServerName a\n</VirtualHost>\n\
                    <VirtualHost *:80>\nRemoteIPProxyProtocol Off\n</VirtualHost>\n";
        hosts(text, |hosts| {
            assert_eq!(hosts.iter().map(|host| host.listens[0].proxied).collect::<Vec<_>>(), [true, false]);
        });
    }

    #[test]
    fn host_names_as_addresses_are_told_apart() {
        let host = |address: &str| format!("<VirtualHost {address}:80>\nServerName x\n</VirtualHost>\n");
        let text = host("a.test") + &host("B.test") + &host("b.test") + &host("_default_") + &host("*");
        hosts(&text, |hosts| {
            let defaults: Vec<bool> = hosts.iter().map(|host| host.listens[0].default).collect();
            assert_eq!(defaults, [true, true, false, true, false]);
            let shadowed: Vec<bool> = hosts.iter().map(|host| host.shadowed_by.is_some()).collect();
            assert_eq!(shadowed, [false, false, true, false, true]);
        });
    }

    #[test]
    fn an_earlier_pattern_took_every_request_of_a_name_and_was_not_told_of() {
        let host = |own: &str| format!("<VirtualHost *:80>\n{own}\n</VirtualHost>\n");
        for (earlier, own, is_shadowed) in [
            ("ServerName z.test\nServerAlias *.TEST", "ServerName a.test", true),
            ("ServerAlias *", "ServerName a.test", true),
            ("ServerAlias x ?.test", "ServerName a.test", true),
            ("ServerAlias *.test", "ServerName a.test\nServerAlias www.a.test", true),
            ("ServerAlias *.test", "ServerName a.test\nServerAlias a.example", false),
            ("ServerAlias *.a.test", "ServerName a.test", false),
            ("ServerName *.test", "ServerName a.test", false),
            ("ServerAlias *", "", false),
        ] {
            hosts(&(host(earlier) + &host(own)), |hosts| {
                assert_eq!(hosts[1].shadowed_by.is_some(), is_shadowed, "{earlier} | {own}");
            });
        }
    }

    #[test]
    fn of_two_virtual_hosts_without_a_name_the_second_is_never_reached() {
        let host = "<VirtualHost *:80>\n</VirtualHost>\n";
        hosts(&host.repeat(2), |hosts| assert_eq!(hosts[1].shadowed_by.as_deref(), Some("/m:1")));
    }
}
