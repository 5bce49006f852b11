//! Whose rights and whose files: without root, and as root for somebody else. These tests need root.

use super::program::Machine;
use super::tree::{Times, Tree};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, lchown};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

const NGINX: &str = "version = 1\n[frontend]\nserver = \"nginx\"\n\
                     site = { file = \"/etc/nginx/sites-available/default\" }\n";
const APACHE: &str = "version = 1\n[frontend]\nserver = \"apache\"\n\
                      site = { file = \"/etc/apache2/sites-available/000-default.conf\" }\n";

#[track_caller]
fn assert_unchanged(before: &Tree, machine: &Machine) {
    let mut lines = before.differences(&Tree::read(&machine.root()), Times::OfFiles);
    lines.retain(|line| !line.starts_with("var/lib/guacfront"));
    assert!(lines.is_empty(), "{lines:#?}");
}

/// A user who may read everything and write nothing.
#[test]
fn who_may_not_write_is_told_the_line_that_does_it_as_root() {
    let machine = Machine::new();
    let folder = machine.root().parent().expect("a folder").to_owned();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).expect("it is shared");
    let answers = machine.answers(NGINX);
    let before = Tree::read(&machine.root());
    let program = folder.join("guac front");
    std::fs::copy(env!("CARGO_BIN_EXE_guacfront"), &program).expect("it is copied");
    let refused = || {
        let output = Command::new(&program)
            .arg("--root")
            .arg(machine.root())
            .args(["apply", "--yes", "--answers"])
            .arg(&answers)
            .stdin(Stdio::null())
            .uid(4321)
            .gid(4321)
            .output()
            .expect("it starts");
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(!String::from_utf8_lossy(&output.stderr).contains("os error"), "{output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let line = format!(
        "sudo -- '{}' --root {} apply --yes --answers {}",
        program.display(),
        machine.root().display(),
        answers.display()
    );
    // As Debian has it, server.xml is not for everybody to read.
    let said = refused();
    assert!(said.contains("Permission denied") && said.contains(&line), "{said}");
    assert_unchanged(&before, &machine);

    let xml = machine.path("/etc/tomcat10/server.xml");
    std::fs::set_permissions(&xml, std::fs::Permissions::from_mode(0o644)).expect("it can be read");
    let before = Tree::read(&machine.root());
    let said = refused();
    for words in [
        "may not write",
        "/etc/nginx/sites-available/default",
        "/var/lib/guacfront",
        "plan --answers FILE > change.patch",
        &line,
    ] {
        assert!(said.contains(words), "{words} is not in {said}");
    }
    assert_unchanged(&before, &machine);
}

/// Whether a run was cut short stands in root's own folder.
#[test]
fn who_may_not_see_whether_a_run_was_cut_short_is_told_so() {
    let machine = Machine::new();
    let folder = machine.root().parent().expect("a folder").to_owned();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).expect("it is shared");
    let program = folder.join("guacfront");
    std::fs::copy(env!("CARGO_BIN_EXE_guacfront"), &program).expect("it is copied");
    let said = |uid: u32| {
        let mut command = Command::new(&program);
        command.arg("--root").arg(machine.root()).arg("history").stdin(Stdio::null()).uid(uid).gid(uid);
        String::from_utf8_lossy(&command.output().expect("it starts").stderr).into_owned()
    };
    let words = "whether an earlier run was cut short only root can see";
    assert!(!said(4321).contains(words), "nothing was done here yet");
    assert_eq!(machine.with_answers(&["apply", "--yes"], NGINX).code, 0);
    assert!(said(4321).contains(words), "{}", said(4321));
    assert!(!said(0).contains(words), "{}", said(0));
}

