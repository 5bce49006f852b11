//! The directives that the location needs, and what of them counts as there already.

use crate::config::nginx::{Directive, Word};
use crate::model::{Answers, ContextPath, Field, ReadTimeout, UploadLimit, seconds};

/// Directives that would answer instead of the backend, or change the path that it is asked for.
pub(super) const IN_THE_WAY: [&str; 13] = [
    "try_files",
    "return",
    "rewrite",
    "break",
    "root",
    "alias",
    "index",
    "fastcgi_pass",
    "uwsgi_pass",
    "scgi_pass",
    "grpc_pass",
    "memcached_pass",
    "stub_status",
];

/// What nginx says in `Host` unless it is told: the backend's own name.
const TOMCATS_OWN: &str = "$proxy_host";

/// The name and port that the browser asked for.
const HTTP_HOST: &str = "$http_host";

/// A directive of the location.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// Its name.
    pub(super) name: &'static str,
    /// Its first argument, where that tells it from others of its name.
    pub(super) key: Option<String>,
    /// What it is set to.
    pub(super) value: String,
    /// The field it follows from.
    pub(super) field: Option<Field>,
    /// Why it is there.
    pub(super) why: &'static str,
    accepts: Accepts,
}

/// Which values that somebody chose do as well.
#[derive(Clone, Copy, Debug)]
enum Accepts {
    /// None but ours.
    Exactly,
    /// Any: that it is set is what matters.
    Anything,
    /// Whatever names the client's address.
    ClientAddress,
    /// Whatever hands an upgrade on.
    Upgrade,
    /// The same size, however it is written.
    Size,
    /// Any name but Tomcat's own.
    Host,
    /// The same time, however it is written.
    Time,
    /// A time at least as long.
    LongTime,
    /// The same path, whatever it adds to a cookie.
    CookiePath,
}

impl Setting {
    pub(super) fn new(name: &'static str, value: impl Into<String>, why: &'static str) -> Self {
        Self { name, key: None, value: value.into(), field: None, why, accepts: Accepts::Exactly }
    }

    fn keyed(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    fn of(mut self, field: Field) -> Self {
        self.field = Some(field);
        self
    }

    fn accepting(mut self, accepts: Accepts) -> Self {
        self.accepts = accepts;
        self
    }

    /// As it is written, with its semicolon.
    pub(super) fn text(&self) -> String {
        match &self.key {
            Some(key) => format!("{} {key} {};", self.name, self.value),
            None => format!("{} {};", self.name, self.value),
        }
    }

    /// Whether a directive sets the same thing, to whatever value.
    pub(super) fn same_thing(&self, directive: Directive<'_>) -> bool {
        let key = directive.first_argument();
        directive.is(self.name)
            && self.key.as_ref().is_none_or(|own| {
                // Names of header fields have no case.
                if self.name == "proxy_set_header" { own.eq_ignore_ascii_case(&key) } else { **own == key }
            })
    }

    /// What a directive that sets the same thing has to be set to: what it adds to a cookie stays.
    pub(super) fn value_for(&self, directive: Directive<'_>) -> String {
        let given = directive.arguments().nth(usize::from(self.key.is_some())).map(Word::text);
        let added = given.as_deref().and_then(|given| given.split_once(';'));
        match (self.accepts, added) {
            (Accepts::CookiePath, Some((_, added))) => format!("\"{};{added}\"", self.value),
            _ => self.value.clone(),
        }
    }

    /// Whether a directive that sets the same thing sets it well.
    pub(super) fn is_met_by(&self, directive: Directive<'_>) -> bool {
        let mut values = directive.arguments().skip(usize::from(self.key.is_some()));
        let is_alone = values.len() == 1;
        let given = values.next().map(|word| word.text().into_owned()).unwrap_or_default();
        match self.accepts {
            Accepts::Exactly => is_alone && given == self.value,
            Accepts::Anything => true,
            Accepts::ClientAddress => {
                given.contains("$proxy_add_x_forwarded_for") || given.contains("$remote_addr")
            }
            Accepts::Upgrade => given == self.value || given.to_ascii_lowercase().contains("upgrade"),
            Accepts::Size => {
                let bytes = |text: &str| UploadLimit::parse(text).map(UploadLimit::bytes);
                bytes(&given).is_ok() && bytes(&given) == bytes(&self.value)
            }
            Accepts::Host => given != TOMCATS_OWN,
            Accepts::Time => seconds(&given).is_some() && seconds(&given) == seconds(&self.value),
            Accepts::LongTime => seconds(&given) >= seconds(&self.value),
            Accepts::CookiePath => given.split(';').next().is_some_and(|path| path.trim() == self.value),
        }
    }
}

/// The directives of the location, in the order they are written in.
///
/// # Source
/// The reverse proxy chapter of Guacamole's manual, and `ngx_http_proxy_module` of nginx's; [`super::explain()`] says
/// of each what it does.
pub(super) fn settings(answers: &Answers) -> Vec<Setting> {
    let seconds = match answers.frontend.read_timeout {
        ReadTimeout::Usual => ReadTimeout::HOUR,
        ReadTimeout::Seconds(seconds) => seconds,
    };
    let timeout = |name: &'static str, accepts: Accepts| {
        let why = "an idle WebSocket is cut after a minute otherwise";
        Setting::new(name, format!("{seconds}s"), why).of(Field::ReadTimeout).accepting(accepts)
    };
    let mut settings = vec![
        Setting::new("proxy_pass", proxy_pass(answers), "hands requests to Tomcat").of(Field::Host),
        Setting::new(
            "proxy_http_version",
            "1.1",
            "WebSocket needs HTTP/1.1, which nginx does not speak on its own",
        ),
        Setting::new("proxy_buffering", "off", "a screen update must reach the browser at once"),
        Setting::new("proxy_request_buffering", "off", "an upload must not be stored here first"),
    ];
    settings.extend(headers(answers));
    settings.extend([
        Setting::new(
            "client_max_body_size",
            answers.frontend.max_upload.to_string(),
            "nginx refuses uploads over 1 MB on its own",
        )
        .of(Field::MaxUpload)
        .accepting(Accepts::Size),
        timeout("proxy_read_timeout", Accepts::Time),
        timeout("proxy_send_timeout", Accepts::LongTime),
    ]);
    settings.extend(rewritings(answers));
    settings
}

