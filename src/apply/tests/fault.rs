//! Everything that can go wrong between plan and receipt.

use super::machine::{ALL, Machine, TESTS_ALONE, plan, run};
use crate::apply::store::Store;
use crate::apply::{ApplyError, Event, Unfinished, apply, recover, unfinished};
use crate::model::{Fault, FileChange, FileImage, Meta, Purpose, Step};
use crate::system::{Deed, Side, System};
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// A change made to the machine by another hand.
type OtherHand = fn(&Machine);

#[test]
fn a_file_changed_since_the_plan_is_refused_before_anything_is_touched() {
    let hands: [(&str, OtherHand); 5] = [
        ("content", |m| m.write("/etc/nginx/nginx.conf", b"http { # }\n", 0o644)),
        ("mode", |m| m.write("/etc/nginx/nginx.conf", b"http { }\n", 0o600)),
        ("no longer", |m| {
            m.system.folder(Path::new("/etc/nginx")).unwrap().unlink("nginx.conf".as_ref()).unwrap();
        }),
        ("leads to", |m| {
            let folder = m.system.folder(Path::new("/etc/nginx/sites-enabled")).unwrap();
            folder.unlink("site".as_ref()).unwrap();
            folder.link(Path::new("../nginx.conf"), "site".as_ref()).unwrap();
        }),
        ("something else", |m| {
            m.system.make_folders(Path::new("/etc/apache2/mods-enabled/proxy.load"), 0o755).unwrap();
        }),
    ];
    for (how, hand) in hands {
        let machine = Machine::new();
        let plan = machine.plan();
        hand(&machine);
        let before = machine.etc();
        let error = machine.apply(&plan, TESTS_ALONE).0.expect_err(how);
        assert!(matches!(error, ApplyError::Changed { .. }) && error.to_string().contains(how), "{error}");
        assert_eq!((error.kind(), machine.etc()), (Fault::Operator, before), "{how}");
    }
}

/// The same machine, with another hand at work just before the first file is replaced.
fn meddled(machine: &Machine, hand: impl Fn() + Send + Sync + 'static) -> System {
    let journals = AtomicUsize::new(0);
    machine.system.clone().watched(move |checkpoint| {
        let journal = checkpoint.deed == Deed::Rename && checkpoint.path.ends_with("journal/receipt.toml");
        if journal && checkpoint.side == Side::After && journals.fetch_add(1, Ordering::Relaxed) == 0 {
            hand();
        }
        Ok(())
    })
}

#[test]
fn a_link_put_in_the_place_of_a_file_during_the_run_is_not_followed() {
    let mut machine = Machine::new();
    let plan = plan(vec![machine.change("/etc/nginx/nginx.conf"), machine.change("/etc/tomcat/server.xml")]);
    machine.write("/outside", b"outside", 0o644);
    let (file, moved) = (machine.real("/etc/nginx/nginx.conf"), machine.real("/etc/nginx/moved"));
    machine.system = meddled(&machine, move || {
        std::fs::hard_link(&file, &moved).unwrap();
        let system = System::below(file.parent().unwrap()).unwrap();
        system.folder(Path::new("/")).unwrap().unlink("nginx.conf".as_ref()).unwrap();
        symlink("../../outside", &file).unwrap();
    });
    let error = machine.apply(&plan, TESTS_ALONE).0.expect_err("the file is a link now");
    assert!(
        matches!(&error, ApplyError::TakenBack { cause, .. } if matches!(**cause, ApplyError::Changed { .. }))
    );
    assert!(error.to_string().contains("symbolic link"), "{error}");
    assert_eq!(machine.read("/outside"), b"outside");
    assert_eq!(machine.read("/etc/nginx/moved"), b"http { }\n");
    assert_eq!(machine.read("/etc/tomcat/server.xml"), b"<Server/>");
    assert!(machine.is_tidy());
}

