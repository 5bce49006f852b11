//! Undo, and the history it works from.

use super::machine::{Machine, TESTS_ALONE, command, plan};
use crate::apply::{ApplyError, Outcome, Receipt, history, prune, undo, undo_preview};
use crate::model::Purpose;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

const NGINX: &str = "/etc/nginx/nginx.conf";

/// A receipt as version 1 writes it: it must be readable for ever.
const VERSION_1: &str = r#"version = 1
id = "20261123-183046-0001"
time = "2026-11-23T18:30:46Z"
guacfront = "0.1.0"
answers = """
version = 1
"""
folders = ["/etc/apache2/mods-enabled"]
later_key = "is ignored"

[[files]]
path = '/etc/nginx/sites-enabled/caf\xe9'
target = '/etc/nginx/sites-available/caf\xe9'
temporary = "/etc/nginx/sites-available/.guacfront-20261123-183046-0001-0"
touched = true
in_place = "it has several names (hard links)"

[files.before]
sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
size = 0
mode = "0640"
uid = 0
gid = 33
mtime = [1600000000, 123456789]
backup = 'files/etc/nginx/sites-available/caf\xe9'

[files.before.xattrs]
"user.origin" = 'hand\x00'

[files.after]
sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
size = 3
mode = "0640"
uid = 0
gid = 33

[[links]]
path = "/etc/apache2/mods-enabled/proxy.load"
target = "../mods-available/proxy.load"
made = true

[[commands]]
purpose = "test"
argv = ["/usr/sbin/nginx", "-t"]
words = "tests nginx's configuration"
outcome = "done"

[[commands]]
purpose = "restart"
argv = ["/usr/bin/systemctl", "restart", "tomcat10"]
words = "restarts Tomcat"
outcome = "not-run"
"#;

#[test]
fn a_receipt_of_version_1_can_be_read_and_is_what_is_written() {
    use std::os::unix::ffi::OsStrExt as _;
    let receipt = Receipt::from_toml(VERSION_1).expect("it can be read");
    assert_eq!(receipt.files[0].path.as_os_str().as_bytes(), b"/etc/nginx/sites-enabled/caf\xe9");
    let before = receipt.files[0].before.as_ref().expect("it was there");
    assert_eq!((before.mode, before.gid, receipt.commands[1].outcome), (0o640, 33, Outcome::NotRun));
    let written = receipt.to_toml().expect("it can be written");
    assert_eq!(written, VERSION_1.replace("later_key = \"is ignored\"\n", ""));
}

#[test]
fn a_receipt_of_a_later_version_is_not_guessed_at() {
    let error = Receipt::from_toml(&VERSION_1.replace("version = 1\nid", "version = 2\nid"))
        .expect_err("it is later");
    assert!(error.contains("version 2"), "{error}");
}

#[test]
fn a_later_edit_is_not_overwritten_unless_forced_and_then_kept() {
    let machine = Machine::new();
    let before = machine.etc();
    machine.apply(&machine.plan(), TESTS_ALONE).0.expect("it can be applied");
    machine.write(NGINX, b"by hand", 0o644);
    let edited = machine.etc();
    let error = machine.undo(None, false).expect_err("a hand has been at it");
    assert!(
        matches!(&error, ApplyError::ChangedSince { files, .. } if files.len() == 1 && files[0].path == Path::new(NGINX))
    );
    assert!(error.hint().is_some_and(|hint| hint.contains("--force")));
    assert_eq!(machine.etc(), edited);

    let preview = undo_preview(&machine.system, None, false).expect("it can be looked at");
    let file = preview.files.iter().find(|file| file.path == Path::new(NGINX)).expect("it would change");
    assert_eq!(file.current.as_deref(), Some(b"by hand".as_slice()));
    assert_eq!(file.restored.as_deref(), Some(b"http { }\n".as_slice()));
    assert!(file.changed.is_some() && preview.links.len() == 1);

    let forced = machine.undo(None, true).expect("it is forced");
    assert_eq!(machine.etc(), before);
    machine.undo(Some(&forced.id), false).expect("the undo can be undone");
    assert_eq!(machine.etc(), edited, "what was replaced had been kept");
}

