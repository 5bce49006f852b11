//! What this machine has. The bytes of every file that matters are in here, so that a plan needs nothing else.

mod tomcat;

pub use tomcat::{
    Connector, ConnectorKind, Container, ContextProblem, ContextValve, FoundValve, Stranger, TomcatFindings,
};

use super::{ContextPath, Host, Memo, Port, ReadTimeout, UploadLimit};
use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file as it was when it was read.
#[derive(Clone, PartialEq, Eq)]
pub struct FileImage {
    /// The path by which the server reads it, below the root prefix where there is one.
    pub path: PathBuf,
    /// Where its bytes really are, symbolic links resolved; the file that an edit replaces.
    pub target: PathBuf,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// Owner and mode.
    pub meta: Meta,
}

impl fmt::Debug for FileImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {} ({} bytes)", self.path.display(), self.target.display(), self.bytes.len())
    }
}

/// Owner and mode of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meta {
    /// The permission bits, `0o7777` at most.
    pub mode: u32,
    /// User id of the owner.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
}

/// A version number, as many parts as the program tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub Vec<u32>);

impl Version {
    /// Reads `10.1.60` and `10.1.60.0`; what follows the digits and dots is left out.
    pub fn parse(text: &str) -> Option<Self> {
        let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
        let parts: Option<Vec<u32>> =
            text[..end].trim_end_matches('.').split('.').map(|part| part.parse().ok()).collect();
        parts.filter(|parts| !parts.is_empty()).map(Self)
    }

    /// Whether this is the version `parts` or a later one; parts left out count as 0.
    pub fn at_least(&self, parts: &[u32]) -> bool {
        let len = self.0.len().max(parts.len());
        let at = |list: &[u32], i: usize| list.get(i).copied().unwrap_or(0);
        for i in 0..len {
            if at(&self.0, i) != at(parts, i) {
                return at(&self.0, i) > at(parts, i);
            }
        }
        true
    }

    /// The first part: Tomcat 10 of 10.1.60.
    pub fn major(&self) -> u32 {
        self.0.first().copied().unwrap_or(0)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&parts.join("."))
    }
}

/// Why something found could not be read as its server would read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// Line and column, 1-based, where the fault is known to stand.
    pub at: Option<(usize, usize)>,
    /// What is wrong, without the file's name; safe to show.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some((line, column)) = self.at {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// A server's process and how to speak to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// The systemd unit, `nginx.service`, where there is one.
    pub unit: Option<String>,
    /// Whether the server runs now; `None`: it could not be told (below a root prefix, say).
    pub running: Option<bool>,
    /// The server's program, for its own config test; `None` where it is not here or not for us to run.
    pub program: Option<PathBuf>,
    /// What the program has to be told to read the files that were found, `-c` and a path; empty where it reads them
    /// by itself.
    pub arguments: Vec<String>,
    /// Whether the server has run since before its configuration was changed last, which it reads at its start alone.
    pub outdated: bool,
}

impl Service {
    /// The program with what it has to be told to read the files that were found, then the words.
    pub fn command(&self, words: &[&str]) -> Option<Vec<String>> {
        let program = self.program.as_ref()?.to_string_lossy().into_owned();
        let words = words.iter().map(ToString::to_string);
        Some(std::iter::once(program).chain(self.arguments.iter().cloned()).chain(words).collect())
    }
}

/// Everything found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// nginx, where it is here.
    pub nginx: Option<NginxFindings>,
    /// Apache httpd, where it is here.
    pub apache: Option<ApacheFindings>,
    /// Every Tomcat with a server.xml.
    pub tomcats: Vec<TomcatFindings>,
    /// Every running one that nothing vouches for; none below a root prefix.
    pub strangers: Vec<Stranger>,
    /// Every Tomcat in a container, Guacamole's first; none below a root prefix.
    pub containers: Vec<Container>,
    /// Certificates with their keys that a site could have.
    pub certificates: Vec<super::Certificate>,
    /// Addresses of this machine in its networks, of those that its sites lead to.
    pub addresses: Vec<IpAddr>,
    /// The root prefix all paths are below, `None` for the machine itself.
    pub root: Option<PathBuf>,
    /// Files and folders that a plan may have to write and that this user may not.
    pub unwritable: Vec<PathBuf>,
    /// The line that starts this very program again as root, ready to be typed; `None` for who is root.
    pub as_root: Option<String>,
    /// The line that applies as root the answers that the wizard saves; `None` for who is root.
    pub apply_as_root: Option<String>,
    /// When guacfront last changed a file, by where the file really is: day and time, safe to show.
    pub since: BTreeMap<PathBuf, String>,
}