#[test]
fn a_folder_that_becomes_a_link_during_the_run_is_not_followed() {
    let mut machine = Machine::new();
    let plan = plan(vec![machine.change("/etc/nginx/nginx.conf")]);
    std::fs::create_dir(machine.real("/outside")).unwrap();
    machine.write("/outside/nginx.conf", b"http { }\n", 0o644);
    let (folder, moved) = (machine.real("/etc/nginx"), machine.real("/etc/moved"));
    machine.system = machine.system.clone().watched(move |checkpoint| {
        // The journal's birth: no new file is there yet.
        if checkpoint.path.ends_with("guacfront/journal") && checkpoint.side == Side::After && folder.is_dir()
        {
            let root = System::below(folder.parent().unwrap()).unwrap();
            let etc = root.folder(Path::new("/")).unwrap();
            if !moved.exists() {
                etc.rename("nginx".as_ref(), &etc, "moved".as_ref()).unwrap();
                symlink("/outside", &folder).unwrap();
            }
        }
        Ok(())
    });
    machine.apply(&plan, TESTS_ALONE).0.expect_err("the folder is a link now");
    assert_eq!(std::fs::read_dir(machine.real("/outside")).unwrap().count(), 1);
    assert_eq!(machine.read("/outside/nginx.conf"), b"http { }\n");
    assert_eq!(machine.read("/etc/moved/nginx.conf"), b"http { }\n");
}

#[test]
fn a_folder_that_vanishes_during_the_run_takes_the_rest_back() {
    let mut machine = Machine::new();
    let plan = plan(vec![machine.change("/etc/tomcat/server.xml"), machine.change("/etc/nginx/nginx.conf")]);
    let root = machine.real("/");
    machine.system = meddled(&machine, move || {
        let root = System::below(&root).unwrap();
        let (etc, to) = (root.folder(Path::new("/etc")).unwrap(), root.folder(Path::new("/")).unwrap());
        etc.rename("nginx".as_ref(), &to, "elsewhere".as_ref()).unwrap();
    });
    let error = machine.apply(&plan, TESTS_ALONE).0.expect_err("there is no such folder");
    assert!(matches!(&error, ApplyError::TakenBack { .. }), "{error}");
    assert!(error.to_string().contains("/etc/nginx"), "{error}");
    assert_eq!(machine.read("/elsewhere/nginx.conf"), b"http { }\n");
    assert_eq!(machine.read("/etc/tomcat/server.xml"), b"<Server/>");
    assert!(!machine.real("/etc/nginx").exists(), "it is not made anew");
}

#[test]
fn a_test_that_fails_takes_everything_back_with_the_servers_own_words() {
    let machine = Machine::new();
    let before = machine.etc();
    let mut steps = machine.plan().steps;
    steps.push(run(Purpose::Test, &["/bin/ls", "/nginx: [emerg]\u{1b}[2J"]));
    let (result, events) = machine.apply(&plan(steps), ALL);
    let error = result.expect_err("the test fails");
    let text = error.to_string();
    assert!(text.contains("[emerg]") && text.contains("everything was taken back"), "{text}");
    assert!(!text.contains('\u{1b}'));
    assert_eq!(error.kind(), Fault::Machine);
    assert_eq!(machine.etc(), before);
    assert!(machine.is_tidy());
    assert_eq!(events.iter().filter(|event| matches!(event, Event::FileRestored { .. })).count(), 3);
}

#[test]
fn a_test_that_had_failed_before_is_told_from_one_that_fails_for_the_change() {
    for (script, before) in [("printf '%s.conf:3' other; exit 1", true), ("! grep -q guacfront FILE", false)]
    {
        let machine = Machine::new();
        let script = script.replace("FILE", &machine.real("/etc/nginx/nginx.conf").display().to_string());
        let steps =
            vec![machine.change("/etc/nginx/nginx.conf"), run(Purpose::Test, &["/bin/sh", "-c", &script])];
        let (result, events) = machine.apply(&plan(steps), ALL);
        let text = result.expect_err("the test fails").to_string();
        assert_eq!(text.contains("fails with the old files as well"), before, "{text}");
        let why: Vec<String> = events.iter().map(ToString::to_string).collect();
        assert_eq!(
            why.iter().filter(|line| line.contains("other.conf:3")).count(),
            usize::from(before),
            "once"
        );
        assert!(machine.is_tidy());
    }
}

