//! Pages of the rules about Apache httpd.

use super::{Page, Severity};

const PROXY: &str = "Apache httpd, mod_proxy, ProxyPass";
const WEBSOCKET: &str = "Apache httpd, mod_proxy, Protocol Upgrade; guacamole-manual, reverse-proxy";

pub(super) const MODULE_MISSING: Page = Page {
    code: "A01",
    severity: Severity::Error,
    title: "a module that the lines need is not loaded",
    symptom: "500 for every page (No protocol handler was valid for the URL), or httpd does not start",
    why: "mod_proxy leaves http:// to mod_proxy_http and, before 2.4.47, ws:// to mod_proxy_wstunnel",
    source: "Apache httpd, mod_proxy, AH01144",
    fix: "load it: a2enmod proxy_http on Debian, a LoadModule line elsewhere",
};
pub(super) const WEBSOCKET_ORDER: Page = Page {
    code: "A02",
    severity: Severity::Error,
    title: "the WebSocket's section stands on the wrong side of the general one",
    symptom: "clipboard and screen lag: the WebSocket is not proxied, its handshake ends in 404",
    why: "of Location sections the last that matches wins, of ProxyPass lines with a path the first; but what has \
          mapping= is looked at before all that has not",
    source: WEBSOCKET,
    fix: "put the Location of websocket-tunnel after the general one, a ProxyPass line for it before, with mapping=servlet \
          where the general one or a line that also takes its path has it",
};
pub(super) const WEBSOCKET_MISSING: Page = Page {
    code: "A03",
    severity: Severity::Error,
    title: "nothing hands the WebSocket on",
    symptom: "clipboard and screen lag: the WebSocket is not proxied, its handshake ends in 404",
    why: "httpd drops the Upgrade header for an http:// backend unless upgrade=websocket is said",
    source: WEBSOCKET,
    fix: "add after the general section: <Location /guacamole/websocket-tunnel>, in it ProxyPass \
          ws://127.0.0.1:8080/guacamole/websocket-tunnel, </Location>; since httpd 2.4.47 upgrade=websocket on the \
          ProxyPass does it, too",
};
pub(super) const UPGRADE_DROPPED: Page = Page {
    code: "A04",
    severity: Severity::Error,
    title: "upgrade=websocket is dropped, as an earlier ProxyPass shares its worker",
    symptom: "clipboard and screen lag: the WebSocket is not proxied, its handshake ends in 404",
    why: "a ProxyPass whose URL begins with that of an earlier one uses the earlier one's worker and parameters; httpd -t \
          warns of it (AH01146) outside of virtual hosts alone",
    source: "Apache httpd, mod_proxy, Worker Sharing; measured with httpd 2.4.71",
    fix: "use the ws:// form for websocket-tunnel, or put this ProxyPass before the other",
};
pub(super) const ACCESS_COMPAT: Page = Page {
    code: "A05",
    severity: Severity::Error,
    title: "Order, Allow and Deny without mod_access_compat",
    symptom: "httpd does not start: Invalid command 'Order'",
    why: "these directives are of httpd 2.2; since 2.4 a module that need not be loaded knows them",
    source: "Apache httpd, mod_access_compat; Upgrading to 2.4 from 2.2",
    fix: "take them away: what is proxied needs no permission, and Require is the word since 2.4",
};
pub(super) const REQUIRE_OPENS: Page = Page {
    code: "A06",
    severity: Severity::Warning,
    title: "Require all granted takes an outer restriction away",
    symptom: "none: those whom an outer rule keeps out of the site get to Guacamole",
    why: "an inner section's Require replaces the outer one's, unless AuthMerging says otherwise",
    source: "Apache httpd, mod_authz_core, AuthMerging",
    fix: "take Require all granted out of Guacamole's section",
};
pub(super) const REQUIRE_CLOSES: Page = Page {
    code: "A07",
    severity: Severity::Error,
    title: "Require all denied keeps everybody out",
    symptom: "403 Forbidden for every page of Guacamole",
    why: "the rule that stands closest to the request decides, and it lets nobody in",
    source: "Apache httpd, mod_authz_core, Require",
    fix: "take it away, or name those who may in",
};
pub(super) const NO_SLASH_REDIRECT: Page = Page {
    code: "A08",
    severity: Severity::Warning,
    title: "the path without its last slash is not found",
    symptom: "404 at /guacamole, while /guacamole/ works",
    why: "<Location /guacamole/> does not match /guacamole, and httpd adds no slash to a path that is proxied; a redirect \
          outside of sections comes after ProxyPass",
    source: "Apache httpd, core, Location; measured with httpd 2.4.71",
    fix: "RedirectMatch \"^/guacamole$\" \"/guacamole/\"; where another ProxyPass takes it before, with <Location \
          /guacamole> before and </Location> after that line",
};
pub(super) const SECOND_LOG: Page = Page {
    code: "A09",
    severity: Severity::Warning,
    title: "a second CustomLog does not silence the first",
    symptom: "the access log still has every request of the tunnel, and a second log all others once more",
    why: "each CustomLog writes by itself; a condition on one says nothing to the other",
    source: "Apache httpd, mod_log_config, CustomLog",
    fix: "SetEnvIf Request_URI \"^/guacamole/tunnel$\" quiet; put env=!quiet at the end of the CustomLog that was there, \
          and take the second away",
};
pub(super) const TUNNEL_LOGGED: Page = Page {
    code: "A10",
    severity: Severity::Info,
    title: "the tunnel's requests are logged",
    symptom: "the access log grows by several lines a second where a session has no WebSocket",
    why: "the HTTP tunnel is many small requests",
    source: "guacamole-manual, reverse-proxy",
    fix: "SetEnvIf Request_URI \"^/guacamole/tunnel$\" quiet, and env=!quiet at the end of the CustomLog line",
};
pub(super) const FORWARDED_PROTO: Page = Page {
    code: "A11",
    severity: Severity::Warning,
    title: "X-Forwarded-Proto is not set, so that a client's own is believed",
    symptom: "single sign-on and redirects lead to http:// although the site is https://",
    why: "httpd adds X-Forwarded-For by itself and X-Forwarded-Proto not; what a client sends passes",
    source: "Apache httpd, mod_proxy, ProxyAddHeaders; mod_headers, RequestHeader",
    fix: "RequestHeader set X-Forwarded-Proto \"expr=%{REQUEST_SCHEME}\" in Guacamole's section",
};
pub(super) const GLOBAL_LOCATION: Page = Page {
    code: "A12",
    severity: Severity::Warning,
    title: "a section outside of any virtual host serves Guacamole on all of them",
    symptom: "Guacamole is also at every other site of this server, and without TLS where one has none",
    why: "what stands in the server's own configuration holds for every virtual host",
    source: "Apache httpd, Configuration Sections",
    fix: "move it into the virtual host it is meant for",
};
pub(super) const MAPPING: Page = Page {
    code: "A13",
    severity: Severity::Warning,
    title: "Tomcat's other applications can be reached through Guacamole's path",
    symptom: "none, until somebody asks for /guacamole/..;/manager/html",
    why: "Tomcat takes ;… out of a path before it resolves .., so that the request leaves Guacamole; httpd sees no .. in it",
    source: "Apache httpd, mod_proxy, ProxyPass, mapping=servlet",
    fix: "mapping=servlet on the ProxyPass, and on that of websocket-tunnel where both are lines with a path; before 2.4.49 RedirectMatch 400 \"/\\.\\.;\" in the section",
};
pub(super) const SLASH: Page = Page {
    code: "A14",
    severity: Severity::Error,
    title: "public path and backend do not both end in a slash",
    symptom: "the page is redirected to itself without end, and everything else is 404: Tomcat is asked for \
              /guacamoleapi/ or /guacamole//api",
    why: "what matches is cut off and the backend's path put in its place, letter by letter",
    source: PROXY,
    fix: "end both in a slash, or both in none",
};
pub(super) const LEADS_AWAY: Page = Page {
    code: "A15",
    severity: Severity::Error,
    title: "a rewriting or redirect leads Guacamole's requests away",
    symptom: "Guacamole's path leads elsewhere, whatever its section says",
    why: "RewriteRule, and Redirect in a section, come before a request is proxied; Redirect outside of sections comes after",
    source: "Apache httpd, mod_rewrite, RewriteRule; mod_alias, Redirect",
    fix: "take it away, or leave Guacamole's path out of it",
};
pub(super) const DEAD_VIRTUAL_HOST: Page = Page {
    code: "A16",
    severity: Severity::Error,
    title: "no request reaches this virtual host",
    symptom: "404 or another page, whatever is changed here",
    why: "of several virtual hosts with one name on one address httpd takes the first",
    source: "Apache httpd, Name-based Virtual Hosts",
    fix: "take one of the two away, or give it a name of its own",
};
pub(super) const KEEPS_OUT: Page = Page {
    code: "A17",
    severity: Severity::Info,
    title: "an access rule of the site holds for Guacamole too",
    symptom: "401 or 403 for those whom the rule keeps out",
    why: "an outer section's Require holds for inner ones that say nothing of it",
    source: "Apache httpd, mod_authz_core",
    fix: "nothing, where it is meant so",
};
pub(super) const FORWARDED_FOR: Page = Page {
    code: "A18",
    severity: Severity::Error,
    title: "the client's address is not sent",
    symptom: "history and logs show the proxy, or an address that the client made up",
    why: "httpd sends X-Forwarded-For by itself unless ProxyAddHeaders is off; any other header that the valve's \
          remoteIpHeader names it sends only where it is told to",
    source: "Apache httpd, mod_proxy, ProxyAddHeaders; Tomcat, configuration reference, Remote IP Valve",
    fix: "take ProxyAddHeaders Off away, and let the valve look for X-Forwarded-For: remoteIpHeader=\"X-Forwarded-For\"",
};
pub(super) const TAKEN_OVER: Page = Page {
    code: "A19",
    severity: Severity::Error,
    title: "another ProxyPass takes Guacamole's requests",
    symptom: "another application, or 404, at Guacamole's path",
    why: "of ProxyPass lines with a path the first that matches counts, of Location sections the last, and a section \
          before any line; but what has mapping= comes before all that has not",
    source: PROXY,
    fix: "put Guacamole's ProxyPass line before the other, or its Location after the other",
};
pub(super) const ERRORS_REPLACED: Page = Page {
    code: "A20",
    severity: Severity::Error,
    title: "httpd's error pages come in place of Guacamole's own answers",
    symptom: "nobody can log in: where Guacamole asks for name and password, its page says that something went wrong",
    why: "Guacamole asks for a login, and tells its page of every error, by answers of 400 and more with a text that the page \
          reads; ProxyErrorOverride On puts httpd's own pages in their place, also where a level further out says so",
    source: "Apache httpd, mod_proxy, ProxyErrorOverride; measured with httpd 2.4.71",
    fix: "say ProxyErrorOverride Off in Guacamole's section",
};
