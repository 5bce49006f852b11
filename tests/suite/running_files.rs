//! A server that was started with files of its own is asked for them, not guessed from how it was built.

use super::real_servers::{again_as_root, is_root, sandbox};
use std::fs;

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
