//! `guacfront history`: what was done.

use super::error::CliError;
use super::{json, output};
use crate::apply;
use crate::model::{printable, printable_path};
use crate::system::System;
use std::fmt::Write as _;

pub(super) fn run(system: &System, as_json: bool) -> Result<u8, CliError> {
    let history = apply::history(system)?;
    if as_json {
        output::result(&json::history(&history));
        return Ok(0);
    }
    let mut out = String::new();
    for receipt in &history.receipts {
        let mut state = String::new();
        if let Some(undoes) = &receipt.undoes {
            let _ = write!(state, ", took back {}", printable(undoes));
        }
        if let Some(by) = &receipt.undone_by {
            let _ = write!(state, ", taken back by {}", printable(by));
        }
        let size = bytes(receipt.backup_size());
        let _ = writeln!(out, "{}  {}  {size}{state}", printable(&receipt.id), printable(&receipt.time));
        for path in receipt.files.iter().map(|f| &f.target).chain(receipt.links.iter().map(|l| &l.path)) {
            let _ = writeln!(out, "    {}", printable_path(path));
        }
    }
    output::result(out.as_bytes());
    if history.receipts.is_empty() {
        output::words("Nothing was done yet.");
    }
    for unreadable in &history.unreadable {
        output::words(&format!("{}: {}", printable_path(&unreadable.folder), unreadable.why));
    }
    Ok(0)
}

/// `guacfront history prune`: fewer backups.
pub(super) fn prune(system: &System, keep: usize) -> Result<u8, CliError> {
    let sizes: Vec<(String, u64)> = apply::history(system)?
        .receipts
        .into_iter()
        .map(|receipt| (receipt.id.clone(), receipt.backup_size()))
        .collect();
    let removed = apply::prune(system, keep)?;
    for id in &removed {
        output::words(&format!("removed {}", printable(id)));
    }
    let freed = sizes.iter().filter(|(id, _)| removed.contains(id)).map(|(_, size)| size).sum();
    output::words(&format!(
        "{} removed, {} freed; {} kept",
        removed.len(),
        bytes(freed),
        sizes.len() - removed.len()
    ));
    Ok(0)
}

/// A size as a person reads it, by powers of 1024.
fn bytes(size: u64) -> String {
    match size {
        0..1024 => format!("{size} B"),
        1024..1_048_576 => format!("{} kB", size.div_ceil(1024)),
        _ => format!("{} MB", size.div_ceil(1_048_576)),
    }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_are_told_in_the_unit_that_fits() {
        assert_eq!([0, 1023, 1025, 1_048_576].map(bytes), ["0 B", "1023 B", "2 kB", "1 MB"]);
    }
}
