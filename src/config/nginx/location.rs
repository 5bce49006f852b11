//! `location` blocks.
//!
//! # Source
//! `ngx_http_core_location` in nginx's `src/http/ngx_http_core_module.c`.

use super::load::{Loaded, Placed};
use super::tree::Word;
use crate::config::{Asked, Span, line_start};
use regex::bytes::RegexBuilder;
use std::borrow::Cow;

/// How a location is matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modifier {
    /// The longest prefix, unless a regular expression matches.
    Prefix,
    /// `^~`: the longest prefix, and no regular expression is tried.
    FinalPrefix,
    /// `=`: the URI as a whole.
    Exact,
    /// `~` or `~*`: a regular expression.
    Regex,
    /// `@`: by internal redirect alone.
    Named,
}

/// A `location` block.
#[derive(Clone, Debug)]
pub struct Location<'a> {
    /// The directive.
    pub placed: Placed<'a>,
    /// How it is matched.
    pub modifier: Modifier,
    /// What is matched, the modifier taken off.
    pub uri: Cow<'a, str>,
}

impl<'a> Location<'a> {
    /// Reads a directive that may be one; `None` where it is none.
    pub fn read(placed: Placed<'a>) -> Option<Self> {
        let directive = placed.directive;
        if !directive.is("location") || directive.block().is_none() {
            return None;
        }
        let (modifier, uri) = match directive.exactly() {
            Some([only]) => glued(only.text()),
            None => apart(directive.exactly()?)?,
        };
        Some(Self { placed, modifier, uri })
    }

    /// The comment in it that keeps what was asked for, and its line.
    pub fn asked_comment(&self, loaded: &Loaded) -> Option<(Asked, Span)> {
        let file = &loaded.files[self.placed.file];
        let block = self.placed.directive.block()?;
        file.tree.comments.iter().filter(|span| block.open < span.start && span.end <= block.close).find_map(
            |span| {
                let asked = Asked::of_comment(&String::from_utf8_lossy(&file.bytes[span.clone()]))?;
                Some((asked, line_of(&file.bytes, span)))
            },
        )
    }

    /// The first of these that its regular expression matches, where it is one and can be told.
    pub fn first_matched<'b>(&self, mut uris: impl Iterator<Item = &'b str>) -> Option<&'b str> {
        if self.modifier != Modifier::Regex {
            return None;
        }
        let insensitive = self.placed.directive.first_argument().starts_with("~*");
        // nginx's own are PCRE's: one that looks around is not understood here.
        let pattern =
            RegexBuilder::new(&self.uri).case_insensitive(insensitive).unicode(false).build().ok()?;
        uris.find(|uri| pattern.is_match(uri.as_bytes()))
    }

    /// The names of what an expression catches of the decoded path for the directives in it, numbers apart; `None` where
    /// none does, or where one that catches something else comes after it.
    pub(super) fn captures(&self, children: &[Placed<'_>]) -> Option<Vec<String>> {
        let looks_at = |placed: &Placed<'_>, names: &[&str]| {
            let mut words = placed.directive.arguments();
            placed.directive.is("if")
                && words.next().is_some_and(|word| names.contains(&&*word.text()))
                && words.next().is_some_and(|word| word.text().starts_with('~'))
        };
        if children.iter().any(|placed| looks_at(placed, &["($request_uri"])) {
            return None;
        }
        let is_regex = self.modifier == Modifier::Regex;
        let catches = |placed: &Placed<'_>| {
            placed.directive.is("rewrite") || looks_at(placed, &["($uri", "($document_uri"])
        };
        let pattern = if is_regex { &*self.uri } else { "" };
        let names = ["(?<", "(?P<", "(?'"].iter().flat_map(|start| pattern.split(start).skip(1));
        let names = names.filter_map(|rest| rest.split_once(['>', '\'']));
        (is_regex || children.iter().any(catches)).then(|| names.map(|(name, _)| name.to_owned()).collect())
    }

    /// The same as a prefix, where its regular expression matches what begins with one path and nothing else.
    pub fn into_prefix(self) -> Option<Self> {
        match self.modifier {
            Modifier::Prefix | Modifier::FinalPrefix => Some(self),
            Modifier::Regex => Some(Self { uri: Cow::Owned(plain_prefix(&self.uri)?), ..self }),
            Modifier::Exact | Modifier::Named => None,
        }
    }

    /// Whether it matches everything that begins with its URI.
    pub fn is_prefix(&self) -> bool {
        matches!(self.modifier, Modifier::Prefix | Modifier::FinalPrefix)
    }
}