/// What was found of nginx.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NginxFindings {
    /// Its version, where it could be asked.
    pub version: Option<Version>,
    /// The main file, `/etc/nginx/nginx.conf`.
    pub main: PathBuf,
    /// Every file that nginx loads, main file first, each once.
    pub files: Vec<FileImage>,
    /// Every server block of the http context, in load order.
    pub sites: Vec<Site>,
    /// Why the files could not be read to the end; the sites are then not complete.
    pub problem: Option<Problem>,
    /// The process.
    pub service: Service,
    /// What was read of the files.
    pub memo: Memo,
}

/// What was found of Apache httpd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApacheFindings {
    /// Its version, where it could be asked.
    pub version: Option<Version>,
    /// The main file, `/etc/apache2/apache2.conf`.
    pub main: PathBuf,
    /// `ServerRoot` as it is built in, which relative paths start from until a file sets another.
    pub server_root: PathBuf,
    /// Every file that httpd loads, main file first, each once.
    pub files: Vec<FileImage>,
    /// Every virtual host, in load order.
    pub sites: Vec<Site>,
    /// Modules in force, by their module name without `_module`: `proxy_http`.
    pub modules: Vec<String>,
    /// Modules in force before the first file is read, among those in force: built in, or named in `sysconfig`.
    pub built_in: Vec<String>,
    /// Module files that could be enabled: what `mods-available` holds, `proxy_http.load`; where there is no such
    /// folder, what the folder of the `LoadModule` lines holds, `mod_proxy_http.so`. Empty: not known.
    pub available: Vec<String>,
    /// `mods-available` and `mods-enabled`, where the machine has them.
    pub mod_folders: Option<(PathBuf, PathBuf)>,
    /// The file whose `APACHE_MODULES` httpd's start script makes `LoadModule` lines of, as openSUSE has it.
    pub sysconfig: Option<FileImage>,
    /// Variables of httpd's environment, as `envvars` sets them.
    pub defines: Vec<(String, String)>,
    /// Why the files could not be read to the end; the sites are then not complete.
    pub problem: Option<Problem>,
    /// The process.
    pub service: Service,
    /// What was read of the files.
    pub memo: Memo,
}

/// A server block or virtual host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The file by which the server reads it, one of the findings' [`FileImage::path`]s.
    pub file: PathBuf,
    /// Byte offset of its first byte in that file.
    pub offset: usize,
    /// Line of its first byte, 1-based.
    pub line: usize,
    /// Its names as the server reads them; empty where it has none.
    pub names: Vec<String>,
    /// Where it listens.
    pub listens: Vec<Listen>,
    /// Guacamole as this site serves it already: the surest first, one for each public path.
    pub guacamoles: Vec<Existing>,
    /// Why no request ever reaches this site: an earlier one has the same name and listen.
    pub shadowed_by: Option<String>,
}

impl Site {
    /// The Guacamole that is meant where a site is all that is named.
    pub fn guacamole(&self) -> Option<&Existing> {
        self.guacamoles.first()
    }

    /// Whether any of its listens speaks TLS.
    pub fn speaks_tls(&self) -> bool {
        self.listens.iter().any(|listen| listen.tls)
    }
}

/// One address a site listens on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// As it is written, `[::]:80` or `*:443`.
    pub text: String,
    /// The address; `None`: every address.
    pub address: Option<IpAddr>,
    /// The port; `None` for a Unix socket.
    pub port: Option<u16>,
    /// Whether it speaks TLS.
    pub tls: bool,
    /// Whether this site answers there when no name matches.
    pub default: bool,
    /// Whether each connection has to begin with a line of the PROXY protocol, so that no browser is answered.
    pub proxied: bool,
}

