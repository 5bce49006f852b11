//! Help and questions, over the screen.

use super::difference::differences;
use super::row::Row;
use super::text::{shown, wrapped};
use crate::model::Purpose;
use crate::plan::{diff, diff::Mark, explain};
use crate::tui::Theme;
use crate::wizard::{Binding, Extent, Key, Overlay, PreviewFile, PreviewRow, Wizard, caption, help};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Paragraph};

/// Draws what lies over the screen, where something does, and what of it can be scrolled.
pub(super) fn draw(frame: &mut Frame, area: Rect, wizard: &Wizard, theme: Theme) -> Option<Extent> {
    match wizard.overlay() {
        // The line of the search stands in the place of the keys.
        None | Some(Overlay::Search) => {}
        Some(Overlay::Leave) => question(frame, area, theme, "Leave guacfront?", "Nothing has been changed."),
        Some(Overlay::Confirm) => {
            let options = wizard.follow_ups().options;
            let runs = |purpose| wizard.plan().is_some_and(|plan| plan.runs(purpose));
            let mut text =
                String::from("Backups are made first; where a test fails everything is taken back.");
            if options.restart && runs(Purpose::Restart) {
                text.push_str(" Tomcat restarts: running Guacamole sessions end.");
            }
            if !options.reload && runs(Purpose::Reload) {
                text.push_str(" The frontend is not reloaded: nothing takes effect until it is.");
            }
            question(frame, area, theme, "Do it?", &text);
        }
        Some(Overlay::Help(top)) => {
            let inner = boxed(frame, area, theme, area.height.saturating_sub(3));
            return Some(scrolled(frame, inner, help_lines(wizard, theme, usize::from(inner.width)), top));
        }
        Some(Overlay::Edited(top)) => {
            let inner = boxed(frame, area, theme, area.height.saturating_sub(3));
            return Some(scrolled(frame, inner, edited_lines(wizard, theme, usize::from(inner.width)), top));
        }
    }
    None
}

/// Draws lines from a place on, or their last ones.
fn scrolled(frame: &mut Frame, inner: Rect, lines: Vec<Line>, top: usize) -> Extent {
    let page = Extent::of(lines.len(), usize::from(inner.height));
    let top = top.min(page.last);
    let lines: Vec<Line> = lines.into_iter().skip(top).take(usize::from(inner.height)).collect();
    frame.render_widget(Paragraph::new(lines), inner);
    page
}

/// Whose lines count: the question, and for each region what stands there and what guacfront would write.
fn edited_lines(wizard: &Wizard, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let mut lines = vec![Line::styled("Whose lines count?", theme.strong())];
    let question = "Lines that guacfront wrote were edited by hand since: - stands there now, + is what guacfront would \
                    write. k keeps yours, t takes guacfront's, Esc stops.";
    lines.extend(wrapped(question, width).into_iter().map(Line::from));
    lines.extend(differences(wizard, theme, width));
    lines
}

fn question(frame: &mut Frame, area: Rect, theme: Theme, title: &str, text: &str) {
    let width = usize::from(box_width(area)).saturating_sub(4);
    let mut lines = vec![Line::styled(title.to_owned(), theme.strong())];
    lines.extend(wrapped(text, width).into_iter().map(Line::from));
    lines.push(Line::default());
    lines.push(Line::from("Enter or y: yes     Esc or n: no"));
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(2);
    // Where the box has no room the question goes without one.
    if height.saturating_add(2) > area.height {
        let area = Rect { height: area.height.saturating_sub(1).max(1), ..area };
        frame.set_cursor_position(area);
        frame.render_widget(Clear, area);
        frame.render_widget(Paragraph::new(lines), area);
        return;
    }
    let inner = boxed(frame, area, theme, height);
    frame.render_widget(Paragraph::new(lines), inner);
}

