//! `guacfront check`: what the running servers do.

use super::environment::Environment;
use super::error::CliError;
use super::{json, machine, output};
use crate::model::{AnswersFileError, Plan};
use crate::system::System;
use crate::verify::{self, Outcome, Patience, Verdict};
use crate::wizard::prefill;

pub(super) fn run(system: &System, environment: Environment, as_json: bool) -> Result<u8, CliError> {
    if let Some(root) = system.root() {
        return Err(CliError::operator(
            format!("no server runs below {}", root.display()),
            "check asks running servers: leave --root out on the machine itself",
        ));
    }
    let findings = machine::look(system);
    if !findings
        .nginx
        .iter()
        .flat_map(|n| &n.sites)
        .chain(findings.apache.iter().flat_map(|a| &a.sites))
        .any(|site| site.guacamole.is_some())
    {
        return Err(CliError::operator(
            "no site of this machine serves Guacamole",
            "guacfront without a command sets it up",
        ));
    }
    let answers = prefill(&findings).parse().map_err(AnswersFileError::from)?;
    let plan = crate::plan::plan(&answers, &findings)?;
    let mut say = |outcome: &Outcome| {
        if !as_json {
            output::result(output::outcome(outcome, environment).as_bytes());
        }
    };
    let outcomes = ask(system, &plan, Patience::default(), &mut say);
    if as_json {
        output::result(&json::checked(&plan, &outcomes));
    }
    Ok(code(&outcomes))
}

/// Asks the running servers at every address of the plan.
pub(super) fn ask(
    system: &System,
    plan: &Plan,
    patience: Patience,
    report: &mut dyn FnMut(&Outcome),
) -> Vec<Outcome> {
    verify::trials(system, &plan.addresses, &plan.answers, patience, report)
}

/// The exit code for what was found.
pub(super) fn code(outcomes: &[Outcome]) -> u8 {
    u8::from(outcomes.iter().any(|outcome| outcome.verdict == Verdict::Fail))
}
