//! Planning on whole configurations held in memory.

mod backend;
mod beside;
mod edited;
mod options;

use super::*;
use crate::model::{
    BackendAnswers, ContextPath, FileImage, FrontendAnswers, Host, Meta, Port, PublicPath, ReadTimeout,
    ServerXml, Service, TrustedProxies, UploadLimit,
};

pub(super) fn answers(public: &str, context: &str) -> Answers {
    Answers {
        frontend: FrontendAnswers {
            server: Server::Nginx,
            here: true,
            site: None,
            new_site: None,
            beside: false,
            public_path: PublicPath::parse(public).expect("a path"),
            max_upload: UploadLimit::parse("1g").expect("a size"),
            log_tunnel: false,
            websocket: true,
            read_timeout: ReadTimeout::Usual,
            pass_host: true,
        },
        backend: BackendAnswers {
            host: Host::parse("127.0.0.1").expect("a host"),
            port: Port::new(8080).expect("a port"),
            context: ContextPath::parse(context).expect("a path"),
            server_xml: ServerXml::Absent,
            loopback_only: false,
            log_client: false,
        },
        trust: TrustedProxies::parse("127.0.0.1").expect("a proxy"),
    }
}

/// Findings of a machine whose one site file is included in the http context.
pub(super) fn findings(site: &str) -> NginxFindings {
    findings_of(&[("/e/nginx.conf", "events {}\nhttp {\n\tinclude s/*;\n}\n"), ("/e/s/site", site)])
}

pub(super) fn findings_of(files: &[(&str, &str)]) -> NginxFindings {
    let image = |(path, text): &(&str, &str)| FileImage {
        path: path.into(),
        target: path.into(),
        bytes: text.as_bytes().into(),
        meta: Meta { mode: 0o644, uid: 0, gid: 0 },
    };
    NginxFindings {
        version: None,
        main: "/e/nginx.conf".into(),
        files: files.iter().map(image).collect(),
        sites: Vec::new(),
        problem: None,
        service: Service::default(),
        memo: crate::model::Memo::default(),
    }
}

/// The first server block of the site file.
pub(super) fn site_of(nginx: &NginxFindings) -> Site {
    let loaded = Loaded::of(nginx);
    assert_eq!(loaded.problem, None);
    let blocks = crate::config::nginx::server_blocks(&loaded);
    let placed = blocks.first().expect("a server block").placed;
    Site {
        file: loaded.files[placed.file].path.clone(),
        offset: placed.directive.start(),
        line: loaded.line(placed),
        names: Vec::new(),
        listens: Vec::new(),
        guacamoles: Vec::new(),
        shadowed_by: None,
    }
}

fn changes(
    answers: &Answers,
    nginx: &NginxFindings,
    site: &Site,
    notes: &mut Vec<Note>,
) -> Result<Vec<FileChange>, PlanError> {
    let mut hand = Hand::new(None);
    let changes = super::changes(answers, nginx, site, &mut hand, notes)?;
    hand.end(notes).map(|()| changes)
}

fn try_plan(answers: &Answers, site: &str) -> Result<(String, Vec<Note>), PlanError> {
    let nginx = findings(site);
    let mut notes = Vec::new();
    let changes = changes(answers, &nginx, &site_of(&nginx), &mut notes)?;
    let after = match changes.as_slice() {
        [] => site.to_owned(),
        [change] => String::from_utf8(change.after.to_vec()).expect("text"),
        _ => panic!("one file is edited"),
    };
    Ok((after, notes))
}

/// The site file afterwards, and the notes; a second plan must change nothing.
fn planned(answers: &Answers, site: &str) -> (String, Vec<String>) {
    let (after, notes) = try_plan(answers, site).expect("a plan");
    let (again, _) = try_plan(answers, &after).expect("a second plan");
    assert_eq!(again, after, "the second plan changes something");
    (after, notes.into_iter().map(|note| note.text).collect())
}

const STOCK: &str = "server {\n\tlisten 80 default_server;\n\tserver_name _;\n\n\tlocation / {\n\t\t# First attempt\n\t\ttry_files $uri $uri/ =404;\n\t}\n}\n";

#[test]
fn a_stock_site_gets_the_location_between_marks_and_keeps_all_else() {
    let (after, notes) = planned(&answers("/guacamole/", "/guacamole/"), STOCK);
    let (head, tail) = STOCK.split_at(STOCK.len() - 2);
    let region = after.strip_prefix(head).and_then(|rest| rest.strip_suffix(tail)).expect("all else is kept");
    assert!(region.starts_with("\n\t# guacfront begin ") && region.ends_with("\t# guacfront end\n"));
    assert!(
        region.contains("\n\tlocation ^~ /guacamole/ {\n\t\tif ($uri ~ \"/\\.\\.;\") {\n\t\t\treturn 400;\n")
    );
    assert_eq!(notes, Vec::<String>::new());
}

