//! Sections and directives of one file; they nest within each file, so the tree needs no other.

use super::line::{Line, Lines, short};
use super::word::{Word, words};
use crate::config::{Span, SyntaxError};
use crate::model::printable;
use std::borrow::Cow;
use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::Arc;

/// How deep sections may nest; httpd has no limit but its memory.
const DEEPEST: usize = 200;

/// A file as a tree over its logical lines. Its nodes, directives and sections, are numbered as they begin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// Every logical line; their spans tile the file.
    pub lines: Lines,
    nodes: Vec<Node>,
}

/// A directive or section.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Node {
    /// Index of its line, or of the line that opens it.
    line: u32,
    /// Of a section, index of the line that closes it.
    close: Option<NonZeroU32>,
    /// The first node that is not in it.
    next: u32,
}

impl Tree {
    /// Reads a file.
    ///
    /// # Errors
    /// A tag without its `>`, a closing tag that closes nothing or something else, a section left open, a byte order
    /// mark, which httpd takes for a part of the first directive's name; a file of 4 GiB or more.
    pub fn parse(bytes: impl Into<Arc<[u8]>>) -> Result<Self, SyntaxError> {
        let bytes: Arc<[u8]> = bytes.into();
        if bytes.starts_with(b"\xef\xbb\xbf") {
            let message = "a byte order mark, which httpd does not know; save the file without it";
            return Err(SyntaxError { offset: 0, message: message.into() });
        }
        let lines = Lines::of(bytes)?;
        let nodes = Parser { lines: &lines, nodes: Vec::new(), open: Vec::new() }.run()?;
        Ok(Self { lines, nodes })
    }

    /// The file's bytes.
    pub fn bytes(&self) -> &Arc<[u8]> {
        self.lines.bytes()
    }

    /// Whether nothing stands in it that counts.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The nodes that stand in no section.
    pub fn top(&self) -> impl Iterator<Item = usize> + Clone {
        self.siblings(0, self.nodes.len())
    }

    /// The nodes in a section; none where its body is for another parser.
    pub fn children(&self, node: usize) -> impl Iterator<Item = usize> + Clone {
        self.siblings(node + 1, self.nodes[node].next as usize)
    }

    /// Whether a node is a section.
    pub fn is_section(&self, node: usize) -> bool {
        self.nodes[node].close.is_some()
    }

    /// The line that a node stands on, or opens on.
    pub fn line(&self, node: usize) -> Line<'_> {
        self.lines.line(self.first_line(node))
    }

    /// The text of that line.
    pub fn text(&self, node: usize) -> &[u8] {
        self.line(node).text()
    }

    /// Index of that line.
    pub fn first_line(&self, node: usize) -> usize {
        self.nodes[node].line as usize
    }

    /// Index of the line that closes a section; of a directive, of its only one.
    pub fn last_line(&self, node: usize) -> usize {
        self.nodes[node].close.map_or_else(|| self.first_line(node), |close| close.get() as usize)
    }

    /// Every byte of a node: its line, or all lines from the opening to the closing one.
    pub fn span(&self, node: usize) -> Span {
        self.line(node).span().start..self.lines.line(self.last_line(node)).span().end
    }

    /// The lines between a section's tags.
    pub fn section_lines(&self, node: usize) -> Range<usize> {
        let open = self.first_line(node);
        open + 1..self.last_line(node).max(open + 1)
    }

    /// The comments, in file order.
    pub fn comments(&self) -> impl Iterator<Item = Span> {
        self.lines.iter().filter(|line| line.is_comment()).map(Line::content)
    }

    fn siblings(&self, first: usize, end: usize) -> impl Iterator<Item = usize> + Clone {
        let held = move |at: usize| (at < end).then_some(at);
        std::iter::successors(held(first), move |at| held(self.nodes[*at].next as usize))
    }
}

/// A tree under way.
struct Parser<'a> {
    lines: &'a Lines,
    nodes: Vec<Node>,
    /// The sections that are open, outermost first, and their names.
    open: Vec<(usize, Cow<'a, [u8]>)>,
}

impl Parser<'_> {
    fn run(mut self) -> Result<Vec<Node>, SyntaxError> {
        let mut at = 0;
        while at < self.lines.len() {
            at = self.take(at)? + 1;
        }
        match self.open.last() {
            Some((node, name)) => Err(left_open(self.lines.line(self.nodes[*node].line as usize), name)),
            None => {
                self.nodes.shrink_to_fit();
                Ok(self.nodes)
            }
        }
    }

    /// Takes a line in; the last line taken, which of an opaque section is the one that closes it.
    fn take(&mut self, at: usize) -> Result<usize, SyntaxError> {
        let line = self.lines.line(at);
        let text = line.text();
        let fault = |message: String| SyntaxError { offset: line.content().start, message };
        if text.starts_with(b"</") {
            let name = closing_name(text).map_err(fault)?;
            match self.open.pop() {
                Some((node, own)) if own.eq_ignore_ascii_case(&name) => {
                    self.nodes[node].next = short(self.nodes.len());
                    self.nodes[node].close = NonZeroU32::new(short(at));
                }
                Some((_, own)) => {
                    let (name, own) = (shown(&name), shown(&own));
                    return Err(fault(format!("</{name}> stands where </{own}> is expected")));
                }
                None => return Err(fault(format!("</{}> closes nothing", shown(&name)))),
            }
        } else if text.starts_with(b"<") {
            let name = opening_name(text).map_err(fault)?;
            let node = self.push(at);
            if is_opaque(&name) {
                let close = self.closing_line(at, &name).ok_or_else(|| left_open(line, &name))?;
                self.nodes[node].close = NonZeroU32::new(short(close));
                return Ok(close);
            }
            if self.open.len() == DEEPEST {
                return Err(fault(format!(
                    "sections stand {DEEPEST} levels deep here; no deeper ones are read"
                )));
            }
            self.open.push((node, name));
        } else if !matches!(text.first(), None | Some(b'#')) {
            self.push(at);
        }
        Ok(at)
    }

    fn push(&mut self, line: usize) -> usize {
        let node = self.nodes.len();
        self.nodes.push(Node { line: short(line), close: None, next: short(node + 1) });
        node
    }

    /// The line that closes an opaque section; sections of the same name inside are counted.
    fn closing_line(&self, open: usize, name: &[u8]) -> Option<usize> {
        let mut depth = 0_usize;
        for at in open + 1..self.lines.len() {
            let text = self.lines.line(at).text();
            let is = |given: Result<Cow<'_, [u8]>, String>| {
                given.is_ok_and(|given| given.eq_ignore_ascii_case(name))
            };
            if text.starts_with(b"</") && is(closing_name(text)) {
                if depth == 0 {
                    return Some(at);
                }
                depth -= 1;
            } else if text.starts_with(b"<") && is(opening_name(text)) {
                depth += 1;
            }
        }
        None
    }
}

