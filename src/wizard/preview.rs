//! The real files with the change in them, as they will be written.

use super::new_site;
use crate::model::{Answers, Field, FileChange, Findings, Plan, Server};
use crate::plan::{Language, PlanError, diff};
use std::path::PathBuf;
use std::sync::Arc;

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
    field: Option<Field>,
    /// The rows of the file shown, made when it changes: a draw needs but a few of very many.
    rows: Vec<PreviewRow>,
}

impl Default for Preview {
    fn default() -> Self {
        Self {
            plan: Err(PlanError::NoTomcat { wanted: None }),
            stale: true,
            files: Vec::new(),
            file: 0,
            view: View::default(),
            top: 0,
            field: None,
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

    fn make_rows(&self) -> Vec<PreviewRow> {
        let Some((_, file)) = self.current() else { return Vec::new() };
        if self.view == View::Whole {
            return (0..file.lines.len()).map(PreviewRow::Line).collect();
        }
        let mut rows = Vec::new();
        for hunk in diff::hunks(&file.lines, diff::CONTEXT) {
            rows.push(PreviewRow::Hunk(diff::header(&file.lines, &hunk).trim_end().to_owned()));
            rows.extend(hunk.map(PreviewRow::Line));
        }
        rows
    }

    /// Whether a line is one that the focused field causes.
    pub fn is_caused(&self, file: &PreviewFile, line: &diff::Line) -> bool {
        line.mark == diff::Mark::Added
            && self.field.is_some_and(|field| causes(field, file.language, &line.text))
    }

    pub(super) fn show(&mut self, answers: &Answers, findings: &Findings) {
        self.stale = false;
        self.plan = crate::plan::plan(answers, findings).map(Arc::new);
        let shown = self.current().map(|(_, file)| file.path.clone());
        self.files = match &self.plan {
            Ok(plan) => {
                plan.changes().map(|change| preview_file(change, findings, plan, self.view)).collect()
            }
            Err(_) => Vec::new(),
        };
        let still_there = shown.and_then(|path| self.files.iter().position(|file| file.path == path));
        self.file = still_there.unwrap_or(0);
        if still_there.is_none() {
            // The file that was looked at does not change any more: the field's own is looked for anew.
            self.field = None;
        }
        self.rows = self.make_rows();
    }

    /// Turns to the file and the line that a field causes.
    pub(super) fn follow(&mut self, field: Option<Field>) {
        let moved = self.field != field;
        self.field = field;
        let Some(field) = field else {
            if moved {
                self.top = 0;
            }
            return;
        };
        let found = |file: &PreviewFile| file.lines.iter().any(|line| self.is_caused(file, line));
        if moved && let Some(at) = self.files.iter().position(found) {
            self.file = at;
            self.rows = self.make_rows();
        }
        let Some((_, file)) = self.current() else { return };
        let caused = |row: &PreviewRow| match row {
            PreviewRow::Line(at) => {
                file.lines[*at].mark == diff::Mark::Added
                    && causes(field, file.language, &file.lines[*at].text)
            }
            PreviewRow::Hunk(_) => false,
        };
        let rows = &self.rows;
        let first = rows.iter().position(caused);
        let changed = || {
            rows.iter().position(
                |row| matches!(row, PreviewRow::Line(at) if file.lines[*at].mark != diff::Mark::Same),
            )
        };
        self.top = first.or_else(changed).unwrap_or(0).saturating_sub(2);
    }

    pub(super) fn next_file(&mut self) {
        if !self.files.is_empty() {
            self.file = (self.file + 1) % self.files.len();
            self.top = 0;
            self.rows = self.make_rows();
        }
    }

    pub(super) fn toggle_view(&mut self) {
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
        let field = self.field;
        self.follow(field);
    }

    pub(super) fn scroll_to(&mut self, top: usize) {
        self.top = top.min(self.rows().len().saturating_sub(1));
    }
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
    PreviewFile { path: change.before.target.clone(), language, lines: lines(change, view) }
}

/// Whether a field's value stands in a line, told by the directive the line holds.
fn causes(field: Field, language: Language, line: &[u8]) -> bool {
    let words: &[&str] = match (language, field) {
        (Language::Nginx, Field::PublicPath | Field::Site | Field::Server) => &["location ^~"],
        (Language::Apache, Field::PublicPath | Field::Site | Field::Server) => {
            &["<Location", "RedirectMatch"]
        }
        (Language::Nginx, Field::MaxUpload) => &["client_max_body_size"],
        (Language::Nginx, Field::LogTunnel) => &["access_log", "guacfront_log"],
        (Language::Apache, Field::LogTunnel) => &["guacfront_tunnel"],
        (Language::Nginx, Field::Host | Field::Port | Field::Context) => &["proxy_pass "],
        (Language::Apache, Field::Host | Field::Port | Field::Context) => &["ProxyPass "],
        (Language::Nginx | Language::Apache, Field::NewSite(field)) => new_site::causes(field),
        (Language::Tomcat, Field::Proxies) => &["internalProxies"],
        (Language::Tomcat, Field::ServerXml) => &["RemoteIpValve", "URIEncoding"],
        _ => return false,
    };
    let text = String::from_utf8_lossy(line);
    words.iter().any(|word| text.contains(word))
}
