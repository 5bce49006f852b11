//! Killed at every change of a real plan: the demo machine is all old or all new, and its servers accept either.

use super::tree::{Times, Tree};
use guacfront::apply::{Options, apply, history, recover, undo};
use guacfront::model::Plan;
use guacfront::system::System;
use guacfront::wizard::prefill;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

const FOLDER: &str = "GUACFRONT_CRASH_FOLDER";
const ORDER: &str = "GUACFRONT_CRASH_ORDER";
const OPTIONS: Options = Options { reload: true, restart: true };

fn real_plan(system: &System, server: &str) -> Plan {
    let findings = guacfront::probe::probe(system);
    let mut draft = prefill(&findings);
    server.clone_into(&mut draft.server);
    draft.site = findings
        .nginx
        .iter()
        .flat_map(|nginx| &nginx.sites)
        .chain(findings.apache.iter().flat_map(|apache| &apache.sites))
        .find(|site| {
            site.file.to_string_lossy().contains(if server == "nginx" { "nginx" } else { "apache2" })
        })
        .map(|site| guacfront::model::SiteRef {
            file: site.file.clone(),
            name: site.names.first().cloned(),
            listen: None,
        });
    let answers = draft.parse().expect("the answers are good");
    guacfront::plan::plan(&answers, &findings).expect("it can be planned")
}

/// Does as the parent says: `nginx apply 17` is killed at the checkpoint of that number; there is one before and one
/// after each call that changes something.
fn obey(root: &Path, order: &str) {
    let words: Vec<&str> = order.split(' ').collect();
    let at: usize = words[2].parse().expect("a number");
    let healthy = System::below(root).expect("the machine is there");
    let passed = AtomicUsize::new(0);
    let deadly = healthy.clone().watched(move |_| {
        if passed.fetch_add(1, Ordering::Relaxed) == at {
            signal_hook::low_level::raise(signal_hook::consts::SIGKILL)?;
        }
        Ok(())
    });
    if words[1] == "apply" {
        apply(&deadly, &real_plan(&healthy, words[0]), OPTIONS, &mut |_| {}).expect("it can be applied");
    } else {
        undo(&deadly, None, false, OPTIONS, &[], &mut |_| {}).expect("it can be undone");
    }
}

/// Whether the child was killed; it may only end otherwise where it has done all it had to.
fn killed(test: &str, root: &Path, order: &str) -> bool {
    let output = Command::new(std::env::current_exe().expect("the test's own path"))
        .args(["--exact", test])
        .env(FOLDER, root)
        .env(ORDER, order)
        .output()
        .expect("the child starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() || output.status.signal() == Some(9), "{order}: {said}");
    !output.status.success()
}

fn machine() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
    let root = folder.path().join("machine");
    guacfront::cli::lay_out_demo(&root).expect("the demo machine is laid out");
    (folder, root)
}

/// What differs outside guacfront's own folder.
fn differences(one: &Tree, root: &Path) -> Vec<String> {
    let differences = one.differences(&Tree::read(root), Times::Ignored);
    differences.into_iter().filter(|line| !line.contains("var/lib")).collect()
}

/// Fails where nginx does not accept the tree, with paths and ports of its own; the site with certificates, which the
/// demo machine does not have, is left out.
fn nginx_accepts(root: &Path) {
    assert!(Path::new("/usr/sbin/nginx").is_file(), "nginx is missing; tests/run installs it");
    let copy = tempfile::tempdir().expect("a folder");
    let own = copy.path().join("nginx");
    let copied = Command::new("/bin/cp").arg("-a").arg(root.join("etc/nginx")).arg(&own).status();
    assert!(copied.expect("cp starts").success());
    std::fs::remove_file(own.join("sites-enabled/portal.example.org")).expect("a link");
    let to = own.to_str().expect("text");
    for file in ["nginx.conf", "sites-available/default"] {
        let path = own.join(file);
        let text = std::fs::read_to_string(&path).expect("text");
        let text = text
            .replace("/etc/nginx", to)
            .replace("/var/log/nginx", to)
            .replace("/run/nginx.pid", &format!("{to}/pid"))
            .replace("listen 80", "listen 127.0.0.1:18997")
            .replace("listen [::]:80", "listen 127.0.0.1:18996");
        std::fs::write(&path, text).expect("it can be written");
    }
    let test =
        Command::new("/usr/sbin/nginx").args(["-t", "-p", to, "-c"]).arg(own.join("nginx.conf")).output();
    let test = test.expect("nginx starts");
    assert!(test.status.success(), "{}", String::from_utf8_lossy(&test.stderr));
}

