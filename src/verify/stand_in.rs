//! The proof that needs a backend of one's own: what reaches it, and when its answer arrives.

use super::outcome::{Outcome, Trial, Verdict};
use super::target::Place;
use super::words::{asked, brief, unreachable};
use crate::system::{Answer, Ask, AskError, Meter, Peer, StandIn, System};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

/// What a client makes up: an address that is kept for documentation.
const FORGED: &str = "203.0.113.66";
/// How long a frontend that has just been told to read its files again may take: a busy machine starts workers late.
const RELOADED: Duration = Duration::from_secs(20);
/// How long a frontend may take until it has stored what nobody reads.
const PATIENCE: Duration = Duration::from_secs(5);
const AGAIN: Duration = Duration::from_millis(100);
/// How many answers of the copy in a row say that no worker of before the reload takes connections any more.
const STEADY: u32 = 5;
/// After how many looks without a byte more nothing more will come.
const STILL: u32 = 10;

/// How often a stream has to come held back: a buffer does it every time, a machine that is busy elsewhere does not.
const TRIES: u32 = 2;

type Headers = BTreeMap<String, Vec<String>>;

/// Proves at one place that leads to a stand-in that the answer streams, that the client's address and scheme arrive,
/// and that a client cannot make them up.
pub fn stand_in_trials(system: &System, place: &Place, meter: &Meter) -> Vec<Outcome> {
    let peer = Peer { connect: place.connect, tls: place.tls, host: place.host.clone() };
    let mut proof = Proof { system, place, peer, meter, is_reached: false };
    proof.is_reached = proof.wait();
    vec![proof.streaming(), proof.headers(), proof.forged()]
}

struct Proof<'a> {
    system: &'a System,
    place: &'a Place,
    peer: Peer,
    meter: &'a Meter,
    /// Whether the copy has led to the stand-in.
    is_reached: bool,
}

