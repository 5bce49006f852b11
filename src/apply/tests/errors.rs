//! An error at every call that changes something, once and for good.

use super::machine::{ALL, Machine, TESTS_ALONE};
use crate::apply::{ApplyError, recover};
use crate::model::io_words;
use crate::system::System;
use rustix::io::Errno;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn an_error_at_any_call_of_an_undo_leaves_all_old_or_all_new() {
    let mut tried = 0;
    for for_good in [false, true] {
        for from in 0.. {
            let mut machine = Machine::quick();
            let before = files(&machine);
            machine.apply(&machine.plan(), TESTS_ALONE).0.expect("it can be applied");
            let (after, healthy) = (files(&machine), machine.system.clone());
            let (sick, passed) = failing(&machine.system, from, for_good, Errno::IO);
            machine.system = sick;
            let result = machine.undo(None, false);
            machine.system = healthy;
            if passed.load(Ordering::Relaxed) <= from {
                break;
            }
            tried += 1;
            recover(&machine.system, &mut |_| {})
                .unwrap_or_else(|error| panic!("{from} {for_good}: {error}"));
            assert_eq!(&files(&machine), if result.is_ok() { &before } else { &after }, "{from} {for_good}");
            if result.is_err() {
                machine.undo(None, false).expect("it can be undone now");
            }
            assert_eq!(files(&machine), before, "{from} {for_good}");
        }
    }
    println!("made {tried} calls of an undo fail");
    assert!(tried > 200, "only {tried} calls");
}

/// All but the folders: an empty one that cannot be removed is no reason to take an undo back.
fn files(machine: &Machine) -> BTreeMap<PathBuf, String> {
    machine.etc().into_iter().filter(|(_, what)| !what.starts_with("40")).collect()
}

/// The same machine, on which changes fail from that number on, once or for good.
fn failing(system: &System, from: usize, for_good: bool, errno: Errno) -> (System, Arc<AtomicUsize>) {
    let passed = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&passed);
    let system = system.clone().watched(move |_| {
        let at = counter.fetch_add(1, Ordering::Relaxed);
        if at == from || (for_good && at > from) { Err(errno.into()) } else { Ok(()) }
    });
    (system, passed)
}

#[test]
fn an_error_at_any_call_leaves_all_old_or_all_new() {
    let mut tried = 0;
    for for_good in [false, true] {
        // Few machines have quotas: that one is exceeded is as a disk that is full, with a message of its own.
        for errno in [Errno::IO, Errno::NOSPC, Errno::DQUOT, Errno::ACCESS, Errno::PERM, Errno::ROFS] {
            for from in 0.. {
                let mut machine = Machine::quick();
                let (before, healthy, plan) = (machine.etc(), machine.system.clone(), machine.plan());
                let (sick, passed) = failing(&machine.system, from, for_good, errno);
                machine.system = sick;
                let result = machine.apply(&plan, ALL).0;
                machine.system = healthy;
                if passed.load(Ordering::Relaxed) <= from {
                    break;
                }
                tried += 1;
                let point = format!("{errno:?} at {from}, for good: {for_good}");
                recover(&machine.system, &mut |_| {}).unwrap_or_else(|error| panic!("{point}: {error}"));
                match result {
                    // What goes wrong after the receipt is written is of no consequence.
                    Ok(_) => {
                        drop(machine.undo(None, false).unwrap_or_else(|error| panic!("{point}: {error}")));
                    }
                    Err(error) => assert_says(&error, errno, &point),
                }
                assert_eq!(machine.etc(), before, "{point}");
            }
        }
    }
    println!("made {tried} calls fail");
    assert!(tried > 900, "only {tried} calls");
}

/// The message names the fault, and the hint what to do about it, where everything was taken back.
#[track_caller]
fn assert_says(error: &ApplyError, errno: Errno, point: &str) {
    let text = error.to_string();
    assert!(text.contains(&io_words(&errno.into())), "{point}: {text}");
    let hint = match errno {
        Errno::NOSPC | Errno::DQUOT => "make room",
        Errno::ACCESS | Errno::PERM => "run it as root",
        Errno::ROFS => "mount the file system writable",
        _ => return,
    };
    if !matches!(error, ApplyError::NotTakenBack { .. }) {
        assert!(error.hint().is_some_and(|said| said.contains(hint)), "{point}: {text}");
    }
}
