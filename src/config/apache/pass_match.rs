//! `ProxyPassMatch` outside of sections: which requests such a line takes.

use super::load::{Item, Loaded};
use super::section::{Backend, Form, Section};
use crate::config::{beginning, literal_start, matches};
use crate::model::PublicPath;
use std::borrow::Cow;

/// The last part of the WebSocket's path.
const WEBSOCKET: &str = "websocket-tunnel";

/// A `ProxyPassMatch` that stands in no section, with a URL or an exclamation mark.
#[derive(Clone, Debug)]
pub struct PassMatch<'a> {
    /// The directive.
    pub item: &'a Item,
    /// Its regular expression.
    pub pattern: Cow<'a, str>,
    /// Where it sends what that matches; `!` keeps it from being proxied.
    pub url: Cow<'a, str>,
    /// Where it stands among what it is held against; `None` before all of it.
    at: Option<usize>,
}

/// How much of a path a `ProxyPassMatch` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Nothing that Guacamole is asked for.
    Nothing,
    /// A part, or all of it, and nothing beside it.
    Part,
    /// All of it and what lies beside it: it is not about this path.
    Everything,
    /// Nobody knows: its expression is of a kind that is not understood here.
    Unknown,
}

impl<'a> PassMatch<'a> {
    /// Those that hold among these directives: the server's hold in every virtual host, and come before its own.
    ///
    /// # Source
    /// `merge_proxy_config` in httpd's `mod_proxy.c`; measured with 2.4.71, whatever `ProxyPassInherit` says.
    pub fn holding(loaded: &'a Loaded, items: &'a [Item]) -> Vec<Self> {
        let is_of_server = items.first().is_some_and(|first| loaded.items.iter().any(|item| item.is(first)));
        let of_server: &[Item] = if is_of_server { &[] } else { &loaded.items };
        let of_server = of_server.iter().filter_map(|item| Self::read(item, None));
        of_server
            .chain(items.iter().enumerate().filter_map(|(at, item)| Self::read(item, Some(at))))
            .collect()
    }

    fn read(item: &'a Item, at: Option<usize>) -> Option<Self> {
        if item.name != "proxypassmatch" {
            return None;
        }
        let mut arguments = item.arguments().into_iter();
        Some(Self { item, pattern: arguments.next()?, url: arguments.next()?, at })
    }

    /// Whether it keeps what it matches from being proxied.
    pub fn excludes(&self) -> bool {
        self.url == "!"
    }

    /// Whether it hands a request that both match on before a section or line does, which stands among these directives.
    ///
    /// # Source
    /// `proxy_trans` and `proxy_pre_translate_name` in httpd's `mod_proxy.c`, measured with 2.4.71: those with `mapping=`
    /// come before all others, then sections before lines, and of lines, by a path or by a pattern, the first.
    pub fn comes_before(&self, section: &Section<'_>, items: &[Item]) -> bool {
        let maps = |own: &Cow<'_, str>| own.get(..8).is_some_and(|key| key.eq_ignore_ascii_case("mapping="));
        let is_unmapped = !self.item.arguments().iter().skip(2).any(maps);
        let at = items.iter().position(|item| item.is(section.item));
        let own = (section.parameter("mapping").is_none(), section.form == Form::Path, at);
        (is_unmapped, true, self.at) < own
    }

    /// Whether it matches a path.
    pub fn matches(&self, path: &str) -> Option<bool> {
        matches(&self.pattern, path)
    }

    /// How much it takes from Guacamole of what lies below a path; what leads to one of Guacamole's own backends takes
    /// nothing.
    pub fn takes(&self, path: &str, own: &[&Backend]) -> Taken {
        let above = path.trim_end_matches('/');
        if own.iter().any(|own| self.leads_to(own)) {
            return Taken::Nothing;
        }
        let asked = self.asked(path);
        // What it says of other paths below is a part, too.
        let is_below = || {
            let starts = [beginning(&self.pattern), literal_start(&self.pattern)];
            starts.iter().flatten().any(|start| start.starts_with(&format!("{above}/")))
        };
        if asked.iter().all(|matches| *matches != Some(true)) {
            return match asked.contains(&None) {
                _ if is_below() && !self.carries_websocket(path) => Taken::Part,
                true => Taken::Unknown,
                false => Taken::Nothing,
            };
        }
        let (beside, _) = above.rsplit_once('/').unwrap_or_default();
        let is_wide = !above.is_empty()
            && asked.iter().all(|matches| *matches == Some(true))
            && self.matches(&format!("{beside}/another-application/page")) == Some(true);
        if is_wide { Taken::Everything } else { Taken::Part }
    }

