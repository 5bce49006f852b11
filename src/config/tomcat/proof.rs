//! The proof after an edit: a second parser's tree is the one before with the intents carried out, and no other.

use super::text::Text;
use crate::config::{MARK_BEGIN, MARK_END};
use std::borrow::Cow;
use xmltree::{Element, XMLNode};

/// One thing that was meant to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// An attribute has a value, or is gone.
    Attribute {
        /// The element, as [`super::Element::path`].
        path: Vec<usize>,
        /// The attribute's name.
        name: String,
        /// Its value; `None`: it is gone.
        value: Option<String>,
    },
    /// There is a new element without content.
    Child {
        /// Where it stands, in numbers of the tree before.
        path: Vec<usize>,
        /// Its name.
        name: String,
        /// Its attributes.
        attributes: Vec<(String, String)>,
    },
}

/// Why an edit is not proved to be what was meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Difference {
    /// Two edits want the same bytes.
    #[error("two edits overlap")]
    Overlap,
    /// The second parser cannot read the file.
    #[error("the file {when} the edit cannot be read a second time: {message}")]
    Unreadable {
        /// `before` or `after`.
        when: &'static str,
        /// What the parser says.
        message: String,
    },
    /// An intent names an element that is not there.
    #[error("an element to be edited is not there")]
    Missing,
    /// Something else has changed, or something meant has not.
    #[error("the edit would change something else as well")]
    Other,
}

/// Shows that two files hold the same elements, attributes and text but for what was meant to change; blanks between
/// elements and guacfront's own marks do not count, other comments do.
pub fn differs_only_in(before: &[u8], after: &[u8], intents: &[Intent]) -> Result<(), Difference> {
    let mut expected = tree(before, "before")?;
    let found = tree(after, "after")?;
    let mut children = Vec::new();
    for intent in intents {
        match intent {
            Intent::Attribute { path, name, value } => {
                let element = descend(&mut expected, path).ok_or(Difference::Missing)?;
                match value {
                    Some(value) => element.attributes.insert(name.clone(), value.clone()),
                    None => element.attributes.remove(name),
                };
            }
            Intent::Child { path, name, attributes } => children.push((path, name, attributes)),
        }
    }
    // Numbers are those of the tree before, so that the last insertion must be carried out first.
    children.sort_by(|a, b| b.0.cmp(a.0));
    for (path, name, attributes) in children {
        let (number, parent) = path.split_last().ok_or(Difference::Missing)?;
        let parent = descend(&mut expected, parent).ok_or(Difference::Missing)?;
        let mut element = Element::new(name);
        element.attributes.extend(attributes.iter().cloned());
        let at = place(parent, *number);
        parent.children.insert(at, XMLNode::Element(element));
    }
    if same(&expected, &found) { Ok(()) } else { Err(Difference::Other) }
}

fn tree(bytes: &[u8], when: &'static str) -> Result<Element, Difference> {
    let unreadable = |message: String| Difference::Unreadable { when, message };
    let text = Text::decode(bytes).map_err(|error| unreadable(error.message))?;
    // The declaration speaks of the file's bytes, which this text no longer is.
    let view = text.view().trim_start_matches('\u{feff}');
    let view = match view.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")) {
        Some((_, rest)) => rest,
        None => view,
    };
    let config = xmltree::ParserConfig::new().ignore_comments(false).ignore_root_level_whitespace(true);
    let nodes = Element::parse_all_with_config(view.trim_start().as_bytes(), config)
        .map_err(|error| unreadable(error.to_string()))?;
    let mut elements = nodes.into_iter().filter_map(|node| match node {
        XMLNode::Element(element) => Some(element),
        _ => None,
    });
    elements.next().ok_or_else(|| unreadable("it holds no element".to_owned()))
}

fn descend<'a>(root: &'a mut Element, path: &[usize]) -> Option<&'a mut Element> {
    path.iter().try_fold(root, |element, number| {
        element.children.iter_mut().filter_map(XMLNode::as_mut_element).nth(*number)
    })
}

