//! A copy of Guacamole's section that leads to a stand-in for its backend, for as long as something is tried on it.

use super::{PlanError, apache, command, nginx, public_addresses, site::reference};
use crate::model::{Answers, Findings, Plan, PublicPath, Server, Site, Step};

/// Puts a copy of the section that serves one Guacamole of a site beside it, everything in it the same but for the public
/// path and the backend, which listens on 127.0.0.1 at `port`; to be taken back when what was wanted is known.
///
/// Of the answers all but the site is taken.
///
/// # Errors
/// Where the site has no such section, or what stands in it cannot be copied without a guess.
pub fn stand_in(
    answers: &Answers,
    findings: &Findings,
    (server, site, served_at): (Server, &Site, &str),
    port: u16,
    path: &PublicPath,
) -> Result<Plan, PlanError> {
    let mut answers = answers.clone();
    answers.frontend.server = server;
    answers.frontend.site = Some(reference(findings, server, site));
    let steps = match (server, &findings.nginx, &findings.apache) {
        (Server::Nginx, Some(nginx), _) => {
            vec![Step::File(nginx::stand_in(nginx, (site, served_at), port, path)?)]
        }
        (Server::Apache, _, Some(apache)) => {
            apache::stand_in(&answers, apache, (site, served_at), port, path)?
        }
        _ => return Err(PlanError::NoFrontend { server }),
    };
    let mut notes = Vec::new();
    let commands = command::commands(findings, server, None, &steps, &mut notes);
    let steps = steps.into_iter().chain(commands.into_iter().map(Step::Run)).collect();
    let addresses = public_addresses(server, site, path);
    Ok(Plan { steps, notes, site: Some(site.clone()), answers, addresses })
}
