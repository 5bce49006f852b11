//! The running servers, asked about what a plan has done.

use super::environment::Environment;
use super::output;
use crate::model::{Options, Plan, Purpose};
use crate::system::System;
use crate::verify::{self, Outcome, Patience, Target, Verdict};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// The exit code for what the trials found.
pub(super) fn code(outcomes: &[Outcome]) -> u8 {
    u8::from(outcomes.iter().any(|outcome| outcome.verdict == Verdict::Fail))
}

/// The running servers, asked once: beside what goes on, or when it is over.
pub(super) struct Asked {
    work: Option<Box<dyn FnOnce() -> Vec<Outcome> + Send>>,
    beside: Option<JoinHandle<Vec<Outcome>>>,
    /// Whether what is asked about no longer stands.
    is_over: Arc<AtomicBool>,
}

impl Asked {
    /// Nobody is asked yet; nor later, where no server is made to read its files anew.
    pub(super) fn of(system: &System, environment: Environment, plan: &Plan, options: Options) -> Self {
        let does = |purpose| options.wants(purpose) && plan.runs(purpose);
        let (reloaded, restarted) = (does(Purpose::Reload), does(Purpose::Restart));
        let (system, target) = (system.clone(), Target::of_plan(plan));
        let is_over = Arc::<AtomicBool>::default();
        let over = Arc::clone(&is_over);
        let ask = move || {
            verify::trials(&system, &target, Patience::after(reloaded, restarted), &mut |outcome| {
                // What is being taken back need not work.
                if !system.stopping() && !over.load(Ordering::SeqCst) {
                    output::words(output::outcome(outcome, environment).trim_end());
                }
            })
        };
        Self { work: (reloaded || restarted).then(|| Box::new(ask) as Box<_>), beside: None, is_over }
    }

    /// Begins to ask beside what goes on, unless it has begun.
    pub(super) fn begin(&mut self) {
        if let Some(work) = self.work.take() {
            self.beside = Some(thread::spawn(work));
        }
    }

    /// What still comes of it is told no more: it is being taken back.
    pub(super) fn fall_silent(&self) {
        self.is_over.store(true, Ordering::SeqCst);
    }

    /// What came of it, when all have been asked.
    pub(super) fn outcomes(mut self) -> Vec<Outcome> {
        self.begin();
        let beside = self.beside.map(JoinHandle::join);
        match beside {
            None => Vec::new(),
            Some(Ok(outcomes)) => outcomes,
            Some(Err(panic)) => std::panic::resume_unwind(panic),
        }
    }
}
