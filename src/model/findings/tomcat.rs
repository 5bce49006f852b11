//! What was found of Tomcat.

use super::{FileImage, Problem, Service, Version};
use crate::model::{Memo, TrustedProxies};
use std::net::IpAddr;
use std::path::PathBuf;

/// What was found of one Tomcat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TomcatFindings {
    /// `CATALINA_BASE`.
    pub base: PathBuf,
    /// Its version, where catalina.jar or the name of its folder tells it.
    pub version: Option<Version>,
    /// Its server.xml.
    pub server_xml: FileImage,
    /// Every connector, in file order.
    pub connectors: Vec<Connector>,
    /// Every `RemoteIpValve`, in file order.
    pub valves: Vec<FoundValve>,
    /// Every `RemoteIpValve` in the file of an application's context, or of all.
    pub context_valves: Vec<ContextValve>,
    /// Every file of a context that cannot be read, so that nobody can tell what stands in it.
    pub context_problems: Vec<ContextProblem>,
    /// Deployed context paths, `/guacamole/`, Guacamole's first.
    pub contexts: Vec<String>,
    /// Those of them that hold Guacamole's own libraries, whatever they are called.
    pub proven: Vec<String>,
    /// Those of them that were built for `javax.servlet`, which Tomcat 10 and later do not serve unconverted.
    pub unconverted: Vec<String>,
    /// Why server.xml could not be read.
    pub problem: Option<Problem>,
    /// Whose server.xml it is, or the folder that it is in, where only a person's word makes it this machine's Tomcat: not
    /// root's, not this user's.
    pub owner: Option<String>,
    /// Another path by which a person named its server.xml, through a link for instance.
    pub named: Option<PathBuf>,
    /// The process.
    pub service: Service,
    /// What was read of the files.
    pub memo: Memo,
}

/// A Tomcat that runs with files that anybody with an account could have put there: it is told of and not read before a
/// person names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranger {
    /// Its server.xml.
    pub server_xml: PathBuf,
    /// Whose file that is.
    pub owner: String,
}

impl TomcatFindings {
    /// A Tomcat of which nothing is known yet but its files' places and its process.
    pub fn new(base: PathBuf, server_xml: FileImage, service: Service) -> Self {
        Self {
            base,
            version: None,
            server_xml,
            connectors: Vec::new(),
            valves: Vec::new(),
            context_valves: Vec::new(),
            context_problems: Vec::new(),
            contexts: Vec::new(),
            proven: Vec::new(),
            unconverted: Vec::new(),
            problem: None,
            owner: None,
            named: None,
            service,
            memo: Memo::default(),
        }
    }
}

/// A Tomcat that runs in a container of this machine: its server.xml is none of this machine's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// Where requests of this machine come from in the container's network: its gateway; `None` where it has no network
    /// of its own, or it could not be told.
    pub gateway: Option<IpAddr>,
    /// Its own addresses to which this machine's way leads by that gateway.
    pub addresses: Vec<IpAddr>,
    /// Where it serves Guacamole, where the image was told another place than its own.
    pub context: Option<String>,
}

/// A connector of server.xml.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connector {
    /// Line, 1-based.
    pub line: usize,
    /// The port, where it is a number.
    pub port: Option<u16>,
    /// What it speaks.
    pub kind: ConnectorKind,
    /// The address it is bound to, where it is bound to one.
    pub address: Option<String>,
    /// `URIEncoding` as written.
    pub uri_encoding: Option<String>,
    /// Whether every access log of its engine and hosts names the client, and there is one.
    pub logs_client: bool,
}

/// What a connector speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectorKind {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
    /// AJP, which cannot carry a WebSocket.
    Ajp,
}

/// A `RemoteIpValve` of server.xml.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundValve {
    /// Line, 1-based.
    pub line: usize,
    /// The element it stands in: `Host` or `Engine`.
    pub parent: String,
    /// `internalProxies` as written.
    pub internal_proxies: Option<String>,
    /// The same as addresses and blocks, where it can be turned back.
    pub proxies: Option<TrustedProxies>,
}

/// A `RemoteIpValve` outside of server.xml.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextValve {
    /// The file; of one in an archive the archive's path and its own.
    pub file: PathBuf,
    /// Line, 1-based.
    pub line: usize,
    /// The context path of the application it is for; `None`: every one.
    pub context: Option<String>,
    /// Its attributes by name, references resolved.
    pub attributes: Vec<(String, String)>,
}

impl ContextValve {
    /// An attribute's value by name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Whether the requests for a context path pass it.
    pub fn is_for(&self, context: &str) -> bool {
        self.context.as_ref().is_none_or(|own| own == context)
    }
}

/// The file of an application's context, or of all, that Tomcat reads and that could not be read here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextProblem {
    /// The context path of the application it is for; `None`: every one.
    pub context: Option<String>,
    /// Why not.
    pub problem: Problem,
}

impl TomcatFindings {
    /// The context paths of Guacamole, by name or by what lies in them.
    pub fn guacamoles(&self) -> impl Iterator<Item = &str> {
        let is_it = |path: &&String| path.contains("guac") || self.proven.contains(path);
        self.contexts.iter().filter(is_it).map(String::as_str)
    }

    /// Why it cannot be told what becomes of the requests for a context path before the application has them.
    pub fn unreadable_for(&self, context: &str) -> impl Iterator<Item = &Problem> {
        let concerns = move |own: &&ContextProblem| own.context.as_ref().is_none_or(|own| own == context);
        self.context_problems.iter().filter(concerns).map(|own| &own.problem)
    }
}
