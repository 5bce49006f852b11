//! Regular expressions of paths.

use regex::bytes::RegexBuilder;

/// The path that everything begins with that a regular expression matches, with its last slash.
pub fn beginning(pattern: &str) -> Option<String> {
    let pattern = pattern.strip_prefix('^')?.replace(r"\/", "/");
    let end = pattern.find(|c: char| r"\.^$|?*+()[]{}".contains(c)).unwrap_or(pattern.len());
    let (path, rest) = pattern.split_at(end);
    let is_whole = path.ends_with('/')
        || ["(/", "(?:/", "($|/", "(?:$|/", "/"].iter().any(|next| rest.starts_with(next));
    (path.starts_with('/') && is_whole).then(|| format!("{}/", path.trim_end_matches('/')))
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
}
