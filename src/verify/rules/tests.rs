//! Machines held in memory, broken in one place at a time.

mod apache;
mod led;
mod nginx;
mod otherwise;
mod setups;
mod system;
mod tomcat;

use super::*;
use crate::config::tomcat::{Configuration, connector_kind, port};
use crate::model::{
    ApacheFindings, Connector, FileImage, Memo, Meta, NginxFindings, Service, TomcatFindings, Version,
};

/// What a Tomcat of Debian's holds after guacfront.
const SERVER_XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Server port="-1" shutdown="SHUTDOWN">
  <Service name="Catalina">
    <Connector port="8080" protocol="HTTP/1.1" address="127.0.0.1" URIEncoding="UTF-8"/>
    <Engine name="Catalina" defaultHost="localhost">
      <Host name="localhost" appBase="webapps">
        <Valve className="org.apache.catalina.valves.RemoteIpValve"
               internalProxies="127\.0\.0\.1" proxiesHeader="x-forwarded-by"/>
        <Valve className="org.apache.catalina.valves.AccessLogValve" pattern="common" requestAttributesEnabled="true"/>
      </Host>
    </Engine>
  </Service>
</Server>
"#;

/// A good location of nginx's.
const NGINX: &str = r#"server {
    listen 80;
    server_name a.test;
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

/// A good virtual host of httpd's.
const APACHE: &str = r#"<VirtualHost *:80>
    ServerName a.test
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
    CustomLog /var/log/access.log combined env=!quiet
</VirtualHost>
"#;

const MODULES: [&str; 7] =
    ["alias", "headers", "proxy", "proxy_http", "proxy_wstunnel", "rewrite", "setenvif"];

fn image(path: &str, text: &str) -> FileImage {
    let meta = Meta { mode: 0o644, uid: 0, gid: 0 };
    FileImage { path: path.into(), target: path.into(), bytes: text.as_bytes().into(), meta }
}

/// nginx with one site file in its http context.
fn nginx_of(site: &str, http: &str) -> NginxFindings {
    let main = format!("events {{}}\nhttp {{\n{http}\ninclude s/*;\n}}\n");
    NginxFindings {
        version: Version::parse("1.22.1"),
        main: "/e/nginx.conf".into(),
        files: vec![image("/e/nginx.conf", &main), image("/e/s/site", site)],
        sites: Vec::new(),
        problem: None,
        service: Service::default(),
        memo: Memo::default(),
    }
}

fn apache_of(text: &str, modules: &[&str]) -> ApacheFindings {
    ApacheFindings {
        version: Version::parse("2.4.65"),
        main: "/e/httpd.conf".into(),
        server_root: "/e".into(),
        files: vec![image("/e/httpd.conf", text)],
        sites: Vec::new(),
        modules: Vec::new(),
        built_in: modules.iter().map(ToString::to_string).collect(),
        available: Vec::new(),
        mod_folders: None,
        sysconfig: None,
        defines: Vec::new(),
        problem: None,
        service: Service::default(),
        memo: Memo::default(),
    }
}

/// A Tomcat with this server.xml and Guacamole in it.
fn tomcat_of(text: &str, version: &str) -> TomcatFindings {
    let configuration = Configuration::read(text.as_bytes()).expect("the server.xml is well-formed");
    let mut connectors = Vec::new();
    for service in configuration.services() {
        connectors.extend(service.connectors().map(|connector| Connector {
            line: configuration.line(connector),
            port: port(connector),
            kind: connector_kind(connector),
            address: connector.value("address").map(ToOwned::to_owned),
            uri_encoding: connector.value("URIEncoding").map(ToOwned::to_owned),
            logs_client: service.logs_client(),
        }));
    }
    TomcatFindings {
        base: "/var/lib/tomcat".into(),
        version: Version::parse(version),
        server_xml: image("/t/server.xml", text),
        connectors,
        valves: Vec::new(),
        context_valves: Vec::new(),
        context_problems: Vec::new(),
        contexts: vec!["/guacamole/".into()],
        proven: Vec::new(),
        unconverted: Vec::new(),
        problem: None,
        owner: None,
        named: None,
        service: Service::default(),
        memo: Memo::default(),
    }
}

