//! Names and the addresses they lead to.

use super::{AskError, System};
use crate::model::{Host, Port, io_words};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _, UdpSocket};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long a name may take: a resolver that is gone keeps a program waiting much longer.
const DEADLINE: Duration = Duration::from_secs(3);

impl System {
    /// Where a host is; of several addresses an IPv4 one, as Tomcat is reached by it without a doubt.
    ///
    /// # Errors
    /// Where the name is not known, or not found out in time.
    pub fn address_of(&self, host: &Host, port: Port) -> Result<SocketAddr, AskError> {
        let found = match host {
            Host::Address(ip) => vec![*ip],
            Host::Name(name) => self.lookup(name.as_str())?,
        };
        let first = found.first().ok_or_else(|| AskError::NoName("it has no address".into()))?;
        Ok(SocketAddr::new(*first, port.number()))
    }

    /// Every address of a name, IPv4 first.
    ///
    /// # Errors
    /// Where the name is not known, or not found out in time.
    pub fn lookup(&self, name: &str) -> Result<Vec<IpAddr>, AskError> {
        let (answer, answered) = mpsc::channel();
        let name = name.to_owned();
        // Who asks has gone where this takes too long; then nobody reads the answer.
        thread::spawn(move || drop(answer.send((name.as_str(), 0).to_socket_addrs().map(Iterator::collect))));
        let found: Vec<SocketAddr> = answered
            .recv_timeout(DEADLINE)
            .map_err(|_| AskError::NoName(format!("no answer within {} s", DEADLINE.as_secs())))?
            .map_err(|error| AskError::NoName(io_words(&error)))?;
        let mut found: Vec<IpAddr> = found.iter().map(SocketAddr::ip).collect();
        found.sort_by_key(IpAddr::is_ipv6);
        found.dedup();
        Ok(found)
    }

    /// Whether an address is this machine's own: only then can something be bound to it.
    pub fn has_address(&self, address: IpAddr) -> bool {
        UdpSocket::bind(SocketAddr::new(address, 0)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_knows_its_own_addresses_from_others() {
        let system = System::machine();
        assert!(system.has_address("127.0.0.1".parse().expect("an address")));
        assert!(!system.has_address("203.0.113.9".parse().expect("an address")));
    }

    #[test]
    fn a_name_that_is_not_known_is_told_so() {
        let found = System::machine().lookup("no-such-host.invalid");
        assert!(matches!(found, Err(AskError::NoName(_))), "{found:?}");
    }
}
