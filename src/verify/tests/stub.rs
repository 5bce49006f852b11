//! A small server that answers as Guacamole does, but for one path.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use tungstenite::handshake::derive_accept_key;

/// Any free port.
const LOCAL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// How long an answer takes that is late.
pub(in crate::verify) const LATE: Duration = Duration::from_millis(600);

/// What one path is answered with.
#[derive(Clone, Copy, Debug)]
pub(in crate::verify) enum Reply {
    /// A status and an empty body.
    Status(u16),
    /// A status the first time, after a while, and from then on what is right.
    LateOnce(u16),
    /// 200 and this body.
    Body(&'static str),
    /// 400 and this body.
    Bad(&'static str),
    /// 400 with Guacamole's own code.
    Refusal(&'static str),
    /// 302 to there.
    Redirect(&'static str),
    /// What is no HTTP.
    Garbage,
    /// The connection is closed without a word.
    Close,
    /// Nothing for longer than anybody waits.
    Hang,
}

/// The server; its thread ends with the test's process.
pub(in crate::verify) struct Stub {
    address: SocketAddr,
    agents: Arc<Mutex<Vec<String>>>,
}

impl Stub {
    /// One that is right in everything.
    pub(in crate::verify) fn good() -> Self {
        Self::start(LOCAL, None)
    }

    /// One that is right in everything but this path.
    pub(in crate::verify) fn good_but(path: &'static str, reply: Reply) -> Self {
        Self::start(LOCAL, Some((path, reply)))
    }

    /// The same at an address of its own.
    pub(in crate::verify) fn at(address: SocketAddr, path: &'static str, reply: Reply) -> Self {
        Self::start(address, Some((path, reply)))
    }

    /// A port that nothing listens on.
    pub(in crate::verify) fn closed() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        Self { address: listener.local_addr().expect("its address"), agents: Arc::default() }
    }

    /// Where it is.
    pub(in crate::verify) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What every request called itself.
    pub(in crate::verify) fn agents(&self) -> Vec<String> {
        self.agents.lock().expect("no thread has panicked").clone()
    }

    fn start(address: SocketAddr, wrong: Option<(&'static str, Reply)>) -> Self {
        let listener = TcpListener::bind(address).expect("a free port");
        let address = listener.local_addr().expect("its address");
        let agents = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&agents);
        let was_late = Arc::<AtomicBool>::default();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (kept, was_late) = (Arc::clone(&kept), Arc::clone(&was_late));
                thread::spawn(move || serve(stream, wrong, &kept, &was_late));
            }
        });
        Self { address, agents }
    }
}

/// Answers one request and closes; a peer that is gone is no fault of a test.
fn serve(
    mut stream: TcpStream,
    wrong: Option<(&str, Reply)>,
    agents: &Mutex<Vec<String>>,
    was_late: &AtomicBool,
) {
    let Some(head) = head(&mut stream) else { return };
    drain(&mut stream, &head);
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    };
    agents.lock().expect("no thread has panicked").push(header("user-agent").unwrap_or_default());
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let wrong = wrong.filter(|(own, reply)| match reply {
        Reply::LateOnce(_) => *own == path && !was_late.swap(true, Ordering::SeqCst),
        _ => *own == path,
    });
    let reply = match (wrong, path.as_str()) {
        (Some((_, reply)), _) => reply,
        (_, "/guacamole/") => Reply::Body("<html ng-app=\"index\"></html>"),
        (_, "/guacamole/api/languages") => Reply::Body("{\"en\":\"English\"}"),
        (_, "/guacamole/translations/en.json") => Reply::Body("{\"APP\":{\"VERSION\":\"1.6.0\"}}"),
        (_, "/guacamole") => Reply::Redirect("/guacamole/"),
        (_, "/guacamole/tunnel") => Reply::Refusal("768"),
        (_, "/guacamole/api/session/data/guacfront/users/guacfront/permissions") => {
            Reply::Body("{\"type\":\"PERMISSION_DENIED\"}")
        }
        (_, "/guacamole/websocket-tunnel") => {
            let key = header("sec-websocket-key").unwrap_or_default();
            let _ = stream.write_all(&opened(&key));
            return rest(&mut stream, 64);
        }
        _ => Reply::Status(404),
    };
    if let Reply::LateOnce(_) = reply {
        thread::sleep(LATE);
    }
    let answer = match reply {
        Reply::Status(status) | Reply::LateOnce(status) => {
            format!("HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
        Reply::Body(body) => {
            format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
        }
        Reply::Bad(body) => {
            format!("HTTP/1.1 400 x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
        }
        Reply::Refusal(code) => format!(
            "HTTP/1.1 400 x\r\nGuacamole-Status-Code: {code}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        ),
        Reply::Redirect(to) => {
            format!("HTTP/1.1 302 x\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
        Reply::Garbage => "220 mail.test ESMTP\r\n\r\n".to_owned(),
        Reply::Close => return,
        Reply::Hang => return thread::sleep(Duration::from_secs(30)),
    };
    let _ = stream.write_all(answer.as_bytes());
}

/// What stands before the body; `None` where it is no text.
fn head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
        // A TLS client says nothing that ends so.
        if head[0] == 0x16 {
            let _ = stream.write_all(b"HTTP/1.1 400 x\r\n\r\n");
            return None;
        }
    }
    String::from_utf8(head).ok()
}

/// Reads a short body, so that the connection is not reset under its answer; of a long one nothing is sent unasked.
fn drain(stream: &mut TcpStream, head: &str) {
    let length = head.to_ascii_lowercase().lines().find_map(|line| {
        line.strip_prefix("content-length: ").and_then(|value| value.trim().parse::<usize>().ok())
    });
    if let Some(length) = length.filter(|&length| length < 100) {
        let _ = stream.read_exact(&mut vec![0; length]);
    }
}

/// The handshake as Tomcat answers it, and Guacamole's close frame.
fn opened(key: &str) -> Vec<u8> {
    let accept = derive_accept_key(key.as_bytes());
    let mut bytes = format!(
        "HTTP/1.1 101 \r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\
         Sec-WebSocket-Protocol: guacamole\r\n\r\n"
    )
    .into_bytes();
    bytes.extend(b"\x88\x05\x03\xea768");
    bytes
}

/// Reads a farewell, so that the connection is not reset under it.
fn rest(stream: &mut TcpStream, bytes: usize) {
    let mut farewell = vec![0; bytes];
    let _ = stream.read(&mut farewell);
}
