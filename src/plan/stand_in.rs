//! A copy of Guacamole's section that leads to a stand-in for its backend, for as long as something is tried on it.

use super::{PlanError, apache, command, nginx, public_addresses, site};
use crate::model::{Answers, Findings, Plan, PublicPath, Server, Step};

/// Puts a copy of the section that serves Guacamole beside it, everything in it the same but for the public path and
/// the backend, which listens on 127.0.0.1 at `port`; to be taken back when what was wanted is known.
///
/// # Errors
/// Where the answers name no such site, or what stands in it cannot be copied without a guess.
pub fn stand_in(
    answers: &Answers,
    findings: &Findings,
    port: u16,
    path: &PublicPath,
) -> Result<Plan, PlanError> {
    let server = answers.frontend.server;
    let site = site::resolve(findings, server, answers.frontend.site.as_ref())?;
    let steps = match (server, &findings.nginx, &findings.apache) {
        (Server::Nginx, Some(nginx), _) => vec![Step::File(nginx::stand_in(nginx, site, port, path)?)],
        (Server::Apache, _, Some(apache)) => apache::stand_in(answers, apache, site, port, path)?,
        _ => return Err(PlanError::NoFrontend { server }),
    };
    let mut notes = Vec::new();
    let commands = command::commands(findings, server, None, &steps, &mut notes);
    let steps = steps.into_iter().chain(commands.into_iter().map(Step::Run)).collect();
    let addresses = public_addresses(server, site, path);
    Ok(Plan { steps, notes, site: Some(site.clone()), answers: answers.clone(), addresses })
}
