//! The process: whether it runs, and how to speak to it.

use super::Build;
use crate::config::Files as _;
use crate::config::nginx::Loaded;
use crate::model::Service;
use crate::system::System;
use std::path::{Path, PathBuf};

/// Where systemd looks for units, the administrator's own first.
const UNIT_FOLDERS: [&str; 4] =
    ["/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

/// Where nginx writes the id of its process.
pub(super) fn pid_file(loaded: &Loaded, build: Option<&Build>) -> PathBuf {
    let said = loaded.top().into_iter().find(|placed| placed.directive.is("pid"));
    match said {
        Some(placed) => PathBuf::from(&*placed.directive.first_argument()),
        None => build.and_then(|build| build.pid.clone()).unwrap_or_else(|| "/run/nginx.pid".into()),
    }
}

pub(super) fn service(system: &System, program: Option<PathBuf>, pid_file: &Path) -> Service {
    let has_unit = UNIT_FOLDERS.iter().any(|folder| system.exists(&Path::new(folder).join("nginx.service")));
    // Below a root prefix no process is the tree's own, and where systemd is not in charge a unit is only a file.
    let unit = (has_unit && (system.root().is_some() || system.exists(Path::new("/run/systemd/system"))))
        .then(|| "nginx.service".to_owned());
    let running = system.root().is_none().then(|| is_running(system, pid_file));
    Service { unit, running, program }
}

fn is_running(system: &System, pid_file: &Path) -> bool {
    let Ok(bytes) = system.read(pid_file) else { return false };
    let Some(pid) = std::str::from_utf8(&bytes).ok().and_then(|text| text.trim().parse::<u32>().ok()) else {
        return false;
    };
    // A file left over from a crash may name a process that is something else by now.
    let name = system.read(&PathBuf::from(format!("/proc/{pid}/comm")));
    name.is_ok_and(|name| [&b"nginx"[..], b"openresty", b"angie"].iter().any(|known| name.starts_with(known)))
}
