//! A Guacamole that no name tells of, and that is found by what is known of the Tomcats.

use super::*;

/// The parts of the good site that speak of Guacamole, with another location and target.
fn site(location: &str, target: &str) -> String {
    let site = with(NGINX, "location ^~ /guacamole/ {", &format!("location {location} {{"));
    let site = with(&site, "http://127.0.0.1:8080;", &format!("{target};"));
    let site = with(&site, "        if ($uri ~ \"/\\.\\.;\") { return 400; }\n", "");
    // By guides other than the manual.
    with(&site, "Connection $http_connection", "Connection upgrade")
        .replace("if ($uri = /guacamole/tunnel) { access_log off; }", "access_log off;")
}

/// With these applications, of which some hold Guacamole.
fn machine(contexts: &[&str], proven: &[&str]) -> Findings {
    let own = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
    let tomcat =
        TomcatFindings { contexts: own(contexts), proven: own(proven), ..tomcat_of(SERVER_XML, "10.1.60") };
    Findings { tomcats: vec![tomcat], ..Findings::default() }
}

fn found(site: &str, http: &str, machine: &Findings) -> Vec<&'static str> {
    codes(&Findings { nginx: Some(nginx_of(site, http)), ..machine.clone() })
}

#[test]
fn at_the_root_of_a_tomcat_by_its_libraries() {
    let root = site("/", "http://127.0.0.1:8080");
    assert_eq!(found(&root, "", &machine(&["/"], &["/"])), [""; 0]);
    assert_eq!(found(&root, "", &machine(&["/"], &[])), ["S07"], "another application");
    let broken = with(&root, "proxy_buffering off;", "");
    assert_eq!(found(&broken, "", &machine(&["/"], &["/"])), ["N01"]);
}

#[test]
fn under_another_name_of_its_war() {
    let desk = site("/desk/", "http://127.0.0.1:8080");
    assert_eq!(found(&desk, "", &machine(&["/desk/", "/manager/"], &["/desk/"])), ["N16"]);
    assert_eq!(found(&desk, "", &machine(&["/desk/"], &[])), ["S07"]);
}

#[test]
fn behind_a_location_that_hands_on_the_whole_tomcat() {
    let whole = site("/", "http://127.0.0.1:8080");
    let deployed = machine(&["/guacamole/", "/"], &[]);
    assert_eq!(found(&whole, "", &deployed), [""; 0]);
    // With the manual's lines it looks like Guacamole at the root.
    let manual = with(&whole, "Connection upgrade", "Connection $http_connection");
    assert_eq!(found(&manual, "", &deployed), [""; 0]);
    let broken = with(&whole, "Connection upgrade", "Connection close");
    assert_eq!(found(&broken, "", &deployed), ["N04"]);
    let taken =
        with(&whole, "    server_name a.test;\n", "server_name a.test; location ~* \\.js$ { root /srv; }\n");
    assert_eq!(found(&taken, "", &deployed), ["N08"]);
}

#[test]
fn by_the_name_of_an_upstream_or_of_the_site() {
    let named = site("/", "http://guacamole");
    let upstream = "upstream guacamole { server 127.0.0.1:8080; keepalive 4; }";
    assert_eq!(found(&named, upstream, &machine(&[], &[])), [""; 0]);
    let elsewhere =
        site("/", "http://10.0.0.9:8080").replace("server_name a.test", "server_name guac.a.test");
    assert_eq!(found(&elsewhere, "", &Findings::default()), ["T21"]);
    assert_eq!(found(&elsewhere.replace("guac.", ""), "", &Findings::default()), ["S07"]);
}

#[test]
fn of_several_servers_of_an_upstream_the_first_that_is_asked_counts() {
    let site = site("/guacamole/", "http://both");
    let upstream =
        "upstream both { server 127.0.0.1:9999 down; server 127.0.0.1:8080; server 127.0.0.1:8081; }";
    assert_eq!(found(&site, upstream, &good()), ["N16"]);
    let bad = Findings {
        tomcats: vec![tomcat_of(&with(SERVER_XML, "127\\.0\\.0\\.1", "10\\.0\\.0\\.1"), "10.1.60")],
        ..good()
    };
    assert_eq!(found(&site, upstream, &bad), ["N16", "T16"]);
}

