//! Edits as byte ranges on the original buffer.

use super::Span;
use crate::model::{Change, Field};
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
    let mut out = Vec::with_capacity(bytes.len() + edits.iter().map(|e| e.text.len()).sum::<usize>());
    let mut changes = Vec::with_capacity(edits.len());
    let mut at = 0;
    for edit in edits {
        out.extend_from_slice(bytes.get(at..edit.span.start)?);
        let start = out.len();
        out.extend_from_slice(&edit.text);
        at = edit.span.end;
        if at > bytes.len() || edit.span.start > at {
            return None;
        }
        changes.push(Change { from: edit.span, to: start..out.len(), field: edit.field, why: edit.why });
    }
    out.extend_from_slice(bytes.get(at..)?);
    Some((out.into(), changes))
}

/// The line ending most lines of `bytes` have: `\r\n` or `\n`.
pub fn line_ending(bytes: &[u8]) -> &'static str {
    let (mut crlf, mut lf) = (0_usize, 0_usize);
    for at in memchr::memchr_iter(b'\n', bytes) {
        if bytes[..at].last() == Some(&b'\r') {
            crlf += 1;
        } else {
            lf += 1;
        }
    }
    if crlf > lf { "\r\n" } else { "\n" }
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