/// nginx and Tomcat, both good.
fn good() -> Findings {
    Findings {
        nginx: Some(nginx_of(NGINX, "")),
        tomcats: vec![tomcat_of(SERVER_XML, "10.1.60")],
        ..Findings::default()
    }
}

/// The codes found, sorted, each once.
fn codes(findings: &Findings) -> Vec<&'static str> {
    let mut codes: Vec<_> = rules(findings).iter().map(|diagnosis| diagnosis.rule.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// A text with one part of it replaced, which must be there.
#[track_caller]
fn with(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from} is not in the fixture");
    text.replacen(from, to, 1)
}

#[test]
fn a_good_machine_is_silent() {
    assert_eq!(codes(&good()), [""; 0]);
    let apache = Findings { nginx: None, apache: Some(apache_of(APACHE, &MODULES)), ..good() };
    assert_eq!(codes(&apache), [""; 0]);
}

#[test]
fn a_machine_without_any_guacamole_section_is_told_so() {
    let findings = Findings { nginx: Some(nginx_of("server { listen 80; }", "")), ..good() };
    assert_eq!(codes(&findings), ["S07"]);
    let apart = Findings { nginx: None, ..good() };
    assert_eq!(codes(&apart), [""; 0], "a machine with the backend alone has its proxy elsewhere");
}

#[test]
fn what_cannot_be_read_is_named_with_its_line() {
    let findings = Findings { nginx: Some(nginx_of("server {\n  listen 80\n}\n", "")), ..good() };
    let found = rules(&findings);
    assert_eq!(found.iter().map(|d| d.rule).collect::<Vec<_>>(), [Rule::Unreadable]);
    assert_eq!(found[0].file.as_deref(), Some(Path::new("/e/s/site")));
    assert!(found[0].line.is_some());
}

#[test]
fn of_a_context_s_file_that_cannot_be_read_nothing_is_claimed_but_that() {
    let mut findings = good();
    let problem =
        crate::model::Problem { file: "/t/context.xml".into(), at: Some((3, 7)), message: "x".into() };
    findings.tomcats[0].context_problems =
        vec![crate::model::ContextProblem { context: None, problem: problem.clone() }];
    let found = rules(&findings);
    let told: Vec<_> = found.iter().map(|d| (d.rule, d.place())).collect();
    assert_eq!(told, [(Rule::Unreadable, Some("/t/context.xml:3".to_owned()))]);
    findings.tomcats[0].context_problems =
        vec![crate::model::ContextProblem { context: Some("/other/".into()), problem }];
    assert!(codes(&findings).is_empty());
}

#[test]
fn what_this_user_may_not_read_is_no_fault_of_the_file() {
    let denied = std::io::Error::from_raw_os_error(13);
    let mut findings = good();
    findings.tomcats[0].problem = Some(crate::model::Problem {
        file: "/t/server.xml".into(),
        at: None,
        message: format!("it cannot be read: {denied}"),
    });
    assert_eq!(codes(&findings), ["S09"]);
}

#[test]
fn the_worst_comes_first_and_a_line_is_shown_safe_and_short() {
    let long = format!("location /guacamole/ {{ # \u{1b}[31m {}", "x".repeat(500));
    let site = with(NGINX, "location ^~ /guacamole/ {", &long);
    let site = with(&site, "proxy_buffering off;", "");
    let site = with(&site, "proxy_set_header Upgrade $http_upgrade;", "");
    let found = rules(&Findings { nginx: Some(nginx_of(&site, "")), ..good() });
    assert_eq!(found.iter().map(|d| d.rule).collect::<Vec<_>>(), [Rule::Upgrade, Rule::Buffering]);
    let text = found[0].text.as_ref().expect("the line is shown");
    assert!(text.len() < 200 && !text.contains('\u{1b}'), "{text}");
    assert_eq!(found[0].place().as_deref(), Some("/e/s/site:4"));
}

#[test]
fn every_rule_has_a_case_that_breaks_it() {
    let mut cases: Vec<Rule> = [Rule::Unreadable, Rule::NoSite, Rule::Forbidden].into();
    cases.extend(nginx::RULES);
    cases.extend(apache::RULES);
    cases.extend(tomcat::RULES);
    cases.extend(system::RULES);
    let missing: Vec<_> = Rule::ALL.iter().filter(|rule| !cases.contains(rule)).collect();
    assert!(missing.is_empty(), "no test breaks {missing:?}");
}
