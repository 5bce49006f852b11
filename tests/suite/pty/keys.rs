//! The words of a script, and the bytes that a terminal sends for a key.

/// One word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    Key(Key),
    Type(String),
    Paste(String),
    Until(String),
    Gone(String),
    Printed(String),
    /// Columns and rows.
    Resize(u16, u16),
    Signal(String),
}

/// One key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A key of the cursor block, by its final letter: what it sends depends on the cursor mode.
    Cursor(char),
    Other(Vec<u8>),
}

const CURSOR: [(&str, char); 6] =
    [("Up", 'A'), ("Down", 'B'), ("Right", 'C'), ("Left", 'D'), ("Home", 'H'), ("End", 'F')];

const OTHER: [(&str, &str); 22] = [
    ("Enter", "\r"),
    ("Tab", "\t"),
    ("BackTab", "\x1b[Z"),
    ("Esc", "\x1b"),
    ("Space", " "),
    ("Backspace", "\x7f"),
    ("Delete", "\x1b[3~"),
    ("Insert", "\x1b[2~"),
    ("PgUp", "\x1b[5~"),
    ("PgDn", "\x1b[6~"),
    ("F1", "\x1bOP"),
    ("F2", "\x1bOQ"),
    ("F3", "\x1bOR"),
    ("F4", "\x1bOS"),
    ("F5", "\x1b[15~"),
    ("F6", "\x1b[17~"),
    ("F7", "\x1b[18~"),
    ("F8", "\x1b[19~"),
    ("F9", "\x1b[20~"),
    ("F10", "\x1b[21~"),
    ("F11", "\x1b[23~"),
    ("F12", "\x1b[24~"),
];

impl Word {
    /// Reads a word; `None` where it is none.
    pub fn parse(word: &str) -> Option<Self> {
        let Some((verb, rest)) = word.split_once(':').filter(|(verb, _)| verb.len() > 1) else {
            return Key::parse(word).map(Self::Key);
        };
        let text = rest.replace('_', " ");
        match verb {
            "type" => Some(Self::Type(text)),
            "paste" => Some(Self::Paste(text)),
            "until" => Some(Self::Until(text)),
            "gone" => Some(Self::Gone(text)),
            "printed" => Some(Self::Printed(text)),
            "sig" => Some(Self::Signal(text)),
            "resize" => {
                let (cols, rows) = rest.split_once('x')?;
                Some(Self::Resize(cols.parse().ok()?, rows.parse().ok()?))
            }
            _ => None,
        }
    }
}

impl Key {
    fn parse(word: &str) -> Option<Self> {
        if let Some((_, letter)) = CURSOR.iter().find(|(name, _)| *name == word) {
            return Some(Self::Cursor(*letter));
        }
        if let Some((_, bytes)) = OTHER.iter().find(|(name, _)| *name == word) {
            return Some(Self::Other(bytes.as_bytes().to_vec()));
        }
        let mut chars = word.chars();
        match (chars.next()?, chars.next(), chars.next(), chars.next()) {
            (c, None, None, None) => Some(Self::Other(c.to_string().into_bytes())),
            ('C', Some('-'), Some(c @ '@'..='~'), None) => {
                Some(Self::Other(vec![u8::try_from(c.to_ascii_uppercase()).ok()? & 0x1f]))
            }
            ('M', Some('-'), Some(c), None) => Some(Self::Other(format!("\x1b{c}").into_bytes())),
            _ => None,
        }
    }

    /// What the terminal sends, in the cursor mode that the program has asked for.
    pub fn bytes(&self, application_cursor: bool) -> Vec<u8> {
        match self {
            Self::Cursor(letter) if application_cursor => format!("\x1bO{letter}").into_bytes(),
            Self::Cursor(letter) => format!("\x1b[{letter}").into_bytes(),
            Self::Other(bytes) => bytes.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(word: &str) -> Option<Vec<u8>> {
        match Word::parse(word)? {
            Word::Key(key) => Some(key.bytes(false)),
            _ => None,
        }
    }

    #[test]
    fn keys_send_what_a_terminal_sends() {
        for (word, wanted) in
            [("Up", "\x1b[A"), ("C-c", "\x03"), ("C-C", "\x03"), ("M-x", "\x1bx"), ("é", "é"), (":", ":")]
        {
            assert_eq!(bytes(word), Some(wanted.as_bytes().to_vec()), "{word}");
        }
    }

    #[test]
    fn the_cursor_mode_is_heeded() {
        assert_eq!(Key::Cursor('A').bytes(true), b"\x1bOA");
    }

    #[test]
    fn words_hold_blanks() {
        assert_eq!(Word::parse("until:a_b"), Some(Word::Until("a b".to_owned())));
        assert_eq!(Word::parse("resize:120x40"), Some(Word::Resize(120, 40)));
    }

    #[test]
    fn a_misspelt_word_is_none() {
        for word in ["Entre", "C-", "resize:80", "tpye:x", "C-cc"] {
            assert_eq!(Word::parse(word), None, "{word}");
        }
    }
}
