//! Picking from lists, alone on a screen and among other fields.

use super::*;

const TO_THE_OPTIONS: &str = "Enter Enter Enter Enter Enter Enter";

#[test]
fn the_arrows_that_lead_through_a_form_changed_what_they_passed() {
    let mut wizard = wizard();
    play(&mut wizard, TO_THE_OPTIONS);
    let before = wizard.draft().clone();
    play(&mut wizard, "Down Down Down Down Down Down Down Down");
    assert_eq!(wizard.focused(), Some(Field::LogClient), "the last one");
    play(&mut wizard, "Up Up");
    assert_eq!((wizard.focused(), wizard.context()), (Some(Field::PassHost), Context::FormChoice));
    assert_eq!(*wizard.draft(), before);
}

#[test]
fn in_a_form_space_and_the_arrows_aside_pick_and_come_round() {
    let mut wizard = wizard();
    play(&mut wizard, &format!("{TO_THE_OPTIONS} Down Down Down"));
    for (key, picked) in [
        ("Space", "no"),
        ("Space", "yes"),
        ("Right", "no"),
        ("Left", "yes"),
        ("Left", "no"),
        ("y", "yes"),
        ("End", "no"),
    ] {
        play(&mut wizard, key);
        assert_eq!(
            (wizard.draft().text(Field::WebSocket), wizard.focused()),
            (picked, Some(Field::WebSocket)),
            "{key}"
        );
    }
}

#[test]
fn a_list_alone_on_its_screen_ends_where_it_ends() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Right Left");
    assert_eq!((wizard.context(), wizard.site), (Context::Choice, 0));
    play(&mut wizard, "Down Down Down Down");
    assert_eq!(wizard.site, 2, "the new one is the last");
    play(&mut wizard, "k k k k");
    assert_eq!(wizard.site, 0);
}

#[test]
fn what_tomcat_itself_does_is_not_asked_where_it_is_elsewhere() {
    let mut wizard = wizard();
    assert!(wizard.fields(Screen::Options).contains(&Field::LoopbackOnly));
    play(&mut wizard, "Enter Enter Enter Enter Down Down Down Space");
    assert_eq!(wizard.draft().server_xml, "none");
    assert_eq!(wizard.fields(Screen::Options).last(), Some(&Field::PassHost));
}
