//! The line of steps above and the line of keys below.

use super::text::{clean, columns, fitted};
use crate::tui::Theme;
use crate::wizard::{Binding, Key, Overlay, View, Wizard, plural};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr as _;

/// Where I am: every step, the present one in brackets, those with a wrong field marked.
///
/// On a terminal with less than the columns and rows given it says that there is more to be seen on a larger one.
pub(super) fn steps(frame: &mut Frame, area: Rect, wizard: &Wizard, least: Option<(u16, u16)>, theme: Theme) {
    let mut spans = vec![Span::raw(" guacfront ")];
    for screen in wizard.screens() {
        let wrong = if wizard.is_wrong(screen) { "!" } else { "" };
        // The first screen is there when there is something to be seen on it.
        if screen == wizard.screen() && !wizard.is_looking() {
            spans.push(Span::styled(format!(" [{}{wrong}]", screen.title()), theme.strong()));
        } else {
            spans.push(Span::raw(format!(" {}{wrong}", screen.title())));
        }
    }
    let width = |spans: &[Span]| spans.iter().map(Span::width).sum::<usize>();
    // Where one is is more than by whom.
    if width(&spans) > usize::from(area.width) {
        spans.remove(0);
    }
    let line = match least {
        None if width(&spans) <= usize::from(area.width) => Line::from(spans),
        None => Line::from(format!(" guacfront  {}", step(wizard))),
        Some((columns, rows)) => Line::from(format!(" {}, {columns}x{rows} shows all", step(wizard))),
    };
    frame.render_widget(Paragraph::new(line).style(theme.bar()), area);
}

fn step(wizard: &Wizard) -> String {
    let at = wizard.screens().take_while(|screen| *screen != wizard.screen()).count() + 1;
    format!("{at}/{}  {}", wizard.screens().count(), wizard.screen().title())
}

/// The keys of the present context, or a line for the person.
pub(super) fn keys(frame: &mut Frame, area: Rect, wizard: &Wizard, theme: Theme) {
    let width = usize::from(area.width);
    if wizard.overlay() == Some(Overlay::Search) {
        return search(frame, area, wizard, theme);
    }
    if let Some(message) = wizard.message() {
        let line = Line::styled(format!(" {}", fitted(message, width.saturating_sub(1))), theme.warning());
        frame.render_widget(Paragraph::new(line), area);
        return;
    }
    frame.render_widget(Paragraph::new(Line::from(labels(wizard, theme, width))), area);
}

/// The text that is looked for, what came of it, and the keys.
fn search(frame: &mut Frame, area: Rect, wizard: &Wizard, theme: Theme) {
    let preview = wizard.preview();
    let Some(search) = preview.search() else { return };
    let found = match (search.input().value().is_empty(), search.count(), preview.hit()) {
        (true, ..) => String::new(),
        (false, 0, _) => match preview.view() {
            View::Changes => "not in the changes".to_owned(),
            View::Whole => "not found".to_owned(),
        },
        (false, count, Some(hit)) => format!("{hit} of {count}"),
        (false, count, None) => plural(count, "hit"),
    };
    let width = usize::from(area.width);
    let room = (width / 4).max(8);
    let scroll = search.input().visual_scroll(room);
    let value = columns(&clean(search.input().value()), scroll, room);
    let blanks = " ".repeat(room.saturating_sub(value.width()));
    let mut spans = vec![
        Span::styled(" Find: ", theme.strong()),
        Span::styled(format!("{value}{blanks} "), theme.focus()),
        Span::raw(format!(" {found:<18} ")),
    ];
    let used: usize = spans.iter().map(Span::width).sum();
    spans.extend(labels(wizard, theme, width.saturating_sub(used)));
    frame.render_widget(Paragraph::new(Line::from(spans)), area);
    let column = 7 + search.input().visual_cursor().saturating_sub(scroll);
    frame.set_cursor_position((
        area.x + u16::try_from(column).unwrap_or(0).min(area.width.saturating_sub(1)),
        area.y,
    ));
}

/// As many keys with their words as fit.
fn labels(wizard: &Wizard, theme: Theme, width: usize) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    let mut used = 0;
    for binding in Binding::in_context(wizard.context()) {
        let Some(label) = wizard.label(binding) else { continue };
        let Some(key) = binding.keys.first().and_then(|key| Key::parse(key)) else { continue };
        let (key, label) = (format!(" {}", key.short()), format!(" {label} "));
        used += key.width() + label.width();
        if used > width {
            break;
        }
        spans.push(Span::styled(key, theme.strong()));
        spans.push(Span::styled(label, theme.quiet()));
    }
    spans
}
