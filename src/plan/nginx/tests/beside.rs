//! Several Guacamoles in one server block: each is told from the others by its path, and none gives way unasked.

use super::*;

fn at(path: &str) -> Answers {
    answers(path, "/guacamole/")
}

fn beside(path: &str) -> Answers {
    let mut answers = at(path);
    answers.frontend.beside = true;
    answers
}

const BY_HAND: &str =
    "server {\n    location /guacamole/ {\n        proxy_pass http://127.0.0.1:8080;\n    }\n}\n";

/// The text without what stands between marks.
fn outside(text: &str) -> String {
    let mut inside = false;
    let mut kept = String::new();
    for line in text.lines() {
        inside |= line.contains("guacfront begin");
        if !inside {
            kept.push_str(line);
            kept.push('\n');
        }
        inside &= !line.contains("guacfront end");
    }
    kept
}

#[test]
fn one_more_leaves_the_one_that_is_there_alone() {
    let (after, _) = planned(&beside("/b/"), BY_HAND);
    assert_eq!(outside(&after).replace("\n\n", "\n"), BY_HAND);
    assert!(after.contains("location ^~ /b/ {"), "{after}");
    // What is there afterwards is right whether it is asked for as one more or as the one at that path.
    assert_eq!(planned(&at("/b/"), &after).0, after);
}

#[test]
fn without_the_word_the_one_that_is_there_moves() {
    let (after, _) = planned(&at("/b/"), BY_HAND);
    assert!(after.contains("location ^~ /b/ {") && !after.contains("/guacamole/ {"), "{after}");
}

#[test]
fn each_region_is_changed_by_its_path() {
    let (first, _) = planned(&at("/a/"), STOCK);
    let (both, _) = planned(&beside("/b/"), &first);
    assert_eq!(both.matches("guacfront begin").count(), 2, "{both}");
    let mut other = at("/b/");
    other.backend.port = Port::new(8081).expect("a port");
    let (after, _) = planned(&other, &both);
    let own = |text: &str| text.split_once("location ^~ /b/ {").map(|(before, _)| before.to_owned());
    assert!(after.contains("proxy_pass http://127.0.0.1:8081/guacamole/;"), "{after}");
    let before_mark =
        |text: &str| own(text).and_then(|text| text.rsplit_once("# guac").map(|(a, _)| a.to_owned()));
    assert_eq!(before_mark(&after), before_mark(&both), "the other one stays as it is");
    let (third, _) = planned(&beside("/c/"), &both);
    assert_eq!(third.matches("guacfront begin").count(), 3, "{third}");
}

#[test]
fn which_of_several_moves_is_asked() {
    let (both, _) = planned(&beside("/b/"), &planned(&at("/a/"), STOCK).0);
    let by_hand = "server {\n    location /guacamole/ { proxy_pass http://h:1; }\n    location /guac/ { proxy_pass http://h:2; }\n}\n";
    for site in [&*both, by_hand] {
        let refused = try_plan(&at("/c/"), site).expect_err("which one is not told");
        let PlanError::Refused { hint, .. } = &refused else { panic!("{refused:?}") };
        assert!(hint.contains("frontend.beside = true"), "{hint}");
    }
}

#[test]
fn a_region_does_not_give_way_to_another_guacamole_at_the_path() {
    let (both, _) = planned(&beside("/b/"), BY_HAND);
    let (after, _) = planned(&at("/guacamole/"), &both);
    assert_eq!(after.matches("guacfront begin").count(), 1, "{after}");
    assert!(after.contains("location ^~ /b/ {") && after.contains("location ^~ /guacamole/ {"), "{after}");
}

#[test]
fn a_regular_expression_took_files_of_a_guacamole_inside_another_location() {
    let site = |outer: &str| {
        format!(
            "server {{\n location ~ \\.js$ {{ root /srv; }}\n location {outer} {{\n  proxy_pass http://127.0.0.1:3000;\n  location \
             /guacamole/ {{ proxy_pass http://127.0.0.1:8080; auth_basic x; }}\n }}\n}}\n"
        )
    };
    let (after, notes) = planned(&at("/guacamole/"), &site("/"));
    // The one that somebody wrote stays Guacamole's, with its rule of access.
    assert_eq!(after.matches("/guacamole/ {").count(), 1, "{after}");
    assert!(
        notes.iter().any(|note| note.contains("takes /guacamole/app.js away from Guacamole")),
        "{notes:?}"
    );
    let (_, notes) = planned(&at("/guacamole/"), &site("^~ /"));
    assert!(!notes.iter().any(|note| note.contains("away from Guacamole")), "{notes:?}");
}
