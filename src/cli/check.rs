//! `guacfront check`: what the configuration says, then what the running servers do.

mod prove;
mod report;
mod targets;
mod watch;

use super::answers::{UNTOLD, untold};
use super::arguments;
use super::environment::Environment;
use super::error::CliError;
use super::{apply, json, machine, output};
use crate::model::{Answers, AnswersFileError, Findings, Plan, Rule, Severity, TrustedProxies, paragraph};
use crate::system::System;
use crate::verify::{self, Diagnosis, Outcome, Patience, Target, Verdict};
use crate::wizard::prefill;
use prove::Proved;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use watch::Watched;

pub(super) fn run(
    system: &System,
    environment: Environment,
    request: &arguments::Check,
) -> Result<u8, CliError> {
    if let Some(url) = &request.public {
        let targets = [targets::from_outside(system, url)?];
        let outcomes = ask_all(system, environment, request, &targets);
        return Ok(report(request, &[], &targets, &outcomes));
    }
    let findings = machine::look(system);
    let mut found = verify::rules_of_machine(system, &findings);
    if !request.rules_only {
        verify::add_refusals(system, &findings, &mut found);
    }
    // Where nothing is there yet there is nothing to hold a plan against.
    let is_set_up = found.iter().all(|diagnosis| diagnosis.rule != Rule::NoSite);
    let planned = if is_set_up { plan(&findings, &found).map(Some) } else { Ok(None) };
    if let Ok(Some((_, plan))) = &planned {
        verify::mark_fixable(&findings, plan, &mut found);
    }
    if request.fix {
        return fix(system, environment, request, planned, &found);
    }
    let targets = targets::of_machine(&findings);
    if !is_quiet(request) {
        output::result(report::findings(&found, environment).as_bytes());
    }
    let mut outcomes = ask_all(system, environment, request, &targets);
    if request.prove_address {
        if !is_set_up {
            return Err(nothing_set_up());
        }
        let answers = machines_own(&findings)?;
        match prove::prove(system, environment, &findings, &answers, request.yes)? {
            Proved::Seen(seen) => {
                for outcome in &seen {
                    tell(outcome, environment, request);
                }
                outcomes.extend(seen);
            }
            Proved::Ended(code) => return Ok(code),
        }
    }
    if let Some(seconds) = request.watch {
        match watch::watch(system, &findings, request.log.as_deref(), seconds)? {
            Watched::Seen(outcome) => {
                tell(&outcome, environment, request);
                outcomes.push(outcome);
            }
            Watched::Ended(code) => return Ok(code),
        }
    }
    Ok(report(request, &found, &targets, &outcomes))
}

/// Whether one object or page is wanted instead of lines as they come.
fn is_quiet(request: &arguments::Check) -> bool {
    request.json || request.markdown
}

fn tell(outcome: &Outcome, environment: Environment, request: &arguments::Check) {
    if !is_quiet(request) {
        output::result(output::outcome(outcome, environment).as_bytes());
    }
}

/// Asks whom it may ask, and says so where it may ask nobody.
fn ask_all(
    system: &System,
    environment: Environment,
    request: &arguments::Check,
    targets: &[Target],
) -> Vec<Outcome> {
    output::words(&unasked(system, request, targets).unwrap_or_default());
    if request.rules_only || system.root().is_some() {
        return Vec::new();
    }
    let mut say = |outcome: &Outcome| tell(outcome, environment, request);
    let ask = |target| verify::trials(system, target, Patience::default(), &mut say);
    let outcomes: Vec<Outcome> = targets.iter().flat_map(ask).collect();
    if let Some(traces) = verify::traces(&outcomes) {
        output::words(paragraph("", "", &traces).trim_end());
    }
    outcomes
}

/// Prints the object or page that is wanted, and says how bad it all is.
fn report(request: &arguments::Check, found: &[Diagnosis], targets: &[Target], outcomes: &[Outcome]) -> u8 {
    if request.json {
        output::result(&json::checked(targets, found, outcomes));
    }
    if request.markdown {
        output::result(report::markdown(found, outcomes).as_bytes());
    }
    if !is_quiet(request) {
        output::words(&report::sum(found, outcomes));
    }
    u8::from(worst(found, outcomes) >= Some(request.fail_on.into()))
}

