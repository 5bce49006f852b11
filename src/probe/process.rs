//! Processes, what they were started with, and the units that keep them.

use crate::config::Files as _;
use crate::system::{Entry, System};
use std::path::{Path, PathBuf};

/// Where systemd looks for units, the administrator's own first.
pub(super) const UNIT_FOLDERS: [&str; 4] =
    ["/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

/// Ticks in a second, as the kernel counts them for programs; `USER_HZ` is 100 on every machine that Linux runs on.
const TICKS: i64 = 100;

/// Whether systemd may be asked: where it is not in charge, as in a container, a unit is only a file.
pub(super) fn asks_systemd(system: &System) -> bool {
    system.root().is_some() || system.exists(Path::new("/run/systemd/system"))
}

/// The first of these units that is here and that systemd can be asked to reload or restart.
pub(super) fn unit(system: &System, names: &[&str]) -> Option<String> {
    let is_here =
        |name: &&&str| UNIT_FOLDERS.iter().any(|folder| system.exists(&Path::new(folder).join(name)));
    names.iter().find(is_here).filter(|_| asks_systemd(system)).map(ToString::to_string)
}

/// Whether the process that a pid file names runs and is one of these programs.
pub(super) fn is_running(system: &System, pid_file: &Path, programs: &[&str]) -> bool {
    let Ok(bytes) = system.read(pid_file) else { return false };
    let Some(pid) = std::str::from_utf8(&bytes).ok().and_then(|text| text.trim().parse::<u32>().ok()) else {
        return false;
    };
    // A file left over from a crash may name a process that is something else by now.
    let name = system.read(&PathBuf::from(format!("/proc/{pid}/comm")));
    name.is_ok_and(|name| programs.iter().any(|known| name.starts_with(known.as_bytes())))
}

/// A server that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Running {
    /// Its program.
    pub(super) program: PathBuf,
    /// What it was started with.
    pub(super) arguments: Vec<String>,
}

impl Running {
    /// The first process of one of these programs that no other of them has started, on the machine itself.
    pub(super) fn find(system: &System, programs: &[&str]) -> Option<Self> {
        if system.root().is_some() {
            return None;
        }
        let is_one = |folder: &Path| {
            let name = system.read(&folder.join("comm"));
            name.is_ok_and(|name| programs.iter().any(|known| name.trim_ascii() == known.as_bytes()))
        };
        let mut numbers: Vec<u32> =
            system.names(Path::new("/proc")).iter().filter_map(|name| name.to_str()?.parse().ok()).collect();
        numbers.sort_unstable();
        let mut folders = numbers.iter().map(|number| PathBuf::from(format!("/proc/{number}")));
        folders.find_map(|folder| {
            let parent =
                PathBuf::from(format!("/proc/{}", parent(&system.read(&folder.join("stat")).ok()?)?));
            // The paths of a container's process are not this machine's.
            if !is_one(&folder) || is_one(&parent) || !is_of_this_machine(system, &folder) {
                return None;
            }
            let program = system.resolve(&folder.join("exe")).ok()?;
            Some(Self { program, arguments: arguments(&system.read(&folder.join("cmdline")).ok()?) })
        })
    }

    /// The last value of an option of one letter, `-c FILE` or `-cFILE`.
    pub(super) fn option(&self, flag: &str) -> Option<&str> {
        let mut found = None;
        let mut words = self.arguments.iter();
        while let Some(word) = words.next() {
            match word.strip_prefix(flag) {
                Some("") => found = words.next().map(String::as_str).or(found),
                Some(value) => found = Some(value),
                None => {}
            }
        }
        found
    }
}

/// The mounts that a process sees, as the kernel names them; only the superuser is told of another user's.
fn namespace(system: &System, process: &Path) -> Option<PathBuf> {
    let folder = system.resolve(process).ok()?.join("ns/mnt");
    let (folder, name) = system.beside(&folder).ok()?;
    match folder.entry(name) {
        Ok(Entry::Link(target)) => Some(target),
        _ => None,
    }
}

/// Whether a process sees the files that this one sees; a container's does not. Who may not know is told that it does.
pub(super) fn is_of_this_machine(system: &System, process: &Path) -> bool {
    namespace(system, process).is_none_or(|own| Some(own) == namespace(system, Path::new("/proc/self")))
}

/// When a process was started.
///
/// # Units
/// Seconds since 1970; the kernel's own sum of the time of boot and the ticks since then, right to a second or two.
///
/// # Source
/// proc(5): field 22 of `/proc/PID/stat`, `btime` of `/proc/stat`.
pub(super) fn started(system: &System, process: &Path) -> Option<i64> {
    let ticks: i64 = field(&system.read(&process.join("stat")).ok()?, 22)?.parse().ok()?;
    let machine = system.read(Path::new("/proc/stat")).ok()?;
    let boot: i64 = std::str::from_utf8(&machine)
        .ok()?
        .lines()
        .find_map(|line| line.strip_prefix("btime "))?
        .trim()
        .parse()
        .ok()?;
    Some(boot + ticks / TICKS)
}

/// The parent's number in `/proc/PID/stat`.
fn parent(stat: &[u8]) -> Option<u32> {
    field(stat, 4)?.parse().ok()
}

/// A field of `/proc/PID/stat` by its number in proc(5), from 3 on: the program's name before it may hold blanks and
/// parentheses.
fn field(stat: &[u8], number: usize) -> Option<&str> {
    let end = stat.iter().rposition(|byte| *byte == b')')?;
    std::str::from_utf8(&stat[end + 1..]).ok()?.split_whitespace().nth(number.checked_sub(3)?)
}

/// What stands after the program in `/proc/PID/cmdline`: parted by NUL, or by blanks where nginx has made a title of it.
fn arguments(line: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(line);
    let words: Vec<&str> = match text.strip_prefix("nginx: master process ") {
        Some(title) => title.trim_end_matches('\0').split_whitespace().collect(),
        None => text.split_terminator('\0').collect(),
    };
    words.into_iter().skip(1).map(ToOwned::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running(line: &[u8]) -> Running {
        Running { program: "/x".into(), arguments: arguments(line) }
    }

    #[test]
    fn reads_the_title_that_nginx_gives_itself() {
        let found =
            running(b"nginx: master process /usr/sbin/nginx -c /srv/n.conf -p/srv/n -g daemon on;\0\0");
        assert_eq!((found.option("-c"), found.option("-p")), (Some("/srv/n.conf"), Some("/srv/n")));
        assert_eq!(found.option("-e"), None);
    }

    #[test]
    fn reads_the_words_that_httpd_was_started_with() {
        let found = running(b"/usr/sbin/httpd\0-k\0start\0-f\0/srv/my httpd.conf\0-f\0/srv/last.conf\0");
        assert_eq!(found.arguments[0], "-k");
        assert_eq!(found.option("-f"), Some("/srv/last.conf"));
    }

    #[test]
    fn a_program_s_name_does_not_hide_its_parent() {
        assert_eq!(parent(b"12 (a) b) S 7 12 12 0"), Some(7));
        assert_eq!(parent(b"12 (a"), None);
        let stat = b"12 (a b) S 7 12 12 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 33 0 54321 1 2";
        assert_eq!(field(stat, 22), Some("54321"));
    }
}
