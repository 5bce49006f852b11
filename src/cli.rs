//! The commands: arguments in, words out, exit code.
//!
//! # Exit codes
//! 0: done. 1: check found something, or `plan --exit-code` found something to change. 2: the operator's error, or
//! taken back as nobody confirmed it. 3: the machine's fault. 70: a fault of guacfront itself. 128 and more: ended by the
//! signal of that number less 128.

mod answers;
mod apply;
mod arguments;
mod ask;
mod check;
mod condition;
mod confirm;
mod demo;
mod edited;
mod elsewhere;
mod environment;
mod error;
mod explain;
mod generate;
mod help;
mod history;
mod interactive;
mod json;
mod machine;
mod output;
mod plan;
mod rights;
mod show;
mod signals;
mod trials;
mod undo;

pub use arguments::Arguments;
pub use demo::lay_out as lay_out_demo;

use crate::model::Fault;
use crate::system::System;
use arguments::{Command, History};
use clap::Parser as _;
use environment::Environment;
use error::CliError;
use std::process::ExitCode;

/// Parses the arguments, does what they say, and prints an error with its hint.
pub fn main() -> ExitCode {
    end_on_panic();
    let arguments = Arguments::parse();
    let is_json = arguments.is_json();
    match run(arguments) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            error.print();
            if is_json {
                output::result(&json::error(&error));
            }
            ExitCode::from(error.code())
        }
    }
}

/// Has a panic of any thread end the program with its own words and exit code: nothing is unwound, and what had been
/// begun is in the journal.
pub fn end_on_panic() {
    let previous = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // Whoever has taken the terminal has given it back by then: its hook comes first.
        previous(panic);
        output::words(
            "guacfront: this is a fault of guacfront itself, and the lines above say where. Please report them to its \
             maintainers, with what guacfront --version says. What had been begun is taken back by the next guacfront.",
        );
        std::process::exit(Fault::Bug.exit_code().into());
    }));
}

fn run(arguments: Arguments) -> Result<u8, CliError> {
    let environment = Environment::read();
    if let Some(Command::Demo { folder }) = &arguments.command {
        return demo::run(folder.as_deref(), environment, arguments.plain);
    }
    if let Some(Command::Explain { code }) = &arguments.command {
        return explain::run(code.as_deref(), environment);
    }
    if let Some(Command::Help { topic }) = &arguments.command {
        return help::run(topic.as_deref());
    }
    if let Some(Command::Generate { what }) = arguments.command {
        return generate::run(what);
    }
    let system = machine::system(arguments.root.as_deref())?;
    run_on(&system, environment, arguments).map_err(|error| error.or_as_root(rights::as_root(&system)))
}

/// Does what has to do with the machine.
fn run_on(system: &System, environment: Environment, arguments: Arguments) -> Result<u8, CliError> {
    if let Some(Command::Guard { id }) = &arguments.command {
        return confirm::guard(system, id);
    }
    let taken_back = match &arguments.command {
        Some(command) if command.only_looks() => {
            machine::tell_unfinished(system);
            false
        }
        _ => machine::recover(system)?,
    };
    match arguments.command {
        None => {
            ask::run(system, environment, arguments.answers.as_deref(), arguments.plain, arguments.confirm)
        }
        Some(Command::Show { answers, other, patch }) => {
            show::run(system, &answers, other.as_deref(), patch.as_deref())
        }
        Some(Command::Plan { answers, json, markdown, exit_code, edited }) => {
            let form = match (json, markdown) {
                (true, _) => plan::Form::Json,
                (_, true) => plan::Form::Markdown,
                _ => plan::Form::Diff,
            };
            plan::run(system, environment, &answers, edited.map(Into::into), form, exit_code)
        }
        Some(Command::Apply(request)) => apply::run(system, environment, &request),
        Some(Command::Answers) => answers::run(system, environment),
        Some(Command::Check(request)) => check::run(system, environment, &request),
        Some(Command::Confirm) => confirm::run(system),
        Some(Command::History { command: Some(History::Prune { keep }), .. }) => history::prune(system, keep),
        Some(Command::History { command: None, json }) => history::run(system, json),
        // What was cut short was the newest: what is older is not meant.
        Some(Command::Undo(request)) if taken_back && request.id.is_none() => Ok(0),
        Some(Command::Undo(request)) => undo::run(system, environment, &request),
        Some(
            Command::Demo { .. }
            | Command::Guard { .. }
            | Command::Explain { .. }
            | Command::Help { .. }
            | Command::Generate { .. },
        ) => Ok(0),
    }
}
