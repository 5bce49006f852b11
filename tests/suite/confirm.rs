//! Confirm or take back, and signals, through the program.

use super::program::Machine;
use super::pty::{Start, Terminal};
use super::tree::{Times, Tree};
use guacfront::apply::Options;
use guacfront::model::Answers;
use guacfront::system::{Deed, Side, System};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const NGINX: &str = "version = 1\n[frontend]\nserver = \"nginx\"\n\
                     site = { file = \"/etc/nginx/sites-available/default\" }\n";
const JOURNAL: &str = "/var/lib/guacfront/journal/receipt.toml";
const TO_THE_QUESTION: &str = "until:[Machine] Enter until:[Frontend] Enter until:[Site] Enter until:[Path] Enter \
                               until:[Backend] Enter until:[Trust] Enter until:[Options] Enter until:[Review] \
                               Enter until:Do_it? y until:Still_there?";

/// An apply in the background that waits to be confirmed.
fn waiting(machine: &Machine, seconds: &str) -> Child {
    let answers = machine.answers(NGINX);
    let child = Command::new(env!("CARGO_BIN_EXE_guacfront"))
        .args(["apply", "--yes", "--confirm", seconds, "--answers"])
        .arg(answers)
        .arg("--root")
        .arg(machine.root())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    until("it waits", || {
        std::fs::read_to_string(machine.path(JOURNAL)).is_ok_and(|text| text.contains("awaiting = true"))
    });
    child
}

#[track_caller]
fn until(what: &str, condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(20), "{what}: not in time");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn ended(child: Child) -> (i32, String) {
    let Output { status, stderr, .. } = child.wait_with_output().expect("it can be waited for");
    (status.code().unwrap_or(-1), String::from_utf8_lossy(&stderr).into_owned())
}

#[track_caller]
fn assert_as_before(before: &Tree, machine: &Machine) {
    let differences = before.differences(&Tree::read(&machine.root()), Times::OfFiles);
    let left: Vec<_> = differences.into_iter().filter(|line| !line.contains("var/lib/guacfront")).collect();
    assert!(left.is_empty(), "{left:#?}");
    assert!(!machine.path(JOURNAL).exists());
    assert!(machine.run(&["history"]).out.is_empty());
}

#[test]
fn confirmed_from_elsewhere_it_stays() {
    let machine = Machine::new();
    let child = waiting(&machine, "60");
    let second = machine.with_answers(&["apply", "--yes"], &format!("{NGINX}public_path = \"/b/\"\n"));
    assert_eq!(second.code, 2, "{second:?}");
    for words in [format!("process {}", child.id()), "since 20".to_owned(), "guacfront confirm".to_owned()] {
        assert!(second.err.contains(&words), "{words} is not in {second:?}");
    }
    let confirmed = machine.run(&["confirm"]);
    assert_eq!(confirmed.code, 0, "{confirmed:?}");
    let (code, said) = ended(child);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("guacfront confirm") && said.contains("60 s") && said.contains("Done."), "{said}");
    assert!(machine.text("/etc/nginx/sites-available/default").contains("guacfront begin"));
    let again = machine.run(&["confirm"]);
    assert_eq!(again.code, 2, "{again:?}");
    assert!(again.err.contains("nothing waits"), "{again:?}");
}

#[test]
fn what_is_on_trial_is_told_by_every_command_that_only_looks() {
    let machine = Machine::new();
    let child = waiting(&machine, "60");
    let trial = format!("process {}", child.id());
    let said = [
        machine.with_answers(&["apply", "--yes"], NGINX),
        machine.with_answers(&["plan"], NGINX),
        machine.run(&["check", "--rules-only"]),
        machine.run(&["history"]),
    ];
    for ran in &said {
        assert!(ran.err.contains("is on trial") && ran.err.contains(&trial), "{ran:?}");
    }
    assert!(said[0].code == 0 && said[0].err.contains("Nothing to do"), "{:?}", said[0]);
    assert_eq!(machine.run(&["confirm"]).code, 0);
    assert_eq!(ended(child).0, 0);
}

