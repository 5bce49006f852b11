//! nginx's tokenizer: contiguous spans that tile the file.
//!
//! # Source
//! `ngx_conf_read_token` in nginx's `src/core/ngx_conf_file.c`. It knows bytes alone: no encoding, no byte order mark,
//! and no white space but blank, tab, carriage return and line feed.

use super::lua;
use crate::config::{Span, SyntaxError};
use memchr::{memchr, memchr_iter};
use std::borrow::Cow;

/// The size of the buffer that a whole word or comment has to fit in, `NGX_CONF_BUFFER`.
const BUFFER: usize = 4096;

/// The bytes that may end a bare word, or make the one after them belong to it.
const ENDS_RUN: [bool; 256] = {
    let mut ends = [false; 256];
    let mut at = 0;
    while at < SPECIAL.len() {
        ends[SPECIAL[at] as usize] = true;
        at += 1;
    }
    ends
};
const SPECIAL: &[u8] = b" \t\r\n;{$\\";

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// White space.
    Blank,
    /// From `#` to the end of the line, the line feed not included.
    Comment,
    /// A word, its quotes and backslashes included.
    Word,
    /// `;`
    Semicolon,
    /// `{`
    Open,
    /// `}`
    Close,
    /// The body of a Lua block, opaque.
    Lua,
}

/// A token: a kind and the bytes that have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its bytes.
    pub span: Span,
}

/// Cuts a file into tokens, each beginning where the last ended.
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    after_quote: bool,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, after_quote: false }
    }

    /// The next token; `None` at the end of the file.
    pub(super) fn next(&mut self) -> Result<Option<Token>, SyntaxError> {
        let start = self.at;
        let Some(&first) = self.bytes.get(start) else { return Ok(None) };
        if self.after_quote && !(is_blank(first) || matches!(first, b';' | b'{' | b')')) {
            let message = format!(
                "unexpected {} after a closing quote; expected a blank, \";\" or \"{{\"",
                shown(first)
            );
            return Err(SyntaxError { offset: start, message });
        }
        self.after_quote = false;
        let (kind, end) = match first {
            b if is_blank(b) => (TokenKind::Blank, self.run(start, |b| !is_blank(b))),
            b'#' => (TokenKind::Comment, self.comment(start)?),
            b';' => (TokenKind::Semicolon, start + 1),
            b'{' => (TokenKind::Open, start + 1),
            b'}' => (TokenKind::Close, start + 1),
            b'"' | b'\'' => {
                self.after_quote = true;
                (TokenKind::Word, self.quoted(start, first)?)
            }
            _ => (TokenKind::Word, self.bare(start)?),
        };
        self.at = end;
        Ok(Some(Token { kind, span: start..end }))
    }

    /// The body of the Lua block whose `{` was the last token.
    pub(super) fn lua_body(&mut self) -> Result<Token, SyntaxError> {
        let start = self.at;
        self.at = lua::body_end(self.bytes, start)?;
        Ok(Token { kind: TokenKind::Lua, span: start..self.at })
    }

    fn run(&self, start: usize, ends: impl Fn(u8) -> bool) -> usize {
        self.bytes[start..].iter().position(|&b| ends(b)).map_or(self.bytes.len(), |len| start + len)
    }

    fn comment(&self, start: usize) -> Result<usize, SyntaxError> {
        let end = memchr(b'\n', &self.bytes[start..]).map_or(self.bytes.len(), |len| start + len);
        fits(start, end - start, BUFFER - 1, "comment")?;
        Ok(end)
    }

    fn quoted(&self, start: usize, quote: u8) -> Result<usize, SyntaxError> {
        let mut at = start + 1;
        while let Some(&byte) = self.bytes.get(at) {
            match byte {
                b'\\' => at += 2,
                b if b == quote => {
                    fits(start, at - start - 1, BUFFER - 2, "quoted word")?;
                    return Ok(at + 1);
                }
                _ => at += 1,
            }
        }
        Err(SyntaxError { offset: start, message: format!("the quote {} is never closed", shown(quote)) })
    }

    fn bare(&self, start: usize) -> Result<usize, SyntaxError> {
        // What the first byte is has been looked at; it can only be ordinary, a backslash or a dollar.
        let mut at = start;
        while let Some(&byte) = self.bytes.get(at) {
            match byte {
                b'\\' => at += 2,
                // After `$` a brace belongs to the word, as in `${name}`, and so do further opening braces.
                b'$' => at = self.run(at + 1, |b| b != b'{'),
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'{' => {
                    fits(start, at - start, BUFFER - 1, "word")?;
                    return Ok(at);
                }
                _ => at = self.run(at + 1, |b| ENDS_RUN[usize::from(b)]),
            }
        }
        Ok(self.bytes.len())
    }
}

