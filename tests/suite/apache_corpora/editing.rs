//! Edits of real files: in one place alone, only once, and taken back to the last byte.

use super::machine::{answers, machine, plan_for, sites};
use super::{corpora, good_files, variants};
use crate::turned::taken_back;
use guacfront::model::{Answers, FileChange};

/// Plans for the first sites of every variant of every file; a second plan must change nothing, and what was replaced
/// put back must be the file.
fn every_plan(answers: &Answers, mut look: impl FnMut(&str, &FileChange)) -> usize {
    let Some(folder) = corpora() else { return usize::MAX };
    let mut planned = 0;
    for (name, bytes) in good_files(&folder) {
        for variant in variants(&bytes) {
            let findings = machine(&variant);
            for index in 0..sites(&findings).min(3) {
                let plan =
                    plan_for(&findings, answers, index).unwrap_or_else(|error| panic!("{name}: {error}"));
                let changes: Vec<_> = plan.changes().collect();
                let [change] = changes.as_slice() else { panic!("{name}: one file is edited") };
                look(&name, change);
                assert_eq!(taken_back(change), &*change.before.bytes, "{name}: undone it is as it was");
                let again = plan_for(&machine(&change.after), answers, index).expect("a second plan");
                assert_eq!(again.changes().count(), 0, "{name}: the second plan changes something");
                planned += 1;
            }
        }
    }
    planned
}

/// Whether the file has it already: it is then taken over where it stands.
fn has_guacamole(change: &FileChange) -> bool {
    change.before.bytes.windows(9).any(|bytes| bytes == b"guacamole")
}

#[test]
fn an_insertion_touches_one_place_and_a_second_plan_nothing() {
    let planned = every_plan(&answers("/guacfront-test/", "/guacamole/", true), |name, change| {
        if has_guacamole(change) {
            return;
        }
        let [edit] = change.changes.as_slice() else { panic!("{name}: {:?}", change.changes) };
        assert!(edit.from.is_empty(), "{name}: something is replaced");
        let after = &change.after[edit.to.clone()];
        let region = String::from_utf8(after.to_vec()).expect("ours is text");
        assert!(region.contains("# guacfront begin ") && region.contains("# guacfront end"), "{name}");
        let crlf = change.before.bytes.windows(2).filter(|pair| pair == b"\r\n").count();
        let feeds = change.before.bytes.iter().filter(|byte| **byte == b'\n').count();
        if crlf == feeds && feeds > 0 {
            assert!(!region.replace("\r\n", "").contains('\n'), "{name}: its lines end as the file's do");
        }
    });
    assert!(planned > 200, "only {planned} insertions");
}

#[test]
fn logs_are_given_a_condition_and_nothing_else_is_touched() {
    let planned = every_plan(&answers("/guacfront-test/", "/guacamole/", false), |name, change| {
        if has_guacamole(change) {
            return;
        }
        let mut regions = 0;
        for edit in &change.changes {
            assert!(edit.from.is_empty(), "{name}: something is replaced");
            let text = &change.after[edit.to.clone()];
            match text {
                b" env=!guacfront_tunnel" => {}
                _ => regions += 1,
            }
        }
        assert_eq!(regions, 1, "{name}");
    });
    assert!(planned > 200, "only {planned} plans");
}
