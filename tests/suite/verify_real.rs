//! The trials on real servers: a good configuration passes every one, and one with a single line wrong fails the one
//! that is meant to see it, with the words that name the cause.

use super::real_servers::{again_as_root, is_root, lab};
use guacfront::model::{ContextPath, Host, Port, Server, UploadLimit};
use guacfront::system::System;
use guacfront::verify::{self, BackendPlace, Outcome, Patience, Place, Target, Trial, Verdict};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const NGINX: &str = "nginx-best-default.conf";
const APACHE: &str = "apache-best-default.conf";
/// What is tried without TLS and with one kind of address.
const ALWAYS: [Trial; 7] =
    [Trial::Backend, Trial::Page, Trial::Tunnel, Trial::WebSocket, Trial::Patch, Trial::Slash, Trial::Upload];
/// Takes a header of Guacamole's away from its answers.
const HIDDEN: &str = "proxy_hide_header Guacamole-Status-Code;";
/// Says where the servers are, and lets them run until its input ends.
const TELL: &str = "echo \"$LAB_URL $LAB_HTTPS_URL $LAB_TOMCAT_URL\"; cat >/dev/null";

/// Servers that run until this is dropped.
struct Running {
    lab: Child,
    url: String,
    https_url: String,
    tomcat_url: String,
    _folder: tempfile::TempDir,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.lab.stdin.take());
        let _ = self.lab.wait();
    }
}

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab/scenarios")
}

fn started(server: Server, config: &str, edit: impl Fn(String) -> String) -> Running {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (from, to) = (scenarios().join(server.key()), folder.path().join("tree"));
    fs::create_dir(&to).expect("the folder is made");
    for entry in fs::read_dir(from).expect("the scenario is there") {
        let entry = entry.expect("a file of it");
        fs::copy(entry.path(), to.join(entry.file_name())).expect("it is copied");
    }
    let text = fs::read_to_string(scenarios().join(config)).expect("the scenario is there");
    let edited = edit(text);
    fs::write(to.join("guacamole.conf"), edited).expect("it is written");
    let modules = ["proxy", "proxy_http", "proxy_wstunnel", "headers"];
    let modules: String = modules
        .iter()
        .map(|module| format!("LoadModule {module}_module @MODULES@/mod_{module}.so\n"))
        .collect();
    fs::write(to.join("modules.conf"), modules).expect("it is written");
    let mut lab = Command::new(lab())
        .arg("serve")
        .arg(format!("--{}", server.key()))
        .arg(&to)
        .args(["--path", "/guacamole/", "--set", "NEW_PATH=/guacamole/"])
        .args(["--set", "MAIN_LOG=CustomLog ${APACHE_LOG_DIR}/access.log combined env=!dontlog"])
        .arg("--valve")
        .arg(scenarios().join("tomcat/best-valve.xml"))
        .args(["--", "sh", "-c", TELL])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the lab starts");
    let mut line = String::new();
    let out = lab.stdout.take().expect("its output is a pipe");
    BufReader::new(out).read_line(&mut line).expect("the lab says where its servers are");
    let mut words = line.split_whitespace().map(ToOwned::to_owned);
    let mut next = || words.next().unwrap_or_else(|| panic!("the lab says {line:?}"));
    let (url, https_url, tomcat_url) = (next(), next(), next());
    Running { lab, url, https_url, tomcat_url, _folder: folder }
}

/// Host and port of a URL of the lab's.
fn socket(url: &str) -> SocketAddr {
    let authority = url.split("://").nth(1).and_then(|rest| rest.split('/').next());
    authority.and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{url} has no address and port"))
}

/// What the lab's servers are, asked without TLS, with it, or both.
fn target(server: Server, running: &Running, urls: &[&String]) -> Target {
    let place = |url: &&String| Place {
        server: Some(server),
        tls: url.starts_with("https"),
        host: "127.0.0.1".into(),
        connect: socket(url),
        path: "/guacamole/".into(),
    };
    let backend = socket(&running.tomcat_url);
    Target {
        places: urls.iter().map(place).collect(),
        backend: Some(BackendPlace {
            host: Host::Address(backend.ip()),
            port: Port::new(backend.port()).expect("a port"),
            context: ContextPath::parse("/guacamole/").expect("a path"),
        }),
        max_upload: UploadLimit::parse("1g").expect("a limit"),
        websocket: true,
        has_site: true,
        from_outside: false,
    }
}

