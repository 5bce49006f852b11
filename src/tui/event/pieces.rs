//! Keys whose bytes come in pieces: over a slow line the rest of an escape sequence is late.
//!
//! The parser of crossterm takes an escape character that comes alone for the key Esc; what follows it then looks as if
//! letters had been typed. Here they are put together again.

use crate::wizard::{Code, Key};

/// What has come after an escape character.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    keys: Vec<Key>,
    /// The text between the marks of a paste, once the first of them is whole.
    paste: Option<String>,
}

/// What a terminal has sent.
#[derive(Debug, PartialEq)]
pub(super) enum Sent {
    Key(Key),
    Paste(String),
}

/// What a key adds to the pieces before it.
#[derive(Debug, PartialEq)]
pub(super) enum Taken {
    /// More is to come.
    Open,
    /// It is whole: a key, a paste, or a sequence that means nothing here.
    Whole(Option<Sent>),
    /// It has nothing to do with an escape sequence.
    Alien,
}

impl Pieces {
    /// Takes the next key.
    pub(super) fn take(&mut self, key: Key) -> Taken {
        self.keys.push(key);
        if self.paste.is_some() {
            return self.paste_on(key);
        }
        let text: Option<String> = self.keys.iter().map(|key| plain(*key)).collect();
        match text.as_deref() {
            None => Taken::Alien,
            Some("[" | "O") => Taken::Open,
            Some("[200~") => {
                self.paste = Some(String::new());
                self.keys.clear();
                Taken::Open
            }
            Some(text) => match text.strip_prefix('[') {
                Some(rest) if !rest.ends_with(is_final) => Taken::Open,
                Some(rest) => Taken::Whole(sequence(rest).map(Sent::Key)),
                None => match text.strip_prefix('O') {
                    Some(rest) => Taken::Whole(sequence(rest).map(Sent::Key)),
                    None => Taken::Whole(Some(Sent::Key(Key { alt: true, ..key }))),
                },
            },
        }
    }

    /// Nothing more comes: what has been pasted, or else the keys after the escape character.
    pub(super) fn end(self) -> Result<Sent, Vec<Key>> {
        self.paste.map(Sent::Paste).ok_or(self.keys)
    }

    fn paste_on(&mut self, key: Key) -> Taken {
        let text = self.paste.as_mut().expect("a paste has begun");
        match key.code {
            Code::Enter => text.push('\n'),
            Code::Tab => text.push('\t'),
            Code::Esc => text.push('\u{1b}'),
            Code::Char('j') if key.ctrl => text.push('\n'),
            Code::Char(c) if !key.ctrl => text.push(c),
            _ => {}
        }
        match text.strip_suffix("\u{1b}[201~") {
            Some(text) => Taken::Whole(Some(Sent::Paste(text.to_owned()))),
            None => Taken::Open,
        }
    }
}

fn plain(key: Key) -> Option<char> {
    match key {
        Key { code: Code::Char(c), ctrl: false, alt: false } => Some(c),
        _ => None,
    }
}

/// Whether a character ends a control sequence.
///
/// # Source
/// ECMA-48, 5.4: the final byte is in columns 04 to 07.
fn is_final(c: char) -> bool {
    ('@'..='~').contains(&c)
}

/// The key of a control sequence without its beginning: `A`, `1;5C`, `15~`.
///
/// # Source
/// What xterm sends for the keys of a PC, and the Linux console for Home and End.
fn sequence(text: &str) -> Option<Key> {
    let last = text.chars().last()?;
    let mut numbers = text[..text.len() - last.len_utf8()].split(';');
    let code = match (last, numbers.next()?) {
        ('A', _) => Code::Up,
        ('B', _) => Code::Down,
        ('C', _) => Code::Right,
        ('D', _) => Code::Left,
        ('H', _) | ('~', "1" | "7") => Code::Home,
        ('F', _) | ('~', "4" | "8") => Code::End,
        ('Z', _) => Code::BackTab,
        ('~', "3") => Code::Delete,
        ('~', "5") => Code::PageUp,
        ('~', "6") => Code::PageDown,
        (letter @ 'P'..='S', _) => Code::F(letter as u8 - b'P' + 1),
        ('~', number) => Code::F(match number.parse().ok()? {
            number @ 11..=15 => number - 10,
            number @ 17..=21 => number - 11,
            number @ 23..=24 => number - 12,
            _ => return None,
        }),
        _ => return None,
    };
    // One more than the sum of 1 for Shift, 2 for Alt and 4 for Control.
    let held =
        numbers.next().and_then(|number| number.parse::<u8>().ok()).map_or(0, |sum| sum.saturating_sub(1));
    Some(Key { code, ctrl: held & 4 != 0, alt: held & 2 != 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str) -> Taken {
        let mut pieces = Pieces::default();
        let mut last = Taken::Open;
        for c in text.chars() {
            assert_eq!(last, Taken::Open, "{text} is whole before {c}");
            let code = match c {
                '\n' => Code::Enter,
                '\u{1b}' => Code::Esc,
                c => Code::Char(c),
            };
            last = pieces.take(Key { code, ctrl: false, alt: false });
        }
        last
    }

    #[test]
    fn late_pieces_are_the_key_they_belong_to() {
        for (text, key) in [
            ("[A", "Up"),
            ("OB", "Down"),
            ("[1;5C", "C-Right"),
            ("[5~", "PgUp"),
            ("OP", "F1"),
            ("[15~", "F5"),
            ("[24~", "F12"),
            ("[Z", "BackTab"),
            ("b", "M-b"),
            ("/", "M-/"),
        ] {
            assert_eq!(taken(text), Taken::Whole(Key::parse(key).map(Sent::Key)), "{text}");
        }
        assert_eq!(taken("[201~"), Taken::Whole(None));
        assert_eq!(taken("[<1;2;3M"), Taken::Whole(None));
        assert_eq!(taken("[1;"), Taken::Open);
    }

    #[test]
    fn a_key_that_is_no_piece_stays_itself() {
        assert_eq!(taken("\n"), Taken::Alien);
        assert_eq!(taken("\u{1b}"), Taken::Alien);
        let mut pieces = Pieces::default();
        pieces.take(Key::char('['));
        assert_eq!(pieces.end(), Err(vec![Key::char('[')]));
    }

    #[test]
    fn a_paste_whose_mark_is_late_is_one_paste() {
        assert_eq!(taken("[200~a [b\nc\u{1b}[201~"), Taken::Whole(Some(Sent::Paste("a [b\nc".into()))));
        let mut pieces = Pieces::default();
        for c in "[200~ab".chars() {
            assert_eq!(pieces.take(Key::char(c)), Taken::Open);
        }
        assert_eq!(pieces.end(), Ok(Sent::Paste("ab".into())));
    }
}
