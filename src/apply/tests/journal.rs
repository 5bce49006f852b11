//! A journal that is damaged, or that another hand has been at.

use super::child::must;
use super::machine::{ALL, Machine, TESTS_ALONE, plan};
use crate::apply::{ApplyError, Unfinished, recover, unfinished};
use crate::model::{Fault, FileChange, FileImage, Meta, Step};
use crate::system::{Deed, Side, System};
use std::io;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

const RECEIPT: &str = "/var/lib/guacfront/journal/receipt.toml";

/// A machine on which a run was cut short after its first two files.
fn cut_short() -> Machine {
    let mut machine = Machine::new();
    let (healthy, dead) = (machine.system.clone(), AtomicBool::new(false));
    machine.system = healthy.clone().watched(move |checkpoint| {
        let last = checkpoint.deed == Deed::Rename && checkpoint.path.ends_with("nginx.conf");
        dead.fetch_or(last && checkpoint.side == Side::After, Ordering::Relaxed);
        if dead.load(Ordering::Relaxed) { Err(io::ErrorKind::Other.into()) } else { Ok(()) }
    });
    let plan = machine.plan();
    let error = machine.apply(&plan, ALL).0.expect_err("the machine dies");
    assert!(matches!(error, ApplyError::NotTakenBack { cause: Some(_), .. }), "{error}");
    machine.system = healthy;
    machine
}

fn type_in(lines: &[String]) {
    for line in lines {
        must(&["/bin/sh", "-c", line]);
    }
}

/// The indented lines of a message, which a person is to type.
fn lines(message: &str) -> Vec<String> {
    message.lines().filter_map(|line| line.strip_prefix("  ")).map(ToOwned::to_owned).collect()
}

#[test]
fn any_command_takes_back_what_was_cut_short() {
    let machine = cut_short();
    assert!(machine.read("/etc/nginx/nginx.conf").ends_with(b"before\n"));
    let recovered =
        recover(&machine.system, &mut |_| {}).expect("it can be").expect("there is something to do");
    assert_eq!(recovered.files.len(), 2);
    assert!(recovered.to_string().contains("/etc/nginx/nginx.conf"));
    assert_eq!(machine.read("/etc/nginx/nginx.conf"), b"http { }\n");
    assert_eq!(machine.read("/etc/nginx/sites-available/site"), b"server {\r\n\tlisten 80;\xff\n}");
    assert!(machine.is_tidy());
    assert_eq!(recover(&machine.system, &mut |_| {}).expect("nothing is left"), None);
}

#[test]
fn what_another_hand_saved_as_the_run_was_cut_short_is_not_deleted_with_the_temporary_file() {
    // Between the two files changing places and the look at what came of it, the old place holds the new file.
    let saved = |bytes: &[u8]| {
        let machine = cut_short();
        let etc = machine.etc();
        let is_beside = |path: &&PathBuf| path.to_string_lossy().contains("nginx/.guacfront-");
        let temporary = etc.keys().find(is_beside).expect("the old file is beside the new one");
        let name = temporary.file_name().expect("a name").to_string_lossy();
        machine.write(&format!("/etc/nginx/{name}"), bytes, 0o644);
        machine
    };
    let machine = saved(b"http { # an edit that is nowhere else\n}\n");
    for _ in 0..2 {
        let error = recover(&machine.system, &mut |_| {}).expect_err("it is not guacfront's to take back");
        let ApplyError::NotTakenBack { left, .. } = &error else { panic!("{error}") };
        assert_eq!(left.len(), 1, "{error}");
        assert!(left[0].why.contains("another hand"), "{error}");
        assert_eq!(machine.read("/etc/nginx/nginx.conf"), b"http { # an edit that is nowhere else\n}\n");
    }
    // What a taking back that was cut short has begun to write is nobody's edit.
    for begun in [&b""[..], b"http", b"http\0\0\0\0\0"] {
        let machine = saved(begun);
        recover(&machine.system, &mut |_| {}).expect("it can be").expect("there is something to do");
        assert_eq!(machine.read("/etc/nginx/nginx.conf"), b"http { }\n");
        assert!(machine.is_tidy());
    }
}