#[test]
fn an_edit_elsewhere_in_the_file_stays_and_only_what_was_written_goes() {
    let machine = Machine::new();
    machine.apply(&machine.plan(), TESTS_ALONE).0.expect("it can be applied");
    let written = machine.read(NGINX);
    machine.write(NGINX, &[b"# mine\n".as_slice(), &written].concat(), 0o600);
    let edited = machine.etc();
    let preview = undo_preview(&machine.system, None, false).expect("it can be looked at");
    let file = preview.files.iter().find(|file| file.path == Path::new(NGINX)).expect("it would change");
    assert!(file.merged && file.changed.is_some());
    let undone = machine.undo(None, false).expect("nothing is lost by it");
    assert_eq!(machine.read(NGINX), b"# mine\nhttp { }\n");
    let mode = std::fs::metadata(machine.real(NGINX)).expect("it is there").mode();
    assert_eq!(mode & 0o7777, 0o600, "the mode of another hand stays too");
    machine.undo(Some(&undone.id), false).expect("the undo is undone");
    assert_eq!(machine.etc(), edited);
    machine
        .undo(Some(&history(&machine.system).expect("it can be read").receipts[2].id), true)
        .expect("forced");
    assert_eq!(machine.read(NGINX), b"http { }\n", "the old bytes whatever was changed");
}

#[test]
fn a_removed_file_is_a_later_edit() {
    let machine = Machine::new();
    let before = machine.etc();
    machine.apply(&machine.plan(), TESTS_ALONE).0.expect("it can be applied");
    machine.system.folder(Path::new("/etc/nginx")).unwrap().unlink("nginx.conf".as_ref()).unwrap();
    assert!(matches!(machine.undo(None, false), Err(ApplyError::ChangedSince { .. })));
    machine.undo(None, true).expect("it is forced");
    assert_eq!(machine.etc(), before);
}

/// Whoever owns the folder of one file kept all others from being given back.
#[test]
fn what_stood_in_the_place_of_one_file_stopped_the_undo_of_all() {
    const SERVER_XML: &str = "/etc/tomcat/server.xml";
    type Lay = fn(&Path);
    let lays: [Lay; 3] = [
        |place| std::os::unix::fs::symlink("/etc/hostname", place).expect("the link is made"),
        |place| std::fs::create_dir(place).expect("the folder is made"),
        |place| {
            let file = std::fs::File::create(place).expect("the file is made");
            file.set_len(8 << 40).expect("a file may have holes");
        },
    ];
    for lay in lays {
        let machine = Machine::new();
        let before = machine.read(NGINX);
        machine.apply(&machine.plan(), TESTS_ALONE).0.expect("it can be applied");
        machine.system.folder(Path::new("/etc/tomcat")).unwrap().unlink("server.xml".as_ref()).unwrap();
        lay(&machine.real(SERVER_XML));
        let preview = undo_preview(&machine.system, None, false).expect("it can be looked at");
        let left: Vec<_> = preview.left.iter().map(|left| left.path.as_path()).collect();
        assert_eq!(left, [Path::new(SERVER_XML)]);
        assert!(matches!(machine.undo(None, false), Err(ApplyError::ChangedSince { .. })));
        machine.undo(None, true).expect("it is forced");
        assert_eq!(machine.read(NGINX), before);
        let there = std::fs::symlink_metadata(machine.real(SERVER_XML)).expect("it is left alone");
        assert!(!there.is_file() || there.len() == 8 << 40);
    }
}

#[test]
fn undo_goes_back_step_by_step_and_an_undo_can_be_undone() {
    let machine = Machine::new();
    let states = [machine.etc()];
    let first = machine.apply(&machine.plan(), TESTS_ALONE).0.expect("it can be applied").id;
    let once = machine.etc();
    let second =
        machine.apply(&plan(vec![machine.change(NGINX)]), TESTS_ALONE).0.expect("it can be applied").id;
    let twice = machine.etc();
    assert!(first < second);

    let error = machine.undo(Some(&first), false).expect_err("the second stands on it");
    assert!(error.hint().is_some_and(|hint| hint.contains(&second)), "{error}");
    let undone = machine.undo(None, false).expect("the second is undone");
    assert_eq!((undone.undoes.as_ref(), machine.etc()), (Some(&second), once));
    let again = machine.undo(Some(&second), false).expect_err("it was undone already");
    assert!(matches!(again, ApplyError::AlreadyUndone { by, .. } if by == undone.id));
    machine.undo(Some(&undone.id), false).expect("the undo is undone");
    assert_eq!(machine.etc(), twice);
    machine.undo(None, false).expect("the second is undone again");
    machine.undo(None, false).expect("the first is undone");
    assert_eq!(machine.etc(), states[0]);
    assert!(matches!(machine.undo(None, false), Err(ApplyError::NoReceipt { id: None })));
    assert!(matches!(machine.undo(Some("none"), true), Err(ApplyError::NoReceipt { .. })));
}

