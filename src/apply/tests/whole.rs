//! What a run without faults does.

use super::machine::{ALL, Machine, TESTS_ALONE, plan, run};
use crate::apply::{Event, Outcome, Receipt, history};
use crate::model::{FileChange, FileImage, Meta, Purpose, Step};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::{Path, PathBuf};

#[test]
fn apply_and_undo_give_back_every_byte_mode_owner_and_time() {
    let machine = Machine::new();
    let before = machine.etc();
    let receipt = machine.apply(&machine.plan(), TESTS_ALONE).0.expect("it can be applied");
    assert!(machine.read("/etc/tomcat/server.xml").ends_with(b"before\n"));
    assert_eq!(receipt.commands[0].outcome, Outcome::Done);
    let link =
        std::fs::read_link(machine.real("/etc/apache2/mods-enabled/proxy.load")).expect("it is a link");
    assert_eq!(link, Path::new("../mods-available/proxy.load"));
    assert!(machine.is_tidy());

    let undo = machine.undo(None, false).expect("it can be undone");
    assert_eq!(undo.undoes, Some(receipt.id));
    assert_eq!(machine.etc(), before);
    assert!(machine.is_tidy());
}

#[test]
fn owner_mode_and_links_stay_through_an_apply() {
    let machine = Machine::new();
    let meta = |path: &str| {
        let meta = std::fs::metadata(machine.real(path)).expect("it is there");
        (meta.mode(), meta.uid(), meta.gid())
    };
    let paths = ["/etc/nginx/sites-available/site", "/etc/tomcat/server.xml"];
    let before = paths.map(meta);
    machine.apply(&machine.plan(), TESTS_ALONE).0.expect("it can be applied");
    assert_eq!(paths.map(meta), before);
    let link = machine.real("/etc/nginx/sites-enabled/site");
    assert!(std::fs::symlink_metadata(link).expect("it is there").is_symlink());
    assert!(machine.read("/etc/nginx/sites-available/site").ends_with(b"before\n"));
}

#[test]
fn a_file_with_several_names_keeps_them() {
    let machine = Machine::new();
    std::fs::hard_link(machine.real("/etc/nginx/nginx.conf"), machine.real("/etc/other"))
        .expect("a second name");
    let before = machine.etc();
    let (result, events) = machine.apply(&plan(vec![machine.change("/etc/nginx/nginx.conf")]), TESTS_ALONE);
    result.expect("it can be applied");
    assert!(machine.read("/etc/other").ends_with(b"before\n"));
    assert!(
        events.iter().any(|event| matches!(event, Event::FileRewritten { why, .. } if why.contains("names")))
    );
    machine.undo(None, false).expect("it can be undone");
    assert_eq!(machine.etc(), before);
}

#[test]
fn extended_attributes_and_access_lists_stay() {
    let machine = Machine::new();
    let path = machine.real("/etc/nginx/nginx.conf");
    // POSIX access control list: owner rw, user 1234 r, group r, mask r, others none.
    let entries: [(u16, u16, u32); 5] =
        [(1, 6, u32::MAX), (2, 4, 1234), (4, 4, u32::MAX), (16, 4, u32::MAX), (32, 0, u32::MAX)];
    let mut list = 2_u32.to_le_bytes().to_vec();
    for (tag, rights, id) in entries {
        list.extend(tag.to_le_bytes().into_iter().chain(rights.to_le_bytes()).chain(id.to_le_bytes()));
    }
    xattr::set(&path, "system.posix_acl_access", &list).expect("the file system has access control lists");
    xattr::set(&path, "user.origin", b"hand\0\xff").expect("the file system has extended attributes");
    let attributes = || {
        let names = xattr::list(&path).expect("they can be listed");
        let mut all: Vec<_> =
            names.map(|name| (xattr::get(&path, &name).expect("it can be read"), name)).collect();
        all.sort();
        all
    };
    let before = (attributes(), machine.etc());
    machine.apply(&machine.plan(), TESTS_ALONE).0.expect("it can be applied");
    assert_eq!(attributes(), before.0);
    machine.undo(None, false).expect("it can be undone");
    assert_eq!((attributes(), machine.etc()), before);
}

