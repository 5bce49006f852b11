//! What an existing `internalProxies` means: turned back into addresses and blocks where it can be.

use super::range::hextet;
use super::{Grammar, java_six, literal_four};
use crate::model::{TrustedProxies, Version};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use regex::bytes::{Regex, RegexBuilder};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What Tomcat makes of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It trusts exactly these.
    Proxies(TrustedProxies),
    /// Tomcat cannot read it, warns once and keeps its default: every private range is trusted.
    Invalid,
    /// It matches no address as Tomcat writes it: nobody is trusted.
    NeverMatches,
    /// It matches addresses all over the internet: any client is trusted.
    Open,
    /// It may well be right, but cannot be turned back.
    Unknown,
}

/// Addresses that no list of proxies should hold all of: the documentation ranges and public resolvers.
const STRANGERS: [&str; 4] = ["203.0.113.77", "198.51.100.9", "8.8.8.8", "2001:db8:0:0:0:0:0:9"];

/// A pattern of more blocks than this is shown as it is.
const MOST: usize = 64;

/// What Tomcat of a version makes of a value.
pub fn meaning(value: &str, version: Option<&Version>) -> Meaning {
    // What a property of Tomcat's holds only Tomcat knows.
    if value.contains("${") {
        return Meaning::Unknown;
    }
    let has_slash = value.find('/').is_some_and(|at| at > 0);
    match Grammar::of(version) {
        Grammar::Cidr => list(value),
        Grammar::CidrOrRegex if has_slash => list(value),
        // Somebody who wrote CIDR for a Tomcat of unknown version may know it better.
        Grammar::Regex if has_slash && version.is_none() => list(value),
        Grammar::Regex if has_slash && list(value) != Meaning::Invalid => Meaning::NeverMatches,
        Grammar::CidrOrRegex | Grammar::Regex => pattern(value),
    }
}

fn list(value: &str) -> Meaning {
    let mut nets = Vec::new();
    for entry in value.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        match entry.parse::<IpNet>().or_else(|_| entry.parse::<IpAddr>().map(IpNet::from)) {
            Ok(net) if net.prefix_len() == 0 => return Meaning::Open,
            Ok(net) => nets.push(net.trunc()),
            Err(_) => return Meaning::Invalid,
        }
    }
    proxies(&nets)
}

fn proxies(nets: &[IpNet]) -> Meaning {
    if nets.is_empty() {
        return Meaning::NeverMatches;
    }
    let entries: Vec<_> = nets.iter().map(ToString::to_string).collect();
    TrustedProxies::parse(&entries.join(",")).map_or(Meaning::Unknown, Meaning::Proxies)
}

fn pattern(value: &str) -> Meaning {
    let whole = match compile(value) {
        Ok(whole) => whole,
        Err(meaning) => return meaning,
    };
    if value.is_empty() {
        return Meaning::NeverMatches;
    }
    // What asks for a comma matches no address: a list was meant.
    let alternatives: Vec<&str> =
        split(value, b'|').into_iter().filter(|part| !asks_for_stranger(part)).collect();
    if alternatives.is_empty() {
        return Meaning::NeverMatches;
    }
    let nets: Option<Vec<_>> = alternatives.into_iter().map(one).collect();
    match nets.as_deref().map(joined) {
        Some(nets) if nets.iter().any(|net| net.prefix_len() == 0) => Meaning::Open,
        Some(nets) => proxies(&nets),
        None if STRANGERS.iter().filter(|address| whole.is_match(address.as_bytes())).count() > 1 => {
            Meaning::Open
        }
        None => Meaning::Unknown,
    }
}

/// The nets of all alternatives; where one is made of several, those that are one together as one, each where its first
/// part was.
fn joined(nets: &[Vec<IpNet>]) -> Vec<IpNet> {
    let is_apart = nets.iter().any(|own| own.len() > 1);
    let nets = nets.concat();
    if !is_apart {
        return nets;
    }
    let mut together = IpNet::aggregate(&nets);
    together.sort_by_key(|net| nets.iter().position(|own| net.contains(own)));
    together
}

