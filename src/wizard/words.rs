//! What was found, in words.

use crate::model::{
    ConnectorKind, Container, Existing, Findings, Problem, Server, Service, Site, Stranger, TomcatFindings,
    printable_path,
};
use crate::plan::describe_site;

/// How many of the paths that cannot be written are named.
const NAMED: usize = 3;

/// One line about the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingLine {
    /// What it is about, `nginx`; empty where it goes on about the line before.
    pub about: &'static str,
    /// What was found.
    pub text: String,
    /// Whether it wants attention.
    pub warning: bool,
}

/// What was found on the machine, line by line; nothing found is said too.
pub fn describe_machine(findings: &Findings) -> Vec<FindingLine> {
    let mut lines = Vec::new();
    if let Some(root) = &findings.root {
        lines.push(line("tree", format!("{} stands for the machine: no server is touched", root.display())));
    }
    for server in Server::ALL {
        frontend(findings, server, &mut lines);
    }
    if !findings.has_tomcat() && findings.containers.is_empty() {
        lines.push(line("Tomcat", "not on this machine".into()));
    }
    lines.extend(findings.containers.iter().map(container));
    for found in &findings.tomcats {
        tomcat(found, &mut lines);
    }
    lines.extend(findings.strangers.iter().map(stranger));
    lines.extend(unwritable(findings));
    lines
}

/// The rights that are missing, in a line, and what to do about it.
fn unwritable(findings: &Findings) -> Option<FindingLine> {
    let paths = &findings.unwritable;
    let named: Vec<String> = paths.iter().take(NAMED).map(|path| printable_path(path)).collect();
    let more = match paths.len().checked_sub(NAMED) {
        None | Some(0) => String::new(),
        Some(more) => format!(" and {more} more"),
    };
    let rest = match &findings.as_root {
        Some(line) => format!("as root: {line}"),
        None => "findmnt and lsattr show why".to_owned(),
    };
    let text = format!(
        "this user may not write {}{more}: answers can be saved, not applied; {rest}",
        named.join(", ")
    );
    (!paths.is_empty()).then_some(FindingLine { about: "", text, warning: true })
}

fn frontend(findings: &Findings, server: Server, lines: &mut Vec<FindingLine>) {
    let Some(found) = findings.frontend(server) else {
        return lines.push(line(server.title(), "not on this machine".into()));
    };
    let mut parts: Vec<String> = found.version.iter().map(ToString::to_string).collect();
    parts.push(plural(found.sites.len(), server.site_word()));
    parts.extend(running(found.service));
    lines.push(line(server.title(), parts.join(", ")));
    lines.extend(found.problem.map(unreadable));
    let each =
        |site: &'_ Site| site.guacamoles.iter().map(|own| existing(findings, site, own)).collect::<Vec<_>>();
    lines.extend(found.sites.iter().flat_map(each));
}

fn existing(findings: &Findings, site: &Site, guacamole: &Existing) -> FindingLine {
    let real =
        findings.images().find(|image| image.path == site.file).map_or(&site.file, |image| &image.target);
    let whose = match findings.since.get(real).filter(|_| guacamole.marked) {
        Some(since) => format!("guacfront's since {since}"),
        None if guacamole.marked => "guacfront's".to_owned(),
        None => "written by hand".to_owned(),
    };
    let place = describe_site(findings, site);
    line("", format!("Guacamole is at {} of {place}, {whose}", guacamole.public_path))
}

fn tomcat(found: &TomcatFindings, lines: &mut Vec<FindingLine>) {
    let mut parts: Vec<String> = found.version.iter().map(ToString::to_string).collect();
    parts.push(found.server_xml.path.display().to_string());
    for connector in &found.connectors {
        let kind = match connector.kind {
            ConnectorKind::Http => "HTTP",
            ConnectorKind::Https => "HTTPS",
            ConnectorKind::Ajp => "AJP",
        };
        parts.extend(connector.port.map(|port| format!("{kind} on port {port}")));
    }
    parts.extend(running(&found.service));
    lines.push(line("Tomcat", parts.join(", ")));
    lines.extend(found.owner.as_ref().map(|owner| line("", format!("its server.xml belongs to {owner}"))));
    lines.extend(found.problem.as_ref().map(unreadable));
    lines.extend(found.context_problems.iter().map(|own| unreadable(&own.problem)));
    let guacamole: Vec<_> = found.guacamoles().collect();
    lines.push(if guacamole.is_empty() {
        FindingLine { about: "", text: "Guacamole is not deployed there yet".into(), warning: true }
    } else {
        line("", format!("Guacamole is deployed at {}", guacamole.join(", ")))
    });
}

fn container(found: &Container) -> FindingLine {
    let context =
        found.context.as_ref().map(|context| format!(", Guacamole at {context}")).unwrap_or_default();
    let seen =
        found.gateway.map(|gateway| format!(", which sees this machine as {gateway}")).unwrap_or_default();
    line("Tomcat", format!("in a container{context}{seen}"))
}

fn stranger(found: &Stranger) -> FindingLine {
    let (file, owner) = (printable_path(&found.server_xml), &found.owner);
    line("Tomcat", format!("runs with {file}, which belongs to {owner}: it is read when you name it"))
}

fn running(service: &Service) -> Option<String> {
    service.running.map(|running| if running { "running" } else { "not running" }.to_owned())
}

fn unreadable(problem: &Problem) -> FindingLine {
    FindingLine { about: "", text: format!("cannot be read: {problem}"), warning: true }
}

fn line(about: &'static str, text: String) -> FindingLine {
    FindingLine { about, text, warning: false }
}

/// A count with its word: `1 site`, `2 sites`.
pub fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}
