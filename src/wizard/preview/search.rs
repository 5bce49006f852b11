//! What is looked for in the preview, and the ways from hit to hit and from change to change.

use super::{Preview, PreviewFile, PreviewRow, rows_of};
use crate::plan::diff::{Mark, Text};
use std::ops::Range;
use tui_input::{Input, InputRequest};

/// A row of the preview: the place of its file, and its own in that file's rows.
type Spot = (usize, usize);

/// Text that is looked for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    input: Input,
    hits: Vec<Spot>,
    /// The file and the first row that were shown when it began.
    from: Spot,
}

impl Search {
    /// The line it is typed in.
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// How many rows of all files hold it.
    pub fn count(&self) -> usize {
        self.hits.len()
    }

    /// Where a line holds it, upper and lower case of ASCII being the same.
    ///
    /// # Units
    /// Bytes of `line`.
    pub fn parts(&self, line: &str) -> Vec<Range<usize>> {
        let wanted = self.input.value().as_bytes();
        let mut parts = Vec::new();
        let mut at = 0;
        while let Some(start) = position(&line.as_bytes()[at..], wanted).map(|start| at + start) {
            at = start + wanted.len();
            parts.push(start..at);
        }
        parts
    }

    fn is_in(&self, line: &Text) -> bool {
        let wanted = self.input.value().as_bytes();
        // What is masked cannot be found out by looking for it; few lines hold the text at all.
        position(line, wanted).is_some() && position(line.masked().as_bytes(), wanted).is_some()
    }
}

/// Where text begins in a line; empty text is nowhere.
fn position(line: &[u8], wanted: &[u8]) -> Option<usize> {
    if wanted.is_empty() {
        return None;
    }
    line.windows(wanted.len()).position(|part| part.eq_ignore_ascii_case(wanted))
}

impl Preview {
    /// What is looked for, where something is.
    pub fn search(&self) -> Option<&Search> {
        self.search.as_ref()
    }

    /// Which of the hits the preview stands at, from 1.
    pub fn hit(&self) -> Option<usize> {
        let spot = (self.file, self.spot?);
        self.search.as_ref()?.hits.iter().position(|hit| *hit == spot).map(|at| at + 1)
    }

    pub(in crate::wizard) fn begin_search(&mut self) {
        let from = (self.file, self.top);
        self.search.get_or_insert_default().from = from;
    }

    /// Types in the line of the search and goes to the first hit from where it began.
    pub(in crate::wizard) fn edit_search(&mut self, requests: impl Iterator<Item = InputRequest>) {
        let Some(search) = &mut self.search else { return };
        for request in requests {
            search.input.handle(request);
        }
        let from = search.from;
        self.find_hits();
        let hits = self.search.as_ref().map_or(&[][..], |search| &search.hits);
        match hits.iter().find(|hit| **hit >= from).or(hits.first()).copied() {
            Some(hit) => self.jump(hit),
            None => self.stand(from),
        }
    }

    /// Closes the line; the hits stay marked where there is text.
    pub(in crate::wizard) fn keep_search(&mut self) {
        self.search.take_if(|search| search.input.value().is_empty());
    }

    /// Closes the line and goes back to where the search began.
    pub(in crate::wizard) fn drop_search(&mut self) {
        if let Some(search) = self.search.take() {
            self.stand(search.from);
        }
    }

    /// To the next or previous hit, or change where nothing is looked for; around the end to the other one.
    pub(in crate::wizard) fn go_on(&mut self, forward: bool) {
        let spots = match &self.search {
            Some(search) => search.hits.clone(),
            None => self.changes(),
        };
        // A row that has been scrolled to is not one that has been gone to yet.
        let here = (self.file, self.spot.unwrap_or(self.top));
        let next = if forward {
            let passed = |spot: &&Spot| **spot > here || (self.spot.is_none() && **spot == here);
            spots.iter().find(passed).or(spots.first())
        } else {
            spots.iter().rev().find(|spot| **spot < here).or(spots.last())
        };
        if let Some(spot) = next {
            self.jump(*spot);
        }
    }

    /// Looks for the text in every file as the view shows it.
    pub(super) fn find_hits(&mut self) {
        let Some(search) = &self.search else { return };
        let holds = |file: &PreviewFile, row: &PreviewRow| match row {
            PreviewRow::Line(at) => search.is_in(&file.lines[*at].text),
            PreviewRow::Hunk(_) => false,
        };
        let hits = self.spots(|file, rows, at| holds(file, &rows[at]));
        if let Some(search) = &mut self.search {
            search.hits = hits;
        }
    }

    /// The first row of every run of changed lines.
    fn changes(&self) -> Vec<Spot> {
        let is_changed = |file: &PreviewFile, row: &PreviewRow| matches!(row, PreviewRow::Line(at) if file.lines[*at].mark != Mark::Same);
        self.spots(|file, rows, at| {
            is_changed(file, &rows[at]) && (at == 0 || !is_changed(file, &rows[at - 1]))
        })
    }

    fn spots(&self, wanted: impl Fn(&PreviewFile, &[PreviewRow], usize) -> bool) -> Vec<Spot> {
        let mut spots = Vec::new();
        for (number, file) in self.files.iter().enumerate() {
            let rows = rows_of(file, self.view);
            spots.extend((0..rows.len()).filter(|at| wanted(file, &rows, *at)).map(|at| (number, at)));
        }
        spots
    }

    fn jump(&mut self, (file, row): Spot) {
        self.stand((file, row.saturating_sub(super::LEAD)));
        self.spot = Some(row);
    }

    fn stand(&mut self, (file, top): Spot) {
        if file != self.file {
            self.file = file;
            self.rows = self.make_rows();
        }
        self.top = top;
        self.spot = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(text: &str) -> Search {
        Search { input: Input::new(text.to_owned()), ..Search::default() }
    }

    #[test]
    fn upper_and_lower_case_are_the_same() {
        assert_eq!(search("proxypass").parts("ProxyPass a; PROXYPASS"), [0..9, 13..22]);
        assert!(search("").parts("a").is_empty());
        assert_eq!(search("aa").parts("aaaaa"), [0..2, 2..4]);
    }

    #[test]
    fn a_masked_secret_is_not_found() {
        let line = &Text::of(b"<Connector keystorePass=\"hunter2\" />");
        assert!(!search("hunter2").is_in(line));
        assert!(search("keystorepass").is_in(line));
    }
}