/// Whether an alternative asks for a character that no address has, a comma, a blank or a backslash: one that is neither
/// a quantifier's, nor one of several, nor optional.
fn asks_for_stranger(alternative: &str) -> bool {
    let bytes = alternative.as_bytes();
    let (mut at, mut groups, mut in_class, mut in_braces) = (0, 0_usize, false, false);
    while let Some(&first) = bytes.get(at) {
        let escaped = (first == b'\\').then(|| bytes.get(at + 1).copied()).flatten();
        match first {
            b'[' => in_class = true,
            b']' => in_class = false,
            b'{' => in_braces = true,
            b'}' => in_braces = false,
            b'(' if !in_class => groups += 1,
            b')' if !in_class => groups = groups.saturating_sub(1),
            _ => {}
        }
        let is_stranger = match escaped {
            Some(own) => matches!(own, b',' | b' ' | b'\\'),
            None => first.is_ascii_whitespace() || (first == b',' && !in_braces),
        };
        at += 1 + usize::from(escaped.is_some());
        let is_optional = matches!(bytes.get(at), Some(b'?' | b'*' | b'{'));
        if is_stranger && !is_optional && !in_class && groups == 0 {
            return true;
        }
    }
    false
}

/// A Java pattern, where this language of patterns has it too; whole match, ASCII classes, as Tomcat uses it.
fn compile(pattern: &str) -> Result<Regex, Meaning> {
    let compiled = RegexBuilder::new(&format!("^(?:{pattern})$")).unicode(false).build();
    compiled.map_err(|error| {
        let said = error.to_string();
        let java_knows_more =
            ["look-around", "backreference", "unrecognized escape", "size limit", "nicode", "flag"];
        if java_knows_more.iter().any(|words| said.contains(words)) {
            Meaning::Unknown
        } else {
            Meaning::Invalid
        }
    })
}

/// The net of one alternative, none where it matches no address as Java prints it; `None` where it cannot be told.
fn one(alternative: &str) -> Option<Vec<IpNet>> {
    let literal = alternative.replace(r"\.", ".").replace(r"\:", ":");
    if let Ok(four) = literal.parse::<Ipv4Addr>() {
        return Some(vec![literal_four(four)]);
    }
    let scope = r"(%.+)?";
    let unscoped = alternative.strip_suffix(scope).unwrap_or(alternative);
    if let Ok(six) = unscoped.parse::<Ipv6Addr>() {
        let printed = unscoped == java_six(six);
        return Some(printed.then(|| IpNet::V6(Ipv6Net::from(six))).into_iter().collect());
    }
    four(alternative).or_else(|| six(unscoped).map(|net| vec![net]))
}

/// A pattern of four octets: as guacfront writes it, and in the ways people write `10\.1\.\d+\.\d{1,3}`.
fn four(pattern: &str) -> Option<Vec<IpNet>> {
    let parts = octets(pattern)?;
    let mut nets = vec![Ipv4Net::default()];
    for (place, part) in (0_u8..).zip(&parts) {
        let blocks = blocks(&matching(part)?);
        let mut longer = Vec::new();
        for net in nets {
            // Once an octet is not fixed, all after it must be free.
            if net.prefix_len() < place * 8 {
                if blocks != [(0, 0)] {
                    return None;
                }
                longer.push(net);
                continue;
            }
            for &(first, bits) in &blocks {
                let mut base = net.addr().octets();
                base[usize::from(place)] = first;
                longer.push(Ipv4Net::new(base.into(), place * 8 + bits).ok()?);
            }
        }
        nets = longer;
        if nets.len() > MOST {
            return None;
        }
    }
    (!nets.is_empty()).then(|| nets.into_iter().map(IpNet::V4).collect())
}

/// Octets as blocks that differ in their last bits alone: the first of each, and how many bits are fixed.
fn blocks(octets: &[u8]) -> Vec<(u8, u8)> {
    let has = |octet: u16| u8::try_from(octet).is_ok_and(|octet| octets.contains(&octet));
    let mut blocks = Vec::new();
    let mut at = 0_u16;
    while at < 256 {
        // The largest block that begins here and is there as a whole.
        let fits = |bits: &u8| {
            let size = 256_u16 >> bits;
            at.is_multiple_of(size) && (at..at + size).all(has)
        };
        match (0..=8).find(fits) {
            Some(bits) => {
                blocks.extend(u8::try_from(at).map(|first| (first, bits)));
                at += 256 >> bits;
            }
            None => at += 1,
        }
    }
    blocks
}

