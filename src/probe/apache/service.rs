//! The process: whether it runs, and how to speak to it.

use super::build::{Build, PROGRAMS};
use crate::config::apache::Loaded;
use crate::model::Service;
use crate::probe::process;
use crate::system::System;
use std::path::PathBuf;

const UNITS: [&str; 2] = ["apache2.service", "httpd.service"];
const USUAL_PID_FILES: [&str; 3] =
    ["/run/apache2/apache2.pid", "/run/httpd/httpd.pid", "/usr/local/apache2/logs/httpd.pid"];

pub(super) fn service(system: &System, build: Option<Build>, loaded: &Loaded) -> Service {
    let said = loaded
        .items
        .iter()
        .rfind(|item| item.name == "pidfile")
        .map(|item| loaded.server_root.join(&*item.first_argument()));
    let pid_files: Vec<PathBuf> = said.into_iter().chain(USUAL_PID_FILES.map(PathBuf::from)).collect();
    let (program, arguments) = build.map(|build| (build.control, build.arguments)).unzip();
    Service {
        unit: process::unit(system, &UNITS),
        running: system
            .root()
            .is_none()
            .then(|| pid_files.iter().any(|file| process::is_running(system, file, &PROGRAMS))),
        program,
        arguments: arguments.unwrap_or_default(),
        outdated: false,
    }
}