#[test]
fn who_only_looks_is_told_what_was_cut_short_and_leaves_it_as_it_is() {
    let machine = cut_short();
    let (etc, journal) = (machine.etc(), machine.read(RECEIPT));
    let told = unfinished(&machine.system).expect("there is something to tell");
    assert!(
        matches!(&told, Unfinished::CutShort { since: Some(since) } if since.starts_with("20")),
        "{told:?}"
    );
    assert!(told.to_string().contains("\"guacfront undo\" does that"), "{told}");
    assert_eq!((machine.etc(), machine.read(RECEIPT)), (etc, journal));
    machine.write(RECEIPT, b"nonsense", 0o600);
    assert_eq!(unfinished(&machine.system), Some(Unfinished::CutShort { since: None }));
}

#[test]
fn a_new_apply_first_takes_back_what_was_cut_short() {
    let machine = cut_short();
    // The plan is made before, from files that the recovery changes: it is refused, and the next one is good.
    let stale = machine.apply(&machine.plan(), TESTS_ALONE).0.expect_err("the plan is stale");
    assert!(matches!(stale, ApplyError::Changed { .. }), "{stale}");
    machine.apply(&machine.plan(), TESTS_ALONE).0.expect("it can be applied");
}

#[test]
fn a_damaged_journal_is_told_with_lines_that_put_everything_right() {
    let machine = cut_short();
    let (whole, before) = (machine.read(RECEIPT), machine.etc());
    // Cut off anywhere, also between two tables where what is left is TOML, and a byte of it turned.
    let mut damaged: Vec<Vec<u8>> = (0..whole.len()).step_by(3).map(|len| whole[..len].to_vec()).collect();
    damaged.extend((0..whole.len()).step_by(3).map(|at| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    }));
    damaged.extend([b"\xff\xfe".to_vec(), b"version = 99\nid = ''\ntime = ''\nguacfront = ''\n".to_vec()]);
    println!("tried {} damaged journals", damaged.len());
    for bytes in damaged {
        machine.write(RECEIPT, &bytes, 0o600);
        let error = recover(&machine.system, &mut |_| {}).expect_err("it is not believed");
        assert!(matches!(&error, ApplyError::Journal { .. }), "{error}");
        assert_eq!(error.kind(), Fault::Machine);
        let lines = lines(&error.to_string());
        assert_eq!(lines.len(), 4, "{error}");
        assert!(
            lines.iter().all(|line| line.starts_with("cp -- /") || line.starts_with("rm -f -- /")),
            "{error}"
        );
    }
    assert_eq!(machine.etc(), before);
    let error = recover(&machine.system, &mut |_| {}).expect_err("it is not believed");
    type_in(&lines(&error.to_string()));
    assert_eq!(machine.read("/etc/nginx/nginx.conf"), b"http { }\n");
    assert_eq!(machine.read("/etc/tomcat/server.xml"), b"<Server/>");
}

