//! Names and texts of the machine that are made to deceive whoever reads them on a terminal.

use super::program::Machine;
use super::pty::{Start, Terminal};

const NGINX: &str = "version = 1\n[frontend]\nserver = \"nginx\"\n\
                     site = { file = \"/etc/nginx/sites-available/default\" }\n";

#[test]
fn a_hostile_file_name_reaches_no_terminal() {
    let machine = Machine::new();
    let hostile = format!("\u{1b}[2J\n{}", "n".repeat(210));
    let enabled = machine.path("/etc/nginx/sites-enabled/default");
    let available = "/etc/nginx/sites-available";
    std::fs::rename(
        machine.path(&format!("{available}/default")),
        machine.path(&format!("{available}/{hostile}")),
    )
    .expect("a hostile name");
    std::fs::remove_file(&enabled).expect("a link");
    std::os::unix::fs::symlink(format!("../sites-available/{hostile}"), &enabled).expect("a link");
    let answers = NGINX.replace("sites-available", "sites-enabled");
    let mut said = vec![
        machine.with_answers(&["plan", "--json"], &answers),
        machine.with_answers(&["plan"], &answers),
        machine.with_answers(&["apply", "--yes"], &answers),
    ];
    for command in [&["history"][..], &["history", "--json"], &["undo", "--yes"], &["undo", "--yes", "none"]]
    {
        said.push(machine.run(command));
    }
    assert_eq!(said.iter().map(|ran| ran.code).collect::<Vec<_>>(), [0, 0, 0, 0, 0, 0, 2], "{said:?}");
    for ran in &said {
        assert!(!ran.err.contains('\u{1b}') && !ran.out.contains("\u{1b}[2J"), "{ran:?}");
    }
}

#[test]
fn a_hostile_receipt_and_a_line_break_in_a_site_s_file_name_reach_no_terminal() {
    let machine = Machine::new();
    let (name, folder) = ("2026\u{1b}[31m", "/var/lib/guacfront/receipts/2026\u{1b}[31m");
    std::fs::create_dir_all(machine.path(folder)).expect("a folder");
    let name = name.replace('\u{1b}', "\\u001b");
    let receipt = format!("version = 1\nid = \"{name}\"\ntime = \"{name}\"\nguacfront = \"{name}\"\n");
    machine.write(&format!("{folder}/receipt.toml"), receipt);
    let (old, new) =
        ("/etc/nginx/sites-enabled/default", "/etc/nginx/sites-enabled/a\nguacfront: all is well");
    std::fs::rename(machine.path(old), machine.path(new)).expect("it is renamed");
    let said = [
        machine.run(&["history"]),
        machine.run(&["undo", "--dry-run"]),
        machine.run(&["undo", "--yes"]),
        machine.with_answers(&["plan"], "version = 1\n[frontend]\nserver = \"nginx\"\n"),
    ];
    assert_eq!(said.iter().map(|ran| ran.code).collect::<Vec<_>>(), [0, 0, 0, 2], "{said:?}");
    for ran in &said {
        assert!(!ran.err.contains('\u{1b}') && !ran.out.contains('\u{1b}'), "{ran:?}");
        assert!(!ran.err.lines().any(|line| line.starts_with("guacfront: all is well")), "{ran:?}");
    }
}

/// TOML has no escape for all of them, and a file of answers is exact; a terminal gets their names.
#[test]
fn the_answers_of_a_site_with_a_hostile_name_reach_no_terminal_as_they_are() {
    let machine = Machine::new();
    let site = "/etc/nginx/sites-available/default";
    let name = "\u{9b}31mx\u{202e}y.example.org";
    machine.write(site, machine.text(site).replace("server_name _;", &format!("server_name {name};")));
    let piped = machine.run(&["answers"]);
    assert!(piped.code == 0 && piped.out.contains(name), "{piped:?}");
    let root = machine.root();
    let argv = [env!("CARGO_BIN_EXE_guacfront"), "--root", root.to_str().expect("text"), "answers"];
    let raw =
        Terminal::start(&Start { argv: &argv, size: (120, 40), env: &[], ..Start::default() }).end().raw;
    let raw = String::from_utf8_lossy(&raw).into_owned();
    assert!(raw.contains("y.example.org") && !raw.contains(['\u{9b}', '\u{202e}']), "{raw:?}");
}
