//! Edits of server.xml, collected, spliced and proved.

use super::layout::{attribute_gap, child_indentation, escape, indentation, line_ending, rest_of_line};
use super::outline::prove;
use super::proof::{Difference, Intent};
use super::{Configuration, Element};
use crate::config::{Edit, MARK_BEGIN, MARK_END, Mark, Span, splice};
use crate::model::{Change, Field};
use std::sync::Arc;

/// Edits of one file, each an intent as well, so that the outcome can be held against what was meant.
#[derive(Debug)]
pub struct Revision<'a> {
    configuration: &'a Configuration,
    edits: Vec<Edit>,
    intents: Vec<Intent>,
    field: Field,
}

/// A file's bytes after its edits, and where each edit went.
pub type Revised = (Arc<[u8]>, Vec<Change>);

/// An element to be inserted.
#[derive(Clone, Debug)]
pub struct Inserted {
    /// Its name.
    pub name: &'static str,
    /// Its attributes, by the lines they are written on.
    pub lines: Vec<Vec<(&'static str, String)>>,
    /// What the begin mark says it is for, without `--`.
    pub words: &'static str,
}

impl Inserted {
    /// The element as text, its lines broken and its attributes aligned.
    pub fn text(&self, indent: &str, eol: &str) -> String {
        let start = format!("{indent}<{} ", self.name);
        let gap = format!("{eol}{indent}{}", " ".repeat(self.name.len() + 2));
        let lines: Vec<_> = self
            .lines
            .iter()
            .map(|line| {
                let written = line.iter().map(|(name, value)| format!("{name}=\"{}\"", escape(value, '"')));
                written.collect::<Vec<_>>().join(" ")
            })
            .collect();
        format!("{start}{} />", lines.join(&gap))
    }

    /// The element between guacfront's marks, without a line ending at its end.
    fn marked(&self, indent: &str, eol: &str) -> String {
        let text = self.text(indent, eol);
        let hash = Mark::hash(text.replace('\r', "\n").as_bytes());
        let words = self.words;
        format!("{indent}<!-- {MARK_BEGIN} {hash} {words} -->{eol}{text}{eol}{indent}<!-- {MARK_END} -->")
    }
}

impl<'a> Revision<'a> {
    /// No edits yet.
    pub fn new(configuration: &'a Configuration) -> Self {
        Self { configuration, edits: Vec::new(), intents: Vec::new(), field: Field::Port }
    }

    /// The edits that follow are caused by this field.
    pub fn for_field(&mut self, field: Field) {
        self.field = field;
    }

    /// Gives an attribute a value: in place where it is there, else after the last one.
    pub fn set(&mut self, element: Element<'_>, name: &str, value: &str, why: &str) {
        let view = self.configuration.view();
        if let Some(attribute) = element.attribute(name) {
            if attribute.value == value {
                return;
            }
            let quote = view[attribute.value_span.end..].chars().next().unwrap_or('"');
            self.edit(attribute.value_span.clone(), escape(value, quote), why);
        } else {
            let at = attributes_end(view, element);
            let text = format!("{}{name}=\"{}\"", attribute_gap(view, element), escape(value, '"'));
            self.edit(at..at, text, why);
        }
        self.intend(element, name, Some(value));
    }

    /// Gives an attribute another name and a value, in place.
    pub fn rename(&mut self, element: Element<'_>, from: &str, to: &str, value: &str, why: &str) {
        let Some(attribute) = element.attribute(from) else { return };
        let view = self.configuration.view();
        let start = attribute.span.start;
        self.edit(start..start + from.len(), to.to_owned(), why);
        if attribute.value != value {
            let quote = view[attribute.value_span.end..].chars().next().unwrap_or('"');
            self.edit(attribute.value_span.clone(), escape(value, quote), why);
        }
        self.intend(element, from, None);
        self.intend(element, to, Some(value));
    }

    /// Takes an attribute out, with the blanks before it.
    pub fn remove(&mut self, element: Element<'_>, name: &str, why: &str) {
        let Some(attribute) = element.attribute(name) else { return };
        let before = &self.configuration.view()[..attribute.span.start];
        let start = before.trim_end_matches([' ', '\t', '\n', '\r']).len();
        self.edit(start..attribute.span.end, String::new(), why);
        self.intend(element, name, None);
    }

