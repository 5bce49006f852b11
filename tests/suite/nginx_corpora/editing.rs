//! Edits of real files: in one place alone, or of one location alone, and only once.

use super::machine::{answers, machine, plan_for, sites};
use super::{corpora, good_files, variants};
use crate::turned::taken_back;
use guacfront::config::nginx::Tree;
use guacfront::model::FileChange;
use guacfront::plan::PlanError;

/// A file with its server blocks in an http context, as a main file has them.
pub(super) fn as_main_file(bytes: &[u8]) -> Vec<u8> {
    let has_http = Tree::parse(bytes).is_ok_and(|tree| tree.directives().any(|d| d.is("http")));
    if has_http { bytes.to_vec() } else { [b"http {\n", bytes, b"\n}\n"].concat() }
}

/// Plans for the first sites of every variant of every file; a second plan must change nothing. What was refused.
fn every_plan(public: &str, mut look: impl FnMut(&str, &FileChange)) -> Option<Vec<(String, PlanError)>> {
    let folder = corpora()?;
    let answers = answers(public, "/guacamole/");
    let mut refused = Vec::new();
    for (name, bytes) in good_files(&folder) {
        for variant in variants(&bytes) {
            let findings = machine(&as_main_file(&variant));
            for index in 0..sites(&findings).min(3) {
                let plan = match plan_for(&findings, &answers, index) {
                    Ok(plan) => plan,
                    Err(error) => {
                        refused.push((name.clone(), error));
                        continue;
                    }
                };
                let changes: Vec<_> = plan.changes().collect();
                let [change] = changes.as_slice() else { panic!("{name}: one file is edited") };
                look(&name, change);
                assert_eq!(taken_back(change), &*change.before.bytes, "{name}: undone it is as it was");
                let again = plan_for(&machine(&change.after), &answers, index).expect("a second plan");
                assert_eq!(again.changes().count(), 0, "{name}: the second plan changes something");
            }
        }
    }
    Some(refused)
}

#[test]
fn an_insertion_touches_one_place_and_a_second_plan_nothing() {
    let mut planned = 0;
    let Some(refused) = every_plan("/guacfront-test/", |name, change| {
        planned += 1;
        let (before, after) = (&change.before.bytes, &change.after);
        let (first, last) =
            (change.changes.first().expect("an edit"), change.changes.last().expect("an edit"));
        let (start, end) = (first.from.start, last.from.end);
        assert_eq!(before[..start], after[..start], "{name}");
        assert_eq!(before[end..], after[last.to.end..], "{name}");
        assert!(before[start..end].trim_ascii().is_empty(), "{name}: more than blanks is replaced");
        let region = String::from_utf8(after[start..last.to.end].to_vec()).expect("ours is text");
        assert!(region.contains("# guacfront begin ") && region.contains("# guacfront end"), "{name}");
    }) else {
        return;
    };
    assert!(planned > 400, "only {planned} insertions");
    assert_eq!(refused, []);
}

#[test]
fn a_location_taken_over_keeps_every_byte_that_is_not_in_the_way() {
    let mut taken = 0;
    let Some(refused) = every_plan("/", |name, change| {
        let mut at = (0, 0);
        for edit in &change.changes {
            let kept = (&change.before.bytes[at.0..edit.from.start], &change.after[at.1..edit.to.start]);
            assert_eq!(kept.0, kept.1, "{name}");
            at = (edit.from.end, edit.to.end);
        }
        assert_eq!(change.before.bytes[at.0..], change.after[at.1..], "{name}");
        taken += usize::from(!change.after.windows(15).any(|w| w == b"guacfront begin"));
    }) else {
        return;
    };
    assert!(taken > 200, "only {taken} locations were taken over");
    for (name, error) in refused {
        assert!(matches!(&error, PlanError::Refused { hint, .. } if !hint.is_empty()), "{name}: {error}");
    }
}
