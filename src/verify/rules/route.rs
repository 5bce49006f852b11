//! Where a frontend's Guacamole section leads.

use crate::model::{ContextPath, Server};
use crate::verify::Diagnosis;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// What a frontend asks Tomcat for.
#[derive(Clone, Debug)]
pub(super) struct Route {
    /// Who asks.
    pub(super) server: Server,
    /// The names of the site, where Tomcat is told them.
    pub(super) names: Vec<String>,
    /// The host as written, an IPv6 address without its brackets.
    pub(super) host: String,
    /// The port.
    pub(super) port: u16,
    /// The context path, where it can be told.
    pub(super) context: Option<ContextPath>,
    /// Whether AJP is spoken.
    pub(super) ajp: bool,
    /// The file of the line that says so.
    pub(super) file: PathBuf,
    /// That file's bytes.
    pub(super) bytes: Arc<[u8]>,
    /// The line, 1-based.
    pub(super) line: usize,
}

impl Route {
    /// The host, where it is an address.
    pub(super) fn address(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// Whether the host is the name of both loopback addresses.
    pub(super) fn is_localhost(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost")
    }

    /// Whether it leads to this machine without a doubt; `own` are addresses that it is known to have.
    pub(super) fn is_local(&self, own: &[IpAddr]) -> bool {
        let is_own = |address: IpAddr| address.is_loopback() || own.contains(&address);
        self.is_localhost() || self.address().is_some_and(is_own)
    }

    /// A breach at the line that leads there.
    pub(super) fn diagnosis(&self, rule: crate::model::Rule, detail: &str) -> Diagnosis {
        Diagnosis::at(rule, &self.file, &self.bytes, self.line, detail)
    }
}
