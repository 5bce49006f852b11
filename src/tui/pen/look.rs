//! How characters look, and the bytes that change it.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// The modifiers that a blank shows.
const ON_BLANK: Modifier = Modifier::REVERSED.union(Modifier::UNDERLINED);

/// The modifiers that are used, each with its code.
///
/// # Source
/// SGR in ECMA-48; all four are a VT100's but faint, which it leaves out.
const CODES: [(Modifier, &str); 4] =
    [(Modifier::BOLD, "1"), (Modifier::DIM, "2"), (Modifier::UNDERLINED, "4"), (Modifier::REVERSED, "7")];

/// Colours and modifiers of a character.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) fg: Color,
    pub(super) bg: Color,
    pub(super) modifier: Modifier,
}

impl Look {
    pub(super) fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }

    /// Whether a blank in it is nothing but a blank.
    pub(super) fn is_plain_on_blank(self) -> bool {
        self.bg == Color::Reset && !self.modifier.intersects(ON_BLANK)
    }

    /// The shortest bytes that change this look into another.
    ///
    /// A modifier is only ever taken away by taking all away: a VT100 knows no other way.
    pub(super) fn change(self, to: Self) -> String {
        if self == to {
            return String::new();
        }
        let codes = |from: Self| -> Vec<&'static str> {
            let added = to.modifier.difference(from.modifier);
            let mut codes: Vec<&str> = CODES
                .iter()
                .filter(|(modifier, _)| added.contains(*modifier))
                .map(|(_, code)| *code)
                .collect();
            if to.fg != from.fg {
                codes.push(foreground(to.fg));
            }
            if to.bg != from.bg {
                codes.push(background(to.bg));
            }
            codes
        };
        let afresh = codes(Self::default());
        let afresh =
            if afresh.is_empty() { "\x1b[m".to_owned() } else { format!("\x1b[0;{}m", afresh.join(";")) };
        if !to.modifier.contains(self.modifier) {
            return afresh;
        }
        let further = format!("\x1b[{}m", codes(self).join(";"));
        if further.len() <= afresh.len() { further } else { afresh }
    }
}

/// Whether a cell is a blank without anything to be seen.
pub(super) fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " " && Look::of(cell).is_plain_on_blank()
}

/// The code of one of the sixteen colours that every terminal with colours knows; others are left to its own.
fn foreground(color: Color) -> &'static str {
    match color {
        Color::Black => "30",
        Color::Red => "31",
        Color::Green => "32",
        Color::Yellow => "33",
        Color::Blue => "34",
        Color::Magenta => "35",
        Color::Cyan => "36",
        Color::Gray => "37",
        Color::DarkGray => "90",
        Color::LightRed => "91",
        Color::LightGreen => "92",
        Color::LightYellow => "93",
        Color::LightBlue => "94",
        Color::LightMagenta => "95",
        Color::LightCyan => "96",
        Color::White => "97",
        Color::Reset | Color::Rgb(..) | Color::Indexed(_) => "39",
    }
}

/// The ground is the terminal's own: text that is to stand out is reversed.
fn background(_: Color) -> &'static str {
    "49"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(fg: Color, modifier: Modifier) -> Look {
        Look { fg, modifier, ..Look::default() }
    }

    #[test]
    fn only_what_differs_is_said() {
        let plain = Look::default();
        let green = look(Color::Green, Modifier::empty());
        let strong = look(Color::Green, Modifier::BOLD);
        assert_eq!(plain.change(plain), "");
        assert_eq!(plain.change(green), "\x1b[32m");
        assert_eq!(green.change(strong), "\x1b[1m");
        assert_eq!(strong.change(green), "\x1b[0;32m");
        assert_eq!(strong.change(plain), "\x1b[m");
        assert_eq!(green.change(plain), "\x1b[m");
        assert_eq!(plain.change(look(Color::Cyan, Modifier::BOLD | Modifier::UNDERLINED)), "\x1b[1;4;36m");
    }
}
