//! What a hand has edited since guacfront wrote it: found by each planner, decided by the person alone.

use super::PlanError;
use crate::model::{Edited, EditedRegion, Note, printable_path};

/// The choice, where one was made, and the regions it is about.
#[derive(Debug)]
pub(super) struct Hand {
    choice: Option<Edited>,
    regions: Vec<EditedRegion>,
}

impl Hand {
    pub(super) fn new(choice: Option<Edited>) -> Self {
        Self { choice, regions: Vec::new() }
    }

    /// What becomes of a region; while nothing is decided it is kept, and the plan refused in the end.
    pub(super) fn decide(&mut self, region: EditedRegion) -> Edited {
        self.regions.push(region);
        self.choice.unwrap_or(Edited::Keep)
    }

    /// Refuses what nobody has decided, every region at once, and tells what is kept.
    pub(super) fn end(self, notes: &mut Vec<Note>) -> Result<(), PlanError> {
        match self.choice {
            None if !self.regions.is_empty() => return Err(PlanError::Edited { regions: self.regions }),
            Some(Edited::Keep) => notes.extend(self.regions.iter().map(|region| {
                Note::warning(format!(
                    "{}:{}: what stands between guacfront's marks was edited by hand and is kept: answers that ask for \
                     something else there have no effect",
                    printable_path(&region.file),
                    region.line
                ))
            })),
            None | Some(Edited::Replace) => {}
        }
        Ok(())
    }
}
