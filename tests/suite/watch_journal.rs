//! `check --watch` where Tomcat logs to the journal alone.
//!
//! A stub stands in the place of journalctl, as no journal is kept where the tests run: what is proved is what it is asked
//! for, and what becomes of its lines.

use super::real_servers::{again_as_root, is_root, sandbox};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

/// A machine whose init is systemd, seen from the files that say so.
const SCRIPT: &str = r#"
set -eu
mkdir -p /run/systemd/system
mount --bind "$WORK/journalctl" "$(readlink -f /usr/bin/journalctl)"
"$GUACFRONT" check --json --watch=30 >"$WORK/watched.json" 2>"$WORK/watched.err" & watcher=$!
for try in $(seq 200); do [ -s "$WORK/asked" ] && break; sleep 0.05; done
echo 'User "ada" successfully authenticated from [203.0.113.9, 127.0.0.1]' >>"$WORK/journal"
wait $watcher || true
"#;

#[test]
fn a_login_in_the_journal_is_read_and_judged() {
    if !is_root() {
        return again_as_root("watch_journal::a_login_in_the_journal_is_read_and_judged");
    }
    let work = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| work.path().join(name);
    let folder = work.path().display();
    let stub = format!("#!/bin/sh\necho \"$*\" >>'{folder}/asked'\ncat '{folder}/journal'\n");
    fs::write(path("journalctl"), stub).expect("it is written");
    fs::set_permissions(path("journalctl"), fs::Permissions::from_mode(0o755)).expect("it can be run");
    let old = "User \"eve\" successfully authenticated from 198.51.100.1\n";
    fs::write(path("journal"), old.replace("successfully", "was")).expect("it is written");
    let told = sandbox(SCRIPT, &[("WORK", work.path().as_os_str())]);
    let text = |name: &str| fs::read_to_string(path(name)).unwrap_or_else(|e| panic!("{name}: {e}\n{told}"));
    let object: Value = serde_json::from_str(&text("watched.json"))
        .unwrap_or_else(|error| panic!("{error}: {told}\n{}", text("watched.err")));
    let login = object["checks"].as_array().and_then(|checks| checks.last()).expect("the login is told");
    assert_eq!(
        (login["trial"].as_str(), login["verdict"].as_str()),
        (Some("login"), Some("fail")),
        "{login}"
    );
    assert!(
        login["evidence"].as_str().is_some_and(|said| said.contains("[203.0.113.9, 127.0.0.1]")),
        "{login}"
    );
    let asked = text("asked");
    for words in ["--unit=tomcat10.service", "--since=", "--output=cat"] {
        assert!(asked.contains(words), "{words} is not in {asked}");
    }
    // What the stub is asked for by and by begins at one moment, so that nothing is missed and nothing old is told.
    let mut lines: Vec<&str> = asked.lines().collect();
    lines.dedup();
    assert_eq!(lines.len(), 1, "{asked}");
}
