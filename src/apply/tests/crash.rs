//! Killed at every point: before and after each change to the machine.

use super::child;
use super::machine::{ALL, Machine, plan, quick_folder, run};
use crate::apply::{history, recover};
use crate::model::{Plan, Purpose};
use crate::system::System;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

type Tree = BTreeMap<PathBuf, String>;

/// The same machine, on which the process is killed at the checkpoint of that number.
fn deadly(system: &System, at: usize) -> System {
    let passed = AtomicUsize::new(0);
    system.clone().watched(move |_| {
        if passed.fetch_add(1, Ordering::Relaxed) == at {
            signal_hook::low_level::raise(signal_hook::consts::SIGKILL)?;
        }
        Ok(())
    })
}

fn deadly_plan(machine: &Machine) -> Plan {
    let mut steps = machine.plan().steps;
    steps.push(run(Purpose::Reload, &["/bin/true"]));
    plan(steps)
}

/// Does as the parent says: `apply 17` is killed at checkpoint 17.
fn obey(folder: &Path, order: &str) {
    let mut machine = Machine::at(folder);
    let (deed, at) = order.split_once(' ').expect("a deed and a number");
    let system = deadly(&machine.system, at.parse().expect("a number"));
    let plan = (deed == "apply").then(|| deadly_plan(&machine));
    machine.system = system;
    match plan {
        Some(plan) => drop(machine.apply(&plan, ALL).0.expect("it can be applied")),
        None if deed == "undo" => drop(machine.undo(None, false).expect("it can be undone")),
        None => drop(recover(&machine.system, &mut |_| {}).expect("it can be recovered")),
    }
}

/// Whether the child was killed; it may only end otherwise where it has done all it had to.
fn killed(test: &str, folder: &Path, deed: &str, at: usize) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    let (status, said) = child::run(&[], test, folder, &format!("{deed} {at}"));
    assert!(status.success() || status.signal() == Some(9), "{deed} {at}: {status} {said}");
    !status.success()
}

/// Every file all old or all new, nothing left over, and the second start has nothing to do.
fn assert_whole(machine: &Machine, before: &Tree, point: &str) {
    recover(&machine.system, &mut |_| {}).unwrap_or_else(|error| panic!("{point}: {error}"));
    let second = recover(&machine.system, &mut |_| {}).unwrap_or_else(|error| panic!("{point}: {error}"));
    assert_eq!(second, None, "{point}");
    let receipts = history(&machine.system).expect("it can be read").receipts;
    let applied = receipts.iter().any(|receipt| receipt.undoes.is_none() && receipt.undone_by.is_none());
    if applied {
        assert!(machine.read("/etc/nginx/nginx.conf").ends_with(b"before\n"), "{point}");
        assert!(machine.read("/etc/tomcat/server.xml").ends_with(b"before\n"), "{point}");
        assert!(machine.real("/etc/apache2/mods-enabled/proxy.load").is_symlink(), "{point}");
        assert!(!machine.etc().keys().any(|path| path.to_string_lossy().contains(".guacfront")), "{point}");
        machine.undo(None, false).unwrap_or_else(|error| panic!("{point}: {error}"));
    }
    assert_eq!(&machine.etc(), before, "{point}");
    // The next run clears away what is of no use any more.
    machine.apply(&plan(vec![machine.change("/etc/nginx/nginx.conf")]), ALL).0.expect("it can be applied");
    assert!(machine.is_tidy(), "{point}");
}

fn fresh(several_names: bool) -> (tempfile::TempDir, Machine, Tree) {
    let folder = quick_folder();
    let machine = Machine::at(folder.path());
    if several_names {
        std::fs::hard_link(machine.real("/etc/nginx/nginx.conf"), machine.real("/etc/nginx/second"))
            .expect("a second name");
    }
    let before = machine.etc();
    (folder, machine, before)
}

#[test]
fn a_kill_at_any_point_of_an_apply_leaves_all_old_or_all_new() {
    const TEST: &str = "apply::tests::crash::a_kill_at_any_point_of_an_apply_leaves_all_old_or_all_new";
    if let Some((folder, order)) = child::order() {
        return obey(&folder, &order);
    }
    let mut points = 0;
    for several_names in [false, true] {
        for at in 0.. {
            let (folder, machine, before) = fresh(several_names);
            if !killed(TEST, folder.path(), "apply", at) {
                break;
            }
            points += 1;
            assert_whole(&machine, &before, &format!("apply {at}, several names: {several_names}"));
        }
    }
    println!("killed at {points} points of an apply");
    assert!(points > 150, "only {points} points");
}

#[test]
fn a_kill_at_any_point_of_an_undo_leaves_all_old_or_all_new() {
    const TEST: &str = "apply::tests::crash::a_kill_at_any_point_of_an_undo_leaves_all_old_or_all_new";
    if let Some((folder, order)) = child::order() {
        return obey(&folder, &order);
    }
    let mut points = 0;
    for at in 0.. {
        let (folder, machine, before) = fresh(false);
        machine.apply(&deadly_plan(&machine), ALL).0.expect("it can be applied");
        if !killed(TEST, folder.path(), "undo", at) {
            break;
        }
        points += 1;
        assert_whole(&machine, &before, &format!("undo {at}"));
    }
    println!("killed at {points} points of an undo");
    assert!(points > 75, "only {points} points");
}

#[test]
fn a_kill_while_taking_back_is_taken_back_too() {
    const TEST: &str = "apply::tests::crash::a_kill_while_taking_back_is_taken_back_too";
    if let Some((folder, order)) = child::order() {
        return obey(&folder, &order);
    }
    let mut points = 0;
    for several_names in [false, true] {
        // Where an apply is killed last there is most to take back.
        let mut last = 0;
        for at in 0.. {
            let (folder, machine, _) = fresh(several_names);
            if !killed(TEST, folder.path(), "apply", at) {
                break;
            }
            if machine.real("/var/lib/guacfront/journal").exists() {
                last = at;
            }
        }
        for at in 0.. {
            let (folder, machine, before) = fresh(several_names);
            assert!(killed(TEST, folder.path(), "apply", last));
            if !killed(TEST, folder.path(), "recover", at) {
                break;
            }
            points += 1;
            assert_whole(&machine, &before, &format!("recover {at}, several names: {several_names}"));
        }
    }
    println!("killed at {points} points of taking back");
    assert!(points > 60, "only {points} points");
}