/// Leaves a run cut short on a machine, as a power cut would.
fn cut_short(machine: &Machine) {
    let healthy = System::below(&machine.root()).expect("the machine is there");
    let answers = Answers::from_toml(NGINX).expect("the answers are good");
    let plan = guacfront::plan::plan(&answers, &guacfront::probe::probe(&healthy)).expect("there is a plan");
    let dead = AtomicBool::new(false);
    let dying = healthy.watched(move |checkpoint| {
        let last = checkpoint.deed == Deed::Rename && checkpoint.path.ends_with("sites-available/default");
        dead.fetch_or(last && checkpoint.side == Side::After, Ordering::Relaxed);
        if dead.load(Ordering::Relaxed) { Err(std::io::ErrorKind::Other.into()) } else { Ok(()) }
    });
    let options = Options { reload: false, restart: false };
    guacfront::apply::apply(&dying, &plan, options, &mut |_| {}).expect_err("the machine dies");
    assert!(machine.path(JOURNAL).is_file());
}

#[test]
fn what_was_cut_short_is_told_by_who_looks_and_taken_back_by_undo() {
    let machine = Machine::new();
    let before = Tree::read(&machine.root());
    assert_eq!(machine.with_answers(&["apply", "--yes"], &format!("{NGINX}public_path = \"/b/\"\n")).code, 0);
    let first = Tree::read(&machine.root());
    cut_short(&machine);
    let broken = Tree::read(&machine.root());
    for ran in [
        machine.with_answers(&["plan"], NGINX),
        machine.with_answers(&["show"], NGINX),
        machine.run(&["check", "--rules-only"]),
        machine.run(&["check", "--rules-only", "--json"]),
        machine.run(&["answers"]),
        machine.run(&["history"]),
    ] {
        assert!(ran.err.contains("was cut short") && ran.err.contains("guacfront undo"), "{ran:?}");
        assert_eq!(broken.differences(&Tree::read(&machine.root()), Times::OfFiles), Vec::<String>::new());
    }
    let undone = machine.run(&["undo", "--yes"]);
    assert!(undone.code == 0 && undone.err.contains("taken back"), "{undone:?}");
    // The run that was cut short, and not the one before it as well.
    let left = first.differences(&Tree::read(&machine.root()), Times::OfFiles);
    let left: Vec<_> = left.into_iter().filter(|line| !line.contains("var/lib/guacfront")).collect();
    assert!(left.is_empty(), "{left:#?}");
    assert_eq!(machine.run(&["undo", "--yes"]).code, 0);
    let left = before.differences(&Tree::read(&machine.root()), Times::OfFiles);
    let left: Vec<_> = left.into_iter().filter(|line| !line.contains("var/lib")).collect();
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn unconfirmed_it_is_taken_back() {
    let machine = Machine::new();
    let before = Tree::read(&machine.root());
    let (code, said) = ended(waiting(&machine, "1"));
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("nobody has confirmed it within 1 s") && said.contains("taken back"), "{said}");
    assert_as_before(&before, &machine);
}

#[test]
fn killed_while_it_waits_it_is_taken_back_by_the_guard() {
    let machine = Machine::new();
    let before = Tree::read(&machine.root());
    let mut child = waiting(&machine, "60");
    child.kill().expect("it can be killed");
    child.wait().expect("it can be waited for");
    // Nobody starts guacfront again.
    until("the guard takes it back", || !machine.path("/var/lib/guacfront/journal").exists());
    assert_as_before(&before, &machine);
}

#[test]
fn a_signal_takes_everything_back_and_is_the_exit_code() {
    for (name, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        let machine = Machine::new();
        let before = Tree::read(&machine.root());
        let child = waiting(&machine, "60");
        let pid = child.id().to_string();
        let sent = Command::new("/bin/kill").args(["-s", name, &pid]).status().expect("kill starts");
        assert!(sent.success());
        let (code, said) = ended(child);
        assert_eq!(code, 128 + number, "{said}");
        assert!(said.contains("stopped as asked") && said.contains("taken back"), "{said}");
        assert_as_before(&before, &machine);
    }
}

