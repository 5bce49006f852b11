//! The frontend, asked at a place of the public.

mod page;
mod requests;
mod transport;
mod tunnel;

use super::backend::Backend;
use super::outcome::{Outcome, Trial, Verdict};
use super::target::{Place, Target};
use crate::system::{Answer, Ask, AskError, Peer, System};
use page::Led;
use std::thread;
use std::time::{Duration, Instant};

/// How often a frontend that is reading its files again is asked again.
const AGAIN: Duration = Duration::from_millis(200);

/// Makes every trial that can say something at one place.
pub(super) fn trials(
    system: &System,
    target: &Target,
    place: &Place,
    backend: Option<&Backend>,
    patience: Duration,
    tell: &mut dyn FnMut(Outcome),
) {
    let started = Instant::now();
    let peer = Peer { connect: place.connect, tls: place.tls, host: place.host.clone() };
    let site = Site { system, target, place, backend, peer, url: place.url() };
    // What was asked while old workers may still have answered, however slowly, is asked again.
    let is_over = |begun: Duration, outcome: &Outcome| outcome.verdict != Verdict::Fail || begun >= patience;
    let again = || thread::sleep(AGAIN);
    let (page, led) = loop {
        let begun = started.elapsed();
        let (page, led) = site.page();
        if is_over(begun, &page) {
            break (page, led);
        }
        again();
    };
    tell(page);
    let trials: [(Trial, &dyn Fn() -> Outcome); 5] = [
        (Trial::Tunnel, &|| site.tunnel()),
        (Trial::WebSocket, &|| site.websocket()),
        (Trial::Patch, &|| site.patch()),
        (Trial::Slash, &|| site.slash()),
        (Trial::Upload, &|| site.upload()),
    ];
    for (trial, make) in trials {
        match led {
            Led::ToGuacamole => tell(loop {
                let begun = started.elapsed();
                let outcome = make();
                if is_over(begun, &outcome) {
                    break outcome;
                }
                again();
            }),
            // Where nothing answers, or something else does, more requests would say the same again.
            Led::Nowhere => tell(site.outcome(trial, Verdict::Skipped, "not tried: see the page")),
            // All that matters is tried there.
            Led::ToHttps => {}
        }
    }
    for outcome in [site.https(), site.certificate(), site.families(led)].into_iter().flatten() {
        tell(outcome);
    }
}

/// A place and what is known about it.
struct Site<'a> {
    system: &'a System,
    target: &'a Target,
    place: &'a Place,
    backend: Option<&'a Backend>,
    peer: Peer,
    url: String,
}

impl Site<'_> {
    fn outcome(&self, trial: Trial, verdict: Verdict, evidence: impl Into<String>) -> Outcome {
        Outcome::new(trial, &self.url, verdict, evidence)
    }

    fn ask(&self, ask: &Ask) -> Result<Answer, AskError> {
        self.system.ask(&self.peer, ask)
    }

    /// A path below the public one.
    fn path(&self, below: &str) -> String {
        format!("{}{below}", self.place.path)
    }

    /// The URL of a path below the public one.
    fn url(&self, below: &str) -> String {
        format!("{}{below}", self.url)
    }
}
