//! A plan written out instead of carried out: a patch for machines, a report for people.

use super::diff;
use crate::model::{FileChange, Plan, Step, markdown, masked, printable, printable_path};
use std::fmt::Write as _;

/// What guacfront leaves alone, whatever the plan is.
pub const NOT_TOUCHED: &str = "every other line, file and site; access rules; the firewall";

/// How it is taken back.
pub const WAY_BACK: &str = "copies go to /var/lib/guacfront first; guacfront undo gives all back";

/// The unified diffs of every file, as `patch -p1` reads them from the folder that is the machine's `/`.
///
/// # Shape
/// The files' own bytes, secrets in the lines around a change included. Links are no part of it.
pub fn patch(plan: &Plan) -> Vec<u8> {
    plan.changes().flat_map(unified).collect()
}

/// The plan for a person who has to agree to it and has no terminal at hand.
///
/// # Shape
/// Markdown; values that hold a secret are masked.
pub fn report(plan: &Plan) -> String {
    let mut out = format!("# Apache Guacamole behind {}\n\n", plan.answers.frontend.server.title());
    if plan.is_empty() {
        out.push_str("Nothing is to be done: the machine already is as the answers say.\n\n");
    }
    for address in &plan.addresses {
        let _ = writeln!(out, "- Guacamole's address: {}", markdown::code(&printable(&address.url())));
    }
    let _ = writeln!(out, "- Not touched: {NOT_TOUCHED}");
    let _ = writeln!(out, "- Taking it back: {WAY_BACK}\n");
    notes(plan, &mut out);
    for change in plan.changes() {
        file(change, &mut out);
    }
    deeds(plan, &mut out);
    let _ = write!(out, "## Answers\n\n{}", markdown::block("toml", &plan.answers.to_toml()));
    out
}

fn unified(change: &FileChange) -> Vec<u8> {
    diff::unified(&change.before.target.to_string_lossy(), &diff::excerpt(change))
}

fn notes(plan: &Plan, out: &mut String) {
    if plan.notes.is_empty() {
        return;
    }
    out.push_str("## To know\n\n");
    for note in &plan.notes {
        let word = if note.warning { "**Warning:** " } else { "" };
        let _ = writeln!(out, "- {word}{}", markdown::escaped(&printable(&note.sentence())));
    }
    out.push('\n');
}

fn file(change: &FileChange, out: &mut String) {
    let _ = writeln!(out, "## {}\n", markdown::code(&printable_path(&change.before.target)));
    let mut said = Vec::new();
    for edit in &change.changes {
        if !said.contains(&&edit.why) {
            let _ = writeln!(out, "- {}", markdown::escaped(&edit.why));
            said.push(&edit.why);
        }
    }
    let diff: String = String::from_utf8_lossy(&unified(change)).split_inclusive('\n').map(shown).collect();
    let _ = writeln!(out, "\n{}", markdown::block("diff", &diff));
}

/// A line of a diff as it may be passed on: secrets masked, no control characters but tabs.
fn shown(line: &str) -> String {
    let parts: Vec<String> = masked(line).trim_end_matches(['\n', '\r']).split('\t').map(printable).collect();
    format!("{}\n", parts.join("\t"))
}

fn deeds(plan: &Plan, out: &mut String) {
    let links: Vec<_> = plan
        .steps
        .iter()
        .filter_map(|step| match step {
            Step::Link { path, target, why } => Some((path, target, why)),
            Step::File(_) | Step::Run(_) => None,
        })
        .collect();
    if !links.is_empty() {
        out.push_str("## Links\n\n");
        for (path, target, why) in links {
            let link = format!("{} -> {}", printable_path(path), printable_path(target));
            let _ = writeln!(out, "- {}: {}", markdown::code(&link), markdown::escaped(why));
        }
        out.push('\n');
    }
    if plan.commands().next().is_some() {
        out.push_str("## Commands, in this order\n\n");
        for command in plan.commands() {
            let argv: Vec<_> = command.argv.iter().map(|word| printable(word)).collect();
            let _ = writeln!(
                out,
                "- {}: {}; {}",
                markdown::code(&argv.join(" ")),
                markdown::escaped(&command.words),
                command.purpose.consequence()
            );
        }
        out.push('\n');
    }
}
