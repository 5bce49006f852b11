//! The preview follows the field: it stands in the file and at the line that the field in front causes, all ways round.

use super::frames::scenes::{applied_demo, demo};
use super::script::play;
use guacfront::wizard::{PreviewRow, Wizard};

const TO_THE_OPTIONS: &str = "Enter Enter Enter Enter Enter Enter";
const TO_THE_OPTIONS_OF_APACHE: &str = "Enter Down Enter Enter Enter Enter Enter";

/// The file that the preview shows, and the line that it points at.
fn spot(wizard: &Wizard) -> (String, String) {
    let preview = wizard.preview();
    let (_, file) = preview.current().expect("a file is shown");
    let name = file.path.file_name().expect("a name").to_string_lossy().into_owned();
    let row = preview.spot().map(|row| &preview.rows()[row]);
    let Some(PreviewRow::Line(line)) = row else { return (name, "nothing".to_owned()) };
    let line = &file.lines[*line];
    (name, format!("{}{}", line.mark.sign(), String::from_utf8_lossy(&line.text).trim()))
}

/// Plays one word after the other; after each the preview must stand in the file at a line that holds the words.
#[track_caller]
fn assert_follows(mut wizard: Wizard, begin: &str, steps: &[(&str, &str, &str)]) {
    play(&mut wizard, begin);
    for (keys, file, words) in steps {
        play(&mut wizard, keys);
        let (name, line) = spot(&wizard);
        assert_eq!(&name, file, "after {keys}: {line}");
        assert!(line.contains(words), "after {keys}: {words} is not in {line}");
    }
}

#[test]
fn every_option_of_nginx_leads_to_its_line() {
    assert_follows(
        demo(),
        TO_THE_OPTIONS,
        &[
            ("", "default", "+client_max_body_size 1g;"),
            ("C-u type:2g", "default", "+client_max_body_size 2g;"),
            ("Down", "default", "+proxy_read_timeout 3600s;"),
            ("C-u type:2h", "default", "+proxy_read_timeout 7200s;"),
            ("Down", "default", "+access_log off;"),
            ("Down", "default", "+proxy_set_header Upgrade"),
            ("Space", "default", "asked: websocket no"),
            ("Down", "default", "+proxy_set_header Host $http_host;"),
            ("Space", "default", "+proxy_set_header Host $proxy_host;"),
            ("Down Space", "server.xml", "+address=\"127.0.0.1\""),
            ("Down Space", "server.xml", "requestAttributesEnabled=\"true\""),
            ("Up Up", "default", "+proxy_set_header Host $proxy_host;"),
        ],
    );
}

#[test]
fn every_option_of_apache_httpd_leads_to_its_line() {
    let site = "000-default.conf";
    assert_follows(
        demo(),
        TO_THE_OPTIONS_OF_APACHE,
        &[
            ("C-u type:2g", site, "max_upload 2g"),
            ("Down", site, "+ProxyPass \"http://127.0.0.1:8080/guacamole/\""),
            ("C-u type:2h", site, "timeout=7200"),
            ("Down", site, "guacfront_tunnel"),
            ("Down", site, "+<Location \"/guacamole/websocket-tunnel\">"),
            ("Space", site, "websocket no"),
            ("Down", site, "+ProxyPreserveHost On"),
            ("Space", site, "+ProxyPreserveHost Off"),
            ("Down Space", "server.xml", "+address=\"127.0.0.1\""),
            ("Down Space", "server.xml", "requestAttributesEnabled=\"true\""),
        ],
    );
}

#[test]
fn what_a_field_takes_out_is_led_to_where_it_writes_nothing() {
    assert_follows(applied_demo(), TO_THE_OPTIONS, &[("Down Down Space", "default", "-access_log off;")]);
}

#[test]
fn a_file_that_was_turned_to_by_hand_is_left_when_the_field_changes_another() {
    assert_follows(
        demo(),
        "Enter Enter Enter",
        &[("C-t", "server.xml", "nothing"), ("Backspace", "default", "+location ^~ /guacamole/ {")],
    );
}
