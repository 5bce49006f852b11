//! What is written into a virtual host.

use super::region::Layout;
use crate::config::apache::Section;
use crate::model::{Answers, BackendAnswers, PublicPath, ServerXml, Version};
use std::borrow::Cow;

/// The sections and directives for one set of answers.
///
/// # Source
/// httpd's `mod_proxy`, `mod_proxy_wstunnel`, `mod_headers`, `mod_alias` and `mod_setenvif`. `Location` sections merge in file
/// order and the later one wins, so the WebSocket's stands after the general one.
#[derive(Clone, Debug)]
pub(super) struct Body {
    /// With both slashes.
    pub(super) path: String,
    bare: Option<String>,
    /// `http://host:port/context/`.
    pub(super) url: String,
    context: String,
    bare_context: Option<String>,
    mapping: bool,
    /// What the tunnel's requests are marked with for the logs.
    pub(super) variables: Vec<String>,
}

impl Body {
    pub(super) fn new(answers: &Answers, version: Option<&Version>, variables: Vec<String>) -> Self {
        // The parameter came with 2.4.49 (httpd's own tests in t/modules/proxy.t ask for it from there on); before it
        // the climb is refused by its look.
        let mapping = version.is_none_or(|version| version.at_least(&[2, 4, 49]));
        Self::of(&answers.frontend.public_path, &answers.backend, mapping, variables)
    }

    /// What would have been written for a section's own path and backend.
    pub(super) fn written_for(section: &Section<'_>, like: &Self) -> Option<Self> {
        let backend = section.backend.as_ref()?;
        let context = backend.context()?;
        let backend = BackendAnswers {
            host: backend.host.clone(),
            port: backend.port,
            context,
            server_xml: ServerXml::Absent,
            loopback_only: false,
            log_client: false,
        };
        let path = PublicPath::parse(&section.path).ok()?;
        Some(Self::of(&path, &backend, like.mapping, like.variables.clone()))
    }

    fn of(path: &PublicPath, b: &BackendAnswers, mapping: bool, variables: Vec<String>) -> Self {
        Self {
            path: path.to_string(),
            bare: path.bare().map(ToOwned::to_owned),
            url: format!("http://{}:{}{}", b.host.in_url(), b.port, b.context),
            context: b.context.to_string(),
            bare_context: b.context.bare().map(ToOwned::to_owned),
            mapping,
            variables,
        }
    }

    /// The same with other marks for the logs.
    pub(super) fn marking(&self, variables: Vec<String>) -> Self {
        Self { variables, ..self.clone() }
    }

    /// `ws://…/websocket-tunnel`.
    pub(super) fn websocket_url(&self) -> String {
        format!("{}websocket-tunnel", self.url.replacen("http://", "ws://", 1))
    }

    /// The redirect for the path without its slash, which the `Location` does not match.
    pub(super) fn redirect(&self) -> Option<String> {
        self.bare.as_ref().map(|bare| format!("RedirectMatch \"^{}$\" \"{}\"", escaped(bare), self.path))
    }

