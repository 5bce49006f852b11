//! Lays out the trees of tests/layouts; README.md there says what their lines mean.

use std::fs;
use std::io::Write as _;
use std::path::Path;

/// Lays a tree out in an empty folder.
pub fn lay_out(layout: &str, root: &Path) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = source.join("tests/layouts").join(layout).with_extension("tree");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    // What every machine has, and guacfront keeps its receipts in.
    fs::create_dir_all(root.join("var/lib")).unwrap();
    add(&text, root);
}

/// Adds what a text in the form of these files holds.
pub fn add(text: &str, root: &Path) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"));
    for entry in text.split("\n--- ").map(|entry| entry.strip_prefix("--- ").unwrap_or(entry)) {
        let (head, body) = entry.split_once('\n').unwrap_or((entry, ""));
        let put = |path: &str| {
            let real = root.join(path.trim_start_matches('/'));
            fs::create_dir_all(real.parent().expect("a tree's path has a folder")).unwrap();
            real
        };
        if let Some((link, target)) = head.split_once(" -> ") {
            std::os::unix::fs::symlink(target, put(link)).unwrap();
        } else if let Some((path, from)) = head.split_once(" = ") {
            fs::copy(source.join(from), put(path)).unwrap();
        } else if let Some((path, version)) = head.split_once(": Tomcat ") {
            fs::write(put(path), catalina_jar(version)).unwrap();
        } else if head.ends_with('/') {
            fs::create_dir_all(put(head)).unwrap();
        } else {
            let end = if body.is_empty() || body.ends_with('\n') { "" } else { "\n" };
            fs::write(put(head), format!("{body}{end}")).unwrap();
        }
    }
}

fn catalina_jar(version: &str) -> Vec<u8> {
    let mut jar = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    jar.start_file(
        "org/apache/catalina/util/ServerInfo.properties",
        zip::write::SimpleFileOptions::default(),
    )
    .unwrap();
    write!(jar, "server.info=Apache Tomcat/{version}\nserver.number={version}.0\n").unwrap();
    jar.finish().unwrap().into_inner()
}