/// A Guacamole section that a site already has, whoever wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Existing {
    /// Line of the section, 1-based.
    pub line: usize,
    /// Whether it stands between guacfront's marks.
    pub marked: bool,
    /// Its public path as written.
    pub public_path: String,
    /// Where it sends requests.
    pub host: Option<Host>,
    /// The port it sends them to.
    pub port: Option<Port>,
    /// The context path it sends them to.
    pub context: Option<ContextPath>,
    /// Its upload limit, where it sets one.
    pub max_upload: Option<UploadLimit>,
    /// Whether its tunnel requests are logged, where that can be told.
    pub log_tunnel: Option<bool>,
    /// Whether the WebSocket is passed on; `None` where nobody chose: a section by hand that lacks it is a fault, no choice.
    pub websocket: Option<bool>,
    /// How long a silent Tomcat is waited for, where it says so.
    pub read_timeout: Option<ReadTimeout>,
    /// Whether Tomcat is told the name that the browser asked for, where it says so.
    pub pass_host: Option<bool>,
}

/// What every frontend has, whichever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrontendFindings<'a> {
    /// Its version, where it could be asked.
    pub version: Option<&'a Version>,
    /// Its sites, in reading order.
    pub sites: &'a [Site],
    /// Why its configuration could not be read.
    pub problem: Option<&'a Problem>,
    /// The process.
    pub service: &'a Service,
}

impl Findings {
    /// What was found of a frontend; `None` where it is not here.
    pub fn frontend(&self, server: super::Server) -> Option<FrontendFindings<'_>> {
        match server {
            super::Server::Nginx => self.nginx.as_ref().map(|n| FrontendFindings {
                version: n.version.as_ref(),
                sites: &n.sites,
                problem: n.problem.as_ref(),
                service: &n.service,
            }),
            super::Server::Apache => self.apache.as_ref().map(|a| FrontendFindings {
                version: a.version.as_ref(),
                sites: &a.sites,
                problem: a.problem.as_ref(),
                service: &a.service,
            }),
        }
    }

    /// The containers that may be meant by a backend's host: none where it is another machine.
    pub fn containers_at<'a>(&'a self, host: &super::Host) -> impl Iterator<Item = &'a Container> + use<'a> {
        let address = host.address();
        let is_here = host.is_loopback() || address.is_some_and(|ip| self.addresses.contains(&ip));
        let is_its = move |own: &&Container| address.is_some_and(|ip| own.addresses.contains(&ip));
        self.containers.iter().filter(move |own| is_here || is_its(own))
    }

    /// Every file that some server reads.
    pub fn images(&self) -> impl Iterator<Item = &FileImage> {
        let nginx = self.nginx.iter().flat_map(|n| &n.files);
        let apache = self.apache.iter().flat_map(|a| &a.files);
        let tomcat = self.tomcats.iter().map(|t| &t.server_xml);
        nginx.chain(apache).chain(tomcat)
    }

    /// The file image that the server reads by `path` or that is really there.
    pub fn file(&self, path: &Path) -> Option<&FileImage> {
        // By their bytes first: the parts of thousands of paths take longer to compare.
        let name = path.as_os_str();
        let is_named = |file: &&FileImage| file.path.as_os_str() == name || file.target.as_os_str() == name;
        self.images()
            .find(is_named)
            .or_else(|| self.images().find(|file| file.path == path || file.target == path))
    }

    /// Whether a Tomcat is here whose files could be changed, be it one that nothing vouches for.
    pub fn has_tomcat(&self) -> bool {
        !self.tomcats.is_empty() || !self.strangers.is_empty()
    }

    /// The Tomcat of a server.xml, called by its path or by where it really is.
    pub fn tomcat(&self, server_xml: &Path) -> Option<&TomcatFindings> {
        let is_it = |own: &&TomcatFindings| {
            own.server_xml.path == server_xml
                || own.server_xml.target == server_xml
                || own.named.as_deref() == Some(server_xml)
        };
        self.tomcats.iter().find(is_it)
    }

    /// The sites of a frontend, empty where it is not here.
    pub fn sites(&self, server: super::Server) -> &[Site] {
        self.frontend(server).map_or(&[], |found| found.sites)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_versions_by_number() {
        let version = Version::parse("10.1.60-1~deb12u1").expect("a version");
        assert_eq!(version.to_string(), "10.1.60");
        assert!(
            version.at_least(&[10, 1, 9]) && version.at_least(&[10, 1, 60, 0]) && !version.at_least(&[11])
        );
        assert!(Version::parse("x").is_none() && Version::parse("").is_none());
    }
}
