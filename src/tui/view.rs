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
//! Enter next  Esc back  F1 why  ^C quit                                     the keys
//! ```
//!
//! At 110 columns or more the preview stands beside the form:
//!
//! ```text
//! guacfront   Machine Frontend Site [Path] Backend Trust Options Review
//!
//! Under which path will people ...    |-- server.xml -[/etc/nginx/...]- changes, 1/24 --
//!                                     |@@ -12,4 +12,28 @@
//! > Public path     /guacamole/       |       location / {
//!                                     |+>     location ^~ /guacamole/ {
//!
//! Find: proxy_pass        1 of 2   Enter keep  Esc end  ^N next             the search, instead of the keys
//! ```
//!
//! On a terminal too small for both the form alone is shown, scrolled to the focused field; below 60x16 the first row
//! says that there is more to be seen, and below six rows the row of keys goes.

mod backend;
mod bars;
mod difference;
mod entries;
mod form;
mod looking;
mod outcome;
mod overlay;
mod page;
mod preview;
mod row;
mod sheet;
mod syntax;
mod text;

pub(super) use syntax::Token;

use super::Theme;
use crate::model::Field;
use crate::wizard::{Extent, Room, Screen, View, Wizard, is_choice};
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
/// The same where a row is short: beside the preview, and where each entry of a list has a row for its meaning.
const KEPT_FOR_SHORT: usize = 5;

/// Rows that are kept in sight from the focused field on.
const BELOW: usize = 3;

/// Columns and rows from which on everything that matters fits.
const LEAST: (u16, u16) = (60, 16);
/// Rows below which the question and the keys give way to the form.
const BARE: u16 = 6;

/// Draws the wizard; how much room there was.
pub fn draw(frame: &mut Frame, wizard: &Wizard, theme: &Theme) -> Room {
    let area = frame.area();
    if area.is_empty() {
        return wizard.room();
    }
    let small = (area.width < LEAST.0 || area.height < LEAST.1).then_some(LEAST);
    bars::steps(frame, row(area, 0), wizard, small, *theme);
    let (above, below) = if area.height < BARE { (1, 0) } else { (2, 1) };
    if below > 0 || wizard.overlay().is_some() || wizard.message().is_some() {
        bars::keys(frame, row(area, area.height - 1), wizard, *theme);
    }
    let body = Rect { y: area.y + above, height: area.height.saturating_sub(above + below), ..area };
    let mut room = if wizard.is_looking() {
        looking::draw(frame, body, *theme);
        Room::default()
    } else if wizard.screen() == Screen::Result {
        Room { preview: 0, page: Some(outcome::draw(frame, body, wizard, *theme)) }
    } else {
        form_and_preview(frame, body, wizard, *theme)
    };
    room.page = overlay::draw(frame, area, wizard, *theme).or(room.page);
    room
}

fn form_and_preview(frame: &mut Frame, body: Rect, wizard: &Wizard, theme: Theme) -> Room {
    let wide = body.width >= WIDE;
    let form_width = if wide { body.width * 2 / 5 } else { body.width };
    let mut form = form::lines(wizard, theme, form_width, body.height);
    let is_kept = keep_rows(&mut form, wizard, body.height, wide);
    if wide {
        let left = Rect { width: form_width, ..body };
        let page = Some(put(frame, left, form, wizard.top(), theme));
        let wall: Vec<Line> = (0..body.height).map(|_| Line::styled(theme.wall(), theme.quiet())).collect();
        frame.render_widget(Paragraph::new(wall), Rect { x: left.right(), width: 1, ..body });
        let right = Rect { x: left.right() + 1, width: body.width - form_width - 1, ..body };
        return Room { preview: preview::draw(frame, right, wizard, theme), page };
    }
    let height = form_height(&form, body.height, is_kept);
    let has_files = wizard.preview().current().is_some();
    if height == body.height && wizard.screen() == Screen::Review && has_files {
        return review_or_preview(frame, body, form, wizard, theme);
    }
    if form.lines.len() > usize::from(height) && height < body.height {
        // Half a sentence explains nothing; F1 has the whole.
        form.lines.truncate(form.lines.len() - form.help);
    }
    let page = Some(put(frame, Rect { height, ..body }, form, wizard.top(), theme));
    if height == body.height {
        return Room { preview: 0, page };
    }
    let below = Rect { y: body.y + height, height: body.height - height, ..body };
    Room { preview: preview::draw(frame, below, wizard, theme), page }
}

