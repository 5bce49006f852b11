//! Where the backend listens.

use super::printable;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// The backend's host: a DNS name, an IPv4 address or an IPv6 address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// A DNS name or `localhost`, as typed.
    Name(String),
    /// An address.
    Address(IpAddr),
}

impl Host {
    /// Reads a host as a person types it; an IPv6 address may stand in brackets.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what would do.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("a host is needed: 127.0.0.1 where Tomcat runs on this machine".into());
        }
        let unbracketed = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
        if let Ok(address) = unbracketed.parse::<IpAddr>() {
            return match address {
                a if a.is_unspecified() => {
                    Err(format!("{a} means every address; name the one that Tomcat answers on"))
                }
                a if a.is_multicast() => {
                    Err(format!("{a} is a multicast address; name the one that Tomcat answers on"))
                }
                a => Ok(Self::Address(a)),
            };
        }
        if text.contains("://") {
            return Err("that is a URL; the host alone goes here".into());
        }
        if text.contains('[') || text.contains(']') || text.matches(':').count() > 1 {
            return Err(format!("{} is not an IPv6 address", printable(text)));
        }
        if text.contains(':') {
            return Err("the port has a field of its own; the host alone goes here".into());
        }
        if text.len() > 253 {
            return Err("a host name has at most 253 characters".into());
        }
        if text.chars().all(|c| c.is_ascii_digit() || c == '.') {
            return Err(format!("{text} is not an IPv4 address: four numbers from 0 to 255 are needed"));
        }
        for label in text.split('.') {
            if label.is_empty() {
                return Err("a host name has no empty part between its dots".into());
            }
            if label.len() > 63 {
                return Err(format!(
                    "{label} is longer than the 63 characters a part of a host name may have"
                ));
            }
            if let Some(bad) = label.chars().find(|c| !(c.is_ascii_alphanumeric() || *c == '-' || *c == '_'))
            {
                return Err(format!(
                    "{} cannot stand in a host name; use letters, digits, - and dots",
                    printable(&bad.to_string())
                ));
            }
            if label.starts_with('-') || label.ends_with('-') {
                return Err(format!("{label}: no part of a host name begins or ends with -"));
            }
        }
        Ok(Self::Name(text.to_owned()))
    }

    /// As it stands in a URL: an IPv6 address in brackets.
    pub fn in_url(&self) -> String {
        match self {
            Self::Address(IpAddr::V6(a)) => format!("[{a}]"),
            other => other.to_string(),
        }
    }

    /// Whether it is this machine: `localhost` or a loopback address.
    pub fn is_loopback(&self) -> bool {
        match self {
            Self::Name(name) => name.eq_ignore_ascii_case("localhost"),
            Self::Address(a) => a.is_loopback(),
        }
    }

    /// The address, where it is written as one; `None` for a name, `localhost` among them, that would have to be looked up.
    pub fn address(&self) -> Option<IpAddr> {
        match self {
            Self::Address(a) => Some(*a),
            Self::Name(_) => None,
        }
    }

    /// Whether it is the IPv6 loopback, which a connector on IPv4 alone does not answer.
    pub fn is_ipv6_loopback(&self) -> bool {
        matches!(self, Self::Address(IpAddr::V6(a)) if *a == Ipv6Addr::LOCALHOST)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(address) => write!(f, "{address}"),
        }
    }
}

/// A TCP port, 1 to 65535.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Port(u16);

impl Port {
    /// Reads a port as a person types it.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what would do.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        match text.parse::<u16>() {
            Ok(0) => Err("port 0 is none; Tomcat's own is 8080".into()),
            Ok(port) if text.bytes().all(|b| b.is_ascii_digit()) => Ok(Self(port)),
            _ if text.is_empty() => Err("a port is needed; Tomcat's own is 8080".into()),
            _ => Err(format!("{} is no port; a number from 1 to 65535 is needed", printable(text))),
        }
    }

    /// The port as a number; `None` for 0.
    pub fn new(port: u16) -> Option<Self> {
        (port != 0).then_some(Self(port))
    }

    /// As a number, 1 to 65535.
    pub fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_and_addresses() {
        for (text, url) in [
            ("127.0.0.1", "127.0.0.1"),
            ("[::1]", "[::1]"),
            ("::1", "[::1]"),
            ("guac.example.org", "guac.example.org"),
            ("guacd_1", "guacd_1"),
        ] {
            assert_eq!(Host::parse(text).map(|h| h.in_url()), Ok(url.into()));
        }
    }

    #[test]
    fn refuses_illegal_hosts() {
        for text in [
            "",
            "a b",
            "300.1.1.1",
            "1.2.3",
            "-a",
            "a-",
            "a..b",
            "http://a",
            "a:80",
            "a;b",
            "a$b",
            "a{",
            "é",
            "0.0.0.0",
            "::",
            "[::1",
            "224.0.0.1",
            "a\u{1b}[m",
        ] {
            assert!(Host::parse(text).is_err(), "{text:?} was let in");
        }
    }

    #[test]
    fn refuses_port_zero_and_too_large() {
        for text in ["0", "70000", "", "80a", "-1", "+80", "8 0"] {
            assert!(Port::parse(text).is_err(), "{text:?} was let in");
        }
        assert_eq!(Port::parse(" 8080 ").map(Port::number), Ok(8080));
    }
}
