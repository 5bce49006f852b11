use super::context_files::context_path;
use super::places::{from_command_line, is_believed};
use super::units::variable;
use super::*;
use crate::model::ConnectorKind;
use std::io::Write as _;

const SERVER_XML: &str = r#"<Server port="-1">
  <Service name="Catalina">
    <Connector port="8080" protocol="HTTP/1.1" URIEncoding="UTF-8"/>
    <Connector port="${ajp}" protocol="AJP/1.3" address="::1"/>
    <Engine name="Catalina" defaultHost="LOCALHOST">
      <Host name="localhost" appBase="webapps">
        <Valve className="org.apache.catalina.valves.RemoteIpValve" internalProxies="127\.0\.0\.1"/>
        <Context path="/in/xml"/>
      </Host>
    </Engine>
  </Service>
</Server>
"#;

/// Every Tomcat with a server.xml: below a folder none runs in a container.
fn probe(system: &System) -> Vec<TomcatFindings> {
    super::probe(system, &[]).tomcats
}

/// Files below a folder that stands for a machine; what is made of them lasts as long as the folder.
#[expect(clippy::disallowed_methods, reason = "a test lays out the tree it looks at")]
fn machine(files: &[(&str, &[u8])]) -> (tempfile::TempDir, System) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, bytes) in files {
        let path = folder.path().join(path.trim_start_matches('/'));
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("the folder is made");
        std::fs::write(path, bytes).expect("the file is written");
    }
    let system = System::below(folder.path()).expect("the folder is there");
    (folder, system)
}

fn zipped(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file(name, zip::write::SimpleFileOptions::default()).expect("an entry is begun");
    archive.write_all(bytes).expect("the entry is written");
    archive.finish().expect("the archive is closed").into_inner()
}

fn debian(war: &[u8]) -> (tempfile::TempDir, System) {
    let jar =
        zipped("org/apache/catalina/util/ServerInfo.properties", b"server.info=x\nserver.number=10.1.60.0\n");
    let (folder, system) = machine(&[
        ("/etc/tomcat10/server.xml", SERVER_XML.as_bytes()),
        ("/etc/tomcat10/Catalina/localhost/a#b.xml", b"<Context/>"),
        ("/usr/share/java/tomcat10-catalina.jar", &jar),
        (
            "/lib/systemd/system/tomcat10.service",
            b"[Service]\nEnvironment=\"CATALINA_BASE=/var/lib/tomcat10\"\n",
        ),
        ("/var/lib/tomcat10/webapps/ROOT/index.html", b""),
        ("/var/lib/tomcat10/webapps/guacamole.war", war),
        ("/var/lib/tomcat10/webapps/readme.txt", b""),
        ("/usr/share/tomcat10/etc/server.xml", SERVER_XML.as_bytes()),
    ]);
    let link = |target: &str, path: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("the folder is made");
        std::os::unix::fs::symlink(target, path).expect("the link is made");
    };
    link("/etc/tomcat10", "var/lib/tomcat10/conf");
    link("../../java/tomcat10-catalina.jar", "usr/share/tomcat10/lib/catalina.jar");
    (folder, system)
}

#[test]
fn finds_debian_s_tomcat_once_by_the_name_a_person_uses() {
    let (_folder, system) = debian(b"");
    let found = probe(&system);
    assert_eq!(found.len(), 1);
    let tomcat = &found[0];
    assert_eq!(tomcat.server_xml.path, Path::new("/etc/tomcat10/server.xml"));
    assert_eq!(tomcat.base, Path::new("/var/lib/tomcat10"));
    assert_eq!(tomcat.version, Version::parse("10.1.60"));
    assert_eq!(tomcat.service.unit.as_deref(), Some("tomcat10.service"));
    assert_eq!(tomcat.service.running, None);
    assert_eq!(tomcat.contexts, ["/guacamole/", "/", "/a/b/", "/in/xml/"]);
}

