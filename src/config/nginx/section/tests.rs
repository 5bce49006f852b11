//! What is taken for Guacamole, and where it is taken to lead.

use super::*;
use crate::config::MemoryFiles;
use crate::config::nginx::server_blocks;
use std::path::Path;
use std::sync::Arc;

fn found(http: &str) -> Option<(String, Option<Target>, Option<String>)> {
    let text = format!("http {{ {http} }}");
    let files = [("/n".into(), Arc::from(text.as_bytes()))];
    let loaded = Loaded::read(Path::new("/n"), &MemoryFiles(files.into_iter().collect()));
    assert_eq!(loaded.problem, None);
    let blocks = server_blocks(&loaded);
    let section = Section::find(&loaded, &blocks[0])?;
    let context = section.context().map(std::borrow::Cow::into_owned);
    Some((section.location.uri.into_owned(), section.target, context))
}

fn target(name: &str, servers: &[(&str, u16)], uri: Option<&str>) -> Target {
    let servers = servers.iter().map(|(host, port)| ((*host).into(), *port)).collect();
    Target { tls: false, name: name.into(), servers, uri: uri.map(Into::into) }
}

#[test]
fn recognises_guacamole_by_its_path_its_backend_and_its_tunnel() {
    for (locations, uri, host, port, context) in [
        (
            "location / { proxy_pass http://localhost:8080/guacamole/; }",
            "/",
            "localhost",
            8080,
            Some("/guacamole/"),
        ),
        (
            "location /guacamole/ { proxy_pass http://[::1]:8080; }",
            "/guacamole/",
            "::1",
            8080,
            Some("/guacamole/"),
        ),
        ("location ^~ /x/ { proxy_pass http://guacamole:81; }", "/x/", "guacamole", 81, Some("/x/")),
        (
            "location /r/ { proxy_pass http://h:1/c/; } location /r/websocket-tunnel { proxy_pass http://h:1/c/websocket-tunnel; }",
            "/r/",
            "h",
            1,
            Some("/c/"),
        ),
        (
            "location /n/ { proxy_pass http://h:8080; proxy_buffering off; proxy_set_header connection $http_connection; }",
            "/n/",
            "h",
            8080,
            Some("/n/"),
        ),
        (
            "location ^~ /guacamole/ { set $app guacamole; set $port 8080; rewrite /guacamole(.*) $1 break; proxy_pass http://$app:${port}; }",
            "/guacamole/",
            "guacamole",
            8080,
            Some("/"),
        ),
        (
            "location ^~ /guacamole/ { rewrite ^/guacamole/(.*)$ /x/$1 break; proxy_pass http://h:8080$request_uri; }",
            "/guacamole/",
            "h",
            8080,
            None,
        ),
        (
            "set $app h; location ^~ /guacamole/ { rewrite ^/guacamole/(.*)$ /x/$1 break; proxy_pass http://$app:8080/; }",
            "/guacamole/",
            "h",
            8080,
            None,
        ),
        (
            "set $scheme http; set $server \"10.0.0.7\"; set $port 8080; location /guac/ { proxy_pass $scheme://$server:$port$request_uri; }",
            "/guac/",
            "10.0.0.7",
            8080,
            Some("/guac/"),
        ),
        (
            "location / { set $u http://guacamole:81; proxy_pass $u$request_uri; }",
            "/",
            "guacamole",
            81,
            Some("/"),
        ),
    ] {
        let (found_uri, found_target, found_context) =
            found(&format!("server {{ {locations} }}")).unwrap_or_else(|| panic!("not found: {locations}"));
        let found_target = found_target.expect("a target");
        assert_eq!((found_uri.as_str(), found_target.first()), (uri, Some((host, port))), "{locations}");
        assert_eq!(found_context.as_deref(), context, "{locations}");
    }
}

#[test]
fn claims_no_other_program() {
    for location in [
        "location / { proxy_pass http://127.0.0.1:8080; proxy_http_version 1.1; proxy_buffering off; \
         proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade; }",
        "location /guacamole-docs/ { proxy_pass http://docs:3000; }",
        "location = /guacamole { return 301 /guacamole/; }",
        "location /guacamole/ { root /srv; }",
    ] {
        assert_eq!(found(&format!("server {{ {location} }}")), None, "{location}");
    }
}

