//! One trial's outcome.

use crate::system::USER_AGENT;
use serde::Serialize;

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trial {
    /// The backend, asked straight, is Guacamole.
    Backend,
    /// The page at the public address is Guacamole's.
    Page,
    /// The HTTP tunnel answers through the frontend, with Guacamole's own headers.
    Tunnel,
    /// The WebSocket opens through the frontend.
    WebSocket,
    /// A PATCH, by which settings are changed, reaches Guacamole.
    Patch,
    /// The public path without its last slash leads to the page.
    Slash,
    /// An upload of more than 1 MB is let through.
    Upload,
    /// Plain HTTP leads to HTTPS where there is HTTPS.
    Https,
    /// The certificate is one that browsers believe.
    Certificate,
    /// Clients with IPv6 and with IPv4 find the same page.
    Families,
    /// An answer of a stand-in arrives as it is sent.
    Streaming,
    /// The client's address and scheme reach a stand-in.
    Headers,
    /// What a client makes up of them is not believed.
    Forged,
    /// A login is recorded with the client's address.
    Login,
}

impl Trial {
    /// Every trial, in the order they are made.
    pub const ALL: [Self; 14] = [
        Self::Backend,
        Self::Page,
        Self::Tunnel,
        Self::WebSocket,
        Self::Patch,
        Self::Slash,
        Self::Upload,
        Self::Https,
        Self::Certificate,
        Self::Families,
        Self::Streaming,
        Self::Headers,
        Self::Forged,
        Self::Login,
    ];

    /// What is tried, in a few words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Backend => "Tomcat serves Guacamole",
            Self::Page => "The page is Guacamole's",
            Self::Tunnel => "The HTTP tunnel answers",
            Self::WebSocket => "The WebSocket opens",
            Self::Patch => "PATCH reaches Guacamole",
            Self::Slash => "The path without its slash leads to the page",
            Self::Upload => "An upload of more than 1 MB is let through",
            Self::Https => "Plain HTTP leads to HTTPS",
            Self::Certificate => "Browsers believe the certificate",
            Self::Families => "IPv4 and IPv6 lead to the same page",
            Self::Streaming => "An answer arrives as it is sent",
            Self::Headers => "The client's address and scheme reach the backend",
            Self::Forged => "Nobody can make up an address or scheme",
            Self::Login => "A login is recorded with the client's address",
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

/// What these trials left in the servers' logs, for whoever reads them later; `None` where nothing was asked.
pub fn traces(outcomes: &[Outcome]) -> Option<String> {
    let made = |trial| outcomes.iter().any(|o| o.trial == trial && o.verdict != Verdict::Skipped);
    let is_asked = |outcome: &Outcome| outcome.verdict != Verdict::Skipped && outcome.trial != Trial::Login;
    if !outcomes.iter().any(is_asked) {
        return None;
    }
    let mut text = format!("Left in the access logs: a few requests by \"{USER_AGENT}\".");
    if made(Trial::WebSocket) {
        text.push_str(
            " In Guacamole's log: \"Creation of WebSocket tunnel to guacd failed\" for each WebSocket that opened, as \
             no login stands behind it.",
        );
    }
    if made(Trial::Tunnel) {
        text.push_str(" And \"No query string provided\" for each HTTP tunnel.");
    }
    Some(text)
}
