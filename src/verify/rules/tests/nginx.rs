use super::*;

type Case = (Rule, &'static str, &'static str);

const END: &str = "        client_max_body_size 1g;\n";
const START: &str = "    server_name a.test;\n";

/// A rule, what of the good site is replaced, and by what.
const CASES: &[Case] = &[
    (Rule::Buffering, "proxy_buffering off;", ""),
    (Rule::Buffering, "proxy_buffering off;", "proxy_buffering on;"),
    (Rule::HttpVersion, "proxy_http_version 1.1;", ""),
    (Rule::HttpVersion, "proxy_http_version 1.1;", "proxy_http_version 1.0;"),
    (Rule::Upgrade, "proxy_set_header Upgrade $http_upgrade;", ""),
    (Rule::Upgrade, "Upgrade $http_upgrade;", "Upgrade \"\";"),
    (Rule::Connection, "proxy_set_header Connection $http_connection;", ""),
    (Rule::Connection, "Connection $http_connection;", "Connection close;"),
    (Rule::Connection, "Connection $http_connection;", "connection \"\";"),
    (Rule::ForwardedFor, "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;", ""),
    (Rule::ForwardedFor, "$proxy_add_x_forwarded_for", "$http_x_forwarded_for"),
    (Rule::ForwardedProto, "proxy_set_header X-Forwarded-Proto $scheme;", ""),
    (Rule::ForwardedProto, "X-Forwarded-Proto $scheme", "X-Forwarded-Proto $http_x_forwarded_proto"),
    (Rule::Slash, "http://127.0.0.1:8080;", "http://127.0.0.1:8080/guacamole;"),
    (Rule::PathDecoded, "http://127.0.0.1:8080;", "http://127.0.0.1:8080$uri$is_args$args;"),
    (Rule::PathDecoded, "http://127.0.0.1:8080;", "http://127.0.0.1:8080${document_uri}$is_args$args;"),
    (
        Rule::PathDecoded,
        "proxy_pass http://127.0.0.1:8080;",
        "set $a $uri; proxy_pass http://127.0.0.1:8080$a?$args;",
    ),
    (Rule::BodyLimit, "client_max_body_size 1g;", ""),
    (
        Rule::BodyLimit,
        END,
        "client_max_body_size 1g; location /guacamole/api/ { proxy_pass http://127.0.0.1:8080; client_max_body_size 10k; }",
    ),
    (Rule::TunnelLogged, "if ($uri = /guacamole/tunnel) { access_log off; }", ""),
    (Rule::NestedLocation, END, "client_max_body_size 1g; location /guacamole/api/ { expires off; }"),
    (Rule::Climbing, "if ($uri ~ \"/\\.\\.;\") { return 400; }", ""),
    (Rule::AnsweredFirst, START, "server_name a.test; return 301 https://b.test;\n"),
    (Rule::AnsweredFirst, START, "server_name a.test; rewrite ^/(.*)$ http://b.test/$1 permanent;\n"),
    (Rule::ForwardedFor, "$proxy_add_x_forwarded_for", "203.0.113.1"),
    (Rule::KeepsOut, START, "server_name a.test; deny all;\n"),
    (Rule::KeepsOut, START, "server_name a.test; auth_basic \"x\";\n"),
    (Rule::KeepsOut, START, "server_name a.test; limit_req zone=a burst=5;\n"),
    (Rule::KeepsOut, START, "server_name a.test; limit_conn a 3;\n"),
    (Rule::KeepsOut, START, "server_name a.test; modsecurity on;\n"),
    (Rule::TakenOver, START, "server_name a.test; location /guacamole/api/ { root /srv; }\n"),
    (Rule::ChangedOnTheWay, START, "server_name a.test; proxy_intercept_errors on;\n"),
    (Rule::ChangedOnTheWay, START, "server_name a.test; expires 30d;\n"),
    (Rule::ChangedOnTheWay, START, "server_name a.test; proxy_pass_request_headers off;\n"),
    (Rule::ChangedOnTheWay, END, "client_max_body_size 1g; proxy_pass_request_body off;\n"),
    (Rule::NoHttp11, "listen 80;", "listen 443 quic;"),
    (Rule::NoHttp11, "listen 80;", "listen 80 http2;"),
    (
        Rule::BodyLimit,
        START,
        "server_name a.test; location /guacamole/api/session/ { proxy_pass http://127.0.0.1:8080; client_max_body_size 2m; }\n",
    ),
    (
        Rule::RegexHijack,
        "location ^~ /guacamole/ {",
        "location ~* \\.(js|css)$ { root /srv; }\nlocation /guacamole/ {",
    ),
];

