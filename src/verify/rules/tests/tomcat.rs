use super::*;

type Case = (Rule, &'static str, &'static str, &'static str);

const HTTP: &str = r#"<Connector port="8080" protocol="HTTP/1.1" address="127.0.0.1" URIEncoding="UTF-8"/>"#;
const VALVE: &str = r#"<Valve className="org.apache.catalina.valves.RemoteIpValve"
               internalProxies="127\.0\.0\.1" proxiesHeader="x-forwarded-by"/>"#;
const COMMENTED: &str =
    r#"<!-- <Valve className="org.apache.catalina.valves.RemoteIpValve" internalProxies="x"/> -->"#;
const TRUSTED: &str = r#"internalProxies="127\.0\.0\.1""#;

/// A rule, the version, what of the good server.xml is replaced, and by what.
const CASES: &[Case] = &[
    (Rule::AjpUsed, "10.1.60", "HTTP/1.1", "AJP/1.3"),
    (
        Rule::AjpOpen,
        "9.0.30",
        HTTP,
        r#"<Connector port="8080" address="127.0.0.1"/><Connector port="8009" protocol="AJP/1.3"/>"#,
    ),
    (
        Rule::AjpOpen,
        "10.1.60",
        HTTP,
        r#"<Connector port="8080" address="127.0.0.1"/><Connector port="8009" protocol="AJP/1.3" address="0.0.0.0"/>"#,
    ),
    (Rule::NoHttpConnector, "10.1.60", "port=\"8080\"", "port=\"8081\""),
    (Rule::NoHttpConnector, "10.1.60", "address=\"127.0.0.1\"", "address=\"10.0.0.5\""),
    (Rule::UriEncoding, "7.0.109", " URIEncoding=\"UTF-8\"", ""),
    (Rule::UriEncoding, "10.1.60", "UTF-8\"/>", "ISO-8859-1\"/>"),
    (Rule::ConnectorOpen, "10.1.60", " address=\"127.0.0.1\"", ""),
    (Rule::ConnectorOpen, "10.1.60", "address=\"127.0.0.1\"", "address=\"0.0.0.0\""),
    (Rule::ValveMissing, "10.1.60", VALVE, ""),
    (Rule::ValveCommented, "10.1.60", VALVE, COMMENTED),
    (
        Rule::ValveDoubled,
        "10.1.60",
        "<Host name=",
        "<Valve className=\"org.apache.catalina.valves.RemoteIpValve\" internalProxies=\"127.0.0.1\"/><Host name=",
    ),
    (
        Rule::ValveLate,
        "10.1.60",
        "<Valve",
        "<Valve className=\"org.apache.catalina.valves.RemoteAddrValve\" allow=\"10.*\"/><Valve",
    ),
    (Rule::ProxiesHeader, "10.1.60", "proxiesHeader", "remoteIpProxiesHeader"),
    (Rule::ProxiesGrammar, "10.1.60", TRUSTED, "internalProxies=\"127.0.0.1/32,::1/128\""),
    (Rule::ProxiesGrammar, "9.0.85", TRUSTED, "internalProxies=\"::1\""),
    (Rule::ProxiesInvalid, "10.1.60", TRUSTED, "internalProxies=\"127(\""),
    (Rule::ProxiesInvalid, "12.0.0", TRUSTED, TRUSTED),
    (Rule::ProxiesOpen, "10.1.60", TRUSTED, "internalProxies=\".*\""),
    (Rule::ProxiesDefault, "10.1.60", TRUSTED, ""),
    (Rule::ProxiesLackProxy, "10.1.60", TRUSTED, "internalProxies=\"10\\.0\\.0\\.1\""),
    (Rule::AccessLogProxy, "10.1.60", " requestAttributesEnabled=\"true\"", ""),
];

pub(super) const RULES: [Rule; 20] = [
    Rule::AjpUsed,
    Rule::AjpOpen,
    Rule::NoHttpConnector,
    Rule::UriEncoding,
    Rule::ConnectorOpen,
    Rule::ValveMissing,
    Rule::ValveCommented,
    Rule::ValveDoubled,
    Rule::ValveLate,
    Rule::ProxiesHeader,
    Rule::ProxiesGrammar,
    Rule::ProxiesInvalid,
    Rule::ProxiesOpen,
    Rule::ProxiesDefault,
    Rule::ProxiesLackProxy,
    Rule::AccessLogProxy,
    Rule::ProxiesOneFamily,
    Rule::Unconverted,
    Rule::NotDeployed,
    Rule::TomcatUnknown,
];

fn found(server_xml: &str, version: &str) -> Vec<&'static str> {
    codes(&Findings { tomcats: vec![tomcat_of(server_xml, version)], ..good() })
}

#[test]
fn one_thing_broken_is_found_by_its_code_alone() {
    for (rule, version, from, to) in CASES {
        assert_eq!(found(&with(SERVER_XML, from, to), version), [rule.code()], "{version}: {from} -> {to}");
    }
}

