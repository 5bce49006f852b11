//! What can be done while the machine is still being looked at.

use super::*;

fn found() -> Msg {
    let findings = findings();
    let draft = prefill(&findings);
    Msg::Found(Box::new((findings, draft)))
}

#[test]
fn what_is_typed_meanwhile_is_done_afterwards() {
    let mut wizard = Wizard::looking();
    assert!(play(&mut wizard, "Enter Enter Enter C-u type:/remote/").is_empty());
    assert_eq!((wizard.screen(), wizard.context()), (Screen::Machine, Context::Looking));
    assert!(wizard.update(found()).is_empty());
    assert_eq!(wizard.screen(), Screen::PublicPath);
    assert_eq!(wizard.draft().public_path, "/remote/");
}

#[test]
fn nobody_has_to_wait_to_leave() {
    let mut wizard = Wizard::looking();
    assert_eq!(play(&mut wizard, "Enter C-z C-l C-c"), [Effect::Suspend, Effect::Redraw, Effect::Quit]);
}

#[test]
fn what_was_found_begins_once() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter");
    wizard.update(found());
    assert_eq!((wizard.screen(), wizard.is_looking()), (Screen::Machine, false));
}

#[test]
fn what_the_rules_say_comes_to_what_was_found() {
    let mut wizard = Wizard::looking();
    wizard.update(found());
    assert_eq!(wizard.condition(), None);
    let line = FindingLine { about: "check", text: "1 error".into(), warning: true };
    assert!(wizard.update(Msg::Judged(line.clone())).is_empty());
    assert_eq!(wizard.condition(), Some(&line));
}
