//! `check` on whole machines: what it says before, that it is silent after, its forms and its exit codes.

use super::program::{Machine, Ran, run};
use super::tree::Tree;
use serde_json::Value;
use std::fmt::Write as _;

const SITES: [(&str, &str); 2] = [
    ("nginx", "/etc/nginx/sites-available/default"),
    ("apache", "/etc/apache2/sites-available/000-default.conf"),
];

fn answers(server: &str, site: &str, more: &str) -> String {
    format!("version = 1\n[frontend]\nserver = \"{server}\"\nsite = {{ file = \"{site}\" }}\n{more}")
}

fn findings(machine: &Machine) -> Vec<Value> {
    let checked = machine.run(&["check", "--json"]);
    let object: Value =
        serde_json::from_str(&checked.out).unwrap_or_else(|error| panic!("{error}: {checked:?}"));
    assert_eq!((object["version"].as_u64(), object["kind"].as_str()), (Some(1), Some("check")));
    object["findings"].as_array().expect("a list of findings").clone()
}

fn codes(machine: &Machine) -> Vec<String> {
    findings(machine).iter().map(|finding| finding["code"].as_str().unwrap_or_default().to_owned()).collect()
}

/// What the demo machine has of its own and a plan leaves alone: the connector open to the network, Tomcat's own
/// access log, and no server that runs.
fn is_the_machine_s_own(code: &str) -> bool {
    matches!(code, "T05" | "T17")
}

#[test]
fn nothing_is_found_in_what_guacfront_itself_writes() {
    for (server, site) in SITES {
        for path in ["/guacamole/", "/remote/", "/a.b/c/", "/"] {
            for context in ["/guacamole/", "/"] {
                for more in [
                    "log_tunnel = true\nmax_upload = \"1m\"\n",
                    "max_upload = \"0\"\nread_timeout = \"45\"\npass_host = false\n",
                    "websocket = false\nread_timeout = \"2h\"\n",
                ] {
                    let frontend = format!("public_path = \"{path}\"\n{more}");
                    let mut found = written(server, site, &frontend, &format!("context = \"{context}\"\n"));
                    // The demo machine has Guacamole at /guacamole/ alone; at / its own location is taken over, in
                    // which nothing says that the tunnel's requests are logged because somebody wants them to be.
                    let is_asked = |code: &str| code == "N11" && path == "/" && more.contains("log_tunnel");
                    found.retain(|code| !is_asked(code));
                    found.retain(|code| !(is_the_machine_s_own(code) || (code == "T20" && context == "/")));
                    assert!(found.is_empty(), "{server} {path} {context} {more}: {found:?}");
                }
            }
        }
    }
}

#[test]
fn nothing_is_found_in_two_guacamoles_side_by_side() {
    for (server, site) in SITES {
        for (one, two) in [("/one/", "/two/"), ("/one/", "/"), ("/", "/two/"), ("/one/", "/one/more/")] {
            let machine = Machine::new();
            let of =
                |path: &str, more: &str| answers(server, site, &format!("public_path = \"{path}\"\n{more}"));
            assert_eq!(machine.with_answers(&["apply", "--yes"], &of(one, "")).code, 0);
            let second = machine.with_answers(&["apply", "--yes"], &of(two, "beside = true\n"));
            assert_eq!(second.code, 0, "{second:?}");
            let said = format!("{}{}", second.out, second.err);
            let told = format!("Guacamole stays at {one} as well: a browser keeps one login for a site");
            assert!(said.split_whitespace().collect::<Vec<_>>().join(" ").contains(&told), "{said}");
            let mut found = codes(&machine);
            found.retain(|code| !is_the_machine_s_own(code));
            assert!(found.is_empty(), "{server} {one} {two}: {found:?}");
            for path in [one, two] {
                let again = machine.with_answers(&["plan", "--exit-code"], &of(path, ""));
                assert_eq!(again.code, 0, "{server} {one} {two} at {path}: {again:?}");
            }
        }
    }
}

#[test]
fn nothing_is_found_in_what_guacfront_writes_for_any_backend() {
    for (server, site) in SITES {
        for host in ["127.0.0.1", "localhost", "::1"] {
            for (loopback_only, log_client) in [(false, false), (false, true), (true, false), (true, true)] {
                let backend = format!(
                    "host = \"{host}\"\nloopback_only = {loopback_only}\nlog_client = {log_client}\n"
                );
                let found = written(server, site, "public_path = \"/remote/\"\n", &backend);
                let mut wanted = Vec::new();
                wanted.extend((!loopback_only).then_some("T05"));
                wanted.extend((!log_client).then_some("T17"));
                assert_eq!(found, wanted, "{server}: {backend}");
            }
        }
    }
}

/// What is found in what guacfront writes for these answers.
fn written(server: &str, site: &str, frontend: &str, backend: &str) -> Vec<String> {
    let machine = Machine::new();
    let mut text = answers(server, site, frontend);
    let _ = write!(text, "[backend]\n{backend}[trust]\nproxies = [\"127.0.0.1\", \"::1\"]\n");
    let applied = machine.with_answers(&["apply", "--yes"], &text);
    assert_eq!(applied.code, 0, "{text}{applied:?}");
    codes(&machine)
}

fn applied() -> Machine {
    let machine = Machine::new();
    let (server, site) = SITES[0];
    assert_eq!(machine.with_answers(&["apply", "--yes"], &answers(server, site, "")).code, 0);
    machine
}

