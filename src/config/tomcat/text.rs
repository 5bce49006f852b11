//! The file's characters, whatever its encoding, with the way back to its bytes.

use crate::config::{Span, SyntaxError};
use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::sync::Arc;

/// A file as UTF-8 text, and where each character of it stands in the file.
#[derive(Clone, Debug)]
pub(super) struct Text {
    /// The file's own bytes where they are UTF-8.
    utf8: Arc<[u8]>,
    encoding: &'static Encoding,
    /// For every byte of the view and its end, the file's byte; `None` where both are the same.
    offsets: Option<Vec<usize>>,
}

impl Text {
    /// Reads the characters of a file: by its byte order mark, else by its declaration, else as UTF-8.
    pub(super) fn decode(bytes: impl Into<Arc<[u8]>>) -> Result<Self, SyntaxError> {
        let bytes: Arc<[u8]> = bytes.into();
        let (encoding, start) = sniff(&bytes)?;
        if encoding == UTF_8 {
            return match std::str::from_utf8(&bytes) {
                Ok(_) => Ok(Self { utf8: bytes, encoding, offsets: None }),
                Err(error) => Err(undecodable(&bytes, error.valid_up_to(), encoding)),
            };
        }
        let mut decoder = encoding.new_decoder_without_bom_handling();
        let mut view = String::with_capacity(bytes.len());
        let mut offsets = Vec::with_capacity(bytes.len() + 1);
        let mut character = start;
        let mut buffer = [0; 16];
        for at in start..=bytes.len() {
            let (input, last) = (bytes.get(at..=at).unwrap_or_default(), at == bytes.len());
            let (result, _, written) = decoder.decode_to_utf8_without_replacement(input, &mut buffer, last);
            if matches!(result, DecoderResult::Malformed(..)) {
                return Err(undecodable(&bytes, character, encoding));
            }
            if written > 0 {
                view.push_str(&String::from_utf8_lossy(&buffer[..written]));
                offsets.resize(view.len(), character);
                character = at + 1;
            }
        }
        offsets.push(bytes.len());
        Ok(Self { utf8: view.into_bytes().into(), encoding, offsets: Some(offsets) })
    }

    /// The file as UTF-8; looked through at each call.
    pub(super) fn view(&self) -> &str {
        std::str::from_utf8(&self.utf8).expect("what is no UTF-8 was refused")
    }

    /// Where a byte of the view stands in the file.
    pub(super) fn offset(&self, at: usize) -> usize {
        match &self.offsets {
            None => at,
            Some(offsets) => offsets.get(at).or(offsets.last()).copied().unwrap_or(at),
        }
    }

    /// The file's bytes of a span of the view.
    pub(super) fn span(&self, span: &Span) -> Span {
        self.offset(span.start)..self.offset(span.end)
    }

    /// Text as the file's bytes; it is ASCII, so every encoding let in can hold it.
    pub(super) fn encode(&self, text: &str) -> Vec<u8> {
        if self.encoding == UTF_16LE {
            text.encode_utf16().flat_map(u16::to_le_bytes).collect()
        } else if self.encoding == UTF_16BE {
            text.encode_utf16().flat_map(u16::to_be_bytes).collect()
        } else {
            text.as_bytes().to_owned()
        }
    }
}

/// The encoding of a file and where its text begins; a UTF-8 byte order mark counts as text.
fn sniff(bytes: &[u8]) -> Result<(&'static Encoding, usize), SyntaxError> {
    match bytes {
        [0xEF, 0xBB, 0xBF, ..] => return Ok((UTF_8, 0)),
        [0xFF, 0xFE, ..] => return Ok((UTF_16LE, 2)),
        [0xFE, 0xFF, ..] => return Ok((UTF_16BE, 2)),
        [b'<', 0, b'?', 0, ..] => return Ok((UTF_16LE, 0)),
        [0, b'<', 0, b'?', ..] => return Ok((UTF_16BE, 0)),
        _ => {}
    }
    let Some(declared) = declared(bytes) else { return Ok((UTF_8, 0)) };
    let name = &bytes[declared.clone()];
    match Encoding::for_label(name) {
        // An encoding whose ASCII bytes may mean something else would not bear an ASCII insertion.
        Some(encoding) if encoding.is_ascii_compatible() => Ok((encoding, 0)),
        _ => Err(SyntaxError {
            offset: declared.start,
            message: format!(
                "the encoding {} cannot be read here; save the file as UTF-8 and declare encoding=\"UTF-8\"",
                String::from_utf8_lossy(name).escape_debug()
            ),
        }),
    }
}

