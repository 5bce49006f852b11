//! Words to standard error, results to standard output.

use super::environment::Environment;
use crate::model::{Note, Options, Plan, Step, paragraph, printable, printable_path};
use crate::plan::diff::{self, Line};
use crate::verify::{Outcome, Verdict};
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};

/// A line for the person, to standard error; nothing where there is nothing to say.
pub fn words(text: &str) {
    if text.is_empty() {
        return;
    }
    // Who closes standard error does not want to be told.
    let _ = writeln!(io::stderr(), "{text}");
}

/// A result, to standard output. A reader that has gone away has read enough.
pub fn result(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(bytes).and_then(|()| out.flush());
}

/// The diff of every file of a plan, as `patch` reads it; on a terminal coloured, and made safe to show.
pub fn patch(plan: &Plan, environment: Environment) -> Vec<u8> {
    if environment.output_is_terminal { diffs(plan, environment) } else { crate::plan::patch(plan) }
}

/// The same for a person to look at, wherever it goes: what a run does is kept in logs.
pub fn diffs(plan: &Plan, environment: Environment) -> Vec<u8> {
    on_terminal(&crate::plan::masked_patch(plan), environment)
}

/// The diff of one file for a person to look at.
pub fn diff(path: &str, lines: &[Line], environment: Environment) -> Vec<u8> {
    on_terminal(&diff::masked(path, lines), environment)
}

/// Safe and coloured lines.
fn on_terminal(diff: &[u8], environment: Environment) -> Vec<u8> {
    let mut out = String::new();
    for line in diff.split_inclusive(|&b| b == b'\n') {
        let line = String::from_utf8_lossy(line);
        let color = match line.as_bytes().first() {
            Some(b'+') => Some("32"),
            Some(b'-') => Some("31"),
            Some(b'@') => Some("36"),
            _ => None,
        };
        // Tabs are the one control character that belongs on a terminal.
        let text: Vec<String> = line.trim_end_matches(['\n', '\r']).split('\t').map(printable).collect();
        let text = text.join("\t");
        out.push_str(&color.map(|color| environment.painted(color, &text)).unwrap_or(text));
        out.push('\n');
    }
    out.into_bytes()
}

/// What a plan does beside editing files, in lines; what is switched off is said to be.
pub fn deeds(plan: &Plan, options: Options) -> String {
    let mut out = String::new();
    for step in &plan.steps {
        if let Step::Link { path, target, why } = step {
            let _ = writeln!(out, "link     {} -> {}: {why}", printable_path(path), printable_path(target));
        }
    }
    for command in plan.commands() {
        let purpose = command.purpose.name();
        let argv: Vec<_> = command.argv.iter().map(|word| printable(word)).collect();
        let consequence = command.purpose.consequence();
        let not = if options.wants(command.purpose) { "" } else { "not done: " };
        let _ = writeln!(out, "{purpose:<8} {not}{}: {}; {consequence}", argv.join(" "), command.words);
    }
    out
}

/// Notes, a paragraph each for a person and a line each for a program, to standard error.
pub fn notes<'a>(notes: impl IntoIterator<Item = &'a Note>) {
    let is_for_a_person = io::stderr().is_terminal();
    for note in notes {
        let word = if note.warning { "warning: " } else { "note: " };
        let text = printable(&note.sentence());
        let said = if is_for_a_person { paragraph(word, INSET, &text) } else { format!("{word}{text}") };
        words(said.trim_end());
    }
}

/// What stands under a mark is set in as far as what stands behind it.
pub const INSET: &str = "      ";

/// One check's outcome, as lines.
pub fn outcome(outcome: &Outcome, environment: Environment) -> String {
    let (mark, color) = match outcome.verdict {
        Verdict::Pass => ("pass", "32"),
        Verdict::Warn => ("warn", "33"),
        Verdict::Fail => ("FAIL", "31"),
        Verdict::Skipped => ("skip", "2"),
    };
    let mark = environment.painted(color, mark);
    if outcome.verdict == Verdict::Skipped {
        return format!("{mark}  {}: {}\n", outcome.trial.title(), outcome.evidence);
    }
    let mut out = format!("{mark}  {}\n", outcome.trial.title());
    for text in [Some(&outcome.evidence), outcome.next.as_ref()].into_iter().flatten() {
        out.push_str(&paragraph(INSET, INSET, text));
    }
    out
}
