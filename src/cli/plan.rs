//! `guacfront plan`: what would change.

use super::environment::Environment;
use super::error::CliError;
use super::{json, machine, output};
use crate::model::Plan;
use crate::system::System;
use std::mem::ManuallyDrop;
use std::path::Path;

/// The files that the plan is to be written to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written<'a> {
    pub(super) patch: Option<&'a Path>,
    pub(super) report: Option<&'a Path>,
}

pub(super) fn run(
    system: &System,
    environment: Environment,
    answers: &Path,
    as_json: bool,
    exit_code: bool,
    written: Written<'_>,
) -> Result<u8, CliError> {
    let answers = machine::answers(answers)?;
    // The program ends with this: to give back what was read piece by piece takes as long as reading it.
    let findings = ManuallyDrop::new(machine::look_for(system, &answers));
    let plan = machine::plan(&answers, &findings)?;
    written.write(&plan)?;
    if as_json {
        output::result(&json::plan(&plan));
    } else {
        // Whoever has the changes in a file needs them on the terminal no more.
        if written.is_nothing() {
            output::result(&output::diffs(&plan, environment));
        }
        output::words(output::deeds(&plan).trim_end());
        if plan.is_empty() {
            output::words("Nothing to do: the machine already is as the answers say.");
        }
    }
    output::words(output::notes(&plan.notes).trim_end());
    Ok(u8::from(exit_code && !plan.is_empty()))
}

impl Written<'_> {
    fn is_nothing(self) -> bool {
        self.patch.is_none() && self.report.is_none()
    }

    fn write(self, plan: &Plan) -> Result<(), CliError> {
        let wanted = [
            (self.patch, crate::plan::patch as fn(&Plan) -> Vec<u8>),
            (self.report, |plan| crate::plan::report(plan).into_bytes()),
        ];
        for (path, text) in wanted {
            let Some(path) = path else { continue };
            machine::save(path, &text(plan)).map_err(|error| {
                CliError::operator(
                    format!("{}: {error}", path.display()),
                    "name a file that is not there yet, in a folder where you may write",
                )
            })?;
            output::words(&format!("Written: {}", crate::model::printable_path(path)));
        }
        Ok(())
    }
}