/// The value of a word: quotes taken off, escapes resolved.
pub(super) fn decode(raw: &[u8]) -> Cow<'_, [u8]> {
    let inner = unquoted(raw);
    let mut value = Vec::new();
    let mut at = 0;
    while let Some((escape, meant)) = next_escape(inner, at) {
        value.extend_from_slice(&inner[at..escape]);
        value.push(meant);
        at = escape + 2;
    }
    if at == 0 {
        return Cow::Borrowed(inner);
    }
    value.extend_from_slice(&inner[at..]);
    Cow::Owned(value)
}

/// Whether a word's value is this text, without making the value.
#[inline]
pub(super) fn reads_as(raw: &[u8], text: &[u8]) -> bool {
    // Of a million words nearly all are told by their first byte.
    let is_plain = |byte: &u8| !matches!(byte, b'"' | b'\'' | b'\\');
    raw.first().filter(|first| is_plain(first)).is_none_or(|first| text.first() == Some(first))
        && is_read_as(raw, text)
}

fn is_read_as(raw: &[u8], text: &[u8]) -> bool {
    let inner = unquoted(raw);
    let same = inner.iter().zip(text).take_while(|&(own, meant)| own == meant && *own != b'\\').count();
    match inner.get(same) {
        Some(b'\\') => *decode(raw) == *text,
        Some(_) => false,
        None => same == text.len(),
    }
}

/// Where the next backslash stands that means something, and what it means; any other is kept as it is.
fn next_escape(inner: &[u8], from: usize) -> Option<(usize, u8)> {
    memchr_iter(b'\\', &inner[from..]).find_map(|len| {
        let meant = match inner.get(from + len + 1)? {
            escaped @ (b'"' | b'\'' | b'\\') => *escaped,
            b't' => b'\t',
            b'r' => b'\r',
            b'n' => b'\n',
            _ => return None,
        };
        Some((from + len, meant))
    })
}

/// The word without the quotes around it.
fn unquoted(raw: &[u8]) -> &[u8] {
    match raw {
        [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] => inner,
        raw => raw,
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

#[inline]
fn fits(offset: usize, len: usize, limit: usize, what: &str) -> Result<(), SyntaxError> {
    if len <= limit {
        return Ok(());
    }
    let message = format!("this {what} has {len} bytes and nginx reads no more than {limit}");
    Err(SyntaxError { offset, message })
}

pub(super) fn shown(byte: u8) -> String {
    match byte {
        b'"' => "'\"'".to_owned(),
        b if b.is_ascii_graphic() => format!("\"{}\"", char::from(b)),
        b => format!("byte 0x{b:02x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut lexer = Lexer::new(text.as_bytes());
        let mut words = Vec::new();
        while let Some(token) = lexer.next().expect("it can be read") {
            if token.kind == TokenKind::Word {
                words.push(
                    String::from_utf8(decode(&text.as_bytes()[token.span]).into_owned()).expect("text"),
                );
            }
        }
        words
    }

    #[test]
    fn quotes_hashes_and_closing_braces_are_ordinary_inside_a_bare_word() {
        assert_eq!(words("a /a}b /a#b a\"b a)b #c"), ["a", "/a}b", "/a#b", "a\"b", "a)b"]);
    }

    #[test]
    fn a_brace_after_a_dollar_does_not_end_a_word() {
        assert_eq!(
            words(r"location ~ \.php${ x${host}y ${{a {"),
            ["location", "~", r"\.php${", "x${host}y", "${{a"]
        );
        assert_eq!(words(r"${x;"), ["${x"]);
        assert_eq!(words(r"\${x "), [r"\$", "x"]);
    }

    #[test]
    fn a_parenthesis_may_touch_a_closing_quote_and_begins_a_word() {
        assert_eq!(words("if ($a = \"b\"){"), ["if", "($a", "=", "b", ")"]);
    }

    #[test]
    fn a_backslash_keeps_the_next_byte_whatever_it_is() {
        assert_eq!(words("a\\ b\\;c;"), ["a\\ b\\;c"]);
        assert_eq!(words(r#""a\"b\\" 'c\'d' "\t\x""#), ["a\"b\\", "c'd", "\t\\x"]);
    }

    #[test]
    fn only_a_line_feed_ends_a_comment() {
        assert_eq!(words("#a\rb\\\nc"), ["c"]);
    }

    #[test]
    fn refuses_what_touches_a_closing_quote() {
        let mut lexer = Lexer::new(b"\"a\"b;");
        lexer.next().expect("the quoted word itself is fine");
        assert_eq!(lexer.next().expect_err("b touches the quote").offset, 3);
    }

    #[test]
    fn refuses_what_does_not_fit_the_servers_buffer() {
        for (text, good) in [
            ("x".repeat(4095) + ";", true),
            ("x".repeat(4096) + ";", false),
            (format!("\"{}\";", "x".repeat(4094)), true),
            (format!("\"{}\";", "x".repeat(4095)), false),
            (format!("#{}\n", "x".repeat(4094)), true),
            (format!("#{}\n", "x".repeat(4095)), false),
        ] {
            assert_eq!(Lexer::new(text.as_bytes()).next().is_ok(), good, "{} bytes", text.len());
        }
    }
}
