//! `guacfront explain`: the page of a rule.

use super::environment::Environment;
use super::error::CliError;
use super::output;
use crate::model::{Rule, paragraph, printable};
use std::fmt::Write as _;

pub(super) fn run(code: Option<&str>, environment: Environment) -> Result<u8, CliError> {
    let text = match code {
        None => list(),
        Some(code) => match Rule::of_code(code) {
            Some(rule) => page(rule, environment),
            None => {
                return Err(CliError::operator(
                    format!("{} is no rule's code", printable(code)),
                    "guacfront explain prints all of them",
                ));
            }
        },
    };
    output::result(text.as_bytes());
    Ok(0)
}

fn list() -> String {
    Rule::ALL.iter().fold(String::new(), |mut out, rule| {
        let page = rule.page();
        let _ = writeln!(out, "{}  {:<5}  {}", page.code, page.severity.word(), page.title);
        out
    })
}

fn page(rule: Rule, environment: Environment) -> String {
    let page = rule.page();
    let title = format!("{} {}: {}", page.code, rule.subject(), page.title);
    let title = environment.painted("1", &title);
    let mut out = format!("{title}\n");
    for (word, text) in [
        ("Severity", page.severity.word()),
        ("Symptom", page.symptom),
        ("Why", page.why),
        ("Source", page.source),
        ("Fix", page.fix),
    ] {
        let _ = writeln!(out, "\n{word}");
        out.push_str(&paragraph("  ", "  ", text));
    }
    out
}
