//! Two changes made one: a block put in, and edits of what then stood there.

use crate::model::{Change, Field, FileChange, FileImage, NewSiteField};
use std::ops::Range;
use std::sync::Arc;

const WHY: &str = "a site of Guacamole's own, with a name of its own";

/// The change from the file as it is to the file after both.
///
/// `at` and `len`: where the block was put in, and how long it was before it was edited itself.
pub(super) fn compose(before: &FileImage, at: usize, len: usize, edited: &FileChange) -> FileChange {
    let block = at..at + len;
    let is_inside = |change: &Change| {
        block.start <= change.from.start && change.from.end <= block.end && !block.is_empty()
    };
    let mut changes: Vec<Change> = Vec::new();
    let mut is_written = false;
    let (mut grown_before, mut grown_inside) = (0_isize, 0_isize);
    for change in &edited.changes {
        let grown = change.to.len().cast_signed() - change.from.len().cast_signed();
        if is_inside(change) {
            grown_inside += grown;
        } else if change.from.start < at {
            grown_before += grown;
        }
    }
    let start = at.saturating_add_signed(grown_before);
    let whole = start..(start + len).saturating_add_signed(grown_inside);
    for change in &edited.changes {
        if is_inside(change) {
            continue;
        }
        let mut change = change.clone();
        if change.from.start >= block.end {
            if !is_written {
                changes.extend(lines(at, &whole, edited));
                is_written = true;
            }
            change.from = change.from.start - len..change.from.end - len;
        }
        changes.push(change);
    }
    if !is_written {
        changes.extend(lines(at, &whole, edited));
    }
    FileChange { before: before.clone(), after: Arc::clone(&edited.after), changes }
}

/// The block line by line, each put in at `at` and with the field it follows from.
fn lines(at: usize, whole: &Range<usize>, edited: &FileChange) -> Vec<Change> {
    let mut start = whole.start;
    let lines = edited.after[whole.clone()].split_inclusive(|byte| *byte == b'\n');
    let change = |line: &[u8]| {
        let to = start..start + line.len();
        start = to.end;
        let own = edited.changes.iter().find(|change| change.to.contains(&to.start));
        let (field, why) = match own {
            Some(own) => (own.field, own.why.clone()),
            None => (Some(field(line)), WHY.to_owned()),
        };
        Change { from: at..at, to, field, why }
    };
    lines.map(change).collect()
}

/// The question that a line of a bare block follows from.
fn field(line: &[u8]) -> Field {
    let text = String::from_utf8_lossy(line);
    let name = text.split_whitespace().next().unwrap_or_default();
    let question = match name {
        "listen" | "<VirtualHost" | "Listen" => NewSiteField::HttpsPort,
        "ssl_certificate" | "SSLCertificateFile" => NewSiteField::Certificate,
        "ssl_certificate_key" | "SSLCertificateKeyFile" => NewSiteField::Key,
        "return" | "Redirect" => NewSiteField::Redirect,
        "add_header" | "Header" => NewSiteField::Hsts,
        _ => NewSiteField::Name,
    };
    Field::NewSite(question)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Edit, splice};
    use crate::model::Meta;

    fn image(text: &str) -> FileImage {
        let meta = Meta { mode: 0o644, uid: 0, gid: 0 };
        FileImage { path: "/f".into(), target: "/f".into(), bytes: text.as_bytes().into(), meta }
    }

    /// What the changes make of the file as it is must be the file after both.
    #[test]
    fn the_changes_lead_from_the_first_to_the_last() {
        let (before, block) = ("a\nb\nc\n", "X\nY\n");
        for at in [0, 2, 6] {
            let mid = format!("{}{block}{}", &before[..at], &before[at..]);
            let edit = |span: Range<usize>, text: &str| Edit {
                span,
                text: text.into(),
                field: Some(Field::Host),
                why: String::new(),
            };
            let mut edits = vec![edit(at + 2..at + 2, "in\n"), edit(at..at + 1, "Z")];
            if at > 0 {
                edits.push(edit(0..1, "first"));
            }
            if at < 6 {
                edits.push(edit(mid.len() - 2..mid.len() - 1, "last"));
            }
            let (after, changes) = splice(mid.as_bytes(), edits).expect("no overlap");
            let inner = FileChange { before: image(&mid), after, changes };
            let whole = compose(&image(before), at, block.len(), &inner);
            let edits = whole.changes.iter().map(|change| Edit {
                span: change.from.clone(),
                text: whole.after[change.to.clone()].to_vec(),
                field: None,
                why: String::new(),
            });
            let (again, places) = splice(before.as_bytes(), edits.collect()).expect("no overlap");
            assert_eq!(again, whole.after, "at {at}");
            let to = |changes: &[Change]| changes.iter().map(|c| c.to.clone()).collect::<Vec<_>>();
            assert_eq!(to(&places), to(&whole.changes), "at {at}");
        }
    }
}
