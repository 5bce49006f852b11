use super::*;
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::style::{Color, Modifier, Style};
use std::cell::RefCell;
use std::rc::Rc;

/// Every write of a pen, on its own.
#[derive(Clone, Default)]
struct Writes(Rc<RefCell<Vec<Vec<u8>>>>);

impl Write for Writes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[expect(clippy::unnecessary_wraps, reason = "a terminal may be gone")]
fn size() -> io::Result<Size> {
    Ok(Size { width: 24, height: 4 })
}

/// A pen with a terminal of 24 columns and 4 rows that understands what it writes.
struct Line {
    writes: Writes,
    terminal: Terminal<Pen<Writes>>,
    seen: vt100::Parser,
}

impl Line {
    fn new(synchronized: bool) -> Self {
        Self::with(Theme { color: true, characters: Characters::All, synchronized })
    }

    fn with(theme: Theme) -> Self {
        let writes = Writes::default();
        let pen = Pen::new(writes.clone(), size, theme);
        let mut terminal = Terminal::new(pen).expect("a terminal in memory");
        terminal.clear().expect("memory takes everything");
        Self { writes, terminal, seen: vt100::Parser::new(4, 24, 0) }
    }

    /// Draws rows of text, each with its style, and the cursor; what was written.
    fn draw(&mut self, rows: &[(&str, Style)], cursor: Option<(u16, u16)>) -> Vec<Vec<u8>> {
        self.writes.0.borrow_mut().clear();
        let drawn = self.terminal.draw(|frame| {
            for (y, (text, style)) in (0u16..4).zip(rows) {
                frame.buffer_mut().set_stringn(0, y, text, 24, *style);
            }
            if let Some(place) = cursor {
                frame.set_cursor_position(place);
            }
        });
        let wanted = drawn.expect("memory takes everything").buffer.clone();
        let writes = self.writes.0.borrow().clone();
        for bytes in &writes {
            self.seen.process(bytes);
        }
        self.assert_seen(&wanted);
        writes
    }

    #[track_caller]
    fn assert_seen(&self, wanted: &ratatui::buffer::Buffer) {
        for (y, x) in (0u16..4).flat_map(|y| (0u16..24).map(move |x| (y, x))) {
            let (cell, seen) = (&wanted[(x, y)], self.seen.screen().cell(y, x).expect("a cell"));
            if seen.is_wide_continuation() {
                continue;
            }
            let shown = if seen.has_contents() { seen.contents() } else { " " };
            assert_eq!(shown, cell.symbol(), "column {x} of row {y}");
            assert_eq!(seen.inverse(), cell.modifier.contains(Modifier::REVERSED), "column {x} of row {y}");
            if cell.symbol() != " " {
                assert_eq!(seen.bold(), cell.modifier.contains(Modifier::BOLD), "column {x} of row {y}");
                let green = seen.fgcolor() == vt100::Color::Idx(2);
                assert_eq!(green, cell.fg == Color::Green, "column {x} of row {y}");
            }
        }
    }
}

fn plain() -> Style {
    Style::new()
}

#[test]
fn a_frame_is_one_write_and_no_change_is_none() {
    let mut line = Line::new(false);
    let rows = [("a question", plain()), ("an answer", plain().fg(Color::Green))];
    assert_eq!(line.draw(&rows, Some((2, 1))).len(), 1);
    assert_eq!(line.draw(&rows, Some((2, 1))), Vec::<Vec<u8>>::new());
    assert_eq!(line.draw(&rows, Some((3, 1))), [b" ".to_vec()], "the blank is shorter than the way over it");
}

#[test]
fn a_typed_character_takes_few_bytes() {
    let mut line = Line::new(false);
    line.draw(&[("path /a/", plain()), ("location /a/ {", plain())], Some((8, 0)));
    let [written] = &line.draw(&[("path /a/b", plain()), ("location /a/b {", plain())], Some((9, 0)))[..]
    else {
        panic!("more than one write")
    };
    assert!(written.len() < 20, "{}", written.escape_ascii());
}

#[test]
fn the_rest_of_a_row_is_erased() {
    let mut line = Line::new(false);
    line.draw(&[("a long row of many words", plain())], None);
    let [written] = &line.draw(&[("a row", plain())], None)[..] else { panic!("more than one write") };
    assert_eq!(written.escape_ascii().to_string(), r"\x1b[1;3Hrow\x1b[K");
}

#[test]
fn the_blanks_that_a_row_begins_with_are_erased() {
    let mut line = Line::new(false);
    line.draw(&[("words of a form   | file", plain())], None);
    let [written] = &line.draw(&[("                  | file", plain())], None)[..] else {
        panic!("more than one write")
    };
    assert_eq!(written.escape_ascii().to_string(), r"\x1b[1;18H\x1b[1K");
}

#[test]
fn a_frame_is_taken_as_a_whole_where_the_terminal_can() {
    let mut line = Line::new(true);
    let [written] = &line.draw(&[("text", plain())], None)[..] else { panic!("more than one write") };
    assert!(written.starts_with(BEGIN) && written.ends_with(END), "{}", written.escape_ascii());
    assert!(line.draw(&[("text", plain())], None).is_empty());
}

#[test]
fn no_way_relies_on_the_width_of_a_character_beyond_ascii() {
    let mut line = Line::new(false);
    let [written] = &line.draw(&[("日", plain()), ("b", plain())], Some((1, 1)))[..] else {
        panic!("more than one write")
    };
    assert!(written.ends_with("日\x1b[2Hb\x1b[?25h".as_bytes()), "{}", written.escape_ascii());
    let [written] = &line.draw(&[("日本", plain()), ("b", plain())], Some((4, 0)))[..] else {
        panic!("more than one write")
    };
    assert!(written.ends_with("本\x1b[1;5H".as_bytes()), "{}", written.escape_ascii());
}

#[test]
fn no_byte_beyond_ascii_reaches_a_terminal_of_another_character_set() {
    let mut line = Line::with(Theme { color: true, characters: Characters::Ascii, synchronized: false });
    let mut draw = |text: &str| {
        line.writes.0.borrow_mut().clear();
        let drawn = line.terminal.draw(|frame| frame.buffer_mut().set_string(0, 0, text, plain()));
        drawn.expect("memory takes everything");
        let written = line.writes.0.borrow().concat();
        assert!(written.is_ascii(), "{}", written.escape_ascii());
        line.seen.process(&written);
        line.seen.screen().rows(0, 24).next().unwrap_or_default()
    };
    assert_eq!(draw("a日éb"), "a???b");
    assert_eq!(draw("a日b").trim_end(), "a??b");
}

proptest! {
    #[test]
    fn the_terminal_shows_what_was_drawn(
        frames in proptest::collection::vec(
            (proptest::collection::vec((" {0,20}[ab 日é]{0,26}", 0usize..4), 4), proptest::option::of((0u16..24, 0u16..4))),
            1..6,
        )
    ) {
        let styles = [
            plain(),
            plain().fg(Color::Green),
            plain().add_modifier(Modifier::BOLD),
            plain().add_modifier(Modifier::REVERSED),
        ];
        let mut line = Line::new(false);
        for (rows, cursor) in &frames {
            let rows: Vec<(&str, Style)> = rows.iter().map(|(text, at)| (text.as_str(), styles[*at])).collect();
            line.draw(&rows, *cursor);
            if let Some((x, y)) = cursor {
                prop_assert_eq!(line.seen.screen().cursor_position(), (*y, *x));
            }
            prop_assert_eq!(line.seen.screen().hide_cursor(), cursor.is_none());
        }
    }
}
