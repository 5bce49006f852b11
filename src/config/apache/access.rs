//! Who is kept out, and which sections say so for what is proxied.

use super::load::Item;
use super::redirect::is_location_of;
use crate::config::{Matcher, Wildcard, matches};
use crate::model::PublicPath;
use std::borrow::Cow;

/// Whether a section holds for a path that is proxied to a URL.
///
/// # Source
/// `proxy_walk` in httpd's `mod_proxy.c`: a `<Proxy>` without wildcards is for every URL that begins so.
pub fn holds_for(section: &Item, path: &str, url: &str) -> bool {
    if !section.name.starts_with("proxy") {
        return is_location_of(section, path);
    }
    match (section.name.as_str(), section.arguments().as_slice()) {
        ("proxy", [own]) if Wildcard::is_in(own.as_bytes()) => {
            Wildcard::read(own.as_bytes(), Matcher::Apr).matches(url.as_bytes())
        }
        ("proxy", [own]) => url.starts_with(&**own),
        ("proxy", [_, pattern]) | ("proxymatch", [pattern]) => matches(pattern, url) == Some(true),
        _ => false,
    }
}

/// The first directive of a section that keeps somebody out.
pub fn restriction(section: &Item) -> Option<&Item> {
    let items = &section.children;
    let allows_all = items.iter().any(|item| item.name == "allow" && is_from_all(item));
    items.iter().find(|item| match item.name.as_str() {
        "require" => !is_all(item, "granted"),
        "requireall" | "requireany" | "requirenone" | "deny" => true,
        // Whom nothing allows is denied.
        "order" => !allows_all && item.arguments().join(",").to_ascii_lowercase().starts_with("allow"),
        _ => false,
    })
}

/// Whether a restriction of a section lets nobody in at all.
pub fn lets_nobody_in(section: &Item, rule: &Item) -> bool {
    let allows = section.named("allow").next().is_some() || section.named("satisfy").next().is_some();
    match rule.name.as_str() {
        "require" => is_all(rule, "denied") && section.named("require").count() == 1,
        "deny" => is_from_all(rule) && !allows,
        "order" => !allows,
        _ => false,
    }
}

/// Whether a `Require` is for all, `granted` or `denied`.
pub fn is_all(require: &Item, what: &str) -> bool {
    let arguments = require.arguments();
    matches!(arguments.as_slice(), [all, word] if all.eq_ignore_ascii_case("all") && word.eq_ignore_ascii_case(what))
}

fn is_from_all(item: &Item) -> bool {
    item.arguments().get(1).is_some_and(|who| who.eq_ignore_ascii_case("all"))
}

/// The directive of a section that refuses methods of Guacamole's, and these.
pub fn refused_methods(section: &Item) -> Option<(&Item, Vec<&'static str>)> {
    let lists = |item: &Item, method: &str| {
        let named = |own: &Cow<'_, str>| own.trim_start_matches('+').eq_ignore_ascii_case(method);
        item.arguments().iter().any(named)
    };
    section.children.iter().find_map(|item| {
        let is_refused = |method: &&&str| match item.name.as_str() {
            "limit" => restriction(item).is_some() && lists(item, method),
            "limitexcept" => restriction(item).is_some() && !lists(item, method),
            "allowmethods" => !lists(item, method) && !lists(item, "reset"),
            _ => false,
        };
        let methods: Vec<&str> = PublicPath::METHODS.iter().filter(is_refused).copied().collect();
        (!methods.is_empty()).then_some((item, methods))
    })
}

#[cfg(test)]
mod tests {
    use super::super::load::{Facts, Loaded};
    use super::*;
    use crate::config::MemoryFiles;
    use std::path::Path;

    fn section(text: &str) -> Item {
        let files = MemoryFiles([("/m".into(), text.as_bytes().into())].into());
        Loaded::read(Path::new("/m"), &Facts::default(), &files).items.into_iter().next().expect("a section")
    }

    #[test]
    fn sections_for_the_proxy_and_by_pattern_were_not_among_those_that_hold() {
        for (tag, holds) in [
            ("Proxy *", true),
            ("Proxy http://127.0.0.1:8080/", true),
            ("Proxy http://127.0.0.1:9000/", false),
            ("Proxy http://*:8080/guac*", true),
            ("Proxy ~ ^http://", true),
            ("ProxyMatch ^ws:", false),
            ("Location /", true),
            ("Location /guac", false),
            ("LocationMatch ^/guac", true),
            ("LocationMatch \\.js$", false),
            ("Directory /", false),
        ] {
            let name = tag.split(' ').next().unwrap_or_default();
            let section = section(&format!("<{tag}>\n</{name}>\n"));
            assert_eq!(
                holds_for(&section, "/guacamole/", "http://127.0.0.1:8080/guacamole/"),
                holds,
                "{tag}"
            );
        }
    }

    #[test]
    fn who_is_kept_out_by_old_words_and_new_ones() {
        for (rules, wanted) in [
            ("Require all granted", None),
            ("Require all denied", Some(true)),
            ("Require ip 10.0.0.1", Some(false)),
            ("Order deny,allow\nDeny from all", Some(true)),
            ("Order deny,allow\nDeny from all\nAllow from 10.0.0.1", Some(false)),
            ("Order allow,deny\nAllow from all", None),
            ("Order allow,deny\nAllow from 10.0.0.1", Some(false)),
            ("AuthType Basic", None),
        ] {
            let section = section(&format!("<Location />\n{rules}\n</Location>\n"));
            assert_eq!(restriction(&section).map(|rule| lets_nobody_in(&section, rule)), wanted, "{rules}");
        }
    }

    #[test]
    fn methods_that_are_refused_were_not_looked_at() {
        for (rules, wanted) in [
            ("<LimitExcept GET HEAD>\nRequire all denied\n</LimitExcept>", "POST PUT PATCH DELETE"),
            ("<Limit TRACE>\nRequire all denied\n</Limit>", ""),
            ("<Limit PUT DELETE>\nDeny from all\n</Limit>", "PUT DELETE"),
            ("<Limit GET>\nRequire all granted\n</Limit>", ""),
            ("AllowMethods GET POST PUT DELETE", "PATCH"),
            ("AllowMethods reset", ""),
        ] {
            let section = section(&format!("<Location />\n{rules}\n</Location>\n"));
            let refused = refused_methods(&section).map(|(_, methods)| methods.join(" "));
            assert_eq!(refused.unwrap_or_default(), wanted, "{rules}");
        }
    }
}
