//! What changes, line by line: the one source of the preview and of every printed diff.
//!
//! The edits' spans say which lines are touched, so no diff algorithm runs over a whole file.

use crate::model::{Change, FileChange};
use similar::{ChangeTag, TextDiff};
use std::fmt::Write as _;
use std::ops::Range;

/// What happens to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It stays.
    Same,
    /// It is new.
    Added,
    /// It goes.
    Removed,
}

impl Mark {
    /// The sign in front of the line: colour alone says nothing.
    pub fn sign(self) -> char {
        match self {
            Self::Same => ' ',
            Self::Added => '+',
            Self::Removed => '-',
        }
    }
}

/// One line of a diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What happens to it.
    pub mark: Mark,
    /// Its bytes, line ending included where it has one.
    pub text: Vec<u8>,
    /// Its number before, 1-based; `None` for a new line.
    pub old: Option<usize>,
    /// Its number afterwards, 1-based; `None` for a line that goes.
    pub new: Option<usize>,
}

/// Every line of a change, the unchanged ones too: the file as it will be, with what goes still to be seen.
pub fn whole(change: &FileChange) -> Vec<Line> {
    lines(&change.before.bytes, &change.after, &change.changes)
}

/// Every line between two versions of a file whose edits are not known.
pub fn between(before: &[u8], after: &[u8]) -> Vec<Line> {
    let all = Change { from: 0..before.len(), to: 0..after.len(), field: None, why: String::new() };
    lines(before, after, &[all])
}

/// The unified diff of a change, `---` and `+++` lines included; empty where nothing changes.
///
/// # Shape
/// As `diff -u` prints it and `patch` reads it, with three lines of context; the file's own bytes, so that what is
/// not UTF-8 stays as it is.
pub fn unified(path: &str, lines: &[Line]) -> Vec<u8> {
    let hunks = hunks(lines, 3);
    if hunks.is_empty() {
        return Vec::new();
    }
    let mut out = format!("--- {}\n+++ {}\n", name('a', path), name('b', path)).into_bytes();
    for hunk in hunks {
        out.extend_from_slice(header(lines, &hunk).as_bytes());
        for line in &lines[hunk] {
            out.push(line.mark.sign() as u8);
            out.extend_from_slice(&line.text);
            if !line.text.ends_with(b"\n") {
                out.extend_from_slice(b"\n\\ No newline at end of file\n");
            }
        }
    }
    out
}

/// A file's name in the head of a diff, in quotes where it holds what would break the line or reach a terminal.
///
/// # Source
/// `patch` and git read a name in quotes as C reads a string.
fn name(side: char, path: &str) -> String {
    let plain = |c: char| !c.is_control() && c != '"' && c != '\\';
    if path.chars().all(plain) {
        return format!("{side}{path}");
    }
    let escaped: String = path
        .bytes()
        .map(|byte| match byte {
            b'"' | b'\\' => format!("\\{}", char::from(byte)),
            b' '..=b'~' => char::from(byte).to_string(),
            byte => format!("\\{byte:03o}"),
        })
        .collect();
    format!("\"{side}{escaped}\"")
}

/// The ranges of lines that a diff with so many lines of context shows.
pub fn hunks(lines: &[Line], context: usize) -> Vec<Range<usize>> {
    let mut hunks: Vec<Range<usize>> = Vec::new();
    for (at, _) in lines.iter().enumerate().filter(|(_, line)| line.mark != Mark::Same) {
        let start = at.saturating_sub(context);
        let end = (at + 1 + context).min(lines.len());
        match hunks.last_mut() {
            Some(last) if start <= last.end => last.end = end,
            _ => hunks.push(start..end),
        }
    }
    hunks
}

/// The `@@` line of a hunk.
pub fn header(lines: &[Line], hunk: &Range<usize>) -> String {
    let count = |number: fn(&Line) -> Option<usize>| {
        let inside: Vec<usize> = lines[hunk.clone()].iter().filter_map(number).collect();
        // An empty side names the line before it.
        let before = lines[..hunk.start].iter().rev().find_map(number).unwrap_or(0);
        (inside.first().copied().unwrap_or(before), inside.len())
    };
    let (old, new) = (count(|line| line.old), count(|line| line.new));
    let mut text = String::from("@@ -");
    for ((start, len), end) in [(old, " +"), (new, " @@\n")] {
        let _ = write!(text, "{start}");
        if len != 1 {
            let _ = write!(text, ",{len}");
        }
        text.push_str(end);
    }
    text
}

fn lines(before: &[u8], after: &[u8], changes: &[Change]) -> Vec<Line> {
    let mut out = Lines { all: Vec::new(), old: 0, new: 0 };
    let (mut old_at, mut new_at) = (0, 0);
    for (from, to) in touched(before, after, changes) {
        out.same(&before[old_at..from.start]);
        out.changed(&before[from.clone()], &after[to.clone()]);
        (old_at, new_at) = (from.end, to.end);
    }
    debug_assert_eq!(before[old_at..], after[new_at..], "edits do not account for the difference");
    out.same(&before[old_at..]);
    out.all
}