/// What was done stands in root's own folder, too; that nothing waits to be confirmed is not said by who cannot see it.
#[test]
fn who_may_not_see_what_was_done_is_told_the_line_that_does_it_as_root() {
    let machine = Machine::new();
    let folder = machine.root().parent().expect("a folder").to_owned();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).expect("it is shared");
    let program = folder.join("guacfront");
    std::fs::copy(env!("CARGO_BIN_EXE_guacfront"), &program).expect("it is copied");
    assert_eq!(machine.with_answers(&["apply", "--yes"], NGINX).code, 0);
    for arguments in [
        &["history"][..],
        &["history", "prune", "--keep", "1"],
        &["undo", "--yes"],
        &["undo", "--dry-run"],
        &["confirm"],
    ] {
        let mut command = Command::new(&program);
        command.arg("--root").arg(machine.root()).args(arguments).stdin(Stdio::null()).uid(4321).gid(4321);
        let output = command.output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let line = format!(
            "sudo -- {} --root {} {}",
            program.display(),
            machine.root().display(),
            arguments.join(" ")
        );
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("Permission denied") && said.contains(&line), "{line} is not in {said}");
    }
}

/// As sudo has it: root does it for somebody, and the files are somebody else's.
#[test]
fn with_sudo_every_file_keeps_its_owner_and_nothing_is_left_to_the_wrong_one() {
    for answers in [NGINX, APACHE] {
        let machine = Machine::new();
        for path in Tree::read(&machine.root()).paths() {
            lchown(machine.root().join(path), Some(4321), Some(4322)).expect("an owner");
        }
        let file = machine.answers(answers);
        let before = Tree::read(&machine.root());
        let sudo = |arguments: &[&str]| {
            let output = Command::new(env!("CARGO_BIN_EXE_guacfront"))
                .arg("--root")
                .arg(machine.root())
                .args(arguments)
                .env("SUDO_UID", "1234")
                .env("SUDO_GID", "1234")
                .env("SUDO_USER", "somebody")
                .stdin(Stdio::null())
                .output()
                .expect("it starts");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        sudo(&["apply", "--yes", "--answers", file.to_str().expect("text")]);
        for path in Tree::read(&machine.root()).paths() {
            let meta = std::fs::symlink_metadata(machine.root().join(path)).expect("it is there");
            // What was there stays its owner's; what guacfront makes is root's, as a2enmod's links are.
            let owner = if before.paths().any(|old| old == path) { (4321, 4322) } else { (0, 0) };
            assert_eq!((meta.uid(), meta.gid()), owner, "{}", path.display());
        }
        sudo(&["undo", "--yes"]);
        assert_unchanged(&before, &machine);
    }
}

/// A user who is not root, but whom no file's mode stops: the capability alone, as a container or a service has it.
#[test]
fn the_capability_to_pass_by_modes_is_enough_and_owners_stay() {
    let machine = Machine::new();
    let folder = machine.root().parent().expect("a folder").to_owned();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).expect("it is shared");
    let answers = machine.answers(NGINX);
    let before = Tree::read(&machine.root());
    let program = folder.join("guacfront");
    std::fs::copy(env!("CARGO_BIN_EXE_guacfront"), &program).expect("it is copied");
    let with_capability = |arguments: &[&str]| {
        let output = Command::new("/usr/bin/setpriv")
            .args(["--reuid", "4321", "--regid", "4321", "--clear-groups"])
            .args(["--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"])
            .arg(&program)
            .arg("--root")
            .arg(machine.root())
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .expect("it starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    with_capability(&["apply", "--yes", "--answers", answers.to_str().expect("text")]);
    let after = Tree::read(&machine.root());
    for path in ["etc/tomcat10/server.xml", "etc/nginx/sites-available/default"] {
        let old = std::fs::metadata(machine.root().join(path)).expect("it is there");
        assert_eq!((old.uid(), old.gid()), (0, 0), "{path}");
    }
    assert!(!before.differences(&after, Times::OfFiles).is_empty());
    with_capability(&["undo", "--yes"]);
    // The time of somebody else's file is not his to set.
    let mut lines = before.differences(&Tree::read(&machine.root()), Times::Ignored);
    lines.retain(|line| !line.starts_with("var/lib/guacfront"));
    assert!(lines.is_empty(), "{lines:#?}");
}
