//! What no name tells to be Guacamole's, and what is known of the backends does; and the forms that go by a pattern.

use super::{Backend, Form, Reached, Section, named};
use crate::config::apache::load::{Item, Loaded};
use crate::config::beginning;
use crate::model::Led;

impl<'a> Section<'a> {
    /// Every section that leads to a Guacamole by what is known of the backends, and whether it hands on the whole of a
    /// Tomcat, of which Guacamole is a part; those of a regular expression, too, with the path that it begins with.
    ///
    /// `leads` tells the context path of the Guacamole that is there or below.
    pub fn each_led(
        loaded: &'a Loaded,
        items: &'a [Item],
        names: &[String],
        leads: &dyn Fn(&Led<'_>) -> Option<String>,
    ) -> Vec<(Self, bool)> {
        let read = |item: &'a Item| {
            Self::read(loaded, items, item).or_else(|| Self::of_pattern(loaded, items, item))
        };
        let sections = items.iter().filter_map(read).filter(|section| !section.is_websocket());
        sections.filter_map(|section| section.led(names, leads)).collect()
    }

    /// `LocationMatch`, `ProxyPassMatch`, or a `RewriteRule` that proxies, where the path that its expression begins with
    /// can be told.
    fn of_pattern(loaded: &'a Loaded, around: &'a [Item], item: &'a Item) -> Option<Self> {
        const NAMES: [&str; 4] = ["location", "locationmatch", "proxypassmatch", "rewriterule"];
        if !NAMES.contains(&item.name.as_str()) {
            return None;
        }
        let arguments = item.arguments();
        let (form, pass, pattern, url) = match (item.name.as_str(), arguments.as_slice()) {
            ("location", [tilde, pattern]) if tilde == "~" => {
                let pass = proxying(item)?;
                (Form::Location, pass, pattern, pass.first_argument())
            }
            // A ProxyPass in a section by pattern leads nowhere; measured with httpd 2.4.71.
            ("locationmatch", [pattern]) => {
                let pass = proxying(item)?;
                (Form::Location, pass, pattern, pass.first_argument())
            }
            ("proxypassmatch", [pattern, url, ..]) => (Form::Path, item, pattern, url.clone()),
            ("rewriterule", [pattern, url, flags]) if proxies(flags) => {
                (Form::Path, item, pattern, url.clone())
            }
            _ => return None,
        };
        // A rule that does not say where a path begins means its beginning as a rule.
        let bare = pattern.trim_start_matches('^');
        let is_all = matches!(bare, ".*" | ".*$" | "(.*)" | "(.*)$");
        let path = if is_all { "/".to_owned() } else { beginning(&format!("^{bare}"))? };
        // What the expression has caught follows the path.
        let Reached { backend, member, sharing } =
            Reached::by(loaded, around, url.split('$').next().unwrap_or_default());
        let marked = false;
        Some(Self { form, item, pass, path, backend, marked, member, sharing, by_pattern: true })
    }

    /// The same where it leads to Guacamole, with the path at which it is.
    fn led(mut self, names: &[String], leads: &dyn Fn(&Led<'_>) -> Option<String>) -> Option<(Self, bool)> {
        let own: &mut Backend = self.backend.as_mut()?;
        let host = if own.is_socket { "unix:".to_owned() } else { own.host.to_string() };
        let path = format!("{}/", own.path.trim_end_matches('/'));
        match leads(&Led { names, host: &host, port: own.port.number(), path: &path }) {
            Some(context) if context != path => {
                let below = context.strip_prefix(&path)?;
                self.path = format!("{}/{below}", self.path.trim_end_matches('/'));
                own.path = context;
                Some((self, true))
            }
            Some(_) => Some((self, false)),
            None => (named(&own.path) || named(&self.path)).then_some((self, false)),
        }
    }
}

fn proxying(section: &Item) -> Option<&Item> {
    section.named("proxypassmatch").last()
}

/// Whether the flags of a `RewriteRule` hand the request on.
fn proxies(flags: &str) -> bool {
    let flags = flags.trim_matches(['[', ']']).to_ascii_lowercase();
    flags.split(',').any(|flag| matches!(flag.trim(), "p" | "proxy"))
}
