//! Regular expressions of paths.

use regex::bytes::RegexBuilder;

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
    let compiled = RegexBuilder::new(pattern).unicode(false).case_insensitive(any_case).build();
    match compiled {
        Ok(compiled) => Some(compiled.is_match(text.as_bytes())),
        Err(_) => matches_without(pattern, text, any_case),
    }
}

/// The same of a pattern that says after its first letters what must not follow: `^/(?!\.well-known/)(.*)`.
fn matches_without(pattern: &str, text: &str, any_case: bool) -> Option<bool> {
    let (start, rest) = pattern.split_once("(?!")?;
    let close = closing(rest)?;
    // What may begin in several places, or be several texts, is not told apart so.
    let begins_so =
        start.strip_prefix('^').is_some_and(|own| first_special(&own.replace(r"\/", "/")) == own.len());
    if !begins_so {
        return None;
    }
    let (without, rest) = (&rest[..close], &rest[close + 1..]);
    let is_excluded = matches_in(&format!("{start}(?:{without})"), text, any_case)?;
    Some(!is_excluded && matches_in(&format!("{start}{rest}"), text, any_case)?)
}

/// Where the bracket closes that was open before a text.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut is_protected) = (0_usize, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_protected => is_protected = false,
            b'\\' => is_protected = true,
            b'(' => depth += 1,
            b')' if depth == 0 => return Some(at),
            b')' => depth -= 1,
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
            (r"^\/(?!b)", "/b", None),
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
}