    /// Whether it takes from Guacamole something that it is asked for below its path.
    pub fn takes_what_is_asked(&self, path: &str, own: &[&Backend]) -> bool {
        let is_taken = matches!(self.takes(path, own), Taken::Part | Taken::Everything);
        // What it says of a path that Guacamole is not asked for is meant so.
        is_taken && self.asked(path).contains(&Some(true))
    }

    /// Whether it matches what Guacamole is asked for; one that carries its WebSocket is Guacamole's own for that.
    fn asked(&self, path: &str) -> Vec<Option<bool>> {
        let above = path.trim_end_matches('/');
        let is_its_own = self.carries_websocket(path);
        let asked =
            std::iter::once("").chain(PublicPath::ASKED).filter(|below| *below != WEBSOCKET || !is_its_own);
        asked.map(|below| self.matches(&format!("{above}/{below}"))).collect()
    }

    /// Whether it hands on the WebSocket tunnel below a path as a WebSocket.
    pub fn carries_websocket(&self, path: &str) -> bool {
        let tunnel = || format!("{}/{WEBSOCKET}", path.trim_end_matches('/'));
        (self.speaks_websocket() || self.upgrades()) && self.matches(&tunnel()) == Some(true)
    }

    /// Whether its URL is a WebSocket's.
    pub fn speaks_websocket(&self) -> bool {
        let starts =
            |scheme: &str| self.url.get(..scheme.len()).is_some_and(|own| own.eq_ignore_ascii_case(scheme));
        starts("ws://") || starts("wss://")
    }

