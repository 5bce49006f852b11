//! Journeys of a person: keys in a real terminal of 80x24, files as the result.

use super::program::Machine;
use super::pty::{Start, Terminal};
use super::tree::{Times, Tree};
use std::time::Duration;

const APACHE: &str = "version = 1
[frontend]
server = \"apache\"
site = { file = \"/etc/apache2/sites-available/000-default.conf\" }
public_path = \"/remote/\"
[backend]
server_xml = \"/etc/tomcat10/server.xml\"
";
const NGINX: &str = "version = 1
[frontend]
server = \"nginx\"
site = { file = \"/etc/nginx/sites-available/default\", name = \"_\" }
public_path = \"/remote/\"
max_upload = \"512m\"
[backend]
server_xml = \"/etc/tomcat10/server.xml\"
[trust]
proxies = [\"127.0.0.1\", \"10.1.0.0/24\"]
";

fn wizard(machine: &Machine, arguments: &[&str], env: &[(&str, &str)]) -> Terminal {
    let root = machine.root();
    let mut argv =
        vec![env!("CARGO_BIN_EXE_guacfront"), "--root", root.to_str().expect("a path that is text")];
    argv.extend(arguments);
    Terminal::start(&Start { argv: &argv, env, deadline: Duration::from_secs(60), ..Start::default() })
}

/// The machine is as `apply` leaves one with the same answers.
#[track_caller]
fn assert_as_applied(machine: &Machine, answers: &str) {
    let other = Machine::new();
    let applied = other.with_answers(&["apply", "--yes"], answers);
    assert_eq!(applied.code, 0, "{applied:?}");
    let mut lines = Tree::read(&other.root()).differences(&Tree::read(&machine.root()), Times::Ignored);
    lines.retain(|line| !line.starts_with("var/lib/guacfront"));
    assert!(lines.is_empty(), "{lines:#?}");
}

#[track_caller]
fn assert_untouched(machine: &Machine) {
    let mut lines =
        Tree::read(&Machine::new().root()).differences(&Tree::read(&machine.root()), Times::Ignored);
    lines.retain(|line| !line.starts_with("var/lib/guacfront"));
    assert!(lines.is_empty(), "{lines:#?}");
}

#[test]
fn by_keys_nginx_gets_what_apply_would_write() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine, &[], &[]);
    terminal
        .play("until:[Machine] Enter until:[Frontend] Enter until:[Site] Enter until:[Path]")
        // A typo is told at once, and mended.
        .play("C-u type:/remote;/ until:;_cannot_stand Enter until:[Path!] Left Backspace gone:cannot_stand")
        .play("until:^~_/remote/ Enter until:[Backend] Enter until:[Trust]")
        .play("C-u type:127.0.0.1,_10.1.0.0/24 until:10\\.1\\.0\\. Enter until:[Options]")
        .play("C-u type:512m until:client_max_body_size_512m; Enter until:[Review] Enter until:Do_it? y")
        .play("until:takes_it_back");
    terminal.play("Enter");
    terminal.end().assert_clean(0);
    assert_as_applied(&machine, NGINX);
}

#[test]
fn by_keys_apache_gets_what_apply_would_write() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine, &[], &[]);
    terminal
        .play("until:[Machine] Enter until:[Frontend] Down until:<Location Enter until:[Site] Enter until:[Path]")
        // Back and forth: what was typed stays.
        .play("C-u type:/remote/ Enter until:[Backend] Esc until:[Path] until:/remote/ Enter until:[Backend]")
        .play("Enter until:[Trust] Enter until:[Options] Enter until:[Review] Enter until:Do_it? y until:takes_it_back q");
    terminal.end().assert_clean(0);
    assert_as_applied(&machine, APACHE);
}