#[test]
fn undo_does_not_need_a_healthy_server() {
    let machine = Machine::new();
    let before = machine.etc();
    machine.apply(&machine.plan(), TESTS_ALONE).0.expect("it can be applied");
    let tests = [command(Purpose::Test, &["/bin/false"])];
    let receipt = undo(&machine.system, None, false, TESTS_ALONE, &tests, &mut |_| {}).expect("it is undone");
    assert_eq!(receipt.commands[0].outcome, Outcome::Failed);
    assert_eq!(machine.etc(), before);
}

#[test]
fn receipts_are_in_order_even_where_the_clock_has_gone_back() {
    let machine = Machine::new();
    std::fs::create_dir_all(machine.real("/var/lib/guacfront/receipts/29991231-235959-0041"))
        .expect("a folder");
    let first =
        machine.apply(&plan(vec![machine.change(NGINX)]), TESTS_ALONE).0.expect("it can be applied").id;
    let second =
        machine.apply(&plan(vec![machine.change(NGINX)]), TESTS_ALONE).0.expect("it can be applied").id;
    assert_eq!([first.as_str(), second.as_str()], ["29991231-235959-0042", "29991231-235959-0043"]);
    let history = history(&machine.system).expect("it can be read");
    assert_eq!(
        history.receipts.iter().map(|receipt| receipt.id.as_str()).collect::<Vec<_>>(),
        [second, first]
    );
}

#[test]
fn pruning_keeps_the_newest_and_frees_their_backups() {
    let machine = Machine::new();
    let ids = [0, 1, 2].map(|_| {
        let plan = plan(vec![machine.change(NGINX)]);
        machine.apply(&plan, TESTS_ALONE).0.expect("it can be applied").id
    });
    assert_eq!(history(&machine.system).expect("it can be read").receipts[2].backup_size(), 9 + 70);
    assert_eq!(prune(&machine.system, 1).expect("they can be removed"), ids[..2]);
    let left = history(&machine.system).expect("it can be read").receipts;
    assert_eq!(left.iter().map(|receipt| &receipt.id).collect::<Vec<_>>(), [&ids[2]]);
    assert!(!machine.real("/var/lib/guacfront/receipts").join(&ids[0]).exists() && machine.is_tidy());
    machine.undo(None, false).expect("the newest can still be undone");
}

#[test]
fn a_receipt_that_cannot_be_read_is_told_and_the_others_are_read() {
    let machine = Machine::new();
    let receipt = machine.apply(&machine.plan(), TESTS_ALONE).0.expect("it can be applied");
    let folder = "/var/lib/guacfront/receipts/20000101-000000-0001";
    std::fs::create_dir(machine.real(folder)).expect("a folder");
    machine.write(&format!("{folder}/receipt.toml"), b"version = \xff", 0o600);
    let history = history(&machine.system).expect("it can be read");
    assert_eq!((history.receipts[0].id.as_str(), history.unreadable.len()), (receipt.id.as_str(), 1));
    assert_eq!(history.unreadable[0].folder, machine.real(folder));
}

#[test]
fn a_damaged_backup_is_not_given_back() {
    let machine = Machine::new();
    let receipt = machine.apply(&machine.plan(), TESTS_ALONE).0.expect("it can be applied");
    let after = machine.etc();
    machine.write(&format!("/var/lib/guacfront/receipts/{}/files{NGINX}", receipt.id), b"rot", 0o600);
    let error = machine.undo(None, true).expect_err("the backup is damaged");
    assert!(error.to_string().contains("damaged"), "{error}");
    assert_eq!(machine.etc(), after);
}
