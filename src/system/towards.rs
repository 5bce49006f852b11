//! How other machines see this one.

use super::System;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};

impl System {
    /// The address that another machine sees this one by: that of the route that leads there.
    ///
    /// Nothing is sent. `None` where there is no route, or a tree stands for the machine.
    pub fn address_towards(&self, host: &str, port: u16) -> Option<IpAddr> {
        if self.root().is_some() {
            return None;
        }
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let any: [IpAddr; 2] = [Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()];
        any.into_iter().find_map(|any| {
            let socket = UdpSocket::bind((any, 0)).ok()?;
            socket.connect((host, port)).ok()?;
            socket.local_addr().ok().map(|address| address.ip())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn towards_itself_a_machine_is_the_loopback() {
        let found = System::machine().address_towards("127.0.0.1", 8080);
        assert_eq!(found, Some(Ipv4Addr::LOCALHOST.into()));
    }

    #[test]
    fn a_tree_has_no_address() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let tree = System::below(folder.path()).expect("the folder is there");
        assert_eq!(tree.address_towards("127.0.0.1", 8080), None);
    }
}
