//! The wizard on machines of other distributions, by keys, and undo.

use super::super::program::Machine;
use super::super::pty::{Start, Terminal};
use super::super::tree::Tree;
use super::machine;

/// Enter all the way, with what is pressed on the screens of the frontends and the backend before it; then everything is
/// taken back.
#[track_caller]
pub fn enter_all_the_way(machine: &Machine, (frontend, backend): (&str, &str), written: &str) {
    let before = Tree::read(&machine.root());
    let root = machine.root();
    let argv = [env!("CARGO_BIN_EXE_guacfront"), "--root", root.to_str().expect("a path that is text")];
    let mut terminal = Terminal::start(&Start { argv: &argv, ..Start::default() });
    terminal
        .play(&format!(
            "until:[Machine] Enter until:[Frontend] {frontend} Enter until:[Site] Enter until:[Path] Enter until:[Backend]"
        ))
        .play(&format!("{backend} Enter until:[Trust] Enter until:[Options] Enter until:[Review]"))
        .play("Enter until:Do_it? y until:takes_it_back until:Enter_leave Enter");
    terminal.end().assert_clean(0);
    assert!(machine.text(written).contains("guacfront begin"), "{written} is written");
    let undone = machine.run(&["undo", "--yes"]);
    assert_eq!(undone.code, 0, "{undone:#?}");
    before.assert_same_but(&Tree::read(&root), "/var/lib/guacfront", written);
}

fn both(layout: &str, nginx: &str, httpd: &str) {
    enter_all_the_way(&machine(layout), ("", ""), nginx);
    enter_all_the_way(&machine(layout), ("Down", ""), httpd);
}

#[test]
fn the_wizard_goes_through_on_rhel() {
    both("rhel", "/etc/nginx/nginx.conf", "/etc/httpd/conf.d/portal.conf");
}

#[test]
fn the_wizard_goes_through_on_alpine() {
    both("alpine", "/etc/nginx/http.d/default.conf", "/etc/apache2/conf.d/portal.conf");
}

#[test]
fn the_wizard_goes_through_on_opensuse() {
    both("opensuse", "/etc/nginx/nginx.conf", "/etc/apache2/vhosts.d/portal.conf");
}

#[test]
fn the_wizard_goes_through_on_arch() {
    both("arch", "/etc/nginx/nginx.conf", "/etc/httpd/conf/extra/httpd-vhosts.conf");
}

#[test]
fn the_wizard_goes_through_on_freebsd() {
    both("freebsd", "/usr/local/etc/nginx/nginx.conf", "/usr/local/etc/apache24/Includes/portal.conf");
}

#[test]
fn the_wizard_goes_through_on_a_build_of_one_s_own() {
    both("own-prefix", "/usr/local/nginx/conf/nginx.conf", "/usr/local/apache2/conf/httpd.conf");
}

#[test]
fn the_wizard_goes_through_with_nginx_org_s_packages_and_openresty() {
    enter_all_the_way(&machine("nginx-org"), ("", ""), "/etc/nginx/conf.d/default.conf");
    let openresty = "/usr/local/openresty/nginx/conf/nginx.conf";
    enter_all_the_way(&machine("openresty"), ("", ""), openresty);
}
