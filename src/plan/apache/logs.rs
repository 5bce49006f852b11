//! Keeping the tunnel's requests out of the access log.
//!
//! A `CustomLog` more silences nothing: every log that takes the virtual host's requests has to leave them out itself.

use super::Work;
use super::edits::Edits;
use crate::config::apache::{Item, Loaded, LogCondition, is_logged, log_condition, logs};
use crate::model::{Field, Note, Rule};

/// The variable that marks the tunnel's requests.
pub(super) const VARIABLE: &str = "guacfront_tunnel";
const OURS: &str = "env=!guacfront_tunnel";

/// Whether a log takes the virtual host's requests that can be told to leave some out, and tells by it what was asked.
pub(super) fn listen(loaded: &Loaded, host: &Item) -> bool {
    logs(loaded, host).into_iter().any(|log| log_condition(log) != LogCondition::Expression)
}

/// Edits the logs that take the virtual host's requests; what the tunnel's requests have to be marked with.
pub(super) fn changes(work: &Work<'_>, edits: &mut Edits<'_>, notes: &mut Vec<Note>) -> Vec<String> {
    let mut variables: Vec<String> = Vec::new();
    let tunnel = format!("{}tunnel", work.answers.frontend.public_path);
    let is_logged = is_logged(work.loaded, work.host, &tunnel) == Some(true);
    for log in logs(work.loaded, work.host) {
        if work.answers.frontend.log_tunnel {
            log_again(work, log, is_logged, edits);
            continue;
        }
        let variable = match log_condition(log) {
            LogCondition::Unless(name) => name,
            // The log takes only what is marked: unmarking keeps a request out.
            LogCondition::If(name) => format!("!{name}"),
            LogCondition::Expression => {
                let text = format!(
                    "the tunnel's requests stay in the log of {}:{}: it has a condition of its own (expr=), which is left \
                     as it is",
                    work.loaded.file(log).path.display(),
                    work.loaded.line(log)
                );
                notes.push(Note::warning(text).of(Rule::ApacheTunnelLogged));
                continue;
            }
            LogCondition::Always => {
                let why = "the tunnel makes several requests a second; they are kept out of this log, logins are not";
                edits.append(log, OURS, Field::LogTunnel, why);
                VARIABLE.to_owned()
            }
        };
        if !variables.contains(&variable) {
            variables.push(variable);
        }
    }
    if work.host.named("transferlog").next().is_some() && !work.answers.frontend.log_tunnel {
        let text = "TransferLog knows no condition: the tunnel's requests stay in that log";
        notes.push(Note::warning(text).of(Rule::ApacheTunnelLogged));
    }
    variables
}

/// The last line that sets a variable and that httpd looks at after what is written behind `item`, one of `items`: it
/// would take back what is said there.
pub(super) fn later_setter<'a>(
    work: &Work<'a>,
    item: &Item,
    items: &'a [Item],
    variable: &str,
) -> Option<&'a Item> {
    let bare = variable.trim_start_matches('!');
    let sets_it = |other: &&Item| {
        let sets = |own: &str| own.trim_start_matches('!').split('=').next() == Some(bare);
        other.name.starts_with("setenvif")
            && other.arguments().iter().skip(2).any(|own| sets(own))
            && work.loaded.mark(other).is_none()
    };
    let behind = items.iter().skip_while(|other| *other != item).skip(1);
    // What a virtual host sets comes after what the server sets.
    let of_host: &[Item] = if work.is_of_host(items) { &[] } else { &work.host.children };
    behind.chain(of_host).filter(sets_it).last()
}

/// Takes guacfront's own condition off a log; where the condition is the person's and no log takes the tunnel's requests,
/// takes away what marks them.
fn log_again(work: &Work<'_>, log: &Item, is_logged: bool, edits: &mut Edits<'_>) {
    let why = "every request is logged, as asked";
    match log_condition(log) {
        LogCondition::Unless(name) if name == VARIABLE => {
            let at = log.arguments().iter().position(|argument| argument == OURS).filter(|at| *at > 0);
            if let (Some(at), Some(spans)) = (at, work.loaded.argument_spans(log)) {
                edits.replace(log.file(), spans[at - 1].end..spans[at].end, "", Field::LogTunnel, why);
            }
        }
        _ if is_logged => {}
        LogCondition::Unless(name) => unmark(work, &name, edits, why),
        LogCondition::If(name) => unmark(work, &format!("!{name}"), edits, why),
        LogCondition::Always | LogCondition::Expression => {}
    }
}

/// Takes away the lines that do nothing but mark the tunnel's requests so; guacfront's region is written anew anyway.
fn unmark(work: &Work<'_>, variable: &str, edits: &mut Edits<'_>, why: &str) {
    let path = work.answers.frontend.public_path.as_str();
    let set_ifs = work.around().filter(|item| item.name.starts_with("setenvif"));
    let marks_it = |item: &&Item| match item.arguments().as_slice() {
        [attribute, pattern, own] => {
            let matches = |text: &str| crate::config::matches(pattern, text) == Some(true);
            attribute.eq_ignore_ascii_case("Request_URI")
                && own.split('=').next() == Some(variable)
                && matches(&format!("{path}tunnel"))
                && !matches(path)
                && work.loaded.mark(item).is_none()
        }
        _ => false,
    };
    for item in set_ifs.filter(marks_it) {
        edits.remove(item, Field::LogTunnel, why);
    }
}
