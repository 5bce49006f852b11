//! The program and how it was built.

use crate::model::Version;
use crate::probe::process::Running;
use crate::system::{CommandRequest, System};
use std::path::PathBuf;
use std::time::Duration;

/// Built in where the program cannot be asked: what Debian builds in.
const USUAL_MODULES: [&str; 8] =
    ["core", "http_core", "so", "watchdog", "log_config", "logio", "version", "unixd"];

/// The programs that are httpd.
pub(super) const PROGRAMS: [&str; 2] = ["apache2", "httpd"];
/// Where a build of one's own puts its program.
const OWN_BUILDS: [&str; 2] = ["/usr/local/apache2/bin/httpd", "/opt/apache2/bin/httpd"];
/// Where a distribution puts it.
const PROGRAM_FOLDERS: [&str; 3] = ["/usr/sbin", "/usr/bin", "/usr/local/sbin"];

/// What the program says of itself.
#[derive(Clone, Debug)]
pub(in crate::probe) struct Build {
    /// The program that tests and reloads: `apache2ctl` or `apachectl` knows the environment httpd needs.
    pub(super) control: PathBuf,
    /// The version.
    pub(super) version: Option<Version>,
    root: Option<String>,
    main: Option<String>,
    modules: Vec<String>,
    /// What it was started with that says which files it reads.
    pub(super) arguments: Vec<String>,
    /// What it was started with that defines a name, `-DNAME` each.
    pub(super) defines: Vec<String>,
}

impl Build {
    /// Asks the program that runs, else the one that is installed; `None` where there is none.
    pub(in crate::probe) fn ask(system: &System) -> Option<Self> {
        let running = Running::find(system, &PROGRAMS);
        let own = || OWN_BUILDS.map(PathBuf::from).into_iter().find(|path| system.exists(path));
        let installed = || system.program(&PROGRAMS).or_else(|| own().filter(|_| system.root().is_none()));
        let program = running.as_ref().map(|running| running.program.clone()).or_else(installed)?;
        let said = |arguments: &[&str]| {
            let words = arguments.iter().map(ToString::to_string);
            let argv = std::iter::once(program.to_string_lossy().into_owned()).chain(words).collect();
            let output = system.run(&CommandRequest { argv, deadline: Duration::from_secs(10) });
            output.map(|output| output.stdout).unwrap_or_default()
        };
        let mut build = Self::read(program.clone(), &said(&["-V"]), &said(&["-l"]));
        if let Some(running) = &running {
            build.start_with(running);
        }
        // Its folder has a script of its own where it is not the distribution's.
        let beside = program.with_file_name("apachectl");
        let control = if PROGRAM_FOLDERS.iter().any(|folder| program.starts_with(folder)) {
            system.program(&["apache2ctl", "apachectl"])
        } else {
            Some(beside).filter(|beside| system.exists(beside))
        };
        // Debian's script hands options on to the program in its environment; others know their own words alone.
        let hands_on = |control: &PathBuf| build.arguments.is_empty() || control.ends_with("apache2ctl");
        if let Some(control) = control.filter(hands_on) {
            build.control = control;
        }
        if build.main().is_none_or(|(main, _)| !system.exists(&main)) {
            build.main = included_first(&said(&["-t", "-D", "DUMP_INCLUDES"])).or(build.main);
        }
        Some(build)
    }

    fn read(program: PathBuf, told: &str, list: &str) -> Self {
        let setting = |name: &str| {
            let line = told.lines().find(|line| line.contains(name))?;
            line.split('"').nth(1).map(ToOwned::to_owned)
        };
        Self {
            control: program,
            version: told.split_once("Apache/").and_then(|(_, rest)| Version::parse(rest)),
            root: setting("HTTPD_ROOT"),
            main: setting("SERVER_CONFIG_FILE"),
            modules: list.lines().filter_map(|line| line.trim().strip_suffix(".c").map(bare)).collect(),
            arguments: Vec::new(),
            defines: Vec::new(),
        }
    }

    /// Takes the paths that the running process was given, as httpd takes them.
    fn start_with(&mut self, running: &Running) {
        let built_in = self.main();
        for (flag, slot) in [("-d", &mut self.root), ("-f", &mut self.main)] {
            if let Some(value) = running.option(flag) {
                *slot = Some(value.to_owned());
                self.arguments.extend([flag.to_owned(), value.to_owned()]);
            }
        }
        self.defines = running.options("-D").map(|name| format!("-D{name}")).collect();
        // What is named is what would have been read anyway.
        if self.main() == built_in {
            self.arguments.clear();
        }
    }

    /// The main file, and `ServerRoot` as it is built in.
    pub(super) fn main(&self) -> Option<(PathBuf, PathBuf)> {
        let root = PathBuf::from(self.root.as_ref()?);
        Some((root.join(self.main.as_ref()?), root))
    }
}

/// The first file of `httpd -t -D DUMP_INCLUDES`, which is the main one.
fn included_first(told: &str) -> Option<String> {
    told.lines().find_map(|line| line.trim().strip_prefix("(*) ")).map(ToOwned::to_owned)
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

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &str = "Server version: Apache/2.4.62 (Fedora)\n -D HTTPD_ROOT=\"/etc/httpd\"\n \
                        -D SERVER_CONFIG_FILE=\"conf/httpd.conf\"\n";

    #[test]
    fn reads_version_paths_and_modules_as_the_program_prints_them() {
        let build =
            Build::read("/usr/sbin/httpd".into(), TOLD, "Compiled in modules:\n  core.c\n  mod_so.c\n");
        assert_eq!(build.version, Version::parse("2.4.62"));
        assert_eq!(build.main(), Some(("/etc/httpd/conf/httpd.conf".into(), "/etc/httpd".into())));
        assert_eq!(build.modules, ["core", "so"]);
    }

    #[test]
    fn what_runs_is_believed_over_what_was_built_in() {
        let mut build = Build::read("/usr/sbin/httpd".into(), TOLD, "");
        let arguments = ["-d", "/srv/h", "-D", "SSL", "-f", "own.conf", "-DFOREGROUND", "-k", "start"]
            .map(ToOwned::to_owned)
            .into();
        build.start_with(&Running { program: "/usr/sbin/httpd".into(), arguments });
        assert_eq!(build.main(), Some(("/srv/h/own.conf".into(), "/srv/h".into())));
        assert_eq!(build.arguments, ["-d", "/srv/h", "-f", "own.conf"]);
        assert_eq!(build.defines, ["-DSSL", "-DFOREGROUND"]);
    }

    #[test]
    fn naming_the_main_file_is_no_reason_to_leave_the_control_script_out() {
        let mut build = Build::read("/usr/sbin/httpd".into(), TOLD, "");
        let arguments = ["-f", "/etc/httpd/conf/httpd.conf", "-k", "start"].map(ToOwned::to_owned).into();
        build.start_with(&Running { program: "/usr/sbin/httpd".into(), arguments });
        assert_eq!(build.arguments, [""; 0]);
    }

    #[test]
    fn a_dump_names_its_main_file_first() {
        let told = "Included configuration files:\n  (*) /etc/apache2/apache2.conf\n    (146) /etc/apache2/ports.conf\n";
        assert_eq!(included_first(told).as_deref(), Some("/etc/apache2/apache2.conf"));
    }
}
