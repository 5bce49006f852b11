//! `guacfront apply`: the plan, carried out and proved.

use super::arguments;
use super::environment::Environment;
use super::error::CliError;
use super::signals::Signals;
use super::{confirm, edited, json, machine, output, rights, trials};
use crate::apply::{self, Event, Options, Receipt};
use crate::model::{Answers, undo_line};
use crate::plain;
use crate::plan::{NOT_TOUCHED, way_back};
use crate::system::System;
use trials::Asked;

pub(super) fn run(
    system: &System,
    environment: Environment,
    request: &arguments::Apply,
) -> Result<u8, CliError> {
    if !request.how.yes && !environment.interactive {
        return Err(CliError::no_terminal("guacfront apply --answers FILE --yes does it without asking"));
    }
    let answers = machine::answers(&request.answers)?;
    Ok(carry_out(system, environment, &request.how, &answers)?.unwrap_or(0))
}

/// Plans, shows, asks where it may, carries out and proves; the exit code, `None` where the person declined.
pub(super) fn carry_out(
    system: &System,
    environment: Environment,
    how: &arguments::CarryOut,
    answers: &Answers,
) -> Result<Option<u8>, CliError> {
    let findings = machine::look_for(system, answers);
    let edited = match how.edited {
        Some(lines) => Some(lines.into()),
        None if how.yes => None,
        None => edited::ask(answers, &findings, environment)?,
    };
    let plan = machine::plan(answers, &findings, edited)?;
    output::notes(&plan.notes);
    if plan.is_empty() {
        output::words("Nothing to do: the machine already is as the answers say.");
        machine::tell_unfinished(system);
        if how.json {
            output::result(&json::applied(&plan, None, &[]));
        }
        return Ok(Some(0));
    }
    if !how.json {
        output::result(&output::diffs(&plan, environment));
    }
    let options = Options { reload: !how.no_reload, restart: !how.no_restart };
    output::words(output::deeds(&plan, options).trim_end());
    if !how.yes {
        output::words(&format!("not touched: {NOT_TOUCHED}\n{}", way_back()));
    }
    rights::suffice(system, &plan, &findings)?;
    if !how.yes && !plain::confirm("Do it?")? {
        output::words("Nothing was changed.");
        return Ok(None);
    }
    let signals = Signals::watch()?;
    signals.bar_suspension()?;
    let own = system.clone().stopped_by(signals.flag());
    let mut asked = Asked::of(&own, environment, &plan, options);
    let applied = match confirm::trial(system, environment, how) {
        Some(mut trial) => {
            let mut tell = confirm::tell(trial.within);
            let mut report = |event: &Event| {
                if matches!(event, Event::TakingBack { .. }) {
                    asked.fall_silent();
                }
                tell(event);
                // Whoever has to decide wants to see whether it works.
                if matches!(event, Event::Awaiting { .. }) && !how.no_check {
                    asked.begin();
                }
            };
            apply::apply_on_trial(&own, &plan, options, &mut trial, &mut report)
        }
        None => apply::apply(&own, &plan, options, &mut |event| output::words(&event.to_string())),
    };
    if applied.is_err() {
        asked.fall_silent();
    }
    let receipt = match (applied, signals.code()) {
        (Ok(receipt), None) => receipt,
        (Ok(receipt), Some(code)) => {
            output::words("The signal came when everything had been done.");
            done(system, &receipt);
            return Ok(Some(code));
        }
        (Err(error), Some(code)) => {
            CliError::from(error).print();
            return Ok(Some(code));
        }
        (Err(error), None) => return Err(error.into()),
    };
    drop(signals);
    let outcomes = if how.no_check { Vec::new() } else { asked.outcomes() };
    if how.json {
        output::result(&json::applied(&plan, Some(&receipt), &outcomes));
    }
    done(system, &receipt);
    Ok(Some(trials::code(&outcomes)))
}

fn done(system: &System, receipt: &Receipt) {
    output::words(&format!("Done. This takes it back: {}", undo_line(system.root(), &receipt.id)));
}
