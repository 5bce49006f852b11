//! Why each directive is there.

/// What a directive does and what breaks without it; keyed by its name, for headers by name and header.
pub(crate) fn explain(directive: &str) -> Option<&'static str> {
    Some(match directive {
        "Location" => {
            "Everything in it holds for this path and what lies below it. Of two sections that match the later one wins, so \
             the WebSocket's stands last; in the other order the WebSocket is lost."
        }
        "ProxyPass" => {
            "Hands requests on to Tomcat; flushpackets passes on what Tomcat sends at once, timeout is how long a silent Tomcat \
             is waited for. Without mapping=servlet, which reads the path as Tomcat does, /..;/ climbs to Tomcat's other \
             applications, its manager among them."
        }
        "ProxyPassReverse" => {
            "Turns redirects that name Tomcat's own address into the public one. Without it people are sent to an address \
             that they cannot reach."
        }
        "ProxyPreserveHost" => {
            "Decides whether Tomcat is told the name that the browser asked for. With Off Guacamole sees Tomcat's own, and \
             single sign-on builds its addresses from that."
        }
        "ProxyAddHeaders" => {
            "Tells Tomcat the client's address, although the site is told not to. Without it every user has the proxy's \
             address in Guacamole's history and bans."
        }
        "ProxyErrorOverride" => {
            "Lets Guacamole's own answers through, although the site puts its error pages in their place. Guacamole asks for \
             name and password by such an answer; without it nobody logs in."
        }
        "ProxyPassReverseCookiePath" => {
            "Moves cookies from Tomcat's path to the public one. Without it browsers never send them back; Tomcat's own \
             cookie has no final slash, so both forms are needed."
        }
        "RequestHeader X-Forwarded-Proto" => {
            "Tells Tomcat whether the browser came by http or https. Without it Tomcat believes whatever a client writes \
             there, and redirects fall back to http."
        }
        "Header Location" => {
            "Rewrites redirects from Tomcat's path to the public one. Without it a redirect leads out of the public path and \
             ends in 404."
        }
        "RedirectMatch" => {
            "Leads from the path without its last slash to the page. Without it people who leave the slash out get 404, as \
             the section does not match there."
        }
        "RedirectMatch 400" => {
            "Refuses an address with /..; in it. Tomcat cuts off what follows a semicolon and then climbs, so that its other \
             applications, the manager among them, would be open to the public."
        }
        "LoadModule" => {
            "Loads a module that the lines for Guacamole need. Without it httpd does not know their words, and does not start."
        }
        "APACHE_MODULES" => {
            "Names the modules that httpd loads at its start, as openSUSE has it. Without those that the lines for Guacamole \
             need, httpd does not know their words, and does not start."
        }
        "SetEnvIf" | "SetEnvIf guacfront_tunnel" => {
            "Marks the HTTP tunnel's requests, several a second. Without the mark they fill the access log; logins stay in \
             it either way."
        }
        "CustomLog" => {
            "The log leaves out what is marked as the tunnel's. A second CustomLog would silence nothing: every log takes \
             every request that its own condition lets through."
        }
        _ => return None,
    })
}
