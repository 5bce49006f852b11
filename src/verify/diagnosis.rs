//! One breach of a rule, with its place.

use super::words::brief;
use crate::model::{Rule, Severity, masked, masked_in, printable, printable_path};
use std::path::{Path, PathBuf};

/// A rule that the machine breaks, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The rule; its page says why it matters and what to do.
    pub rule: Rule,
    /// The file, where one line of one file is to blame.
    pub file: Option<PathBuf>,
    /// The line, 1-based.
    pub line: Option<usize>,
    /// That line; safe to show, of bounded length, secrets masked.
    pub text: Option<String>,
    /// What is the matter at this place; safe to show, secrets masked.
    pub detail: String,
    /// Whether the plan for the machine's own answers takes it away.
    pub fixable: bool,
}

impl Diagnosis {
    /// A breach that has no place in a file.
    pub(super) fn new(rule: Rule, detail: impl AsRef<str>) -> Self {
        let detail = printable(&masked(detail.as_ref()));
        Self { rule, file: None, line: None, text: None, detail, fixable: false }
    }

    /// A breach at a line of a file.
    pub(super) fn at(rule: Rule, file: &Path, bytes: &[u8], line: usize, detail: impl AsRef<str>) -> Self {
        let mut lines = bytes.split_inclusive(|&byte| byte == b'\n').scan(0, |end, text| {
            *end += text.len();
            Some(*end - text.len()..*end)
        });
        let text = lines.nth(line.saturating_sub(1)).map(|line| brief(masked_in(bytes, line).trim()));
        Self { file: Some(file.to_owned()), line: Some(line), text, ..Self::new(rule, detail) }
    }

    /// How much it matters.
    pub fn severity(&self) -> Severity {
        self.rule.severity()
    }

    /// File and line as a person names a place, `None` where it has none.
    pub fn place(&self) -> Option<String> {
        let file = printable_path(self.file.as_ref()?);
        Some(self.line.map_or_else(|| file.clone(), |line| format!("{file}:{line}")))
    }
}