#[test]
fn every_change_has_a_reason_and_the_paths_field() {
    let nginx = findings(STOCK);
    let changes = changes(&answers("/g/", "/g/"), &nginx, &site_of(&nginx), &mut Vec::new()).expect("a plan");
    assert!(changes[0].changes.iter().all(|change| !change.why.is_empty()));
    let fields: Vec<_> = changes[0].changes.iter().filter_map(|change| change.field).collect();
    for field in [
        crate::model::Field::PublicPath,
        crate::model::Field::Host,
        crate::model::Field::MaxUpload,
        crate::model::Field::LogTunnel,
    ] {
        assert!(fields.contains(&field), "{field:?}");
    }
}

#[test]
fn other_answers_update_the_region_in_place() {
    let (first, _) = planned(&answers("/guacamole/", "/guacamole/"), STOCK);
    let mut other = answers("/remote/", "/guacamole/");
    other.frontend.log_tunnel = true;
    let (second, _) = planned(&other, &first);
    assert!(second.contains("location ^~ /remote/ {") && !second.contains("location ^~ /guacamole/"));
    assert!(!second.contains("access_log off"));
    assert_eq!(second.matches("guacfront begin").count(), 1);
    let (back, _) = planned(&answers("/guacamole/", "/guacamole/"), &second);
    assert_eq!(back, first);
}

#[test]
fn the_root_takes_over_the_location_of_the_sites_pages() {
    let (after, notes) = planned(&answers("/", "/guacamole/"), STOCK);
    assert!(after.contains(
        "\tlocation ^~ / {\n\t\t# First attempt\n\t\t# taken out by guacfront: try_files $uri $uri/ =404;\n"
    ));
    assert!(after.contains("\t\tproxy_pass http://127.0.0.1:8080/guacamole/;\n"));
    assert!(after.contains("\t\tproxy_cookie_path /guacamole /;\n"));
    assert!(notes[0].contains("served no more"), "{notes:?}");
}

#[test]
fn moving_to_the_root_takes_our_region_away_and_moving_back_finds_it() {
    let (first, _) = planned(&answers("/guacamole/", "/guacamole/"), STOCK);
    let (root, _) = planned(&answers("/", "/guacamole/"), &first);
    assert!(!root.contains("guacfront begin") && root.contains("location ^~ / {"));
    let (back, _) = planned(&answers("/guacamole/", "/guacamole/"), &root);
    assert!(back.contains("location ^~ /guacamole/ {") && !back.contains("location ^~ / {"));
    assert!(!back.contains("\t\tproxy_cookie_path /guacamole /;"), "{back}");
}

#[test]
fn a_location_of_the_manual_is_mended_in_place() {
    let manual = "server {\n    listen 80;\n    location /guacamole/ {\n        proxy_pass http://localhost:8080/guacamole/;\n        \
                  proxy_buffering on;\n        proxy_set_header X-Real-IP $remote_addr; # mine\n        \
                  proxy_set_header Connection $http_connection;\n        access_log off;\n    }\n}\n";
    let (after, notes) = planned(&answers("/guacamole/", "/guacamole/"), manual);
    assert!(after.starts_with("server {\n    listen 80;\n    location ^~ /guacamole/ {\n        proxy_pass http://127.0.0.1:8080;\n        proxy_buffering off;\n        proxy_set_header X-Real-IP $remote_addr; # mine\n"), "{after}");
    assert_eq!(after.matches("proxy_pass").count(), 1);
    assert_eq!(after.matches("Connection").count(), 1);
    assert!(after.contains("        client_max_body_size 1g;\n"));
    assert!(!after.contains("guacfront begin"));
    assert!(notes.iter().any(|note| note.contains("access_log off")), "{notes:?}");
}

