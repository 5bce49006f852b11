//! guacfront on a machine whose servers run: apply reloads the frontend, asks it, and says so; undo reloads it again.

use super::real_servers::{again_as_root, is_root, sandbox};
use serde_json::Value;
use std::fs;

/// What is run while the stock servers run.
const APPLY: &str = r#"
"$GUACFRONT" apply --answers "$ANSWERS" --yes --json >"$WORK/applied.json" 2>"$WORK/applied.err"; echo $? >"$WORK/applied"
"#;

/// What is run once both have been started anew, so that Tomcat too has read what was written for it.
const CHECK: &str = r#"
"$GUACFRONT" check --json >"$WORK/checked.json" 2>"$WORK/checked.err"; echo $? >"$WORK/checked"
log="$WORK/guacamole.log"; : >"$log"
"$GUACFRONT" check --json --watch=60 --log "$log" >"$WORK/watched.json" 2>"$WORK/watched.err" & watcher=$!
while kill -0 $watcher 2>"$WORK/ended"; do
    echo 'User "ada" successfully authenticated from [203.0.113.9, 127.0.0.1]' >>"$log"; sleep 0.2
done
wait $watcher; echo $? >"$WORK/watched"
"$GUACFRONT" check --watch=1 --log "$log" >"$WORK/missed.out" 2>&1; echo $? >"$WORK/missed"
"$GUACFRONT" undo --yes >"$WORK/undone.err" 2>&1; echo $? >"$WORK/undone"
for try in 1 2 3 4 5 6 7 8 9 10; do
    curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1$PUBLIC_PATH" >"$WORK/page"
    [ "$(cat "$WORK/page")" = 200 ] || break
    sleep 0.3
done
"#;

/// What is run while a Tomcat runs whose file is touched after its start.
const TOUCH: &str = r#"
codes() { "$GUACFRONT" check --rules-only --json | sed -n 's/.*"code": "\(S08\)".*/\1/p'; }
codes >"$WORK/before"
sleep 3
base="$(cat /proc/[0-9]*/cmdline | tr '\0' '\n' | sed -n 's/^-Dcatalina.base=//p' | sort -u)"
touch "$base/conf/server.xml"
codes >"$WORK/after"
"#;

fn proved(name: &str, server: &str, config: &str, logs: &str) {
    if !is_root() {
        return again_as_root(&format!("running_servers::{name}"));
    }
    let work = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| work.path().join(name);
    let text = |name: &str| fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let answers = format!(
        "version = 1\n[frontend]\nserver = \"{server}\"\npublic_path = \"/remote/\"\n[backend]\n\
         server_xml = \"/etc/tomcat10/server.xml\"\n"
    );
    fs::write(path("answers.toml"), answers).expect("the answers are written");
    let serve = format!(
        "\"$LAB\" serve --in-place --{server} {config} --server-xml /etc/tomcat10/server.xml --url \
         http://127.0.0.1/remote/ --log-dir {logs} -- sh -c"
    );
    let serve = format!("{serve} \"$APPLY\" && {serve} \"$CHECK\"");
    let told = sandbox(
        &serve,
        &[
            ("APPLY", APPLY.as_ref()),
            ("CHECK", CHECK.as_ref()),
            ("ANSWERS", path("answers.toml").as_os_str()),
            ("WORK", work.path().as_os_str()),
            ("PUBLIC_PATH", "/remote/".as_ref()),
        ],
    );
    assert_eq!(text("applied").trim(), "0", "{told}\n{}", text("applied.err"));
    let applied: Value = serde_json::from_str(&text("applied.json")).expect("one object");
    every_trial_passes(&applied);
    let checked: Value = serde_json::from_str(&text("checked.json")).expect("one object");
    every_trial_passes(&checked);
    let told_of: Vec<_> = checked["findings"]
        .as_array()
        .expect("a list of findings")
        .iter()
        .filter(|finding| finding["severity"] != "info")
        .collect();
    assert_eq!((text("checked").trim(), told_of.len()), ("0", 0), "{told}\n{checked:#}");
    let watched: Value = serde_json::from_str(&text("watched.json")).expect("one object");
    let login = watched["checks"].as_array().and_then(|checks| checks.last()).expect("the login is told");
    assert_eq!(
        (&login["trial"], &login["verdict"]),
        (&Value::from("login"), &Value::from("fail")),
        "{login}"
    );
    assert!(login["next"].as_str().is_some_and(|next| next.contains("the valve does not work")), "{login}");
    assert_eq!((text("watched").trim(), text("missed").trim()), ("1", "1"), "{}", text("missed.out"));
    assert!(text("missed.out").contains("nobody has logged in within 1 s"), "{}", text("missed.out"));
    assert_eq!(text("undone").trim(), "0", "{told}\n{}", text("undone.err"));
    assert_eq!(text("page"), "404", "after undo the reloaded server knows the path no more");
}

fn every_trial_passes(object: &Value) {
    let checks = object["checks"].as_array().expect("a list of checks");
    let verdicts: Vec<_> =
        checks.iter().map(|check| (check["trial"].as_str().unwrap_or_default(), &check["verdict"])).collect();
    for trial in ["backend", "page", "tunnel", "web_socket", "patch", "slash", "upload", "families"] {
        assert!(
            verdicts.iter().any(|(name, verdict)| *name == trial && *verdict == "pass"),
            "{trial}: {object:#}"
        );
    }
    assert!(checks.iter().all(|check| check["verdict"] == "pass"), "{object:#}");
}

#[test]
fn nginx_is_reloaded_asked_and_given_back() {
    proved("nginx_is_reloaded_asked_and_given_back", "nginx", "/etc/nginx", "/var/log/nginx");
}

#[test]
fn apache_is_reloaded_asked_and_given_back() {
    proved("apache_is_reloaded_asked_and_given_back", "apache", "/etc/apache2", "/var/log/apache2");
}

#[test]
fn a_tomcat_that_runs_since_before_its_file_was_changed_is_found() {
    if !is_root() {
        return again_as_root(
            "running_servers::a_tomcat_that_runs_since_before_its_file_was_changed_is_found",
        );
    }
    let work = tempfile::tempdir().expect("a temporary folder");
    let serve = "\"$LAB\" serve --in-place --nginx /etc/nginx --server-xml /etc/tomcat10/server.xml --url \
                 http://127.0.0.1/ --log-dir /var/log/nginx -- sh -c \"$TOUCH\"";
    let told = sandbox(serve, &[("TOUCH", TOUCH.as_ref()), ("WORK", work.path().as_os_str())]);
    let text = |name: &str| {
        fs::read_to_string(work.path().join(name)).unwrap_or_else(|error| panic!("{error}: {told}"))
    };
    assert_eq!((text("before").trim(), text("after").trim()), ("", "S08"), "{told}");
}
