//! Answers and findings in, plan out: the policy, one file a server.
//!
//! Pure: planning twice from what the first plan left behind gives an empty second plan.

mod address;
mod apache;
mod command;
pub mod diff;
mod error;
mod explain;
mod hand;
mod new_site;
mod nginx;
mod site;
pub mod tomcat;

pub use address::addresses as public_addresses;
pub use error::PlanError;
pub use explain::{Language, explain};
pub use site::{describe as describe_site, describe_all as describe_sites, reference as site_reference};

use crate::model::{Answers, Edited, Findings, Note, Plan, Rule, Server, ServerXml, Step, TomcatFindings};
use hand::Hand;

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
    readable(server, findings)?;
    let mut notes = Vec::new();
    let made = new_site(answers, findings, &mut notes)?;
    let findings = made.as_ref().map_or(findings, |made| &made.findings);
    let already = answers.frontend.new_site.as_ref();
    let site = match (&made, already.and_then(|new| new_site::existing(findings, server, new))) {
        (Some(made), _) => &made.site,
        (None, Some(site)) => site,
        (None, None) => site::resolve(findings, server, answers.frontend.site.as_ref())?,
    };
    let tomcat = find_tomcat(answers, findings)?;

    let mut steps = Vec::new();
    match tomcat {
        Some(tomcat) => steps.extend(tomcat::revised(answers, tomcat, &mut hand, &mut notes)?.into_iter().map(Step::File)),
        None => notes.push(
            Note::warning(format!(
                "Tomcat is not on this machine: give the one at {}:{} the valve that guacfront show prints, or it takes every \
                 user for this proxy",
                answers.backend.host, answers.backend.port
            ))
            .of(Rule::ValveMissing),
        ),
    }
    match (server, &findings.nginx, &findings.apache) {
        (Server::Nginx, Some(nginx), _) => {
            steps.extend(
                nginx::changes(answers, nginx, site, &mut hand, &mut notes)?.into_iter().map(Step::File),
            );
        }
        (Server::Apache, _, Some(apache)) => {
            steps.extend(apache::changes(answers, apache, site, &mut hand, &mut notes)?);
        }
        _ => return Err(PlanError::NoFrontend { server }),
    }
    hand.end(&mut notes)?;
    if let Some(made) = &made {
        steps = made.real(steps);
    }
    if !steps.is_empty() {
        steps.extend(
            command::commands(findings, server, tomcat, &steps, &mut notes).into_iter().map(Step::Run),
        );
    }

    let mut resolved = answers.clone();
    // A new site is named by what it is; the file it will stand in is this machine's alone.
    let has_name = answers.frontend.new_site.is_some();
    resolved.frontend.site = (!has_name).then(|| site::reference(findings, server, site));
    resolved.backend.server_xml = match tomcat {
        Some(tomcat) => ServerXml::File(tomcat.server_xml.path.clone()),
        None => ServerXml::Absent,
    };
    let addresses = address::addresses(server, site, &answers.frontend.public_path);
    Ok(Plan { steps, notes, site: site.clone(), answers: resolved, addresses })
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
    let is_tomcats = findings
        .tomcats
        .iter()
        .any(|tomcat| tomcat.server_xml.path == file || tomcat.server_xml.target == file);
    let [frontend, tomcat] = snippets(answers, findings);
    Some(if is_tomcats { tomcat } else { frontend })
}

/// The new site that is asked for, where it is not there yet.
fn new_site(
    answers: &Answers,
    findings: &Findings,
    notes: &mut Vec<Note>,
) -> Result<Option<new_site::Made>, PlanError> {
    let (server, path) = (answers.frontend.server, &answers.frontend.public_path);
    let Some(new) = &answers.frontend.new_site else { return Ok(None) };
    if new_site::existing(findings, server, new).is_some() {
        return Ok(None);
    }
    let root_leads_to = (!path.is_root()).then(|| path.as_str());
    new_site::make(findings, server, new, root_leads_to, notes).map(Some)
}

fn readable(server: Server, findings: &Findings) -> Result<(), PlanError> {
    let problem = match server {
        Server::Nginx => findings.nginx.as_ref().map(|nginx| &nginx.problem),
        Server::Apache => findings.apache.as_ref().map(|apache| &apache.problem),
    };
    match problem {
        None => Err(PlanError::NoFrontend { server }),
        Some(Some(problem)) => Err(PlanError::Unreadable(problem.clone())),
        Some(None) => Ok(()),
    }
}

fn find_tomcat<'a>(
    answers: &Answers,
    findings: &'a Findings,
) -> Result<Option<&'a TomcatFindings>, PlanError> {
    match (&answers.backend.server_xml, findings.tomcats.as_slice()) {
        (ServerXml::Absent, _) => Ok(None),
        (ServerXml::File(path), tomcats) => tomcats
            .iter()
            .find(|tomcat| tomcat.server_xml.path == *path || tomcat.server_xml.target == *path)
            .map(Some)
            .ok_or_else(|| PlanError::NoTomcat { wanted: Some(path.clone()) }),
        (ServerXml::Found, [tomcat]) => Ok(Some(tomcat)),
        (ServerXml::Found, []) if !answers.backend.host.is_loopback() => Ok(None),
        (ServerXml::Found, []) => Err(PlanError::NoTomcat { wanted: None }),
        (ServerXml::Found, several) => Err(PlanError::ManyTomcats {
            files: several.iter().map(|tomcat| tomcat.server_xml.path.clone()).collect(),
        }),
    }
}
