//! Edits collected file by file.

use super::Work;
use crate::config::apache::{Item, Loaded};
use crate::config::{Edit, Span, splice};
use crate::model::{ApacheFindings, Field, FileChange, Step};
use crate::plan::PlanError;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The edits of every file.
pub(super) struct Edits<'a> {
    loaded: &'a Loaded,
    apache: &'a ApacheFindings,
    by_file: BTreeMap<usize, Vec<Edit>>,
}

impl<'a> Edits<'a> {
    pub(super) fn new(work: &Work<'a>) -> Self {
        Self { loaded: work.loaded, apache: work.apache, by_file: BTreeMap::new() }
    }

    /// Takes an edit; nothing happens where its text stands there already, or where it is taken a second time.
    pub(super) fn push(&mut self, file: usize, edit: Edit) {
        let own = self.by_file.entry(file).or_default();
        if self.loaded.files[file].bytes[edit.span.clone()] != *edit.text && !own.contains(&edit) {
            own.push(edit);
        }
    }

    /// Puts text in the place of a span.
    pub(super) fn replace(&mut self, file: usize, span: Span, text: &str, field: Field, why: &str) {
        let edit = Edit { span, text: text.as_bytes().to_vec(), field: Some(field), why: why.to_owned() };
        self.push(file, edit);
    }

    /// Puts text before a byte.
    pub(super) fn insert(&mut self, file: usize, at: usize, text: &str, field: Field, why: &str) {
        self.replace(file, at..at, text, field, why);
    }

    /// Puts words at the end of a directive's line.
    pub(super) fn append(&mut self, item: &Item, words: &str, field: Field, why: &str) {
        let edit = appended(self.loaded, item, words, field, why);
        self.push(item.file(), edit);
    }

    /// Takes the lines of a directive or section away.
    pub(super) fn remove(&mut self, item: &Item, field: Field, why: &str) {
        self.replace(item.file(), self.loaded.file(item).tree.span(item.node()), "", field, why);
    }

    /// One step a file, the edits applied.
    ///
    /// # Errors
    /// Where an edit would show in more places than one, or in a macro, which is no place of its own.
    pub(super) fn into_steps(self) -> Result<Vec<Step>, PlanError> {
        let mut steps = Vec::new();
        for (file, edits) in self.by_file.into_iter().filter(|(_, edits)| !edits.is_empty()) {
            let own = &self.loaded.files[file];
            let line = edits.first().map_or(1, |edit| self.loaded.line_at(file, edit.span.start));
            let refused = |message: String, hint: &str| PlanError::Refused {
                file: own.path.clone(),
                line,
                message,
                hint: hint.to_owned(),
            };
            if own.is_filled_in() {
                let hint = "put what guacfront show prints into the macro, or write this virtual host out";
                return Err(refused("this comes from a macro, which guacfront does not edit".into(), hint));
            }
            if own.loads != 1 {
                let message =
                    format!("the file is included {} times, and an edit would count as often", own.loads);
                let hint = "include it once, or choose a virtual host that it is not included in";
                return Err(refused(message, hint));
            }
            let before = self.apache.files.iter().find(|image| image.path == own.path).cloned();
            let unproven = || PlanError::Unproven {
                file: own.path.clone(),
                message: "two edits fall together in these lines".into(),
            };
            let before = before.ok_or_else(unproven)?;
            let (after, changes) = splice(&before.bytes, edits).ok_or_else(unproven)?;
            steps.push(Step::File(FileChange { before, after: Arc::clone(&after), changes }));
        }
        Ok(steps)
    }
}

/// Words put at the end of a directive's line.
pub(super) fn appended(loaded: &Loaded, item: &Item, words: &str, field: Field, why: &str) -> Edit {
    let file = loaded.file(item);
    let end = file.tree.line(item.node()).content().end;
    let last = loaded.argument_spans(item).and_then(|spans| spans.last().cloned());
    let open = last.and_then(|span| open_quote(&file.bytes[span]));
    let text = format!("{} {words}", open.map(String::from).unwrap_or_default()).into_bytes();
    Edit { span: end..end, text, field: Some(field), why: why.to_owned() }
}

/// An argument that becomes another one, in quotes unless it is a mere word; `None` where it is that already.
pub(super) fn argument(
    work: &Work<'_>,
    item: &Item,
    at: usize,
    wanted: &str,
    why: (Field, &str),
) -> Result<Option<Edit>, PlanError> {
    if item.arguments().get(at).is_some_and(|own| own == wanted) {
        return Ok(None);
    }
    let Some(span) = argument_spans(work, item)?.get(at).cloned() else {
        return Err(several_words(work, item));
    };
    let is_word = wanted.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let text = if is_word { wanted.to_owned() } else { format!("\"{wanted}\"") }.into_bytes();
    Ok(Some(Edit { span, text, field: Some(why.0), why: why.1.to_owned() }))
}

/// The bytes of each of an item's arguments.
///
/// # Errors
/// Where a variable stands for more or fewer words than one.
pub(super) fn argument_spans(work: &Work<'_>, item: &Item) -> Result<Vec<Span>, PlanError> {
    work.loaded.argument_spans(item).ok_or_else(|| several_words(work, item))
}

fn several_words(work: &Work<'_>, item: &Item) -> PlanError {
    work.refused(
        item,
        "a variable stands for several words here, and one of them would have to change",
        "write this line out without the variable",
    )
}

/// The quote that a word begins with and never ends with: httpd takes it all the same, but not what is put behind it.
fn open_quote(word: &[u8]) -> Option<char> {
    let quote = *word.first().filter(|byte| matches!(byte, b'"' | b'\''))?;
    let mut escaped = false;
    for byte in &word[1..] {
        if *byte == quote && !escaped {
            return None;
        }
        escaped = *byte == b'\\' && !escaped;
    }
    Some(char::from(quote))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_that_is_left_open_is_seen() {
        for (word, open) in
            [("\"a b\"", None), ("\"a b", Some('"')), ("'a\\'", Some('\'')), ("\"a\\\\\"", None), ("a", None)]
        {
            assert_eq!(open_quote(word.as_bytes()), open, "{word}");
        }
    }
}
