//! What takes requests elsewhere before they are proxied.

use super::load::Item;

/// A directive that takes requests for a path elsewhere before they are proxied.
#[derive(Clone, Copy, Debug)]
pub struct LedAway<'a> {
    /// The directive.
    pub item: &'a Item,
    /// Whether it does so in some cases only: a `RewriteCond` stands before it.
    pub sometimes: bool,
}

/// What takes requests for a path elsewhere, among the directives of a virtual host, or of the server.
///
/// # Source
/// The order of the hooks in httpd's `mod_rewrite`, `mod_proxy` and `mod_alias`: a `RewriteRule` comes before
/// `ProxyPass`, a `Redirect` in a section before the response is asked for, but a `Redirect` outside of any section
/// after `ProxyPass`, so that it never sees what is proxied.
pub fn led_away<'a>(items: &'a [Item], path: &str) -> Vec<LedAway<'a>> {
    let rewrites = items.iter().rfind(|item| item.name == "rewriteengine");
    let rewrites = rewrites.is_some_and(|engine| engine.first_argument().eq_ignore_ascii_case("on"));
    let mut found = Vec::new();
    let mut sometimes = false;
    for item in items {
        match item.name.as_str() {
            "rewritecond" => sometimes = true,
            "rewriterule" => {
                if rewrites && rewrites_away(item, path) {
                    found.push(LedAway { item, sometimes });
                }
                sometimes = false;
            }
            "location" if item.arguments().len() == 1 && covers(&item.first_argument(), path) => {
                let redirects = item.children.iter().filter(|child| is_redirect(child));
                found.extend(redirects.map(|item| LedAway { item, sometimes: false }));
            }
            _ => {}
        }
    }
    found
}

/// Whether a virtual host leads everybody who asks for a path to the same place over https.
///
/// Conditions that ask for the name or for TLS, as certbot writes them, hold for whoever comes over plain HTTP.
pub fn leads_to_https(items: &[Item], path: &str) -> bool {
    const ABOUT_THE_SITE: [&str; 5] =
        ["%{HTTPS}", "%{SERVER_PORT}", "%{SERVER_NAME}", "%{HTTP_HOST}", "%{REQUEST_SCHEME}"];
    let conditions = items.iter().filter(|item| item.name == "rewritecond");
    let is_about_the_site =
        |item: &Item| ABOUT_THE_SITE.iter().any(|own| item.first_argument().eq_ignore_ascii_case(own));
    let is_whole = conditions.clone().all(is_about_the_site);
    led_away(items, path).iter().any(|led| {
        let arguments = led.item.arguments();
        let to = arguments.get(1).map(|to| to.to_ascii_uppercase()).unwrap_or_default();
        led.item.name == "rewriterule"
            && (!led.sometimes || is_whole)
            && to.starts_with("HTTPS://")
            && ["%{REQUEST_URI}", "$0", "$1"].iter().any(|same| to.contains(same))
    })
}

/// Whether what holds for one path holds for another: it is the same or lies above.
pub fn covers(above: &str, path: &str) -> bool {
    path.strip_prefix(above)
        .is_some_and(|rest| above.ends_with('/') || rest.is_empty() || rest.starts_with('/'))
}

/// A rule that matches the path and that ends in a redirect or at another backend; a WebSocket's is Guacamole's own.
fn rewrites_away(rule: &Item, path: &str) -> bool {
    let arguments = rule.arguments();
    let [pattern, to, flags @ ..] = arguments.as_slice() else { return false };
    let flags = flags.first().map_or("", |flags| flags.trim_matches(['[', ']'])).to_ascii_uppercase();
    let leaves = to.contains("://")
        || flags.split(',').any(|flag| matches!(flag.trim(), "P" | "R") || flag.trim().starts_with("R="));
    let (negated, pattern) = pattern.strip_prefix('!').map_or((false, &**pattern), |rest| (true, rest));
    let matches = crate::config::matches(pattern, path).is_some_and(|matches| matches != negated);
    leaves && matches && !to.starts_with("ws")
}

/// A redirect of everything that its section holds for; one with a path of its own is for that alone.
fn is_redirect(item: &Item) -> bool {
    if !item.name.starts_with("redirect") {
        return false;
    }
    let to = |argument: &str| argument.contains("://") || argument.starts_with('/');
    match (item.name.as_str(), item.arguments().as_slice()) {
        ("redirect" | "redirectpermanent" | "redirecttemp", [only]) => to(only),
        ("redirect", [status, only]) => !status.starts_with('/') && to(only),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::{Facts, Loaded};
    use super::*;
    use crate::config::MemoryFiles;
    use std::path::Path;

    #[test]
    fn what_comes_before_the_proxy_is_told_from_what_comes_after() {
        for (text, wanted) in [
            ("Redirect permanent / https://a.test/", None),
            ("RedirectMatch ^/(.*)$ https://a.test/$1", None),
            ("<Location />\nRedirect permanent https://a.test/\n</Location>", Some(false)),
            ("<Location /guacamole/>\nRedirect /other https://a.test/\n</Location>", None),
            ("<Location /other/>\nRedirect https://a.test/\n</Location>", None),
            ("RewriteRule ^ https://a.test/ [R]", None),
            (
                "RewriteEngine On\nRewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [END,NE,R=permanent]",
                Some(false),
            ),
            ("RewriteEngine On\nRewriteCond %{HTTPS} off\nRewriteRule ^(.*)$ /x$1 [L,R=301]", Some(true)),
            ("RewriteEngine On\nRewriteRule ^/guac(.*) http://10.0.0.1/$1 [P]", Some(false)),
            ("RewriteEngine On\nRewriteRule !^/static /index.php [L,R]", Some(false)),
            ("RewriteEngine On\nRewriteRule ^/guacamole/(.*) ws://10.0.0.1/$1 [P]", None),
            ("RewriteEngine On\nRewriteRule ^/ /index.php [L]", None),
            ("RewriteEngine On\nRewriteRule ^/other https://a.test/ [R]", None),
        ] {
            let files = MemoryFiles([("/m".into(), text.as_bytes().into())].into());
            let loaded = Loaded::read(Path::new("/m"), &Facts::default(), &files);
            let found: Vec<bool> =
                led_away(&loaded.items, "/guacamole/").iter().map(|led| led.sometimes).collect();
            assert_eq!(found, wanted.into_iter().collect::<Vec<_>>(), "{text}");
        }
    }
}
