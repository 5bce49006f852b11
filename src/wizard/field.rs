//! What each field is called and why it is asked: the form and the plain questions say the same.

use super::new_site;
use crate::model::{Field, NewSiteField};

/// Whether the field is picked from a list.
pub fn is_choice(field: Field) -> bool {
    matches!(
        field,
        Field::Server
            | Field::Site
            | Field::ServerXml
            | Field::Beside
            | Field::LogTunnel
            | Field::WebSocket
            | Field::PassHost
            | Field::LoopbackOnly
            | Field::LogClient
            | Field::NewSite(
                NewSiteField::Certificate | NewSiteField::Key | NewSiteField::Redirect | NewSiteField::Hsts
            )
    )
}

/// Whether the field is a list whose entries are edited one by one.
pub fn is_list(field: Field) -> bool {
    field == Field::Proxies
}

/// The field's name on screen.
pub fn caption(field: Field) -> &'static str {
    match field {
        Field::Server => "Frontend",
        Field::Site => "Site",
        Field::NewSite(field) => new_site::caption(field),
        Field::PublicPath => "Public path",
        Field::Beside => "One more",
        Field::MaxUpload => "Largest upload",
        Field::LogTunnel => "Log tunnel requests",
        Field::WebSocket => "WebSocket",
        Field::ReadTimeout => "Longest silence",
        Field::PassHost => "Pass the name on",
        Field::LoopbackOnly => "Close to network",
        Field::LogClient => "Log the client",
        Field::Host => "Host",
        Field::Port => "Port",
        Field::Context => "Context path",
        Field::ServerXml => "server.xml",
        Field::Proxies => "Trusted proxies",
    }
}

/// Why it is asked and what would do, in a sentence or two.
pub fn help(field: Field) -> &'static str {
    match field {
        Field::Server => {
            "The server that people's browsers talk to. It passes what is Guacamole's on to Tomcat."
        }
        Field::NewSite(field) => new_site::help(field),
        Field::Site => {
            "Guacamole goes into one site, one that is there or a new one; the others are not touched."
        }
        Field::PublicPath => {
            "The end of the address, such as /guacamole/. / gives Guacamole the whole site, and the site's own pages are \
             no longer served."
        }
        Field::Beside => {
            "This site serves Guacamole already. No moves that one to the path above; yes leaves it where it is and adds \
             another beside it, such as a second Tomcat's."
        }
        Field::MaxUpload => {
            "The largest file that can be sent into a session, such as 1g or 512m; 0 is unlimited. nginx alone limits it: \
             Apache httpd lets proxied uploads through whatever their size."
        }
        Field::LoopbackOnly => {
            "Tomcat then answers this machine alone, and nobody gets past the proxy. Leave it open where something else asks \
             Tomcat from another machine."
        }
        Field::LogClient => {
            "Tomcat's own access log then names the client as the proxy tells it, and no longer the proxy on every line. \
             Guacamole's log is right either way."
        }
        Field::LogTunnel => {
            "Without a WebSocket a session makes several requests a second. Keeping them out of the access log keeps it \
             readable; logins stay in it either way."
        }
        Field::WebSocket => {
            "The fast way for the screen. Say no only where something on the way to the browser breaks it: Guacamole then \
             falls back to its HTTP tunnel, which is slower."
        }
        Field::ReadTimeout => {
            "How long a silent Tomcat is waited for, such as 2h or 90s; seconds where there is no unit. usual is an hour with \
             nginx and httpd's own Timeout; Guacamole itself is never silent for more than some seconds."
        }
        Field::PassHost => {
            "Tells Tomcat the name that the browser asked for, from which single sign-on builds its addresses. Say no only \
             where a further proxy in front of Tomcat goes by its own name."
        }
        Field::Host => {
            "127.0.0.1 where Tomcat runs on this machine. localhost may mean ::1, an address that Tomcat must then be told \
             to trust as well."
        }
        Field::Port => {
            "The port of Tomcat's HTTP connector, 8080 unless it was changed. AJP will not do: it cannot carry a WebSocket."
        }
        Field::Context => "The path under which Tomcat itself serves Guacamole: the name of its .war file.",
        Field::ServerXml => {
            "Tomcat's own configuration, which gets the valve that makes client addresses right."
        }
        Field::Proxies => {
            "Addresses or CIDR blocks: this proxy, and any in front of it. Everyone listed can name any \
             client address, so list no more than needed."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_its_words() {
        for field in Field::ALL {
            assert!(!caption(field).is_empty() && help(field).ends_with('.'), "{field:?}");
        }
    }
}
