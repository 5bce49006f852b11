//! Rules on configurations from everywhere: whatever stands in a file, `check` ends, and points into that file.
//!
//! The files are not part of the project. `GUACFRONT_CORPORA` names their folder; without it they are looked for
//! beside the project's, and where there are none the test says so and proves nothing.

use guacfront::system::System;
use guacfront::{probe, verify};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of files, and where a machine has such a file.
const KINDS: [(&str, &str); 3] = [
    ("nginx", "etc/nginx/nginx.conf"),
    ("apache", "etc/apache2/apache2.conf"),
    ("tomcat", "etc/tomcat10/server.xml"),
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn every_finding_points_into_a_file_of_the_machine() {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let corpora = std::env::var_os("GUACFRONT_CORPORA").map_or_else(beside, PathBuf::from);
    let mut looked_at = 0;
    for (kind, place) in KINDS {
        let all = files(&corpora.join("corpora").join(kind));
        let real = all.len();
        let edge = if kind == "tomcat" { "xml" } else { kind };
        for (at, path) in all.into_iter().chain(files(&corpora.join("edge").join(edge))).enumerate() {
            let machine = tempfile::tempdir().expect("a temporary folder");
            let to = machine.path().join(place);
            fs::create_dir_all(to.parent().expect("a folder")).expect("it is made");
            let bytes = fs::read(&path).expect("the file is there");
            fs::write(&to, &bytes).expect("it is written");
            let system = System::below(machine.path()).expect("the folder is there");
            let lines = bytes.iter().filter(|&&byte| byte == b'\n').count() + 1;
            for found in verify::rules_of_machine(&system, &probe::probe(&system)) {
                let text = found.text.as_deref().unwrap_or_default();
                let is_there = found.line.is_none_or(|line| (1..=lines).contains(&line));
                assert!(is_there && !text.contains(char::is_control), "{}: {found:?}", path.display());
                // The real files are of other programs: that there is no Guacamole, and at most that one cannot be read.
                let is_true = at >= real || ["S06", "S07"].contains(&found.rule.code());
                assert!(is_true, "a false alarm in {}: {found:?}", path.display());
            }
            looked_at += 1;
        }
    }
    if looked_at == 0 {
        eprintln!("no corpora in {}: nothing is proved here; set GUACFRONT_CORPORA", corpora.display());
    }
}
