//! Apache httpd, one thing broken at a time.

use super::{Case, Edit, File, Frontend, Judged, Symptom, Where, case};
use Edit::{In, Module, Write};
use File::{At, ServerXml, Site};

/// A virtual host with which nothing is wrong.
pub const GOOD: &str = r#"<VirtualHost *:80>
    ServerName a.test
    DocumentRoot /var/www/html
    ErrorLog ${APACHE_LOG_DIR}/error.log
    RedirectMatch "^/guacamole$" "/guacamole/"
    <Location "/guacamole/">
        ProxyPass "http://127.0.0.1:8080/guacamole/" flushpackets=on mapping=servlet
        ProxyPassReverse "http://127.0.0.1:8080/guacamole/"
        RequestHeader set X-Forwarded-Proto "expr=%{REQUEST_SCHEME}"
    </Location>
    <Location "/guacamole/websocket-tunnel">
        ProxyPass "ws://127.0.0.1:8080/guacamole/websocket-tunnel"
    </Location>
    SetEnvIf Request_URI "^/guacamole/tunnel$" quiet
    CustomLog ${APACHE_LOG_DIR}/access.log combined env=!quiet
</VirtualHost>
<VirtualHost *:80>
    ServerName b.test
    DocumentRoot /var/www/html
</VirtualHost>
"#;

const APACHE: Case = case(Frontend::Apache, &[], "");
const NAME: &str = "    ServerName a.test\n";
const REVERSE: &str = "        ProxyPassReverse \"http://127.0.0.1:8080/guacamole/\"\n";
const TUNNEL: &str = "    <Location \"/guacamole/websocket-tunnel\">
        ProxyPass \"ws://127.0.0.1:8080/guacamole/websocket-tunnel\"
    </Location>
";
const SECTION: &str = "    <Location \"/guacamole/\">
        ProxyPass \"http://127.0.0.1:8080/guacamole/\" flushpackets=on mapping=servlet
";
/// Lines with a path, and before them one with an expression; `api` alone is matched anywhere.
const KEPT_BY_PATTERN: &str = "    ProxyPassMatch api !
    ProxyPass /guacamole/websocket-tunnel ws://127.0.0.1:8080/guacamole/websocket-tunnel
    ProxyPass /guacamole/ http://127.0.0.1:8080/guacamole/
    <Location \"/guacamole/\">
        RedirectMatch 400 \"/\\.\\.;\"
";
const TAKEN_BY_PATTERN: &str = "    ProxyPassMatch ^/(guacamole|app)/(.*)$ http://127.0.0.1:8999/$1/$2
    ProxyPass /guacamole/websocket-tunnel ws://127.0.0.1:8080/guacamole/websocket-tunnel
    ProxyPass /guacamole/ http://127.0.0.1:8080/guacamole/
    <Location \"/guacamole/\">
        RedirectMatch 400 \"/\\.\\.;\"
";
const LOG: &str = "    CustomLog ${APACHE_LOG_DIR}/access.log combined env=!quiet\n";
const PARAMETERS: &str = "flushpackets=on mapping=servlet";
const BY_PARAMETER: &str = "mapping=servlet upgrade=websocket";

