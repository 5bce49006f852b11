//! The real files with the change in them.

use super::text::{fitted, shown};
use crate::plan::diff::Mark;
use crate::tui::Theme;
use crate::wizard::{PreviewRow, View, Wizard};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr as _;

/// Draws the tabs and, under them, the file.
pub(super) fn draw(frame: &mut Frame, area: Rect, wizard: &Wizard, theme: Theme) {
    let width = usize::from(area.width);
    let rows = wizard.preview().rows();
    let room = usize::from(area.height).saturating_sub(1);
    let top = wizard.preview().top().min(rows.len().saturating_sub(room));
    let mut lines = vec![tabs(wizard, theme, width, top, rows.len())];
    match (&wizard.preview().plan, wizard.preview().current()) {
        (Err(error), _) => {
            let text = format!("{error}\n{}", error.hint());
            lines.extend(
                super::text::wrapped(&text, width.saturating_sub(3))
                    .into_iter()
                    .map(|line| Line::styled(format!(" ! {line}"), theme.warning())),
            );
        }
        (Ok(_), None) => lines.push(Line::styled("   nothing would change", theme.quiet())),
        (Ok(_), Some((_, file))) => {
            for row in rows.iter().skip(top).take(room) {
                lines.push(match row {
                    PreviewRow::Hunk(text) => Line::styled(fitted(text, width), theme.quiet()),
                    PreviewRow::Line(at) => {
                        let line = &file.lines[*at];
                        let mut style = theme.diff(line.mark);
                        if wizard.preview().is_caused(file, line) {
                            style = style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED);
                        }
                        Line::from(vec![
                            Span::styled(format!("{} ", line.mark.sign()), theme.diff(line.mark)),
                            Span::styled(
                                shown(&line.text),
                                if line.mark == Mark::Same { theme.quiet() } else { style },
                            ),
                        ])
                    }
                });
            }
        }
    }
    frame.render_widget(Paragraph::new(lines), area);
}

fn tabs(wizard: &Wizard, theme: Theme, width: usize, top: usize, rows: usize) -> Line<'static> {
    let preview = wizard.preview();
    let mut spans = vec![Span::styled(theme.line().repeat(2), theme.quiet())];
    let current = preview.current().map(|(at, _)| at);
    for (at, file) in preview.files().iter().enumerate() {
        let name = file.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name = super::text::clean(&name);
        let (text, style) = if Some(at) == current {
            (format!("[{name}]"), theme.strong())
        } else {
            (format!(" {name} "), theme.quiet())
        };
        spans.push(Span::styled(text, style));
        spans.push(Span::styled(theme.line(), theme.quiet()));
    }
    let view = match preview.view() {
        View::Changes => "changes",
        View::Whole => "whole file",
    };
    let stale = if preview.stale { "before the error, " } else { "" };
    let place = if rows == 0 { String::new() } else { format!(" {stale}{view}, {}/{rows} ", top + 1) };
    let used: usize = spans.iter().map(Span::width).sum();
    let fill = width.saturating_sub(used + place.width() + 2);
    spans.push(Span::styled(theme.line().repeat(fill), theme.quiet()));
    let tone = if preview.stale { theme.warning() } else { theme.quiet() };
    spans.push(Span::styled(place, tone));
    spans.push(Span::styled(theme.line().repeat(2), theme.quiet()));
    Line::from(spans)
}
