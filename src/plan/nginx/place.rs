//! Where in a block new lines go, and how the lines around them are written.

use super::line::{Layout, Line, edits};
use crate::config::nginx::{Block, Directive};
use crate::config::{Edit, Span, line_ending, line_start};

/// The end of a block, as the place for new lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    span: Span,
    before: String,
    after: String,
    /// How the lines around it are written.
    pub(super) layout: Layout,
}

impl Place {
    /// The place before a block's closing brace.
    pub(super) fn at_end(bytes: &[u8], directive: Directive<'_>, block: Block) -> Self {
        let ending = line_ending(bytes);
        let outer =
            indent_at(bytes, directive.start()).unwrap_or_else(|| line_indent(bytes, directive.start()));
        let sibling = directive
            .children()
            .map(Directive::start)
            .filter(|&start| line_start(bytes, start) > block.open)
            .filter_map(|start| indent_at(bytes, start))
            .last();
        let unit = unit(&outer, sibling.as_deref());
        let indent = sibling.unwrap_or_else(|| format!("{outer}{unit}"));
        let layout = Layout { indent, unit, ending };
        let line = line_start(bytes, block.close);
        if indent_at(bytes, block.close).is_some() && line > block.open {
            // A block that already has something in it gets a blank line between.
            let separated = directive.children().next().is_none() || is_blank_line_before(bytes, line);
            let before = if separated { String::new() } else { ending.to_owned() };
            return Self { span: line..line, before, after: String::new(), layout };
        }
        let blanks = bytes[..block.close].iter().rev().take_while(|&&b| b == b' ' || b == b'\t').count();
        Self { span: block.close - blanks..block.close, before: ending.to_owned(), after: outer, layout }
    }

    /// The place before a directive, which begins at `start`.
    pub(super) fn before(bytes: &[u8], start: usize, layout: Layout) -> Self {
        let (before, after) = (String::new(), String::new());
        if indent_at(bytes, start).is_some() {
            let line = line_start(bytes, start);
            return Self { span: line..line, before, after, layout };
        }
        Self { span: start..start, before: layout.ending.to_owned(), after: layout.indent.clone(), layout }
    }

    /// Offset of the first byte that is replaced.
    pub(super) fn start(&self) -> usize {
        self.span.start
    }

    /// The edits that write the lines here.
    pub(super) fn write(&self, lines: &[Line]) -> Vec<Edit> {
        let mut edits = edits(&self.span, lines, &self.layout);
        if let Some(first) = edits.first_mut() {
            first.text.splice(0..0, self.before.bytes());
        }
        if let Some(last) = edits.last_mut() {
            last.text.extend_from_slice(self.after.as_bytes());
        }
        edits
    }
}

/// How a region that starts with a mark at `start` is laid out: indented as the mark, its blocks by `unit`.
pub(super) fn layout_of_region(bytes: &[u8], start: usize, body: &Span) -> Layout {
    let indent = line_indent(bytes, start);
    let inner = bytes[body.clone()].split_inclusive(|&b| b == b'\n').nth(1).unwrap_or_default();
    let inner = line_indent(inner, 0);
    let unit = unit(&indent, Some(&inner));
    Layout { indent, unit, ending: line_ending(&bytes[body.clone()]) }
}

fn unit(outer: &str, inner: Option<&str>) -> String {
    match inner.and_then(|inner| inner.strip_prefix(outer)) {
        Some(unit) if !unit.is_empty() => unit.to_owned(),
        // What stands in the block tells more than what is around it.
        _ if inner.filter(|inner| !inner.is_empty()).unwrap_or(outer).contains('\t') => "\t".to_owned(),
        _ => "    ".to_owned(),
    }
}

/// What stands before `offset` on its line; `None` where that is more than blanks.
pub(super) fn indent_at(bytes: &[u8], offset: usize) -> Option<String> {
    let before = &bytes[line_start(bytes, offset)..offset];
    before.iter().all(|&b| b == b' ' || b == b'\t').then(|| String::from_utf8_lossy(before).into_owned())
}

/// The blanks that the line of `offset` begins with.
pub(super) fn line_indent(bytes: &[u8], offset: usize) -> String {
    let line = &bytes[line_start(bytes, offset)..];
    let len = line.iter().take_while(|&&b| b == b' ' || b == b'\t').count();
    String::from_utf8_lossy(&line[..len]).into_owned()
}

fn is_blank_line_before(bytes: &[u8], line: usize) -> bool {
    let Some(end) = line.checked_sub(1) else { return true };
    bytes[line_start(bytes, end)..end].trim_ascii().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::nginx::Tree;
    use crate::config::splice;

    fn inserted(text: &str) -> String {
        let tree = Tree::parse(text.as_bytes()).expect("it can be read");
        let directive = tree.directives().next().expect("a directive");
        let place = Place::at_end(text.as_bytes(), directive, directive.block().expect("a block"));
        let line = |depth, text: &str| Line { depth, text: text.into(), field: None, why: String::new() };
        let edits = place.write(&[line(0, "x {"), line(1, "y;"), line(0, "}")]);
        let (after, _) = splice(text.as_bytes(), edits).expect("no overlap");
        String::from_utf8(after.to_vec()).expect("text")
    }

    #[test]
    fn takes_the_neighbours_indentation_and_line_ending() {
        assert_eq!(inserted("s {\n\ta;\n}\n"), "s {\n\ta;\n\n\tx {\n\t\ty;\n\t}\n}\n");
        assert_eq!(
            inserted("  s {\r\n    a;\r\n\r\n  }"),
            "  s {\r\n    a;\r\n\r\n    x {\r\n      y;\r\n    }\r\n  }"
        );
        assert_eq!(inserted("s {\n}\n"), "s {\n    x {\n        y;\n    }\n}\n");
        assert_eq!(inserted("s\n{\n a; b;\n # c\n}\n"), "s\n{\n a; b;\n # c\n\n x {\n  y;\n }\n}\n");
        assert_eq!(inserted("\ts {\n  a;\n\t}\n"), "\ts {\n  a;\n\n  x {\n      y;\n  }\n\t}\n");
    }

    #[test]
    fn a_block_on_one_line_is_opened_up() {
        assert_eq!(inserted("server{listen 80;}"), "server{listen 80;\n    x {\n        y;\n    }\n}");
        assert_eq!(inserted("\ts { a; }\n"), "\ts { a;\n\t\tx {\n\t\t\ty;\n\t\t}\n\t}\n");
        assert_eq!(inserted("s {\n  a; }\n"), "s {\n  a;\n  x {\n    y;\n  }\n}\n");
    }
}
