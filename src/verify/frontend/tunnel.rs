//! The two tunnels.

use super::Site;
use crate::system::{Ask, AskError, Handshake};
use crate::verify::backend::Backend;
use crate::verify::outcome::{Outcome, Trial, Verdict};
use crate::verify::words::{asked, brief, unreachable};

/// What Guacamole's client does with a tunnel that hangs.
///
/// # Source
/// guacamole-common-js, `ChainedTunnel`: a tunnel that timed out is no reason to try the next one.
const HANGS: &str = "it hangs for 15 s and more: Guacamole's client then gives up altogether and does not try the other tunnel";

impl Site<'_> {
    /// Without a query Guacamole refuses at once, by a header of its own.
    ///
    /// # Source
    /// guacamole-client, `GuacamoleHTTPTunnelServlet`: `CLIENT_BAD_REQUEST`, 768.
    pub(super) fn tunnel(&self) -> Outcome {
        let answer = self.ask(&Ask::tunnel(&self.path("tunnel")));
        let evidence = asked("GET", &self.url("tunnel"), &answer);
        let fail =
            |next: String| self.outcome(Trial::Tunnel, Verdict::Fail, evidence.clone()).with_next(next);
        match &answer {
            Ok(answer) => match answer.header("guacamole-status-code") {
                Some(code) => {
                    let code = brief(code);
                    self.outcome(Trial::Tunnel, Verdict::Pass, format!("{evidence}, Guacamole-Status-Code: {code}"))
                }
                None if answer.status == 400 => fail(
                    "the answer has lost its Guacamole-Status-Code: something on the way removes headers it does not know"
                        .into(),
                ),
                None => fail(format!(
                    "it is not Guacamole's own answer: {} answers the tunnel by itself, look for a location of its own",
                    self.place.title()
                )),
            },
            Err(AskError::TimedOut) => fail(HANGS.into()),
            Err(error) => fail(unreachable(error, self.place.title())),
        }
    }

    pub(super) fn websocket(&self) -> Outcome {
        let result = self.system.open_websocket(&self.peer, &self.path("websocket-tunnel"));
        let evidence = handshake_words(&self.url("websocket-tunnel"), &result);
        let fail =
            |next: &str| self.outcome(Trial::WebSocket, Verdict::Fail, evidence.clone()).with_next(next);
        if !self.target.websocket {
            return self.switched_off(&result, evidence);
        }
        if matches!(result, Ok(Handshake::Open { .. })) {
            return self.outcome(Trial::WebSocket, Verdict::Pass, evidence);
        }
        if self.backend.is_some_and(|backend: &Backend| !backend.opens_websocket(self.system)) {
            return fail(
                "Tomcat itself does not open it either: the fault is not the frontend's. Look at Tomcat's log",
            );
        }
        match result {
            Ok(Handshake::Refused(404)) => fail(self.lost_upgrade()),
            Ok(Handshake::Refused(400)) => {
                fail("the Connection header is lost: Tomcat sees Upgrade without it")
            }
            Ok(_) => fail("sessions fall back to HTTP and feel slow: look at the frontend's error log"),
            Err(AskError::TimedOut) => fail(HANGS),
            Err(_) => fail("look at the frontend's error log"),
        }
    }

    /// What came of a WebSocket that is not to open: any refusal will do, so long as it comes at once.
    fn switched_off(&self, result: &Result<Handshake, AskError>, evidence: String) -> Outcome {
        let outcome = |verdict: Verdict, evidence: String| self.outcome(Trial::WebSocket, verdict, evidence);
        match result {
            Ok(Handshake::Refused(_)) => outcome(
                Verdict::Skipped,
                format!("it is switched off, the HTTP tunnel carries sessions: {evidence}"),
            ),
            Ok(Handshake::Open { .. }) => outcome(Verdict::Fail, evidence)
                .with_next("it is switched off in the answers, and something else passes it on"),
            Err(AskError::TimedOut) => outcome(Verdict::Fail, evidence).with_next(HANGS),
            Err(error) => {
                let next = unreachable(error, self.place.title());
                outcome(Verdict::Fail, evidence).with_next(next)
            }
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
