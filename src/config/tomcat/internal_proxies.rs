//! `internalProxies`: trusted proxies in the grammar of a Tomcat version, and back.

mod meaning;
mod range;

pub use meaning::{Meaning, meaning};

use crate::model::{TrustedProxies, Version};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use range::{hextet, octet};
use std::net::{Ipv4Addr, Ipv6Addr};

/// How a Tomcat reads `internalProxies`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grammar {
    /// A Java regular expression that must match the whole address as text.
    Regex,
    /// A comma list of CIDR blocks; a value without any `/` is read as a regular expression all the same.
    CidrOrRegex,
    /// A comma list of CIDR blocks and addresses.
    Cidr,
}

impl Grammar {
    /// The grammar of a version; an unknown one is taken for a version that reads regular expressions, as all but
    /// the newest do.
    ///
    /// # Source
    /// Tomcat's changelog: CIDR since 11.0.13, regular expressions removed in 12.0.0.
    pub fn of(version: Option<&Version>) -> Self {
        match version {
            Some(version) if version.at_least(&[12]) => Self::Cidr,
            Some(version) if version.at_least(&[11, 0, 13]) => Self::CidrOrRegex,
            _ => Self::Regex,
        }
    }
}

/// The value of `internalProxies` that trusts exactly these proxies.
///
/// # Shape
/// A regular expression compares text: IPv4 dotted, IPv6 as Java prints it, eight groups in lower case without
/// leading zeros. nginx writes IPv6 compressed into `X-Forwarded-For`, whose entries are compared as they were sent,
/// so a single IPv6 address other than the loopback stands in both forms. A link-local address may carry its scope.
/// In a CIDR list every entry has its prefix length, since without any `/` the value would be taken for a regular
/// expression.
pub fn to_grammar(trust: &TrustedProxies, version: Option<&Version>) -> String {
    let nets = trust.nets().iter().map(|net| unmapped(*net));
    match Grammar::of(version) {
        Grammar::Regex => nets.flat_map(patterns).collect::<Vec<_>>().join("|"),
        Grammar::CidrOrRegex | Grammar::Cidr => nets.map(|net| net.to_string()).collect::<Vec<_>>().join(","),
    }
}

/// Whether two lists trust the same addresses, however they are cut into blocks.
pub fn trust_the_same(a: &TrustedProxies, b: &TrustedProxies) -> bool {
    let covered = |list: &TrustedProxies| {
        let mut nets = IpNet::aggregate(&list.nets().iter().map(|net| unmapped(*net)).collect());
        nets.sort();
        nets
    };
    covered(a) == covered(b)
}

/// Java turns an IPv4-mapped address into the IPv4 one, blocks of them too.
fn unmapped(net: IpNet) -> IpNet {
    let IpNet::V6(six) = net else { return net };
    let Some(four) = six.addr().to_ipv4_mapped().filter(|_| six.prefix_len() >= 96) else { return net };
    Ipv4Net::new(four, six.prefix_len() - 96).map_or(net, IpNet::V4)
}

fn patterns(net: IpNet) -> Vec<String> {
    match net {
        IpNet::V4(net) => vec![four(net)],
        IpNet::V6(net) => six(net),
    }
}

fn four(net: Ipv4Net) -> String {
    let (network, broadcast) = (net.network().octets(), net.broadcast().octets());
    let parts: Vec<_> = network.iter().zip(broadcast).map(|(low, high)| octet(*low, high)).collect();
    parts.join(r"\.")
}

fn six(net: Ipv6Net) -> Vec<String> {
    let (network, last) = (net.network().segments(), net.broadcast().segments());
    let free = network.iter().zip(last).rev().take_while(|(low, high)| **low == 0 && *high == 0xffff).count();
    let parts: Vec<_> =
        network.iter().zip(last).take(8 - free).map(|(low, high)| hextet(*low, high)).collect();
    let mut pattern = parts.join(":");
    match free {
        0 => {}
        1 => pattern = format!("{pattern}:{}", hextet(0, 0xffff)),
        free => pattern = format!("{pattern}(:{}){{{free}}}", hextet(0, 0xffff)),
    }
    let scope = if is_link_local(net) { "(%.+)?" } else { "" };
    let mut patterns = vec![pattern + scope];
    if net.prefix_len() == 128 && net.addr() != Ipv6Addr::LOCALHOST {
        let compressed = format!("{}{scope}", net.addr());
        if !patterns.contains(&compressed) {
            patterns.push(compressed);
        }
    }
    patterns
}

fn is_link_local(net: Ipv6Net) -> bool {
    net.prefix_len() >= 10 && net.addr().segments()[0] & 0xffc0 == 0xfe80
}

/// An address as Java's `InetAddress.getHostAddress` prints it.
fn java_six(address: Ipv6Addr) -> String {
    let groups: Vec<_> = address.segments().iter().map(|group| format!("{group:x}")).collect();
    groups.join(":")
}

