//! What the configuration says: every rule held against the files' own bytes.
//!
//! Nothing of guacfront's needs to be there: a set-up by hand is read as its servers read it. All but the machine's
//! own rules are pure over the findings.

mod apache;
mod nginx;
mod route;
mod system;
mod tomcat;

use super::diagnosis::Diagnosis;
use crate::model::{Findings, Led, Plan, Rule, Server, Step, TomcatFindings};
use crate::system::System;
use route::Route;
use std::path::Path;
use std::sync::Arc;

const FORWARDED_FOR: &str = "X-Forwarded-For";
const FORWARDED_PROTO: &str = "X-Forwarded-Proto";

/// Every rule that the findings break, worst first.
pub fn rules(findings: &Findings) -> Vec<Diagnosis> {
    let (_, mut found) = judged(findings);
    sort(&mut found);
    found
}

/// What the findings break, in no order, and where their files lead.
fn judged(findings: &Findings) -> (Vec<Route>, Vec<Diagnosis>) {
    let (number, routes, mut found) = configurations(findings);
    let is_read = found.iter().all(|diagnosis| !matches!(diagnosis.rule, Rule::Unreadable | Rule::Forbidden));
    let is_there = |server| findings.sites(server).iter().any(|site| site.guacamole().is_some());
    let is_nowhere = number == 0 && !Server::ALL.into_iter().any(is_there);
    if is_nowhere && is_read && !is_backend_alone(findings) {
        found.push(Diagnosis::new(
            Rule::NoSite,
            "neither nginx nor Apache httpd hands requests to a Guacamole",
        ));
    }
    (routes, found)
}

/// The same with the rules that need a look at the machine beyond its configurations: `SELinux`, processes, ports,
/// logs, fail2ban, firewalls. Nothing is changed.
pub fn rules_of_machine(system: &System, findings: &Findings) -> Vec<Diagnosis> {
    let (routes, mut found) = judged(findings);
    found.extend(system::look(system, findings, &routes, &found));
    if let Some(none) = found.iter_mut().find(|diagnosis| diagnosis.rule == Rule::NoSite)
        && let Some(located) = system::unloaded_site(system, findings)
    {
        *none = located;
    }
    sort(&mut found);
    found
}

/// Adds what the servers themselves say of their configuration, where they refuse it.
pub fn add_refusals(system: &System, findings: &Findings, found: &mut Vec<Diagnosis>) {
    if system.root().is_none() {
        found.extend(system::refused(system, findings, found));
        sort(found);
    }
}

/// Tells of each breach whether a plan takes it away: the rules are held against the files as they will be.
pub fn mark_fixable(findings: &Findings, plan: &Plan, found: &mut [Diagnosis]) {
    let (_, _, left) = configurations(&after(findings, plan));
    for diagnosis in found {
        let is_of_files = diagnosis.file.as_deref().is_some_and(|file| findings.file(file).is_some());
        let count = |list: &[Diagnosis]| list.iter().filter(|other| same(other, diagnosis)).count();
        diagnosis.fixable = is_of_files && count(&left) == 0;
    }
}

fn same(a: &Diagnosis, b: &Diagnosis) -> bool {
    a.rule == b.rule && a.file == b.file
}

/// Whether Guacamole is here and its proxy is elsewhere.
fn is_backend_alone(findings: &Findings) -> bool {
    let mut guacamoles = findings.tomcats.iter().flat_map(TomcatFindings::guacamoles);
    findings.nginx.is_none() && findings.apache.is_none() && guacamoles.next().is_some()
}

/// What the files of the findings say: how many sections serve a Guacamole, where they lead, and what is wrong.
fn configurations(findings: &Findings) -> (usize, Vec<Route>, Vec<Diagnosis>) {
    let (mut number, mut routes, mut found) = (0, Vec::new(), Vec::new());
    let leads = |led: &Led<'_>| led.to_guacamole(&findings.tomcats);
    let valve = Headers::of(&findings.tomcats);
    if let Some(nginx) = &findings.nginx {
        number += nginx::look(nginx, &leads, &valve, &mut routes, &mut found);
    }
    if let Some(apache) = &findings.apache {
        number += apache::look(apache, &leads, &valve, &mut routes, &mut found);
    }
    let local: Vec<&Route> = routes.iter().filter(|route| route.is_local(&findings.addresses)).collect();
    tomcat::look(findings, &local, is_backend_alone(findings), &mut found);
    found.extend(tomcat::unknown(findings, &routes));
    (number, routes, found)
}

