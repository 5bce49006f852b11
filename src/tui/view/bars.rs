//! The line of steps above and the line of keys below.

use super::text::fitted;
use crate::tui::Theme;
use crate::wizard::{Binding, Key, Wizard};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr as _;

/// Where I am: every step, the present one in brackets, those with a wrong field marked.
pub(super) fn steps(frame: &mut Frame, area: Rect, wizard: &Wizard, theme: Theme) {
    let mut spans = vec![Span::raw(" guacfront ")];
    for screen in wizard.screens() {
        let wrong = if wizard.is_wrong(screen) { "!" } else { "" };
        if screen == wizard.screen() {
            spans.push(Span::styled(format!(" [{}{wrong}]", screen.title()), theme.strong()));
        } else {
            spans.push(Span::raw(format!(" {}{wrong}", screen.title())));
        }
    }
    let whole: usize = spans.iter().map(Span::width).sum();
    let line = if whole <= usize::from(area.width) {
        Line::from(spans)
    } else {
        let at = wizard.screens().take_while(|screen| *screen != wizard.screen()).count() + 1;
        Line::from(format!(" guacfront  {at}/{}  {}", wizard.screens().count(), wizard.screen().title()))
    };
    frame.render_widget(Paragraph::new(line).style(theme.bar()), area);
}

/// The keys of the present context, or a line for the person.
pub(super) fn keys(frame: &mut Frame, area: Rect, wizard: &Wizard, theme: Theme) {
    let width = usize::from(area.width);
    if let Some(message) = wizard.message() {
        let line = Line::styled(format!(" {}", fitted(message, width.saturating_sub(1))), theme.warning());
        frame.render_widget(Paragraph::new(line), area);
        return;
    }
    let mut spans = Vec::new();
    let mut used = 0;
    for binding in Binding::in_context(wizard.context()).filter(|binding| !binding.label.is_empty()) {
        let Some(key) = binding.keys.first().and_then(|key| Key::parse(key)) else { continue };
        let (key, label) = (format!(" {key}"), format!(" {} ", binding.label));
        used += key.width() + label.width();
        if used > width {
            break;
        }
        spans.push(Span::styled(key, theme.strong()));
        spans.push(Span::styled(label, theme.quiet()));
    }
    frame.render_widget(Paragraph::new(Line::from(spans)), area);
}
