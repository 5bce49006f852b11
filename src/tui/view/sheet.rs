//! The sheet that a form is written on, line by line.

use super::text::clean;
use ratatui::text::Line;
use tui_input::Input;

/// The lines of the form and where the cursor stands, column and row.
pub(super) struct Form {
    pub(super) lines: Vec<Line<'static>>,
    pub(super) cursor: Option<(u16, u16)>,
    /// How many of the lines come and go while a field is typed in: errors, offers, meanings.
    pub(super) passing: usize,
    /// How many of the last ones explain the focused field.
    pub(super) help: usize,
    /// Columns of the captions.
    pub(super) column: usize,
}

impl Form {
    /// Puts the cursor at a column of the line that comes next.
    pub(super) fn put_cursor(&mut self, column: usize) {
        let row = u16::try_from(self.lines.len()).unwrap_or(u16::MAX);
        self.cursor = Some((u16::try_from(column).unwrap_or(u16::MAX), row));
    }
}

/// What of an editor's text there is room for, and the column of the cursor in it.
pub(super) fn typed(input: &Input, room: usize) -> (String, usize) {
    let scroll = input.visual_scroll(room);
    let mut skipped = 0;
    let shown = clean(input.value())
        .chars()
        .skip_while(|c| {
            let skip = skipped < scroll;
            skipped += unicode_width::UnicodeWidthChar::width(*c).unwrap_or(0);
            skip
        })
        .collect();
    (shown, input.visual_cursor().saturating_sub(scroll))
}
