//! The one parser of what was typed.

use super::{Draft, Field, FieldError, nearest};
use crate::model::{
    Answers, BackendAnswers, ContextPath, FrontendAnswers, Host, Port, PublicPath, ReadTimeout, Server,
    ServerXml, TrustedProxies, UploadLimit, printable,
};
use std::path::{Component, Path, PathBuf};

impl Draft {
    /// Makes answers of the draft.
    ///
    /// # Errors
    /// Every field that is wrong, in the order of [`Field::ALL`].
    pub fn parse(&self) -> Result<Answers, Vec<FieldError>> {
        let mut errors = Vec::new();
        let server = self.take(Field::Server, server(&self.server), &mut errors);
        let frontend = self.frontend(server, &mut errors);
        let backend = self.backend(server, &mut errors);
        let trust = TrustedProxies::parse(&self.proxies)
            .map_err(|wrong| {
                errors.extend(wrong.into_iter().map(|message| self.error(Field::Proxies, message)));
            })
            .ok();
        match (frontend, backend, trust) {
            (Some(frontend), Some(backend), Some(trust)) if errors.is_empty() => {
                Ok(Answers { frontend, backend, trust })
            }
            _ => Err(errors),
        }
    }

    fn frontend(
        &self,
        server: Option<(Server, bool)>,
        errors: &mut Vec<FieldError>,
    ) -> Option<FrontendAnswers> {
        if let Some(error) = self.site.as_ref().and_then(|site| absolute(&site.file).err()) {
            errors.push(self.error(Field::Site, error));
        }
        let public_path = self.take(Field::PublicPath, PublicPath::parse(&self.public_path), errors);
        let beside = self.take(Field::Beside, yes_or_no(&self.beside), errors);
        let max_upload = self.take(Field::MaxUpload, UploadLimit::parse(&self.max_upload), errors);
        let log_tunnel = self.take(Field::LogTunnel, yes_or_no(&self.log_tunnel), errors);
        let websocket = self.take(Field::WebSocket, yes_or_no(&self.websocket), errors);
        let read_timeout = self.take(Field::ReadTimeout, ReadTimeout::parse(&self.read_timeout), errors);
        let pass_host = self.take(Field::PassHost, yes_or_no(&self.pass_host), errors);
        let new_site = self.new_site.as_ref().and_then(|site| match site.parse() {
            Ok(site) => Some(site),
            Err(wrong) => {
                errors.extend(wrong.into_iter().map(|(field, m)| self.error(Field::NewSite(field), m)));
                None
            }
        });
        let (server, here) = server?;
        Some(FrontendAnswers {
            server,
            here,
            site: self.site.clone(),
            new_site,
            public_path: public_path?,
            beside: beside?,
            max_upload: max_upload?,
            log_tunnel: log_tunnel?,
            websocket: websocket?,
            read_timeout: match server {
                Server::Nginx => read_timeout?.of_nginx(),
                Server::Apache => read_timeout?,
            },
            pass_host: pass_host?,
        })
    }

    fn backend(
        &self,
        server: Option<(Server, bool)>,
        errors: &mut Vec<FieldError>,
    ) -> Option<BackendAnswers> {
        let host = self.take(Field::Host, Host::parse(&self.host), errors);
        let port = self.take(Field::Port, Port::parse(&self.port), errors);
        let context = self.take(Field::Context, ContextPath::parse(&self.context), errors);
        let server_xml = self.take(Field::ServerXml, server_xml(&self.server_xml), errors);
        let is_here = server.is_none_or(|(_, here)| here);
        if !is_here && server_xml == Some(ServerXml::Absent) {
            let message = "the frontend is on another machine: then Tomcat is on this one".to_owned();
            errors.push(self.error(Field::ServerXml, message));
        }
        let loopback_only = self.take(Field::LoopbackOnly, yes_or_no(&self.loopback_only), errors);
        let is_near = is_here && host.as_ref().is_none_or(Host::is_loopback);
        if loopback_only == Some(true) && !is_near {
            let message = "the proxy comes from another address, which such a connector would not answer";
            errors.push(self.error(Field::LoopbackOnly, message.to_owned()));
        }
        let log_client = self.take(Field::LogClient, yes_or_no(&self.log_client), errors);
        Some(BackendAnswers {
            host: host?,
            port: port?,
            context: context?,
            server_xml: server_xml?,
            loopback_only: loopback_only?,
            log_client: log_client?,
        })
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
            let text = printable(text);
            Err(format!("{text} is neither nginx nor apache, nor none for a frontend on another machine"))
        }
    }
}

/// The word for a yes or a no, as it is written in a draft and read back.
pub fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

pub(super) fn yes_or_no(text: &str) -> Result<bool, String> {
    match text.trim() {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        other => Err(format!("{} is neither yes nor no", printable(other))),
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
pub(super) fn absolute(path: &Path) -> Result<PathBuf, String> {
    let shown = printable(&path.to_string_lossy());
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
