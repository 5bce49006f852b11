//! A panic with the terminal taken: this test's own program is run again in a terminal of its own, and panics there.

use super::pty::{Start, Terminal};
use guacfront::tui::{Characters, Screen, Theme};
use guacfront::wizard::Wizard;
use std::time::Duration;

const WHERE: &str = "GUACFRONT_PANIC_IN";
const THEME: Theme = Theme { color: true, characters: Characters::All, synchronized: false };

/// Takes the terminal, draws, and panics, in this thread or in another; as the program does, or without its hook.
fn panic_in(thread: &str) {
    if thread != "unhooked" {
        guacfront::cli::end_on_panic();
    }
    let mut screen = Screen::take(THEME).expect("this runs in a terminal");
    screen.draw(&Wizard::looking()).expect("the terminal is there");
    assert_ne!(thread, "main", "panicked on purpose");
    let other = std::thread::spawn(|| panic!("panicked on purpose"));
    assert!(other.join().is_err() && !screen.is_taken());
    // Who goes on for a moment draws nothing more over the words.
    screen.draw(&Wizard::looking()).expect("nothing is drawn");
}

#[test]
fn a_panic_gives_the_terminal_back_and_says_where_it_was() {
    if let Ok(thread) = std::env::var(WHERE) {
        return panic_in(&thread);
    }
    let program = std::env::current_exe().expect("the test's own path");
    let program = program.to_str().expect("a path that is text");
    let name = "journeys_panic::a_panic_gives_the_terminal_back_and_says_where_it_was";
    for (thread, code) in [("main", 70), ("another", 70), ("unhooked", 0)] {
        let argv = &[program, "--exact", name, "--nocapture"];
        let deadline = Duration::from_secs(30);
        let end =
            Terminal::start(&Start { argv, env: &[(WHERE, thread)], deadline, ..Start::default() }).end();
        end.assert_clean(code);
        assert!(end.text.contains("panicked on purpose"), "{}", end.text);
        assert_eq!(end.text.contains("a fault of guacfront itself"), code == 70, "{}", end.text);
        assert!(end.text.contains("journeys_panic.rs:"), "where it was: {}", end.text);
        assert!(!end.text.contains("Looking at this machine"), "{}", end.text);
        assert!(String::from_utf8_lossy(&end.raw).contains("Looking at this machine"));
    }
}
