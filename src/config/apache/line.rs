//! Logical lines: physical lines joined where one ends in a backslash, comments included.

use crate::config::Span;

/// A logical line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its physical lines with their line endings; the spans of all lines tile the file.
    pub span: Span,
    /// What httpd reads: joined, blanks at both ends taken off.
    pub text: Vec<u8>,
    /// Where pieces of the text begin: offset in the text, offset in the file.
    pieces: Vec<(usize, usize)>,
}

impl Line {
    /// Where a byte of the text stands in the file.
    pub fn offset(&self, at: usize) -> usize {
        let piece = self.pieces.partition_point(|(text, _)| *text <= at).saturating_sub(1);
        self.pieces.get(piece).map_or(self.span.start, |(text, file)| file + (at - text))
    }

    /// The bytes of the file from the first to the last byte of the text.
    pub fn content(&self) -> Span {
        match self.text.len() {
            0 => self.span.start..self.span.start,
            len => self.offset(0)..self.offset(len - 1) + 1,
        }
    }

    /// Whether httpd skips it: empty, or a comment.
    pub fn is_skipped(&self) -> bool {
        self.is_comment() || self.text.is_empty()
    }

    /// Whether it is a comment. A `#` further on in a line is a word like any other.
    pub fn is_comment(&self) -> bool {
        self.text.first() == Some(&b'#')
    }
}

/// The logical lines of a file.
pub fn lines(bytes: &[u8]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let line = logical(bytes, at);
        at = line.span.end;
        lines.push(line);
    }
    lines
}

fn logical(bytes: &[u8], start: usize) -> Line {
    let mut text = Vec::new();
    let mut pieces = Vec::new();
    let mut at = start;
    loop {
        let feed = memchr::memchr(b'\n', &bytes[at..]).map(|n| at + n);
        let end = feed.unwrap_or(bytes.len());
        let next = feed.map_or(bytes.len(), |feed| feed + 1);
        let without_return = if bytes[at..end].ends_with(b"\r") { end - 1 } else { end };
        pieces.push((text.len(), at));
        // To httpd, which reads lines as C strings, a line ends at a NUL; what follows up to the line feed is lost.
        if let Some(nul) = memchr::memchr(0, &bytes[at..end]) {
            text.extend_from_slice(&bytes[at..at + nul]);
            return trimmed(start..next, text, pieces);
        }
        // Only the very last byte counts, and only before a line feed: at the end of the file it stays.
        if feed.is_some() && bytes[at..without_return].ends_with(b"\\") {
            text.extend_from_slice(&bytes[at..without_return - 1]);
            at = next;
            if at < bytes.len() {
                continue;
            }
        } else {
            text.extend_from_slice(&bytes[at..end]);
        }
        return trimmed(start..next, text, pieces);
    }
}

fn trimmed(span: Span, mut text: Vec<u8>, pieces: Vec<(usize, usize)>) -> Line {
    let lead = text.iter().take_while(|b| is_blank(**b)).count();
    text.drain(..lead);
    let keep = text.len() - text.iter().rev().take_while(|b| is_blank(**b)).count();
    text.truncate(keep);
    let mut shifted: Vec<(usize, usize)> = Vec::with_capacity(pieces.len());
    for (in_text, in_file) in pieces {
        match in_text.checked_sub(lead) {
            Some(in_text) => shifted.push((in_text, in_file)),
            None => {
                shifted.clear();
                shifted.push((0, in_file + (lead - in_text)));
            }
        }
    }
    Line { span, text, pieces: shifted }
}

/// White space of the C locale; a no-break space is none.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let lines = lines(text.as_bytes());
        let tiled: String = lines.iter().map(|line| &text[line.span.clone()]).collect();
        assert_eq!(tiled, text, "the lines tile the file");
        lines.iter().map(|line| String::from_utf8_lossy(&line.text).into_owned()).collect()
    }

    #[test]
    fn a_backslash_at_the_end_joins_even_a_comment() {
        assert_eq!(texts("a \\\n  b\nc\n"), ["a   b", "c"]);
        assert_eq!(texts("# a \\\r\nb\n"), ["# a b"]);
        assert_eq!(texts("a\\ \nb"), ["a\\", "b"]);
    }

    #[test]
    fn at_the_end_of_the_file_a_backslash_stays_without_a_line_feed() {
        assert_eq!(texts("a \\"), ["a \\"]);
        assert_eq!(texts("a \\\n"), ["a"]);
    }

    #[test]
    fn a_nul_ends_the_text_of_a_line_and_joins_nothing() {
        assert_eq!(texts("a b\0c \\\nd\n"), ["a b", "d"]);
    }

    #[test]
    fn a_return_alone_ends_no_line() {
        assert_eq!(texts("a\rb\r\nc"), ["a\rb", "c"]);
    }

    #[test]
    fn a_byte_of_the_text_knows_its_place_in_the_file() {
        let text = "  ab \\\n  cd  \n";
        let line = &lines(text.as_bytes())[0];
        assert_eq!(line.text, b"ab   cd");
        assert_eq!((line.offset(0), line.offset(1), line.offset(5), line.offset(6)), (2, 3, 9, 10));
        assert_eq!(&text[line.content()], "ab \\\n  cd");
        // The first piece may be nothing but blanks.
        let line = &lines(b" \\\n x\n")[0];
        assert_eq!((line.text.as_slice(), line.offset(0)), (&b"x"[..], 4));
    }
}
