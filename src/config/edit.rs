//! Edits as byte ranges on the original buffer.

use super::Span;
use crate::model::{Change, Field};
use std::io::Write as _;
use std::sync::Arc;

/// One edit: the bytes at `span` become `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes replaced; empty for an insertion.
    pub span: Span,
    /// What stands there afterwards; empty for a removal.
    pub text: Vec<u8>,
    /// The field that causes the edit, for the preview to follow.
    pub field: Option<Field>,
    /// Why, in a sentence.
    pub why: String,
}

/// Applies edits to a buffer; insertions at the same place keep their order.
///
/// # Errors
/// `None` where two edits overlap or one reaches past the end, which is a fault of the caller.
pub fn splice(bytes: &[u8], mut edits: Vec<Edit>) -> Option<(Arc<[u8]>, Vec<Change>)> {
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let added: usize = edits.iter().map(|edit| edit.text.len()).sum();
    let gone: usize = edits.iter().map(|edit| edit.span.len()).sum();
    let len = (bytes.len() + added).checked_sub(gone)?;
    // Made at its full length, as a file of megabytes would be copied once more out of a vector.
    let mut after: Arc<[u8]> = std::iter::repeat_n(0, len).collect();
    let mut out = Arc::get_mut(&mut after)?;
    let mut changes = Vec::with_capacity(edits.len());
    let mut at = 0;
    for edit in edits {
        out.write_all(bytes.get(at..edit.span.start)?).ok()?;
        let start = len - out.len();
        out.write_all(&edit.text).ok()?;
        at = edit.span.end;
        if at > bytes.len() || edit.span.start > at {
            return None;
        }
        changes.push(Change {
            from: edit.span,
            to: start..len - out.len(),
            field: edit.field,
            why: edit.why,
        });
    }
    out.write_all(bytes.get(at..)?).ok()?;
    Some((after, changes))
}

/// The line ending most lines of `bytes` have: `\r\n` or `\n`.
pub fn line_ending(bytes: &[u8]) -> &'static str {
    if memchr::memchr(b'\r', bytes).is_none() {
        return "\n";
    }
    let all = memchr::memchr_iter(b'\n', bytes).count();
    let crlf = memchr::memmem::find_iter(bytes, b"\r\n").count();
    if crlf > all - crlf { "\r\n" } else { "\n" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(span: Span, text: &str) -> Edit {
        Edit { span, text: text.into(), field: None, why: String::new() }
    }

    #[test]
    fn splices_in_file_order_and_says_where_each_edit_went() {
        let (after, changes) =
            splice(b"abcdef", vec![edit(4..5, "E!"), edit(0..0, ">"), edit(1..3, "")]).expect("no overlap");
        assert_eq!(&*after, b">adE!f");
        let places: Vec<_> = changes.iter().map(|c| (c.from.clone(), c.to.clone())).collect();
        assert_eq!(places, [(0..0, 0..1), (1..3, 2..2), (4..5, 3..5)]);
    }

    #[test]
    fn refuses_edits_that_overlap_or_run_over() {
        assert!(splice(b"abc", vec![edit(0..2, ""), edit(1..3, "")]).is_none());
        assert!(splice(b"abc", vec![edit(2..4, "")]).is_none());
    }

    #[test]
    fn takes_the_ending_of_most_lines() {
        assert_eq!(line_ending(b"a\r\nb\r\nc\n"), "\r\n");
        assert_eq!(line_ending(b"a\nb"), "\n");
        assert_eq!(line_ending(b""), "\n");
    }
}
