//! `guacfront answers`: what the machine holds now.

use super::environment::Environment;
use super::error::CliError;
use super::output;
use crate::model::{AnswersFileError, Draft, Findings, Server, printable, printable_lines};
use crate::plan::describe_site;
use crate::system::System;
use crate::wizard::prefill;

pub(super) fn run(system: &System, environment: Environment) -> Result<u8, CliError> {
    let findings = crate::probe::probe(system);
    let draft = prefill(&findings);
    // What stands in a hand-written file need not be something guacfront would accept as an answer.
    let answers = draft.parse().map_err(|errors| {
        let error = CliError::from(AnswersFileError::from(errors));
        match untold(&findings, &draft) {
            Some(why) => error.with(&why),
            None => error,
        }
    })?;
    let text = answers.to_toml();
    // TOML has no escape for all that a terminal would take for its own; in a file the answers are as they are.
    let shown = if environment.output_is_terminal { printable_lines(&text) } else { text };
    output::result(shown.as_bytes());
    Ok(0)
}

/// Which section it is of which only the running server knows where it leads, and what to do.
fn untold(findings: &Findings, draft: &Draft) -> Option<String> {
    let server = Server::ALL.into_iter().find(|server| server.key() == draft.server)?;
    findings.sites(server).iter().find_map(|site| {
        let own = site.guacamole()?;
        let is_told = own.host.is_some() && own.port.is_some() && own.context.is_some();
        (!is_told).then(|| {
            format!(
                "of the section for {} in {}, no file tells host, port and context path of plain HTTP: a socket, a balancer, \
                 TLS, AJP, a variable or a rewriting stands there; run guacfront, which asks for them",
                printable(&own.public_path),
                printable(&describe_site(findings, site))
            )
        })
    })
}
