//! The lines for the official image, pasted into a real docker-compose.yml.

use super::layouts;
use std::process::Command;

/// As people have it, comments and all; LINES is where they are pasted.
const COMPOSE: &str = r#"# Guacamole, with its database beside it
services:
  guacd:
    image: guacamole/guacd:1.6.0
    restart: unless-stopped
  guacamole:
    image: "guacamole/guacamole:1.6.0"
    depends_on: [guacd]
    # to the proxy of this host alone
    ports: ["127.0.0.1:8080:8080"]
LINES
"#;

/// Prints the variables of the service, a line each, as YAML has them.
const READ: &str = "import sys, yaml\n\
    for name, value in yaml.safe_load(sys.argv[1])['services']['guacamole']['environment'].items():\n    \
    print(name, value)\n";

#[test]
fn the_lines_for_docker_compose_are_read_as_they_are_meant() {
    let machine = layouts::machine("nginx-org");
    let answers = "version = 1\n[backend]\nserver_xml = \"none\"\ncontext = \"/a/b/\"\n[trust]\n\
                   proxies = [\"172.18.0.1\", \"10.1.0.0/24\"]\n";
    let shown = machine.with_answers(&["show"], answers);
    assert_eq!(shown.code, 0, "{shown:#?}");
    let (_, lines) = shown.out.split_once("docker-compose.yml").expect("lines for it");
    let indented: String = lines.lines().skip(1).map(|line| format!("    {line}\n")).collect();
    let compose = COMPOSE.replace("LINES", indented.trim_end());
    let read =
        Command::new("python3").args(["-c", READ, &compose]).output().expect("python3, with Ansible's YAML");
    assert!(read.status.success(), "{}\n{compose}", String::from_utf8_lossy(&read.stderr));
    let variables = String::from_utf8_lossy(&read.stdout).into_owned();
    let expected = "REMOTE_IP_VALVE_ENABLED true\n\
                    REMOTE_IP_VALVE_INTERNAL_PROXIES 172\\.18\\.0\\.1|10\\.1\\.0\\.(\\d|[1-9]\\d|1\\d\\d|2[0-4]\\d|25[0-5])\n\
                    WEBAPP_CONTEXT a#b\n";
    assert_eq!(variables, expected, "{compose}");
}

#[test]
fn a_tomcat_on_this_machine_s_port_that_is_not_known_may_be_a_container_s() {
    let machine = layouts::machine("nginx-org");
    let ran = machine.with_answers(&["plan"], "version = 1\n[backend]\nserver_xml = \"none\"\n");
    assert!(ran.code == 0 && ran.err.contains("the gateway of its network and not by 127.0.0.1"), "{ran:#?}");
    let shown = machine.with_answers(&["show"], "version = 1\n[backend]\nserver_xml = \"none\"\n");
    assert!(shown.out.contains("docker network inspect names it"), "{shown:#?}");
}