#[test]
fn describes_connectors_and_valves() {
    let (_folder, system) = debian(b"");
    let tomcat = probe(&system).remove(0);
    let connectors: Vec<_> = tomcat.connectors.iter().map(|c| (c.line, c.port, c.kind)).collect();
    assert_eq!(connectors, [(3, Some(8080), ConnectorKind::Http), (4, None, ConnectorKind::Ajp)]);
    assert_eq!(tomcat.connectors[1].address.as_deref(), Some("::1"));
    assert_eq!(tomcat.connectors[0].uri_encoding.as_deref(), Some("UTF-8"));
    assert_eq!(tomcat.valves[0].parent, "Host");
    assert_eq!(tomcat.valves[0].proxies.as_ref().map(ToString::to_string).as_deref(), Some("127.0.0.1"));
}

#[test]
fn guacamole_is_told_by_its_libraries_whatever_its_name() {
    let war = zipped("WEB-INF/lib/guacamole-common-1.6.0.jar", b"x");
    let (_folder, system) = machine(&[
        ("/opt/tomcat/conf/server.xml", SERVER_XML.as_bytes()),
        ("/opt/tomcat/webapps/ROOT/WEB-INF/lib/guacamole-ext-1.5.5.jar", b""),
        ("/opt/tomcat/webapps/desk.war", &war),
        ("/opt/tomcat/webapps/other/WEB-INF/lib/commons-io.jar", b""),
    ]);
    let found = &probe(&system)[0];
    assert_eq!(found.proven, ["/", "/desk/"]);
    assert_eq!(found.guacamoles().collect::<Vec<_>>(), ["/", "/desk/"]);
    assert_eq!(found.contexts, ["/", "/desk/", "/in/xml/", "/other/"], "Guacamole's come first");
}

/// It was looked for beside the `appBase`, under that name with `-javaee` behind it.
#[test]
fn what_tomcat_converts_is_found_whatever_the_app_base_is_called() {
    let jar =
        zipped("org/apache/catalina/util/ServerInfo.properties", b"server.info=x\nserver.number=10.1.60.0\n");
    for (legacy, folder) in [("", "webapps-javaee"), ("legacyAppBase='old'", "old")] {
        let host = format!("<Host name='a' appBase='apps' {legacy}/>");
        let server_xml = format!("<Server><Service><Engine name='Own'>{host}</Engine></Service></Server>");
        let war = format!("/opt/tomcat/{folder}/guacamole.war");
        let (_folder, system) = machine(&[
            ("/opt/tomcat/conf/server.xml", server_xml.as_bytes()),
            ("/opt/tomcat/lib/catalina.jar", &jar),
            (&war, b""),
        ]);
        assert_eq!(probe(&system)[0].contexts, ["/guacamole/"], "{legacy}");
    }
}

#[test]
fn tells_an_application_for_tomcat_9_by_its_classes() {
    for (class, unconverted) in [("javax/servlet/Filter", true), ("jakarta/servlet/Filter", false)] {
        let (_folder, system) = debian(&zipped("WEB-INF/classes/A.class", class.as_bytes()));
        assert_eq!(!probe(&system)[0].unconverted.is_empty(), unconverted, "{class}");
    }
}

#[test]
fn applications_are_found_in_each_host_s_own_folder() {
    let hosts = "<Host name='a' appBase='sites/a'/><Host name='b' appBase='/srv/b/../b'/><Host name='c' appBase='sites/a'/>\
                 <Host name='d' appBase='sites/none'/><Host name='e' appBase='gone/e'/>";
    let server_xml = format!("<Server><Service><Engine name='Own'>{hosts}</Engine></Service></Server>");
    let (_folder, system) = machine(&[
        ("/var/lib/tomcat10/conf/server.xml", server_xml.as_bytes()),
        ("/var/lib/tomcat10/conf/Own/e/named.xml", b"<Context/>"),
        ("/var/lib/tomcat10/sites/a/one/x", b""),
        ("/var/lib/tomcat10/sites/other/two/x", b""),
        ("/srv/b/three/x", b""),
    ]);
    assert_eq!(probe(&system)[0].contexts, ["/named/", "/one/", "/three/"]);
}

