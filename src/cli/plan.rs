//! `guacfront plan`: what would change.

use super::environment::Environment;
use super::error::CliError;
use super::{json, machine, output};
use crate::model::{Edited, Options};
use crate::system::System;
use std::mem::ManuallyDrop;
use std::path::Path;

/// How a plan is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As a patch, the rest beside it.
    Diff,
    /// As one JSON object.
    Json,
    /// As a page for a change ticket.
    Markdown,
}

pub(super) fn run(
    system: &System,
    environment: Environment,
    answers: &Path,
    edited: Option<Edited>,
    form: Form,
    exit_code: bool,
) -> Result<u8, CliError> {
    let answers = machine::answers(answers)?;
    // The program ends with this: to give back what was read piece by piece takes as long as reading it.
    let findings = ManuallyDrop::new(machine::look_for(system, &answers));
    let plan = machine::plan(&answers, &findings, edited)?;
    match form {
        Form::Json => output::result(&json::plan(&plan)),
        Form::Markdown => output::result(crate::plan::report(&plan).as_bytes()),
        Form::Diff => {
            output::result(&output::patch(&plan, environment));
            output::words(output::deeds(&plan, Options::ALL).trim_end());
            if plan.is_empty() {
                output::words("Nothing to do: the machine already is as the answers say.");
            }
        }
    }
    output::notes(&plan.notes);
    Ok(u8::from(exit_code && !plan.is_empty()))
}
