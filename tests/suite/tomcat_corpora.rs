//! server.xml files found in public, edge cases with Tomcat's own verdicts, and the real Tomcat and Java.

use guacfront::config::tomcat::{Configuration, connector_kind, port, to_grammar};
use guacfront::model::{
    Answers, ConnectorKind, Draft, FileImage, Meta, Note, Service, TomcatFindings, TrustedProxies, Version,
};
use guacfront::plan::{PlanError, tomcat::changes};
use guacfront::system::{CommandOutput, CommandRequest, System};
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The folder of corpora and edge cases; it is data to test with, and not everybody has it.
#[expect(clippy::disallowed_methods, reason = "the suite's own setting, read where it is used")]
fn corpora() -> Option<PathBuf> {
    let folder = std::env::var("GUACFRONT_CORPORA").unwrap_or_else(|_| "../shared".to_owned());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    if folder.join("edge/xml_verdicts.tsv").exists() {
        return Some(folder);
    }
    println!("no corpora at {}: nothing is proved on them", folder.display());
    None
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).expect("a file of the corpora can be read")
}

fn table(path: &Path) -> Vec<Vec<String>> {
    let text = String::from_utf8(read(path)).expect("a table is UTF-8");
    text.lines().skip(1).map(|line| line.split('\t').map(ToOwned::to_owned).collect()).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let listed = table(&folder.join("corpora/tomcat_verdicts.tsv"));
    let edges = table(&folder.join("edge/xml_verdicts.tsv"));
    let corpus = listed.into_iter().map(|row| folder.join("corpora").join(&row[0]));
    corpus
        .chain(edges.into_iter().map(|row| folder.join("edge/xml").join(format!("{}.xml", row[0]))))
        .collect()
}

fn findings(bytes: &[u8]) -> TomcatFindings {
    TomcatFindings {
        base: "/var/lib/tomcat10".into(),
        version: Version::parse("10.1.60"),
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
        memo: guacfront::model::Memo::default(),
    }
}

fn answers(port: u16) -> Answers {
    Draft { port: port.to_string(), ..Draft::default() }.parse().expect("the draft is good")
}

/// The port of the first HTTP connector, as a person would name it.
fn usual_port(bytes: &[u8]) -> u16 {
    let Ok(configuration) = Configuration::read(bytes) else { return 8080 };
    let mut connectors = configuration.services().flat_map(|s| s.connectors().collect::<Vec<_>>());
    connectors.find(|c| connector_kind(*c) == ConnectorKind::Http).and_then(port).unwrap_or(8080)
}

/// The file afterwards; proves that all else is the same, that it can be taken back and that once is enough.
fn edited(bytes: &[u8], answers: &Answers) -> Result<Vec<u8>, PlanError> {
    let plan = |bytes: &[u8]| changes(answers, &findings(bytes), &mut Vec::<Note>::new());
    let planned = plan(bytes)?;
    let Some(change) = planned.first() else { return Ok(bytes.to_vec()) };
    let (mut undone, mut from, mut to) = (Vec::new(), 0, 0);
    for edit in &change.changes {
        assert_eq!(bytes[from..edit.from.start], change.after[to..edit.to.start]);
        undone.extend_from_slice(&change.after[to..edit.to.start]);
        undone.extend_from_slice(&bytes[edit.from.clone()]);
        (from, to) = (edit.from.end, edit.to.end);
    }
    undone.extend_from_slice(&change.after[to..]);
    assert_eq!(undone, bytes, "taken back it is as it was");
    assert_eq!(plan(&change.after)?, [], "a second run changes nothing");
    Ok(change.after.to_vec())
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at..].starts_with(from) {
            out.extend_from_slice(to);
            at += from.len();
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    out
}

