//! What the terminal sends, in the wizard's words.

mod pieces;

use pieces::{Pieces, Sent, Taken};

use crate::wizard::{Code, Key, Msg};
use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::collections::VecDeque;
use std::io;
use std::time::Duration;

/// How long the rest of an escape sequence may take, and how long Esc is waited with for that.
const PAUSE: Duration = Duration::from_millis(250);

/// The terminal's input.
#[derive(Debug, Default)]
pub struct Input {
    /// What was read to see whether it belongs to an escape sequence, and does not.
    ready: VecDeque<Poll>,
}

/// What a look at the input found.
#[derive(Clone, Debug)]
pub enum Poll {
    /// Nothing in the time given.
    Nothing,
    /// Something for the wizard.
    Message(Msg),
    /// The terminal has another size.
    Resized,
}

impl Input {
    /// Waits for input, no longer than `limit`.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub fn poll(&mut self, limit: Duration) -> io::Result<Poll> {
        if let Some(poll) = self.ready.pop_front() {
            return Ok(poll);
        }
        match Self::read(limit)? {
            Poll::Message(Msg::Key(key)) if key.code == Code::Esc && !key.alt => self.join(key),
            poll => Ok(poll),
        }
    }

    /// What an escape character begins: a sequence whose rest is late, or it is the key Esc.
    fn join(&mut self, escape: Key) -> io::Result<Poll> {
        let mut pieces = Pieces::default();
        let mut after = None;
        loop {
            match Self::read(PAUSE)? {
                Poll::Nothing => break,
                Poll::Message(Msg::Key(key)) => match pieces.take(key) {
                    Taken::Open => {}
                    Taken::Whole(sent) => return Ok(sent.map_or(Poll::Nothing, Poll::from)),
                    Taken::Alien => break,
                },
                poll => {
                    after = Some(poll);
                    break;
                }
            }
        }
        let (first, keys) = match pieces.end() {
            Ok(paste) => (paste, Vec::new()),
            Err(keys) => (Sent::Key(escape), keys),
        };
        self.ready.extend(keys.into_iter().map(|key| Sent::Key(key).into()).chain(after));
        Ok(first.into())
    }

    fn read(limit: Duration) -> io::Result<Poll> {
        if !event::poll(limit)? {
            return Ok(Poll::Nothing);
        }
        Ok(match event::read()? {
            Event::Key(key) if key.kind != KeyEventKind::Release => {
                translate(key).map_or(Poll::Nothing, |key| Poll::Message(Msg::Key(key)))
            }
            Event::Paste(text) => Poll::Message(Msg::Paste(text)),
            Event::Resize(..) => Poll::Resized,
            Event::Key(_) | Event::FocusGained | Event::FocusLost | Event::Mouse(_) => Poll::Nothing,
        })
    }
}

impl From<Sent> for Poll {
    fn from(sent: Sent) -> Self {
        Self::Message(match sent {
            Sent::Key(key) => Msg::Key(key),
            Sent::Paste(text) => Msg::Paste(text),
        })
    }
}

fn translate(event: KeyEvent) -> Option<Key> {
    let code = match event.code {
        // What a terminal made of Enter before the program had told it not to.
        KeyCode::Char('j') if event.modifiers == KeyModifiers::CONTROL => return Key::parse("Enter"),
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::F(n) => Code::F(n),
        _ => return None,
    };
    let (ctrl, alt) =
        (event.modifiers.contains(KeyModifiers::CONTROL), event.modifiers.contains(KeyModifiers::ALT));
    Some(Key { code, ctrl, alt })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modifiers_come_along() {
        let key = translate(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)).expect("a key");
        assert_eq!(Some(key), Key::parse("C-c"));
        let key = translate(KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT)).expect("a key");
        assert_eq!(Some(key), Key::parse("BackTab"));
        let key = translate(KeyEvent::new(KeyCode::Char('j'), KeyModifiers::CONTROL)).expect("a key");
        assert_eq!(Some(key), Key::parse("Enter"));
        assert!(translate(KeyEvent::new(KeyCode::CapsLock, KeyModifiers::NONE)).is_none());
    }
}
