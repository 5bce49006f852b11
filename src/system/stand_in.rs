//! A stand-in for Tomcat on a free port of 127.0.0.1, which says what it was asked.

use serde_json::{Map, Value};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// How many pieces the stream has.
const PIECES: u32 = 4;
/// How long after one piece the next is sent.
const PAUSE: Duration = Duration::from_millis(300);
/// How long a connection is waited for before it is looked whether the stand-in is over.
const LOOK: Duration = Duration::from_millis(20);

/// The stand-in; it ends when this is dropped.
#[derive(Debug)]
pub struct StandIn {
    port: u16,
    over: Arc<AtomicBool>,
}

impl StandIn {
    /// The last part of a path that is answered with the request's own headers, a JSON object of lists.
    pub const HEADERS: &str = "headers";
    /// The last part of a path that is answered with a stream.
    pub const STREAM: &str = "stream";

    /// How long the stream takes from its first piece to its last.
    pub const STREAM_TIME: Duration = Duration::from_millis(900);

    /// Begins to listen.
    ///
    /// # Errors
    /// Where no port can be had.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let own = Self { port: listener.local_addr()?.port(), over: Arc::default() };
        let over = Arc::clone(&own.over);
        thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                match listener.accept() {
                    // Who goes away in the middle of an answer did not want the rest.
                    Ok((stream, _)) => drop(thread::spawn(move || answer(stream))),
                    Err(_) => thread::sleep(LOOK),
                }
            }
        });
        Ok(own)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

fn answer(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(super::ask::DEADLINE))?;
    let Request { path, is_1_1, headers } = request(&stream)?;
    let path = path.split('?').next().unwrap_or_default();
    match path.rsplit('/').next().unwrap_or_default() {
        StandIn::HEADERS => {
            let body = Value::Object(headers).to_string();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            )
        }
        // As Guacamole's tunnel answers: no length, pieces as they come; to HTTP/1.0 without chunks, as Tomcat does.
        StandIn::STREAM => {
            let encoding = if is_1_1 { "Transfer-Encoding: chunked\r\n" } else { "" };
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nCache-Control: no-cache\r\n{encoding}\
                 Connection: close\r\n\r\n"
            )?;
            let (piece, end) = if is_1_1 { ("5\r\npiece\r\n", "0\r\n\r\n") } else { ("piece", "") };
            for number in 0..PIECES {
                if number > 0 {
                    thread::sleep(PAUSE);
                }
                stream.write_all(piece.as_bytes())?;
                stream.flush()?;
            }
            stream.write_all(end.as_bytes())
        }
        _ => stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
    }
}

/// What was asked.
struct Request {
    path: String,
    is_1_1: bool,
    /// Names in lower case, values of one name in a list.
    headers: Map<String, Value>,
}

fn request(stream: &TcpStream) -> io::Result<Request> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let is_1_1 = first.trim_end().ends_with("HTTP/1.1");
    let mut headers = Map::new();
    loop {
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line)?;
        let line = String::from_utf8_lossy(&line);
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        let list = headers.entry(name.to_ascii_lowercase()).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.push(value.trim().into());
        }
    }
    Ok(Request { path, is_1_1, headers })
}
