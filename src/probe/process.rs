//! Processes and the units that keep them.

use crate::config::Files as _;
use crate::system::System;
use std::path::{Path, PathBuf};

/// Where systemd looks for units, the administrator's own first.
const UNIT_FOLDERS: [&str; 4] =
    ["/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

/// The first of these units that is here and that systemd can be asked to reload or restart.
pub(super) fn unit(system: &System, names: &[&str]) -> Option<String> {
    // Below a root prefix no process is the tree's own, and where systemd is not in charge a unit is only a file.
    let in_charge = system.root().is_some() || system.exists(Path::new("/run/systemd/system"));
    let is_here =
        |name: &&&str| UNIT_FOLDERS.iter().any(|folder| system.exists(&Path::new(folder).join(name)));
    names.iter().find(is_here).filter(|_| in_charge).map(ToString::to_string)
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
