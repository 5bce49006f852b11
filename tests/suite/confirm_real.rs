//! Whoever is asked "Still there?" on a machine whose servers run sees, before the answer, whether it works.

use super::real_servers::{again_as_root, is_root, sandbox, server_xml};
use std::fs;

/// The word of another terminal comes when the last trial has been told.
const APPLY: &str = r#"
"$GUACFRONT" apply --answers "$ANSWERS" --yes --confirm 120 >"$WORK/out" 2>"$WORK/all" & run=$!
for try in $(seq 600); do grep -qs 'IPv4 and IPv6' "$WORK/all" && break; sleep 0.1; done
cp "$WORK/all" "$WORK/before"
"$GUACFRONT" confirm >"$WORK/confirmed" 2>&1
wait $run; echo $? >"$WORK/code"
"#;

#[test]
fn the_servers_were_asked_only_after_the_person_had_decided() {
    if !is_root() {
        return again_as_root("confirm_real::the_servers_were_asked_only_after_the_person_had_decided");
    }
    let work = tempfile::tempdir().expect("a temporary folder");
    let text = |name: &str| {
        fs::read_to_string(work.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let answers = format!(
        "version = 1\n[frontend]\nserver = \"nginx\"\n[backend]\nserver_xml = \"{}\"\n",
        server_xml()
    );
    fs::write(work.path().join("answers.toml"), answers).expect("the answers are written");
    let told = sandbox(
        "\"$LAB\" serve --in-place --nginx /etc/nginx --server-xml $SERVER_XML --url \
         http://127.0.0.1/guacamole/ --log-dir /var/log/nginx -- sh -c \"$APPLY\"",
        &[
            ("APPLY", APPLY.as_ref()),
            ("ANSWERS", work.path().join("answers.toml").as_os_str()),
            ("WORK", work.path().as_os_str()),
        ],
    );
    let (before, all) = (text("before"), text("all"));
    assert!(before.contains("Still there?") && before.contains("The WebSocket opens"), "{told}\n{before}");
    assert!(!before.contains("Done."), "{before}");
    assert_eq!(text("code").trim(), "0", "{all}\n{}", text("confirmed"));
    assert_eq!(all.matches("The WebSocket opens").count(), 1, "the servers are asked once:\n{all}");
    assert!(all.contains("Done."), "{all}");
}
