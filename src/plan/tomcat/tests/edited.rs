//! A valve that was edited by hand since guacfront wrote it.

use super::*;

/// server.xml after a plan in which it was chosen whose lines count.
fn decided(before: &str, edited: Edited) -> (String, Vec<Note>) {
    let (mut hand, mut notes) = (Hand::new(Some(edited)), Vec::new());
    let found = tomcat(before.as_bytes(), "10.1.60");
    let changes = revised(&usual(), &found, &mut hand, &mut notes).expect("it can be planned");
    hand.end(&mut notes).expect("it was chosen");
    let after = changes.first().map_or(before.as_bytes(), |change| &change.after);
    (String::from_utf8(after.to_vec()).expect("text"), notes)
}

#[test]
fn a_valve_edited_by_hand_stays_to_the_byte_or_becomes_guacfronts() {
    let first = text(STOCK);
    let line = "<!-- mine --> ";
    let edited = first
        .replace("remoteIpHeader=\"x-forwarded-for\"", "remoteIpHeader=\"x-real-ip\" hostHeader=\"h\"")
        .replace(
            "<Valve className=\"org.apache.catalina.valves.Remote",
            &format!("{line}<Valve className=\"org.apache.catalina.valves.Remote"),
        );
    assert!(edited.contains(line) && edited.contains("hostHeader"));
    match changes(&usual(), &tomcat(edited.as_bytes(), "10.1.60"), &mut Vec::new()) {
        Err(PlanError::Edited { regions }) => {
            assert_eq!(regions.len(), 1);
            assert_eq!(
                regions[0].line,
                1 + edited[..edited.find("guacfront begin").expect("a mark")].matches('\n').count()
            );
            assert!(String::from_utf8_lossy(&regions[0].stands).contains("hostHeader"));
            let wanted = String::from_utf8_lossy(&regions[0].wanted).into_owned();
            assert!(first.contains(wanted.trim()), "{wanted}");
        }
        other => panic!("{other:?}"),
    }
    let (kept, notes) = decided(&edited, Edited::Keep);
    assert_eq!(kept, edited);
    assert!(notes.iter().any(|note| note.text.contains("edited by hand and is kept")), "{notes:?}");
    let (replaced, _) = decided(&edited, Edited::Replace);
    assert_eq!(replaced, first);
    assert_eq!(text(&replaced), replaced);
}

#[test]
fn an_edit_by_hand_that_nothing_has_to_change_is_not_asked_about() {
    let edited = text(STOCK).replace("protocolHeader=", "hostHeader=\"h\" protocolHeader=");
    assert_eq!(text(&edited), edited);
}
