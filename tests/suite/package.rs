//! The Debian package: what it brings, that what it brings works, and that nothing of it stays.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What it installs, each for everybody to read.
const FILES: [&str; 10] = [
    "usr/bin/guacfront",
    "usr/share/bash-completion/completions/guacfront",
    "usr/share/doc/guacfront/LICENSES.gz",
    "usr/share/doc/guacfront/README.md",
    "usr/share/doc/guacfront/changelog.Debian.gz",
    "usr/share/doc/guacfront/changelog.gz",
    "usr/share/doc/guacfront/copyright",
    "usr/share/fish/vendor_completions.d/guacfront.fish",
    "usr/share/man/man8/guacfront.8.gz",
    "usr/share/zsh/vendor-completions/_guacfront",
];

/// How large the program may be, in bytes.
const LARGEST: u64 = 6 << 20;

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {output:?}");
    output
}

fn out(command: &mut Command) -> String {
    String::from_utf8_lossy(&run(command).stdout).into_owned()
}

/// Builds the package; where it was put.
fn built(folder: &Path) -> PathBuf {
    let mut build = Command::new(project().join("assets/package/build"));
    // What cargo tells a test of itself would be news to build scripts, and have them run again.
    let is_of_cargo =
        |name: &str| name.starts_with("CARGO_") && !["CARGO_HOME", "CARGO_TARGET_DIR"].contains(&name);
    for (name, _) in std::env::vars().filter(|(name, _)| is_of_cargo(name)) {
        build.env_remove(name);
    }
    // The program for people, whatever the tests were built with.
    let told = out(build.arg(folder).env_remove("RUSTFLAGS"));
    // Past the test harness, which keeps to itself what a good test prints.
    let _ = writeln!(std::io::stderr(), "{}", told.trim_end());
    let mut packages = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    packages.find(|path| path.extension().is_some_and(|end| end == "deb")).expect("a package")
}

/// Every crate that cargo links into the program, as `name version`.
fn linked() -> Vec<String> {
    let mut tree = Command::new(env!("CARGO"));
    tree.current_dir(project()).args(["tree", "--locked", "--edges", "normal", "--prefix", "none"]);
    let lines = out(tree.args(["--format", "{p}"]));
    let names =
        lines.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ").replace(" v", " "));
    names.filter(|name| !name.starts_with("guacfront ")).collect()
}

/// dpkg on a machine of its own that has nothing installed.
fn dpkg(root: &Path) -> Command {
    let mut command = Command::new("dpkg");
    let options = ["--force-not-root", "--force-depends", "--force-script-chrootless", "--log=/dev/null"];
    command.arg(format!("--root={}", root.display())).args(options);
    command.env("PATH", "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin");
    command
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() { files(&entry, found) } else { found.push(entry) }
    }
}

/// Every file below the root but dpkg's own, by its path there, in order.
fn installed(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    files(root, &mut found);
    let below = |path: &PathBuf| path.strip_prefix(root).expect("below").to_string_lossy().into_owned();
    let mut names: Vec<String> =
        found.iter().map(below).filter(|name| !name.starts_with("var/lib/dpkg/")).collect();
    names.sort();
    names
}

#[test]
fn the_debian_package_installs_runs_and_leaves_nothing_behind() {
    let work = tempfile::tempdir().expect("a temporary folder");
    let package = built(work.path());
    let root = work.path().join("root");
    for folder in ["var/lib/dpkg/updates", "var/lib/dpkg/info"] {
        fs::create_dir_all(root.join(folder)).expect("a folder");
    }
    fs::write(root.join("var/lib/dpkg/status"), "").expect("it is written");

    run(dpkg(&root).arg("--install").arg(&package));
    assert_eq!(installed(&root), FILES);
    for file in FILES {
        let mode = fs::metadata(root.join(file)).expect("it is there").permissions().mode() & 0o777;
        assert_eq!(mode, if file.starts_with("usr/bin/") { 0o755 } else { 0o644 }, "{file}");
    }
    let needs = out(Command::new("dpkg-deb").arg("--field").arg(&package).arg("Depends"));
    assert!(needs.contains("libc6 (>= "), "what it needs is found out: {needs}");

    let program = root.join("usr/bin/guacfront");
    let version = out(Command::new(&program).arg("--version"));
    assert_eq!(version.trim(), format!("guacfront {}", env!("CARGO_PKG_VERSION")));
    let explained = out(Command::new(&program).args(["help", "answers"]));
    assert!(explained.contains("frontend.public_path"), "{explained}");
    let page = out(Command::new("gzip").arg("-dc").arg(root.join("usr/share/man/man8/guacfront.8.gz")));
    assert!(page.starts_with(".ie") && page.contains(".TH guacfront 8"), "{page:.300}");
    let changes =
        out(Command::new("gzip").arg("-dc").arg(root.join("usr/share/doc/guacfront/changelog.Debian.gz")));
    assert!(changes.starts_with(&format!("guacfront ({}-", env!("CARGO_PKG_VERSION"))), "{changes}");
    let licenses = out(Command::new("gzip").arg("-dc").arg(root.join("usr/share/doc/guacfront/LICENSES.gz")));
    for linked in linked() {
        assert!(licenses.contains(&format!("\n{linked}: ")), "the licence of {linked} is missing");
    }
    assert!(licenses.contains("Apache License") && licenses.contains("Permission is hereby granted"));
    let size = fs::metadata(&program).expect("it is there").len();
    assert!(size < LARGEST, "the program has {size} bytes");

    assert_eq!(out(dpkg(&root).args(["--verify", "guacfront"])), "", "every file is as it was packed");
    fs::write(root.join("usr/share/doc/guacfront/README.md"), "another").expect("it is written");
    let told = dpkg(&root).args(["--verify", "guacfront"]).output().expect("dpkg runs");
    assert!(String::from_utf8_lossy(&told.stdout).contains("README.md"), "{told:?}");

    run(dpkg(&root).args(["--purge", "guacfront"]));
    assert_eq!(installed(&root), Vec::<String>::new(), "nothing stays");
}
