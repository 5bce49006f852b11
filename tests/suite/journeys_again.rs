//! On a machine that has Guacamole behind a proxy already, at what is refused, and at keys and sizes that come at any
//! moment.

use super::program::Machine;
use super::pty::{Start, Terminal};
use super::tree::Tree;
use std::time::Duration;

const SCREENS: [&str; 8] = ["Machine", "Frontend", "Site", "Path", "Backend", "Trust", "Options", "Review"];
const SITE: &str = "/etc/nginx/sites-available/default";
const LEAVE: &str = "C-c until:Leave_guacfront? Enter";

fn wizard(machine: &Machine) -> Terminal {
    let root = machine.root();
    let root = root.to_str().expect("the demo machine's folder is plain ASCII");
    let argv = &[env!("CARGO_BIN_EXE_guacfront"), "--root", root];
    Terminal::start(&Start { argv, ..Start::default() })
}

#[test]
fn what_is_there_is_told_held_and_alone_in_what_changes() {
    let machine = Machine::new();
    let answers = "version = 1\n[frontend]\nserver = \"nginx\"\nsite = { file = \"/etc/nginx/sites-available/default\" }\npublic_path = \"/remote/\"\nread_timeout = \"2h\"\n\
                   [trust]\nproxies = [\"127.0.0.1\", \"10.1.0.0/24\"]\n";
    assert_eq!(machine.with_answers(&["apply", "--yes"], answers).code, 0);
    let before = machine.text("/etc/tomcat10/server.xml");
    let mut terminal = wizard(&machine);
    terminal
        .play("until:Guacamole_is_at_/remote/ until:guacfront's_since until:nothing_is_wrong until:nothing_would_change")
        .play("Enter until:[Frontend] Enter until:has_Guacamole Enter until:[Path] until:/remote/")
        .play("until:the_one_here_moves C-u type:/elsewhere/ until:location_^~_/elsewhere/ Enter until:[Backend]")
        .play("until:127.0.0.1 Enter until:[Trust] until:10.1.0.0/24 Enter until:[Options] until:7200s Enter")
        .play("until:[Review] until:sites-available/default Enter until:Do_it? y until:takes_it_back Enter");
    terminal.end().assert_clean(0);
    assert_eq!(machine.text("/etc/tomcat10/server.xml"), before, "what stays is not touched");
    let site = machine.text(SITE);
    assert!(
        site.contains("location ^~ /elsewhere/ {") && site.contains("proxy_read_timeout 7200s;"),
        "{site}"
    );
    assert!(!site.contains("/remote/"), "{site}");
}

#[test]
fn what_no_plan_can_be_made_for_is_refused_and_led_back_from() {
    let machine = Machine::new();
    machine.write(SITE, machine.text(SITE).trim_end().trim_end_matches('}'));
    let before = Tree::read(&machine.root());
    let mut terminal = wizard(&machine);
    terminal.play("until:cannot_be_read until:to_be_pasted");
    for name in SCREENS {
        terminal.play(&format!("until:[{name}] Enter"));
    }
    terminal
        .play("until:There_is_no_plan until:start_again until:[Review] w until:there_is_no_plan_for_these_answers")
        .play("Esc until:[Options] Esc until:[Trust]")
        .play("C-x C-x until:at_least_one_proxy Enter until:[Trust!] Esc until:[Backend]")
        .play(LEAVE);
    terminal.end().assert_clean(0);
    before.assert_same(&Tree::read(&machine.root()), "a refusal changes nothing");
}

