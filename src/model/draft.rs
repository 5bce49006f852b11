//! What the person has typed so far, and the one parser that makes answers of it.

use super::{Answers, NewSiteField, ServerXml, SiteRef};
use std::fmt;
use std::path::Path;

mod file;
mod nearest;
mod new_site;
mod parse;

pub use file::AnswersFileError;
pub use new_site::NewSiteDraft;
pub use parse::yes_no;
use parse::{absolute, yes_or_no};

/// One question, wherever it is asked: a field of the form, a plain question, a key of the answers file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// Which frontend.
    Server,
    /// Which server block or virtual host.
    Site,
    /// One of the questions about a site that is to be made.
    NewSite(NewSiteField),
    /// Under which path the public finds Guacamole.
    PublicPath,
    /// Whether it stands beside a Guacamole at another path of the site.
    Beside,
    /// The largest upload.
    MaxUpload,
    /// Whether tunnel requests are logged.
    LogTunnel,
    /// Whether the WebSocket is passed on.
    WebSocket,
    /// How long a silent Tomcat is waited for.
    ReadTimeout,
    /// Whether Tomcat is told the name that the browser asked for.
    PassHost,
    /// Tomcat's host.
    Host,
    /// Tomcat's port.
    Port,
    /// Guacamole's context path.
    Context,
    /// Which server.xml.
    ServerXml,
    /// Whether the connector answers this machine alone.
    LoopbackOnly,
    /// Whether Tomcat's access log names the client.
    LogClient,
    /// The trusted proxies.
    Proxies,
}

impl Field {
    /// Every field, in the order of the answers file.
    pub const ALL: [Self; 23] = [
        Self::Server,
        Self::Site,
        Self::PublicPath,
        Self::Beside,
        Self::MaxUpload,
        Self::LogTunnel,
        Self::WebSocket,
        Self::ReadTimeout,
        Self::PassHost,
        Self::NewSite(NewSiteField::Name),
        Self::NewSite(NewSiteField::HttpPort),
        Self::NewSite(NewSiteField::HttpsPort),
        Self::NewSite(NewSiteField::Certificate),
        Self::NewSite(NewSiteField::Key),
        Self::NewSite(NewSiteField::Redirect),
        Self::NewSite(NewSiteField::Hsts),
        Self::Host,
        Self::Port,
        Self::Context,
        Self::ServerXml,
        Self::LoopbackOnly,
        Self::LogClient,
        Self::Proxies,
    ];

    /// Whether its answer is yes or no.
    pub fn is_yes_or_no(self) -> bool {
        matches!(
            self,
            Self::Beside
                | Self::LogTunnel
                | Self::WebSocket
                | Self::PassHost
                | Self::LoopbackOnly
                | Self::LogClient
                | Self::NewSite(NewSiteField::Redirect | NewSiteField::Hsts)
        )
    }

    /// Whether its answer is a port.
    pub fn is_port(self) -> bool {
        matches!(self, Self::Port | Self::NewSite(NewSiteField::HttpPort | NewSiteField::HttpsPort))
    }

    /// Its key in the answers file, with the table it stands in.
    pub fn key(self) -> &'static str {
        match self {
            Self::Server => "frontend.server",
            Self::Site => "frontend.site",
            Self::NewSite(field) => field.key(),
            Self::PublicPath => "frontend.public_path",
            Self::Beside => "frontend.beside",
            Self::MaxUpload => "frontend.max_upload",
            Self::LogTunnel => "frontend.log_tunnel",
            Self::WebSocket => "frontend.websocket",
            Self::ReadTimeout => "frontend.read_timeout",
            Self::PassHost => "frontend.pass_host",
            Self::Host => "backend.host",
            Self::Port => "backend.port",
            Self::Context => "backend.context",
            Self::ServerXml => "backend.server_xml",
            Self::LoopbackOnly => "backend.loopback_only",
            Self::LogClient => "backend.log_client",
            Self::Proxies => "trust.proxies",
        }
    }
}

/// What is wrong with one field, in a sentence that also says what would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field.
    pub field: Field,
    /// The sentence, without the field's name.
    pub message: String,
    /// The right value nearest to the wrong one, where one is near.
    pub suggestion: Option<String>,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field.key(), self.message)
    }
}

/// What the person has typed so far: one string a field, good or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// `nginx`, `apache`, or `none` where the frontend is on another machine.
    pub server: String,
    /// The site chosen; `None`: the only one there is. It is picked from a list, so there is nothing to parse but its file.
    pub site: Option<SiteRef>,
    /// The site to make; `None`: Guacamole goes into one that is there.
    pub new_site: Option<NewSiteDraft>,
    /// See [`super::PublicPath`].
    pub public_path: String,
    /// `yes` or `no`.
    pub beside: String,
    /// See [`super::UploadLimit`].
    pub max_upload: String,
    /// `yes` or `no`.
    pub log_tunnel: String,
    /// `yes` or `no`.
    pub websocket: String,
    /// See [`super::ReadTimeout`].
    pub read_timeout: String,
    /// `yes` or `no`.
    pub pass_host: String,
    /// See [`super::Host`].
    pub host: String,
    /// See [`super::Port`].
    pub port: String,
    /// See [`super::ContextPath`].
    pub context: String,
    /// Empty: the only one found; `none`: Tomcat is elsewhere; else an absolute path.
    pub server_xml: String,
    /// `yes` or `no`.
    pub loopback_only: String,
    /// `yes` or `no`.
    pub log_client: String,
    /// See [`super::TrustedProxies`].
    pub proxies: String,
}

