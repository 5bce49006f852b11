//! The rooms and the arrows between them, read from the source's own paths.
//!
//! Test modules are left out: a test may fetch its fixtures from wherever they are.

#[path = "house/paths.rs"]
mod paths;

use paths::{Named, named};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Who may call whom: a room, and the rooms whose paths may stand in it. A new room is a new line.
const ARROWS: [(&str, &[&str]); 12] = [
    ("main", &["cli"]),
    ("cli", &["tui", "plain", "wizard", "probe", "apply", "verify", "plan", "system", "config", "model"]),
    ("tui", &["wizard", "plan", "config", "model"]),
    ("plain", &["wizard", "plan", "config", "model"]),
    ("wizard", &["plan", "config", "model"]),
    ("probe", &["system", "config", "model"]),
    ("apply", &["system", "config", "model"]),
    ("verify", &["system", "config", "model"]),
    ("plan", &["config", "model"]),
    ("system", &["config", "model"]),
    ("config", &["model"]),
    ("model", &[]),
];

/// The rooms without files, clock, environment, commands, sockets or terminal.
const PURE: [&str; 4] = ["wizard", "plan", "config", "model"];

/// What a pure room does not name. A path is meant with everything below it.
const IMPURE: [&str; 13] = [
    "std::fs",
    "std::env",
    "std::process",
    "std::thread",
    "std::net::TcpStream",
    "std::net::TcpListener",
    "std::net::UdpSocket",
    "std::os::unix::net",
    "std::time::Instant",
    "std::time::SystemTime",
    "std::io::stdin",
    "std::io::stdout",
    "std::io::stderr",
];

/// Crates that appear in one room alone.
const CRATES: [(&str, &str); 6] = [
    ("ratatui", "tui"),
    ("crossterm", "tui"),
    ("dialoguer", "plain"),
    ("clap", "cli"),
    ("clap_complete", "cli"),
    ("clap_mangen", "cli"),
];

/// A file longer than this asks to be two.
const LINES: usize = 400;

#[test]
fn every_room_calls_only_the_rooms_below_it() {
    let faults: Vec<String> =
        sources().iter().flat_map(|source| faults(&source.path, &source.text)).collect();
    assert!(faults.is_empty(), "the house is not as its plan:\n{}", faults.join("\n"));
}

#[test]
fn every_file_can_be_held_in_the_head() {
    let long: Vec<String> = sources()
        .iter()
        .map(|source| (source, source.text.lines().count()))
        .filter(|(_, lines)| *lines > LINES)
        .map(|(source, lines)| format!("src/{}: {lines} lines, more than {LINES}", source.path.display()))
        .collect();
    assert!(long.is_empty(), "these files ask to be two:\n{}", long.join("\n"));
}

#[test]
fn every_room_has_its_line() {
    for source in sources() {
        let room = room(&source.path);
        assert!(
            room == "lib" || arrows(&room).is_some(),
            "src/{} is in no known room",
            source.path.display()
        );
    }
}

struct Source {
    /// Below src.
    path: PathBuf,
    text: String,
}

fn sources() -> Vec<Source> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut left = vec![folder.clone()];
    let mut sources = Vec::new();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            sources.push(Source { path: path.strip_prefix(&folder).unwrap().to_owned(), text });
        }
    }
    assert!(sources.len() > 20, "only {} files below {}", sources.len(), folder.display());
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

/// The first part of a path below src: `plan/nginx.rs` and `plan.rs` are in the room `plan`.
fn room(path: &Path) -> String {
    let first = path.iter().next().unwrap().to_string_lossy();
    first.strip_suffix(".rs").unwrap_or(&first).to_owned()
}

fn arrows(room: &str) -> Option<&'static [&'static str]> {
    ARROWS.iter().find(|(name, _)| *name == room).map(|(_, below)| *below)
}

