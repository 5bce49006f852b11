//! The real files with the change in them, as they will be written.

mod cause;
mod search;

pub use search::Search;

use crate::model::{Answers, Edited, Field, FileChange, Findings, Plan, Server};
use crate::plan::{Language, PlanError, diff};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// Rows shown before the one that is gone to.
const LEAD: usize = 2;
/// Rows that stay when the preview is scrolled to its end, where nobody has told how many are drawn.
const LEFT: usize = 8;

/// How much of a file is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// What changes, with a few lines around it.
    #[default]
    Changes,
    /// Every line.
    Whole,
}

/// One file of the preview.
#[derive(Clone, Debug)]
pub struct PreviewFile {
    /// The file that will be replaced.
    pub path: PathBuf,
    /// Where these lines are to be pasted by hand, because no plan can be made for the file; else the file changes.
    pub by_hand: Option<String>,
    /// Its language.
    pub language: Language,
    /// The lines that the view shows, before and after; all that change are among them.
    pub lines: Vec<diff::Line>,
}

/// One row of the preview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PreviewRow {
    /// The `@@` line of a hunk.
    Hunk(String),
    /// A line of the file, by its place in [`PreviewFile::lines`].
    Line(usize),
}

/// The preview and where it stands.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The plan, or why there is none.
    pub plan: Result<Arc<Plan>, PlanError>,
    /// Whether a field is wrong, so that the plan is the one before it was.
    pub stale: bool,
    files: Vec<PreviewFile>,
    file: usize,
    view: View,
    top: usize,
    /// The row that is meant: the one that the focused field causes, or that was gone to.
    spot: Option<usize>,
    wrap: bool,
    /// How many rows are drawn.
    room: usize,
    field: Option<Field>,
    search: Option<Search>,
    /// The rows of the file shown, made when it changes: a draw needs but a few of very many.
    rows: Vec<PreviewRow>,
}

impl Default for Preview {
    fn default() -> Self {
        Self {
            plan: Err(PlanError::NoTomcat { wanted: None, strangers: Vec::new() }),
            stale: true,
            files: Vec::new(),
            file: 0,
            view: View::default(),
            top: 0,
            spot: None,
            wrap: false,
            room: LEFT,
            field: None,
            search: None,
            rows: Vec::new(),
        }
    }
}

impl Preview {
    /// Every file that will change.
    pub fn files(&self) -> &[PreviewFile] {
        &self.files
    }

    /// The file shown, and its place among them.
    pub fn current(&self) -> Option<(usize, &PreviewFile)> {
        self.files.get(self.file).map(|file| (self.file, file))
    }

    /// How much of it is shown.
    pub fn view(&self) -> View {
        self.view
    }

    /// The first row to be shown.
    pub fn top(&self) -> usize {
        self.top
    }

    /// The rows of the file shown.
    pub fn rows(&self) -> &[PreviewRow] {
        &self.rows
    }

    /// The row that is meant: the one that the focused field causes, or that was gone to.
    pub fn spot(&self) -> Option<usize> {
        self.spot
    }

    /// Whether long lines are broken instead of cut.
    pub fn wraps(&self) -> bool {
        self.wrap
    }

    /// The part of a line, as it is shown, that the focused field causes.
    ///
    /// # Units
    /// Bytes of `shown`.
    pub fn caused(&self, file: &PreviewFile, mark: diff::Mark, shown: &str) -> Option<Range<usize>> {
        let field = self.field.filter(|_| mark == diff::Mark::Added)?;
        cause::part(field, file.language, shown)
    }

    fn is_caused(&self, file: &PreviewFile, line: &diff::Line, mark: diff::Mark) -> bool {
        // Few of very many lines change: only those are looked into.
        let text = || String::from_utf8_lossy(&line.text);
        line.mark == mark
            && self.field.is_some_and(|field| cause::part(field, file.language, &text()).is_some())
    }

    fn make_rows(&self) -> Vec<PreviewRow> {
        self.current().map(|(_, file)| rows_of(file, self.view)).unwrap_or_default()
    }

    pub(super) fn show(&mut self, answers: &Answers, findings: &Findings, edited: Option<Edited>) {
        self.stale = false;
        self.plan = crate::plan::plan_with(answers, findings, edited).map(Arc::new);
        let shown = self.current().map(|(_, file)| file.path.clone());
        self.files = match &self.plan {
            Ok(plan) => {
                plan.changes().map(|change| preview_file(change, findings, plan, self.view)).collect()
            }
            Err(error) => by_hand(answers, findings, error).into_iter().collect(),
        };
        let still_there = shown.and_then(|path| self.files.iter().position(|file| file.path == path));
        self.file = still_there.unwrap_or(0);
        if still_there.is_none() {
            // The file that was looked at does not change any more: the field's own is looked for anew.
            self.field = None;
        }
        self.rows = self.make_rows();
        self.spot = self.spot.filter(|row| *row < self.rows.len());
        self.find_hits();
    }

