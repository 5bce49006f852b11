//! The real files with the change in them.

use super::row::{Row, behind};
use super::text::{clean, fitted, shown, wrapped};
use crate::plan::diff::{self, Mark};
use crate::tui::Theme;
use crate::wizard::{PreviewFile, PreviewRow, View, Wizard};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr as _;

/// Columns before the text: the sign of the line, and the pointer.
const GUTTER: usize = 2;

/// Draws the tabs and, under them, the file.
pub(super) fn draw(frame: &mut Frame, area: Rect, wizard: &Wizard, theme: Theme) {
    let width = usize::from(area.width);
    let room = usize::from(area.height).saturating_sub(1);
    let preview = wizard.preview();
    let top = top(wizard, room);
    let mut lines = vec![tabs(wizard, theme, width, top)];
    match (&preview.plan, preview.current()) {
        (Err(error), _) => {
            let text = format!("{error}\n{}", error.hint());
            for (at, line) in wrapped(&text, width.saturating_sub(3)).into_iter().enumerate() {
                let mark = if at == 0 { '!' } else { ' ' };
                lines.push(Line::styled(format!(" {mark} {line}"), theme.warning()));
            }
        }
        (Ok(_), None) => lines.push(Line::styled("   nothing would change", theme.quiet())),
        (Ok(_), Some((_, file))) => {
            for at in top..preview.rows().len() {
                if lines.len() > room {
                    break;
                }
                lines.extend(row(wizard, file, at, theme, width));
            }
        }
    }
    frame.render_widget(Paragraph::new(lines), area);
}

/// The first row: as far as the end of the file leaves no row of the screen empty.
fn top(wizard: &Wizard, room: usize) -> usize {
    let preview = wizard.preview();
    // A row that is broken takes more than one line, so the last rows may need the whole room.
    let last = if preview.wraps() { preview.rows().len() } else { preview.rows().len().saturating_sub(room) };
    preview.top().min(last)
}

fn row(wizard: &Wizard, file: &PreviewFile, at: usize, theme: Theme, width: usize) -> Vec<Line<'static>> {
    match &wizard.preview().rows()[at] {
        PreviewRow::Hunk(text) => vec![Line::styled(fitted(text, width), theme.quiet())],
        PreviewRow::Line(line) => {
            let is_meant = wizard.preview().spot() == Some(at);
            file_line(wizard, file, &file.lines[*line], is_meant, theme, width)
        }
    }
}

fn file_line(
    wizard: &Wizard,
    file: &PreviewFile,
    line: &diff::Line,
    is_meant: bool,
    theme: Theme,
    width: usize,
) -> Vec<Line<'static>> {
    let preview = wizard.preview();
    let text = shown(&line.text);
    let style = if line.mark == Mark::Same { theme.quiet() } else { theme.diff(line.mark) };
    let mut pieces = Row::new(&text, style);
    let caused = preview.caused(file, line.mark, &text);
    if let Some(part) = &caused {
        pieces.patch(part, theme.caused());
    }
    let hits = preview.search().map(|search| search.parts(&text)).unwrap_or_default();
    for part in &hits {
        pieces.patch(part, theme.bar());
    }
    let pointer = if is_meant { theme.pointer() } else { " " };
    let gutter = Span::styled(format!("{}{pointer}", line.mark.sign()), theme.diff(line.mark));
    let room = width.saturating_sub(GUTTER);
    if !preview.wraps() {
        let part = hits.first().or(caused.as_ref()).filter(|_| is_meant);
        return vec![behind(gutter, pieces.cut(room, part, theme))];
    }
    let gutters = std::iter::once(gutter).chain(std::iter::repeat(Span::raw(" ".repeat(GUTTER))));
    gutters.zip(pieces.broken(room)).map(|(gutter, pieces)| behind(gutter, pieces)).collect()
}

/// The line above the file: which file of how many, which of its rows.
fn tabs(wizard: &Wizard, theme: Theme, width: usize, top: usize) -> Line<'static> {
    let preview = wizard.preview();
    let place = place(wizard, top);
    let ends = 2 * 2;
    let room = width.saturating_sub(place.width() + ends);
    let mut spans = vec![Span::styled(theme.line().repeat(2), theme.quiet())];
    spans.extend(names(wizard, theme, room));
    let used: usize = spans.iter().map(Span::width).sum();
    let fill = width.saturating_sub(used + place.width() + 2);
    spans.push(Span::styled(theme.line().repeat(fill), theme.quiet()));
    let tone = if preview.stale { theme.warning() } else { theme.quiet() };
    spans.push(Span::styled(place, tone));
    spans.push(Span::styled(theme.line().repeat(2), theme.quiet()));
    Line::from(spans)
}

/// A name for every file, the present one's whole path; where the columns do not do, the present one and its number.
fn names(wizard: &Wizard, theme: Theme, room: usize) -> Vec<Span<'static>> {
    let Some((current, file)) = wizard.preview().current() else { return Vec::new() };
    let files = wizard.preview().files();
    let path = clean(&file.path.to_string_lossy());
    let others: Vec<String> = files
        .iter()
        .map(|file| file.path.file_name().unwrap_or_default().to_string_lossy())
        .map(|name| clean(&name))
        .collect();
    let taken: usize =
        others.iter().enumerate().filter(|(at, _)| *at != current).map(|(_, name)| name.width() + 3).sum();
    let least = path.width().min(16) + 3;
    if taken + least > room && files.len() > 1 {
        let number = format!(" {} of {} ", current + 1, files.len());
        let name = fitted(&path, room.saturating_sub(number.width() + 2));
        return vec![Span::styled(format!("[{name}]"), theme.strong()), Span::styled(number, theme.quiet())];
    }
    let mut spans = Vec::new();
    for (at, name) in others.into_iter().enumerate() {
        spans.push(if at == current {
            Span::styled(format!("[{}]", fitted(&path, room.saturating_sub(taken + 3))), theme.strong())
        } else {
            Span::styled(format!(" {name} "), theme.quiet())
        });
        spans.push(Span::styled(theme.line(), theme.quiet()));
    }
    spans
}

fn place(wizard: &Wizard, top: usize) -> String {
    let preview = wizard.preview();
    if preview.rows().is_empty() {
        return String::new();
    }
    let view = match preview.view() {
        View::Changes => "changes",
        View::Whole => "whole file",
    };
    let stale = if preview.stale { "before the error, " } else { "" };
    let hit = match (preview.search(), preview.hit()) {
        (Some(search), Some(hit)) => format!("hit {hit} of {}, ", search.count()),
        _ => String::new(),
    };
    format!(" {stale}{hit}{view}, {}/{} ", top + 1, preview.rows().len())
}
