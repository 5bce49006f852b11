//! Several Guacamoles in one virtual host: each is told from the others by its path, and none gives way unasked.

use super::*;

fn at(path: &str) -> Answers {
    answers(path, |_| {})
}

fn beside(path: &str) -> Answers {
    answers(path, |draft| draft.beside = "yes".into())
}

const BY_HAND: &str = "<VirtualHost *:80>
    <Location /guacamole/>
        ProxyPass http://127.0.0.1:8080/guacamole/
    </Location>
    <Location /guacamole/websocket-tunnel>
        ProxyPass ws://127.0.0.1:8080/guacamole/websocket-tunnel
    </Location>
</VirtualHost>
";
const LINES: &str = "<VirtualHost *:80>
    ProxyPass /guacamole/websocket-tunnel ws://127.0.0.1:8080/guacamole/websocket-tunnel
    ProxyPass /guacamole/ http://127.0.0.1:8080/guacamole/
</VirtualHost>
";

#[test]
fn one_more_leaves_the_one_that_is_there_alone() {
    for there in [BY_HAND, LINES] {
        let (after, _) = planned(there, &beside("/b/")).expect("a plan");
        let body = there.strip_suffix("</VirtualHost>\n").expect("it ends so");
        assert!(after.starts_with(body) && after.contains("<Location \"/b/\">"), "{after}");
        assert_eq!(planned(&after, &at("/b/")).expect("a plan").0, after);
    }
}

#[test]
fn without_the_word_the_one_that_is_there_moves() {
    for there in [BY_HAND, LINES] {
        let (after, _) = planned(there, &at("/b/")).expect("a plan");
        assert!(after.contains("<Location \"/b/\">") && !after.contains("<Location /guac"), "{after}");
    }
}

#[test]
fn each_region_is_changed_by_its_path() {
    let (first, _) = planned(STOCK, &at("/a/")).expect("a plan");
    let (both, _) = planned(&first, &beside("/b/")).expect("a plan");
    assert_eq!(both.matches("guacfront begin").count(), 2, "{both}");
    let (after, _) = planned(&both, &answers("/b/", |draft| draft.port = "8081".into())).expect("a plan");
    let first_region = |text: &str| {
        let from = text.find("# guacfront begin").expect("a mark");
        let to = text.find("# guacfront end").expect("a mark");
        text[from..to].to_owned()
    };
    assert_eq!(first_region(&after), first_region(&both), "the other one stays as it is");
    assert!(after.contains("ProxyPass \"http://127.0.0.1:8081/guacamole/\""), "{after}");
}

#[test]
fn the_root_goes_before_a_region_and_not_into_it() {
    let (first, _) = planned(STOCK, &at("/a/")).expect("a plan");
    let (both, _) = planned(&first, &beside("/")).expect("a plan");
    let places: Vec<usize> = ["<Location \"/\">", "guacfront end", "guacfront begin", "<Location \"/a/\">"]
        .into_iter()
        .zip([0, 0, 1, 0])
        .map(|(text, nth)| both.match_indices(text).nth(nth).unwrap_or_else(|| panic!("{text}: {both}")).0)
        .collect();
    assert!(places.is_sorted(), "of two sections that match the later one counts:\n{both}");
    let (edited, _) = planned(&both, &answers("/a/", |draft| draft.port = "8081".into())).expect("a plan");
    assert!(edited.contains("8081"), "its region is whole: {edited}");
}

#[test]
fn which_of_several_moves_is_asked() {
    let (both, _) = planned(&planned(STOCK, &at("/a/")).expect("a plan").0, &beside("/b/")).expect("a plan");
    let by_hand = LINES.replace("</VirtualHost>", "    ProxyPass /guac/ http://h:1/guac/\n</VirtualHost>");
    for there in [both, by_hand] {
        let refused = planned(&there, &at("/c/")).expect_err("which one is not told");
        let PlanError::Refused { hint, .. } = &refused else { panic!("{refused:?}") };
        assert!(hint.contains("frontend.beside = true"), "{hint}");
    }
}

