//! A test that runs itself again in a process of its own: to be killed there, or to have mounts of its own.

use std::path::{Path, PathBuf};
use std::process::ExitStatus;

/// Names the folder the child works in, and says what it is to do.
const FOLDER: &str = "GUACFRONT_TEST_CHILD_FOLDER";
const ORDER: &str = "GUACFRONT_TEST_CHILD_ORDER";

/// What this process is to do, where it is the child.
pub fn order() -> Option<(PathBuf, String)> {
    let order = std::env::var_os(ORDER)?.into_string().expect("an order is text");
    Some((std::env::var_os(FOLDER)?.into(), order))
}

/// Runs a test again as a child, by way of a program that changes its surroundings.
#[expect(clippy::disallowed_methods, reason = "the child is the test itself")]
pub fn run(way: &[&str], test: &str, folder: &Path, order: &str) -> (ExitStatus, String) {
    let own = std::env::current_exe().expect("the test's own path");
    let own = own.to_str().expect("it is text");
    let argv: Vec<&str> = way.iter().copied().chain([own, "--exact", test, "--nocapture"]).collect();
    let output = std::process::Command::new(argv[0])
        .args(&argv[1..])
        .env(FOLDER, folder)
        .env(ORDER, order)
        .output()
        .expect("the child starts");
    let said = [output.stdout, output.stderr].concat();
    (output.status, String::from_utf8_lossy(&said).into_owned())
}

/// Runs a program that a test needs for its surroundings.
#[expect(clippy::disallowed_methods, reason = "a test makes its own surroundings")]
pub fn must(argv: &[&str]) {
    let output = std::process::Command::new(argv[0]).args(&argv[1..]).output().expect("it starts");
    assert!(output.status.success(), "{argv:?}: {}", String::from_utf8_lossy(&output.stderr));
}
