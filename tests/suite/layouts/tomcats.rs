//! Tomcats of every version and kind: tarball, package, instances of one home, `TomEE`, several on one machine.

use super::super::program::{Machine, Ran};
use super::super::tree::Tree;
use super::lay::{add, lay_out};
use super::wizard::enter_all_the_way;
use guacfront::model::TomcatFindings;
use guacfront::system::System;
use std::fs;

/// nginx.org's nginx, and these Tomcats in the place of its own.
fn machine(tomcats: &str) -> Machine {
    Machine::laid_out(|root| {
        lay_out("nginx-org", root);
        fs::remove_dir_all(root.join("opt")).unwrap();
        add(tomcats, root);
    })
}

fn found(machine: &Machine) -> Vec<TomcatFindings> {
    guacfront::probe::probe(&System::below(&machine.root()).unwrap()).tomcats
}

/// What is found, a line each: base, server.xml, version, unit.
fn told(machine: &Machine) -> Vec<String> {
    let line = |tomcat: &TomcatFindings| {
        let version = tomcat.version.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string);
        let unit = tomcat.service.unit.as_deref().unwrap_or("-");
        format!("{} {} {version} {unit}", tomcat.base.display(), tomcat.server_xml.path.display())
    };
    found(machine).iter().map(line).collect()
}

/// Gives a Tomcat a port of its own, as two that run at once must have.
fn with_port(machine: &Machine, server_xml: &str, port: &str) {
    let text = machine.text(server_xml).replace("port=\"8080\"", &format!("port=\"{port}\""));
    machine.write(server_xml, text);
}

fn answers(server_xml: &str) -> String {
    let file = if server_xml.is_empty() { String::new() } else { format!("server_xml = \"{server_xml}\"\n") };
    format!("version = 1\n[backend]\n{file}[trust]\nproxies = [\"127.0.0.1\", \"10.1.0.0/24\"]\n")
}

/// Applies, applies again, undoes; the valve's `internalProxies` in between.
#[track_caller]
fn journey(machine: &Machine, server_xml: &str, named: &str) -> String {
    let before = Tree::read(&machine.root());
    let ran = |command: &[&str]| -> Ran { machine.with_answers(command, &answers(named)) };
    assert_eq!(ran(&["apply", "--yes"]).code, 0, "{:#?}", ran(&["plan"]));
    let text = machine.text(server_xml);
    let at = text.find("internalProxies=\"").expect("the valve") + "internalProxies=\"".len();
    let list = text[at..].split('"').next().unwrap_or_default().to_owned();
    assert_eq!(ran(&["plan", "--exit-code"]).code, 0);
    let checked = machine.run(&["check", "--rules-only"]);
    assert_eq!(checked.code, 0, "{checked:#?}");
    assert_eq!(machine.run(&["undo", "--yes"]).code, 0);
    before.assert_same_but(&Tree::read(&machine.root()), "/var/lib/guacfront", server_xml);
    list
}

fn tarball(version: &str) -> String {
    format!(
        "--- /opt/apache-tomcat-{version}/conf/server.xml = assets/demo/etc/tomcat10/server.xml\n\
         --- /opt/apache-tomcat-{version}/lib/catalina.jar: Tomcat {version}\n\
         --- /opt/apache-tomcat-{version}/webapps/guacamole/\n"
    )
}

#[test]
fn a_tarball_of_every_version_gets_the_grammar_that_it_reads() {
    for (version, is_cidr) in [
        ("8.5.100", false),
        ("9.0.98", false),
        ("10.1.41", false),
        ("11.0.7", false),
        ("11.0.13", true),
        ("12.0.0", true),
    ] {
        let machine = machine(&tarball(version));
        let server_xml = format!("/opt/apache-tomcat-{version}/conf/server.xml");
        assert_eq!(told(&machine), [format!("/opt/apache-tomcat-{version} {server_xml} {version} -")]);
        let list = journey(&machine, &server_xml, "");
        assert_eq!(list.contains("10.1.0.0/24"), is_cidr, "{version}: {list}");
        assert_eq!(list.contains(r"10\.1\.0\."), !is_cidr, "{version}: {list}");
    }
}

#[test]
fn a_package_s_base_stands_in_its_environment_file() {
    let machine = machine(
        "--- /usr/lib/systemd/system/tomcat.service\n[Service]\nEnvironmentFile=/etc/tomcat/tomcat.conf\n\
         EnvironmentFile=-/etc/sysconfig/tomcat\n\
         --- /etc/tomcat/tomcat.conf\n# CATALINA_HOME=\"/not/this\"\nCATALINA_HOME=\"/usr/share/tomcat\"\n\
         --- /etc/tomcat/server.xml = assets/demo/etc/tomcat10/server.xml\n\
         --- /usr/share/tomcat/conf -> /etc/tomcat\n\
         --- /usr/share/tomcat/lib/catalina.jar: Tomcat 9.0.87\n",
    );
    assert_eq!(told(&machine), ["/usr/share/tomcat /etc/tomcat/server.xml 9.0.87 tomcat.service"]);
    journey(&machine, "/etc/tomcat/server.xml", "");
}

