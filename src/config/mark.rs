//! The marks around what guacfront wrote, so that a second run finds it and sees whether a hand has been at it since.

use super::{Span, line_start};
use memchr::memmem::Finder;
use sha2::{Digest as _, Sha256};
use std::sync::LazyLock;

/// The word that begins a region, in a comment of the language.
pub const MARK_BEGIN: &str = "guacfront begin";
/// The word that ends a region.
pub const MARK_END: &str = "guacfront end";

static BEGIN: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(MARK_BEGIN));
static END: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(MARK_END));

/// A region between marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The whole region: from the first byte of the begin mark's line to the last byte of the end mark's line, its
    /// line ending included where there is one.
    pub span: Span,
    /// What stands between the two lines.
    pub body: Span,
    /// Whether the body is as guacfront wrote it.
    pub intact: bool,
}

impl Mark {
    /// The short hash that the begin mark carries, of the body without its lines' leading and trailing blanks: a
    /// changed indentation or line ending is no change of meaning.
    pub fn hash(body: &[u8]) -> String {
        let mut hasher = Sha256::new();
        for line in body.split(|&b| b == b'\n') {
            let line = line.trim_ascii();
            if !line.is_empty() {
                hasher.update(line);
                hasher.update(b"\n");
            }
        }
        hasher.finalize()[..5].iter().map(|b| format!("{b:02x}")).collect()
    }

    /// Finds the regions whose begin and end marks stand in the given comments, which are in file order.
    ///
    /// A begin mark without an end mark before the next begin mark is no region: somebody has taken it apart.
    pub fn find(bytes: &[u8], comments: impl IntoIterator<Item = Span>) -> Vec<Self> {
        let mut found = Vec::new();
        let mut open: Option<(Span, String)> = None;
        for comment in comments {
            let text = &bytes[comment.clone()];
            if let Some(at) = BEGIN.find(text) {
                let rest = String::from_utf8_lossy(&text[at + MARK_BEGIN.len()..]);
                let hash = rest.split_whitespace().next().unwrap_or_default();
                open = Some((comment.clone(), hash.to_owned()));
            } else if let Some((begin, hash)) = open.take_if(|_| END.find(text).is_some()) {
                let start = line_start(bytes, begin.start);
                let end = line_end(bytes, comment.end);
                let body = line_end(bytes, begin.end)..line_start(bytes, comment.start);
                if body.start <= body.end {
                    let intact = Self::hash(&bytes[body.clone()]) == hash;
                    found.push(Self { span: start..end, body, intact });
                }
            }
        }
        found
    }
}

fn line_end(bytes: &[u8], offset: usize) -> usize {
    // A comment's span may already hold its line ending.
    if offset > 0 && bytes[offset - 1] == b'\n' {
        return offset;
    }
    bytes[offset..].iter().position(|&b| b == b'\n').map_or(bytes.len(), |at| offset + at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comments(bytes: &[u8]) -> Vec<Span> {
        let mut at = 0;
        let mut found = Vec::new();
        for line in bytes.split_inclusive(|&b| b == b'\n') {
            if let Some(hash) = line.iter().position(|&b| b == b'#') {
                found.push(at + hash..at + line.len());
            }
            at += line.len();
        }
        found
    }

    #[test]
    fn finds_a_region_and_whether_it_is_intact() {
        let body = "    location / {\n    }\n";
        let hash = Mark::hash(body.as_bytes());
        let text = format!("a;\n    # {MARK_BEGIN} {hash}\n{body}    # {MARK_END}\nb;\n");
        let found = Mark::find(text.as_bytes(), comments(text.as_bytes()));
        assert_eq!(found.len(), 1);
        assert!(found[0].intact);
        assert_eq!(&text[found[0].body.clone()], body);
        assert_eq!(&text[..found[0].span.start], "a;\n");
        assert_eq!(&text[found[0].span.end..], "b;\n");

        let edited = text.replace("location /", "location /x");
        assert!(!Mark::find(edited.as_bytes(), comments(edited.as_bytes()))[0].intact);
        let reindented = text.replace("    ", "\t").replace('\n', "\r\n");
        assert!(Mark::find(reindented.as_bytes(), comments(reindented.as_bytes()))[0].intact);
    }

    #[test]
    fn half_a_region_is_none() {
        let text = format!("# {MARK_BEGIN} x\n# {MARK_BEGIN} y\n");
        assert!(Mark::find(text.as_bytes(), comments(text.as_bytes())).is_empty());
        let text = format!("# {MARK_END}\n");
        assert!(Mark::find(text.as_bytes(), comments(text.as_bytes())).is_empty());
    }
}