impl Proof<'_> {
    /// The old workers still answer for a moment, some later than a new one; whether the copy leads to the stand-in.
    fn wait(&self) -> bool {
        let until = self.system.deadline(RELOADED);
        let mut steady = 0;
        while steady < STEADY && !until.left().is_zero() && !self.system.stopping() {
            let is_there = self.seen(&Ask::get(&self.path(StandIn::HEADERS))).1.is_some();
            steady = if is_there { steady + 1 } else { 0 };
            self.system.pause(AGAIN);
        }
        steady > 0
    }

    /// What is asked, and asked once more where an old worker may have answered after all.
    fn surely<T, E>(&self, mut ask: impl FnMut() -> Result<T, E>) -> Result<T, E> {
        let first = ask();
        if first.is_ok() || !self.is_reached { first } else { self.wait().then(ask).unwrap_or(first) }
    }

    fn path(&self, below: &str) -> String {
        format!("{}{below}", self.place.path)
    }

    fn outcome(&self, trial: Trial, verdict: Verdict, evidence: String) -> Outcome {
        Outcome::new(trial, &self.place.url(), verdict, evidence)
    }

    /// What was answered, and the headers that the stand-in saw.
    fn seen(&self, ask: &Ask) -> (Result<Answer, AskError>, Option<Headers>) {
        let answer = self.system.ask(&self.peer, ask);
        let headers = answer.as_ref().ok().filter(|answer| answer.status == 200);
        let headers = headers.and_then(|answer| serde_json::from_slice(&answer.body).ok());
        (answer, headers)
    }

    /// The headers that the stand-in saw, else what was answered.
    fn reached(&self, ask: &Ask) -> Result<Headers, Box<Result<Answer, AskError>>> {
        let (answer, headers) = self.seen(ask);
        headers.ok_or_else(|| Box::new(answer))
    }

    fn not_reached(&self, trial: Trial, answer: &Result<Answer, AskError>) -> Outcome {
        let evidence = asked("GET", &format!("{}{}", self.place.url(), StandIn::HEADERS), answer);
        let next = match answer {
            Ok(_) => "the copy does not lead to the stand-in: another location or redirect answers first"
                .to_owned(),
            Err(error) => unreachable(error, self.place.title()),
        };
        self.outcome(trial, Verdict::Fail, evidence).with_next(next)
    }

    fn streaming(&self) -> Outcome {
        let mut evidence = String::new();
        for _ in 0..TRIES {
            let ask = Ask::get(&self.path(StandIn::STREAM));
            let arrivals = match self.surely(|| self.system.ask_arrivals(&self.peer, &ask)) {
                Ok(arrivals) => arrivals,
                Err(error) => return self.not_reached(Trial::Streaming, &Err(error)),
            };
            let (Some(first), Some(last)) = (arrivals.first(), arrivals.last()) else {
                return self
                    .outcome(Trial::Streaming, Verdict::Fail, "the stream was empty".to_owned())
                    .with_next("something on the way answers in the backend's place");
            };
            let spread = last.saturating_sub(*first);
            evidence = format!(
                "a stream of {} ms arrived in {} pieces, the first {} ms before the last",
                StandIn::STREAM_TIME.as_millis(),
                arrivals.len(),
                spread.as_millis()
            );
            // Half of it: a machine under load delays pieces, a buffer gives all of them at once.
            if spread * 2 >= StandIn::STREAM_TIME {
                return self.stored(&evidence);
            }
        }
        self.outcome(Trial::Streaming, Verdict::Fail, evidence).with_next(
            "it is held back until it is whole, so that sessions over the HTTP tunnel freeze: proxy_buffering off, \
             proxy_http_version 1.1, and no compression of application/octet-stream",
        )
    }

    /// Whether the frontend takes what its client does not read: over HTTP/1.1 nginx hands on the pieces of an answer as
    /// they come even where it buffers, and stores them as soon as the client is slower than the backend.
    fn stored(&self, arrived: &str) -> Outcome {
        self.meter.reset();
        let until = self.system.deadline(PATIENCE);
        let (mut taken, mut still) = (0, 0);
        let mut is_flowing = || {
            let now = self.meter.taken();
            still = if now == taken { still + 1 } else { 0 };
            taken = now;
            // What does not move for a while is held back.
            now < StandIn::FLOOD_SIZE && (now == 0 || still < STILL) && !until.left().is_zero()
        };
        let flood = Ask::get(&self.path(StandIn::FLOOD));
        let asked = self.surely(|| self.system.ask_unread(&self.peer, &flood, &mut is_flowing));
        if let Err(error) = asked {
            return self.not_reached(Trial::Streaming, &Err(error));
        }
        let mib = |bytes: u64| bytes >> 20;
        let evidence = format!(
            "{arrived}; of {} MiB that nobody read the frontend took {}",
            mib(StandIn::FLOOD_SIZE),
            mib(self.meter.taken())
        );
        if self.meter.taken() < StandIn::FLOOD_SIZE {
            return self.outcome(Trial::Streaming, Verdict::Pass, evidence);
        }
        self.outcome(Trial::Streaming, Verdict::Warn, evidence).with_next(
            "it stores what its client has not read yet: over a slow line the screen lags more and more behind, and large \
             downloads fill the disk: proxy_buffering off",
        )
    }

    fn headers(&self) -> Outcome {
        let headers = match self.surely(|| self.reached(&Ask::get(&self.path(StandIn::HEADERS)))) {
            Ok(headers) => headers,
            Err(answer) => return self.not_reached(Trial::Headers, &answer),
        };
        let evidence = format!("the backend sees {}", told(&headers));
        let (address, scheme) = (client(&headers), scheme(&headers));
        let fail = |next: &str| self.outcome(Trial::Headers, Verdict::Fail, evidence.clone()).with_next(next);
        match (address, scheme.as_deref()) {
            (None, _) => fail("X-Forwarded-For does not arrive: Tomcat takes every user for the proxy"),
            (Some(address), _) if !self.is_own(address) => fail(
                "X-Forwarded-For does not end in the address that was asked from: another proxy stands in between, or the \
                 header is not set by this one",
            ),
            (Some(_), None) => self
                .outcome(Trial::Headers, Verdict::Warn, evidence.clone())
                .with_next("X-Forwarded-Proto does not arrive: the application takes https for http"),
            (Some(_), Some(scheme)) if scheme != self.scheme() => {
                fail("X-Forwarded-Proto is not the scheme that was used")
            }
            _ => self.outcome(Trial::Headers, Verdict::Pass, evidence),
        }
    }

    fn forged(&self) -> Outcome {
        let other = if self.place.tls { "http" } else { "https" };
        let ask = Ask::get(&self.path(StandIn::HEADERS))
            .with("X-Forwarded-For", FORGED)
            .with("X-Forwarded-Proto", other);
        let headers = match self.surely(|| self.reached(&ask)) {
            Ok(headers) => headers,
            Err(answer) => return self.not_reached(Trial::Forged, &answer),
        };
        let evidence = format!(
            "sent X-Forwarded-For: {FORGED} and X-Forwarded-Proto: {other}, the backend sees {}",
            told(&headers)
        );
        let fail = |next: &str| self.outcome(Trial::Forged, Verdict::Fail, evidence.clone()).with_next(next);
        // The valve reads from the right: what the client wrote may stand there, on the left of what the proxy saw.
        if client(&headers).is_none_or(|address| !self.is_own(address)) {
            return fail(
                "whoever asks can make up his address: the header has to end in what the proxy sees",
            );
        }
        if scheme(&headers).is_some_and(|scheme| scheme != self.scheme()) {
            return fail(
                "whoever asks can make up the scheme: X-Forwarded-Proto has to be set, not handed on",
            );
        }
        self.outcome(Trial::Forged, Verdict::Pass, evidence)
    }

    /// Who asks an address of this machine comes from that address.
    fn is_own(&self, address: IpAddr) -> bool {
        address.to_canonical() == self.place.connect.ip().to_canonical() || self.system.has_address(address)
    }

    fn scheme(&self) -> &'static str {
        if self.place.tls { "https" } else { "http" }
    }
}

