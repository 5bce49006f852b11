//! The program run as a script runs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A fresh demo machine in a folder of its own.
pub struct Machine {
    folder: tempfile::TempDir,
}

/// What a run of the program came to.
#[derive(Debug)]
pub struct Ran {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Machine {
    /// Lays one out.
    pub fn new() -> Self {
        Self::laid_out(|root| guacfront::cli::lay_out_demo(root).expect("the demo machine is laid out"))
    }

    /// Another machine, laid out in the folder that is handed over.
    pub fn laid_out(lay_out: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        lay_out(&folder.path().join("machine"));
        Self { folder }
    }

    /// Its root.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("machine")
    }

    /// A file of it.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path.trim_start_matches('/'))
    }

    /// A file of it, as text.
    pub fn text(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Writes a file of it.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(path), bytes).unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    /// An answers file beside the machine.
    pub fn answers(&self, text: &str) -> PathBuf {
        let path = self.folder.path().join("answers.toml");
        std::fs::write(&path, text).expect("the answers are written");
        path
    }

    /// Runs the program on it, without a terminal.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        run(Some(&self.root()), arguments)
    }

    /// Runs a command that takes answers.
    pub fn with_answers(&self, command: &[&str], answers: &str) -> Ran {
        let path = self.answers(answers);
        let mut arguments = command.to_vec();
        let path = path.to_str().expect("a path that is text").to_owned();
        arguments.extend(["--answers", &path]);
        self.run(&arguments)
    }
}

/// Runs the program without a terminal.
pub fn run(root: Option<&Path>, arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guacfront"));
    command.args(arguments).stdin(Stdio::null());
    if let Some(root) = root {
        command.arg("--root").arg(root);
    }
    let Output { status, stdout, stderr } = command.output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ran { code: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) }
}
