//! The real files with the change in them.

use super::difference::differences;
use super::row::{Row, behind};
use super::syntax::tokens;
use super::text::{clean, fitted, shown, wrapped};
use crate::plan::Language;
use crate::plan::diff::Mark;
use crate::tui::Theme;
use crate::wizard::{Preview, PreviewFile, PreviewRow, Screen, View, Wizard};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr as _;

/// Columns before the text: the sign of the line, and the pointer.
const GUTTER: usize = 2;
/// Rows that are looked back over for the beginning of a comment.
const LOOK_BACK: usize = 200;

/// Draws the tabs and, under them, the file; how many of its rows there is room for.
pub(super) fn draw(frame: &mut Frame, area: Rect, wizard: &Wizard, theme: Theme) -> usize {
    let width = usize::from(area.width);
    let preview = wizard.preview();
    let reason = reason(wizard, theme, width);
    let height = usize::from(area.height).saturating_sub(1);
    let room = height.saturating_sub(reason.len());
    let last = preview.rows().len().saturating_sub(if preview.wraps() { 1 } else { room });
    let top = preview.top().min(last);
    let mut lines = vec![tabs(wizard, theme, width, top)];
    lines.extend(reason.iter().cloned());
    match preview.current() {
        None if preview.plan.is_ok() => lines.push(Line::styled("   nothing would change", theme.quiet())),
        None => {}
        Some((_, file)) => {
            let pane = Pane { preview, file, theme, width };
            let mut in_comment = pane.is_in_comment(top);
            for at in top..preview.rows().len() {
                if lines.len() > height {
                    break;
                }
                lines.extend(pane.row(at, &mut in_comment));
            }
        }
    }
    frame.render_widget(Paragraph::new(lines), area);
    room
}

/// Why there is no plan; the review says so itself.
fn reason(wizard: &Wizard, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let preview = wizard.preview();
    let Err(error) = &preview.plan else { return Vec::new() };
    let text = match wizard.screen() {
        _ if preview.stale => "a field is wrong: what would be written is shown when it is right".to_owned(),
        Screen::Review => return Vec::new(),
        _ if !wizard.edited_regions().is_empty() => format!("{error}\nthe review asks whose lines count"),
        _ => format!("{error}\n{}", error.hint()),
    };
    let line = |(at, line): (usize, String)| {
        let mark = if at == 0 { '!' } else { ' ' };
        Line::styled(format!(" {mark} {line}"), theme.warning())
    };
    let mut lines: Vec<Line<'static>> =
        wrapped(&text, width.saturating_sub(3)).into_iter().enumerate().map(line).collect();
    if !preview.stale {
        lines.extend(differences(wizard, theme, width));
    }
    lines
}

/// The file in the columns there are.
struct Pane<'a> {
    preview: &'a Preview,
    file: &'a PreviewFile,
    theme: Theme,
    width: usize,
}

impl Pane<'_> {
    /// Whether a row begins inside of a comment: the last mark before it tells, unless that is far away.
    fn is_in_comment(&self, at: usize) -> bool {
        if self.file.language != Language::Tomcat {
            return false;
        }
        let rows = self.preview.rows()[..at].iter().rev().take(LOOK_BACK);
        let lines = rows.filter_map(|row| match row {
            PreviewRow::Line(at) => Some(String::from_utf8_lossy(&self.file.lines[*at].text)),
            PreviewRow::Hunk(_) => None,
        });
        let mut marks = lines.filter_map(|line| match (line.rfind("<!--"), line.rfind("-->")) {
            (None, None) => None,
            (begun, ended) => Some(begun > ended),
        });
        marks.next().unwrap_or(false)
    }

    fn row(&self, at: usize, in_comment: &mut bool) -> Vec<Line<'static>> {
        match &self.preview.rows()[at] {
            PreviewRow::Hunk(text) => vec![Line::styled(fitted(text, self.width), self.theme.quiet())],
            PreviewRow::Line(line) => {
                let line = &self.file.lines[*line];
                let text = shown(&line.text);
                let (tokens, goes_on) = tokens(self.file.language, &text, *in_comment);
                *in_comment = goes_on;
                let mut pieces = Row::new(&text, self.theme.text(line.mark));
                let style = |(part, token)| (part, self.theme.token(token, line.mark));
                pieces.patch(tokens.into_iter().map(style));
                self.line(line.mark, &text, pieces, self.preview.spot() == Some(at))
            }
        }
    }

    fn line(&self, mark: Mark, text: &str, mut pieces: Row, is_meant: bool) -> Vec<Line<'static>> {
        let caused = self.preview.caused(self.file, mark, text);
        pieces.patch(caused.clone().map(|part| (part, self.theme.caused())));
        let hits = self.preview.search().map(|search| search.parts(text)).unwrap_or_default();
        pieces.patch(hits.iter().map(|part| (part.clone(), self.theme.bar())));
        let pointer = if is_meant { self.theme.pointer() } else { " " };
        let gutter = Span::styled(format!("{}{pointer}", mark.sign()), self.theme.sign(mark));
        let room = self.width.saturating_sub(GUTTER);
        if !self.preview.wraps() {
            let part = hits.first().or(caused.as_ref()).filter(|_| is_meant);
            return vec![behind(gutter, pieces.cut(room, part, self.theme))];
        }
        let gutters = std::iter::once(gutter).chain(std::iter::repeat(Span::raw(" ".repeat(GUTTER))));
        gutters.zip(pieces.broken(room)).map(|(gutter, pieces)| behind(gutter, pieces)).collect()
    }
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
    let path = match &file.by_hand {
        Some(place) => format!("by hand: {place}"),
        None => clean(&file.path.to_string_lossy()),
    };
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
    let is_by_hand = preview.current().is_some_and(|(_, file)| file.by_hand.is_some());
    let view = match preview.view() {
        _ if is_by_hand => "to be pasted",
        // As long as the word it stands for: with another length every name before it would move.
        _ if preview.stale => "earlier",
        View::Changes => "changes",
        View::Whole => "whole file",
    };
    let hit = match (preview.search(), preview.hit()) {
        (Some(search), Some(hit)) => format!("hit {hit} of {}, ", search.count()),
        _ => String::new(),
    };
    format!(" {hit}{view}, {}/{} ", top + 1, preview.rows().len())
}
