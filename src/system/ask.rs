//! Asking servers over HTTP and WebSocket, at the address that is meant, whatever DNS says.

use super::System;
use crate::model::{io_words, printable};
use rustls::crypto::ring;
use std::io::{self, Read as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use ureq::http::Uri;
use ureq::tls::TlsConfig;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

/// How long one request may take.
pub(super) const DEADLINE: Duration = Duration::from_secs(8);
/// How long Guacamole's own client waits for its tunnel before it gives up altogether.
///
/// # Source
/// guacamole-common-js, `Tunnel.receiveTimeout`.
pub(super) const TUNNEL_DEADLINE: Duration = Duration::from_secs(15);
/// As much of an answer as is read.
const BODY_LIMIT: u64 = 1 << 20;
/// What every request calls itself.
pub const USER_AGENT: &str = concat!("guacfront/", env!("CARGO_PKG_VERSION"), " (trial)");

/// A server to ask: where to connect, and the name to ask for there.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Where to connect.
    pub connect: SocketAddr,
    /// Whether to speak TLS. The certificate is not judged: what is asked is whether requests come through.
    pub tls: bool,
    /// The name or address for the Host header and for TLS.
    pub host: String,
}

/// How long an answer is left unread before it is asked whether it is to be left any longer.
const UNREAD: Duration = Duration::from_millis(50);

/// A request.
#[derive(Clone, Debug)]
pub struct Ask {
    path: String,
    kind: Kind,
    headers: Vec<(&'static str, &'static str)>,
    deadline: Duration,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Get,
    /// Of so many bytes.
    Upload(u64),
    /// Of an empty JSON list.
    Patch,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body, no more than 1 MiB of it.
    pub body: Vec<u8>,
}

/// Why a server could not be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// Nothing listens there.
    #[error("connection refused")]
    Refused,
    /// No answer in time.
    #[error("no answer in time")]
    TimedOut,
    /// No way leads there.
    #[error("no route to that address")]
    Unreachable,
    /// This machine forbids it.
    #[error("permission denied")]
    Denied,
    /// The name is not known.
    #[error("the name cannot be resolved: {0}")]
    NoName(String),
    /// TLS failed.
    #[error("TLS: {0}")]
    Tls(String),
    /// The connection broke, or what came is no HTTP.
    #[error("{0}")]
    Broken(String),
}

impl Ask {
    /// A GET.
    pub fn get(path: &str) -> Self {
        Self { path: path.to_owned(), kind: Kind::Get, headers: Vec::new(), deadline: DEADLINE }
    }

    /// A GET that may take as long as Guacamole's client waits for its tunnel.
    pub fn tunnel(path: &str) -> Self {
        Self { deadline: TUNNEL_DEADLINE, ..Self::get(path) }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// A POST of so many bytes, which waits for leave before it sends them.
    pub fn post(path: &str, bytes: u64) -> Self {
        Self { kind: Kind::Upload(bytes), ..Self::get(path) }
    }

    /// A PATCH that changes nothing: its list of changes is empty.
    pub fn patch(path: &str) -> Self {
        Self { kind: Kind::Patch, ..Self::get(path) }
    }
}

impl Answer {
    /// The first header of a name, given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

impl Peer {
    /// The URL of a path there.
    pub(super) fn url(&self, scheme: &str, path: &str) -> String {
        let default = if self.tls { 443 } else { 80 };
        match self.connect.port() {
            port if port == default => format!("{scheme}://{}{path}", self.host),
            port => format!("{scheme}://{}:{port}{path}", self.host),
        }
    }
}

impl System {
    /// Asks a server; a redirect is an answer like any other.
    ///
    /// # Errors
    /// Where there is no answer.
    pub fn ask(&self, peer: &Peer, ask: &Ask) -> Result<Answer, AskError> {
        let scheme = if peer.tls { "https" } else { "http" };
        let url = peer.url(scheme, &ask.path);
        let agent = agent(peer.connect, ask.deadline);
        let answer = match ask.kind {
            Kind::Get => headed(agent.get(&url), ask).call(),
            Kind::Patch => headed(agent.patch(&url), ask).content_type("application/json").send("[]"),
            Kind::Upload(bytes) => {
                let body = io::repeat(b'x').take(bytes);
                headed(agent.post(&url), ask)
                    .header("Content-Length", bytes.to_string())
                    .header("Content-Type", "application/octet-stream")
                    .header("Expect", "100-continue")
                    .send(ureq::SendBody::from_owned_reader(body))
            }
        };
        let mut answer = answer.map_err(AskError::from)?;
        let headers = answer.headers().iter();
        let headers = headers
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let mut body = Vec::new();
        // A body that breaks off says as much as it said.
        let _ = answer.body_mut().as_reader().take(BODY_LIMIT).read_to_end(&mut body);
        Ok(Answer { status: answer.status().as_u16(), headers, body })
    }