/// The headers in which Tomcat looks for the client's address and scheme.
struct Headers {
    client: String,
    scheme: String,
}

impl Headers {
    /// What the valves of this machine ask for, where all of them ask for the same.
    ///
    /// # Source
    /// Tomcat, configuration reference, Remote IP Valve: the defaults.
    fn of(tomcats: &[TomcatFindings]) -> Self {
        let mut asked: Vec<(String, String)> = tomcats.iter().flat_map(tomcat::headers).collect();
        asked.dedup();
        match asked.as_slice() {
            [(client, scheme)] => Self { client: client.clone(), scheme: scheme.clone() },
            _ => Self { client: FORWARDED_FOR.to_owned(), scheme: FORWARDED_PROTO.to_owned() },
        }
    }
}

/// The findings as a plan will leave them.
fn after(findings: &Findings, plan: &Plan) -> Findings {
    let mut after = findings.clone();
    for change in plan.changes() {
        let nginx = after.nginx.iter_mut().flat_map(|nginx| &mut nginx.files);
        let apache = after.apache.iter_mut().flat_map(|apache| &mut apache.files);
        let tomcats = after.tomcats.iter_mut().map(|tomcat| &mut tomcat.server_xml);
        for file in nginx.chain(apache).chain(tomcats) {
            if file.target == change.before.target {
                file.bytes = Arc::clone(&change.after);
            }
        }
    }
    if let Some(apache) = &mut after.apache {
        let links = plan.steps.iter().filter_map(|step| match step {
            Step::Link { path, .. } => module_of(path),
            Step::File(_) | Step::Run(_) => None,
        });
        apache.built_in.extend(links);
    }
    after
}

/// The module that a link in mods-enabled loads.
fn module_of(link: &Path) -> Option<String> {
    let name = link.file_name()?.to_str()?;
    name.strip_suffix(".load").map(ToOwned::to_owned)
}

fn unreadable(problem: &crate::model::Problem, bytes: Option<&[u8]>) -> Diagnosis {
    // The server reads as another user: what is forbidden here is no fault of the file.
    let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied).to_string();
    let is_denied = problem.message.to_ascii_lowercase().contains(&denied);
    let rule = if is_denied { Rule::Forbidden } else { Rule::Unreadable };
    let mut diagnosis = match (problem.at, bytes) {
        (Some((line, _)), Some(bytes)) => Diagnosis::at(rule, &problem.file, bytes, line, &problem.message),
        (at, _) => Diagnosis { line: at.map(|(line, _)| line), ..Diagnosis::new(rule, &problem.message) },
    };
    diagnosis.file = Some(problem.file.clone());
    diagnosis
}

/// The worst first, of the worst what lets nothing through; of equals by code, then as they were found. What several
/// sites include is told once.
fn sort(found: &mut Vec<Diagnosis>) {
    let mut each: Vec<Diagnosis> = Vec::with_capacity(found.len());
    for diagnosis in found.drain(..) {
        if !each.contains(&diagnosis) {
            each.push(diagnosis);
        }
    }
    let rank = |rule: Rule| CAUSES.iter().position(|own| *own == rule).unwrap_or(CAUSES.len());
    each.sort_by_key(|own| (std::cmp::Reverse(own.severity()), rank(own.rule), own.rule.code()));
    *found = each;
}

/// Errors after which nothing of Guacamole comes, by which one would begin.
const CAUSES: [Rule; 19] = [
    Rule::Unreadable,
    Rule::NotRunning,
    Rule::PortTaken,
    Rule::Selinux,
    Rule::NoSite,
    Rule::ModuleMissing,
    Rule::AccessCompat,
    Rule::NoHttpConnector,
    Rule::AjpUsed,
    Rule::Unconverted,
    Rule::NotDeployed,
    Rule::DeadServer,
    Rule::DeadVirtualHost,
    Rule::AnsweredFirst,
    Rule::LeadsAway,
    Rule::ApacheTakenOver,
    Rule::RequireCloses,
    Rule::Slash,
    Rule::ApacheSlash,
];

#[cfg(test)]
mod tests;
