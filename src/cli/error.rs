//! Errors as the person sees them: what, where, what next, and the exit code.

use super::output;
use crate::apply::ApplyError;
use crate::model::{AnswersFileError, Fault, io_words, masked, printable_lines};
use crate::plan::PlanError;

/// An error with its hint and its exit code.
#[derive(Debug)]
pub struct CliError {
    fault: Fault,
    message: String,
    hint: Option<String>,
    /// Whether it is but the right to do it that is missing.
    denied: bool,
}

impl CliError {
    /// The operator's error.
    pub fn operator(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { fault: Fault::Operator, message: message.into(), hint: Some(hint.into()), denied: false }
    }

    /// The operator's error of a command that has to ask where nobody can be asked.
    pub fn no_terminal(hint: &str) -> Self {
        Self::operator("there is no terminal to ask on", hint)
    }

    /// The machine's fault.
    pub fn machine(message: impl Into<String>) -> Self {
        Self { fault: Fault::Machine, message: message.into(), hint: None, denied: false }
    }

    /// The same with one more thing to do.
    pub fn with(mut self, more: &str) -> Self {
        let hint = self.hint.take().map(|hint| hint + "\n").unwrap_or_default();
        self.hint = Some(hint + more);
        self
    }

    /// The same with the line that does it as root, where the right to it is all that is missing.
    pub fn or_as_root(mut self, line: Option<String>) -> Self {
        if let Some(line) = line.filter(|_| self.denied) {
            self.hint = Some(format!("{line}\ndoes it as root"));
        }
        self
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        self.fault.exit_code()
    }

    /// What is wrong, and where; a secret of a file that it cites is masked.
    pub fn message(&self) -> String {
        self.message.split_inclusive('\n').map(masked).collect()
    }

    /// What next.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Prints it, with its hint, to standard error.
    pub fn print(&self) {
        output::words(&format!("guacfront: {}", printable_lines(&self.message())));
        if let Some(hint) = &self.hint {
            output::words(&printable_lines(hint));
        }
    }

    /// The message and the hint, for a screen.
    pub fn text(&self) -> String {
        match &self.hint {
            Some(hint) => format!("{}\n{hint}", self.message()),
            None => self.message(),
        }
    }
}

impl From<PlanError> for CliError {
    fn from(error: PlanError) -> Self {
        let fault = match error {
            PlanError::Unproven { .. } => Fault::Bug,
            _ => Fault::Operator,
        };
        Self { fault, message: error.to_string(), hint: Some(error.hint()), denied: false }
    }
}

impl From<ApplyError> for CliError {
    fn from(error: ApplyError) -> Self {
        Self {
            fault: error.kind(),
            message: error.to_string(),
            hint: error.hint(),
            denied: error.is_denied(),
        }
    }
}

impl From<std::io::Error> for CliError {
    /// The terminal is all that the commands themselves wait for.
    fn from(error: std::io::Error) -> Self {
        Self::machine(format!("the terminal cannot be used: {}", io_words(&error)))
    }
}

impl From<AnswersFileError> for CliError {
    fn from(error: AnswersFileError) -> Self {
        Self { fault: Fault::Operator, message: error.to_string(), hint: None, denied: false }
    }
}
