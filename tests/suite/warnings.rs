//! What the readers of Guacamole's manual run into is told by the number of its rule wherever a plan is shown.

use super::program::Machine;
use super::script::play;
use guacfront::model::{Draft, Rule};
use guacfront::system::System;
use guacfront::tui::{Characters, Theme, draw};
use guacfront::wizard::Wizard;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::io::Write as _;
use std::path::Path;

const NGINX: &str = "/etc/nginx/sites-available/default";
const APACHE: &str = "/etc/apache2/sites-available/000-default.conf";
const OTHER: &str = "/etc/nginx/conf.d/other.conf";
const XML: &str = "/etc/tomcat10/server.xml";
const WAR: &str = "/var/lib/tomcat10/webapps/guacamole.war";

/// A line of a file that others are put before.
type Before = (&'static str, &'static str, &'static str);

struct Case {
    rule: Rule,
    /// What is the matter, in the words of a reader.
    what: &'static str,
    /// The file of the site that is asked for.
    site: &'static str,
    /// Whether guacfront has been here before.
    applied: bool,
    /// In this file, before this text, this one.
    put: &'static [Before],
}

const fn case(rule: Rule, what: &'static str, site: &'static str, put: &'static [Before]) -> Case {
    Case { rule, what, site, applied: false, put }
}

const SITE: &str = "\tlocation / {";
const HOST: &str = "</VirtualHost>";
const GUACAMOLE: &str =
    "<Location /guacamole/>\nProxyPass http://127.0.0.1:8080/guacamole/ flushpackets=on\n</Location>\n";

const CASES: &[Case] = &[
    case(
        Rule::RegexHijack,
        "a regular expression would take Guacamole's scripts",
        NGINX,
        &[(NGINX, SITE, "\tlocation ~* \\.(css|js|svg)$ {\n\t\texpires 30d;\n\t}\n")],
    ),
    case(
        Rule::RegexHijack,
        "a rule that denies is not applied to Guacamole",
        NGINX,
        &[(NGINX, SITE, "\tlocation ~ /\\. {\n\t\tdeny all;\n\t}\n")],
    ),
    case(
        Rule::AnsweredFirst,
        "a plain return hides every location",
        NGINX,
        &[(NGINX, SITE, "\treturn 301 https://$host$request_uri;\n")],
    ),
    case(
        Rule::AnsweredFirst,
        "a redirect under a condition hides them where it holds",
        NGINX,
        &[(NGINX, SITE, "\tif ($host = a.test) {\n\t\treturn 301 https://$host$request_uri;\n\t}\n")],
    ),
    case(
        Rule::LeadsAway,
        "a redirect of the virtual host's comes first",
        APACHE,
        &[(APACHE, HOST, "\tRewriteEngine On\n\tRewriteRule ^ https://a.test/ [R]\n")],
    ),
    case(
        Rule::DeadServer,
        "another server block has the same name and listens",
        OTHER,
        &[("/etc/nginx/conf.d/hardening.conf", "", "server {\n\tlisten 80;\n\tserver_name other.test;\n}\n")],
    ),
    case(
        Rule::DeadVirtualHost,
        "another virtual host has the same name",
        APACHE,
        &[("/etc/apache2/ports.conf", "", "\n<VirtualHost *:80>\n</VirtualHost>\n")],
    ),
    case(
        Rule::UpgradeDropped,
        "upgrade=websocket is lost to worker sharing",
        APACHE,
        &[(
            APACHE,
            HOST,
            "\tProxyPass /other/ http://127.0.0.1:8080/\n\tProxyPass /guacamole/ http://127.0.0.1:8080/guacamole/ \
             flushpackets=on upgrade=websocket\n",
        )],
    ),
    case(
        Rule::ApacheTakenOver,
        "a section after a hand-written one takes over",
        APACHE,
        &[
            (APACHE, HOST, GUACAMOLE),
            (APACHE, HOST, "<Location />\nProxyPass http://127.0.0.1:9000/\n</Location>\n"),
        ],
    ),
    Case {
        rule: Rule::ApacheTakenOver,
        what: "a section after guacfront's own takes over",
        site: APACHE,
        applied: true,
        put: &[(APACHE, HOST, "<Location />\nProxyPass http://127.0.0.1:9000/\n</Location>\n")],
    },
    case(
        Rule::TakenOver,
        "a longer prefix takes a part of Guacamole's path",
        NGINX,
        &[(NGINX, SITE, "\tlocation /guacamole/api/ {\n\t\troot /srv;\n\t}\n")],
    ),
    case(
        Rule::PathDecoded,
        "the path was handed on decoded",
        NGINX,
        &[(
            NGINX,
            SITE,
            "\tlocation /guacamole/ {\n\t\tproxy_pass http://127.0.0.1:8080$uri$is_args$args;\n\t}\n",
        )],
    ),
    case(
        Rule::BodyLimit,
        "the limit of the site is lower",
        NGINX,
        &[(NGINX, SITE, "\tclient_max_body_size 2m;\n")],
    ),
    case(
        Rule::BodyLimit,
        "a limit inside Guacamole's location",
        NGINX,
        &[(
            NGINX,
            SITE,
            "\tlocation /guacamole/ {\n\t\tproxy_pass http://127.0.0.1:8080;\n\t\tlocation /guacamole/api/ {\n\
             \t\t\tclient_max_body_size 1m;\n\t\t\tproxy_pass http://127.0.0.1:8080;\n\t\t}\n\t}\n",
        )],
    ),
    case(
        Rule::KeepsOut,
        "an allow and deny of the site",
        NGINX,
        &[(NGINX, SITE, "\tallow 10.0.0.0/8;\n\tdeny all;\n")],
    ),
    case(
        Rule::ApacheKeepsOut,
        "a Require of the site",
        APACHE,
        &[(APACHE, HOST, "<Location />\nRequire ip 10.0.0.0/8\n</Location>\n")],
    ),
    case(
        Rule::AjpOpen,
        "AJP is still open",
        NGINX,
        &[(XML, "<Engine ", "<Connector protocol=\"AJP/1.3\" port=\"8009\" />\n")],
    ),
    case(
        Rule::ConnectorOpen,
        "the connector is open to the network",
        NGINX,
        &[(XML, "/>\n\n    <!-- The old way", "address=\"0.0.0.0\" ")],
    ),
    case(
        Rule::Unconverted,
        "the application is one for Tomcat 9",
        NGINX,
        &[(WAR, "", "javax/servlet/Filter")],
    ),
];

/// A machine on which nothing is the matter.
fn good() -> Machine {
    let machine = Machine::new();
    put(&machine, (XML, "connectionTimeout=\"20000\"", "address=\"127.0.0.1\" "));
    machine.write(OTHER, "server {\n\tlisten 80;\n\tserver_name other.test;\n}\n");
    machine
}

fn put(machine: &Machine, (file, before, text): Before) {
    if file == WAR {
        return machine.write(file, war(text));
    }
    let old = machine.text(file);
    // One address is enough for a connector.
    let old = if text.starts_with("address=") { old.replace("address=\"127.0.0.1\" ", "") } else { old };
    let at = old.rfind(before).unwrap_or_else(|| panic!("{file} has no {before}"));
    machine.write(file, format!("{}{text}{}", &old[..at], &old[at..]));
}

/// An application with one class, of which this is all.
fn war(class: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file("WEB-INF/classes/A.class", options).expect("it is kept in memory");
    archive.write_all(class.as_bytes()).expect("it is kept in memory");
    archive.finish().expect("it is kept in memory").into_inner()
}

fn answers(site: &str) -> String {
    let server = if site == APACHE { "apache" } else { "nginx" };
    format!("version = 1\n[frontend]\nserver = \"{server}\"\nsite = {{ file = \"{site}\" }}\n")
}

/// The rules that a plan tells of, by its three ways to be shown: in lines, as JSON, in the wizard's review.
fn told(machine: &Machine, site: &str) -> [Vec<String>; 3] {
    let answers = answers(site);
    let plan = machine.with_answers(&["plan"], &answers);
    assert_eq!(plan.code, 0, "{plan:?}");
    let json = machine.with_answers(&["plan", "--json"], &answers);
    let json: serde_json::Value = serde_json::from_str(&json.out).expect("it is JSON");
    let rules = json["notes"].as_array().expect("notes").iter().filter_map(|note| note["rule"].as_str());
    [codes(&plan.err), rules.map(ToOwned::to_owned).collect(), codes(&review(&machine.root(), &answers))]
}

/// The codes in brackets at the ends of sentences.
fn codes(text: &str) -> Vec<String> {
    let is_one = |code: &&str| Rule::of_code(code).is_some();
    let ends = text.split('[').skip(1).filter_map(|rest| rest.split_once(']'));
    ends.map(|(code, _)| code).filter(is_one).map(ToOwned::to_owned).collect()
}

/// The wizard's last screen before anything is done, on a terminal that holds it whole.
fn review(root: &Path, answers: &str) -> String {
    let findings = guacfront::probe::probe(&System::below(root).expect("it is there"));
    let mut wizard = Wizard::new(findings, Draft::from_toml(answers).expect("they can be read"));
    play(&mut wizard, "Enter Enter Enter Enter Enter Enter Enter");
    let mut terminal = Terminal::new(TestBackend::new(250, 120)).expect("a terminal in memory");
    let theme = Theme { color: false, characters: Characters::Ascii, synchronized: false };
    terminal
        .draw(|frame| {
            draw(frame, &wizard, &theme);
        })
        .expect("memory takes every frame");
    let text = terminal.backend().to_string();
    assert!(text.contains("Review"), "{text}");
    text
}

#[test]
fn each_is_told_by_its_number_where_it_is_and_nowhere_else() {
    let mut rules: Vec<&str> = CASES.iter().map(|case| case.rule.code()).collect();
    rules.sort_unstable();
    for case in CASES {
        let machine = good();
        if case.applied {
            assert_eq!(
                machine.with_answers(&["apply", "--yes"], &answers(case.site)).code,
                0,
                "{}",
                case.what
            );
        }
        for told in told(&machine, case.site) {
            let wrong: Vec<_> = told.iter().filter(|code| rules.contains(&code.as_str())).collect();
            assert!(wrong.is_empty(), "without {:?} {wrong:?} is told", case.what);
        }
        for &put in case.put {
            self::put(&machine, put);
        }
        let code = case.rule.code().to_owned();
        for (told, place) in told(&machine, case.site).iter().zip(["plan", "plan --json", "the review"]) {
            assert!(told.contains(&code), "{}: {place} tells of {told:?}, not of {code}", case.what);
        }
    }
}
