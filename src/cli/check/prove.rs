//! `check --prove-address`: a stand-in for Tomcat behind a copy of the real section, put in by the ordinary
//! transaction and always taken out again by it.

use crate::apply::{self, ApplyError, Event, Options, Trial, Word};
use crate::cli::environment::Environment;
use crate::cli::error::CliError;
use crate::cli::signals::Signals;
use crate::cli::{confirm, output};
use crate::model::{Answers, Findings, Plan, PublicPath, Purpose, Server, Site, io_words};
use crate::plain;
use crate::system::{Meter, StandIn, System};
use crate::verify::{Outcome, Place, stand_in_trials};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Much longer than the trials take; whoever is killed before is taken back by the guard.
const WITHIN: Duration = Duration::from_secs(120);

/// How the proof ended.
pub(super) enum Proved {
    /// What was seen; empty where the person did not want it.
    Seen(Vec<Outcome>),
    /// A signal, and the exit code that it asks for.
    Ended(u8),
}

/// Puts the copy in, tries it, takes it out, of one section after the other.
///
/// # Errors
/// Why it cannot be done here; the machine is then as it was.
pub(super) fn prove(
    system: &System,
    environment: Environment,
    findings: &Findings,
    answers: &Answers,
    yes: bool,
) -> Result<Proved, CliError> {
    let stand_in = StandIn::start()
        .map_err(|error| CliError::machine(format!("no port can be had: {}", io_words(&error))))?;
    let path =
        PublicPath::parse(&format!("/guacfront-proof-{}/", stand_in.port())).map_err(CliError::machine)?;
    let plans = sections(findings)
        .map(|section| crate::plan::stand_in(answers, findings, section, stand_in.port(), &path))
        .collect::<Result<Vec<Plan>, _>>()?;
    if plans.is_empty() {
        return Err(nowhere_to_copy());
    }
    if let Some(plan) = plans.iter().find(|plan| !plan.runs(Purpose::Reload)) {
        let server = plan.answers.frontend.server;
        return Err(CliError::operator(
            format!("{server} cannot be told to read its files again, so that nothing would be proved"),
            format!("start {server}, then check again"),
        ));
    }
    for plan in &plans {
        output::words(&format!(
            "This is put in, tried, and taken out again at once; the server reads its files twice. A server that stores \
             what its client does not read has up to {} MiB on its disk for a moment:",
            StandIn::FLOOD_SIZE >> 20
        ));
        output::words(String::from_utf8_lossy(&output::diffs(plan, environment)).trim_end());
        output::words(output::deeds(plan, Options::ALL).trim_end());
    }
    if !yes && !environment.interactive {
        return Err(CliError::no_terminal("guacfront check --prove-address --yes does it without asking"));
    }
    if !yes && !plain::confirm("Do it?")? {
        output::words("Nothing was changed.");
        return Ok(Proved::Seen(Vec::new()));
    }
    let mut all = Vec::new();
    for plan in &plans {
        match carry_out(system, plan, &stand_in.meter())? {
            Proved::Seen(seen) => all.extend(seen),
            ended @ Proved::Ended(_) => return Ok(ended),
        }
    }
    Ok(Proved::Seen(all))
}

/// Every section that serves a Guacamole, with its site, where requests reach it.
fn sections(findings: &Findings) -> impl Iterator<Item = (Server, &Site, &str)> {
    let of = |server| findings.sites(server).iter().map(move |site| (server, site));
    let reached = Server::ALL.into_iter().flat_map(of).filter(|(_, site)| site.shadowed_by.is_none());
    reached
        .flat_map(|(server, site)| site.guacamoles.iter().map(move |own| (server, site, &*own.public_path)))
}

fn nowhere_to_copy() -> CliError {
    CliError::operator(
        "no site that requests reach has a section of Guacamole's that could be copied",
        "guacfront check says what is in the way",
    )
}

fn carry_out(system: &System, plan: &Plan, meter: &Meter) -> Result<Proved, CliError> {
    let signals = Signals::watch()?;
    signals.bar_suspension()?;
    let own = system.clone().stopped_by(signals.flag());
    let outcomes = Arc::<Mutex<Vec<Outcome>>>::default();
    let mut trial = Trial {
        within: WITHIN,
        always: true,
        guard: confirm::guard_program(system),
        word: try_once(own.clone(), plan, meter.clone(), Arc::clone(&outcomes)),
    };
    let mut tell = |event: &Event| {
        if !matches!(event, Event::Awaiting { .. }) {
            output::words(&event.to_string());
        }
    };
    let options = Options { reload: true, restart: false };
    let done = apply::apply_on_trial(&own, plan, options, &mut trial, &mut tell);
    match done {
        // What was wanted: it did not stay.
        Err(ApplyError::TakenBack { cause, .. }) if matches!(*cause, ApplyError::Declined) => {
            output::words("The copy has been taken out again; the files are as they were.");
            let seen = std::mem::take(&mut *outcomes.lock().unwrap_or_else(PoisonError::into_inner));
            Ok(signals.code().map_or(Proved::Seen(seen), Proved::Ended))
        }
        Err(error) => match signals.code() {
            Some(code) => {
                CliError::from(error).print();
                Ok(Proved::Ended(code))
            }
            None => Err(error.into()),
        },
        // Another terminal has confirmed what nobody was to keep.
        Ok(receipt) => Err(CliError::operator(
            "the copy was confirmed from elsewhere and has stayed",
            format!("guacfront undo {} takes it out", receipt.id),
        )),
    }
}

/// Tries every address of the copy, and asks for it to be taken back.
fn try_once(
    system: System,
    plan: &Plan,
    meter: Meter,
    outcomes: Arc<Mutex<Vec<Outcome>>>,
) -> Box<dyn FnMut() -> Word + Send> {
    let places: Vec<Place> = plan.addresses.iter().map(Place::from).collect();
    Box::new(move || {
        for place in places.iter().take_while(|_| !system.stopping()) {
            let seen = stand_in_trials(&system, place, &meter);
            outcomes.lock().unwrap_or_else(PoisonError::into_inner).extend(seen);
        }
        Word::TakeBack
    })
}
