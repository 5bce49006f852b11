//! Answers and findings in, plan out: the policy, one file a server.
//!
//! Pure: planning twice from what the first plan left behind gives an empty second plan.

mod address;
mod apache;
mod command;
pub mod diff;
mod docker;
mod elsewhere;
mod error;
mod explain;
mod front;
mod hand;
mod new_site;
mod nginx;
mod report;
mod site;
mod stand_in;
pub mod tomcat;
mod written;

pub use address::addresses as public_addresses;
pub use docker::docker_snippet;
pub use elsewhere::{other_half, other_patch};
pub use error::PlanError;
pub use explain::{Language, explain};
pub use report::report;
pub use site::{
    describe as describe_site, describe_all as describe_sites, reference as site_reference,
    resolve as resolve_site,
};
pub use stand_in::stand_in;
pub use written::{NOT_TOUCHED, masked_patch, patch, way_back};

use crate::model::{Answers, Edited, Findings, Plan, Server, ServerXml, Step, TomcatFindings};
use front::Front;
use hand::Hand;
use std::path::PathBuf;

/// Decides what has to be done for the answers to hold on the machine that was found.
///
/// # Errors
/// Where the answers do not fit the machine, or a file cannot be read or edited safely. Nothing is guessed.
pub fn plan(answers: &Answers, findings: &Findings) -> Result<Plan, PlanError> {
    plan_with(answers, findings, None)
}

/// The same, with what becomes of regions that were edited by hand since guacfront wrote them.
///
/// # Errors
/// As [`plan`]; [`PlanError::Edited`] where there are such regions and nothing was chosen.
pub fn plan_with(answers: &Answers, findings: &Findings, edited: Option<Edited>) -> Result<Plan, PlanError> {
    let mut hand = Hand::new(edited);
    let server = answers.frontend.server;
    let mut notes = Vec::new();
    let front = if answers.frontend.here { Some(Front::find(answers, findings, &mut notes)?) } else { None };
    let findings = front.as_ref().map_or(findings, |front| front.findings(findings));
    let tomcat = find_tomcat(answers, findings)?;

    let mut steps = Vec::new();
    // Where Tomcat is told its own name, that is the one that it is asked by.
    let asked = front.as_ref().filter(|_| answers.frontend.pass_host);
    let called: &[String] = asked.map_or(&[], |front| &front.site.names);
    match tomcat {
        Some(tomcat) => {
            let changes = tomcat::revised(answers, tomcat, called, &mut hand, &mut notes)?;
            steps.extend(changes.into_iter().map(Step::File));
        }
        None => notes.extend(elsewhere::tomcat(answers, findings)),
    }
    match &front {
        Some(front) => steps = front.steps(answers, findings, steps, &mut hand, &mut notes)?,
        None if tomcat.is_none() => return Err(no_tomcat(findings, None)),
        None => notes.push(elsewhere::frontend()),
    }
    hand.end(&mut notes)?;
    if !steps.is_empty() {
        steps.extend(
            command::commands(findings, server, tomcat, &steps, &mut notes).into_iter().map(Step::Run),
        );
    }

    let mut resolved = answers.clone();
    let site = front.as_ref().map(|front| front.site.clone());
    // A new site is named by what it is; the file it will stand in is this machine's alone.
    let named = site.as_ref().filter(|_| answers.frontend.new_site.is_none());
    resolved.frontend.site = named.map(|site| site::reference(findings, server, site));
    resolved.backend.server_xml = match tomcat {
        Some(tomcat) => ServerXml::File(tomcat.server_xml.path.clone()),
        None => ServerXml::Absent,
    };
    let path = &answers.frontend.public_path;
    let addresses = site.as_ref().map(|site| address::addresses(server, site, path)).unwrap_or_default();
    Ok(Plan { steps, notes, site, answers: resolved, addresses })
}

/// The configuration that the answers come to, to be pasted by hand: a title and a text each, the frontend's first.
pub fn snippets(answers: &Answers, findings: &Findings) -> [(String, String); 2] {
    let version = find_tomcat(answers, findings).ok().flatten().and_then(|tomcat| tomcat.version.as_ref());
    let (place, frontend) = match answers.frontend.server {
        Server::Nginx => ("nginx, inside the server block", nginx::snippet(answers)),
        Server::Apache => ("Apache httpd, inside the virtual host", apache::snippet(answers)),
    };
    [(place.to_owned(), frontend), ("Tomcat, server.xml".to_owned(), tomcat::snippet(answers, version))]
}

/// The text to paste by hand into the file that a plan failed on: a title and the text; `None` where no file is to blame.
pub fn by_hand(answers: &Answers, findings: &Findings, error: &PlanError) -> Option<(String, String)> {
    let file = error.file()?;
    let is_tomcats = findings.tomcats.iter().any(|tomcat| {
        let mut contexts = tomcat.context_problems.iter();
        tomcat.server_xml.path == file
            || tomcat.server_xml.target == file
            || contexts.any(|own| own.problem.file == file)
    });
    let [frontend, tomcat] = snippets(answers, findings);
    Some(if is_tomcats { tomcat } else { frontend })
}

fn readable(server: Server, findings: &Findings) -> Result<(), PlanError> {
    let found = findings.frontend(server).ok_or(PlanError::NoFrontend { server })?;
    found.problem.map_or(Ok(()), |problem| Err(PlanError::Unreadable(problem.clone())))
}

fn no_tomcat(findings: &Findings, wanted: Option<PathBuf>) -> PlanError {
    PlanError::NoTomcat { wanted, strangers: findings.strangers.clone() }
}

fn find_tomcat<'a>(
    answers: &Answers,
    findings: &'a Findings,
) -> Result<Option<&'a TomcatFindings>, PlanError> {
    match (&answers.backend.server_xml, findings.tomcats.as_slice()) {
        (ServerXml::Absent, _) => Ok(None),
        (ServerXml::File(path), _) => {
            findings.tomcat(path).map(Some).ok_or_else(|| no_tomcat(findings, Some(path.clone())))
        }
        (ServerXml::Found, [tomcat]) => Ok(Some(tomcat)),
        (ServerXml::Found, []) if !answers.backend.host.is_loopback() => Ok(None),
        (ServerXml::Found, []) => Err(no_tomcat(findings, None)),
        (ServerXml::Found, several) => Err(PlanError::ManyTomcats {
            files: several.iter().map(|tomcat| tomcat.server_xml.path.clone()).collect(),
        }),
    }
}
