//! Words of a line, as `ap_getword_conf` takes them.

use super::line::is_blank;
use std::borrow::Cow;
use std::ops::Range;

/// A word of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// What httpd reads: without quotes and their escapes.
    pub value: Cow<'a, [u8]>,
    /// Its bytes in the line's text, quotes included.
    pub range: Range<usize>,
}

impl Word<'_> {
    /// The value as text; what is no UTF-8 is replaced.
    pub fn to_text(&self) -> String {
        String::from_utf8_lossy(&self.value).into_owned()
    }
}

impl<'a> Word<'a> {
    /// The same, of a word that is needed no more.
    pub fn into_text(self) -> Cow<'a, str> {
        match self.value {
            Cow::Borrowed(value) => String::from_utf8_lossy(value),
            Cow::Owned(value) => Cow::Owned(String::from_utf8_lossy(&value).into_owned()),
        }
    }
}

/// The words of a text.
pub fn words(text: &[u8]) -> impl Iterator<Item = Word<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += text[at..].iter().take_while(|b| is_blank(**b)).count();
        let word = (at < text.len()).then(|| word(text, at))?;
        at = word.range.end;
        Some(word)
    })
}

fn word(text: &[u8], start: usize) -> Word<'_> {
    let quote = Some(text[start]).filter(|b| matches!(b, b'"' | b'\''));
    let first = start + usize::from(quote.is_some());
    let (mut at, mut has_escapes) = (first, false);
    loop {
        at += plain(&text[at..], quote);
        match text.get(at) {
            Some(b'\\') if is_escape(&text[at..], quote) => {
                has_escapes = true;
                at += 2;
            }
            Some(b'\\') => at += 1,
            _ => break,
        }
    }
    let raw = &text[first..at];
    let value = if has_escapes { Cow::Owned(unescaped(raw, quote)) } else { Cow::Borrowed(raw) };
    // A quote that is not closed ends with the line, without a complaint.
    let end = if quote.is_some() && at < text.len() { at + 1 } else { at };
    Word { value, range: start..end }
}

/// How many bytes come before a backslash or what may end the word.
fn plain(text: &[u8], quote: Option<u8>) -> usize {
    match quote {
        Some(quote) => memchr::memchr2(quote, b'\\', text).unwrap_or(text.len()),
        None => text.iter().take_while(|byte| !is_blank(**byte) && **byte != b'\\').count(),
    }
}

/// Whether a backslash protects what follows it: another backslash, or the quote that the word began with.
fn is_escape(text: &[u8], quote: Option<u8>) -> bool {
    matches!(text, [b'\\', next, ..] if *next == b'\\' || Some(*next) == quote)
}

fn unescaped(mut raw: &[u8], quote: Option<u8>) -> Vec<u8> {
    let mut value = Vec::with_capacity(raw.len());
    while let [first, rest @ ..] = raw {
        let is_escape = is_escape(raw, quote);
        value.push(if is_escape { rest[0] } else { *first });
        raw = &raw[1 + usize::from(is_escape)..];
    }
    value
}

/// Replaces `${NAME}` by what is defined; what is not defined stays as it is.
pub fn expand<'a>(text: &'a [u8], defined: &dyn Fn(&str) -> Option<String>) -> Cow<'a, [u8]> {
    if memchr::memchr(b'$', text).is_none() || memchr::memmem::find(text, b"${").is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = memchr::memmem::find(rest, b"${") {
        let (before, from) = rest.split_at(start);
        out.extend_from_slice(before);
        let Some(end) = from.iter().position(|&b| b == b'}') else {
            rest = from;
            break;
        };
        match std::str::from_utf8(&from[2..end]).ok().and_then(defined) {
            Some(value) => out.extend_from_slice(value.as_bytes()),
            None => out.extend_from_slice(&from[..=end]),
        }
        rest = &from[end + 1..];
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        words(text.as_bytes()).map(|w| String::from_utf8_lossy(&w.value).into_owned()).collect()
    }

    #[test]
    fn quotes_and_escapes() {
        assert_eq!(values(r#"A "b c" 'd "e"' f"g"#), ["A", "b c", "d \"e\"", "f\"g"]);
        assert_eq!(values(r#""a\"b\\c\d""#), [r#"a"b\c\d"#]);
        assert_eq!(values(r"a\\b \c"), [r"a\b", r"\c"]);
        assert_eq!(values(r#""a"b"#), ["a", "b"]);
        assert_eq!(values(r#"x "open end"#), ["x", "open end"]);
        assert_eq!(values("ServerAlias a # b"), ["ServerAlias", "a", "#", "b"]);
    }

    #[test]
    fn variables_are_replaced_before_words_are_taken() {
        let defined = |name: &str| (name == "V").then(|| "x y".to_owned());
        assert_eq!(*expand(b"a ${V} ${W} ${V", &defined), *b"a x y ${W} ${V");
    }
}
