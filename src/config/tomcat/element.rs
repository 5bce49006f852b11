//! Elements and attributes with their spans.

use crate::config::Span;

/// An element of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// Its name as written, a prefix included.
    pub name: String,
    /// From `<` to the last `>`.
    pub span: Span,
    /// The start tag, from `<` to its `>`.
    pub start_tag: Span,
    /// Its attributes, in file order, namespace declarations left out.
    pub attributes: Vec<Attribute>,
    /// The elements in it, in file order.
    pub children: Vec<Element>,
    /// Its place: the number of the child element to take at every level, from the root on.
    pub path: Vec<usize>,
    /// Whether it comes out of an entity, and so stands in the DOCTYPE rather than in its parent.
    pub from_entity: bool,
}

/// An attribute of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name as written.
    pub name: String,
    /// Its value, references resolved; `${…}` is left to Tomcat.
    pub value: String,
    /// From the first byte of the name to the closing quote.
    pub span: Span,
    /// The value as written, without its quotes.
    pub value_span: Span,
}

impl Element {
    /// An attribute by name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// An attribute's value by name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.attribute(name).map(|attribute| attribute.value.as_str())
    }

    /// The child elements of a name, in file order.
    pub fn children_named<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a Self> + use<'a> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Whether it is written `<Name …/>`.
    pub fn is_self_closed(&self) -> bool {
        self.start_tag == self.span
    }
}