#[test]
fn every_screen_and_what_lies_over_it_is_drawn_again_at_every_size() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine);
    for (at, name) in SCREENS.iter().enumerate() {
        let step = at + 1;
        terminal.play(&format!("until:[{name}]"));
        for (keys, over) in [("", "F1_why"), ("F1", "Esc_close"), ("C-c", "Leave_guacfront?")] {
            terminal.play(&format!("{keys} until:{over} resize:60x20 until:{step}/9__{name} resize:40x10"));
            terminal.play(&format!(
                "until:{step}/9__{name} resize:1x1 resize:120x40 until:[{name}] resize:80x24"
            ));
            terminal.play(&format!("until:[{name}] until:{over}"));
            if !keys.is_empty() {
                terminal.play("Esc until:F1_why");
            }
        }
        terminal.play("Enter");
    }
    terminal.play("until:Do_it? resize:40x10 until:Do_it? resize:80x24 n gone:Do_it?").play(LEAVE);
    terminal.end().assert_clean(0);
}

#[test]
fn what_is_typed_faster_than_it_is_drawn_is_all_there() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine);
    let path: String = (0..30).map(|at| format!("/part{at:02}")).collect();
    terminal.wait("the first frame", |screen| {
        screen.alternate_screen() && screen.contents().contains("guacfront")
    });
    // In one piece, while the machine may still be looked at.
    terminal.send_slowly(format!("\r\r\r\x15{path}/").as_bytes(), Duration::ZERO);
    terminal.play("until:/part28/part29/ until:[Path]");
    terminal.play("C-a C-k type:/a/ until:location_^~_/a/").play(LEAVE);
    terminal.end().assert_clean(0);
}

#[test]
fn enter_typed_before_the_program_had_the_terminal_was_lost() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine);
    // The terminal turns the key into the end of a line until it is told not to.
    terminal.send_slowly(b"\n", Duration::ZERO);
    terminal.play("until:[Frontend]").play(LEAVE);
    terminal.end().assert_clean(0);
}

#[test]
fn many_lines_pasted_where_no_terminal_marks_them_agreed_to_the_plan() {
    let machine = Machine::new();
    let before = Tree::read(&machine.root());
    let mut terminal = wizard(&machine);
    terminal.play("until:[Machine]");
    // As a console pastes them: the ends of lines are so many Enters.
    terminal.send("\r".repeat(30).as_bytes());
    terminal.play("until:Do_it?");
    terminal.written_in(Duration::from_millis(300));
    assert!(terminal.find("Do it?").is_some(), "{}", terminal.text());
    terminal.play("n gone:Do_it? until:[Review]").play(LEAVE);
    terminal.end().assert_clean(0);
    before.assert_same(&Tree::read(&machine.root()), "nobody has agreed");
}

#[test]
fn plain_answers_that_were_declined_are_kept_for_another_time() {
    let machine = Machine::new();
    let before = Tree::read(&machine.root());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = machine.root();
    let argv = [
        "env",
        "-C",
        folder.path().to_str().expect("text"),
        env!("CARGO_BIN_EXE_guacfront"),
        "--plain",
        "--root",
        root.to_str().expect("text"),
    ];
    let mut terminal = Terminal::start(&Start { argv: &argv, ..Start::default() });
    terminal.play(
        "until:Frontend, Enter until:Site, Enter until:Public_path type:/later/ Enter until:Host_ Enter",
    );
    terminal.play(
        "until:Port_ Enter until:Context_path_ Enter until:server.xml, Enter until:Trusted_proxies_ Enter",
    );
    terminal
        .play("until:Largest_upload_ Enter until:Longest_silence_ Enter until:Log_tunnel_requests, Enter");
    terminal.play("until:WebSocket, Enter until:Pass_the_name_on, Enter until:Close_to_network, Enter");
    terminal
        .play("until:Log_the_client, Enter until:not_touched: until:Do_it? Enter until:Nothing_was_changed");
    terminal.play("until:Save_the_answers type:y Enter until:apply_--answers_guacfront-answers.toml");
    terminal.end().assert_clean(0);
    let saved = std::fs::read_to_string(folder.path().join("guacfront-answers.toml")).expect("it is there");
    assert!(saved.contains("public_path = \"/later/\""), "{saved}");
    before.assert_same(&Tree::read(&machine.root()), "nothing was changed");
}
