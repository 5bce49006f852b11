//! Which proxies Tomcat believes when they name the client.

use ipnet::IpNet;
use std::fmt;
use std::net::IpAddr;

/// The proxies whose `X-Forwarded-For` Tomcat believes: addresses and CIDR blocks, in the order given.
///
/// A single address is a block of one. Never empty, never everything: `0.0.0.0/0` and `::/0` are refused, since any
/// client could then choose the address it is seen with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Reads the list as a person types it: addresses and CIDR blocks, separated by commas or blanks.
    ///
    /// # Errors
    /// One sentence for each entry that is none, saying what would do.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let mut nets = Vec::new();
        let mut errors = Vec::new();
        for entry in Self::split(text) {
            match parse_entry(entry) {
                Ok(net) if nets.contains(&net) => {}
                Ok(net) => nets.push(net),
                Err(error) => errors.push(error),
            }
        }
        if nets.is_empty() && errors.is_empty() {
            errors.push(
                "at least one proxy is needed: 127.0.0.1 where the frontend runs on Tomcat's machine".into(),
            );
        }
        if errors.is_empty() { Ok(Self(nets)) } else { Err(errors) }
    }

    /// The list with each wrong entry replaced by the right one nearest to it; `None` where one has none.
    pub fn nearest(text: &str) -> Option<String> {
        let mended: Option<Vec<String>> = Self::split(text)
            .map(|entry| match (parse_entry(entry), entry.parse::<IpNet>()) {
                (Ok(_), _) => Some(entry.to_owned()),
                (Err(_), Ok(net)) if net.prefix_len() > 0 => Some(self::entry(&net.trunc())),
                _ => None,
            })
            .collect();
        mended.filter(|mended| !mended.is_empty()).map(|mended| mended.join(", "))
    }

    /// What the entries mean, an entry a line: how many addresses, and which.
    ///
    /// # Shape
    /// `1 address`, `256 addresses, 10.1.0.0 to 10.1.0.255`, `this machine`.
    pub fn meanings(&self) -> Vec<String> {
        self.0.iter().map(meaning).collect()
    }

    /// The list tried on two addresses, one that it holds and one that it does not.
    ///
    /// # Shape
    /// `10.1.0.7 trusted, 8.8.8.8 not`
    pub fn sample(&self) -> String {
        let inside = self.0.iter().max_by_key(|net| net.max_prefix_len() - net.prefix_len()).map(inner);
        let strangers = ["8.8.8.8", "203.0.113.9", "2001:4860:4860::8888"];
        let outside =
            strangers.iter().find(|text| text.parse().is_ok_and(|address| !self.contains(&address)));
        let parts = inside.map(|address| format!("{address} trusted"));
        parts
            .into_iter()
            .chain(outside.map(|address| format!("{address} not")))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// What one entry means, as in [`TrustedProxies::meanings`].
    ///
    /// # Errors
    /// A sentence saying what would do, where it is none.
    pub fn entry_meaning(entry: &str) -> Result<String, String> {
        parse_entry(entry).map(|net| meaning(&net))
    }

    /// The entries of a list as they are typed, good or not.
    pub fn split(text: &str) -> impl Iterator<Item = &str> {
        text.split(Self::is_separator).filter(|entry| !entry.is_empty())
    }

    /// Whether a character ends an entry.
    pub fn is_separator(c: char) -> bool {
        matches!(c, ',' | ' ' | '\t' | '\n' | '\r' | ';')
    }

    /// The list as blocks.
    pub fn nets(&self) -> &[IpNet] {
        &self.0
    }

    /// Whether an address is trusted.
    pub fn contains(&self, address: &IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(address))
    }

    /// One string an entry, a block of one without its prefix length: `["127.0.0.1", "10.1.0.0/24"]`.
    pub fn entries(&self) -> Vec<String> {
        self.0.iter().map(entry).collect()
    }
}

impl fmt::Display for TrustedProxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.entries().join(", "))
    }
}

fn entry(net: &IpNet) -> String {
    if net.prefix_len() == net.max_prefix_len() { net.addr().to_string() } else { net.to_string() }
}

