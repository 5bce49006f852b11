//! Real Apache httpd files and edge cases: read as httpd reads them, edited in one place alone, and judged by httpd
//! itself.
//!
//! The files are not part of the project. `GUACFRONT_CORPORA` names their folder; without it they are looked for
//! beside the project's, and where there are none the tests say so and prove nothing.

use guacfront::config::MemoryFiles;
use guacfront::config::apache::{Facts, Loaded, Tree, virtual_hosts};
use guacfront::system::System;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[path = "apache_corpora/adoption.rs"]
mod adoption;
#[path = "apache_corpora/debian.rs"]
mod debian;
#[path = "apache_corpora/editing.rs"]
mod editing;
#[path = "apache_corpora/judged.rs"]
mod judged;
#[path = "apache_corpora/machine.rs"]
mod machine;
#[path = "apache_corpora/round_trip.rs"]
mod round_trip;

fn corpora() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("GUACFRONT_CORPORA").map_or_else(beside, PathBuf::from);
    let found = folder.join("corpora/apache").is_dir() && folder.join("edge/apache").is_dir();
    if !found {
        eprintln!("no corpora in {}: nothing is proved here; set GUACFRONT_CORPORA", folder.display());
    }
    found.then_some(folder)
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lines of a table, cut at tabs, its heading left out.
fn table(path: &Path) -> Vec<Vec<String>> {
    let text = String::from_utf8_lossy(&read(path)).into_owned();
    text.lines().skip(1).map(|line| line.split('\t').map(ToOwned::to_owned).collect()).collect()
}

/// Every file of the corpora and every edge case that is read alike, with its name.
fn good_files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let corpus = table(&folder.join("corpora/apache_verdicts.tsv"));
    let corpus = corpus.into_iter().filter(|row| row[1] == "OK").map(|row| format!("corpora/{}", row[0]));
    let edges = table(&folder.join("edge/apache_verdicts.tsv"));
    let edges = edges.into_iter().filter(|row| row[1] == "VALID");
    let edges = edges.map(|row| format!("edge/apache/{}.conf", row[0]));
    corpus.chain(edges).map(|name| (name.clone(), read(&folder.join(name)))).collect()
}

/// A file as it is, with CRLF, without its last newline, and with a byte that is not UTF-8 in a comment.
fn variants(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut crlf = Vec::new();
    for &byte in bytes {
        if byte == b'\n' && crlf.last() != Some(&b'\r') {
            crlf.push(b'\r');
        }
        crlf.push(byte);
    }
    let bare = bytes.strip_suffix(b"\n").unwrap_or(bytes).to_vec();
    let latin = [b"# caf\xe9\n", bytes].concat();
    vec![bytes.to_vec(), crlf, bare, latin]
}

#[test]
fn every_variant_of_a_file_is_tiled_by_its_lines() {
    let Some(folder) = corpora() else { return };
    let mut tiled = 0;
    for (name, bytes) in good_files(&folder) {
        for variant in variants(&bytes) {
            let tree = Tree::parse(&variant[..]).unwrap_or_else(|error| panic!("{name}: {error}"));
            let mut at = 0;
            for line in tree.lines.iter() {
                assert_eq!(line.span().start, at, "{name}");
                let content = line.content();
                assert!(line.span().start <= content.start && content.end <= line.span().end, "{name}");
                at = line.span().end;
            }
            assert_eq!(at, variant.len(), "{name}");
            tiled += 1;
        }
    }
    assert!(tiled > 600, "only {tiled} variants were read");
}

/// What httpd refuses for what a directive says, which a reader of the structure alone does not know: two directives in
/// one line, too many arguments, an unknown directive.
const NOT_OF_THE_STRUCTURE: [&str; 6] = [
    "04_cr_only",
    "19_cont_at_eof",
    "22_inline_hash_take1_err",
    "26_quote_mid_word",
    "46_include_dir",
    "61_nbsp_indent",
];

#[test]
fn what_httpd_refuses_is_refused_in_its_line_and_what_it_accepts_is_read_alike() {
    let Some(folder) = corpora() else { return };
    let mut wrong = Vec::new();
    for row in table(&folder.join("edge/apache_verdicts.tsv")) {
        let (case, verdict, hosts, said) = (row[0].as_str(), row[1].as_str(), row[2].as_str(), &row[3]);
        let loaded = edge_case(&folder, case);
        let found = virtual_hosts(&loaded).len().to_string();
        let expected = verdict == "VALID" || NOT_OF_THE_STRUCTURE.contains(&case);
        if loaded.problem.is_none() != expected {
            wrong.push(format!("{case}: {verdict} {said}, but {:?}", loaded.problem));
        }
        // The words behind the tag's arguments are hosts that nobody can resolve: httpd leaves the whole section out.
        if verdict == "VALID" && found != hosts && case != "10_open_trailing_comment_gt" {
            wrong.push(format!("{case}: httpd has {hosts} virtual hosts, here are {found}"));
        }
        // This one has two faults: httpd opens the included file before it has read its own to the end.
        if let (Some(problem), Some(line)) = (&loaded.problem, line_told(said, case))
            && case != "48_include_unbalanced"
            && problem.at.is_none_or(|(own, _)| own != line)
        {
            wrong.push(format!("{case}: httpd says line {line}, here it is {problem}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// The line of the file itself that httpd names.
fn line_told(said: &str, case: &str) -> Option<usize> {
    let (line, rest) = said.split_once("Syntax error on line ")?.1.split_once(" of ")?;
    rest.starts_with(&format!("/{case}.conf:")).then(|| line.parse().ok()).flatten()
}

fn edge_case(folder: &Path, case: &str) -> Loaded {
    let cases = folder.join("edge/apache");
    let mut files = BTreeMap::new();
    for name in ["inc/half.conf", "inc/ok.conf", "inc/vh.conf", "inc/sub/x.conf~"] {
        files.insert(Path::new("/edge/apache").join(name), read(&cases.join(name)).into());
    }
    let main = PathBuf::from("/edge/apache/main.conf");
    files.insert(main.clone(), read(&cases.join(format!("{case}.conf"))).into());
    Loaded::read(&main, &Facts::default(), &MemoryFiles(files))
}

#[test]
fn a_folder_is_included_with_every_file_in_it_in_order() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("the folder is made");
        std::fs::write(path, text).expect("the file is written");
    };
    put("main.conf", "Include inc\nIncludeOptional glob/*\n");
    for name in ["inc/b.conf", "inc/.hidden", "inc/a/z.conf~", "inc/a.conf", "glob/.hidden", "glob/seen"] {
        put(name, &format!("ServerAlias {name}\n"));
    }
    let facts = Facts { server_root: folder.path().to_owned(), ..Facts::default() };
    let real = Loaded::read(&folder.path().join("main.conf"), &facts, &System::machine());
    assert_eq!(real.problem, None);
    let order: Vec<_> = real.items.iter().map(guacfront::config::apache::Item::first_argument).collect();
    assert_eq!(order, ["inc/.hidden", "inc/a/z.conf~", "inc/a.conf", "inc/b.conf", "glob/seen"]);

    let held = real.files.iter().map(|file| (file.path.clone(), file.bytes.clone())).collect();
    let held = Loaded::read(&folder.path().join("main.conf"), &facts, &MemoryFiles(held));
    assert_eq!(held.items, real.items, "what is held in memory is read as the machine's own files are");
}
