//! A valve that was edited by hand since guacfront wrote it.

use super::*;

/// server.xml after a plan in which it was chosen whose lines count.
fn decided(before: &str, edited: Edited) -> (String, Vec<Note>) {
    let (mut hand, mut notes) = (Hand::new(Some(edited)), Vec::new());
    let found = tomcat(before.as_bytes(), "10.1.60");
    let changes = revised(&usual(), &found, &[], &mut hand, &mut notes).expect("it can be planned");
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
fn whatever_a_hand_has_edited_is_asked_about_as_in_the_other_languages() {
    let first = text(STOCK);
    let valve =
        &first[first.find("<Valve className=\"org.apache.catalina.valves.Remote").expect("a valve")..];
    let valve = &valve[..valve.find("/>").expect("it ends") + 2];
    for edited in [
        first.replace("protocolHeader=", "hostHeader=\"h\" protocolHeader="),
        first.replace(valve, ""),
        first.replace(valve, &format!("<!-- {} -->", &valve[1..valve.len() - 2])),
    ] {
        let refused = changes(&usual(), &tomcat(edited.as_bytes(), "10.1.60"), &mut Vec::new());
        assert!(
            matches!(refused, Err(PlanError::Edited { ref regions }) if regions.len() == 1),
            "{refused:?}"
        );
        assert_eq!(decided(&edited, Edited::Keep).0, edited);
        assert_eq!(decided(&edited, Edited::Replace).0, first);
    }
}

#[test]
fn a_changed_indentation_is_no_edit_and_a_connector_of_another_port_not_meant() {
    let first = text(STOCK);
    let shifted = first.replace("              remoteIpHeader", "\tremoteIpHeader");
    assert_ne!(shifted, first);
    assert_eq!(text(&shifted), shifted);
    let other = |port: &str| answers(port, "127.0.0.1", "127.0.0.1, ::1");
    let (with_own, _) = planned(STOCK.as_bytes(), "10.1.60", &other("8090")).expect("one is added");
    let edited = String::from_utf8(with_own)
        .expect("text")
        .replace("20000\"\n               URIEncoding", "7\"\n               URIEncoding");
    let asked = |port: &str| changes(&other(port), &tomcat(edited.as_bytes(), "10.1.60"), &mut Vec::new());
    assert!(matches!(asked("8090"), Err(PlanError::Edited { .. })));
    assert!(asked("8080").is_ok());
}
