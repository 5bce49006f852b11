//! Golden frames: every screen as a person sees it, a file for each with all its sizes below each other.

#[path = "frames/scenes.rs"]
pub(super) mod scenes;

use super::script::play;
use super::svg::picture;
use guacfront::tui::{Characters, Theme, draw};
use guacfront::wizard::Wizard;
use ratatui::Terminal;
use ratatui::backend::{Backend as _, TestBackend};
use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};
use scenes::{demo, proved, scenes};
use std::fmt::Write as _;
use std::path::Path;
use unicode_width::UnicodeWidthStr as _;

/// The sizes that a frame is kept in: the least that is promised, a wide one, a narrow one, and one that is too small.
const SIZES: [(u16, u16); 4] = [(80, 24), (120, 40), (60, 20), (40, 12)];

fn frame(wizard: &Wizard, width: u16, height: u16, color: bool, unicode: bool) -> TestBackend {
    let characters = if unicode { Characters::All } else { Characters::Ascii };
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal in memory");
    terminal
        .draw(|frame| {
            draw(frame, wizard, &Theme { color, characters, synchronized: false });
        })
        .expect("memory takes every frame");
    terminal.backend().clone()
}

#[test]
fn every_screen_at_every_size() {
    for (name, wizard) in scenes() {
        let mut frames = String::new();
        for (width, height) in SIZES {
            let _ =
                write!(frames, "{width}x{height}\n{}\n", text(&frame(&wizard, width, height, true, true)));
        }
        let _ = write!(frames, "80x24 in ASCII\n{}", text(&frame(&wizard, 80, 24, false, false)));
        insta::assert_snapshot!(name, frames, name);
    }
}

#[test]
fn in_a_terminal_without_unicode_every_mark_is_ascii() {
    for (name, wizard) in scenes() {
        // The files' own characters are shown as they are.
        if name.ends_with("-wide") || name.ends_with("-long") {
            continue;
        }
        let backend = frame(&wizard, 80, 24, false, false);
        assert!(text(&backend).is_ascii(), "{name}:\n{}", text(&backend));
        let colored = backend.buffer().content.iter().any(|cell| cell.fg != Color::Reset);
        assert!(!colored, "a colour is used in {name}");
    }
}

/// A frame with a row below each that says how its characters look, where any is not plain: a letter for a colour
/// (capital: bold), `B` bold, `.` faint, `_` underlined, `#` reversed.
fn looks(backend: &TestBackend) -> String {
    let mut out = String::new();
    for row in rows(backend) {
        let text: String = row.iter().map(|cell| cell.symbol()).collect();
        let look: String = row.iter().map(|cell| look(cell)).collect();
        for line in [text, look] {
            if !line.trim().is_empty() {
                out.push_str(line.trim_end());
                out.push('\n');
            }
        }
    }
    out
}

/// A frame's text, a line a row between bars, so that blanks at the ends are seen.
fn text(backend: &TestBackend) -> String {
    let line = |row: Vec<&Cell>| format!("|{}|\n", row.iter().map(|cell| cell.symbol()).collect::<String>());
    rows(backend).map(line).collect()
}

/// The cells of each row, without those that a wide character covers.
fn rows(backend: &TestBackend) -> impl Iterator<Item = Vec<&Cell>> {
    let buffer = backend.buffer();
    buffer.content.chunks(usize::from(buffer.area.width)).map(|row| {
        let mut covered = 0;
        let seen = row.iter().filter(|cell| {
            let is_seen = covered == 0;
            covered = if is_seen { cell.symbol().width().saturating_sub(1) } else { covered - 1 };
            is_seen
        });
        seen.collect()
    })
}

fn look(cell: &Cell) -> char {
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
        let mut wizard = demo();
        play(&mut wizard, script);
        insta::assert_snapshot!(format!("looks-{name}"), looks(&frame(&wizard, 80, 24, true, true)));
        let plain = looks(&frame(&wizard, 80, 24, false, false));
        insta::assert_snapshot!(format!("looks-{name}-without-colour"), plain);
    }
}

/// What stands at the cursor and after it.
fn at_cursor(wizard: &Wizard) -> String {
    let mut terminal = frame(wizard, 80, 24, true, true);
    let at = terminal.get_cursor_position().expect("memory knows it");
    let row = rows(&terminal).nth(usize::from(at.y)).expect("a row");
    row[usize::from(at.x)..].iter().map(|cell| cell.symbol()).collect::<String>().trim_end().to_owned()
}

#[test]
fn the_cursor_stands_where_the_keys_go() {
    for (script, under) in [
        ("Enter", "nginx  3 server blocks"),
        ("Enter Down", "Apache httpd  1 virtual host"),
        ("Enter Enter Enter Home", "/guacamole/"),
        ("Enter Enter Enter Enter Enter Home", "127.0.0.1     this machine"),
        ("Enter Enter Enter Enter Enter Enter Down Down Down Space", "no  the HTTP tunnel alone"),
        (
            "Enter Enter Enter C-r type:up Home",
            "up                    1 of 1              Enter keep  Esc end  ^N next",
        ),
        (
            "Enter Enter Enter C-c",
            "Leave guacfront?                                                         │",
        ),
        (
            "Enter Enter Enter F1",
            "Public path                                                              │",
        ),
    ] {
        let mut wizard = demo();
        play(&mut wizard, script);
        let (found, wanted) = (at_cursor(&wizard), under.to_owned());
        assert!(found.starts_with(wanted.trim_end_matches(['│', ' '])), "{script}: {found}");
    }
}

#[test]
fn no_size_makes_it_panic() {
    for (_, wizard) in scenes() {
        for (width, height) in
            [(0, 0), (1, 1), (19, 5), (20, 6), (30, 10), (59, 15), (79, 3), (200, 6), (300, 100)]
        {
            frame(&wizard, width, height, true, true);
        }
    }
}

#[test]
fn the_readme_s_pictures_are_real_frames() {
    let mut path = demo();
    play(&mut path, "Enter Enter Enter C-u type:/remote/");
    for (name, wizard) in [("path", path), ("proof", proved())] {
        let picture = picture(frame(&wizard, 80, 24, true, true).buffer());
        let name = format!("assets/screens/{name}.svg");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&name);
        // Like the frames above, a picture is renewed by a run with INSTA_UPDATE=always.
        if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
            std::fs::write(&path, &picture).expect("the picture is written");
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == picture, "{name} is not what the wizard draws; INSTA_UPDATE=always renews it");
    }
}
