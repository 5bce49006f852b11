//! The terminal lent, pasted into and asked for: what only a real terminal shows.

use super::program::Machine;
use super::pty::{Start, Terminal};
use std::time::Duration;

fn wizard(machine: &Machine) -> Terminal {
    wizard_with(machine, &[])
}

fn wizard_with(machine: &Machine, env: &[(&str, &str)]) -> Terminal {
    let root = machine.root();
    let root = root.to_str().expect("the demo machine's folder is plain ASCII");
    let argv = &[env!("CARGO_BIN_EXE_guacfront"), "--root", root];
    Terminal::start(&Start { argv, env, ..Start::default() })
}

#[test]
fn the_shell_gets_its_terminal_back_while_the_wizard_is_suspended() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine);
    terminal.play("until:[Machine] Enter until:[Frontend] Enter until:[Site] Enter until:[Path] C-u type:/kept/ until:/kept/ C-z");
    terminal.wait("the shell's own screen", |screen| !screen.alternate_screen() && !screen.bracketed_paste());
    terminal.until_stopped();
    terminal.play("sig:CONT until:/kept/ until:[Path]");
    assert!(terminal.is_raw() && terminal.screen().alternate_screen(), "{}", terminal.text());
    terminal.play("C-c until:Leave_guacfront? Enter");
    terminal.end().assert_clean(0);
}

#[test]
fn a_url_pasted_into_the_host_is_taken_apart() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine);
    terminal.play(
        "until:[Machine] Enter until:[Frontend] Enter until:[Site] Enter until:[Path] Enter until:[Backend]",
    );
    terminal.play("paste:http://10.0.0.5:8081/remote/ until:8081 until:taken_apart");
    terminal.wait("the three fields", |screen| {
        let text = screen.contents();
        text.contains("10.0.0.5")
            && text.contains("/remote/")
            && !text.contains("http://10.0.0.5:8081/remote/ ")
    });
    terminal.play("C-c until:Leave_guacfront? Enter");
    terminal.end().assert_clean(0);
}

#[test]
fn an_offered_value_is_taken_and_led_on_with() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine);
    terminal.play(
        "until:[Machine] Enter until:[Frontend] Enter until:[Site] Enter until:[Path] Enter until:[Backend]",
    );
    terminal.play("Tab C-u type:80800 until:Ctrl-Y_takes_8080 C-y gone:Ctrl-Y_takes Enter until:[Trust]");
    terminal.play("C-c until:Leave_guacfront? Enter");
    terminal.end().assert_clean(0);
}

#[test]
fn trusted_proxies_are_added_mended_and_removed_one_by_one() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine);
    terminal.play(
        "until:[Machine] Enter until:[Frontend] Enter until:[Site] Enter until:[Path] Enter until:[Backend]",
    );
    terminal.play("Enter until:[Trust] until:this_machine C-o until:an_address_or_a_CIDR_block");
    terminal.play("type:10.1.0.7/24 until:Ctrl-Y_takes_10.1.0.0/24 C-y until:256_addresses");
    terminal.play("Down C-x Enter until:[Options]");
    terminal.play("Esc until:[Trust] until:10.1.0.7_trusted,_8.8.8.8_not C-x C-x until:at_least_one_proxy");
    terminal.play("C-c until:Leave_guacfront? Enter");
    terminal.end().assert_clean(0);
}

#[test]
fn text_is_looked_for_in_the_preview_while_a_field_has_the_focus() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine);
    terminal.play(
        "until:[Machine] Enter until:[Frontend] Enter until:[Site] Enter until:[Path] until:location_^~",
    );
    terminal.play("C-r until:Find: type:x-forwarded until:4_of_5");
    let (row, column) = terminal.find("X-Forwarded-For").expect("the hit is in sight");
    assert!(terminal.cell(row, column).inverse() && !terminal.cell(row, column + 12).inverse());
    terminal.play("C-n until:5_of_5 Esc gone:Find: until:location_^~ until:[Path]");
    terminal.play("F7 until:Find: type:internalproxies until:RemoteIpValve Enter until:hit_1_of_1 type:x until:/guacamole/x");
    terminal.play("C-c until:Leave_guacfront? Enter");
    terminal.end().assert_clean(0);
}