    /// Puts an element first into `parent`, between marks; `outer` is what `parent` stands in.
    pub fn insert_first(
        &mut self,
        parent: Element<'_>,
        outer: Option<Element<'_>>,
        new: &Inserted,
        why: &str,
    ) {
        let view = self.configuration.view();
        let eol = line_ending(view);
        let indent = child_indentation(view, parent, outer);
        let own = indentation(view, parent.span().start).unwrap_or_default();
        let block = new.marked(&indent, eol);
        if parent.is_self_closed() {
            let tag = view[..parent.span().end - 2].trim_end_matches([' ', '\t']).len();
            let text = format!(">{eol}{block}{eol}{own}</{}>", parent.name());
            self.edit(tag..parent.span().end, text, why);
        } else {
            let at = parent.start_tag().end;
            let rest = rest_of_line(view, at);
            let after = if rest.trim().is_empty() {
                String::new()
            } else if rest.trim_start().starts_with("</") {
                format!("{eol}{own}")
            } else {
                format!("{eol}{indent}")
            };
            self.edit(at..at, format!("{eol}{block}{after}"), why);
        }
        self.intend_child(parent, 0, new);
    }

    /// Puts an element after its `sibling` in `parent`, between marks.
    pub fn insert_after(&mut self, parent: Element<'_>, sibling: Element<'_>, new: &Inserted, why: &str) {
        let view = self.configuration.view();
        let eol = line_ending(view);
        let indent = indentation(view, sibling.span().start)
            .map_or_else(|| child_indentation(view, parent, None), ToOwned::to_owned);
        let at = sibling.span().end;
        let block = new.marked(&indent, eol);
        let after =
            if rest_of_line(view, at).trim().is_empty() { String::new() } else { format!("{eol}{indent}") };
        self.edit(at..at, format!("{eol}{block}{after}"), why);
        self.intend_child(parent, sibling.path().last().map_or(0, |number| number + 1), new);
    }

    /// The file's bytes after all edits and where each went; `None` where there is nothing to edit.
    ///
    /// # Errors
    /// Where the outcome is not what was meant, which is a fault of this program.
    pub fn apply(mut self, bytes: &[u8]) -> Result<Option<Revised>, Difference> {
        if self.edits.is_empty() {
            return Ok(None);
        }
        self.renew_marks();
        let text = self.configuration.text();
        let edits = self
            .edits
            .into_iter()
            .map(|edit| Edit {
                span: text.span(&edit.span),
                text: text.encode(&String::from_utf8_lossy(&edit.text)),
                ..edit
            })
            .collect();
        let (after, changes) = splice(bytes, edits).ok_or(Difference::Overlap)?;
        prove(self.configuration, (bytes, &after), &changes, self.intents)?;
        Ok(Some((after, changes)))
    }

    fn edit(&mut self, span: Span, text: String, why: &str) {
        let field = Some(self.field);
        self.edits.push(Edit { span, text: text.into_bytes(), field, why: why.to_owned() });
    }

    fn intend(&mut self, element: Element<'_>, name: &str, value: Option<&str>) {
        let value = value.map(ToOwned::to_owned);
        self.intents.push(Intent::Attribute { path: element.path(), name: name.to_owned(), value });
    }

    fn intend_child(&mut self, parent: Element<'_>, number: usize, new: &Inserted) {
        let attributes = new.lines.iter().flatten().map(|(n, v)| ((*n).to_owned(), v.clone())).collect();
        let path = parent.path().into_iter().chain([number]).collect();
        self.intents.push(Intent::Child { path, name: new.name.to_owned(), attributes });
    }

