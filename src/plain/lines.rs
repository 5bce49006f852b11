//! Lines to the person and from the person: standard input, and standard error, which is seen whatever standard output
//! goes to.

use crate::model::{paragraph, printable};
use std::io::{self, BufRead as _, Write as _};

/// A line for the person, gone on with on the next one where it is too long, as far in as it begins.
pub(super) fn say(text: &str) {
    let text = printable(text);
    let words = text.trim_start();
    let inset = &text[..text.len() - words.len()];
    // A terminal that is gone is noticed at the next question.
    let _ = io::stderr().write_all(paragraph(inset, inset, words).as_bytes());
}

/// A question, and the line that is typed after it; `None` where there is none any more.
pub(super) fn ask(question: &str) -> io::Result<Option<String>> {
    let mut out = io::stderr();
    write!(out, "{}", printable(question))?;
    out.flush()?;
    let mut bytes = Vec::new();
    if io::stdin().lock().read_until(b'\n', &mut bytes)? == 0 {
        // What is said next begins a line of its own.
        say("");
        return Ok(None);
    }
    let line = String::from_utf8_lossy(&bytes);
    Ok(Some(line.trim_end_matches(['\n', '\r']).to_owned()))
}
