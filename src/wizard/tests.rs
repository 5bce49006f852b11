//! Journeys through the state machine, key by key.

mod backend;
mod choosing;
mod deed;
mod entries;
mod looking;
mod preview;
mod scrolling;
mod site;

use super::*;
use crate::model::{
    Connector, ConnectorKind, Container, Fault, FileImage, Findings, Listen, Meta, NginxFindings, Options,
    Service, Site, TomcatFindings, Version,
};

const NGINX: &str = "http {
    server {
        listen 80 default_server;
        server_name _;
    }
    server {
        listen 80;
        server_name b.test;
    }
}
";
const SERVER_XML: &str = r#"<?xml version="1.0"?>
<Server port="-1">
  <Service name="Catalina">
    <Connector port="8080" protocol="HTTP/1.1" />
    <Engine name="Catalina" defaultHost="localhost">
      <Host name="localhost" appBase="webapps">
      </Host>
    </Engine>
  </Service>
</Server>
"#;

fn image(path: &str, text: &str) -> FileImage {
    FileImage {
        path: path.into(),
        target: path.into(),
        bytes: text.as_bytes().into(),
        meta: Meta { mode: 0o644, uid: 0, gid: 0 },
    }
}

fn site(name: &str, nth: usize) -> Site {
    let offset = NGINX.match_indices("server {").nth(nth).expect("the text has so many server blocks").0;
    Site {
        file: "/etc/nginx/nginx.conf".into(),
        offset,
        line: NGINX[..offset].matches('\n').count() + 1,
        names: vec![name.into()],
        listens: vec![Listen {
            proxied: false,
            text: "80".into(),
            address: None,
            port: Some(80),
            tls: false,
            default: nth == 0,
        }],
        guacamoles: Vec::new(),
        shadowed_by: None,
    }
}

fn findings() -> Findings {
    Findings {
        nginx: Some(NginxFindings {
            version: Version::parse("1.22.1"),
            main: "/etc/nginx/nginx.conf".into(),
            files: vec![image("/etc/nginx/nginx.conf", NGINX)],
            sites: vec![site("_", 0), site("b.test", 1)],
            problem: None,
            service: Service::default(),
            memo: crate::model::Memo::default(),
        }),
        tomcats: vec![TomcatFindings {
            base: "/var/lib/tomcat10".into(),
            version: Version::parse("10.1.60"),
            server_xml: image("/etc/tomcat10/server.xml", SERVER_XML),
            connectors: vec![Connector {
                line: 4,
                port: Some(8080),
                kind: ConnectorKind::Http,
                address: None,
                uri_encoding: None,
                logs_client: false,
            }],
            valves: Vec::new(),
            context_valves: Vec::new(),
            context_problems: Vec::new(),
            contexts: vec!["/guacamole/".into()],
            proven: Vec::new(),
            unconverted: Vec::new(),
            problem: None,
            owner: None,
            named: None,
            service: Service::default(),
            memo: crate::model::Memo::default(),
        }],
        ..Findings::default()
    }
}

fn wizard() -> Wizard {
    let findings = findings();
    let draft = prefill(&findings);
    Wizard::new(findings, draft)
}

fn play(wizard: &mut Wizard, script: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    for word in script.split_whitespace() {
        match word.strip_prefix("type:") {
            Some(text) => {
                for c in text.chars() {
                    effects.extend(wizard.update(Msg::Key(Key::char(c))));
                }
            }
            None => effects.extend(wizard.update(Msg::Key(Key::parse(word).expect("a key")))),
        }
    }
    effects
}

#[test]
fn enter_all_the_way_is_right_and_asks_before_it_does_anything() {
    let mut wizard = wizard();
    let effects = play(&mut wizard, "Enter Enter Enter Enter Enter Enter Enter");
    assert!(effects.is_empty());
    assert_eq!(wizard.screen(), Screen::Review);
    assert_eq!(wizard.preview().files().len(), 2, "server.xml and the site change");
    assert!(play(&mut wizard, "Enter").is_empty());
    assert_eq!(wizard.overlay(), Some(Overlay::Confirm));
    let effects = play(&mut wizard, "y");
    let shown = wizard.plan().expect("the preview's plan").clone();
    assert_eq!(
        effects,
        [Effect::Apply {
            plan: shown,
            follow_ups: FollowUps { options: Options { reload: true, restart: true }, confirm: Some(60) }
        }]
    );
    assert_eq!(wizard.screen(), Screen::Result);
}

