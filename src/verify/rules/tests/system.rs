use super::*;
use crate::model::ContextValve;

pub(super) const RULES: [Rule; 7] = [
    Rule::Selinux,
    Rule::NotRunning,
    Rule::PortTaken,
    Rule::Fail2ban,
    Rule::Firewall,
    Rule::ConfigWarnings,
    Rule::Outdated,
];

/// The codes of a machine whose files beside the configurations are these.
fn found(files: &[(&str, &str)], findings: &Findings) -> Vec<&'static str> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    #[expect(clippy::disallowed_methods, reason = "a test lays out its own tree")]
    for (path, text) in files {
        let path = folder.path().join(path.trim_start_matches('/'));
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("the folder is made");
        std::fs::write(path, text).expect("the file is written");
    }
    let system = System::below(folder.path()).expect("the folder is there");
    rules_of_machine(&system, findings).iter().map(|diagnosis| diagnosis.rule.code()).collect()
}

const ENFORCING: (&str, &str) = ("/sys/fs/selinux/enforce", "1");
const RELAY: &str = "/sys/fs/selinux/booleans/httpd_can_network_relay";
const CONNECT: &str = "/sys/fs/selinux/booleans/httpd_can_network_connect";

#[test]
fn selinux_is_asked_for_the_narrower_boolean_that_does() {
    let good = good();
    assert_eq!(found(&[ENFORCING, (RELAY, "0 0"), (CONNECT, "0 0")], &good), ["S01"]);
    for quiet in [
        vec![ENFORCING, (RELAY, "1 1"), (CONNECT, "0 0")],
        vec![ENFORCING, (RELAY, "0 0"), (CONNECT, "1 1")],
        vec![("/sys/fs/selinux/enforce", "0"), (RELAY, "0 0")],
        vec![],
    ] {
        assert_eq!(found(&quiet, &good), [""; 0], "{quiet:?}");
    }
    let nginx = nginx_of(&with(NGINX, "8080", "8181"), "");
    let tomcats = vec![tomcat_of(&with(SERVER_XML, "8080", "8181"), "10.1.60")];
    let other = Findings { nginx: Some(nginx), tomcats, ..Findings::default() };
    assert_eq!(
        found(&[ENFORCING, (RELAY, "1 1"), (CONNECT, "0 0")], &other),
        ["S01"],
        "8181 is no relayed port"
    );
}

/// The good machine with its Tomcat stopped.
fn stopped() -> Findings {
    let mut findings = good();
    findings.tomcats[0].service.running = Some(false);
    findings
}

#[test]
fn a_server_that_is_not_running_is_told_from_one_whose_port_is_taken() {
    assert_eq!(found(&[], &stopped()), ["S02"]);
    let head = "  sl  local_address rem_address   st tx_queue\n";
    let table = |port: &str, state: &str| format!("{head}   0: 0100007F:{port} 00000000:0000 {state} 0:0\n");
    assert_eq!(found(&[("/proc/net/tcp", &table("1F90", "0A"))], &stopped()), ["S03"]);
    assert_eq!(found(&[("/proc/net/tcp6", &table("1F90", "0A"))], &stopped()), ["S03"]);
    assert_eq!(found(&[("/proc/net/tcp", &table("1F90", "01"))], &stopped()), ["S02"], "no listener");
    assert_eq!(found(&[("/proc/net/tcp", &table("1F90", "0A"))], &good()), [""; 0]);
}

#[test]
fn fail2ban_s_filter_counts_where_a_jail_uses_it() {
    let jail = ("/etc/fail2ban/jail.d/guacamole.conf", "[guacamole]\nenabled = true\n");
    let old = (
        "/etc/fail2ban/filter.d/guacamole.conf",
        "[Definition]\nfailregex = from <HOST> for user \"x\" failed\\.$\n",
    );
    let new = (
        "/etc/fail2ban/filter.d/guacamole.conf",
        "[Definition]\nfailregex = from <HOST> for user \"x\" failed\n",
    );
    assert_eq!(found(&[jail, old], &good()), ["S04"]);
    assert_eq!(found(&[jail, new], &good()), [""; 0]);
    assert_eq!(found(&[old], &good()), [""; 0]);
    let both = (old.0, "[Definition]\nfailregex = from <HOST> x failed\\.$\n  from <HOST> x failed\n");
    assert_eq!(found(&[jail, both], &good()), [""; 0], "one pattern that matches is enough");
    let version = "/var/lib/tomcat/webapps/guacamole/translations/en.json";
    let is = |number: &str| format!("{{\"APP\":{{\"VERSION\":\"{number}\"}}}}");
    assert_eq!(found(&[jail, old, (version, &is("1.5.5"))], &good()), [""; 0], "it fits the version");
    assert_eq!(found(&[jail, old, (version, &is("1.6.0"))], &good()), ["S04"]);
}