/// Why no server was asked, where none was.
fn unasked(system: &System, request: &arguments::Check, targets: &[Target]) -> Option<String> {
    match system.root() {
        _ if request.rules_only => None,
        Some(root) => Some(format!("No server runs below {}: none was asked.", root.display())),
        None if targets.iter().any(Target::is_unreachable) => Some(
            "A site that listens for the PROXY protocol was not asked: only the proxy in front of it can."
                .to_owned(),
        ),
        None if targets.is_empty() => {
            Some("No server was asked: no site says where Guacamole is.".to_owned())
        }
        None => None,
    }
}

/// The answers that the machine's own set-up comes to.
fn machines_own(findings: &Findings) -> Result<Answers, CliError> {
    Ok(prefill(findings).parse().map_err(AnswersFileError::from)?)
}

/// The machine's own answers, and the plan for them.
fn plan(findings: &Findings, found: &[Diagnosis]) -> Result<(Answers, Plan), CliError> {
    if let Some(site) = untold(findings) {
        return Err(CliError::operator(site, UNTOLD));
    }
    let mut answers = machines_own(findings)?;
    // These are of a proxy on this machine, and what is trusted already is all that its answers would say.
    let lacks_proxy = |own: &Diagnosis| matches!(own.rule, Rule::ProxiesLackProxy | Rule::ProxiesOneFamily);
    if found.iter().any(lacks_proxy) {
        answers.trust = with_loopback(&answers.trust);
    }
    let plan = crate::plan::plan(&answers, findings)?;
    Ok((answers, plan))
}

/// The trusted proxies and this machine's own loopback addresses.
fn with_loopback(trust: &TrustedProxies) -> TrustedProxies {
    let loopback = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)];
    let lacking = loopback.iter().filter(|address| !trust.contains(address)).map(ToString::to_string);
    let all: Vec<String> = trust.entries().into_iter().chain(lacking).collect();
    TrustedProxies::parse(&all.join(", ")).unwrap_or_else(|_| trust.clone())
}

/// Hands what can be mended over to the ordinary plan, with its preview, its transaction and its undo.
fn fix(
    system: &System,
    environment: Environment,
    request: &arguments::Check,
    planned: Result<Option<(Answers, Plan)>, CliError>,
    found: &[Diagnosis],
) -> Result<u8, CliError> {
    let (by_plan, by_hand): (Vec<Diagnosis>, Vec<Diagnosis>) =
        found.iter().cloned().partition(|diagnosis| diagnosis.fixable);
    if !by_hand.is_empty() {
        output::words("These are left to you:");
        output::words(report::findings(&by_hand, environment).trim_end());
    }
    let Some((answers, _)) = planned? else { return Err(nothing_set_up()) };
    if by_plan.is_empty() {
        output::words("There is nothing that a plan would mend.");
        return Ok(0);
    }
    output::words("The plan takes these away:");
    output::words(report::findings(&by_plan, environment).trim_end());
    if !request.yes && !environment.interactive {
        return Err(CliError::no_terminal("guacfront check --fix --yes does it without asking"));
    }
    let how = arguments::CarryOut { yes: request.yes, ..arguments::CarryOut::default() };
    Ok(apply::carry_out(system, environment, &how, &answers)?.unwrap_or(0))
}

fn nothing_set_up() -> CliError {
    CliError::operator("no site of this machine serves Guacamole", "guacfront without a command sets it up")
}

/// The worst of everything found, `None` where nothing was.
fn worst(found: &[Diagnosis], outcomes: &[Outcome]) -> Option<Severity> {
    let of_trials = outcomes.iter().filter_map(|outcome| match outcome.verdict {
        Verdict::Fail => Some(Severity::Error),
        Verdict::Warn => Some(Severity::Warning),
        Verdict::Pass | Verdict::Skipped => None,
    });
    found.iter().map(Diagnosis::severity).chain(of_trials).max()
}
