//! A balancer in front of Guacamole, which becomes the one server that was answered.

use super::*;

const BALANCER: &str =
    "    <Proxy balancer://guac>\n        BalancerMember http://127.0.0.1:8080\n    </Proxy>\n";

#[test]
fn a_balancer_s_own_parameters_were_given_to_a_server_that_httpd_refuses_with_them() {
    let own = "lbmethod=byrequests StickySession=JSESSIONID stickysessionsep=. scolonpathdelim=On nofailover=On \
               maxattempts=2 failonstatus=503 failontimeout=On forcerecovery=On growth=5 nonce=none";
    let general = format!("balancer://guac/guacamole/ retry=0 {own} timeout=90 nocanon");
    let tunnel = format!("balancer://guac/guacamole/websocket-tunnel {own} timeout=700 keepalive=On");
    let lines =
        format!("    ProxyPass /guacamole/websocket-tunnel {tunnel}\n    ProxyPass /guacamole/ {general}\n");
    let sections = format!(
        "    <Location /guacamole/>\n        ProxyPass {general}\n    </Location>\n    \
         <Location /guacamole/websocket-tunnel>\n        ProxyPass {tunnel}\n    </Location>\n"
    );
    for own in [lines, sections] {
        let text = format!("<VirtualHost *:80>\n{BALANCER}{own}</VirtualHost>\n");
        let (after, _) = planned(&text, &answers("/guacamole/", |_| {})).expect("a plan");
        let mut passes: Vec<Vec<&str>> = after
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .filter(|words| words.first() == Some(&"ProxyPass"))
            .collect();
        for pass in &mut passes {
            pass[2..].sort_unstable();
        }
        let general =
            "ProxyPass \"http://127.0.0.1:8080/guacamole/\" flushpackets=on mapping=servlet nocanon retry=0";
        let tunnel = "ProxyPass \"ws://127.0.0.1:8080/guacamole/websocket-tunnel\" keepalive=On timeout=700";
        let wanted: Vec<Vec<&str>> = [general, tunnel].map(|line| line.split(' ').collect()).into();
        assert_eq!(passes, wanted, "{after}");
    }
}

#[test]
fn the_first_of_several_members_was_taken_without_a_word() {
    let told = |members: &str, port: &str| {
        let text = format!(
            "<VirtualHost *:80>\n<Proxy balancer://guac>\n{members}</Proxy>\n<Location /guacamole/>\nProxyPass \
             balancer://guac/guacamole/\n</Location>\n</VirtualHost>\n"
        );
        let answers = answers("/guacamole/", |draft| draft.port = port.into());
        let (_, notes) = planned(&text, &answers).expect("a plan");
        notes.into_iter().map(|note| note.text).find(|text| text.contains("several members"))
    };
    let two = "BalancerMember http://127.0.0.1:8081 status=+D\nBalancerMember http://127.0.0.1:8082\n\
               BalancerMember http://127.0.0.1:8083\n";
    let note = told(two, "8082").expect("two of three get new sessions");
    assert!(note.starts_with("/etc/apache2/m.conf:4: "), "{note}");
    assert!(note.contains("(http://127.0.0.1:8082, http://127.0.0.1:8083)"), "{note}");
    assert!(note.contains("has taken the first one's address"), "{note}");
    let other = told(two, "8083").expect("another than the first was answered");
    assert!(other.contains("guacfront asks 127.0.0.1:8083 and plans for it"), "{other}");
    let one = two.replace("8083", "8083 lbset=1");
    assert_eq!(told(&one, "8082"), None, "one alone gets new sessions");
}
