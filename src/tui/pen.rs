//! Writes frames with as few bytes as they take, each in one write: the line to the terminal may be slow.
//!
//! What stands on the screen is remembered, so that a gap is stepped over by what is cheaper, the way or the
//! characters in it, and the blank rest of a row is erased instead of written.

mod look;
mod moves;

use super::{Characters, Theme};
use look::Look;
use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use std::io::{self, Write};
use std::ops::Range;
use unicode_width::UnicodeWidthStr as _;

/// The bytes before and after a frame that a terminal shows as a whole.
///
/// # Source
/// DEC private mode 2026, synchronized output.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";
/// Changed cells from which on the rest of a row is erased: the sequence takes three bytes.
const ERASED: usize = 4;
/// The same for the blanks that a row begins with; the way to their end may take some bytes more.
const ERASED_BEFORE: usize = 12;
/// Bytes of a frame from which on the cursor is hidden meanwhile: it would be seen running over a slow line.
const LONG: usize = 200;

/// A backend of ratatui that writes to a terminal.
pub(super) struct Pen<W: Write> {
    out: W,
    size: fn() -> io::Result<Size>,
    theme: Theme,
    /// What has not been written yet.
    frame: Vec<u8>,
    screen: Vec<Cell>,
    width: u16,
    /// Where the terminal's cursor is; `None` where that cannot be told, as after the last column.
    at: Option<Position>,
    /// Whether the terminal's cursor is at `at` for sure: all that was written since is ASCII, of whose width no two
    /// terminals think differently.
    sure: bool,
    look: Look,
    /// Whether the cursor is to be seen, and where.
    visible: bool,
    place: Position,
    /// Whether the terminal shows the cursor; `None` where that cannot be told.
    shows: Option<bool>,
}

impl<W: Write> Pen<W> {
    pub(super) fn new(out: W, size: fn() -> io::Result<Size>, theme: Theme) -> Self {
        Self {
            out,
            size,
            theme,
            frame: Vec::new(),
            screen: Vec::new(),
            width: 0,
            at: None,
            sure: true,
            look: Look::default(),
            visible: true,
            place: Position::ORIGIN,
            shows: None,
        }
    }

    fn cell(&self, x: u16, y: u16) -> Option<&Cell> {
        self.screen.get(usize::from(y) * usize::from(self.width) + usize::from(x))
    }

    /// Remembers a cell, whose other columns hold nothing of their own where it is wide; the columns that change.
    fn remember(&mut self, x: u16, y: u16, cell: &Cell) -> Range<u16> {
        let start = usize::from(y) * usize::from(self.width) + usize::from(x);
        let columns = columns(cell);
        for (at, own) in self.screen.iter_mut().skip(start).take(columns).enumerate() {
            own.clone_from(cell);
            if self.theme.characters == Characters::Ascii && !cell.symbol().is_ascii() {
                // A terminal of another character set would take a part of the bytes for control characters.
                own.set_symbol("?");
            } else if at > 0 {
                own.set_symbol("");
            }
        }
        // What is left of a wide character that stood here is for each terminal to decide: it is written as blank.
        let mut left = 0;
        for rest in self.screen.iter_mut().skip(start + columns).take_while(|cell| cell.symbol().is_empty()) {
            *rest = Cell::EMPTY;
            left += 1;
        }
        x..x.saturating_add(u16::try_from(columns + left).unwrap_or(u16::MAX))
    }

    /// Writes the cells of a row that have changed.
    fn row(&mut self, y: u16, changed: &[u16]) {
        let blank = |x: &u16| self.cell(*x, y).is_some_and(look::is_blank);
        let tail = (0..self.width).rev().take_while(blank).last().unwrap_or(self.width);
        let (kept, erased) = changed.split_at(changed.partition_point(|x| *x < tail));
        let is_long = erased.len() >= ERASED;
        let kept = if is_long { kept } else { changed };
        let lead = (0..self.width).take_while(blank).count();
        let lead = u16::try_from(lead).unwrap_or(self.width).min(tail);
        let (before, kept) = kept.split_at(kept.partition_point(|x| *x < lead));
        if before.len() >= ERASED_BEFORE {
            // Beside the preview the form's rows come and go: erasing them up to here is shorter than blanks.
            self.go(lead - 1, y);
            self.wear(Look { fg: self.look.fg, ..Look::default() });
            self.frame.extend_from_slice(b"\x1b[1K");
        } else {
            for x in before {
                self.put(*x, y);
            }
        }
        for x in kept {
            self.put(*x, y);
        }
        if let Some(first) = erased.first().filter(|_| is_long) {
            self.go(*first, y);
            // What is erased takes the ground of the text before.
            self.wear(Look { fg: self.look.fg, ..Look::default() });
            self.frame.extend_from_slice(b"\x1b[K");
        }
    }