#[test]
fn reads_what_tomcat_reads_and_refuses_what_it_refuses() {
    let Some(folder) = corpora() else { return };
    for row in table(&folder.join("edge/xml_verdicts.tsv")) {
        let bytes = read(&folder.join("edge/xml").join(format!("{}.xml", row[0])));
        let result = Configuration::read(&bytes[..]);
        // Tomcat would take a host from another file, which cannot be edited here.
        let refused = row[1] == "NOT-wellformed" || row[0] == "22_external_entity_host";
        assert_eq!(result.is_err(), refused, "{}: {result:?}", row[0]);
        if let (Err(error), Some(at)) = (result, row[3].find("line [")) {
            let line: usize =
                row[3][at + 6..].split(']').next().and_then(|n| n.parse().ok()).expect("a line");
            let found = guacfront::config::position(&bytes, error.offset).0;
            assert_eq!(found, line, "{}: {error}", row[0]);
        }
    }
    for row in table(&folder.join("corpora/tomcat_verdicts.tsv")) {
        assert!(Configuration::read(read(&folder.join("corpora").join(&row[0]))).is_ok(), "{}", row[0]);
    }
}

#[test]
fn edits_every_file_and_every_variant_of_it_and_nothing_else_in_it() {
    let Some(folder) = corpora() else { return };
    let (mut planned, mut refused) = (0, Vec::new());
    for file in files(&folder) {
        let bytes = read(&file);
        let wide = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
        let mut variants = vec![bytes.clone()];
        if !wide {
            let lf = replaced(&bytes, b"\r\n", b"\n");
            variants.push(replaced(&lf, b"\n", b"\r\n"));
            variants.push(lf.trim_ascii_end().to_vec());
            let latin1 = replaced(&replaced(&lf, b"UTF-8", b"ISO-8859-1"), b"utf-8", b"iso-8859-1");
            if latin1 != lf && lf.is_ascii() {
                variants.push(replaced(&latin1, b"<!-- ", b"<!-- \xe9 "));
            }
        }
        for bytes in variants {
            match edited(&bytes, &answers(usual_port(&bytes))) {
                Ok(_) => planned += 1,
                Err(PlanError::Unproven { message, .. }) => panic!("{}: {message}", file.display()),
                Err(error) => refused.push(format!("{}: {error}", file.display())),
            }
        }
    }
    println!("{planned} planned, {} refused:\n{}", refused.len(), refused.join("\n"));
    assert!(planned > 4 * refused.len(), "most files that Tomcat reads can be edited");
}

#[test]
fn a_latin_1_byte_in_a_utf_8_file_is_refused_by_name() {
    let Some(folder) = corpora() else { return };
    let stock = folder.join("corpora/tomcat/apache+tomcat/conf/server.xml");
    let bytes = replaced(&read(&stock), b"<!-- ", b"<!-- \xe9 ");
    let error = edited(&bytes, &answers(8080)).expect_err("it is no UTF-8").to_string();
    assert!(error.starts_with("/etc/tomcat10/server.xml:") && error.contains("UTF-8"), "{error}");
}

fn run(argv: &[&str]) -> CommandOutput {
    let argv = argv.iter().map(ToString::to_string).collect();
    System::machine().run(&CommandRequest { argv, deadline: Duration::from_secs(120) }).expect("it starts")
}

#[track_caller]
fn program(name: &str) -> String {
    let found = System::machine().program(&[name]);
    found.unwrap_or_else(|| panic!("{name} is missing; tests/run installs it")).display().to_string()
}

/// Where the Tomcat is that is asked.
fn home() -> String {
    std::env::var("CATALINA_HOME").unwrap_or_else(|_| "/usr/share/tomcat10".to_owned())
}

/// A server.xml of its own, without ports that are fixed.
const PLAIN: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Server port="-1" shutdown="SHUTDOWN">
  <Service name="Catalina">
    CONNECTOR
    <Engine name="Catalina" defaultHost="localhost">
      HOST
    </Engine>
  </Service>
</Server>
"#;