impl Default for Draft {
    /// What is right on a machine of which nothing is known.
    fn default() -> Self {
        Self {
            server: "nginx".into(),
            site: None,
            new_site: None,
            public_path: "/guacamole/".into(),
            beside: "no".into(),
            max_upload: "1g".into(),
            log_tunnel: "no".into(),
            websocket: "yes".into(),
            read_timeout: "usual".into(),
            pass_host: "yes".into(),
            host: "127.0.0.1".into(),
            port: "8080".into(),
            context: "/guacamole/".into(),
            server_xml: String::new(),
            loopback_only: "no".into(),
            log_client: "no".into(),
            proxies: "127.0.0.1, ::1".into(),
        }
    }
}

impl From<&Answers> for Draft {
    fn from(answers: &Answers) -> Self {
        let (f, b) = (&answers.frontend, &answers.backend);
        Self {
            server: if f.here { f.server.key() } else { "none" }.into(),
            site: f.site.clone(),
            new_site: f.new_site.as_ref().map(NewSiteDraft::from),
            public_path: f.public_path.to_string(),
            beside: yes_no(f.beside).into(),
            max_upload: f.max_upload.to_string(),
            log_tunnel: yes_no(f.log_tunnel).into(),
            websocket: yes_no(f.websocket).into(),
            read_timeout: f.read_timeout.to_string(),
            pass_host: yes_no(f.pass_host).into(),
            host: b.host.to_string(),
            port: b.port.to_string(),
            context: b.context.to_string(),
            server_xml: match &b.server_xml {
                ServerXml::Found => String::new(),
                ServerXml::Absent => "none".into(),
                ServerXml::File(path) => path.to_string_lossy().into_owned(),
            },
            loopback_only: yes_no(b.loopback_only).into(),
            log_client: yes_no(b.log_client).into(),
            proxies: answers.trust.to_string(),
        }
    }
}

impl Draft {
    /// The server.xml that is named, where one is and its path is whole.
    pub fn named_server_xml(&self) -> Option<&Path> {
        Some(Path::new(&self.server_xml)).filter(|path| path.is_absolute())
    }

    /// The text of a field; the site has none.
    pub fn text(&self, field: Field) -> &str {
        match field {
            Field::Server => &self.server,
            Field::Site => "",
            Field::NewSite(field) => self.new_site.as_ref().map_or("", |site| site.text(field)),
            Field::PublicPath => &self.public_path,
            Field::Beside => &self.beside,
            Field::MaxUpload => &self.max_upload,
            Field::LogTunnel => &self.log_tunnel,
            Field::WebSocket => &self.websocket,
            Field::ReadTimeout => &self.read_timeout,
            Field::PassHost => &self.pass_host,
            Field::Host => &self.host,
            Field::Port => &self.port,
            Field::Context => &self.context,
            Field::ServerXml => &self.server_xml,
            Field::LoopbackOnly => &self.loopback_only,
            Field::LogClient => &self.log_client,
            Field::Proxies => &self.proxies,
        }
    }

    /// Replaces the text of a field; nothing happens for the site, which has none.
    pub fn set_text(&mut self, field: Field, text: impl Into<String>) {
        let slot = match field {
            Field::Server => &mut self.server,
            Field::Site => return,
            Field::NewSite(field) => self.new_site.get_or_insert_default().slot(field),
            Field::PublicPath => &mut self.public_path,
            Field::Beside => &mut self.beside,
            Field::MaxUpload => &mut self.max_upload,
            Field::LogTunnel => &mut self.log_tunnel,
            Field::WebSocket => &mut self.websocket,
            Field::ReadTimeout => &mut self.read_timeout,
            Field::PassHost => &mut self.pass_host,
            Field::Host => &mut self.host,
            Field::Port => &mut self.port,
            Field::Context => &mut self.context,
            Field::ServerXml => &mut self.server_xml,
            Field::LoopbackOnly => &mut self.loopback_only,
            Field::LogClient => &mut self.log_client,
            Field::Proxies => &mut self.proxies,
        };
        *slot = text.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_draft_is_good_and_survives_the_round_trip() {
        let answers = Draft::default().parse().expect("the default draft is good");
        assert_eq!(Draft::from(&answers), Draft::default());
    }

    #[test]
    fn reports_every_wrong_field_at_once() {
        let draft =
            Draft { port: "0".into(), host: "a b".into(), proxies: "x, y".into(), ..Draft::default() };
        let errors = draft.parse().expect_err("three fields are wrong");
        let fields: Vec<_> = errors.iter().map(|e| e.field).collect();
        assert_eq!(fields, [Field::Host, Field::Port, Field::Proxies, Field::Proxies]);
    }

    #[test]
    fn refuses_paths_that_climb() {
        for path in ["etc/x", "/etc/../x", "/a\u{1b}b"] {
            assert!(Draft { server_xml: path.into(), ..Draft::default() }.parse().is_err(), "{path}");
        }
    }
}
