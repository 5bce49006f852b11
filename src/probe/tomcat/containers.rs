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
    let is_guacamole = ["GUACAMOLE_", "GUACD_", CONTEXT].iter().any(|name| environment.contains(name));
    (is_guacamole, Container { gateway, context: context(&environment) })
}

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
    fn the_image_is_told_its_context_by_a_variable() {
        assert_eq!(context("A=1\0WEBAPP_CONTEXT=ROOT\0"), Some("/".into()));
        assert_eq!(context("WEBAPP_CONTEXT=a#b\0"), Some("/a/b/".into()));
        assert_eq!((context("NO_WEBAPP_CONTEXT=x\0"), context("WEBAPP_CONTEXT=\0")), (None, None));
        assert_eq!(context("WEBAPP_CONTEXT=a\u{1b}[31m\0"), None, "it is shown on a terminal");
    }
}
