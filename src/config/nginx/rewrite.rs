//! A `rewrite … break` in a location, which decides what path the backend is asked for; and one beside the locations,
//! which decides what location is asked.

use super::load::Placed;
use super::tree::{Directive, Word};
use crate::config::matches_in;
use crate::model::PublicPath;
use regex::bytes::{Captures, Regex, RegexBuilder};
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
        Some(replaced(&self.replacement, &captures, path))
    }
}

/// A replacement with what was caught in it, and the path itself; what is not known of other variables stays.
fn replaced(replacement: &str, captures: &Captures<'_>, path: &str) -> String {
    let mut parts = replacement.split('$');
    let mut told = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // nginx knows nine of them, a digit each.
        if let Some(digit) = part.bytes().next().filter(u8::is_ascii_digit) {
            let caught = captures.get(usize::from(digit - b'0'));
            told.push_str(&caught.map_or(Cow::Borrowed(""), |own| String::from_utf8_lossy(own.as_bytes())));
            told.push_str(&part[1..]);
            continue;
        }
        let own = ["uri", "request_uri", "document_uri"].iter().find_map(|name| part.strip_prefix(name));
        match own.filter(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')) {
            Some(rest) => told.extend([path, rest]),
            None => told.extend(["$", part]),
        }
    }
    told
}

/// Whether a `rewrite` beside the locations makes a path of what Guacamole is asked for that is not below its own.
///
/// One that sends the browser somewhere is not meant, nor one whose expression is not understood here.
///
/// # Source
/// nginx, `ngx_http_rewrite_module`: the rewritings of a server block come first, and a location is then looked for by
/// what they have made of the path, whatever their flag.
pub fn leads_elsewhere(directive: Directive<'_>, public: &str) -> bool {
    let mut words = directive.arguments().map(Word::text);
    let (Some(pattern), Some(replacement)) = (words.next(), words.next()) else { return false };
    if !directive.is("rewrite") {
        return false;
    }
    let Ok(pattern) = RegexBuilder::new(&pattern).unicode(false).build() else { return false };
    let leaves = |path: String| {
        let captures = pattern.captures(path.as_bytes());
        captures.is_some_and(|captures| !replaced(&replacement, &captures, &path).starts_with(public))
    };
    let asked = PublicPath::ASKED.iter().map(|part| format!("{public}{part}"));
    std::iter::once(public.to_owned()).chain(asked).any(leaves)
}

/// Whether an `if` looks at the path, and holds for nothing that Guacamole is asked for.
pub fn is_for_other_paths(directive: Directive<'_>, public: &str) -> bool {
    let condition: Vec<_> = directive.arguments().map(Word::text).collect();
    let condition = condition.join(" ");
    let bare = condition.trim().trim_start_matches('(').trim_end_matches(')').trim();
    let mut parts = bare.splitn(3, ' ');
    let (Some(variable), Some(operator), Some(value)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    // A pattern's last parenthesis cannot be told from the condition's where both are taken off.
    let value = value.trim();
    let value = if value.matches('(').count() > value.matches(')').count() {
        format!("{value})")
    } else {
        value.into()
    };
    // The query belongs to $request_uri, and is not known.
    let is_path = ["$uri", "$document_uri"].contains(&variable)
        || (variable == "$request_uri" && !value.contains(r"\?"));
    let holds = |path: String| match operator {
        "=" => Some(path == value),
        "~" | "~*" => matches_in(&value, &path, operator == "~*"),
        "!~" | "!~*" => matches_in(&value, &path, operator == "!~*").map(|matches| !matches),
        _ => None,
    };
    let asked = PublicPath::ASKED.iter().map(|part| format!("{public}{part}"));
    directive.is("if")
        && is_path
        && std::iter::once(public.to_owned()).chain(asked).all(|path| holds(path) == Some(false))
}

/// Whether an `if` looks whether the path is no file, which holds for all that Guacamole is asked for.
pub fn holds_without_file(directive: Directive<'_>) -> bool {
    let condition: Vec<_> = directive.arguments().map(Word::text).collect();
    let condition = condition.join(" ");
    let bare = condition.trim_start_matches(['(', ' ']).trim_end_matches([')', ' ']);
    let file = ["!-e ", "!-f "].iter().find_map(|test| bare.strip_prefix(test));
    let is_of_path = |file: &str| {
        let of_path = ["$request_filename", "$uri", "$document_uri", "$request_uri", "$fastcgi_script_name"];
        of_path.iter().any(|name| file.trim().ends_with(name))
    };
    directive.is("if") && file.is_some_and(is_of_path)
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

    fn directive_of<T>(text: &str, look: impl Fn(Directive<'_>) -> T) -> T {
        let tree = Tree::parse(text.as_bytes()).expect("it can be read");
        look(tree.directives().next().expect("a directive"))
    }

    #[test]
    fn a_rewrite_of_the_site_may_lead_guacamole_elsewhere() {
        for (text, expected) in [
            ("rewrite ^(.*)$ /index.php?q=$1 last;", true),
            ("rewrite ^/guacamole/(.*)$ /app/$1 last;", true),
            ("rewrite ^/guacamole/(.*)$ /app/$1 break;", true),
            ("rewrite ^ /index.php;", true),
            ("rewrite \\.(css|js)$ /static$uri last;", true),
            ("rewrite ^/guacamole/(.*)$ /guacamole/$1 last;", false),
            ("rewrite ^/guacamole$ /guacamole/ last;", false),
            ("rewrite ^(.*)$ $uri last;", false),
            ("rewrite ^/(?!guacamole)(.*)$ /index.php last;", false),
            ("rewrite ^/wiki/(.*)$ /w/$1 last;", false),
            ("rewrite ^(.*)$ $uri_path last;", true),
            ("return 404;", false),
        ] {
            let leads = directive_of(text, |directive| leads_elsewhere(directive, "/guacamole/"));
            assert_eq!(leads, expected, "{text}");
        }
    }

    #[test]
    fn a_condition_on_other_paths_was_told_of_as_if_it_held_for_guacamole() {
        for (text, expected) in [
            ("if ( $uri ~ \"^/\\.well-known/.*\\.(php|js)$\" ) {}", true),
            ("if ($request_uri ~* \"/(wp-admin|xmlrpc\\.php)\") {}", true),
            ("if ($uri = /old) {}", true),
            ("if ($uri !~ ^/guacamole/) {}", true),
            ("if ($uri !~ ^/app/) {}", false),
            ("if ($request_uri ~* \"\\.(js|css)\") {}", false),
            ("if ($uri ~ ^/(?!x)) {}", false),
            ("if ($request_uri ~ \"^/old\\?id=\") {}", false),
            ("if ($host = a.test) {}", false),
            ("if ($https) {}", false),
        ] {
            let is_for = directive_of(text, |directive| is_for_other_paths(directive, "/guacamole/"));
            assert_eq!(is_for, expected, "{text}");
        }
    }

    #[test]
    fn a_condition_on_a_file_that_is_not_there_holds_for_guacamole() {
        for (text, expected) in [
            ("if (!-e $request_filename) {}", true),
            ("if ( !-f $request_filename ) {}", true),
            ("if (!-f $document_root$uri) {}", true),
            ("if (-f $request_filename) {}", false),
            ("if (!-f $document_root/maintenance) {}", false),
            ("if ($host = a) {}", false),
        ] {
            assert_eq!(directive_of(text, holds_without_file), expected, "{text}");
        }
    }
}
