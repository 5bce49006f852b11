use super::*;
use crate::model::{Draft, Field, FileImage, Meta, Service};

mod bytes;
mod contexts;
mod edited;
mod options;

/// In the manner of the stock file of Tomcat 10.1: the traps of its comments, its broken tags and its double blank.
const STOCK: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- Note:  A "Server" is not itself a "Container" -->
<Server port="-1" shutdown="SHUTDOWN">
  <Service name="Catalina">
    <Connector port="8080" protocol="HTTP/1.1"
               connectionTimeout="20000"
               redirectPort="8443"
               maxParameterCount="1000"
               />
    <!--
    <Connector executor="tomcatThreadPool"
               port="8080" protocol="HTTP/1.1"
               />
    <Connector protocol="AJP/1.3" address="::1" port="8009" />
    -->
    <!-- <Engine name="Catalina" defaultHost="localhost" jvmRoute="jvm1"> -->
    <Engine name="Catalina" defaultHost="localhost">
      <Realm className="org.apache.catalina.realm.LockOutRealm">
        <Realm className="org.apache.catalina.realm.UserDatabaseRealm"
               resourceName="UserDatabase"/>
      </Realm>
      <Host name="localhost"  appBase="webapps"
            unpackWARs="true" autoDeploy="true">

        <!-- SingleSignOn valve
        <Valve className="org.apache.catalina.authenticator.SingleSignOn" />
        -->
        <Valve className="org.apache.catalina.valves.AccessLogValve" directory="logs"
               prefix="localhost_access_log" suffix=".txt"
               pattern="%h %l %u %t &quot;%r&quot; %s %b" />

      </Host>
    </Engine>
  </Service>
</Server>
"#;

fn tomcat(bytes: &[u8], version: &str) -> TomcatFindings {
    TomcatFindings {
        base: "/var/lib/tomcat10".into(),
        version: Version::parse(version),
        server_xml: FileImage {
            path: "/etc/tomcat10/server.xml".into(),
            target: "/etc/tomcat10/server.xml".into(),
            bytes: bytes.into(),
            meta: Meta { mode: 0o640, uid: 0, gid: 0 },
        },
        connectors: Vec::new(),
        valves: Vec::new(),
        context_valves: Vec::new(),
        context_problems: Vec::new(),
        contexts: Vec::new(),
        proven: Vec::new(),
        unconverted: Vec::new(),
        problem: None,
        service: Service::default(),
        memo: crate::model::Memo::default(),
    }
}

fn answers(port: &str, host: &str, proxies: &str) -> Answers {
    let draft = Draft { port: port.into(), host: host.into(), proxies: proxies.into(), ..Draft::default() };
    draft.parse().expect("the draft is good")
}

fn usual() -> Answers {
    answers("8080", "127.0.0.1", "127.0.0.1, ::1")
}

/// The file afterwards and the notes; proves on the way that a second run changes nothing, that the bytes outside
/// the edits are the same, and that taking the edits back gives the file as it was.
fn planned(bytes: &[u8], version: &str, answers: &Answers) -> Result<(Vec<u8>, Vec<Note>), PlanError> {
    let mut notes = Vec::new();
    let changes = changes(answers, &tomcat(bytes, version), &mut notes)?;
    let Some(change) = changes.first() else { return Ok((bytes.to_vec(), notes)) };
    let after = change.after.to_vec();
    let (mut undone, mut from, mut to) = (Vec::new(), 0, 0);
    for edit in &change.changes {
        assert_eq!(
            bytes[from..edit.from.start],
            after[to..edit.to.start],
            "bytes between edits are the same"
        );
        undone.extend_from_slice(&after[to..edit.to.start]);
        undone.extend_from_slice(&bytes[edit.from.clone()]);
        (from, to) = (edit.from.end, edit.to.end);
        let fields = [Field::Port, Field::Proxies, Field::LoopbackOnly, Field::LogClient];
        assert!(edit.field.is_some_and(|field| fields.contains(&field)) && edit.why.ends_with('.'));
    }
    undone.extend_from_slice(&after[to..]);
    assert_eq!(undone, bytes, "taken back it is as it was");
    let again = super::changes(answers, &tomcat(&after, version), &mut Vec::new())?;
    assert!(again.is_empty(), "a second run changes nothing: {:?}", again[0].changes);
    Ok((after, notes))
}

fn text(bytes: &str) -> String {
    let (after, _) = planned(bytes.as_bytes(), "10.1.60", &usual()).expect("it can be planned");
    String::from_utf8(after).expect("it is UTF-8")
}

