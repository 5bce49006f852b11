//! What takes requests elsewhere before they are proxied.

mod rewrite;

use super::load::Item;
use super::log::set_for;
use rewrite::Request;

/// A directive that takes requests for a path elsewhere before they are proxied.
#[derive(Clone, Copy, Debug)]
pub struct LedAway<'a> {
    /// The directive.
    pub item: &'a Item,
    /// Whether it does so in some cases only: a `RewriteCond` stands before it, or it stands in an `<If>`.
    pub sometimes: bool,
    /// Whether it refuses them.
    pub refuses: bool,
}

/// Where requests are proxied to that are not led away before.
#[derive(Clone, Copy, Debug, Default)]
pub struct Proxied<'a> {
    /// The URL of the `ProxyPass`.
    pub url: &'a str,
    /// Whether it has `mapping=`.
    pub is_mapped: bool,
}

/// What takes requests for a path elsewhere, among the directives of a virtual host and of the server around it, which
/// are none where the server's own are looked at.
///
/// # Source
/// The order of the hooks in httpd's `mod_rewrite`, `mod_proxy` and `mod_alias`: a `RewriteRule` comes before
/// `ProxyPass`, a `Redirect` in a section before the response is asked for, but a `Redirect` outside of any section
/// after `ProxyPass`, so that it never sees what is proxied. Measured with httpd 2.4.71: what has `mapping=` is proxied
/// before the rules, which are then held against `proxy:http://…`, as those in sections always are.
pub fn led_away<'a>(server: &'a [Item], host: &'a [Item], path: &str, to: Proxied<'_>) -> Vec<LedAway<'a>> {
    let mut found = Vec::new();
    let proxied = format!("proxy:{}", to.url);
    let tunnel = format!("{path}websocket-tunnel");
    if rewrite::is_on([host, server]) {
        let rules = if server.is_empty() { host.iter().collect() } else { rewrite::in_force(server, host) };
        let general = if to.is_mapped { &*proxied } else { path };
        rewrite::follow(&rules, &Request { path, uri: path, subject: general, upgrades: false }, &mut found);
        rewrite::follow(
            &rules,
            &Request { path, uri: &tunnel, subject: &tunnel, upgrades: true },
            &mut found,
        );
    }
    // Unlike one in a section, this comes before mod_proxy asks.
    let switches_off =
        |item: &&Item| set_for(item, path).is_some_and(|set| set.iter().any(|own| own == "no-proxy"));
    let off = server.iter().chain(host).filter(switches_off);
    found.extend(off.map(|item| LedAway { item, sometimes: false, refuses: false }));
    for items in [server, host] {
        let around = [items, host, server];
        let sections = items.iter().filter(|item| is_section_of(item, path));
        for section in sections {
            in_section(
                section,
                &around,
                &Request { path, uri: path, subject: &proxied, upgrades: false },
                &mut found,
            );
        }
    }
    once(found)
}

