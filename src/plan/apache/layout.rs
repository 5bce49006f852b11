//! How the lines around are set, so that new ones look as if they had always been there.

use super::Work;
use crate::config::apache::{Item, LoadedFile};
use crate::config::{Span, line_ending};

/// How lines are set.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// In front of a directive.
    pub(super) indent: String,
    /// What one level more adds.
    pub(super) unit: String,
    /// At the end of a line.
    pub(super) end: &'static str,
}

impl Layout {
    /// For what stands in the virtual host: as the neighbours are set; tabs or blanks as they have them.
    pub(super) fn of(work: &Work<'_>) -> Self {
        let file = work.loaded.file(work.host);
        let own = indent_of(file, work.host.node());
        let indent = file.tree.children(work.host.node()).next().map(|child| indent_of(file, child));
        let unit = step(&own, indent.as_deref());
        let indent = indent.unwrap_or_else(|| format!("{own}{unit}"));
        Self { indent, unit, end: ending(file, file.tree.span(work.host.node())) }
    }

    /// For what stands beside a section or directive.
    pub(super) fn beside(work: &Work<'_>, item: &Item) -> Self {
        let file = work.loaded.file(item);
        let own = indent_of(file, item.node());
        let inner = file.tree.children(item.node()).next().map(|child| indent_of(file, child));
        let unit = step(&own, inner.as_deref());
        Self { indent: own, unit, end: ending(file, file.tree.span(item.node())) }
    }
}

/// What a new line in a section begins with: what its other lines do.
pub(super) fn indent_in(work: &Work<'_>, item: &Item, layout: &Layout) -> String {
    let file = work.loaded.file(item);
    let first = file.tree.children(item.node()).next();
    first.map_or_else(|| format!("{}{}", layout.indent, layout.unit), |child| indent_of(file, child))
}

fn indent_of(file: &LoadedFile, node: usize) -> String {
    let line = file.tree.line(node);
    let before = String::from_utf8_lossy(&file.bytes[line.span().start..line.content().start]);
    // A line may begin with a backslash and go on in the next one: that is no indentation for others.
    before.chars().take_while(|c| matches!(c, ' ' | '\t')).collect()
}

/// What one level adds to an indentation, told by a line that stands one level deeper.
fn step(own: &str, inner: Option<&str>) -> String {
    match inner {
        Some(inner) if inner.len() > own.len() && inner.starts_with(own) => inner[own.len()..].to_owned(),
        _ if own.contains('\t') => "\t".to_owned(),
        _ => "    ".to_owned(),
    }
}

/// The line ending of most lines there; of a line that has none, that of the file.
fn ending(file: &LoadedFile, span: Span) -> &'static str {
    let near = &file.bytes[span];
    if memchr::memchr(b'\n', near).is_some() { line_ending(near) } else { line_ending(&file.bytes) }
}
