//! guacfront's own region: between marks, at the end of the virtual host.

use super::Work;
use super::body::Body;
use super::edits::Edits;
use super::layout::Layout;
use crate::config::apache::{Form, Item, LoadedFile, Section};
use crate::config::{Asked, MARK_BEGIN, MARK_END, Mark, line_ending};
use crate::model::{Edited, EditedRegion, Field};
use crate::plan::hand::Hand;

const WHY: &str = "these sections hand Guacamole's requests to Tomcat and change nothing else of the site";

/// Puts the region before the closing tag, or before the first section that has to come after it.
pub(super) fn insert(work: &Work<'_>, body: &Body, edits: &mut Edits<'_>) {
    let file = work.loaded.file(work.host);
    let layout = Layout::of(work);
    let region = region(work, body, &layout);
    let close = closing_line(file, work.host);
    let (line, text) = match first_below(work, body) {
        Some(line) => (line, format!("{region}{}", layout.end)),
        None if close > 0 && file.tree.lines.line(close - 1).is_empty() => (close, region),
        None => (close, format!("{}{region}", layout.end)),
    };
    edits.insert(work.host.file(), file.tree.lines.line(line).span().start, &text, Field::PublicPath, WHY);
}

/// The line before which Guacamole's section has to stand so that a section below its path goes on to count, the
/// comments right above that section included.
fn first_below(work: &Work<'_>, body: &Body) -> Option<usize> {
    let file = work.loaded.file(work.host);
    let below: Vec<Section<'_>> = Section::all(work.loaded, work.host)
        .into_iter()
        // One for the WebSocket that is there without a general one has to give way.
        .filter(|section| section.form == Form::Location && !section.is_websocket())
        .filter(|section| section.path.starts_with(&body.path) && section.path != body.path)
        .collect();
    let holds_one = |node: &usize| {
        let span = file.tree.span(*node);
        let includes = file.tree.text(*node).to_ascii_lowercase().starts_with(b"include");
        below.iter().any(|section| {
            if section.item.file() == work.host.file() {
                span.contains(&file.tree.span(section.item.node()).start)
            } else {
                includes
            }
        })
    };
    let child = file.tree.children(work.host.node()).find(holds_one)?;
    // A region of guacfront's own stays whole.
    let at = file.tree.span(child).start;
    let region = file.marks.iter().find(|mark| mark.span.contains(&at));
    let mut line =
        region.map_or_else(|| file.tree.first_line(child), |mark| file.line_of(mark.span.start) - 1);
    while line > 0 && file.tree.lines.line(line - 1).is_comment() {
        line -= 1;
    }
    Some(line)
}

/// Writes the region anew where it stands, unless a hand has edited it since and its lines are to be kept.
pub(super) fn update(
    work: &Work<'_>,
    (file, mark): (usize, &Mark),
    body: &Body,
    hand: &mut Hand,
    edits: &mut Edits<'_>,
) {
    let own = &work.loaded.files[file];
    let region_of = &own.bytes[mark.span.clone()];
    let blanks = region_of.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let indent = String::from_utf8_lossy(&region_of[..blanks]).into_owned();
    let layout = Layout { indent, end: line_ending(region_of), ..Layout::of(work) };
    let text = body.text(&layout.indent, &layout.unit, layout.end);
    let is_same = Mark::hash(text.as_bytes()) == Mark::hash(&own.bytes[mark.body.clone()])
        && Asked::of_mark(&own.bytes, mark) == work.asked;
    let is_kept = |hand: &mut Hand| {
        let region = EditedRegion {
            file: own.path.clone(),
            line: own.line_of(mark.span.start),
            stands: own.bytes[mark.body.clone()].to_vec(),
            wanted: text.clone().into_bytes(),
        };
        hand.decide(region) == Edited::Keep
    };
    if !is_same && (mark.intact || !is_kept(hand)) {
        edits.replace(file, mark.span.clone(), &region(work, body, &layout), Field::PublicPath, WHY);
    }
}

/// The region with its marks.
pub(super) fn region(work: &Work<'_>, body: &Body, layout: &Layout) -> String {
    let Layout { indent, unit, end } = layout;
    let text = body.text(indent, unit, end);
    let hash = Mark::hash(text.as_bytes());
    let asked = if work.asked.is_empty() { String::new() } else { format!("; {}", work.asked) };
    format!(
        "{indent}# {MARK_BEGIN} {hash} Apache Guacamole at {}{asked}{end}{text}{indent}# {MARK_END}{end}",
        body.path
    )
}

/// Index of the line that closes a section.
pub(super) fn closing_line(file: &LoadedFile, item: &Item) -> usize {
    file.tree.last_line(item.node())
}