    fn put(&mut self, x: u16, y: u16) {
        let Some(cell) = self.cell(x, y).filter(|cell| !cell.symbol().is_empty()).cloned() else { return };
        self.go(x, y);
        // A blank looks the same in every colour of the text.
        if !(look::is_blank(&cell) && self.look.is_plain_on_blank()) {
            self.wear(Look::of(&cell));
        }
        self.frame.extend_from_slice(cell.symbol().as_bytes());
        self.sure &= cell.symbol().is_ascii();
        self.step(columns(&cell));
    }

    fn step(&mut self, columns: usize) {
        let columns = u16::try_from(columns).unwrap_or(u16::MAX);
        // In the last column terminals differ in where the cursor then is.
        self.at = self
            .at
            .map(|at| Position { x: at.x.saturating_add(columns), ..at })
            .filter(|at| at.x < self.width);
    }

    /// Brings the cursor to a place.
    fn go(&mut self, x: u16, y: u16) {
        let to = Position { x, y };
        if self.at == Some(to) {
            return;
        }
        let way = moves::way(self.at.filter(|_| self.sure), to);
        if let Some(between) = self.between(to).filter(|between| between.len() <= way.len()) {
            self.frame.extend_from_slice(between.as_bytes());
        } else {
            self.frame.extend_from_slice(way.as_bytes());
        }
        (self.at, self.sure) = (Some(to), true);
    }

    /// The characters from the cursor up to a place, where they look as what was written last.
    fn between(&self, to: Position) -> Option<String> {
        let at = self.at.filter(|at| self.sure && at.y == to.y && at.x < to.x && to.x - at.x < 8)?;
        let mut text = String::new();
        for x in at.x..to.x {
            let cell = self.cell(x, to.y)?;
            let fits = Look::of(cell) == self.look || (look::is_blank(cell) && self.look.is_plain_on_blank());
            text.push_str(
                Some(cell.symbol()).filter(|symbol| fits && symbol.is_ascii() && !symbol.is_empty())?,
            );
        }
        Some(text)
    }

    fn wear(&mut self, look: Look) {
        self.frame.extend_from_slice(self.look.change(look).as_bytes());
        self.look = look;
    }

    /// Leaves the cursor where it is to be seen.
    fn settle(&mut self) {
        if self.visible {
            self.at = self.at.filter(|_| self.sure);
            self.go(self.place.x, self.place.y);
        }
        if self.shows != Some(self.visible) {
            self.frame.extend_from_slice(if self.visible { b"\x1b[?25h" } else { b"\x1b[?25l" });
            self.shows = Some(self.visible);
        }
    }
}

impl<W: Write> Backend for Pen<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut changed: Vec<(u16, u16)> = Vec::new();
        for (x, y, cell) in content {
            changed.extend(self.remember(x, y, cell).map(|x| (y, x)));
        }
        changed.sort_unstable();
        changed.dedup();
        let begun = self.frame.len();
        for row in changed.chunk_by(|a, b| a.0 == b.0) {
            let columns: Vec<u16> = row.iter().map(|(_, x)| *x).collect();
            self.row(row[0].0, &columns);
        }
        // Text of others, as a message of the system's, comes in its own colours.
        self.wear(Look::default());
        if self.shows == Some(true) && self.frame.len() - begun > LONG {
            self.frame.splice(begun..begun, *b"\x1b[?25l");
            self.shows = Some(false);
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.visible = false;
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.visible = true;
        Ok(())
    }

    /// What is remembered: the terminal itself is not asked, as its answer would come between the keys.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.place)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.place = position.into();
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        let size = self.size()?;
        self.width = size.width;
        self.screen = vec![Cell::EMPTY; usize::from(size.width) * usize::from(size.height)];
        self.frame.clear();
        self.frame.extend_from_slice(b"\x1b[m\x1b[H\x1b[2J");
        (self.at, self.sure) = (Some(Position::ORIGIN), true);
        (self.look, self.shows) = (Look::default(), None);
        Ok(())
    }

    /// The whole screen, which is all that a program on the whole screen needs.
    fn clear_region(&mut self, _: ClearType) -> io::Result<()> {
        self.clear()
    }

    fn size(&self) -> io::Result<Size> {
        (self.size)()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::default() })
    }

    /// Writes the frame, where there is anything to write.
    fn flush(&mut self) -> io::Result<()> {
        self.settle();
        let mut frame = std::mem::take(&mut self.frame);
        if frame.is_empty() {
            return Ok(());
        }
        if self.theme.synchronized {
            frame.splice(0..0, BEGIN.iter().copied());
            frame.extend_from_slice(END);
        }
        self.out.write_all(&frame)?;
        self.out.flush()
    }
}

fn columns(cell: &Cell) -> usize {
    cell.symbol().width().max(1)
}

#[cfg(test)]
mod tests;
