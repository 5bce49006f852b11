//! A terminal that is written to line by line, whatever dialoguer would do with the cursor.

use console::Term;
use std::io::{self, Write};
use std::os::fd::{AsRawFd, RawFd};

/// The terminal for plain questions: standard input, and standard error without cursor movements.
#[derive(Debug)]
pub(super) struct Lines {
    terminal: Term,
}

impl Lines {
    pub(super) fn new() -> Self {
        Self { terminal: Term::read_write_pair(io::stdin(), Plain { out: io::stderr(), sequence: None }) }
    }

    /// A line for the person.
    pub(super) fn say(&self, text: &str) {
        // A terminal that is gone is noticed at the next question.
        let _ = self.terminal.write_line(&crate::model::printable(text));
    }

    pub(super) fn terminal(&self) -> &Term {
        &self.terminal
    }
}

/// Leaves out escape sequences and carriage returns; a move to the left becomes backspaces, which every terminal
/// knows.
#[derive(Debug)]
struct Plain<W> {
    out: W,
    /// What has come of an escape sequence so far, without the escape itself.
    sequence: Option<Vec<u8>>,
}

impl<W: Write> Write for Plain<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut kept = Vec::with_capacity(bytes.len());
        for &byte in bytes {
            match &mut self.sequence {
                None if byte == 0x1b => self.sequence = Some(Vec::new()),
                None if byte == b'\r' => {}
                None => kept.push(byte),
                Some(sequence) => {
                    sequence.push(byte);
                    let ends = byte.is_ascii_alphabetic() || (sequence.len() == 1 && byte != b'[');
                    if ends {
                        kept.extend(erasure(sequence));
                        self.sequence = None;
                    }
                }
            }
        }
        self.out.write_all(&kept)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// What stands for a sequence: `[3D`, three to the left to erase what stands there, is three erased characters.
fn erasure(sequence: &[u8]) -> Vec<u8> {
    let count = sequence
        .strip_prefix(b"[")
        .and_then(|rest| rest.strip_suffix(b"D"))
        .and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<usize>().ok());
    b"\x08 \x08".repeat(count.unwrap_or(0))
}

impl<W: AsRawFd> AsRawFd for Plain<W> {
    fn as_raw_fd(&self) -> RawFd {
        self.out.as_raw_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(parts: &[&[u8]]) -> Vec<u8> {
        let mut plain = Plain { out: Vec::new(), sequence: None };
        for part in parts {
            plain.write_all(part).expect("memory takes everything");
        }
        plain.out
    }

    #[test]
    fn cursor_movements_are_left_out_even_in_pieces() {
        assert_eq!(written(&[b"a\r\x1b[2", b"Kb\x1b[1A\n"]), b"ab\n");
    }

    #[test]
    fn an_erased_character_is_erased_by_backspace() {
        assert_eq!(written(&[b"ab\x1b[1D\x1b[0K"]), b"ab\x08 \x08");
    }
}
