//! Running the plan's commands.

use super::event::Event;
use super::receipt::{CommandRecord, Outcome};
use crate::model::{Purpose, printable_lines};
use crate::system::{CommandRequest, System};
use std::time::Duration;

/// A server's own message is a few lines; of more than this the beginning says enough.
const MESSAGE_LIMIT: usize = 4000;

/// Runs a command, notes in the record how it ended, and says what it said; empty where it has succeeded.
pub(super) fn run(system: &System, record: &mut CommandRecord, report: &mut dyn FnMut(&Event)) -> String {
    report(&Event::CommandBegun { words: record.words.clone() });
    let request = CommandRequest { argv: record.argv.clone(), deadline: deadline(record.purpose) };
    let (outcome, message) = match system.run(&request) {
        Err(error) => (Outcome::Failed, format!("it cannot be started: {error}")),
        Ok(output) if output.succeeded() => (Outcome::Done, String::new()),
        Ok(output) => {
            let said = [output.stderr.trim(), output.stdout.trim()].join("\n");
            let outcome = if output.timed_out { Outcome::TimedOut } else { Outcome::Failed };
            (outcome, bounded(&printable_lines(said.trim())))
        }
    };
    record.outcome = outcome;
    report(&Event::CommandEnded { words: record.words.clone(), outcome, message: message.clone() });
    message
}

/// Long enough for a machine that is busy, short enough for a person who waits.
fn deadline(purpose: Purpose) -> Duration {
    Duration::from_secs(match purpose {
        Purpose::Test | Purpose::Reload => 60,
        Purpose::Restart => 180,
    })
}

fn bounded(text: &str) -> String {
    match text.char_indices().nth(MESSAGE_LIMIT) {
        Some((end, _)) => format!("{}\n[{} more bytes]", &text[..end], text.len() - end),
        None => text.to_owned(),
    }
}