#[test]
fn tomcat_itself_accepts_the_outcome_without_a_warning() {
    let java = program("java");
    let http = r#"<Connector port="PORT" address="127.0.0.1"/>"#;
    let ajp = r#"<Connector protocol="AJP/1.3" port="PORT" secretRequired="false" packetSize="9000"
               tomcatAuthentication="false" allowedRequestAttributesPattern=".*" ajpFlush="true" secret="x" />"#;
    let host = r#"<Host name="localhost"  appBase="webapps" />"#;
    let manual = r#"<Host name="localhost" appBase="webapps"><Valve
         className="org.apache.catalina.valves.RemoteIpValve" internalProxies="127.0.0.1"
         remoteIpHeader="x-forwarded-for" remoteIpProxiesHeader="x-forwarded-by"
         protocolHeader="x-forwarded-proto" /></Host>"#;
    let mut cases = vec![(http, host), (ajp, host), ("", manual), (ajp, manual)]
        .into_iter()
        .map(|(connector, host)| PLAIN.replace("CONNECTOR", connector).replace("HOST", host).into_bytes())
        .collect::<Vec<_>>();
    cases.push(
        format!("\u{feff}{}", String::from_utf8_lossy(&cases[0]).replace("UTF-8", "UTF-16"))
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect(),
    );
    if let Some(folder) = corpora() {
        let stock = "corpora/tomcat/debian+tomcat10_10.1.60-1~deb12u1_all/usr/share/tomcat10/etc/server.xml";
        let stock = read(&folder.join(stock));
        cases.push(replaced(&stock, b"port=\"8080\"", b"address=\"127.0.0.1\" port=\"PORT\""));
    }
    for case in &cases {
        configtest(&java, case);
    }
}

fn configtest(java: &str, case: &[u8]) {
    let free = free_port();
    let (name, number) = ("PORT", free.to_string());
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>();
    let before = replaced(case, name.as_bytes(), number.as_bytes());
    let before = replaced(&before, &wide(name), &wide(&number));
    let after = edited(&before, &answers(free)).expect("it can be planned");
    assert_ne!(after, before);
    let (accepts, said) = tested(java, &after);
    let text = String::from_utf8_lossy(&after);
    assert!(accepts && !said.contains("WARNING") && !said.contains("SEVERE"), "{said}\n{text}");
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// Tomcat's own test of a server.xml: whether it accepts, and what it says.
#[expect(clippy::disallowed_methods, reason = "a test lays out the tree it looks at")]
fn tested(java: &str, server_xml: &[u8]) -> (bool, String) {
    let base = tempfile::tempdir().expect("a temporary folder");
    for folder in ["conf", "logs", "webapps", "work", "temp"] {
        std::fs::create_dir(base.path().join(folder)).expect("the folder is made");
    }
    std::fs::write(base.path().join("conf/server.xml"), server_xml).expect("the file is written");
    std::fs::write(base.path().join("conf/tomcat-users.xml"), "<tomcat-users/>")
        .expect("the file is written");
    let output = run(&[
        java,
        "-cp",
        &format!("{0}/bin/bootstrap.jar:{0}/bin/tomcat-juli.jar", home()),
        &format!("-Dcatalina.base={}", base.path().display()),
        &format!("-Dcatalina.home={}", home()),
        "org.apache.catalina.startup.Bootstrap",
        "configtest",
    ]);
    let said = output.stdout + &output.stderr;
    // Debian's own native library is older than its Tomcat likes, whatever stands in the file.
    let of_the_file = |line: &&str| !line.contains("Tomcat Native library");
    (output.code == Some(0), said.lines().filter(of_the_file).collect::<Vec<_>>().join("\n"))
}

/// A file found in public with connectors on the loopback alone, that for HTTP on a free port and all others on any.
fn confined(bytes: &[u8], free: u16) -> Vec<u8> {
    let usual = format!("port=\"{}\"", usual_port(bytes));
    let mut bytes = bytes.to_vec();
    for other in ["8005", "8009", "8443", "8080", "80", "443"] {
        let port = format!("port=\"{other}\"");
        if port != usual {
            bytes = replaced(&bytes, port.as_bytes(), b"port=\"0\"");
        }
    }
    let bytes = replaced(&bytes, usual.as_bytes(), format!("port=\"{free}\"").as_bytes());
    replaced(&bytes, b"<Connector ", b"<Connector address=\"127.0.0.1\" ")
}

/// What Tomcat finds wrong, the time and the place in its own log left out.
fn complaints(said: &str) -> Vec<&str> {
    said.lines()
        .filter(|line| line.contains("WARNING") || line.contains("SEVERE"))
        .filter_map(|line| line.split_once("] "))
        .map(|(_, text)| text)
        .collect()
}

#[test]
fn tomcat_accepts_a_file_found_in_public_exactly_where_it_accepted_it_before() {
    let java = program("java");
    let Some(folder) = corpora() else { return };
    let (mut accepted, mut refused) = (0, 0);
    // A virtual machine is started for each verdict: every third file will do.
    for row in table(&folder.join("corpora/tomcat_verdicts.tsv")).iter().step_by(3) {
        let free = free_port();
        let before = confined(&read(&folder.join("corpora").join(&row[0])), free);
        let Ok(after) = edited(&before, &answers(free)) else { continue };
        let (verdict, said) = tested(&java, &before);
        let (verdict_after, said_after) = tested(&java, &after);
        assert_eq!(verdict_after, verdict, "{}: {said_after}", row[0]);
        for complaint in complaints(&said_after) {
            assert!(complaints(&said).contains(&complaint), "{}: {complaint}", row[0]);
        }
        accepted += usize::from(verdict);
        refused += usize::from(!verdict);
    }
    println!("{accepted} accepted before and after, {refused} refused before and after");
    assert!(accepted > 5, "only {accepted} were accepted before");
}

/// Reads patterns and addresses, writes `1` or `0` for each pair, with the very call that Tomcat makes.
const MATCHER: &str = "public class Matcher { public static void main(String[] a) throws Exception {
    var lines = java.nio.file.Files.readAllLines(java.nio.file.Path.of(a[0]));
    var out = new StringBuilder();
    for (String line : lines) {
        String[] parts = line.split(\"\\t\");
        String text = java.net.InetAddress.getByName(parts[1]).getHostAddress();
        out.append(java.util.regex.Pattern.compile(parts[0]).matcher(text).matches() ? '1' : '0');
    }
    System.out.println(out);
} }";