#[test]
fn nothing_is_written_while_nobody_types() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine);
    terminal.play("until:[Machine] until:Enter_begins");
    // The rest of a frame may still be on its way.
    terminal.written_in(Duration::from_millis(100));
    assert_eq!(terminal.written_in(Duration::from_millis(400)), 0);
    terminal.play("Enter until:[Frontend] C-c C-c");
    terminal.end().assert_clean(0);
}

#[test]
fn a_typed_character_takes_few_bytes_whatever_changes() {
    for (size, median) in [((80, 24), 120), ((100, 50), 300), ((120, 40), 300), ((200, 60), 300)] {
        let costs = costs(size);
        assert!(costs.iter().all(|bytes| (1..=1000).contains(bytes)), "{size:?}: {costs:?}");
        assert!(costs[costs.len() / 2] <= median, "{size:?}: {costs:?}");
    }
}

/// The bytes that typed characters take on a terminal of this size, the fewest first.
fn costs(size: (u16, u16)) -> Vec<usize> {
    let machine = Machine::new();
    let root = machine.root();
    let argv = &[env!("CARGO_BIN_EXE_guacfront"), "--root", root.to_str().expect("plain ASCII")];
    let mut terminal = Terminal::start(&Start { argv, size, ..Start::default() });
    terminal.play("until:[Machine] Enter until:[Frontend] Enter until:[Site] Enter until:[Path] C-u");
    terminal.until("a path is needed");
    let mut costs = Vec::new();
    for (key, shown) in [
        ("/", "until:location_^~_/_{"),
        ("r", "until:^~_/r/_{"),
        ("e", "until:^~_/re/_{"),
        ("m", "until:^~_/rem/_{"),
        ("o", "until:^~_/remo/_{"),
        ("t", "until:^~_/remot/_{"),
        ("e", "until:^~_/remote/_{"),
        ("$", "until:cannot_stand"),
        ("Backspace", "gone:cannot_stand"),
        ("s", "until:^~_/remotes/_{"),
        ("C-u", "until:a_path_is_needed"),
        ("/", "until:location_^~_/_{"),
    ] {
        let before = terminal.raw().len();
        terminal.play(key).play(shown);
        costs.push(terminal.raw().len() - before);
    }
    costs.sort_unstable();
    terminal.play("C-c C-c");
    terminal.end().assert_clean(0);
    costs
}

#[test]
fn only_a_terminal_that_is_known_to_take_frames_as_a_whole_is_asked_to() {
    let machine = Machine::new();
    for (term, wanted) in [("xterm-256color", false), ("foot", true)] {
        let mut terminal = wizard_with(&machine, &[("TERM", term)]);
        terminal.play("until:[Machine] Enter until:[Frontend]");
        let begins = terminal.raw().windows(8).filter(|bytes| bytes == b"\x1b[?2026h").count();
        assert_eq!(begins > 1, wanted, "{term}");
        terminal.play("C-c C-c");
        terminal.end().assert_clean(0);
    }
}

#[test]
fn an_escape_sequence_in_pieces_was_read_as_esc_and_letters() {
    // The program waits for twice as long: what a machine that is busy adds is not to count.
    for apart in [5, 50, 120] {
        let machine = Machine::new();
        let mut terminal = wizard(&machine);
        terminal.play("until:[Machine] Enter until:[Frontend] Enter until:[Site] Enter until:[Path] Enter until:[Backend]");
        let apart = Duration::from_millis(apart);
        // Down, Up, Down, F1, and Alt-b, which goes back a word.
        terminal.send_slowly(b"\x1b[B\x1b[A\x1bOB", apart);
        terminal.play("X until:8080X Backspace gone:8080X");
        terminal.send_slowly(b"\x1bOP", apart);
        terminal.play("until:Esc_close Esc gone:Esc_close until:[Backend] Down until:/guacamole/");
        terminal.send_slowly(b"\x1bb\x1b[3~", apart);
        terminal.play("until:/uacamole/ C-c until:Leave_guacfront? Enter");
        terminal.end().assert_clean(0);
    }
}