/// The review where there is room for it or for the preview: whole files in its place, and the key that shows them.
fn review_or_preview(
    frame: &mut Frame,
    body: Rect,
    form: sheet::Form,
    wizard: &Wizard,
    theme: Theme,
) -> Room {
    if wizard.preview().view() == View::Whole {
        return Room { preview: preview::draw(frame, body, wizard, theme), page: None };
    }
    let above = Rect { height: body.height.saturating_sub(1), ..body };
    let page = Some(put(frame, above, form, wizard.top(), theme));
    let told = Line::styled(" Ctrl-V shows the files, and this again", theme.quiet());
    frame.render_widget(told, Rect { y: above.bottom(), height: body.height - above.height, ..body });
    Room { preview: 0, page }
}

/// Rows for the form where the preview stands below it.
fn above_preview(body: u16) -> u16 {
    body.saturating_sub(PREVIEW_ROWS)
}

/// Keeps rows for what comes and goes while a field is typed in, where there are enough: what stands below stays where
/// it is, and few bytes go over the line. Whether there are.
fn keep_rows(form: &mut sheet::Form, wizard: &Wizard, body: u16, is_wide: bool) -> bool {
    let room = if is_wide { body } else { above_preview(body) };
    let kept = match wizard.fields(wizard.screen()) {
        fields if fields.iter().copied().all(is_choice) => 0,
        fields if is_wide || fields.contains(&Field::Proxies) => KEPT_FOR_SHORT,
        _ => KEPT,
    };
    let missing = kept.saturating_sub(form.passing);
    let fits = form.lines.len() + missing < usize::from(room);
    if fits {
        let at = form.lines.len() - form.help;
        form.lines.splice(at..at, vec![Line::default(); missing]);
    }
    fits
}

/// Rows of the form where the preview stands below it. The form goes first: a question that is cut off cannot be
/// answered, a preview can be scrolled.
fn form_height(form: &sheet::Form, body: u16, is_kept: bool) -> u16 {
    let room = usize::from(above_preview(body));
    let height = if is_kept {
        form.lines.len() + 1
    } else if form.lines.len() - form.help <= room {
        // The help gives way, and the preview stays where it is whatever comes and goes.
        room
    } else {
        return body;
    };
    u16::try_from(height).unwrap_or(body)
}

/// Draws the form, as much of it as there are rows: the focused field is among them.
fn put(frame: &mut Frame, area: Rect, form: sheet::Form, scrolled: usize, theme: Theme) -> Extent {
    let rows = usize::from(area.height);
    let pointer = format!(" {} ", theme.pointer());
    let has_focus = |line: &Line| line.spans.first().is_some_and(|span| span.content.starts_with(&pointer));
    let page = Extent::of(form.lines.len(), rows);
    let top = match form.lines.iter().position(has_focus) {
        // The question above stays as long as the focused field and what is wrong with it are in sight.
        Some(focus) => (focus + BELOW).saturating_sub(rows).min(focus),
        // A page that is longer than the screen is scrolled.
        None => scrolled,
    };
    let top = top.min(page.last);
    let lines: Vec<Line> = form.lines.into_iter().skip(top).take(rows).collect();
    frame.render_widget(Paragraph::new(lines), area);
    let place = form.cursor.and_then(|(x, y)| Some((x, y.checked_sub(u16::try_from(top).ok()?)?)));
    if let Some((x, y)) = place.filter(|(x, y)| *x < area.width && *y < area.height) {
        frame.set_cursor_position((area.x + x, area.y + y));
    }
    page
}

fn row(area: Rect, y: u16) -> Rect {
    Rect { y: area.y + y, height: 1, ..area }
}
