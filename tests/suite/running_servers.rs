//! guacfront on a machine whose servers run: apply reloads the frontend, asks it, and says so; undo reloads it again.

use super::real_servers::{again_as_root, is_root, sandbox, server_xml};
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

fn answers(server: &str) -> String {
    format!(
        "version = 1\n[frontend]\nserver = \"{server}\"\npublic_path = \"/remote/\"\n[backend]\n\
         server_xml = \"{}\"\n",
        server_xml()
    )
}

fn proved(name: &str, server: &str, config: &str, logs: &str) {
    if !is_root() {
        return again_as_root(&format!("running_servers::{name}"));
    }
    let work = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| work.path().join(name);
    let text = |name: &str| fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    fs::write(path("answers.toml"), answers(server)).expect("the answers are written");
    let serve = format!(
        "\"$LAB\" serve --in-place --{server} {config} --server-xml $SERVER_XML --url \
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

/// What is run to prove headers and streaming on the real configuration, good and broken, and to stop it half-way.
const PROVE: &str = r#"
files() { find "$CONFIG" -type f -exec cksum {} + | sort; find "$CONFIG" -type l | sort; }
reload() { $RELOAD; sleep 1; }
"$GUACFRONT" apply --answers "$ANSWERS" --yes --no-check >"$WORK/applied.err" 2>&1
files >"$WORK/files"
"$GUACFRONT" check --prove-address --yes --json >"$WORK/good.json" 2>"$WORK/good.err"; echo $? >"$WORK/good"
files | cmp - "$WORK/files" >"$WORK/kept" 2>&1; echo $? >"$WORK/kept"
for signal in INT KILL; do
    "$GUACFRONT" check --prove-address --yes >"$WORK/ended.err" 2>&1 & proof=$!
    for try in $(seq 1500); do grep -qs guacfront-proof "$SITE" && break; sleep 0.02; done
    grep -c guacfront-proof "$SITE" >"$WORK/seen.$signal"
    kill -$signal $proof; wait $proof; echo $? >"$WORK/code.$signal"
    for try in $(seq 50); do files | cmp -s - "$WORK/files" && break; sleep 0.1; done
    files | cmp - "$WORK/files" >"$WORK/after.$signal" 2>&1; echo $? >"$WORK/after.$signal"
    sleep 1
done
sed -i "$BREAK" "$SITE"; reload
"$GUACFRONT" check --prove-address --yes --json >"$WORK/broken.json" 2>"$WORK/broken.err"; echo $? >"$WORK/broken"
"#;

/// `broken`: a sed script that takes lines out of the site, and the trials of the stand-in that then fail.
fn proved_by_stand_in(
    name: &str,
    server: &str,
    config: &str,
    site: &str,
    reload: &str,
    broken: (&str, &[&str]),
) {
    if !is_root() {
        return again_as_root(&format!("running_servers::{name}"));
    }
    let work = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| work.path().join(name);
    let text = |name: &str| fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    fs::write(path("answers.toml"), answers(server)).expect("the answers are written");
    let serve = format!(
        "\"$LAB\" serve --in-place --{server} {config} --server-xml $SERVER_XML --url \
         http://127.0.0.1/remote/ --log-dir /var/log/{} -- sh -c \"$PROVE\"",
        config.trim_start_matches("/etc/")
    );
    let told = sandbox(
        &serve,
        &[
            ("PROVE", PROVE.as_ref()),
            ("ANSWERS", path("answers.toml").as_os_str()),
            ("WORK", work.path().as_os_str()),
            ("CONFIG", config.as_ref()),
            ("SITE", site.as_ref()),
            ("RELOAD", reload.as_ref()),
            ("BREAK", broken.0.as_ref()),
        ],
    );
    let verdicts = |name: &str| -> Vec<(String, String)> {
        let object: Value = serde_json::from_str(&text(name))
            .unwrap_or_else(|error| panic!("{error}: {told}\n{}\n{}", text("good.err"), text("broken.err")));
        let checks = object["checks"].as_array().expect("a list of checks").clone();
        let text_of = |check: &Value, key: &str| check[key].as_str().unwrap_or_default().to_owned();
        let own =
            checks.iter().filter(|c| matches!(c["trial"].as_str(), Some("streaming" | "headers" | "forged")));
        own.map(|check| (text_of(check, "trial"), text_of(check, "verdict"))).collect()
    };
    let pass = |trial: &str| (trial.to_owned(), "pass".to_owned());
    assert_eq!(verdicts("good.json"), ["streaming", "headers", "forged"].map(pass), "{}", text("good.json"));
    assert_eq!(text("kept").trim(), "0", "the files are as they were");
    for (signal, code) in [("INT", "130"), ("KILL", "137")] {
        assert_ne!(text(&format!("seen.{signal}")).trim(), "0", "the copy was there when SIG{signal} came");
        assert_eq!(text(&format!("code.{signal}")).trim(), code, "{}", text("ended.err"));
        assert_eq!(text(&format!("after.{signal}")).trim(), "0", "the copy is gone after SIG{signal}");
    }
    let failed: Vec<String> = verdicts("broken.json")
        .into_iter()
        .filter(|(_, verdict)| verdict == "fail")
        .map(|(trial, _)| trial)
        .collect();
    assert_eq!(failed, broken.1, "{}", text("broken.json"));
    assert_eq!(text("broken").trim(), "1");
}

#[test]
fn a_stand_in_proves_nginx_s_headers_and_streaming_and_is_gone_again() {
    proved_by_stand_in(
        "a_stand_in_proves_nginx_s_headers_and_streaming_and_is_gone_again",
        "nginx",
        "/etc/nginx",
        "/etc/nginx/sites-available/default",
        "nginx -s reload",
        (
            "/proxy_buffering/d; /proxy_http_version/d; /X-Forwarded-For/d; /X-Forwarded-Proto/d",
            &["streaming", "headers", "forged"],
        ),
    );
}

#[test]
fn a_stand_in_proves_httpd_s_headers_and_streaming_and_is_gone_again() {
    proved_by_stand_in(
        "a_stand_in_proves_httpd_s_headers_and_streaming_and_is_gone_again",
        "apache",
        "/etc/apache2",
        "/etc/apache2/sites-available/000-default.conf",
        "apache2ctl -k graceful",
        ("/X-Forwarded-Proto/d", &["forged"]),
    );
}

#[test]
fn a_tomcat_that_runs_since_before_its_file_was_changed_is_found() {
    if !is_root() {
        return again_as_root(
            "running_servers::a_tomcat_that_runs_since_before_its_file_was_changed_is_found",
        );
    }
    let work = tempfile::tempdir().expect("a temporary folder");
    let serve = "\"$LAB\" serve --in-place --nginx /etc/nginx --server-xml $SERVER_XML --url \
                 http://127.0.0.1/ --log-dir /var/log/nginx -- sh -c \"$TOUCH\"";
    let told = sandbox(serve, &[("TOUCH", TOUCH.as_ref()), ("WORK", work.path().as_os_str())]);
    let text = |name: &str| {
        fs::read_to_string(work.path().join(name)).unwrap_or_else(|error| panic!("{error}: {told}"))
    };
    assert_eq!((text("before").trim(), text("after").trim()), ("", "S08"), "{told}");
}

/// A location as a person writes it who has never heard of the WebSocket, and a good server.xml: the Tomcat that runs
/// reads a copy of that, so that nothing may have to be mended in it.
const BY_HAND: &str = r#"
sed -i 's|^\tserver_name _;|&\n\tlocation /guacamole/ {\n\t\tproxy_pass http://127.0.0.1:8080/guacamole/;\n\t\tproxy_buffering off;\n\t}|' /etc/nginx/sites-available/default
sed -i 's|unpackWARs="true" autoDeploy="true">|&\n<Valve className="org.apache.catalina.valves.RemoteIpValve" internalProxies="127\\.0\\.0\\.1\|0:0:0:0:0:0:0:1" remoteIpHeader="x-forwarded-for" proxiesHeader="x-forwarded-by" protocolHeader="x-forwarded-proto"/>|; s|connectionTimeout="20000"|& URIEncoding="UTF-8"|' "$SERVER_XML"
find /etc/nginx "${SERVER_XML%/*}" -type f -exec cksum {} + | sort >"$WORK/files"
"#;

/// What is run on them: once with the servers as they are, once with both started anew on what was mended.
const MEND: &str = r#"
"$GUACFRONT" check --json >"$WORK/before.json" 2>"$WORK/before.err"; echo $? >"$WORK/before"
"$GUACFRONT" check --fix --yes >"$WORK/mended.out" 2>&1; echo $? >"$WORK/mended"
"#;
const MENDED: &str = r#"
"$GUACFRONT" check --json >"$WORK/after.json" 2>"$WORK/after.err"; echo $? >"$WORK/after"
"$GUACFRONT" undo --yes >"$WORK/undone.out" 2>&1; echo $? >"$WORK/undone"
find /etc/nginx "${SERVER_XML%/*}" -type f -exec cksum {} + | sort | cmp - "$WORK/files" >"$WORK/same" 2>&1; echo $? >>"$WORK/same"
"#;

#[test]
fn a_set_up_by_hand_is_mended_proved_and_given_back() {
    if !is_root() {
        return again_as_root("running_servers::a_set_up_by_hand_is_mended_proved_and_given_back");
    }
    let work = tempfile::tempdir().expect("a temporary folder");
    let text = |name: &str| {
        fs::read_to_string(work.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let serve = "\"$LAB\" serve --in-place --nginx /etc/nginx --server-xml $SERVER_XML --url \
                 http://127.0.0.1/guacamole/ --log-dir /var/log/nginx -- sh -c";
    let script = format!("sh -c \"$BY_HAND\" && {serve} \"$MEND\" && {serve} \"$MENDED\"");
    let told = sandbox(
        &script,
        &[
            ("BY_HAND", BY_HAND.as_ref()),
            ("MEND", MEND.as_ref()),
            ("MENDED", MENDED.as_ref()),
            ("WORK", work.path().as_os_str()),
        ],
    );
    let codes = |name: &str| -> Vec<String> {
        let object: Value =
            serde_json::from_str(&text(name)).unwrap_or_else(|error| panic!("{error}: {told}"));
        let found = object["findings"].as_array().expect("a list of findings").clone();
        let own = found.iter().filter(|finding| finding["severity"] != "info");
        own.map(|finding| finding["code"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let before = codes("before.json");
    for code in ["N02", "N03", "N04", "N05", "N06", "N10", "N16"] {
        assert!(before.iter().any(|own| own == code), "{code} is not in {before:?}");
    }
    assert_eq!(text("before").trim(), "1");
    let failed: Value = serde_json::from_str(&text("before.json")).expect("one object");
    let failed: Vec<&str> = failed["checks"]
        .as_array()
        .expect("a list of checks")
        .iter()
        .filter(|check| check["verdict"] == "fail")
        .filter_map(|check| check["trial"].as_str())
        .collect();
    assert_eq!(failed, ["web_socket", "upload"], "what the rules foretell is what the servers do");
    assert_eq!(text("mended").trim(), "0", "{}", text("mended.out"));
    assert_eq!(
        (codes("after.json").as_slice(), text("after").trim()),
        (&[][..], "0"),
        "{}",
        text("after.json")
    );
    assert_eq!((text("undone").trim(), text("same").trim()), ("0", "0"), "{}", text("undone.out"));
}
