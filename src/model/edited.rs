//! Lines that guacfront wrote and a hand has edited since: whose word counts.

use std::fmt;
use std::path::PathBuf;

/// What becomes of regions that were edited by hand since. Never stored as an answer: it is asked again each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    /// They stay as they stand, to the byte.
    Keep,
    /// They become what guacfront would write.
    Replace,
}

/// A region between guacfront's marks that was edited by hand since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditedRegion {
    /// Its file.
    pub file: PathBuf,
    /// The line of its first mark, 1-based.
    pub line: usize,
    /// What stands between the marks.
    pub stands: Vec<u8>,
    /// What guacfront would write there; empty where it would write it in another place, or nothing.
    pub wanted: Vec<u8>,
}

impl Edited {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Keep, Self::Replace];

    /// What a person reads who has to choose.
    pub fn words(self) -> &'static str {
        match self {
            Self::Keep => "keep mine: these lines stay as they are",
            Self::Replace => "take guacfront's: these lines become what it would write",
        }
    }
}

impl fmt::Display for Edited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keep => "keep",
            Self::Replace => "replace",
        })
    }
}
