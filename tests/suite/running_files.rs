//! A server that was started with files of its own is asked for them, not guessed from how it was built.

use super::real_servers::{again_as_root, is_root, sandbox};
use std::fs;
use std::path::Path;

const NGINX: &str = r#"
/usr/sbin/nginx -p "$WORK/" -c own.conf || exit 1
"$GUACFRONT" plan --json --answers "$WORK/answers.toml" >"$WORK/plan.json"; code=$?
/usr/sbin/nginx -p "$WORK/" -c own.conf -s stop
exit "$code"
"#;

const APACHE: &str = r#"
. /etc/apache2/envvars
/usr/sbin/apache2 -f "$WORK/own.conf" -k start || exit 1
sleep 0.5
"$GUACFRONT" plan --json --answers "$WORK/answers.toml" >"$WORK/plan.json"; code=$?
/usr/sbin/apache2 -f "$WORK/own.conf" -k stop
exit "$code"
"#;

/// As systemd starts a unit with `ProtectSystem` or `PrivateTmp`: mounts of its own, the machine's files all the same.
const SANDBOXED_NGINX: &str = r#"
unshare -m /usr/sbin/nginx -p "$WORK/" -c own.conf || exit 1
"$GUACFRONT" plan --json --answers "$WORK/answers.toml" >"$WORK/plan.json"; code=$?
kill "$(cat "$WORK/nginx.pid")"
exit "$code"
"#;

/// A process that looks like a Tomcat's, with mounts of its own.
const SANDBOXED_TOMCAT: &str = r#"
unshare -m python3 -c 'import time; time.sleep(60)' "-Dcatalina.base=$WORK/tomcat" \
    org.apache.catalina.startup.Bootstrap start & pid=$!
until tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q '^python3'; do sleep 0.1; done
"$GUACFRONT" plan --json --answers "$WORK/answers.toml" >"$WORK/plan.json"; code=$?
kill "$pid"
exit "$code"
"#;

/// One in a container: files and network of its own, whose gateway is this machine until its address is taken away. The
/// machine has no Tomcat beside it.
const CONTAINED_TOMCAT: &str = r#"
for folder in /etc /var/lib /usr/share; do
    own=$(basename "$(dirname "$SERVER_XML")"); [ ! -d "$folder/$own" ] || mount -t tmpfs none "$folder/$own" || exit 1
done
mkdir "$WORK/jail"
ip address add 172.18.0.1/16 dev lo || exit 1
unshare -m -n sh -c 'ip link set lo up && ip address add 172.18.0.2/16 dev lo && ip route add default via 172.18.0.1 dev lo &&
    export GUACD_HOSTNAME=guacd WEBAPP_CONTEXT=ROOT && exec python3 -c "import os, time; os.chroot(os.environ[\"WORK\"] + \"/jail\"); time.sleep(60)" \
    -Dcatalina.base=/tmp/catalina-base org.apache.catalina.startup.Bootstrap start' & pid=$!
until [ "$(readlink "/proc/$pid/root")" = "$WORK/jail" ]; do sleep 0.1; done
"$GUACFRONT" answers >"$WORK/suggested.toml" && "$GUACFRONT" show --answers "$WORK/suggested.toml" >"$WORK/shown" &&
    "$GUACFRONT" plan --json --answers "$WORK/answers.toml" >"$WORK/plan.json" &&
    printf 'host = "172.18.0.2"\n' | cat "$WORK/answers.toml" - >"$WORK/direct.toml" &&
    "$GUACFRONT" plan --json --answers "$WORK/direct.toml" >"$WORK/direct.json" &&
    ip address del 172.18.0.1/16 dev lo && "$GUACFRONT" answers >"$WORK/routed.toml"; code=$?
kill "$pid"
exit "$code"
"#;

/// This machine is 10.0.0.5: each half is told of that address where only loopback is named.
const SEEN: &str = r#"
ip address add 10.0.0.5/24 dev lo || exit 1
"$GUACFRONT" show --answers "$WORK/answers.toml" --other "$WORK/other.toml" >"$WORK/shown"
"#;

fn planned(name: &str, server: &str, script: &str, conf: &str) {
    if !is_root() {
        return again_as_root(&format!("running_files::{name}"));
    }
    let work = tempfile::tempdir().expect("a temporary folder");
    let own = work.path().join("own.conf");
    fs::write(&own, conf.replace("WORK", &work.path().to_string_lossy())).expect("the file is written");
    let answers =
        format!("version = 1\n[frontend]\nserver = \"{server}\"\n[backend]\nserver_xml = \"none\"\n");
    fs::write(work.path().join("answers.toml"), answers).expect("the answers are written");
    let told = sandbox(script, &[("WORK", work.path().as_os_str())]);
    let plan = fs::read_to_string(work.path().join("plan.json")).expect("a plan");
    let plan: serde_json::Value = serde_json::from_str(&plan).expect("one object");
    assert_eq!(plan["files"][0]["path"], own.to_string_lossy().as_ref(), "{told}\n{plan:#}");
    let test = plan["commands"][0]["argv"].to_string();
    assert!(test.contains("own.conf") && test.contains("\"-t\""), "{test}");
    assert_eq!(plan["commands"][1]["purpose"], "reload", "{plan:#}");
}