fn broken() -> Machine {
    let machine = applied();
    let (_, site) = SITES[0];
    let text = machine.text(site);
    let lines = text.lines().filter(|line| !line.contains("guacfront") && !line.contains("Upgrade"));
    machine.write(site, lines.collect::<Vec<_>>().join("\n") + "\n");
    machine
}

#[test]
fn check_changes_nothing_and_ends_by_severity() {
    let good = applied();
    let before = Tree::read(&good.root());
    for (arguments, code) in [
        (&["check"][..], 0),
        (&["check", "--rules-only", "--fail-on", "error"], 0),
        (&["check", "--fail-on", "info"], 1),
    ] {
        let ran = good.run(arguments);
        assert_eq!(ran.code, code, "{arguments:?} {ran:?}");
    }
    before.assert_same(&Tree::read(&good.root()), "check");
    let bad = broken();
    assert_eq!(bad.run(&["check", "--fail-on", "error"]).code, 1);
}

#[test]
fn a_finding_names_code_place_line_and_cure_in_every_form() {
    let machine = broken();
    let found = findings(&machine);
    let upgrade = found.iter().find(|finding| finding["code"] == "N03").expect("Upgrade is missed");
    assert_eq!((upgrade["severity"].as_str(), upgrade["fixable"].as_bool()), (Some("error"), Some(true)));
    assert!(
        upgrade["line"].is_u64() && upgrade["text"].as_str().is_some_and(|text| text.starts_with("location"))
    );
    let open = found.iter().find(|finding| finding["code"] == "T05").expect("the connector is open");
    assert_eq!(open["fixable"].as_bool(), Some(false), "no plan binds a connector");
    for form in [&["check"][..], &["check", "--markdown"]] {
        let Ran { code, out, .. } = machine.run(form);
        assert_eq!(code, 1);
        for words in ["N03", "/default:", "Upgrade $http\\_upgrade", "location"] {
            let plain = words.replace('\\', "");
            assert!(out.contains(words) || out.contains(&plain), "{words} is not in {out}");
        }
    }
}

#[test]
fn fix_takes_away_what_a_plan_can_and_undo_brings_it_back() {
    let machine = broken();
    let before = Tree::read(&machine.root());
    let refused = machine.run(&["check", "--fix"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    before.assert_same(&Tree::read(&machine.root()), "without a terminal nothing is done unasked");
    let fixed = machine.run(&["check", "--fix", "--yes"]);
    assert_eq!(fixed.code, 0, "{fixed:?}");
    assert!(codes(&machine).iter().all(|code| is_the_machine_s_own(code)), "{:?}", codes(&machine));
    assert_eq!(machine.run(&["undo", "--yes"]).code, 0);
    before.assert_same_but(&Tree::read(&machine.root()), "/var/lib/guacfront", "undo of a fix");
}

#[test]
fn every_code_is_explained_and_no_other() {
    let list = run(None, &["explain"]);
    assert_eq!(list.code, 0);
    for code in list.out.lines().filter_map(|line| line.split_whitespace().next()) {
        let page = run(None, &["explain", code]);
        assert!(page.code == 0 && page.out.starts_with(code) && page.out.contains("\nFix\n"), "{page:?}");
    }
    assert_eq!(run(None, &["explain", "X99"]).code, 2);
}

#[test]
fn a_plan_s_warning_names_its_rule() {
    let machine = Machine::new();
    let (server, site) = SITES[0];
    let text = machine.text(site);
    machine.write(site, text.replacen("server_name _;", "server_name _;\n\tdeny 10.0.0.0/8;", 1));
    let planned = machine.with_answers(&["plan", "--json"], &answers(server, site, ""));
    let object: Value = serde_json::from_str(&planned.out).expect("one object");
    let rules: Vec<_> = object["notes"].as_array().expect("notes").iter().map(|note| &note["rule"]).collect();
    assert!(rules.contains(&&Value::from("N18")), "{rules:?}");
    assert!(planned.err.contains("[N18]"), "{planned:?}");
}

#[test]
fn the_rules_alone_take_less_than_a_twentieth_of_a_second() {
    let machine = applied();
    let system = guacfront::system::System::below(&machine.root()).expect("the folder is there");
    let findings = guacfront::probe::probe(&system);
    let started = std::time::Instant::now();
    let found = guacfront::verify::rules_of_machine(&system, &findings);
    let took = started.elapsed();
    assert!(!found.is_empty() && took.as_millis() < 50, "{took:?}");
}

#[test]
fn what_a_person_reads_fits_into_80_columns() {
    let wide = |text: &str| -> Vec<String> {
        let prose = text.lines().filter(|line| !line.trim_start().starts_with('|'));
        // One word alone, such as a path, is not broken.
        let is_wide = |line: &&str| line.chars().count() > 80 && line.split_whitespace().count() > 1;
        prose.filter(is_wide).map(ToOwned::to_owned).collect()
    };
    let checked = broken().run(&["check"]);
    assert_eq!(wide(&checked.out), Vec::<String>::new());
    assert!(checked.err.contains("Found in the configuration: 1 error, "), "{checked:?}");
    for rule in guacfront::model::Rule::ALL {
        let page = run(None, &["explain", rule.code()]);
        let lines = wide(&page.out);
        // Its first line is one title, however long.
        assert!(lines.iter().all(|line| page.out.starts_with(line.as_str())), "{lines:?}");
    }
}
