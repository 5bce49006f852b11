//! One half on another machine: what the person is told here, and the answers for over there.

use super::hand::Hand;
use super::{PlanError, tomcat};
use crate::model::{
    Answers, FileImage, Findings, Meta, Note, Rule, ServerXml, Service, TomcatFindings, printable_path,
};

/// What is said where Tomcat is on another machine, or in a container of this one.
pub(super) fn tomcat(answers: &Answers, findings: &Findings) -> Vec<Note> {
    let (host, port) = (&answers.backend.host, answers.backend.port);
    let gateway = findings.containers_at(host).find_map(|container| container.gateway);
    let stranger = findings.strangers.first().filter(|_| host.is_loopback());
    let text = match (findings.containers_at(host).next().is_some(), host.is_loopback()) {
        (false, true) if let Some(own) = stranger => format!(
            "a Tomcat runs with {}, which belongs to {}: name it in backend.server_xml, or Tomcat takes every user for this \
             proxy",
            printable_path(&own.server_xml),
            own.owner
        ),
        (true, _) => "Tomcat runs in a container, whose server.xml is made anew at every start and is not edited: give it the \
                       variables that guacfront show prints, or it takes every user for this proxy"
            .to_owned(),
        (false, true) => format!(
            "the Tomcat at {host}:{port} is not known to this machine, as where it runs in a container: give that one the \
             variables that guacfront show prints, or it takes every user for this proxy, which it sees by the gateway of \
             its network and not by {host}"
        ),
        (false, false) => format!(
            "Tomcat is not on this machine: give the one at {host}:{port} the valve that guacfront show prints, or it takes \
             every user for this proxy; guacfront show --other FILE writes the answers for guacfront apply over there"
        ),
    };
    let mut notes = vec![Note::warning(text).of(Rule::ValveMissing)];
    notes.extend(gateway.filter(|gateway| !answers.trust.contains(gateway)).map(|gateway| {
        let text = format!(
            "the container sees this machine as {gateway}, the gateway of its network: name that among the trusted proxies"
        );
        Note::warning(text).of(Rule::ProxiesLackProxy)
    }));
    notes
}

/// What is said where the frontend is on another machine.
pub(super) fn frontend() -> Note {
    Note::info(
        "the frontend is on another machine: guacfront show prints what goes there, and guacfront show --other FILE writes \
         the answers for guacfront apply over there",
    )
}

/// The answers for the machine that has the other half; `None` where both halves are here.
pub fn other_half(answers: &Answers) -> Option<Answers> {
    let mut other = answers.clone();
    match (answers.frontend.here, &answers.backend.server_xml) {
        (false, _) => {
            other.frontend.here = true;
            other.backend.server_xml = ServerXml::Absent;
        }
        (true, ServerXml::Absent) => {
            other.frontend.here = false;
            other.frontend.site = None;
            other.frontend.new_site = None;
            other.backend.server_xml = ServerXml::Found;
        }
        (true, ServerXml::Found | ServerXml::File(_)) => return None,
    }
    Some(other)
}

/// The end of Tomcat's own server.xml, as every version since 8.5 has it.
///
/// # Source
/// `conf/server.xml` of Tomcat 8.5 to 11: one host, and in it its own log alone.
const STOCK: &str = r#"      <Host name="localhost"  appBase="webapps"
            unpackWARs="true" autoDeploy="true">

        <!-- SingleSignOn valve, share authentication between web applications
             Documentation at: /docs/config/valve.html -->
        <!--
        <Valve className="org.apache.catalina.authenticator.SingleSignOn" />
        -->

        <!-- Access log processes all example.
             Documentation at: /docs/config/valve.html
             Note: The pattern used is equivalent to using pattern="common" -->
        <Valve className="org.apache.catalina.valves.AccessLogValve" directory="logs"
               prefix="localhost_access_log" suffix=".txt"
               pattern="%h %l %u %t &quot;%r&quot; %s %b" />

      </Host>
    </Engine>
  </Service>
</Server>
"#;

/// The valve of the other machine as a patch of the server.xml that Tomcat comes with; `None` where the other half is the
/// frontend's, whose files only its own machine knows.
///
/// # Errors
/// As [`plan`](super::plan).
pub fn other_patch(there: &Answers) -> Result<Option<Vec<u8>>, PlanError> {
    if there.frontend.here {
        return Ok(None);
    }
    let mut answers = there.clone();
    // What its connector is like is not known here.
    answers.backend.loopback_only = false;
    let tomcat = stock(&answers);
    let mut hand = Hand::new(None);
    let changes = tomcat::revised(&answers, &tomcat, &[], &mut hand, &mut Vec::new())?;
    Ok(Some(changes.iter().flat_map(super::written::unified).collect()))
}

