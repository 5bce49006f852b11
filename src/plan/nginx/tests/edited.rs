//! A region that was edited by hand since guacfront wrote it.

use super::*;

/// The site file after a plan in which it was chosen whose lines count.
fn decided(answers: &Answers, site: &str, edited: Edited) -> (String, Vec<Note>) {
    let (nginx, mut notes, mut hand) = (findings(site), Vec::new(), Hand::new(Some(edited)));
    let changes =
        super::super::changes(answers, &nginx, &site_of(&nginx), &mut hand, &mut notes).expect("a plan");
    hand.end(&mut notes).expect("it was chosen");
    let after = changes.first().map(|change| String::from_utf8(change.after.to_vec()).expect("text"));
    (after.unwrap_or_else(|| site.to_owned()), notes)
}

#[test]
fn a_region_edited_by_hand_is_refused_with_its_line() {
    let (first, _) = planned(&answers("/guacamole/", "/guacamole/"), STOCK);
    let edited = first.replace("3600s", "60s");
    let error = try_plan(&answers("/guacamole/", "/guacamole/"), &edited).expect_err("it was edited");
    let PlanError::Edited { regions } = &error else { panic!("{error}") };
    assert_eq!((regions.len(), regions[0].line), (1, 10));
    assert!(regions[0].stands.windows(3).any(|text| text == b"60s"));
    assert!(regions[0].wanted.windows(5).any(|text| text == b"3600s"));
    assert!(error.to_string().contains("/e/s/site:10") && error.hint().contains("--edited keep"), "{error}");
}

#[test]
fn a_region_edited_by_hand_stays_to_the_byte_or_becomes_guacfronts() {
    let usual = answers("/guacamole/", "/guacamole/");
    let (first, _) = planned(&usual, STOCK);
    let edited = first.replace("3600s", "60s");
    let (kept, notes) = decided(&usual, &edited, Edited::Keep);
    assert_eq!(kept, edited);
    assert!(notes.iter().any(|note| note.text.contains("edited by hand and is kept")), "{notes:?}");
    // Also where the answers ask for another path, which then has no effect.
    assert_eq!(decided(&answers("/remote/", "/guacamole/"), &edited, Edited::Keep).0, edited);
    assert_eq!(decided(&answers("/", "/guacamole/"), &edited, Edited::Keep).0, edited);
    assert!(try_plan(&usual, &edited).is_err(), "it is asked again");

    let (replaced, _) = decided(&usual, &edited, Edited::Replace);
    assert_eq!(replaced, first);
    assert_eq!(planned(&usual, &replaced).0, replaced);
}
