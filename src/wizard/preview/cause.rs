//! Which part of a line follows from a field.

use crate::model::{Field, NewSiteField};
use crate::plan::Language;
use std::ops::Range;

/// The part of a line that a field's value stands in, told by the directive that the line holds.
///
/// # Units
/// Bytes of `line`.
pub(super) fn part(field: Field, language: Language, line: &str) -> Option<Range<usize>> {
    let (start, ends) = directives(field, language).iter().find_map(|(directive, ends)| {
        let at = line.find(directive)?;
        Some((at + directive.len(), *ends))
    })?;
    let rest = &line[start..];
    let lead = rest.len() - rest.trim_start().len();
    let end = match (ends, rest.trim_start().chars().next()) {
        // An argument in quotes holds blanks as well.
        ([' ', ..], Some(quote @ ('"' | '\''))) => rest[lead + 1..].find(quote).map(|end| lead + 1 + end + 1),
        ([' ', ..], _) => rest[lead..].find(ends).map(|end| lead + end),
        _ => rest.find(ends),
    };
    let value = rest[lead.min(end.unwrap_or(lead))..end.unwrap_or(rest.len())].trim_end();
    // A directive whose value stands in another line is what there is to be seen.
    if value.is_empty() {
        let from = line.len() - line.trim_start().len();
        return Some(from..line.trim_end().len());
    }
    Some(start + lead..start + lead + value.len())
}

/// Directives, each with the characters that end its value.
type Directives = &'static [Directive];
type Directive = (&'static str, &'static [char]);

const BLOCK: &[char] = &['{'];
const END: &[char] = &[';'];
const ARGUMENT: &[char] = &[' ', '>', '\r', '\n'];
const ATTRIBUTE: &[char] = &['"', '\''];
const LISTED: &[char] = &[' ', ',', '\r', '\n'];
const SWITCHED_OFF: Directive = ("websocket ", LISTED);

/// The directives that hold a field's value.
fn directives(field: Field, language: Language) -> Directives {
    match (language, field) {
        (Language::Nginx, Field::PublicPath | Field::Site | Field::Server) => &[("location ^~", BLOCK)],
        (Language::Apache, Field::PublicPath | Field::Site | Field::Server) => {
            &[("<Location", ARGUMENT), ("RedirectMatch", ARGUMENT)]
        }
        (Language::Nginx, Field::MaxUpload) => &[("client_max_body_size", END)],
        // Of httpd's limits none counts for what is passed on: the answer is kept in the mark.
        (Language::Apache, Field::MaxUpload) => &[("max_upload", LISTED)],
        (Language::Nginx, Field::LogTunnel) => &[("access_log", END), ("guacfront_log", END)],
        (Language::Apache, Field::LogTunnel) => &[("guacfront_tunnel", ARGUMENT)],
        (Language::Nginx, Field::ReadTimeout) => &[("proxy_read_timeout", END)],
        // Without a time of its own the section says where it would stand.
        (Language::Apache, Field::ReadTimeout) => &[(" timeout=", ARGUMENT), ("ProxyPass ", ARGUMENT)],
        (Language::Nginx, Field::PassHost) => &[("proxy_set_header Host", END)],
        (Language::Apache, Field::PassHost) => &[("ProxyPreserveHost", ARGUMENT)],
        // That it is switched off is kept in the mark.
        (Language::Nginx, Field::WebSocket) => &[("proxy_set_header Upgrade", END), SWITCHED_OFF],
        (Language::Apache, Field::WebSocket) => &[("websocket-tunnel\">", ARGUMENT), SWITCHED_OFF],
        (Language::Nginx, Field::Host | Field::Port | Field::Context) => &[("proxy_pass ", END)],
        (Language::Apache, Field::Host | Field::Port | Field::Context) => &[("ProxyPass ", ARGUMENT)],
        (Language::Nginx | Language::Apache, Field::NewSite(field)) => of_new_site(field),
        (Language::Tomcat, Field::Proxies) => {
            &[("internalProxies=\"", ATTRIBUTE), ("internalProxies='", ATTRIBUTE)]
        }
        (Language::Tomcat, Field::LoopbackOnly) => &[(" address=\"", ATTRIBUTE), (" address='", ATTRIBUTE)],
        (Language::Tomcat, Field::LogClient) => {
            &[("requestAttributesEnabled=\"", ATTRIBUTE), ("requestAttributesEnabled='", ATTRIBUTE)]
        }
        (Language::Tomcat, Field::ServerXml) => &[("RemoteIpValve", ATTRIBUTE), ("URIEncoding=", ARGUMENT)],
        _ => &[],
    }
}

/// The directives that hold what was said of a new site.
fn of_new_site(field: NewSiteField) -> Directives {
    match field {
        NewSiteField::Name => &[("server_name", END), ("ServerName", ARGUMENT)],
        NewSiteField::HttpPort | NewSiteField::HttpsPort => {
            &[("listen ", END), ("Listen ", ARGUMENT), ("<VirtualHost", ARGUMENT)]
        }
        NewSiteField::Certificate => &[("ssl_certificate ", END), ("SSLCertificateFile", ARGUMENT)],
        NewSiteField::Key => &[("ssl_certificate_key", END), ("SSLCertificateKeyFile", ARGUMENT)],
        NewSiteField::Redirect => &[("return 301", END), ("Redirect permanent", ARGUMENT)],
        NewSiteField::Hsts => &[("Strict-Transport-Security", END)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(field: Field, language: Language, line: &str) -> Option<&str> {
        part(field, language, line).map(|part| &line[part])
    }

    #[test]
    fn the_value_is_marked_and_not_the_whole_line() {
        for (field, language, line, value) in [
            (Field::PublicPath, Language::Nginx, "    location ^~ /guacamole/ {", "/guacamole/"),
            (Field::Port, Language::Nginx, "proxy_pass http://127.0.0.1:8080;", "http://127.0.0.1:8080"),
            (Field::MaxUpload, Language::Nginx, "client_max_body_size 1g;", "1g"),
            (Field::PublicPath, Language::Apache, "<Location \"/guacamole/\">", "\"/guacamole/\""),
            (Field::Port, Language::Apache, "ProxyPass \"http://a/\" flushpackets=on", "\"http://a/\""),
            (Field::Port, Language::Apache, "ProxyPass http://a/ flushpackets=on", "http://a/"),
            (Field::PublicPath, Language::Apache, "<Location>", "<Location>"),
            (Field::WebSocket, Language::Apache, "# x; asked: max_upload 2g, websocket no", "no"),
            (Field::MaxUpload, Language::Apache, "# x; asked: max_upload 2g, websocket no", "2g"),
            (Field::ReadTimeout, Language::Apache, "ProxyPass http://a/ timeout=9 x=y", "9"),
            (Field::ReadTimeout, Language::Apache, "ProxyPass http://a/ x=y", "http://a/"),
            (Field::PublicPath, Language::Apache, "<Location \"/a", "\"/a"),
            (Field::Proxies, Language::Tomcat, "<Valve internalProxies=\"127\\.0\" x=\"y\" />", "127\\.0"),
            (
                Field::ServerXml,
                Language::Tomcat,
                "  <Valve className=\"a.RemoteIpValve\"",
                "<Valve className=\"a.RemoteIpValve\"",
            ),
        ] {
            assert_eq!(marked(field, language, line), Some(value), "{line}");
        }
        assert_eq!(marked(Field::Port, Language::Nginx, "proxy_buffering off;"), None);
    }
}
