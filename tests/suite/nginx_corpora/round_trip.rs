//! From answers to files and back: what was planned is found again with the very same values.

use super::machine::{answers, plan_for};
use guacfront::model::{Answers, Findings, Host, NginxFindings, Port, ReadTimeout, UploadLimit};
use guacfront::probe::probe;
use guacfront::system::System;
use std::path::Path;

const MAIN: &str =
    "events {}\nhttp {\n\taccess_log /var/log/nginx/access.log;\n\tinclude /etc/nginx/sites-enabled/*;\n}\n";
const SITE: &str = "server {\n\tlisten 80 default_server;\n\tserver_name _;\n\n\tlocation / {\n\t\ttry_files $uri $uri/ =404;\n\t}\n}\n";

/// A tree as Debian lays it out: the site is reached through a link.
fn tree(folder: &Path) -> System {
    let etc = folder.join("etc/nginx");
    for part in ["sites-available", "sites-enabled"] {
        std::fs::create_dir_all(etc.join(part)).expect("a folder");
    }
    std::fs::write(etc.join("nginx.conf"), MAIN).expect("the file is written");
    std::fs::write(etc.join("sites-available/default"), SITE).expect("the file is written");
    std::os::unix::fs::symlink("/etc/nginx/sites-available/default", etc.join("sites-enabled/default"))
        .expect("the link is made");
    System::below(folder).expect("the folder is there")
}

fn found(system: &System) -> NginxFindings {
    probe(system).nginx.expect("nginx is found")
}

/// A location of somebody's own.
const BY_HAND: &str = "\tlocation /old/ {\n\t\tproxy_pass http://10.0.0.9:8081/guacamole/;\n\t\tproxy_read_timeout \
                       700;\n\t\tproxy_set_header Upgrade $http_upgrade;\n\t\tproxy_set_header Connection \"upgrade\";\n\
                       \t}\n}\n";

/// Plans and writes; how many files were changed.
fn apply(system: &System, answers: &Answers) -> usize {
    let findings = Findings { nginx: Some(found(system)), ..Findings::default() };
    let plan = plan_for(&findings, answers, 0).expect("a plan");
    for change in plan.changes() {
        assert_eq!(change.before.target, Path::new("/etc/nginx/sites-available/default"));
        std::fs::write(system.real(&change.before.target), &change.after).expect("the file is written");
    }
    plan.changes().count()
}

fn combinations() -> Vec<Answers> {
    let mut all = Vec::new();
    for public in ["/guacamole/", "/remote/desk.top/", "/"] {
        for context in ["/guacamole/", "/", "/remote/desk.top/"] {
            for (host, port, limit, log, websocket, timeout, pass) in [
                ("127.0.0.1", 8080, "1g", false, true, "usual", true),
                ("::1", 8081, "0", true, false, "2h", true),
                ("tomcat.example.org", 80, "512m", false, true, "45", false),
                ("127.0.0.1", 8080, "1g", true, false, "usual", false),
            ] {
                let mut answers = answers(public, context);
                answers.backend.host = Host::parse(host).expect("a host");
                answers.backend.port = Port::new(port).expect("a port");
                answers.frontend.max_upload = UploadLimit::parse(limit).expect("a size");
                answers.frontend.log_tunnel = log;
                answers.frontend.websocket = websocket;
                answers.frontend.read_timeout = ReadTimeout::parse(timeout).expect("a time");
                answers.frontend.pass_host = pass;
                all.push(answers);
            }
        }
    }
    all
}

fn assert_found_again(system: &System, answers: &Answers) {
    assert_eq!(apply(system, answers), 0, "{answers:?}: the second plan changes something");
    let existing =
        found(system).sites[0].guacamole().cloned().unwrap_or_else(|| panic!("{answers:?}: not found again"));
    assert_eq!(existing.public_path, answers.frontend.public_path.as_str());
    assert_eq!(existing.host.as_ref(), Some(&answers.backend.host));
    assert_eq!(existing.port, Some(answers.backend.port));
    assert_eq!(existing.context.as_ref(), Some(&answers.backend.context));
    assert_eq!(existing.max_upload, Some(answers.frontend.max_upload));
    assert_eq!(existing.log_tunnel, Some(answers.frontend.log_tunnel), "{answers:?}");
    assert_eq!(existing.websocket.unwrap_or(true), answers.frontend.websocket, "{answers:?}");
    assert_eq!(existing.read_timeout, Some(answers.frontend.read_timeout), "{answers:?}");
    assert_eq!(existing.pass_host, Some(answers.frontend.pass_host), "{answers:?}");
}

#[test]
fn every_combination_of_answers_is_found_again_on_a_fresh_tree() {
    for answers in combinations() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let system = tree(folder.path());
        assert_eq!(apply(&system, &answers), 1);
        assert_found_again(&system, &answers);
    }
}

#[test]
fn one_combination_after_another_is_found_again_in_the_same_tree() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let system = tree(folder.path());
    for answers in combinations() {
        apply(&system, &answers);
        assert_found_again(&system, &answers);
    }
}

#[test]
fn one_combination_after_another_is_found_again_in_a_location_of_somebody_s_own() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let system = tree(folder.path());
    let file = folder.path().join("etc/nginx/sites-available/default");
    std::fs::write(&file, SITE.trim_end().trim_end_matches('}').to_owned() + BY_HAND)
        .expect("the file is written");
    for answers in combinations().into_iter().filter(|answers| !answers.frontend.public_path.is_root()) {
        apply(&system, &answers);
        assert_found_again(&system, &answers);
        let text = std::fs::read_to_string(&file).expect("it is there");
        assert!(!text.contains("guacfront begin"), "it stays theirs: {text}");
    }
}
