//! Taking a change out of a file that was changed again since.

use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::ops::Range;

/// The file as it is now without what changed `before` to `after`; `None` where another hand has been at the lines of
/// that change.
///
/// Whole lines are compared and nothing is understood of them: a region that was edited inside, moved or taken apart
/// is not taken out.
pub(super) fn without(before: &[u8], after: &[u8], now: &[u8]) -> Option<Vec<u8>> {
    let [before, after, now] =
        [before, after, now].map(|bytes| bytes.split_inclusive(|&b| b == b'\n').collect::<Vec<_>>());
    let back = hunks(&after, &before);
    let theirs = hunks(&after, &now);
    if back.iter().any(|own| theirs.iter().any(|other| collide(&own.0, &other.0))) {
        return None;
    }
    let mut all: Vec<(Range<usize>, &[&[u8]])> = back
        .iter()
        .map(|(at, put)| (at.clone(), &before[put.clone()]))
        .chain(theirs.iter().map(|(at, put)| (at.clone(), &now[put.clone()])))
        .collect();
    // Two that begin at one line: what is put before it comes before what is done to it.
    all.sort_by_key(|(at, _)| (at.start, at.end));
    let mut merged = Vec::new();
    let mut done = 0;
    for (at, put) in all {
        merged.extend(after[done..at.start].concat());
        merged.extend(put.concat());
        done = at.end;
    }
    merged.extend(after[done..].concat());
    Some(merged)
}

type Hunk = (Range<usize>, Range<usize>);

/// Where two texts differ: lines of the one, and the lines of the other that stand for them.
fn hunks(old: &[&[u8]], new: &[&[u8]]) -> Vec<Hunk> {
    capture_diff_slices(Algorithm::Patience, old, new)
        .into_iter()
        .filter(|op| !matches!(op, DiffOp::Equal { .. }))
        .map(|op| (op.old_range(), op.new_range()))
        .collect()
}

/// Whether two changes of one text touch the same line, or put something at the same place.
fn collide(one: &Range<usize>, other: &Range<usize>) -> bool {
    let inside = |point: usize, range: &Range<usize>| range.start < point && point < range.end;
    match (one.is_empty(), other.is_empty()) {
        (true, true) => one.start == other.start,
        (true, false) => inside(one.start, other),
        (false, true) => inside(other.start, one),
        (false, false) => one.start < other.end && other.start < one.end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "server {\n    listen 80;\n}\n";
    const AFTER: &str = "server {\n    listen 80;\n# begin\n    location / {\n    }\n# end\n}\n";

    fn merged(now: &str) -> Option<String> {
        let merged = without(BEFORE.as_bytes(), AFTER.as_bytes(), now.as_bytes());
        merged.map(|bytes| String::from_utf8(bytes).expect("text"))
    }

    #[test]
    fn an_edit_elsewhere_stays_and_the_change_goes() {
        for (edit, put) in [
            ("listen 80;", "listen 81;"),
            ("server {\n", "# mine\nserver {\n"),
            ("# end\n}\n", "# end\n}\n# mine\n"),
        ] {
            let wanted =
                BEFORE.replace(edit.trim_start_matches("# end\n"), put.trim_start_matches("# end\n"));
            assert_eq!(merged(&AFTER.replace(edit, put)).as_deref(), Some(wanted.as_str()), "{put}");
        }
        assert_eq!(merged(AFTER).as_deref(), Some(BEFORE));
    }

    #[test]
    fn a_line_beside_the_change_stays_on_its_side() {
        let now = AFTER.replace("# begin", "# mine\n# begin").replace("# end\n", "# end\n# mine too\n");
        assert_eq!(merged(&now).as_deref(), Some("server {\n    listen 80;\n# mine\n# mine too\n}\n"));
    }

    #[test]
    fn an_edit_of_the_change_itself_is_not_lost() {
        for now in [
            AFTER.replace("location /", "location /x"),
            AFTER.replace("    }\n", "        deny all;\n    }\n"),
            AFTER.replace("# begin\n", ""),
            AFTER.replace("    location / {\n    }\n", ""),
            String::new(),
        ] {
            assert_eq!(merged(&now), None, "{now}");
        }
    }

    #[test]
    fn a_changed_line_gets_its_old_self_back() {
        let (before, after) = (b"a\nport 1\nb\n".as_slice(), b"a\nport 1 utf8\nb\n".as_slice());
        assert_eq!(
            without(before, after, b"x\na\nport 1 utf8\nb\ny").as_deref(),
            Some(b"x\na\nport 1\nb\ny".as_slice())
        );
        assert_eq!(without(before, after, b"a\nport 2 utf8\nb\n"), None);
    }

    #[test]
    fn lines_that_were_taken_out_come_back_where_nobody_put_others() {
        let (before, after) = (b"a\nold\nb\n".as_slice(), b"a\nb\n".as_slice());
        assert_eq!(without(before, after, b"a\nb\nmine\n").as_deref(), Some(b"a\nold\nb\nmine\n".as_slice()));
        assert_eq!(without(before, after, b"a\nmine\nb\n"), None);
    }
}
