//! Elements and attributes with their spans: views of the parser's own tree, which holds each name and value once.

use crate::config::Span;
use roxmltree::Node;
use std::fmt;

/// An element of the file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    node: Node<'a, 'a>,
    view: &'a str,
}

/// An attribute of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// Its name as written.
    pub name: &'a str,
    /// Its value, references resolved; `${…}` is left to Tomcat.
    pub value: &'a str,
    /// From the first byte of the name to the closing quote.
    pub span: Span,
    /// The value as written, without its quotes.
    pub value_span: Span,
}

impl<'a> Element<'a> {
    /// A node that is an element, of a document that was read from `view`.
    pub(super) fn new(node: Node<'a, 'a>, view: &'a str) -> Self {
        Self { node, view }
    }

    /// Its name as written, a prefix included.
    pub fn name(self) -> &'a str {
        let rest = &self.view[self.node.range().start + 1..];
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
        &rest[..rest.bytes().position(|byte| ends(&byte)).unwrap_or(0)]
    }

    /// From `<` to the last `>`.
    pub fn span(self) -> Span {
        self.node.range()
    }

    /// The start tag, from `<` to its `>`.
    pub fn start_tag(self) -> Span {
        let start = self.node.range().start;
        start..start_tag_end(self.view, start)
    }

    /// Its attributes, in file order, namespace declarations left out.
    pub fn attributes(self) -> impl Iterator<Item = Attribute<'a>> {
        self.node.attributes().map(move |attribute| Attribute {
            name: &self.view[attribute.range_qname()],
            value: attribute.value(),
            span: attribute.range(),
            value_span: attribute.range_value(),
        })
    }

    /// An attribute by name.
    pub fn attribute(self, name: &str) -> Option<Attribute<'a>> {
        self.attributes().find(|attribute| attribute.name == name)
    }

    /// An attribute's value by name.
    pub fn value(self, name: &str) -> Option<&'a str> {
        self.attribute(name).map(|attribute| attribute.value)
    }

    /// The elements in it, in file order.
    pub fn children(self) -> impl Iterator<Item = Self> {
        self.node.children().filter(Node::is_element).map(move |node| Self { node, ..self })
    }

    /// The child elements of a name, in file order.
    pub fn children_named(self, name: &'static str) -> impl Iterator<Item = Self> {
        self.children().filter(move |child| child.name() == name)
    }

    /// Its place: the number of the child element to take at every level, from the root on.
    pub fn path(self) -> Vec<usize> {
        let within_root = self.node.ancestors().filter(|node| node.parent_element().is_some());
        let mut path: Vec<usize> =
            within_root.map(|node| node.prev_siblings().filter(Node::is_element).count() - 1).collect();
        path.reverse();
        path
    }

    /// Whether it comes out of an entity, and so stands in the DOCTYPE rather than in its parent.
    pub fn is_from_entity(self) -> bool {
        self.node
            .ancestors()
            .filter_map(|node| Some((node.range(), node.parent_element()?.range())))
            .any(|(own, parent)| own.start < parent.start || parent.end < own.end)
    }

    /// Whether it is written `<Name …/>`.
    pub fn is_self_closed(self) -> bool {
        self.start_tag() == self.span()
    }
}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.view[self.start_tag()])
    }
}

/// The byte after the `>` of the start tag at `start`; quotes may hold any `>`.
fn start_tag_end(view: &str, start: usize) -> usize {
    let mut quote = None;
    for (at, byte) in view.as_bytes()[start..].iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return start + at + 1,
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
    }
    view.len()
}
