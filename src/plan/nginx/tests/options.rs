//! The options of the location: what each writes, and what of it is kept where somebody wrote it by hand.

use super::*;

fn with(change: impl Fn(&mut FrontendAnswers)) -> Answers {
    let mut answers = answers("/guacamole/", "/guacamole/");
    change(&mut answers.frontend);
    answers
}

fn timeout(text: &str) -> ReadTimeout {
    ReadTimeout::parse(text).expect("a time")
}

/// The directives of the site afterwards that are no comments, blanks taken off.
fn directives(site: &str) -> Vec<&str> {
    site.lines().map(str::trim).filter(|line| !line.starts_with('#')).collect()
}

#[test]
fn a_websocket_that_is_off_has_no_headers_and_the_mark_says_that_it_was_asked_for() {
    let off = with(|frontend| frontend.websocket = false);
    let (after, _) = planned(&off, STOCK);
    assert!(!after.contains("Upgrade") && !after.contains("Connection"), "{after}");
    let mark = after.lines().find(|line| line.contains("guacfront begin")).expect("a mark");
    assert!(mark.ends_with("; asked: websocket no"), "{mark}");
    let (again, _) = planned(&answers("/guacamole/", "/guacamole/"), &after);
    assert_eq!(again, planned(&answers("/guacamole/", "/guacamole/"), STOCK).0, "on again it is as ever");
}

#[test]
fn headers_that_somebody_takes_out_of_the_marks_are_put_back() {
    let (site, _) = planned(&answers("/guacamole/", "/guacamole/"), STOCK);
    let lines: Vec<&str> = site.lines().filter(|line| !line.contains("Upgrade")).collect();
    let nginx = findings(&(lines.join("\n") + "\n"));
    let refused = changes(&answers("/guacamole/", "/guacamole/"), &nginx, &site_of(&nginx), &mut Vec::new());
    assert!(matches!(refused, Err(PlanError::Edited { .. })), "{refused:?}");
}

const BY_HAND: &str = "server {\n    location /guacamole/ {\n        proxy_pass http://127.0.0.1:8080;\n        \
                       proxy_set_header Upgrade $http_upgrade;\n        proxy_set_header connection \"upgrade\";\n        \
                       proxy_read_timeout 700;\n        proxy_set_header Host $host;\n    }\n}\n";

#[test]
fn a_websocket_of_somebody_s_own_is_taken_out_and_found_again() {
    let (after, notes) = planned(&with(|frontend| frontend.websocket = false), BY_HAND);
    let active = directives(&after).join("\n");
    assert!(!active.contains("pgrade") && !active.to_lowercase().contains("connection"), "{after}");
    assert!(after.contains("        # guacfront asked: websocket no\n"), "{after}");
    assert_eq!(notes, Vec::<String>::new());
    let (on, _) = planned(&answers("/guacamole/", "/guacamole/"), &after);
    assert!(directives(&on).contains(&"proxy_set_header Upgrade $http_upgrade;"), "{on}");
    assert!(!on.contains("asked:"), "{on}");
}

#[test]
fn a_location_of_the_websocket_alone_is_told_where_it_is_switched_off() {
    let site = BY_HAND.replace(
        "server {\n",
        "server {\n    location /guacamole/websocket-tunnel { proxy_pass http://127.0.0.1:8080; }\n",
    );
    let (after, notes) = planned(&with(|frontend| frontend.websocket = false), &site);
    assert!(after.contains("location /guacamole/websocket-tunnel {"), "{after}");
    assert!(notes.iter().any(|note| note.contains("may still pass the WebSocket on")), "{notes:?}");
}

#[test]
fn the_longest_silence_is_the_one_asked_for_and_a_longer_wait_for_sending_is_kept() {
    let (after, _) = planned(&with(|frontend| frontend.read_timeout = timeout("2h")), STOCK);
    assert!(after.contains("proxy_read_timeout 7200s;") && after.contains("proxy_send_timeout 7200s;"));
    for (asked, read) in [("700", "700"), ("11m", "660s"), ("usual", "3600s")] {
        let (after, _) = planned(&with(|frontend| frontend.read_timeout = timeout(asked)), BY_HAND);
        assert!(directives(&after).contains(&format!("proxy_read_timeout {read};").as_str()), "{after}");
    }
    let site = BY_HAND.replace("proxy_read_timeout 700", "proxy_send_timeout 2h");
    let (after, _) = planned(&answers("/guacamole/", "/guacamole/"), &site);
    assert!(directives(&after).contains(&"proxy_send_timeout 2h;"), "{after}");
}

