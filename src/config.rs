//! The three configuration languages, read without loss and edited by byte span.
//!
//! Bytes in, spans out, splice back: a file is read into a tree of byte ranges over its own buffer, and an edit is a
//! range with the bytes that replace it. No file is ever printed from a tree, so what is not edited cannot change.

pub mod apache;
pub mod nginx;
pub mod tomcat;

mod asked;
mod edit;
mod mark;
mod pattern;
mod source;
mod wildcard;

pub use asked::Asked;
pub use edit::{Edit, line_ending, splice};
pub use mark::{MARK_BEGIN, MARK_END, Mark};
pub use pattern::{beginning, literal_start, matches, matches_in};
pub use source::{Files, LineIndex, MemoryFiles, position};
pub use wildcard::{Matcher, Wildcard};

use std::ops::Range;

/// A range of bytes in a file.
pub type Span = Range<usize>;

/// Why a file cannot be read as its server would read it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// Byte offset of the fault.
    pub offset: usize,
    /// What is wrong and what was expected; safe to show.
    pub message: String,
}

/// The byte at which the line of a byte begins.
pub fn line_start(bytes: &[u8], offset: usize) -> usize {
    memchr::memrchr(b'\n', &bytes[..offset]).map_or(0, |at| at + 1)
}

impl SyntaxError {
    /// Refuses a text of 4 GiB or more: the readers keep offsets and indices in 32 bits.
    pub(in crate::config) fn refuse_huge(text: &[u8]) -> Result<(), Self> {
        match u32::try_from(text.len()) {
            Ok(_) => Ok(()),
            Err(_) => Err(Self { offset: 0, message: "a file of 4 GiB or more is not read".to_owned() }),
        }
    }

    /// The fault as a problem of a file.
    pub fn in_file(&self, file: &std::path::Path, bytes: &[u8]) -> crate::model::Problem {
        crate::model::Problem {
            file: file.to_owned(),
            at: Some(position(bytes, self.offset)),
            message: self.message.clone(),
        }
    }
}
