//! The backend, asked straight.

use super::outcome::{Outcome, Trial, Verdict};
use super::words::{asked, unreachable};
use crate::model::BackendAnswers;
use crate::system::{Answer, Ask, AskError, Peer, System};
use std::thread;
use std::time::{Duration, Instant};

/// How often a backend that is starting is asked again.
const AGAIN: Duration = Duration::from_millis(500);

/// The backend and what it said.
pub(super) struct Backend {
    /// Where it is, where its name is known.
    pub(super) peer: Option<Peer>,
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
    pub(super) fn find(system: &System, answers: &BackendAnswers, patience: Duration) -> Self {
        let url = format!("http://{}:{}{}", answers.host.in_url(), answers.port, answers.context);
        let host = answers.host.in_url();
        let peer = match system.addresses(&answers.host, answers.port) {
            Ok(peer) => Peer { connect: peer, tls: false, host },
            Err(error) => return Self { peer: None, url, languages: Err(error), version: None },
        };
        let started = Instant::now();
        let languages = loop {
            let answer = system.ask(&peer, &Ask::get(&format!("{}api/languages", answers.context)));
            if started.elapsed() >= patience || answer.as_ref().is_ok_and(is_guacamole) {
                break answer;
            }
            thread::sleep(AGAIN);
        };
        let version =
            languages.as_ref().is_ok_and(is_guacamole).then(|| version(system, &peer, answers)).flatten();
        Self { peer: Some(peer), url, languages, version }
    }

    /// Whether Guacamole answers there.
    pub(super) fn is_guacamole(&self) -> bool {
        self.languages.as_ref().is_ok_and(is_guacamole)
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

/// Guacamole's version as its own translation file has it.
fn version(system: &System, peer: &Peer, answers: &BackendAnswers) -> Option<String> {
    let answer = system.ask(peer, &Ask::get(&format!("{}translations/en.json", answers.context))).ok()?;
    let json: serde_json::Value = serde_json::from_slice(&answer.body).ok()?;
    let version = json.get("APP")?.get("VERSION")?.as_str()?;
    Some(super::words::brief(version))
}
