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
    let compiled = RegexBuilder::new(pattern).unicode(false).case_insensitive(any_case).build().ok()?;
    Some(compiled.is_match(text.as_bytes()))
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