fn meaning(net: &IpNet) -> String {
    if net.addr().is_loopback() && net.prefix_len() == net.max_prefix_len() {
        return "this machine".into();
    }
    let (first, last) = (net.network(), net.broadcast());
    match net.max_prefix_len() - net.prefix_len() {
        0 => "1 address".into(),
        bits @ 1..=32 => format!("{} addresses, {first} to {last}", 1_u64 << bits),
        bits => format!("2^{bits} addresses, {first} to {last}"),
    }
}

/// An address of the block as an example; not the first, with which the block itself is written.
fn inner(net: &IpNet) -> IpAddr {
    net.hosts().nth(6).or_else(|| net.hosts().next()).unwrap_or(net.addr())
}

fn parse_entry(text: &str) -> Result<IpNet, String> {
    let shown = super::printable(text);
    if let Ok(address) = text.parse::<IpAddr>() {
        return if address.is_unspecified() {
            Err(format!("{shown} is no proxy's address"))
        } else {
            Ok(IpNet::from(canonical(address)))
        };
    }
    let Ok(net) = text.parse::<IpNet>() else {
        return Err(match text.split_once('/') {
            Some((address, length)) if address.parse::<IpAddr>().is_ok() => {
                format!("{shown}: /{length} is no prefix length; 0 to 32 for IPv4, 0 to 128 for IPv6")
            }
            _ => format!("{shown} is neither an address nor a CIDR block; such as 10.1.0.7 or 10.1.0.0/24"),
        });
    };
    if net.prefix_len() == 0 {
        return Err(format!(
            "{shown} is every address there is: any client could then choose the address it is seen with"
        ));
    }
    if net.addr() != net.network() {
        return Err(format!(
            "{shown} has bits beyond its prefix; the block is {}, the one address {}",
            net.trunc(),
            net.addr()
        ));
    }
    Ok(net)
}

/// Java turns an IPv4-mapped IPv6 address into the IPv4 one, so that is what Tomcat compares.
fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses_and_blocks_in_order() {
        let list =
            TrustedProxies::parse("127.0.0.1, ::1 10.1.0.0/24,127.0.0.1").expect("all entries are good");
        assert_eq!(list.entries(), ["127.0.0.1", "::1", "10.1.0.0/24"]);
        assert!(list.contains(&"10.1.0.9".parse().expect("an address")));
        assert!(!list.contains(&"10.1.1.9".parse().expect("an address")));
    }

    #[test]
    fn says_what_the_entries_mean() {
        let list =
            TrustedProxies::parse("127.0.0.1, 10.1.0.0/24, 192.0.2.5, 2001:db8::/64").expect("good entries");
        assert_eq!(
            list.meanings(),
            [
                "this machine",
                "256 addresses, 10.1.0.0 to 10.1.0.255",
                "1 address",
                "2^64 addresses, 2001:db8:: to 2001:db8::ffff:ffff:ffff:ffff"
            ]
        );
        let list = TrustedProxies::parse("127.0.0.1, 10.1.0.0/24").expect("good entries");
        assert_eq!(list.sample(), "10.1.0.7 trusted, 8.8.8.8 not");
        let list = TrustedProxies::parse("8.0.0.0/8").expect("a good entry");
        assert_eq!(list.sample(), "8.0.0.7 trusted, 203.0.113.9 not");
    }

    #[test]
    fn refuses_host_bits_and_names_both_readings() {
        let errors = TrustedProxies::parse("10.1.0.7/24").expect_err("host bits are set");
        assert!(errors[0].contains("10.1.0.0/24") && errors[0].contains("10.1.0.7"), "{errors:?}");
    }

    #[test]
    fn reports_every_wrong_entry_at_once() {
        let errors =
            TrustedProxies::parse("1.2.3, 10.0.0.0/33, 0.0.0.0/0, 127.0.0.1").expect_err("three are wrong");
        assert_eq!(errors.len(), 3);
        assert!(TrustedProxies::parse(" , ").is_err());
    }
}
