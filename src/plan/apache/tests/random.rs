//! Virtual hosts of every mixture: what is planned is there once, is found again, and can be taken back.

use super::*;

/// What may stand in a virtual host, each by itself good.
const LINES: [&str; 21] = [
    "    ServerName a.test\n",
    "\tServerAlias b.test \\\n\t  c.test\n",
    "# a comment \\\n# and more of it\n",
    "\r\n",
    "    CustomLog l combined\r\n",
    "    CustomLog l \"combined\n",
    "    CustomLog l combined env=!dontlog\n",
    "    CustomLog l combined env=wanted\n",
    "    CustomLog l combined expr=true\n",
    "    SetEnvIf Request_URI \"^/guacamole/tunnel\" dontlog\n",
    "    SetEnvIf Request_URI . wanted\n",
    "    <Location /guacamole/>\n\tProxyPass http://127.0.0.1:8080/guacamole/\n    </Location>\n",
    "    <Location \"/guacamole/websocket-tunnel\">\n\tProxyPass ws://localhost:8080/guacamole/websocket-tunnel\n    </Location>\n",
    "    <Location /html5/>\n\tProxyPass http://10.0.0.1/guacamole/ retry=0\n\tProxyPassReverseCookiePath /guacamole/ /html5/\n    </Location> # x\n",
    "    ProxyPass /guacamole/websocket-tunnel ws://127.0.0.1:8080/guacamole/websocket-tunnel\n",
    "    ProxyPass /guacamole/ http://127.0.0.1:8080/guacamole/ timeout=60\n",
    "    ProxyPass /app/ http://127.0.0.1:3000/\n",
    "    <Location /app>\n\tProxyPass http://127.0.0.1:3000/\n    </Location>\n",
    "    <IfModule alias_module>\n      RedirectMatch ^/guacamole$ /guacamole/\n    </IfModule>\n",
    "    <IfModule !alias_module>\n      ProxyPass /guacamole/ http://10.9.9.9/guacamole/\n    </IfModule>\n",
    "    RequestHeader set X-Forwarded-Proto https\n",
];

/// The file after a plan and a second one that changes nothing; a question is an answer too.
fn unless_refused(text: &str, answers: &Answers) -> Option<String> {
    match planned(text, answers) {
        Ok((after, _)) => Some(after),
        Err(PlanError::Refused { line, hint, .. }) => {
            assert!(line <= text.lines().count() && !hint.is_empty());
            None
        }
        Err(error) => panic!("{error} in\n{text}"),
    }
}

fn tried(chosen: &[usize], server: &str, public: &str, log: bool) {
    let body: String = chosen.iter().map(|at| LINES[*at]).collect();
    let text = format!("{server}<VirtualHost *:80>\n{body}</VirtualHost>\n");
    let wanted = answers(public, |draft| {
        draft.log_tunnel = if log { "yes" } else { "no" }.into();
        draft.max_upload = "5m".into();
    });
    let Some(after) = unless_refused(&text, &wanted) else { return };
    let found = findings(vec![image("/etc/apache2/m.conf", &after)]);
    let loaded = Loaded::of(&found);
    let host = loaded.items.iter().find(|item| item.name == "virtualhost").expect("the host is there");
    let items: &[Item] = if crate::config::apache::Section::guacamole(&loaded, host).is_some() {
        &host.children
    } else {
        &loaded.items
    };
    let path = public.trim_end_matches('/');
    let at = |wanted: &str| -> Vec<usize> {
        let all = crate::config::apache::Section::among(&loaded, items);
        (0..all.len()).filter(|at| all[*at].path.trim_end_matches('/') == wanted).collect()
    };
    // A WebSocket's section that stood there without a general one is overruled by the one that comes later.
    let (general, websocket) = (at(path), at(&format!("{path}/websocket-tunnel")));
    assert_eq!(general.len(), 1, "{after}");
    assert!(general.last() < websocket.last(), "{after}");
    // And on to another path, and back again.
    if let Some(elsewhere) = unless_refused(&after, &answers("/elsewhere/", |_| {})) {
        unless_refused(&elsewhere, &wanted);
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]
    #[test]
    fn what_is_planned_is_there_once_and_in_order(
        chosen in proptest::collection::vec(0..LINES.len(), 0..9),
        server in proptest::sample::select(vec!["", "CustomLog s combined\n", "<Location /guac/>\nProxyPass http://10.0.0.1:8080/guacamole/\n</Location>\n"]),
        public in proptest::sample::select(vec!["/guacamole/", "/html5/", "/"]),
        log in proptest::bool::ANY,
    ) {
        tried(&chosen, server, public, log);
    }
}
