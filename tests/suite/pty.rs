//! A terminal program in a real pseudo-terminal: keys in, the screen as a person would see it out.
//!
//! Nothing sleeps blindly: a journey waits for a text or a condition on the screen, or for the end, and fails with
//! the screen where its time is up.

#[path = "pty/end.rs"]
mod end;
#[path = "pty/keys.rs"]
mod keys;

pub use end::End;

use keys::Word;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read as _, Write};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How a program is started.
pub struct Start<'a> {
    /// The program by its path, then its arguments.
    pub argv: &'a [&'a str],
    /// Columns and rows; 0 and 0 are 80 and 24 that the line does not tell of.
    pub size: (u16, u16),
    /// The environment beside PATH, HOME, TERM and LANG, which may be given here, too.
    pub env: &'a [(&'a str, &'a str)],
    /// How long the whole journey may take.
    pub deadline: Duration,
}

impl Default for Start<'_> {
    fn default() -> Self {
        Self { argv: &[], size: (80, 24), env: &[], deadline: Duration::from_secs(30) }
    }
}

/// A running program and its terminal.
pub struct Terminal {
    /// `None` once it has hung up.
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    /// Tells the thread that reads to let go of the terminal.
    hung_up: Arc<AtomicBool>,
    child: Box<dyn Child + Send + Sync>,
    parser: vt100::Parser<Replies>,
    raw: Vec<u8>,
    line_settings: String,
    deadline: Instant,
}