#[test]
fn tomcat_is_told_its_own_name_only_where_that_is_asked_for() {
    let own = with(|frontend| frontend.pass_host = false);
    let (after, _) = planned(&own, STOCK);
    assert!(after.contains("proxy_set_header Host $proxy_host;"), "{after}");
    let redirect = "proxy_redirect ~^(?:https?://[^/]+)?/guacamole(?:/(.*))?$ /guacamole/$1;";
    assert!(after.contains(redirect), "Tomcat's own name must not reach the browser: {after}");
    let (after, _) = planned(&own, BY_HAND);
    assert!(after.contains("proxy_set_header Host $proxy_host;") && !after.contains("$host;"), "{after}");
    let (back, _) = planned(&answers("/guacamole/", "/guacamole/"), &after);
    assert!(back.contains("proxy_set_header Host $http_host;"), "{back}");
    assert!(!directives(&back).contains(&redirect), "{back}");
    let (kept, _) = planned(&answers("/guacamole/", "/guacamole/"), BY_HAND);
    assert!(kept.contains("proxy_set_header Host $host;"), "another way to pass it on stays: {kept}");
}

#[test]
fn settings_around_that_guacamole_cannot_do_with_held_for_it_too() {
    let site = |around: &str, inner: &str| format!("server {{\n{around}{inner}}}\n");
    let lines = |text: &str| {
        let names = ["proxy_intercept_errors", "expires", "proxy_pass_request_"];
        let own = text.split_once("location").map_or("", |(_, own)| own).lines().map(str::trim);
        own.filter(|line| names.iter().any(|name| line.starts_with(name))).collect::<Vec<_>>().join(" ")
    };
    let around = "\tproxy_intercept_errors on;\n\texpires 30d;\n";
    let answers = answers("/guacamole/", "/guacamole/");
    let (after, _) = planned(&answers, &site(around, ""));
    assert_eq!(lines(&after), "proxy_intercept_errors off; expires off;");
    // Where they are gone, so is what undid them.
    let (after, _) = planned(&answers, &after.replace(around, "\texpires $by_type;\n"));
    assert_eq!(lines(&after), "");
    let own = "\tlocation /guacamole/ {\n\t\tproxy_pass http://127.0.0.1:8080;\n\t\tproxy_intercept_errors on; # mine\n\t}\n";
    let (after, _) = planned(&answers, &site("\tproxy_pass_request_headers off;\n", own));
    assert_eq!(lines(&after), "proxy_intercept_errors off; # mine proxy_pass_request_headers on;");
}

#[test]
fn a_header_that_is_set_twice_was_right_where_one_of_the_two_was() {
    let site = "server {\n\tlocation /guacamole/ {\n\t\tproxy_pass http://127.0.0.1:8080;\n\t\tproxy_set_header Host $proxy_host;\n\t\t\
                proxy_set_header Host $host;\n\t\tproxy_set_header Connection \"\";\n\t\tproxy_set_header Connection upgrade;\n\t\t\
                proxy_set_header X-Forwarded-For $http_x_forwarded_for;\n\t\tproxy_set_header X-Forwarded-For unknown;\n\t}\n}\n";
    let (after, _) = planned(&answers("/guacamole/", "/guacamole/"), site);
    for (line, times) in [
        ("\n\t\t# taken out by guacfront: proxy_set_header Host $proxy_host;\n", 1),
        ("\n\t\tproxy_set_header Host $host;\n", 1),
        ("\n\t\tproxy_set_header Connection \"\";\n", 1),
        ("\n\t\tproxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n", 1),
        ("\n\t\t# taken out by guacfront: proxy_set_header X-Forwarded-For unknown;\n", 1),
    ] {
        assert_eq!(after.matches(line).count(), times, "{line}{after}");
    }
}

#[test]
fn guacamole_with_and_without_its_slash_was_taken_for_two() {
    let site = "server {\n\tlocation /guacamole { proxy_pass http://127.0.0.1:8080; }\n\tlocation /guacamole/ { proxy_pass \
                http://127.0.0.1:8080; }\n}\n";
    let (after, _) = planned(&answers("/guacamole/", "/guacamole/"), site);
    assert!(
        after.contains(
            "\n\tlocation /guacamole { proxy_pass http://127.0.0.1:8080; }\n\tlocation ^~ /guacamole/ {"
        ),
        "{after}"
    );
}

#[test]
fn a_location_around_guacamoles_was_not_looked_at() {
    let site = "server {\n\tlocation /apps/ {\n\t\tproxy_intercept_errors on;\n\t\tdeny all;\n\t\tlocation /apps/guacamole/ {\n\t\t\t\
                proxy_pass http://127.0.0.1:8080/guacamole/;\n\t\t}\n\t}\n}\n";
    let (after, notes) = planned(&answers("/apps/guacamole/", "/guacamole/"), site);
    assert!(after.contains("\n\t\t\tproxy_intercept_errors off;\n"), "{after}");
    assert!(notes.iter().any(|note| note.starts_with("/e/s/site:4: deny all is in force")), "{notes:?}");
}
