//! nginx, one thing broken at a time.

use super::{Case, Edit, File, Frontend, Judged, Symptom, Where, case};
use Edit::In;
use File::Site;

/// A server block with which nothing is wrong.
pub const GOOD: &str = r#"server {
    listen 80 default_server;
    listen [::]:80 default_server;
    server_name _;
    root /var/www/html;
    location ^~ /guacamole/ {
        if ($uri ~ "/\.\.;") { return 400; }
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_buffering off;
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $http_connection;
        client_max_body_size 1g;
        if ($uri = /guacamole/tunnel) { access_log off; }
    }
}
"#;

const NGINX: Case = case(Frontend::Nginx, &[], "");
const NAME: &str = "    server_name _;\n";
const VERSION: &str = "        proxy_http_version 1.1;\n";
const BUFFERING: &str = "        proxy_buffering off;\n";
const UPGRADE: &str = "        proxy_set_header Upgrade $http_upgrade;\n";
const CONNECTION: &str = "        proxy_set_header Connection $http_connection;\n";
const CLIENT: &str = "        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n";
const SCHEME: &str = "        proxy_set_header X-Forwarded-Proto $scheme;\n";
const LIMIT: &str = "        client_max_body_size 1g;\n";
const LOG: &str = "        if ($uri = /guacamole/tunnel) { access_log off; }\n";
const CLIMBING: &str = "    location ^~ /guacamole/ {\n        if ($uri ~ \"/\\.\\.;\") { return 400; }\n";
const PASS: &str = "proxy_pass http://127.0.0.1:8080;";

