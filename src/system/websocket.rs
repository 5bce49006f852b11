//! WebSocket handshakes.

use super::ask::{AskError, DEADLINE, Peer, TUNNEL_DEADLINE, USER_AGENT};
use super::{System, tls};
use crate::model::printable;
use std::io::{Read, Write};
use std::net::TcpStream;
use tungstenite::client::IntoClientRequest as _;
use tungstenite::http::HeaderValue;
use tungstenite::{HandshakeError, Message, WebSocket};

/// What a server says to a handshake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handshake {
    /// 101; the close frame that it sent next, code and reason, where it sent one.
    Open {
        /// Code and reason.
        close: Option<(u16, String)>,
    },
    /// Another status.
    Refused(u16),
}

impl System {
    /// Opens a WebSocket with the sub-protocol `guacamole`, waits for what the server says first, and closes it.
    ///
    /// # Errors
    /// Where there is no answer.
    pub fn open_websocket(&self, peer: &Peer, path: &str) -> Result<Handshake, AskError> {
        let stream = TcpStream::connect_timeout(&peer.connect, DEADLINE)?;
        stream.set_read_timeout(Some(TUNNEL_DEADLINE))?;
        stream.set_write_timeout(Some(DEADLINE))?;
        let url = peer.url(if peer.tls { "wss" } else { "ws" }, path);
        if peer.tls { handshake(tls::client(stream, &peer.host)?, &url) } else { handshake(stream, &url) }
    }
}

fn handshake(stream: impl Read + Write, url: &str) -> Result<Handshake, AskError> {
    let broken = |error: tungstenite::Error| match error {
        tungstenite::Error::Io(error) => AskError::from(error),
        other => AskError::Broken(printable(&other.to_string())),
    };
    let mut request = url.into_client_request().map_err(broken)?;
    request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static("guacamole"));
    request.headers_mut().insert("User-Agent", HeaderValue::from_static(USER_AGENT));
    match tungstenite::client(request, stream) {
        Ok((mut socket, _)) => Ok(Handshake::Open { close: first_close(&mut socket) }),
        Err(HandshakeError::Failure(tungstenite::Error::Http(answer))) => {
            Ok(Handshake::Refused(answer.status().as_u16()))
        }
        Err(HandshakeError::Failure(error)) => Err(broken(error)),
        Err(HandshakeError::Interrupted(_)) => Err(AskError::TimedOut),
    }
}

/// Without parameters Guacamole closes at once, with the status that says so.
fn first_close(socket: &mut WebSocket<impl Read + Write>) -> Option<(u16, String)> {
    let message = socket.read().ok();
    // The trial is over; a server that is gone already needs no farewell.
    let _ = socket.close(None).and_then(|()| socket.flush());
    match message {
        Some(Message::Close(Some(frame))) => Some((frame.code.into(), frame.reason.to_string())),
        _ => None,
    }
}
