//! Logical lines: physical lines joined where one ends in a backslash, comments included.

use crate::config::Span;

/// A logical line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its physical lines with their line endings; the spans of all lines tile the file.
    pub span: Span,
    /// Where the text begins, counted from the span's start, and how long it is: most lines are one piece of the file.
    lead: u32,
    len: u32,
    is_comment: bool,
    joined: Option<Box<Joined>>,
}

/// The text of a line that is several physical ones.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Joined {
    text: Vec<u8>,
    /// Where pieces of the text begin: offset in the text, offset in the file.
    pieces: Vec<(usize, usize)>,
}

impl Line {
    /// What httpd reads: joined, blanks at both ends taken off. `bytes` is the whole file.
    pub fn text<'a>(&'a self, bytes: &'a [u8]) -> &'a [u8] {
        match &self.joined {
            Some(joined) => &joined.text,
            None => &bytes[self.plain()],
        }
    }

    /// Where a byte of the text stands in the file.
    pub fn offset(&self, at: usize) -> usize {
        let Some(joined) = &self.joined else { return self.plain().start + at };
        let piece = joined.pieces.partition_point(|(text, _)| *text <= at).saturating_sub(1);
        joined.pieces.get(piece).map_or(self.span.start, |(text, file)| file + (at - text))
    }

    /// The bytes of the file from the first to the last byte of the text.
    pub fn content(&self) -> Span {
        match self.joined.as_ref().map_or(self.len as usize, |joined| joined.text.len()) {
            0 => self.span.start..self.span.start,
            len => self.offset(0)..self.offset(len - 1) + 1,
        }
    }

    /// Whether there is nothing in it but blanks.
    pub fn is_empty(&self) -> bool {
        self.len == 0 && self.joined.as_ref().is_none_or(|joined| joined.text.is_empty())
    }

    /// Whether httpd skips it: empty, or a comment.
    pub fn is_skipped(&self) -> bool {
        self.is_comment || self.is_empty()
    }

    /// Whether it is a comment. A `#` further on in a line is a word like any other.
    pub fn is_comment(&self) -> bool {
        self.is_comment
    }

    fn plain(&self) -> Span {
        let start = self.span.start + self.lead as usize;
        start..start + self.len as usize
    }
}

/// The logical lines of a file.
pub fn lines(bytes: &[u8]) -> Vec<Line> {
    let mut lines = Vec::with_capacity(memchr::memchr_iter(b'\n', bytes).count() + 1);
    let mut at = 0;
    while at < bytes.len() {
        let line = logical(bytes, at);
        at = line.span.end;
        lines.push(line);
    }
    lines
}

fn logical(bytes: &[u8], start: usize) -> Line {
    let first = physical(bytes, start);
    if !first.goes_on || first.next >= bytes.len() {
        return single(bytes, start, &first);
    }
    let mut joined = Joined { text: Vec::new(), pieces: Vec::new() };
    let mut at = start;
    loop {
        let piece = physical(bytes, at);
        joined.pieces.push((joined.text.len(), at));
        joined.text.extend_from_slice(&bytes[at..piece.end]);
        at = piece.next;
        if !piece.goes_on || at >= bytes.len() {
            return trimmed(start..at, joined);
        }
    }
}

/// One physical line.
struct Physical {
    /// Where its text ends, the backslash that joins it to the next left out.
    end: usize,
    /// Where the next begins.
    next: usize,
    goes_on: bool,
}

fn physical(bytes: &[u8], at: usize) -> Physical {
    let feed = memchr::memchr(b'\n', &bytes[at..]).map(|n| at + n);
    let end = feed.unwrap_or(bytes.len());
    let next = feed.map_or(bytes.len(), |feed| feed + 1);
    // To httpd, which reads lines as C strings, a line ends at a NUL; what follows up to the line feed is lost.
    if let Some(nul) = memchr::memchr(0, &bytes[at..end]) {
        return Physical { end: at + nul, next, goes_on: false };
    }
    let without_return = if bytes[at..end].ends_with(b"\r") { end - 1 } else { end };
    // Only the very last byte counts, and only before a line feed: at the end of the file it stays.
    if feed.is_some() && bytes[at..without_return].ends_with(b"\\") {
        return Physical { end: without_return - 1, next, goes_on: true };
    }
    Physical { end, next, goes_on: false }
}

fn single(bytes: &[u8], start: usize, line: &Physical) -> Line {
    let text = &bytes[start..line.end];
    let lead = text.iter().take_while(|b| is_blank(**b)).count();
    let tail = text[lead..].iter().rev().take_while(|b| is_blank(**b)).count();
    let len = text.len() - lead - tail;
    let is_comment = text.get(lead) == Some(&b'#');
    match (u32::try_from(lead), u32::try_from(len)) {
        (Ok(lead), Ok(len)) => Line { span: start..line.next, lead, len, is_comment, joined: None },
        // Longer than httpd itself takes a line to be.
        _ => trimmed(start..line.next, Joined { text: text.to_vec(), pieces: vec![(0, start)] }),
    }
}

fn trimmed(span: Span, mut joined: Joined) -> Line {
    let lead = joined.text.iter().take_while(|b| is_blank(**b)).count();
    joined.text.drain(..lead);
    let keep = joined.text.len() - joined.text.iter().rev().take_while(|b| is_blank(**b)).count();
    joined.text.truncate(keep);
    let mut shifted: Vec<(usize, usize)> = Vec::with_capacity(joined.pieces.len());
    for (in_text, in_file) in joined.pieces {
        match in_text.checked_sub(lead) {
            Some(in_text) => shifted.push((in_text, in_file)),
            None => {
                shifted.clear();
                shifted.push((0, in_file + (lead - in_text)));
            }
        }
    }
    let is_comment = joined.text.first() == Some(&b'#');
    let joined = Joined { text: joined.text, pieces: shifted };
    Line { span, lead: 0, len: 0, is_comment, joined: Some(Box::new(joined)) }
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
        lines.iter().map(|line| String::from_utf8_lossy(line.text(text.as_bytes())).into_owned()).collect()
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
        assert_eq!(line.text(text.as_bytes()), b"ab   cd");
        assert_eq!((line.offset(0), line.offset(1), line.offset(5), line.offset(6)), (2, 3, 9, 10));
        assert_eq!(&text[line.content()], "ab \\\n  cd");
        // The first piece may be nothing but blanks.
        let text = b" \\\n x\n";
        let line = &lines(text)[0];
        assert_eq!((line.text(text), line.offset(0)), (&b"x"[..], 4));
    }
}
