//! Stock machine, `guacfront apply`, real servers that judge the result, `guacfront undo`, the stock machine again.
//!
//! Each case runs in the lab's sandbox: private copies of the servers' folders, a private network where ports 80 and
//! 8080 are free, an empty state folder. The private copies stay behind in a temporary folder and are compared there
//! with the machine's own folders, which nothing has touched.

use crate::tree::{Tree, files_holding};
use guacfront::config::MARK_BEGIN;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The folders that apply may change and undo must give back.
fn folders() -> [String; 4] {
    ["/etc/nginx", "/etc/apache2", &format!("/etc/{}", tomcat()), "/var/lib/apache2"].map(str::to_owned)
}

/// Debian's name of the Tomcat that is run: what `CATALINA_HOME` ends in, else Debian 12's.
fn tomcat() -> String {
    let home = std::env::var("CATALINA_HOME").unwrap_or_else(|_| "/usr/share/tomcat10".to_owned());
    home.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned()
}

/// That Tomcat's server.xml; scripts in the sandbox find it in `SERVER_XML`.
pub fn server_xml() -> String {
    format!("/etc/{}/server.xml", tomcat())
}

/// What each case runs; every word of the script is a variable, nothing is pasted into it.
const SCRIPT: &str = r#"
set -u
expect() {
    wanted=$1; shift
    echo "== $*"
    "$@" </dev/null >"$OUT" 2>&1; code=$?
    cat "$OUT"
    [ "$code" = "$wanted" ] || { echo "== exit code $code instead of $wanted"; exit 1; }
}
expect 1 "$GUACFRONT" plan --answers "$ANSWERS" --exit-code
expect 0 "$GUACFRONT" apply --answers "$ANSWERS" --yes
expect 0 "$LAB" check --in-place --strict --skip "$SKIP" "--$SERVER" "$CONFIG" --server-xml "$SERVER_XML" \
    --url "http://127.0.0.1$PUBLIC_PATH" --log-dir "$LOGS" --client 192.168.50.7 --untrusted 203.0.113.9 \
    --upload-mb 5 --json "$JSON"
expect 0 "$GUACFRONT" apply --answers "$ANSWERS" --yes
grep -i 'nothing to do' "$OUT" || { echo '== the second apply does not say that there is nothing to do'; exit 1; }
expect 0 "$GUACFRONT" plan --answers "$ANSWERS" --exit-code
expect 0 "$GUACFRONT" undo --yes
"#;

#[derive(Clone, Copy)]
enum Server {
    Nginx,
    Apache,
}

impl Server {
    fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "apache",
        }
    }

    fn config(self) -> &'static str {
        match self {
            Self::Nginx => "/etc/nginx",
            Self::Apache => "/etc/apache2",
        }
    }

    fn logs(self) -> &'static str {
        match self {
            Self::Nginx => "/var/log/nginx",
            Self::Apache => "/var/log/apache2",
        }
    }

    /// The stock site: named for nginx, left out for Apache httpd, so that both ways of choosing are used.
    fn site(self) -> &'static str {
        match self {
            Self::Nginx => r#"site = { file = "/etc/nginx/sites-available/default", name = "_" }"#,
            Self::Apache => "",
        }
    }

    /// The advice that cannot hold.
    fn skipped(self, public_path: &str) -> &'static str {
        match self {
            // nginx decodes a path before it puts another in the place of its beginning.
            Self::Nginx if public_path != "/guacamole/" => "path-odd",
            Self::Nginx | Self::Apache => "",
        }
    }
}

fn answers(server: Server, public_path: &str) -> String {
    let (name, site) = (server.name(), server.site());
    format!(
        r#"version = 1

[frontend]
server = "{name}"
{site}
public_path = "{public_path}"
max_upload = "1g"
log_tunnel = false

[backend]
host = "127.0.0.1"
port = 8080
context = "/guacamole/"

[trust]
proxies = ["127.0.0.1", "::1"]
"#
    )
}