fn header(name: &str, value: &str, why: &'static str) -> Setting {
    Setting::new("proxy_set_header", value, why).keyed(name)
}

fn headers(answers: &Answers) -> Vec<Setting> {
    let host = if answers.frontend.pass_host {
        header("Host", HTTP_HOST, "Guacamole builds its own address from it").accepting(Accepts::Host)
    } else {
        header("Host", TOMCATS_OWN, "what is in front of Tomcat goes by its own name")
    };
    let mut headers = vec![
        host.of(Field::PassHost),
        header(
            "X-Forwarded-For",
            "$proxy_add_x_forwarded_for",
            "Tomcat's valve reads the client's address from it",
        )
        .accepting(Accepts::ClientAddress),
        header("X-Forwarded-Proto", "$scheme", "else a client could claim https for itself")
            .accepting(Accepts::Anything),
    ];
    if answers.frontend.websocket {
        headers.extend(upgrade());
    }
    headers
}

/// What a WebSocket needs, and nothing else does.
pub(super) fn upgrade() -> [Setting; 2] {
    let connection = header("Connection", "$http_connection", "a WebSocket needs it beside Upgrade");
    [
        header("Upgrade", "$http_upgrade", "a WebSocket asks for itself with it"),
        connection.accepting(Accepts::Upgrade),
    ]
    .map(|setting| setting.of(Field::WebSocket))
}

/// Whether the public finds Guacamole under the very path that Tomcat has it under.
pub(super) fn same_path(answers: &Answers) -> bool {
    answers.frontend.public_path.as_str() == answers.backend.context.as_str()
}

/// The URL of `proxy_pass`. Without a URI part the request is handed on byte by byte; with one nginx writes it anew,
/// and a `;` or `%2F` in it is lost.
fn proxy_pass(answers: &Answers) -> String {
    let backend = &answers.backend;
    let uri = if same_path(answers) { "" } else { backend.context.as_str() };
    format!("http://{}:{}{uri}", backend.host.in_url(), backend.port)
}

/// Whether redirects leave the public path unless they are rewritten: it is another one, or they name Tomcat itself.
fn redirects_leave(answers: &Answers) -> bool {
    !same_path(answers) || !answers.frontend.pass_host
}

/// What turns the context path into the public path in redirects and cookies.
fn rewritings(answers: &Answers) -> Vec<Setting> {
    let (public, context) = (answers.frontend.public_path.as_str(), &answers.backend.context);
    if !redirects_leave(answers) {
        let why = "redirects are right as they come";
        return vec![Setting::new("proxy_redirect", "off", why).accepting(Accepts::Anything)];
    }
    let redirect = |key: String| {
        Setting::new(
            "proxy_redirect",
            public_redirect(&key, public),
            "a redirect must not leave the public path",
        )
        .keyed(key)
        .of(Field::PublicPath)
    };
    let cookie = |key: String| {
        Setting::new("proxy_cookie_path", public, "a cookie must be sent back under the public path")
            .keyed(key)
            .of(Field::PublicPath)
            .accepting(Accepts::CookiePath)
    };
    let keys = redirect_keys(context, &tomcats_name(answers));
    let redirects = keys.into_iter().filter(|key| key != public).map(redirect);
    let cookies = cookie_keys(context).into_iter().filter(|_| !same_path(answers)).map(cookie);
    redirects.chain(cookies).collect()
}

/// The name in redirects that Tomcat writes in full.
fn tomcats_name(answers: &Answers) -> String {
    if answers.frontend.pass_host { HTTP_HOST.to_owned() } else { answers.backend.host.in_url() }
}

