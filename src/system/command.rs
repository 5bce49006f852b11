//! Commands: by absolute path, with a clean environment, a deadline and a bounded output; never through a shell.

use super::System;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The folders programs are looked for in, and the `PATH` they run with.
const PROGRAM_FOLDERS: [&str; 6] =
    ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
/// A server's config test prints a few lines; what prints more than this is cut.
const OUTPUT_LIMIT: usize = 1 << 20;

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
    /// Its exit code; `None` where a signal or the deadline ended it.
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

    /// Runs a command to its end or its deadline.
    ///
    /// # Errors
    /// Where it cannot be started.
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
        let mut child = Command::new(program)
            .args(arguments)
            .env_clear()
            .env("PATH", PROGRAM_FOLDERS.join(":"))
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().map(|pipe| std::thread::spawn(move || bounded(pipe)));
        let stderr = child.stderr.take().map(|pipe| std::thread::spawn(move || bounded(pipe)));
        let started = Instant::now();
        let mut timed_out = false;
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            if started.elapsed() > request.deadline {
                timed_out = true;
                child.kill()?;
                break child.wait()?;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let text = |thread: Option<std::thread::JoinHandle<Vec<u8>>>| {
            let bytes = thread.and_then(|thread| thread.join().ok()).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let code = if timed_out { None } else { status.code() };
        Ok(CommandOutput { code, timed_out, stdout: text(stdout), stderr: text(stderr) })
    }
}

fn bounded(mut pipe: impl io::Read) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut taken = pipe.by_ref().take(OUTPUT_LIMIT as u64);
    // A pipe that breaks has said all it will say.
    let _ = taken.read_to_end(&mut kept);
    let _ = io::copy(&mut pipe, &mut io::sink());
    kept
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
    fn refuses_a_program_without_its_path() {
        let request = CommandRequest { argv: vec!["ls".into()], deadline: Duration::from_secs(1) };
        assert!(System::machine().run(&request).is_err());
    }
}
