//! What the bare block of nginx depends on: the version, and the sites that are there.

use super::*;
use crate::config::MemoryFiles;
use crate::config::nginx::{Loaded, server_blocks};
use crate::model::{Certificate, Listen, Memo, NewSiteDraft, NginxFindings, Service, Version};

fn site(site: &str) -> Findings {
    let main = "events {}\nhttp {\n    include sites-enabled/*;\n}\n";
    let image = |path: &str, text: &str| {
        let meta = Meta { mode: 0o640, uid: 7, gid: 8 };
        FileImage { path: path.into(), target: path.into(), bytes: text.as_bytes().into(), meta }
    };
    let files = vec![image("/e/nginx.conf", main), image("/e/sites-enabled/default", site)];
    let texts = files.iter().map(|file| (file.path.clone(), file.bytes.clone())).collect();
    let loaded = Loaded::read(&files[0].path, &MemoryFiles(texts));
    let described = |block: &crate::config::nginx::ServerBlock<'_>| Site {
        file: "/e/sites-enabled/default".into(),
        offset: block.placed.directive.start(),
        line: 1,
        names: block.names.clone(),
        listens: block.listens.iter().map(Listen::clone).collect(),
        guacamoles: Vec::new(),
        shadowed_by: None,
    };
    let sites = server_blocks(&loaded).iter().map(described).collect();
    let certificate = Certificate {
        file: "/c.pem".into(),
        key: "/k.pem".into(),
        names: vec!["a.test".into()],
        until: None,
        fault: None,
        renewal: None,
        unread: None,
    };
    let nginx = NginxFindings {
        version: Version::parse("1.22.1"),
        main: "/e/nginx.conf".into(),
        files,
        sites,
        problem: None,
        service: Service::default(),
        memo: Memo::default(),
    };
    Findings { nginx: Some(nginx), certificates: vec![certificate], ..Findings::default() }
}

fn draft() -> crate::model::Draft {
    let draft = NewSiteDraft {
        name: "a.test".into(),
        certificate: "/c.pem".into(),
        key: "/k.pem".into(),
        ..NewSiteDraft::default()
    };
    crate::model::Draft { new_site: Some(draft), ..crate::model::Draft::default() }
}

fn new() -> NewSite {
    draft().parse().expect("it is right").frontend.new_site.expect("it is there")
}

fn made(findings: &Findings) -> (String, Vec<Note>) {
    let mut notes = Vec::new();
    let made = make(findings, Server::Nginx, &new(), None, &mut notes).expect("there is a place");
    let nginx = made.findings.nginx.expect("nginx is here");
    let is_own = |file: &&FileImage| file.path.to_string_lossy().ends_with("a.test");
    let file = nginx.files.iter().find(is_own).expect("a file");
    (String::from_utf8(file.bytes.to_vec()).expect("text"), notes)
}

const DEFAULT: &str = "server {\n    listen 80 default_server;\n}\n";

#[test]
fn http2_is_written_as_the_version_has_it() {
    let mut findings = site(DEFAULT);
    assert!(made(&findings).0.contains("\n    listen 443 ssl http2;\n"));
    findings.nginx.as_mut().expect("nginx is here").version = Version::parse("1.25.1");
    let text = made(&findings).0;
    assert!(text.contains("\n    listen 443 ssl;\n    http2 on;\n"), "{text}");
}

/// On a listen it would hold for every site of the socket.
#[test]
fn an_old_nginx_gets_no_http2_that_its_other_sites_do_not_have() {
    let with = |parameters: &str| {
        site(&format!("{DEFAULT}server {{\n listen 443 {parameters};\n server_name b;\n}}\n"))
    };
    let (text, notes) = made(&with("ssl"));
    assert!(
        text.contains("listen 443 ssl;") && notes.iter().any(|note| note.text.contains("HTTP/2")),
        "{text}"
    );
    let (text, notes) = made(&with("ssl http2"));
    assert!(text.contains("listen 443 ssl http2;") && notes.is_empty(), "{text}");
}

