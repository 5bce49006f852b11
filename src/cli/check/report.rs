//! What check found, for a person to read.

use crate::cli::environment::Environment;
use crate::cli::output::INSET;
use crate::model::markdown::{code, escaped};
use crate::model::{Severity, paragraph};
use crate::verify::{Diagnosis, Outcome, Verdict};
use crate::wizard::plural;
use std::fmt::Write as _;

/// Findings as lines: the worst first, and under a subject what belongs to it.
pub(super) fn findings(found: &[Diagnosis], environment: Environment) -> String {
    if found.is_empty() {
        return "The configuration: nothing is wrong.\n".to_owned();
    }
    let mut out = String::new();
    for group in groups(found) {
        let _ = writeln!(out, "{}", group[0].rule.subject());
        for diagnosis in &group {
            out.push_str(&finding(diagnosis, environment));
        }
        let is_of_files = group.iter().any(|diagnosis| diagnosis.line.is_some());
        if is_of_files && !after(group[0].rule.subject()).is_empty() {
            out.push_str(&paragraph("  ", "  ", after(group[0].rule.subject())));
        }
    }
    out
}

/// What makes a change count that somebody makes by hand.
fn after(subject: &str) -> &'static str {
    match subject {
        "nginx" => "After a change by hand: nginx -t, then systemctl reload nginx.",
        "Apache httpd" => "After a change by hand: apachectl -t, then systemctl reload apache2, or httpd.",
        "Tomcat" => {
            "After a change by hand: restart Tomcat, which reads server.xml at its start alone; running sessions end."
        }
        _ => "",
    }
}

/// By subject, the subject with the worst first; within one the order stays.
fn groups(found: &[Diagnosis]) -> Vec<Vec<&Diagnosis>> {
    let mut groups: Vec<Vec<&Diagnosis>> = Vec::new();
    for diagnosis in found {
        let subject = diagnosis.rule.subject();
        match groups.iter_mut().find(|group| group[0].rule.subject() == subject) {
            Some(group) => group.push(diagnosis),
            None => groups.push(vec![diagnosis]),
        }
    }
    groups
}

fn finding(diagnosis: &Diagnosis, environment: Environment) -> String {
    let page = diagnosis.rule.page();
    let (mark, color) = match page.severity {
        Severity::Error => ("FAIL", "31"),
        Severity::Warning => ("warn", "33"),
        Severity::Info => ("info", "36"),
    };
    let mark = environment.painted(color, mark);
    let mut out = format!("{mark}  {} {}\n", page.code, page.title);
    let place = diagnosis.place().map(|place| format!("{place}: ")).unwrap_or_default();
    out.push_str(&paragraph(INSET, INSET, &format!("{place}{}", diagnosis.detail)));
    // It is shown as it stands in the file.
    if let Some(text) = diagnosis.text.as_ref().filter(|text| !text.is_empty()) {
        let _ = writeln!(out, "{INSET}| {text}");
    }
    let by_plan = if diagnosis.fixable { " (check --fix does it)" } else { "" };
    let within = format!("{INSET}  ");
    out.push_str(&paragraph(&format!("{INSET}symptom: "), &within, page.symptom));
    out.push_str(&paragraph(&format!("{INSET}fix: "), &within, &format!("{}{by_plan}", page.fix)));
    out
}

/// All of it in one line.
pub(super) fn sum(found: &[Diagnosis], outcomes: &[Outcome]) -> String {
    let of = |severity| found.iter().filter(|diagnosis| diagnosis.severity() == severity).count();
    let severities =
        [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "thing to know")];
    let counts: Vec<String> = severities
        .into_iter()
        .map(|(severity, word)| (of(severity), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| match (count, word) {
            (count, "thing to know") if count > 1 => format!("{count} things to know"),
            _ => plural(count, word),
        })
        .collect();
    let rules = if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") };
    let tried: Vec<&Outcome> = outcomes.iter().filter(|own| own.verdict != Verdict::Skipped).collect();
    let passed = tried.iter().filter(|outcome| outcome.verdict == Verdict::Pass).count();
    match tried.len() {
        0 => format!("Found in the configuration: {rules}."),
        all => format!("Found in the configuration: {rules}. Of {} {passed} passed.", plural(all, "trial")),
    }
}

/// Everything as Markdown.
pub(super) fn markdown(found: &[Diagnosis], outcomes: &[Outcome]) -> String {
    let mut out = "## Guacamole behind a proxy: what guacfront found\n\n".to_owned();
    if found.is_empty() {
        out.push_str("The configuration: nothing is wrong.\n");
    }
    for diagnosis in found {
        let page = diagnosis.rule.page();
        let _ = writeln!(out, "- **{} {}** ({})", page.code, escaped(page.title), page.severity.word());
        let place = diagnosis.place().map(|place| format!("{}: ", code(&place))).unwrap_or_default();
        let _ = writeln!(out, "  - {place}{}", escaped(&diagnosis.detail));
        if let Some(text) = diagnosis.text.as_ref().filter(|text| !text.is_empty()) {
            let _ = writeln!(out, "  - {}", code(text));
        }
        let _ = writeln!(out, "  - Symptom: {}", escaped(page.symptom));
        let _ = writeln!(out, "  - Fix: {}", escaped(page.fix));
    }
    if outcomes.is_empty() {
        return out;
    }
    out.push_str("\n| | Trial | Evidence | Next |\n|---|---|---|---|\n");
    for outcome in outcomes {
        let verdict = match outcome.verdict {
            Verdict::Pass => "pass",
            Verdict::Warn => "warn",
            Verdict::Fail => "**fail**",
            Verdict::Skipped => "skipped",
        };
        let next = outcome.next.as_deref().map(escaped).unwrap_or_default();
        let _ = writeln!(
            out,
            "| {verdict} | {} | {} | {next} |",
            escaped(outcome.trial.title()),
            escaped(&outcome.evidence)
        );
    }
    out
}
