//! Confirm or take back, as the commands have it.

use super::arguments;
use super::environment::Environment;
use super::error::CliError;
use super::output;
use crate::apply::{self, Event, Trial, Word};
use crate::model::{CONFIRM_SECONDS, io_words, undo_line};
use crate::plain;
use crate::system::System;
use std::io::BufRead as _;
use std::sync::mpsc::{TryRecvError, channel};
use std::time::Duration;

/// `guacfront confirm`: the word of another terminal.
pub(super) fn run(system: &System) -> Result<u8, CliError> {
    let id = apply::confirm(system)?;
    output::words(&format!("Confirmed. This takes it back: {}", undo_line(system.root(), &id)));
    Ok(0)
}

/// The guard that a run on trial leaves beside it.
pub(super) fn guard(system: &System, id: &str) -> Result<u8, CliError> {
    system
        .detach()
        .map_err(|error| CliError::machine(format!("it cannot leave its terminal: {}", io_words(&error))))?;
    apply::guard(system, id, &mut |_| {})?;
    Ok(0)
}

/// The trial that `apply` is asked for; `None`: none.
pub(super) fn trial(system: &System, environment: Environment, how: &arguments::CarryOut) -> Option<Trial> {
    let seconds = how.confirm.unwrap_or(if how.yes { 0 } else { CONFIRM_SECONDS });
    let always = how.confirm.is_some();
    (seconds > 0).then(|| Trial {
        within: Duration::from_secs(seconds),
        always,
        guard: guard_program(system),
        word: if environment.interactive { enter() } else { Box::new(|| Word::Silence) },
    })
}

/// What starts the guard.
pub(super) fn guard_program(system: &System) -> Option<Vec<String>> {
    let mut argv = vec![std::env::current_exe().ok()?.into_os_string().into_string().ok()?];
    if let Some(root) = system.root() {
        argv.extend(["--root".to_owned(), root.to_str()?.to_owned()]);
    }
    argv.push("guard".to_owned());
    Some(argv)
}

/// Tells what is done; how to confirm once, and not every second.
pub(super) fn tell(within: Duration) -> impl FnMut(&Event) {
    let seconds = within.as_secs();
    let mut asked = false;
    move |event| match event {
        Event::Awaiting { .. } if asked => {}
        Event::Awaiting { .. } => {
            asked = true;
            output::words(&format!(
                "Still there? Enter, or \"guacfront confirm\" from anywhere on this machine, keeps it. Otherwise \
                 everything is taken back in {seconds} s, and at once when this terminal is lost."
            ));
        }
        event => output::words(&event.to_string()),
    }
}

/// Waits for Enter beside what is going on; the end of the input is the terminal's loss.
fn enter() -> Box<dyn FnMut() -> Word + Send> {
    let mut lines = None;
    Box::new(move || {
        // Only what is typed after the question counts.
        let lines = lines.get_or_insert_with(|| {
            plain::forget_what_was_typed();
            let (tell, lines) = channel();
            std::thread::spawn(move || {
                let mut line = String::new();
                let read = std::io::stdin().lock().read_line(&mut line);
                let _ = tell.send(if read.is_ok_and(|len| len > 0) { Word::Keep } else { Word::TakeBack });
            });
            lines
        });
        match lines.try_recv() {
            Ok(word) => word,
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => Word::Silence,
        }
    })
}