    /// Turns to the file and the line that a field causes.
    pub(super) fn follow(&mut self, field: Option<Field>) {
        let moved = self.field != field;
        self.field = field;
        if field.is_none() {
            if moved {
                self.scroll_to(0);
            }
            return;
        }
        let has = |file: &PreviewFile, mark| file.lines.iter().any(|line| self.is_caused(file, line, mark));
        // What a field takes out is shown where it writes nothing.
        let of_all = [diff::Mark::Added, diff::Mark::Removed].into_iter().find_map(|mark| {
            let first = self.files.iter().position(|file| has(file, mark))?;
            Some((mark, first))
        });
        let is_here = |mark| self.current().is_some_and(|(_, file)| has(file, mark));
        if let Some((mark, first)) = of_all
            && (moved || !is_here(mark))
        {
            self.file = first;
            self.rows = self.make_rows();
        }
        let Some((_, file)) = self.current() else { return };
        let first = |wanted: &dyn Fn(&diff::Line) -> bool| {
            self.rows.iter().position(|row| matches!(row, PreviewRow::Line(at) if wanted(&file.lines[*at])))
        };
        let caused = of_all.and_then(|(mark, _)| first(&|line| self.is_caused(file, line, mark)));
        let spot = caused.or_else(|| first(&|line| line.mark != diff::Mark::Same));
        self.top = spot.unwrap_or(0).saturating_sub(LEAD);
        self.spot = caused;
    }

    pub(super) fn next_file(&mut self) {
        if !self.files.is_empty() {
            self.file = (self.file + 1) % self.files.len();
            self.rows = self.make_rows();
            self.scroll_to(0);
        }
    }

    pub(super) fn toggle_view(&mut self) {
        let meant = self.spot.and_then(|row| self.numbers(row));
        self.view = match self.view {
            View::Changes => View::Whole,
            View::Whole => View::Changes,
        };
        if let Ok(plan) = &self.plan {
            for (file, change) in self.files.iter_mut().zip(plan.changes()) {
                file.lines = lines(change, self.view);
            }
        }
        self.rows = self.make_rows();
        self.find_hits();
        // What was looked at is looked at in the other view.
        match (0..self.rows.len()).find(|row| meant.is_some() && self.numbers(*row) == meant) {
            Some(row) => {
                self.top = row.saturating_sub(LEAD);
                self.spot = Some(row);
            }
            None => self.follow(self.field),
        }
    }

    /// A row's line numbers before and after.
    fn numbers(&self, row: usize) -> Option<(Option<usize>, Option<usize>)> {
        let PreviewRow::Line(at) = self.rows.get(row)? else { return None };
        let (_, file) = self.current()?;
        file.lines.get(*at).map(|line| (line.old, line.new))
    }

    pub(super) fn toggle_wrap(&mut self) {
        self.wrap = !self.wrap;
    }

    pub(super) fn scroll_to(&mut self, top: usize) {
        self.top = top.min(self.last());
        self.spot = None;
    }

    /// The first row when the last one is in sight.
    pub fn last(&self) -> usize {
        // A row that is broken takes more than one line, so the last one may need the whole room.
        self.rows.len().saturating_sub(if self.wrap { 1 } else { self.room })
    }

    /// So many rows are drawn.
    pub(super) fn fit(&mut self, rows: usize) {
        self.room = rows.max(1);
    }

    /// How many rows are drawn.
    pub fn room(&self) -> usize {
        self.room
    }
}

/// The rows of a file in a view.
fn rows_of(file: &PreviewFile, view: View) -> Vec<PreviewRow> {
    if view == View::Whole || file.by_hand.is_some() {
        return (0..file.lines.len()).map(PreviewRow::Line).collect();
    }
    let mut rows = Vec::new();
    for hunk in diff::hunks(&file.lines, diff::CONTEXT) {
        rows.push(PreviewRow::Hunk(diff::header(&file.lines, &hunk).trim_end().to_owned()));
        rows.extend(hunk.map(PreviewRow::Line));
    }
    rows
}

fn lines(change: &FileChange, view: View) -> Vec<diff::Line> {
    match view {
        View::Changes => diff::excerpt(change),
        View::Whole => diff::whole(change),
    }
}

fn preview_file(change: &FileChange, findings: &Findings, plan: &Plan, view: View) -> PreviewFile {
    let is_tomcat = findings.tomcats.iter().any(|tomcat| tomcat.server_xml.target == change.before.target);
    let language = match plan.answers.frontend.server {
        _ if is_tomcat => Language::Tomcat,
        Server::Nginx => Language::Nginx,
        Server::Apache => Language::Apache,
    };
    PreviewFile { path: change.before.target.clone(), by_hand: None, language, lines: lines(change, view) }
}

/// The lines to be pasted into the file that no plan can be made for.
fn by_hand(answers: &Answers, findings: &Findings, error: &PlanError) -> Option<PreviewFile> {
    let (place, text) = crate::plan::by_hand(answers, findings, error)?;
    let file = error.file()?;
    let is_tomcat = findings.tomcats.iter().any(|tomcat| {
        let own = &tomcat.server_xml;
        own.path == file || own.target == file
    });
    let language = match answers.frontend.server {
        _ if is_tomcat => Language::Tomcat,
        Server::Nginx => Language::Nginx,
        Server::Apache => Language::Apache,
    };
    // Without a sign before them, as they are to be copied.
    let lines = diff::between(text.as_bytes(), text.as_bytes());
    Some(PreviewFile { path: file.to_owned(), by_hand: Some(place), language, lines })
}
