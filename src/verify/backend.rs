//! The backend, asked straight.

use super::outcome::{Outcome, Trial, Verdict};
use super::target::BackendPlace;
use super::words::{asked, unreachable};
use crate::system::{Answer, Ask, AskError, Handshake, Peer, System};
use std::thread;
use std::time::{Duration, Instant};

/// How often a backend that is starting is asked again.
const AGAIN: Duration = Duration::from_millis(500);

/// The backend and what it said.
pub(super) struct Backend {
    /// Where it is, where its name is known.
    peer: Option<Peer>,
    /// The context path.
    path: String,
    url: String,
    languages: Result<Answer, AskError>,
    version: Option<String>,
}

/// Whether an answer to `api/languages` is Guacamole's: it alone serves a JSON object of language names there.
///
/// # Source
/// guacamole-client, `LanguageRESTService`: no token is asked for.
pub(super) fn is_guacamole(answer: &Answer) -> bool {
    let object = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&answer.body);
    answer.status == 200
        && object.is_ok_and(|map| !map.is_empty() && map.values().all(serde_json::Value::is_string))
}

impl Backend {
    /// Asks the backend, again and again until it is Guacamole or patience ends.
    pub(super) fn find(system: &System, place: &BackendPlace, patience: Duration) -> Self {
        let path = place.context.to_string();
        let host = place.host.in_url();
        let url = format!("http://{host}:{}{path}", place.port);
        let peer = match system.address_of(&place.host, place.port) {
            Ok(connect) => Peer { connect, tls: false, host },
            Err(error) => return Self { peer: None, path, url, languages: Err(error), version: None },
        };
        let started = Instant::now();
        let languages = loop {
            let answer = system.ask(&peer, &Ask::get(&format!("{path}api/languages")));
            if started.elapsed() >= patience || answer.as_ref().is_ok_and(is_guacamole) {
                break answer;
            }
            thread::sleep(AGAIN);
        };
        let version =
            languages.as_ref().is_ok_and(is_guacamole).then(|| version(system, &peer, &path)).flatten();
        Self { peer: Some(peer), path, url, languages, version }
    }

    /// Whether Guacamole answers there.
    pub(super) fn is_guacamole(&self) -> bool {
        self.languages.as_ref().is_ok_and(is_guacamole)
    }

    /// Its own answer to a request that was sent through the frontend, the path given below the public path.
    pub(super) fn ask(&self, system: &System, ask: impl Fn(&str) -> Ask, below: &str) -> Option<Answer> {
        system.ask(self.peer.as_ref()?, &ask(&format!("{}{below}", self.path))).ok()
    }

    /// Whether it opens a WebSocket where it is asked straight.
    pub(super) fn opens_websocket(&self, system: &System) -> bool {
        let path = format!("{}websocket-tunnel", self.path);
        let opened = self.peer.as_ref().map(|peer| system.open_websocket(peer, &path));
        matches!(opened, Some(Ok(Handshake::Open { .. })))
    }

    pub(super) fn outcome(&self) -> Outcome {
        let evidence = asked("GET", &format!("{}api/languages", self.url), &self.languages);
        let outcome = |verdict, evidence| Outcome::new(Trial::Backend, &self.url, verdict, evidence);
        match &self.languages {
            Ok(answer) if is_guacamole(answer) => {
                let version = self.version.as_ref().map(|v| format!(", Guacamole {v}")).unwrap_or_default();
                outcome(Verdict::Pass, format!("{evidence}{version}"))
            }
            Ok(answer) if answer.status == 404 => outcome(Verdict::Fail, evidence).with_next(
                "Tomcat answers, Guacamole does not: it is not deployed under this context path. On Tomcat 10 or later its \
                 .war must be converted first, for instance by Tomcat itself from the folder webapps-javaee",
            ),
            Ok(_) => outcome(Verdict::Fail, evidence)
                .with_next("something answers there, and it is not Guacamole: look at the port and the context path"),
            Err(error) => outcome(Verdict::Fail, evidence).with_next(unreachable(error, "Tomcat")),
        }
    }
}

/// What stands at a backend's address, after one look without patience: whether it is Guacamole, and a line for a
/// person who is about to rely on it, safe to show.
pub fn glance(system: &System, place: &BackendPlace) -> (bool, String) {
    let found = Backend::find(system, place, Duration::ZERO);
    let line = match &found.languages {
        Ok(_) if found.is_guacamole() => match &found.version {
            Some(version) => format!("Guacamole {version} answers there"),
            None => "Guacamole answers there".to_owned(),
        },
        Ok(answer) if answer.status == 404 => {
            format!("something answers there, but no Guacamole at {} (404)", found.path)
        }
        Ok(answer) => format!("something answers there ({}), and it is not Guacamole", answer.status),
        Err(error) => format!("{error}; {}", unreachable(error, "Tomcat")),
    };
    (found.is_guacamole(), line)
}

/// Guacamole's version as its own translation file has it.
fn version(system: &System, peer: &Peer, context: &str) -> Option<String> {
    let answer = system.ask(peer, &Ask::get(&format!("{context}translations/en.json"))).ok()?;
    let json: serde_json::Value = serde_json::from_slice(&answer.body).ok()?;
    let version = json.get("APP")?.get("VERSION")?.as_str()?;
    Some(super::words::brief(version))
}
