//! Commands: by absolute path, with a clean environment, a deadline and a bounded output; never through a shell.

use super::System;
use rustix::process::{Pid, Signal, kill_process_group};
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The folders programs are looked for in, and the `PATH` they run with.
const PROGRAM_FOLDERS: [&str; 6] =
    ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
/// A server's config test prints a few lines; what prints more than this is cut.
const OUTPUT_LIMIT: usize = 1 << 20;
/// How long output is waited for after the command's end.
const PIPE_GRACE: Duration = Duration::from_millis(500);

/// A command to run.
#[derive(Clone, Debug)]
pub struct CommandRequest {
    /// The program by absolute path, then its arguments.
    pub argv: Vec<String>,
    /// How long it may take.
    pub deadline: Duration,
}

/// What a command answered.
#[derive(Clone, Debug)]
pub struct CommandOutput {
    /// Its exit code; `None` where a signal, the deadline or the wish to stop ended it.
    pub code: Option<i32>,
    /// Whether the deadline ended it.
    pub timed_out: bool,
    /// Standard output, control characters as they came.
    pub stdout: String,
    /// Standard error, control characters as they came.
    pub stderr: String,
}

impl CommandOutput {
    /// Whether it ended with code 0.
    pub fn succeeded(&self) -> bool {
        self.code == Some(0)
    }
}

impl System {
    /// Whether commands are run at all: below a root prefix none is, whatever a file of that tree asks for.
    pub fn runs_commands(&self) -> bool {
        #[cfg(test)]
        if self.runs_commands_below_root {
            return true;
        }
        self.root.is_none()
    }

    /// The same, where no command may take longer than that.
    #[cfg(test)]
    pub(crate) fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = Some(patience);
        self
    }

    /// The same tree, on which the commands of a test are run.
    #[cfg(test)]
    pub(crate) fn with_commands_below_root(mut self) -> Self {
        self.runs_commands_below_root = true;
        self
    }

    /// A program by name, from a fixed list of folders; below a root prefix there is none to run.
    pub fn program(&self, names: &[&str]) -> Option<PathBuf> {
        if self.root.is_some() {
            return None;
        }
        names
            .iter()
            .flat_map(|name| PROGRAM_FOLDERS.iter().map(move |folder| Path::new(folder).join(name)))
            .find(|path| path.is_file())
    }

    /// Runs a command to its end, its deadline, or until the machine is asked to stop.
    ///
    /// # Errors
    /// Where it cannot be started; always below a root prefix.
    #[expect(clippy::disallowed_methods, reason = "this is the place where commands are run")]
    pub fn run(&self, request: &CommandRequest) -> io::Result<CommandOutput> {
        let Some((program, arguments)) =
            request.argv.split_first().filter(|(p, _)| Path::new(p).is_absolute())
        else {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "a command is named by its absolute path",
            ));
        };
        if !self.runs_commands() {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "no command is run below --root"));
        }
        let mut child = Command::new(program)
            .args(arguments)
            .env_clear()
            .env("PATH", PROGRAM_FOLDERS.join(":"))
            .env("LC_ALL", "C.UTF-8")
            // apachectl is a shell script: a deadline that ended the shell alone would leave httpd behind.
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let stdout = Reading::start(child.stdout.take());
        let stderr = Reading::start(child.stderr.take());
        #[cfg(test)]
        let request =
            &CommandRequest { deadline: self.patience.unwrap_or(request.deadline), ..request.clone() };
        let (status, ended) = self.wait(&mut child, request.deadline)?;
        let code = if ended == Ended::Itself { status.code() } else { None };
        let timed_out = ended == Ended::AtDeadline;
        Ok(CommandOutput { code, timed_out, stdout: stdout.text(), stderr: stderr.text() })
    }

    /// Waits for a child's end; at the deadline, or asked to stop, it is ended with every process of its group.
    fn wait(&self, child: &mut Child, deadline: Duration) -> io::Result<(ExitStatus, Ended)> {
        let started = Instant::now();
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok((status, Ended::Itself));
            }
            let late = started.elapsed() > deadline;
            if late || self.stopping() {
                let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
                if group.is_none_or(|group| kill_process_group(group, Signal::KILL).is_err()) {
                    child.kill()?;
                }
                return Ok((child.wait()?, if late { Ended::AtDeadline } else { Ended::Stopped }));
            }
            // Most commands take a few milliseconds, the others seconds.
            let pause = if started.elapsed() < SOON { 1 } else { 5 };
            std::thread::sleep(Duration::from_millis(pause));
        }
    }
}

