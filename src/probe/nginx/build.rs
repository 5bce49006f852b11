//! What the program says of itself.

use crate::model::Version;
use crate::probe::process::Running;
use crate::system::{CommandRequest, System};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The programs that are nginx.
pub(super) const PROGRAMS: [&str; 3] = ["nginx", "openresty", "angie"];
/// Where a build of one's own puts its program.
const OWN_BUILDS: [&str; 3] =
    ["/usr/local/openresty/nginx/sbin/nginx", "/usr/local/nginx/sbin/nginx", "/opt/nginx/sbin/nginx"];

/// The program's version and the paths that it was built with, or was started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::probe) struct Build {
    /// The program.
    pub(super) program: PathBuf,
    /// Its version.
    pub(super) version: Option<Version>,
    /// Its main file.
    pub(super) main: Option<PathBuf>,
    /// The folder that relative paths on its command line start from.
    pub(super) prefix: PathBuf,
    /// Where it writes the id of its process, unless a `pid` directive says otherwise.
    pub(super) pid: Option<PathBuf>,
    /// What it was started with that says which files it reads.
    pub(super) arguments: Vec<String>,
}

impl Build {
    /// Asks the program that runs, else the one that is installed, by `nginx -V`; `None` where there is none.
    pub(in crate::probe) fn ask(system: &System) -> Option<Self> {
        let running = Running::find(system, &PROGRAMS);
        let own = || OWN_BUILDS.map(PathBuf::from).into_iter().find(|path| system.exists(path));
        let installed = || system.program(&PROGRAMS).or_else(|| own().filter(|_| system.root().is_none()));
        let program = running.as_ref().map(|running| running.program.clone()).or_else(installed)?;
        let mut build = Self::read(program.clone(), &told(system, &program, "-V"));
        if let Some(running) = &running {
            build.start_with(running);
        }
        if build.main.as_ref().is_none_or(|main| !system.exists(main)) {
            // Some builds find their files by a wrapper or a patch that -V does not tell of.
            build.main = dumped(&told(system, &program, "-T")).or(build.main);
        }
        Some(build)
    }

    /// Takes the paths that the running process was given, as nginx takes them.
    fn start_with(&mut self, running: &Running) {
        if let Some(prefix) = running.option("-p") {
            let below =
                |path: &PathBuf| Path::new(prefix).join(path.strip_prefix(&self.prefix).unwrap_or(path));
            self.main = self.main.as_ref().map(below);
            self.pid = self.pid.as_ref().map(below);
            self.prefix = prefix.into();
            self.arguments.extend(["-p".to_owned(), prefix.to_owned()]);
        }
        if let Some(main) = running.option("-c") {
            let main = self.prefix.join(main);
            if self.main.as_ref() != Some(&main) {
                self.arguments.extend(["-c".to_owned(), main.to_string_lossy().into_owned()]);
            }
            self.main = Some(main);
        }
    }

    fn read(program: PathBuf, told: &str) -> Self {
        let version = told
            .lines()
            .find_map(|line| line.strip_prefix("nginx version: "))
            .and_then(|name| name.split_once('/'))
            .and_then(|(_, version)| Version::parse(version));
        let prefix = argument(told, "prefix").unwrap_or("/usr/local/nginx");
        let path = |name: &str, otherwise: &str| {
            // A relative path starts from the prefix, as does the built-in one.
            Some(Path::new(prefix).join(argument(told, name).unwrap_or(otherwise)))
        };
        Self {
            program,
            version,
            main: path("conf-path", "conf/nginx.conf"),
            pid: path("pid-path", "logs/nginx.pid"),
            prefix: prefix.into(),
            arguments: Vec::new(),
        }
    }
}

/// What the program prints when asked, on standard output where it dumps its files, else on standard error.
fn told(system: &System, program: &Path, question: &str) -> String {
    let argv = vec![program.to_string_lossy().into_owned(), question.to_owned()];
    let request = CommandRequest { argv, deadline: Duration::from_secs(10) };
    let output = system.run(&request).map(|output| output.stdout + &output.stderr);
    output.unwrap_or_default()
}

/// The first file of a dump by `nginx -T`, which is the main one.
fn dumped(told: &str) -> Option<PathBuf> {
    let name = told.lines().find_map(|line| line.strip_prefix("# configuration file "))?;
    Some(PathBuf::from(name.strip_suffix(':')?))
}

/// The value of a configure argument.
fn argument<'a>(told: &'a str, name: &str) -> Option<&'a str> {
    let arguments = told.lines().find_map(|line| line.strip_prefix("configure arguments:"))?;
    let (_, rest) = arguments.split_once(&format!(" --{name}="))?;
    rest.split_whitespace().next().map(|value| value.trim_matches(['\'', '"']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_version_and_paths_as_the_program_prints_them() {
        let told = "nginx version: nginx/1.22.1\nbuilt with OpenSSL\nconfigure arguments: \
                    --with-cc-opt='-g -O2' --prefix=/usr/share/nginx --conf-path=/etc/nginx/nginx.conf \
                    --pid-path=/run/nginx.pid\n";
        let build = Build::read("/usr/sbin/nginx".into(), told);
        assert_eq!(build.version, Version::parse("1.22.1"));
        assert_eq!(build.main.as_deref(), Some(Path::new("/etc/nginx/nginx.conf")));
        assert_eq!(build.pid.as_deref(), Some(Path::new("/run/nginx.pid")));
    }

    #[test]
    fn a_build_without_arguments_has_its_built_in_paths() {
        let told = "nginx version: openresty/1.25.3.1 (x)\nconfigure arguments: --prefix=/opt/n\n";
        let build = Build::read("/opt/n/sbin/nginx".into(), told);
        assert_eq!(build.version, Version::parse("1.25.3.1"));
        assert_eq!(build.main.as_deref(), Some(Path::new("/opt/n/conf/nginx.conf")));
    }

    #[test]
    fn what_runs_is_believed_over_what_was_built_in() {
        let told = "nginx version: nginx/1.28.0\nconfigure arguments: --prefix=/opt/n --conf-path=/opt/n/conf/nginx.conf\n";
        let started = |arguments: &[&str]| {
            let mut build = Build::read("/opt/n/sbin/nginx".into(), told);
            let arguments = arguments.iter().map(ToString::to_string).collect();
            build.start_with(&Running { program: build.program.clone(), arguments });
            (build.main.expect("a main file").to_string_lossy().into_owned(), build.arguments.join(" "))
        };
        assert_eq!(
            started(&["-c", "/opt/n/conf/nginx.conf"]),
            ("/opt/n/conf/nginx.conf".into(), String::new())
        );
        assert_eq!(started(&["-c", "own.conf"]), ("/opt/n/own.conf".into(), "-c /opt/n/own.conf".into()));
        assert_eq!(started(&["-p", "/srv/n"]), ("/srv/n/conf/nginx.conf".into(), "-p /srv/n".into()));
    }

    #[test]
    fn a_dump_names_its_main_file_first() {
        let told = "nginx: the configuration file /n/nginx.conf syntax is ok\n# configuration file /n/nginx.conf:\n\n\
                    # configuration file /n/mime.types:\n";
        assert_eq!(dumped(told), Some("/n/nginx.conf".into()));
        assert_eq!(dumped("nginx: [emerg] x"), None);
    }
}