/// Plans, applies, checks, applies again and undoes in the sandbox, and compares every folder.
fn journey(server: Server, public_path: &str, test: &str) {
    if !is_root() {
        return again_as_root(test);
    }
    require_stock_machine();
    let work = tempfile::tempdir().unwrap();
    let before: Vec<Tree> = folders().iter().map(|folder| Tree::read(Path::new(folder))).collect();
    let copies = work.path().join("machine");
    fs::create_dir(&copies).unwrap();
    let answers_file = work.path().join("answers.toml");
    fs::write(&answers_file, answers(server, public_path)).unwrap();
    let output = Command::new(lab())
        .arg("sandbox")
        .arg("--into")
        .arg(&copies)
        .args(["--", "sh", "-c", SCRIPT])
        .env("GUACFRONT", env!("CARGO_BIN_EXE_guacfront"))
        .env("SERVER_XML", server_xml())
        .env("ANSWERS", &answers_file)
        .env("OUT", work.path().join("output"))
        .env("JSON", work.path().join("checks.json"))
        .env("SERVER", server.name())
        .env("CONFIG", server.config())
        .env("LOGS", server.logs())
        .env("SKIP", server.skipped(public_path))
        .env("PUBLIC_PATH", public_path)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", lab().display()));
    let told = told(&output);
    assert!(output.status.success(), "{} at {public_path}:\n{told}", server.name());
    println!("{told}");
    every_check_was_made(&work.path().join("checks.json"), public_path);
    for (folder, before) in folders().iter().zip(&before) {
        let copy = Tree::read(&copies.join(folder.trim_start_matches('/')));
        before.assert_same(&copy, &format!("undo gives {folder} back"));
    }
}

/// A check that was skipped proves nothing: only those that cannot be asked here may be.
fn every_check_was_made(json: &Path, public_path: &str) {
    let results: serde_json::Value = serde_json::from_slice(&fs::read(json).unwrap()).unwrap();
    let results = results["results"].as_array().unwrap();
    let skipped: Vec<&str> = results
        .iter()
        .filter(|result| result["status"] != "PASS")
        .map(|result| result["check"].as_str().unwrap())
        .collect();
    // The stock site has no TLS; at / there is no path without its slash.
    let wanted: &[&str] = if public_path == "/" { &["slash", "https"] } else { &["https"] };
    assert_eq!(skipped, wanted);
    assert!(results.len() >= 30, "the lab made only {} checks", results.len());
}

/// The stock files of a developer's machine may bear guacfront's marks from an afternoon's trial.
fn require_stock_machine() {
    for folder in &folders() {
        assert!(Path::new(folder).is_dir(), "{folder} is missing; tests/run installs what these tests need");
        let marked = files_holding(Path::new(folder), MARK_BEGIN);
        assert!(
            marked.is_empty(),
            "guacfront has been applied to this machine: {marked:?}; undo it there first"
        );
    }
}

pub fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Namespaces and Tomcat's files need root: the test runs itself again as root, and ends as that one ends.
pub fn again_as_root(test: &str) {
    let output = Command::new("sudo")
        .args(["-n", "--"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("this test needs root, or sudo without a password: {error}"));
    let told = told(&output);
    assert!(output.status.success(), "this test needs root, or sudo without a password:\n{told}");
    assert!(told.contains("1 passed"), "no test is called {test}:\n{told}");
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Runs a shell script in a sandbox that keeps nothing; fails with what it printed where it fails.
pub fn sandbox(script: &str, env: &[(&str, &OsStr)]) -> String {
    require_stock_machine();
    let output = Command::new(lab())
        .args(["sandbox", "--", "sh", "-c", script])
        .env("GUACFRONT", env!("CARGO_BIN_EXE_guacfront"))
        .env("SERVER_XML", server_xml())
        .envs(env.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", lab().display()));
    let told = told(&output);
    assert!(output.status.success(), "{told}");
    told
}

pub fn lab() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab/lab")
}

/// One test a case; a test knows its own name, so that it can run itself again.
macro_rules! journeys {
    ($($name:ident: $server:expr, $path:literal;)*) => {$(
        #[test]
        fn $name() {
            journey($server, $path, concat!("real_servers::", stringify!($name)));
        }
    )*};
}

journeys! {
    nginx_serves_guacamole_at_its_own_path_and_undo_restores_the_stock_trees: Server::Nginx, "/guacamole/";
    nginx_serves_guacamole_at_another_path_and_undo_restores_the_stock_trees: Server::Nginx, "/remote/";
    nginx_serves_guacamole_at_the_root_and_undo_restores_the_stock_trees: Server::Nginx, "/";
    apache_serves_guacamole_at_its_own_path_and_undo_restores_the_stock_trees: Server::Apache, "/guacamole/";
    apache_serves_guacamole_at_another_path_and_undo_restores_the_stock_trees: Server::Apache, "/remote/";
    apache_serves_guacamole_at_the_root_and_undo_restores_the_stock_trees: Server::Apache, "/";
}
