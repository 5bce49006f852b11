//! What the site says of everything that it proxies, and Guacamole cannot live with or need not say again.

use super::Work;
use crate::config::apache::{Form, Item, Section, covers, holds_for};

/// What is written for Guacamole because of what stands around it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Around {
    /// Whether Tomcat is told the scheme already, in the site's own words: a proxy in front may have it.
    pub(super) tells_scheme: bool,
    /// What undoes the site's own word: where `ProxyAddHeaders` is off Tomcat would not be told the client's address, and
    /// where `ProxyErrorOverride` is on httpd's pages would stand in the place of Guacamole's answers, by one of which,
    /// an error, it asks for the name and the password.
    undone: [Option<&'static str>; 2],
    /// Whether a line of another application's has `mapping=` and is for the WebSocket's path too: it is asked before all
    /// that has none.
    pub(super) maps_tunnel: bool,
}

impl Around {
    /// What stands around `own`, or around the region that is to be.
    pub(super) fn of(work: &Work<'_>, own: Option<&Section<'_>>) -> Self {
        let path = work.answers.frontend.public_path.as_str();
        let url = format!("http://{}:{}/", work.answers.backend.host.in_url(), work.answers.backend.port);
        let is_own =
            |item: &Item| work.loaded.mark(item).is_some() || own.is_some_and(|own| own.item.is(item));
        let sections = work.around().filter(|item| holds_for(item, path, &url) && !is_own(item));
        // A section that is there already may say it itself.
        let inner = own.map(Section::inner);
        let levels: Vec<&[Item]> = [&*work.loaded.items, &work.host.children]
            .into_iter()
            .chain(sections.map(|section| &*section.children))
            .chain(inner)
            .collect();
        // Of two the later counts, and the inner one more than the outer.
        let last = |name: &str, word: &str| {
            let said = Item::in_force(levels.iter().rev().copied(), name);
            said.is_some_and(|item| item.first_argument().eq_ignore_ascii_case(word))
        };
        let is_set = |item: &&Item| match item.arguments().as_slice() {
            [action, name, _] => {
                action.eq_ignore_ascii_case("set") && name.eq_ignore_ascii_case("X-Forwarded-Proto")
            }
            _ => false,
        };
        let tells_scheme = |items: &&[Item]| {
            let headers = items.iter().filter(|item| item.name == "requestheader");
            headers.filter(is_set).any(|item| !is_own(item))
        };
        let tunnel = format!("{path}websocket-tunnel");
        let maps = |other: &Section<'_>| {
            let is_other = other.form == Form::Path && !other.is_websocket() && !is_own(other.item);
            is_other && other.parameter("mapping").is_some() && covers(&other.path, &tunnel)
        };
        let lines =
            [&*work.loaded.items, &work.host.children].map(|items| Section::among(work.loaded, items));
        Self {
            maps_tunnel: lines.iter().flatten().any(maps),
            tells_scheme: levels.iter().any(tells_scheme),
            undone: [
                last("proxyaddheaders", "off").then_some("ProxyAddHeaders On"),
                last("proxyerroroverride", "on").then_some("ProxyErrorOverride Off"),
            ],
        }
    }

    /// The directives that Guacamole's section has because of it.
    pub(super) fn directives(self) -> impl Iterator<Item = String> {
        self.undone.into_iter().flatten().map(ToOwned::to_owned)
    }
}
