//! Sections and directives of one file; they nest within each file, so the tree needs no other.

use super::line::{Line, lines};
use super::word::{Word, words};
use crate::config::{Span, SyntaxError};
use crate::model::printable;
use std::ops::Range;
use std::sync::Arc;

/// How deep sections may nest; httpd has no limit but its memory.
const DEEPEST: usize = 200;

/// A file as a tree over its logical lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// The file's bytes.
    pub bytes: Arc<[u8]>,
    /// Every logical line; their spans tile the file.
    pub lines: Vec<Line>,
    /// Every directive and section, a section before what is in it.
    pub nodes: Vec<Node>,
    /// The nodes that stand in no section.
    pub top: Vec<usize>,
}

/// A directive or section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Index of its line, or of the line that opens it.
    pub line: usize,
    /// What is in it, where it is a section.
    pub section: Option<Box<Inside>>,
}

/// The inside of a section.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inside {
    /// The nodes in it; none where its body is for another parser.
    pub children: Vec<usize>,
    /// Index of the line that closes it.
    pub close: usize,
}

impl Tree {
    /// Reads a file.
    ///
    /// # Errors
    /// A tag without its `>`, a closing tag that closes nothing or something else, a section left open, a byte order
    /// mark, which httpd takes for a part of the first directive's name.
    pub fn parse(bytes: impl Into<Arc<[u8]>>) -> Result<Self, SyntaxError> {
        let bytes: &Arc<[u8]> = &bytes.into();
        if bytes.starts_with(b"\xef\xbb\xbf") {
            let message = "a byte order mark, which httpd does not know; save the file without it";
            return Err(SyntaxError { offset: 0, message: message.into() });
        }
        let mut tree = Self { bytes: Arc::clone(bytes), lines: lines(bytes), ..Self::default() };
        let mut open: Vec<(usize, String)> = Vec::new();
        let mut at = 0;
        while at < tree.lines.len() {
            let line = &tree.lines[at];
            let text = line.text(bytes);
            let fault = |message: String| SyntaxError { offset: line.content().start, message };
            if text.starts_with(b"</") {
                let name = closing_name(text).map_err(fault)?;
                match open.pop() {
                    Some((node, own)) if own.eq_ignore_ascii_case(&name) => tree.close(node, at),
                    Some((_, own)) => {
                        return Err(fault(format!(
                            "</{}> stands where </{own}> is expected",
                            printable(&name)
                        )));
                    }
                    None => return Err(fault(format!("</{}> closes nothing", printable(&name)))),
                }
            } else if text.starts_with(b"<") {
                let name = opening_name(text).map_err(fault)?;
                let node = tree.push(at, &open, true);
                if is_opaque(&name) {
                    let close = tree
                        .closing_line(bytes, at, &name)
                        .ok_or_else(|| left_open(&tree.lines[at], &name))?;
                    tree.close(node, close);
                    at = close;
                } else if open.len() == DEEPEST {
                    let message =
                        format!("sections stand {DEEPEST} levels deep here; no deeper ones are read");
                    return Err(SyntaxError { offset: tree.lines[at].content().start, message });
                } else {
                    open.push((node, name));
                }
            } else if !line.is_skipped() {
                tree.push(at, &open, false);
            }
            at += 1;
        }
        match open.last() {
            Some((node, name)) => Err(left_open(&tree.lines[tree.nodes[*node].line], name)),
            None => {
                tree.nodes.shrink_to_fit();
                Ok(tree)
            }
        }
    }

    /// The line that a node stands on, or opens on.
    pub fn line(&self, node: usize) -> &Line {
        &self.lines[self.nodes[node].line]
    }

    /// The text of that line.
    pub fn text(&self, node: usize) -> &[u8] {
        self.line(node).text(&self.bytes)
    }

    /// Every byte of a node: its line, or all lines from the opening to the closing one.
    pub fn span(&self, node: usize) -> Span {
        let start = self.line(node).span.start;
        let last = self.nodes[node].section.as_ref().map_or(self.nodes[node].line, |inside| inside.close);
        start..self.lines[last].span.end
    }

    /// Indices of the lines between a section's tags.
    pub fn section_lines(&self, node: usize) -> Range<usize> {
        let open = self.nodes[node].line;
        open + 1..self.nodes[node].section.as_ref().map_or(open + 1, |inside| inside.close)
    }

    /// The comments, in file order.
    pub fn comments(&self) -> Vec<Span> {
        self.lines.iter().filter(|line| line.is_comment()).map(Line::content).collect()
    }

    fn push(&mut self, line: usize, open: &[(usize, String)], is_section: bool) -> usize {
        let node = self.nodes.len();
        let section = is_section.then(|| Box::new(Inside { children: Vec::new(), close: line }));
        self.nodes.push(Node { line, section });
        match open.last().and_then(|(parent, _)| self.nodes[*parent].section.as_mut()) {
            Some(inside) => inside.children.push(node),
            None => self.top.push(node),
        }
        node
    }

    fn close(&mut self, node: usize, line: usize) {
        if let Some(inside) = &mut self.nodes[node].section {
            inside.close = line;
        }
    }

    /// The line that closes an opaque section; sections of the same name inside are counted.
    fn closing_line(&self, bytes: &[u8], open: usize, name: &str) -> Option<usize> {
        let mut depth = 0_usize;
        for (at, line) in self.lines.iter().enumerate().skip(open + 1) {
            let text = line.text(bytes);
            let is =
                |given: Result<String, String>| given.is_ok_and(|given| given.eq_ignore_ascii_case(name));
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

fn opening_name(text: &[u8]) -> Result<String, String> {
    if !text.contains(&b'>') {
        return Err("a tag without its >; it is expected on the same line".into());
    }
    match parts(text).next() {
        Some(name) if name.range.start == 1 => Ok(name.to_text()),
        _ => Err("a section's name is expected right after <".into()),
    }
}

fn closing_name(text: &[u8]) -> Result<String, String> {
    let word = words(text).next().map(|word| word.value).unwrap_or_default();
    match word.strip_prefix(b"</").and_then(|rest| rest.strip_suffix(b">")) {
        Some(name) => Ok(String::from_utf8_lossy(name).into_owned()),
        None => Err("a closing tag without its >; it is expected right after the name".into()),
    }
}

/// Sections whose body httpd hands to another parser.
fn is_opaque(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "macro" || name == "perl" || name.starts_with("lua")
}

fn left_open(line: &Line, name: &str) -> SyntaxError {
    let message =
        format!("<{}> is not closed; </{0}> is expected before the end of the file", printable(name));
    SyntaxError { offset: line.content().start, message }
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
        assert_eq!(tree.top.len(), 3);
        let host = tree.nodes[tree.top[1]].section.as_ref().expect("a section");
        assert_eq!((host.children.len(), host.close), (2, 6));
        assert_eq!(tree.span(tree.top[1]), 4..83);
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
        assert_eq!(tree.top.len(), 2);
    }

    #[test]
    fn the_last_bracket_ends_the_arguments() {
        let values: Vec<_> = parts(b"<VirtualHost *:80 # c > d>").map(|w| w.value.into_owned()).collect();
        assert_eq!(values, [&b"VirtualHost"[..], b"*:80", b"#", b"c", b">", b"d"]);
    }
}
