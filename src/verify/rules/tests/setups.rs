//! What people have: the set-ups that installers and guides leave, in words of our own, and what is wrong with each.

use super::*;

/// Tomcat as it comes, with this valve or none.
fn stock(valve: &str) -> Vec<TomcatFindings> {
    let text = format!(
        "<Server port=\"8005\"><Service name=\"Catalina\">\n<Connector port=\"8080\" protocol=\"HTTP/1.1\"/>\n\
         <Engine name=\"Catalina\" defaultHost=\"localhost\"><Host name=\"localhost\" appBase=\"webapps\">\n\
         <Valve className=\"org.apache.catalina.valves.AccessLogValve\" directory=\"logs\" pattern=\"common\"/>\n{valve}\n\
         </Host></Engine></Service></Server>\n"
    );
    vec![tomcat_of(&text, "9.0.85")]
}

fn valve(proxies: &str) -> String {
    format!(
        "<Valve className=\"org.apache.catalina.valves.RemoteIpValve\" internalProxies=\"{proxies}\" \
         remoteIpHeader=\"x-forwarded-for\" remoteIpProxiesHeader=\"x-forwarded-by\" protocolHeader=\"x-forwarded-proto\"/>"
    )
}

fn nginx(site: &str, http: &str, valve: &str) -> Vec<&'static str> {
    codes(&Findings { nginx: Some(nginx_of(site, http)), tomcats: stock(valve), ..Findings::default() })
}

/// What every guide's location has.
const HEADERS: &str = "proxy_buffering off; proxy_http_version 1.1; proxy_set_header X-Forwarded-For \
                       $proxy_add_x_forwarded_for; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection \
                       $http_connection; access_log off;";

#[test]
fn the_manual_s_nginx_as_it_is_now() {
    let site = format!(
        "server {{ listen 80; location /guacamole/ {{ proxy_pass http://127.0.0.1:8080; {HEADERS} client_max_body_size 1g; }} }}"
    );
    assert_eq!(nginx(&site, "", &valve(r"127\.0\.0\.1")), ["N06", "N16", "T05", "T10", "T17"]);
}

#[test]
fn the_manual_s_nginx_as_it_was() {
    let site = format!(
        "server {{ listen 80; location /new-path/ {{ proxy_pass http://127.0.0.1:8080/guacamole/; {HEADERS} \
         proxy_cookie_path /guacamole/ /new-path/; }} }}"
    );
    assert_eq!(nginx(&site, "", &valve("127.0.0.1")), ["N06", "N10", "N16", "T05", "T10", "T17"]);
}

fn manual_apache(rules: &str) -> String {
    format!(
        "<VirtualHost *:80>\n<Location /guacamole/>\n{rules}\nProxyPass http://127.0.0.1:8080/guacamole/ flushpackets=on\n\
         ProxyPassReverse http://127.0.0.1:8080/guacamole/\n</Location>\n<Location /guacamole/websocket-tunnel>\n{rules}\n\
         ProxyPass ws://127.0.0.1:8080/guacamole/websocket-tunnel\n\
         ProxyPassReverse ws://127.0.0.1:8080/guacamole/websocket-tunnel\n</Location>\n\
         SetEnvIf Request_URI \"^/guacamole/tunnel\" dontlog\nCustomLog /var/log/apache2/access.log combined\n\
         CustomLog /var/log/apache2/guac.log common env=!dontlog\n</VirtualHost>\n"
    )
}

#[test]
fn the_manual_s_apache_with_and_without_the_old_module() {
    let found = |modules: &[&str]| {
        let text = manual_apache("Order allow,deny\nAllow from all");
        let tomcats = stock(&valve(r"127\.0\.0\.1|0:0:0:0:0:0:0:1"));
        codes(&Findings { apache: Some(apache_of(&text, modules)), tomcats, ..Findings::default() })
    };
    assert_eq!(found(&MODULES), ["A05", "A08", "A09", "A11", "A13", "T05", "T10", "T17"]);
    let with_old: Vec<&str> = MODULES.into_iter().chain(["access_compat"]).collect();
    assert_eq!(found(&with_old), ["A08", "A09", "A11", "A13", "T05", "T10", "T17"]);
}

#[test]
fn easy_guacamole_installer_once_and_run_again() {
    let site = format!(
        "server {{ listen 80 default_server; root /var/www/html; server_name guac.test; location / {{ proxy_pass \
         http://localhost:8080/guacamole/; {HEADERS} }} }}"
    );
    let http = "client_max_body_size 1000000000M;";
    let valve = valve("127.0.0.1|0:0:0:0:0:0:0:1");
    assert_eq!(nginx(&site, http, &valve), ["N06", "N16", "T05", "T10", "T17"]);
    let twice = format!("{valve}{valve}");
    assert_eq!(nginx(&site, http, &twice), ["N06", "N16", "T05", "T08", "T10", "T17"]);
}

#[test]
fn guac_install_s_readme() {
    let site = format!(
        "server {{ listen 80; server_name guac.test; location / {{ proxy_pass http://127.0.0.1:8080/guacamole/; {HEADERS} \
         proxy_cookie_path /guacamole/ /; }} }}"
    );
    assert_eq!(nginx(&site, "", ""), ["N06", "N10", "N16", "T05", "T06", "T17"]);
}

#[test]
fn swag_s_subfolder() {
    let site = "server { listen 443 ssl; server_name guac.test;\n\
                location /guacamole { return 301 $scheme://$host/guacamole/; }\n\
                location ^~ /guacamole/ {\n\
                proxy_set_header Connection $connection_upgrade; proxy_set_header Upgrade $http_upgrade;\n\
                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme;\n\
                proxy_http_version 1.1; set $upstream_app guacamole; set $upstream_port 8080; set $upstream_proto http;\n\
                rewrite /guacamole(.*) $1 break; proxy_pass $upstream_proto://$upstream_app:$upstream_port;\n\
                proxy_buffering off; } }";
    let findings = Findings { nginx: Some(nginx_of(site, "")), ..Findings::default() };
    // The rewriting leads to the root application, below which every other one is anyway.
    assert_eq!(codes(&findings), ["N10", "N11", "T21"], "its Tomcat is in a container");
}

#[test]
fn yunohost_s_package() {
    let site = "server { listen 443 ssl; server_name guac.test; location /guacamole/ { proxy_pass \
                http://127.0.0.1:8080/guacamole/; proxy_http_version 1.1; proxy_set_header X-Forwarded-For $remote_addr; \
                proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header Upgrade $http_upgrade; proxy_set_header \
                Connection \"upgrade\"; } }";
    assert_eq!(nginx(site, "", ""), ["N01", "N10", "N11", "N16", "T05", "T06", "T17"]);
}

#[test]
fn zer0coolx_s_rhel_script() {
    let site = format!(
        "server {{ listen 443 ssl; server_name guac.test; location /guac/ {{ proxy_pass \
         http://127.0.0.1:8080/guacamole/; {HEADERS} proxy_cookie_path /guacamole/ /guac/; }} }}"
    );
    // It trusts the machine's address in the network, from which a proxy that connects to the loopback does not come.
    let found = nginx(&site, "", &valve("192.168.1.20"));
    assert_eq!(found, ["N06", "N10", "N16", "T05", "T10", "T16", "T17"]);
}
