//! `guacfront apply`: the plan, carried out and proved.

use super::arguments;
use super::environment::Environment;
use super::error::CliError;
use super::signals::Signals;
use super::{confirm, edited, json, machine, output, rights, trials};
use crate::apply::{self, Options, Receipt};
use crate::model::{Answers, Plan, Purpose, undo_line};
use crate::plain;
use crate::plan::{NOT_TOUCHED, way_back};
use crate::system::System;
use crate::verify::{Outcome, Patience};

pub(super) fn run(
    system: &System,
    environment: Environment,
    request: &arguments::Apply,
) -> Result<u8, CliError> {
    if !request.yes && !environment.interactive {
        return Err(CliError::operator(
            "there is no terminal to ask on",
            "guacfront apply --answers FILE --yes does it without asking",
        ));
    }
    let answers = machine::answers(&request.answers)?;
    Ok(carry_out(system, environment, request, &answers)?.unwrap_or(0))
}

/// Plans, shows, asks where it may, carries out and proves; the exit code, `None` where the person declined.
pub(super) fn carry_out(
    system: &System,
    environment: Environment,
    request: &arguments::Apply,
    answers: &Answers,
) -> Result<Option<u8>, CliError> {
    let findings = machine::look_for(system, answers);
    let edited = match request.edited {
        Some(lines) => Some(lines.into()),
        None if request.yes => None,
        None => edited::ask(answers, &findings, environment)?,
    };
    let plan = machine::plan(answers, &findings, edited)?;
    output::words(output::notes(&plan.notes).trim_end());
    if plan.is_empty() {
        output::words("Nothing to do: the machine already is as the answers say.");
        machine::tell_unfinished(system);
        if request.json {
            output::result(&json::applied(&plan, None, &[]));
        }
        return Ok(Some(0));
    }
    if !request.json {
        output::result(&output::diffs(&plan, environment));
    }
    let options = Options { reload: !request.no_reload, restart: !request.no_restart };
    output::words(output::deeds(&plan, options).trim_end());
    if !request.yes {
        output::words(&format!("not touched: {NOT_TOUCHED}\n{}", way_back()));
    }
    rights::suffice(system, &plan, &findings)?;
    if !request.yes && !plain::confirm("Do it?")? {
        output::words("Nothing was changed.");
        return Ok(None);
    }
    let signals = Signals::watch()?;
    signals.bar_suspension()?;
    let own = system.clone().stopped_by(signals.flag());
    let applied = match confirm::trial(system, environment, request) {
        Some(mut trial) => {
            let mut tell = confirm::tell(trial.within);
            apply::apply_on_trial(&own, &plan, options, &mut trial, &mut tell)
        }
        None => apply::apply(&own, &plan, options, &mut |event| output::words(&event.to_string())),
    };
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
    let outcomes = if request.no_check { Vec::new() } else { prove(system, environment, &plan, options) };
    if request.json {
        output::result(&json::applied(&plan, Some(&receipt), &outcomes));
    }
    done(system, &receipt);
    Ok(Some(trials::code(&outcomes)))
}

/// Asks the running servers, where one of them has just been made to read its files anew.
fn prove(system: &System, environment: Environment, plan: &Plan, options: Options) -> Vec<Outcome> {
    let does = |purpose| plan.commands().any(|command| command.purpose == purpose);
    let (reloaded, restarted) =
        (options.reload && does(Purpose::Reload), options.restart && does(Purpose::Restart));
    if !reloaded && !restarted {
        return Vec::new();
    }
    trials::ask(system, plan, Patience::after(reloaded, restarted), &mut |outcome| {
        output::words(output::outcome(outcome, environment).trim_end());
    })
}

fn done(system: &System, receipt: &Receipt) {
    output::words(&format!("Done. This takes it back: {}", undo_line(system.root(), &receipt.id)));
}
