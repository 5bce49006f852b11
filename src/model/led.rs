//! Which Guacamole a request reaches, by what is known of the Tomcats.

use super::{ConnectorKind, FileImage, TomcatFindings};
use memchr::memmem::Finder;
use std::net::IpAddr;
use std::sync::LazyLock;

/// What a site hands on, and where to.
#[derive(Clone, Copy, Debug)]
pub struct Led<'a> {
    /// The site's names.
    pub names: &'a [String],
    /// The host as written, an IPv6 address without its brackets; `unix:` and a path of a socket.
    pub host: &'a str,
    /// The port.
    pub port: u16,
    /// The path that the backend is asked for, with its last slash.
    pub path: &'a str,
}

/// Whether anything in these files can lead to a Guacamole: one is on this machine, or something is called after one.
///
/// A machine of thousands of sites is spared a look at each of them.
pub fn can_lead(files: &[FileImage], tomcats: &[TomcatFindings]) -> bool {
    static NAMES: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| ["uac", "UAC"].map(Finder::new));
    let is_named = |file: &FileImage| NAMES.iter().any(|name| name.find(&file.bytes).is_some());
    tomcats.iter().any(|tomcat| tomcat.guacamoles().next().is_some()) || files.iter().any(is_named)
}

impl Led<'_> {
    /// The context path of the Guacamole that is at this path of a Tomcat of this machine, or below it; a site that is
    /// called after Guacamole and hands on everything to elsewhere has it at `/`.
    pub fn to_guacamole(&self, tomcats: &[TomcatFindings]) -> Option<String> {
        let address = self.host.parse::<IpAddr>().ok();
        let is_socket = self.host.starts_with("unix:");
        let has_port = |tomcat: &&TomcatFindings| {
            tomcat.connectors.iter().any(|connector| {
                let is_bound = connector.address.as_deref().is_some_and(|bound| bound == self.host);
                let is_here = is_bound
                    || self.host.eq_ignore_ascii_case("localhost")
                    || address.is_some_and(|address| address.is_loopback());
                let is_web = connector.kind != ConnectorKind::Ajp;
                is_socket || (is_web && is_here && connector.port == Some(self.port))
            })
        };
        let mut here = tomcats.iter().filter(has_port).peekable();
        if here.peek().is_none() {
            let is_called_so = |name: &String| name.split('.').any(|label| label.starts_with("guac"));
            let is_it = self.path == "/" && self.names.iter().any(is_called_so);
            return is_it.then(|| "/".to_owned());
        }
        let all: Vec<&str> = here.flat_map(TomcatFindings::guacamoles).collect();
        // Whose socket it is nobody knows: only a path that nothing but Guacamole has tells it.
        let at = all.iter().find(|context| **context == self.path && !(is_socket && self.path == "/"));
        let below = || all.iter().find(|context| context.starts_with(self.path) && !is_socket);
        at.or_else(below).map(ToString::to_string)
    }
}