    /// Whether it has an `upgrade=`, which httpd knows from 2.4.47 on.
    fn upgrades(&self) -> bool {
        let upgrade = |own: &Cow<'_, str>| {
            let (key, value) = own.split_once('=')?;
            (key.eq_ignore_ascii_case("upgrade")).then(|| !value.eq_ignore_ascii_case("none"))
        };
        !self.excludes() && self.item.arguments().iter().skip(2).find_map(upgrade).unwrap_or(false)
    }

    /// Where it leads, so far as no part of the request decides it.
    pub fn backend(&self) -> Option<Backend> {
        Backend::parse(self.url.split('$').next().unwrap_or_default())
    }

    /// Whether it leads to this backend, at its path or, where the request decides, perhaps there.
    fn leads_to(&self, own: &Backend) -> bool {
        self.backend().is_some_and(|to| {
            let is_same_path = to.path.starts_with(&own.path) || own.path.starts_with(&to.path);
            (&to.host, to.port, to.is_socket) == (&own.host, own.port, own.is_socket) && is_same_path
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::Facts;
    use super::*;
    use crate::config::MemoryFiles;
    use std::path::Path;

    fn loaded(text: &str) -> Loaded {
        let files = MemoryFiles([("/m".into(), text.as_bytes().into())].into());
        Loaded::read(Path::new("/m"), &Facts::default(), &files)
    }

    #[test]
    fn what_a_line_by_pattern_takes_is_told_by_what_it_matches() {
        for (line, wanted) in [
            (r"\.js$ !", Taken::Part),
            ("api(.*) http://10.0.0.1/$1", Taken::Part),
            ("/guacamole/.* !", Taken::Part),
            ("^/(guacamole|app)/(.*)$ http://10.0.0.1/$2", Taken::Part),
            ("(?i)^/GUACAMOLE/ !", Taken::Part),
            ("^/guacamole/api/ext !", Taken::Part),
            ("^/(.*)$ http://10.0.0.1/$1", Taken::Everything),
            ("(.*) http://10.0.0.1$1", Taken::Everything),
            ("^/(?!app)(.*)$ http://10.0.0.1/$1", Taken::Everything),
            ("^/(?!guacamole)(.*)$ http://10.0.0.1/$1", Taken::Nothing),
            ("^/app/(.*)$ http://10.0.0.1/$1", Taken::Nothing),
            // httpd knows no exclamation mark before this expression.
            ("!^/app !", Taken::Nothing),
            ("^/guacamole$ http://10.0.0.1/", Taken::Nothing),
            ("^/guacamole/(websocket-tunnel)$ ws://10.0.0.1/guacamole/$1", Taken::Nothing),
            ("websocket-tunnel http://10.0.0.1/", Taken::Part),
            (r"^/guacamole/(.)\1 !", Taken::Part),
            (r"^/(.)\1 !", Taken::Unknown),
        ] {
            let text = format!("ProxyPassMatch {line}\n");
            let loaded = loaded(&text);
            let [own] = &PassMatch::holding(&loaded, &loaded.items)[..] else { panic!("one line") };
            let takes = |path| own.takes(path, &[]);
            assert_eq!([takes("/guacamole/"), takes("/guacamole")], [wanted; 2], "{line}");
        }
    }

    #[test]
    fn guacamole_s_own_by_a_pattern_was_taken_for_another_s() {
        let own = Backend::parse("http://10.0.0.1:8080/guacamole/").expect("a backend");
        for (line, wanted) in [
            ("^/guacamole/(.*)$ http://10.0.0.1:8080/guacamole/$1", Taken::Nothing),
            ("^/(guacamole/.*)$ http://10.0.0.1:8080/$1", Taken::Nothing),
            (r"^/guacamole/(.*\.js)$ http://10.0.0.1:8080/guacamole/$1", Taken::Nothing),
            ("^/guacamole/api/(.*)$ http://10.0.0.1:8080/other/$1", Taken::Part),
            (r"^/guacamole/(.*\.js)$ http://10.0.0.1:8081/guacamole/$1", Taken::Part),
            ("^/guacamole/(websocket-tunnel)$ WS://10.0.0.9/$1", Taken::Nothing),
            ("^/guacamole/(websocket-tunnel)$ http://10.0.0.9/$1 Upgrade=WebSocket", Taken::Nothing),
            ("^/guacamole/(websocket-tunnel)$ http://10.0.0.9/$1 upgrade=NONE", Taken::Part),
            ("^/guacamole/(terminal)$ ws://10.0.0.9/$1", Taken::Part),
        ] {
            let text = format!("ProxyPassMatch {line}\n");
            let loaded = loaded(&text);
            let [line] = &PassMatch::holding(&loaded, &loaded.items)[..] else { panic!("one line") };
            assert_eq!(line.takes("/guacamole/", &[&own]), wanted, "{text}");
        }
    }

    #[test]
    fn of_lines_the_first_counts_and_the_server_s_come_before_a_virtual_host_s() {
        let path = "ProxyPass /guacamole/ http://10.0.0.1/";
        let section = "<Location /guacamole/>\nProxyPass http://10.0.0.1/ mapping=servlet\n</Location>";
        let line = "ProxyPassMatch ^/(.*)$ http://10.0.0.2/$1";
        for (server, host, wanted) in [
            ("", format!("{line}\n{path}"), true),
            ("", format!("{path}\n{line}"), false),
            ("", format!("{line}\n{section}"), false),
            ("", format!("{line}\n{path} mapping=servlet"), false),
            ("", format!("{path}\n{line} mapping=servlet"), true),
            ("", format!("{line} mapping=servlet\n{section}"), false),
            (line, path.to_owned(), true),
            (line, section.to_owned(), false),
        ] {
            let loaded = loaded(&format!("{server}\n<VirtualHost *:80>\n{host}\n</VirtualHost>\n"));
            let items = &loaded.items.last().expect("a virtual host").children;
            let [own] = &PassMatch::holding(&loaded, items)[..] else { panic!("one line") };
            let sections = Section::among(&loaded, items);
            assert_eq!(own.comes_before(&sections[0], items), wanted, "{server} {host}");
        }
    }
}
