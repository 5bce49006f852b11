//! `guacfront answers`: what the machine holds now.

use super::environment::Environment;
use super::error::CliError;
use super::output;
use crate::model::{AnswersFileError, printable_lines};
use crate::system::System;
use crate::wizard::prefill;

pub(super) fn run(system: &System, environment: Environment) -> Result<u8, CliError> {
    let draft = prefill(&crate::probe::probe(system));
    // What stands in a hand-written file need not be something guacfront would accept as an answer.
    let answers = draft.parse().map_err(AnswersFileError::from)?;
    let text = answers.to_toml();
    // TOML has no escape for all that a terminal would take for its own; in a file the answers are as they are.
    let shown = if environment.output_is_terminal { printable_lines(&text) } else { text };
    output::result(shown.as_bytes());
    Ok(0)
}