#[test]
fn an_upstream_of_one_server_is_that_server() {
    let one = "upstream tc { server 10.0.0.5:8081 weight=2; keepalive 4; }";
    let server = "server { location /guacamole/ { proxy_pass http://tc/guacamole/; } }";
    let (_, found_target, _) = found(&format!("{one} {server}")).expect("found");
    assert_eq!(found_target, Some(target("tc", &[("10.0.0.5", 8081)], Some("/guacamole/"))));
}

#[test]
fn an_upstream_of_several_servers_is_all_of_them_and_its_name_is_a_sign() {
    let upstream = "upstream guacs { server 10.0.0.9 backup; server 10.0.0.1:8080 down; server [::1]:8080; server \
                    unix:/run/t; server 10.0.0.2; }";
    let server = "server { location /desk/ { proxy_pass http://guacs; } }";
    let (_, found_target, _) = found(&format!("{upstream} {server}")).expect("found");
    let servers = [("::1", 8080), ("10.0.0.2", 80), ("10.0.0.9", 80)];
    assert_eq!(found_target, Some(target("guacs", &servers, None)));
}

#[test]
fn a_variable_that_depends_on_the_request_is_no_target() {
    for set in ["", "set $b h; if ($x) { set $b i; }", "set $b $b;"] {
        let (_, found_target, _) =
            found(&format!("server {{ {set} location /guacamole/ {{ proxy_pass http://$b:1; }} }}"))
                .expect("found");
        assert_eq!(found_target, None, "{set}");
    }
}

#[test]
fn a_path_that_is_handed_on_decoded_is_told_by_its_variable() {
    for (locations, wanted) in [
        ("location /guacamole/ { proxy_pass http://h:1; }", None),
        ("location /guacamole/ { proxy_pass http://h:1/guacamole/; }", None),
        ("location /guacamole/ { proxy_pass http://h:1$request_uri; }", None),
        ("location /guacamole/ { set $b h; proxy_pass http://$b:1; }", None),
        ("location /guacamole/ { rewrite ^/guacamole/(.*)$ /$1 break; proxy_pass http://h:1; }", None),
        ("location ~ ^/guacamole/ { proxy_pass http://h:1; }", None),
        ("location /guacamole/ { proxy_pass http://h:1$uri; }", Some("$uri")),
        ("location /guacamole/ { proxy_pass http://h:1${uri}$is_args$args; }", Some("$uri")),
        ("location /guacamole/ { proxy_pass http://h:1$document_uri?$args; }", Some("$document_uri")),
        ("set $a $uri; location /guacamole/ { proxy_pass http://h:1$a; }", Some("$uri")),
        ("location ~ ^/guacamole/(.*)$ { proxy_pass http://h:1/guacamole/$1$is_args$args; }", Some("$1")),
        ("location ~ ^/guacamole/(?<rest>.*)$ { proxy_pass http://h:1/guacamole/$rest; }", Some("$rest")),
        // A set encodes it again.
        ("location ~ ^/guacamole/(.*)$ { set $a $1; proxy_pass http://h:1/guacamole/$a; }", None),
        (
            "location /guacamole/ { rewrite ^/guacamole/(.*)$ /x/$1 break; proxy_pass http://h:1/guacamole/$1; }",
            Some("$1"),
        ),
        (
            "location /guacamole/ { if ($uri ~ /guacamole/(.*)$) { set $b 1; } proxy_pass http://h:1/guacamole/$1; }",
            Some("$1"),
        ),
        (
            "location ~ ^/guacamole/(.*)$ { if ($request_uri ~ /guacamole/(.*)$) { set $b 1; } proxy_pass http://h:1/guacamole/$1; }",
            None,
        ),
    ] {
        let text = format!("http {{ server {{ {locations} }} }}");
        let files = [("/n".into(), Arc::from(text.as_bytes()))];
        let loaded = Loaded::read(Path::new("/n"), &MemoryFiles(files.into_iter().collect()));
        assert_eq!(loaded.problem, None, "{text}");
        let blocks = server_blocks(&loaded);
        let by_pattern = || Section::each_led(&loaded, &blocks[0], &|_| None).into_iter().next();
        let section = Section::find(&loaded, &blocks[0]).or_else(by_pattern).expect("it is there");
        assert_eq!(section.decoded.as_deref(), wanted, "{locations}");
    }
}
