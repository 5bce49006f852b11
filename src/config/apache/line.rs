//! Logical lines: physical lines joined where one ends in a backslash, comments included.

use crate::config::{Span, SyntaxError};
use std::ops::Range;
use std::sync::Arc;

/// The logical lines of a file; their spans tile it.
///
/// A file of megabytes has a hundred thousand: eight bytes are kept of each, and more of those that are joined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    bytes: Arc<[u8]>,
    written: Vec<Written>,
    /// By index of their line, in order.
    joined: Vec<Joined>,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Written {
    /// Where it begins in the file; it ends where the next begins.
    start: u32,
    /// Where the text begins, counted from there.
    lead: u16,
    /// How long the text is; [`JOINED`] where it is no single piece of the file.
    len: u16,
}

const JOINED: u16 = u16::MAX;

/// The text of a line that is several physical ones, or a very long one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Joined {
    /// Index of its line.
    line: u32,
    /// How many line feeds stand inside logical lines up to the end of this one, their last not counted.
    feeds: u32,
    text: Vec<u8>,
    /// Where pieces of the text begin: offset in the text, offset in the file.
    pieces: Vec<(usize, usize)>,
}

/// A logical line.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    lines: &'a Lines,
    index: usize,
}

impl Lines {
    /// Takes a file apart.
    ///
    /// # Errors
    /// Where it has 4 GiB or more.
    pub fn of(bytes: Arc<[u8]>) -> Result<Self, SyntaxError> {
        SyntaxError::refuse_huge(&bytes)?;
        let count = memchr::memchr_iter(b'\n', &bytes).count() + 1;
        let whole = Arc::clone(&bytes);
        let file = Physicals { bytes: &whole, has_nul: memchr::memchr(0, &whole).is_some() };
        let mut lines = Self { bytes, written: Vec::with_capacity(count), joined: Vec::new() };
        let mut at = 0;
        while at < whole.len() {
            at = lines.take(file, at);
        }
        Ok(lines)
    }

    /// The file.
    pub fn bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.written.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    /// The line of an index.
    pub fn line(&self, index: usize) -> Line<'_> {
        Line { lines: self, index }
    }

    /// All of them.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Line<'_>> {
        self.range(0..self.len())
    }

    /// Some of them.
    pub fn range(&self, indices: Range<usize>) -> impl DoubleEndedIterator<Item = Line<'_>> {
        indices.map(|index| self.line(index))
    }

    /// The number of the physical line that a byte stands in, 1-based.
    pub fn number_at(&self, offset: usize) -> usize {
        let index = self.written.partition_point(|line| line.start as usize <= offset).saturating_sub(1);
        let before = self.joined.partition_point(|joined| (joined.line as usize) < index);
        let inside = before.checked_sub(1).map_or(0, |last| self.joined[last].feeds as usize);
        let start = self.written.get(index).map_or(0, |line| line.start as usize);
        let own =
            memchr::memchr_iter(b'\n', &self.bytes[start..offset.clamp(start, self.bytes.len())]).count();
        index + inside + own + 1
    }

    /// Takes the line in that begins at a byte; where the next begins.
    fn take(&mut self, file: Physicals<'_>, start: usize) -> usize {
        let bytes = file.bytes;
        let first = file.line(start);
        if !first.goes_on || first.next >= bytes.len() {
            self.take_single(&bytes[start..first.end], start);
            return first.next;
        }
        let (mut text, mut pieces) = (Vec::new(), Vec::new());
        let mut at = start;
        loop {
            let piece = file.line(at);
            pieces.push((text.len(), at));
            text.extend_from_slice(&bytes[at..piece.end]);
            at = piece.next;
            if !piece.goes_on || at >= bytes.len() {
                self.take_joined(start, text, pieces);
                return at;
            }
        }
    }

    fn take_single(&mut self, text: &[u8], start: usize) {
        let lead = text.iter().take_while(|b| is_blank(**b)).count();
        let tail = text[lead..].iter().rev().take_while(|b| is_blank(**b)).count();
        match (u16::try_from(lead), u16::try_from(text.len() - lead - tail)) {
            (Ok(lead), Ok(len)) if len < JOINED => {
                self.written.push(Written { start: short(start), lead, len });
            }
            // Longer than httpd itself takes a line to be.
            _ => {
                let text = text.to_vec();
                self.take_joined(start, text, vec![(0, start)]);
            }
        }
    }

    fn take_joined(&mut self, start: usize, mut text: Vec<u8>, pieces: Vec<(usize, usize)>) {
        let lead = text.iter().take_while(|b| is_blank(**b)).count();
        text.drain(..lead);
        let keep = text.len() - text.iter().rev().take_while(|b| is_blank(**b)).count();
        text.truncate(keep);
        let feeds = self.joined.last().map_or(0, |last| last.feeds) + short(pieces.len() - 1);
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
        self.joined.push(Joined { line: short(self.written.len()), feeds, text, pieces: shifted });
        self.written.push(Written { start: short(start), lead: 0, len: JOINED });
    }
}

impl<'a> Line<'a> {
    /// Its physical lines with their line endings.
    pub fn span(self) -> Span {
        let end =
            self.lines.written.get(self.index + 1).map_or(self.lines.bytes.len(), |next| next.start as usize);
        self.start()..end
    }

