//! The other machine's half, where the frontend or Tomcat is on another one: its answers, and the valve as a patch.

use super::error::CliError;
use super::{machine, output};
use crate::model::{Answers, Findings, Host, TrustedProxies, io_words, printable_path};
use crate::plan::{other_half, other_patch};
use crate::system::System;
use std::path::Path;

/// The answers for the other machine, with this one's address as that one sees it where only loopback was named; `None`
/// where both halves are here.
pub(super) fn seen_from_there(system: &System, answers: &Answers) -> Option<Answers> {
    let mut there = other_half(answers)?;
    let is_local = there.backend.host.is_loopback();
    let port = there.backend.port.number();
    if there.frontend.here && is_local {
        // The frontend's machine is among the proxies that this Tomcat was told to trust.
        let mut proxies =
            there.trust.nets().iter().map(|net| (net.addr(), net.prefix_len() == net.max_prefix_len()));
        let frontend = proxies.find(|(address, is_one)| *is_one && !address.is_loopback());
        let seen = frontend.and_then(|(address, _)| system.address_towards(&address.to_string(), port));
        there.backend.host = seen.map_or(there.backend.host, Host::Address);
    }
    if !there.frontend.here && !is_local && trusts_itself_alone(&there) {
        let seen = system.address_towards(&there.backend.host.to_string(), port);
        let trust = seen.and_then(|address| TrustedProxies::parse(&address.to_string()).ok());
        there.trust = trust.unwrap_or(there.trust);
    }
    Some(there)
}

/// The same where the other half is on another machine indeed, and not in a container of this one.
pub(super) fn on_another_machine(system: &System, findings: &Findings, answers: &Answers) -> Option<Answers> {
    let host = &answers.backend.host;
    let is_contained = answers.frontend.here && findings.containers_at(host).next().is_some();
    let there = seen_from_there(system, answers).filter(|there| !there.backend.host.is_loopback());
    there.filter(|_| !is_contained)
}

fn trusts_itself_alone(answers: &Answers) -> bool {
    answers.trust.nets().iter().all(|net| net.addr().is_loopback())
}

/// Writes the other machine's answers, and says what to do with them.
pub(super) fn save_answers(there: Option<&Answers>, file: &Path) -> Result<(), CliError> {
    let there = here_alone(there)?;
    save(file, there.to_toml().as_bytes())?;
    let shown = printable_path(file);
    output::words(&format!(
        "Saved {shown}: guacfront apply --answers {shown} does the other half over there."
    ));
    warn_of_loopback(there);
    Ok(())
}

/// Writes the valve as a patch, and says what to do with it.
pub(super) fn save_patch(there: Option<&Answers>, file: &Path) -> Result<(), CliError> {
    let there = here_alone(there)?;
    let patch = other_patch(there)?.ok_or_else(|| {
        CliError::operator(
            "the other half is the frontend's, whose files are not known here",
            "--other FILE writes the answers for guacfront apply over there",
        )
    })?;
    save(file, &patch)?;
    let shown = printable_path(file);
    output::words(&format!(
        "Saved {shown}: patch /path/to/server.xml {shown} does the other half over there, for any Tomcat before 12."
    ));
    warn_of_loopback(there);
    Ok(())
}

fn here_alone(there: Option<&Answers>) -> Result<&Answers, CliError> {
    there.ok_or_else(|| {
        CliError::operator(
            "both halves are on this machine: there is nothing to do on another one",
            "say backend.server_xml = \"none\" where Tomcat is elsewhere, frontend.server = \"none\" where the frontend is",
        )
    })
}

fn save(file: &Path, bytes: &[u8]) -> Result<(), CliError> {
    machine::save(file, bytes).map_err(|error| {
        let message = format!("{}: {}", printable_path(file), io_words(&error));
        CliError::operator(message, "name a file that is not there yet")
    })
}

fn warn_of_loopback(there: &Answers) {
    if trusts_itself_alone(there) && !there.frontend.here {
        output::words("warning: name this machine's address, as Tomcat sees it, in its trust.proxies first.");
    }
    if there.frontend.here && there.backend.host.is_loopback() {
        output::words("warning: name Tomcat's address, as the frontend sees it, in its backend.host first.");
    }
}
