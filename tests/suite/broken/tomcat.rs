//! server.xml and the application, one thing broken at a time.

use super::{Case, Edit, File, Frontend, Judged, Symptom, Where, case};
use Edit::{In, OldWar};
use File::{Base, ServerXml, Site};
use std::io::{Cursor, Write as _};

/// A server.xml with which nothing is wrong.
pub const GOOD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Server port="-1" shutdown="SHUTDOWN">
  <Service name="Catalina">
    <Connector port="8080" protocol="HTTP/1.1" address="127.0.0.1" URIEncoding="UTF-8"/>
    <Engine name="Catalina" defaultHost="localhost">
      <Host name="localhost" appBase="webapps">
        <Valve className="org.apache.catalina.valves.RemoteIpValve"
               internalProxies="127\.0\.0\.1" remoteIpHeader="x-forwarded-for"
               proxiesHeader="x-forwarded-by" protocolHeader="x-forwarded-proto"/>
        <Valve className="org.apache.catalina.valves.AccessLogValve" directory="logs" prefix="access-8080" suffix=".log"
               rotatable="false" buffered="false" pattern="common" requestAttributesEnabled="true"/>
      </Host>
    </Engine>
  </Service>
</Server>
"#;

const TOMCAT: Case = case(Frontend::Nginx, &[], "");
const HTTP: &str =
    "<Connector port=\"8080\" protocol=\"HTTP/1.1\" address=\"127.0.0.1\" URIEncoding=\"UTF-8\"/>";
const VALVE: &str = "<Valve className=\"org.apache.catalina.valves.RemoteIpValve\"
               internalProxies=\"127\\.0\\.0\\.1\" remoteIpHeader=\"x-forwarded-for\"
               proxiesHeader=\"x-forwarded-by\" protocolHeader=\"x-forwarded-proto\"/>";
const TRUSTED: &str = "internalProxies=\"127\\.0\\.0\\.1\"";
const PASS: &str = "proxy_pass http://127.0.0.1:8080;";
const LOG: Symptom = Symptom::Log(Base("logs/access-8080.log"), "127.0.0.1 - - [");

