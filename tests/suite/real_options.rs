//! The frontend's options on real servers: what is switched off is off, and all else goes on working.

use super::real_servers::{again_as_root, is_root, sandbox, server_xml};
use serde_json::Value;
use std::fs;

/// What both scripts begin with: a command and the exit code it has to have.
const EXPECT: &str = r#"
set -u
expect() {
    wanted=$1; shift
    echo "== $*"
    "$@" </dev/null >"$WORK/out" 2>&1; code=$?
    cat "$WORK/out"
    [ "$code" = "$wanted" ] || { echo "== exit code $code instead of $wanted"; exit 1; }
}
"#;

/// Applies the options, judges them, and gives the answers back; then a short time alone, and the machine as it was.
const SCRIPT: &str = r#"
judge() {
    "$LAB" "$@" --in-place "--$SERVER" "$CONFIG" --server-xml "$SERVER_XML" --url http://127.0.0.9$PUBLIC --log-dir "$LOGS"
}
check() { judge check --strict --client 192.168.50.7 --untrusted 203.0.113.9 --upload-mb 5 "$@"; }
check_off() { check --only ws,host --json "$WORK/off.json"; }
serve() {
    "$LAB" serve --in-place "--$SERVER" "$CONFIG" --server-xml "$SERVER_XML" --url http://127.0.0.9$PUBLIC \
        --log-dir "$LOGS" -- sh -c "$1"
}
find "$CONFIG" "${SERVER_XML%/*}" -type f -exec cksum {} + | sort >"$WORK/files"
expect 0 "$GUACFRONT" apply --answers "$WORK/off.toml" --yes
expect 0 check --skip "ws,ws-push,ws-close,ws-addr,ws-idle,host,path-odd,https"
expect 1 check_off
"$GUACFRONT" answers >"$WORK/read.toml" || exit 1
expect 0 "$GUACFRONT" plan --answers "$WORK/read.toml" --exit-code
expect 0 serve "$CHECK"
expect 0 "$GUACFRONT" apply --answers "$WORK/short.toml" --yes
expect 0 serve "$SILENCE"
mv "$WORK/silence" "$WORK/silence.short"
expect 0 "$GUACFRONT" apply --answers "$WORK/long.toml" --yes
expect 0 serve "$SILENCE"
mv "$WORK/silence" "$WORK/silence.long"
for _ in 1 2 3; do expect 0 "$GUACFRONT" undo --yes; done
find "$CONFIG" "${SERVER_XML%/*}" -type f -exec cksum {} + | sort | cmp - "$WORK/files" || exit 1
"#;

const CHECK: &str =
    r#""$GUACFRONT" check --json >"$WORK/checked.json" 2>"$WORK/checked.err"; echo $? >"$WORK/checked""#;

/// A stream of Guacamole's that says nothing for six seconds at a time: what comes through of it.
const SILENCE: &str = r#"
url=${LAB_URL%/}
token=$(curl -s -d username=a -d password=b $url/api/tokens | sed 's/.*"authToken" *: *"\([^"]*\)".*/\1/')
id=$(curl -s -D "$WORK/head" -d "token=$token&GUAC_ID=1&GUAC_TYPE=c&GUAC_DATA_SOURCE=lab&lab_ticks=2&lab_interval=6000" \
    "$url/tunnel?connect")
own=$(tr -d '\r' <"$WORK/head" | sed -n 's/^guacamole-tunnel-token: //Ip')
curl -s -m 30 -H "Guacamole-Tunnel-Token: $own" "$url/tunnel?read:$id:0" >"$WORK/silence"
exit 0
"#;

/// One Guacamole, another one beside it, both judged and given back.
const BESIDE: &str = r#"
judge() {
    "$LAB" "$1" --in-place "--$SERVER" "$CONFIG" --server-xml "$SERVER_XML" --url "http://127.0.0.9$2" --log-dir "$LOGS" \
        --client 192.168.50.7 --untrusted 203.0.113.9 --upload-mb 5 --strict --skip path-odd,https
}
serve() {
    "$LAB" serve --in-place "--$SERVER" "$CONFIG" --server-xml "$SERVER_XML" --url http://127.0.0.9/one/ \
        --log-dir "$LOGS" -- sh -c "$1"
}
find "$CONFIG" "${SERVER_XML%/*}" -type f -exec cksum {} + | sort >"$WORK/files"
expect 0 "$GUACFRONT" apply --answers "$WORK/one.toml" --yes
expect 0 "$GUACFRONT" apply --answers "$WORK/two.toml" --yes
for answers in one two; do expect 0 "$GUACFRONT" plan --answers "$WORK/$answers.toml" --exit-code; done
for path in /one/ /two/; do expect 0 judge check $path; done
expect 0 serve "$CHECK"
for _ in 1 2; do expect 0 "$GUACFRONT" undo --yes; done
find "$CONFIG" "${SERVER_XML%/*}" -type f -exec cksum {} + | sort | cmp - "$WORK/files" || exit 1
"#;

