//! Lines that guacfront wrote and a hand has edited since: whose count is the person's word alone.

use super::program::Machine;
use super::pty::{Start, Terminal};
use super::tree::Tree;

const SITE: &str = "/etc/nginx/sites-available/default";
const XML: &str = "/etc/tomcat10/server.xml";
const NGINX: &str = "version = 1\n[frontend]\nserver = \"nginx\"\n\
                     site = { file = \"/etc/nginx/sites-available/default\", name = \"_\" }\n";
const APACHE: &str = "version = 1\n[frontend]\nserver = \"apache\"\n\
                      site = { file = \"/etc/apache2/sites-available/000-default.conf\" }\n";
const TO_THE_REVIEW: &str = "until:[Machine] Enter until:[Frontend] Enter until:[Site] Enter until:[Path] Enter \
                             until:[Backend] Enter until:[Trust] Enter until:[Options] Enter until:[Review]";

/// A machine on which both files were applied and then edited by hand.
fn edited() -> Machine {
    let machine = Machine::new();
    assert_eq!(machine.with_answers(&["apply", "--yes"], NGINX).code, 0);
    edit(&machine, SITE, "proxy_send_timeout 3600s", "proxy_send_timeout 61s");
    edit(&machine, XML, "\"x-forwarded-for\"", "\"x-real-ip\"");
    machine
}

fn edit(machine: &Machine, path: &str, from: &str, to: &str) {
    let text = machine.text(path);
    assert!(text.contains(from), "{text}");
    machine.write(path, text.replace(from, to));
}

#[test]
fn without_a_person_it_is_refused_with_the_option_that_decides() {
    let machine = edited();
    let before = Tree::read(&machine.root());
    for command in [&["plan"][..], &["apply", "--yes"], &["plan", "--json"]] {
        let ran = machine.with_answers(command, NGINX);
        assert_eq!(ran.code, 2, "{ran:?}");
        for words in [
            "/etc/nginx/sites-enabled/default:16",
            XML,
            "edited by hand since",
            "--edited keep",
            "--edited replace",
        ] {
            assert!(ran.err.contains(words), "{words} is not in {ran:?}");
        }
    }
    before.assert_same(&Tree::read(&machine.root()), "nothing was decided");
    let ran = machine.with_answers(&["plan", "--edited", "both"], NGINX);
    assert!(ran.code == 2 && ran.err.contains("keep, replace"), "{ran:?}");
}

#[test]
fn keep_leaves_every_byte_and_is_asked_again() {
    let machine = edited();
    let before = Tree::read(&machine.root());
    for _ in 0..2 {
        let ran = machine.with_answers(&["plan", "--exit-code", "--edited", "keep"], NGINX);
        assert!(ran.code == 0 && ran.out.is_empty() && ran.err.contains("is kept"), "{ran:?}");
        assert_eq!(machine.with_answers(&["apply", "--yes", "--edited", "keep"], NGINX).code, 0);
    }
    before.assert_same(&Tree::read(&machine.root()), "the lines are kept");
    assert_eq!(machine.with_answers(&["plan"], NGINX).code, 2);
}

#[test]
fn replace_writes_guacfronts_lines_and_undo_gives_the_hands_back() {
    for answers in [NGINX, APACHE] {
        let machine = Machine::new();
        assert_eq!(machine.with_answers(&["apply", "--yes"], answers).code, 0);
        let applied = Tree::read(&machine.root());
        let site = if answers == NGINX { SITE } else { "/etc/apache2/sites-available/000-default.conf" };
        edit(&machine, site, "8080", "8081");
        edit(&machine, XML, "\"x-forwarded-for\"", "\"x-real-ip\"");
        let by_hand = Tree::read(&machine.root());
        let ran = machine.with_answers(&["plan", "--edited", "replace"], answers);
        assert!(ran.code == 0 && ran.out.contains("x-real-ip"), "{ran:?}");
        let ran = machine.with_answers(&["apply", "--yes", "--edited", "replace"], answers);
        assert_eq!(ran.code, 0, "{ran:?}");
        applied.assert_same_but(&Tree::read(&machine.root()), "/var/lib/guacfront", "as guacfront writes it");
        assert_eq!(
            machine.with_answers(&["plan", "--exit-code"], answers).code,
            0,
            "nothing is asked any more"
        );
        assert_eq!(machine.run(&["undo", "--yes"]).code, 0);
        by_hand.assert_same_but(
            &Tree::read(&machine.root()),
            "/var/lib/guacfront",
            "undo knows the hand's lines",
        );
    }
}

/// The wizard, or `apply` on a terminal, driven by keys.
fn terminal(machine: &Machine, arguments: &[&str], script: &str) -> String {
    let root = machine.root();
    let mut argv = vec![env!("CARGO_BIN_EXE_guacfront"), "--root", root.to_str().expect("text")];
    argv.extend(arguments);
    let mut terminal = Terminal::start(&Start { argv: &argv, size: (120, 40), env: &[], ..Start::default() });
    terminal.play(script);
    String::from_utf8_lossy(&terminal.end().raw).into_owned()
}

#[test]
fn the_wizard_shows_the_difference_and_takes_the_word() {
    let machine = edited();
    let before = Tree::read(&machine.root());
    let script = format!(
        "{TO_THE_REVIEW} until:Whose_lines_count? until:61s until:3600s until:x-real-ip Esc until:nothing_is_decided \
         Enter until:Whose_lines_count? k until:[Review] C-c C-c"
    );
    terminal(&machine, &[], &script);
    before.assert_same(&Tree::read(&machine.root()), "nothing was agreed to");

    let script = format!(
        "{TO_THE_REVIEW} until:Whose_lines_count? t until:3600s Enter until:Do_it? y until:takes_it_back \
         until:Enter_leave Enter"
    );
    terminal(&machine, &[], &script);
    assert!(
        machine.text(SITE).contains("proxy_send_timeout 3600s") && !machine.text(XML).contains("x-real-ip")
    );
}

#[test]
fn apply_on_a_terminal_asks_whose_lines_count() {
    let machine = edited();
    let answers = machine.answers(NGINX);
    let arguments = ["apply", "--answers", answers.to_str().expect("text")];
    let before = Tree::read(&machine.root());
    terminal(&machine, &arguments, "until:x-real-ip until:Whose_lines_count? Enter");
    before.assert_same(&Tree::read(&machine.root()), "an empty answer stops");
    terminal(&machine, &arguments, "until:Whose_lines_count? type:1 Enter until:Nothing_to_do");
    before.assert_same(&Tree::read(&machine.root()), "the lines are kept");
    terminal(
        &machine,
        &arguments,
        "until:Whose_lines_count? type:2 Enter until:Do_it? type:yes Enter until:Done.",
    );
    assert!(
        machine.text(SITE).contains("proxy_send_timeout 3600s") && !machine.text(XML).contains("x-real-ip")
    );
}
