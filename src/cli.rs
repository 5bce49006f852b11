//! The commands.

use std::process::ExitCode;

/// Parses the arguments, does what they say, and prints an error with its cause and its hint.
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
