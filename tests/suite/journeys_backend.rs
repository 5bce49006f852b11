//! The wizard asks the backend behind the person's back: only on the machine itself, which is read and not changed.

use super::program::Machine;
use super::pty::{Start, Terminal};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// A small Guacamole on a free port; its thread ends with the test's process.
fn guacamole() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address");
    thread::spawn(move || listener.incoming().map_while(Result::ok).for_each(answer));
    address
}

fn answer(mut stream: TcpStream) {
    let lines = BufReader::new(&stream).lines().map_while(Result::ok);
    let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let (status, body) = match head.first().and_then(|line| line.split(' ').nth(1)) {
        Some("/guacamole/api/languages") => ("200 OK", r#"{"en":"English"}"#),
        Some("/guacamole/translations/en.json") => ("200 OK", r#"{"APP":{"VERSION":"1.6.0"}}"#),
        _ => ("404 x", ""),
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    // A peer that is gone is no fault of a test.
    let _ = stream.write_all((head + body).as_bytes());
}

/// A port that nothing listens on.
fn closed() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port")
}

/// The wizard at the backend's screen, the frontend being elsewhere.
fn at_backend(address: SocketAddr, root: Option<&Machine>) -> (tempfile::TempDir, Terminal) {
    let (folder, mut terminal) = started(address, root, &[]);
    terminal.play("until:[Machine] Enter until:[Frontend] Enter until:[Backend]");
    (folder, terminal)
}

/// The wizard, the frontend being elsewhere.
fn started(
    address: SocketAddr,
    root: Option<&Machine>,
    env: &[(&str, &str)],
) -> (tempfile::TempDir, Terminal) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("answers.toml");
    let text = format!(
        "version = 1\n[frontend]\nserver = \"none\"\n[backend]\nhost = \"127.0.0.1\"\nport = {}\n",
        address.port()
    );
    std::fs::write(&file, text).expect("the answers are written");
    let root = root.map(Machine::root);
    let mut argv = vec![env!("CARGO_BIN_EXE_guacfront"), "--answers", file.to_str().expect("text")];
    argv.extend(root.iter().flat_map(|root| ["--root", root.to_str().expect("text")]));
    let terminal = Terminal::start(&Start { argv: &argv, env, ..Start::default() });
    (folder, terminal)
}

#[test]
fn the_backend_is_asked_after_a_pause_and_again_when_its_address_is_typed_over() {
    let (_folder, mut terminal) = at_backend(guacamole(), None);
    terminal.play("until:Guacamole_1.6.0_answers_there");
    // The rest of a frame may still be on its way.
    terminal.written_in(Duration::from_millis(100));
    assert_eq!(terminal.written_in(Duration::from_millis(1500)), 0, "an answer is asked for once");
    terminal.play(&format!("Tab C-u type:{} gone:answers_there until:connection_refused", closed().port()));
    terminal.play("C-c until:Leave_guacfront? Enter");
    terminal.end().assert_clean(0);
}

#[test]
fn a_backend_that_does_not_answer_holds_no_key_up() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let (_folder, mut terminal) = at_backend(silent.local_addr().expect("its address"), None);
    terminal.play("until:asking_whether Tab Tab C-u type:/kept/ until:/kept/ Enter until:[Trust]");
    terminal.play("C-c until:Leave_guacfront? Enter");
    terminal.end().assert_clean(0);
}

#[test]
fn below_a_root_prefix_no_backend_is_asked() {
    let machine = Machine::new();
    let address = guacamole();
    let (_folder, mut terminal) = at_backend(address, Some(&machine));
    terminal.written_in(Duration::from_millis(100));
    assert_eq!(terminal.written_in(Duration::from_millis(1500)), 0);
    assert!(terminal.find("answers there").is_none() && terminal.find("asking").is_none());
    terminal.play("C-c until:Leave_guacfront? Enter");
    terminal.end().assert_clean(0);
}

#[test]
fn plain_questions_say_what_answers_at_the_address_too() {
    let (_folder, mut terminal) = started(guacamole(), None, &[("TERM", "dumb")]);
    terminal.play("until:Frontend, Enter until:Host_ Enter until:Port_ Enter until:Context_path_ Enter");
    terminal
        .play("until:asking_whether until:Guacamole_1.6.0_answers_there until:server.xml,_1 type:< Enter");
    terminal.play(&format!("until:Context_path_ type:< Enter until:Port_ type:{} Enter", closed().port()));
    terminal.play("until:Context_path_ Enter until:warning:_connection_refused C-d C-d");
    terminal.end().assert_clean(0);
}
