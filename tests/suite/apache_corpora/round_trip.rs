//! From answers to files and back: what was planned is found again with the very same values.

use super::debian::Tree;
use guacfront::model::{Answers, Draft};

/// Logs in every way in which a site can have them: its own, the server's, with conditions, none.
const LOGS: [(&str, &str); 7] = [
    ("\tCustomLog ${APACHE_LOG_DIR}/access.log combined\n", ""),
    ("", "CustomLog /var/log/all.log combined\n"),
    ("", ""),
    (
        "\tCustomLog l combined env=!dontlog\n\tCustomLog m combined\n",
        "CustomLog /var/log/all.log combined\n",
    ),
    ("\tCustomLog l combined \"expr=%{REQUEST_STATUS} >= 400\"\n", ""),
    (
        "\tCustomLog l combined env=wanted\n\tSetEnvIf Request_URI . wanted\n",
        "GlobalLog /var/log/g.log combined\n",
    ),
    ("\tTransferLog l\n", ""),
];

/// What a site has of Guacamole beforehand: nothing, sections, lines with and without parameters of their own.
const BEFORE: [&str; 4] = [
    "",
    "\t<Location /old/>\n\t\tProxyPass http://10.0.0.9:8081/guacamole/\n\t</Location>\n",
    "\tProxyPass /old/ http://10.0.0.9:8081/guacamole/ timeout=700 retry=0\n",
    "\tProxyPass /old/ http://10.0.0.9:8081/guacamole/\n",
];

fn site(logs: &str, before: &str) -> String {
    format!("<VirtualHost *:80>\n\tServerName a.test\n{before}{logs}</VirtualHost>\n")
}

/// Every value of every field at least once with every public path.
fn combinations() -> Vec<Answers> {
    let mut all = Vec::new();
    for public in ["/guacamole/", "/remote/desk.top/", "/"] {
        for context in ["/guacamole/", "/", "/remote/desk.top/"] {
            for (host, port, limit, log, websocket, timeout, pass) in [
                ("127.0.0.1", "8080", "1g", "no", "yes", "usual", "yes"),
                ("::1", "8081", "0", "yes", "no", "2h", "yes"),
                ("tomcat.example.org", "80", "512m", "no", "yes", "3600", "no"),
                ("10.1.2.3", "8443", "1g", "yes", "no", "usual", "no"),
                ("127.0.0.1", "8080", "1g", "no", "yes", "45", "yes"),
            ] {
                let draft = Draft {
                    server: "apache".into(),
                    public_path: public.into(),
                    context: context.into(),
                    host: host.into(),
                    port: port.into(),
                    max_upload: limit.into(),
                    log_tunnel: log.into(),
                    websocket: websocket.into(),
                    read_timeout: timeout.into(),
                    pass_host: pass.into(),
                    server_xml: "none".into(),
                    ..Draft::default()
                };
                all.push(draft.parse().expect("the answers are good"));
            }
        }
    }
    all
}

fn assert_found_again(tree: &Tree, answers: &Answers, case: &str) {
    let text = tree.text();
    assert_eq!(tree.apply(answers), 0, "{case}: the second plan changes something: {answers:?}\n{text}");
    let mut found = tree.draft().parse().unwrap_or_else(|error| panic!("{case}: {error:?}\n{text}"));
    // Where Tomcat is not on the machine nobody can tell whom it trusts.
    found.trust = answers.trust.clone();
    let planned = tree.plan(answers).expect("a plan").answers;
    assert_eq!(found, planned, "{case}\n{text}");
}

#[test]
fn every_combination_of_answers_is_found_again_on_a_fresh_tree() {
    for (at, (log, conf)) in LOGS.into_iter().enumerate() {
        for (offset, before) in BEFORE.into_iter().enumerate() {
            // Each tree has its turn with some of the answers, and all of them are had.
            for answers in combinations().into_iter().skip((at + offset) % 4).step_by(4) {
                let tree = Tree::new(&site(log, before), conf);
                assert!(tree.apply(&answers) > 0);
                assert_found_again(&tree, &answers, &format!("{log}{conf}{before}"));
            }
        }
    }
}

#[test]
fn one_combination_after_another_is_found_again_in_the_same_tree() {
    for (log, conf) in LOGS {
        for before in BEFORE {
            let tree = Tree::new(&site(log, before), conf);
            for answers in combinations() {
                tree.apply(&answers);
                assert_found_again(&tree, &answers, &format!("{log}{conf}{before}"));
            }
        }
    }
}
