//! The frontend, asked at a public address.

use super::backend::{Backend, is_guacamole};
use super::outcome::{Outcome, Trial, Verdict};
use super::words::{asked, brief, unreachable};
use crate::model::{Answers, PublicAddress, Server};
use crate::system::{Answer, Ask, AskError, Handshake, Peer, System};
use std::thread;
use std::time::{Duration, Instant};

/// Over the 1 MiB that nginx lets through where nothing is said, and under the 2 MiB of a refused body that Tomcat
/// still reads before it hangs up.
const UPLOAD: u64 = 1_600_000;

/// How often a frontend that is reading its files again is asked again.
const AGAIN: Duration = Duration::from_millis(200);

/// Makes every trial at one address.
pub(super) fn trials(
    system: &System,
    address: &PublicAddress,
    answers: &Answers,
    backend: &Backend,
    patience: Duration,
    tell: &mut dyn FnMut(Outcome),
) {
    let started = Instant::now();
    let patiently = |trial: &dyn Fn() -> Outcome| loop {
        let outcome = trial();
        if outcome.verdict != Verdict::Fail || started.elapsed() >= patience {
            break outcome;
        }
        thread::sleep(AGAIN);
    };
    let peer = Peer { connect: address.connect, tls: address.tls, host: address.host.clone() };
    let site = Site { system, address, answers, backend, peer, url: address.url() };
    let page = patiently(&|| site.page());
    // Where the page leads elsewhere or nothing answers, more requests would say the same again.
    let goes_on = page.verdict != Verdict::Fail && page.next.is_none();
    tell(page);
    if goes_on {
        tell(patiently(&|| site.websocket()));
        tell(patiently(&|| site.slash()));
        tell(patiently(&|| site.upload()));
    } else {
        for trial in [Trial::WebSocket, Trial::Slash, Trial::Upload] {
            tell(site.outcome(trial, Verdict::Skipped, "not tried: see the page"));
        }
    }
}

struct Site<'a> {
    system: &'a System,
    address: &'a PublicAddress,
    answers: &'a Answers,
    backend: &'a Backend,
    peer: Peer,
    url: String,
}

