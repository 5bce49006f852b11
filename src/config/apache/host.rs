//! Virtual hosts: where they listen, what they are called.

use super::load::{Item, Loaded};
use crate::model::Listen;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};

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
    let ports: Vec<u16> = loaded
        .items
        .iter()
        .filter(|item| item.name == "listen")
        .filter_map(|item| item.first_argument().rsplit(':').next()?.parse().ok())
        .collect();
    let mut hosts: Vec<VirtualHost<'_>> = Vec::new();
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for item in loaded.items.iter().filter(|item| item.name == "virtualhost") {
        let tls = item
            .named("sslengine")
            .last()
            .is_some_and(|engine| !engine.first_argument().eq_ignore_ascii_case("off"));
        let mut listens: Vec<Listen> = item.arguments.iter().map(|text| listen(text, tls, &ports)).collect();
        for listen in &mut listens {
            // The first virtual host of an address answers there when no name matches.
            listen.default =
                !hosts.iter().flat_map(|host| &host.listens).any(|other| same_address(other, listen));
        }
        let names = names(item);
        // Only those of its name can have all its names; to ask every earlier one takes minutes where there are many.
        let namesakes = names.first().and_then(|name| by_name.get(name)).into_iter().flatten();
        let shadowed_by = namesakes
            .map(|earlier| &hosts[*earlier])
            .find(|earlier| {
                names.iter().all(|name| earlier.names.contains(name))
                    && listens.iter().all(|own| earlier.listens.iter().any(|other| same_address(other, own)))
            })
            .map(|earlier| {
                format!("{}:{}", loaded.file(earlier.item).path.display(), loaded.line(earlier.item))
            });
        for name in &names {
            by_name.entry(name.clone()).or_default().push(hosts.len());
        }
        hosts.push(VirtualHost { item, names, listens, shadowed_by });
    }
    hosts
}

fn names(item: &Item) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let own = item.named("servername").last().map(|name| bare_name(name.first_argument()));
    let aliases = item
        .named("serveralias")
        .flat_map(|alias| alias.arguments.iter().map(|name| name.to_ascii_lowercase()));
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

fn listen(text: &str, tls: bool, ports: &[u16]) -> Listen {
    let (host, port) = match text.rsplit_once(':') {
        // The colons of an IPv6 address stand in brackets.
        Some((host, port)) if !port.contains(']') => (host, port.parse().ok()),
        _ => (text, None),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    Listen {
        text: text.to_owned(),
        address: host.parse::<IpAddr>().ok().or_else(|| host.parse::<Ipv6Addr>().ok().map(IpAddr::V6)),
        // Without a port a virtual host is on every port that httpd listens on.
        port: port.or_else(|| ports.first().copied()).or(Some(80)),
        tls,
        default: false,
    }
}

fn same_address(a: &Listen, b: &Listen) -> bool {
    (a.address, a.port) == (b.address, b.port)
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
}
