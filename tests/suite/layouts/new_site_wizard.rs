//! A new site made in the wizard, by keys and by plain questions.

use super::super::program::Machine;
use super::super::pty::{Start, Terminal};
use super::super::tree::Tree;
use super::{certify, machine};

const FILE: &str = "/etc/nginx/http.d/guac.example.org.conf";

fn alpine() -> Machine {
    let machine = machine("alpine");
    certify(&machine.root(), "guac.example.org", "30");
    machine
}

fn wizard(machine: &Machine, size: (u16, u16), env: &[(&str, &str)]) -> Terminal {
    let root = machine.root();
    let argv = [env!("CARGO_BIN_EXE_guacfront"), "--root", root.to_str().expect("a path that is text")];
    Terminal::start(&Start { argv: &argv, size, env, ..Start::default() })
}

#[test]
fn name_and_certificate_are_there_already_and_enter_goes_through() {
    let machine = alpine();
    let before = Tree::read(&machine.root());
    let mut terminal = wizard(&machine, (80, 24), &[]);
    terminal
        .play("until:[Machine] Enter until:[Frontend] Enter until:[Site] Down Enter until:[New] until:guac.example.org")
        .play("Enter until:[Path] Esc until:[New] Enter until:[Path] Enter until:[Backend] Enter until:[Trust]")
        .play("Enter until:[Options] Enter until:[Review] Enter until:Do_it? y until:takes_it_back until:Enter_leave Enter");
    terminal.end().assert_clean(0);
    let text = machine.text(FILE);
    assert!(text.contains("server_name guac.example.org;") && text.contains("return 301 https://"), "{text}");
    assert_eq!(machine.run(&["undo", "--yes"]).code, 0);
    before.assert_same_but(&Tree::read(&machine.root()), "/var/lib/guacfront", "undo");
}

#[test]
fn a_new_site_without_a_name_is_not_left() {
    let machine = machine("alpine");
    let mut terminal = wizard(&machine, (80, 24), &[]);
    terminal
        .play("until:[Machine] Enter until:[Frontend] Enter until:[Site] Down Enter until:a_name_is_needed")
        .play("Enter until:a_name_is_needed type:plain.test Enter until:[Path] until:plain.test C-c C-c");
    terminal.end().assert_clean(0);
}

#[test]
fn whoever_goes_back_to_an_old_site_is_not_asked_for_a_new_one() {
    let machine = alpine();
    let mut terminal = wizard(&machine, (80, 24), &[]);
    terminal
        .play("until:[Machine] Enter until:[Frontend] Enter until:[Site] Down Enter until:[New] Esc until:[Site] Up")
        .play("Enter until:[Path] Esc until:[Site] C-c C-c");
    terminal.end().assert_clean(0);
}

#[test]
fn every_question_fits_on_a_small_screen() {
    let machine = alpine();
    let mut terminal = wizard(&machine, (60, 20), &[]);
    terminal.play("until:Machine Enter until:Frontend Enter until:Site Down Enter until:HSTS");
    let text = terminal.screen().contents();
    for caption in
        ["Name", "Certificate", "Key", "HTTP port", "HTTPS port", "Lead to https", "HSTS", "Enter next"]
    {
        assert!(text.contains(caption), "{caption}:\n{text}");
    }
    terminal.play("C-c C-c");
    terminal.end().assert_clean(0);
}

#[test]
fn plain_questions_make_it_too() {
    let machine = alpine();
    let mut terminal = wizard(&machine, (80, 24), &[("TERM", "dumb")]);
    terminal
        .play("until:Frontend,_1 Enter until:Site,_1_to_2 type:2 Enter until:Name_[guac.example.org] Enter");
    for question in [
        "Certificate, 1 to 2 [1]:",
        "Key, 1 to 1 [1]:",
        "HTTP port [80]:",
        "HTTPS port [443]:",
        "Lead to https, 1 to 2 [1]:",
        "HSTS, 1 to 2 [2]:",
        "Public path",
        "Host [",
        "Port [",
        "Context path [",
        "server.xml, 1",
        "Trusted proxies [",
        "Largest upload [",
        "Longest silence [",
        "Log tunnel requests, 1",
        "WebSocket, 1",
        "Pass the name on, 1",
        "Close to network, 1",
        "Log the client, 1",
    ] {
        terminal.until(question);
        terminal.play("Enter");
    }
    terminal.play("until:Do_it? type:yes Enter");
    terminal.end().assert_clean(0);
    assert!(machine.text(FILE).contains("ssl_certificate \""), "it has its certificate");
}