#[test]
fn finds_tarballs_in_their_usual_places_with_the_version_of_their_name() {
    let (_folder, system) = machine(&[
        ("/opt/apache-tomcat-9.0.85/conf/server.xml", SERVER_XML.as_bytes()),
        ("/opt/tomcat/conf/server.xml", b"<Server>"),
        ("/opt/tomcat-empty/x", b""),
        (
            "/etc/systemd/system/guac.service",
            b"[Service]\nEnvironment=CATALINA_BASE=/srv/guac CATALINA_HOME=/opt/t\n",
        ),
        ("/srv/guac/conf/server.xml", SERVER_XML.as_bytes()),
    ]);
    let found = probe(&system);
    let bases: Vec<_> = found.iter().map(|tomcat| tomcat.base.display().to_string()).collect();
    assert_eq!(bases, ["/srv/guac", "/opt/tomcat", "/opt/apache-tomcat-9.0.85"]);
    assert_eq!(found[2].version, Version::parse("9.0.85"));
    let problem = found[1].problem.as_ref().expect("it is not well-formed");
    assert_eq!(problem.file, Path::new("/opt/tomcat/conf/server.xml"));
}

#[test]
fn reads_a_running_jvm_s_command_line() {
    let line = |arguments: &[&str]| arguments.join("\0").into_bytes();
    let start = "org.apache.catalina.startup.Bootstrap";
    let place =
        from_command_line(&line(&["java", "-Dcatalina.base=/b", "-Dcatalina.home=/h", start, "start", ""]))
            .expect("it is a Tomcat");
    assert_eq!((place.base, place.home), (PathBuf::from("/b"), Some(PathBuf::from("/h"))));
    let place =
        from_command_line(&line(&["java", "-Dcatalina.home=/h", start, "-config", "/x/y.xml", "start"]))
            .expect("it is a Tomcat");
    assert_eq!((place.base, place.server_xml), (PathBuf::from("/h"), PathBuf::from("/x/y.xml")));
    assert!(from_command_line(&line(&["java", "-Dcatalina.base=/b", "other.Main"])).is_none());
    assert!(from_command_line(&line(&["java", "-Dcatalina.base=b", start])).is_none());
}

#[test]
fn reads_units_and_names_of_applications() {
    let unit = "Environment=A=1 'CATALINA_BASE=/a/'\nEnvironment=\"CATALINA_BASE=/b\"\n#Environment=CATALINA_BASE=/c";
    assert_eq!(variable(unit, "CATALINA_BASE"), Some(PathBuf::from("/b")));
    for (name, path) in [("ROOT", "/"), ("guacamole", "/guacamole/"), ("a#b", "/a/b/"), ("a##2", "/a/")] {
        assert_eq!(context_path(name), path);
    }
}