#[test]
fn a_wrong_field_is_not_left_and_says_so_as_it_is_mended() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Enter C-u type:/a$/ Enter");
    assert_eq!(wizard.screen(), Screen::PublicPath);
    assert!(wizard.errors(Field::PublicPath).next().is_some() && wizard.preview().stale);
    play(&mut wizard, "Left Backspace");
    assert!(wizard.errors(Field::PublicPath).next().is_none() && !wizard.preview().stale);
    play(&mut wizard, "Enter");
    assert_eq!(wizard.screen(), Screen::Backend);
}

#[test]
fn back_keeps_what_was_typed() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Enter C-u type:/remote/ Enter Esc Esc Enter");
    assert_eq!(wizard.draft().public_path, "/remote/");
    assert_eq!(wizard.input(Field::PublicPath).map(Input::value), Some("/remote/"));
}

#[test]
fn the_preview_follows_every_key() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Enter");
    for (key, path) in [("Backspace", "/guacamole"), ("x", "/guacamolex"), ("y", "/guacamolexy")] {
        play(&mut wizard, key);
        let file = wizard.preview().current().expect("a file is shown").1;
        let text: Vec<u8> = file.lines.iter().flat_map(|line| line.text.to_vec()).collect();
        let text = String::from_utf8(text).expect("text");
        assert!(text.contains(&format!("location ^~ {path}/ {{")), "{path}: {text}");
    }
}

#[test]
fn the_site_picked_is_the_site_in_the_plan() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Down");
    assert_eq!(wizard.plan().expect("a plan").site.as_ref().expect("a site").names, ["b.test"]);
    assert_eq!(wizard.draft().site.as_ref().and_then(|site| site.name.as_deref()), Some("b.test"));
    play(&mut wizard, "Up");
    assert_eq!(wizard.plan().expect("a plan").site.as_ref().expect("a site").names, ["_"]);
}

#[test]
fn the_ends_of_a_list_are_one_key_away() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter End");
    assert!(wizard.draft().new_site.is_some(), "the last entry is the new one");
    play(&mut wizard, "Home");
    assert_eq!(wizard.draft().site.as_ref().and_then(|site| site.name.as_deref()), Some("_"));
}

#[test]
fn a_frontend_that_is_not_here_cannot_be_picked() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter a");
    assert_eq!(wizard.draft().server, "nginx");
    // The arrow goes past it, to the frontend on another machine.
    play(&mut wizard, "Down");
    assert_eq!(wizard.draft().server, "none");
    assert!(!wizard.asks(Screen::Site) && wizard.asks(Screen::Backend));
}

#[test]
fn the_focused_field_turns_the_preview_to_its_file() {
    let mut wizard = wizard();
    let name = |wizard: &Wizard| wizard.preview().current().map(|(_, file)| file.path.clone());
    play(&mut wizard, "Enter Enter Enter Enter");
    assert_eq!(name(&wizard), Some("/etc/nginx/nginx.conf".into()));
    play(&mut wizard, "Enter");
    assert_eq!(name(&wizard), Some("/etc/tomcat10/server.xml".into()));
}

#[test]
fn control_c_asks_once() {
    let mut wizard = wizard();
    assert!(play(&mut wizard, "Enter C-c").is_empty());
    assert_eq!(wizard.overlay(), Some(Overlay::Leave));
    assert!(play(&mut wizard, "Esc").is_empty());
    assert_eq!((wizard.overlay(), wizard.screen()), (None, Screen::Frontend));
    assert_eq!(play(&mut wizard, "C-c C-c"), [Effect::Quit]);
}

#[test]
fn control_c_at_the_last_question_agreed_to_the_plan() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Enter Enter Enter Enter Enter Enter");
    assert_eq!(wizard.overlay(), Some(Overlay::Confirm));
    assert!(play(&mut wizard, "C-c").is_empty(), "nothing is done");
    assert_eq!((wizard.overlay(), wizard.screen()), (None, Screen::Review));
    assert_eq!(play(&mut wizard, "C-c C-c"), [Effect::Quit]);
}

#[test]
fn without_the_right_to_write_nothing_is_offered_but_saving() {
    let mut findings = findings();
    findings.unwritable = vec!["/etc/nginx/nginx.conf".into()];
    let draft = prefill(&findings);
    let mut wizard = Wizard::new(findings, draft);
    play(&mut wizard, "Enter Enter Enter Enter Enter Enter Enter Enter");
    assert_eq!((wizard.overlay(), wizard.screen()), (None, Screen::Review));
    let saved = play(&mut wizard, "s");
    assert!(matches!(saved.as_slice(), [Effect::Save(answers)] if answers.frontend.here));
}

