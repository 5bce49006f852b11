//! Colours and lines: the sixteen ANSI colours or none, box lines or ASCII.

use super::view::Token;
use crate::plan::diff;
use crate::wizard::ProofMark;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Span;

/// Which characters a terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Characters {
    /// ASCII and no other.
    Ascii,
    /// Letters of other languages, but no marks and lines: what speaks UTF-8 may still have no picture of them.
    Letters,
    /// All of them.
    All,
}

/// How the terminal is drawn on. Colour never says anything alone: a mark says it too.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    /// Whether colours are used.
    pub color: bool,
    /// Which characters are used.
    pub characters: Characters,
    /// Whether the terminal is known to take a frame as a whole.
    pub synchronized: bool,
}

/// Terminals whose fonts have no picture of a check or a cross, so that one replacement stands for both: Linux' own
/// console has 256 or 512 characters, a serial line the old DEC ones.
const FEW_SYMBOLS: [&str; 3] = ["linux", "vt1", "vt2"];

/// Terminals that know synchronized output, by what their TERM begins with; others may print what they do not know.
///
/// # Source
/// The list of implementations beside the description of the mode, DEC private mode 2026.
const SYNCHRONIZED: [&str; 7] =
    ["xterm-kitty", "xterm-ghostty", "ghostty", "alacritty", "foot", "wezterm", "contour"];

#[expect(
    clippy::unused_self,
    reason = "every style is the theme's, whether or not it depends on colour today"
)]
impl Theme {
    /// The theme for an environment.
    ///
    /// # Source
    /// `NO_COLOR` as <https://no-color.org> has it: set and not empty; the locale as setlocale(3) looks for it.
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).unwrap_or_default();
        let utf8 = locale.to_ascii_lowercase().replace('-', "").contains("utf8");
        let term = set("TERM").unwrap_or_default();
        let color =
            set("NO_COLOR").is_none() && !matches!(term.as_str(), "vt100" | "vt102" | "vt220" | "xterm-mono");
        let characters = match FEW_SYMBOLS.iter().any(|known| term.starts_with(known)) {
            _ if !utf8 => Characters::Ascii,
            true => Characters::Letters,
            false => Characters::All,
        };
        let synchronized = SYNCHRONIZED.iter().any(|known| term.starts_with(known));
        Self { color, characters, synchronized }
    }

    fn has_symbols(self) -> bool {
        self.characters == Characters::All
    }

    fn foreground(self, color: Color) -> Style {
        if self.color { Style::new().fg(color) } else { Style::new() }
    }

    pub(super) fn bar(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    pub(super) fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    pub(super) fn quiet(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    pub(super) fn error(self) -> Style {
        self.foreground(Color::Red).add_modifier(Modifier::BOLD)
    }

    pub(super) fn warning(self) -> Style {
        self.foreground(Color::Yellow).add_modifier(Modifier::BOLD)
    }

    pub(super) fn good(self) -> Style {
        self.foreground(Color::Green)
    }

    pub(super) fn focus(self) -> Style {
        self.foreground(Color::Cyan).add_modifier(Modifier::BOLD)
    }

    /// The part of a line that the focused field causes.
    pub(super) fn caused(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
    }

    /// The sign in front of a line.
    pub(super) fn sign(self, mark: diff::Mark) -> Style {
        match mark {
            diff::Mark::Same => Style::new(),
            diff::Mark::Added => self.foreground(Color::Green),
            diff::Mark::Removed => self.foreground(Color::Red),
        }
    }

    /// A part of a line of a file. What goes is one colour: it is not read for its meaning any more.
    pub(super) fn token(self, token: Token, mark: diff::Mark) -> Style {
        match (token, mark) {
            (_, diff::Mark::Removed) => Style::new(),
            (Token::Comment, _) => self.quiet(),
            (Token::Name, mark) => self.sign(mark),
            (Token::Quoted, _) => self.foreground(Color::Magenta),
            (Token::Variable, _) => self.foreground(Color::Cyan),
        }
    }

    /// A line of a file, where none of its parts is special.
    pub(super) fn text(self, mark: diff::Mark) -> Style {
        match mark {
            diff::Mark::Removed => self.foreground(Color::Red),
            diff::Mark::Same | diff::Mark::Added => Style::new(),
        }
    }

    pub(super) fn proof(self, mark: ProofMark) -> (&'static str, Style) {
        match (mark, self.has_symbols()) {
            (ProofMark::Pass, true) => ("✓", self.good()),
            (ProofMark::Pass, false) => ("ok", self.good()),
            (ProofMark::Warn, _) => ("!", self.warning()),
            (ProofMark::Fail, true) => ("✗", self.error()),
            (ProofMark::Fail, false) => ("X", self.error()),
            (ProofMark::Skipped, _) => ("-", self.quiet()),
        }
    }

    pub(super) fn line(self) -> &'static str {
        if self.has_symbols() { "─" } else { "-" }
    }

    pub(super) fn wall(self) -> &'static str {
        if self.has_symbols() { "│" } else { "|" }
    }

    pub(super) fn pointer(self) -> &'static str {
        if self.has_symbols() { "▸" } else { ">" }
    }

    /// Where a line goes on to the right, or came from the left.
    pub(super) fn more(self, right: bool) -> Span<'static> {
        match (self.has_symbols(), right) {
            (true, _) => Span::styled("…", self.quiet()),
            // In ASCII it could be the file's own: it stands out as nothing of the file does.
            (false, true) => Span::styled(">", self.bar()),
            (false, false) => Span::styled("<", self.bar()),
        }
    }

    pub(super) fn picked(self, picked: bool) -> &'static str {
        match (picked, self.has_symbols()) {
            (true, true) => "◉",
            (false, true) => "○",
            (true, false) => "(*)",
            (false, false) => "( )",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn theme(variables: &[(&str, &str)]) -> Theme {
        Theme::of(|name| variables.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_environment_chooses() {
        let t = theme(&[("TERM", "xterm"), ("LANG", "de_DE.UTF-8")]);
        assert!(t.color && t.characters == Characters::All);
        assert!(!theme(&[("NO_COLOR", "1")]).color);
        assert!(theme(&[("NO_COLOR", "")]).color);
        assert!(!theme(&[("TERM", "vt100")]).color);
        assert_eq!(theme(&[("LC_ALL", "C"), ("LANG", "C.UTF-8")]).characters, Characters::Ascii);
        for (term, has) in [("xterm", true), ("tmux-256color", true), ("linux", false), ("vt220", false)] {
            let t = theme(&[("TERM", term), ("LANG", "C.UTF-8")]);
            assert_ne!(t.characters, Characters::Ascii, "{term}");
            assert_eq!((t.picked(true) == "◉", t.line() == "─"), (has, has), "{term}");
        }
        assert!(theme(&[("TERM", "foot")]).synchronized && !theme(&[("TERM", "xterm")]).synchronized);
    }
}