pub const CASES: &[Case] = &[
    Case {
        name: "the port that nginx asks speaks AJP",
        codes: &["T01"],
        edits: &[In(ServerXml, "protocol=\"HTTP/1.1\"", "protocol=\"AJP/1.3\" secretRequired=\"false\"")],
        trials: &["backend", "page"],
        symptoms: &[Symptom::Answer("/guacamole/", 502)],
        ..TOMCAT
    },
    Case {
        name: "an AJP connector is open to the network",
        codes: &["T02"],
        edits: &[In(
            ServerXml,
            HTTP,
            "<Connector port=\"8080\" protocol=\"HTTP/1.1\" address=\"127.0.0.1\" URIEncoding=\"UTF-8\"/>\n    <Connector \
             port=\"18080\" protocol=\"AJP/1.3\" address=\"0.0.0.0\" secretRequired=\"false\"/>",
        )],
        symptoms: &[Symptom::Open("18080")],
        ..TOMCAT
    },
    Case {
        name: "nginx asks a port that nobody has",
        codes: &["T03"],
        edits: &[In(Site, PASS, "proxy_pass http://127.0.0.1:8999;")],
        trials: &["backend", "page"],
        symptoms: &[Symptom::Answer("/guacamole/", 502)],
        ..TOMCAT
    },
    Case {
        name: "Tomcat is on another machine, whose files are not known here",
        codes: &["T21"],
        edits: &[In(Site, PASS, "proxy_pass http://192.0.2.1:8080;")],
        place: Where::FilesAlone("that machine is not there to answer"),
        ..TOMCAT
    },
    Case {
        name: "URLs are read as Latin-1",
        codes: &["T04"],
        edits: &[In(ServerXml, "URIEncoding=\"UTF-8\"", "URIEncoding=\"ISO-8859-1\"")],
        symptoms: &[Symptom::Lab(&["utf8"])],
        ..TOMCAT
    },
    Case {
        name: "the connector is open to the network",
        codes: &["T05"],
        edits: &[In(ServerXml, " address=\"127.0.0.1\"", "")],
        symptoms: &[Symptom::Open("8080")],
        ..TOMCAT
    },
    Case {
        name: "no valve",
        codes: &["T06"],
        edits: &[In(ServerXml, VALVE, "")],
        symptoms: &[Symptom::Lab(&["client-addr", "xff-forged"])],
        ..TOMCAT
    },
    Case {
        name: "the valve stands in a comment",
        codes: &["T07"],
        edits: &[
            In(
                ServerXml,
                "<Valve className=\"org.apache.catalina.valves.RemoteIpValve\"",
                "<!-- <Valve className=\"org.apache.catalina.valves.RemoteIpValve\"",
            ),
            In(
                ServerXml,
                "protocolHeader=\"x-forwarded-proto\"/>",
                "protocolHeader=\"x-forwarded-proto\"/> -->",
            ),
        ],
        symptoms: &[Symptom::Lab(&["client-addr", "xff-forged"])],
        ..TOMCAT
    },
    Case {
        name: "a second valve believes what the first has left",
        codes: &["T08"],
        edits: &[In(
            ServerXml,
            "        <Valve className=\"org.apache.catalina.valves.AccessLogValve\"",
            "        <Valve className=\"org.apache.catalina.valves.RemoteIpValve\" \
             internalProxies=\"127\\.0\\.0\\.1|203\\.0\\.113\\.9\"/>\n        <Valve \
             className=\"org.apache.catalina.valves.AccessLogValve\"",
        )],
        symptoms: &[Symptom::Lab(&["xff-forged"])],
        ..TOMCAT
    },
    Case {
        name: "an address filter runs before the valve",
        codes: &["T09"],
        edits: &[In(
            ServerXml,
            "<Valve className=\"org.apache.catalina.valves.RemoteIpValve\"",
            "<Valve className=\"org.apache.catalina.valves.RemoteAddrValve\" \
             allow=\"203\\.0\\.113\\.9\"/>\n        <Valve className=\"org.apache.catalina.valves.RemoteIpValve\"",
        )],
        trials: &["backend", "page"],
        symptoms: &[Symptom::Answer("/guacamole/", 403)],
        ..TOMCAT
    },
    Case {
        name: "an attribute that no valve knows",
        codes: &["T10"],
        edits: &[In(
            ServerXml,
            "proxiesHeader=\"x-forwarded-by\"",
            "remoteIpProxiesHeader=\"x-forwarded-by\"",
        )],
        verdict: Judged::Warned("failed to set property [remoteIpProxiesHeader]"),
        ..TOMCAT
    },
    Case {
        name: "a list where a regular expression is read",
        codes: &["T11"],
        edits: &[In(ServerXml, TRUSTED, "internalProxies=\"127.0.0.1, 10.0.0.1\"")],
        symptoms: &[Symptom::Lab(&["client-addr", "xff-forged"])],
        ..TOMCAT
    },
    Case {
        name: "a regular expression that is none",
        codes: &["T12"],
        edits: &[In(ServerXml, TRUSTED, "internalProxies=\"127\\.0\\.0\\.(1\"")],
        verdict: Judged::Warned("Error setting property [internalProxies]"),
        symptoms: &[Symptom::Lab(&["xff-direct"])],
        ..TOMCAT
    },
    Case {
        name: "everybody is trusted",
        codes: &["T13"],
        edits: &[In(ServerXml, TRUSTED, "internalProxies=\".*\"")],
        symptoms: &[Symptom::Lab(&["xff-forged", "xff-direct"])],
        ..TOMCAT
    },
    Case {
        name: "every private range is trusted",
        codes: &["T14"],
        edits: &[In(ServerXml, "internalProxies=\"127\\.0\\.0\\.1\" ", "")],
        symptoms: &[Symptom::Lab(&["xff-direct"])],
        ..TOMCAT
    },
    Case {
        name: "the proxy comes from two addresses and one is trusted",
        codes: &["T05", "T15"],
        edits: &[
            In(ServerXml, " address=\"127.0.0.1\"", ""),
            In(Site, PASS, "proxy_pass http://localhost:8080;"),
        ],
        symptoms: &[Symptom::SomeAddresses],
        ..TOMCAT
    },
    Case {
        name: "another address than the proxy's is trusted",
        codes: &["T16"],
        edits: &[In(ServerXml, TRUSTED, "internalProxies=\"192\\.168\\.1\\.20\"")],
        symptoms: &[Symptom::Lab(&["client-addr", "xff-forged"])],
        ..TOMCAT
    },
    Case {
        name: "the access log has the proxy",
        codes: &["T17"],
        edits: &[In(ServerXml, " requestAttributesEnabled=\"true\"", "")],
        symptoms: &[LOG],
        ..TOMCAT
    },
    Case {
        name: "another attribute that nobody knows",
        codes: &["T18"],
        edits: &[
            In(ServerXml, "URIEncoding=\"UTF-8\"", "URIEncoding=\"UTF-8\" colour=\"red\""),
            Edit::Write(
                Base("logs/catalina.2026-11-23.log"),
                "01-Jan-2026 INFO [main] org.apache.catalina.startup.VersionLoggerListener.log Server version name: \
                 Apache Tomcat/10.1\n01-Jan-2026 WARNING [main] \
                 org.apache.tomcat.util.digester.SetPropertiesRule.begin Match [Server/Service/Connector] failed to set \
                 property [colour] to [red]\n",
            ),
        ],
        verdict: Judged::Warned("Match [Server/Service/Connector] failed to set property [colour] to [red]"),
        ..TOMCAT
    },
    Case {
        name: "an application for Tomcat 9",
        codes: &["T19"],
        edits: &[
            In(ServerXml, "appBase=\"webapps\"", "appBase=\"webapps-old\""),
            OldWar(Base("webapps-old/guacamole.war")),
        ],
        trials: &["backend", "page"],
        symptoms: &[Symptom::Answer("/guacamole/", 404)],
        ..TOMCAT
    },
    Case {
        name: "nginx asks for an application that is not there",
        codes: &["T20"],
        edits: &[In(Site, PASS, "proxy_pass http://127.0.0.1:8080/elsewhere/;")],
        trials: &["backend", "page"],
        symptoms: &[Symptom::Answer("/guacamole/", 404)],
        ..TOMCAT
    },
];

const WEB_XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<web-app xmlns="http://xmlns.jcp.org/xml/ns/javaee" version="3.1">
  <listener><listener-class>Old</listener-class></listener>
</web-app>
"#;

/// A .war whose only class listens by the interface of Servlet 4, as Guacamole's does.
///
/// # Source
/// The Java Virtual Machine Specification, The class File Format.
pub fn old_war() -> Vec<u8> {
    let mut class = vec![0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 52, 0, 7];
    for (number, name) in
        ["Old", "java/lang/Object", "javax/servlet/ServletContextListener"].iter().enumerate()
    {
        let utf8 = u8::try_from(2 * number + 1).unwrap();
        class.extend([1, 0, u8::try_from(name.len()).unwrap()]);
        class.extend(name.as_bytes());
        class.extend([7, 0, utf8]);
    }
    // Public; itself, what it extends, one interface; no fields, no methods, no attributes.
    class.extend([0, 0x21, 0, 2, 0, 4, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]);
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let entries = [("WEB-INF/web.xml", WEB_XML.as_bytes()), ("WEB-INF/classes/Old.class", class.as_slice())];
    for (name, bytes) in entries {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
