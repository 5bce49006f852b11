//! `guacfront undo`: taking it back.

use super::arguments;
use super::environment::Environment;
use super::error::CliError;
use super::signals::Signals;
use super::{json, output};
use crate::apply::{self, Options, UndoPreview};
use crate::model::{printable, printable_path, undo_line};
use crate::plain;
use crate::plan::diff;
use crate::system::System;

pub(super) fn run(
    system: &System,
    environment: Environment,
    request: &arguments::Undo,
) -> Result<u8, CliError> {
    if !request.yes && !request.dry_run && !environment.interactive {
        return Err(CliError::no_terminal("guacfront undo --yes does it without asking"));
    }
    let preview = apply::undo_preview(system, request.id.as_deref(), request.force)?;
    if !request.json {
        describe(&preview, environment);
    }
    let stops = !request.force && is_stopped(&preview);
    if request.dry_run {
        if stops {
            return Err(CliError::operator(
                format!("what {} wrote was changed since, and that would be lost", preview.receipt.id),
                "guacfront undo --force gives back the old bytes and keeps what it replaces",
            ));
        }
        if request.json {
            output::result(&json::undone(&preview, None));
        }
        return Ok(0);
    }
    // What stops it is said by the undo itself, which looks once more.
    if !request.yes && !stops && !plain::confirm("Take it back?")? {
        output::words("Nothing was changed.");
        return Ok(0);
    }
    let options = Options { reload: !request.no_reload, restart: !request.no_restart };
    let signals = Signals::watch()?;
    signals.bar_suspension()?;
    let own = system.clone().stopped_by(signals.flag());
    let undone = apply::undo(&own, request.id.as_deref(), request.force, options, &[], &mut |event| {
        output::words(&event.to_string());
    });
    match (undone, signals.code()) {
        (Ok(receipt), code) => {
            if request.json {
                output::result(&json::undone(&preview, Some(&receipt)));
            }
            output::words(&format!(
                "Taken back. This does it again: {}",
                undo_line(system.root(), &receipt.id)
            ));
            Ok(code.unwrap_or(0))
        }
        (Err(error), Some(code)) => {
            CliError::from(error).print();
            Ok(code)
        }
        (Err(error), None) => Err(error.into()),
    }
}

/// Whether another hand's work would be lost, or is in the way.
fn is_stopped(preview: &UndoPreview) -> bool {
    preview.files.iter().any(|file| file.changed.is_some() && !file.merged) || !preview.left.is_empty()
}

/// Says what goes, what comes back, and what another hand has changed since.
fn describe(preview: &UndoPreview, environment: Environment) {
    let (id, time) = (printable(&preview.receipt.id), printable(&preview.receipt.time));
    output::words(&format!("Taking back {id}, done at {time}:"));
    for file in &preview.files {
        let deed = match (&file.current, &file.restored) {
            (_, None) => "goes",
            (None, Some(_)) => "comes back",
            (Some(_), Some(_)) => "is given back",
        };
        output::words(&format!("  {} {deed}", printable_path(&file.path)));
        if let Some(changed) = &file.changed {
            output::words(&if file.merged {
                format!("  but {changed} since: that stays, and only what guacfront wrote goes:")
            } else {
                format!("  but {changed} since, and this would be lost:")
            });
            let (before, after) = file.sides();
            let lines = diff::between(before, after);
            output::result(&output::diff(&file.path.to_string_lossy(), &lines, environment));
        }
    }
    for link in &preview.links {
        output::words(&format!("  {} goes", printable_path(link)));
    }
    for left in &preview.left {
        output::words(&format!("  {}: {}", printable_path(&left.path), printable(&left.how)));
    }
}
