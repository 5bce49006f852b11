//! Names that a pattern means.
//!
//! # Source
//! POSIX.1-2017, Shell and Utilities 2.13; glibc `posix/fnmatch_loop.c` and `posix/glob.c`; APR `strings/apr_fnmatch.c`. Both
//! compare bytes, as the servers run in the C locale; a dot that a name begins with is matched by a dot alone that the
//! pattern begins with, and a bracket that is never closed is a plain character.

use std::borrow::Cow;

/// Who matches names: the two part where a pattern is an odd one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matcher {
    /// glob(3) of the C library, which nginx asks.
    CLibrary,
    /// `apr_fnmatch`, which httpd asks: it knows no classes such as `[:digit:]`.
    Apr,
}

/// A pattern of one name of a path.
#[derive(Clone, Copy, Debug)]
pub struct Wildcard<'a> {
    text: &'a [u8],
    by: Matcher,
    /// What stands around its only star, where it has no other wildcard, as nearly every one has none: of thousands of
    /// names each is then compared at its ends.
    ends: Option<(&'a [u8], &'a [u8])>,
}

/// How a bracket ends.
enum Bracket {
    /// With what follows it, and whether it holds the byte.
    Closed(usize, bool),
    /// Never.
    Open,
    /// So that nothing is matched by it.
    Wrong,
}

impl<'a> Wildcard<'a> {
    /// Reads the pattern of a name.
    pub fn read(text: &'a [u8], by: Matcher) -> Self {
        let is_plain =
            |text: &[u8]| memchr::memchr3(b'*', b'?', b'[', text).is_none() && !text.contains(&b'\\');
        let ends = memchr::memchr(b'*', text).map(|at| (&text[..at], &text[at + 1..]));
        Self { text, by, ends: ends.filter(|(start, end)| is_plain(start) && is_plain(end)) }
    }

    /// Whether a path, or a part of one, is a pattern and not a plain name.
    pub fn is_in(text: &[u8]) -> bool {
        let (mut bytes, mut is_open) = (text.iter(), false);
        while let Some(byte) = bytes.next() {
            match byte {
                b'*' | b'?' => return true,
                b']' if is_open => return true,
                b'[' => is_open = true,
                b'\\' => drop(bytes.next()),
                _ => {}
            }
        }
        false
    }

    /// Whether it means this name.
    pub fn matches(&self, name: &[u8]) -> bool {
        if name.starts_with(b".") && !self.text.starts_with(b".") && !self.text.starts_with(b"\\.") {
            return false;
        }
        match self.ends {
            Some((start, end)) => {
                name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
            }
            None => self.matches_all(name),
        }
    }

    /// The usual walk: where a name does not go on as the pattern does, the last star takes one byte more.
    fn matches_all(&self, name: &[u8]) -> bool {
        let (mut at, mut own, mut star) = (0, 0, None);
        loop {
            if self.text.get(own) == Some(&b'*') {
                own += 1;
                star = Some((own, at));
                continue;
            }
            let Some(&byte) = name.get(at) else { return own == self.text.len() };
            if let Some(next) = self.takes(own, byte) {
                (at, own) = (at + 1, next);
            } else if let Some((after, taken)) = star {
                star = Some((after, taken + 1));
                (at, own) = (taken + 1, after);
            } else {
                return false;
            }
        }
    }

    /// Where the pattern goes on behind what matches this byte; `None` where nothing does.
    fn takes(&self, own: usize, byte: u8) -> Option<usize> {
        match self.text.get(own)? {
            b'?' => Some(own + 1),
            b'[' => match self.bracket(own + 1, byte) {
                Bracket::Closed(next, holds) => holds.then_some(next),
                Bracket::Open => (byte == b'[').then_some(own + 1),
                Bracket::Wrong => None,
            },
            b'\\' => match (self.text.get(own + 1), self.by) {
                (Some(plain), _) => (*plain == byte).then_some(own + 2),
                (None, Matcher::Apr) => (byte == b'\\').then_some(own + 1),
                (None, Matcher::CLibrary) => None,
            },
            plain => (*plain == byte).then_some(own + 1),
        }
    }

    /// Whether the bracket whose inside begins there holds a byte.
    fn bracket(&self, start: usize, byte: u8) -> Bracket {
        let is_negated = matches!(self.text.get(start), Some(b'!' | b'^'));
        let first = start + usize::from(is_negated);
        let (mut at, mut holds) = (first, false);
        loop {
            match self.text.get(at) {
                None => return Bracket::Open,
                Some(b']') if at > first => return Bracket::Closed(at + 1, holds != is_negated),
                Some(_) => {}
            }
            if let Some(class) = self.class(at) {
                match holds_class(class, byte) {
                    Some(is_in) => holds |= is_in,
                    // The C library looks at no class any more when it has found the byte.
                    None if holds => {}
                    None => return Bracket::Wrong,
                }
                at += class.len() + "[::]".len();
                continue;
            }
            let Some((low, next)) = self.member(at) else { return self.ended() };
            let is_range = self.text.get(next) == Some(&b'-') && self.text.get(next + 1) != Some(&b']');
            if !is_range {
                holds |= low == byte;
                at = next;
                continue;
            }
            let Some((high, next)) = self.member(next + 1) else { return self.ended() };
            holds |= (low..=high).contains(&byte);
            at = next;
        }
    }

    /// One byte inside a bracket, and where it goes on; `None` where the pattern ends instead.
    fn member(&self, at: usize) -> Option<(u8, usize)> {
        let rest = self.text.get(at..)?;
        match (rest, self.by) {
            ([b'\\', plain, ..], _) => Some((*plain, at + 2)),
            ([b'\\'] | [], _) => None,
            // A symbol or an equivalence class, each of a single byte in the C locale.
            ([b'[', b'.', own, b'.', b']', ..] | [b'[', b'=', own, b'=', b']', ..], Matcher::CLibrary) => {
                Some((*own, at + 5))
            }
            ([own, ..], _) => Some((*own, at + 1)),
        }
    }