#[test]
fn an_insertion_survives_one_line_and_a_file_that_ends_in_a_comment() {
    for (site, rest) in [
        ("server{listen 80;}", "server{listen 80;"),
        ("server { listen 80; # the last\n}# no more", "server { listen 80; # the last\n"),
        ("server {\r\n\tlisten 80;\r\n} # no more", "server {\r\n\tlisten 80;\r\n"),
        ("server\n{\n    listen 80;\n    # the last, which goes on \\\n}\n", "goes on \\\n"),
    ] {
        let (after, _) = planned(&answers("/guacamole/", "/guacamole/"), site);
        assert!(after.contains(rest) && after.contains("location ^~ /guacamole/ {"), "{after}");
        let (_, end) = site.rsplit_once('}').expect("it ends");
        assert!(after.ends_with(&format!("}}{end}")), "{after}");
        assert_eq!(after.contains('\r'), site.contains('\r'), "{after}");
    }
}

#[test]
fn a_location_on_one_line_survives_being_mended() {
    let site = "server { listen 80; location / { try_files $uri =404; root /srv; } }";
    let (after, _) = planned(&answers("/", "/guacamole/"), site);
    assert!(after.contains("location ^~ / { # taken out by guacfront: try_files $uri =404;\n"), "{after}");
    assert!(after.contains("# taken out by guacfront: root /srv;\n"), "{after}");
}

#[test]
fn an_include_that_says_otherwise_is_refused_and_one_that_agrees_is_left() {
    let site =
        "server {\n\tlocation /guacamole/ {\n\t\tinclude p;\n\t\tproxy_pass http://127.0.0.1:8080;\n\t}\n}\n";
    let main = "http { include s/*; }";
    let plan = |include: &str| {
        let nginx = findings_of(&[("/e/nginx.conf", main), ("/e/s/site", site), ("/e/p", include)]);
        changes(&answers("/guacamole/", "/guacamole/"), &nginx, &site_of(&nginx), &mut Vec::new())
    };
    let error = plan("proxy_buffering on;\n").expect_err("the include says on");
    assert!(matches!(&error, PlanError::Refused { file, line: 1, .. } if file.ends_with("p")), "{error}");
    let changes = plan("proxy_buffering off;\nproxy_set_header Host $host;\n").expect("the include agrees");
    let after = String::from_utf8(changes[0].after.to_vec()).expect("text");
    assert!(!after.contains("proxy_buffering") && !after.contains("Host"), "{after}");
}

#[test]
fn a_location_that_belongs_to_something_else_is_not_taken_beside_guacamoles() {
    let site =
        "server {\n location /guacamole/ { proxy_pass http://h:1; }\n location /app/ { root /srv; }\n}\n";
    let error = try_plan(&answers("/app/", "/guacamole/"), site).expect_err("the path is taken");
    assert!(matches!(error, PlanError::Refused { line: 3, .. }), "{error}");
}

#[test]
fn a_file_that_is_loaded_twice_is_refused() {
    let nginx = findings_of(&[
        ("/e/nginx.conf", "http { include s; include s; }"),
        ("/e/s", "server { listen 80; }"),
    ]);
    let error = changes(&answers("/g/", "/g/"), &nginx, &site_of(&nginx), &mut Vec::new());
    assert!(
        matches!(&error, Err(PlanError::Refused { message, .. }) if message.contains("2 times")),
        "{error:?}"
    );
}

#[test]
fn says_what_hides_guacamole_or_keeps_people_out() {
    let site = "server {\n return 301 https://$host$request_uri;\n deny all;\n if ($x) { return 403; }\n \
                location ~ /\\.ht { deny all; }\n location = /guacamole { return 302 /x; }\n \
                location /guacamole/api/ { root /srv; }\n}\n";
    let (_, notes) = planned(&answers("/guacamole/", "/guacamole/"), site);
    for (line, words) in [
        (2, "answers before any location"),
        (3, "in force for Guacamole too"),
        (4, "where this condition holds"),
        (5, "not applied below /guacamole/"),
        (6, "without its last slash"),
        (7, "is answered here"),
    ] {
        let place = format!("/e/s/site:{line}: ");
        assert!(notes.iter().any(|n| n.starts_with(&place) && n.contains(words)), "{line}: {notes:?}");
    }
    assert_eq!(notes.len(), 6);
}

#[test]
fn a_file_that_nginx_would_refuse_is_unreadable() {
    let nginx = findings_of(&[("/e/nginx.conf", "http { server { listen 80; }")]);
    let site = site_of(&findings(STOCK));
    let error = changes(&answers("/g/", "/g/"), &nginx, &site, &mut Vec::new());
    assert!(matches!(error, Err(PlanError::Unreadable(_))), "{error:?}");
}

