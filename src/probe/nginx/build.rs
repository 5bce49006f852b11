//! What the program says of itself.

use crate::model::Version;
use crate::system::{CommandRequest, System};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The program's version and the paths that it was built with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Build {
    /// The program.
    pub(super) program: PathBuf,
    /// Its version.
    pub(super) version: Option<Version>,
    /// Its main file.
    pub(super) main: Option<PathBuf>,
    /// Where it writes the id of its process, unless a `pid` directive says otherwise.
    pub(super) pid: Option<PathBuf>,
}

impl Build {
    /// Runs `nginx -V`; `None` where there is no program to run.
    pub(super) fn ask(system: &System) -> Option<Self> {
        let program = system.program(&["nginx", "openresty", "angie"])?;
        let argv = vec![program.to_string_lossy().into_owned(), "-V".to_owned()];
        let request = CommandRequest { argv, deadline: Duration::from_secs(10) };
        let told = system.run(&request).map(|output| output.stderr).unwrap_or_default();
        Some(Self::read(program, &told))
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
        }
    }
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
}
