//! A stand-in for Tomcat on a free port of 127.0.0.1, which says what it was asked.

use serde_json::{Map, Value};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// How many pieces the stream has.
const PIECES: u32 = 4;
/// How long after one piece the next is sent.
const PAUSE: Duration = Duration::from_millis(300);
/// How much of the flood is written at once, in bytes.
const CHUNK: usize = 1 << 16;
/// How long a connection is waited for before it is looked whether the stand-in is over.
const LOOK: Duration = Duration::from_millis(20);

/// The stand-in; it ends when this is dropped.
#[derive(Debug)]
pub struct StandIn {
    port: u16,
    over: Arc<AtomicBool>,
    meter: Meter,
}

/// How much of the flood has been taken from a stand-in.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<AtomicU64>);

impl Meter {
    /// How many bytes.
    pub fn taken(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Begins anew.
    pub fn reset(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    fn add(&self, bytes: usize) {
        self.0.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

impl StandIn {
    /// The last part of a path that is answered with the request's own headers, a JSON object of lists.
    pub const HEADERS: &str = "headers";
    /// The last part of a path that is answered with a stream.
    pub const STREAM: &str = "stream";

    /// The last part of a path that is answered with as much as is taken of [`Self::FLOOD_SIZE`].
    pub const FLOOD: &str = "flood";
    /// How large the flood is at most, in bytes: several times what the kernel keeps for all connections on the way.
    pub const FLOOD_SIZE: u64 = 64 << 20;

    /// How long the stream takes from its first piece to its last.
    pub const STREAM_TIME: Duration = Duration::from_millis(900);

    /// Begins to listen.
    ///
    /// # Errors
    /// Where no port can be had.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let own = Self { port: listener.local_addr()?.port(), over: Arc::default(), meter: Meter::default() };
        let (over, meter) = (Arc::clone(&own.over), own.meter.clone());
        thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                match listener.accept() {
                    // Who goes away in the middle of an answer did not want the rest.
                    Ok((stream, _)) => {
                        let meter = meter.clone();
                        drop(thread::spawn(move || answer(stream, &meter)));
                    }
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

    /// What tells how much of the flood has been taken.
    pub fn meter(&self) -> Meter {
        self.meter.clone()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

fn answer(mut stream: TcpStream, meter: &Meter) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_write_timeout(Some(super::ask::DEADLINE))?;
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
            begin(&stream, is_1_1)?;
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
        StandIn::FLOOD => {
            begin(&stream, is_1_1)?;
            let bytes = vec![0; CHUNK];
            let (before, after) =
                if is_1_1 { (format!("{CHUNK:x}\r\n"), "\r\n") } else { (String::new(), "") };
            for _ in 0..StandIn::FLOOD_SIZE / CHUNK as u64 {
                stream.write_all(before.as_bytes())?;
                stream.write_all(&bytes)?;
                stream.write_all(after.as_bytes())?;
                meter.add(CHUNK);
            }
            stream.write_all(if is_1_1 { b"0\r\n\r\n" } else { b"" })
        }
        _ => stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
    }
}

/// The head of an answer whose length nobody knows, as Guacamole's tunnel has it.
fn begin(mut stream: &TcpStream, is_1_1: bool) -> io::Result<()> {
    let encoding = if is_1_1 { "Transfer-Encoding: chunked\r\n" } else { "" };
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nCache-Control: no-cache\r\n{encoding}\
         Connection: close\r\n\r\n"
    )
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
