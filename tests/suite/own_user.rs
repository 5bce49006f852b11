//! A Tomcat that an account of its own runs from a folder of its own: nothing vouches for it but a person who names it.

use super::real_servers::{again_as_root, is_root, sandbox};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// A real Tomcat of user 4711 on a machine that has no other.
const JOURNEY: &str = r#"
own=$(basename "$(dirname "$SERVER_XML")"); home="$WORK/home"; base="$WORK/base"
mkdir -p "$home" "$base/conf" "$base/logs" "$base/temp" "$base/work" "$base/webapps/guacamole" || exit 1
cp -rL "/usr/share/$own/bin" "/usr/share/$own/lib" "$home/" && cp "$WORK/server.xml" "/etc/$own/web.xml" "$base/conf/" &&
    echo page >"$base/webapps/guacamole/index.html" || exit 1
chmod 711 "$WORK" && chown -R 4711:4711 "$base" || exit 1
for folder in /etc /var/lib /usr/share; do
    [ ! -d "$folder/$own" ] || mount -t tmpfs none "$folder/$own" || exit 1
done
setpriv --reuid 4711 --regid 4711 --clear-groups java -Xmx128m -XX:TieredStopAtLevel=1 \
    -cp "$home/bin/bootstrap.jar:$home/bin/tomcat-juli.jar" "-Dcatalina.home=$home" "-Dcatalina.base=$base" \
    "-Djava.io.tmpdir=$base/temp" org.apache.catalina.startup.Bootstrap start >"$WORK/catalina.out" 2>&1 & pid=$!
for try in $(seq 300); do curl -s -o "$WORK/page" http://127.0.0.1:8080/guacamole/index.html && break; sleep 0.1; done
run() { name=$1; shift; "$GUACFRONT" "$@" >"$WORK/$name" 2>"$WORK/$name.err"; echo $? >"$WORK/$name.code"; }
run before answers
run unnamed plan --answers "$WORK/unnamed.toml"
run unread apply --answers "$WORK/none.toml" --yes --no-check --json
run unjudged check --rules-only --json
run taken undo --yes
ln -s base "$WORK/link"
run linked plan --answers "$WORK/linked.toml"
mkdir -p /run/systemd/system
setpriv --reuid 4712 --regid 4712 --clear-groups python3 -c 'import time; time.sleep(60)' "-Dcatalina.base=/var/lib/$own" \
    org.apache.catalina.startup.Bootstrap -config "$base/conf/server.xml" start & liar=$!
until tr '\0' ' ' <"/proc/$liar/cmdline" | grep -q '^python3'; do sleep 0.1; done
run fooled plan --answers "$WORK/named.toml" --json
kill "$liar"
run applied apply --answers "$WORK/named.toml" --yes --no-check --json
stat -c %u:%g "$base/conf/server.xml" >"$WORK/owner"
run again answers
run second apply --answers "$WORK/named.toml" --yes --no-check --json
run checked check --rules-only --json
mv "$base/conf/server.xml" "$base/conf/kept.xml"
cp "$WORK/server.xml" "$WORK/billing.xml" && ln -s "$WORK/billing.xml" "$base/conf/server.xml"
run turned answers
rm "$base/conf/server.xml" && truncate -s 8T "$base/conf/server.xml" && chown 4711:4711 "$base/conf/server.xml"
run endless check --rules-only --json
mv "$base/conf/kept.xml" "$base/conf/server.xml"
run undone undo --yes
cmp "$base/conf/server.xml" "$WORK/server.xml" >"$WORK/cmp" 2>&1; echo $? >"$WORK/cmp.code"
run after answers
kill "$pid"; wait "$pid"
exit 0
"#;