#[test]
fn what_serves_the_purpose_as_well_is_silent() {
    for (version, from, to) in [
        ("10.1.60", TRUSTED, r#"internalProxies="127\.0\.0\.1|0:0:0:0:0:0:0:1""#),
        ("10.1.60", TRUSTED, r#"internalProxies="127\.\d+\.\d+\.\d+""#),
        ("11.0.13", TRUSTED, r#"internalProxies="127.0.0.1/32""#),
        ("12.0.0", TRUSTED, r#"internalProxies="127.0.0.1""#),
        ("10.1.60", " URIEncoding=\"UTF-8\"", ""),
        (
            "10.1.60",
            HTTP,
            r#"<Connector port="8080" address="127.0.0.1"/><Connector port="8009" protocol="AJP/1.3"/>"#,
        ),
        ("10.1.60", HTTP, r#"<Connector port="${http.port}" address="127.0.0.1"/>"#),
        (
            "10.1.60",
            "<Host name=",
            "<!-- <Valve className='org.apache.catalina.valves.RemoteIpValve'/> --><Host name=",
        ),
    ] {
        assert_eq!(found(&with(SERVER_XML, from, to), version), [""; 0], "{version}: {from} -> {to}");
    }
}

#[test]
fn a_proxy_that_connects_to_localhost_comes_from_two_addresses() {
    let nginx = nginx_of(&with(NGINX, "http://127.0.0.1:8080", "http://localhost:8080"), "");
    let dual = |trusted: &str| {
        let text = with(SERVER_XML, "address=\"127.0.0.1\"", "address=\"::\"");
        let tomcats = vec![tomcat_of(&with(&text, TRUSTED, trusted), "10.1.60")];
        let mut codes = codes(&Findings { nginx: Some(nginx.clone()), tomcats, ..Findings::default() });
        codes.retain(|code| *code != Rule::ConnectorOpen.code());
        codes
    };
    assert_eq!(dual(TRUSTED), ["T15"]);
    assert_eq!(dual(r#"internalProxies="127\.0\.0\.1|::1""#), ["T15"], "Java prints eight groups");
    assert_eq!(dual(r#"internalProxies="127\.0\.0\.1|0:0:0:0:0:0:0:1""#), [""; 0]);
}

#[test]
fn the_application_has_to_be_deployed_and_to_start() {
    let tomcat = tomcat_of(SERVER_XML, "10.1.60");
    let elsewhere = TomcatFindings { contexts: vec!["/guac/".into()], ..tomcat.clone() };
    assert_eq!(codes(&Findings { tomcats: vec![elsewhere], ..good() }), ["T20"]);
    let unconverted = TomcatFindings { unconverted: vec!["/guacamole/".into()], ..tomcat };
    assert_eq!(codes(&Findings { tomcats: vec![unconverted], ..good() }), ["T19"]);
}

#[test]
fn a_tomcat_that_nobody_asks_for_guacamole_needs_no_valve() {
    let other = with(&with(SERVER_XML, VALVE, ""), "8080", "9090");
    let other = TomcatFindings { contexts: vec!["/".into()], ..tomcat_of(&other, "10.1.60") };
    let tomcats = vec![tomcat_of(SERVER_XML, "10.1.60"), other];
    assert_eq!(codes(&Findings { tomcats, ..good() }), [""; 0]);
}

#[test]
fn of_two_tomcats_with_one_port_the_running_one_is_asked() {
    let running = |text: &str, running| {
        let mut tomcat = tomcat_of(text, "10.1.60");
        tomcat.service.running = Some(running);
        tomcat
    };
    let bad = with(SERVER_XML, VALVE, "");
    let tomcats = vec![running(&bad, false), running(SERVER_XML, true)];
    assert_eq!(codes(&Findings { tomcats, ..good() }), [""; 0]);
    let tomcats = vec![running(SERVER_XML, false), running(&bad, true)];
    assert_eq!(codes(&Findings { tomcats, ..good() }), ["T06"]);
}

#[test]
fn a_secret_of_a_connector_is_not_shown() {
    let text = with(
        SERVER_XML,
        HTTP,
        r#"<Connector port="8080" address="127.0.0.1" keystorePass="hunter2" URIEncoding="x"/>"#,
    );
    let found = rules(&Findings { tomcats: vec![tomcat_of(&text, "10.1.60")], ..good() });
    assert_eq!(found[0].rule, Rule::UriEncoding);
    assert!(found[0].text.as_ref().is_some_and(|text| text.contains("***") && !text.contains("hunter2")));
}

#[test]
fn an_access_log_that_does_not_name_the_client_needs_no_attribute() {
    let log = |pattern: &str| {
        let text = with(
            SERVER_XML,
            " pattern=\"common\" requestAttributesEnabled=\"true\"",
            &format!(" pattern=\"{pattern}\""),
        );
        codes(&Findings { tomcats: vec![tomcat_of(&text, "10.1.60")], ..good() })
    };
    assert_eq!(log("%{X-Forwarded-For}i %l %u %t"), [""; 0]);
    assert_eq!(log("%{c}a %t"), [""; 0], "the connection's own address is meant");
    let none = with(SERVER_XML, " pattern=\"common\" requestAttributesEnabled=\"true\"", "");
    let silent = codes(&Findings { tomcats: vec![tomcat_of(&none, "10.1.60")], ..good() });
    assert_eq!(silent, [""; 0], "without a pattern Tomcat logs nothing");
    for pattern in ["%h %l %u %t", "combined", "%a %t"] {
        assert_eq!(log(pattern), ["T17"], "{pattern}");
    }
}

#[test]
fn a_valve_of_the_application_s_own_context_is_a_valve() {
    let text =
        with(SERVER_XML, VALVE, &format!("<Context path=\"/guacamole\" docBase=\"g\">{VALVE}</Context>"));
    assert_eq!(
        codes(&Findings {
            tomcats: vec![tomcat_of(&text, "10.1.60")],
            nginx: Some(nginx_of(&with(NGINX, "8080;", "8080/guacamole/;"), "")),
            ..good()
        }),
        [""; 0]
    );
    let other = text.replace("path=\"/guacamole\"", "path=\"/other\"");
    assert_eq!(codes(&Findings { tomcats: vec![tomcat_of(&other, "10.1.60")], ..good() }), ["T06"]);
}
