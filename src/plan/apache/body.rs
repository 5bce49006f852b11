//! What is written into a virtual host.

use super::around::Around;
use super::layout::Layout;
use crate::config::apache::{Proxied, Section};
use crate::model::{Answers, ContextPath, Host, Port, PublicPath, ReadTimeout, Version};
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
    /// Without the last; `None` at the root.
    pub(super) bare: Option<String>,
    /// Whether something else that is proxied takes the path without its slash before a redirect outside of sections.
    is_bare_taken: bool,
    /// `http://host:port/context/`.
    pub(super) url: String,
    /// Tomcat's host as in a URL.
    name: String,
    context: String,
    bare_context: Option<String>,
    mapping: bool,
    /// Whether the WebSocket gets a section.
    pub(super) has_websocket: bool,
    /// How long a silent Tomcat is waited for, where httpd's own `Timeout` is not to decide.
    ///
    /// # Units
    /// Seconds.
    pub(super) timeout: Option<u32>,
    /// `On` or `Off`.
    pub(super) preserve_host: &'static str,
    /// What the tunnel's requests are marked with for the logs.
    pub(super) variables: Vec<String>,
    /// What stands around it.
    around: Around,
}

impl Body {
    pub(super) fn new(answers: &Answers, version: Option<&Version>, variables: Vec<String>) -> Self {
        // The parameter came with 2.4.49 (httpd's own tests in t/modules/proxy.t ask for it from there on); before it
        // the climb is refused by its look.
        let mapping = version.is_none_or(|version| version.at_least(&[2, 4, 49]));
        let (frontend, backend) = (&answers.frontend, &answers.backend);
        let address = (&backend.host, backend.port, &backend.context);
        Self {
            mapping,
            has_websocket: frontend.websocket,
            timeout: match frontend.read_timeout {
                ReadTimeout::Usual => None,
                ReadTimeout::Seconds(seconds) => Some(seconds),
            },
            preserve_host: if frontend.pass_host { "On" } else { "Off" },
            variables,
            ..Self::plain(&frontend.public_path, address)
        }
    }

    /// What would have been written for a section's own path and backend.
    pub(super) fn written_for(section: &Section<'_>, like: &Self) -> Option<Self> {
        let backend = section.backend.as_ref()?;
        let path = PublicPath::parse(&section.path).ok()?;
        let plain = Self::plain(&path, (&backend.host, backend.port, &backend.context()?));
        let preserve_host = match section.item.named("proxypreservehost").last() {
            Some(own) if own.first_argument().eq_ignore_ascii_case("off") => "Off",
            _ => "On",
        };
        Some(
            Self { mapping: like.mapping, variables: like.variables.clone(), preserve_host, ..plain }
                .with_bare_taken(like.is_bare_taken),
        )
    }

    fn plain(path: &PublicPath, (host, port, context): (&Host, Port, &ContextPath)) -> Self {
        Self {
            path: path.to_string(),
            bare: path.bare().map(ToOwned::to_owned),
            is_bare_taken: false,
            url: format!("http://{}:{port}{context}", host.in_url()),
            name: host.in_url(),
            context: context.to_string(),
            bare_context: context.bare().map(ToOwned::to_owned),
            mapping: true,
            has_websocket: true,
            timeout: None,
            preserve_host: "On",
            variables: Vec::new(),
            around: Around::default(),
        }
    }

    /// The same where something else that is proxied takes the path without its slash, or not.
    pub(super) fn with_bare_taken(self, is_bare_taken: bool) -> Self {
        Self { is_bare_taken, ..self }
    }

    /// The same where this stands around it.
    pub(super) fn within(self, around: Around) -> Self {
        Self { around, ..self }
    }

    /// Whether something else that is proxied takes the path without its slash.
    pub(super) fn is_bare_taken(&self) -> bool {
        self.is_bare_taken
    }

    /// Where its requests go to.
    pub(super) fn proxied(&self) -> Proxied<'_> {
        Proxied { url: &self.url, is_mapped: self.mapping }
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

    /// The same as lines; in a section of its own where it has to come before what is proxied.
    pub(super) fn redirect_lines(&self) -> Vec<(usize, String)> {
        let Some((redirect, bare)) = self.redirect().zip(self.bare.as_ref()) else { return Vec::new() };
        if !self.is_bare_taken {
            return vec![(0, redirect)];
        }
        vec![(0, format!("<Location \"{bare}\">")), (1, redirect), (0, "</Location>".to_owned())]
    }