pub const CASES: &[Case] = &[
    Case {
        name: "mod_proxy_http is not loaded",
        codes: &["A01"],
        edits: &[Module("proxy_http", false)],
        trials: &["page"],
        symptoms: &[Symptom::Answer("/guacamole/", 500)],
        ..APACHE
    },
    Case {
        name: "the WebSocket's section stands first",
        codes: &["A02"],
        edits: &[
            In(Site, TUNNEL, ""),
            In(
                Site,
                NAME,
                "    ServerName a.test\n    <Location \"/guacamole/websocket-tunnel\">\n        ProxyPass \
                 \"ws://127.0.0.1:8080/guacamole/websocket-tunnel\"\n    </Location>\n",
            ),
        ],
        trials: &["web_socket"],
        symptoms: &[Symptom::Lab(&["ws"])],
        ..APACHE
    },
    Case {
        name: "nothing hands the WebSocket on",
        codes: &["A03"],
        edits: &[In(Site, TUNNEL, "")],
        trials: &["web_socket"],
        symptoms: &[Symptom::Lab(&["ws"])],
        ..APACHE
    },
    Case {
        name: "an earlier ProxyPass shares the worker",
        codes: &["A04"],
        edits: &[
            In(Site, TUNNEL, ""),
            In(Site, PARAMETERS, BY_PARAMETER),
            In(Site, NAME, "    ServerName a.test\n    ProxyPass /other/ http://127.0.0.1:8080/\n"),
        ],
        trials: &["web_socket"],
        symptoms: &[Symptom::Lab(&["ws"])],
        ..APACHE
    },
    Case {
        name: "Order and Allow without their module",
        codes: &["A05"],
        edits: &[
            Module("access_compat", false),
            In(Site, REVERSE, "        Order allow,deny\n        Allow from all\n"),
        ],
        verdict: Judged::Refused("Invalid command 'Order'"),
        ..APACHE
    },
    Case {
        name: "Require all granted takes the outer restriction away",
        codes: &["A06"],
        edits: &[
            In(
                Site,
                NAME,
                "    ServerName a.test\n    <Location />\n        Require ip 10.9.9.9\n    </Location>\n    Alias /inside \
                 /var/www/html\n",
            ),
            In(Site, REVERSE, "        Require all granted\n"),
        ],
        symptoms: &[Symptom::Answer("/inside/", 403)],
        ..APACHE
    },
    Case {
        name: "Require all denied",
        codes: &["A07"],
        edits: &[In(Site, REVERSE, "        Require all denied\n")],
        trials: &["page"],
        symptoms: &[Symptom::Answer("/guacamole/", 403)],
        ..APACHE
    },
    Case {
        name: "no redirect for the path without its slash",
        codes: &["A08"],
        edits: &[In(Site, "    RedirectMatch \"^/guacamole$\" \"/guacamole/\"\n", "")],
        trials: &["slash"],
        symptoms: &[Symptom::Lab(&["slash"])],
        ..APACHE
    },
    Case {
        name: "another application takes the path without its slash",
        codes: &["A08"],
        edits: &[In(
            Site,
            LOG,
            "    CustomLog ${APACHE_LOG_DIR}/access.log combined env=!quiet\n    ProxyPass / http://127.0.0.1:8999/\n",
        )],
        trials: &["slash"],
        symptoms: &[Symptom::Lab(&["slash"])],
        ..APACHE
    },
    Case {
        name: "mapping= on the general line takes the WebSocket from its own",
        codes: &["A02"],
        edits: &[
            In(Site, TUNNEL, ""),
            In(
                Site,
                "    <Location \"/guacamole/\">\n        ProxyPass \"http://127.0.0.1:8080/guacamole/\" flushpackets=on mapping=servlet\n",
                "    ProxyPass /guacamole/websocket-tunnel ws://127.0.0.1:8080/guacamole/websocket-tunnel\n    ProxyPass \
                 /guacamole/ http://127.0.0.1:8080/guacamole/ mapping=servlet\n    <Location \"/guacamole/\">\n",
            ),
        ],
        trials: &["web_socket"],
        symptoms: &[Symptom::Lab(&["ws"])],
        ..APACHE
    },
    Case {
        name: "another application's line with mapping= takes the WebSocket",
        codes: &["A02", "A08"],
        edits: &[In(
            Site,
            LOG,
            "    CustomLog ${APACHE_LOG_DIR}/access.log combined env=!quiet\n    ProxyPass / http://127.0.0.1:8999/ \
             mapping=servlet\n",
        )],
        trials: &["web_socket", "slash"],
        symptoms: &[Symptom::Lab(&["slash", "ws"])],
        ..APACHE
    },
    Case {
        name: "a second log silences nothing",
        codes: &["A09"],
        edits: &[In(
            Site,
            LOG,
            "    CustomLog ${APACHE_LOG_DIR}/access.log combined\n    CustomLog ${APACHE_LOG_DIR}/guac.log common \
             env=!quiet\n",
        )],
        symptoms: &[Symptom::Lab(&["log-tunnel"])],
        ..APACHE
    },
    Case {
        name: "the tunnel is logged",
        codes: &["A10"],
        edits: &[In(Site, LOG, "    CustomLog ${APACHE_LOG_DIR}/access.log combined\n")],
        symptoms: &[Symptom::Lab(&["log-tunnel"])],
        ..APACHE
    },
    Case {
        name: "httpd hands on what a client says of the scheme",
        codes: &["A11"],
        edits: &[In(Site, "        RequestHeader set X-Forwarded-Proto \"expr=%{REQUEST_SCHEME}\"\n", "")],
        trials: &["headers", "forged"],
        symptoms: &[Symptom::Lab(&["proto-forged"])],
        ..APACHE
    },
    Case {
        name: "a section outside of the virtual hosts serves all of them",
        codes: &["A12"],
        edits: &[
            Write(At("/etc/apache2/conf-enabled/other-vhosts-access-log.conf"), ""),
            In(
                Site,
                "<VirtualHost *:80>\n    ServerName a.test\n    DocumentRoot /var/www/html\n    ErrorLog ${APACHE_LOG_DIR}/error.log\n",
                "",
            ),
            In(Site, "</VirtualHost>\n", ""),
        ],
        symptoms: &[Symptom::AnswerAt("b.test", "/guacamole/", 200)],
        ..APACHE
    },
    Case {
        name: "httpd hands on /..;",
        codes: &["A13"],
        edits: &[In(Site, " mapping=servlet", "")],
        symptoms: &[Symptom::Lab(&["isolation"])],
        ..APACHE
    },
    Case {
        name: "a ProxyPass without its last slash",
        codes: &["A14"],
        edits: &[In(
            Site,
            "\"http://127.0.0.1:8080/guacamole/\" flush",
            "\"http://127.0.0.1:8080/guacamole\" flush",
        )],
        trials: &["page"],
        symptoms: &[Symptom::Answer("/guacamole/", 302), Symptom::Answer("/guacamole/api/languages", 404)],
        ..APACHE
    },
    Case {
        name: "a rewriting leads away",
        codes: &["A15"],
        edits: &[In(
            Site,
            NAME,
            "    ServerName a.test\n    RewriteEngine On\n    RewriteRule ^ http://b.test%{REQUEST_URI} [R]\n",
        )],
        trials: &["page"],
        symptoms: &[Symptom::Answer("/guacamole/", 302)],
        ..APACHE
    },
    Case {
        name: "an earlier virtual host of the same name",
        codes: &["A16"],
        edits: &[Write(
            At("/etc/apache2/sites-enabled/000-a.conf"),
            "<VirtualHost *:80>\n    ServerName a.test\n    DocumentRoot /var/www/html\n</VirtualHost>\n",
        )],
        symptoms: &[Symptom::Answer("/guacamole/", 404)],
        ..APACHE
    },
    Case {
        name: "an access rule of the site",
        codes: &["A17"],
        edits: &[In(
            Site,
            NAME,
            "    ServerName a.test\n    <Location />\n        Require ip 127.0.0.1 2001:db8::9\n    </Location>\n",
        )],
        symptoms: &[Symptom::Answer("/guacamole/", 403)],
        ..APACHE
    },
    Case {
        name: "httpd does not tell the client's address",
        codes: &["A18"],
        edits: &[In(Site, NAME, "    ServerName a.test\n    ProxyAddHeaders Off\n")],
        trials: &["headers", "forged"],
        symptoms: &[Symptom::Lab(&["client-addr", "xff-forged"])],
        ..APACHE
    },
    Case {
        name: "httpd's error pages come in place of Guacamole's own answers",
        codes: &["A20"],
        edits: &[In(Site, NAME, "    ServerName a.test\n    ProxyErrorOverride On\n")],
        trials: &["tunnel"],
        symptoms: &[Symptom::Lab(&["errors"])],
        ..APACHE
    },
    Case {
        name: "a later section takes Guacamole's requests",
        codes: &["A19"],
        edits: &[In(
            Site,
            LOG,
            "    CustomLog ${APACHE_LOG_DIR}/access.log combined env=!quiet\n    <Location />\n        ProxyPass \
             http://127.0.0.1:8999/\n    </Location>\n",
        )],
        trials: &["page"],
        symptoms: &[Symptom::Answer("/guacamole/", 503)],
        ..APACHE
    },
    Case {
        name: "a line by pattern that stands first keeps a part of Guacamole from being proxied",
        codes: &["A19"],
        edits: &[In(Site, TUNNEL, ""), In(Site, SECTION, KEPT_BY_PATTERN)],
        trials: &["page"],
        symptoms: &[Symptom::Answer("/guacamole/api/languages", 404)],
        ..APACHE
    },
    Case {
        name: "a line by pattern that stands first takes the whole of Guacamole",
        codes: &["A19"],
        edits: &[In(Site, TUNNEL, ""), In(Site, SECTION, TAKEN_BY_PATTERN)],
        trials: &["page"],
        symptoms: &[Symptom::Answer("/guacamole/", 503)],
        ..APACHE
    },
    Case {
        name: "a directive that no module of httpd's knows",
        codes: &["S06"],
        edits: &[In(Site, NAME, "    ServerName a.test\n    NoSuchDirective on\n")],
        verdict: Judged::Refused("Invalid command 'NoSuchDirective'"),
        // What a directive is only the server knows.
        place: Where::Running,
        ..APACHE
    },
    Case {
        name: "httpd speaks AJP",
        codes: &["T01"],
        edits: &[
            Module("proxy_ajp", true),
            In(
                Site,
                "\"http://127.0.0.1:8080/guacamole/\" flush",
                "\"ajp://127.0.0.1:8080/guacamole/\" flush",
            ),
            In(Site, "\"ws://", "\"ajp://"),
            In(ServerXml, "protocol=\"HTTP/1.1\"", "protocol=\"AJP/1.3\" secretRequired=\"false\""),
        ],
        // The backend is not asked: what speaks AJP says nothing to HTTP, whether it works or not.
        trials: &["web_socket"],
        symptoms: &[Symptom::Lab(&["ws"])],
        // The demo machine has no mod_proxy_ajp.
        place: Where::Running,
        ..APACHE
    },
];
