//! Locations that no name tells to be Guacamole's, and that what is known of the backends does.

use super::{Section, Target, has_segment, target};
use crate::config::beginning;
use crate::config::nginx::{Loaded, Location, Modifier, Placed, ServerBlock, Word};
use crate::model::Led;
use std::borrow::Cow;

impl<'a> Section<'a> {
    /// Every location that leads to a Guacamole by what is known of the backends; those of a regular expression, too,
    /// with the path that it begins with.
    ///
    /// `leads` tells the context path of the Guacamole that is there or below.
    pub fn each_led(
        loaded: &'a Loaded,
        server: &ServerBlock<'a>,
        leads: &dyn Fn(&Led<'_>) -> Option<String>,
    ) -> Vec<Self> {
        let read = |&placed: &Placed<'a>| {
            Self::read(loaded, server, placed).or_else(|| Self::of_pattern(loaded, server, placed))
        };
        server.children.iter().filter_map(read).filter_map(|own| own.led(server, leads)).collect()
    }

    /// The same, or what of the Tomcat that it hands on at `/` as a whole is Guacamole.
    #[must_use]
    pub fn or_below(self, server: &ServerBlock<'_>, leads: &dyn Fn(&Led<'_>) -> Option<String>) -> Self {
        let is_root =
            self.mark.is_none() && &*self.location.uri == "/" && self.context().as_deref() == Some("/");
        if is_root { self.clone().led(server, leads).unwrap_or(self) } else { self }
    }

    /// A location by regular expression that proxies, where the path that it begins with can be told.
    fn of_pattern(loaded: &'a Loaded, server: &ServerBlock<'a>, placed: Placed<'a>) -> Option<Self> {
        let location = Location::read(placed).filter(|location| location.modifier == Modifier::Regex)?;
        let uri = Cow::Owned(beginning(&location.uri)?);
        let children = loaded.children(placed);
        let pass = children.iter().find(|p| p.directive.is("proxy_pass"))?.directive;
        let levels: [&[Placed<'_>]; 2] = [&children, &server.children];
        let target = Target::of_pattern(pass, &levels, loaded, &server.http);
        let decoded = target::decoded(pass, &levels, || location.captures(&children));
        let location = Location { uri, ..location };
        Some(Self { location, children, target, decoded, whole: false, mark: None })
    }

    /// The same where it leads to Guacamole, with the path at which it is.
    fn led(mut self, server: &ServerBlock<'_>, leads: &dyn Fn(&Led<'_>) -> Option<String>) -> Option<Self> {
        let uri = self.location.uri.trim_end_matches('/').to_owned();
        if uri.ends_with("/tunnel") || uri.ends_with("/websocket-tunnel") {
            return None;
        }
        let is_named = self.target.as_ref().is_some_and(Target::is_named_guacamole)
            || has_segment(&uri, |part| part == "guacamole" || part == "guac");
        let rewrite = self.children.iter().find(|placed| placed.directive.is("rewrite"));
        let rewritten = rewrite.and_then(|placed| placed.directive.arguments().nth(1)).map(Word::text);
        let Some(target) = &mut self.target else { return is_named.then_some(self) };
        let path = match &rewritten {
            Some(to) => to.split('$').next().unwrap_or_default(),
            None => target.uri.as_deref().unwrap_or(&self.location.uri),
        };
        let path = format!("{}/", path.trim_end_matches('/'));
        // An upstream of which no server is left is no socket, and nobody's.
        let nowhere = if target.name.starts_with("unix:") { "unix:" } else { "" };
        let (host, port) = target.first().unwrap_or((nowhere, 0));
        match leads(&Led { names: &server.names, host, port, path: &path }) {
            Some(context) if context != path => {
                let below = context.strip_prefix(&path)?;
                self.location.uri = Cow::Owned(format!("{uri}/{below}"));
                target.uri = Some(context);
                self.whole = true;
                Some(self)
            }
            Some(_) => Some(self),
            None => is_named.then_some(self),
        }
    }
}