    /// A region that was as guacfront wrote it gets the hash of what it is now; one edited by hand keeps telling.
    fn renew_marks(&mut self) {
        let view = self.configuration.view();
        for mark in self.configuration.marks.iter().filter(|mark| mark.intact) {
            let inside: Vec<_> = self
                .edits
                .iter()
                .filter(|edit| mark.body.start <= edit.span.start && edit.span.end <= mark.body.end)
                .map(|edit| Edit {
                    span: edit.span.start - mark.body.start..edit.span.end - mark.body.start,
                    ..edit.clone()
                })
                .collect();
            let Some(first) = inside.first() else { continue };
            let (field, body) = (first.field, &view.as_bytes()[mark.body.clone()]);
            let begin = &view[mark.span.start..mark.body.start];
            let (Some((body, _)), Some(word)) = (splice(body, inside), begin.find(MARK_BEGIN)) else {
                continue;
            };
            let rest = &begin[word + MARK_BEGIN.len()..];
            let Some(old) = rest.split_ascii_whitespace().next() else { continue };
            let start = mark.span.start + begin.len() - rest.trim_start().len();
            self.edits.push(Edit {
                span: start..start + old.len(),
                text: Mark::hash(&body).into_bytes(),
                field,
                why: "The mark carries a hash of what stands between it and its end.".to_owned(),
            });
        }
    }
}

/// Where the last attribute of a start tag ends, namespace declarations included.
fn attributes_end(view: &str, element: Element<'_>) -> usize {
    let tag = &view[element.start_tag()];
    let inner = tag.strip_suffix("/>").or_else(|| tag.strip_suffix('>')).unwrap_or(tag);
    element.start_tag().start + inner.trim_end_matches([' ', '\t', '\n', '\r']).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn valve() -> Inserted {
        Inserted {
            name: "Valve",
            lines: vec![vec![("className", "x".into())], vec![("a", "1".into())]],
            words: "for a test",
        }
    }

    /// The file after a valve was put first into its root's first child.
    fn with_valve(text: &str) -> String {
        let configuration = Configuration::read(text.as_bytes()).expect("it is well-formed");
        let mut revision = Revision::new(&configuration);
        let root = configuration.root();
        let host = root.children().next().expect("a host");
        revision.insert_first(host, Some(root), &valve(), "");
        let (after, _) = revision.apply(text.as_bytes()).expect("it is as meant").expect("it is edited");
        let after = String::from_utf8(after.to_vec()).expect("it is UTF-8");
        let again = Configuration::read(after.as_bytes()).expect("it is well-formed");
        if !after.contains('\r') {
            assert!(again.marks()[0].intact, "{after}");
        }
        after
    }

    fn plain(after: &str) -> String {
        let hash = after.find(MARK_BEGIN).expect("there is a mark") + MARK_BEGIN.len() + 1;
        format!("{}HASH{}", &after[..hash], &after[hash + 10..])
    }

    #[test]
    fn an_insertion_takes_its_neighbours_indentation() {
        let after = with_valve("<a>\n\t<Host>\n\t\t<!-- x -->\n\t</Host>\n</a>");
        assert_eq!(
            plain(&after),
            "<a>\n\t<Host>\n\t\t<!-- guacfront begin HASH for a test -->\n\t\t<Valve className=\"x\"\n\t\t       \
             a=\"1\" />\n\t\t<!-- guacfront end -->\n\t\t<!-- x -->\n\t</Host>\n</a>"
        );
    }

    #[test]
    fn a_self_closed_element_is_opened() {
        let after = with_valve("<a>\r\n <Host b='/>' />\r\n</a>\r\n");
        assert_eq!(
            plain(&after),
            "<a>\r\n <Host b='/>'>\r\n  <!-- guacfront begin HASH for a test -->\r\n  <Valve className=\"x\"\r\n  \
                    \x20      a=\"1\" />\r\n  <!-- guacfront end -->\r\n </Host>\r\n</a>\r\n"
        );
    }

    #[test]
    fn an_insertion_breaks_a_line_that_others_share() {
        let after = with_valve("<a><Host><Valve/></Host></a>");
        assert!(plain(&after).ends_with("end -->\n  <Valve/></Host></a>"), "{after}");
        let after = with_valve("<a><Host></Host></a>");
        assert!(plain(&after).ends_with("end -->\n</Host></a>"), "{after}");
    }

    #[test]
    fn an_attribute_is_added_in_the_tag_s_own_style() {
        for (before, expected) in [
            ("<a b='1'/>", "<a b='1' c=\"2\"/>"),
            ("<a />", "<a c=\"2\" />"),
            ("<a b='1'\n   d='3'\n   />", "<a b='1'\n   d='3'\n   c=\"2\"\n   />"),
            ("<a b='1'\n   d='3' e='4' >\n</a>", "<a b='1'\n   d='3' e='4' c=\"2\" >\n</a>"),
            ("<a b='1' xmlns:x='y'></a>", "<a b='1' xmlns:x='y' c=\"2\"></a>"),
            ("<a c = '&#49;' b='1'/>", "<a c = '2' b='1'/>"),
        ] {
            let configuration = Configuration::read(before.as_bytes()).expect("it is well-formed");
            let mut revision = Revision::new(&configuration);
            revision.set(configuration.root(), "c", "2", "");
            let (after, _) = revision.apply(before.as_bytes()).expect("as meant").expect("it is edited");
            assert_eq!(String::from_utf8_lossy(&after), expected);
        }
    }

    #[test]
    fn an_edit_inside_an_intact_region_renews_its_hash_and_one_by_hand_does_not() {
        let before = with_valve("<a>\n  <Host/>\n</a>\n");
        for (before, intact) in [(before.clone(), true), (before.replace("a=\"1\"", "a=\"9\""), false)] {
            let configuration = Configuration::read(before.as_bytes()).expect("it is well-formed");
            let mut revision = Revision::new(&configuration);
            let host = configuration.root().children().next().expect("a host");
            let valve = host.children().next().expect("a valve");
            revision.set(valve, "a", "2", "");
            let (after, _) = revision.apply(before.as_bytes()).expect("as meant").expect("it is edited");
            let after = Configuration::read(&after[..]).expect("it is well-formed");
            assert_eq!(after.marks()[0].intact, intact);
        }
    }
}