#[test]
#[expect(clippy::disallowed_methods, reason = "a test lays out the tree it looks at")]
fn java_s_own_patterns_match_exactly_the_addresses_of_the_list() {
    let java = program("java");
    let lists = [
        "127.0.0.1, ::1",
        "10.1.0.0/23, 192.168.7.5",
        "172.16.0.0/12",
        "100.64.0.0/10, 203.0.113.128/25",
        "2001:db8::/32",
        "2001:db8:40::/42, fe80::1",
        "fc00::/7, 2001:db8::7",
        "2001:db8:1:2::/127, 0:0:0:1::/64",
    ];
    let mut addresses: Vec<IpAddr> = Vec::new();
    for list in lists {
        for net in TrustedProxies::parse(list).expect("the list is good").nets() {
            let bits = net.max_prefix_len();
            for (edge, flip) in [(net.network(), 0), (net.broadcast(), 0)]
                .into_iter()
                .chain((0..bits).map(|bit| (net.network(), 1_u128 << bit)))
                .chain((0..bits).map(|bit| (net.broadcast(), 1_u128 << bit)))
            {
                addresses.push(match edge {
                    IpAddr::V4(four) => {
                        Ipv4Addr::from_bits(four.to_bits() ^ u32::try_from(flip).expect("32 bits")).into()
                    }
                    IpAddr::V6(six) => Ipv6Addr::from_bits(six.to_bits() ^ flip).into(),
                });
            }
        }
    }
    addresses.sort();
    addresses.dedup();
    let (mut pairs, mut expected) = (String::new(), String::new());
    for list in lists {
        let trust = TrustedProxies::parse(list).expect("the list is good");
        let pattern = to_grammar(&trust, None);
        for address in &addresses {
            let _ = writeln!(pairs, "{pattern}\t{address}");
            expected.push(if trust.contains(address) { '1' } else { '0' });
        }
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(file("Matcher.java"), MATCHER).expect("the file is written");
    std::fs::write(file("pairs"), pairs).expect("the file is written");
    let compiled = run(&[&program("javac"), "-d", &file(""), &file("Matcher.java")]);
    assert!(compiled.succeeded(), "{}", compiled.stderr);
    let output = run(&[&java, "-cp", &file(""), "Matcher", &file("pairs")]);
    assert!(output.succeeded(), "{}", output.stderr);
    assert_eq!(output.stdout.trim(), expected, "{} pairs", expected.len());
    println!("{} pairs of pattern and address agree with java.util.regex", expected.len());
}
