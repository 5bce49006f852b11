//! What nginx itself says of the planned files.

use super::editing::as_main_file;
use super::machine::{answers, findings, machine, plan_for, sites};
use super::{corpora, good_files, read, variants};
use guacfront::config::nginx::Tree;
use guacfront::config::{Edit, splice};
use guacfront::model::Answers;
use guacfront::system::System;
use std::path::{Path, PathBuf};

const NGINX: &str = "/usr/sbin/nginx";

/// What people have, written as the guides of their set-ups have them: the manual's older and newer text, an
/// installer's site of its own, a container's variables and rewrite, an upstream, one line.
const HAND_WRITTEN: [&str; 8] = [
    "location /guacamole/ {
        proxy_pass http://127.0.0.1:8080/guacamole/;
        proxy_buffering off;
        proxy_http_version 1.1;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $http_connection;
        proxy_cookie_path /guacamole/ /guacamole/;
        access_log off;
    }",
    "location /new-path/ {
        proxy_pass http://127.0.0.1:8080;
        proxy_buffering off;
        proxy_http_version 1.1;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $http_connection;
        client_max_body_size 1g;
        access_log off;
    }",
    "location / {
        proxy_pass http://127.0.0.1:8080/guacamole/;
        proxy_buffering off;
        proxy_http_version 1.1;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $http_connection;
        proxy_cookie_path /guacamole/ /;
        access_log off;
    }",
    "location /guacamole { return 301 $scheme://$host/guacamole/; }
    location ^~ /guacamole/ {
        set $upstream_app 127.0.0.1;
        set $upstream_port 8080;
        set $upstream_proto http;
        proxy_pass $upstream_proto://$upstream_app:$upstream_port;
        rewrite /guacamole(.*) $1 break;
        proxy_buffering off;
    }",
    "location /guacamole { proxy_pass http://tomcat/guacamole; proxy_redirect off; proxy_read_timeout 30s; }",
    "location /html5/ { proxy_pass http://localhost:8080/guacamole/; proxy_set_header Connection \"upgrade\"; }",
    "location \"/guacamole/\" { if ($http_x) { return 403; } try_files $uri
        $uri/ =404; }",
    "location ^~/guacamole/{proxy_pass http://[::1]:8080;proxy_redirect default;client_max_body_size 10m;}",
];

#[test]
fn accepts_the_planned_stock_tree() {
    require_nginx();
    for public in ["/guacamole/", "/remote/", "/"] {
        for context in ["/guacamole/", "/"] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let main = stock_tree(folder.path());
            judge(&main, &answers(public, context), &format!("{public} for {context}"));
        }
    }
}

#[test]
fn accepts_what_becomes_of_hand_written_locations() {
    require_nginx();
    for written in HAND_WRITTEN {
        for public in ["/guacamole/", "/remote/", "/"] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let main = own_tree(folder.path(), written);
            judge(&main, &answers(public, "/guacamole/"), &format!("{public} in {written}"));
            // And back again, from what the first plan left behind.
            judge(
                &main,
                &answers("/elsewhere/", "/elsewhere/"),
                &format!("/elsewhere/ after {public} in {written}"),
            );
        }
    }
}

fn require_nginx() {
    for file in [NGINX, "/etc/nginx/sites-available/default"] {
        assert!(Path::new(file).is_file(), "{file} is missing; tests/run installs it");
    }
}

/// Before the plan, after it, and once more: nginx accepts all, and the second plan changes nothing.
fn judge(main: &Path, answers: &Answers, case: &str) {
    let before = config_test(main);
    assert!(before.0, "{case}: before: {}", before.1);
    assert!(apply(main, answers) > 0, "{case}: nothing was planned");
    let after = config_test(main);
    let site = String::from_utf8_lossy(&read(&main.with_file_name("sites-enabled/default"))).into_owned();
    assert!(after.0 && !after.1.contains("[warn]"), "{case}: {}\n{site}", after.1);
    assert_eq!(apply(main, answers), 0, "{case}: the second plan changes something\n{site}");
}

/// Plans on the tree and writes the result; how many files were changed.
fn apply(main: &Path, answers: &Answers) -> usize {
    let findings = findings(main, &System::machine());
    let plan = plan_for(&findings, answers, 0).unwrap_or_else(|error| panic!("{error}"));
    for change in plan.changes() {
        std::fs::write(&change.before.target, &change.after).expect("the file is written");
    }
    plan.changes().count()
}

