//! The wizard on the whole terminal: the loop between keys, state, screen and the one worker.

mod job;
mod worker;

pub(super) use worker::look_at;

use job::Job;
use worker::Worker;

use super::environment::Environment;
use super::error::CliError;
use super::machine::ANSWERS_FILE;
use super::signals::Signals;
use super::{elsewhere, machine, output, rights};
use crate::model::{CONFIRM_SECONDS, Draft, Findings, Plan, io_words, undo_line};
use crate::plan::other_patch;
use crate::system::System;
use crate::tui::{Input, Poll, Screen};
use crate::wizard::{Effect, Msg, Phase, ProofMark, Wizard};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

/// How long the loop waits for a key before it looks at signals and at the worker.
const TICK: Duration = Duration::from_millis(50);
/// The same while the machine is being looked at: what was found is to be seen at once.
const LOOKING_TICK: Duration = Duration::from_millis(4);
/// How long nothing is typed before the backend is asked: an address is seldom left half typed for longer.
const PAUSE: Duration = Duration::from_millis(700);
/// How long more input is waited for before a frame is drawn: only what is there already is meant.
const AT_ONCE: Duration = Duration::from_micros(100);
/// How much input is taken at most before a frame is drawn.
const AHEAD: usize = 256;
/// Where the plan is written to, in the working directory.
const PATCH_FILE: &str = "guacfront.patch";
const REPORT_FILE: &str = "guacfront-report.md";
/// What the other machine needs, where one half is there.
const OTHER_FILE: &str = "guacfront-other.toml";
const OTHER_PATCH_FILE: &str = "guacfront-other.patch";

pub(super) fn run(
    system: &System,
    environment: Environment,
    given: Option<Draft>,
    confirm: Option<u64>,
) -> Result<u8, CliError> {
    let (signals, job) = (Signals::watch()?, Job::watch()?);
    let own = system.clone().stopped_by(signals.flag());
    let mut wizard = Wizard::looking().waiting(confirm.unwrap_or(CONFIRM_SECONDS));
    let screen = Screen::take(environment.theme)?;
    let worker = Worker::new(confirm.is_some());
    worker.look(system.clone(), given);
    let mut own_loop = Loop {
        system: &own,
        worker,
        input: Input::default(),
        screen,
        signals,
        job,
        saved: false,
        saved_other: false,
    };
    let signal = own_loop.run(&mut wizard)?;
    let (saved, saved_other) = (own_loop.saved, own_loop.saved_other);
    // What is said next is said on the shell's own screen.
    drop(own_loop);
    report(&wizard);
    if saved {
        report_saved(system, &wizard);
    }
    if saved_other {
        output::words(&format!(
            "{OTHER_FILE} is for the other machine: guacfront apply --answers {OTHER_FILE} does its half there."
        ));
    }
    Ok(match (signal, wizard.run().phase()) {
        (Some(code), _) => code,
        (None, Phase::Failed(_, fault)) => fault.exit_code(),
        (None, _) => u8::from(wizard.run().proofs().iter().any(|proof| proof.mark == ProofMark::Fail)),
    })
}

struct Loop<'a> {
    system: &'a System,
    worker: Worker,
    input: Input,
    screen: Screen,
    signals: Signals,
    job: Job,
    /// Whether the answers were written to a file.
    saved: bool,
    /// Whether the other machine's were, too.
    saved_other: bool,
}

