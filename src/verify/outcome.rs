//! One trial's outcome.

use serde::Serialize;

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trial {
    /// The backend, asked straight, is Guacamole.
    Backend,
    /// The page at the public address is Guacamole's.
    Page,
    /// The WebSocket opens through the frontend.
    WebSocket,
    /// The public path without its last slash leads to the page.
    Slash,
    /// An upload of more than 1 MB is let through.
    Upload,
}

impl Trial {
    /// Every trial, in the order they are made.
    pub const ALL: [Self; 5] = [Self::Backend, Self::Page, Self::WebSocket, Self::Slash, Self::Upload];

    /// What is tried, in a few words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Backend => "Tomcat serves Guacamole",
            Self::Page => "The page is Guacamole's",
            Self::WebSocket => "The WebSocket opens",
            Self::Slash => "The path without its slash leads to the page",
            Self::Upload => "An upload of more than 1 MB is let through",
        }
    }
}

/// How a trial came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was not tried, as it could have said nothing.
    Skipped,
    /// It works.
    Pass,
    /// It works, with something to know.
    Warn,
    /// It does not work.
    Fail,
}

/// One trial's outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// What was tried.
    pub trial: Trial,
    /// The address that was asked.
    pub address: String,
    /// How it came out.
    pub verdict: Verdict,
    /// The request and the answer that decide; safe to show.
    pub evidence: String,
    /// What to do next, where there is something to do.
    pub next: Option<String>,
}

impl Outcome {
    pub(super) fn new(trial: Trial, address: &str, verdict: Verdict, evidence: impl Into<String>) -> Self {
        Self { trial, address: address.to_owned(), verdict, evidence: evidence.into(), next: None }
    }

    pub(super) fn with_next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }
}