#[test]
fn a_tomcat_in_a_container_is_found_and_not_missed() {
    let container =
        Container { gateway: "172.18.0.1".parse().ok(), addresses: Vec::new(), context: Some("/".into()) };
    let findings = Findings { containers: vec![container], ..Findings::default() };
    let told = describe_machine(&findings).pop().expect("a line").text;
    assert_eq!(told, "in a container, Guacamole at /, which sees this machine as 172.18.0.1");
    let draft = prefill(&findings);
    assert_eq!((&*draft.context, &*draft.proxies, &*draft.server_xml), ("/", "172.18.0.1", "none"));
}

#[test]
fn the_rights_that_are_missing_are_told_with_what_gives_them() {
    let mut findings = findings();
    let others = (0..4).map(|at| std::path::PathBuf::from(format!("/etc/nginx/other{at}")));
    findings.unwritable = std::iter::once("/etc/nginx/nginx.conf".into()).chain(others).collect();
    for path in &findings.unwritable[1..] {
        let file = image(path.to_str().expect("text"), "");
        findings.nginx.as_mut().expect("it is there").files.push(file);
    }
    findings.as_root = Some("sudo -- /usr/bin/guacfront".into());
    let told = describe_machine(&findings).pop().expect("a line").text;
    assert!(
        told.contains("/etc/nginx/nginx.conf, /etc/nginx/other0, /etc/nginx/other1 and 2 more"),
        "{told}"
    );
    assert!(told.ends_with("as root: sudo -- /usr/bin/guacfront"), "{told}");
    let draft = prefill(&findings);
    let wizard = Wizard::new(findings, draft);
    let plan = wizard.plan().expect("a plan").clone();
    assert_eq!(wizard.barred(&plan), [std::path::Path::new("/etc/nginx/nginx.conf")], "no other is needed");
    assert!(wizard.needs_rights());
}

#[test]
fn the_plan_is_written_out_as_it_stands_and_not_where_there_is_none() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Enter Enter Enter Enter Enter");
    let written = play(&mut wizard, "w");
    assert!(
        matches!(written.as_slice(), [Effect::WriteOut(plan)] if plan.changes().count() == 2),
        "{written:?}"
    );
    let mut findings = findings();
    let problem =
        crate::model::Problem { file: "/etc/nginx/a".into(), at: None, message: "it ends too early".into() };
    findings.nginx.as_mut().expect("it is there").problem = Some(problem);
    let draft = prefill(&findings);
    let mut without = Wizard::new(findings, draft);
    play(&mut without, "Enter Enter Enter Enter Enter Enter Enter");
    assert_eq!(without.screen(), Screen::Review);
    assert_eq!(play(&mut without, "w"), []);
    assert!(without.message().is_some_and(|message| message.contains("no plan")));
}

#[test]
fn a_pasted_line_loses_its_line_ending() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Enter C-u");
    wizard.update(Msg::Paste("/remote/\r\n".into()));
    assert_eq!(wizard.draft().public_path, "/remote/");
}

#[test]
fn a_url_pasted_into_the_host_fills_the_fields_beside_it() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Enter Enter");
    wizard.update(Msg::Paste("http://10.0.0.5:8081/remote/#/home\n".into()));
    let draft = wizard.draft();
    assert_eq!(
        (draft.host.as_str(), draft.port.as_str(), draft.context.as_str()),
        ("10.0.0.5", "8081", "/remote/")
    );
}

#[test]
fn the_value_that_is_offered_is_taken_by_one_key() {
    let mut wizard = wizard();
    play(&mut wizard, "Enter Enter Enter C-u type:/a$/");
    assert_eq!(wizard.suggestion(Field::PublicPath), Some("/a/"));
    play(&mut wizard, "C-y");
    assert_eq!(wizard.draft().public_path, "/a/");
    assert!(wizard.errors(Field::PublicPath).next().is_none());
}

#[test]
fn control_c_at_the_last_question_changes_nothing() {
    let mut wizard = wizard();
    let effects = play(&mut wizard, "Enter Enter Enter Enter Enter Enter Enter Enter C-c");
    assert!(effects.is_empty());
    assert_eq!((wizard.overlay(), wizard.screen()), (None, Screen::Review));
}
