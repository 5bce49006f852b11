//! What the person has typed so far, and the one parser that makes answers of it.

use super::{
    Answers, BackendAnswers, ContextPath, FrontendAnswers, Host, NewSiteField, Port, PublicPath, Server,
    ServerXml, SiteRef, TrustedProxies, UploadLimit,
};
use std::fmt;
use std::path::{Component, Path, PathBuf};

mod file;
mod nearest;
mod new_site;

pub use file::AnswersFileError;
pub use new_site::NewSiteDraft;

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
    /// The largest upload.
    MaxUpload,
    /// Whether tunnel requests are logged.
    LogTunnel,
    /// Tomcat's host.
    Host,
    /// Tomcat's port.
    Port,
    /// Guacamole's context path.
    Context,
    /// Which server.xml.
    ServerXml,
    /// The trusted proxies.
    Proxies,
}

impl Field {
    /// Every field, in the order of the answers file.
    pub const ALL: [Self; 17] = [
        Self::Server,
        Self::Site,
        Self::PublicPath,
        Self::MaxUpload,
        Self::LogTunnel,
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
        Self::Proxies,
    ];

    /// Whether its answer is yes or no.
    pub fn is_yes_or_no(self) -> bool {
        matches!(self, Self::LogTunnel | Self::NewSite(NewSiteField::Redirect | NewSiteField::Hsts))
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
            Self::MaxUpload => "frontend.max_upload",
            Self::LogTunnel => "frontend.log_tunnel",
            Self::Host => "backend.host",
            Self::Port => "backend.port",
            Self::Context => "backend.context",
            Self::ServerXml => "backend.server_xml",
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
    /// See [`PublicPath`].
    pub public_path: String,
    /// See [`UploadLimit`].
    pub max_upload: String,
    /// `yes` or `no`.
    pub log_tunnel: String,
    /// See [`Host`].
    pub host: String,
    /// See [`Port`].
    pub port: String,
    /// See [`ContextPath`].
    pub context: String,
    /// Empty: the only one found; `none`: Tomcat is elsewhere; else an absolute path.
    pub server_xml: String,
    /// See [`TrustedProxies`].
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
            max_upload: "1g".into(),
            log_tunnel: "no".into(),
            host: "127.0.0.1".into(),
            port: "8080".into(),
            context: "/guacamole/".into(),
            server_xml: String::new(),
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
            max_upload: f.max_upload.to_string(),
            log_tunnel: if f.log_tunnel { "yes" } else { "no" }.into(),
            host: b.host.to_string(),
            port: b.port.to_string(),
            context: b.context.to_string(),
            server_xml: match &b.server_xml {
                ServerXml::Found => String::new(),
                ServerXml::Absent => "none".into(),
                ServerXml::File(path) => path.to_string_lossy().into_owned(),
            },
            proxies: answers.trust.to_string(),
        }
    }
}

impl Draft {
    /// The text of a field; the site has none.
    pub fn text(&self, field: Field) -> &str {
        match field {
            Field::Server => &self.server,
            Field::Site => "",
            Field::NewSite(field) => self.new_site.as_ref().map_or("", |site| site.text(field)),
            Field::PublicPath => &self.public_path,
            Field::MaxUpload => &self.max_upload,
            Field::LogTunnel => &self.log_tunnel,
            Field::Host => &self.host,
            Field::Port => &self.port,
            Field::Context => &self.context,
            Field::ServerXml => &self.server_xml,
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
            Field::MaxUpload => &mut self.max_upload,
            Field::LogTunnel => &mut self.log_tunnel,
            Field::Host => &mut self.host,
            Field::Port => &mut self.port,
            Field::Context => &mut self.context,
            Field::ServerXml => &mut self.server_xml,
            Field::Proxies => &mut self.proxies,
        };
        *slot = text.into();
    }

