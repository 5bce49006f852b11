//! Disks that are full, read-only or elsewhere, in a mount namespace of the test's own; they need root.

use super::child::{self, must};
use super::machine::{Machine, TESTS_ALONE, plan, run};
use crate::apply::{ApplyError, Event, STATE_FOLDER, recover, unwritable};
use crate::model::{Fault, FileChange, Plan, Purpose, Step};
use crate::system::{Deed, Side, System};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs a test again with mounts of its own, which end with it.
fn alone(test: &str, inside: fn(&Path)) {
    if let Some((folder, _)) = child::order() {
        return inside(&folder);
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let test = format!("apply::tests::mount::{test}");
    let way = ["/usr/bin/unshare", "--mount", "--propagation", "private"];
    let (status, said) = child::run(&way, &test, folder.path(), "go");
    assert!(status.success() && said.contains("1 passed"), "{said}");
    said.lines().filter(|line| line.starts_with("tried ")).for_each(|line| println!("{line}"));
}

fn mount(arguments: &[&str], at: &Path) {
    let at = at.to_str().expect("it is text");
    must(&[&["/bin/mount"], arguments, &[at]].concat());
}

fn unmount(at: &Path) {
    must(&["/bin/umount", at.to_str().expect("it is text")]);
}

/// Three files that grow by 20 kB each.
fn growing(machine: &Machine) -> Plan {
    let mut plan = machine.plan();
    for step in &mut plan.steps {
        if let Step::File(FileChange { after, .. }) = step {
            *after = after.iter().copied().chain(vec![b'#'; 20_000]).collect::<Arc<[u8]>>();
        }
    }
    plan
}

#[test]
fn a_full_disk_leaves_everything_as_it_was() {
    alone("a_full_disk_leaves_everything_as_it_was", |folder| {
        let (mut full, mut good) = (0, 0);
        // Files and journal on one small disk, then the journal alone, then the files alone.
        for below in ["", "var/lib", "etc/nginx"] {
            // Too few bytes, then too few files.
            let bytes = (16..=160).step_by(4).map(|size| format!("size={size}k"));
            for size in bytes.chain((16..=48).step_by(2).map(|files| format!("nr_inodes={files}"))) {
                let root = tempfile::tempdir_in(folder).expect("a temporary folder");
                let at = root.path().join(below);
                std::fs::create_dir_all(&at).expect("a folder");
                mount(&["-t", "tmpfs", "-o", &size, "tmpfs"], &at);
                let machine = Machine::at(root.path());
                let before = machine.etc();
                match machine.apply(&growing(&machine), TESTS_ALONE).0 {
                    Ok(_) => {
                        good += 1;
                        assert!(machine.read("/etc/nginx/nginx.conf").ends_with(b"###"));
                    }
                    Err(error) => {
                        full += 1;
                        let text = error.to_string();
                        assert!(text.contains("No space left"), "{below} {size}: {text}");
                        assert!(error.hint().is_some_and(|hint| hint.contains("make room")));
                        assert_eq!(
                            (machine.etc(), error.kind()),
                            (before, Fault::Machine),
                            "{below} {size}: {text}"
                        );
                        assert!(machine.is_tidy(), "{below} {size}");
                    }
                }
                drop(machine);
                unmount(&at);
            }
        }
        println!("tried {} disks, {full} too small", full + good);
        assert!(full > 20 && good > 20, "{full} full, {good} good");
    });
}

#[test]
fn a_state_folder_on_another_disk_does_as_well() {
    alone("a_state_folder_on_another_disk_does_as_well", |folder| {
        let mut machine = Machine::at(folder);
        let (before, state) = (machine.etc(), machine.real(STATE_FOLDER));
        std::fs::create_dir(&state).expect("a folder");
        mount(&["-t", "tmpfs", "-o", "mode=700", "tmpfs"], &state);
        let device = |path: &Path| std::fs::metadata(path).expect("it is there").dev();
        assert_ne!(device(&state), device(&machine.real("/etc")));

        machine.apply(&machine.plan(), TESTS_ALONE).0.expect("it can be applied");
        assert!(machine.read("/etc/nginx/nginx.conf").ends_with(b"before\n"));
        machine.undo(None, false).expect("it can be undone");
        assert_eq!(machine.etc(), before);

        // Cut short after the first file: the backups are on the other disk, too.
        let (plan, healthy, dead) = (machine.plan(), machine.system.clone(), AtomicBool::new(false));
        machine.system = healthy.clone().watched(move |checkpoint| {
            let first = checkpoint.deed == Deed::Rename && checkpoint.path.ends_with("site");
            dead.fetch_or(first && checkpoint.side == Side::After, Ordering::Relaxed);
            if dead.load(Ordering::Relaxed) { Err(std::io::ErrorKind::Other.into()) } else { Ok(()) }
        });
        machine.apply(&plan, TESTS_ALONE).0.expect_err("the machine dies");
        machine.system = healthy;
        assert_ne!(machine.etc(), before);
        recover(&machine.system, &mut |_| {}).expect("it can be").expect("there is something to do");
        assert_eq!(machine.etc(), before);
        assert!(machine.is_tidy());
        unmount(&state);
    });
}

#[test]
fn a_read_only_mount_is_seen_before_and_leaves_everything_as_it_was() {
    alone("a_read_only_mount_is_seen_before_and_leaves_everything_as_it_was", |folder| {
        let machine = Machine::at(folder);
        let (before, nginx) = (machine.etc(), machine.real("/etc/nginx"));
        mount(&["--bind", nginx.to_str().expect("it is text")], &nginx);
        mount(&["-o", "remount,bind,ro"], &nginx);
        let paths = ["/etc/nginx/nginx.conf", "/etc/nginx/none", "/etc/tomcat/server.xml"].map(PathBuf::from);
        assert_eq!(unwritable(&machine.system, &paths), paths[..2]);
        let error = machine.apply(&machine.plan(), TESTS_ALONE).0.expect_err("it is read-only");
        assert!(error.to_string().contains("Read-only"), "{error}");
        assert!(matches!(error, ApplyError::TakenBack { .. }), "{error}");
        assert_eq!(machine.etc(), before);

        let state = machine.real("/var/lib");
        mount(&["-t", "tmpfs", "-o", "ro", "tmpfs"], &state);
        assert_eq!(unwritable(&machine.system, &paths[2..]), [PathBuf::from(STATE_FOLDER)]);
        assert!(machine.apply(&machine.plan(), TESTS_ALONE).0.is_err());
        assert_eq!(recover(&machine.system, &mut |_| {}).expect("nothing was begun"), None);
        assert_eq!(machine.etc(), before);
    });
}

#[test]
fn a_file_that_is_a_mount_is_written_in_place() {
    alone("a_file_that_is_a_mount_is_written_in_place", |folder| {
        let machine = Machine::at(folder);
        machine.write("/origin", b"http { }\n", 0o644);
        let (origin, path) = (machine.real("/origin"), machine.real("/etc/nginx/nginx.conf"));
        mount(&["--bind", origin.to_str().expect("it is text")], &path);
        let before = machine.etc();
        let (result, events) =
            machine.apply(&plan(vec![machine.change("/etc/nginx/nginx.conf")]), TESTS_ALONE);
        result.expect("it can be applied");
        assert!(machine.read("/origin").ends_with(b"before\n"));
        let told = |event: &Event| event.to_string().contains("in place: it is mounted by itself");
        assert!(events.iter().any(told), "{events:?}");
        machine.undo(None, false).expect("it can be undone");
        assert_eq!((machine.etc(), machine.read("/origin")), (before, b"http { }\n".to_vec()));
        assert!(machine.is_tidy());
    });
}

#[test]
fn an_immutable_file_is_seen_before_and_leaves_everything_as_it_was() {
    let machine = Machine::new();
    let (before, path) = (machine.etc(), machine.real("/etc/tomcat/server.xml"));
    must(&["/usr/bin/chattr", "+i", path.to_str().expect("it is text")]);
    let paths = [PathBuf::from("/etc/tomcat/server.xml")];
    let seen = unwritable(&machine.system, &paths);
    let result = machine.apply(&machine.plan(), TESTS_ALONE).0;
    must(&["/usr/bin/chattr", "-i", path.to_str().expect("it is text")]);
    assert_eq!(seen, paths);
    let error = result.expect_err("it is immutable");
    assert!(matches!(error, ApplyError::TakenBack { .. }), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("lsattr")), "{error}");
    assert_eq!(machine.etc(), before);
    assert!(machine.is_tidy());
}

