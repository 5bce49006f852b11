//! The bytes of one line.

use crate::model::masked_in;
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// A range of a file's bytes that are shared with the file: a large one has hundreds of thousands of lines.
#[derive(Clone)]
pub struct Text {
    pub(super) file: Arc<[u8]>,
    pub(super) range: Range<usize>,
}

impl Deref for Text {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.file[self.range.clone()]
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Text {}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(self))
    }
}

impl Text {
    /// A line that is a whole file.
    #[cfg(test)]
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self { file: bytes.into(), range: 0..bytes.len() }
    }

    /// As a person may see it: a secret in it is masked, also where the lines before it alone tell that it is one.
    pub fn masked(&self) -> String {
        masked_in(&self.file, self.range.clone())
    }
}
