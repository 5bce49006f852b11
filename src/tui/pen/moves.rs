//! The shortest way of the cursor from one place to another.

use ratatui::layout::Position;

/// The bytes that bring the cursor from one place, where it is known, to another.
///
/// # Source
/// CUP, CUF, CUB and CUD of ECMA-48, and the carriage return, line feed and backspace that a terminal in raw mode
/// takes as they are.
pub(super) fn way(from: Option<Position>, to: Position) -> String {
    let absolute = match (to.y, to.x) {
        (0, 0) => "\x1b[H".to_owned(),
        (y, 0) => format!("\x1b[{}H", y + 1),
        (y, x) => format!("\x1b[{};{}H", y + 1, x + 1),
    };
    let Some(from) = from else { return absolute };
    let relative = down(from, to).map(|(down, column)| down + &along(column, to.x));
    relative.filter(|way| way.len() < absolute.len()).unwrap_or(absolute)
}

/// The way down to a row, and the column in which it ends.
fn down(from: Position, to: Position) -> Option<(String, u16)> {
    let rows = to.y.checked_sub(from.y)?;
    let at_start = rows > 0 && to.x < from.x / 2;
    let feeds = if rows < 4 { "\n".repeat(usize::from(rows)) } else { format!("\x1b[{rows}B") };
    if at_start { Some((format!("\r{feeds}"), 0)) } else { Some((feeds, from.x)) }
}

fn along(from: u16, to: u16) -> String {
    let back = from.saturating_sub(to);
    match (to.saturating_sub(from), back) {
        (0, 0) => String::new(),
        (1, _) => "\x1b[C".to_owned(),
        (0, 1..4) => "\x08".repeat(usize::from(back)),
        (0, _) if to == 0 => "\r".to_owned(),
        (0, _) => format!("\x1b[{back}D"),
        (ahead, _) => format!("\x1b[{ahead}C"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(x: u16, y: u16, to: (u16, u16)) -> String {
        way(Some(Position { x, y }), to.into())
    }

    #[test]
    fn the_shorter_way_is_taken() {
        assert_eq!(way(None, Position { x: 4, y: 2 }), "\x1b[3;5H");
        assert_eq!(from(0, 2, (9, 2)), "\x1b[9C");
        assert_eq!(from(79, 2, (0, 3)), "\r\n");
        assert_eq!(from(12, 9, (10, 9)), "\x08\x08");
        assert_eq!(from(5, 5, (5, 6)), "\n");
        assert_eq!(from(5, 5, (5, 2)), "\x1b[3;6H");
        assert_eq!(from(40, 5, (0, 5)), "\r");
    }
}