#[test]
fn group_rights_are_enough_and_the_owner_stays() {
    const TEST: &str = "apply::tests::mount::group_rights_are_enough_and_the_owner_stays";
    if let Some((folder, _)) = child::order() {
        let machine = Machine::at(&folder);
        assert!(!rustix::process::geteuid().is_root());
        let paths = ["/etc/nginx/nginx.conf", "/etc/tomcat/server.xml"].map(PathBuf::from);
        assert_eq!(unwritable(&machine.system, &paths), paths[1..]);
        let before = machine.etc();
        let (result, events) =
            machine.apply(&plan(vec![machine.change("/etc/nginx/nginx.conf")]), TESTS_ALONE);
        result.expect("it can be applied");
        assert!(events.iter().any(|event| event.to_string().contains("its owner")), "{events:?}");
        machine.undo(None, false).expect("it can be undone");
        let content = |tree: &std::collections::BTreeMap<PathBuf, String>| {
            tree[&machine.real("/etc/nginx/nginx.conf")].split(' ').map(str::to_owned).collect::<Vec<_>>()
        };
        let (before, after) = (content(&before), content(&machine.etc()));
        // Only its owner may set a file's time.
        assert_eq!((&after[..2], &after[3..]), (&before[..2], &before[3..]));
        return;
    }
    let machine = Machine::new();
    let root = machine.real("/");
    must(&["/bin/chown", "-R", "--no-dereference", "65534:65534", root.to_str().expect("it is text")]);
    must(&["/bin/chown", "root:65534", machine.real("/etc/nginx/nginx.conf").to_str().expect("it is text")]);
    must(&["/bin/chown", "root:root", machine.real("/etc/tomcat").to_str().expect("it is text")]);
    machine.write("/etc/nginx/nginx.conf", b"http { }\n", 0o664);
    let way = ["/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
    let (status, said) = child::run(&way, TEST, &root, "go");
    assert!(status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn nginx_itself_refuses_a_bad_file_on_the_machine_itself() {
    alone("nginx_itself_refuses_a_bad_file_on_the_machine_itself", |folder| {
        // A machine of its own, mounted over the real one's folders, where this process alone sees it.
        let source = Machine::at(folder);
        let file = "/etc/nginx/nginx.conf";
        source.write(file, b"events { }\nhttp { server { listen 127.0.0.1:9; } }\n", 0o644);
        std::fs::create_dir(source.real("/var/lib/nginx")).expect("a folder for nginx's own");
        for path in ["/etc/nginx", "/var/lib"] {
            let real = source.real(path);
            mount(&["--bind", real.to_str().expect("it is text")], Path::new(path));
        }
        let mut machine = Machine::at(folder);
        machine.system = System::machine();
        let before = source.etc();
        let nginx = || run(Purpose::Test, &["/usr/sbin/nginx", "-t", "-e", "stderr", "-g", "pid /dev/null;"]);
        let mut bad = machine.change(file);
        if let Step::File(change) = &mut bad {
            change.after = (*b"events { }\nhttp { guacamole; }\n").into();
        }
        let error = machine.apply(&plan(vec![bad, nginx()]), TESTS_ALONE).0.expect_err("nginx refuses it");
        let text = error.to_string();
        assert!(text.contains("unknown directive \"guacamole\" in /etc/nginx/nginx.conf:2"), "{text}");
        assert_eq!(source.etc(), before);

        machine.apply(&plan(vec![machine.change(file), nginx()]), TESTS_ALONE).0.expect("nginx takes it");
        assert!(source.real("/var/lib/guacfront/receipts").is_dir());
        machine.undo(None, false).expect("it can be undone");
        assert_eq!(source.etc(), before);
    });
}
