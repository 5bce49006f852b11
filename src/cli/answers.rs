//! `guacfront answers`: what the machine holds now.

use super::error::CliError;
use super::output;
use crate::model::AnswersFileError;
use crate::system::System;
use crate::wizard::prefill;

pub(super) fn run(system: &System) -> Result<u8, CliError> {
    let draft = prefill(&crate::probe::probe(system));
    // What stands in a hand-written file need not be something guacfront would accept as an answer.
    let answers = draft.parse().map_err(AnswersFileError::from)?;
    output::result(answers.to_toml().as_bytes());
    Ok(0)
}