#[test]
fn a_program_that_is_not_there_takes_everything_back() {
    let machine = Machine::new();
    let before = machine.etc();
    let steps = vec![machine.change("/etc/nginx/nginx.conf"), run(Purpose::Test, &["/nonexistent"])];
    let error = machine.apply(&plan(steps), ALL).0.expect_err("there is no such program");
    assert!(error.to_string().contains("cannot be started"), "{error}");
    assert_eq!(machine.etc(), before);
}

#[test]
fn a_reload_that_fails_takes_everything_back_and_reloads_again() {
    let machine = Machine::new();
    let before = machine.etc();
    let log = machine.real("/log").to_str().expect("it is text").to_owned();
    // As a server that does not like the new files, and likes the old ones.
    let script = format!(
        "grep -c guacfront {} >> {log}; ! grep -q guacfront {0}",
        machine.real("/etc/nginx/nginx.conf").display()
    );
    let steps = vec![
        machine.change("/etc/nginx/nginx.conf"),
        run(Purpose::Test, &["/bin/true"]),
        run(Purpose::Reload, &["/bin/sh", "-c", &script]),
        run(Purpose::Restart, &["/bin/touch", &format!("{log}.never")]),
    ];
    let error = machine.apply(&plan(steps), ALL).0.expect_err("the reload fails");
    assert!(matches!(&error, ApplyError::TakenBack { again, .. } if again.len() == 1), "{error}");
    assert_eq!(machine.read("/log"), b"1\n0\n");
    assert!(!machine.real("/log.never").exists(), "what was not run is not run again");
    assert_eq!(machine.etc(), before);
}

#[test]
fn asked_to_stop_it_takes_everything_back() {
    let mut machine = Machine::new();
    let before = machine.etc();
    let stop = Arc::new(AtomicBool::new(false));
    machine.system = machine.system.clone().stopped_by(Arc::clone(&stop));
    let error = apply(&machine.system, &machine.plan(), ALL, &mut |event| {
        stop.fetch_or(matches!(event, Event::FileReplaced { .. }), Ordering::Relaxed);
    });
    let error = error.expect_err("it was stopped");
    assert!(matches!(&error, ApplyError::TakenBack { cause, .. } if matches!(**cause, ApplyError::Stopped)));
    assert_eq!(machine.etc(), before);
    assert!(machine.is_tidy());
}

#[test]
fn the_second_of_two_at_once_is_told_and_touches_nothing() {
    let machine = Machine::new();
    let before = machine.etc();
    let mut others = 0;
    let result = apply(&machine.system, &machine.plan(), ALL, &mut |event| {
        if matches!(event, Event::FileReplaced { .. }) {
            // Its journal is there and it is alive: there is nothing to recover.
            assert_eq!(recover(&machine.system, &mut |_| {}).expect("a live run is no fault"), None);
            let told = unfinished(&machine.system).expect("it is going on");
            assert!(
                matches!(&told, Unfinished::Running { holder, awaiting: false } if holder.pid.is_some()),
                "{told}"
            );
            let error = machine.undo(None, false).expect_err("it is locked");
            assert!(
                error.to_string().contains(&format!("process {}, since 20", std::process::id())),
                "{error}"
            );
            others += 1;
        }
    });
    result.expect("the first is not disturbed");
    assert_eq!(others, 3);
    machine.undo(None, false).expect("the lock is free again");
    assert_eq!(machine.etc(), before);
    drop(Store::lock(&machine.system).expect("the lock is free again"));
}

/// The same machine, with another hand at work after the last look at a file and before it is replaced.
fn overtaken(machine: &Machine, path: &'static str, hand: impl Fn() + Send + Sync + 'static) -> Machine {
    let done = AtomicBool::new(false);
    Machine::with(machine.system.clone().watched(move |checkpoint| {
        let replaces = checkpoint.deed == Deed::Rename && checkpoint.path == Path::new(path);
        if replaces && checkpoint.side == Side::Before && !done.swap(true, Ordering::Relaxed) {
            hand();
        }
        Ok(())
    }))
}