/// The whole line that a span stands in.
fn line_of(bytes: &[u8], span: &Span) -> Span {
    let end = memchr::memchr(b'\n', &bytes[span.end..]).map_or(bytes.len(), |at| span.end + at + 1);
    line_start(bytes, span.start)..end
}

/// The path in `^/guacamole/`, `^/guacamole(/.*)?$` and the like.
fn plain_prefix(pattern: &str) -> Option<String> {
    let mut rest = pattern.strip_prefix('^')?;
    let mut path = String::new();
    while let Some(first) = rest.chars().next() {
        let escaped =
            rest.strip_prefix('\\').and_then(|rest| rest.chars().next()).filter(|c| !c.is_alphanumeric());
        let own = escaped
            .or(Some(first).filter(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '~')));
        let Some(own) = own else { break };
        path.push(own);
        rest = &rest[own.len_utf8() + usize::from(escaped.is_some())..];
    }
    let is_open = matches!(
        rest,
        "" | ".*"
            | ".*$"
            | "(.*)"
            | "(.*)$"
            | "(/.*)?"
            | "(/.*)?$"
            | "(/|$)"
            | "(/|$)(.*)"
            | "?(.*)"
            | "?(.*)$"
    );
    // What is optional is the last slash, or the pattern means something else.
    let is_optional = !rest.starts_with('?') || path.ends_with('/');
    (is_open && is_optional && path.len() > 1 && path.starts_with('/')).then_some(path)
}

fn apart([modifier, uri]: [Word<'_>; 2]) -> Option<(Modifier, Cow<'_, str>)> {
    let modifier = match &*modifier.value() {
        b"=" => Modifier::Exact,
        b"^~" => Modifier::FinalPrefix,
        b"~" | b"~*" => Modifier::Regex,
        _ => return None,
    };
    Some((modifier, uri.text()))
}

fn glued(text: Cow<'_, str>) -> (Modifier, Cow<'_, str>) {
    let (len, modifier) = match text.as_bytes() {
        [b'=', ..] => (1, Modifier::Exact),
        [b'^', b'~', ..] => (2, Modifier::FinalPrefix),
        [b'~', b'*', ..] => (2, Modifier::Regex),
        [b'~', ..] => (1, Modifier::Regex),
        [b'@', ..] => (0, Modifier::Named),
        _ => (0, Modifier::Prefix),
    };
    let uri = match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[len..]),
        Cow::Owned(text) => Cow::Owned(text[len..].to_owned()),
    };
    (modifier, uri)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::nginx::Tree;

    #[test]
    fn a_regular_expression_for_all_below_one_path_is_as_good_as_a_prefix() {
        for (pattern, path) in [
            ("^/guacamole/", Some("/guacamole/")),
            ("^/guacamole(/.*)?$", Some("/guacamole")),
            ("^/guac-a\\.b/(.*)$", Some("/guac-a.b/")),
            ("^/guacamole/?(.*)", Some("/guacamole/")),
            ("^/guacamole(/|$)", Some("/guacamole")),
            ("/guacamole/", None),
            ("^/guacamole/$", None),
            ("^/guacamole?(.*)", None),
            ("^/guac[ao]/", None),
            ("^/(guacamole|x)/", None),
            ("^/guacamole/.*\\.js$", None),
            ("^/\\w/", None),
            ("^/", None),
            ("^", None),
        ] {
            assert_eq!(plain_prefix(pattern).as_deref(), path, "{pattern}");
        }
    }

    #[test]
    fn reads_every_way_to_write_a_modifier() {
        for (text, modifier, uri) in [
            ("location /a {}", Modifier::Prefix, "/a"),
            ("location \"/a b\" {}", Modifier::Prefix, "/a b"),
            ("location ^~ /a {}", Modifier::FinalPrefix, "/a"),
            ("location ^~/a {}", Modifier::FinalPrefix, "/a"),
            ("location = /a {}", Modifier::Exact, "/a"),
            ("location =/a {}", Modifier::Exact, "/a"),
            ("location ~* \\.x$ {}", Modifier::Regex, "\\.x$"),
            ("location ~*\\.x$ {}", Modifier::Regex, "\\.x$"),
            ("location ~ x {}", Modifier::Regex, "x"),
            ("location @x {}", Modifier::Named, "@x"),
        ] {
            let tree = Tree::parse(text.as_bytes()).expect("it can be read");
            let placed = Placed { file: 0, directive: tree.directives().next().expect("a directive") };
            let location = Location::read(placed).expect("a location");
            assert_eq!((location.modifier, &*location.uri), (modifier, uri), "{text}");
        }
    }
}
