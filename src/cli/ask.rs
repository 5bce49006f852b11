//! The wizard: on the whole terminal, or as plain questions.

use super::arguments::CarryOut;
use super::condition::condition;
use super::environment::Environment;
use super::error::CliError;
use super::machine::ANSWERS_FILE;
use super::{apply, interactive, machine, output, rights};
use crate::model::{Draft, Edited, Findings, Plan, Purpose, io_words};
use crate::plain;
use crate::system::System;
use crate::wizard::{FollowUps, prefill};
use std::path::Path;

pub(super) fn run(
    system: &System,
    environment: Environment,
    answers: Option<&Path>,
    as_plain: bool,
    confirm: Option<u64>,
) -> Result<u8, CliError> {
    if !environment.interactive {
        return Err(CliError::no_terminal(
            "guacfront apply --answers FILE --yes does it without asking; guacfront answers prints a file to begin with",
        ));
    }
    if as_plain || environment.is_dumb {
        return as_questions(system, environment, answers, confirm);
    }
    let given = answers.map(machine::draft).transpose()?;
    interactive::run(system, environment, given, confirm)
}

/// The wizard as plain questions, then what `apply` does with the answers.
fn as_questions(
    system: &System,
    environment: Environment,
    answers: Option<&Path>,
    confirm: Option<u64>,
) -> Result<u8, CliError> {
    let given = answers.map(machine::draft).transpose()?;
    let findings = machine::look_closely(system, given.as_ref().and_then(Draft::named_server_xml));
    let mut draft = given.unwrap_or_else(|| prefill(&findings));
    let condition = condition(&findings);
    let (answers, plan, looked) = loop {
        let look = |address| interactive::look_at(system, address);
        let asked = plain::ask(findings.clone(), draft, condition.clone(), look)?;
        let Some(answers) = asked else { return Ok(0) };
        // What stays of an edited region is asked later.
        let looked = machine::look_for(system, &answers);
        match machine::plan(&answers, &looked, Some(Edited::Keep)) {
            Ok(plan) => break (answers, plan, looked),
            Err(error) => error.print(),
        }
        output::words("All is asked again, with these answers; Ctrl-D leaves.");
        draft = Draft::from(&answers);
    };
    let no_restart = ends_sessions(&plan, &looked)
        && !plain::confirm(
            "Tomcat reads server.xml at its start alone, and running Guacamole sessions end. Restart it?",
        )?;
    let how = CarryOut { no_restart, confirm, ..CarryOut::default() };
    if let Some(code) = apply::carry_out(system, environment, &how, &answers)? {
        return Ok(code);
    }
    // Nobody is to answer all of it twice, who only wants to think it over.
    if plain::confirm(&format!("Save the answers to {ANSWERS_FILE}?"))? {
        machine::save(Path::new(ANSWERS_FILE), answers.to_toml().as_bytes())
            .map_err(|error| CliError::machine(format!("{ANSWERS_FILE}: {}", io_words(&error))))?;
        output::words(&format!("To apply them:\n{}", rights::apply_line(system, ANSWERS_FILE)));
    }
    Ok(0)
}

/// Whether Tomcat would be restarted where Guacamole is in use: as in the form, sessions are ended by nobody's Enter.
fn ends_sessions(plan: &Plan, findings: &Findings) -> bool {
    let restarts = plan.runs(Purpose::Restart);
    restarts && !FollowUps::usual(findings).options.restart
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests lay out trees themselves")]
mod tests {
    use super::*;
    use crate::cli::lay_out_demo;
    use crate::model::Service;
    use crate::wizard::Wizard;

    fn demo(lay: impl FnOnce(&Path)) -> Findings {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let tree = folder.path().join("machine");
        lay_out_demo(&tree).expect("the demo machine is laid out");
        lay(&tree);
        let mut findings = crate::probe::probe(&System::below(&tree).expect("the tree is there"));
        findings.root = None;
        findings.tomcats[0].service =
            Service { unit: Some("tomcat10.service".into()), running: Some(true), ..Service::default() };
        findings
    }

    #[test]
    fn tomcat_is_restarted_unasked_only_where_nobody_uses_guacamole_yet() {
        let in_use = "server {\n    listen 81;\n    location /guacamole/ { proxy_pass http://127.0.0.1:8080/guacamole/; }\n}\n";
        for (site, wanted) in [("", false), (in_use, true)] {
            let findings = demo(|tree| {
                std::fs::write(tree.join("etc/nginx/sites-enabled/own"), site).expect("it is written");
            });
            let wizard = Wizard::new(findings.clone(), prefill(&findings));
            let plan = wizard.plan().expect("a plan");
            assert!(plan.runs(Purpose::Restart), "{site}");
            assert_eq!(ends_sessions(plan, &findings), wanted, "{site}");
        }
    }
}
