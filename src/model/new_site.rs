//! A site that is to be made, where none that is there fits.

use super::{Host, Port};
use std::path::PathBuf;

/// A site that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSite {
    /// The name that the public asks for; never an IPv6 address.
    pub name: Host,
    /// The port for plain HTTP.
    pub http: Port,
    /// TLS; `None`: plain HTTP alone, passwords in the clear.
    pub tls: Option<NewTls>,
}

/// TLS of a site that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTls {
    /// The port.
    pub port: Port,
    /// The certificate with its chain, PEM.
    pub certificate: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
    /// Whether plain HTTP only leads to the TLS port.
    pub redirect: bool,
    /// Whether browsers are told to ask for this name by TLS alone from now on, for two years.
    pub hsts: bool,
}

impl NewSite {
    /// The port that Guacamole is served on.
    pub fn port(&self) -> Port {
        self.tls.as_ref().map_or(self.http, |tls| tls.port)
    }
}

/// One question about a new site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NewSiteField {
    /// Its name.
    Name,
    /// The port for plain HTTP.
    HttpPort,
    /// The port for TLS.
    HttpsPort,
    /// The certificate.
    Certificate,
    /// Its key.
    Key,
    /// Whether plain HTTP only leads to TLS.
    Redirect,
    /// Whether browsers are told to ask by TLS alone.
    Hsts,
}

impl NewSiteField {
    /// Every question, in the order of the answers file.
    pub const ALL: [Self; 7] = [
        Self::Name,
        Self::HttpPort,
        Self::HttpsPort,
        Self::Certificate,
        Self::Key,
        Self::Redirect,
        Self::Hsts,
    ];

    /// Its key in the answers file, with the table it stands in.
    pub fn key(self) -> &'static str {
        match self {
            Self::Name => "new_site.name",
            Self::HttpPort => "new_site.http_port",
            Self::HttpsPort => "new_site.https_port",
            Self::Certificate => "new_site.certificate",
            Self::Key => "new_site.key",
            Self::Redirect => "new_site.redirect",
            Self::Hsts => "new_site.hsts",
        }
    }
}
