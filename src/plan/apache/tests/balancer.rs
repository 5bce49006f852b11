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
