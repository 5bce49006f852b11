//! Asked to stop: in every phase everything is taken back, unless it had been done already.

use super::machine::{ALL, Machine, TESTS_ALONE, plan, run};
use crate::apply::{ApplyError, Receipt, apply, undo};
use crate::model::Purpose;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The same machine, which is asked to stop at the change of that number.
fn stopped_at(machine: &Machine, at: usize) -> (Machine, Arc<AtomicUsize>) {
    let (stop, passed) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let (flag, counter) = (Arc::clone(&stop), Arc::clone(&passed));
    let system = machine.system.clone().stopped_by(stop).watched(move |_| {
        flag.fetch_or(counter.fetch_add(1, Ordering::Relaxed) == at, Ordering::Relaxed);
        Ok(())
    });
    (Machine::with(system), passed)
}

fn is_stopped(result: &Result<Receipt, ApplyError>) -> bool {
    let stopped = |error: &ApplyError| matches!(error, ApplyError::Stopped);
    matches!(result, Err(ApplyError::TakenBack { cause, .. }) if stopped(cause))
}

#[test]
fn at_any_change_of_an_apply_it_is_all_old_or_all_new() {
    let mut stopped = 0;
    for at in 0.. {
        let machine = Machine::quick();
        let before = machine.etc();
        let (asked, passed) = stopped_at(&machine, at);
        let mut steps = asked.plan().steps;
        steps.push(run(Purpose::Reload, &["/bin/true"]));
        let result = asked.apply(&plan(steps), ALL).0;
        if passed.load(Ordering::Relaxed) <= at {
            break;
        }
        if is_stopped(&result) {
            stopped += 1;
            assert_eq!(machine.etc(), before, "{at}");
        } else {
            result.unwrap_or_else(|error| panic!("{at}: {error}"));
            machine.undo(None, false).unwrap_or_else(|error| panic!("{at}: {error}"));
            assert_eq!(machine.etc(), before, "{at}");
        }
        assert!(machine.is_tidy(), "{at}");
    }
    println!("stopped at {stopped} points of an apply");
    assert!(stopped > 50, "only {stopped} points");
}

#[test]
fn at_any_change_of_an_undo_it_is_all_old_or_all_new() {
    let mut stopped = 0;
    for at in 0.. {
        let machine = Machine::quick();
        let before = machine.etc();
        machine.apply(&machine.plan(), TESTS_ALONE).0.expect("it can be applied");
        let after = machine.etc();
        let (asked, passed) = stopped_at(&machine, at);
        let result = undo(&asked.system, None, false, TESTS_ALONE, &[], &mut |_| {});
        if passed.load(Ordering::Relaxed) <= at {
            break;
        }
        if is_stopped(&result) {
            stopped += 1;
            assert_eq!(machine.etc(), after, "{at}");
        } else {
            result.unwrap_or_else(|error| panic!("{at}: {error}"));
            assert_eq!(machine.etc(), before, "{at}");
        }
        assert!(machine.is_tidy(), "{at}");
    }
    println!("stopped at {stopped} points of an undo");
    assert!(stopped > 30, "only {stopped} points");
}

#[test]
fn a_command_under_way_is_not_waited_for() {
    for purpose in [Purpose::Test, Purpose::Reload, Purpose::Restart] {
        let mut machine = Machine::new();
        let before = machine.etc();
        let stop = Arc::new(AtomicBool::new(false));
        machine.system = machine.system.clone().stopped_by(Arc::clone(&stop));
        let started = Instant::now();
        let mark = machine.real("/begun");
        // What puts the old files in force again is waited for.
        let script = format!("[ -e {0} ] && touch {0}.again || {{ touch {0}; sleep 50; }}", mark.display());
        let steps = vec![machine.change("/etc/nginx/nginx.conf"), run(purpose, &["/bin/sh", "-c", &script])];
        let hand = std::thread::spawn({
            let mark = mark.clone();
            move || {
                while !mark.exists() {
                    std::thread::sleep(Duration::from_millis(5));
                }
                stop.store(true, Ordering::Relaxed);
            }
        });
        let result = apply(&machine.system, &plan(steps), ALL, &mut |_| {});
        hand.join().expect("no fault");
        assert!(is_stopped(&result), "{result:?}");
        assert!(started.elapsed() < Duration::from_secs(20), "{purpose:?}");
        assert_eq!(machine.etc(), before);
        assert_eq!(mark.with_extension("again").exists(), purpose != Purpose::Test);
    }
}
