//! The wizard on machines of other distributions, by keys, and undo.

use super::super::pty::{Start, Terminal};
use super::super::tree::Tree;
use super::machine;

/// Enter all the way, with what is pressed on the screen of the frontends; then everything is taken back.
fn enter_all_the_way(layout: &str, frontend: &str, written: &str) {
    let machine = machine(layout);
    let before = Tree::read(&machine.root());
    let root = machine.root();
    let argv = [env!("CARGO_BIN_EXE_guacfront"), "--root", root.to_str().expect("a path that is text")];
    let mut terminal = Terminal::start(&Start { argv: &argv, ..Start::default() });
    terminal
        .play(&format!(
            "until:[Machine] Enter until:[Frontend] {frontend} Enter until:[Site] Enter until:[Path]"
        ))
        .play("Enter until:[Backend] Enter until:[Trust] Enter until:[Options] Enter until:[Review]")
        .play("Enter until:Do_it? y until:takes_it_back until:Enter_leave Enter");
    terminal.end().assert_clean(0);
    assert!(machine.text(written).contains("guacfront begin"), "{layout}: {written} has Guacamole");
    assert_eq!(machine.run(&["undo", "--yes"]).code, 0);
    before.assert_same_but(&Tree::read(&root), "/var/lib/guacfront", layout);
}

#[test]
fn the_wizard_goes_through_on_rhel() {
    enter_all_the_way("rhel", "", "/etc/nginx/nginx.conf");
    enter_all_the_way("rhel", "Down", "/etc/httpd/conf.d/portal.conf");
}

#[test]
fn the_wizard_goes_through_on_alpine() {
    enter_all_the_way("alpine", "", "/etc/nginx/http.d/default.conf");
    enter_all_the_way("alpine", "Down", "/etc/apache2/conf.d/portal.conf");
}
