//! `guacfront answers`: what the machine holds now.

use super::environment::Environment;
use super::error::CliError;
use super::{machine, output};
use crate::model::{AnswersFileError, Existing, Findings, Server, printable, printable_lines};
use crate::plan::describe_site;
use crate::system::System;
use crate::wizard::prefill;

/// What to do where a site does not say where its Guacamole is.
pub(super) const UNTOLD: &str = "a variable, a rewriting, a Unix socket, a balancer, TLS or AJP decides it, and a plan \
                                 would be a guess: guacfront without a command asks for it";

pub(super) fn run(system: &System, environment: Environment) -> Result<u8, CliError> {
    let findings = machine::known(system, None);
    // What stands in a hand-written file need not be something guacfront would accept as an answer.
    let answers = prefill(&findings).parse().map_err(|errors| {
        let error = CliError::from(AnswersFileError::from(errors));
        match untold(&findings) {
            Some(site) => error.with(&format!("{site}\n{UNTOLD}")),
            None => error,
        }
    })?;
    let text = answers.to_toml();
    // TOML has no escape for all that a terminal would take for its own; in a file the answers are as they are.
    let shown = if environment.output_is_terminal { printable_lines(&text) } else { text };
    output::result(shown.as_bytes());
    Ok(0)
}

/// The first site whose Guacamole is at a place that only the running server knows, or that plain HTTP does not reach.
pub(super) fn untold(findings: &Findings) -> Option<String> {
    let is_told = |own: &Existing| own.host.is_some() && own.port.is_some() && own.context.is_some();
    let sites = Server::ALL.into_iter().flat_map(|server| findings.sites(server));
    sites.filter(|site| site.shadowed_by.is_none()).find_map(|site| {
        let own = site.guacamoles.iter().find(|own| !is_told(own))?;
        let (site, path) = (printable(&describe_site(findings, site)), printable(&own.public_path));
        Some(format!("{site}: where the Guacamole for {path} is cannot be told"))
    })
}