#[test]
fn esc_itself_goes_back_after_a_moment() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine);
    terminal.play(
        "until:[Machine] Enter until:[Frontend] Enter until:[Site] Esc until:[Frontend] Esc until:[Machine]",
    );
    terminal.play("Esc until:Leave_guacfront? Enter");
    terminal.end().assert_clean(0);
}

#[test]
fn many_pasted_lines_are_text_and_press_no_key() {
    let machine = Machine::new();
    let lines: String = (0..400).map(|at| format!("{at:03}q?\r\n\x1b[B\t")).collect();
    for apart in [None, Some(Duration::from_millis(60))] {
        let mut terminal = wizard(&machine);
        terminal.play("until:[Machine] Enter until:[Frontend] Enter until:[Site] Enter until:[Path] C-u");
        let begin = b"\x1b[200~";
        if let Some(apart) = apart {
            terminal.send_slowly(begin, apart);
            terminal.send_slowly(b"a/b\rc", Duration::ZERO);
            terminal.send_slowly(b"\x1b[201~", apart);
        } else {
            terminal.send_slowly(&[&begin[..], lines.as_bytes(), b"\x1b[201~"].concat(), Duration::ZERO);
        }
        let wanted = if apart.is_none() { "399q?" } else { "a/bc" };
        terminal.until(wanted);
        assert!(terminal.find("[Path").is_some(), "{}", terminal.text());
        terminal.play("C-c until:Leave_guacfront? Enter");
        terminal.end().assert_clean(0);
    }
}

/// The numbers of every sequence that sets colours or attributes.
fn attributes(raw: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(raw);
    let sequences = text.split("\x1b[").skip(1).filter_map(|rest| rest.split_once('m'));
    let numbers = sequences
        .map(|(numbers, _)| numbers)
        .filter(|numbers| numbers.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'));
    numbers
        .flat_map(|numbers| numbers.split(';').filter_map(|number| number.parse().ok()).collect::<Vec<_>>())
        .collect()
}

#[test]
fn a_terminal_gets_what_it_knows_and_no_more() {
    let machine = Machine::new();
    for (env, known) in [
        (("TERM", "xterm-256color"), &[0, 1, 2, 4, 7, 31, 32, 33, 35, 36, 39][..]),
        (("TERM", "linux"), &[0, 1, 2, 4, 7, 31, 32, 33, 35, 36, 39]),
        (("TERM", "vt100"), &[0, 1, 2, 4, 7]),
        (("NO_COLOR", "1"), &[0, 1, 2, 4, 7]),
    ] {
        let mut terminal = wizard_with(&machine, &[env]);
        terminal.play("until:[Machine] Enter until:[Frontend] Down until:<Location Up Enter until:[Site] Enter until:[Path]");
        terminal.play("type:$ until:cannot_stand C-r type:http until:hit C-c Esc until:[Site] C-c until:Leave_guacfront? Enter");
        let end = terminal.end();
        end.assert_clean(0);
        let unknown: Vec<u8> =
            attributes(&end.raw).into_iter().filter(|number| !known.contains(number)).collect();
        assert!(unknown.is_empty(), "{env:?}: {unknown:?}");
    }
}

#[test]
fn a_locale_without_unicode_gets_ascii() {
    let machine = Machine::new();
    let mut terminal = wizard_with(&machine, &[("LANG", "C")]);
    terminal.play(
        "until:[Machine] Enter until:[Frontend] Enter until:[Site] Enter until:[Path] C-u type:/リ/ until:/?",
    );
    terminal.play("C-c until:Leave_guacfront? Enter");
    let end = terminal.end();
    end.assert_clean(0);
    assert!(end.raw.is_ascii());
}