#[test]
fn by_a_regular_expression_or_a_rewrite() {
    let pattern = site("~ ^/guacamole/", "http://127.0.0.1:8080");
    assert_eq!(found(&pattern, "", &good()), ["N16"]);
    let broken = with(&pattern, "proxy_set_header Upgrade $http_upgrade;", "");
    assert_eq!(found(&broken, "", &good()), ["N03", "N16"]);
    let rewritten = site("/remote/", "http://127.0.0.1:8080");
    let rewritten = with(
        &rewritten,
        "proxy_buffering off;",
        "proxy_buffering off; rewrite ^/remote/(.*) /guacamole/$1 break;",
    );
    assert_eq!(found(&rewritten, "", &good()), ["N16"]);
}

#[test]
fn by_a_socket() {
    for (target, http) in [
        ("http://unix:/run/tomcat.sock", ""),
        ("http://unix:/run/tomcat.sock:/guacamole/", ""),
        ("http://tomcat", "upstream tomcat { server unix:/run/tomcat.sock; }"),
    ] {
        assert_eq!(found(&site("/guacamole/", target), http, &good()), ["N16"], "{target}");
    }
}

#[test]
fn another_program_on_a_socket_at_the_root_was_taken_for_guacamole() {
    for (target, http) in [
        ("http://unix:/run/gunicorn.sock", ""),
        ("http://app", "upstream app { server unix:/run/puma.sock; }"),
        ("http://app", "upstream app { server 10.0.0.1:1 down; }"),
    ] {
        assert_eq!(found(&site("/", target), http, &good()), ["S07"], "{target} {http}");
    }
    assert_eq!(of_apache("ProxyPass / unix:/run/app.sock|http://localhost/\n", &good()), ["S07"]);
}

fn of_apache(lines: &str, machine: &Findings) -> Vec<&'static str> {
    let text = format!(
        "<VirtualHost *:80>\nServerName a.test\nRequestHeader set X-Forwarded-Proto https\nRedirectMatch ^/guacamole$ \
         /guacamole/\n{lines}</VirtualHost>\n"
    );
    codes(&Findings { apache: Some(apache_of(&text, &MODULES)), nginx: None, ..machine.clone() })
}

#[test]
fn behind_httpd_in_every_form_that_hands_requests_on() {
    let deployed = machine(&["/guacamole/", "/"], &[]);
    for (lines, wanted) in [
        ("ProxyPass / http://127.0.0.1:8080/ upgrade=websocket\n", &[][..]),
        ("ProxyPass / http://127.0.0.1:8080/\n", &["A03"]),
        (
            "ProxyPassMatch ^/guacamole/(.*)$ http://127.0.0.1:8080/guacamole/$1 upgrade=websocket mapping=servlet\n",
            &[],
        ),
        ("ProxyPassMatch ^/guacamole/(.*)$ http://127.0.0.1:8080/guacamole/$1 mapping=servlet\n", &["A03"]),
        (
            "<LocationMatch \"^/guacamole/(.*)$\">\nProxyPassMatch http://127.0.0.1:8080/guacamole/$1 upgrade=websocket \
             mapping=servlet\n</LocationMatch>\n",
            &[],
        ),
        ("<LocationMatch ^/guacamole/>\nProxyPass http://127.0.0.1:8080\n</LocationMatch>\n", &["S07"]),
        (
            "RewriteEngine On\nRewriteCond %{HTTP:Upgrade} =websocket [NC]\nRewriteRule /(.*) ws://127.0.0.1:8080/$1 [P,L]\n\
             RewriteRule /(.*) http://127.0.0.1:8080/$1 [P,L]\n",
            &[],
        ),
        ("JkMount /guacamole/* worker1\n", &["T01"]),
        (
            "<Location /guacamole/>\nProxyPass unix:/run/t.sock|http://localhost/guacamole/ upgrade=websocket mapping=servlet\n\
             </Location>\n",
            &[],
        ),
        (
            "<Proxy balancer://tomcats>\nBalancerMember http://127.0.0.1:8080 upgrade=websocket\n</Proxy>\n\
             <Location /guacamole/>\nProxyPass balancer://tomcats/guacamole/ mapping=servlet\n</Location>\n",
            &[],
        ),
        (
            "<Proxy balancer://tomcats>\nBalancerMember http://127.0.0.1:9999\n</Proxy>\n\
             <Location /guacamole/>\nProxyPass balancer://tomcats/guacamole/ mapping=servlet upgrade=websocket\n</Location>\n",
            &["T03"],
        ),
    ] {
        assert_eq!(of_apache(lines, &deployed), wanted, "{lines}");
    }
    let root = "ProxyPass / http://127.0.0.1:8080/ upgrade=websocket\n";
    assert_eq!(of_apache(root, &machine(&["/"], &["/"])), [""; 0]);
    assert_eq!(of_apache(root, &machine(&["/"], &[])), ["S07"]);
}