    /// The parameters of the general `ProxyPass`.
    pub(super) fn parameters(&self) -> Vec<String> {
        let mapping = self.mapping.then(|| "mapping=servlet".to_owned());
        [Some("flushpackets=on".to_owned()), mapping, self.timeout_parameter()]
            .into_iter()
            .flatten()
            .collect()
    }

    fn timeout_parameter(&self) -> Option<String> {
        self.timeout.map(|seconds| format!("timeout={seconds}"))
    }

    /// What stands in the general `Location` after its `ProxyPass`.
    pub(super) fn directives(&self) -> Vec<String> {
        let mut lines = vec![
            format!("ProxyPassReverse \"{}\"", self.url),
            format!("ProxyPreserveHost {}", self.preserve_host),
        ];
        if !self.around.tells_scheme {
            lines.push("RequestHeader set X-Forwarded-Proto \"expr=%{REQUEST_SCHEME}\"".to_owned());
        }
        lines.extend(self.around.directives());
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

    /// Once the scheme is forwarded Tomcat's redirects name the public address, which `ProxyPassReverse` does not match;
    /// nor does it where Tomcat names itself, as the valve takes the port away.
    pub(super) fn location_header(&self) -> Option<String> {
        let edit = |from: &str, to: &str| Some(format!("Header edit Location \"^{from}\" \"{to}\""));
        let (path, context) = (&self.path, escaped(&self.context));
        let below = escaped(path.trim_start_matches('/'));
        let own = format!("https?://{}(?::[0-9]+)?", escaped(&self.name));
        match (&self.bare_context, self.path == self.context, self.preserve_host) {
            (_, true, "On") => None,
            (_, true, _) => edit(&format!("{own}{context}"), path),
            (Some(_), false, "On") => edit(&format!("(https?://[^/]+)?{context}"), &format!("$1{path}")),
            (Some(_), false, _) => edit(&format!("(?:{own})?{context}"), path),
            // The root context's paths look like any other's: only those not yet rewritten and on this host.
            (None, false, "On") => edit(&format!("/(?!{below})"), path),
            (None, false, _) => edit(&format!("(?:{own})?/(?!{below})"), path),
        }
    }

    /// The lines that mark the tunnel's requests for the logs.
    pub(super) fn marks_for_logs(&self) -> Vec<String> {
        self.variables
            .iter()
            .map(|variable| format!("SetEnvIf Request_URI \"^{}tunnel$\" {variable}", escaped(&self.path)))
            .collect()
    }

    /// The WebSocket's section, with parameters of the person's own; nothing where it is switched off.
    pub(super) fn websocket(&self, layout: &Layout, parameters: &[Cow<'_, str>]) -> String {
        if !self.has_websocket {
            return String::new();
        }
        let Layout { indent, unit, end } = layout;
        let url = self.websocket_url();
        // A time of its own counts.
        let has_own = parameters.iter().any(|own| own.starts_with("timeout="));
        let time = self.timeout_parameter().filter(|_| !has_own);
        let is_mapped = parameters.iter().any(|own| own.starts_with("mapping="));
        let mapping = Some("mapping=servlet").filter(|_| self.around.maps_tunnel && !is_mapped);
        let own: String = mapping
            .into_iter()
            .chain(time.as_deref())
            .chain(parameters.iter().map(|own| &**own))
            .map(|own| format!(" {own}"))
            .collect();
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
        for (depth, own) in self.redirect_lines() {
            line(depth, &own);
        }
        line(0, &format!("<Location \"{}\">", self.path));
        let key = |parameter: &str| parameter.split('=').next().unwrap_or_default().to_owned();
        let said: Vec<String> = general.iter().map(|own| key(own)).collect();
        let ours = self.parameters().into_iter().filter(|ours| !said.contains(&key(ours)));
        let parameters: Vec<String> = ours.chain(general.iter().map(ToString::to_string)).collect();
        line(1, &format!("ProxyPass \"{}\" {}", self.url, parameters.join(" ")));
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

/// A path or a host in a regular expression: of the characters that they may have only these mean something there.
pub(super) fn escaped(path: &str) -> String {
    path.replace('.', "\\.").replace('[', "\\[").replace(']', "\\]")
}
