//! Which files a pattern includes, and in which order: the real servers' own word.

use guacfront::config::{apache, nginx};
use guacfront::system::System;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names that odd patterns part by; nginx includes no folder, so that those stand apart.
const NAMES: [&[u8]; 27] = [
    b"c/a.conf",
    b"c/b.conf",
    b"c/B.conf",
    b"c/.conf",
    b"c/.a.conf",
    b"c/10-a.conf",
    b"c/:]a",
    b"c/[",
    b"c/x[",
    b"c/a[.conf",
    b"c/^x",
    b"c/!x",
    b"c/-x",
    b"c/bx",
    b"c/]x",
    b"c/a*b",
    b"c/a*b.conf",
    b"c/axb",
    b"c/axb.conf",
    "c/é.conf".as_bytes(),
    b"c/\xff.conf",
    b"d/a/x.conf",
    b"d/a-b/x.conf",
    b"d/ab/x.conf",
    b"d/a\\b/x.conf",
    b"d/x\\[y/x.conf",
    b"d/\xff/x.conf",
];

const PATTERNS: [&str; 30] = [
    "c/*.conf",
    "c/.a*",
    "c/\\.a*",
    "c/.*f",
    "c/*",
    "c/?.conf",
    "c/??.conf",
    "c/[ab].conf",
    "c/[!a].conf",
    "c/[^a]x",
    "c/[[^]*",
    "c/[]a]x",
    "c/[a-c]*",
    "c/[c-a]*",
    "c/[[:digit:]]*",
    "c/[[:alpha:]].conf",
    "c/[",
    "c/*[",
    "c/a[.conf",
    "c/a\\*b*",
    "c/[a\\*b]*",
    "c/[\\!a]x",
    "c/*.conf\\",
    "d/*/x.conf",
    "d/a?/*.conf",
    "d/a*/x.conf",
    "d/[a-]*/*",
    "d/a\\b/*",
    "d/?\\b/*",
    "d/*/*",
];

fn lay_out() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in NAMES {
        let path = folder.path().join(OsStr::from_bytes(name));
        fs::create_dir_all(path.parent().expect("a parent")).expect("the folder is made");
        fs::write(path, "\n").expect("the file is written");
    }
    folder
}

/// The files that a server prints itself to have read after the main one: those whose line `path_in` finds.
fn read_by(command: &mut Command, path_in: impl Fn(&[u8]) -> Option<&[u8]>) -> Vec<PathBuf> {
    let output =
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").output().expect("the server is started");
    let lines = output.stdout.split(|byte| *byte == b'\n');
    let found: Vec<PathBuf> = lines
        .filter_map(path_in)
        .map(|path| OsStr::from_bytes(path).to_owned().into_vec())
        .map(path_of)
        .collect();
    assert!(!found.is_empty(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    found[1..].to_vec()
}

fn path_of(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

/// Each pattern, what the server read by it, and what guacfront did.
fn compared(
    patterns: &[&str],
    ask: impl Fn(&Path, &Path) -> Vec<PathBuf>,
    text: impl Fn(&Path, &str) -> String,
    read: impl Fn(&Path) -> Vec<PathBuf>,
) {
    let folder = lay_out();
    let main = folder.path().join("main.conf");
    let mut wrong = Vec::new();
    let mut some = 0;
    for pattern in patterns {
        fs::write(&main, text(folder.path(), pattern)).expect("the file is written");
        let (theirs, ours) = (ask(folder.path(), &main), read(&main));
        some += usize::from(!theirs.is_empty());
        if theirs != ours {
            wrong.push(format!("{pattern}\n  {theirs:?}\n  {ours:?}"));
        }
    }
    assert!(some > patterns.len() / 2, "the server read nothing by most of them");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nginx_reads_by_a_pattern_what_guacfront_does() {
    compared(
        &PATTERNS,
        |_, main| {
            let mut command = Command::new("nginx");
            command.args(["-q", "-T", "-e", "stderr", "-c"]).arg(main);
            read_by(&mut command, |line| line.strip_prefix(b"# configuration file ")?.strip_suffix(b":"))
        },
        |folder, pattern| {
            // A backslash before the semicolon would take its meaning away.
            let pattern = pattern.replace('\\', "\\\\");
            format!("pid {0}/nginx.pid;\nevents {{}}\ninclude {0}/{pattern};\n", folder.display())
        },
        |main| {
            let loaded = nginx::Loaded::read(main, &System::machine());
            assert!(loaded.problem.is_none(), "{:?}", loaded.problem);
            loaded.files[1..].iter().map(|file| file.path.clone()).collect()
        },
    );
}

#[test]
fn httpd_reads_by_a_pattern_what_guacfront_does() {
    // Whole folders, and a pattern that takes the one it stands in.
    let own = ["d", "d/", "d/x\\[y", "c/a\\*b", "c/.*"];
    compared(
        &[&PATTERNS[..], &own].concat(),
        |_, main| {
            let mut command = Command::new("apache2");
            command.args(["-t", "-D", "DUMP_INCLUDES", "-f"]).arg(main);
            read_by(&mut command, |line| {
                let at = line.windows(2).position(|two| two == b") ")?;
                line.starts_with(b"  ").then_some(&line[at + 2..])
            })
        },
        |folder, pattern| {
            let folder = folder.display();
            format!(
                "ServerRoot {folder}\nLoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so\n\
                 ErrorLog {folder}/error.log\nPidFile {folder}/pid\nDefaultRuntimeDir {folder}\nServerName a.test\n\
                 Listen 127.0.0.1:8971\nIncludeOptional {pattern}\n"
            )
        },
        |main| {
            let loaded = apache::Loaded::read(main, &apache::Facts::default(), &System::machine());
            assert!(loaded.problem.is_none(), "{:?}", loaded.problem);
            loaded.real_files().skip(1).map(|file| file.path.clone()).collect()
        },
    );
}