#[test]
fn a_tomcat_of_its_own_user_is_told_and_taken_when_it_is_named() {
    let name = "own_user::a_tomcat_of_its_own_user_is_told_and_taken_when_it_is_named";
    if !is_root() {
        return again_as_root(name);
    }
    let work = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| work.path().join(name);
    let text = |name: &str| fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let server_xml = path("base/conf/server.xml");
    let named = format!("server_xml = \"{}\"", server_xml.display());
    let stock = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/etc/tomcat10/server.xml");
    fs::copy(stock, path("server.xml")).expect("it is copied");
    let none = "server_xml = \"none\"";
    let linked = named.replace("/base/", "/link/");
    let answers =
        [("unnamed.toml", ""), ("none.toml", none), ("named.toml", &named), ("linked.toml", &linked)];
    for (file, backend) in answers {
        let answers = format!("version = 1\n[frontend]\nserver = \"nginx\"\n[backend]\n{backend}\n");
        fs::write(path(file), answers).expect("the answers are written");
    }
    let told = sandbox(JOURNEY, &[("WORK", work.path().as_os_str())]);
    let ended = |name: &str, code: &str| {
        let own = text(&format!("{name}.code"));
        assert_eq!(
            own.trim(),
            code,
            "{name}: {}\n{told}\n{}",
            text(&format!("{name}.err")),
            text("catalina.out")
        );
    };

    assert_eq!(text("page").trim(), "page", "{}", text("catalina.out"));
    // Before it is named it is told of, and neither offered as the one that is meant nor read.
    ended("before", "0");
    assert!(text("before").contains("server_xml = \"none\""), "{}", text("before"));
    ended("unnamed", "2");
    let refusal = text("unnamed.err").split_whitespace().collect::<Vec<_>>().join(" ");
    let whose = format!("{}, which belongs to user 4711", server_xml.display());
    assert!(refusal.contains("when backend.server_xml names it") && refusal.contains(&whose), "{refusal}");

    ended("unread", "0");
    assert!(text("unread").contains("name it in backend.server_xml"), "{}", text("unread"));
    let unjudged: Value = serde_json::from_str(&text("unjudged")).expect("one object");
    let mut findings = unjudged["findings"].as_array().expect("a list").iter();
    let told = findings.find(|own| own["code"] == "T21").expect("its half is said to be unjudged");
    assert!(told["detail"].as_str().is_some_and(|text| text.contains("belongs to user 4711")), "{told}");
    ended("taken", "0");

    // By whatever link it is named it is that file, and another user's process has no say in which unit is restarted.
    ended("linked", "0");
    ended("fooled", "0");
    assert!(!text("fooled").contains("systemctl"), "{}", text("fooled"));

    ended("applied", "0");
    let applied: Value = serde_json::from_str(&text("applied")).expect("one object");
    let notes = applied["plan"]["notes"].as_array().or_else(|| applied["notes"].as_array()).expect("a list");
    let is_told =
        |note: &Value| note["text"].as_str().is_some_and(|text| text.contains("belongs to user 4711"));
    assert!(notes.iter().any(is_told), "{applied:#}");
    assert_eq!(text("owner").trim(), "4711:4711");

    // Its receipt tells that a person named it: it is known from then on.
    ended("again", "0");
    assert!(text("again").contains(&named), "{}", text("again"));
    ended("second", "0");
    let second: Value = serde_json::from_str(&text("second")).expect("one object");
    assert_eq!(second["receipt"], Value::Null, "{second:#}");
    let checked: Value = serde_json::from_str(&text("checked")).expect("one object");
    let codes: Vec<_> =
        checked["findings"].as_array().expect("a list").iter().map(|own| &own["code"]).collect();
    assert!(codes.iter().all(|code| **code != "T06"), "the valve is seen: {checked:#}");

    // A receipt tells of a file, and not of whatever its owner makes its name lead to.
    ended("turned", "0");
    assert!(text("turned").contains("server_xml = \"none\""), "{}", text("turned"));
    ended("endless", "1");
    assert!(text("endless").contains("it is larger than 256 MiB"), "{}", text("endless"));

    ended("undone", "0");
    ended("cmp", "0");
    assert!(text("after").contains("server_xml = \"none\""), "{}", text("after"));
}