/// The module that a file is: `plan/nginx.rs` is `plan::nginx`.
fn module(path: &Path) -> Vec<String> {
    path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect()
}

/// What is wrong with the paths that a file names, a line each.
fn faults(path: &Path, text: &str) -> Vec<String> {
    let room = room(path);
    let tests = path.iter().any(|part| part == "tests" || part == "tests.rs");
    if tests || room == "lib" {
        return Vec::new();
    }
    let told = |named: &Named, why: &str| {
        let mut line = format!("src/{}:{}: ", path.display(), named.line);
        let _ = write!(line, "`{}` in {room}: {why}", named.path.join("::"));
        line
    };
    named(&module(path), text).iter().filter_map(|named| Some(told(named, &fault(&room, named)?))).collect()
}

fn fault(room: &str, named: &Named) -> Option<String> {
    let first = named.path.first()?.as_str();
    // The program calls its library by name.
    if first == "crate" || first == "guacfront" {
        let other = named.path.get(1)?.as_str();
        let below = arrows(room)?;
        let allowed = other == room || below.contains(&other) || arrows(other).is_none();
        return (!allowed).then(|| format!("{room} calls {} alone", list(below)));
    }
    if let Some((_, home)) = CRATES.iter().find(|(name, home)| *name == first && *home != room) {
        return Some(format!("{first} appears in {home} alone"));
    }
    let path = named.path.join("::");
    let impure = PURE.contains(&room)
        && IMPURE.iter().any(|impure| path == *impure || path.starts_with(&format!("{impure}::")));
    impure.then(|| format!("{room} is pure; files, commands, sockets and the clock are system's"))
}

fn list(rooms: &[&str]) -> String {
    if rooms.is_empty() { "no other room".to_owned() } else { rooms.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(path: &str, text: &str) -> Vec<String> {
        faults(Path::new(path), text)
    }

    #[test]
    fn a_wrong_import_is_seen_with_file_and_line() {
        let faults = faults_of("plan/nginx.rs", "//! Words.\n\nuse crate::{model::Plan, system::System};\n");
        assert_eq!(faults.len(), 1);
        assert!(faults[0].starts_with("src/plan/nginx.rs:3: `crate::system::System` in plan:"), "{faults:?}");
    }

    #[test]
    fn a_wrong_path_in_the_middle_of_code_is_seen() {
        assert_eq!(faults_of("model/path.rs", "fn f() { crate::config::splice(&[]); }").len(), 1);
        assert_eq!(faults_of("wizard.rs", "fn f() { let x = super::tui::draw(); }").len(), 1);
    }

    #[test]
    fn a_pure_room_has_no_files_and_no_clock() {
        assert_eq!(faults_of("config.rs", "use std::{fs, io::Write};").len(), 1);
        assert_eq!(faults_of("plan.rs", "let now = std::time::Instant::now();").len(), 1);
        assert_eq!(faults_of("model.rs", "use std::net::{IpAddr, TcpStream};").len(), 1);
        assert!(faults_of("system.rs", "use std::fs::File;").is_empty());
    }

    #[test]
    fn a_terminal_crate_outside_its_room_is_seen() {
        assert_eq!(faults_of("plain.rs", "use ratatui::Frame;").len(), 1);
        assert!(faults_of("tui/view.rs", "use ratatui::Frame;").is_empty());
    }

    #[test]
    fn what_is_allowed_is_not_seen() {
        let text = "use crate::{config::Edit, model::*};\nuse super::diff;\nuse std::time::Duration;\n";
        assert!(faults_of("plan/nginx.rs", text).is_empty());
    }

    #[test]
    fn test_modules_are_left_out() {
        let text = "#[cfg(test)]\nmod tests {\n    use crate::system::System;\n}\n";
        assert!(faults_of("plan.rs", text).is_empty());
        assert_eq!(faults_of("plan.rs", &format!("{text}use crate::system::System;")).len(), 1);
    }
}
