//! Keeping the tunnel's requests out of the access log.
//!
//! A `CustomLog` more silences nothing: every log that takes the virtual host's requests has to leave them out itself.

use super::Work;
use super::edits::Edits;
use crate::config::apache::Item;
use crate::model::{Field, Note, Rule};

/// The variable that marks the tunnel's requests.
pub(super) const VARIABLE: &str = "guacfront_tunnel";
const OURS: &str = "env=!guacfront_tunnel";

/// Edits the logs that take the virtual host's requests; what the tunnel's requests have to be marked with.
pub(super) fn changes(work: &Work<'_>, edits: &mut Edits<'_>, notes: &mut Vec<Note>) -> Vec<String> {
    let own: Vec<&Item> = work.host.item.named("customlog").collect();
    // Without a log of its own a virtual host is logged where the server is.
    let logs = if own.is_empty() {
        work.loaded.items.iter().filter(|item| item.name == "customlog").collect()
    } else {
        own
    };
    let mut variables: Vec<String> = Vec::new();
    for log in logs {
        if work.answers.frontend.log_tunnel {
            log_again(work, log, edits);
            continue;
        }
        let variable = match condition(log) {
            Some(Condition::Unless(name)) => name.to_owned(),
            // The log takes only what is marked: unmarking keeps a request out.
            Some(Condition::If(name)) => format!("!{name}"),
            Some(Condition::Expression) => {
                let text = format!(
                    "the tunnel's requests stay in the log of {}:{}: it has a condition of its own (expr=), which is left \
                     as it is",
                    work.loaded.file(log).path.display(),
                    work.loaded.line(log)
                );
                notes.push(Note::warning(text).of(Rule::ApacheTunnelLogged));
                continue;
            }
            None => {
                let at = work.loaded.file(log).tree.line(log.node).content().end;
                let why = "the tunnel makes several requests a second; they are kept out of this log, logins are not";
                edits.insert(log.file, at, &format!(" {OURS}"), Field::LogTunnel, why);
                VARIABLE.to_owned()
            }
        };
        if !variables.contains(&variable) {
            variables.push(variable);
        }
    }
    if work.host.item.named("transferlog").next().is_some() && !work.answers.frontend.log_tunnel {
        let text = "TransferLog knows no condition: the tunnel's requests stay in that log";
        notes.push(Note::warning(text).of(Rule::ApacheTunnelLogged));
    }
    variables
}

enum Condition<'a> {
    If(&'a str),
    Unless(&'a str),
    Expression,
}

fn condition(log: &Item) -> Option<Condition<'_>> {
    log.arguments.iter().skip(1).find_map(|argument| {
        if argument.starts_with("expr=") {
            return Some(Condition::Expression);
        }
        let name = argument.strip_prefix("env=")?;
        Some(name.strip_prefix('!').map_or(Condition::If(name), Condition::Unless))
    })
}

/// Takes guacfront's own condition off a log.
fn log_again(work: &Work<'_>, log: &Item, edits: &mut Edits<'_>) {
    let Some(at) = log.arguments.iter().position(|argument| argument == OURS).filter(|at| *at > 0) else {
        return;
    };
    if let Some(spans) = work.loaded.argument_spans(log) {
        let why = "every request is logged, as asked";
        edits.replace(log.file, spans[at - 1].end..spans[at].end, "", Field::LogTunnel, why);
    }
}
