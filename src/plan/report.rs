//! A plan as a page for a change ticket.

use super::written::masked;
use crate::model::{FileChange, Plan, Purpose, STATE_FOLDER, Step, markdown, printable, printable_path};
use std::fmt::Write as _;

/// The plan in Markdown: where people will find Guacamole, what each file gets, what is run and what comes of it, what
/// to know, what is left alone, and how it is taken back.
///
/// Secrets are masked: the page is for people, not for `patch`.
pub fn report(plan: &Plan) -> String {
    let mut out = "# Guacamole behind a proxy: what will change\n\n".to_owned();
    if plan.is_empty() {
        out.push_str("Nothing: the machine already is as the answers say.\n");
    }
    let urls: Vec<String> =
        plan.addresses.iter().map(|address| format!("- {}\n", printable(&address.url()))).collect();
    section(&mut out, "Where people find it", &urls.concat());
    section(&mut out, "Files", &files(plan));
    section(&mut out, "Links", &links(plan));
    section(&mut out, "Commands", &commands(plan));
    let notes = plan.notes.iter().map(|note| {
        let word = if note.warning { "**Warning:** " } else { "" };
        format!("- {word}{}\n", printable(&note.sentence()))
    });
    section(&mut out, "To know", &notes.collect::<String>());
    if !plan.is_empty() {
        section(&mut out, "What is not touched", UNTOUCHED);
        section(
            &mut out,
            "Back",
            &format!(
                "The old files are kept in `{STATE_FOLDER}` before anything is written; `guacfront undo` gives them back.\n"
            ),
        );
    }
    out
}

const UNTOUCHED: &str = "Every other file, and every other line of the files above. No package is installed, no firewall \
                         rule, certificate, user or database is changed.\n";

fn section(out: &mut String, title: &str, body: &str) {
    if !body.is_empty() {
        let gap = if out.ends_with("\n\n") { "" } else { "\n" };
        let _ = write!(out, "{gap}## {title}\n\n{body}");
    }
}

fn files(plan: &Plan) -> String {
    let mut out = String::new();
    for change in plan.changes() {
        let path = change.before.target.to_string_lossy();
        let text = diff(change);
        let _ = write!(out, "### `{}`\n\n", printable(&path));
        // An edit that has the same reason as the one before it is no news.
        let mut reasons: Vec<&str> = change.changes.iter().map(|change| change.why.as_str()).collect();
        reasons.dedup();
        for why in reasons.iter().filter(|why| !why.is_empty()) {
            let _ = writeln!(out, "- {}", printable(why));
        }
        let _ = write!(out, "\n{}\n", markdown::block("diff", &text));
    }
    out
}

/// The diff of a file, safe to show.
fn diff(change: &FileChange) -> String {
    String::from_utf8_lossy(&masked(change)).lines().map(line).collect()
}

/// A line of a diff, safe to show: tabs are the one control character that belongs there.
fn line(line: &str) -> String {
    let parts: Vec<String> = line.split('\t').map(printable).collect();
    format!("{}\n", parts.join("\t"))
}

fn links(plan: &Plan) -> String {
    let link = |step: &Step| match step {
        Step::Link { path, target, why } => Some(format!(
            "- `{}` to `{}`: {}\n",
            printable_path(path),
            printable_path(target),
            printable(why)
        )),
        Step::File(_) | Step::Run(_) => None,
    };
    plan.steps.iter().filter_map(link).collect()
}

fn commands(plan: &Plan) -> String {
    let command = |command: &crate::model::Command| {
        let argv: Vec<String> = command.argv.iter().map(|word| printable(word)).collect();
        let cost = if command.purpose == Purpose::Restart { "**" } else { "" };
        let consequence = command.purpose.consequence();
        format!("1. `{}`: {}; {cost}{consequence}{cost}\n", argv.join(" "), command.words)
    };
    plan.commands().map(command).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Change, FileImage, Meta};
    use std::sync::Arc;

    #[test]
    fn a_line_of_the_report_holds_no_secret_and_no_control_character() {
        let before: Arc<[u8]> = b"<a>\n"[..].into();
        let after: Arc<[u8]> = b"<a>\n\t<Connector keystorePass=\"changeit\" />\x1b[31m\n"[..].into();
        let image = FileImage {
            path: "/x".into(),
            target: "/x".into(),
            bytes: before,
            meta: Meta { mode: 0o644, uid: 0, gid: 0 },
        };
        let added = Change { from: 4..4, to: 4..after.len(), field: None, why: String::new() };
        let shown = diff(&FileChange { before: image, after, changes: vec![added] });
        assert!(shown.contains("\n+\t<Connector keystorePass=\"***\""), "{shown}");
        assert!(!shown.contains('\u{1b}') && !shown.contains("changeit"), "{shown}");
    }
}