    /// When the pieces of an answer's body arrive, from the request on.
    ///
    /// # Errors
    /// Where there is no answer, or it is not 200.
    pub fn ask_arrivals(&self, peer: &Peer, ask: &Ask) -> Result<Vec<Duration>, AskError> {
        let started = Instant::now();
        let mut answer = good(peer, ask)?;
        let (mut reader, mut piece, mut arrivals) = (answer.body_mut().as_reader(), [0; 1024], Vec::new());
        // A stream that breaks off has arrived as far as it has.
        while reader.read(&mut piece).is_ok_and(|bytes| bytes > 0) {
            arrivals.push(started.elapsed());
        }
        Ok(arrivals)
    }

    /// Asks, reads the head of the answer, and nothing of its body for as long as `is_waiting`; then goes away.
    ///
    /// # Errors
    /// What [`Self::ask`] may meet, and any other status than 200.
    pub fn ask_unread(
        &self,
        peer: &Peer,
        ask: &Ask,
        is_waiting: &mut dyn FnMut() -> bool,
    ) -> Result<(), AskError> {
        // While it is held its connection stays open.
        let _unread = good(peer, ask)?;
        while is_waiting() {
            self.pause(UNREAD);
        }
        Ok(())
    }
}

/// The answer to a GET where it is 200, its body unread.
fn good(peer: &Peer, ask: &Ask) -> Result<ureq::http::Response<ureq::Body>, AskError> {
    let scheme = if peer.tls { "https" } else { "http" };
    let agent = agent(peer.connect, ask.deadline);
    let answer = headed(agent.get(peer.url(scheme, &ask.path)), ask).call()?;
    match answer.status().as_u16() {
        200 => Ok(answer),
        other => Err(AskError::Broken(format!("{other} instead of 200"))),
    }
}

/// The request with the headers that were asked for.
fn headed<B>(request: ureq::RequestBuilder<B>, ask: &Ask) -> ureq::RequestBuilder<B> {
    ask.headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
}

fn agent(connect: SocketAddr, deadline: Duration) -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .proxy(None)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .timeout_global(Some(deadline))
        .timeout_await_100(Some(Duration::from_secs(2)))
        .user_agent(USER_AGENT)
        .tls_config(
            TlsConfig::builder()
                .disable_verification(true)
                .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
                .build(),
        )
        .build();
    ureq::Agent::with_parts(config, DefaultConnector::default(), Fixed(connect))
}

/// Every name is this address.
#[derive(Debug)]
struct Fixed(SocketAddr);

impl Resolver for Fixed {
    fn resolve(
        &self,
        _uri: &Uri,
        _config: &ureq::config::Config,
        _timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut addresses = self.empty();
        addresses.push(self.0);
        Ok(addresses)
    }
}

impl From<ureq::Error> for AskError {
    fn from(error: ureq::Error) -> Self {
        match error {
            ureq::Error::Io(error) => error.into(),
            ureq::Error::Timeout(_) => Self::TimedOut,
            ureq::Error::ConnectionFailed => Self::Refused,
            ureq::Error::Tls(what) => Self::Tls(what.to_owned()),
            ureq::Error::Rustls(error) => Self::Tls(printable(&error.to_string())),
            other => Self::Broken(printable(&other.to_string())),
        }
    }
}

impl From<io::Error> for AskError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Self::TimedOut,
            io::ErrorKind::PermissionDenied => Self::Denied,
            io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::AddrNotAvailable => Self::Unreachable,
            io::ErrorKind::InvalidData => Self::Tls(printable(&io_words(&error))),
            _ => Self::Broken(printable(&io_words(&error))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_causes_of_a_lost_connection_are_told_apart() {
        let cause = |kind: io::ErrorKind| AskError::from(io::Error::from(kind));
        assert_eq!(cause(io::ErrorKind::ConnectionRefused), AskError::Refused);
        assert_eq!(cause(io::ErrorKind::TimedOut), AskError::TimedOut);
        assert_eq!(cause(io::ErrorKind::WouldBlock), AskError::TimedOut);
        assert_eq!(cause(io::ErrorKind::PermissionDenied), AskError::Denied);
        assert_eq!(cause(io::ErrorKind::HostUnreachable), AskError::Unreachable);
        assert_eq!(cause(io::ErrorKind::NetworkUnreachable), AskError::Unreachable);
        assert!(matches!(cause(io::ErrorKind::ConnectionReset), AskError::Broken(_)));
        assert_eq!(AskError::from(io::Error::from_raw_os_error(13)), AskError::Denied);
    }
}
