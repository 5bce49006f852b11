//! Regular expressions of paths.

use regex::bytes::RegexBuilder;
use std::borrow::Cow;

/// How many looks ahead a pattern may have one after the other; nobody writes as many by hand.
const LOOKS: usize = 32;

/// The path that everything begins with that a regular expression matches, with its last slash.
pub fn beginning(pattern: &str) -> Option<String> {
    let pattern = pattern.strip_prefix('^')?.replace(r"\/", "/");
    let end = first_special(&pattern);
    let (path, rest) = pattern.split_at(end);
    let is_whole = path.ends_with('/')
        || ["(/", "(?:/", "($|/", "(?:$|/", "/"].iter().any(|next| rest.starts_with(next));
    (path.starts_with('/') && is_whole).then(|| format!("{}/", path.trim_end_matches('/')))
}

/// The text that what a pattern matches begins with, by the first of its alternatives; `None` where it may begin anywhere.
pub fn literal_start(pattern: &str) -> Option<String> {
    let pattern = pattern.strip_prefix('^')?.replace(r"\/", "/");
    let end = first_special(&pattern);
    // What comes before these may be missing.
    let is_optional = pattern[end..].starts_with(['?', '*', '{']);
    let kept = if is_optional { pattern[..end].char_indices().last().map_or(0, |(at, _)| at) } else { end };
    Some(pattern[..kept].to_owned())
}

fn first_special(pattern: &str) -> usize {
    pattern.find(|c: char| r"\.^$|?*+()[]{}".contains(c)).unwrap_or(pattern.len())
}

/// Whether a server's pattern matches somewhere in a text; `None` where it is of a kind that is not understood here.
///
/// PCRE's classes are those of ASCII, and what Unicode has to say of them is not part of this program.
pub fn matches(pattern: &str, text: &str) -> Option<bool> {
    matches_in(pattern, text, false)
}

/// The same without regard to case, or not.
pub fn matches_in(pattern: &str, text: &str, any_case: bool) -> Option<bool> {
    let plain = |pattern: &str| {
        let built = RegexBuilder::new(pattern).unicode(false).case_insensitive(any_case).build();
        built.ok().map(|compiled| compiled.is_match(text.as_bytes()))
    };
    let (mut pattern, mut is_as_wanted) = (Cow::Borrowed(pattern), true);
    for _ in 0..=LOOKS {
        if let Some(is_match) = plain(&pattern) {
            return Some(is_match && is_as_wanted);
        }
        let looking = LookingAhead::read(&pattern)?;
        is_as_wanted &= plain(&looking.ahead)? == looking.wanted;
        pattern = Cow::Owned(looking.rest);
    }
    None
}

/// A pattern that looks ahead right behind letters that stand at the beginning, as `^/(?!guacamole/)(.*)$` does.
///
/// The engine cannot look ahead; but these letters are at one place alone in a text, so that it is two patterns.
struct LookingAhead {
    /// The letters and what is looked for behind them.
    ahead: String,
    /// Whether that is to be there.
    wanted: bool,
    /// The pattern without the look.
    rest: String,
}

impl LookingAhead {
    fn read(pattern: &str) -> Option<Self> {
        let pattern = pattern.strip_prefix('^')?.replace(r"\/", "/");
        let (letters, look) = pattern.split_at(first_special(&pattern));
        let wanted = look.starts_with("(?=");
        let look = look.strip_prefix(if wanted { "(?=" } else { "(?!" })?;
        let end = outermost(look, ')')?;
        let (looked_for, rest) = (&look[..end], &look[end + 1..]);
        // An alternative would be one to the look, too.
        let is_alternative = outermost(rest, '|').is_some();
        (!is_alternative).then(|| Self {
            ahead: format!("^{letters}(?:{looked_for})"),
            wanted,
            rest: format!("^{letters}{rest}"),
        })
    }
}

