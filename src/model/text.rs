//! Text from outside, made safe to show.

use std::path::Path;

/// Text from outside on one line: control characters, line breaks and characters that turn the direction of writing
/// become their names.
pub fn printable(text: &str) -> String {
    escaped(text, |_| false)
}

/// Text from outside that may have several lines, such as a server's own message: as [`printable`], but line breaks
/// and tabs stay.
pub fn printable_lines(text: &str) -> String {
    escaped(&text.replace("\r\n", "\n"), |c| matches!(c, '\n' | '\t'))
}

/// A path on one line; bytes that are not UTF-8 become U+FFFD.
pub fn printable_path(path: &Path) -> String {
    printable(&path.to_string_lossy())
}

/// How wide a page for a person is, whatever the terminal's own width.
const WIDTH: usize = 80;

/// A paragraph for a person to read: its words at most 80 columns wide, where no single one is wider.
///
/// `first` stands before the first line, `rest` before every other; the paragraph ends in a newline.
pub fn paragraph(first: &str, rest: &str, text: &str) -> String {
    let options = textwrap::Options::new(WIDTH)
        .initial_indent(first)
        .subsequent_indent(rest)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .word_separator(textwrap::WordSeparator::AsciiSpace);
    textwrap::fill(text, options) + "\n"
}

fn escaped(text: &str, kept: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if (c.is_control() && !kept(c)) || turns_direction(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// The bidirectional controls, with which a file name can pose as another.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What went wrong with a file or a connection, without the system's own number at its end, which nobody reads.
pub fn io_words(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" (os error ") {
        Some((words, number)) if number.ends_with(')') => words.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_become_their_names() {
        assert_eq!(printable("a\u{1b}[31mb\nc\u{9b}"), "a\\u{1b}[31mb\\u{a}c\\u{9b}");
        assert_eq!(printable("\u{202e}fnoc"), "\\u{202e}fnoc");
    }

    #[test]
    fn an_error_is_told_without_its_number() {
        let denied = std::io::Error::from_raw_os_error(13);
        assert!(denied.to_string().ends_with("(os error 13)"));
        assert_eq!(io_words(&denied), "Permission denied");
        assert_eq!(io_words(&std::io::Error::other("a (b)")), "a (b)");
    }

    #[test]
    fn line_breaks_of_a_message_stay() {
        assert_eq!(printable_lines("one\r\ntwo\n\u{7}"), "one\ntwo\n\\u{7}");
    }
}
