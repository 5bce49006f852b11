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
use crate::model::{Findings, Plan, Rule, Server, Step};
use crate::system::System;
use route::Route;
use std::path::Path;
use std::sync::Arc;

/// Every rule that the findings break, worst first.
pub fn rules(findings: &Findings) -> Vec<Diagnosis> {
    let (routes, mut found) = configurations(findings);
    let is_read = found.iter().all(|diagnosis| !matches!(diagnosis.rule, Rule::Unreadable | Rule::Forbidden));
    let is_there = |server| findings.sites(server).iter().any(|site| site.guacamole().is_some());
    let is_nowhere = routes.is_empty() && !Server::ALL.into_iter().any(is_there);
    if is_nowhere && is_read && !is_backend_alone(findings) {
        found.push(Diagnosis::new(
            Rule::NoSite,
            "neither nginx nor Apache httpd hands requests to a Guacamole",
        ));
    }
    sort(&mut found);
    found
}

/// The same with the rules that need a look at the machine beyond its configurations: `SELinux`, processes, ports,
/// logs, fail2ban, firewalls. Nothing is changed.
pub fn rules_of_machine(system: &System, findings: &Findings) -> Vec<Diagnosis> {
    let mut found = rules(findings);
    let (routes, _) = configurations(findings);
    found.extend(system::look(system, findings, &routes, &found));
    sort(&mut found);
    found
}

/// Tells of each breach whether a plan takes it away: the rules are held against the files as they will be.
pub fn mark_fixable(findings: &Findings, plan: &Plan, found: &mut [Diagnosis]) {
    let (_, left) = configurations(&after(findings, plan));
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
    let mut contexts = findings.tomcats.iter().flat_map(|tomcat| &tomcat.contexts);
    findings.nginx.is_none() && findings.apache.is_none() && contexts.any(|path| path.contains("guac"))
}

/// What the files of the findings say, and where they lead.
fn configurations(findings: &Findings) -> (Vec<Route>, Vec<Diagnosis>) {
    let (mut routes, mut found) = (Vec::new(), Vec::new());
    if let Some(nginx) = &findings.nginx {
        nginx::look(nginx, &mut routes, &mut found);
    }
    if let Some(apache) = &findings.apache {
        apache::look(apache, &mut routes, &mut found);
    }
    tomcat::look(&findings.tomcats, &routes, is_backend_alone(findings), &mut found);
    (routes, found)
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

/// The worst first; of equals by code, then as they were found.
fn sort(found: &mut [Diagnosis]) {
    found.sort_by_key(|diagnosis| (std::cmp::Reverse(diagnosis.severity()), diagnosis.rule.code()));
}

#[cfg(test)]
mod tests;
