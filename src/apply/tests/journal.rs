//! A journal that is damaged, or that another hand has been at.

use super::child::must;
use super::machine::{ALL, Machine, TESTS_ALONE};
use crate::apply::{ApplyError, Unfinished, recover, unfinished};
use crate::model::Fault;
use crate::system::{Deed, Side};
use std::io;
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
    let whole = cut_short().read(RECEIPT);
    let mut damaged: Vec<Vec<u8>> = (0..whole.len()).step_by(97).map(|len| whole[..len].to_vec()).collect();
    damaged.extend([b"\xff\xfe".to_vec(), b"version = 99\nid = ''\ntime = ''\nguacfront = ''\n".to_vec()]);
    let machine = cut_short();
    let mut told = 0;
    for bytes in damaged {
        machine.write(RECEIPT, &bytes, 0o600);
        let before = machine.etc();
        match recover(&machine.system, &mut |_| {}) {
            Err(error @ ApplyError::Journal { .. }) => {
                assert_eq!((error.kind(), machine.etc()), (Fault::Machine, before));
                let lines = lines(&error.to_string());
                assert_eq!(lines.len(), 3, "{error}");
                assert!(lines.iter().all(|line| line.starts_with("cp -- /")), "{error}");
                told += 1;
                if told == 1 {
                    type_in(&lines);
                    assert_eq!(machine.read("/etc/nginx/nginx.conf"), b"http { }\n");
                    assert_eq!(machine.read("/etc/tomcat/server.xml"), b"<Server/>");
                }
            }
            // Cut between two tables it can be read, and tells of fewer files.
            Ok(Some(_)) | Err(ApplyError::NotTakenBack { .. }) => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(told > 3);
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
