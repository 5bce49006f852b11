//! The first screen, while the machine is still being looked at.

use super::text::wrapped;
use crate::tui::Theme;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

/// Draws what is being done.
pub(super) fn draw(frame: &mut Frame, area: Rect, theme: Theme) {
    let width = usize::from(area.width).saturating_sub(2);
    let indented = |text: &str| wrapped(text, width).into_iter().map(|line| format!(" {line}")).collect();
    let heads: Vec<String> = indented("Looking at this machine");
    let rest: Vec<String> =
        indented("nginx, Apache httpd and Tomcat are asked for their configurations. Nothing is changed.");
    let lines: Vec<Line> = heads
        .into_iter()
        .map(|line| Line::styled(line, theme.strong()))
        .chain([Line::default()])
        .chain(rest.into_iter().map(|line| Line::styled(line, theme.quiet())))
        .collect();
    frame.render_widget(Paragraph::new(lines), area);
}
