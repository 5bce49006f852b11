//! What changes, line by line: the one source of the preview and of every printed diff.
//!
//! The edits' spans say which lines are touched, so no diff algorithm runs over a whole file.

mod text;

pub use text::Text;

use crate::config::line_start;
use crate::model::{Change, FileChange};
use memchr::{memchr_iter, memrchr_iter};
use similar::{ChangeTag, TextDiff};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

/// How many unchanged lines a hunk has around its changes.
pub const CONTEXT: usize = 3;

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
    pub text: Text,
    /// Its number before, 1-based; `None` for a new line.
    pub old: Option<usize>,
    /// Its number afterwards, 1-based; `None` for a line that goes.
    pub new: Option<usize>,
}

/// Every line of a change, the unchanged ones too: the file as it will be, with what goes still to be seen.
pub fn whole(change: &FileChange) -> Vec<Line> {
    lines(&change.before.bytes, &change.after, &change.changes, Kept::All)
}

/// The lines of a change that its diff shows, and one more on each side of every hunk.
pub fn excerpt(change: &FileChange) -> Vec<Line> {
    lines(&change.before.bytes, &change.after, &change.changes, Kept::Near(CONTEXT + 1))
}

/// Every line between two versions of a file whose edits are not known.
pub fn between(before: &[u8], after: &[u8]) -> Vec<Line> {
    let all = Change { from: 0..before.len(), to: 0..after.len(), field: None, why: String::new() };
    lines(&before.into(), &after.into(), &[all], Kept::All)
}

/// The unified diff of a change, `---` and `+++` lines included; empty where nothing changes.
///
/// # Shape
/// As `diff -u` prints it and `patch` reads it, with three lines of context; the file's own bytes, so that what is
/// not UTF-8 stays as it is.
pub fn unified(path: &str, lines: &[Line]) -> Vec<u8> {
    written(path, lines, |text| Cow::Borrowed(&**text))
}

/// The same for a person to look at: secrets are masked, and what is not UTF-8 is replaced.
pub fn masked(path: &str, lines: &[Line]) -> Vec<u8> {
    written(path, lines, |text| Cow::Owned(text.masked().into_bytes()))
}

