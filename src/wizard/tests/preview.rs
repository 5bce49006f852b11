//! The ways through the preview: search, hits, changes, broken lines.

use super::*;

const TO_THE_PATH: &str = "Enter Enter Enter";

/// The line of the file that the preview stands at.
fn line(wizard: &Wizard) -> String {
    let preview = wizard.preview();
    let (_, file) = preview.current().expect("a file is shown");
    let row = preview.spot().expect("a row is meant");
    match &preview.rows()[row] {
        PreviewRow::Line(at) => String::from_utf8_lossy(&file.lines[*at].text).trim().to_owned(),
        PreviewRow::Hunk(text) => text.clone(),
    }
}

fn file(wizard: &Wizard) -> String {
    wizard.preview().current().expect("a file is shown").1.path.display().to_string()
}

#[test]
fn the_preview_stands_at_what_the_field_causes() {
    let mut wizard = wizard();
    play(&mut wizard, TO_THE_PATH);
    assert_eq!(line(&wizard), "location ^~ /guacamole/ {");
    play(&mut wizard, "Enter");
    assert_eq!(line(&wizard), "proxy_pass http://127.0.0.1:8080;");
}

#[test]
fn typing_in_the_search_leaves_the_field_alone_and_goes_to_the_first_hit() {
    let mut wizard = wizard();
    play(&mut wizard, &format!("{TO_THE_PATH} C-r type:PROXY_SET"));
    assert_eq!(wizard.draft().public_path, "/guacamole/");
    assert_eq!(line(&wizard), "proxy_set_header Host $http_host;");
    assert_eq!((wizard.preview().hit(), wizard.context()), (Some(1), Context::Search));
    play(&mut wizard, "Down");
    assert_eq!((wizard.preview().hit(), wizard.screen()), (Some(2), Screen::PublicPath));
    play(&mut wizard, "C-p C-p");
    assert_eq!(wizard.preview().hit(), wizard.preview().search().map(Search::count), "around the end");
}

#[test]
fn hits_are_found_in_every_file() {
    let mut wizard = wizard();
    play(&mut wizard, "/ type:valve Enter");
    assert_eq!((wizard.context(), file(&wizard).as_str()), (Context::Page, "/etc/tomcat10/server.xml"));
    play(&mut wizard, "C-t");
    assert_eq!(file(&wizard), "/etc/nginx/nginx.conf");
    play(&mut wizard, "n");
    assert_eq!(file(&wizard), "/etc/tomcat10/server.xml");
}

#[test]
fn escape_ends_the_search_where_it_began() {
    let mut wizard = wizard();
    play(&mut wizard, &format!("{TO_THE_PATH} C-t"));
    let before = (file(&wizard), wizard.preview().top());
    play(&mut wizard, "F7 type:upgrade Esc");
    assert_eq!((file(&wizard), wizard.preview().top()), before);
    assert!(wizard.preview().search().is_none());
    assert_eq!((wizard.screen(), wizard.overlay()), (Screen::PublicPath, None));
}

#[test]
fn what_is_not_there_is_not_gone_to() {
    let mut wizard = wizard();
    play(&mut wizard, &format!("{TO_THE_PATH} C-r type:nowhere C-n"));
    assert_eq!((wizard.preview().search().map(Search::count), wizard.preview().hit()), (Some(0), None));
    play(&mut wizard, "C-u Enter");
    assert!(wizard.preview().search().is_none(), "no text is no search");
}

#[test]
fn hits_follow_what_is_typed_in_the_field() {
    let mut wizard = wizard();
    play(&mut wizard, &format!("{TO_THE_PATH} C-r type:/remote/ Enter"));
    let count = |wizard: &Wizard| wizard.preview().search().map(Search::count);
    assert_eq!(count(&wizard), Some(0));
    play(&mut wizard, "C-u type:/remote/");
    assert!(count(&wizard) > Some(0));
}

#[test]
fn a_pasted_text_is_looked_for() {
    let mut wizard = wizard();
    play(&mut wizard, &format!("{TO_THE_PATH} C-r"));
    wizard.update(Msg::Paste("proxy_pass\n".into()));
    assert_eq!(line(&wizard), "proxy_pass http://127.0.0.1:8080;");
}

#[test]
fn the_next_change_is_in_the_next_file_after_the_last_of_one() {
    let mut wizard = wizard();
    play(&mut wizard, &format!("{TO_THE_PATH} Enter Enter Enter Enter"));
    let mut seen = Vec::new();
    for _ in 0..8 {
        play(&mut wizard, "n");
        let preview = wizard.preview();
        let (at, file) = preview.current().expect("a file is shown");
        let PreviewRow::Line(row) = preview.rows()[preview.spot().expect("a change")] else {
            panic!("a hunk's head is no change")
        };
        assert_ne!(file.lines[row].mark, crate::plan::diff::Mark::Same);
        seen.push((at, row));
    }
    assert!(seen.iter().any(|(at, _)| *at == 0) && seen.iter().any(|(at, _)| *at == 1), "{seen:?}");
    let last = *seen.last().expect("eight");
    play(&mut wizard, "N n");
    let preview = wizard.preview();
    assert_eq!(preview.rows()[preview.spot().expect("a change")], PreviewRow::Line(last.1));
}

#[test]
fn the_line_that_was_looked_at_is_kept_from_view_to_view() {
    let mut wizard = wizard();
    play(&mut wizard, &format!("{TO_THE_PATH} C-r type:x-forwarded-proto Enter"));
    let meant = line(&wizard);
    play(&mut wizard, "C-v");
    assert_eq!((line(&wizard), wizard.preview().view()), (meant.clone(), View::Whole));
    play(&mut wizard, "C-v");
    assert_eq!(line(&wizard), meant);
}

#[test]
fn long_lines_are_broken_on_request() {
    let mut wizard = wizard();
    play(&mut wizard, &format!("{TO_THE_PATH} M-w"));
    assert!(wizard.preview().wraps());
    play(&mut wizard, "F8");
    assert!(!wizard.preview().wraps());
}

#[test]
fn scrolling_back_from_the_end_was_dead_for_some_presses() {
    let mut wizard = wizard();
    play(&mut wizard, &format!("{TO_THE_PATH} C-v"));
    let rows = wizard.preview().rows().len();
    wizard.update(Msg::Room(Room { preview: 9, page: None }));
    play(&mut wizard, "PgDn PgDn PgDn PgDn PgDn");
    assert_eq!(wizard.preview().top(), rows - 9);
    play(&mut wizard, "PgUp");
    assert_eq!(wizard.preview().top(), rows - 17);
    // Where the field's line is near the end, the end is in sight already.
    play(&mut wizard, "C-r type:b.test Enter C-n");
    let shown = wizard.preview().top().min(rows - 9);
    play(&mut wizard, "PgUp");
    assert_eq!(wizard.preview().top(), shown - 8);
}
