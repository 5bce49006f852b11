//! What is tried: a backend, and the places where the public finds it.

use crate::model::{ContextPath, Host, Plan, Port, PublicAddress, Server, UploadLimit};
use std::net::SocketAddr;

/// A backend, and the places where the public finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The places, plain HTTP first.
    pub places: Vec<Place>,
    /// Where Tomcat serves Guacamole; `None` where that is not known here.
    pub backend: Option<BackendPlace>,
    /// The largest upload that is to pass.
    pub max_upload: UploadLimit,
    /// Whether the WebSocket is to open.
    pub websocket: bool,
    /// Whether some site leads to it.
    pub has_site: bool,
    /// Whether it is asked from another machine: what its own addresses are is not known then.
    pub from_outside: bool,
}

/// Where Tomcat serves Guacamole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackendPlace {
    /// Where Tomcat listens.
    pub host: Host,
    /// The port.
    pub port: Port,
    /// The context path.
    pub context: ContextPath,
}

/// One way the public reaches Guacamole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The program that answers there, where it is known.
    pub server: Option<Server>,
    /// Whether it is `https`.
    pub tls: bool,
    /// The name for the Host header and for TLS.
    pub host: String,
    /// Where to connect.
    pub connect: SocketAddr,
    /// The public path, with both slashes.
    pub path: String,
}

impl Target {
    /// Whether a site leads there and none of its places can be asked from here.
    pub fn is_unreachable(&self) -> bool {
        self.places.is_empty() && self.has_site
    }

    /// What a plan leads to.
    pub fn of_plan(plan: &Plan) -> Self {
        let backend = &plan.answers.backend;
        Self {
            places: plan.addresses.iter().map(Place::from).collect(),
            backend: Some(BackendPlace {
                host: backend.host.clone(),
                port: backend.port,
                context: backend.context.clone(),
            }),
            max_upload: plan.answers.frontend.max_upload,
            websocket: plan.answers.frontend.websocket,
            has_site: true,
            from_outside: false,
        }
    }
}

impl From<&PublicAddress> for Place {
    fn from(address: &PublicAddress) -> Self {
        Self {
            server: Some(address.server),
            tls: address.tls,
            host: address.host.clone(),
            connect: address.connect,
            path: address.path.clone(),
        }
    }
}

impl Place {
    /// The address as a browser shows it.
    pub fn url(&self) -> String {
        self.url_as(self.tls, self.connect.port())
    }

    /// The same with another scheme and port.
    pub(super) fn url_as(&self, tls: bool, port: u16) -> String {
        let (scheme, usual) = if tls { ("https", 443) } else { ("http", 80) };
        let port = if port == usual { String::new() } else { format!(":{port}") };
        format!("{scheme}://{}{port}{}", self.host, self.path)
    }

    /// The server's name for a sentence.
    pub(super) fn title(&self) -> &'static str {
        self.server.map_or("the web server", Server::title)
    }
}