    /// What httpd reads: joined, blanks at both ends taken off.
    pub fn text(self) -> &'a [u8] {
        match self.joined() {
            Some(joined) => &joined.text,
            None => &self.lines.bytes[self.plain()],
        }
    }

    /// Where a byte of the text stands in the file.
    pub fn offset(self, at: usize) -> usize {
        let Some(joined) = self.joined() else { return self.plain().start + at };
        let piece = joined.pieces.partition_point(|(text, _)| *text <= at).saturating_sub(1);
        joined.pieces.get(piece).map_or(self.start(), |(text, file)| file + (at - text))
    }

    /// The bytes of the file from the first to the last byte of the text.
    pub fn content(self) -> Span {
        match self.text().len() {
            0 => self.start()..self.start(),
            len => self.offset(0)..self.offset(len - 1) + 1,
        }
    }

    /// Whether there is nothing in it but blanks.
    pub fn is_empty(self) -> bool {
        self.text().is_empty()
    }

    /// Whether httpd skips it: empty, or a comment.
    pub fn is_skipped(self) -> bool {
        self.is_comment() || self.is_empty()
    }

    /// Whether it is a comment. A `#` further on in a line is a word like any other.
    pub fn is_comment(self) -> bool {
        self.text().first() == Some(&b'#')
    }

    fn written(self) -> Written {
        self.lines.written[self.index]
    }

    fn start(self) -> usize {
        self.written().start as usize
    }

    fn plain(self) -> Span {
        let Written { start, lead, len } = self.written();
        let start = start as usize + usize::from(lead);
        start..start + usize::from(len)
    }

    fn joined(self) -> Option<&'a Joined> {
        if self.written().len != JOINED {
            return None;
        }
        let all = &self.lines.joined;
        all.binary_search_by_key(&self.index, |joined| joined.line as usize).ok().map(|at| &all[at])
    }
}

/// An offset or an index of a file that was found short enough.
pub(super) fn short(number: usize) -> u32 {
    u32::try_from(number).expect("a file that is longer is refused, and has no more lines than bytes")
}

/// A file, to be cut at its line feeds.
#[derive(Clone, Copy)]
struct Physicals<'a> {
    bytes: &'a [u8],
    /// Looked for once: hardly any file has one.
    has_nul: bool,
}

/// One physical line.
struct Physical {
    /// Where its text ends, the backslash that joins it to the next left out.
    end: usize,
    /// Where the next begins.
    next: usize,
    goes_on: bool,
}

impl Physicals<'_> {
    /// The line that begins at a byte.
    fn line(self, at: usize) -> Physical {
        let rest = &self.bytes[at..];
        let feed = memchr::memchr(b'\n', rest);
        let line = &rest[..feed.unwrap_or(rest.len())];
        let next = feed.map_or(self.bytes.len(), |feed| at + feed + 1);
        // To httpd, which reads lines as C strings, a line ends at a NUL; what follows up to the line feed is lost.
        if self.has_nul
            && let Some(nul) = memchr::memchr(0, line)
        {
            return Physical { end: at + nul, next, goes_on: false };
        }
        // Only the very last byte counts, and only before a line feed: at the end of the file it stays.
        if feed.is_some()
            && let [text @ .., b'\\'] | [text @ .., b'\\', b'\r'] = line
        {
            return Physical { end: at + text.len(), next, goes_on: true };
        }
        Physical { end: at + line.len(), next, goes_on: false }
    }
}

/// White space of the C locale; a no-break space is none.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Lines {
        Lines::of(text.as_bytes().into()).expect("it is short enough")
    }

    fn texts(text: &str) -> Vec<String> {
        let lines = lines(text);
        let tiled: String = lines.iter().map(|line| &text[line.span()]).collect();
        assert_eq!(tiled, text, "the lines tile the file");
        lines.iter().map(|line| String::from_utf8_lossy(line.text()).into_owned()).collect()
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
        let all = lines(text);
        let line = all.line(0);
        assert_eq!(line.text(), b"ab   cd");
        assert_eq!((line.offset(0), line.offset(1), line.offset(5), line.offset(6)), (2, 3, 9, 10));
        assert_eq!(&text[line.content()], "ab \\\n  cd");
        // The first piece may be nothing but blanks.
        let all = lines(" \\\n x\n");
        let line = all.line(0);
        assert_eq!((line.text(), line.offset(0)), (&b"x"[..], 4));
    }

    #[test]
    fn a_line_longer_than_its_offsets_is_read_like_any_other() {
        let (blanks, word) = (" ".repeat(70_000), "x".repeat(70_000));
        assert_eq!(texts(&format!("{word}\n{blanks}a\nb\n")), [word.as_str(), "a", "b"]);
        let text = format!("{}a\n{word}\nb", &blanks[..65_535]);
        let all = lines(&text);
        assert_eq!(
            (all.line(0).offset(0), all.line(1).content(), all.number_at(text.len())),
            (65_535, 65_537..135_537, 3)
        );
        let text = "x".repeat(65_535);
        assert_eq!(lines(&text).line(0).text().len(), 65_535);
    }

    #[test]
    fn a_byte_knows_its_physical_line_whatever_is_joined_before_it() {
        for text in ["", "a", "a\n", "a \\\nb\n\nc \\\r\n\\\n d\ne", "a\\\n", "\n\nx\0 \\\n"] {
            for offset in 0..=text.len() {
                let (line, _) = crate::config::position(text.as_bytes(), offset);
                assert_eq!(lines(text).number_at(offset), line, "{text:?} at {offset}");
            }
        }
    }
}
