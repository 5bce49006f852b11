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
        let _ = writeln!(out, "{}  {}{state}", printable(&receipt.id), printable(&receipt.time));
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
