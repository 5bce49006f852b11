//! Names that a pattern means, as glob(3) of the C library matches them in the C locale.
//!
//! # Source
//! POSIX.1-2017, Shell and Utilities 2.13: `*`, `?` and brackets never match a `/`, and a dot that a name begins with is
//! matched by a dot alone that the pattern begins with.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// A pattern of one name of a path.
#[derive(Debug)]
pub struct Wildcard<'a> {
    text: &'a str,
    /// What stands around its only star, where it has no other wildcard, as nearly every one has none: of thousands of
    /// names each is then compared at its ends.
    ends: Option<(&'a [u8], &'a [u8])>,
    pattern: glob::Pattern,
}

const OPTIONS: glob::MatchOptions = glob::MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    // The crate lets `*.conf` match `.conf`, as nothing is left for the star; the C library does not.
    require_literal_leading_dot: false,
};

impl Wildcard<'_> {
    /// Whether a path, or a part of one, is a pattern and not a plain name.
    pub fn is_in(text: &str) -> bool {
        text.contains(['*', '?', '['])
    }

    /// Whether a pattern of a whole path means this path.
    pub fn matches_path(pattern: &Path, path: &Path) -> bool {
        let mut names = path.iter();
        let all = pattern.iter().all(|part| {
            names.next().is_some_and(|name| match part.to_str().filter(|text| Self::is_in(text)) {
                Some(text) => Wildcard::read(text).is_some_and(|wildcard| wildcard.matches(name)),
                None => part == name,
            })
        });
        all && names.next().is_none()
    }
}

impl<'a> Wildcard<'a> {
    /// Reads a pattern; `None` where a bracket of it is never closed.
    pub fn read(text: &'a str) -> Option<Self> {
        let is_plain = |text: &str| !Self::is_in(text) && !text.contains('\\');
        let ends = text.split_once('*').filter(|(start, end)| is_plain(start) && is_plain(end));
        let ends = ends.map(|(start, end)| (start.as_bytes(), end.as_bytes()));
        Some(Self { text, ends, pattern: glob::Pattern::new(&as_the_crate_writes(text)).ok()? })
    }

    /// Whether it means this name.
    pub fn matches(&self, name: &OsStr) -> bool {
        let bytes = name.as_bytes();
        if bytes.starts_with(b".") && !self.text.starts_with('.') {
            return false;
        }
        match self.ends {
            Some((start, end)) => {
                bytes.len() >= start.len() + end.len() && bytes.starts_with(start) && bytes.ends_with(end)
            }
            None => self.pattern.matches_with(&name.to_string_lossy(), OPTIONS),
        }
    }
}

/// The same pattern in the crate's own dialect: it knows no backslash, takes `**` for folders, and `[^` for a circumflex.
fn as_the_crate_writes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => out.extend(rest.next().map(|next| glob::Pattern::escape(next.encode_utf8(&mut [0; 4])))),
            '*' if out.ends_with('*') => {}
            '[' if rest.next_if_eq(&'^').is_some() => out.push_str("[!"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, name: &str) -> bool {
        Wildcard::read(pattern).is_some_and(|wildcard| wildcard.matches(OsStr::new(name)))
    }

    #[test]
    fn names_are_matched_as_the_c_library_matches_them() {
        for (pattern, name, expected) in [
            ("*.conf", "a.conf", true),
            ("*.conf", ".conf", false),
            ("*", ".a", false),
            (".*", ".a", true),
            ("[.]a", ".a", false),
            ("?a", ".a", false),
            ("a*", "a.b", true),
            ("a*a", "a", false),
            ("[", "[", false),
            ("a**.b", "ax.b", true),
            ("[^a]x", "bx", true),
            ("[^a]x", "ax", false),
            ("a\\*b*", "a*bc", true),
            ("a\\*b*", "axbc", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn a_path_is_matched_part_by_part() {
        let matches = |pattern: &str, path: &str| Wildcard::matches_path(Path::new(pattern), Path::new(path));
        assert!(matches("/e/*/a?", "/e/d/ab"));
        assert!(!matches("/e/*", "/e/d/ab") && !matches("/e/*/a?", "/e/d") && !matches("/e/*", "/e/.d"));
    }

    proptest::proptest! {
        #[test]
        fn a_star_alone_matches_as_in_any_pattern(text in r"[a.]{0,2}\*[a.]{0,2}", name in "[ab][ab.]{0,4}") {
            let pattern = glob::Pattern::new(&text).expect("a pattern");
            proptest::prop_assert_eq!(matches(&text, &name), pattern.matches_with(&name, OPTIONS));
        }
    }
}