#[test]
fn a_location_in_a_snippet_of_its_own_is_mended_there() {
    let main = "http { include s/*; }";
    let site = "server {\n\tinclude g;\n}\n";
    let nginx = findings_of(&[
        ("/e/nginx.conf", main),
        ("/e/s/site", site),
        ("/e/g", "location /guacamole/ {\n  proxy_pass http://127.0.0.1:8080;\n}\n"),
    ]);
    let changes = changes(&answers("/guacamole/", "/guacamole/"), &nginx, &site_of(&nginx), &mut Vec::new())
        .expect("a plan");
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].before.path, std::path::Path::new("/e/g"));
    assert!(
        changes[0]
            .after
            .starts_with(b"location ^~ /guacamole/ {\n  proxy_pass http://127.0.0.1:8080;\n\n  proxy_http")
    );
}

#[test]
fn says_which_program_loses_its_location() {
    let site = "server {\n location / { proxy_pass http://127.0.0.1:3000; }\n location = / { return 302 /x; }\n \
                location /api/ { root /srv; }\n location /docs/ { root /srv; }\n}\n";
    let (_, notes) = planned(&answers("/", "/guacamole/"), site);
    assert!(notes.iter().any(|n| n.contains("http://127.0.0.1:3000 is no longer reached")), "{notes:?}");
    for (line, uri) in [(3, "/"), (4, "/api/")] {
        assert!(
            notes.iter().any(|n| n.starts_with(&format!("/e/s/site:{line}: {uri} is answered here"))),
            "{notes:?}"
        );
    }
    assert!(!notes.iter().any(|n| n.contains("/docs/")), "{notes:?}");
}

#[test]
fn no_rewriting_of_an_earlier_path_is_left_over() {
    let active = |text: &str| {
        let lines = text.lines().map(|line| line.trim().to_owned());
        let mut lines: Vec<_> =
            lines.filter(|l| l.starts_with("proxy_redirect") || l.starts_with("proxy_cookie_path")).collect();
        lines.sort();
        lines
    };
    let (mut site, _) = planned(&answers("/", "/x/"), STOCK);
    for (public, context) in
        [("/r/", "/"), ("/r/", "/g/"), ("/g/", "/g/"), ("/", "/"), ("/r/", "/r/"), ("/r/", "/")]
    {
        let answers = answers(public, context);
        (site, _) = planned(&answers, &site);
        assert!(!site.contains("guacfront begin"), "it stays the location that was there");
        assert_eq!(active(&site), active(&snippet(&answers)), "{public} {context}");
    }
}

#[test]
fn a_cookie_flag_is_no_path() {
    let site = "server {\n location /g/ {\n  proxy_pass http://guac:8080/;\n  proxy_cookie_path / \"/; Secure\";\n }\n}\n";
    let (after, _) = planned(&answers("/guacamole/", "/guacamole/"), site);
    assert!(after.contains("\n  proxy_cookie_path / \"/; Secure\";\n"), "{after}");
}

#[test]
fn a_region_moved_into_a_snippet_is_updated_there() {
    let (first, _) = planned(&answers("/guacamole/", "/guacamole/"), "server {\n}\n");
    let region =
        first.strip_prefix("server {\n").and_then(|rest| rest.strip_suffix("}\n")).expect("the region alone");
    let files = [
        ("/e/nginx.conf", "http { include s/*; }"),
        ("/e/s/site", "server {\n\tinclude g;\n}\n"),
        ("/e/g", region),
    ];
    let nginx = findings_of(&files);
    let plan = |public| changes(&answers(public, "/guacamole/"), &nginx, &site_of(&nginx), &mut Vec::new());
    assert_eq!(plan("/guacamole/"), Ok(Vec::new()));
    let changes = plan("/remote/").expect("a plan");
    assert_eq!(changes[0].before.path, std::path::Path::new("/e/g"));
    let after = String::from_utf8(changes[0].after.to_vec()).expect("text");
    assert!(
        after.contains("location ^~ /remote/ {") && after.matches("guacfront begin").count() == 1,
        "{after}"
    );
}

#[test]
fn says_that_a_proxy_in_front_seems_to_be_known_elsewhere() {
    let site = "server {\n proxy_set_header X-Forwarded-Proto https;\n proxy_set_header X-Forwarded-For $remote_addr;\n \
                proxy_set_header Host $host;\n rewrite ^ https://a.test/ last;\n}\n";
    let (_, notes) = planned(&answers("/guacamole/", "/guacamole/"), site);
    let lines: Vec<_> =
        notes.iter().filter_map(|note| note.strip_prefix("/e/s/site:")).map(|note| &note[..1]).collect();
    assert_eq!(lines, ["5", "2", "3"]);
}