#[test]
fn it_listens_where_the_others_do() {
    let (text, _) = made(&site("server {\n listen 10.0.0.1:80 default_server;\n listen [::1]:80;\n}\n"));
    assert!(text.contains("    listen 10.0.0.1:80;\n    listen [::1]:80;\n"), "{text}");
    let (text, _) = made(&site("server {\n listen 80 default_server;\n listen [::]:80 default_server;\n}\n"));
    assert!(text.contains("    listen 443 ssl http2;\n    listen [::]:443 ssl http2;\n"), "{text}");
    assert!(!made(&site(DEFAULT)).0.contains("[::]"), "where the kernel has no IPv6 nginx would not start");
}

#[test]
fn a_name_that_is_there_on_port_80_keeps_its_site() {
    let findings = site(&format!("{DEFAULT}server {{\n listen 80;\n server_name a.test;\n}}\n"));
    assert_eq!(existing(&findings, Server::Nginx, &new()), None);
    let (text, notes) = made(&findings);
    assert!(!text.contains("return 301") && notes[0].text.contains("does not lead to https"), "{text}");
}

#[test]
fn a_site_of_the_name_and_port_is_the_one_that_is_meant() {
    let findings = site(&format!("{DEFAULT}server {{\n listen 443 ssl;\n server_name a.test;\n}}\n"));
    assert_eq!(existing(&findings, Server::Nginx, &new()).map(|site| site.names[0].as_str()), Some("a.test"));
}

/// `a.test` comes before `default`: the plan ended in "the file was not read".
#[test]
fn a_new_site_whose_file_is_not_loaded_last_was_refused() {
    let draft = crate::model::Draft { server: "nginx".into(), server_xml: "none".into(), ..draft() };
    let plan = crate::plan::plan(&draft.parse().expect("it is right"), &site(DEFAULT)).expect("a plan");
    let files: Vec<_> =
        plan.changes().map(|change| change.before.path.to_string_lossy().into_owned()).collect();
    assert_eq!(files, ["/e/sites-available/a.test"]);
}

#[test]
fn a_new_file_is_its_folder_s_owner_s_and_all_may_read_it() {
    let findings = site(DEFAULT);
    let made = make(&findings, Server::Nginx, &new(), None, &mut Vec::new()).expect("there is a place");
    assert_eq!(made.before.meta, Meta { mode: 0o644, uid: 7, gid: 8 });
    assert_eq!(made.before.target, std::path::Path::new("/e/sites-available/a.test"));
    assert!(made.before.bytes.is_empty());
}

/// A redirect on port 80 sent the authority to https, where nothing answered it: the renewal failed two months later.
#[test]
fn plain_http_goes_on_serving_what_certbot_proves_a_name_by() {
    let mut findings = site(DEFAULT);
    findings.certificates[0].renewal = Some(Renewal::Webroot(vec![("A.test".into(), "/srv/acme".into())]));
    let (text, notes) = made(&findings);
    let location = "    location ^~ /.well-known/acme-challenge/ {\n        root \"/srv/acme\";\n    }\n    location / {\n";
    assert!(text.contains(location) && notes.iter().any(|note| note.text.contains("/srv/acme")), "{text}");
}

#[test]
fn certbot_s_own_server_on_port_80_is_told_of_where_the_port_was_free() {
    let told = |site_text: &str| {
        let mut findings = site(site_text);
        findings.certificates[0].renewal = Some(Renewal::Standalone);
        made(&findings).1.iter().any(|note| note.warning && note.text.contains("on port 80, which is taken"))
    };
    assert!(told("server {\n listen 8080;\n}\n"));
    assert!(!told(DEFAULT), "it had no port 80 before either");
}

#[test]
fn a_certificate_that_nobody_would_read_anew_is_told_of() {
    let mut findings = site(DEFAULT);
    findings.certificates[0].unread = Some("/etc/letsencrypt/renewal-hooks/deploy".into());
    let notes = made(&findings).1;
    let told =
        notes.iter().any(|note| note.text.contains("a script in /etc/letsencrypt/renewal-hooks/deploy"));
    assert!(told, "{notes:?}");
}
