//! `guacfront show`: the snippets alone, and the answers for the machine of the other half.

use super::error::CliError;
use super::{machine, output};
use crate::model::{Answers, Server, ServerXml, TrustedProxies, io_words, printable_path};
use crate::plan::{docker_snippet, other_half, snippets};
use crate::system::System;
use std::path::Path;

pub(super) fn run(system: &System, answers: &Path, other: Option<&Path>) -> Result<u8, CliError> {
    let answers = machine::answers(answers)?;
    let findings = crate::probe::probe(system);
    let there = other_half(&answers).map(|there| seen_from_there(system, there));
    if let Some(file) = other {
        save(there.as_ref(), file)?;
    }
    let mut out = String::new();
    for (at, (title, text)) in snippets(&answers, &findings).into_iter().enumerate() {
        let is_frontend = at == 0;
        let title = match (is_frontend, answers.frontend.server) {
            (true, Server::Nginx | Server::Apache) => format!("# {title}"),
            (false, _) => format!("<!-- {title} -->"),
        };
        out.push_str(&format!("{title}\n{}\n\n", text.trim_end()));
    }
    if answers.backend.server_xml == ServerXml::Absent {
        let text = docker_snippet(&answers);
        out.push_str(&format!(
            "# Or docker-compose.yml, where Tomcat is in a container\n{}\n",
            text.trim_end()
        ));
    }
    output::result(out.trim_end().as_bytes());
    output::result(b"\n");
    Ok(0)
}

fn save(there: Option<&Answers>, file: &Path) -> Result<(), CliError> {
    let Some(there) = there else {
        return Err(CliError::operator(
            "both halves are on this machine: there are no answers for another one",
            "say backend.server_xml = \"none\" where Tomcat is elsewhere, frontend.server = \"none\" where the frontend is",
        ));
    };
    machine::save(file, there.to_toml().as_bytes()).map_err(|error| {
        CliError::operator(
            format!("{}: {}", file.display(), io_words(&error)),
            "name a file that is not there yet",
        )
    })?;
    let shown = printable_path(file);
    output::words(&format!(
        "Saved {shown}: guacfront apply --answers {shown} does the other half over there."
    ));
    if there.trust.nets().iter().all(|net| net.addr().is_loopback()) && !there.frontend.here {
        output::words("warning: name this machine's address, as Tomcat sees it, in its trust.proxies first.");
    }
    if there.frontend.here && there.backend.host.is_loopback() {
        output::words("warning: name Tomcat's address, as the frontend sees it, in its backend.host first.");
    }
    Ok(())
}

/// Trusts this machine by the address that the other one sees it by, where only loopback was named.
fn seen_from_there(system: &System, mut there: Answers) -> Answers {
    let is_local = there.trust.nets().iter().all(|net| net.addr().is_loopback());
    let backend = &there.backend;
    if is_local && !there.frontend.here && !backend.host.is_loopback() {
        let seen = system.address_towards(&backend.host.to_string(), backend.port.number());
        let trust = seen.and_then(|address| TrustedProxies::parse(&address.to_string()).ok());
        there.trust = trust.unwrap_or(there.trust);
    }
    there
}
