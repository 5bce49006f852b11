//! Set-ups that are right in another way than guacfront's own: nothing may be found in them.

use super::nginx::found;
use super::*;

const START: &str = "    server_name a.test;\n";
const REFUSAL: &str = "        if ($uri ~ \"/\\.\\.;\") { return 400; }\n";
const VALVE: &str = "        <Valve className=\"org.apache.catalina.valves.RemoteIpValve\"
               internalProxies=\"127\\.0\\.0\\.1\" proxiesHeader=\"x-forwarded-by\"/>\n";

fn with_xml(from: &str, to: &str) -> Findings {
    Findings { tomcats: vec![tomcat_of(&with(SERVER_XML, from, to), "10.1.60")], ..good() }
}

fn of_apache(text: &str) -> Vec<&'static str> {
    codes(&Findings { nginx: None, apache: Some(apache_of(text, &MODULES)), ..good() })
}

#[test]
fn a_block_that_leads_everybody_to_https_needs_nothing_else() {
    let tls = with(NGINX, "listen 80;", "listen 443 ssl;");
    for first in [
        "server_name a.test; return 301 https://$host$request_uri;\n",
        "server_name a.test; rewrite ^ https://$host$request_uri? permanent;\n",
    ] {
        // What has been left in it is never asked.
        let plain = with(&with(NGINX, START, first), "proxy_buffering off;", "");
        assert_eq!(found(&format!("{plain}{tls}"), ""), [""; 0], "{first}");
        assert_eq!(found(&plain, ""), ["N01", "N17"], "{first}: and nobody serves Guacamole over https");
    }
    assert_eq!(
        found(&with(NGINX, START, "server_name a.test; rewrite ^/$ /guacamole/ redirect;\n"), ""),
        [""; 0]
    );
}

#[test]
fn a_rewrite_to_another_path_of_the_site_took_guacamoles_requests_unseen() {
    for (first, codes) in [
        ("rewrite ^/guacamole/(.*)$ /app/$1 last;", vec!["N17"]),
        ("if (!-e $request_filename) { rewrite ^(.*)$ /index.php?s=$1 last; }", vec!["N17"]),
        ("if (!-f $request_filename) { return 404; }", vec!["N17"]),
        ("if (-f $document_root/closed) { rewrite ^ /closed.html last; }", vec![]),
        ("if (!-e $request_filename) { rewrite ^/wiki/(.*)$ /w/$1 last; }", vec![]),
        ("rewrite ^/guacamole/(.*)$ /guacamole/$1 last;", vec![]),
    ] {
        let site = with(NGINX, START, &format!("server_name a.test; {first}\n"));
        assert_eq!(found(&site, ""), codes, "{first}");
    }
}

#[test]
fn a_location_inside_that_asks_for_another_path_was_taken_for_good() {
    let inner = "client_max_body_size 1g; location ~ \\.js$ { proxy_pass http://127.0.0.1:8080; }";
    let site = with(NGINX, "client_max_body_size 1g;", inner);
    assert_eq!(found(&site, ""), [""; 0]);
    let moved = with(&site, "location ^~ /guacamole/ {", "location ^~ /remote/ {");
    let moved = with(&moved, "http://127.0.0.1:8080;", "http://127.0.0.1:8080/guacamole/;");
    assert!(found(&moved, "").contains(&"N19"), "{:?}", found(&moved, ""));
}

#[test]
fn what_a_location_around_guacamoles_says_was_taken_for_missing_and_its_faults_for_nobodys() {
    let site = with(NGINX, "proxy_buffering off;", "");
    let site = with(&site, "location ^~ /guacamole/ {", "location / { AROUND location ^~ /guacamole/ {");
    let site = format!("{} }}\n", site.trim_end());
    assert_eq!(found(&site.replace("AROUND", "proxy_buffering off;"), ""), [""; 0]);
    let around = "proxy_buffering off; proxy_intercept_errors on; deny all;";
    assert_eq!(found(&site.replace("AROUND", around), ""), ["N18", "N21"]);
}

#[test]
fn a_regular_expression_beside_the_location_around_guacamoles_was_taken_for_harmless() {
    let site = |outer: &str| {
        let own =
            format!("location ~ \\.js$ {{ root /srv; }}\nlocation {outer} {{ location ^~ /guacamole/ {{");
        format!("{} }}\n", with(NGINX, "location ^~ /guacamole/ {", &own).trim_end())
    };
    assert_eq!(found(&site("/"), ""), ["N08"]);
    assert_eq!(found(&site("^~ /"), ""), [""; 0]);
}