    /// Makes answers of the draft.
    ///
    /// # Errors
    /// Every field that is wrong, in the order of [`Field::ALL`].
    pub fn parse(&self) -> Result<Answers, Vec<FieldError>> {
        let mut errors = Vec::new();
        let server = self.take(Field::Server, server(&self.server), &mut errors);
        if let Some(error) = self.site.as_ref().and_then(|site| absolute(&site.file).err()) {
            errors.push(self.error(Field::Site, error));
        }
        let public_path = self.take(Field::PublicPath, PublicPath::parse(&self.public_path), &mut errors);
        let max_upload = self.take(Field::MaxUpload, UploadLimit::parse(&self.max_upload), &mut errors);
        let log_tunnel = self.take(Field::LogTunnel, yes_or_no(&self.log_tunnel), &mut errors);
        let new_site = self.new_site.as_ref().and_then(|site| match site.parse() {
            Ok(site) => Some(site),
            Err(wrong) => {
                errors.extend(wrong.into_iter().map(|(field, m)| self.error(Field::NewSite(field), m)));
                None
            }
        });
        let host = self.take(Field::Host, Host::parse(&self.host), &mut errors);
        let port = self.take(Field::Port, Port::parse(&self.port), &mut errors);
        let context = self.take(Field::Context, ContextPath::parse(&self.context), &mut errors);
        let server_xml = self.take(Field::ServerXml, server_xml(&self.server_xml), &mut errors);
        let trust = match TrustedProxies::parse(&self.proxies) {
            Ok(trust) => Some(trust),
            Err(wrong) => {
                errors.extend(wrong.into_iter().map(|message| self.error(Field::Proxies, message)));
                None
            }
        };
        if matches!((server, &server_xml), (Some((_, false)), Some(ServerXml::Absent))) {
            let message = "the frontend is on another machine: then Tomcat is on this one".to_owned();
            errors.push(self.error(Field::ServerXml, message));
        }
        match (server, public_path, max_upload, log_tunnel, host, port, context, server_xml, trust) {
            (
                Some((server, here)),
                Some(public_path),
                Some(max_upload),
                Some(log_tunnel),
                Some(host),
                Some(port),
                Some(context),
                Some(server_xml),
                Some(trust),
            ) if errors.is_empty() => Ok(Answers {
                frontend: FrontendAnswers {
                    server,
                    here,
                    site: self.site.clone(),
                    new_site,
                    public_path,
                    max_upload,
                    log_tunnel,
                },
                backend: BackendAnswers { host, port, context, server_xml },
                trust,
            }),
            _ => Err(errors),
        }
    }

    fn error(&self, field: Field, message: String) -> FieldError {
        FieldError { field, message, suggestion: nearest::nearest(field, self.text(field)) }
    }

    fn take<T>(&self, field: Field, result: Result<T, String>, errors: &mut Vec<FieldError>) -> Option<T> {
        result.map_err(|message| errors.push(self.error(field, message))).ok()
    }
}

/// The frontend, and whether it is on this machine.
fn server(text: &str) -> Result<(Server, bool), String> {
    match (Server::ALL.into_iter().find(|server| server.key() == text.trim()), text.trim()) {
        (Some(server), _) => Ok((server, true)),
        (None, "none") => Ok((Server::Nginx, false)),
        _ => {
            let text = super::printable(text);
            Err(format!("{text} is neither nginx nor apache, nor none for a frontend on another machine"))
        }
    }
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text.trim() {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        other => Err(format!("{} is neither yes nor no", super::printable(other))),
    }
}

fn server_xml(text: &str) -> Result<ServerXml, String> {
    match text.trim() {
        "" => Ok(ServerXml::Found),
        "none" => Ok(ServerXml::Absent),
        path => absolute(Path::new(path)).map(ServerXml::File),
    }
}

/// A path that means one file whatever the working directory is, and cannot climb out of a root it is put below.
fn absolute(path: &Path) -> Result<PathBuf, String> {
    let shown = super::printable(&path.to_string_lossy());
    if !path.is_absolute() {
        return Err(format!("{shown} is not an absolute path; it begins with /"));
    }
    if path.components().any(|c| c == Component::ParentDir) {
        return Err(format!("{shown} holds ..; write the path out in full"));
    }
    if path.to_string_lossy().chars().any(char::is_control) {
        return Err(format!("{shown} holds a control character"));
    }
    Ok(path.to_owned())
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