#[test]
fn nginx_started_with_a_file_of_its_own() {
    let conf = "pid nginx.pid;\nerror_log error.log;\nevents {}\nhttp {\n    access_log off;\n    server {\n        \
                listen 127.0.0.1:8979;\n    }\n}\n";
    planned("nginx_started_with_a_file_of_its_own", "nginx", NGINX, conf);
}

#[test]
fn httpd_started_with_a_file_of_its_own() {
    let modules: String =
        ["mpm_event", "authz_core", "alias", "headers", "setenvif", "proxy", "proxy_http", "proxy_wstunnel"]
            .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
            .concat();
    let conf = format!(
        "{modules}PidFile WORK/httpd.pid\nErrorLog WORK/error.log\nDefaultRuntimeDir WORK\nServerName x.test\n\
         Listen 127.0.0.1:8978\n<VirtualHost *:8978>\n    ServerName a.test\n</VirtualHost>\n"
    );
    planned("httpd_started_with_a_file_of_its_own", "apache", APACHE, &conf);
}

#[test]
fn nginx_with_mounts_of_its_own_is_this_machine_s() {
    let conf = "pid nginx.pid;\nerror_log error.log;\nevents {}\nhttp {\n    access_log off;\n    server {\n        \
                listen 127.0.0.1:8979;\n    }\n}\n";
    planned("nginx_with_mounts_of_its_own_is_this_machine_s", "nginx", SANDBOXED_NGINX, conf);
}

/// What a script leaves in its folder, with answers that name no site.
fn told(name: &str, script: &str, answers: &str) -> Option<tempfile::TempDir> {
    if !is_root() {
        again_as_root(&format!("running_files::{name}"));
        return None;
    }
    let work = tempfile::tempdir().expect("a temporary folder");
    let conf = work.path().join("tomcat/conf");
    fs::create_dir_all(&conf).expect("a folder");
    let stock = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/etc/tomcat10/server.xml");
    fs::copy(stock, conf.join("server.xml")).expect("it is copied");
    let answers = answers.replace("WORK", &work.path().to_string_lossy());
    fs::write(work.path().join("answers.toml"), answers).expect("the answers are written");
    sandbox(script, &[("WORK", work.path().as_os_str())]);
    Some(work)
}

/// The notes of a plan, a line each.
fn notes_in(work: &Path, plan: &str) -> String {
    let plan = fs::read_to_string(work.join(plan)).expect("a plan");
    let plan: serde_json::Value = serde_json::from_str(&plan).expect("one object");
    let notes = plan["notes"].as_array().expect("a list").iter();
    notes.filter_map(|note| note["text"].as_str()).map(|text| format!("{text}\n")).collect()
}

/// Debian's unit gives its Tomcat mounts of its own: it was told not to run, and its new server.xml not read.
#[test]
fn a_tomcat_with_mounts_of_its_own_runs_and_is_restarted() {
    let answers = "version = 1\n[frontend]\nserver = \"none\"\n[backend]\nserver_xml = \"WORK/tomcat/conf/server.xml\"\n";
    let name = "a_tomcat_with_mounts_of_its_own_runs_and_is_restarted";
    let Some(work) = told(name, SANDBOXED_TOMCAT, answers) else { return };
    let notes = notes_in(work.path(), "plan.json");
    assert!(notes.contains("restart Tomcat yourself") && !notes.contains("not running"), "{notes}");
}

#[test]
fn a_tomcat_in_a_container_is_told_with_the_address_that_it_sees() {
    let answers = "version = 1\n[backend]\nserver_xml = \"none\"\n";
    let name = "a_tomcat_in_a_container_is_told_with_the_address_that_it_sees";
    let Some(work) = told(name, CONTAINED_TOMCAT, answers) else { return };
    let text = |name: &str| fs::read_to_string(work.path().join(name)).expect("it is written");
    let suggested = text("suggested.toml");
    for line in ["server_xml = \"none\"", "context = \"/\"", "proxies = [\"172.18.0.1\"]"] {
        assert!(suggested.contains(line), "{line} is not in {suggested}");
    }
    let routed = text("routed.toml");
    assert!(
        routed.contains("context = \"/\"") && !routed.contains("172.18.0.1"),
        "another's gateway: {routed}"
    );
    let shown = text("shown");
    for line in ["this machine comes from 172.18.0.1", "'172\\.18\\.0\\.1'", "WEBAPP_CONTEXT: \"ROOT\""] {
        assert!(shown.contains(line), "{line} is not in {shown}");
    }
    for plan in ["plan.json", "direct.json"] {
        let notes = notes_in(work.path(), plan);
        assert!(
            notes.contains("runs in a container") && notes.contains("sees this machine as 172.18.0.1"),
            "{plan}: {notes}"
        );
    }
}

#[test]
fn the_other_half_names_this_machine_as_that_one_sees_it() {
    let name = "the_other_half_names_this_machine_as_that_one_sees_it";
    for (answers, line) in [
        ("[frontend]\nserver = \"none\"\n[trust]\nproxies = [\"10.0.0.9\"]\n", "host = \"10.0.0.5\""),
        ("[backend]\nhost = \"10.0.0.9\"\nserver_xml = \"none\"\n", "proxies = [\"10.0.0.5\"]"),
    ] {
        let Some(work) = told(name, SEEN, &format!("version = 1\n{answers}")) else { return };
        let other = fs::read_to_string(work.path().join("other.toml")).expect("it is written");
        assert!(other.contains(line), "{line} is not in {other}");
    }
}