/// For how long a command's end is looked for every millisecond.
const SOON: Duration = Duration::from_millis(50);

/// How a command came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Itself,
    AtDeadline,
    Stopped,
}

/// A pipe that is read while the command runs.
struct Reading {
    kept: Arc<Mutex<Vec<u8>>>,
    thread: Option<JoinHandle<()>>,
}

impl Reading {
    fn start(pipe: Option<impl io::Read + Send + 'static>) -> Self {
        let kept = Arc::default();
        let shared = Arc::clone(&kept);
        let thread = pipe.map(|pipe| std::thread::spawn(move || bounded(pipe, &shared)));
        Self { kept, thread }
    }

    /// What was read. A daemon that the command has started may hold the pipe open for ever, so its end is not
    /// waited for long.
    fn text(self) -> String {
        let started = Instant::now();
        while self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
            && started.elapsed() < PIPE_GRACE
        {
            std::thread::sleep(Duration::from_millis(1));
        }
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&kept).into_owned()
    }
}

fn bounded(mut pipe: impl io::Read, kept: &Mutex<Vec<u8>>) {
    let mut chunk = [0; 8192];
    // A pipe that breaks has said all it will say.
    while let Ok(len @ 1..) = pipe.read(&mut chunk) {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        let room = OUTPUT_LIMIT - kept.len();
        kept.extend_from_slice(&chunk[..len.min(room)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(argv: &[&str], deadline: Duration) -> CommandOutput {
        let argv = argv.iter().map(ToString::to_string).collect();
        System::machine().run(&CommandRequest { argv, deadline }).expect("the command starts")
    }

    #[test]
    fn tells_code_and_output_apart() {
        let output = run(&["/bin/ls", "/nonexistent"], Duration::from_secs(10));
        assert!(!output.succeeded() && output.stderr.contains("nonexistent") && output.stdout.is_empty());
    }

    #[test]
    fn ends_a_command_at_its_deadline() {
        let output = run(&["/bin/sleep", "60"], Duration::from_millis(50));
        assert!(output.timed_out && output.code.is_none());
    }

    #[test]
    fn ends_a_command_when_asked_to_stop() {
        let started = Instant::now();
        let stop = Arc::new(std::sync::atomic::AtomicBool::new(true));
        let argv = ["/bin/sleep", "60"].map(str::to_owned).to_vec();
        let request = CommandRequest { argv, deadline: Duration::from_secs(50) };
        let output = System::machine().stopped_by(stop).run(&request).expect("the command starts");
        assert!(!output.succeeded() && !output.timed_out && started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn ends_what_the_command_has_started_too() {
        let started = Instant::now();
        let output = run(&["/bin/sh", "-c", "sleep 60; true"], Duration::from_millis(50));
        assert!(output.timed_out && started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_daemon_that_keeps_the_pipe_open_is_not_waited_for() {
        let started = Instant::now();
        let output = run(&["/bin/sh", "-c", "echo up; sleep 20 &"], Duration::from_secs(10));
        assert!(output.succeeded() && output.stdout == "up\n" && started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn megabytes_of_output_are_cut() {
        let output = run(&["/bin/sh", "-c", "head -c 5000000 /dev/zero"], Duration::from_secs(10));
        assert!(output.succeeded() && output.stdout.len() == OUTPUT_LIMIT);
    }

    #[test]
    fn runs_nothing_below_a_root_prefix() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let tree = System::below(folder.path()).expect("the folder is there");
        let request = CommandRequest { argv: vec!["/bin/true".into()], deadline: Duration::from_secs(1) };
        assert!(!tree.runs_commands() && tree.run(&request).is_err());
        assert!(tree.with_commands_below_root().run(&request).is_ok());
    }

    #[test]
    fn refuses_a_program_without_its_path() {
        let request = CommandRequest { argv: vec!["ls".into()], deadline: Duration::from_secs(1) };
        assert!(System::machine().run(&request).is_err());
    }
}