fn help_lines(wizard: &Wizard, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if let Some(field) = wizard.focused() {
        lines.push(Line::styled(caption(field), theme.strong()));
        lines.extend(wrapped(help(field), width).into_iter().map(Line::from));
        lines.push(Line::default());
    }
    let (in_view, further) = explained(wizard, theme, width);
    lines.extend(in_view);
    lines.push(Line::styled("Keys", theme.strong()));
    lines.extend(key_lines(wizard, width));
    if !further.is_empty() {
        lines.push(Line::default());
        lines.push(Line::styled("The other lines of the file", theme.strong()));
        lines.extend(further);
    }
    lines
}

/// Why the lines of the preview are written: those in view, then the others; a reason is given once.
fn explained(wizard: &Wizard, theme: Theme, width: usize) -> (Vec<Line<'static>>, Vec<Line<'static>>) {
    let preview = wizard.preview();
    let (mut in_view, mut further) = (Vec::new(), Vec::new());
    let Some((_, file)) = preview.current() else { return (in_view, further) };
    let mut seen: Vec<&'static str> = Vec::new();
    let mut explain_to = |lines: &mut Vec<Line<'static>>, line: &diff::Line| {
        let text = shown(&line.text);
        let Some(why) = explain(file.language, &text).filter(|why| !seen.contains(why)) else { return };
        seen.push(why);
        let row = Row::new(text.trim(), theme.sign(Mark::Added));
        lines.push(row.cut(width, None, theme).into());
        let why = wrapped(why, width.saturating_sub(2));
        lines.extend(why.into_iter().map(|line| Line::from(format!("  {line}"))));
    };
    let top = preview.top().min(preview.last());
    let rows = preview.rows().iter().skip(top).take(preview.room());
    let shown_now = rows.filter_map(|row| match row {
        PreviewRow::Line(at) => file.lines.get(*at),
        PreviewRow::Hunk(_) => None,
    });
    shown_now.filter(|line| is_written(file, line)).for_each(|line| explain_to(&mut in_view, line));
    if !in_view.is_empty() {
        in_view.push(Line::default());
    }
    let written = file.lines.iter().filter(|line| is_written(file, line));
    written.for_each(|line| explain_to(&mut further, line));
    (in_view, further)
}

fn is_written(file: &PreviewFile, line: &diff::Line) -> bool {
    line.mark == Mark::Added || file.by_hand.is_some()
}

fn key_lines(wizard: &Wizard, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let bindings = Binding::in_context(wizard.context_below());
    for binding in bindings.filter(|binding| wizard.offers(binding.action)) {
        let keys: Vec<String> =
            binding.keys.iter().filter_map(|key| Key::parse(key)).map(|key| key.to_string()).collect();
        for (at, line) in wrapped(binding.help, width.saturating_sub(20)).into_iter().enumerate() {
            let keys = if at == 0 { keys.join(" ") } else { String::new() };
            lines.push(Line::from(format!("{keys:<19} {line}")));
        }
    }
    lines
}

fn box_width(area: Rect) -> u16 {
    area.width.saturating_sub(4).min(90)
}

/// Clears a framed box in the middle and gives its inside.
fn boxed(frame: &mut Frame, area: Rect, theme: Theme, height: u16) -> Rect {
    let width = box_width(area);
    let height = height.min(area.height.saturating_sub(2));
    let outer =
        Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    frame.render_widget(Clear, outer);
    let side = theme.line().repeat(usize::from(width));
    let wall = theme.wall();
    let middle = format!("{wall}{}{wall}", " ".repeat(usize::from(width).saturating_sub(2)));
    let mut lines = vec![Line::styled(side.clone(), theme.quiet())];
    lines.extend((0..height.saturating_sub(2)).map(|_| Line::styled(middle.clone(), theme.quiet())));
    lines.push(Line::styled(side, theme.quiet()));
    frame.render_widget(Paragraph::new(lines), outer);
    let inner = Rect {
        x: outer.x + 2,
        y: outer.y + 1,
        width: width.saturating_sub(4),
        height: height.saturating_sub(2),
    };
    // Screen readers and braille lines go by the cursor: what has come up is read from its beginning.
    frame.set_cursor_position(inner);
    inner
}