/// The words of a directive's line, its name first; of a tag, the name without `<` and the arguments before the
/// last `>`.
pub(super) fn parts(text: &[u8]) -> impl Iterator<Item = Word<'_>> {
    let (inner, before) = match text.strip_prefix(b"<") {
        Some(inner) => (&inner[..memchr::memrchr(b'>', inner).unwrap_or(inner.len())], 1),
        None => (text, 0),
    };
    words(inner).map(move |word| Word { range: word.range.start + before..word.range.end + before, ..word })
}

fn opening_name(text: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    if !text.contains(&b'>') {
        return Err("a tag without its >; it is expected on the same line".into());
    }
    match parts(text).next() {
        Some(name) if name.range.start == 1 => Ok(name.value),
        _ => Err("a section's name is expected right after <".into()),
    }
}

fn closing_name(text: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    fn bare(word: &[u8]) -> Option<&[u8]> {
        word.strip_prefix(b"</")?.strip_suffix(b">")
    }
    let name = match words(text).next().map(|word| word.value).unwrap_or_default() {
        Cow::Borrowed(word) => bare(word).map(Cow::Borrowed),
        Cow::Owned(word) => bare(&word).map(|name| Cow::Owned(name.to_vec())),
    };
    name.ok_or_else(|| "a closing tag without its >; it is expected right after the name".into())
}

/// Sections whose body httpd hands to another parser.
fn is_opaque(name: &[u8]) -> bool {
    let begins = |word: &[u8]| name.get(..word.len()).is_some_and(|own| own.eq_ignore_ascii_case(word));
    begins(b"lua") || [&b"macro"[..], b"perl"].iter().any(|own| name.eq_ignore_ascii_case(own))
}

fn left_open(line: Line<'_>, name: &[u8]) -> SyntaxError {
    let message = format!("<{}> is not closed; </{0}> is expected before the end of the file", shown(name));
    SyntaxError { offset: line.content().start, message }
}

fn shown(name: &[u8]) -> String {
    printable(&String::from_utf8_lossy(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> (usize, String) {
        let error = Tree::parse(text.as_bytes()).expect_err("httpd refuses it");
        (error.offset, error.message)
    }

    #[test]
    fn sections_nest_and_names_have_no_case() {
        let tree = Tree::parse(
            &b"A 1\n<VirtualHost *:80> # c >\n  B\n  <Location />\n  C\n  </LOCATION> x\n</virtualhost>\nD\n"
                [..],
        )
        .expect("httpd takes it");
        assert_eq!(tree.top().collect::<Vec<_>>(), [0, 1, 5]);
        assert_eq!((tree.children(1).collect::<Vec<_>>(), tree.last_line(1)), (vec![2, 3], 6));
        assert_eq!(tree.span(1), 4..83);
    }

    #[test]
    fn what_is_wrong_is_said_where_it_stands() {
        assert_eq!(fault("a\n  </X>\n").0, 4);
        assert!(fault("<A>\n</B>\n").1.contains("</A> is expected"));
        assert!(fault("<A\n>\n").1.contains("without its >"));
        assert!(fault("< A>\n</A>\n").1.contains("right after <"));
        assert!(fault("\u{feff}A\n").1.contains("byte order mark"));
        assert!(fault(&"<A>\n".repeat(100_000)).1.contains("200 levels"));
        assert_eq!(
            fault("x\n<A b>\n"),
            (2, "<A> is not closed; </A> is expected before the end of the file".into())
        );
    }

    #[test]
    fn the_body_of_a_macro_is_not_read() {
        let tree = Tree::parse(&b"<Macro M>\n<VirtualHost *>\n<Macro N>\n</Macro>\n</Macro>\nA\n"[..])
            .expect("httpd takes it");
        assert_eq!(tree.top().collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn the_last_bracket_ends_the_arguments() {
        let values: Vec<_> = parts(b"<VirtualHost *:80 # c > d>").map(|w| w.value.into_owned()).collect();
        assert_eq!(values, [&b"VirtualHost"[..], b"*:80", b"#", b"c", b">", b"d"]);
    }
}