fn literal_four(address: Ipv4Addr) -> IpNet {
    IpNet::V4(Ipv4Net::from(address))
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test's own patterns of numbers")]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regex::Regex;
    use std::net::IpAddr;

    fn trust(text: &str) -> TrustedProxies {
        TrustedProxies::parse(text).expect("the list is good")
    }

    fn whole(pattern: &str) -> Regex {
        Regex::new(&format!("^(?:{pattern})$")).expect("the pattern is good")
    }

    fn text(address: IpAddr) -> String {
        match address {
            IpAddr::V4(four) => four.to_string(),
            IpAddr::V6(six) => java_six(six),
        }
    }

    #[test]
    fn writes_each_version_s_grammar() {
        let list = trust("127.0.0.1, ::1, 10.1.0.0/16");
        let version = |text: &str| Version::parse(text);
        let regex = r"127\.0\.0\.1|0:0:0:0:0:0:0:1|10\.1\.OCTET\.OCTET"
            .replace("OCTET", r"(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])");
        for old in [None, version("9.0.85"), version("10.1.60"), version("11.0.12")] {
            assert_eq!(to_grammar(&list, old.as_ref()), regex);
        }
        for new in ["11.0.13", "11.1.0", "12.0.0"] {
            assert_eq!(to_grammar(&list, version(new).as_ref()), "127.0.0.1/32,::1/128,10.1.0.0/16");
        }
    }

    #[test]
    fn writes_a_single_ipv6_address_as_java_prints_it_and_as_nginx_sends_it() {
        assert_eq!(to_grammar(&trust("2001:db8::7"), None), "2001:db8:0:0:0:0:0:7|2001:db8::7");
        assert_eq!(to_grammar(&trust("::ffff:10.0.0.0/120"), None), to_grammar(&trust("10.0.0.0/24"), None));
        assert!(whole(&to_grammar(&trust("fe80::/10"), None)).is_match("fe80:0:0:0:0:0:0:1%eth0"));
    }

    #[test]
    fn matches_exactly_the_octets_of_every_prefix_length() {
        for length in 1..=32_u8 {
            let net =
                IpNet::V4(Ipv4Net::new(Ipv4Addr::new(172, 181, 90, 165), length).expect("a length").trunc());
            let pattern = whole(&to_grammar(&trust(&net.to_string()), None));
            let base = Ipv4Addr::new(172, 181, 90, 165).octets();
            for place in 0..4 {
                for value in 0..=255 {
                    let mut octets = base;
                    octets[place] = value;
                    let address = IpAddr::from(octets);
                    assert_eq!(
                        pattern.is_match(&address.to_string()),
                        net.contains(&address),
                        "{net} {address}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_block_is_no_longer_than_a_person_can_read() {
        let mut longest = (0, 0);
        for (value, length) in (0..=255_u8).flat_map(|value| (1..=128).map(move |length| (value, length))) {
            if let Ok(net) = Ipv4Net::new(Ipv4Addr::from([value; 4]), length) {
                longest.0 = longest.0.max(four(net.trunc()).len());
            }
            let net = Ipv6Net::new(Ipv6Addr::from([value; 16]), length).expect("a length").trunc();
            longest.1 = longest.1.max(six(net).join("|").len());
        }
        // Most of it are the octets and groups that may be anything.
        assert!(longest.0 <= 150 && longest.1 <= 130, "{longest:?}");
    }

    proptest! {
        #[test]
        fn matches_exactly_the_addresses_of_a_block(bits: u128, length in 1..=128_u8, other: u128, near in 0..128_u32) {
            let net = Ipv6Net::new(Ipv6Addr::from(bits), length).expect("a length").trunc();
            prop_assume!(net.addr().to_ipv4_mapped().is_none());
            let pattern = whole(&six(net).join("|"));
            for bits in [bits, other, bits ^ (1 << near), net.broadcast().into(), net.network().into()] {
                let address = Ipv6Addr::from(bits);
                prop_assert_eq!(pattern.is_match(&java_six(address)), net.contains(&address));
            }
            prop_assert!(!to_grammar(&trust(&net.to_string()), None).contains('$'));
        }

        #[test]
        fn comes_back_as_it_went(fours in prop::collection::vec((any::<u32>(), 1..=32_u8), 1..4),
                                 sixes in prop::collection::vec((any::<u128>(), 1..=128_u8), 0..3)) {
            let mut list: Vec<_> = fours.iter().map(|(bits, length)| {
                IpNet::V4(Ipv4Net::new(Ipv4Addr::from(*bits), *length).expect("a length").trunc()).to_string()
            }).collect();
            list.extend(sixes.iter().map(|(bits, length)| {
                IpNet::V6(Ipv6Net::new(Ipv6Addr::from(*bits), *length).expect("a length").trunc()).to_string()
            }));
            let Ok(list) = TrustedProxies::parse(&list.join(",")) else { return Ok(()) };
            if list.nets().iter().any(|net| net.addr().is_unspecified()) {
                return Ok(());
            }
            for version in [None, Version::parse("11.0.13"), Version::parse("12.0")] {
                let written = to_grammar(&list, version.as_ref());
                let read = meaning(&written, version.as_ref());
                let expected = list.nets().iter().map(|net| unmapped(*net)).collect::<Vec<_>>();
                match read {
                    Meaning::Proxies(read) => prop_assert_eq!(read.nets(), &expected[..], "{}", written),
                    other => prop_assert!(false, "{} was read as {:?}", written, other),
                }
            }
        }
    }

    #[test]
    fn random_text_of_addresses_is_told_apart() {
        let list = trust("10.1.2.0/23, 192.168.7.5, 2001:db8:40::/42");
        let pattern = whole(&to_grammar(&list, None));
        for address in [
            "10.1.3.255",
            "10.1.4.0",
            "192.168.7.5",
            "192.168.7.50",
            "2001:db8:7f:0:0:0:0:1",
            "2001:db8:80:0:0:0:0:1",
        ] {
            let address: IpAddr = address.parse().expect("an address");
            assert_eq!(pattern.is_match(&text(address)), list.contains(&address), "{address}");
        }
        for text in ["10x1x2x1", "10.1.2.01", "10.1.2.256", "2001:DB8:40:0:0:0:0:1", "2001:db8:040:0:0:0:0:1"]
        {
            assert!(!pattern.is_match(text), "{text}");
        }
    }
}