    /// The parameters of the general `ProxyPass`.
    pub(super) fn parameters(&self) -> Vec<&'static str> {
        if self.mapping { vec!["flushpackets=on", "mapping=servlet"] } else { vec!["flushpackets=on"] }
    }

    /// What stands in the general `Location` after its `ProxyPass`.
    pub(super) fn directives(&self) -> Vec<String> {
        let mut lines = vec![
            format!("ProxyPassReverse \"{}\"", self.url),
            "ProxyPreserveHost On".to_owned(),
            "RequestHeader set X-Forwarded-Proto \"expr=%{REQUEST_SCHEME}\"".to_owned(),
        ];
        lines.extend(self.cookie_paths());
        lines.extend(self.location_header());
        if !self.mapping {
            lines.push("RedirectMatch 400 \"/\\.\\.;\"".to_owned());
        }
        lines
    }

    /// Tomcat's own cookie has its path without the last slash, an application's may have it with one: both forms.
    pub(super) fn cookie_paths(&self) -> Vec<String> {
        if self.path == self.context {
            return Vec::new();
        }
        let forms = [Some(&self.context), self.bare_context.as_ref()];
        forms
            .into_iter()
            .flatten()
            .map(|form| format!("ProxyPassReverseCookiePath \"{form}\" \"{}\"", self.path))
            .collect()
    }

    /// Once the scheme is forwarded Tomcat's redirects name the public address, which `ProxyPassReverse` does not match.
    pub(super) fn location_header(&self) -> Option<String> {
        match &self.bare_context {
            _ if self.path == self.context => None,
            Some(_) => Some(format!(
                "Header edit Location \"^(https?://[^/]+)?{}\" \"$1{}\"",
                escaped(&self.context),
                self.path
            )),
            // The root context's paths look like any other's: only those not yet rewritten and on this host.
            None => Some(format!(
                "Header edit Location \"^/(?!{})\" \"{}\"",
                escaped(self.path.trim_start_matches('/')),
                self.path
            )),
        }
    }

    /// The lines that mark the tunnel's requests for the logs.
    pub(super) fn marks_for_logs(&self) -> Vec<String> {
        self.variables
            .iter()
            .map(|variable| format!("SetEnvIf Request_URI \"^{}tunnel$\" {variable}", escaped(&self.path)))
            .collect()
    }

    /// The WebSocket's section, with parameters of the person's own.
    pub(super) fn websocket(&self, layout: &Layout, parameters: &[Cow<'_, str>]) -> String {
        let Layout { indent, unit, end } = layout;
        let url = self.websocket_url();
        let own: String = parameters.iter().map(|own| format!(" {own}")).collect();
        format!(
            "{indent}<Location \"{}websocket-tunnel\">{end}{indent}{unit}ProxyPass \"{url}\"{own}{end}{indent}{unit}\
             ProxyPassReverse \"{url}\"{end}{indent}</Location>{end}",
            self.path
        )
    }

    /// Everything, in order.
    pub(super) fn text(&self, indent: &str, unit: &str, end: &'static str) -> String {
        let layout = Layout { indent: indent.to_owned(), unit: unit.to_owned(), end };
        self.text_with(&layout, &[], &self.websocket(&layout, &[]), None)
    }

    /// Everything, in order, with parameters of the person's own for the general `ProxyPass`, a section for the WebSocket
    /// and a comment.
    pub(super) fn text_with(
        &self,
        layout: &Layout,
        general: &[Cow<'_, str>],
        websocket: &str,
        comment: Option<String>,
    ) -> String {
        let mut text = String::new();
        let mut line = |depth: usize, line: &str| {
            text.push_str(&layout.indent);
            text.push_str(&layout.unit.repeat(depth));
            text.push_str(line);
            text.push_str(layout.end);
        };
        if let Some(redirect) = self.redirect() {
            line(0, &redirect);
        }
        line(0, &format!("<Location \"{}\">", self.path));
        let own = general.iter().map(|own| &**own);
        let key = |parameter: &str| parameter.split('=').next().unwrap_or_default().to_owned();
        let said: Vec<String> = general.iter().map(|own| key(own)).collect();
        let ours = self.parameters().into_iter().filter(|ours| !said.contains(&key(ours)));
        line(1, &format!("ProxyPass \"{}\" {}", self.url, ours.chain(own).collect::<Vec<_>>().join(" ")));
        for directive in self.directives().into_iter().chain(comment) {
            line(1, &directive);
        }
        line(0, "</Location>");
        text.push_str(websocket);
        for mark in self.marks_for_logs() {
            text.push_str(&format!("{}{mark}{}", layout.indent, layout.end));
        }
        text
    }
}

/// A path in a regular expression: of the characters that a path may have only the dot means something there.
pub(super) fn escaped(path: &str) -> String {
    path.replace('.', "\\.")
}
