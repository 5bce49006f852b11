//! A `rewrite … break` in a location, which decides what path the backend is asked for.

use super::load::Placed;
use regex::bytes::{Regex, RegexBuilder};
use std::borrow::Cow;

/// A `rewrite` whose outcome can be told: it ends with `break` and uses nothing but what its own expression captures.
///
/// # Source
/// `ngx_http_rewrite` and `ngx_http_script_regex_end_code` in nginx's src/http: the expression may match anywhere, and
/// the replacement becomes the whole path.
#[derive(Clone, Debug)]
pub struct Rewrite {
    pattern: Regex,
    replacement: String,
}

impl Rewrite {
    /// Reads a directive that may be one; `None` where it is none, or where its outcome cannot be told.
    pub fn read(placed: Placed<'_>) -> Option<Self> {
        let [pattern, replacement, flag] = placed.directive.exactly()?;
        let replacement = replacement.text().into_owned();
        // A question mark would take the query away, without which no tunnel opens; a scheme would redirect.
        let is_plain = replacement.starts_with(['/', '$']) && !replacement.contains('?');
        if !placed.directive.is("rewrite") || !flag.is("break") || !is_plain {
            return None;
        }
        // nginx's own are PCRE's: one that looks around is not understood here.
        let pattern = RegexBuilder::new(&pattern.text()).unicode(false).build().ok()?;
        let mut variables = replacement.split('$').skip(1);
        let is_captured = |name: &str| {
            let number =
                name.bytes().next().filter(u8::is_ascii_digit).map(|digit| usize::from(digit - b'0'));
            number.is_some_and(|number| number > 0 && number < pattern.captures_len())
        };
        variables.all(is_captured).then_some(Self { pattern, replacement })
    }

    /// The path that the backend sees for everything below a public path, with its last slash: the context path.
    pub fn context(&self, public: &str) -> Option<String> {
        let public = format!("{}/", public.trim_end_matches('/'));
        let context = self.path_for(&public)?;
        let inner = "x/y.z";
        let is_below = |told: &String| told.strip_prefix(&context) == Some(inner);
        let told = self.path_for(&format!("{public}{inner}"));
        (context.starts_with('/') && context.ends_with('/') && told.is_some_and(|told| is_below(&told)))
            .then_some(context)
    }

    fn path_for(&self, path: &str) -> Option<String> {
        let captures = self.pattern.captures(path.as_bytes())?;
        let mut parts = self.replacement.split('$');
        let mut told = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            // nginx knows nine of them, a digit each.
            let number = part.bytes().next().map_or(0, |digit| usize::from(digit - b'0'));
            let caught = captures.get(number).map(|own| String::from_utf8_lossy(own.as_bytes()));
            told.push_str(caught.as_ref().map_or("", Cow::as_ref));
            told.push_str(&part[1..]);
        }
        Some(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::nginx::Tree;

    fn context(text: &str, public: &str) -> Option<String> {
        let tree = Tree::parse(text.as_bytes()).expect("it can be read");
        let directive = tree.directives().next().expect("a directive");
        Rewrite::read(Placed { file: 0, directive })?.context(public)
    }

    #[test]
    fn what_the_backend_is_asked_for_is_told() {
        for (text, public, expected) in [
            ("rewrite /guacamole(.*) $1 break;", "/guacamole/", Some("/")),
            ("rewrite ^/guacamole(.*)$ $1 break;", "/guacamole", Some("/")),
            ("rewrite ^/desk/(.*)$ /guacamole/$1 break;", "/desk/", Some("/guacamole/")),
            ("rewrite \"^/(desk)/(.*)\" /$1/$2 break;", "/desk/", Some("/desk/")),
            ("rewrite ^/other/(.*)$ /$1 break;", "/desk/", None),
            ("rewrite ^/desk/(.*)$ /index.html break;", "/desk/", None),
            ("rewrite ^/desk/(.*)$ /g/$1? break;", "/desk/", None),
            ("rewrite ^/desk/(.*)$ /g/$1 last;", "/desk/", None),
            ("rewrite ^/desk/(.*)$ /g/$2 break;", "/desk/", None),
            ("rewrite ^/desk/(.*)$ /g/$host/$1 break;", "/desk/", None),
            ("rewrite ^/desk/(.*)$ https://h/$1 break;", "/desk/", None),
            ("rewrite ^/desk/(.*)$ $1 break;", "/desk/", None),
            ("rewrite ^(?!/x)/desk/(.*)$ /$1 break;", "/desk/", None),
            ("rewrite ^/desk/(.*)$ /$1;", "/desk/", None),
        ] {
            assert_eq!(context(text, public).as_deref(), expected, "{text}");
        }
    }
}
