//! Pages of the rules about nginx.

use super::{Page, Severity};

const PROXY: &str = "nginx, ngx_http_proxy_module";
const WEBSOCKET: &str = "nginx, WebSocket proxying; guacamole-manual, reverse-proxy";

pub(super) const BUFFERING: Page = Page {
    code: "N01",
    severity: Severity::Warning,
    title: "responses are buffered",
    symptom: "without a WebSocket the screen stands still and then jumps, and large downloads fill the disk",
    why: "nginx collects a response before it hands it on, unless proxy_buffering is off; Guacamole's HTTP tunnel is a \
          response that does not end",
    source: PROXY,
    fix: "proxy_buffering off; in Guacamole's location",
};
pub(super) const HTTP_VERSION: Page = Page {
    code: "N02",
    severity: Severity::Warning,
    title: "nginx speaks HTTP/1.0 to Tomcat",
    symptom: "where responses are buffered, too, the HTTP tunnel arrives in one piece at its end: the picture freezes; \
              Tomcat 10.1 opens the WebSocket all the same, others need not",
    why: "upgraded connections and responses in pieces belong to HTTP/1.1; nginx before 1.29.7 speaks 1.0 where nothing \
          is said",
    source: "nginx, WebSocket proxying; guacamole-manual, reverse-proxy; measured with nginx 1.22 and Tomcat 10.1",
    fix: "proxy_http_version 1.1; in Guacamole's location",
};
pub(super) const UPGRADE: Page = Page {
    code: "N03",
    severity: Severity::Error,
    title: "the Upgrade header is not handed on",
    symptom: "clipboard and screen lag: the WebSocket is not proxied, its handshake ends in 404",
    why: "Upgrade is meant for the next hop alone, so nginx drops it unless it is set anew",
    source: WEBSOCKET,
    fix: "proxy_set_header Upgrade $http_upgrade; in Guacamole's location",
};
pub(super) const CONNECTION: Page = Page {
    code: "N04",
    severity: Severity::Error,
    title: "the Connection header is not handed on",
    symptom: "clipboard and screen lag: the WebSocket is not proxied, its handshake ends in 400",
    why: "nginx sends Connection: close to the backend unless it is set, and Tomcat refuses an Upgrade without it",
    source: WEBSOCKET,
    fix: "proxy_set_header Connection $http_connection; in Guacamole's location",
};
pub(super) const FORWARDED_FOR: Page = Page {
    code: "N05",
    severity: Severity::Error,
    title: "X-Forwarded-For is not sent",
    symptom: "history and logs show the proxy, or an address that the client made up",
    why: "the valve learns the client's address from this header alone; where nginx does not set it the client's own \
          passes",
    source: PROXY,
    fix: "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; in Guacamole's location; where the valve's \
          remoteIpHeader names another header, that one, or X-Forwarded-For in the valve",
};
pub(super) const FORWARDED_PROTO: Page = Page {
    code: "N06",
    severity: Severity::Warning,
    title: "X-Forwarded-Proto is not sent, so that a client's own is believed",
    symptom: "single sign-on and redirects lead to http:// although the site is https://, and a client can make Tomcat \
              believe in TLS that is not there",
    why: "the valve takes the scheme from this header, and nginx hands on what the client sent where it sets nothing",
    source: PROXY,
    fix: "proxy_set_header X-Forwarded-Proto $scheme; in Guacamole's location",
};
pub(super) const SLASH: Page = Page {
    code: "N07",
    severity: Severity::Error,
    title: "location and proxy_pass do not both end in a slash",
    symptom: "the page is redirected to itself without end, and everything else is 404: Tomcat is asked for \
              /guacamoleapi/ or /guacamole//api",
    why: "what matches the location is cut off and the path of proxy_pass put in its place, letter by letter",
    source: PROXY,
    fix: "end both in a slash, or both in none",
};
pub(super) const REGEX_HIJACK: Page = Page {
    code: "N08",
    severity: Severity::Error,
    title: "a regular expression takes files away from Guacamole",
    symptom: "a blank page: Guacamole's scripts, styles or pictures are not found",
    why: "a regular expression that matches wins over a plain prefix, whatever its length",
    source: "nginx, ngx_http_core_module, location",
    fix: "write location ^~ for Guacamole: then no regular expression is tried",
};
pub(super) const DEAD_SERVER: Page = Page {
    code: "N09",
    severity: Severity::Error,
    title: "no request reaches this server block",
    symptom: "404 or another page, whatever is changed here",
    why: "of several server blocks with the same names on the same listens nginx takes the first",
    source: "nginx, server names; conflicting server name is its warning for it",
    fix: "take one of the two away, or give it a name of its own",
};
pub(super) const BODY_LIMIT: Page = Page {
    code: "N10",
    severity: Severity::Warning,
    title: "uploads of more than 1 MB are refused",
    symptom: "an upload ends in permission denied or 413, whatever the user may do",
    why: "client_max_body_size is 1m where nothing is said",
    source: "nginx, ngx_http_core_module, client_max_body_size; guacamole-manual, reverse-proxy",
    fix: "client_max_body_size 1g; in Guacamole's location",
};
pub(super) const TUNNEL_LOGGED: Page = Page {
    code: "N11",
    severity: Severity::Info,
    title: "the tunnel's requests are logged",
    symptom: "the access log grows by several lines a second where a session has no WebSocket",
    why: "the HTTP tunnel is many small requests",
    source: "guacamole-manual, reverse-proxy",
    fix: "keep them out: if ($uri = /guacamole/tunnel) { access_log off; }",
};
pub(super) const HEADERS_LOST: Page = Page {
    code: "N12",
    severity: Severity::Error,
    title: "headers that are set further out are lost here",
    symptom: "the WebSocket does not open or addresses are wrong, although the lines for it are there",
    why: "proxy_set_header is inherited from the outer level only where the inner one has none at all",
    source: "nginx, ngx_http_proxy_module, proxy_set_header",
    fix: "repeat every proxy_set_header in this level, or leave all of them to the outer one",
};
pub(super) const LOCALHOST: Page = Page {
    code: "N13",
    severity: Severity::Warning,
    title: "localhost may be an address that Tomcat does not listen on",
    symptom: "nginx's error log tells again and again of a refused connection, to [::1] most often; the request waits for the \
              other address",
    why: "nginx asks every address of a name in turn; a connector that is bound to one of them answers there alone",
    source: "nginx, ngx_http_proxy_module, proxy_pass",
    fix: "write the address that the connector is bound to: 127.0.0.1",
};
pub(super) const NO_HTTP_1_1: Page = Page {
    code: "N14",
    severity: Severity::Error,
    title: "the server does not speak HTTP/1.1",
    symptom: "browsers do not connect at all, or show a few bytes of nonsense",
    why: "browsers begin over TCP and open WebSockets over HTTP/1.1: QUIC does not carry it, and before 1.25.1 a listen with \
          http2 and without ssl speaks HTTP/2 alone",
    source: "nginx, ngx_http_v3_module; ngx_http_v2_module, and the changes of 1.25.1",
    fix: "listen for TLS over TCP, listen 443 ssl; and take http2 away from a listen without ssl",
};
pub(super) const NESTED_LOCATION: Page = Page {
    code: "N15",
    severity: Severity::Error,
    title: "a location in Guacamole's does not proxy",
    symptom: "404 for a part of Guacamole: what this location matches is looked for on the disk",
    why: "proxy_pass is not inherited by inner locations",
    source: PROXY,
    fix: "give it a proxy_pass of its own, or take it away",
};
pub(super) const CLIMBING: Page = Page {
    code: "N16",
    severity: Severity::Warning,
    title: "Tomcat's other applications can be reached through Guacamole's path",
    symptom: "none, until somebody asks for /guacamole/..;/manager/html",
    why: "Tomcat takes ;… out of a path before it resolves .., so that the request leaves Guacamole; nginx sees no .. in it",
    source: "Tomcat, CoyoteAdapter.parsePathParameters; measured with Tomcat 10.1",
    fix: "if ($uri ~ \"/\\.\\.;\") { return 400; } in Guacamole's location",
};
pub(super) const ANSWERED_FIRST: Page = Page {
    code: "N17",
    severity: Severity::Error,
    title: "the server block answers before any location is looked at",
    symptom: "Guacamole's path leads elsewhere, whatever its location says",
    why: "return and rewrite beside the locations run first",
    source: "nginx, ngx_http_rewrite_module",
    fix: "put the return into a location of its own: location / { return …; }",
};
pub(super) const KEEPS_OUT: Page = Page {
    code: "N18",
    severity: Severity::Info,
    title: "an access rule of the site holds for Guacamole too",
    symptom: "401 or 403 for those whom the rule keeps out, 503 for those over a limit",
    why: "deny, auth_basic, auth_request, limit_req and limit_conn are inherited by locations that say nothing of it",
    source: "nginx, ngx_http_access_module, ngx_http_limit_req_module",
    fix: "nothing, where it is meant so; else say otherwise in Guacamole's location",
};
pub(super) const TAKEN_OVER: Page = Page {
    code: "N19",
    severity: Severity::Warning,
    title: "another location answers a part of Guacamole's path",
    symptom: "a part of Guacamole is not found or behaves unlike the rest",
    why: "the location with the longest prefix answers, and inherits nothing of Guacamole's",
    source: "nginx, ngx_http_core_module, location",
    fix: "take it away, or see that it leads to the same backend with the same headers",
};
pub(super) const PATH_DECODED: Page = Page {
    code: "N20",
    severity: Severity::Warning,
    title: "the path is handed on decoded",
    symptom: "a user, a connection or a group whose name has a blank, %, ?, # or a letter beyond ASCII is not found or cannot be \
              saved: 400 or 404",
    why: "a proxy_pass with a variable in its URI is sent as it stands; $uri, $document_uri and what an expression has caught \
          of the path are decoded, so that %20 arrives as a blank and %3F as the beginning of a query",
    source: "nginx, ngx_http_proxy_module, proxy_pass; measured with nginx 1.22.1",
    fix: "proxy_pass http://127.0.0.1:8080; with neither path nor variable behind the port hands the path on as it came, after \
          a rewrite … break encoded again; $request_uri does the first, too",
};
pub(super) const CHANGED_ON_THE_WAY: Page = Page {
    code: "N21",
    severity: Severity::Warning,
    title: "a setting of the site changes what passes between a browser and Guacamole",
    symptom: "a wrong password or a denied permission looks like a broken server; connections and users are shown as they were \
              days ago; nobody can log in",
    why: "proxy_intercept_errors, expires, proxy_pass_request_headers and proxy_pass_request_body are inherited by locations \
          that say nothing of them",
    source: "nginx, ngx_http_proxy_module and ngx_http_headers_module; measured with nginx 1.22",
    fix: "say otherwise in Guacamole's location: proxy_intercept_errors off; expires off; proxy_pass_request_headers on; \
          proxy_pass_request_body on;",
};