/// One home with the jars, two instances that have a base alone; the home's own server.xml is a third.
const INSTANCES: &str = "--- /opt/apache-tomcat-9.0.98/lib/catalina.jar: Tomcat 9.0.98
--- /opt/apache-tomcat-9.0.98/conf/server.xml = assets/demo/etc/tomcat10/server.xml
--- /srv/guac/conf/server.xml = assets/demo/etc/tomcat10/server.xml
--- /srv/guac/webapps/guacamole/
--- /etc/systemd/system/guac.service
[Service]
Environment=CATALINA_BASE=/srv/guac
Environment=CATALINA_HOME=/opt/apache-tomcat-9.0.98
--- /srv/tomcat-wiki/conf/server.xml = assets/demo/etc/tomcat10/server.xml
--- /srv/tomcat-wiki/bin/setenv.sh
export CATALINA_HOME=/opt/apache-tomcat-9.0.98
";

#[test]
fn instances_have_the_version_of_their_home() {
    let machine = machine(INSTANCES);
    let expected = [
        "/srv/guac /srv/guac/conf/server.xml 9.0.98 guac.service",
        "/opt/apache-tomcat-9.0.98 /opt/apache-tomcat-9.0.98/conf/server.xml 9.0.98 -",
        "/srv/tomcat-wiki /srv/tomcat-wiki/conf/server.xml 9.0.98 -",
    ];
    assert_eq!(told(&machine), expected);
    with_port(&machine, "/opt/apache-tomcat-9.0.98/conf/server.xml", "8081");
    with_port(&machine, "/srv/tomcat-wiki/conf/server.xml", "8082");
    journey(&machine, "/srv/guac/conf/server.xml", "/srv/guac/conf/server.xml");
}

#[test]
fn several_tomcats_are_a_question_and_no_guess() {
    let machine = machine(INSTANCES);
    let ran = machine.with_answers(&["plan"], &answers(""));
    assert_eq!(ran.code, 2, "{ran:#?}");
    for file in ["/srv/guac/conf/server.xml", "/srv/tomcat-wiki/conf/server.xml", "backend.server_xml"] {
        assert!(ran.err.contains(file), "{ran:#?}");
    }
    let suggested = machine.run(&["answers"]).out;
    assert!(suggested.contains("server_xml = \"/srv/guac/conf/server.xml\""), "{suggested}");
}

#[test]
fn the_wizard_takes_the_tomcat_that_is_picked_of_several() {
    let machine = machine(INSTANCES);
    with_port(&machine, "/opt/apache-tomcat-9.0.98/conf/server.xml", "8081");
    with_port(&machine, "/srv/tomcat-wiki/conf/server.xml", "8080");
    enter_all_the_way(&machine, ("", ""), "/srv/guac/conf/server.xml");
    enter_all_the_way(&machine, ("", "Tab Tab Tab Space Space"), "/srv/tomcat-wiki/conf/server.xml");
}

#[test]
fn the_wizard_goes_through_with_every_version_and_with_a_tomee() {
    for version in ["8.5.100", "9.0.98", "10.1.41", "11.0.13", "12.0.0"] {
        let server_xml = format!("/opt/apache-tomcat-{version}/conf/server.xml");
        enter_all_the_way(&machine(&tarball(version)), ("", ""), &server_xml);
    }
    let tomee = "/opt/apache-tomee-plus-10.0.1";
    let tree = format!(
        "--- {tomee}/conf/server.xml = assets/demo/etc/tomcat10/server.xml\n--- {tomee}/lib/catalina.jar: Tomcat 10.1.39\n"
    );
    enter_all_the_way(&machine(&tree), ("", ""), &format!("{tomee}/conf/server.xml"));
}

#[test]
fn instances_of_a_template_unit_are_found_by_name() {
    let machine = machine(
        "--- /usr/lib/systemd/system/tomcat@.service\n[Service]\nEnvironmentFile=/etc/tomcat/tomcat.conf\n\
         --- /etc/tomcat/tomcat.conf\nCATALINA_HOME=\"/usr/share/tomcat\"\n\
         --- /usr/share/tomcat/lib/catalina.jar: Tomcat 9.0.87\n\
         --- /var/lib/tomcats/guac/conf/server.xml = assets/demo/etc/tomcat10/server.xml\n\
         --- /etc/systemd/system/own@.service\n[Service]\nEnvironment=CATALINA_BASE=/data/%i\n\
         --- /etc/systemd/system/multi-user.target.wants/own@wiki.service -> ../own@.service\n\
         --- /data/wiki/conf/server.xml = assets/demo/etc/tomcat10/server.xml\n",
    );
    let expected = [
        "/data/wiki /data/wiki/conf/server.xml ? own@wiki.service",
        "/var/lib/tomcats/guac /var/lib/tomcats/guac/conf/server.xml 9.0.87 tomcat@guac.service",
    ];
    assert_eq!(told(&machine), expected);
    with_port(&machine, "/data/wiki/conf/server.xml", "8081");
    let file = "/var/lib/tomcats/guac/conf/server.xml";
    journey(&machine, file, file);
}

#[test]
fn a_tomee_has_the_version_of_the_tomcat_in_it() {
    let machine = machine(
        "--- /opt/apache-tomee-plus-10.0.1/conf/server.xml = assets/demo/etc/tomcat10/server.xml\n\
         --- /opt/apache-tomee-plus-10.0.1/lib/catalina.jar: Tomcat 10.1.39\n",
    );
    let folder = "/opt/apache-tomee-plus-10.0.1";
    assert_eq!(told(&machine), [format!("{folder} {folder}/conf/server.xml 10.1.39 -")]);
    journey(&machine, &format!("{folder}/conf/server.xml"), "");
}