/// What `proxy_redirect` looks for.
///
/// The root application's redirects can only be told from those to other servers by their host.
fn redirect_keys(context: &ContextPath, name: &str) -> Vec<String> {
    match context.bare() {
        Some(bare) => {
            let escaped = bare.replace('.', r"\.");
            vec![format!("~^(?:https?://[^/]+)?{escaped}(?:/(.*))?$")]
        }
        None => vec!["/".into(), format!("http://{name}/"), format!("https://{name}/")],
    }
}

fn public_redirect(key: &str, public: &str) -> String {
    if key.starts_with('~') { format!("{public}$1") } else { public.to_owned() }
}

/// What `proxy_cookie_path` looks for: Guacamole's own cookies end in a slash, Tomcat's session cookie does not.
fn cookie_keys(context: &ContextPath) -> Vec<String> {
    std::iter::once(context.as_str()).chain(context.bare()).map(ToOwned::to_owned).collect()
}

/// Whether a directive undoes what the location needs: left over from another path, or a blanket `off`.
///
/// `before` is the context path that the location led to until now.
pub(super) fn is_in_the_way(
    answers: &Answers,
    before: Option<&ContextPath>,
    directive: Directive<'_>,
) -> bool {
    let names = [HTTP_HOST.to_owned(), answers.backend.host.in_url()];
    let is_redirect = directive.is("proxy_redirect");
    let keys = |path: &ContextPath| {
        if is_redirect {
            names.iter().flat_map(|name| redirect_keys(path, name)).collect()
        } else {
            cookie_keys(path)
        }
    };
    if !is_redirect && !directive.is("proxy_cookie_path") {
        return false;
    }
    let mut arguments = directive.arguments().map(Word::text);
    let Some(key) = arguments.next() else { return false };
    let Some(replacement) = arguments.next() else {
        return redirects_leave(answers) && (key == "off" || key == "default");
    };
    let context = &answers.backend.context;
    let is_of = |path: &ContextPath| keys(path).iter().any(|own| **own == key);
    let is_wanted =
        redirects_leave(answers) && rewritings(answers).iter().any(|own| own.same_thing(directive));
    // A replacement such as "/; Secure" adds to a cookie and moves nothing.
    let moves = replacement.starts_with('/') && !replacement.contains(';') && replacement != key;
    moves && !is_wanted && (is_of(context) || before.is_some_and(is_of))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::nginx::Tree;
    use crate::plan::nginx::tests::answers;

    fn met(text: &str) -> bool {
        let tree = Tree::parse(text.as_bytes()).expect("it can be read");
        let directive = tree.directives().next().expect("a directive");
        let settings = settings(&answers("/guacamole/", "/guacamole/"));
        let setting = settings.iter().find(|s| s.same_thing(directive)).expect("one of ours");
        setting.is_met_by(directive)
    }

    #[test]
    fn what_somebody_chose_is_kept_where_it_does_as_well() {
        for text in [
            "proxy_set_header connection 'upgrade';",
            "proxy_set_header Connection $connection_upgrade;",
            "proxy_set_header Host $host;",
            "proxy_set_header Host guac.example.org;",
            "proxy_set_header X-Forwarded-For \"$remote_addr\";",
            "proxy_read_timeout 60m;",
            "proxy_send_timeout '1h 30m';",
            "client_max_body_size 1024M;",
        ] {
            assert!(met(text), "{text}");
        }
        for text in [
            "proxy_set_header Connection close;",
            "proxy_set_header X-Forwarded-For $http_x_forwarded_for;",
            "proxy_read_timeout 1h30m;",
            "proxy_send_timeout 90;",
            "proxy_send_timeout long;",
            "proxy_set_header Host $proxy_host;",
            "client_max_body_size 10m;",
            "proxy_buffering on;",
            "proxy_http_version 1.0;",
        ] {
            assert!(!met(text), "{text}");
        }
    }

    #[test]
    fn paths_that_differ_rewrite_redirects_and_both_cookie_paths() {
        let texts = |public, context| {
            let all: Vec<_> = settings(&answers(public, context)).iter().map(Setting::text).collect();
            (all[0].clone(), all[12..].join(" "))
        };
        assert_eq!(
            texts("/remote/", "/guacamole/"),
            (
                "proxy_pass http://127.0.0.1:8080/guacamole/;".into(),
                "proxy_redirect ~^(?:https?://[^/]+)?/guacamole(?:/(.*))?$ /remote/$1; \
                 proxy_cookie_path /guacamole/ /remote/; proxy_cookie_path /guacamole /remote/;"
                    .into()
            )
        );
        assert_eq!(
            texts("/a/", "/a/"),
            ("proxy_pass http://127.0.0.1:8080;".into(), "proxy_redirect off;".into())
        );
        assert_eq!(
            texts("/a/", "/").1,
            "proxy_redirect / /a/; proxy_redirect http://$http_host/ /a/; proxy_redirect https://$http_host/ /a/; \
             proxy_cookie_path / /a/;"
        );
    }
}