/// The last address of `X-Forwarded-For`, the one that the proxy itself saw.
fn client(headers: &Headers) -> Option<IpAddr> {
    let last = headers.get("x-forwarded-for")?.last()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

fn scheme(headers: &Headers) -> Option<String> {
    headers.get("x-forwarded-proto").map(|values| values.join(", "))
}

fn told(headers: &Headers) -> String {
    let shown = [
        ("x-forwarded-for", "X-Forwarded-For"),
        ("x-forwarded-proto", "X-Forwarded-Proto"),
        ("host", "Host"),
    ];
    let shown = shown.map(|(name, title)| {
        let value = headers.get(name).map_or_else(|| "none".to_owned(), |values| brief(&values.join(", ")));
        format!("{title}: {value}")
    });
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::thread;

    #[test]
    fn a_stream_is_asked_for_again_before_it_is_called_held_back() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let connect = listener.local_addr().expect("its address");
        let asked = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming() {
                counted.fetch_add(1, Ordering::Relaxed);
                let mut stream = stream.expect("a connection");
                let request = stream.read(&mut [0; 1024]).expect("a request");
                assert!(request > 0);
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate").expect("an answer");
            }
        });
        let (host, path) = ("localhost".to_owned(), "/guacamole/".to_owned());
        let place = Place { server: None, tls: false, host, connect, path };
        let (system, meter) = (System::machine(), Meter::default());
        let peer = Peer { connect, tls: false, host: place.host.clone() };
        let told =
            Proof { system: &system, place: &place, peer, meter: &meter, is_reached: false }.streaming();
        assert_eq!(told.verdict, Verdict::Fail, "{told:?}");
        assert_eq!(asked.load(Ordering::Relaxed), TRIES);
    }
}
