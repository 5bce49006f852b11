//! The set-ups that installers and guides leave, in words of our own, on a whole machine: the findings that each must
//! give, no more and no fewer; what `check --fix` leaves of them; and undo.

use super::program::Machine;
use super::tree::Tree;
use serde_json::Value;
use std::collections::BTreeSet;

/// A set-up, and what is found in it.
struct Setup {
    name: &'static str,
    /// Where its site is.
    file: &'static str,
    site: &'static str,
    /// What it puts into http's own section, or beside the virtual hosts.
    around: &'static str,
    /// Its `RemoteIpValve`.
    valve: &'static str,
    found: &'static [&'static str],
    /// What is left after `check --fix`: what no plan mends unasked.
    left: &'static [&'static str],
}

const NGINX: &str = "/etc/nginx/sites-available/default";
const APACHE: &str = "/etc/apache2/sites-available/000-default.conf";

/// The valve as the manual has it, its proxies left out.
const VALVE: &str = "<Valve className=\"org.apache.catalina.valves.RemoteIpValve\" internalProxies=\"@\" \
                     remoteIpHeader=\"x-forwarded-for\" remoteIpProxiesHeader=\"x-forwarded-by\" \
                     protocolHeader=\"x-forwarded-proto\"/>\n";

/// What nearly every guide's location has.
const HEADERS: &str = "proxy_buffering off;\nproxy_http_version 1.1;\nproxy_set_header X-Forwarded-For \
                       $proxy_add_x_forwarded_for;\nproxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection \
                       $http_connection;\naccess_log off;\n";

/// The manual's sections for Apache httpd.
const SECTIONS: &str = "<VirtualHost *:80>\n<Location /guacamole/>\nOrder allow,deny\nAllow from all\n\
ProxyPass http://127.0.0.1:8080/guacamole/ flushpackets=on\nProxyPassReverse http://127.0.0.1:8080/guacamole/\n\
</Location>\n<Location /guacamole/websocket-tunnel>\nOrder allow,deny\nAllow from all\n\
ProxyPass ws://127.0.0.1:8080/guacamole/websocket-tunnel\n\
ProxyPassReverse ws://127.0.0.1:8080/guacamole/websocket-tunnel\n</Location>\n\
SetEnvIf Request_URI \"^/guacamole/tunnel\" dontlog\nCustomLog /var/log/apache2/access.log combined\n\
CustomLog /var/log/apache2/guac.log common env=!dontlog\n</VirtualHost>\n";