impl Site<'_> {
    fn outcome(&self, trial: Trial, verdict: Verdict, evidence: impl Into<String>) -> Outcome {
        Outcome::new(trial, &self.url, verdict, evidence)
    }

    fn get(&self, path: &str) -> Result<Answer, AskError> {
        self.system.ask(&self.peer, &Ask::get(path))
    }

    fn page(&self) -> Outcome {
        let page = self.get(&self.address.path);
        let evidence = asked("GET", &self.url, &page);
        let fail = |next: String| self.outcome(Trial::Page, Verdict::Fail, evidence.clone()).with_next(next);
        let server = self.address.server;
        let answer = match &page {
            Ok(answer) => answer,
            Err(error) => return fail(unreachable(error, server.title())),
        };
        match answer.status {
            200 => {
                let languages = self.get(&format!("{}api/languages", self.address.path));
                if languages.as_ref().is_ok_and(is_guacamole) {
                    return self.outcome(Trial::Page, Verdict::Pass, evidence);
                }
                fail(format!("{server} answers with some other page: the request does not reach Guacamole"))
            }
            301 | 302 | 303 | 307 | 308 => {
                let to = brief(answer.header("location").unwrap_or_default());
                if !self.address.tls && to.starts_with("https://") {
                    return self
                        .outcome(Trial::Page, Verdict::Pass, evidence)
                        .with_next("plain HTTP leads to HTTPS: what matters is tried there");
                }
                fail(format!("the page leads elsewhere, to {to}: look for a redirect in the site"))
            }
            401 | 403 => self.outcome(Trial::Page, Verdict::Warn, evidence).with_next(format!(
                "{server} asks for more than this machine can give: your own access rules stand in front"
            )),
            404 => fail(format!(
                "{server} or Tomcat does not know the path: look whether this site is the one that answers, and at the context path"
            )),
            502..=504 => fail(self.no_backend()),
            _ => fail(format!("look at {server}'s error log")),
        }
    }

    fn no_backend(&self) -> String {
        let server = self.address.server;
        if self.backend.is_guacamole() {
            format!(
                "Tomcat answers this program and not {server}: on a machine with SELinux, setsebool -P \
                 httpd_can_network_relay 1 lets {server} connect"
            )
        } else {
            format!("{server} does not reach Tomcat: start it, then check again")
        }
    }

    fn websocket(&self) -> Outcome {
        let path = format!("{}websocket-tunnel", self.address.path);
        let url = format!("{}websocket-tunnel", self.url);
        let result = self.system.open_websocket(&self.peer, &path);
        let evidence = handshake_words(&url, &result);
        let fail =
            |next: &str| self.outcome(Trial::WebSocket, Verdict::Fail, evidence.clone()).with_next(next);
        match result {
            Ok(Handshake::Open { .. }) => self.outcome(Trial::WebSocket, Verdict::Pass, evidence),
            _ if !self.backend_opens() => fail(
                "Tomcat itself does not open it either: the fault is not the frontend's. Look at Tomcat's log",
            ),
            Ok(Handshake::Refused(404)) => match self.address.server {
                Server::Nginx => fail(
                    "the Upgrade header is lost: proxy_set_header Upgrade and proxy_http_version 1.1 are missing",
                ),
                Server::Apache => fail(
                    "the Upgrade header is lost: the <Location> of websocket-tunnel is missing, stands before the general \
                     one, or mod_proxy_wstunnel is not loaded",
                ),
            },
            Ok(Handshake::Refused(400)) => {
                fail("the Connection header is lost: Tomcat sees Upgrade without it")
            }
            Ok(Handshake::Refused(_)) => {
                fail("sessions fall back to HTTP and feel slow: look at the frontend's error log")
            }
            Err(AskError::TimedOut) => fail(
                "the handshake hangs: Guacamole's client then gives up altogether. Look at the frontend's error log",
            ),
            Err(_) => fail("look at the frontend's error log"),
        }
    }

    /// Whether the backend, asked straight, opens a WebSocket.
    fn backend_opens(&self) -> bool {
        let path = format!("{}websocket-tunnel", self.answers.backend.context);
        let opened = self.backend.peer.as_ref().map(|peer| self.system.open_websocket(peer, &path));
        matches!(opened, Some(Ok(Handshake::Open { .. })))
    }

    fn slash(&self) -> Outcome {
        let Some(bare) = self.address.path.strip_suffix('/').filter(|bare| !bare.is_empty()) else {
            return self.outcome(
                Trial::Slash,
                Verdict::Skipped,
                "the public path is /, there is no other form",
            );
        };
        let answer = self.get(bare);
        let evidence = asked("GET", self.url.trim_end_matches('/'), &answer);
        let fail = |next: &str| self.outcome(Trial::Slash, Verdict::Fail, evidence.clone()).with_next(next);
        match &answer {
            Ok(answer) if matches!(answer.status, 301 | 302 | 303 | 307 | 308) => {
                let to = answer.header("location").unwrap_or_default();
                if to == self.address.path || to == self.url {
                    self.outcome(Trial::Slash, Verdict::Pass, evidence)
                } else {
                    fail("it leads somewhere else: people who leave the slash out do not arrive")
                }
            }
            Ok(_) => fail("people who leave the slash out do not arrive: a redirect is missing"),
            Err(error) => fail(&unreachable(error, self.address.server.title())),
        }
    }

    fn upload(&self) -> Outcome {
        if self.answers.frontend.max_upload.bytes().is_some_and(|limit| limit < UPLOAD) {
            let limit = self.answers.frontend.max_upload;
            return self.outcome(Trial::Upload, Verdict::Skipped, format!("the limit asked for is {limit}"));
        }
        // A stream of a tunnel that does not exist: nothing is stored, and it counts as no login.
        let path = format!("{}api/session/tunnels/guacfront/streams/0/trial", self.address.path);
        let url = format!("{}api/session/tunnels/guacfront/streams/0/trial", self.url);
        let answer = self.system.ask(&self.peer, &Ask::post(&path, UPLOAD));
        let evidence = format!("{} ({UPLOAD} bytes)", asked("POST", &url, &answer));
        match &answer {
            Ok(answer) if answer.status == 413 => {
                self.outcome(Trial::Upload, Verdict::Fail, evidence).with_next(
                    "the frontend refuses the size: client_max_body_size is too small, here or further out",
                )
            }
            Ok(_) => self.outcome(Trial::Upload, Verdict::Pass, evidence),
            Err(AskError::Broken(_)) => self.outcome(Trial::Upload, Verdict::Warn, evidence).with_next(
                "the connection ended before an answer came: a frontend that refuses the size does that, its error log \
                 says so",
            ),
            Err(error) => self
                .outcome(Trial::Upload, Verdict::Fail, evidence)
                .with_next(unreachable(error, self.address.server.title())),
        }
    }
}

fn handshake_words(url: &str, result: &Result<Handshake, AskError>) -> String {
    match result {
        Ok(Handshake::Open { close: Some((code, reason)) }) => {
            format!("WebSocket {url} -> 101, then closed with {code} {}", brief(reason))
        }
        Ok(Handshake::Open { close: None }) => format!("WebSocket {url} -> 101"),
        Ok(Handshake::Refused(status)) => format!("WebSocket {url} -> {status} instead of 101"),
        Err(error) => format!("WebSocket {url} -> {error}"),
    }
}
