//! The process: whether it runs, and how to speak to it.

use super::build::{Build, PROGRAMS};
use crate::config::nginx::Loaded;
use crate::model::Service;
use crate::probe::process;
use crate::system::System;
use std::path::{Path, PathBuf};

/// Where nginx writes the id of its process.
pub(super) fn pid_file(loaded: &Loaded, build: Option<&Build>) -> PathBuf {
    let said = loaded.top().into_iter().find(|placed| placed.directive.is("pid"));
    match said {
        // A relative path starts from the prefix, not from the main file's folder.
        Some(placed) => {
            let prefix = build.map_or(Path::new("/"), |build| &build.prefix);
            prefix.join(&*placed.directive.first_argument())
        }
        None => build.and_then(|build| build.pid.clone()).unwrap_or_else(|| "/run/nginx.pid".into()),
    }
}

pub(super) fn service(system: &System, build: Option<Build>, pid_file: &Path) -> Service {
    let running = || process::is_running(system, pid_file, &PROGRAMS);
    let (program, arguments) = build.map(|build| (build.program, build.arguments)).unzip();
    Service {
        unit: process::unit(system, &["nginx.service", "openresty.service", "angie.service"]),
        running: system.root().is_none().then(running),
        program,
        arguments: arguments.unwrap_or_default(),
        outdated: false,
    }
}
