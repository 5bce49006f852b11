//! A whole URL where a part of one is asked for.

/// The parts of an address that was copied from a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackendUrl {
    /// Whether it begins with `https`, which guacfront does not speak with Tomcat.
    pub is_tls: bool,
    /// The host, an IPv6 address without its brackets.
    pub host: String,
    /// The port as written; without one that of the scheme.
    pub port: String,
    /// The path with both slashes, query and fragment left out; `None` where the URL ends before it.
    pub path: Option<String>,
}

impl BackendUrl {
    /// Takes a URL apart; `None` for a text that is none.
    ///
    /// # Shape
    /// `http://HOST[:PORT][/PATH]` or the same with `https`; a user name before the host is left out.
    pub fn split(text: &str) -> Option<Self> {
        let (scheme, rest) = text.trim().split_once("://")?;
        let is_tls = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let rest = rest.split(['?', '#']).next().unwrap_or(rest);
        let (authority, path) = match rest.split_once('/') {
            Some((authority, path)) => (authority, Some(path)),
            None => (rest, None),
        };
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, after)) => (host, after.strip_prefix(':')),
            None => authority.rsplit_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
        };
        if host.is_empty() {
            return None;
        }
        let port = port.filter(|port| !port.is_empty()).unwrap_or(if is_tls { "443" } else { "80" });
        let path = path.map(|path| match path.trim_matches('/') {
            "" => "/".to_owned(),
            path => format!("/{path}/"),
        });
        Some(Self { is_tls, host: host.to_owned(), port: port.to_owned(), path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_comes_apart() {
        for (text, host, port, path) in [
            ("http://10.0.0.5:8080/guacamole/#/client/x", "10.0.0.5", "8080", Some("/guacamole/")),
            ("http://tomcat", "tomcat", "80", None),
            ("https://[::1]:8443/", "::1", "8443", Some("/")),
            ("HTTP://me:secret@a.test/a/b?c=d", "a.test", "80", Some("/a/b/")),
        ] {
            let url = BackendUrl::split(text).expect("a URL");
            assert_eq!(
                (url.host.as_str(), url.port.as_str(), url.path.as_deref()),
                (host, port, path),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_url_stays_whole() {
        for text in ["", "tomcat", "tomcat:8080", "ftp://a", "http://", "http:///x"] {
            assert_eq!(BackendUrl::split(text), None, "{text}");
        }
    }
}