fn answers(server: &str, path: &str, options: &str) -> String {
    format!(
        "version = 1\n[frontend]\nserver = \"{server}\"\npublic_path = \"{path}\"\n{options}\n[backend]\n\
         server_xml = \"{}\"\n",
        server_xml()
    )
}

/// What the lab found of the checks that are to fail, by name.
fn failed(json: &Value) -> Vec<&str> {
    let results = json["results"].as_array().expect("a list of results").iter();
    let failed = results.filter(|result| result["status"] != "PASS");
    failed.filter_map(|result| result["check"].as_str()).collect()
}

fn options_hold(name: &str, server: &str, config: &str, public: &str) {
    if !is_root() {
        return again_as_root(&format!("real_options::{name}"));
    }
    let work = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| work.path().join(name);
    let text = |name: &str| fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let off = "websocket = false\nread_timeout = \"45s\"\npass_host = false";
    for (name, options) in
        [("off", off), ("short", "read_timeout = \"3s\""), ("long", "read_timeout = \"15s\"")]
    {
        fs::write(path(&format!("{name}.toml")), answers(server, public, options)).expect("they are written");
    }
    let logs = config.replace("/etc", "/var/log");
    let told = sandbox(
        &format!("{EXPECT}{SCRIPT}"),
        &[
            ("CHECK", CHECK.as_ref()),
            ("SILENCE", SILENCE.as_ref()),
            ("WORK", work.path().as_os_str()),
            ("SERVER", server.as_ref()),
            ("PUBLIC", public.as_ref()),
            ("CONFIG", config.as_ref()),
            ("LOGS", logs.as_ref()),
        ],
    );
    let json: Value = serde_json::from_str(&text("off.json")).expect("the lab's results");
    assert_eq!(failed(&json), ["ws", "host"], "what is off is off: {told}");
    assert!(text("read.toml").contains(off), "{}", text("read.toml"));
    let checked: Value = serde_json::from_str(&text("checked.json")).expect("one object");
    assert_eq!(text("checked").trim(), "0", "{checked:#}");
    let trials = checked["checks"].as_array().expect("a list of checks");
    for trial in trials {
        let wanted = if trial["trial"] == "web_socket" { "skipped" } else { "pass" };
        assert_eq!(trial["verdict"], wanted, "{trial:#}");
    }
    assert!(trials.iter().any(|trial| trial["trial"] == "web_socket"), "{checked:#}");
    assert!(!text("silence.short").contains("0.;"), "it is cut after three seconds: {told}");
    assert!(text("silence.long").ends_with("0.;"), "it outlives six seconds: {told}");
}

#[test]
fn nginx_does_what_its_options_say_at_its_own_path() {
    let name = "nginx_does_what_its_options_say_at_its_own_path";
    options_hold(name, "nginx", "/etc/nginx", "/guacamole/");
}

#[test]
fn nginx_does_what_its_options_say_at_another_path() {
    options_hold("nginx_does_what_its_options_say_at_another_path", "nginx", "/etc/nginx", "/remote/");
}

#[test]
fn apache_does_what_its_options_say_at_its_own_path() {
    let name = "apache_does_what_its_options_say_at_its_own_path";
    options_hold(name, "apache", "/etc/apache2", "/guacamole/");
}

#[test]
fn apache_does_what_its_options_say_at_another_path() {
    options_hold("apache_does_what_its_options_say_at_another_path", "apache", "/etc/apache2", "/remote/");
}

fn two_side_by_side(name: &str, server: &str, config: &str) {
    if !is_root() {
        return again_as_root(&format!("real_options::{name}"));
    }
    let work = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| work.path().join(name);
    for (name, options) in [("one", ""), ("two", "beside = true")] {
        let text = answers(server, &format!("/{name}/"), options);
        fs::write(path(&format!("{name}.toml")), text).expect("they are written");
    }
    let logs = config.replace("/etc", "/var/log");
    let told = sandbox(
        &format!("{EXPECT}{BESIDE}"),
        &[
            ("CHECK", CHECK.as_ref()),
            ("WORK", work.path().as_os_str()),
            ("SERVER", server.as_ref()),
            ("CONFIG", config.as_ref()),
            ("LOGS", logs.as_ref()),
        ],
    );
    let checked = fs::read_to_string(path("checked.json")).expect("it was checked");
    let checked: Value = serde_json::from_str(&checked).expect("one object");
    for path in ["/one/", "/two/"] {
        let trials = checked["checks"].as_array().expect("a list of checks").iter();
        let own: Vec<&Value> = trials
            .filter(|trial| trial["address"].as_str().is_some_and(|place| place.ends_with(path)))
            .collect();
        assert!(own.len() > 3, "{path}: {checked:#}\n{told}");
        assert!(own.iter().all(|trial| trial["verdict"] == "pass"), "{own:#?}");
    }
}

#[test]
fn nginx_serves_two_guacamoles_side_by_side() {
    two_side_by_side("nginx_serves_two_guacamoles_side_by_side", "nginx", "/etc/nginx");
}

#[test]
fn apache_serves_two_guacamoles_side_by_side() {
    two_side_by_side("apache_serves_two_guacamoles_side_by_side", "apache", "/etc/apache2");
}