#[test]
fn a_line_by_pattern_that_is_taken_over_is_named_once() {
    let told = |text: &str| {
        let (after, notes) = planned(text, &answers("/guacamole/", |_| {})).expect("a plan");
        let notes: Vec<String> = notes.into_iter().map(|note| note.text).collect();
        (after, notes.into_iter().filter(|text| text.contains("ProxyPassMatch")).collect::<Vec<_>>())
    };
    let location =
        "    <Location /guacamole/>\n        ProxyPass http://127.0.0.1:8080/guacamole/\n    </Location>\n";
    for (line, is_named) in [
        ("api/(.*) http://127.0.0.1:3000/$1", true),
        ("^/guacamole(/.*)?$ !", true),
        ("^/(.*)$ http://127.0.0.1:3000/$1", false),
        ("^/app/(.*)$ http://127.0.0.1:3000/$1", false),
    ] {
        let host =
            |own: &str| format!("<VirtualHost *:80>\n    ProxyPassMatch {line}\n{own}</VirtualHost>\n");
        let (after, notes) = told(&host(""));
        assert_eq!(notes.len(), usize::from(is_named), "{line}: {notes:?}");
        let is_it = |note: &String| {
            note.starts_with("/etc/apache2/m.conf:2: ") && note.contains("goes to Guacamole from now on")
        };
        assert!(notes.iter().all(is_it), "{notes:?}");
        assert!(told(&after).1.is_empty(), "Guacamole's section is there already: {line}");
        assert!(told(&host(location)).1.is_empty(), "a section has always come first: {line}");
        // What takes more than one path takes this without its slash, too.
        let is_taken = line.starts_with("^/(");
        assert_eq!(after.contains("    <Location \"/guacamole\">\n"), is_taken, "{after}");
    }
}

/// Measured with httpd 2.4.71: Guacamole is there, and the rest goes where it went.
#[test]
fn an_exclusion_of_the_path_was_taken_for_another_application() {
    for exclusion in [
        "ProxyPass /guacamole !\nProxyPass / http://127.0.0.1:3000/",
        "ProxyPass /guacamole/ !\nProxyPass / http://127.0.0.1:3000/",
        "<Location /guacamole>\nProxyPass !\n</Location>",
        "<Location /guacamole/>\nProxyPass !\n</Location>",
    ] {
        let text = format!("<VirtualHost *:80>\n{exclusion}\n</VirtualHost>\n");
        let (after, notes) = planned(&text, &answers("/guacamole/", |_| {})).expect("a plan");
        assert!(after.contains(&format!("{exclusion}\n")) && after.contains("guacfront begin"), "{after}");
        assert!(!notes.iter().any(|note| note.text.contains("from now on")), "{exclusion}: {notes:?}");
    }
}

/// Measured with httpd 2.4.71: what was asked below the path went to Tomcat and no longer where it belongs.
#[test]
fn another_application_below_the_path_was_taken_for_guacamole_and_moved() {
    for (open, close) in
        [("<Location /guacamole/static>\nProxyPass", "\n</Location>"), ("ProxyPass /guacamole/static", "")]
    {
        let other = format!("{open} http://127.0.0.1:9001/{close}\n");
        let text = format!("<VirtualHost *:80>\n{other}</VirtualHost>\n");
        let (after, notes) = planned(&text, &answers("/guacamole/", |_| {})).expect("a plan");
        assert!(after.contains(&other) && after.contains("guacfront begin"), "{after}");
        // A section after Guacamole's goes on to count, a line does not.
        assert_eq!(after.find("guacfront begin") < after.find(&other), close.contains("Location"), "{after}");
        assert_eq!(notes.iter().any(|note| note.text.contains("from now on")), close.is_empty(), "{notes:?}");
    }
}
