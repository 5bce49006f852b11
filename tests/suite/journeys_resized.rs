//! Terminals of every size, at every moment, and programs that are stopped from outside.

use super::program::Machine;
use super::pty::{Start, Terminal};
use std::time::Duration;

fn wizard(machine: &Machine, size: (u16, u16)) -> Terminal {
    let root = machine.root();
    let root = root.to_str().expect("the demo machine's folder is plain ASCII");
    let argv = &[env!("CARGO_BIN_EXE_guacfront"), "--root", root];
    Terminal::start(&Start { argv, size, ..Start::default() })
}

const TO_THE_PATH: &str = "until:[Machine] Enter until:[Frontend] Enter until:[Site] Enter until:[Path]";
const LEAVE: &str = "C-c until:Leave_guacfront? Enter";

#[test]
fn a_line_that_does_not_know_its_size_gets_the_usual_one() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine, (0, 0));
    terminal.play(TO_THE_PATH).play(LEAVE);
    terminal.end().assert_clean(0);
}

#[test]
fn a_small_terminal_says_so_and_goes_on_working() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine, (40, 10));
    terminal.play(
        "until:60x16_shows_all until:1/9 until:Enter_next Enter until:2/9 Enter until:3/9 Enter until:4/9",
    );
    terminal
        .play("C-u type:/kept/ until:/kept/ resize:12x3 until:Public resize:80x24 until:/kept/ until:[Path]");
    terminal.play(LEAVE);
    terminal.end().assert_clean(0);
}

#[test]
fn a_storm_of_sizes_ends_in_the_last_one() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine, (80, 24));
    terminal.play(TO_THE_PATH).play("C-u type:/kept/");
    for at in 0..60u16 {
        terminal.resize(1 + at * 37 % 150, 1 + at * 13 % 50);
        if at % 7 == 0 {
            terminal.play("Left Right");
        }
    }
    terminal.play("resize:100x30");
    terminal.wait("the keys in the last row", |screen| {
        let last = screen.rows(0, 100).nth(29).unwrap_or_default();
        last.contains("Enter next") && screen.contents().contains("/kept/")
    });
    terminal.play(LEAVE);
    terminal.end().assert_clean(0);
}

#[test]
fn the_whole_screen_is_drawn_anew_on_request() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine, (80, 24));
    terminal.play(TO_THE_PATH).play("until:location_^~");
    let before = terminal.text();
    // Words of somebody else, as the system's own messages come over the screen.
    terminal.overwrite("\x1b[5;5Hkernel: something happened\x1b[1;31m\x1b[20;1Hand more");
    assert_ne!(terminal.text(), before);
    terminal.play("C-l gone:kernel");
    terminal.written_in(Duration::from_millis(100));
    assert_eq!(terminal.text(), before);
    terminal.play(LEAVE);
    terminal.end().assert_clean(0);
}

#[test]
fn a_stop_from_outside_gives_the_terminal_back_first() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine, (80, 24));
    terminal.play(TO_THE_PATH).play("C-u type:/kept/ until:/kept/ sig:TSTP");
    terminal.until_stopped();
    terminal.wait("the shell's own screen", |screen| !screen.alternate_screen() && !screen.hide_cursor());
    terminal.play("resize:90x30 sig:CONT until:/kept/ until:[Path]");
    assert!(terminal.is_raw() && terminal.screen().alternate_screen(), "{}", terminal.text());
    terminal.play(LEAVE);
    terminal.end().assert_clean(0);
}

#[test]
fn a_stop_that_cannot_be_caught_is_come_back_from() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine, (80, 24));
    terminal.play(TO_THE_PATH).play("C-u type:/kept/ until:/kept/ sig:STOP");
    terminal.until_stopped();
    terminal.overwrite("\x1b[?1049l\x1b[2J$ the shell's prompt");
    terminal.play("sig:CONT until:/kept/ gone:prompt");
    assert!(terminal.is_raw() && terminal.screen().alternate_screen(), "{}", terminal.text());
    terminal.play(LEAVE);
    terminal.end().assert_clean(0);
}