pub(super) const RULES: [Rule; 21] = [
    Rule::Buffering,
    Rule::HttpVersion,
    Rule::Upgrade,
    Rule::Connection,
    Rule::ForwardedFor,
    Rule::ForwardedProto,
    Rule::Slash,
    Rule::BodyLimit,
    Rule::TunnelLogged,
    Rule::NestedLocation,
    Rule::Climbing,
    Rule::AnsweredFirst,
    Rule::KeepsOut,
    Rule::TakenOver,
    Rule::ChangedOnTheWay,
    Rule::NoHttp11,
    Rule::RegexHijack,
    Rule::DeadServer,
    Rule::HeadersLost,
    Rule::Localhost,
    Rule::PathDecoded,
];

pub(super) fn found(site: &str, http: &str) -> Vec<&'static str> {
    codes(&Findings { nginx: Some(nginx_of(site, http)), ..good() })
}

#[test]
fn one_thing_broken_is_found_by_its_code_alone() {
    for (rule, from, to) in CASES {
        assert_eq!(found(&with(NGINX, from, to), ""), [rule.code()], "{from} -> {to}");
    }
}

#[test]
fn a_websocket_that_was_switched_off_is_no_fault() {
    let off = with(NGINX, "proxy_set_header Upgrade $http_upgrade;", "");
    let off = with(&off, "proxy_set_header Connection $http_connection;", "# guacfront asked: websocket no");
    assert_eq!(found(&off, ""), Vec::<&str>::new());
    // Nor is it lost where an outer level would have passed it on.
    assert_eq!(found(&off, "proxy_set_header Upgrade $http_upgrade;"), Vec::<&str>::new());
    let by_hand = with(&off, "guacfront asked", "asked");
    assert_eq!(found(&by_hand, ""), ["N03", "N04"]);
}

#[test]
fn a_second_server_block_of_the_same_name_is_dead() {
    let site = format!("server {{ listen 80; server_name a.test; }}\n{NGINX}");
    assert_eq!(found(&site, ""), ["N09"]);
}

#[test]
fn a_header_of_the_location_s_own_loses_the_outer_ones() {
    let outer = "proxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection $http_connection;\n";
    let site = with(NGINX, "        proxy_set_header Upgrade $http_upgrade;\n", "");
    let site = with(&site, "        proxy_set_header Connection $http_connection;\n", "");
    assert_eq!(found(&site, outer), ["N12"]);
}

#[test]
fn headers_that_are_inherited_are_there() {
    let headers: String =
        NGINX.lines().filter(|line| line.contains("proxy_set_header")).collect::<Vec<_>>().join("\n");
    let site: String =
        NGINX.lines().filter(|line| !line.contains("proxy_set_header")).collect::<Vec<_>>().join("\n");
    assert_eq!(found(&site, &headers), [""; 0]);
}

#[test]
fn localhost_is_an_address_too_many_where_the_connector_has_one() {
    let site = with(NGINX, "http://127.0.0.1:8080", "http://localhost:8080");
    assert_eq!(found(&site, ""), ["N13"]);
}