#[test]
fn a_virtual_host_that_leads_everybody_to_https_needs_nothing_else() {
    let tls = with(APACHE, "*:80>", "*:443>\nSSLEngine on\nSSLCertificateFile c\n");
    let plain = |rules: &str| {
        let bare =
            "<VirtualHost *:80>\nServerName a.test\nProxyPass /guacamole/ http://127.0.0.1:8080/guacamole/\n";
        format!("{bare}RewriteEngine On\n{rules}</VirtualHost>\n{tls}")
    };
    let certbot = "RewriteCond %{SERVER_NAME} =a.test\nRewriteRule ^ https://%{SERVER_NAME}%{REQUEST_URI} [END,NE,R=permanent]\n";
    assert_eq!(of_apache(&plain(certbot)), [""; 0]);
    assert_eq!(of_apache(&plain("RewriteRule ^/?(.*) https://%{SERVER_NAME}/$1 [R,L]\n")), [""; 0]);
    let sometimes = "RewriteCond %{QUERY_STRING} x\nRewriteRule ^ https://a.test%{REQUEST_URI} [R]\n";
    assert!(!of_apache(&plain(sometimes)).is_empty());
}

#[test]
fn climbing_may_be_refused_in_other_words() {
    for by_hand in
        ["if ($request_uri ~* \"[.][.];\") { return 403; }", "if ($uri ~ \"\\.\\.;\") { return 404; }"]
    {
        let site = with(&with(NGINX, REFUSAL, ""), START, &format!("server_name a.test; {by_hand}\n"));
        assert_eq!(found(&site, ""), [""; 0], "{by_hand}");
    }
    let beside = "server_name a.test; location ~ \"\\.\\.;\" { deny all; }\n";
    let site = with(&with(NGINX, REFUSAL, ""), START, beside);
    assert_eq!(found(&site, ""), ["N16"], "no regular expression is tried where ^~ stands");
    assert_eq!(found(&with(&site, "location ^~ ", "location "), ""), [""; 0]);
    let text = with(APACHE, " mapping=servlet", "");
    let refused =
        "    ServerName a.test\n<LocationMatch \"\\.\\.;\">\nRequire all denied\n</LocationMatch>\n";
    assert_eq!(of_apache(&with(&text, "    ServerName a.test\n", refused)), [""; 0]);
}

#[test]
fn a_variable_of_one_s_own_may_hold_the_client_s_address() {
    let site = with(NGINX, "$proxy_add_x_forwarded_for", "$client");
    assert_eq!(found(&site, "map $http_x_forwarded_for $client { default $remote_addr; }"), [""; 0]);
}

#[test]
fn what_a_proxy_in_front_has_written_is_believed_where_it_is_named() {
    let site = with(NGINX, "$scheme", "$http_x_forwarded_proto");
    assert_eq!(found(&site, ""), ["N06"]);
    assert_eq!(found(&site, "set_real_ip_from 10.0.0.1;"), [""; 0]);
    let proto = "        RequestHeader set X-Forwarded-Proto \"expr=%{REQUEST_SCHEME}\"\n";
    let text = with(APACHE, proto, "");
    assert_eq!(of_apache(&text), ["A11"]);
    let front = "    ServerName a.test\nRemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 10.0.0.1\n";
    assert_eq!(of_apache(&with(&text, "    ServerName a.test\n", front)), [""; 0]);
    let either = "<If \"%{HTTPS} == 'on'\">\nRequestHeader set X-Forwarded-Proto https\n</If>\n<Else>\nRequestHeader set \
                  X-Forwarded-Proto http\n</Else>\n";
    assert_eq!(of_apache(&with(APACHE, proto, either)), [""; 0]);
}

#[test]
fn what_a_section_around_says_holds_for_a_line_with_a_path_too() {
    let text = "<VirtualHost *:80>\nServerName a.test\nRedirectMatch ^/guacamole$ /guacamole/\nProxyPass /guacamole/ \
                http://127.0.0.1:8080/guacamole/ upgrade=websocket mapping=servlet\n<Location @>\nRequestHeader set \
                X-Forwarded-Proto http\n</Location>\n</VirtualHost>\n";
    for (section, wanted) in [("/guacamole/", &[][..]), ("/", &[]), ("/other/", &["A11"])] {
        assert_eq!(of_apache(&text.replace('@', section)), wanted, "{section}");
    }
}