/// Where among all nodes the element of that number stands; a place between comments is any, they are told apart by
/// their own order.
fn place(parent: &Element, number: usize) -> usize {
    let elements = parent.children.iter().enumerate().filter(|(_, node)| node.as_element().is_some());
    elements.map(|(at, _)| at).nth(number).unwrap_or(parent.children.len())
}

fn same(a: &Element, b: &Element) -> bool {
    let heads = a.name == b.name && a.prefix == b.prefix && a.attributes == b.attributes;
    heads
        && elements(a).count() == elements(b).count()
        && elements(a).zip(elements(b)).all(|(a, b)| same(a, b))
        && words(a).eq(words(b))
}

fn elements(element: &Element) -> impl Iterator<Item = &Element> {
    element.children.iter().filter_map(XMLNode::as_element)
}

/// What is neither an element, nor a mark, nor blank; an insertion beside text moves the blanks around it.
fn words(element: &Element) -> impl Iterator<Item = Cow<'_, XMLNode>> {
    element.children.iter().filter_map(|node| match node {
        XMLNode::Element(_) => None,
        XMLNode::Comment(comment) if is_mark(comment) => None,
        XMLNode::Text(text) if text.trim().is_empty() => None,
        XMLNode::Text(text) => Some(Cow::Owned(XMLNode::Text(text.trim().to_owned()))),
        other => Some(Cow::Borrowed(other)),
    })
}

fn is_mark(comment: &str) -> bool {
    let comment = comment.trim();
    comment.starts_with(MARK_BEGIN) || comment == MARK_END
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(value: &str) -> [Intent; 1] {
        [Intent::Attribute { path: vec![1], name: "x".into(), value: Some(value.into()) }]
    }

    #[test]
    fn is_content_with_what_was_meant_alone() {
        let beside = b"<a>t<!-- guacfront begin 0 x --> <b/><!-- guacfront end --></a>";
        assert_eq!(differs_only_in(b"<a> t <b/></a>", beside, &[]), Ok(()));
        let before = b"<a><!-- c --><b/><b x='1'>t</b></a>";
        assert_eq!(differs_only_in(before, before, &[]), Ok(()));
        assert_eq!(differs_only_in(before, b"<a><!-- c --><b/> <b x='2'>t</b></a>", &attribute("2")), Ok(()));
        for after in [
            "<a><!-- c --><b/><b x='1'>t</b></a>",
            "<a><!-- c --><b/><b x='2' y='1'>t</b></a>",
            "<a><!-- c --><b x='2'>t</b></a>",
            "<a><!-- d --><b/><b x='2'>t</b></a>",
            "<a><!-- c --><b/><b x='2'>u</b></a>",
            "<a><!-- c --><b/><b x='2'>t</b><b/></a>",
            "<a><!-- c --><c/><b x='2'>t</b></a>",
        ] {
            let verdict = differs_only_in(before, after.as_bytes(), &attribute("2"));
            assert_eq!(verdict, Err(Difference::Other), "{after}");
        }
    }

    #[test]
    fn places_new_elements_by_the_numbers_before() {
        let child = |path: &[usize]| Intent::Child {
            path: path.to_vec(),
            name: "n".into(),
            attributes: vec![("k".into(), "v".into())],
        };
        let before = b"<a><b/><c><d/></c></a>";
        let after = b"<a><b/><n k='v'/><c><n k='v'/><d/></c></a>";
        assert_eq!(differs_only_in(before, after, &[child(&[1]), child(&[1, 0])]), Ok(()));
        assert_eq!(differs_only_in(before, after, &[child(&[1])]), Err(Difference::Other));
    }

    #[test]
    fn says_which_file_cannot_be_read() {
        let verdict = differs_only_in(b"<a/>", b"<a>", &[]);
        assert!(matches!(verdict, Err(Difference::Unreadable { when: "after", .. })), "{verdict:?}");
    }
}
