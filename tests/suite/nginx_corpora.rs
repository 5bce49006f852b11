//! Real nginx files and edge cases: read as nginx's own tokenizer reads them, edited in one place alone, and judged by
//! nginx itself.
//!
//! The files are not part of the project. `GUACFRONT_CORPORA` names their folder; without it they are looked for
//! beside the project's, and where there are none the tests say so and prove nothing.

use guacfront::config::MemoryFiles;
use guacfront::config::nginx::{Directive, Loaded, TokenKind, Tree, tokens};
use guacfront::model::Problem;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

#[path = "nginx_corpora/editing.rs"]
mod editing;
#[path = "nginx_corpora/judged.rs"]
mod judged;
#[path = "nginx_corpora/machine.rs"]
mod machine;
#[path = "nginx_corpora/round_trip.rs"]
mod round_trip;

fn corpora() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("GUACFRONT_CORPORA").map_or_else(beside, PathBuf::from);
    let found = folder.join("corpora/nginx").is_dir() && folder.join("edge/nginx").is_dir();
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

/// Every corpus file that nginx's tokenizer accepts, and every edge case that nginx accepts, with its name.
fn good_files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let corpus = table(&folder.join("corpora/nginx_verdicts.tsv"));
    let corpus = corpus.into_iter().filter(|row| row[1] == "OK").map(|row| format!("corpora/{}", row[0]));
    let edges = table(&folder.join("edge/nginx_verdicts.tsv"));
    let edges = edges.into_iter().filter(|row| row[1] == "VALID");
    let edges = edges.map(|row| format!("edge/nginx/{}.conf", row[0]));
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

/// What nginx's tokenizer prints of a file, as the corpus holds it.
fn printed<'a>(directives: impl Iterator<Item = Directive<'a>>, out: &mut String) {
    for directive in directives {
        for word in std::iter::once(directive.name()).chain(directive.arguments()) {
            out.push('<');
            for &byte in &*word.value() {
                match byte {
                    b'\\' => out.push_str("\\\\"),
                    b if b.is_ascii_graphic() => out.push(char::from(b)),
                    b => {
                        let _ = write!(out, "\\x{b:02x}");
                    }
                }
            }
            out.push_str("> ");
        }
        if directive.block().is_some() {
            out.push_str("{\n");
            printed(directive.children(), out);
            out.push_str("}\n");
        } else {
            out.push_str(";\n");
        }
    }
}

#[test]
fn every_corpus_file_has_the_words_that_nginx_reads_in_it() {
    let Some(folder) = corpora() else { return };
    let text =
        String::from_utf8(read(&folder.join("corpora/nginx_tokens.txt"))).expect("the words are ASCII");
    let mut compared = 0;
    for entry in text.split("FILE ").skip(1) {
        let (name, rest) = entry.split_once('\n').expect("a name");
        let Some(expected) = rest.strip_suffix("OK\n") else { continue };
        let tree = Tree::parse(read(&folder.join("corpora").join(name)))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut found = String::new();
        printed(tree.directives(), &mut found);
        assert_eq!(found, expected, "{name}");
        compared += 1;
    }
    assert!(compared > 150, "only {compared} files were compared");
}

#[test]
fn every_variant_of_a_corpus_file_is_tiled_by_its_tokens() {
    let Some(folder) = corpora() else { return };
    for (name, bytes) in good_files(&folder) {
        for variant in variants(&bytes) {
            let tokens = tokens(&variant).unwrap_or_else(|error| panic!("{name}: {error}"));
            let together: Vec<u8> =
                tokens.iter().flat_map(|token| variant[token.span.clone()].iter().copied()).collect();
            assert_eq!(together, variant, "{name}");
            let opened = tokens.iter().filter(|t| t.kind == TokenKind::Open).count();
            assert_eq!(opened, tokens.iter().filter(|t| t.kind == TokenKind::Close).count(), "{name}");
        }
    }
}

#[test]
fn what_nginx_refuses_is_refused_and_what_it_accepts_is_read() {
    let Some(folder) = corpora() else { return };
    let mut wrong = Vec::new();
    for row in table(&folder.join("corpora/nginx_verdicts.tsv")).iter().filter(|row| row[1] != "OK") {
        let result = Tree::parse(read(&folder.join("corpora").join(&row[0])));
        // Its own tokenizer cannot read Lua; with the module nginx can, and so can we.
        if result.is_ok() != row[0].contains("/lua-block-") {
            wrong.push(format!("{}: {result:?}", row[0]));
        }
    }
    for row in table(&folder.join("edge/nginx_verdicts.tsv")) {
        let (case, server, tokenizer) = (row[0].as_str(), row[1].as_str(), row[2].as_str());
        let problem = edge_case(&folder, case).problem;
        let includes = case.contains("include");
        let expected =
            if includes { server == "VALID" } else { tokenizer == "tokOK" || case == "71_lua_block" };
        if problem.is_none() != expected {
            wrong.push(format!("{case}: {server}, {tokenizer}, but {problem:?}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_fault_is_named_in_the_line_in_which_nginx_sees_it_or_before() {
    let Some(folder) = corpora() else { return };
    for row in table(&folder.join("edge/nginx_verdicts.tsv")) {
        let told = row[2].rsplit_once("line ").and_then(|(_, line)| line.parse::<usize>().ok());
        let (Some(told), Some(Problem { at: Some((line, _)), message, .. })) =
            (told, edge_case(&folder, &row[0]).problem)
        else {
            continue;
        };
        assert!(line <= told && !message.is_empty(), "{}: {line}, nginx says {told}", row[0]);
    }
}

fn edge_case(folder: &Path, case: &str) -> Loaded {
    let cases = folder.join("edge/nginx");
    let mut files = BTreeMap::new();
    files.insert(PathBuf::from("/edge/main.conf"), read(&cases.join(format!("{case}.conf"))).into());
    for entry in std::fs::read_dir(cases.join("inc")).expect("the included files") {
        let path = entry.expect("an entry").path();
        files.insert(Path::new("/edge/inc").join(path.file_name().expect("a name")), read(&path).into());
    }
    Loaded::read(Path::new("/edge/main.conf"), &MemoryFiles(files))
}
