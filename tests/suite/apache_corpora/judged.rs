//! What httpd itself says of the planned files.

use super::machine::{answers, findings, machine, plan_for, sites};
use super::{corpora, good_files, read, variants};
use guacfront::model::Answers;
use guacfront::system::System;
use std::path::{Path, PathBuf};
use std::process::Command;

const HTTPD: &str = "/usr/sbin/apache2";
const MODULES: &str = "/usr/lib/apache2/modules";

/// What the planned directives and most people's files need; the process model is the event one.
const LOADED: [&str; 24] = [
    "mpm_event",
    "authz_core",
    "authz_host",
    "authn_core",
    "authn_file",
    "auth_basic",
    "authz_user",
    "alias",
    "dir",
    "mime",
    "env",
    "setenvif",
    "headers",
    "rewrite",
    "filter",
    "deflate",
    "expires",
    "ssl",
    "socache_shmcb",
    "proxy",
    "proxy_http",
    "proxy_wstunnel",
    "macro",
    "access_compat",
];

pub fn require_httpd() {
    for path in [HTTPD, MODULES, "/etc/apache2/sites-available/default-ssl.conf"] {
        assert!(Path::new(path).exists(), "{path} is missing; tests/run installs it");
    }
}

/// `apache2 -t`: whether it accepts, and what it says.
pub fn config_test(main: &Path) -> (bool, String) {
    let output = Command::new(HTTPD).args(["-t", "-f"]).arg(main).output().expect("httpd runs");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// `LoadModule` lines for these modules.
pub fn load_lines(modules: &[&str]) -> String {
    modules.iter().map(|m| format!("LoadModule {m}_module {MODULES}/mod_{m}.so\n")).collect()
}

/// A main file that loads what is needed and then includes the file to be judged; it listens where anybody may.
pub fn main_around(folder: &Path, file: &Path) -> PathBuf {
    let root = folder.display();
    let main = format!(
        "ServerRoot {root}\nServerName main.test\nPidFile {root}/pid\nErrorLog {root}/error.log\n\
         Listen 127.0.0.1:18997\nDefine APACHE_LOG_DIR {root}\n{}LogFormat \"%h\" combined\n\
         LogFormat \"%h\" common\nInclude {}\n",
        load_lines(&LOADED),
        file.display()
    );
    let path = folder.join("main-around.conf");
    std::fs::write(&path, main).expect("the file is written");
    path
}

#[test]
fn accepts_a_planned_file_exactly_where_it_accepted_it_before() {
    require_httpd();
    let Some(folder) = corpora() else { return };
    let work = tempfile::tempdir().expect("a temporary folder");
    let file = work.path().join("judged.conf");
    let main = main_around(work.path(), &file);
    let edge = work.path().join("edge");
    std::fs::create_dir_all(edge.join("apache")).expect("the folder is made");
    let (mut accepted, mut refused) = (0, 0);
    for (name, bytes) in good_files(&folder) {
        // An edge case is a main file of its own, at a place of its own.
        let is_edge = name.starts_with("edge/");
        let bytes = if is_edge {
            let text =
                String::from_utf8(bytes.iter().map(|b| if b.is_ascii() { *b } else { b'e' }).collect());
            let text = text.expect("ASCII").replace("/edge", &edge.display().to_string());
            let loads = text.find("LoadModule").expect("it loads modules");
            let (before, after) = text.split_at(loads);
            format!("{before}{}{after}", load_lines(&["setenvif"])).into_bytes()
        } else {
            bytes
        };
        for variant in variants(&bytes) {
            let found = machine(&variant);
            let main = if is_edge { &file } else { &main };
            for index in 0..sites(&found).min(2) {
                std::fs::write(&file, &variant).expect("the file is written");
                let (before, _) = config_test(main);
                for (public, log) in [("/guacfront-test/", false), ("/", true)] {
                    let plan = plan_for(&found, &answers(public, "/guacamole/", log), index);
                    let plan = plan.unwrap_or_else(|error| panic!("{name}: {error}"));
                    let change = plan.changes().next().expect("it is edited");
                    std::fs::write(&file, &change.after).expect("the file is written");
                    let (after, said) = config_test(main);
                    let text = String::from_utf8_lossy(&change.after);
                    assert_eq!(after, before, "{name} at {public}: {said}\n{text}");
                }
                accepted += usize::from(before);
                refused += usize::from(!before);
            }
        }
    }
    println!("{accepted} accepted before and after, {refused} refused before and after");
    assert!(accepted > 100, "only {accepted} were accepted before");
}

/// A copy of the machine's own tree, with a port that anybody may use and paths of its own; its main file.
fn stock_tree(folder: &Path, sites: &str, site: &str) -> PathBuf {
    let root = folder.display().to_string();
    for part in ["mods-enabled", "conf-enabled", "sites-enabled", "site.d"] {
        std::fs::create_dir_all(folder.join(part)).expect("a folder");
    }
    let copy = |from: &str| {
        let text = String::from_utf8(read(&Path::new("/etc/apache2").join(from))).expect("text");
        text.replace("/etc/apache2", &root).replace("Listen 80", "Listen 127.0.0.1:18997")
    };
    let put = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("the file is written");
    put("apache2.conf", &format!("ServerRoot \"{root}\"\nServerName main.test\n{}", copy("apache2.conf")));
    put("ports.conf", &copy("ports.conf").replace("Listen 443", "Listen 127.0.0.1:18996"));
    for name in
        std::fs::read_dir("/etc/apache2/mods-enabled").expect("the modules").map(|e| e.expect("an entry"))
    {
        let name = format!("mods-enabled/{}", name.file_name().display());
        put(&name, &copy(&name));
    }
    for module in [
        "proxy.conf",
        "proxy.load",
        "proxy_http.load",
        "proxy_wstunnel.load",
        "headers.load",
        "ssl.load",
        "socache_shmcb.load",
    ] {
        put(&format!("mods-enabled/{module}"), &copy(&format!("mods-available/{module}")));
    }
    put("site.d/own.conf", "Header set X-Own 1\nCustomLog ${APACHE_LOG_DIR}/more.log combined\n");
    put(&format!("sites-enabled/{sites}"), site);
    folder.join("apache2.conf")
}

/// The sites that the stock tree is tried with; the planned one is the last of each.
fn stock_sites() -> Vec<(&'static str, String)> {
    let stock = |name: &str| {
        let path = Path::new("/etc/apache2/sites-available").join(name);
        String::from_utf8(read(&path)).expect("text")
    };
    let plain = stock("000-default.conf");
    let second = plain
        .replace("*:80>", "*:80 127.0.0.1:81>")
        .replace("DocumentRoot", "ServerName b.test\n\tDocumentRoot");
    let included = plain
        .replace("</VirtualHost>", "\tInclude site.d\n\tIncludeOptional site.d/none-*.conf\n</VirtualHost>");
    let certificates = stock("default-ssl.conf").replace("SSLCertificate", "# SSLCertificate");
    vec![
        ("000-default.conf", plain.clone()),
        ("default-ssl.conf", certificates),
        ("two.conf", format!("{plain}{second}")),
        ("folder.conf", included),
    ]
}

#[test]
fn accepts_the_planned_stock_tree() {
    require_httpd();
    for (name, site) in stock_sites() {
        for public in ["/guacamole/", "/remote/", "/"] {
            for context in ["/guacamole/", "/"] {
                let folder = tempfile::tempdir().expect("a temporary folder");
                let main = stock_tree(folder.path(), name, &site);
                let case = format!("{name}: {public} for {context}");
                for (answers, is_change) in [
                    (answers(public, context, false), true),
                    (answers(public, context, false), false),
                    (answers("/elsewhere/", "/elsewhere/", true), true),
                    (answers("/elsewhere/", "/elsewhere/", true), false),
                ] {
                    let before = with_environment(&main);
                    assert!(before.0, "{case}: before: {}", before.1);
                    assert_eq!(apply(&main, &answers) > 0, is_change, "{case}: {answers:?}");
                    let after = with_environment(&main);
                    let text = read(&folder.path().join("sites-enabled").join(name));
                    assert!(
                        after.0 && !after.1.contains("AH01146"),
                        "{case}: {}\n{}",
                        after.1,
                        String::from_utf8_lossy(&text)
                    );
                }
            }
        }
    }
}

/// `apache2 -t` with the variables of Debian's `envvars`, all of them in the tree.
fn with_environment(main: &Path) -> (bool, String) {
    let folder = main.parent().expect("a folder");
    let variables = ["APACHE_RUN_DIR", "APACHE_LOCK_DIR", "APACHE_LOG_DIR"];
    let output = Command::new(HTTPD)
        .args(["-t", "-f"])
        .arg(main)
        .envs(variables.map(|name| (name, folder)))
        .env("APACHE_PID_FILE", folder.join("pid"))
        .env("APACHE_RUN_USER", "www-data")
        .env("APACHE_RUN_GROUP", "www-data")
        .output()
        .expect("httpd runs");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Plans on the last site of the tree and writes the result; how many files were changed.
fn apply(main: &Path, answers: &Answers) -> usize {
    let found = findings(main, main.parent().expect("a folder"), &System::machine());
    let plan = plan_for(&found, answers, sites(&found) - 1).unwrap_or_else(|error| panic!("{error}"));
    for change in plan.changes() {
        std::fs::write(&change.before.target, &change.after).expect("the file is written");
    }
    plan.changes().count()
}