#[test]
fn valves_are_found_in_the_files_of_applications() {
    let valve = |proxies: &str| {
        format!(
            "<!-- {CLASS} --><Context>\n<Valve className=\"{CLASS}\" internalProxies=\"{proxies}\"/><Valve className=\"x\"/></Context>",
            CLASS = crate::config::tomcat::REMOTE_IP_VALVE
        )
    };
    let war = zipped("META-INF/context.xml", valve("war").as_bytes());
    let mut files = vec![
        ("/opt/tomcat/conf/server.xml", SERVER_XML.as_bytes().to_vec()),
        (
            "/opt/tomcat/conf/context.xml",
            b"<Context><!-- <Valve className='org.apache.catalina.valves.RemoteIpValve'/> --></Context>"
                .to_vec(),
        ),
        ("/opt/tomcat/webapps/packed.war", war.clone()),
        ("/opt/tomcat/webapps/unpacked.war", war),
        ("/opt/tomcat/webapps/described/META-INF/context.xml", valve("no").into_bytes()),
        ("/opt/tomcat/webapps/unpacked/META-INF/context.xml", valve("folder").into_bytes()),
        ("/opt/tomcat/webapps/broken/META-INF/context.xml", b"<Context>".to_vec()),
        ("/opt/tomcat/conf/Catalina/localhost/described.xml", valve("conf").into_bytes()),
    ];
    let found = |files: &[(&str, Vec<u8>)]| {
        let files: Vec<(&str, &[u8])> = files.iter().map(|(path, bytes)| (*path, &bytes[..])).collect();
        let (_folder, system) = machine(&files);
        let tomcat = probe(&system).remove(0);
        let problems: Vec<_> =
            tomcat.context_problems.iter().map(|own| (own.context.as_deref(), &own.problem)).collect();
        let [(Some("/broken/"), problem)] = problems[..] else { panic!("{problems:?}") };
        assert_eq!(problem.file, Path::new("/opt/tomcat/webapps/broken/META-INF/context.xml"));
        assert_eq!(problem.at, Some((1, 10)), "{problem}");
        let valves = tomcat.context_valves;
        let line = |valve: &crate::model::ContextValve| {
            let context = valve.context.as_deref().unwrap_or("all");
            let file = valve.file.strip_prefix("/opt/tomcat").expect("it is below").display();
            format!("{context} {} {file}:{}", valve.value("internalProxies").unwrap_or_default(), valve.line)
        };
        valves.iter().map(line).collect::<Vec<_>>()
    };
    let of_applications = [
        "/described/ conf conf/Catalina/localhost/described.xml:2",
        "/packed/ war webapps/packed.war/META-INF/context.xml:2",
        "/unpacked/ folder webapps/unpacked/META-INF/context.xml:2",
    ];
    assert_eq!(found(&files), of_applications);
    files[1].1 = valve("all").into_bytes();
    files.push(("/opt/tomcat/conf/Catalina/localhost/context.xml.default", valve("host").into_bytes()));
    let of_all = ["all all conf/context.xml:2", "all host conf/Catalina/localhost/context.xml.default:2"];
    assert_eq!(found(&files), [&of_all[..], &of_applications].concat());
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test starts what is to be found")]
fn a_process_does_not_decide_which_server_xml_is_meant_where_others_can_write() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let base = folder.path().join("base");
    std::fs::create_dir_all(base.join("conf")).expect("the folders are made");
    std::fs::write(base.join("conf/server.xml"), SERVER_XML).expect("the file is written");
    let mut said = std::process::Command::new("/bin/sh")
        .args(["-c", "read line", "java", &format!("-Dcatalina.base={}", base.display())])
        .args(["org.apache.catalina.startup.Bootstrap", "start"])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    let found = [(0o777, 0o755, 0o644), (0o755, 0o777, 0o644), (0o755, 0o755, 0o646), (0o755, 0o755, 0o644)]
        .map(|(of_base, of_conf, of_file)| {
            for (path, mode) in [("", of_base), ("conf", of_conf), ("conf/server.xml", of_file)] {
                std::fs::set_permissions(base.join(path), std::fs::Permissions::from_mode(mode))
                    .expect("a mode");
            }
            probe(&System::machine()).iter().any(|tomcat| tomcat.base == base)
        });
    drop(said.stdin.take());
    said.wait().expect("it ends");
    assert_eq!(found, [false, false, false, true]);
}

#[test]
fn what_belongs_to_tomcat_s_own_user_is_believed_where_a_unit_or_a_usual_folder_vouches_for_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let files = ["/srv/own/conf/server.xml", "/srv/own/conf/second.xml", "/srv/other/conf/server.xml"];
    let (folder, system) = machine(&files.map(|path| (path, SERVER_XML.as_bytes())));
    for base in ["srv/own", "srv/other"] {
        let open = std::fs::Permissions::from_mode(0o777);
        std::fs::set_permissions(folder.path().join(base), open).expect("a mode");
    }
    let place = |base: &str, server_xml: &str| Place {
        base: base.into(),
        home: None,
        server_xml: server_xml.into(),
        unit: None,
        running: Some(true),
        started: None,
        user: None,
    };
    let known = [place("/srv/own", files[0])];
    for (base, server_xml, believed) in [
        ("/srv/own", files[0], true),
        ("/srv/own/../own", files[0], true),
        ("/srv/own", files[1], true),
        ("/srv/own", files[2], false),
        ("/srv/other", files[2], false),
        ("/srv/other", files[0], false),
    ] {
        let place = place(base, server_xml);
        assert_eq!(is_believed(&system, &place, &known), believed, "{base} {server_xml}");
    }
}
