//! Picking from lists, alone on a screen and among other fields.

use super::*;
use crate::model::Stranger;
use crate::plan::PlanError;
use std::path::Path;

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

#[test]
fn a_name_is_found_among_many_by_its_beginning() {
    let mut findings = findings();
    let nginx = findings.nginx.as_mut().expect("it is there");
    let like = nginx.sites[1].clone();
    for name in ["portal-1.test", "portal-2.test", "portal-20.test", "jukebox.test"] {
        nginx.sites.push(Site { names: vec![name.into()], ..like.clone() });
    }
    let draft = prefill(&findings);
    let mut wizard = Wizard::new(findings, draft);
    play(&mut wizard, "Enter Enter");
    let mut picked = |script: &str| {
        play(&mut wizard, script);
        let site = wizard.chosen_site().map_or("a new one", |site| site.names[0].as_str()).to_owned();
        (site, wizard.sought().to_owned())
    };
    let wanted = |site: &str, sought: &str| (site.to_owned(), sought.to_owned());
    assert_eq!(picked("type:portal-2"), wanted("portal-2.test", "portal-2"));
    assert_eq!(picked("0"), wanted("portal-20.test", "portal-20"));
    assert_eq!(picked("p"), wanted("portal-1.test", "p"), "another one that begins so, round the end");
    assert_eq!(picked("p"), wanted("portal-2.test", "p"));
    assert_eq!(picked("j"), wanted("portal-20.test", "p"), "no name begins so: it is the arrow again");
    assert_eq!(picked("Up"), wanted("portal-2.test", ""));
}

#[test]
fn what_tls_alone_has_is_asked_only_with_a_certificate_or_where_it_is_wrong() {
    use crate::model::{Certificate, NewSiteField::*};
    let mut findings = findings();
    findings.certificates.push(Certificate {
        file: "/etc/ssl/a.pem".into(),
        key: "/etc/ssl/a.key".into(),
        names: vec!["a.test".into()],
        until: None,
        fault: None,
        renewal: None,
        unread: None,
    });
    let draft = prefill(&findings);
    let mut wizard = Wizard::new(findings, draft);
    play(&mut wizard, "Enter Enter End Enter");
    let last = |wizard: &Wizard| wizard.fields(Screen::NewSite).last().copied();
    assert_eq!(last(&wizard), Some(Field::NewSite(Hsts)), "the certificate is suggested");
    play(&mut wizard, "Down Space");
    assert_eq!(last(&wizard), Some(Field::NewSite(HttpPort)));
    play(&mut wizard, "Space Down Down Down C-u type:x Up Up Up Space");
    assert_eq!(last(&wizard), Some(Field::NewSite(Hsts)), "what bars the way is seen");
    play(&mut wizard, "Enter C-y");
    assert_eq!(
        (wizard.draft().text(Field::NewSite(HttpsPort)), last(&wizard)),
        ("443", Some(Field::NewSite(HttpPort)))
    );
    assert_eq!(wizard.focused(), last(&wizard));
}

const STRANGE: &str = "/home/ada/tomcat/conf/server.xml";

fn with_stranger() -> Findings {
    let stranger = Stranger { server_xml: STRANGE.into(), owner: "ada".into() };
    Findings { tomcats: Vec::new(), strangers: vec![stranger], ..findings() }
}

fn with_stranger_named() -> Findings {
    let mut known = findings();
    let tomcat = &mut known.tomcats[0];
    tomcat.server_xml = image(STRANGE, SERVER_XML);
    tomcat.owner = Some("ada".into());
    known
}

/// What anybody with an account could have put there is read when a person picks it, and not before.
#[test]
fn a_tomcat_that_nothing_vouches_for_is_looked_at_when_it_is_picked() {
    let findings = with_stranger();
    let mut wizard = Wizard::new(findings.clone(), prefill(&findings));
    assert_eq!(wizard.draft().server_xml, "none");
    let told = describe_machine(&findings).into_iter().filter(|line| line.about == "Tomcat");
    let told: Vec<String> = told.map(|line| line.text).collect();
    let is_told = |text: &String| text.contains(STRANGE) && text.contains("belongs to ada");
    assert!(told.len() == 1 && told.iter().all(is_told), "{told:?}");

    assert_eq!(
        play(&mut wizard, "Enter Enter Enter Enter Down Down Down Left"),
        [],
        "it may be passed on the way"
    );
    assert!(matches!(wizard.preview().plan, Err(PlanError::NoTomcat { .. })), "it is not known yet");
    assert!(wizard.is_to_ask());
    let asked = wizard.update(Msg::Paused);
    assert!(asked.contains(&Effect::LookAgain(STRANGE.into())), "{asked:?}");
    play(&mut wizard, "Right Left");
    assert!(!wizard.update(Msg::Paused).contains(&Effect::LookAgain(STRANGE.into())), "once is enough");

    assert_eq!(wizard.update(Msg::FoundAgain(Box::new(with_stranger_named()))), []);
    assert_eq!((wizard.screen(), wizard.focused()), (Screen::Backend, Some(Field::ServerXml)));
    let plan = wizard.plan().expect("a plan");
    assert!(plan.changes().any(|change| change.before.path == Path::new(STRANGE)));
    assert!(plan.notes.iter().any(|note| note.text.contains("belongs to ada")), "{:?}", plan.notes);
    let labels: Vec<_> =
        wizard.choices(Field::ServerXml).into_iter().map(|own| (own.label, own.detail)).collect();
    assert_eq!(labels[0], (STRANGE.to_owned(), "Tomcat 10.1.60, ada's".to_owned()));
}

/// The answer to an earlier question took the place of the one that was waited for, for ever.
#[test]
fn what_is_said_of_a_tomcat_that_is_picked_no_more_counts_for_nothing() {
    let findings = with_stranger();
    let mut wizard = Wizard::new(findings.clone(), prefill(&findings));
    play(&mut wizard, "Enter Enter Enter Enter Down Down Down Left");
    let is_asked = |effects: Vec<Effect>| effects.contains(&Effect::LookAgain(STRANGE.into()));
    assert!(is_asked(wizard.update(Msg::Paused)));
    play(&mut wizard, "Right");
    wizard.update(Msg::FoundAgain(Box::new(with_stranger_named())));
    assert_eq!((wizard.draft().server_xml.as_str(), wizard.findings().tomcats.len()), ("none", 0));
    play(&mut wizard, "Left");
    assert!(is_asked(wizard.update(Msg::Paused)), "it is asked for anew");
    play(&mut wizard, "Right Enter");
    wizard.update(Msg::FoundAgain(Box::new(findings.clone())));
    play(&mut wizard, "Esc");
    wizard.set_choice(Field::ServerXml, 0);
    assert!(is_asked(play(&mut wizard, "Enter")), "who goes on need not wait");
    wizard.update(Msg::FoundAgain(Box::new(findings)));
    assert!(!is_asked(wizard.update(Msg::Paused)), "where it is gone it is asked for once");
}