fn written<'a>(path: &str, lines: &'a [Line], text: impl Fn(&'a Text) -> Cow<'a, [u8]>) -> Vec<u8> {
    let hunks = hunks(lines, CONTEXT);
    if hunks.is_empty() {
        return Vec::new();
    }
    let mut out = format!("--- {}\n+++ {}\n", name('a', path), name('b', path)).into_bytes();
    for hunk in hunks {
        out.extend_from_slice(header(lines, &hunk).as_bytes());
        for line in &lines[hunk] {
            out.push(line.mark.sign() as u8);
            out.extend_from_slice(&text(&line.text));
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

fn lines(before: &Arc<[u8]>, after: &Arc<[u8]>, changes: &[Change], kept: Kept) -> Vec<Line> {
    let mut out = Lines { all: Vec::new(), before, after, kept, old: 0, new: 0 };
    let (mut old_at, mut new_at) = (0, 0);
    for (from, to) in touched(before, after, changes) {
        out.same(old_at..from.start);
        out.changed(&from, &to);
        (old_at, new_at) = (from.end, to.end);
    }
    debug_assert_eq!(before[old_at..], after[new_at..], "edits do not account for the difference");
    out.same(old_at..before.len());
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
    let start = line_start(before, change.from.start);
    let ends_a_line = |bytes: &[u8], range: &Range<usize>| {
        range.end == 0 || range.end == bytes.len() || bytes[range.end - 1] == b'\n'
    };
    let whole =
        start == change.from.start && ends_a_line(before, &change.from) && ends_a_line(after, &change.to);
    let rest = &before[change.from.end..];
    let tail = if whole { 0 } else { rest.iter().position(|&b| b == b'\n').map_or(rest.len(), |at| at + 1) };
    start..change.from.end + tail
}

/// Which of the unchanged lines are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    All,
    /// So many beside a change.
    Near(usize),
}

struct Lines<'a> {
    all: Vec<Line>,
    before: &'a Arc<[u8]>,
    after: &'a Arc<[u8]>,
    kept: Kept,
    old: usize,
    new: usize,
}

impl Lines<'_> {
    fn same(&mut self, range: Range<usize>) {
        let Kept::Near(count) = self.kept else { return self.every(range) };
        let bytes = &self.before[range.clone()];
        let head = memchr_iter(b'\n', bytes)
            .nth(count.saturating_sub(1))
            .map_or(range.end, |at| range.start + at + 1);
        // The last line may have no line feed of its own.
        let whole = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let tail = memrchr_iter(b'\n', whole)
            .nth(count.saturating_sub(1))
            .map_or(range.start, |at| range.start + at + 1);
        if tail <= head {
            return self.every(range);
        }
        self.every(range.start..head);
        let left_out = memchr_iter(b'\n', &self.before[head..tail]).count();
        self.old += left_out;
        self.new += left_out;
        self.every(tail..range.end);
    }

    fn every(&mut self, range: Range<usize>) {
        let mut start = range.start;
        for feed in memchr_iter(b'\n', &self.before.clone()[range.clone()]) {
            let end = range.start + feed + 1;
            self.push(Mark::Same, start..end);
            start = end;
        }
        if start < range.end {
            self.push(Mark::Same, start..range.end);
        }
    }

    fn changed(&mut self, from: &Range<usize>, to: &Range<usize>) {
        let (mut old_at, mut new_at) = (from.start, to.start);
        let (before, after) = (Arc::clone(self.before), Arc::clone(self.after));
        for change in TextDiff::from_lines(&before[from.clone()], &after[to.clone()]).iter_all_changes() {
            let len = change.value().len();
            let mark = match change.tag() {
                ChangeTag::Equal => Mark::Same,
                ChangeTag::Delete => Mark::Removed,
                ChangeTag::Insert => Mark::Added,
            };
            self.push(mark, if mark == Mark::Added { new_at..new_at + len } else { old_at..old_at + len });
            old_at += if mark == Mark::Added { 0 } else { len };
            new_at += if mark == Mark::Removed { 0 } else { len };
        }
    }

    fn push(&mut self, mark: Mark, range: Range<usize>) {
        let old = (mark != Mark::Added).then(|| {
            self.old += 1;
            self.old
        });
        let new = (mark != Mark::Removed).then(|| {
            self.new += 1;
            self.new
        });
        let file = Arc::clone(if mark == Mark::Added { self.after } else { self.before });
        self.all.push(Line { mark, text: Text { file, range }, old, new });
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
        let of = |kept| lines(&before.as_bytes().into(), &after, &changes, kept);
        let diff = unified("/f", &of(Kept::All));
        assert_eq!(unified("/f", &of(Kept::Near(CONTEXT + 1))), diff, "the excerpt says the same");
        String::from_utf8(diff).expect("text")
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
        fn the_lines_are_both_files(before in "[ab\n]{0,60}", cut in proptest::collection::vec((0usize..41, 0usize..4, "[xy\n]{0,4}"), 0..3)) {
            let mut at = 0;
            let mut edits = Vec::new();
            for (start, len, text) in cut {
                let start = at + start;
                if start + len > before.len() { break; }
                edits.push(Edit { span: start..start + len, text: text.into_bytes(), field: None, why: String::new() });
                at = start + len;
            }
            let (after, changes) = splice(before.as_bytes(), edits).expect("no overlap");
            let of = |kept| super::lines(&before.as_bytes().into(), &after, &changes, kept);
            proptest::prop_assert_eq!(unified("/f", &of(Kept::All)), unified("/f", &of(Kept::Near(CONTEXT + 1))));
            let lines = of(Kept::All);
            let side = |mark: Mark| -> Vec<u8> {
                lines.iter().filter(|l| l.mark != mark).flat_map(|l| l.text.to_vec()).collect()
            };
            proptest::prop_assert_eq!(side(Mark::Added), before.as_bytes());
            proptest::prop_assert_eq!(side(Mark::Removed), &*after);
        }
    }
}