/// A Tomcat as it comes, with the connector that the answers name.
fn stock(answers: &Answers) -> TomcatFindings {
    let port = answers.backend.port;
    let text = format!(
        "<Server>\n  <Service name=\"Catalina\">\n    <Connector port=\"{port}\" protocol=\"HTTP/1.1\" \
         URIEncoding=\"UTF-8\" />\n    <Engine name=\"Catalina\" defaultHost=\"localhost\">\n      <Realm \
         className=\"org.apache.catalina.realm.LockOutRealm\">\n      </Realm>\n\n{STOCK}"
    );
    let server_xml = FileImage {
        path: "/conf/server.xml".into(),
        target: "/conf/server.xml".into(),
        bytes: text.into_bytes().into(),
        meta: Meta { mode: 0o644, uid: 0, gid: 0 },
    };
    TomcatFindings::new("/".into(), server_xml, Service::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(text: &str) -> Answers {
        Answers::from_toml(&format!("version = 1\n{text}")).expect("the answers are good")
    }

    #[test]
    fn the_other_half_of_the_other_half_is_this_one() {
        let here = answers("[backend]\nhost = \"10.0.0.5\"\nserver_xml = \"none\"\n");
        let there = other_half(&here).expect("Tomcat is elsewhere");
        assert!(!there.frontend.here && there.backend.server_xml == ServerXml::Found);
        assert_eq!(Answers::from_toml(&there.to_toml()).expect("they are good"), there);
        assert_eq!(other_half(&there), Some(here));
    }

    #[test]
    fn a_container_of_this_machine_says_nothing_of_a_backend_on_another() {
        let gateway = "172.18.0.1".parse().expect("an address");
        let mut findings = Findings {
            containers: vec![crate::model::Container {
                gateway: Some(gateway),
                addresses: Vec::new(),
                context: None,
            }],
            ..Findings::default()
        };
        let remote = answers("[backend]\nhost = \"10.0.0.5\"\nserver_xml = \"none\"\n");
        let told = |answers: &Answers, findings: &Findings| {
            let notes: Vec<String> = tomcat(answers, findings).into_iter().map(|note| note.text).collect();
            (notes.join("\n"), super::super::docker_snippet(answers, findings))
        };
        let (notes, lines) = told(&remote, &findings);
        assert!(notes.starts_with("Tomcat is not on this machine: give the one at 10.0.0.5"), "{notes}");
        assert!(!notes.contains("gateway") && lines.contains("docker network inspect"), "{notes}\n{lines}");
        findings.addresses = remote.backend.host.address().into_iter().collect();
        let near = answers("[backend]\nserver_xml = \"none\"\n");
        for answers in [&remote, &near] {
            let (notes, lines) = told(answers, &findings);
            assert!(notes.contains("the container sees this machine as 172.18.0.1"), "{notes}");
            assert!(lines.contains("this machine comes from 172.18.0.1"), "{lines}");
        }
    }

    #[test]
    fn where_both_halves_are_here_there_is_no_other() {
        assert_eq!(other_half(&answers("")), None);
    }

    #[test]
    fn somebody_has_to_be_here() {
        let text = "version = 1\n[frontend]\nserver = \"none\"\n[backend]\nserver_xml = \"none\"\n";
        let error = Answers::from_toml(text).expect_err("nobody is here").to_string();
        assert!(error.contains("backend.server_xml: the frontend is on another machine"), "{error}");
    }
    #[test]
    fn the_patch_is_the_valve_alone() {
        let here = answers(
            "[backend]\nhost = \"10.0.0.5\"\nserver_xml = \"none\"\n[trust]\nproxies = [\"10.0.0.9\"]\n",
        );
        let there = other_half(&here).expect("Tomcat is elsewhere");
        let patch = String::from_utf8(other_patch(&there).expect("a plan").expect("a patch")).expect("text");
        assert_eq!(patch.matches("@@ ").count(), 1, "{patch}");
        assert!(patch.starts_with("--- a/conf/server.xml\n"), "{patch}");
        assert!(!patch.contains("\n-") && patch.contains(r#"internalProxies="10\.0\.0\.9""#), "{patch}");
        assert_eq!(other_patch(&here), Ok(None));
    }
}
