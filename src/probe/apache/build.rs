//! The program and how it was built.

use crate::model::Version;
use crate::system::{CommandRequest, System};
use std::path::PathBuf;
use std::time::Duration;

/// Built in where the program cannot be asked: what Debian builds in.
const USUAL_MODULES: [&str; 8] =
    ["core", "http_core", "so", "watchdog", "log_config", "logio", "version", "unixd"];

/// What the program says of itself.
#[derive(Clone, Debug)]
pub(super) struct Build {
    /// The program that tests and reloads: `apache2ctl` or `apachectl` knows the environment httpd needs.
    pub(super) control: PathBuf,
    /// The version.
    pub(super) version: Option<Version>,
    root: Option<String>,
    main: Option<String>,
    modules: Vec<String>,
}

impl Build {
    /// Asks the program; `None` where there is none.
    pub(super) fn ask(system: &System) -> Option<Self> {
        let program = system.program(&["apache2", "httpd"])?;
        let control =
            system.program(&["apache2ctl", "apachectl", "httpd"]).unwrap_or_else(|| program.clone());
        let said = |argument: &str| {
            let argv = vec![program.to_string_lossy().into_owned(), argument.to_owned()];
            let output = system.run(&CommandRequest { argv, deadline: Duration::from_secs(10) });
            output.map(|output| output.stdout).unwrap_or_default()
        };
        let text = said("-V");
        let setting = |name: &str| {
            let line = text.lines().find(|line| line.contains(name))?;
            line.split('"').nth(1).map(ToOwned::to_owned)
        };
        let version = text.split_once("Apache/").and_then(|(_, rest)| Version::parse(rest));
        let modules =
            said("-l").lines().filter_map(|line| line.trim().strip_suffix(".c").map(bare)).collect();
        Some(Self {
            control,
            version,
            root: setting("HTTPD_ROOT"),
            main: setting("SERVER_CONFIG_FILE"),
            modules,
        })
    }

    /// The main file, and `ServerRoot` as it is built in.
    pub(super) fn main(&self) -> Option<(PathBuf, PathBuf)> {
        let root = PathBuf::from(self.root.as_ref()?);
        Some((root.join(self.main.as_ref()?), root))
    }
}

/// The modules that are built in.
pub(super) fn modules(build: Option<&Build>) -> Vec<String> {
    match build {
        Some(build) if !build.modules.is_empty() => build.modules.clone(),
        _ => USUAL_MODULES.map(ToOwned::to_owned).into(),
    }
}

fn bare(name: &str) -> String {
    name.strip_prefix("mod_").unwrap_or(name).to_owned()
}