pub const CASES: &[Case] = &[
    Case {
        name: "nginx buffers answers",
        codes: &["N01"],
        edits: &[In(Site, BUFFERING, "")],
        trials: &["streaming"],
        symptoms: &[Symptom::Lab(&["unbuffered"])],
        ..NGINX
    },
    Case {
        name: "nginx speaks HTTP/1.0 to Tomcat, which opens the WebSocket all the same",
        codes: &["N02"],
        edits: &[In(Site, VERSION, "")],
        symptoms: &[Symptom::Log(File::Base("logs/access-8080.log"), "HTTP/1.0\" 200")],
        ..NGINX
    },
    Case {
        name: "nginx speaks HTTP/1.0 and buffers, as without any line",
        codes: &["N01", "N02"],
        edits: &[In(Site, VERSION, ""), In(Site, BUFFERING, "")],
        trials: &["streaming"],
        symptoms: &[Symptom::Lab(&["tunnel", "unbuffered"])],
        ..NGINX
    },
    Case {
        name: "nginx drops Upgrade",
        codes: &["N03"],
        edits: &[In(Site, UPGRADE, "")],
        trials: &["web_socket"],
        symptoms: &[Symptom::Lab(&["ws"])],
        ..NGINX
    },
    Case {
        name: "nginx drops Connection",
        codes: &["N04"],
        edits: &[In(Site, CONNECTION, "")],
        trials: &["web_socket"],
        symptoms: &[Symptom::Lab(&["ws"])],
        ..NGINX
    },
    Case {
        name: "nginx does not tell the client's address",
        codes: &["N05"],
        edits: &[In(Site, CLIENT, "")],
        trials: &["headers", "forged"],
        symptoms: &[Symptom::Lab(&["client-addr", "xff-forged"])],
        ..NGINX
    },
    Case {
        name: "nginx hands on what a client says of the scheme",
        codes: &["N06"],
        edits: &[In(Site, SCHEME, "")],
        trials: &["headers", "forged"],
        symptoms: &[Symptom::Lab(&["proto-forged"])],
        ..NGINX
    },
    Case {
        name: "a proxy_pass without its last slash",
        codes: &["N07"],
        edits: &[In(Site, PASS, "proxy_pass http://127.0.0.1:8080/guacamole;")],
        trials: &["page"],
        symptoms: &[Symptom::Answer("/guacamole/", 302), Symptom::Answer("/guacamole/api/languages", 404)],
        ..NGINX
    },
    Case {
        name: "the path is handed on decoded",
        codes: &["N20"],
        edits: &[In(Site, PASS, "proxy_pass http://127.0.0.1:8080$uri$is_args$args;")],
        symptoms: &[Symptom::Lab(&["path"])],
        ..NGINX
    },
    Case {
        name: "what an expression caught of the path is handed on decoded",
        codes: &["N20"],
        edits: &[
            // A condition in the location that looks at an expression would forget what was caught.
            In(
                Site,
                CLIMBING,
                "    if ($uri ~ \"/\\.\\.;\") { return 400; }\n    location ~ ^/guacamole/(.*)$ {\n",
            ),
            In(Site, PASS, "proxy_pass http://127.0.0.1:8080/guacamole/$1$is_args$args;"),
        ],
        // Beside a regular expression nginx adds no slash to a path.
        trials: &["slash"],
        symptoms: &[Symptom::Lab(&["path", "slash"])],
        ..NGINX
    },
    Case {
        name: "a regular expression takes the scripts",
        codes: &["N08"],
        edits: &[In(Site, "    location ^~ ", "    location ~* \\.(js|css)$ { expires 7d; }\n    location ")],
        symptoms: &[Symptom::Lab(&["page"])],
        ..NGINX
    },
    Case {
        name: "an earlier server block of the same name",
        codes: &["N09"],
        edits: &[In(
            Site,
            "server {\n    listen 80 default_server;\n    listen [::]:80 default_server;\n",
            "server {\n    listen 80 default_server;\n    listen [::]:80 default_server;\n    server_name _;\n}\n\
             server {\n    listen 80;\n    listen [::]:80;\n",
        )],
        verdict: Judged::Warned("conflicting server name"),
        symptoms: &[Symptom::Answer("/guacamole/", 404)],
        ..NGINX
    },
    Case {
        name: "uploads of more than 1 MB are refused",
        codes: &["N10"],
        edits: &[In(Site, LIMIT, "")],
        trials: &["upload"],
        symptoms: &[Symptom::Lab(&["upload"])],
        ..NGINX
    },
    Case {
        name: "the tunnel is logged",
        codes: &["N11"],
        edits: &[In(Site, LOG, "")],
        symptoms: &[Symptom::Lab(&["log-tunnel"])],
        ..NGINX
    },
    Case {
        name: "an inner header makes the outer ones void",
        codes: &["N12"],
        edits: &[
            In(Site, UPGRADE, ""),
            In(Site, CONNECTION, ""),
            In(
                Site,
                NAME,
                "    server_name _;\n    proxy_set_header Upgrade $http_upgrade;\n    proxy_set_header Connection \
                 $http_connection;\n",
            ),
        ],
        trials: &["web_socket"],
        symptoms: &[Symptom::Lab(&["ws"])],
        ..NGINX
    },
    Case {
        name: "nginx asks ::1 where Tomcat does not listen",
        codes: &["N13"],
        edits: &[In(Site, PASS, "proxy_pass http://localhost:8080;")],
        symptoms: &[Symptom::Log(
            File::At("/var/log/nginx/error.log"),
            "connect() failed (111: Connection refused)",
        )],
        ..NGINX
    },
    Case {
        name: "a listen that speaks HTTP/2 alone",
        codes: &["N14"],
        edits: &[In(Site, "    listen 80 default_server;\n", "    listen 80 default_server http2;\n")],
        trials: &["page"],
        symptoms: &[Symptom::Answer("/guacamole/", 0)],
        // Which version it is tells nginx alone.
        place: Where::Running,
        ..NGINX
    },
    Case {
        name: "a location in Guacamole's that does not proxy",
        codes: &["N15"],
        edits: &[In(
            Site,
            LIMIT,
            "        client_max_body_size 1g;\n        location ~ \\.js$ { expires 7d; }\n",
        )],
        symptoms: &[Symptom::Lab(&["page"])],
        ..NGINX
    },
    Case {
        name: "nginx hands on /..;",
        codes: &["N16"],
        edits: &[In(Site, "        if ($uri ~ \"/\\.\\.;\") { return 400; }\n", "")],
        symptoms: &[Symptom::Lab(&["isolation"])],
        ..NGINX
    },
    Case {
        name: "a return beside the locations",
        codes: &["N17"],
        edits: &[In(Site, NAME, "    server_name _;\n    return 302 http://b.test/;\n")],
        trials: &["page"],
        symptoms: &[Symptom::Answer("/guacamole/", 302)],
        ..NGINX
    },
    Case {
        name: "an access rule of the site",
        codes: &["N18"],
        edits: &[In(Site, NAME, "    server_name _;\n    deny 203.0.113.9;\n")],
        symptoms: &[Symptom::Answer("/guacamole/", 403)],
        ..NGINX
    },
    Case {
        name: "another location answers the interface of Guacamole's page",
        codes: &["N19"],
        edits: &[In(
            Site,
            NAME,
            "    server_name _;\n    location /guacamole/api/ { root /var/www/html; }\n",
        )],
        trials: &["page"],
        symptoms: &[Symptom::Answer("/guacamole/api/languages", 404)],
        ..NGINX
    },
    Case {
        name: "the site's error pages come in place of Guacamole's own answers",
        codes: &["N21"],
        edits: &[In(
            Site,
            NAME,
            "    server_name _;\n    proxy_intercept_errors on;\n    error_page 400 /index.nginx-debian.html;\n",
        )],
        trials: &["tunnel"],
        symptoms: &[Symptom::Lab(&["errors"])],
        ..NGINX
    },
    Case {
        name: "a rewriting of the server block's leads to another path",
        codes: &["N17"],
        edits: &[In(Site, NAME, "    server_name _;\n    rewrite ^/guacamole/(.*)$ /app/$1 last;\n")],
        trials: &["page"],
        symptoms: &[Symptom::Answer("/guacamole/", 404)],
        ..NGINX
    },
    Case {
        name: "a rewriting of the server block's comes first",
        codes: &["N17"],
        edits: &[In(Site, NAME, "    server_name _;\n    rewrite ^/(.*)$ http://b.test/$1 permanent;\n")],
        trials: &["page"],
        symptoms: &[Symptom::Answer("/guacamole/", 301)],
        ..NGINX
    },
    Case {
        name: "a directive that no module of nginx's knows",
        codes: &["S06"],
        edits: &[In(Site, NAME, "    server_name _;\n    no_such_directive on;\n")],
        verdict: Judged::Refused("unknown directive"),
        // What a directive is only the server knows.
        place: Where::Running,
        ..NGINX
    },
    Case {
        name: "the valve looks for another header",
        codes: &["N05"],
        edits: &[In(File::ServerXml, "remoteIpHeader=\"x-forwarded-for\"", "remoteIpHeader=\"X-Real-IP\"")],
        symptoms: &[Symptom::Lab(&["client-addr", "xff-forged"])],
        ..NGINX
    },
    Case {
        name: "nginx takes Guacamole's own headers out of its answers",
        edits: &[In(
            Site,
            BUFFERING,
            "        proxy_buffering off;\n        proxy_hide_header Guacamole-Status-Code;\n",
        )],
        trials: &["tunnel"],
        symptoms: &[Symptom::Lab(&["errors"])],
        ..NGINX
    },
    Case {
        name: "nginx refuses PATCH",
        edits: &[In(
            Site,
            BUFFERING,
            "        proxy_buffering off;\n        limit_except GET POST PUT DELETE { deny all; }\n",
        )],
        trials: &["patch"],
        symptoms: &[Symptom::Lab(&["patch"])],
        ..NGINX
    },
];