#[test]
fn the_valve_and_the_proxy_have_to_mean_one_header() {
    let of = |to: &str, site: &str| {
        let named = format!("internalProxies=\"127\\.0\\.0\\.1\" remoteIpHeader=\"{to}\"");
        let findings = with_xml("internalProxies=\"127\\.0\\.0\\.1\"", &named);
        codes(&Findings { nginx: Some(nginx_of(site, "")), ..findings })
    };
    let real_ip = with(NGINX, "X-Forwarded-For $proxy_add_x_forwarded_for", "X-Real-IP $remote_addr");
    assert_eq!(of("x-forwarded-for", NGINX), [""; 0]);
    assert_eq!(of("X-Real-IP", &real_ip), [""; 0]);
    assert_eq!(of("X-Real-IP", NGINX), ["N05"]);
    assert_eq!(of("x-forwarded-for", &real_ip), ["N05"]);
    let apache = |text: &str| {
        let findings = with_xml("proxiesHeader", "remoteIpHeader=\"X-Real-IP\" proxiesHeader");
        codes(&Findings { nginx: None, apache: Some(apache_of(text, &MODULES)), ..findings })
    };
    assert_eq!(apache(APACHE), ["A18"]);
    let set = "    ServerName a.test\nRequestHeader set X-Real-IP \"expr=%{REMOTE_ADDR}\"\n";
    assert_eq!(apache(&with(APACHE, "    ServerName a.test\n", set)), [""; 0]);
}

#[test]
fn trusted_proxies_are_trusted_too() {
    let of = |to: &str| codes(&with_xml("internalProxies=\"127\\.0\\.0\\.1\"", to));
    assert_eq!(of("internalProxies=\"\" trustedProxies=\"127\\.0\\.0\\.1\""), [""; 0]);
    assert_eq!(of("internalProxies=\"10\\.0\\.0\\.1\" trustedProxies=\"127\\.0\\.0\\.1\""), [""; 0]);
    assert_eq!(of("internalProxies=\"\" trustedProxies=\"10\\.0\\.0\\.1\""), ["T16"]);
    assert_eq!(of("internalProxies=\"\""), ["T11"]);
    assert_eq!(of("trustedProxies=\"127\\.0\\.0\\.1\""), ["T14"]);
}

#[test]
fn the_host_that_tomcat_takes_by_the_site_s_name_has_the_valve() {
    let other = "<Host name=\"other\" appBase=\"other\"/>\n      <Host name=\"a.test\" appBase=\"webapps\">";
    let findings = with_xml("<Host name=\"localhost\" appBase=\"webapps\">", other);
    assert_eq!(codes(&findings), [""; 0]);
    let alias = with(
        other,
        "name=\"a.test\" appBase=\"webapps\">",
        "name=\"x\" appBase=\"webapps\"><Alias>a.test</Alias>",
    );
    assert_eq!(codes(&with_xml("<Host name=\"localhost\" appBase=\"webapps\">", &alias)), [""; 0]);
    let unnamed = with(NGINX, "        proxy_set_header Host $http_host;\n", "");
    let first = Findings { nginx: Some(nginx_of(&unnamed, "")), ..findings };
    assert_eq!(codes(&first), ["T06"], "without the name Tomcat takes its default");
}

#[test]
fn a_proxy_that_connects_to_the_machine_s_own_address_in_the_network_is_local() {
    let site = with(NGINX, "http://127.0.0.1:8080", "http://192.168.1.5:8080");
    let text = with(SERVER_XML, "address=\"127.0.0.1\"", "address=\"192.168.1.5\"");
    let of = |text: &str| {
        codes(&Findings {
            nginx: Some(nginx_of(&site, "")),
            addresses: vec!["192.168.1.5".parse().expect("an address")],
            tomcats: vec![tomcat_of(text, "10.1.60")],
            ..Findings::default()
        })
    };
    assert_eq!(of(&text), ["T16"]);
    assert_eq!(of(&with(&text, "127\\.0\\.0\\.1", "192\\.168\\.1\\.5")), [""; 0]);
    assert_eq!(of(&with(&text, VALVE, "")), ["T06"]);
}

#[test]
fn what_two_sites_include_is_told_once() {
    let site = with(NGINX, "proxy_buffering off;", "");
    let inner = &site[site.find("    location").expect("it is there")..site.rfind('}').expect("it ends")];
    let two = "server { listen 80; server_name a.test; include /e/s/inner; }\nserver { listen 81; include /e/s/inner; }\n";
    let mut nginx = nginx_of(two, "");
    nginx.files[0] = image("/e/nginx.conf", "events {}\nhttp { include s/site; }\n");
    nginx.files.push(image("/e/s/inner", inner));
    let found = rules(&Findings { nginx: Some(nginx), ..good() });
    assert_eq!(found.iter().map(|own| own.rule).collect::<Vec<_>>(), [Rule::Buffering]);
}
