//! What stands between guacfront's marks since a hand has edited it, and what guacfront would write there.

use super::row::{Row, behind};
use super::text::{shown, wrapped};
use crate::model::printable_path;
use crate::plan::diff;
use crate::tui::Theme;
use crate::wizard::Wizard;
use ratatui::text::{Line, Span};

/// Each region with its place and its difference, an empty line before each.
pub(super) fn differences(wizard: &Wizard, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for region in wizard.edited_regions() {
        lines.push(Line::default());
        let place = format!("{}:{}", printable_path(&region.file), region.line);
        lines.extend(wrapped(&place, width).into_iter().map(|line| Line::styled(line, theme.strong())));
        let difference = diff::between(&region.stands, &region.wanted);
        for (nth, hunk) in diff::hunks(&difference, diff::CONTEXT).into_iter().enumerate() {
            if nth > 0 {
                lines.push(Line::styled("...", theme.quiet()));
            }
            lines.extend(difference[hunk].iter().flat_map(|line| difference_lines(line, theme, width)));
        }
    }
    lines
}

/// A line of the difference; what differs may stand at the end of a long one.
fn difference_lines(line: &diff::Line, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let style = theme.sign(line.mark);
    let signs = std::iter::once(line.mark.sign()).chain(std::iter::repeat(' '));
    let pieces = Row::new(&shown(&line.text), style).broken(width.saturating_sub(2));
    let piece = |(sign, piece)| behind(Span::styled(format!("{sign} "), style), piece);
    signs.zip(pieces).map(piece).collect()
}