fn trials(target: &Target) -> Vec<Outcome> {
    verify::trials(&System::machine(), target, Patience::default(), &mut |_| {})
}

fn tried(server: Server, running: &Running, tls: bool) -> Vec<Outcome> {
    trials(&target(server, running, &[if tls { &running.https_url } else { &running.url }]))
}

/// Every trial passes but the one named, which fails with these words.
#[track_caller]
fn fails_alone(outcomes: &[Outcome], trial: Trial, words: &str) {
    for outcome in outcomes {
        let wanted = if outcome.trial == trial { Verdict::Fail } else { Verdict::Pass };
        assert_eq!(outcome.verdict, wanted, "{outcome:#?}");
    }
    let failed = outcomes.iter().find(|outcome| outcome.trial == trial).expect("the trial was made");
    let next = failed.next.as_deref().unwrap_or_default();
    assert!(next.contains(words), "{words:?} is not in {failed:#?}");
}

#[track_caller]
fn all_pass(outcomes: &[Outcome], made: &[Trial]) {
    assert_eq!(outcomes.iter().map(|outcome| outcome.trial).collect::<Vec<_>>(), made);
    for outcome in outcomes {
        assert_eq!(outcome.verdict, Verdict::Pass, "{outcome:#?}");
    }
}

/// The scenario with one more line in front of another.
fn with_line(text: &str, before: &str, line: &str) -> String {
    assert!(text.contains(before), "{before} is not in the scenario");
    text.replacen(before, &format!("{line}\n{before}"), 1)
}

fn without(text: &str, line: &str) -> String {
    assert!(text.contains(line), "{line} is not in the scenario");
    text.replace(line, "")
}

#[test]
fn a_good_configuration_passes_with_and_without_tls() {
    if !is_root() {
        return again_as_root("verify_real::a_good_configuration_passes_with_and_without_tls");
    }
    for (server, config) in [(Server::Nginx, NGINX), (Server::Apache, APACHE)] {
        let running = started(server, config, |text| text);
        all_pass(&tried(server, &running, false), &ALWAYS);
        let secure = tried(server, &running, true);
        all_pass(&secure, &[&ALWAYS[..], &[Trial::Certificate]].concat());
        let certificate = secure.last().and_then(|outcome| outcome.next.as_deref()).unwrap_or_default();
        assert!(
            certificate.contains("openssl req -x509"),
            "the lab's certificate is self-signed: {certificate}"
        );
    }
}

#[test]
fn nginx_without_upgrade_loses_the_websocket_alone() {
    if !is_root() {
        return again_as_root("verify_real::nginx_without_upgrade_loses_the_websocket_alone");
    }
    let running =
        started(Server::Nginx, NGINX, |text| without(&text, "proxy_set_header Upgrade $http_upgrade;"));
    let outcomes = tried(Server::Nginx, &running, false);
    fails_alone(&outcomes, Trial::WebSocket, "the Upgrade header is lost: proxy_set_header Upgrade");
}

#[test]
fn nginx_without_connection_loses_the_websocket_alone() {
    if !is_root() {
        return again_as_root("verify_real::nginx_without_connection_loses_the_websocket_alone");
    }
    let line = "proxy_set_header Connection $http_connection;";
    let running = started(Server::Nginx, NGINX, |text| without(&text, line));
    fails_alone(&tried(Server::Nginx, &running, false), Trial::WebSocket, "the Connection header is lost");
}

#[test]
fn nginx_without_a_body_limit_refuses_the_upload_alone() {
    if !is_root() {
        return again_as_root("verify_real::nginx_without_a_body_limit_refuses_the_upload_alone");
    }
    let running = started(Server::Nginx, NGINX, |text| without(&text, "client_max_body_size 0;"));
    fails_alone(&tried(Server::Nginx, &running, false), Trial::Upload, "client_max_body_size is too small");
}

