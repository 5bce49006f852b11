//! The commands that follow the files: the servers' own tests, then reloads, then Tomcat's restart.

use crate::model::{Command, Findings, Note, Purpose, Rule, Server, Service, Step, TomcatFindings};

/// The commands that the steps call for; what cannot be run here is said in a note instead.
pub(super) fn commands(
    findings: &Findings,
    server: Server,
    tomcat: Option<&TomcatFindings>,
    steps: &[Step],
    notes: &mut Vec<Note>,
) -> Vec<Command> {
    let mut commands = Vec::new();
    let touches_tomcat = steps.iter().any(|step| is_edit_of(step, tomcat));
    let touches_frontend = steps.iter().any(|step| !is_edit_of(step, tomcat));
    let service = findings.frontend(server).map(|found| found.service);
    if let Some(root) = &findings.root {
        let text = format!(
            "below {} no server is tested, reloaded or restarted: do that where the files are used",
            root.display()
        );
        notes.push(Note::info(text));
        return commands;
    }
    if touches_frontend && let Some(service) = service {
        match &service.program {
            Some(_) => {
                commands.extend(test(server, service));
                commands.extend(reload(server, service, notes));
            }
            None => notes.push(Note::warning(format!(
                "{server}'s program was not found: its configuration is not tested and not reloaded"
            ))),
        }
    }
    if !touches_tomcat && tomcat.is_some_and(|tomcat| tomcat.service.outdated) {
        let text = "Tomcat has not read its server.xml since it was changed: restart it; running Guacamole sessions end";
        notes.push(Note::warning(text).of(Rule::Outdated));
    }
    if touches_tomcat && let Some(tomcat) = tomcat {
        commands.extend(restart(tomcat, notes));
    }
    commands
}

fn is_edit_of(step: &Step, tomcat: Option<&TomcatFindings>) -> bool {
    match (step, tomcat) {
        (Step::File(change), Some(tomcat)) => change.before.target == tomcat.server_xml.target,
        _ => false,
    }
}

fn test(server: Server, service: &Service) -> Option<Command> {
    // nginx and httpd both know it; apache2ctl's own word for it, configtest, is the script's alone.
    let argv = service.command(&["-t"])?;
    Some(Command { purpose: Purpose::Test, argv, words: format!("{server} tests its configuration") })
}

fn reload(server: Server, service: &Service, notes: &mut Vec<Note>) -> Option<Command> {
    if service.running != Some(true) {
        let text =
            format!("{server} is not running: start it when you are ready, there is nothing to reload");
        notes.push(Note::warning(text).of(Rule::NotRunning));
        return None;
    }
    let argv = match (&service.unit, server) {
        (Some(unit), _) => vec!["/usr/bin/systemctl".to_owned(), "reload".into(), unit.clone()],
        (None, Server::Nginx) => service.command(&["-s", "reload"])?,
        (None, Server::Apache) => service.command(&["-k", "graceful"])?,
    };
    let words = format!("{server} reads its files again");
    Some(Command { purpose: Purpose::Reload, argv, words })
}

fn restart(tomcat: &TomcatFindings, notes: &mut Vec<Note>) -> Option<Command> {
    let service = &tomcat.service;
    match (&service.unit, service.running) {
        (Some(unit), Some(true)) => Some(Command {
            purpose: Purpose::Restart,
            argv: vec!["/usr/bin/systemctl".into(), "restart".into(), unit.clone()],
            words: "Tomcat restarts, as it reads server.xml at its start alone".into(),
        }),
        (None, Some(true)) => {
            let text = "restart Tomcat yourself: it reads server.xml at its start alone, and guacfront knows no service \
                        unit for it. Running Guacamole sessions end";
            notes.push(Note::warning(text));
            None
        }
        _ => {
            let text = "Tomcat is not running: it reads server.xml when you start it";
            notes.push(Note::warning(text).of(Rule::NotRunning));
            None
        }
    }
}
