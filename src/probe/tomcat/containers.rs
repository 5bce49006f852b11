//! Tomcats in containers of this machine: their files are not to be had, what they were started with is.

use super::context_files::context_path;
use crate::config::Files as _;
use crate::model::{Container, ContextPath};
use crate::system::System;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

/// What each process tells, Guacamole's first.
pub(super) fn all(system: &System, processes: &[PathBuf]) -> Vec<Container> {
    let mut found: Vec<(bool, Container)> = processes.iter().map(|process| look(system, process)).collect();
    found.sort_by_key(|(is_guacamole, _)| !is_guacamole);
    found.into_iter().map(|(_, container)| container).collect()
}

fn look(system: &System, process: &Path) -> (bool, Container) {
    let environment = system.read(&process.join("environ")).unwrap_or_default();
    let environment = String::from_utf8_lossy(&environment).into_owned();
    // A container on the machine's own network has the machine's own routes, and sees it as itself.
    let has_own_network = system.shares(process, "ns/net") == Some(false);
    let routes = has_own_network.then(|| system.read(&process.join("net/route")).ok()).flatten();
    let gateway = routes.and_then(|routes| gateway(&String::from_utf8_lossy(&routes))).map(IpAddr::from);
    // A gateway that is not this machine is not what this machine is seen as; whoever may make a network names any.
    let gateway = gateway.filter(|gateway| system.has_address(*gateway));
    // Whoever has an account can make a network in a user namespace of his own, with any address in it.
    let is_root_s = system.shares(process, "ns/user") == Some(true);
    let tries = gateway
        .filter(|_| is_root_s)
        .and_then(|_| system.read(&process.join("net/fib_trie")).ok())
        .unwrap_or_default();
    let mut addresses = own_addresses(&String::from_utf8_lossy(&tries));
    // What it says of its addresses counts where this machine's own way there is through its gateway.
    addresses.retain(|address| system.address_towards(&address.to_string(), ANY_PORT) == gateway);
    let is_guacamole = ["GUACAMOLE_", "GUACD_", CONTEXT].iter().any(|name| environment.contains(name));
    (is_guacamole, Container { gateway, addresses, context: context(&environment) })
}

/// Of the way to an address the port says nothing.
const ANY_PORT: u16 = 8080;

/// The variable of the official image that names the .war.
const CONTEXT: &str = "WEBAPP_CONTEXT";

/// Where the image serves Guacamole, where it is told.
fn context(environment: &str) -> Option<String> {
    let mut variables = environment.split('\0').filter_map(|variable| variable.split_once('='));
    let (_, name) = variables.find(|(name, _)| *name == CONTEXT)?;
    let path = ContextPath::parse(&context_path(name)).ok()?;
    Some(path.to_string()).filter(|_| !name.is_empty())
}

/// The gateway of the default route.
///
/// # Shape
/// `/proc/PID/net/route`: words parted by tabs; the third is the gateway, hexadecimal as it lies in memory.
///
/// # Source
/// proc(5); `route.c` of the kernel's IPv4: the address is printed as a number of the machine's own byte order.
fn gateway(routes: &str) -> Option<Ipv4Addr> {
    routes.lines().skip(1).find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, "00000000", gateway, _, _, _, _, "00000000", ..] = words.as_slice() else { return None };
        let gateway = u32::from_str_radix(gateway, 16).ok()?;
        Some(Ipv4Addr::from(gateway.to_ne_bytes())).filter(|gateway| !gateway.is_unspecified())
    })
}

/// The addresses that are a network's own, loopback left out.
///
/// # Shape
/// `/proc/PID/net/fib_trie`: a line with an address, below it a line for each route to it.
///
/// # Source
/// `fib_trie.c` of the kernel's IPv4: an own address is a local route of 32 bits.
fn own_addresses(tries: &str) -> Vec<IpAddr> {
    let (mut found, mut last) = (Vec::new(), None);
    for line in tries.lines().map(str::trim) {
        if let Some(address) = line.strip_prefix("|-- ") {
            last = address.parse::<IpAddr>().ok();
        } else if let ("/32 host LOCAL", Some(own)) = (line, last)
            && !own.is_loopback()
            && !found.contains(&own)
        {
            found.push(own);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTES: &str = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n\
                          eth0\t000012AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n";

    #[test]
    #[cfg(target_endian = "little")]
    fn the_gateway_is_that_of_the_default_route() {
        let with = format!("{ROUTES}eth0\t00000000\t010012AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");
        assert_eq!(gateway(&with), Some(Ipv4Addr::new(172, 18, 0, 1)));
        assert_eq!(gateway(ROUTES), None);
    }

    #[test]
    fn own_addresses_are_local_routes_to_one_address() {
        let tries = "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 0.0.0.0\n        /0 universe UNICAST\n     +-- 127.0.0.0/8 2 0 2\n\
                     \u{20}          |-- 127.0.0.1\n              /32 host LOCAL\n     |-- 172.18.0.0\n        /16 link UNICAST\n\
                     \u{20}    |-- 172.18.0.2\n        /32 host LOCAL\n     |-- 172.18.255.255\n        /32 link BROADCAST\n\
                     Local:\n     |-- 172.18.0.2\n        /32 host LOCAL\n";
        assert_eq!(own_addresses(tries), ["172.18.0.2".parse::<IpAddr>().expect("an address")]);
    }

    #[test]
    fn the_image_is_told_its_context_by_a_variable() {
        assert_eq!(context("A=1\0WEBAPP_CONTEXT=ROOT\0"), Some("/".into()));
        assert_eq!(context("WEBAPP_CONTEXT=a#b\0"), Some("/a/b/".into()));
        assert_eq!((context("NO_WEBAPP_CONTEXT=x\0"), context("WEBAPP_CONTEXT=\0")), (None, None));
        assert_eq!(context("WEBAPP_CONTEXT=a\u{1b}[31m\0"), None, "it is shown on a terminal");
    }
}
