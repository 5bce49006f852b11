//! The table of broken machines, held against trees: each is found by its code alone, and what is said to be fixable is
//! fixed by a plan that takes nothing else away and can be undone.

use super::broken::{self, AWAY, Bench, Case, Frontend, Where};
use super::program::Machine;
use super::tree::Tree;
use guacfront::model::Rule;
use guacfront::verify::Trial;
use serde_json::Value;
use std::collections::BTreeSet;

/// What is found, each code with whether a plan takes it away.
type Found = BTreeSet<(String, bool)>;

/// The trial that a person who logs in is needed for; `running_servers` has it.
const BY_PERSON: &str = "login";

fn good(frontend: Frontend) -> (Machine, Bench) {
    let machine = Machine::new();
    let base = machine.path("/var/lib/tomcat10");
    let mut bench = Bench::new(&machine.root(), frontend, &base, &machine.path("/etc/tomcat10/server.xml"));
    bench.lay_good(8080);
    (machine, bench)
}

fn found(machine: &Machine) -> Found {
    let checked = machine.run(&["check", "--json", "--rules-only"]);
    let object: Value = serde_json::from_str(&checked.out).unwrap_or_else(|e| panic!("{e}: {checked:?}"));
    let findings = object["findings"].as_array().expect("a list of findings");
    let of = |finding: &Value| {
        let code = finding["code"].as_str().expect("a code").to_owned();
        (code, finding["fixable"].as_bool().expect("it is said"))
    };
    findings.iter().map(of).collect()
}

fn codes(found: &Found) -> Vec<&str> {
    found.iter().map(|(code, _)| code.as_str()).collect()
}

fn in_files() -> impl Iterator<Item = &'static Case> {
    broken::all()
        .filter(|case| matches!(case.place, Where::Files | Where::FilesAlone(_)) && !case.codes.is_empty())
}

#[test]
fn every_rule_and_every_trial_has_a_broken_machine() {
    let alone: Vec<&str> =
        broken::all().filter_map(|case| <[_; 1]>::try_from(case.codes).ok()).map(|[code]| code).collect();
    // T15 is met where localhost is both, which opens the connector, too.
    let known = |code: &str| alone.contains(&code) || AWAY.contains(&code) || code == "T15";
    let missing: Vec<&str> = Rule::ALL.iter().map(|rule| rule.code()).filter(|code| !known(code)).collect();
    assert!(missing.is_empty(), "no machine is broken by {missing:?} alone");
    let tried: Vec<&str> = broken::all().flat_map(|case| case.trials).copied().chain([BY_PERSON]).collect();
    for trial in Trial::ALL {
        let name = serde_json::to_value(trial).expect("a word");
        assert!(tried.contains(&name.as_str().expect("a word")), "nothing fails {trial:?}");
    }
}

#[test]
fn a_good_machine_is_silent_whichever_its_frontend() {
    for (frontend, _) in broken::SITES {
        let (machine, _bench) = good(frontend);
        assert_eq!(found(&machine), Found::new(), "{frontend:?}");
    }
}

#[test]
fn one_thing_broken_is_found_by_its_code_alone_in_the_files() {
    for case in in_files() {
        let (machine, mut bench) = good(case.frontend);
        bench.break_it(case, 8080);
        assert_eq!(codes(&found(&machine)), case.codes, "{}", case.name);
    }
}

#[test]
fn what_can_be_fixed_is_fixed_and_nothing_else_and_undo_gives_the_bytes_back() {
    let mut fixable = BTreeSet::new();
    for case in in_files() {
        let (machine, mut bench) = good(case.frontend);
        bench.break_it(case, 8080);
        let before = found(&machine);
        let by_plan: Vec<&str> =
            before.iter().filter(|(_, fix)| *fix).map(|(code, _)| code.as_str()).collect();
        if by_plan.is_empty() {
            continue;
        }
        let bytes = Tree::read(&machine.root());
        let fixed = machine.run(&["check", "--fix", "--yes"]);
        assert_eq!(fixed.code, 0, "{}: {fixed:?}", case.name);
        let wanted: Vec<&str> = codes(&before).into_iter().filter(|code| !by_plan.contains(code)).collect();
        let after = found(&machine);
        assert_eq!(codes(&after), wanted, "{}: {by_plan:?} were to go\n{fixed:?}", case.name);
        let undone = machine.run(&["undo", "--yes"]);
        assert_eq!(undone.code, 0, "{}: {undone:?}", case.name);
        bytes.assert_same_but(&Tree::read(&machine.root()), "/var/lib/guacfront", case.name);
        fixable.extend(by_plan.into_iter().map(ToOwned::to_owned));
    }
    // A rule that is no longer fixed is a loss to be seen.
    let listed: Vec<&str> = fixable.iter().map(String::as_str).collect();
    assert_eq!(listed, FIXABLE, "what the plan takes away");
}

/// The lines are of the words that Guacamole's own source has; fail2ban puts an address in the place of `<HOST>`.
#[test]
fn the_filter_of_before_1_6_matches_nothing_that_1_6_writes() {
    let case = broken::all().find(|case| case.codes == ["S04"]).expect("there is one");
    let (machine, mut bench) = good(case.frontend);
    bench.break_it(case, 8080);
    let text = machine.text("/etc/fail2ban/filter.d/guacamole.conf");
    let pattern = text.lines().find_map(|line| line.strip_prefix("failregex = ")).expect("a pattern");
    let matches = |pattern: &str, line: &str| {
        regex::Regex::new(&pattern.replace("<HOST>", r"(\S+)")).expect("a pattern").is_match(line)
    };
    let before = r#"Authentication attempt from 203.0.113.9 for user "ada" failed."#;
    let since = r#"Authentication attempt from 203.0.113.9 for user "ada" failed: Permission Denied."#;
    assert!(matches(pattern, before) && !matches(pattern, since));
    assert!(
        matches(pattern.trim_end_matches(r"\.$"), since),
        "as the page says, text after failed has to be allowed"
    );
}

/// The codes that a plan takes away.
const FIXABLE: &[&str] = &[
    "A01", "A02", "A03", "A04", "A08", "A11", "A13", "A14", "A18", "A20", "N01", "N02", "N03", "N04", "N05",
    "N06", "N07", "N08", "N10", "N12", "N16", "N20", "N21", "T01", "T03", "T04", "T06", "T07", "T10", "T11",
    "T12", "T13", "T14", "T15", "T16",
];