/// Where a character stands first in a pattern that is in no group and no class, and means something.
fn outermost(pattern: &str, wanted: char) -> Option<usize> {
    let (mut depth, mut is_class, mut is_escaped) = (0_usize, false, false);
    for (at, char) in pattern.char_indices() {
        match char {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            ']' => is_class = false,
            _ if is_class => {}
            _ if char == wanted && depth == 0 => return Some(at),
            '[' => is_class = true,
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_regular_expression_begins_with_a_path_or_with_none() {
        for (pattern, wanted) in [
            ("^/guacamole/", Some("/guacamole/")),
            (r"^\/guacamole\/(.*)$", Some("/guacamole/")),
            ("^/guacamole(/.*)?$", Some("/guacamole/")),
            ("^/a/guac($|/)", Some("/a/guac/")),
            ("^/guac(amole)?/", None),
            (r"\.php$", None),
            ("/guacamole/", None),
        ] {
            assert_eq!(beginning(pattern).as_deref(), wanted, "{pattern}");
        }
    }

    #[test]
    fn a_pattern_with_what_must_not_follow_was_not_understood() {
        for (pattern, text, wanted) in [
            (r"^/(?!\.well-known/acme)(.*)", "/guacamole/", Some(true)),
            (r"^/(?!\.well-known/acme)(.*)", "/.well-known/acme/x", Some(false)),
            (r"^(?!/.well-known)(.*)", "/guacamole/", Some(true)),
            (r"^/(?!guacamole(/|$)|\))", "/guacamole/", Some(false)),
            (r"^/(?!guacamole(/|$)|\))", "/guacamoles", Some(true)),
            (r"^/(?!a)(?!b)", "/b", Some(false)),
            (r"^\/(?!b)", "/b", Some(false)),
            (r"/(?!b)", "/b", None),
            (r"^/.*(?!b)", "/b", None),
            (r"^/(?!b", "/b", None),
        ] {
            assert_eq!(matches(pattern, text), wanted, "{pattern} {text}");
        }
    }

    #[test]
    fn a_regular_expression_s_own_letters_begin_what_it_matches() {
        for (pattern, wanted) in [
            ("^/guacamole/api/ext", Some("/guacamole/api/ext")),
            (r"^\/guacamole\/api\.old$", Some("/guacamole/api")),
            ("^/guacamole/?$", Some("/guacamole")),
            ("^/guac(amole)?/", Some("/guac")),
            ("^/ü*", Some("/")),
            ("^.*/api", Some("")),
            ("^?", Some("")),
            ("/guacamole/", None),
        ] {
            assert_eq!(literal_start(pattern).as_deref(), wanted, "{pattern}");
        }
    }

    #[test]
    fn a_pattern_that_looks_ahead_was_not_understood() {
        for (pattern, text, wanted) in [
            ("^/(?!guacamole)(.*)$", "/guacamole/", Some(false)),
            ("^/(?!guacamole)(.*)$", "/other/", Some(true)),
            (r"^\/(?!guacamole\/)", "/guacamole", Some(true)),
            ("^(?!/guacamole/)", "/guacamole/api", Some(false)),
            ("^/(?!a)(?!b)[^/]+$", "/b", Some(false)),
            ("^/(?!a)(?!b)[^/]+$", "/c", Some(true)),
            ("^/(?=a)", "/a", Some(true)),
            ("^/(?!a|(?:b[)|]))c?", "/b)", Some(false)),
            ("^/(?!a|(?:b[)|]))c?", "/c", Some(true)),
            ("^/(?!a)b|/a", "/a", None),
            ("/(?!a)", "/b", None),
            ("^/a*(?!b)", "/b", None),
            (r"^/(.)\1", "/aa", None),
        ] {
            assert_eq!(matches(pattern, text), wanted, "{pattern} {text}");
        }
    }

    #[test]
    fn thousands_of_looks_ahead_overflowed_the_stack() {
        for (looks, wanted) in [(LOOKS, Some(true)), (LOOKS + 1, None), (20_000, None)] {
            let pattern = format!("^{}/x", "(?!a)".repeat(looks));
            assert_eq!(matches(&pattern, "/x"), wanted, "{looks}");
        }
        let seldom = format!("^{}(?!/x)/x", "(?!a)".repeat(LOOKS - 1));
        assert_eq!(matches(&seldom, "/x"), Some(false));
    }
}