/// Each directive once, for sure where any request takes it so.
fn once(found: Vec<LedAway<'_>>) -> Vec<LedAway<'_>> {
    let mut each: Vec<LedAway<'_>> = Vec::new();
    for led in found {
        match each.iter_mut().find(|own| own.item.is(led.item)) {
            Some(own) => own.sometimes &= led.sometimes,
            None => each.push(led),
        }
    }
    each
}

/// Whether a section holds for a path; an `<If>` may.
fn is_section_of(section: &Item, path: &str) -> bool {
    is_condition(section) || is_location_of(section, path)
}

/// Whether a `Location` or `LocationMatch` holds for a path.
pub(super) fn is_location_of(section: &Item, path: &str) -> bool {
    // Beside the sections stand thousands of virtual hosts, whose words are not looked at.
    if !section.name.starts_with("location") {
        return false;
    }
    match (section.name.as_str(), section.arguments().as_slice()) {
        ("location", [own]) => covers(own, path),
        ("location", [_, pattern]) | ("locationmatch", [pattern]) => {
            crate::config::matches(pattern, path) == Some(true)
        }
        _ => false,
    }
}

/// Whether a section holds where its expression does.
pub fn is_condition(section: &Item) -> bool {
    matches!(section.name.as_str(), "if" | "elseif" | "else")
}

/// What in a section, and in sections of it that may hold, leads away.
fn in_section<'a>(
    section: &'a Item,
    around: &[&'a [Item]],
    request: &Request<'_>,
    found: &mut Vec<LedAway<'a>>,
) {
    let items: &'a [Item] = &section.children;
    let levels: Vec<&[Item]> = [items].into_iter().chain(around.iter().copied()).collect();
    let mut own: Vec<LedAway<'a>> = Vec::new();
    for item in items {
        if let Some(refuses) = redirected(item, request.uri) {
            own.push(LedAway { item, sometimes: false, refuses });
        }
    }
    if rewrite::is_on(levels.iter().copied()) {
        let rules: Vec<&Item> = items.iter().filter(|item| item.name.starts_with("rewrite")).collect();
        rewrite::follow(&rules, request, &mut own);
    }
    for inner in items.iter().filter(|item| is_condition(item)) {
        in_section(inner, &levels, request, &mut own);
    }
    let sometimes = is_condition(section);
    found.extend(own.into_iter().map(|led| LedAway { sometimes: led.sometimes || sometimes, ..led }));
}

/// Whether a virtual host leads everybody who asks for a path to the same place over https.
///
/// Conditions that ask for the name or for TLS, as certbot writes them, hold for whoever comes over plain HTTP.
pub fn leads_to_https(items: &[Item], path: &str) -> bool {
    // Where one about the path did not hold, nothing would be led away.
    const ABOUT_THE_SITE: [&str; 6] = [
        "%{HTTPS}",
        "%{SERVER_PORT}",
        "%{SERVER_NAME}",
        "%{HTTP_HOST}",
        "%{REQUEST_SCHEME}",
        "%{REQUEST_URI}",
    ];
    let conditions = items.iter().filter(|item| item.name == "rewritecond");
    let is_about_the_site =
        |item: &Item| ABOUT_THE_SITE.iter().any(|own| item.first_argument().eq_ignore_ascii_case(own));
    let is_whole = conditions.clone().all(is_about_the_site);
    led_away(&[], items, path, Proxied::default()).iter().any(|led| {
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

/// Whether a directive in a section redirects or refuses what is asked for, and whether it refuses.
///
/// # Source
/// `mod_alias`, measured with httpd 2.4.71: in a section, too, a `Redirect` with a path is for what begins with that.
fn redirected(item: &Item, uri: &str) -> Option<bool> {
    let arguments = item.arguments();
    let is_match = match item.name.as_str() {
        "redirect" | "redirectpermanent" | "redirecttemp" => false,
        "redirectmatch" => true,
        _ => return None,
    };
    let status = arguments.first().filter(|status| is_status(item, status)).cloned();
    let rest = &arguments[usize::from(status.is_some())..];
    // A redirect has somewhere to lead to; what is refused or gone has not.
    let refuses = status.is_some_and(|status| !is_redirecting(&status));
    let from = match (rest, refuses) {
        ([from, _], false) | ([from], true) => Some(from),
        ([_], false) | ([], true) => None,
        _ => return None,
    };
    let holds = from.is_none_or(|from| {
        if is_match { crate::config::matches(from, uri) == Some(true) } else { covers(from, uri) }
    });
    holds.then_some(refuses)
}

/// Whether the first word of a redirect is its status, by number or by name.
fn is_status(item: &Item, word: &str) -> bool {
    let is_number = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let names = ["permanent", "temp", "seeother", "gone"];
    matches!(item.name.as_str(), "redirect" | "redirectmatch")
        && (is_number || names.iter().any(|name| word.eq_ignore_ascii_case(name)))
}

fn is_redirecting(status: &str) -> bool {
    status.starts_with('3')
        || !(status.eq_ignore_ascii_case("gone") || status.bytes().all(|byte| byte.is_ascii_digit()))
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
            ("RewriteEngine On\nRewriteRule ^/ /index.php [L]", Some(false)),
            ("RewriteEngine On\nRewriteRule ^/other https://a.test/ [R]", None),
        ] {
            let files = MemoryFiles([("/m".into(), text.as_bytes().into())].into());
            let loaded = Loaded::read(Path::new("/m"), &Facts::default(), &files);
            let found: Vec<bool> = led_away(&[], &loaded.items, "/guacamole/", Proxied::default())
                .iter()
                .map(|led| led.sometimes)
                .collect();
            assert_eq!(found, wanted.into_iter().collect::<Vec<_>>(), "{text}");
        }
    }

    /// Each directive that leads a request below `/guacamole/` away, `?` behind what may and `!` behind what refuses.
    fn told(server: &str, host: &str, is_mapped: bool) -> Vec<String> {
        let held = [("/s", server), ("/h", host)].map(|(name, text)| (name.into(), text.as_bytes().into()));
        let files = MemoryFiles(held.into());
        let [server, host] =
            ["/s", "/h"].map(|main| Loaded::read(Path::new(main), &Facts::default(), &files));
        let to = Proxied { url: "http://127.0.0.1:8080/guacamole/", is_mapped };
        let found = led_away(&server.items, &host.items, "/guacamole/", to);
        let tell = |led: &LedAway<'_>| {
            let (may, refuses) = (if led.sometimes { "?" } else { "" }, if led.refuses { "!" } else { "" });
            format!("{}{may}{refuses}", led.item.name)
        };
        found.iter().map(tell).collect()
    }

    /// Each as httpd 2.4.71 does it.
    #[test]
    fn what_refused_requests_or_led_them_to_files_was_not_told_of() {
        const AWAY: &str = "RewriteRule ^ https://b.test/ [R]";
        for (server, host, wanted) in [
            ("", "RewriteRule ^ - [F]", &["rewriterule!"][..]),
            ("", "RewriteRule ^/guacamole - [G]", &["rewriterule!"]),
            ("", "RewriteRule ^/GUACAMOLE /x [NC,R]", &["rewriterule"]),
            ("", "RewriteRule ^/(.*)$ /index.php?q=$1 [L,QSA]", &["rewriterule"]),
            ("", "RewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule ^ /index.html [L]", &["rewriterule"]),
            ("", "RewriteRule ^/guacamole/(.*)$ /guacamole/$1 [PT]", &[]),
            ("", "RewriteRule ^ - [E=X:1]", &[]),
            ("", "SetEnvIf Request_URI ^/guac no-proxy", &["setenvif"]),
            ("", "SetEnvIf Request_URI ^/other no-proxy", &[]),
            ("", "<Location />\nSetEnvIf Request_URI ^/guac no-proxy\n</Location>", &[]),
            ("", "RewriteRule ^/nope - [C]\nRewriteRule ^ https://b.test/ [R]", &[]),
            ("", "RewriteRule ^/(?!\\.well-known/)(.*) https://b.test/$1 [R=301,L]", &["rewriterule"]),
            (
                "",
                "RewriteCond %{REQUEST_METHOD} !^(GET|POST|HEAD)$\nRewriteRule .* - [F]",
                &["rewriterule?!"],
            ),
            ("", "RewriteCond %{REQUEST_METHOD} ^(TRACE|TRACK)\nRewriteRule .* - [F]", &[]),
            ("", "RewriteCond %{HTTP_USER_AGENT} bot\nRewriteRule .* - [F]", &[]),
            ("", "<Location />\nRedirect / https://b.test/\n</Location>", &["redirect"]),
            ("", "<Location />\nRedirect gone /other\n</Location>", &[]),
            ("", "<Location />\nRedirectMatch ^/guac https://b.test/\n</Location>", &["redirectmatch"]),
            ("", "<Location />\nRedirectMatch 403 ^/guac\n</Location>", &["redirectmatch!"]),
            ("", "<LocationMatch ^/guac>\nRedirect 302 https://b.test/\n</LocationMatch>", &["redirect"]),
            ("", "<If true>\nRedirect / https://b.test/\n</If>", &["redirect?"]),
            ("", "<Location />\nRewriteRule ^guac https://b.test/ [R]\n</Location>", &[]),
            ("", "<Location />\nRewriteRule guac https://b.test/ [R]\n</Location>", &["rewriterule"]),
            ("", "<Location />\nRewriteRule ^ - [F]\n</Location>", &["rewriterule!"]),
            (AWAY, "", &[]),
            (AWAY, "RewriteOptions Inherit", &["rewriterule"]),
            (
                "RewriteOptions InheritDown\nRewriteRule ^ https://b.test/ [R]",
                "RewriteBase /",
                &["rewriterule"],
            ),
            ("RewriteOptions InheritDown\nRewriteRule ^ https://b.test/ [R]", "", &[]),
        ] {
            for mapped in [false, true] {
                let server = format!("RewriteEngine On\n{server}");
                assert_eq!(told(&server, host, mapped), wanted, "{server} | {host} | {mapped}");
            }
        }
        assert_eq!(told("RewriteEngine On", &format!("RewriteEngine Off\n{AWAY}"), true), [""; 0]);
    }

    /// The page of what has `mapping=` is on its way already, its WebSocket is not.
    #[test]
    fn a_rule_that_leaves_the_path_out_was_told_to_lead_it_away() {
        const AWAY: &str = "RewriteRule ^ https://b.test/ [R]";
        for (before, of_path, of_mapped) in [
            ("RewriteCond %{REQUEST_URI} !^/guacamole\n", None, None),
            ("RewriteCond %{REQUEST_URI} =/other\n", None, None),
            (
                "RewriteCond %{REQUEST_URI} ^/x [OR]\nRewriteCond %{REQUEST_URI} ^/guac\n",
                Some("rewriterule"),
                Some("rewriterule"),
            ),
            ("RewriteRule ^/guacamole - [L]\n", None, Some("rewriterule")),
            ("RewriteRule ^/guacamole - [S=1]\n", None, Some("rewriterule")),
            ("RewriteCond %{REQUEST_URI} ^/guacamole\nRewriteRule ^ - [L]\n", None, None),
        ] {
            let host = format!("RewriteEngine On\n{before}{AWAY}");
            for (mapped, wanted) in [(false, of_path), (true, of_mapped)] {
                assert_eq!(
                    told("", &host, mapped),
                    wanted.into_iter().collect::<Vec<_>>(),
                    "{before} {mapped}"
                );
            }
        }
    }
}