#[test]
fn the_lines_for_a_damaged_journal_also_remove_what_is_new_and_link_what_is_gone() {
    let machine = Machine::new();
    let fresh = |machine: &Machine| {
        let path = PathBuf::from("/etc/nginx/new 'site'");
        let image = FileImage {
            path: path.clone(),
            target: path,
            bytes: (*b"").into(),
            meta: Meta { mode: 0o640, uid: 0, gid: 0 },
        };
        let mut steps = machine.plan().steps;
        steps.push(Step::File(FileChange { before: image, after: (*b"new\n").into(), changes: Vec::new() }));
        plan(steps)
    };
    let before = machine.etc();
    // All is done but for the receipt, whose folder cannot be made.
    let dying = |machine: &Machine| {
        let dead = AtomicBool::new(false);
        Machine::with(machine.system.clone().watched(move |checkpoint| {
            let commits = checkpoint.path.ends_with("guacfront/receipts")
                || checkpoint.path.ends_with("/etc/apache2/mods-enabled")
                    && checkpoint.deed == Deed::RemoveFolder;
            dead.fetch_or(commits, Ordering::Relaxed);
            if dead.load(Ordering::Relaxed) { Err(io::ErrorKind::Other.into()) } else { Ok(()) }
        }))
    };
    dying(&machine).apply(&fresh(&machine), TESTS_ALONE).0.expect_err("the machine dies");
    assert_eq!(machine.read("/etc/nginx/new 'site'"), b"new\n");
    machine.write(RECEIPT, b"", 0o600);
    type_in(&lines(&recover(&machine.system, &mut |_| {}).expect_err("it is damaged").to_string()));
    assert!(!machine.real("/etc/nginx/new 'site'").exists());
    assert!(!machine.real("/etc/apache2/mods-enabled/proxy.load").is_symlink());
    std::fs::remove_dir_all(machine.real("/var/lib/guacfront/journal")).expect("as the hint says");
    std::fs::remove_dir_all(machine.real("/etc/apache2")).expect("a folder");
    let bytes = |machine: &Machine| {
        machine.etc().into_keys().map(|path| std::fs::read(&path).ok()).collect::<Vec<_>>()
    };
    let old: Vec<_> = before.keys().map(|path| std::fs::read(path).ok()).collect();
    assert_eq!(bytes(&machine), old);

    machine.apply(&fresh(&machine), TESTS_ALONE).0.expect("it can be applied");
    let (after, done) = (bytes(&machine), machine.etc());
    dying(&machine).undo(None, false).expect_err("the machine dies");
    assert_ne!(machine.etc(), done);
    machine.write(RECEIPT, b"", 0o600);
    type_in(&lines(&recover(&machine.system, &mut |_| {}).expect_err("it is damaged").to_string()));
    assert_eq!(bytes(&machine), after);
    let link = std::fs::read_link(machine.real("/etc/apache2/mods-enabled/proxy.load")).expect("a link");
    assert_eq!(link, Path::new("../mods-available/proxy.load"));
}

/// Whoever makes a tree may also make its journal; a state folder of another user on the machine itself is as good.
#[test]
fn a_planted_journal_is_not_believed_and_commands_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let machine = Machine::at(folder.path());
    let mark = machine.real("/commanded");
    let planted = format!(
        "version = 1\nid = '20260101-000000-0001'\ntime = ''\nguacfront = ''\n[[commands]]\npurpose = 'reload'\n\
         argv = ['/bin/touch', '{}']\noutcome = 'begun'\n",
        mark.display()
    );
    std::fs::create_dir_all(machine.real("/var/lib/guacfront/journal")).expect("a folder");
    machine.write(RECEIPT, planted.as_bytes(), 0o600);
    let state = machine.real("/var/lib/guacfront");
    let before = machine.etc();
    for (owner, mode, why) in
        [(4321, 0o700, "belongs to user 4321"), (0, 0o770, "mode 0770"), (0, 0o707, "mode 0707")]
    {
        chown(&state, Some(owner), None).expect("an owner");
        std::fs::set_permissions(&state, std::fs::Permissions::from_mode(mode)).expect("a mode");
        for error in [
            recover(&machine.system, &mut |_| {}).expect_err("it is refused"),
            machine.apply(&machine.plan(), TESTS_ALONE).0.expect_err("it is refused"),
            machine.undo(None, true).expect_err("it is refused"),
        ] {
            assert!(error.to_string().contains(why), "{error}");
            assert_eq!(error.kind(), Fault::Operator);
            assert!(error.hint().is_some_and(|hint| hint.contains("chown 0:0 -- ")), "{error}");
        }
        assert!(!mark.exists() && machine.real(RECEIPT).exists());
        assert_eq!(machine.etc(), before);
    }
    // Root's own: it is believed, and below a root prefix still commands nothing.
    std::fs::set_permissions(&state, std::fs::Permissions::from_mode(0o700)).expect("a mode");
    let tree = System::below(folder.path()).expect("it is there");
    recover(&tree, &mut |_| {}).expect("it can be").expect("there is something to do");
    assert!(!mark.exists() && machine.is_tidy());
}

