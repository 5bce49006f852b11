//! `guacfront show`: the snippets alone.

use super::error::CliError;
use super::{machine, output};
use crate::model::Server;
use crate::plan::snippets;
use crate::system::System;
use std::path::Path;

pub(super) fn run(system: &System, answers: &Path) -> Result<u8, CliError> {
    let answers = machine::answers(answers)?;
    let findings = crate::probe::probe(system);
    let mut out = String::new();
    for (at, (title, text)) in snippets(&answers, &findings).into_iter().enumerate() {
        let is_frontend = at == 0;
        let title = match (is_frontend, answers.frontend.server) {
            (true, Server::Nginx | Server::Apache) => format!("# {title}"),
            (false, _) => format!("<!-- {title} -->"),
        };
        out.push_str(&format!("{title}\n{}\n\n", text.trim_end()));
    }
    output::result(out.trim_end().as_bytes());
    output::result(b"\n");
    Ok(0)
}
