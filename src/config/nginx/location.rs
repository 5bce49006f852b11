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
