//! Confirm or take back, with the process killed while it waits.

use super::child;
use super::machine::{ALL, Machine, plan, run};
use crate::apply::{
    ApplyError, Event, Receipt, Trial, Word, apply_on_trial, confirm, guard, history, recover, store,
};
use crate::model::{Plan, Purpose};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_secs(60);

fn trial(within: Duration, word: impl FnMut() -> Word + Send + 'static) -> Trial {
    Trial { within, always: false, guard: None, word: Box::new(word) }
}

/// A plan whose reload notes down what the server would read.
fn reloading(machine: &Machine) -> Plan {
    let file = machine.real("/etc/nginx/nginx.conf");
    let script =
        format!("grep -c guacfront {0} >> {1}; true", file.display(), machine.real("/log").display());
    plan(vec![machine.change("/etc/nginx/nginx.conf"), run(Purpose::Reload, &["/bin/sh", "-c", &script])])
}

fn on_trial(machine: &Machine, mut trial: Trial) -> (Result<Receipt, ApplyError>, Vec<Event>) {
    let mut events = Vec::new();
    let report = &mut |event: &Event| events.push(event.clone());
    let result = apply_on_trial(&machine.system, &reloading(machine), ALL, &mut trial, report);
    (result, events)
}

fn assert_taken_back(machine: &Machine, before: &std::collections::BTreeMap<PathBuf, String>) {
    assert_eq!(&machine.etc(), before);
    assert_eq!(machine.read("/log"), b"1\n0\n", "the server was reloaded with the old files");
    assert!(machine.is_tidy());
    assert!(history(&machine.system).expect("it can be read").receipts.is_empty());
}

#[test]
fn what_nobody_confirms_is_taken_back_and_the_server_reloaded() {
    let machine = Machine::new();
    let before = machine.etc();
    let (result, events) = on_trial(&machine, trial(Duration::from_millis(1500), || Word::Silence));
    let error = result.expect_err("nobody has confirmed");
    assert!(error.to_string().contains("nobody has confirmed it within 1 s"), "{error}");
    let left: Vec<u64> = events
        .iter()
        .filter_map(|event| if let Event::Awaiting { left } = event { Some(*left) } else { None })
        .collect();
    assert_eq!(left, [2, 1], "it is told once a second");
    assert_taken_back(&machine, &before);
}

#[test]
fn a_clock_that_is_set_during_the_trial_does_not_change_when_it_ends() {
    for jump in [-86_400, 86_400] {
        let mut machine = Machine::new();
        let before = machine.etc();
        let clock = Arc::new(AtomicI64::new(0));
        machine.system = machine.system.clone().with_clock_off_by(Arc::clone(&clock));
        let (now, started, asked) = (machine.system.now(), Instant::now(), Arc::new(AtomicI64::new(0)));
        let told = Arc::clone(&asked);
        let word = move || {
            clock.store(jump, Ordering::SeqCst);
            told.fetch_add(1, Ordering::SeqCst);
            Word::Silence
        };
        let error =
            on_trial(&machine, trial(Duration::from_millis(600), word)).0.expect_err("nobody confirms");
        assert!(matches!(&error, ApplyError::TakenBack { .. }), "{error}");
        let away = machine.system.now().duration_since(now).as_secs() - jump;
        assert!((0..60).contains(&away), "the clock was set: {away}");
        assert!((600..10_000).contains(&started.elapsed().as_millis()), "{jump}: {:?}", started.elapsed());
        assert!(asked.load(Ordering::SeqCst) > 2, "{jump}: it was waited for all the same");
        assert_taken_back(&machine, &before);
    }
}

#[test]
fn what_is_declined_or_stopped_is_taken_back_at_once() {
    let machine = Machine::new();
    let before = machine.etc();
    let error = on_trial(&machine, trial(LONG, || Word::TakeBack)).0.expect_err("it is declined");
    assert!(matches!(&error, ApplyError::TakenBack { cause, .. } if matches!(**cause, ApplyError::Declined)));
    assert_taken_back(&machine, &before);

    let mut machine = Machine::new();
    let (before, stop) = (machine.etc(), Arc::new(AtomicBool::new(false)));
    machine.system = machine.system.clone().stopped_by(Arc::clone(&stop));
    let word = move || {
        stop.store(true, Ordering::Relaxed);
        Word::Silence
    };
    let error = on_trial(&machine, trial(LONG, word)).0.expect_err("it is stopped");
    assert!(matches!(&error, ApplyError::TakenBack { cause, .. } if matches!(**cause, ApplyError::Stopped)));
    assert_taken_back(&machine, &before);
}

#[test]
fn what_is_confirmed_stays_and_can_be_undone() {
    let machine = Machine::new();
    let before = machine.etc();
    let receipt = on_trial(&machine, trial(LONG, || Word::Keep)).0.expect("it is confirmed");
    assert_eq!(history(&machine.system).expect("it can be read").receipts, [receipt]);
    assert_eq!(machine.read("/log"), b"1\n");
    machine.undo(None, false).expect("it can be undone");
    assert_eq!(machine.etc(), before);
}

