//! Programs and clients that the broken machines are asked with.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Where clients come from, the second of a private range.
pub const CLIENT: &str = "203.0.113.9";
pub const PRIVATE: &str = "192.168.50.7";

/// Tomcat's own test of a server.xml, in a base of its own and on ports that nobody has.
pub fn configtest(server_xml: &Path) -> Output {
    let base = tempfile::tempdir().unwrap();
    for folder in ["conf", "logs", "temp", "webapps", "webapps-old"] {
        fs::create_dir(base.path().join(folder)).unwrap();
    }
    let text = fs::read_to_string(server_xml).unwrap();
    // Its test takes the ports, which the Tomcat that runs has.
    let text = regex::Regex::new("port=\"[0-9]+\"").unwrap().replace_all(&text, "port=\"0\"").into_owned();
    fs::write(base.path().join("conf/server.xml"), text).unwrap();
    let home = std::env::var("CATALINA_HOME").unwrap_or_else(|_| "/usr/share/tomcat10".to_owned());
    Command::new(format!("{home}/bin/catalina.sh"))
        .arg("configtest")
        .env("CATALINA_HOME", &home)
        .env("CATALINA_BASE", base.path())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

pub fn run(program: &str, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|e| panic!("{program}: {e}"))
}

pub fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

pub fn children(process: u32) -> BTreeSet<u32> {
    let text = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
    text.split_whitespace().map(|number| number.parse().unwrap()).collect()
}

/// The status that a client on another machine is answered with.
pub fn curl(host: &str, path: &str) -> u16 {
    let url = format!("http://127.0.0.1{path}");
    let host = format!("Host: {host}");
    let output = run(
        "curl",
        &[
            "-sS",
            "-m",
            "5",
            "--interface",
            CLIENT,
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            "-H",
            &host,
            &url,
        ],
    );
    String::from_utf8_lossy(&output.stdout).parse().unwrap_or_default()
}

/// The address that the application records for such a client.
pub fn recorded() -> String {
    let url = "http://127.0.0.1/guacamole/api/tokens";
    let output = run("curl", &["-sS", "-m", "5", "--interface", CLIENT, "-d", "username=a&password=a", url]);
    let object: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    object["remoteAddr"].as_str().unwrap_or_default().to_owned()
}