#[test]
fn plain_questions_come_to_the_same_files() {
    for (arguments, env) in [(&["--plain"][..], &[][..]), (&[], &[("TERM", "dumb")])] {
        let machine = Machine::new();
        let mut terminal = wizard(&machine, arguments, env);
        terminal
            .play("until:Frontend,_1_to_2 type:3 Enter until:a_number_from_1_to_2 type:1 Enter")
            .play("until:Site,_1_to_3 Enter until:Public_path type:/a_b/ Enter until:not_taken type:/remote/ Enter")
            .play("until:Host_ Enter until:Port_ Enter until:Context_path_ Enter until:server.xml,_1 Enter")
            .play("until:Trusted_proxies_ type:127.0.0.1,10.1.0.0/24 Enter until:Largest_upload_ type:512m Enter")
            .play("until:Log_tunnel_requests,_1 Enter until:Do_it? type:yes Enter");
        let end = terminal.end();
        end.assert_clean(0);
        assert_as_applied(&machine, NGINX);
    }
}

#[test]
fn a_dumb_terminal_gets_lines_and_no_cursor_movements() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine, &[], &[("TERM", "dumb")]);
    terminal.play("until:Frontend,_1_to_2 Enter until:Site,_1_to_3 C-c");
    assert!(!terminal.raw().contains(&0x1b), "{}", String::from_utf8_lossy(terminal.raw()));
    drop(terminal.end());
    assert_untouched(&machine);
}

#[test]
fn every_screen_can_be_left_with_the_terminal_as_it_was() {
    let names = ["Machine", "Frontend", "Site", "Path", "Backend", "Trust", "Options", "Review"];
    let machine = Machine::new();
    for (at, name) in names.iter().enumerate() {
        let mut terminal = wizard(&machine, &[], &[]);
        for earlier in &names[..at] {
            terminal.play(&format!("until:[{earlier}] Enter"));
        }
        terminal.play(&format!(
            "until:[{name}] C-c until:Leave_guacfront? n gone:Leave_guacfront? C-c until:Leave_guacfront? C-c"
        ));
        terminal.end().assert_clean(0);
    }
    assert_untouched(&machine);
}

#[test]
fn a_signal_ends_the_wizard_with_the_terminal_as_it_was() {
    for (signal, code) in [("TERM", 143), ("HUP", 129), ("INT", 130)] {
        let machine = Machine::new();
        let mut terminal = wizard(&machine, &[], &[]);
        terminal.play(&format!("until:[Machine] Enter until:[Frontend] sig:{signal}"));
        terminal.end().assert_clean(code);
        assert_untouched(&machine);
    }
}

#[test]
fn another_size_in_the_middle_is_taken() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine, &[], &[]);
    terminal.play("until:[Machine] resize:120x40 Enter until:[Frontend] until:│ resize:60x20 until:2/9 resize:10x4 until:guacfront");
    terminal.play("resize:80x24 until:[Frontend] C-c until:Leave_guacfront? Enter");
    terminal.end().assert_clean(0);
}

#[test]
fn the_demo_says_where_it_is_and_how_to_undo() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let tree = folder.path().join("demo");
    let path = tree.to_str().expect("a path that is text");
    let argv = [env!("CARGO_BIN_EXE_guacfront"), "demo", path];
    let mut terminal =
        Terminal::start(&Start { argv: &argv, deadline: Duration::from_secs(60), ..Start::default() });
    terminal
        .play("until:[Machine] Enter until:[Frontend] Enter until:[Site] Enter until:[Path] Enter until:[Backend]")
        .play("Enter until:[Trust] Enter until:[Options] Enter until:[Review] Enter until:Do_it? y until:takes_it_back Enter");
    let end = terminal.end();
    end.assert_clean(0);
    let text = String::from_utf8_lossy(&end.raw);
    assert!(text.contains(&format!("guacfront --root {path} undo")), "{text}");
    let undone = super::program::run(Some(&tree), &["undo", "--yes"]);
    assert_eq!(undone.code, 0, "{undone:?}");
}