    /// The name of a class that stands there, `digit` of `[:digit:]`.
    fn class(&self, at: usize) -> Option<&'a [u8]> {
        let rest = self.text.get(at..)?.strip_prefix(b"[:").filter(|_| self.by == Matcher::CLibrary)?;
        let end = rest.iter().position(|byte| !byte.is_ascii_lowercase())?;
        rest[end..].starts_with(b":]").then_some(&rest[..end])
    }

    /// What becomes of a bracket in which the pattern ends in the middle of a member.
    fn ended(&self) -> Bracket {
        match self.by {
            Matcher::CLibrary => Bracket::Wrong,
            Matcher::Apr => Bracket::Open,
        }
    }
}

/// Whether a class of the C locale holds a byte; `None` where there is no such class.
fn holds_class(name: &[u8], byte: u8) -> Option<bool> {
    Some(match name {
        b"alnum" => byte.is_ascii_alphanumeric(),
        b"alpha" => byte.is_ascii_alphabetic(),
        b"blank" => matches!(byte, b' ' | b'\t'),
        b"cntrl" => byte.is_ascii_control(),
        b"digit" => byte.is_ascii_digit(),
        b"graph" => byte.is_ascii_graphic(),
        b"lower" => byte.is_ascii_lowercase(),
        b"print" => byte.is_ascii_graphic() || byte == b' ',
        b"punct" => byte.is_ascii_punctuation(),
        b"space" => matches!(byte, b' ' | b'\t'..=b'\r'),
        b"upper" => byte.is_ascii_uppercase(),
        b"xdigit" => byte.is_ascii_hexdigit(),
        _ => return None,
    })
}

/// A part of a pattern's path that is none itself, as the matcher takes it: the C library takes its backslashes away.
pub fn plain_name(text: &[u8], by: Matcher) -> Cow<'_, [u8]> {
    if by == Matcher::Apr || !text.contains(&b'\\') {
        return Cow::Borrowed(text);
    }
    let (mut name, mut bytes) = (Vec::with_capacity(text.len()), text.iter());
    while let Some(&byte) = bytes.next() {
        name.push(if byte == b'\\' { bytes.next().copied().unwrap_or(byte) } else { byte });
    }
    Cow::Owned(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, name: &str) -> [bool; 2] {
        [Matcher::CLibrary, Matcher::Apr]
            .map(|by| Wildcard::read(pattern.as_bytes(), by).matches(name.as_bytes()))
    }

    /// The C library's and APR's own word on each.
    #[test]
    fn names_are_matched_as_the_servers_match_them() {
        for (pattern, name, c_library, apr) in [
            ("*.conf", "a.conf", true, true),
            ("*.conf", ".conf", false, false),
            ("*", ".a", false, false),
            (".*", ".a", true, true),
            ("\\.*", ".a", true, true),
            ("[.]a", ".a", false, false),
            ("?a", ".a", false, false),
            ("a*", "a.b", true, true),
            ("a*a", "a", false, false),
            ("*a*b", "xaybxb", true, true),
            ("[", "[", true, true),
            ("a[.conf", "a[.conf", true, true),
            ("*[", "x[", true, true),
            ("a**.b", "ax.b", true, true),
            ("[^a]x", "bx", true, true),
            ("[!a]x", "ax", false, false),
            ("[[^a]x", "^x", true, true),
            ("[]a]x", "]x", true, true),
            ("[a-c]", "b", true, true),
            ("[c-a]", "b", false, false),
            ("[a-]", "-", true, true),
            ("[a\\-c]x", "bx", false, false),
            ("a[\\]]x", "a]x", true, true),
            ("[a\\*b]c", "*c", true, true),
            ("a\\*b*", "a*bc", true, true),
            ("a\\*b*", "axbc", false, false),
            ("*.conf\\", "a.conf", false, false),
            ("x*\\", "xa\\", false, true),
            ("[[:digit:]]*", "10-a", true, false),
            ("[[:digit:]]*", ":]a", false, true),
            ("[[:such:]]", "s", false, false),
            ("[[.a.]]", "a", true, false),
            ("[a-", "[a-", false, true),
            ("??", "é", true, true),
            ("?", "é", false, false),
        ] {
            assert_eq!(matches(pattern, name), [c_library, apr], "{pattern} {name}");
        }
    }

    #[test]
    fn what_is_a_pattern_is_told_as_apr_tells_it() {
        for (text, expected) in
            [("a*", true), ("a\\*", false), ("[a", false), ("a]", false), ("[a]", true), ("\\[a]", false)]
        {
            assert_eq!(Wildcard::is_in(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn the_c_library_takes_backslashes_of_a_plain_part_away() {
        assert_eq!(&*plain_name(b"a\\b\\\\", Matcher::CLibrary), b"ab\\");
        assert_eq!(&*plain_name(b"a\\b", Matcher::Apr), b"a\\b");
    }

    proptest::proptest! {
        #[test]
        fn a_star_alone_matches_as_in_any_pattern(text in r"[a.]{0,2}\*[a.]{0,2}", name in "[ab.][ab.]{0,4}") {
            let wildcard = Wildcard::read(text.as_bytes(), Matcher::Apr);
            proptest::prop_assert!(wildcard.ends.is_some());
            let walked = Wildcard { ends: None, ..wildcard };
            proptest::prop_assert_eq!(wildcard.matches(name.as_bytes()), walked.matches(name.as_bytes()));
        }
    }
}
