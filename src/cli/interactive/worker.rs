//! What takes long and is done behind the screen: looking, asking, the transaction, the proof.

use crate::apply::{self, Event, Trial, Word};
use crate::cli::condition::condition;
use crate::cli::error::CliError;
use crate::cli::{confirm, machine};
use crate::model::{Draft, Plan};
use crate::system::System;
use crate::verify::{self, BackendPlace, Outcome, Patience, Target, Verdict};
use crate::wizard::{BackendAddress, FindingLine, FollowUps, Msg, Proof, ProofMark, prefill};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

/// The one thread that does what takes long, and the channel it tells its news through.
pub(super) struct Worker {
    news: Sender<Msg>,
    pub(super) messages: Receiver<Msg>,
    /// Whether the person's word is waited for even where no server was told anything.
    always: bool,
    /// Whether the person has said that what was done may stay.
    pub(super) keep: Arc<AtomicBool>,
}

impl Worker {
    pub(super) fn new(always: bool) -> Self {
        let (news, messages) = channel();
        Self { news, messages, always, keep: Arc::default() }
    }

    pub(super) fn look(&self, system: System, given: Option<Draft>) {
        let news = self.news.clone();
        thread::spawn(move || {
            let findings = machine::look_closely(&system, given.as_ref().and_then(Draft::named_server_xml));
            let draft = given.unwrap_or_else(|| prefill(&findings));
            let condition = condition(&findings);
            drop(news.send(Msg::Found(Box::new((findings, draft)))));
            if let Some(line) = condition {
                drop(news.send(Msg::Judged(line)));
            }
        });
    }

    pub(super) fn look_again(&self, system: System, server_xml: PathBuf) {
        let news = self.news.clone();
        thread::spawn(move || {
            let findings = machine::look_closely(&system, Some(&server_xml));
            drop(news.send(Msg::FoundAgain(Box::new(findings))));
        });
    }

    pub(super) fn apply(&self, system: System, plan: Arc<Plan>, follow_ups: FollowUps) {
        let news = self.news.clone();
        // A wizard that has gone away wants no news.
        let tell = move |msg: Msg| drop(news.send(msg));
        let keep = Arc::clone(&self.keep);
        keep.store(false, Ordering::SeqCst);
        let options = follow_ups.options;
        let mut trial = follow_ups.confirm.map(|seconds| Trial {
            within: Duration::from_secs(seconds),
            always: self.always,
            guard: confirm::guard_program(&system),
            word: Box::new(move || if keep.load(Ordering::SeqCst) { Word::Keep } else { Word::Silence }),
        });
        thread::spawn(move || {
            let mut report = |event: &Event| match event {
                Event::Awaiting { left } => tell(Msg::Awaiting(*left)),
                event => tell(Msg::Progress(event.to_string())),
            };
            let done = match &mut trial {
                Some(trial) => apply::apply_on_trial(&system, &plan, options, trial, &mut report),
                None => apply::apply(&system, &plan, options, &mut report),
            };
            match done {
                Ok(receipt) => tell(Msg::Applied(receipt.id)),
                Err(error) => {
                    let fault = error.kind();
                    tell(Msg::Failed(CliError::from(error).text(), fault));
                }
            }
        });
    }

    pub(super) fn ask_backend(&self, system: System, address: BackendAddress) {
        let news = self.news.clone();
        thread::spawn(move || {
            let line = look_at(&system, address.clone());
            drop(news.send(Msg::Answered(address, line)));
        });
    }

    pub(super) fn prove(&self, system: System, plan: Arc<Plan>, round: u32) {
        let news = self.news.clone();
        thread::spawn(move || {
            if system.root().is_none() {
                verify::trials(
                    &system,
                    &Target::of_plan(&plan),
                    Patience::after(true, true),
                    &mut |outcome| {
                        drop(news.send(Msg::Proved(round, proof(outcome))));
                    },
                );
            }
            drop(news.send(Msg::ProvedAll(round)));
        });
    }
}

/// What stands at a backend's address, in a line.
pub(in crate::cli) fn look_at(system: &System, address: BackendAddress) -> FindingLine {
    let BackendAddress { host, port, context } = address;
    let (is_guacamole, text) = verify::glance(system, &BackendPlace { host, port, context });
    FindingLine { about: "", text, warning: !is_guacamole }
}

fn proof(outcome: &Outcome) -> Proof {
    Proof {
        mark: match outcome.verdict {
            Verdict::Pass => ProofMark::Pass,
            Verdict::Warn => ProofMark::Warn,
            Verdict::Fail => ProofMark::Fail,
            Verdict::Skipped => ProofMark::Skipped,
        },
        title: outcome.trial.title().to_owned(),
        evidence: outcome.evidence.clone(),
        next: outcome.next.clone(),
    }
}
