//! `guacfront show`: the snippets alone, and what the machine of the other half needs.

use super::error::CliError;
use super::{elsewhere, machine, output};
use crate::model::{Server, ServerXml};
use crate::plan::{docker_snippet, snippets};
use crate::system::System;
use std::path::Path;

pub(super) fn run(
    system: &System,
    answers: &Path,
    other: Option<&Path>,
    patch: Option<&Path>,
) -> Result<u8, CliError> {
    let answers = machine::answers(answers)?;
    let findings = machine::look_for(system, &answers);
    let there = elsewhere::seen_from_there(system, &answers);
    if let Some(file) = other {
        elsewhere::save_answers(there.as_ref(), file)?;
    }
    if let Some(file) = patch {
        elsewhere::save_patch(there.as_ref(), file)?;
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
        let text = docker_snippet(&answers, &findings);
        out.push_str(&format!(
            "# Or docker-compose.yml, where Tomcat is in a container\n{}\n",
            text.trim_end()
        ));
    }
    output::result(out.trim_end().as_bytes());
    output::result(b"\n");
    Ok(0)
}