fn config_test(main: &Path) -> (bool, String) {
    let folder = main.parent().expect("a folder");
    let output =
        std::process::Command::new(NGINX).arg("-t").arg("-p").arg(folder).arg("-c").arg(main).output();
    let output = output.expect("nginx runs");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A copy of the machine's own tree, with ports that anybody may use and paths of its own; its main file.
fn stock_tree(folder: &Path) -> PathBuf {
    let root = folder.to_str().expect("a plain path");
    for part in ["conf.d", "sites-enabled", "modules-enabled", "log"] {
        std::fs::create_dir_all(folder.join(part)).expect("a folder");
    }
    for (from, to) in [
        ("nginx.conf", "nginx.conf"),
        ("mime.types", "mime.types"),
        ("sites-available/default", "sites-enabled/default"),
    ] {
        let text = String::from_utf8(read(&Path::new("/etc/nginx").join(from))).expect("text");
        let text = text
            .replace("/etc/nginx", root)
            .replace("/var/log/nginx", &format!("{root}/log"))
            .replace("/run/nginx.pid", &format!("{root}/nginx.pid"))
            .replace("listen 80 ", "listen 127.0.0.1:18999 ")
            .replace("listen [::]:80 ", "listen 127.0.0.1:18998 ");
        std::fs::write(folder.join(to), text).expect("the file is written");
    }
    folder.join("nginx.conf")
}

/// A small tree with one site that holds these locations; its main file.
fn own_tree(folder: &Path, locations: &str) -> PathBuf {
    let root = folder.to_str().expect("a plain path");
    std::fs::create_dir_all(folder.join("sites-enabled")).expect("a folder");
    let main = format!(
        "pid {root}/pid;\nerror_log {root}/error.log;\nevents {{}}\nhttp {{\n    access_log {root}/access.log;\n    \
         upstream tomcat {{ server 127.0.0.1:8080; }}\n    include sites-enabled/*;\n}}\n"
    );
    std::fs::write(folder.join("nginx.conf"), main).expect("the file is written");
    let site = format!("server {{\n    listen 127.0.0.1:18999;\n    {locations}\n}}\n");
    std::fs::write(folder.join("sites-enabled/default"), site).expect("the file is written");
    folder.join("nginx.conf")
}

/// Directives that name what the machine has or lacks, whatever the site says.
const OF_THE_MACHINE: [&str; 14] = [
    "pid",
    "user",
    "load_module",
    "include",
    "access_log",
    "error_log",
    "resolver",
    "ssl_certificate",
    "ssl_certificate_key",
    "ssl_trusted_certificate",
    "ssl_client_certificate",
    "ssl_dhparam",
    "auth_basic_user_file",
    "proxy_cache_path",
];

/// A corpus file as a main file that touches nothing outside of a folder and needs nothing there: listens become
/// sockets of the folder, each once, and nothing is logged.
fn confined(bytes: &[u8], folder: &Path) -> Vec<u8> {
    let root = folder.display().to_string();
    let edit = |span: std::ops::Range<usize>, text: String| Edit {
        span,
        text: text.into_bytes(),
        field: None,
        why: String::new(),
    };
    let bytes = as_main_file(bytes);
    let tree = Tree::parse(&bytes[..]).expect("it is one of the good ones");
    let mut edits = Vec::new();
    for (number, directive) in tree.all().enumerate() {
        if let Some(block) = directive.block().filter(|_| directive.is("http")) {
            edits.push(edit(block.open + 1..block.open + 1, "access_log off;".to_owned()));
        } else if directive.is("listen") {
            edits.push(edit(directive.span(), format!("listen unix:{root}/{number};")));
        } else if OF_THE_MACHINE.iter().any(|name| directive.is(name)) && directive.block().is_none() {
            edits.push(edit(directive.span(), String::new()));
        }
    }
    let events = if tree.directives().any(|d| d.is("events")) { "" } else { "events {}\n" };
    let (bytes, _) = splice(&bytes, edits).expect("directives do not overlap");
    [format!("pid {root}/pid;\n{events}").as_bytes(), &bytes].concat()
}

/// `nginx -t` by somebody who may write nothing but what stands in the folder.
fn confined_test(folder: &Path, main: &Path) -> bool {
    use std::os::unix::process::CommandExt as _;
    let mut command = std::process::Command::new(NGINX);
    command.arg("-t").arg("-p").arg(folder).arg("-c").arg(main).arg("-e").arg(folder.join("log"));
    if rustix::process::geteuid().is_root() {
        let nobody = 65534;
        std::os::unix::fs::chown(folder, Some(nobody), Some(nobody)).expect("the folder is given away");
        command.uid(nobody).gid(nobody);
    }
    command.output().expect("nginx runs").status.success()
}

#[test]
fn accepts_a_planned_file_exactly_where_it_accepted_it_before() {
    require_nginx();
    let Some(corpora) = corpora() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let main = folder.path().join("main.conf");
    let verdict = |bytes: &[u8]| {
        std::fs::write(&main, bytes).expect("the file is written");
        confined_test(folder.path(), &main)
    };
    let (mut accepted, mut refused) = (0, 0);
    for (name, bytes) in good_files(&corpora) {
        for (number, variant) in variants(&confined(&bytes, folder.path())).into_iter().enumerate() {
            let found = machine(&variant);
            // The file as it is also at the path that people have something at.
            let publics = if number == 0 { &["/guacfront-test/", "/"][..] } else { &["/guacfront-test/"] };
            if sites(&found) == 0 {
                continue;
            }
            let before = verdict(&variant);
            for public in publics {
                let Ok(plan) = plan_for(&found, &answers(public, "/guacamole/"), 0) else { continue };
                let change = plan.changes().next().expect("it is edited");
                let after = verdict(&change.after);
                assert_eq!(after, before, "{name} at {public}:\n{}", String::from_utf8_lossy(&change.after));
            }
            accepted += usize::from(before);
            refused += usize::from(!before);
        }
    }
    println!("{accepted} accepted before and after, {refused} refused before and after");
    assert!(accepted > 80, "only {accepted} were accepted before");
}
