//! Whether the backend answers: looked at beside the person, one look at a time.

use super::*;

fn at_backend() -> Wizard {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Enter Enter");
    assert_eq!(wizard.screen(), Screen::Backend);
    wizard
}

fn line(text: &str) -> FindingLine {
    FindingLine { about: "", text: text.into(), warning: false }
}

fn asked(effects: &[Effect]) -> BackendAddress {
    match effects {
        [Effect::AskBackend(address)] => address.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_backend_is_asked_when_nobody_types_and_once() {
    let mut wizard = at_backend();
    assert_eq!(wizard.backend(), Some(BackendLook::Unasked));
    let address = asked(&wizard.update(Msg::Paused));
    assert_eq!((address.host.to_string().as_str(), address.port.to_string().as_str()), ("127.0.0.1", "8080"));
    assert_eq!(wizard.backend(), Some(BackendLook::Asking));
    assert!(!wizard.is_to_ask() && wizard.update(Msg::Paused).is_empty(), "one look at a time");
    wizard.update(Msg::Answered(address, line("Guacamole 1.6.0 answers there")));
    assert_eq!(wizard.backend(), Some(BackendLook::Known(&line("Guacamole 1.6.0 answers there"))));
    assert!(!wizard.is_to_ask());
}

#[test]
fn what_is_told_of_an_address_that_was_typed_over_is_dropped() {
    let mut wizard = at_backend();
    let old = asked(&wizard.update(Msg::Paused));
    play(&mut wizard, "Tab Backspace type:1");
    assert!(!wizard.is_to_ask(), "the first look is still under way");
    wizard.update(Msg::Answered(old, line("Guacamole 1.6.0 answers there")));
    assert_eq!(wizard.backend(), Some(BackendLook::Unasked));
    assert_eq!(asked(&wizard.update(Msg::Paused)).port.to_string(), "8081");
}

#[test]
fn a_wrong_address_is_not_asked() {
    let mut wizard = at_backend();
    play(&mut wizard, "C-u type:300.1.1.1");
    assert_eq!((wizard.backend(), wizard.is_to_ask()), (None, false));
}

#[test]
fn a_look_under_way_holds_no_key_up() {
    let mut wizard = at_backend();
    let address = asked(&wizard.update(Msg::Paused));
    play(&mut wizard, "Enter");
    assert_eq!((wizard.screen(), wizard.backend()), (Screen::Trust, None));
    wizard.update(Msg::Answered(address, line("connection refused")));
    play(&mut wizard, "Esc");
    assert!(wizard.is_to_ask(), "who comes back is told anew");
}

#[test]
fn below_a_root_prefix_nothing_is_asked() {
    let findings = Findings { root: Some("/demo".into()), ..findings() };
    let draft = prefill(&findings);
    let mut wizard = Wizard::new(findings, draft);
    play(&mut wizard, "Enter Enter Enter Enter");
    assert_eq!((wizard.screen(), wizard.backend()), (Screen::Backend, None));
    assert!(wizard.update(Msg::Paused).is_empty());
}