#[test]
fn an_edit_after_the_last_look_is_not_lost() {
    const NGINX: &str = "/etc/nginx/nginx.conf";
    for new_one in [false, true] {
        let machine = Machine::new();
        let (system, mine) = (machine.system.clone(), machine.real(NGINX).with_file_name("mine"));
        let overtaking = overtaken(&machine, NGINX, move || {
            let machine = Machine::with(system.clone());
            if new_one {
                // As an editor saves: another file takes the name.
                machine.write("/etc/nginx/mine", b"by hand\n", 0o604);
                let folder = system.folder(Path::new("/etc/nginx")).unwrap();
                folder.rename("mine".as_ref(), &folder, "nginx.conf".as_ref()).unwrap();
            } else {
                machine.write(NGINX, b"by hand\n", 0o604);
            }
        });
        let plan = plan(vec![machine.change("/etc/tomcat/server.xml"), machine.change(NGINX)]);
        let error = overtaking.apply(&plan, TESTS_ALONE).0.expect_err("it was changed");
        assert!(
            matches!(&error, ApplyError::TakenBack { cause, .. } if matches!(**cause, ApplyError::Changed { .. })),
            "{error}"
        );
        assert!(error.to_string().contains("it was changed just now"), "{error}");
        assert_eq!(machine.read(NGINX), b"by hand\n");
        assert_eq!(std::fs::metadata(machine.real(NGINX)).unwrap().mode() & 0o7777, 0o604);
        assert_eq!(machine.read("/etc/tomcat/server.xml"), b"<Server/>");
        assert!(machine.is_tidy() && !mine.exists());
    }
}

#[test]
fn a_file_that_comes_into_being_after_the_last_look_is_not_replaced() {
    const NEW: &str = "/etc/nginx/sites-available/new";
    let machine = Machine::new();
    let system = machine.system.clone();
    let overtaking =
        overtaken(&machine, NEW, move || Machine::with(system.clone()).write(NEW, b"by hand\n", 0o604));
    let image = FileImage {
        path: NEW.into(),
        target: NEW.into(),
        bytes: (*b"").into(),
        meta: Meta { mode: 0o644, uid: 0, gid: 0 },
    };
    let change = FileChange { before: image, after: (*b"new\n").into(), changes: Vec::new() };
    let error = overtaking.apply(&plan(vec![Step::File(change)]), TESTS_ALONE).0.expect_err("it is there");
    assert!(error.to_string().contains("it has come into being"), "{error}");
    assert!(matches!(&error, ApplyError::TakenBack { .. }), "{error}");
    assert_eq!(machine.read(NEW), b"by hand\n");
    assert!(machine.is_tidy());
}

#[test]
fn a_command_that_hangs_or_prints_megabytes_takes_everything_back_with_what_it_said() {
    for purpose in [Purpose::Test, Purpose::Reload, Purpose::Restart] {
        for (script, words) in [
            (
                "echo waiting for a lock >&2; sleep 50",
                "did not end in time and was stopped:\nwaiting for a lock",
            ),
            ("yes 'nginx: [emerg] no' | head -c 3000000; exit 1", "more bytes]"),
        ] {
            let mut machine = Machine::new();
            machine.system = machine.system.with_patience(Duration::from_millis(700));
            let before = machine.etc();
            let steps = vec![
                machine.change("/etc/nginx/nginx.conf"),
                machine.change("/etc/tomcat/server.xml"),
                run(purpose, &["/bin/sh", "-c", script]),
            ];
            let error = machine.apply(&plan(steps), ALL).0.expect_err("the command fails");
            let text = error.to_string();
            assert!(
                text.contains(words) && text.contains("everything was taken back"),
                "{purpose:?}: {text}"
            );
            assert!(text.len() < 10_000, "{purpose:?}: {}", text.len());
            assert_eq!((error.kind(), machine.etc()), (Fault::Machine, before), "{purpose:?}");
            assert!(machine.is_tidy());
        }
    }
}
