//! The objects of `--json`: versioned, one on standard output.

use super::error::CliError;
use crate::apply::{History, Receipt, UndoFile, UndoPreview};
use crate::model::{Plan, Purpose, Rule, Step};
use crate::plan::diff;
use crate::verify::{Diagnosis, Outcome, Place, Target};
use serde_json::{Value, json};

/// The version of every object; a key is added without a new one, a meaning is changed only with one.
const VERSION: u32 = 1;

/// `plan --json`.
pub(super) fn plan(plan: &Plan) -> Vec<u8> {
    let mut object = json!({ "version": VERSION, "kind": "plan", "changed": !plan.is_empty() });
    merge(&mut object, described(plan));
    text(&object)
}

/// `apply --json`.
pub(super) fn applied(plan: &Plan, receipt: Option<&Receipt>, outcomes: &[Outcome]) -> Vec<u8> {
    let mut object = json!({
        "version": VERSION,
        "kind": "apply",
        "changed": receipt.is_some(),
        "receipt": receipt.map(|receipt| &receipt.id),
    });
    merge(&mut object, described(plan));
    merge(&mut object, json!({ "checks": outcomes }));
    text(&object)
}

/// `undo --json`; without a receipt it was not carried out.
pub(super) fn undone(preview: &UndoPreview, receipt: Option<&Receipt>) -> Vec<u8> {
    let commands = preview.receipt.commands.iter();
    text(&json!({
        "version": VERSION,
        "kind": "undo",
        "changed": !preview.files.is_empty() || !preview.links.is_empty(),
        "undoes": preview.receipt.id,
        "receipt": receipt.map(|receipt| &receipt.id),
        "files": preview.files.iter().map(given_back).collect::<Vec<_>>(),
        "links": preview.links.iter().map(|path| json!({ "path": path.to_string_lossy() })).collect::<Vec<_>>(),
        "commands": commands.map(|c| command(c.purpose, &c.argv, &c.words)).collect::<Vec<_>>(),
    }))
}

/// The object of a command with `--json` that ended with an error.
pub(super) fn error(error: &CliError) -> Vec<u8> {
    text(&json!({
        "version": VERSION,
        "kind": "error",
        "exit_code": error.code(),
        "message": error.message(),
        "hint": error.hint(),
    }))
}

/// `check --json`.
pub(super) fn checked(targets: &[Target], found: &[Diagnosis], outcomes: &[Outcome]) -> Vec<u8> {
    let places = targets.iter().flat_map(|target| &target.places).map(Place::url);
    text(&json!({
        "version": VERSION,
        "kind": "check",
        "addresses": places.collect::<Vec<_>>(),
        "findings": found.iter().map(diagnosis).collect::<Vec<_>>(),
        "checks": outcomes,
    }))
}

fn diagnosis(diagnosis: &Diagnosis) -> Value {
    let page = diagnosis.rule.page();
    json!({
        "code": page.code,
        "severity": page.severity.word(),
        "title": page.title,
        "file": diagnosis.file.as_ref().map(|file| file.to_string_lossy()),
        "line": diagnosis.line,
        "text": diagnosis.text,
        "detail": diagnosis.detail,
        "symptom": page.symptom,
        "why": page.why,
        "source": page.source,
        "fix": page.fix,
        "fixable": diagnosis.fixable,
    })
}

/// `history --json`.
pub(super) fn history(history: &History) -> Vec<u8> {
    let receipts: Vec<Value> = history
        .receipts
        .iter()
        .map(|receipt| {
            json!({
                "id": receipt.id,
                "time": receipt.time,
                "guacfront": receipt.guacfront,
                "backup_bytes": receipt.backup_size(),
                "undoes": receipt.undoes,
                "undone_by": receipt.undone_by,
                "files": receipt.files.iter().map(|file| file.target.to_string_lossy()).collect::<Vec<_>>(),
                "links": receipt.links.iter().map(|link| link.path.to_string_lossy()).collect::<Vec<_>>(),
            })
        })
        .collect();
    let unreadable: Vec<Value> = history
        .unreadable
        .iter()
        .map(|receipt| json!({ "folder": receipt.folder.to_string_lossy(), "why": receipt.why }))
        .collect();
    text(&json!({ "version": VERSION, "kind": "history", "receipts": receipts, "unreadable": unreadable }))
}

fn described(plan: &Plan) -> Value {
    let files: Vec<Value> = plan
        .changes()
        .map(|change| file(&change.before.target.to_string_lossy(), &diff::excerpt(change)))
        .collect();
    let links: Vec<Value> = plan
        .steps
        .iter()
        .filter_map(|step| match step {
            Step::Link { path, target, why } => Some(
                json!({ "path": path.to_string_lossy(), "target": target.to_string_lossy(), "why": why }),
            ),
            Step::File(_) | Step::Run(_) => None,
        })
        .collect();
    let commands: Vec<Value> =
        plan.commands().map(|planned| command(planned.purpose, &planned.argv, &planned.words)).collect();
    let notes: Vec<Value> = plan
        .notes
        .iter()
        .map(|note| json!({ "warning": note.warning, "text": note.text, "rule": note.rule.map(Rule::code) }))
        .collect();
    json!({
        "files": files,
        "links": links,
        "commands": commands,
        "notes": notes,
        "addresses": plan.addresses.iter().map(crate::model::PublicAddress::url).collect::<Vec<_>>(),
        "answers": plan.answers.to_toml(),
    })
}

/// A file that an undo changes.
fn given_back(undone: &UndoFile) -> Value {
    let (before, after) = undone.sides();
    let lines = diff::between(before, after);
    let mut object = file(&undone.path.to_string_lossy(), &lines);
    merge(&mut object, json!({ "changed_since": undone.changed, "merged": undone.merged }));
    object
}

fn file(path: &str, lines: &[diff::Line]) -> Value {
    let count = |mark| lines.iter().filter(|line| line.mark == mark).count();
    json!({
        "path": path,
        "added": count(diff::Mark::Added),
        "removed": count(diff::Mark::Removed),
        "diff": String::from_utf8_lossy(&diff::masked(path, lines)),
    })
}

fn command(purpose: Purpose, argv: &[String], words: &str) -> Value {
    let words = format!("{words}; {}", purpose.consequence());
    json!({ "purpose": purpose.name(), "argv": argv, "words": words })
}

fn merge(object: &mut Value, more: Value) {
    if let (Some(object), Value::Object(more)) = (object.as_object_mut(), more) {
        object.extend(more);
    }
}

fn text(object: &Value) -> Vec<u8> {
    format!("{object:#}\n").into_bytes()
}