const SETUPS: &[Setup] = &[
    Setup {
        name: "the manual's nginx, as it is now",
        file: NGINX,
        site: "server {\nlisten 80;\nlocation /guacamole/ {\nproxy_pass http://127.0.0.1:8080;\n@client_max_body_size 1g;\n}\n}\n",
        around: "",
        valve: r"127\.0\.0\.1",
        found: &["N06", "N16", "T05", "T10", "T17"],
        left: &["T05", "T17"],
    },
    Setup {
        name: "the manual's nginx, as it was",
        file: NGINX,
        site: "server {\nlisten 80;\nlocation /new-path/ {\nproxy_pass http://127.0.0.1:8080/guacamole/;\n@proxy_cookie_path /guacamole/ /new-path/;\n}\n}\n",
        around: "",
        valve: "127.0.0.1",
        found: &["N06", "N10", "N16", "T05", "T10", "T17"],
        left: &["T05", "T17"],
    },
    Setup {
        name: "the manual's Apache httpd, then and now",
        file: APACHE,
        site: SECTIONS,
        around: "",
        valve: r"127\.0\.0\.1|0:0:0:0:0:0:0:1",
        found: &["A01", "A08", "A09", "A11", "A13", "T05", "T10", "T17"],
        left: &["A09", "T05", "T17"],
    },
    Setup {
        name: "Easy-Guacamole-Installer, once",
        file: NGINX,
        site: "server {\nlisten 80 default_server;\nroot /var/www/html;\nserver_name guac.test;\nlocation / {\nproxy_pass http://localhost:8080/guacamole/;\n@}\n}\n",
        around: "client_max_body_size 1000000000M;",
        valve: "127.0.0.1|0:0:0:0:0:0:0:1",
        found: &["N06", "N16", "T05", "T10", "T17"],
        left: &["T05", "T17"],
    },
    Setup {
        name: "guac-install's README",
        file: NGINX,
        site: "server {\nlisten 80;\nserver_name guac.test;\nlocation / {\nproxy_pass http://127.0.0.1:8080/guacamole/;\n@proxy_cookie_path /guacamole/ /;\n}\n}\n",
        around: "",
        valve: "",
        found: &["N06", "N10", "N16", "T05", "T06", "T17"],
        left: &["T05", "T17"],
    },
    Setup {
        name: "SWAG's subfolder",
        file: NGINX,
        site: "server {\nlisten 443 ssl;\nserver_name guac.test;\nlocation /guacamole {\nreturn 301 $scheme://$host/guacamole/;\n}\n\
               location ^~ /guacamole/ {\nproxy_set_header Connection $connection_upgrade;\nproxy_set_header Upgrade $http_upgrade;\n\
               proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\nproxy_set_header X-Forwarded-Proto $scheme;\n\
               proxy_http_version 1.1;\nset $upstream_app guacamole;\nset $upstream_port 8080;\nset $upstream_proto http;\n\
               rewrite /guacamole(.*) $1 break;\nproxy_pass $upstream_proto://$upstream_app:$upstream_port;\nproxy_buffering off;\n}\n}\n",
        around: "",
        valve: "",
        found: &["N10", "N11", "T21"],
        left: &["T21"],
    },
    Setup {
        name: "a backend that a map names",
        file: NGINX,
        site: "server {\nlisten 80;\nlocation ^~ /guacamole/ {\nproxy_pass http://$guac;\n@}\n}\n",
        around: "map $host $guac {\ndefault 10.0.0.5:8080;\n}\n",
        valve: "",
        found: &["N06", "N10", "N16"],
        left: &["N06", "N10", "N16"],
    },
    Setup {
        name: "YunoHost's package",
        file: NGINX,
        site: "server {\nlisten 443 ssl;\nserver_name guac.test;\nlocation /guacamole/ {\nproxy_pass http://127.0.0.1:8080/guacamole/;\n\
               proxy_http_version 1.1;\nproxy_set_header X-Forwarded-For $remote_addr;\nproxy_set_header X-Forwarded-Proto $scheme;\n\
               proxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection \"upgrade\";\n}\n}\n",
        around: "",
        valve: "",
        found: &["N01", "N10", "N11", "N16", "T05", "T06", "T17"],
        left: &["T05", "T17"],
    },
    Setup {
        name: "Zer0CoolX's script",
        file: NGINX,
        site: "server {\nlisten 443 ssl;\nserver_name guac.test;\nlocation /guac/ {\nproxy_pass http://127.0.0.1:8080/guacamole/;\n@proxy_cookie_path /guacamole/ /guac/;\n}\n}\n",
        around: "",
        valve: "192.168.1.20",
        found: &["N06", "N10", "N16", "T05", "T10", "T16", "T17"],
        left: &["T05", "T17"],
    },
];

fn laid_out(setup: &Setup) -> Machine {
    let machine = Machine::new();
    machine.write(setup.file, setup.site.replace('@', HEADERS));
    let main = machine.text("/etc/nginx/nginx.conf");
    machine.write("/etc/nginx/nginx.conf", main.replacen("http {", &format!("http {{\n{}", setup.around), 1));
    if !setup.valve.is_empty() {
        let xml = machine.text("/etc/tomcat10/server.xml");
        let at = xml.find("</Host>").expect("there is a Host");
        let valve = VALVE.replace('@', setup.valve);
        machine.write("/etc/tomcat10/server.xml", format!("{}{valve}{}", &xml[..at], &xml[at..]));
    }
    machine
}

fn codes(machine: &Machine) -> BTreeSet<String> {
    let checked = machine.run(&["check", "--json"]);
    let object: Value = serde_json::from_str(&checked.out).unwrap_or_else(|e| panic!("{e}: {checked:?}"));
    let findings = object["findings"].as_array().expect("a list of findings");
    findings.iter().map(|finding| finding["code"].as_str().expect("a code").to_owned()).collect()
}

#[test]
fn each_set_up_gives_its_findings_is_mended_as_far_as_a_plan_can_and_given_back() {
    let mut wrong = Vec::new();
    for setup in SETUPS {
        let machine = laid_out(setup);
        let set = |codes: &[&str]| codes.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
        let found = codes(&machine);
        if found != set(setup.found) {
            wrong.push(format!("{}: found are {found:?}", setup.name));
        }
        let before = Tree::read(&machine.root());
        let fixed = machine.run(&["check", "--fix", "--yes"]);
        let left = codes(&machine);
        if left != set(setup.left) {
            wrong.push(format!("{}: left are {left:?}; {fixed:?}", setup.name));
        }
        if found == left {
            // Where its Guacamole is no plan may guess.
            assert!(fixed.code == 2 && fixed.err.contains("cannot be told"), "{}: {fixed:?}", setup.name);
            before.assert_same_but(&Tree::read(&machine.root()), "/var/lib/guacfront", setup.name);
            continue;
        }
        let undone = machine.run(&["undo", "--yes"]);
        assert_eq!(undone.code, 0, "{}: {undone:?}", setup.name);
        before.assert_same_but(&Tree::read(&machine.root()), "/var/lib/guacfront", setup.name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
