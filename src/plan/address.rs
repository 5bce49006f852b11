//! Where the public will find Guacamole, and how to try that from this machine.

use crate::model::{Listen, PublicAddress, PublicPath, Server, Site};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// One address for each port and scheme that the site listens on, plain HTTP first.
pub fn addresses(server: Server, site: &Site, path: &PublicPath) -> Vec<PublicAddress> {
    let mut found: Vec<PublicAddress> = Vec::new();
    // Where a line of the PROXY protocol has to come first, only the proxy in front can ask.
    for listen in site.listens.iter().filter(|listen| !listen.proxied) {
        let Some(port) = listen.port else { continue };
        let ip = reachable(listen);
        let address = PublicAddress {
            server,
            tls: listen.tls,
            host: host(site, ip),
            connect: SocketAddr::new(ip, port),
            path: path.to_string(),
        };
        // A site that listens on IPv4 and IPv6 alike is one address to a person; IPv4 is the one that always works here.
        match found.iter_mut().find(|seen| seen.tls == address.tls && seen.connect.port() == port) {
            Some(seen) if seen.connect.is_ipv6() && address.connect.is_ipv4() => *seen = address,
            Some(_) => {}
            None => found.push(address),
        }
    }
    found.sort_by_key(|address| address.tls);
    found
}

fn reachable(listen: &Listen) -> IpAddr {
    match listen.address {
        None if listen.text.starts_with('[') => Ipv6Addr::LOCALHOST.into(),
        None => Ipv4Addr::LOCALHOST.into(),
        Some(ip) if ip.is_unspecified() && ip.is_ipv6() => Ipv6Addr::LOCALHOST.into(),
        Some(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        Some(ip) => ip,
    }
}

/// The first name that can stand in a URL; a site that answers to any name is asked by its address.
fn host(site: &Site, ip: IpAddr) -> String {
    let plain = |name: &&String| {
        !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c))
            && name.as_str() != "_"
    };
    site.names.iter().find(plain).map_or_else(
        || match ip {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        },
        |name| name.trim_start_matches('.').to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(names: &[&str], listens: &[(&str, Option<&str>, u16, bool)]) -> Site {
        Site {
            file: "/f".into(),
            offset: 0,
            line: 1,
            names: names.iter().map(ToString::to_string).collect(),
            listens: listens
                .iter()
                .map(|(text, address, port, tls)| Listen {
                    proxied: false,
                    text: (*text).into(),
                    address: address.map(|a| a.parse().expect("an address")),
                    port: Some(*port),
                    tls: *tls,
                    default: false,
                })
                .collect(),
            guacamoles: Vec::new(),
            shadowed_by: None,
        }
    }

    fn urls(site: &Site) -> Vec<String> {
        let path = PublicPath::parse("/g/").expect("a path");
        addresses(Server::Nginx, site, &path).iter().map(|a| format!("{} {}", a.url(), a.connect)).collect()
    }

    #[test]
    fn ipv4_and_ipv6_of_one_port_are_one_address() {
        let site = site(&["_"], &[("[::]:80", None, 80, false), ("80", None, 80, false)]);
        assert_eq!(urls(&site), ["http://127.0.0.1/g/ 127.0.0.1:80"]);
    }

    #[test]
    fn where_only_the_proxy_in_front_can_ask_nothing_is_asked() {
        let mut site = site(&["a.test"], &[("443", None, 443, true), ("8080", None, 8080, false)]);
        site.listens[0].proxied = true;
        assert_eq!(urls(&site), ["http://a.test:8080/g/ 127.0.0.1:8080"]);
    }

    #[test]
    fn the_first_plain_name_is_asked_and_http_comes_first() {
        let site = site(
            &["~^x", "*.b.test", "a.test"],
            &[("443", None, 443, true), ("10.0.0.1:8000", Some("10.0.0.1"), 8000, false)],
        );
        assert_eq!(urls(&site), ["http://a.test:8000/g/ 10.0.0.1:8000", "https://a.test/g/ 127.0.0.1:443"]);
    }
}
