//! Nothing is scrolled past its end, and the help bar promises nothing that a key would not do.

use super::*;

fn labels(wizard: &Wizard) -> Vec<&'static str> {
    Binding::in_context(wizard.context()).filter_map(|binding| wizard.label(binding)).collect()
}

#[test]
fn the_help_was_scrolled_past_its_end() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Enter F1");
    wizard.update(Msg::Room(Room { preview: 9, last: Some(10) }));
    play(&mut wizard, "PgDn PgDn PgDn PgDn PgDn PgDn");
    assert_eq!(wizard.overlay(), Some(Overlay::Help(10)));
    play(&mut wizard, "PgUp");
    assert_eq!(wizard.overlay(), Some(Overlay::Help(6)));
}

#[test]
fn the_result_was_scrolled_past_its_end() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Enter Enter Enter Enter Enter Enter y");
    wizard.update(Msg::Failed("no".into(), Fault::Machine));
    wizard.update(Msg::Room(Room { preview: 0, last: Some(2) }));
    play(&mut wizard, "PgDn PgDn PgDn PgUp");
    assert_eq!(wizard.run().top(), 0);
}

#[test]
fn what_is_typed_ahead_of_the_first_frame_of_the_help_scrolls_it() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Enter");
    wizard.update(Msg::Room(Room { preview: 9, last: Some(0) }));
    play(&mut wizard, "F1 PgDn");
    assert_eq!(wizard.overlay(), Some(Overlay::Help(4)));
}

#[test]
fn apply_was_offered_where_there_is_no_plan() {
    let mut findings = findings();
    findings.nginx.as_mut().expect("it is there").problem =
        Some(crate::model::Problem { file: "/etc/nginx/a".into(), at: None, message: "it ends".into() });
    let draft = prefill(&findings);
    let mut wizard = Wizard::new(findings, draft);
    play(&mut wizard, "Enter Enter Enter Enter Enter Enter Enter");
    assert_eq!(wizard.screen(), Screen::Review);
    let labels = labels(&wizard);
    for label in ["apply", "reload", "restart", "write"] {
        assert!(!labels.contains(&label), "{label} is among {labels:?}");
    }
    assert!(labels.contains(&"save") && labels.contains(&"back"));
}

#[test]
fn a_switch_without_its_command_switches_nothing() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Enter Enter Enter Enter Enter");
    let before = wizard.follow_ups();
    assert_eq!(labels(&wizard)[..2], ["apply", "back"]);
    play(&mut wizard, "r t c");
    assert_eq!(wizard.follow_ups(), before, "no service is known that could be told");
}

#[test]
fn what_was_done_cannot_be_gone_back_to_and_is_not_said_to_be() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Enter Enter Enter Enter Enter Enter y");
    wizard.update(Msg::Applied("r1".into()));
    wizard.update(Msg::ProvedAll(1));
    assert!(!labels(&wizard).contains(&"back"));
}

#[test]
fn what_no_plan_can_be_made_for_is_shown_to_be_pasted() {
    let mut findings = findings();
    findings.nginx.as_mut().expect("it is there").problem = Some(crate::model::Problem {
        file: "/etc/nginx/nginx.conf".into(),
        at: None,
        message: "it ends".into(),
    });
    let draft = prefill(&findings);
    let mut wizard = Wizard::new(findings, draft);
    play(&mut wizard, "Enter Enter Enter C-u type:/remote/");
    let (_, file) = wizard.preview().current().expect("the lines are shown");
    assert_eq!(file.by_hand.as_deref(), Some("nginx, inside the server block"));
    let text: String = file.lines.iter().map(|line| String::from_utf8_lossy(&line.text)).collect();
    assert!(text.contains("location ^~ /remote/ {"), "{text}");
    assert_eq!(wizard.preview().rows().len(), file.lines.len(), "every line, and nothing but them");
}
