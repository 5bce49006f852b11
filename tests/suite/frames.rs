//! Golden frames: every screen as a person sees it, on the demo machine.

use super::script::{play, wizard};
use super::svg::picture;
use guacfront::system::System;
use guacfront::tui::{Theme, draw};
use guacfront::wizard::Wizard;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::{Color, Modifier};
use std::path::Path;

/// The wizard on a fresh demo machine. The folder's name is in no frame that is kept.
fn demo() -> (tempfile::TempDir, Wizard) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let tree = folder.path().join("machine");
    guacfront::cli::lay_out_demo(&tree).expect("the demo machine is laid out");
    let mut findings = guacfront::probe::probe(&System::below(&tree).expect("the tree is there"));
    findings.root = Some("/demo".into());
    (folder, wizard(findings))
}

fn frame(wizard: &Wizard, width: u16, height: u16, color: bool, unicode: bool) -> TestBackend {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal in memory");
    terminal
        .draw(|frame| draw(frame, wizard, &Theme { color, unicode, synchronized: false }))
        .expect("memory takes every frame");
    terminal.backend().clone()
}

const JOURNEYS: [(&str, &str); 16] = [
    ("machine", ""),
    ("frontend", "Enter"),
    ("site", "Enter Enter"),
    ("path", "Enter Enter Enter"),
    ("path-wrong", "Enter Enter Enter C-u type:/a_b/"),
    ("backend", "Enter Enter Enter Enter"),
    ("backend-wrong", "Enter Enter Enter Enter C-u type:300.1.1.1 Tab C-u type:70000 Enter"),
    ("trust", "Enter Enter Enter Enter Enter"),
    ("options", "Enter Enter Enter Enter Enter Enter"),
    ("review", "Enter Enter Enter Enter Enter Enter Enter"),
    ("confirm", "Enter Enter Enter Enter Enter Enter Enter Enter"),
    ("help", "Enter Enter Enter F1"),
    ("search", "Enter Enter Enter C-r type:upgrade Down"),
    ("search-nothing", "Enter Enter Enter C-r type:nowhere"),
    ("broken-lines", "Enter Enter Enter Enter Enter M-w"),
    ("whole-file", "Enter Enter Enter C-v PgDn"),
];

#[test]
fn every_screen_at_every_size() {
    for (name, script) in JOURNEYS {
        for (width, height) in [(80, 24), (120, 40), (60, 20)] {
            let (_folder, mut wizard) = demo();
            play(&mut wizard, script);
            insta::assert_snapshot!(
                format!("{name}-{width}x{height}"),
                frame(&wizard, width, height, true, true)
            );
        }
    }
}

/// A frame with a row below each that says how its characters look, where any is not plain: a letter for a colour
/// (capital: bold), `B` bold, `.` faint, `_` underlined, `#` reversed.
fn looks(backend: &TestBackend) -> String {
    let buffer = backend.buffer();
    let mut out = String::new();
    for row in buffer.content.chunks(usize::from(buffer.area.width)) {
        let text: String = row.iter().map(ratatui::buffer::Cell::symbol).collect();
        let look: String = row.iter().map(look).collect();
        for line in [text, look] {
            if !line.trim().is_empty() {
                out.push_str(line.trim_end());
                out.push('\n');
            }
        }
    }
    out
}

fn look(cell: &ratatui::buffer::Cell) -> char {
    let has = |modifier| cell.modifier.contains(modifier);
    let color = match cell.fg {
        Color::Red => Some('r'),
        Color::Green => Some('g'),
        Color::Yellow => Some('y'),
        Color::Magenta => Some('m'),
        Color::Cyan => Some('c'),
        Color::Reset => None,
        other => panic!("{other} is not one that reads on every ground"),
    };
    match color {
        _ if has(Modifier::REVERSED) => '#',
        _ if cell.symbol() == " " => ' ',
        _ if has(Modifier::UNDERLINED) => '_',
        Some(color) if has(Modifier::BOLD) => color.to_ascii_uppercase(),
        Some(color) => color,
        None if has(Modifier::BOLD) => 'B',
        None if has(Modifier::DIM) => '.',
        None => ' ',
    }
}

#[test]
fn the_looks_of_the_three_languages() {
    for (name, script) in [
        ("nginx", "Enter Enter Enter C-r type:http Enter"),
        ("apache", "Enter Down Enter Enter Enter"),
        ("tomcat", "Enter Enter Enter Enter Enter"),
        ("error", "Enter Enter Enter C-u type:/a$/"),
        ("leaving", "Enter Enter Enter C-c"),
    ] {
        let (_folder, mut wizard) = demo();
        play(&mut wizard, script);
        insta::assert_snapshot!(format!("looks-{name}"), looks(&frame(&wizard, 80, 24, true, true)));
        let plain = looks(&frame(&wizard, 80, 24, false, false));
        insta::assert_snapshot!(format!("looks-{name}-without-colour"), plain);
    }
}

#[test]
fn while_the_machine_is_being_looked_at() {
    for (width, height) in [(80, 24), (60, 20)] {
        let name = format!("looking-{width}x{height}");
        insta::assert_snapshot!(name, frame(&Wizard::looking(), width, height, true, true));
    }
}

#[test]
fn without_colour_or_unicode_the_marks_say_it() {
    let (_folder, mut wizard) = demo();
    play(&mut wizard, "Enter Enter Enter");
    let backend = frame(&wizard, 80, 24, false, false);
    let text = backend.to_string();
    assert!(text.is_ascii(), "{text}");
    assert!(text.contains("+ ") && text.contains("location ^~ /guacamole/"), "{text}");
    let colored = backend.buffer().content.iter().any(|cell| cell.fg != Color::Reset);
    assert!(!colored, "a colour is used");
}

#[test]
fn no_size_makes_it_panic() {
    for (_, script) in JOURNEYS {
        let (_folder, mut wizard) = demo();
        play(&mut wizard, script);
        for (width, height) in
            [(0, 0), (1, 1), (19, 5), (20, 6), (30, 10), (59, 15), (79, 3), (200, 6), (300, 100)]
        {
            frame(&wizard, width, height, true, true);
        }
    }
}

#[test]
fn the_readme_s_picture_is_a_real_frame() {
    let (_folder, mut wizard) = demo();
    play(&mut wizard, "Enter Enter Enter C-u type:/remote/");
    let picture = picture(frame(&wizard, 80, 24, true, true).buffer());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/screens/path.svg");
    // Like the frames above, the picture is renewed by a run with INSTA_UPDATE=always.
    if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        std::fs::write(&path, &picture).expect("the picture is written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == picture,
        "assets/screens/path.svg is not what the wizard draws; INSTA_UPDATE=always renews it"
    );
}
