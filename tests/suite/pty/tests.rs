use super::*;

fn bash(script: &str) -> Terminal {
    Terminal::start(&Start {
        argv: &["/bin/bash", "-c", script],
        deadline: Duration::from_secs(20),
        ..Start::default()
    })
}

#[test]
fn keys_reach_the_program_and_its_words_the_screen() {
    let mut terminal = Terminal::start(&Start { argv: &["/bin/cat"], ..Start::default() });
    terminal.play("type:hello,_world Enter until:hello,_world C-d");
    let end = terminal.end();
    end.assert_clean(0);
    assert_eq!(end.text, "hello, world\nhello, world");
}

#[test]
fn the_exit_code_is_the_programs() {
    let mut terminal = bash("read -r line; echo \"<$line>\"; exit 3");
    terminal.play("type:x Backspace type:y Enter until:<y>");
    terminal.end().assert_clean(3);
}

#[test]
fn a_terminal_that_is_not_given_back_is_seen() {
    let mut terminal = bash(r"stty raw -echo; printf '\e[?1049h\e[?25l\e[?2004h\e[?1000hready'; read -r -n1");
    terminal.play("until:ready");
    assert!(terminal.is_raw() && terminal.screen().alternate_screen());
    terminal.play("x");
    assert_eq!(terminal.end().faults().len(), 5);
}

#[test]
fn a_terminal_that_is_given_back_is_clean() {
    let script = r"saved=$(stty -g); stty raw -echo; printf '\e[?1049h\e[?25lready'; read -r -n1
        printf '\e[?25h\e[?1049l'; stty $saved; echo bye";
    let mut terminal = bash(script);
    terminal.play("until:ready x");
    let end = terminal.end();
    end.assert_clean(0);
    assert_eq!(end.text, "bye");
}

#[test]
fn a_signal_reaches_the_program() {
    let mut terminal = bash("trap 'echo caught; exit 7' TERM; echo ready; while :; do read -r -t 0.05; done");
    terminal.play("until:ready sig:TERM until:caught");
    terminal.end().assert_clean(7);
}

#[test]
fn a_program_that_a_signal_ends_has_no_exit_code() {
    let mut terminal = Terminal::start(&Start { argv: &["/bin/cat"], ..Start::default() });
    terminal.play("sig:KILL");
    let end = terminal.end();
    assert_eq!(end.code, None);
    assert_eq!(end.signal.as_deref(), Some("Killed"));
}

#[test]
fn a_lost_terminal_ends_the_program() {
    let mut terminal = bash("trap 'stty size' WINCH; echo ready; while :; do read -r -t 0.05; done");
    terminal.play("until:ready");
    assert_eq!(terminal.hang_up(), None);
}

#[test]
fn a_new_size_reaches_the_program_and_the_screen() {
    let mut terminal = bash("trap 'stty size' WINCH; stty size; while :; do read -r -t 0.05; done");
    terminal.play("until:24_80 resize:100x30 until:30_100");
    assert_eq!(terminal.screen().size(), (30, 100));
}

#[test]
fn colours_and_attributes_can_be_read_where_the_text_is() {
    let mut terminal = bash(r"printf 'plain \e[1;31mred\e[0m end'; read -r");
    let (row, col) = terminal.until("red");
    assert_eq!((row, col), (0, 6));
    terminal.until("end");
    assert!(terminal.cell(row, col).bold() && !terminal.cell(row, 0).bold());
    assert_eq!(terminal.cell(row, col).fgcolor(), vt100::Color::Idx(1));
    terminal.play("Enter");
    assert!(terminal.end().raw.windows(2).any(|bytes| bytes == b"31"));
}

#[test]
fn a_paste_is_marked_where_the_program_asks_for_it() {
    let mut plain = bash("stty -echo; echo ready; cat -v");
    plain.play("until:ready paste:two_words Enter until:two_words C-d");
    assert!(!plain.text().contains("^[["));
    let mut marked = bash(r"stty -echo; printf '\e[?2004hready\n'; cat -v");
    marked.play("until:ready paste:two_words Enter until:^[[200~two_words^[[201~ C-d");
}

#[test]
fn a_question_about_the_cursor_is_answered() {
    let mut terminal = bash(r#"stty -echo; printf 'abc\e[6n'; read -rs -d R answer; echo "${answer#?}""#);
    terminal.play("until:[1;4");
    terminal.end();
}

#[test]
fn the_environment_is_what_was_given() {
    let mut terminal = Terminal::start(&Start {
        argv: &["/usr/bin/env"],
        env: &[("TERM", "dumb"), ("NO_COLOR", "1")],
        ..Start::default()
    });
    terminal.until("NO_COLOR=1");
    terminal.until("TERM=dumb");
    assert!(!terminal.text().contains("CARGO"));
    assert!(terminal.raw().windows(2).any(|bytes| bytes == b"\r\n"));
}

#[test]
fn what_goes_away_can_be_waited_for() {
    let mut terminal = bash(r"printf old; read -r; printf '\e[2J\e[Hnew'; read -r");
    terminal.play("until:old Enter gone:old until:new Enter");
    terminal.end().assert_clean(0);
}

#[test]
#[should_panic(expected = "\"never\" was never on the screen, which is:\nready")]
fn a_text_that_does_not_come_fails_with_the_screen() {
    let argv = &["/bin/bash", "-c", "echo ready; read -r"];
    let deadline = Duration::from_millis(500);
    Terminal::start(&Start { argv, deadline, ..Start::default() }).play("until:never");
}

#[test]
#[should_panic(expected = "the program ended before \"never\" was on the screen")]
fn a_program_that_ends_too_early_fails_at_once() {
    bash("echo over").play("until:never");
}
