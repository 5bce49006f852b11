//! The typed, complete answers, and the answers file they are written to.

use super::{ContextPath, Host, NewSite, Port, PublicPath, ReadTimeout, TrustedProxies, UploadLimit};
use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};

/// Everything a plan needs to know from the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// Who faces the public, and how.
    pub frontend: FrontendAnswers,
    /// Where Tomcat serves Guacamole.
    pub backend: BackendAnswers,
    /// The proxies whose word about the client Tomcat takes.
    pub trust: TrustedProxies,
}

/// The frontend's half of the answers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own, and none excludes another")]
pub struct FrontendAnswers {
    /// The server program; where it is on another machine, the one that is likely there.
    pub server: Server,
    /// Whether it is on this machine; else nothing is done for it here.
    pub here: bool,
    /// The server block or virtual host; `None`: the only one there is.
    pub site: Option<SiteRef>,
    /// The site to make, unless one of its name and port is there; `site` is then not asked for.
    pub new_site: Option<NewSite>,
    /// Where the public finds Guacamole.
    pub public_path: PublicPath,
    /// Whether a Guacamole that the site serves at another path stays there; else it moves to this one.
    pub beside: bool,
    /// The largest upload; nginx only, Apache httpd does not limit proxied uploads.
    pub max_upload: UploadLimit,
    /// Whether the HTTP tunnel's requests, several a second, go into the access log.
    pub log_tunnel: bool,
    /// Whether the WebSocket is passed on; else Guacamole falls back to its HTTP tunnel.
    pub websocket: bool,
    /// How long a silent Tomcat is waited for.
    pub read_timeout: ReadTimeout,
    /// Whether Tomcat is told the name that the browser asked for, rather than its own.
    pub pass_host: bool,
}

/// The backend's half of the answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackendAnswers {
    /// Where Tomcat listens.
    pub host: Host,
    /// The HTTP connector's port.
    pub port: Port,
    /// Where Tomcat serves Guacamole.
    pub context: ContextPath,
    /// The server.xml to make ready for a proxy.
    pub server_xml: ServerXml,
    /// Whether the connector is to answer this machine alone; where it does already it is left so.
    pub loopback_only: bool,
    /// Whether Tomcat's own access log is to name the client instead of the proxy; where it does it is left so.
    pub log_client: bool,
}

/// A frontend server program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Server {
    /// nginx.
    Nginx,
    /// Apache httpd.
    Apache,
}

impl Server {
    /// Every frontend there is.
    pub const ALL: [Self; 2] = [Self::Nginx, Self::Apache];

    /// The word for it in the answers file.
    pub fn key(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "apache",
        }
    }

    /// The word for it on screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "Apache httpd",
        }
    }

    /// What it calls the block that serves one site.
    pub fn site_word(self) -> &'static str {
        match self {
            Self::Nginx => "server block",
            Self::Apache => "virtual host",
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// Names one server block or virtual host, by what stands in it rather than by its place in the file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SiteRef {
    /// The file that holds it, or a link to that file.
    pub file: PathBuf,
    /// One of its names; `None` where it has none or the file alone is clear.
    pub name: Option<String>,
    /// One of its listens or addresses, or the port alone, where the name is not enough.
    pub listen: Option<String>,
}

impl fmt::Display for SiteRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(name) = &self.name {
            write!(f, ", name {name}")?;
        }
        if let Some(listen) = &self.listen {
            write!(f, ", listen {listen}")?;
        }
        Ok(())
    }
}

/// Which server.xml to make ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerXml {
    /// The only one found.
    Found,
    /// None: Tomcat is not on this machine.
    Absent,
    /// This one.
    File(PathBuf),
}

impl ServerXml {
    /// The file, where one is named.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Found | Self::Absent => None,
        }
    }
}

impl Answers {
    /// As an answers file, every key written out but those left to "the only one there is".
    pub fn to_toml(&self) -> String {
        let mut out = String::from("version = 1\n\n[frontend]\n");
        let f = &self.frontend;
        let _ = writeln!(out, "server = {}", quoted(if f.here { f.server.key() } else { "none" }));
        if let Some(site) = &f.site {
            let _ = write!(out, "site = {{ file = {}", quoted(&site.file.to_string_lossy()));
            for (key, value) in [("name", &site.name), ("listen", &site.listen)] {
                if let Some(value) = value {
                    let _ = write!(out, ", {key} = {}", quoted(value));
                }
            }
            out.push_str(" }\n");
        }
        let _ = writeln!(out, "public_path = {}", quoted(f.public_path.as_str()));
        let _ = writeln!(out, "beside = {}", f.beside);
        let _ = writeln!(out, "max_upload = {}", quoted(&f.max_upload.to_string()));
        let _ = writeln!(out, "log_tunnel = {}\nwebsocket = {}", f.log_tunnel, f.websocket);
        let _ = writeln!(out, "read_timeout = {}", quoted(&f.read_timeout.to_string()));
        let _ = writeln!(out, "pass_host = {}", f.pass_host);
        if let Some(site) = &f.new_site {
            out.push_str(&new_site(site));
        }
        let b = &self.backend;
        out.push_str("\n[backend]\n");
        let _ = writeln!(out, "host = {}", quoted(&b.host.to_string()));
        let _ = writeln!(out, "port = {}", b.port);
        let _ = writeln!(out, "context = {}", quoted(b.context.as_str()));
        match &b.server_xml {
            ServerXml::Found => {}
            ServerXml::Absent => out.push_str("server_xml = \"none\"\n"),
            ServerXml::File(path) => {
                let _ = writeln!(out, "server_xml = {}", quoted(&path.to_string_lossy()));
            }
        }
        let _ = writeln!(out, "loopback_only = {}\nlog_client = {}", b.loopback_only, b.log_client);
        let proxies: Vec<_> = self.trust.entries().iter().map(|entry| quoted(entry)).collect();
        let _ = write!(out, "\n[trust]\nproxies = [{}]\n", proxies.join(", "));
        out
    }
}

fn new_site(site: &NewSite) -> String {
    let mut out =
        format!("\n[new_site]\nname = {}\nhttp_port = {}\n", quoted(&site.name.to_string()), site.http);
    if let Some(tls) = &site.tls {
        let path = |path: &Path| quoted(&path.to_string_lossy());
        let _ = writeln!(out, "https_port = {}", tls.port);
        let _ = writeln!(out, "certificate = {}\nkey = {}", path(&tls.certificate), path(&tls.key));
        let _ = writeln!(out, "redirect = {}\nhsts = {}", tls.redirect, tls.hsts);
    }
    out
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