#[test]
fn what_serves_the_purpose_as_well_is_silent() {
    for (from, to) in [
        ("Connection $http_connection;", "Connection \"upgrade\";"),
        ("Connection $http_connection;", "Connection $connection_upgrade;"),
        ("$proxy_add_x_forwarded_for", "$remote_addr"),
        ("$scheme", "https"),
        ("http://127.0.0.1:8080;", "http://127.0.0.1:8080/guacamole/;"),
        ("client_max_body_size 1g;", "client_max_body_size 0;"),
        ("if ($uri = /guacamole/tunnel) { access_log off; }", "access_log off;"),
        (START, "server_name a.test; if ($host = b.test) { return 301 https://b.test; }\n"),
        (START, "server_name a.test; location = /guacamole { return 301 /guacamole/; }\n"),
        (START, "server_name a.test; location ~* \\.(js|css)$ { root /srv; }\n"),
        (START, "server_name a.test; listen 443 quic;\n"),
        ("listen 80;", "listen 443 ssl http2;"),
        ("listen 80;", "listen 80; listen 443 http2; ssl on;"),
        (
            START,
            "server_name a.test; location /guacamole/x/ { proxy_pass http://127.0.0.1:8080; client_max_body_size 2g; }\n",
        ),
    ] {
        assert_eq!(found(&with(NGINX, from, to), ""), [""; 0], "{from} -> {to}");
    }
}

#[test]
fn a_location_of_the_tunnel_s_own_is_where_its_headers_count() {
    let site = with(NGINX, "        proxy_set_header Upgrade $http_upgrade;\n", "");
    let site = with(
        &site,
        START,
        "server_name a.test; location /guacamole/websocket-tunnel { proxy_pass http://127.0.0.1:8080; proxy_http_version 1.1; \
         proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; }\n",
    );
    assert_eq!(found(&site, ""), [""; 0]);
}

#[test]
fn a_version_that_speaks_1_1_by_itself_needs_no_line() {
    let site = with(NGINX, "proxy_http_version 1.1;", "");
    let nginx = NginxFindings { version: Version::parse("1.29.7"), ..nginx_of(&site, "") };
    assert_eq!(codes(&Findings { nginx: Some(nginx), ..good() }), [""; 0]);
}

#[test]
fn a_small_limit_further_out_is_named_where_it_stands() {
    let site = with(NGINX, "client_max_body_size 1g;", "");
    let found = rules(&Findings { nginx: Some(nginx_of(&site, "client_max_body_size 1m;")), ..good() });
    assert_eq!((found[0].rule, found[0].line), (Rule::BodyLimit, Some(3)));
    assert_eq!(super::nginx::found(&site, "client_max_body_size 2g;"), [""; 0]);
}

#[test]
fn a_lower_limit_further_in_counts_against_the_one_that_is_inherited() {
    let inner = "location /guacamole/api/ { proxy_pass http://127.0.0.1:8080; client_max_body_size 10k; }";
    let site = with(NGINX, "client_max_body_size 1g;", inner);
    assert_eq!(found(&site, "client_max_body_size 2g;"), ["N10"]);
}

#[test]
fn a_lower_limit_of_what_auth_request_asks_made_uploads_fail_unseen() {
    let site = |inner: &str| {
        with(NGINX, START, &format!("{START}auth_request /auth; location = /auth {{ internal; {inner} }}\n"))
    };
    assert_eq!(found(&site("return 204;"), ""), ["N10", "N18"]);
    assert_eq!(found(&site("client_max_body_size 1g;"), ""), ["N18"]);
}

#[test]
fn a_version_that_tells_http_2_from_1_1_needs_no_ssl() {
    let site = with(NGINX, "listen 80;", "listen 80 http2;");
    let nginx = NginxFindings { version: Version::parse("1.25.1"), ..nginx_of(&site, "") };
    assert_eq!(codes(&Findings { nginx: Some(nginx), ..good() }), [""; 0]);
}