impl Loop<'_> {
    /// Runs until the wizard quits; the exit code of the signal that ended it, where one did.
    fn run(&mut self, wizard: &mut Wizard) -> std::io::Result<Option<u8>> {
        self.screen.draw(wizard)?;
        let mut typed = Instant::now();
        loop {
            // Another thread has panicked: it ends the program when it has said where.
            if !self.screen.is_taken() {
                thread::sleep(TICK);
                continue;
            }
            let mut messages: Vec<Msg> = self.worker.messages.try_iter().collect();
            let mut redraw = !messages.is_empty();
            // A signal makes a transaction take everything back; the program ends when it has.
            if let Some(code) = self.signals.code()
                && !wizard.run().is_transacting()
                && messages.is_empty()
            {
                return Ok(Some(code));
            }
            // A transaction that is stopped would keep its lock: it goes on to its end first.
            if !wizard.run().is_transacting() && self.job.is_to_stop() {
                self.screen.lend(|| self.job.suspend())?;
                redraw = true;
            }
            if self.job.was_continued() {
                self.screen.lend(|| ())?;
                redraw = true;
            }
            let tick = if wizard.is_looking() { LOOKING_TICK } else { TICK };
            match self.read(if redraw { Duration::ZERO } else { tick }, &mut messages) {
                Ok(resized) => redraw |= resized,
                Err(error) => {
                    self.lost(wizard, error)?;
                    thread::sleep(TICK);
                }
            }
            redraw |= !messages.is_empty();
            if messages.iter().any(|msg| matches!(msg, Msg::Key(_) | Msg::Paste(_))) {
                typed = Instant::now();
            } else if typed.elapsed() >= PAUSE && wizard.is_to_ask() {
                messages.push(Msg::Paused);
                redraw = true;
            }
            let mut messages = VecDeque::from(messages);
            let (mut was_asking, mut is_unseen) = (wizard.is_asking(), false);
            while let Some(message) = messages.pop_front() {
                // What was typed ahead of a question is no answer to it.
                if is_unseen && wizard.agrees(&message) {
                    continue;
                }
                for effect in wizard.update(message) {
                    match self.carry_out(effect, wizard) {
                        Ok(true) => return Ok(None),
                        Ok(false) => {}
                        Err(error) => self.lost(wizard, error)?,
                    }
                }
                if !was_asking && wizard.is_asking() {
                    is_unseen = true;
                    let mut ahead = Vec::new();
                    if let Err(error) = self.read(Duration::ZERO, &mut ahead) {
                        self.lost(wizard, error)?;
                    }
                    messages.extend(ahead);
                }
                was_asking = wizard.is_asking();
            }
            if redraw {
                match self.screen.draw(wizard) {
                    Err(error) => self.lost(wizard, error)?,
                    Ok(room) => {
                        wizard.update(Msg::Room(room));
                    }
                }
            }
        }
    }

    /// A terminal that has gone away does not end a transaction that is under way, it makes it take everything back:
    /// whoever has lost the terminal may have lost it by what was just done.
    fn lost(&self, wizard: &Wizard, error: std::io::Error) -> std::io::Result<()> {
        if !wizard.run().is_transacting() {
            return Err(error);
        }
        self.signals.stop();
        Ok(())
    }

    /// Waits for input and takes all that is there, so that what is typed ahead costs one frame; whether the terminal
    /// has another size.
    fn read(&mut self, limit: Duration, messages: &mut Vec<Msg>) -> std::io::Result<bool> {
        let (mut limit, mut resized) = (limit, false);
        for _ in 0..AHEAD {
            match self.input.poll(limit)? {
                Poll::Nothing => break,
                Poll::Resized => resized = true,
                Poll::Message(msg) => messages.push(msg),
            }
            limit = AT_ONCE;
        }
        Ok(resized)
    }

    /// Carries an effect out; whether it ends the program.
    fn carry_out(&mut self, effect: Effect, wizard: &mut Wizard) -> std::io::Result<bool> {
        match effect {
            Effect::Quit => return Ok(true),
            Effect::Redraw => self.screen.clear()?,
            Effect::Save(answers) => {
                let saved = save(ANSWERS_FILE, answers.to_toml().as_bytes());
                self.saved |= saved.is_ok();
                let told = saved.and_then(|()| {
                    let there = elsewhere::on_another_machine(self.system, wizard.findings(), &answers);
                    let Some(there) = there else { return Ok(ANSWERS_FILE.to_owned()) };
                    save(OTHER_FILE, there.to_toml().as_bytes())?;
                    self.saved_other = true;
                    Ok(format!("{ANSWERS_FILE} and {OTHER_FILE}"))
                });
                wizard.update(Msg::Saved(told.map(|files| format!("the answers are in {files}"))));
            }
            Effect::WriteOut(plan) => {
                let told = self.write_out(wizard.findings(), &plan);
                wizard.update(Msg::Saved(told.map(|files| format!("the plan is in {files}"))));
            }
            Effect::Suspend => {
                self.screen.lend(|| self.job.suspend())?;
                self.screen.draw(wizard)?;
            }
            Effect::Apply { plan, follow_ups } => {
                self.signals.go_on();
                self.worker.apply(self.system.clone(), plan, follow_ups);
            }
            Effect::Keep => self.worker.keep.store(true, Ordering::SeqCst),
            Effect::TakeBack => self.signals.stop(),
            Effect::LookAgain(server_xml) => self.worker.look_again(self.system.clone(), server_xml),
            Effect::AskBackend(address) => self.worker.ask_backend(self.system.clone(), address),
            Effect::Prove { plan, round } => self.worker.prove(self.system.clone(), plan, round),
        }
        Ok(false)
    }

    /// Writes a plan to files, and the other machine's valve where Tomcat is there; the names of the files.
    fn write_out(&self, findings: &Findings, plan: &Plan) -> Result<String, String> {
        save(PATCH_FILE, &crate::plan::patch(plan))?;
        save(REPORT_FILE, crate::plan::report(plan).as_bytes())?;
        let there = elsewhere::on_another_machine(self.system, findings, &plan.answers);
        match there.and_then(|there| other_patch(&there).ok().flatten()) {
            None => Ok(format!("{PATCH_FILE} and {REPORT_FILE}")),
            Some(patch) => {
                save(OTHER_PATCH_FILE, &patch)?;
                Ok(format!("{PATCH_FILE}, {REPORT_FILE} and {OTHER_PATCH_FILE}"))
            }
        }
    }
}

/// Writes a file into the present folder; never over one that is there.
fn save(name: &str, bytes: &[u8]) -> Result<(), String> {
    machine::save(Path::new(name), bytes).map_err(|error| format!("{name}: {}", io_words(&error)))
}

/// What stays on the terminal when the wizard has gone.
fn report(wizard: &Wizard) {
    match wizard.run().phase() {
        Phase::Idle => output::words("Nothing was changed."),
        Phase::Done(Some(id)) | Phase::Proving(Some(id)) => {
            output::words(&format!(
                "Done. This takes it back: {}",
                undo_line(wizard.findings().root.as_deref(), id)
            ));
            let warnings =
                wizard.run().plan().into_iter().flat_map(|plan| &plan.notes).filter(|note| note.warning);
            output::notes(warnings);
        }
        Phase::Done(None) | Phase::Proving(None) => output::words("Nothing had to be done."),
        Phase::Applying | Phase::Awaiting(_) => {
            output::words("A transaction was under way; the next guacfront takes it back.");
        }
        Phase::Failed(message, _) => output::words(message),
    }
}

/// Where the answers are, and what applies them.
fn report_saved(system: &System, wizard: &Wizard) {
    let as_root = wizard.findings().apply_as_root.clone().filter(|_| wizard.needs_rights());
    let line = as_root.unwrap_or_else(|| rights::apply_line(system, ANSWERS_FILE));
    output::words(&format!("The answers are in {ANSWERS_FILE}. To apply them:\n{line}"));
}