#[test]
fn a_new_file_and_its_folders_are_made_and_removed() {
    let machine = Machine::new();
    let before = machine.etc();
    let path = PathBuf::from("/etc/nginx/snippets/deep/guacamole.conf");
    let meta = Meta { mode: 0o640, uid: 0, gid: 0 };
    let image = FileImage { path: path.clone(), target: path, bytes: (*b"").into(), meta };
    let change = FileChange { before: image, after: (*b"new\n").into(), changes: Vec::new() };
    machine.apply(&plan(vec![Step::File(change)]), TESTS_ALONE).0.expect("it can be applied");
    let made = machine.real("/etc/nginx/snippets/deep/guacamole.conf");
    assert_eq!(std::fs::metadata(made).expect("it is there").mode() & 0o7777, 0o640);
    let undo = machine.undo(None, false).expect("it can be undone");
    assert_eq!(machine.etc(), before);

    machine.undo(Some(&undo.id), false).expect("the undo can be undone");
    assert_eq!(machine.read("/etc/nginx/snippets/deep/guacamole.conf"), b"new\n");
}

#[test]
fn hostile_names_survive_and_reach_no_terminal() {
    let machine = Machine::new();
    let name = [b"/etc/nginx/\x1b[2J\n\xff".as_slice(), &[b'n'; 200]].concat();
    let path = Path::new(OsStr::from_bytes(&name)).to_owned();
    let long = format!("/etc/nginx/{}", "l".repeat(255));
    machine.write(&long, b"long\n", 0o644);
    std::fs::copy(machine.real(&long), machine.system.real(&path)).expect("a hostile name");
    let before = machine.etc();
    let image = machine.system.image(&path).expect("it can be read");
    let change = FileChange { before: image, after: (*b"x").into(), changes: Vec::new() };
    let (result, events) = machine.apply(&plan(vec![Step::File(change), machine.change(&long)]), TESTS_ALONE);
    assert_eq!(result.expect("it can be applied").files[0].path, path);
    assert!(!events.iter().any(|event| event.to_string().contains(['\u{1b}', '\n'])));
    assert_eq!(history(&machine.system).expect("it can be read").receipts[0].files[0].target, path);
    machine.undo(None, false).expect("it can be undone");
    assert_eq!(machine.etc().keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    assert_eq!(machine.read(&long), b"long\n");
}

#[test]
fn commands_are_run_as_the_options_say() {
    let machine = Machine::new();
    let steps = || {
        let commands = [Purpose::Test, Purpose::Reload, Purpose::Restart].map(|p| run(p, &["/bin/true"]));
        [machine.change("/etc/nginx/nginx.conf")].into_iter().chain(commands).collect()
    };
    let outcomes = |receipt: Receipt| receipt.commands.iter().map(|c| c.outcome).collect::<Vec<_>>();
    let tests = machine.apply(&plan(steps()), TESTS_ALONE).0.expect("it can be applied");
    assert_eq!(outcomes(tests), [Outcome::Done, Outcome::NotRun, Outcome::NotRun]);
    let all = machine.apply(&plan(steps()), ALL).0.expect("it can be applied");
    assert_eq!(outcomes(all), [Outcome::Done; 3]);
}

#[test]
fn the_state_folder_is_private() {
    let machine = Machine::new();
    machine.apply(&machine.plan(), TESTS_ALONE).0.expect("it can be applied");
    let mut folders = vec![machine.real("/var/lib/guacfront")];
    let mut files = 0;
    while let Some(path) = folders.pop() {
        let meta = std::fs::metadata(&path).expect("it is there");
        if meta.is_dir() {
            assert_eq!(meta.mode() & 0o7777, 0o700, "{}", path.display());
            folders.extend(std::fs::read_dir(&path).expect("a folder").map(|e| e.expect("an entry").path()));
        } else {
            assert_eq!(meta.mode() & 0o7777, 0o600, "{}", path.display());
            files += 1;
        }
    }
    assert!(files >= 4);
}

#[test]
fn a_state_folder_behind_a_link_works() {
    let machine = Machine::new();
    std::fs::create_dir(machine.real("/mnt")).expect("a folder");
    std::fs::remove_dir(machine.real("/var/lib")).expect("it is empty");
    symlink("/mnt", machine.real("/var/lib")).expect("a link");
    let before = machine.etc();
    machine.apply(&machine.plan(), TESTS_ALONE).0.expect("it can be applied");
    assert!(machine.real("/mnt/guacfront/receipts").is_dir());
    machine.undo(None, false).expect("it can be undone");
    assert_eq!(machine.etc(), before);
}