fn wizard(machine: &Machine, seconds: &str) -> Terminal {
    let root = machine.root();
    let root = root.to_str().expect("a path that is text");
    let argv = &[env!("CARGO_BIN_EXE_guacfront"), "--root", root, "--confirm", seconds];
    let mut terminal = Terminal::start(&Start { argv, size: (80, 24), env: &[], ..Start::default() });
    terminal.play(TO_THE_QUESTION);
    terminal
}

#[test]
fn the_wizard_keeps_what_enter_confirms() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine, "60");
    let before = terminal.raw().len();
    std::thread::sleep(Duration::from_millis(2500));
    terminal.play("until:everything_is_taken_back");
    let written = terminal.raw().len() - before;
    assert!(written < 1500, "a countdown of three seconds writes {written} bytes");
    terminal.play("Enter until:takes_it_back until:Enter_leave Enter");
    terminal.end().assert_clean(0);
    assert!(machine.text("/etc/nginx/sites-available/default").contains("guacfront begin"));
}

#[test]
fn the_wizard_takes_back_what_is_declined_or_not_answered() {
    for (seconds, script) in [("60", "C-c"), ("60", "n"), ("1", "")] {
        let machine = Machine::new();
        let before = Tree::read(&machine.root());
        let mut terminal = wizard(&machine, seconds);
        terminal.play(&format!(
            "{script} until:was_not_done until:Enter_leave Enter until:Leave_guacfront? Enter"
        ));
        // As with apply.
        terminal.end().assert_clean(2);
        assert_as_before(&before, &machine);
    }
}

#[test]
fn a_signal_while_the_wizard_waits_takes_everything_back() {
    for (name, number) in [("TERM", 15), ("HUP", 1), ("INT", 2)] {
        let machine = Machine::new();
        let before = Tree::read(&machine.root());
        let mut terminal = wizard(&machine, "60");
        terminal.play(&format!("sig:{name}"));
        terminal.end().assert_clean(128 + number);
        assert_as_before(&before, &machine);
    }
}

#[test]
fn a_wizard_that_is_killed_while_it_waits_is_taken_back_by_the_guard() {
    let machine = Machine::new();
    let before = Tree::read(&machine.root());
    let mut terminal = wizard(&machine, "60");
    terminal.play("sig:KILL");
    until("it is taken back", || !machine.path("/var/lib/guacfront/journal").exists());
    drop(terminal);
    assert_as_before(&before, &machine);
}

#[test]
fn a_terminal_that_is_lost_takes_everything_back() {
    let machine = Machine::new();
    let before = Tree::read(&machine.root());
    drop(wizard(&machine, "60"));
    until("it is taken back", || !machine.path("/var/lib/guacfront/journal").exists());
    assert_as_before(&before, &machine);
}

#[test]
fn pruning_frees_what_cannot_be_undone_any_more() {
    let machine = Machine::new();
    for path in ["/a/", "/b/", "/c/"] {
        let applied =
            machine.with_answers(&["apply", "--yes"], &format!("{NGINX}public_path = \"{path}\"\n"));
        assert_eq!(applied.code, 0, "{applied:?}");
    }
    assert_eq!(machine.run(&["history"]).out.matches(" kB").count(), 3);
    let pruned = machine.run(&["history", "prune", "--keep", "1"]);
    assert_eq!(pruned.code, 0, "{pruned:?}");
    assert!(pruned.err.contains("2 removed") && pruned.err.contains("1 kept"), "{pruned:?}");
    assert_eq!(machine.run(&["history"]).out.matches(" kB").count(), 1);
    assert_eq!(machine.run(&["undo", "--yes"]).code, 0);
    assert_eq!(machine.run(&["history", "prune"]).code, 2, "how many is for the person to say");
}