impl Terminal {
    pub fn start(start: &Start) -> Self {
        let (cols, rows) = start.size;
        let pair = native_pty_system().openpty(size(cols, rows)).unwrap();
        let line_settings = line_settings(&*pair.master);
        let mut command = CommandBuilder::new(start.argv[0]);
        command.args(&start.argv[1..]);
        command.env_clear();
        for (name, value) in [
            ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
            ("HOME", "/"),
            ("TERM", "xterm-256color"),
            ("LANG", "C.UTF-8"),
        ]
        .iter()
        .chain(start.env)
        {
            command.env(name, value);
        }
        let (cols, rows) = if start.size == (0, 0) { (80, 24) } else { start.size };
        let child = pair
            .slave
            .spawn_command(command)
            .unwrap_or_else(|error| panic!("{:?} does not start: {error}", start.argv));
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = channel();
        let hung_up = Arc::new(AtomicBool::new(false));
        let let_go = Arc::clone(&hung_up);
        std::thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if let_go.load(Ordering::SeqCst) || sender.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            writer: pair.master.take_writer().unwrap(),
            master: Some(pair.master),
            output,
            hung_up,
            child,
            parser: vt100::Parser::new_with_callbacks(rows, cols, 0, Replies::default()),
            raw: Vec::new(),
            line_settings,
            deadline: Instant::now() + start.deadline,
        }
    }

    /// Carries a script out, word by word.
    ///
    /// # Shape
    /// Words between blanks: a key (`Up`, `Enter`, `F5`, `C-c`, `M-x`, `a`), `type:TEXT` (a key a character),
    /// `paste:TEXT`, `until:TEXT` and `gone:TEXT` (wait for it), `printed:TEXT`, `resize:COLSxROWS`, `sig:NAME`. In a
    /// TEXT `_` stands for a blank.
    pub fn play(&mut self, script: &str) -> &mut Self {
        for word in script.split_whitespace() {
            match Word::parse(word).unwrap_or_else(|| panic!("{word} is no word of a script")) {
                Word::Key(key) => self.send(&key.bytes(self.screen().application_cursor())),
                Word::Type(text) => text.chars().for_each(|c| self.send(c.to_string().as_bytes())),
                Word::Paste(text) => self.paste(&text),
                Word::Until(text) => drop(self.until(&text)),
                Word::Gone(text) => {
                    self.wait(&format!("no more {text:?}"), |screen| !screen.contents().contains(&text));
                }
                Word::Printed(text) => self.printed(&text),
                Word::Resize(cols, rows) => self.resize(cols, rows),
                Word::Signal(name) => self.signal(&name),
            }
        }
        self
    }

    /// Waits until a text is on the screen; where it begins, as row and column.
    pub fn until(&mut self, text: &str) -> (u16, u16) {
        self.wait(&format!("{text:?}"), |screen| screen.contents().contains(text));
        self.find(text).unwrap_or_default()
    }

    /// Waits until a text was printed, even where so much came with it that it has left the screen.
    fn printed(&mut self, text: &str) {
        self.wait_for(&format!("{text:?}, now or before,"), |terminal| {
            terminal.raw.windows(text.len()).any(|bytes| bytes == text.as_bytes())
        });
    }

    /// Waits until the screen is as it should be.
    #[track_caller]
    pub fn wait(&mut self, what: &str, condition: impl Fn(&vt100::Screen) -> bool) {
        self.wait_for(what, |terminal| condition(terminal.screen()));
    }

    #[track_caller]
    fn wait_for(&mut self, what: &str, condition: impl Fn(&Self) -> bool) {
        self.drain();
        while !condition(self) {
            match self.output.recv_timeout(self.left()) {
                Ok(bytes) => {
                    self.feed(&bytes);
                    self.drain();
                }
                Err(RecvTimeoutError::Timeout) => {
                    panic!("{what} was never on the screen, which is:\n{}", self.text())
                }
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("the program ended before {what} was on the screen, which is:\n{}", self.text())
                }
            }
        }
    }

    /// How many bytes the program writes in a time in which nobody types.
    pub fn written_in(&mut self, time: Duration) -> usize {
        self.drain();
        let (before, end) = (self.raw.len(), Instant::now() + time);
        while let Ok(bytes) = self.output.recv_timeout(end.saturating_duration_since(Instant::now())) {
            self.feed(&bytes);
        }
        self.raw.len() - before
    }

    /// The screen with its cells, cursor and modes.
    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// The screen's text, a line a row, blanks at the ends left out.
    pub fn text(&self) -> String {
        let (_, cols) = self.screen().size();
        let rows: Vec<String> = self.screen().rows(0, cols).map(|row| row.trim_end().to_owned()).collect();
        rows.join("\n").trim_end().to_owned()
    }

    /// Where a text begins, as row and column; `None` where it is not in one row.
    pub fn find(&self, text: &str) -> Option<(u16, u16)> {
        let (rows, cols) = self.screen().size();
        let first = text.chars().next()?;
        (0..rows).flat_map(|row| (0..cols).map(move |col| (row, col))).find(|&(row, col)| {
            let cell = self.cell(row, col);
            cell.contents().starts_with(first)
                && self.screen().contents_between(row, col, row, cols).starts_with(text)
        })
    }

    /// One cell, with its colours and attributes.
    pub fn cell(&self, row: u16, col: u16) -> &vt100::Cell {
        self.screen().cell(row, col).unwrap_or_else(|| panic!("there is no cell {row}, {col}"))
    }

    /// Whether the program reads keys one by one, without echo.
    pub fn is_raw(&self) -> bool {
        self.master.as_ref().is_some_and(|master| line_settings(&**master) != self.line_settings)
    }

    /// Every byte that the program has written so far.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Waits until the program has stopped itself: a signal to continue it that comes before does nothing.
    pub fn until_stopped(&self) {
        let path = format!("/proc/{}/stat", self.child.process_id().unwrap());
        let is_stopped = || std::fs::read_to_string(&path).is_ok_and(|stat| stat.contains(") T "));
        while !is_stopped() {
            assert!(
                Instant::now() < self.deadline,
                "the program did not stop; its screen is:\n{}",
                self.text()
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Sends a signal to the program.
    pub fn signal(&mut self, name: &str) {
        let pid = self.child.process_id().unwrap().to_string();
        let status = Command::new("sh").args(["-c", r#"kill -s "$1" "$2""#, "-", name, &pid]).status();
        assert!(status.unwrap().success(), "SIG{name} could not be sent");
    }

    pub fn resize(&mut self, cols: u16, rows: u16) {
        self.drain();
        self.parser.screen_mut().set_size(rows, cols);
        self.master.as_ref().unwrap().resize(size(cols, rows)).unwrap();
    }

    /// Sends bytes one by one, so long apart, as a slow line does.
    pub fn send_slowly(&mut self, bytes: &[u8], apart: Duration) {
        for byte in bytes {
            self.send(&[*byte]);
            std::thread::sleep(apart);
        }
    }

    /// Writes over the screen, as another program does.
    pub fn overwrite(&mut self, text: &str) {
        self.drain();
        self.parser.process(text.as_bytes());
    }

    /// Closes the terminal as a lost connection does, and waits for the program's end: its exit code, `None` where a
    /// signal ended it.
    ///
    /// The program must be one that draws anew at another size: only what it writes wakes the thread that reads.
    pub fn hang_up(mut self) -> Option<u32> {
        let (rows, cols) = self.screen().size();
        self.hung_up.store(true, Ordering::SeqCst);
        self.resize(cols + 1, rows);
        while let Ok(bytes) = self.output.recv_timeout(self.left()) {
            self.feed(&bytes);
        }
        self.writer = Box::new(std::io::sink());
        self.master = None;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.signal().is_none().then(|| status.exit_code());
            }
            assert!(!self.left().is_zero(), "the program goes on without its terminal");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for the program's end and says how it left.
    pub fn end(mut self) -> End {
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(!self.left().is_zero(), "the program did not end; its screen is:\n{}", self.text());
            if let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(5)) {
                self.feed(&bytes);
            }
        };
        // All that it wrote is in the terminal by now. The end of the stream is not waited for without limit: a
        // program that another test starts at the wrong moment may hold the terminal open.
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_secs(10)) {
            self.feed(&bytes);
        }
        End::new(&status, self.screen().clone(), self.text(), self.is_raw(), std::mem::take(&mut self.raw))
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// As a terminal does: between marks where the program asked for them, else as if typed.
    fn paste(&mut self, text: &str) {
        self.drain();
        if self.screen().bracketed_paste() {
            self.send(format!("\x1b[200~{text}\x1b[201~").as_bytes());
        } else {
            self.send(text.as_bytes());
        }
    }

    /// Sends bytes, all at once.
    pub fn send(&mut self, bytes: &[u8]) {
        // A program that has ended reads no more keys; what follows in the script says what was expected of it.
        let _ = self.writer.write_all(bytes).and_then(|()| self.writer.flush());
    }

    fn drain(&mut self) {
        while let Ok(bytes) = self.output.try_recv() {
            self.feed(&bytes);
        }
    }

    fn feed(&mut self, bytes: &[u8]) {
        self.raw.extend_from_slice(bytes);
        self.parser.process(bytes);
        let replies = std::mem::take(&mut self.parser.callbacks_mut().0);
        if !replies.is_empty() {
            self.send(&replies);
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
        }
    }
}

/// What a terminal answers to the questions that programs ask of it: its kind and where the cursor is.
#[derive(Default)]
struct Replies(Vec<u8>);

impl vt100::Callbacks for Replies {
    fn unhandled_csi(
        &mut self,
        screen: &mut vt100::Screen,
        intermediate: Option<u8>,
        _: Option<u8>,
        parameters: &[&[u16]],
        action: char,
    ) {
        match (intermediate, parameters, action) {
            (None, [[6]], 'n') => {
                let (row, col) = screen.cursor_position();
                self.0.extend(format!("\x1b[{};{}R", row + 1, col + 1).bytes());
            }
            (None, [] | [[0]], 'c') => self.0.extend(b"\x1b[?62;22c"),
            _ => {}
        }
    }
}

fn size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

/// Everything that raw mode changes, in one comparable text.
fn line_settings(master: &dyn MasterPty) -> String {
    let Some(settings) = master.get_termios() else { panic!("the terminal does not tell its settings") };
    format!(
        "{:?}",
        (
            settings.input_flags,
            settings.output_flags,
            settings.control_flags,
            settings.local_flags,
            settings.control_chars
        )
    )
}

#[cfg(test)]
#[path = "pty/tests.rs"]
mod tests;
