//! The wizard: on the whole terminal, or as plain questions.

use super::arguments::CarryOut;
use super::condition::condition;
use super::environment::Environment;
use super::error::CliError;
use super::{apply, interactive, machine, output};
use crate::model::{Draft, Edited};
use crate::plain;
use crate::system::System;
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
        let findings = machine::look_closely(system);
        let mut draft = machine::draft(answers, &findings)?;
        let condition = condition(&findings);
        let answers = loop {
            let Some(answers) = plain::ask(findings.clone(), draft, condition.clone())? else { return Ok(0) };
            // What stays of an edited region is asked later.
            let Err(error) =
                machine::plan(&answers, &machine::look_for(system, &answers), Some(Edited::Keep))
            else {
                break answers;
            };
            error.print();
            output::words("All is asked again, with these answers; Ctrl-D leaves.");
            draft = Draft::from(&answers);
        };
        let how = CarryOut { confirm, ..CarryOut::default() };
        return apply::carry_out(system, environment, &how, &answers);
    }
    let given = answers.map(machine::draft_in).transpose()?;
    interactive::run(system, environment, given, confirm)
}
