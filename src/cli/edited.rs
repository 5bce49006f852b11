//! Lines that guacfront wrote and a hand has edited since: shown, and the person asked.

use super::environment::Environment;
use super::error::CliError;
use super::output;
use crate::model::{Answers, Edited, Findings, printable_path};
use crate::plain;
use crate::plan::{PlanError, diff, plan};

/// What the person chooses; `None` where nothing is to be chosen.
///
/// # Errors
/// Where the terminal is lost, or the person wants to stop.
pub(super) fn ask(
    answers: &Answers,
    findings: &Findings,
    environment: Environment,
) -> Result<Option<Edited>, CliError> {
    let Err(PlanError::Edited { regions }) = plan(answers, findings) else { return Ok(None) };
    for region in &regions {
        output::words(&format!(
            "{}:{}: what stands between guacfront's marks was edited by hand since. What stands there (-), and what \
             guacfront would write (+):",
            printable_path(&region.file),
            region.line
        ));
        let name = region.file.to_string_lossy();
        let lines = diff::between(&region.stands, &region.wanted);
        output::result(&output::diff(&name, &lines, environment));
    }
    let words: Vec<&str> =
        Edited::ALL.into_iter().map(Edited::words).chain(["stop: nothing is changed"]).collect();
    let picked = plain::pick("Whose lines count?", &words)?;
    match picked.and_then(|at| Edited::ALL.get(at)) {
        Some(edited) => Ok(Some(*edited)),
        None => Err(CliError::operator(
            "stopped: nothing was changed",
            "--edited keep or --edited replace decides it",
        )),
    }
}