#[test]
fn httpd_with_the_websocket_s_section_first_loses_the_websocket_alone() {
    if !is_root() {
        return again_as_root(
            "verify_real::httpd_with_the_websocket_s_section_first_loses_the_websocket_alone",
        );
    }
    let first = |text: String| {
        let start = text.find("<Location /guacamole/websocket-tunnel>").expect("the section is there");
        let end = start + text[start..].find("</Location>\n").expect("it ends") + "</Location>\n".len();
        format!("{}{}{}", &text[start..end], &text[..start], &text[end..])
    };
    let running = started(Server::Apache, APACHE, first);
    fails_alone(&tried(Server::Apache, &running, false), Trial::WebSocket, "stands before the general");
}

#[test]
fn httpd_without_the_redirect_loses_the_path_without_its_slash_alone() {
    if !is_root() {
        return again_as_root(
            "verify_real::httpd_without_the_redirect_loses_the_path_without_its_slash_alone",
        );
    }
    let line = "RedirectMatch ^/guacamole$ /guacamole/";
    let running = started(Server::Apache, APACHE, |text| without(&text, line));
    fails_alone(&tried(Server::Apache, &running, false), Trial::Slash, "a redirect is missing");
}

#[test]
fn nginx_that_refuses_patch_loses_it_alone() {
    if !is_root() {
        return again_as_root("verify_real::nginx_that_refuses_patch_loses_it_alone");
    }
    let refuse = |text: String| {
        with_line(&text, "proxy_buffering off;", "limit_except GET POST PUT DELETE { deny all; }")
    };
    let running = started(Server::Nginx, NGINX, refuse);
    fails_alone(
        &tried(Server::Nginx, &running, false),
        Trial::Patch,
        "nginx refuses it (Tomcat itself says 200)",
    );
}

#[test]
fn nginx_that_hides_guacamole_s_headers_loses_the_tunnel_alone() {
    if !is_root() {
        return again_as_root("verify_real::nginx_that_hides_guacamole_s_headers_loses_the_tunnel_alone");
    }
    let hide = |text: String| with_line(&text, "proxy_buffering off;", HIDDEN);
    let running = started(Server::Nginx, NGINX, hide);
    fails_alone(&tried(Server::Nginx, &running, false), Trial::Tunnel, "removes headers it does not know");
}

#[test]
fn a_page_that_is_served_in_the_clear_beside_tls_is_told() {
    if !is_root() {
        return again_as_root("verify_real::a_page_that_is_served_in_the_clear_beside_tls_is_told");
    }
    let of = |outcomes: &[Outcome]| {
        let found = outcomes.iter().find(|outcome| outcome.trial == Trial::Https);
        found.expect("the trial was made").verdict
    };
    let running = started(Server::Nginx, NGINX, |text| text);
    let both = [&running.url, &running.https_url];
    assert_eq!(of(&trials(&target(Server::Nginx, &running, &both))), Verdict::Warn);
    let redirect = "if ($scheme = http) { return 301 https://$host$request_uri; }";
    let running = started(Server::Nginx, NGINX, |text| with_line(&text, "proxy_buffering off;", redirect));
    let outcomes = trials(&target(Server::Nginx, &running, &[&running.url, &running.https_url]));
    assert_eq!(of(&outcomes), Verdict::Pass);
    assert!(outcomes.iter().all(|outcome| outcome.verdict == Verdict::Pass), "{outcomes:#?}");
}

#[test]
fn an_address_is_asked_from_outside_without_any_server_of_one_s_own() {
    if !is_root() {
        return again_as_root(
            "verify_real::an_address_is_asked_from_outside_without_any_server_of_one_s_own",
        );
    }
    let running = started(Server::Apache, APACHE, |text| text);
    let public = |url: &str| {
        let ran = Command::new(env!("CARGO_BIN_EXE_guacfront"))
            .args(["check", "--json", "--public", url])
            .output()
            .expect("guacfront runs");
        let object: serde_json::Value = serde_json::from_slice(&ran.stdout).expect("one object");
        (ran.status.code(), object)
    };
    let (code, object) = public(&running.https_url);
    assert_eq!(code, Some(0), "{object:#}");
    let checks = object["checks"].as_array().expect("a list");
    assert_eq!(checks.len(), ALWAYS.len(), "no backend is known, and there is a certificate: {object:#}");
    assert!(checks.iter().all(|check| check["verdict"] == "pass"), "{object:#}");
    let (code, object) = public(&format!("{}nowhere/", running.url));
    assert_eq!((code, object["checks"][0]["verdict"].as_str()), (Some(1), Some("fail")), "{object:#}");
}