#[test]
fn where_no_server_was_told_nothing_is_waited_for() {
    let machine = Machine::new();
    let started = Instant::now();
    let mut silent = trial(LONG, || Word::Silence);
    let plan = plan(vec![machine.change("/etc/nginx/nginx.conf")]);
    apply_on_trial(&machine.system, &plan, ALL, &mut silent, &mut |_| {}).expect("it can be applied");
    assert!(started.elapsed() < LONG / 2);
}

#[test]
fn another_process_confirms_without_the_lock() {
    let machine = Machine::new();
    let nothing = confirm(&machine.system).expect_err("no run waits");
    assert!(matches!(nothing, ApplyError::NothingToConfirm));
    let (other, asked) = (machine.system.clone(), Arc::new(AtomicBool::new(false)));
    let (ask, answered) = (Arc::clone(&asked), Arc::new(AtomicBool::new(false)));
    let helper = std::thread::spawn({
        let answered = Arc::clone(&answered);
        move || {
            while !asked.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(10));
            }
            // It waits, and it is alive: there is nothing to recover.
            assert_eq!(recover(&other, &mut |_| {}).expect("a live run is no fault"), None);
            let id = confirm(&other).expect("it is confirmed");
            answered.store(true, Ordering::SeqCst);
            id
        }
    });
    let word = move || {
        ask.store(true, Ordering::SeqCst);
        Word::Silence
    };
    let receipt = on_trial(&machine, trial(LONG, word)).0.expect("it was confirmed");
    assert_eq!(helper.join().expect("no fault"), receipt.id);
    assert!(answered.load(Ordering::SeqCst));
}

/// A machine whose run was killed while it waited.
fn killed_waiting(test: &str, folder: &Path) -> Machine {
    let (status, said) = child::run(&[], test, folder, "wait");
    assert!(!status.success(), "{said}");
    let machine = Machine::at(folder);
    assert!(machine.real("/var/lib/guacfront/journal/receipt.toml").is_file(), "{said}");
    assert_eq!(machine.read("/log"), b"1\n");
    machine
}

/// Does as the parent says: it is killed as soon as it waits.
fn obey(folder: &Path) {
    let machine = Machine::at(folder);
    let word = || {
        signal_hook::low_level::raise(signal_hook::consts::SIGKILL).expect("it can be killed");
        Word::Keep
    };
    drop(on_trial(&machine, trial(LONG, word)));
}

#[test]
fn killed_while_it_waits_the_next_start_takes_it_back() {
    const TEST: &str = "apply::tests::trial::killed_while_it_waits_the_next_start_takes_it_back";
    if let Some((folder, _)) = child::order() {
        return obey(&folder);
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let before = Machine::at(folder.path()).etc();
    let machine = killed_waiting(TEST, folder.path());
    recover(&machine.system, &mut |_| {}).expect("it can be").expect("there is something to do");
    assert_taken_back(&machine, &before);
    assert!(matches!(confirm(&machine.system), Err(ApplyError::NothingToConfirm)));
}

#[test]
fn killed_while_it_waits_the_guard_takes_it_back_even_where_it_was_confirmed_too_late() {
    const TEST: &str = "apply::tests::trial::killed_while_it_waits_the_guard_takes_it_back_even_where_it_was_confirmed_too_late";
    if let Some((folder, _)) = child::order() {
        return obey(&folder);
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let before = Machine::at(folder.path()).etc();
    let machine = killed_waiting(TEST, folder.path());
    let id = store::open_journal(&machine.system).expect("it is open").id;
    let other = machine.system.clone();
    let late = std::thread::spawn(move || confirm(&other));
    while !machine.real("/var/lib/guacfront/journal/confirmed").exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    guard(&machine.system, &id, &mut |_| {}).expect("it can be").expect("there is something to do");
    let error = late.join().expect("no fault").expect_err("nobody was left to hear it");
    assert!(matches!(error, ApplyError::TooLate { .. }), "{error}");
    assert_taken_back(&machine, &before);
    assert_eq!(guard(&machine.system, &id, &mut |_| {}).expect("it is over"), None);
}

#[test]
fn a_guard_that_cannot_be_started_takes_everything_back() {
    let machine = Machine::new();
    let before = machine.etc();
    for program in ["/nonexistent", "/bin/true"] {
        let mut trial = trial(LONG, || Word::Keep);
        trial.guard = Some(vec![program.to_owned()]);
        let error = on_trial(&machine, trial).0.expect_err("there is no guard");
        assert!(error.to_string().contains("cannot start the guard"), "{error}");
        assert_eq!(machine.etc(), before);
        assert!(!machine.real("/log").exists() && machine.is_tidy());
    }
}
