//! Edits collected file by file.

use crate::config::apache::Loaded;
use crate::config::{Edit, Span, splice};
use crate::model::{ApacheFindings, Field, FileChange, Step};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The edits of every file.
pub(super) struct Edits<'a> {
    loaded: &'a Loaded,
    by_file: BTreeMap<usize, Vec<Edit>>,
}

impl<'a> Edits<'a> {
    pub(super) fn new(loaded: &'a Loaded) -> Self {
        Self { loaded, by_file: BTreeMap::new() }
    }

    /// Puts text in the place of a span; nothing happens where it stands there already.
    pub(super) fn replace(&mut self, file: usize, span: Span, text: &str, field: Field, why: &str) {
        if self.loaded.files[file].bytes[span.clone()] != *text.as_bytes() {
            let edit = Edit { span, text: text.as_bytes().to_vec(), field: Some(field), why: why.to_owned() };
            self.by_file.entry(file).or_default().push(edit);
        }
    }

    /// Puts text before a byte.
    pub(super) fn insert(&mut self, file: usize, at: usize, text: &str, field: Field, why: &str) {
        self.replace(file, at..at, text, field, why);
    }

    /// One step a file, the edits applied.
    pub(super) fn into_steps(self, apache: &ApacheFindings) -> Vec<Step> {
        let mut steps = Vec::new();
        for (file, edits) in self.by_file {
            let path = &self.loaded.files[file].path;
            let before = apache.files.iter().find(|image| image.path == *path);
            let before = before.expect("every file loaded from the findings is in them").clone();
            let (after, changes) = splice(&before.bytes, edits).expect("the edits of a plan do not overlap");
            steps.push(Step::File(FileChange { before, after: Arc::clone(&after), changes }));
        }
        steps
    }
}
