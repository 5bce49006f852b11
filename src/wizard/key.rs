//! Keys, as they are pressed and as they are written.

use std::fmt;

/// A key with its modifiers. Shift shows in the character or in [`Code::BackTab`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The key itself.
    pub code: Code,
    /// Whether Control is held.
    pub ctrl: bool,
    /// Whether Alt is held.
    pub alt: bool,
}

/// A key without its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names on the keys say it")]
pub enum Code {
    Char(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    Backspace,
    Delete,
    F(u8),
}

const NAMES: [(&str, Code); 15] = [
    ("Enter", Code::Enter),
    ("Esc", Code::Esc),
    ("Tab", Code::Tab),
    ("BackTab", Code::BackTab),
    ("Up", Code::Up),
    ("Down", Code::Down),
    ("Left", Code::Left),
    ("Right", Code::Right),
    ("Home", Code::Home),
    ("End", Code::End),
    ("PgUp", Code::PageUp),
    ("PgDn", Code::PageDown),
    ("Backspace", Code::Backspace),
    ("Delete", Code::Delete),
    ("Space", Code::Char(' ')),
];

impl Key {
    /// Reads a key as it is written in tables and scripts.
    ///
    /// # Shape
    /// A name (`Enter`, `PgDn`, `Space`, `F1`) or one character, after `C-` for Control and `M-` for Alt.
    pub fn parse(text: &str) -> Option<Self> {
        let (mut ctrl, mut alt, mut rest) = (false, false, text);
        loop {
            match (rest.strip_prefix("C-"), rest.strip_prefix("M-")) {
                (Some(after), _) if !after.is_empty() => (ctrl, rest) = (true, after),
                (_, Some(after)) if !after.is_empty() => (alt, rest) = (true, after),
                _ => break,
            }
        }
        let named = NAMES.iter().find(|(name, _)| *name == rest).map(|(_, code)| *code);
        let function = || rest.strip_prefix('F').and_then(|n| n.parse().ok()).map(Code::F);
        let character = || {
            let mut chars = rest.chars();
            chars.next().filter(|_| chars.next().is_none()).map(Code::Char)
        };
        named.or_else(function).or_else(character).map(|code| Self { code, ctrl, alt })
    }

    /// As [`fmt::Display`] writes it, Control as `^`: for a line that has few columns.
    pub fn short(self) -> String {
        self.to_string().replace("Ctrl-", "^")
    }

    /// A character without modifiers.
    pub fn char(c: char) -> Self {
        Self { code: Code::Char(c), ctrl: false, alt: false }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("Ctrl-")?;
        }
        if self.alt {
            f.write_str("Alt-")?;
        }
        match (self.code, NAMES.iter().find(|(_, code)| *code == self.code)) {
            (Code::BackTab, _) => f.write_str("Shift-Tab"),
            (_, Some((name, _))) => f.write_str(name),
            (Code::Char(c), None) if self.ctrl => write!(f, "{}", c.to_ascii_uppercase()),
            (Code::Char(c), None) => write!(f, "{c}"),
            (Code::F(n), None) => write!(f, "F{n}"),
            (code, None) => write!(f, "{code:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_shows_keys() {
        for (text, shown) in [
            ("Enter", "Enter"),
            ("C-c", "Ctrl-C"),
            ("M-b", "Alt-b"),
            ("F1", "F1"),
            ("?", "?"),
            ("Space", "Space"),
            ("BackTab", "Shift-Tab"),
            ("F", "F"),
        ] {
            assert_eq!(Key::parse(text).map(|key| key.to_string()).as_deref(), Some(shown), "{text}");
        }
        assert_eq!(Key::parse(""), None);
        assert_eq!(Key::parse("ab"), None);
    }
}