/// The four parts between dots; a bare `.` between two parts stands for a dot, `.*` at the end for all that is left.
fn octets(pattern: &str) -> Option<Vec<String>> {
    let dotted = split(pattern, b'.');
    let mut parts: Vec<String> = Vec::new();
    for (number, part) in dotted.iter().enumerate() {
        let last = number + 1 == dotted.len();
        match *part {
            // Only the dot was a wildcard: `10\.1\..*` leaves an empty part and then `*`.
            "" if !last && number > 0 => {}
            "*" | "+" if last && number > 0 && dotted[number - 1].is_empty() => {
                while parts.len() < 4 {
                    parts.push(r"\d{1,3}".to_owned());
                }
            }
            part if !part.is_empty() && !part.starts_with(['*', '+', '?', '{']) => {
                parts.push(part.to_owned());
            }
            _ => return None,
        }
    }
    (parts.len() == 4).then_some(parts)
}

/// The octets that a part matches, in order.
fn matching(part: &str) -> Option<Vec<u8>> {
    let compiled = compile(part).ok()?;
    Some((0..=255).filter(|value: &u8| compiled.is_match(value.to_string().as_bytes())).collect())
}

/// A pattern of eight groups, as guacfront writes it.
fn six(pattern: &str) -> Option<IpNet> {
    let free = hextet(0, 0xffff);
    let mut head = pattern;
    let mut count = 0;
    if let Some((before, times)) = pattern.strip_suffix('}').and_then(|rest| rest.rsplit_once('{'))
        && let Some(before) = before.strip_suffix(&format!("(:{free})"))
    {
        (head, count) = (before, times.parse().ok()?);
    } else if let Some(before) = pattern.strip_suffix(&format!(":{free}")) {
        (head, count) = (before, 1);
    }
    let parts = split(head, b':');
    if parts.len() + count != 8 {
        return None;
    }
    let mut groups = [0_u16; 8];
    let mut length = 0;
    for (place, part) in parts.iter().enumerate() {
        let (base, bits) = group(part)?;
        if bits < 16 && place + 1 != parts.len() {
            return None;
        }
        groups[place] = base;
        length += bits;
    }
    Ipv6Net::new(Ipv6Addr::from(groups), length).ok().map(IpNet::V6)
}

/// The first number and the fixed bits of one group.
fn group(part: &str) -> Option<(u16, u8)> {
    if let Ok(number) = u16::from_str_radix(part, 16) {
        return (part == format!("{number:x}")).then_some((number, 16));
    }
    // A range's pattern begins with the leading digits of its first number, in `[8-b]` the class's first.
    let inner = part.trim_start_matches('(');
    let mut lead = String::new();
    for c in inner.chars() {
        match c {
            '[' => {}
            c if c.is_ascii_hexdigit() => {
                lead.push(c);
                if inner.find('[') < inner.find(c) {
                    break;
                }
            }
            _ => break,
        }
    }
    let candidates =
        (lead.len()..=4).filter_map(|digits| u16::from_str_radix(&format!("{lead:0<digits$}"), 16).ok());
    candidates.chain([0]).find_map(|base| {
        (1..16_u8).find_map(|bits| {
            let rest = 0xffff_u16 >> bits;
            (base & rest == 0 && hextet(base, base | rest) == part).then_some((base, bits))
        })
    })
}

/// Splits at a separator outside of groups and classes; `\.` counts as the separator `.`.
fn split(pattern: &str, separator: u8) -> Vec<&str> {
    let bytes = pattern.as_bytes();
    let (mut parts, mut start, mut at, mut depth, mut class) = (Vec::new(), 0, 0, 0_usize, false);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => {
                if separator == b'.' && bytes.get(at + 1) == Some(&b'.') && depth == 0 && !class {
                    parts.push(&pattern[start..at]);
                    start = at + 2;
                }
                at += 1;
            }
            b'[' => class = true,
            b']' => class = false,
            b'(' if !class => depth += 1,
            b')' if !class => depth = depth.saturating_sub(1),
            byte if byte == separator && depth == 0 && !class => {
                parts.push(&pattern[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    parts.push(pattern.get(start..).unwrap_or_default());
    parts
}

#[cfg(test)]
mod tests;