fn refusal(bytes: &str, answers: &Answers) -> String {
    let error = planned(bytes.as_bytes(), "10.1.60", answers).expect_err("it is refused");
    assert!(matches!(error, PlanError::Refused { .. }), "{error}");
    error.to_string()
}

fn notes(bytes: &str, answers: &Answers) -> String {
    let (_, notes) = planned(bytes.as_bytes(), "10.1.60", answers).expect("it can be planned");
    notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn makes_the_stock_file_ready_in_its_own_style() {
    let after = text(STOCK);
    assert!(
        after.contains(
            "               maxParameterCount=\"1000\"\n               URIEncoding=\"UTF-8\"\n               />\n    <!--\n"
        ),
        "{after}"
    );
    let at = after.find("autoDeploy=\"true\">\n        <!-- guacfront begin ").expect("it stands first");
    let valve = after[at..].split_once(" -->\n").expect("the mark ends").1;
    assert!(
        valve.starts_with(
            r#"        <Valve className="org.apache.catalina.valves.RemoteIpValve"
               internalProxies="127\.0\.0\.1|0:0:0:0:0:0:0:1"
               remoteIpHeader="x-forwarded-for"
               proxiesHeader="x-forwarded-by"
               protocolHeader="x-forwarded-proto" />
        <!-- guacfront end -->

        <!-- SingleSignOn valve
"#
        ),
        "{valve}"
    );
}

#[test]
fn follows_a_changed_answer_in_place_and_keeps_its_mark_intact() {
    let before = text(STOCK);
    let other = answers("8080", "127.0.0.1", "127.0.0.1, 10.1.0.0/24");
    let (after, _) = planned(before.as_bytes(), "10.1.60", &other).expect("it can be planned");
    let configuration = Configuration::read(&after[..]).expect("it is well-formed");
    assert_eq!(configuration.marks().len(), 1);
    assert!(configuration.marks()[0].intact);
    let (back, _) = planned(&after, "10.1.60", &usual()).expect("it can be planned");
    assert_eq!(String::from_utf8_lossy(&back), before);
}

#[test]
fn turns_ajp_into_http_without_opening_it() {
    let before = STOCK.replace(
        "<Connector port=\"8080\" protocol=\"HTTP/1.1\"",
        "<Connector port=\"8080\" protocol='AJP/1.3' secretRequired=\"true\" secret=\"passw0rd\"",
    );
    let (after, notes) = planned(before.as_bytes(), "10.1.60", &usual()).expect("it can be planned");
    let after = String::from_utf8_lossy(&after);
    assert!(after.contains("<Connector port=\"8080\" protocol='HTTP/1.1'\n"), "{after}");
    assert!(after.contains("address=\"127.0.0.1\""), "{after}");
    assert!(
        notes.iter().any(|note| note.warning && note.text.contains("secret, secretRequired")),
        "{notes:?}"
    );
    assert!(!notes.iter().any(|note| note.text.contains("passw0rd")));
}

#[test]
fn adds_a_connector_and_names_those_there_are() {
    let elsewhere = answers("8081", "127.0.0.1", "127.0.0.1");
    let (after, notes) = planned(STOCK.as_bytes(), "10.1.60", &elsewhere).expect("it can be planned");
    let after = String::from_utf8_lossy(&after);
    assert!(
        after.contains(
            "<Connector port=\"8081\" protocol=\"HTTP/1.1\"\n               address=\"127.0.0.1\"\n               connectionTimeout"
        ),
        "{after}"
    );
    assert!(
        notes.iter().any(|note| note.warning && note.text.contains("HTTP on port 8080 (line 5)")),
        "{notes:?}"
    );
}

#[test]
fn refuses_what_could_be_meant_twice() {
    let twice = STOCK.replace(
        "    <!--\n    <Connector executor",
        "    <Connector port=\"8080\"/>\n    <!--\n    <Connector executor",
    );
    assert!(refusal(&twice, &usual()).contains("several connectors"));
    let hosts = STOCK.replace("defaultHost=\"localhost\">\n", "defaultHost=\"x\">\n<Host name=\"a\"/>\n");
    assert!(refusal(&hosts, &usual()).contains("several hosts"));
    let tls = STOCK.replace("connectionTimeout", "SSLEnabled=\"true\" connectionTimeout");
    assert!(refusal(&tls, &usual()).contains("TLS"));
    let shutdown = STOCK.replace("<Server port=\"-1\"", "<Server port=\"8005\"");
    assert!(refusal(&shutdown, &answers("8005", "127.0.0.1", "127.0.0.1")).contains("shutdown"));
    let entity = "<!DOCTYPE Server [ <!ENTITY h '<Host/>'> ]>\n<Server><Service><Connector port='8080'/>\
                  <Engine>&h;</Engine></Service></Server>";
    assert!(refusal(entity, &usual()).contains("entity"));
}

#[test]
fn tells_connectors_on_one_port_apart_by_their_address() {
    let two = STOCK.replace(
        "    <Connector port=\"8080\" protocol=\"HTTP/1.1\"\n",
        "    <Connector port=\"8080\" address=\"127.0.0.1\" />\n    <Connector port=\"8080\" address=\"10.0.0.5\"\n",
    );
    assert!(text(&two).contains("address=\"127.0.0.1\" URIEncoding=\"UTF-8\" />"));
}

#[test]
fn takes_the_only_connector_whose_port_tomcat_alone_can_tell() {
    let property = STOCK.replacen("\"8080\"", "\"${http.port}\"", 1);
    assert!(text(&property).contains("URIEncoding"));
    assert!(notes(&property, &usual()).contains("${http.port}"));
}

const VALVE: &str = r#"<Valve className="org.apache.catalina.valves.RemoteIpValve" "#;

fn with_valve(attributes: &str) -> String {
    STOCK
        .replace(
            "unpackWARs=\"true\" autoDeploy=\"true\">\n",
            &format!("autoDeploy=\"true\">\n        {VALVE}{attributes}/>\n"),
        )
        .replace("maxParameterCount=\"1000\"", "URIEncoding='utf-8'")
}

#[test]
fn leaves_a_valve_that_means_the_same() {
    for attributes in [
        r#"internalProxies="127\.0\.0\.1|0:0:0:0:0:0:0:1""#,
        r#"internalProxies="0:0:0:0:0:0:0:1|127.0.0.1" remoteIpHeader="X-Forwarded-For" proxiesHeader="X-FORWARDED-BY" protocolHeader="X-Forwarded-Proto""#,
    ] {
        let before = with_valve(attributes);
        assert_eq!(text(&before), before);
    }
    let old = with_valve(r#"internalProxies="127\.0\.0\.1|0:0:0:0:0:0:0:1""#);
    let (after, _) = planned(old.as_bytes(), "9.0.17", &usual()).expect("it can be planned");
    assert!(String::from_utf8_lossy(&after).contains(r#" protocolHeader="x-forwarded-proto"/>"#));
}

#[test]
fn corrects_the_manual_s_misnamed_attribute_in_place() {
    let before = with_valve(
        r#"internalProxies="127.0.0.1" remoteIpHeader="x-forwarded-for" remoteIpProxiesHeader="x-forwarded-by" protocolHeader="x-forwarded-proto" "#,
    );
    let after = text(&before);
    assert!(after.contains(
        r#"internalProxies="127\.0\.0\.1|0:0:0:0:0:0:0:1" remoteIpHeader="x-forwarded-for" proxiesHeader="x-forwarded-by" protocolHeader="x-forwarded-proto" />"#
    ), "{after}");
    assert!(!after.contains("guacfront begin"));
    let both = with_valve(r#"remoteIpProxiesHeader="a" proxiesHeader="x-forwarded-by""#);
    assert!(!text(&both).contains("remoteIpProxiesHeader"));
}

#[test]
fn says_what_was_wrong_with_the_proxies_and_keeps_what_else_is_there() {
    for (value, words) in [
        (r#"internalProxies="127(""#, "cannot be read"),
        (r#"internalProxies=".*""#, "any address"),
        (r#"internalProxies="127.0.0.1/32""#, "matches no address"),
        ("", "is missing"),
        (r#"internalProxies="10\.0\.0\.1""#, "other proxies"),
    ] {
        let before = with_valve(&format!("{value} requestAttributesEnabled='true' trustedProxies='x'"));
        let after = text(&before);
        assert!(after.contains("requestAttributesEnabled='true' trustedProxies='x'"));
        let notes = notes(&before, &usual());
        assert!(notes.contains(words) && notes.contains("trustedProxies is left"), "{value}: {notes}");
    }
}

#[test]
fn gives_two_valves_on_the_way_the_same_values() {
    let before = with_valve("").replace(
        "      <Realm className=\"org.apache.catalina.realm.Lock",
        &format!("      {VALVE} />\n      <Realm className=\"org.apache.catalina.realm.Lock"),
    );
    let after = text(&before);
    assert_eq!(after.matches(r"127\.0\.0\.1|").count(), 2);
    assert!(notes(&before, &usual()).contains("second RemoteIpValve"));
}

#[test]
fn updates_the_engine_s_valve_instead_of_adding_one() {
    let before = STOCK.replace(
        "      <Realm className=\"org.apache.catalina.realm.Lock",
        &format!("      {VALVE} />\n      <Realm className=\"org.apache.catalina.realm.Lock"),
    );
    assert!(!text(&before).contains("guacfront begin"));
}

#[test]
fn writes_cidr_where_tomcat_reads_it() {
    let (after, _) = planned(STOCK.as_bytes(), "11.0.13", &usual()).expect("it can be planned");
    assert!(String::from_utf8_lossy(&after).contains(r#"internalProxies="127.0.0.1/32,::1/128""#));
    let (after, notes) = planned(STOCK.as_bytes(), "", &usual()).expect("it can be planned");
    assert!(String::from_utf8_lossy(&after).contains(r"127\.0\.0\.1"));
    assert!(notes.iter().any(|note| note.text.contains("version of this Tomcat is unknown")));
}

#[test]
fn warns_of_what_would_not_work_or_stays_open() {
    let ajp = STOCK.replace(
        "    <!--\n    <Connector executor",
        "    <Connector port='8009' protocol='AJP/1.3'/>\n    <!--\n    <Connector executor",
    );
    assert!(notes(&ajp, &usual()).contains("AJP connector on port 8009"));
    assert!(notes(STOCK, &usual()).contains("open to the network"));
    assert!(notes(STOCK, &answers("8080", "localhost", "127.0.0.1")).contains("::1 is not among"));
    assert!(notes(STOCK, &answers("8080", "10.0.0.5", "127.0.0.1")).contains("loopback is trusted"));
    let other = STOCK.replace("defaultHost=\"localhost\">\n      <Realm", "defaultHost=\"x\">\n      <Realm");
    assert!(notes(&other, &usual()).contains("no host here"));
    let several = STOCK.replace("    </Engine>", "      <Host name=\"b\"/>\n    </Engine>");
    assert!(notes(&several, &usual()).contains("several hosts"));
    let bound = STOCK.replace("connectionTimeout", "address=\"10.0.0.5\" connectionTimeout");
    assert!(notes(&bound, &usual()).contains("nothing answers at 127.0.0.1"));
    let mut old = tomcat(STOCK.as_bytes(), "10.1.60");
    old.unconverted = vec!["/guacamole/".into()];
    let mut said = Vec::new();
    changes(&usual(), &old, &mut said).expect("it can be planned");
    assert!(said.iter().any(|note| note.warning && note.text.contains("webapps-javaee")), "{said:?}");
}

#[test]
fn stops_at_a_file_that_could_not_be_read() {
    let error =
        planned(b"<Server>\n<Service></Server>", "10.1.60", &usual()).expect_err("it is not well-formed");
    assert!(error.to_string().starts_with("/etc/tomcat10/server.xml:2:"), "{error}");
}

#[test]
fn edits_beside_an_entity_or_says_why_not() {
    let before = "<!DOCTYPE Server [ <!ENTITY c \"<Connector port='8443' SSLEnabled='true'/>\"> ]>\n<Server><Service>\
                  <Connector port='8080'/>&c;<Engine><Host/></Engine></Service></Server>";
    match planned(before.as_bytes(), "10.1.60", &usual()) {
        Ok((after, _)) => assert!(String::from_utf8_lossy(&after).contains("&c;")),
        Err(error) => assert!(matches!(error, PlanError::Refused { .. }), "{error}"),
    }
}

#[test]
fn every_attribute_it_writes_or_takes_out_is_explained() {
    let after = text(STOCK);
    let configuration = Configuration::read(after.as_bytes()).expect("it is well-formed");
    let service = configuration.services().next().expect("there is one");
    let host = service.default_host().expect("there is one");
    let mut names: Vec<&str> =
        host.children().take(1).flat_map(Element::attributes).map(|a| a.name).collect();
    names.extend(connector::stock(&usual()).lines.iter().flatten().map(|(name, _)| *name));
    names.extend(explain::AJP_ONLY);
    for name in names {
        assert!(explain(name).is_some(), "{name}");
    }
}

#[test]
fn the_snippet_is_what_would_be_written() {
    let snippet = snippet(&usual(), Version::parse("10.1.60").as_ref());
    let whole = format!("<Service>{snippet}</Service>");
    let pasted = Configuration::read(whole.as_bytes()).expect("it is well-formed");
    let names: Vec<_> = pasted.root().children().map(Element::name).collect();
    assert_eq!(names, ["Connector", "Valve"]);
    let after = text(STOCK);
    let valve = snippet.split("<Valve").nth(1).expect("there is a valve").trim();
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(squeezed(&after).contains(&squeezed(valve)));
}
