//! Running the plan's commands.

use super::event::Event;
use super::receipt::{CommandRecord, Outcome};
use crate::model::{Purpose, io_words, masked, printable_lines};
use crate::system::{CommandRequest, System};
use std::time::Duration;

/// A server's own message is a few lines; of more than this the beginning says enough.
const MESSAGE_LIMIT: usize = 4000;

/// Runs a command, notes in the record how it ended, and says what it said; empty where it has succeeded.
pub(super) fn run(system: &System, record: &mut CommandRecord, report: &mut dyn FnMut(&Event)) -> String {
    let deadline = deadline(record.purpose);
    run_until(deadline, system, record, report)
}

fn run_until(
    deadline: Duration,
    system: &System,
    record: &mut CommandRecord,
    report: &mut dyn FnMut(&Event),
) -> String {
    report(&Event::CommandBegun { words: record.words.clone() });
    let request = CommandRequest { argv: record.argv.clone(), deadline };
    let (outcome, message) = match system.run(&request) {
        Err(error) => (Outcome::Failed, format!("it cannot be started: {}", io_words(&error))),
        Ok(output) if output.succeeded() => (Outcome::Done, String::new()),
        Ok(output) => {
            let said = [output.stderr.trim(), output.stdout.trim()].join("\n");
            let outcome = if output.timed_out { Outcome::TimedOut } else { Outcome::Failed };
            let said = bounded(&printable_lines(said.trim()));
            (outcome, said.split_inclusive('\n').map(masked).collect())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str, deadline: Duration) -> (Outcome, String) {
        let mut record = CommandRecord {
            purpose: Purpose::Test,
            argv: ["/bin/sh", "-c", script].map(str::to_owned).to_vec(),
            words: "tests".into(),
            outcome: Outcome::NotRun,
        };
        let message = run_until(deadline, &System::machine(), &mut record, &mut |_| {});
        (record.outcome, message)
    }

    #[test]
    fn a_command_that_hangs_is_stopped_and_what_it_said_is_told() {
        let (outcome, message) = run("echo waiting for a lock >&2; sleep 60", Duration::from_millis(200));
        assert_eq!((outcome, message.as_str()), (Outcome::TimedOut, "waiting for a lock"));
    }

    #[test]
    fn megabytes_and_control_characters_do_not_reach_the_person() {
        let script = "printf '\\033[2J'; head -c 3000000 /dev/zero | tr '\\0' x; exit 1";
        let (outcome, message) = run(script, Duration::from_secs(20));
        assert_eq!(outcome, Outcome::Failed);
        assert!(message.starts_with("\\u{1b}[2Jxxx") && message.len() < MESSAGE_LIMIT + 100);
    }

    #[test]
    fn the_servers_own_message_is_told_line_by_line() {
        let (_, message) = run("echo 'nginx: [emerg] in a:1'; echo two >&2; exit 1", Duration::from_secs(20));
        assert_eq!(message, "two\nnginx: [emerg] in a:1");
    }
}
