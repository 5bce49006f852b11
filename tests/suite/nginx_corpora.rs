//! Real nginx files and edge cases: read as nginx's own tokenizer reads them, edited in one place alone, and judged by
//! nginx itself.
//!
//! The files are not part of the project. `GUACFRONT_CORPORA` names their folder; without it they are looked for
//! beside the project's, and where there are none the tests say so and prove nothing.

use guacfront::config::nginx::{Directive, Loaded, TokenKind, Tree, server_blocks, tokens};
use guacfront::config::{MemoryFiles, SyntaxError};
use guacfront::model::{
    Answers, Draft, FileImage, Findings, Meta, NginxFindings, Plan, Problem, Service, Site, SiteRef,
};
use guacfront::plan::{PlanError, plan};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

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

/// Every corpus file that nginx's tokenizer accepts, with its name.
fn good_files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let verdicts = table(&folder.join("corpora/nginx_verdicts.tsv"));
    let good = verdicts.into_iter().filter(|row| row[1] == "OK").map(|mut row| row.swap_remove(0));
    good.map(|name| (name.clone(), read(&folder.join("corpora").join(name)))).collect()
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
fn printed(directives: &[Directive], out: &mut String) {
    for directive in directives {
        for word in &directive.words {
            out.push('<');
            for &byte in &word.value {
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
        if directive.block.is_some() {
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
        let tree = Tree::parse(&read(&folder.join("corpora").join(name)))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut found = String::new();
        printed(&tree.directives, &mut found);
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
        let result = Tree::parse(&read(&folder.join("corpora").join(&row[0])));
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

fn answers(public: &str) -> Answers {
    let draft = Draft { public_path: public.into(), server_xml: "none".into(), ..Draft::default() };
    draft.parse().expect("the answers are good")
}

/// Findings of a machine whose main file is this one, its includes left out as if nothing matched them.
fn machine(bytes: Vec<u8>) -> Result<(Findings, usize), SyntaxError> {
    let path = PathBuf::from("/etc/nginx/nginx.conf");
    let tree = Tree::parse(&bytes)?;
    let image = FileImage {
        path: path.clone(),
        target: path.clone(),
        bytes: bytes.into(),
        meta: Meta { mode: 0o644, uid: 0, gid: 0 },
    };
    let mut files = MemoryFiles(BTreeMap::from([(path.clone(), Arc::clone(&image.bytes))]));
    let mut images = vec![image];
    for name in includes(&tree.directives) {
        let name = Path::new("/etc/nginx").join(name).components().collect::<PathBuf>();
        if files.0.contains_key(&name) {
            continue;
        }
        let bytes: Arc<[u8]> = Arc::from(&b""[..]);
        files.0.insert(name.clone(), Arc::clone(&bytes));
        images.push(FileImage {
            path: name.clone(),
            target: name,
            bytes,
            meta: Meta { mode: 0o644, uid: 0, gid: 0 },
        });
    }
    let loaded = Loaded::read(&path, &files);
    assert_eq!(loaded.problem, None);
    let sites: Vec<Site> = server_blocks(&loaded)
        .iter()
        .map(|block| Site {
            file: loaded.files[block.placed.file].path.clone(),
            offset: block.placed.directive.span.start,
            line: loaded.line(block.placed),
            names: block.names.clone(),
            listens: block.listens.clone(),
            guacamole: None,
            shadowed_by: None,
        })
        .collect();
    let count = sites.len();
    let nginx = NginxFindings {
        version: None,
        main: path,
        files: images,
        sites,
        problem: None,
        service: Service::default(),
    };
    Ok((Findings { nginx: Some(nginx), ..Findings::default() }, count))
}

/// Names of files that are included by name and so have to be there.
fn includes(directives: &[Directive]) -> Vec<String> {
    let mut found = Vec::new();
    for directive in directives {
        let argument = directive.first_argument();
        if directive.is("include") && !argument.contains(['*', '?', '[']) {
            found.push(argument.into_owned());
        }
        found.extend(includes(directive.children()));
    }
    found
}

/// The plan for one of the machine's sites, chosen by keeping it alone.
fn plan_for(findings: &Findings, answers: &Answers, index: usize) -> Result<Plan, PlanError> {
    let mut findings = findings.clone();
    let nginx = findings.nginx.as_mut().expect("nginx is there");
    nginx.sites = vec![nginx.sites[index].clone()];
    plan(answers, &findings)
}

/// A file with its server blocks in an http context, as a main file has them.
fn as_main_file(bytes: &[u8]) -> Vec<u8> {
    let has_http = Tree::parse(bytes).is_ok_and(|tree| tree.directives.iter().any(|d| d.is("http")));
    if has_http { bytes.to_vec() } else { [b"http {\n", bytes, b"\n}\n"].concat() }
}

#[test]
fn an_insertion_touches_one_place_and_a_second_plan_nothing() {
    let Some(folder) = corpora() else { return };
    let answers = answers("/guacfront-test/");
    let (mut planned, mut refused) = (0, Vec::new());
    for (name, bytes) in good_files(&folder) {
        for variant in variants(&bytes) {
            let Ok((findings, sites)) = machine(as_main_file(&variant)) else { panic!("{name} is read") };
            for index in 0..sites.min(3) {
                let plan = match plan_for(&findings, &answers, index) {
                    Ok(plan) => plan,
                    Err(error) => {
                        refused.push(format!("{name}: {error}"));
                        continue;
                    }
                };
                let changes: Vec<_> = plan.changes().collect();
                let [change] = changes.as_slice() else { panic!("{name}: one file is edited") };
                one_place(&name, &change.before.bytes, &change.after, &change.changes);
                let (after, _) = machine(change.after.to_vec()).expect("it is still read");
                let again = plan_for(&after, &answers, index).expect("a second plan");
                assert_eq!(again.changes().count(), 0, "{name}: the second plan changes something");
                planned += 1;
            }
        }
    }
    eprintln!("{planned} insertions; refused: {refused:#?}");
    assert!(planned > 300, "only {planned} insertions");
    assert_eq!(refused, Vec::<String>::new());
}

fn one_place(name: &str, before: &[u8], after: &[u8], changes: &[guacfront::model::Change]) {
    let (first, last) = (changes.first().expect("an edit"), changes.last().expect("an edit"));
    let (start, end) = (first.from.start, last.from.end);
    assert_eq!(before[..start], after[..start], "{name}");
    assert_eq!(before[end..], after[last.to.end..], "{name}");
    assert!(before[start..end].trim_ascii().is_empty(), "{name}: more than blanks is replaced");
    let region = String::from_utf8(after[start..last.to.end].to_vec()).expect("ours is text");
    assert!(region.contains("# guacfront begin ") && region.contains("# guacfront end"), "{name}");
}

#[test]
fn nginx_itself_accepts_the_planned_stock_tree() {
    let nginx = Path::new("/usr/sbin/nginx");
    if !nginx.is_file() || !Path::new("/etc/nginx/sites-available/default").is_file() {
        eprintln!("no nginx with Debian's files here: nothing is proved");
        return;
    }
    for public in ["/guacamole/", "/remote/", "/"] {
        for context in ["/guacamole/", "/"] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let conf = stock_tree(folder.path());
            let mut answers = answers(public);
            answers.backend.context = guacfront::model::ContextPath::parse(context).expect("a path");
            let before = nginx_test(nginx, folder.path(), &conf);
            assert!(before.0, "the stock tree itself: {}", before.1);
            let first = apply(&conf, &answers);
            assert!(first > 0, "{public} {context}: nothing was planned");
            let after = nginx_test(nginx, folder.path(), &conf);
            assert!(after.0 && !after.1.contains("[warn]"), "{public} {context}: {}", after.1);
            assert_eq!(apply(&conf, &answers), 0, "{public} {context}: the second plan changes something");
        }
    }
}

/// A copy of the machine's own tree with free ports and its own paths; its main file.
fn stock_tree(folder: &Path) -> PathBuf {
    let root = folder.to_str().expect("a plain path");
    for part in ["conf.d", "sites-enabled", "modules-enabled", "log"] {
        std::fs::create_dir_all(folder.join(part)).expect("a folder");
    }
    let copy = |from: &str, to: &str| {
        let text = String::from_utf8(read(Path::new(from))).expect("text");
        let text = text
            .replace("/etc/nginx", root)
            .replace("/var/log/nginx", &format!("{root}/log"))
            .replace("/run/nginx.pid", &format!("{root}/nginx.pid"))
            .replace("listen 80 ", "listen 127.0.0.1:18999 ")
            .replace("listen [::]:80 ", "listen 127.0.0.1:18998 ");
        std::fs::write(folder.join(to), text).expect("the file is written");
    };
    copy("/etc/nginx/nginx.conf", "nginx.conf");
    copy("/etc/nginx/mime.types", "mime.types");
    copy("/etc/nginx/sites-available/default", "sites-enabled/default");
    folder.join("nginx.conf")
}

/// Plans on the tree and writes the result; how many files were changed.
fn apply(main: &Path, answers: &Answers) -> usize {
    let loaded = Loaded::read(main, &guacfront::system::System::machine());
    assert_eq!(loaded.problem, None);
    let meta = Meta { mode: 0o644, uid: 0, gid: 0 };
    let image = |path: &PathBuf, bytes: &Arc<[u8]>| FileImage {
        path: path.clone(),
        target: path.clone(),
        bytes: Arc::clone(bytes),
        meta,
    };
    let files = loaded.files.iter().map(|file| image(&file.path, &file.bytes)).collect();
    let block = server_blocks(&loaded).into_iter().next().expect("the stock site");
    let site = Site {
        file: loaded.files[block.placed.file].path.clone(),
        offset: block.placed.directive.span.start,
        line: loaded.line(block.placed),
        names: block.names.clone(),
        listens: block.listens.clone(),
        guacamole: None,
        shadowed_by: None,
    };
    let nginx = NginxFindings {
        version: None,
        main: main.to_owned(),
        files,
        sites: vec![site],
        problem: None,
        service: Service::default(),
    };
    let mut answers = answers.clone();
    answers.frontend.site = None::<SiteRef>;
    let plan = plan(&answers, &Findings { nginx: Some(nginx), ..Findings::default() }).expect("a plan");
    for change in plan.changes() {
        std::fs::write(&change.before.target, &change.after).expect("the file is written");
    }
    plan.changes().count()
}

fn nginx_test(nginx: &Path, prefix: &Path, conf: &Path) -> (bool, String) {
    let output = std::process::Command::new(nginx)
        .arg("-t")
        .arg("-p")
        .arg(prefix)
        .arg("-c")
        .arg(conf)
        .output()
        .expect("nginx runs");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}