#[test]
fn half_a_write_in_place_is_taken_back_and_another_hand_s_edit_is_not() {
    let old = b"http { }\n".as_slice();
    let written = |machine: &Machine| machine.read("/etc/nginx/nginx.conf");
    for (left, is_ours) in [
        (b"http { }\n# guacfront was he".to_vec(), true),
        (b"http { }\n# gua\0\0\0\0\0\0".to_vec(), true),
        (b"http { # by hand\n}\n# guacfront was here, with".to_vec(), false),
        (b"http {}\n".to_vec(), false),
        (b"http { };\n".to_vec(), false),
    ] {
        let machine = Machine::new();
        std::fs::hard_link(machine.real("/etc/nginx/nginx.conf"), machine.real("/etc/second"))
            .expect("a name");
        let before = machine.etc();
        let dead = AtomicBool::new(false);
        let dying = Machine::with(machine.system.clone().watched(move |checkpoint| {
            let writes =
                checkpoint.deed == Deed::Write && checkpoint.path == Path::new("/etc/nginx/nginx.conf");
            dead.fetch_or(writes && checkpoint.side == Side::After, Ordering::Relaxed);
            if dead.load(Ordering::Relaxed) { Err(io::ErrorKind::Other.into()) } else { Ok(()) }
        }));
        let change = plan(vec![machine.change("/etc/nginx/nginx.conf")]);
        dying.apply(&change, TESTS_ALONE).0.expect_err("the machine dies");
        assert_ne!(written(&machine), old);
        machine.write("/etc/nginx/nginx.conf", &left, 0o644);
        match recover(&machine.system, &mut |_| {}) {
            Ok(Some(_)) => {
                assert!(is_ours, "{}", left.escape_ascii());
                assert_eq!(machine.etc(), before);
                assert!(machine.is_tidy());
            }
            Err(error @ ApplyError::NotTakenBack { .. }) => {
                assert!(!is_ours && error.to_string().contains("by another hand"), "{error}");
                assert_eq!(written(&machine), left);
                type_in(&lines(&error.to_string()));
                recover(&machine.system, &mut |_| {}).expect("it is as it was").expect("it is done with");
                assert_eq!(written(&machine), old);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_missing_journal_file_is_told() {
    let machine = cut_short();
    let folder =
        machine.system.folder(std::path::Path::new("/var/lib/guacfront/journal")).expect("it is there");
    folder.unlink("receipt.toml".as_ref()).expect("it can be removed");
    let error = recover(&machine.system, &mut |_| {}).expect_err("it cannot be read");
    assert!(error.to_string().contains("receipt.toml is not there"), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("/var/lib/guacfront/journal")));
}

#[test]
fn a_file_edited_after_the_cut_is_left_alone_and_told_with_lines() {
    let machine = cut_short();
    machine.write("/etc/nginx/nginx.conf", b"by hand", 0o644);
    let error = recover(&machine.system, &mut |_| {}).expect_err("a hand has been at it");
    assert!(matches!(&error, ApplyError::NotTakenBack { left, .. } if left.len() == 1), "{error}");
    assert_eq!(machine.read("/etc/nginx/nginx.conf"), b"by hand");
    assert!(
        !machine.read("/etc/nginx/sites-available/site").ends_with(b"before\n"),
        "the others are taken back"
    );
    let lines = lines(&error.to_string());
    assert!(lines[0].starts_with("cp -- "), "{error}");
    type_in(&lines);
    recover(&machine.system, &mut |_| {}).expect("it is as it was").expect("the journal is done with");
    assert!(machine.is_tidy());
}

#[test]
fn a_damaged_backup_is_not_given_back() {
    let machine = cut_short();
    machine.write("/var/lib/guacfront/journal/files/etc/nginx/nginx.conf", b"rot", 0o600);
    let error = recover(&machine.system, &mut |_| {}).expect_err("the backup is damaged");
    assert!(error.to_string().contains("damaged"), "{error}");
    assert!(machine.read("/etc/nginx/nginx.conf").ends_with(b"before\n"));
}
