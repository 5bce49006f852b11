//! The screen, drawn from the wizard's state.
//!
//! ```text
//! guacfront   Machine Frontend Site [Path] Backend Trust Options Review     where I am
//!
//! Under which path will people find Guacamole?                              the question
//!
//! > Public path     /guacamole/                                             the form
//!                   ! what is wrong, and what would do
//!   why it is asked and what would do
//!
//! -- default -- server.xml -------------------------------- changes, 1/24 --
//!       location / {                                                        the preview:
//! +     location ^~ /guacamole/ {                                           the real files,
//! +         proxy_pass http://127.0.0.1:8080;                               what is written marked
//!
//! Enter next  Esc back  F1 why  Ctrl-C quit                                 the keys
//! ```
//!
//! At 110 columns or more the preview stands beside the form. On a terminal too small for both the form alone is
//! shown.

mod bars;
mod form;
mod looking;
mod outcome;
mod overlay;
mod preview;
mod row;
mod syntax;
mod text;

pub(super) use syntax::Token;

use super::Theme;
use crate::model::Field;
use crate::wizard::{Screen, Wizard};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

/// Columns from which the preview stands beside the form.
const WIDE: u16 = 110;
/// Rows that the preview needs to be of use.
const PREVIEW_ROWS: u16 = 5;
/// Rows kept for what comes and goes while a field is typed in, so that the preview stays where it is.
const KEPT: usize = 3;
/// The same where each entry of a list has a row for its meaning.
const KEPT_FOR_LIST: usize = 5;

/// Draws the wizard.
pub fn draw(frame: &mut Frame, wizard: &Wizard, theme: &Theme) {
    let area = frame.area();
    if area.width < 20 || area.height < 6 {
        frame.render_widget(Paragraph::new("guacfront: too small a terminal; 80x24 is right"), area);
        return;
    }
    bars::steps(frame, row(area, 0), wizard, *theme);
    bars::keys(frame, row(area, area.height - 1), wizard, *theme);
    let body = Rect { y: area.y + 2, height: area.height - 3, ..area };
    if wizard.is_looking() {
        looking::draw(frame, body, *theme);
    } else if wizard.screen() == Screen::Result {
        outcome::draw(frame, body, wizard, *theme);
    } else {
        form_and_preview(frame, body, wizard, *theme);
    }
    overlay::draw(frame, area, wizard, *theme);
}

fn form_and_preview(frame: &mut Frame, body: Rect, wizard: &Wizard, theme: Theme) {
    let wide = body.width >= WIDE;
    let form_width = if wide { body.width * 2 / 5 } else { body.width };
    let form = form::lines(wizard, theme, form_width, body.height);
    if wide {
        let left = Rect { width: form_width, ..body };
        put(frame, left, form.lines, form.cursor);
        let wall: Vec<Line> = (0..body.height).map(|_| Line::styled(theme.wall(), theme.quiet())).collect();
        frame.render_widget(Paragraph::new(wall), Rect { x: left.right(), width: 1, ..body });
        let right = Rect { x: left.right() + 1, width: body.width - form_width - 1, ..body };
        preview::draw(frame, right, wizard, theme);
        return;
    }
    // The form goes first: a question that is cut off cannot be answered, a preview can be scrolled.
    let least = form.lines.len() + 1;
    let kept = match wizard.screen().fields() {
        [] => 0,
        fields if fields.contains(&Field::Proxies) => KEPT_FOR_LIST,
        _ => KEPT,
    };
    let steady = least - form.passing + form.passing.max(kept);
    let room = usize::from(body.height.saturating_sub(PREVIEW_ROWS));
    let height = [steady, least].into_iter().find(|rows| *rows <= room);
    let height = height.and_then(|rows| u16::try_from(rows).ok()).unwrap_or(body.height);
    put(frame, Rect { height, ..body }, form.lines, form.cursor);
    if height < body.height {
        preview::draw(
            frame,
            Rect { y: body.y + height, height: body.height - height, ..body },
            wizard,
            theme,
        );
    }
}

fn put(frame: &mut Frame, area: Rect, lines: Vec<Line<'_>>, cursor: Option<(u16, u16)>) {
    frame.render_widget(Paragraph::new(lines), area);
    if let Some((x, y)) = cursor.filter(|(x, y)| *x < area.width && *y < area.height) {
        frame.set_cursor_position((area.x + x, area.y + y));
    }
}

fn row(area: Rect, y: u16) -> Rect {
    Rect { y: area.y + y, height: 1, ..area }
}
