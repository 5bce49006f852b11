//! `check --watch`: the next login, and the address that Guacamole recorded.

use crate::cli::error::CliError;
use crate::cli::output;
use crate::cli::signals::Signals;
use crate::model::{Findings, printable_path};
use crate::system::System;
use crate::verify::{Login, Outcome};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often the logs are looked at.
const AGAIN: Duration = Duration::from_millis(300);

/// How the watch ended.
pub(super) enum Watched {
    /// A login, or none in time.
    Seen(Outcome),
    /// A signal, and the exit code that it asks for.
    Ended(u8),
}

/// Waits for a login, so many seconds at most.
pub(super) fn watch(
    system: &System,
    findings: &Findings,
    log: Option<&Path>,
    seconds: u64,
) -> Result<Watched, CliError> {
    let (files, units) = match log {
        Some(file) => (vec![file.to_owned()], Vec::new()),
        None => logs(findings),
    };
    let mut follow = system.follow(&files, &units);
    if follow.is_idle(system) {
        return Err(CliError::operator(
            "no log of Guacamole's is known here",
            "name the file in which its logins stand: guacfront check --watch --log FILE",
        ));
    }
    let names: Vec<String> = files.iter().map(|file| printable_path(file)).chain(units).collect();
    let names = names.join(", ");
    output::words(&format!(
        "Log in to Guacamole now, through the public address and from another machine if you can. Watched for {seconds} s: \
         {names}"
    ));
    let signals = Signals::watch()?;
    let until = system.deadline(Duration::from_secs(seconds));
    loop {
        if let Some(login) = follow.lines(system).iter().find_map(|line| Login::read(line)) {
            return Ok(Watched::Seen(login.outcome(&names, |ip| system.has_address(ip))));
        }
        if let Some(code) = signals.code() {
            return Ok(Watched::Ended(code));
        }
        if until.left().is_zero() {
            return Ok(Watched::Seen(Login::missed(&names, seconds)));
        }
        system.pause(AGAIN);
    }
}

/// Where a Tomcat's applications log: what it prints, kept in a file or by the journal.
fn logs(findings: &Findings) -> (Vec<PathBuf>, Vec<String>) {
    let mut files: Vec<PathBuf> =
        findings.tomcats.iter().map(|tomcat| tomcat.base.join("logs/catalina.out")).collect();
    let mut units: Vec<String> =
        findings.tomcats.iter().filter_map(|tomcat| tomcat.service.unit.clone()).collect();
    files.dedup();
    units.dedup();
    (files, units)
}