/// The changes widened to whole lines; those that then touch become one.
fn touched(before: &[u8], after: &[u8], changes: &[Change]) -> Vec<(Range<usize>, Range<usize>)> {
    let mut ranges: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for change in changes.iter().filter(|c| before[c.from.clone()] != after[c.to.clone()]) {
        let from = whole_lines(before, after, change);
        // What is widened over is the same on both sides, so the distance to the edit is too.
        let to_end = change.to.end + (from.end - change.from.end);
        match ranges.last_mut() {
            Some((last_from, last_to)) if from.start <= last_from.end => {
                // Where the last range reached further than this edit's, it reached over this edit.
                let beyond = last_from.end.saturating_sub(from.end);
                last_from.end = last_from.end.max(from.end);
                last_to.end = to_end + beyond;
            }
            _ => {
                let to_start = change.to.start - (change.from.start - from.start);
                ranges.push((from, to_start..to_end));
            }
        }
    }
    ranges
}

fn whole_lines(before: &[u8], after: &[u8], change: &Change) -> Range<usize> {
    let start = before[..change.from.start].iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    let ends_a_line = |bytes: &[u8], range: &Range<usize>| {
        range.end == 0 || range.end == bytes.len() || bytes[range.end - 1] == b'\n'
    };
    let whole =
        start == change.from.start && ends_a_line(before, &change.from) && ends_a_line(after, &change.to);
    let rest = &before[change.from.end..];
    let tail = if whole { 0 } else { rest.iter().position(|&b| b == b'\n').map_or(rest.len(), |at| at + 1) };
    start..change.from.end + tail
}

struct Lines {
    all: Vec<Line>,
    old: usize,
    new: usize,
}

impl Lines {
    fn same(&mut self, bytes: &[u8]) {
        for text in bytes.split_inclusive(|&b| b == b'\n') {
            self.push(Mark::Same, text);
        }
    }

    fn changed(&mut self, before: &[u8], after: &[u8]) {
        for change in TextDiff::from_lines(before, after).iter_all_changes() {
            let mark = match change.tag() {
                ChangeTag::Equal => Mark::Same,
                ChangeTag::Delete => Mark::Removed,
                ChangeTag::Insert => Mark::Added,
            };
            self.push(mark, change.value());
        }
    }

    fn push(&mut self, mark: Mark, text: &[u8]) {
        let old = (mark != Mark::Added).then(|| {
            self.old += 1;
            self.old
        });
        let new = (mark != Mark::Removed).then(|| {
            self.new += 1;
            self.new
        });
        self.all.push(Line { mark, text: text.to_owned(), old, new });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Edit, splice};

    fn shown(before: &str, edits: &[(Range<usize>, &str)]) -> String {
        let edits = edits.iter().map(|(span, text)| Edit {
            span: span.clone(),
            text: text.as_bytes().to_vec(),
            field: None,
            why: String::new(),
        });
        let (after, changes) = splice(before.as_bytes(), edits.collect()).expect("no overlap");
        let lines = lines(before.as_bytes(), &after, &changes);
        String::from_utf8(unified("/f", &lines)).expect("text")
    }

    #[test]
    fn a_word_changed_in_the_middle_of_a_line() {
        assert_eq!(
            shown("a\nb c d\ne\n", &[(4..5, "X")]),
            "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-b c d\n+b X d\n e\n"
        );
    }

    #[test]
    fn lines_inserted_before_a_line() {
        assert_eq!(
            shown("a\nb\n", &[(2..2, "x\ny\n")]),
            "--- a/f\n+++ b/f\n@@ -1,2 +1,4 @@\n a\n+x\n+y\n b\n"
        );
    }

    #[test]
    fn an_insertion_at_the_end_of_a_line_leaves_the_line_itself() {
        assert_eq!(shown("a\nb\n", &[(1..1, "\nx")]), "--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n a\n+x\n b\n");
    }

    #[test]
    fn a_missing_last_newline_is_said() {
        assert_eq!(
            shown("a", &[(1..1, "b")]),
            "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+ab\n\\ No newline at end of file\n"
        );
    }

    #[test]
    fn two_edits_of_one_line_are_one_change() {
        assert_eq!(
            shown("a b c\n", &[(0..1, "x"), (4..5, "z")]),
            "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a b c\n+x b z\n"
        );
    }

    #[test]
    fn far_changes_are_two_hunks() {
        let text = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";
        let diff = shown(text, &[(0..1, "x"), (18..20, "y")]);
        assert_eq!(diff.matches("@@ -").count(), 2, "{diff}");
        assert!(diff.contains("@@ -7,4 +7,4 @@"), "{diff}");
    }

    #[test]
    fn an_edit_that_changes_nothing_is_no_hunk() {
        assert_eq!(shown("a\n", &[(0..1, "a")]), "");
    }

    proptest::proptest! {
        #[test]
        fn the_lines_are_both_files(before in "[ab\n]{0,20}", cut in proptest::collection::vec((0usize..21, 0usize..4, "[xy\n]{0,4}"), 0..3)) {
            let mut at = 0;
            let mut edits = Vec::new();
            for (start, len, text) in cut {
                let start = at + start;
                if start + len > before.len() { break; }
                edits.push(Edit { span: start..start + len, text: text.into_bytes(), field: None, why: String::new() });
                at = start + len;
            }
            let (after, changes) = splice(before.as_bytes(), edits).expect("no overlap");
            let lines = lines(before.as_bytes(), &after, &changes);
            let side = |mark: Mark| -> Vec<u8> {
                lines.iter().filter(|l| l.mark != mark).flat_map(|l| l.text.clone()).collect()
            };
            proptest::prop_assert_eq!(side(Mark::Added), before.as_bytes());
            proptest::prop_assert_eq!(side(Mark::Removed), &*after);
        }
    }
}
