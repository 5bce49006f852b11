//! The machine around the servers, one thing broken at a time.

use super::{Case, Edit, File, Frontend, Judged, Symptom, Where, case};
use Edit::{Closed, In, Touched, Write};
use File::{At, Base, Site};

const MACHINE: Case = case(Frontend::Nginx, &[], "");

/// What no file says and no edit makes: the codes of the rules that are broken by a server that is taken away.
pub const AWAY: [&str; 2] = ["S02", "S03"];

pub const CASES: &[Case] = &[
    Case {
        name: "SELinux forbids the connection",
        codes: &["S01"],
        edits: &[
            Write(At("/sys/fs/selinux/enforce"), "1"),
            Write(At("/sys/fs/selinux/booleans/httpd_can_network_relay"), "0 0"),
            Write(At("/sys/fs/selinux/booleans/httpd_can_network_connect"), "0 0"),
        ],
        place: Where::FilesAlone("the kernel of a Debian machine has no SELinux in force"),
        ..MACHINE
    },
    Case {
        name: "fail2ban's filter is of before 1.6",
        codes: &["S04"],
        edits: &[
            Write(At("/etc/fail2ban/jail.d/guacamole.conf"), "[guacamole]\nenabled = true\n"),
            Write(
                At("/etc/fail2ban/filter.d/guacamole.conf"),
                "[Definition]\nfailregex = Authentication attempt from <HOST> for user \"[^\"]*\" failed\\.$\n",
            ),
        ],
        place: Where::FilesAlone("what a filter matches is seen without fail2ban"),
        ..MACHINE
    },
    Case {
        name: "a firewall is in force",
        codes: &["S05"],
        edits: &[Write(At("/etc/ufw/ufw.conf"), "ENABLED=yes\n")],
        place: Where::FilesAlone("the machine's own firewall is not touched"),
        ..MACHINE
    },
    Case {
        name: "a brace is missing",
        codes: &["S06"],
        edits: &[In(Site, "    }\n}\n", "    }\n")],
        verdict: Judged::Refused("unexpected end of file"),
        ..MACHINE
    },
    Case {
        name: "no site serves Guacamole",
        codes: &["S07"],
        edits: &[Write(
            Site,
            "server {\n    listen 80 default_server;\n    listen [::]:80 default_server;\n    root /var/www/html;\n}\n",
        )],
        symptoms: &[Symptom::Answer("/guacamole/", 404)],
        ..MACHINE
    },
    Case {
        name: "server.xml was written after Tomcat's start",
        codes: &["S08"],
        edits: &[Touched],
        place: Where::Running,
        ..MACHINE
    },
    Case {
        name: "server.xml is not for everybody to read",
        codes: &["S09"],
        edits: &[Closed],
        place: Where::AsNobody,
        ..MACHINE
    },
    Case {
        name: "the name leads to an address where another site answers",
        edits: &[
            In(Site, "    listen [::]:80 default_server;\n    server_name _;\n", "    server_name a.test;\n"),
            Write(
                At("/etc/nginx/conf.d/other.conf"),
                "server { listen [::]:80 default_server; server_name b.test; }\n",
            ),
        ],
        trials: &["families"],
        place: Where::Running,
        ..MACHINE
    },
    Case {
        name: "the page is served in the clear beside TLS",
        edits: &[In(
            Site,
            "    server_name _;\n",
            "    listen 443 ssl;\n    listen [::]:443 ssl;\n    ssl_certificate /etc/nginx/good.pem;\n    ssl_certificate_key \
             /etc/nginx/key.pem;\n    server_name a.test;\n",
        )],
        trials: &["https"],
        place: Where::Running,
        ..MACHINE
    },
    Case {
        name: "the certificate is out of date",
        edits: &[In(
            Site,
            "    server_name _;\n",
            "    listen 443 ssl;\n    listen [::]:443 ssl;\n    ssl_certificate /etc/nginx/old.pem;\n    ssl_certificate_key \
             /etc/nginx/key.pem;\n    server_name a.test;\n    if ($scheme = http) { return 301 https://a.test$request_uri; }\n",
        )],
        trials: &["certificate"],
        place: Where::Running,
        ..MACHINE
    },
    Case {
        name: "Tomcat warned, and the file has been mended since",
        codes: &["S08", "T18"],
        edits: &[
            Write(
                Base("logs/catalina.2026-11-23.log"),
                "01-Jan-2026 WARNING [main] org.apache.tomcat.util.digester.SetPropertiesRule.begin Match \
                 [Server/Service/Connector] failed to set property [colour] to [red]\n",
            ),
            Touched,
        ],
        place: Where::Running,
        ..MACHINE
    },
];