/// The span of the encoding's name in an XML declaration.
fn declared(bytes: &[u8]) -> Option<Span> {
    let rest = bytes.strip_prefix(b"<?xml")?;
    let end = rest.windows(2).position(|two| two == b"?>")?;
    let declaration = &rest[..end];
    let word = b"encoding";
    let mut at = declaration.windows(word.len()).position(|window| window == word)? + word.len();
    let blanks = |at: usize| declaration[at..].iter().take_while(|b| b.is_ascii_whitespace()).count();
    at += blanks(at);
    if declaration.get(at) != Some(&b'=') {
        return None;
    }
    at += 1;
    at += blanks(at);
    let quote = *declaration.get(at).filter(|quote| matches!(quote, b'"' | b'\''))?;
    let length = declaration[at + 1..].iter().position(|b| *b == quote)?;
    let start = b"<?xml".len() + at + 1;
    Some(start..start + length)
}

fn undecodable(bytes: &[u8], offset: usize, encoding: &'static Encoding) -> SyntaxError {
    let byte = bytes.get(offset).map_or_else(|| "the end".to_owned(), |byte| format!("byte 0x{byte:02X}"));
    SyntaxError {
        offset,
        message: format!(
            "{byte} is no {name} text, which the file says it is; declare the encoding it really has, such as \
             <?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>, or save it as {name}",
            name = encoding.name()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_back_to_the_bytes_of_other_encodings() {
        let latin1 = b"<?xml version='1.0' encoding = 'ISO-8859-1'?><a b='\xe9'/>";
        let text = Text::decode(&latin1[..]).expect("it is Latin-1");
        let at = text.view().find("/>").expect("the tag ends");
        assert_eq!(&latin1[text.offset(at)..], b"/>");
        assert_eq!(text.offset(text.view().len()), latin1.len());

        let gbk = b"<?xml version='1.0' encoding='GBK'?><a b='\xd6\xd0\xce\xc4'/>";
        let text = Text::decode(&gbk[..]).expect("it is GBK");
        assert!(text.view().contains("中文"));
        let at = text.view().find("/>").expect("the tag ends");
        assert_eq!(&gbk[text.offset(at)..], b"/>");
    }

    #[test]
    fn leads_back_to_the_bytes_of_utf_16() {
        for little in [true, false] {
            let unit = |unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
            let bytes: Vec<u8> = "\u{feff}<a b='é😀'/>".encode_utf16().flat_map(unit).collect();
            let text = Text::decode(&bytes[..]).expect("it is UTF-16");
            assert_eq!(text.view(), "<a b='é😀'/>");
            let at = text.view().find("/>").expect("the tag ends");
            assert_eq!(&bytes[text.offset(at)..], text.encode("/>"));
        }
    }

    #[test]
    fn refuses_what_is_not_in_its_encoding_and_says_where() {
        let error = Text::decode(&b"<?xml version='1.0'?><a b='\xe9'/>"[..]).expect_err("it is no UTF-8");
        assert_eq!(error.offset, 27);
        assert!(error.message.contains("0xE9") && error.message.contains("UTF-8"), "{error}");
        let error =
            Text::decode(&b"<?xml version='1.0' encoding='EBCDIC-XY'?><a/>"[..]).expect_err("unknown");
        assert!(error.message.contains("EBCDIC-XY") && error.message.contains("UTF-8"), "{error}");
        assert!(Text::decode(&b"<?xml version='1.0' encoding='ISO-2022-JP'?><a/>"[..]).is_err());
        assert!(Text::decode(&b"<?xml version='1.0' encoding='UTF-16'?><a/>"[..]).is_err());
    }
}
