//! The Ansible role on a machine whose servers run: its handler reloads the frontend once, a second run does not.

use super::fleet::{role_folder, tool};
use super::real_servers::{again_as_root, is_root, sandbox, server_xml};
use std::fs;
use std::path::Path;

/// Three runs of the playbook, and after each which workers run and what the public path answers.
const PLAY: &str = r#"
workers() {
    cat /proc/[0-9]*/stat 2>/dev/null | awk -v name="($DAEMON)" '$2 == name { parent[$1] = $4 }
        END { for (pid in parent) if (parent[pid] in parent) print pid }' | sort
}
page() { curl -s -o /dev/null -w '%{http_code}\n' http://127.0.0.1/remote/; }
settled() {
    # Workers of before the reload end when their last connection has.
    for try in $(seq 50); do page | grep -qx "$1" && break; sleep 0.2; done
    page >"$WORK/page.$2"; sleep 1; workers >"$WORK/workers.$2"
}
settled 404 stock
for run in first second undo; do
    [ $run = undo ] && tags="--tags undo" wanted=404 || tags= wanted=200
    ansible-playbook -i "$WORK/inventory" "$WORK/site.yml" $tags >"$WORK/said.$run" 2>&1
    echo $? >"$WORK/code.$run"
    settled $wanted $run
done
"#;

fn reloaded_once(name: &str, server: &str, config: &str, daemon: &str) {
    if !is_root() {
        return again_as_root(&format!("fleet_real::{name}"));
    }
    let work = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| work.path().join(name);
    let text = |name: &str| fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let vars = serde_json::json!({
        "guacfront_program": env!("CARGO_BIN_EXE_guacfront"),
        "guacfront_frontend": { "server": server, "public_path": "/remote/" },
        "guacfront_backend": { "server_xml": server_xml() },
    });
    let inventory = "[fleet]\nlocalhost ansible_connection=local \
                     ansible_python_interpreter=\"{{ ansible_playbook_python }}\"\n";
    fs::write(path("inventory"), inventory).expect("it is written");
    fs::create_dir(path("host_vars")).expect("a folder");
    fs::write(path("host_vars/localhost.json"), vars.to_string()).expect("they are written");
    let play = "- hosts: fleet\n  gather_facts: false\n  roles: [guacfront]\n";
    fs::write(path("site.yml"), play).expect("it is written");
    let serve = format!(
        "\"$LAB\" serve --in-place --{server} {config} --server-xml $SERVER_XML --url http://127.0.0.1/remote/ \
         --log-dir {} -- sh -c \"$PLAY\"",
        config.replace("/etc", "/var/log")
    );
    let settings = tool("ansible-playbook");
    let mut env: Vec<(&str, &std::ffi::OsStr)> =
        settings.get_envs().filter_map(|(name, value)| Some((name.to_str()?, value?))).collect();
    let home = path("home");
    env.extend([
        ("PLAY", PLAY.as_ref()),
        ("WORK", work.path().as_os_str()),
        ("DAEMON", daemon.as_ref()),
        ("ANSIBLE_HOME", home.as_os_str()),
    ]);
    assert!(Path::new(&role_folder()).is_dir());
    let told = sandbox(&serve, &env);

    for (run, page, reloads) in [("first", "200", 1), ("second", "200", 0), ("undo", "404", 1)] {
        let said = text(&format!("said.{run}"));
        assert_eq!(text(&format!("code.{run}")).trim(), "0", "{run}: {said}\n{told}");
        assert_eq!(text(&format!("page.{run}")).trim(), page, "{run}: {said}");
        let handler = said.split("RUNNING HANDLER").find(|part| part.contains("Reload the frontend]"));
        let changed = handler.map_or(0, |part| part.matches("changed: [localhost]").count());
        assert_eq!(changed, reloads, "{run}: {said}");
    }
    let workers = |run: &str| {
        let own = text(&format!("workers.{run}"));
        assert!(!own.trim().is_empty(), "{daemon} has workers: {told}");
        own
    };
    assert_ne!(workers("stock"), workers("first"), "the server has read its files anew");
    assert_eq!(workers("first"), workers("second"), "and not a second time");
    assert_ne!(workers("second"), workers("undo"), "and anew when all was taken back");
}

#[test]
fn nginx_is_reloaded_once_by_the_role() {
    reloaded_once("nginx_is_reloaded_once_by_the_role", "nginx", "/etc/nginx", "nginx");
}

#[test]
fn apache_is_reloaded_once_by_the_role() {
    reloaded_once("apache_is_reloaded_once_by_the_role", "apache", "/etc/apache2", "apache2");
}