/// Fails where httpd does not accept the tree, with folders and a port of its own.
fn apache_accepts(root: &Path) {
    assert!(Path::new("/usr/sbin/apache2").is_file(), "httpd is missing; tests/run installs it");
    let copy = tempfile::tempdir().expect("a folder");
    let own = copy.path().join("apache2");
    let copied = Command::new("/bin/cp").arg("-a").arg(root.join("etc/apache2")).arg(&own).status();
    assert!(copied.expect("cp starts").success());
    let ports = std::fs::read_to_string(own.join("ports.conf")).expect("text");
    std::fs::write(own.join("ports.conf"), ports.replace("Listen 80", "Listen 127.0.0.1:18995"))
        .expect("it can be written");
    let mut test = Command::new("/usr/sbin/apache2");
    test.args(["-t", "-f", "apache2.conf", "-d"]).arg(&own);
    // What apachectl takes from envvars.
    for folder in ["RUN_DIR", "LOCK_DIR", "LOG_DIR"] {
        test.env(format!("APACHE_{folder}"), copy.path());
    }
    test.env("APACHE_PID_FILE", copy.path().join("pid"));
    test.env("APACHE_RUN_USER", "www-data").env("APACHE_RUN_GROUP", "www-data");
    let test = test.output().expect("httpd starts");
    let said = String::from_utf8_lossy(&test.stderr);
    assert!(test.status.success() && said.contains("Syntax OK"), "{said}");
}

/// Whether the program, started again, has nothing to say of a run that was cut short.
fn is_quiet(root: &Path) -> bool {
    let mut program = Command::new(env!("CARGO_BIN_EXE_guacfront"));
    let output = program.arg("--root").arg(root).arg("history").output().expect("the program starts");
    output.status.success() && !String::from_utf8_lossy(&output.stderr).contains("cut short")
}

fn every_point(test: &str, server: &str) {
    if let Some(order) = std::env::var_os(ORDER) {
        let root = PathBuf::from(std::env::var_os(FOLDER).expect("a folder"));
        return obey(&root, order.to_str().expect("an order is text"));
    }
    let (_folder, root) = machine();
    let old = Tree::read(&root);
    let accepts = if server == "nginx" { nginx_accepts } else { apache_accepts };
    accepts(&root);
    let system = System::below(&root).expect("the machine is there");
    apply(&system, &real_plan(&system, server), OPTIONS, &mut |_| {}).expect("it can be applied");
    let new = Tree::read(&root);
    assert!(!differences(&old, &root).is_empty());

    for (deed, least) in [("apply", 100), ("undo", 100)] {
        let (mut points, mut old_ones) = (0, 0);
        for at in 0.. {
            let (_folder, root) = machine();
            let system = System::below(&root).expect("the machine is there");
            if deed == "undo" {
                apply(&system, &real_plan(&system, server), OPTIONS, &mut |_| {}).expect("it can be applied");
            }
            if !killed(test, &root, &format!("{server} {deed} {at}")) {
                break;
            }
            points += 1;
            let point = format!("{server} {deed} {at}");
            recover(&system, &mut |_| {}).unwrap_or_else(|error| panic!("{point}: {error}"));
            let second = recover(&system, &mut |_| {}).unwrap_or_else(|error| panic!("{point}: {error}"));
            assert_eq!(second, None, "{point}: the second start has nothing to do");
            let receipts = history(&system).expect("it can be read").receipts;
            let is_new = receipts.iter().any(|r| r.undoes.is_none() && r.undone_by.is_none());
            old_ones += usize::from(!is_new);
            let left = differences(if is_new { &new } else { &old }, &root);
            assert!(left.is_empty(), "{point}: {left:#?}");
            accepts(&root);
            assert!(is_quiet(&root), "{point}: the program still tells of it");
        }
        println!(
            "{server}: killed at {points} points of an {deed}; {old_ones} end all old, the others all new, {server} \
             accepts each"
        );
        assert!(points > least, "only {points} points");
    }
}

#[test]
fn a_kill_at_any_change_of_an_nginx_plan_leaves_all_old_or_all_new() {
    every_point("crash::a_kill_at_any_change_of_an_nginx_plan_leaves_all_old_or_all_new", "nginx");
}

#[test]
fn a_kill_at_any_change_of_an_apache_plan_leaves_all_old_or_all_new() {
    every_point("crash::a_kill_at_any_change_of_an_apache_plan_leaves_all_old_or_all_new", "apache");
}
