//! Logs that grow while they are read.

use super::{CommandRequest, System};
use jiff::Timestamp;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::time::Duration;

/// As much of what is new as is read at once; a log that grows faster is read in several goes.
const LIMIT: u64 = 1 << 20;
/// How long the journal may take to answer.
const JOURNAL: Duration = Duration::from_secs(5);

/// Files and units of the journal, from now on.
#[derive(Debug)]
pub struct Follow {
    files: Vec<(PathBuf, u64)>,
    journal: Option<Vec<String>>,
    told: usize,
}

impl System {
    /// Begins to follow logs at their present end; a file that is not there yet may come.
    pub fn follow(&self, files: &[PathBuf], units: &[String]) -> Follow {
        let length = |path: &PathBuf| self.open(path).and_then(|file| file.metadata()).map_or(0, |m| m.len());
        let journal = self.program(&["journalctl"]).filter(|_| !units.is_empty()).map(|program| {
            let since = format!("--since=@{}", Timestamp::now().as_second());
            let mut argv = vec![program.to_string_lossy().into_owned()];
            argv.extend(["--no-pager", "--output=cat", "--quiet"].map(ToOwned::to_owned));
            argv.push(since);
            argv.extend(units.iter().map(|unit| format!("--unit={unit}")));
            argv
        });
        Follow { files: files.iter().map(|path| (path.clone(), length(path))).collect(), journal, told: 0 }
    }
}

impl Follow {
    /// Whether there is anything to follow.
    pub fn is_idle(&self, system: &System) -> bool {
        self.journal.is_none() && self.files.iter().all(|(path, _)| system.open(path).is_err())
    }

    /// The whole lines that have come since the last time.
    pub fn lines(&mut self, system: &System) -> Vec<String> {
        let mut lines = Vec::new();
        for (path, from) in &mut self.files {
            // A file that is not there, or cannot be read for a moment while it is rotated, has no new lines.
            let Ok(text) = system.open(path).and_then(|file| grown(file, from)) else { continue };
            lines.extend(text.lines().map(ToOwned::to_owned));
        }
        if let Some(argv) = &self.journal {
            let request = CommandRequest { argv: argv.clone(), deadline: JOURNAL };
            let all = system.run(&request).map(|output| output.stdout).unwrap_or_default();
            let own: Vec<&str> = all.lines().collect();
            lines.extend(own.iter().skip(self.told).map(|line| (*line).to_owned()));
            self.told = own.len();
        }
        lines
    }
}

/// What stands after `from`, up to the last end of a line; a file that has become shorter begins anew.
fn grown(mut file: File, from: &mut u64) -> std::io::Result<String> {
    if file.metadata()?.len() < *from {
        *from = 0;
    }
    file.seek(SeekFrom::Start(*from))?;
    let mut bytes = Vec::new();
    file.take(LIMIT).read_to_end(&mut bytes)?;
    let end = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    *from += end as u64;
    Ok(String::from_utf8_lossy(&bytes[..end]).into_owned())
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test lays out a tree of its own")]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Write as _;

    #[test]
    fn only_whole_lines_that_are_new_are_told_also_after_a_rotation() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let system = System::below(folder.path()).expect("it is there");
        let real = folder.path().join("catalina.out");
        fs::write(&real, "old\n").expect("it is written");
        let mut follow = system.follow(&["/catalina.out".into()], &[]);
        assert!(!follow.is_idle(&system) && follow.lines(&system).is_empty());
        let mut log = fs::OpenOptions::new().append(true).open(&real).expect("it is there");
        log.write_all(b"one\nha").expect("it is written");
        assert_eq!(follow.lines(&system), ["one"]);
        log.write_all(b"lf\n").expect("it is written");
        assert_eq!(follow.lines(&system), ["half"]);
        fs::write(&real, "new\n").expect("it is written");
        assert_eq!(follow.lines(&system), ["new"]);
    }

    #[test]
    fn a_log_that_is_not_there_yet_is_read_from_its_beginning() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let system = System::below(folder.path()).expect("it is there");
        let mut follow = system.follow(&["/catalina.out".into()], &[]);
        assert!(follow.is_idle(&system) && follow.lines(&system).is_empty());
        fs::write(folder.path().join("catalina.out"), "first\n").expect("it is written");
        assert_eq!(follow.lines(&system), ["first"]);
    }
}
