//! guacfront's own region: between marks, at the end of the virtual host.

use super::Work;
use super::body::Body;
use super::edits::Edits;
use crate::config::apache::{Item, LoadedFile};
use crate::config::{MARK_BEGIN, MARK_END, Mark, line_ending};
use crate::model::Field;
use crate::plan::PlanError;

const WHY: &str = "these sections hand Guacamole's requests to Tomcat and change nothing else of the site";

/// How a virtual host's lines are set.
pub(super) struct Layout {
    /// In front of a directive of the virtual host.
    pub(super) indent: String,
    /// What one level more adds.
    pub(super) unit: String,
    /// At the end of a line.
    pub(super) end: &'static str,
}

/// Puts the region before the closing tag.
pub(super) fn insert(work: &Work<'_>, body: &Body, edits: &mut Edits<'_>) {
    let file = work.loaded.file(work.host.item);
    let layout = Layout::of(work);
    let close = closing_line(file, work.host.item);
    let at = file.tree.lines[close].span.start;
    let is_set_off = close > 0 && file.tree.lines[close - 1].text.is_empty();
    let lead = if is_set_off { "" } else { layout.end };
    edits.insert(
        work.host.item.file,
        at,
        &format!("{lead}{}", region(body, &layout)),
        Field::PublicPath,
        WHY,
    );
}

/// Writes the region anew where it stands.
pub(super) fn update(
    work: &Work<'_>,
    mark: &Mark,
    body: &Body,
    edits: &mut Edits<'_>,
) -> Result<(), PlanError> {
    let file = work.loaded.file(work.host.item);
    if !mark.intact {
        let (line, _) = crate::config::position(&file.bytes, mark.span.start);
        return Err(PlanError::Refused {
            file: file.path.clone(),
            line,
            message: "what stands between guacfront's marks was edited by hand since".into(),
            hint: "to keep your edit, remove the two mark lines: the sections are then treated as your own and edited in \
                   place; to let it go, put the lines back as guacfront wrote them"
                .into(),
        });
    }
    let layout = Layout::of(work);
    let text = body.text(&layout.indent, &layout.unit, layout.end);
    if Mark::hash(text.as_bytes()) != Mark::hash(&file.bytes[mark.body.clone()]) {
        edits.replace(work.host.item.file, mark.span.clone(), &region(body, &layout), Field::PublicPath, WHY);
    }
    Ok(())
}

fn region(body: &Body, layout: &Layout) -> String {
    let Layout { indent, unit, end } = layout;
    let text = body.text(indent, unit, end);
    let hash = Mark::hash(text.as_bytes());
    format!(
        "{indent}# {MARK_BEGIN} {hash} Apache Guacamole at {}{end}{text}{indent}# {MARK_END}{end}",
        body.path
    )
}

fn closing_line(file: &LoadedFile, item: &Item) -> usize {
    let node = &file.tree.nodes[item.node];
    node.section.as_ref().map_or(node.line, |inside| inside.close)
}

impl Layout {
    /// As the neighbours are set; tabs or blanks as they have them.
    pub(super) fn of(work: &Work<'_>) -> Self {
        let file = work.loaded.file(work.host.item);
        let indent_of = |line: usize| {
            let line = &file.tree.lines[line];
            String::from_utf8_lossy(&file.bytes[line.span.start..line.content().start]).into_owned()
        };
        let own = indent_of(file.tree.nodes[work.host.item.node].line);
        let neighbour = work.host.item.children.iter().find(|child| child.file == work.host.item.file);
        let indent = neighbour.map(|child| indent_of(file.tree.nodes[child.node].line));
        let unit = match &indent {
            Some(indent) if indent.len() > own.len() && indent.starts_with(&own) => {
                indent[own.len()..].to_owned()
            }
            _ if own.contains('\t') => "\t".to_owned(),
            _ => "    ".to_owned(),
        };
        let indent = indent.unwrap_or_else(|| format!("{own}{unit}"));
        Self { indent, unit, end: line_ending(&file.bytes) }
    }
}
