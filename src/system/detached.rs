//! A process that outlives the one that started it.

use super::System;
use std::io::{self, Read as _, Write as _};
use std::process::{Command, Stdio};

/// What the new process says when it has parted from the terminal.
const READY: u8 = b'.';

impl System {
    /// Starts a program that will go on when this one and its terminal are gone, and waits until it has parted from
    /// them by [`System::detach`].
    ///
    /// # Errors
    /// Where it cannot be started, or ends without having said that it is ready.
    #[expect(clippy::disallowed_methods, reason = "this is the place where commands are run")]
    pub fn start_detached(&self, argv: &[String]) -> io::Result<()> {
        let Some((program, arguments)) = argv.split_first() else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let mut child = Command::new(program)
            .args(arguments)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut said = [0];
        let ready = child.stdout.take().map_or(Ok(0), |mut pipe| pipe.read(&mut said));
        // Whoever ends first: the child's end has to be taken note of, or it stays in the table of processes.
        std::thread::spawn(move || child.wait());
        match ready? {
            1 if said == [READY] => Ok(()),
            _ => Err(io::Error::other("it has ended at once")),
        }
    }

    /// Parts this process from its terminal, whose end it then does not hear of, and says that it is ready.
    ///
    /// # Errors
    /// Where it leads its group of processes, which is so where a shell has started it.
    pub fn detach(&self) -> io::Result<()> {
        rustix::process::setsid()?;
        let mut out = io::stdout();
        out.write_all(&[READY])?;
        out.flush()
    }
}
