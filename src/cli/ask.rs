//! The wizard: on the whole terminal, or as plain questions.

use super::arguments::CarryOut;
use super::condition::condition;
use super::environment::Environment;
use super::error::CliError;
use super::{apply, interactive, machine, output};
use crate::model::{Draft, Edited, Purpose};
use crate::plain;
use crate::system::System;
use crate::wizard::FollowUps;
use std::path::Path;

pub(super) fn run(
    system: &System,
    environment: Environment,
    answers: Option<&Path>,
    as_plain: bool,
    confirm: Option<u64>,
) -> Result<u8, CliError> {
    if !environment.interactive {
        return Err(CliError::no_terminal(
            "guacfront apply --answers FILE --yes does it without asking; guacfront answers prints a file to begin with",
        ));
    }
    if as_plain || environment.is_dumb {
        return as_questions(system, environment, answers, confirm);
    }
    let given = answers.map(machine::draft_in).transpose()?;
    interactive::run(system, environment, given, confirm)
}

/// The wizard as plain questions, then what `apply` does with the answers.
fn as_questions(
    system: &System,
    environment: Environment,
    answers: Option<&Path>,
    confirm: Option<u64>,
) -> Result<u8, CliError> {
    let findings = machine::look_closely(system);
    let mut draft = machine::draft(answers, &findings)?;
    let condition = condition(&findings);
    let (answers, plan) = loop {
        let look = |address| interactive::look_at(system, address);
        let asked = plain::ask(findings.clone(), draft, condition.clone(), look)?;
        let Some(answers) = asked else { return Ok(0) };
        // What stays of an edited region is asked later.
        match machine::plan(&answers, &machine::look_for(system, &answers), Some(Edited::Keep)) {
            Ok(plan) => break (answers, plan),
            Err(error) => error.print(),
        }
        output::words("All is asked again, with these answers; Ctrl-D leaves.");
        draft = Draft::from(&answers);
    };
    let restarts = plan.commands().any(|command| command.purpose == Purpose::Restart);
    // As in the form: sessions that may be running are ended by nobody's Enter.
    let no_restart = restarts
        && !FollowUps::usual(&findings).options.restart
        && !plain::confirm(
            "Tomcat reads server.xml at its start alone, and running Guacamole sessions end. Restart it?",
        )?;
    let how = CarryOut { no_restart, confirm, ..CarryOut::default() };
    apply::carry_out(system, environment, &how, &answers)
}