#[test]
fn a_site_that_lies_there_and_is_not_loaded_is_named_with_its_line() {
    let findings = Findings { nginx: Some(nginx_of("server { listen 80; }", "")), ..good() };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let site = "server {\n    location /guacamole/ {\n        proxy_pass http://127.0.0.1:8080/guacamole/;\n    }\n}\n";
    #[expect(clippy::disallowed_methods, reason = "a test lays out its own tree")]
    for (path, text) in [("sites-available/guac", site), ("conf.d/other", "# guacamole\n")] {
        let path = folder.path().join("e").join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("the folder is made");
        std::fs::write(path, text).expect("the file is written");
    }
    let system = System::below(folder.path()).expect("the folder is there");
    let told: Vec<_> =
        rules_of_machine(&system, &findings).iter().map(|own| (own.rule, own.place())).collect();
    assert_eq!(told, [(Rule::NoSite, Some("/e/sites-available/guac:3".to_owned()))]);
}

#[test]
fn a_firewall_is_named_where_it_is_enabled() {
    assert_eq!(found(&[("/etc/ufw/ufw.conf", "ENABLED=yes\n")], &good()), ["S05"]);
    assert_eq!(found(&[("/etc/ufw/ufw.conf", "ENABLED=no\n")], &good()), [""; 0]);
    let unit = "/etc/systemd/system/multi-user.target.wants/firewalld.service";
    assert_eq!(found(&[(unit, "")], &good()), ["S05"]);
}

#[test]
fn a_warning_counts_where_it_was_said_at_the_last_start() {
    let log = "/var/lib/tomcat/logs/catalina.2026-11-23.log";
    let start = "INFO Server version name: Apache Tomcat/10.1.60\n";
    let warning = "WARNING [main] SetPropertiesRule.begin failed to set property [colour] to [red]\n";
    assert_eq!(found(&[(log, &format!("{start}{warning}"))], &good()), ["T18"]);
    assert_eq!(found(&[(log, &format!("{start}{warning}{start}"))], &good()), [""; 0]);
    for line in [
        "WARNING: [SetPropertiesRule]{Server/Service/Connector} Setting property 'colour' to 'red' did not find a matching property.",
        "SEVERE [main] org.apache.catalina.core.StandardService.initInternal Failed to initialize connector [Connector[HTTP/1.1-8080]]",
        "WARNING [main] IntrospectionUtils Error setting property [maxThreads] on [x]",
    ] {
        assert_eq!(found(&[(log, &format!("{start}{line}\n"))], &good()), ["T18"], "{line}");
    }
    let other =
        "SEVERE [main] o.a.c.core.StandardContext.startInternal One or more listeners failed to start\n";
    assert_eq!(found(&[(log, &format!("{start}{other}"))], &good()), [""; 0], "that is an application's own");
    let known = warning.replace("colour", "remoteIpProxiesHeader");
    let mut findings = good();
    let text = with(SERVER_XML, "proxiesHeader", "remoteIpProxiesHeader");
    findings.tomcats = vec![tomcat_of(&text, "10.1.60")];
    assert_eq!(found(&[(log, &format!("{start}{known}"))], &findings), ["T10"], "one fault, one finding");
}

#[test]
fn a_tomcat_that_was_started_before_its_file_was_changed_is_told_to_be_restarted() {
    let mut findings = good();
    findings.tomcats[0].service.outdated = true;
    assert_eq!(found(&[], &findings), ["S08"]);
}

#[test]
fn a_valve_in_the_file_of_a_context_is_a_valve() {
    let mut findings = good();
    let start = SERVER_XML.find("        <Valve").expect("it has one");
    let end = SERVER_XML[start..].find("/>\n").expect("it ends") + start + 3;
    let without = format!("{}{}", &SERVER_XML[..start], &SERVER_XML[end..]);
    findings.tomcats = vec![tomcat_of(&without, "10.1.60")];
    assert_eq!(found(&[], &findings), ["T06"]);
    for (context, codes) in [(None, &[][..]), (Some("/guacamole/"), &[]), (Some("/other/"), &["T06"])] {
        findings.tomcats[0].context_valves = vec![ContextValve {
            file: "/t/context.xml".into(),
            line: 1,
            context: context.map(ToOwned::to_owned),
            attributes: Vec::new(),
        }];
        assert_eq!(found(&[], &findings), codes, "{context:?}");
    }
}
