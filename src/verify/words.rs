//! Evidence and advice in words.

use crate::model::printable;
use crate::system::{Answer, AskError};

/// What was asked and answered, in a line: `GET http://a.test/guacamole/ -> 200`.
pub(super) fn asked(method: &str, url: &str, answer: &Result<Answer, AskError>) -> String {
    match answer {
        Ok(answer) => {
            let location =
                answer.header("location").map(|to| format!(", Location: {}", brief(to))).unwrap_or_default();
            format!("{method} {url} -> {}{location}", answer.status)
        }
        Err(error) => format!("{method} {url} -> {error}"),
    }
}

/// Something a server said, safe and short.
pub(super) fn brief(text: &str) -> String {
    const LIMIT: usize = 120;
    let text = printable(text);
    match text.char_indices().nth(LIMIT) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// What to do where a server could not be asked.
pub(super) fn unreachable(error: &AskError, who: &str) -> String {
    match error {
        AskError::Refused => format!("nothing listens there: start {who}, or mend the address"),
        AskError::TimedOut => {
            format!("{who} does not answer in time: look whether it hangs, or a firewall drops the packets")
        }
        AskError::Denied => {
            format!("this machine forbids the connection to {who}: look at its firewall and SELinux")
        }
        AskError::Unreachable => {
            "no route leads there from this machine: look at the address and the network".into()
        }
        AskError::NoName(_) => "the name is not known here: mend it, or use the address".into(),
        AskError::Tls(_) => {
            format!("{who} does not speak TLS there, or not as it should: look at its error log")
        }
        AskError::Broken(_) => format!("{who} ended the connection: look at its error log"),
    }
}
