//! What could be meant in two ways is refused with its line and what to do: nothing is guessed.

use super::*;

/// What is refused of one file's first virtual host: line, message, hint.
fn refused(text: &str, answers: &Answers) -> (usize, String, String) {
    match planned(text, answers) {
        Err(PlanError::Refused { line, message, hint, .. }) => (line, message, hint),
        other => panic!("{other:?}"),
    }
}

fn host(inside: &str) -> String {
    format!("<VirtualHost *:80>\n{inside}</VirtualHost>\n")
}

fn section(path: &str, backend: &str) -> String {
    format!("    <Location {path}>\n        ProxyPass http://{backend}\n    </Location>\n")
}

fn machine(files: Vec<FileImage>) -> crate::model::Findings {
    crate::model::Findings { apache: Some(findings(files)), ..crate::model::Findings::default() }
}

#[test]
fn two_virtual_hosts_that_match_are_a_question() {
    let named =
        |port: u16, name: &str| format!("<VirtualHost *:{port}>\nServerName {name}\n</VirtualHost>\n");
    let text = named(80, "a.test") + &named(443, "a.test") + &named(80, "b.test");
    let machine = machine(vec![image("/etc/apache2/m.conf", &text)]);
    let mut answers = answers("/guacamole/", |draft| draft.server_xml = "none".into());
    let asked = |answers: &Answers| match crate::plan::plan(answers, &machine) {
        Err(error @ PlanError::ManySites { .. }) => error.to_string() + &error.hint(),
        other => panic!("{other:?}"),
    };
    assert!(asked(&answers).contains("3 virtual hosts"), "{}", asked(&answers));
    let mut site = crate::model::SiteRef {
        file: "/etc/apache2/m.conf".into(),
        name: Some("a.test".into()),
        listen: None,
    };
    answers.frontend.site = Some(site.clone());
    let said = asked(&answers);
    assert!(said.contains("2 virtual hosts") && said.contains("*:443") && !said.contains("b.test"), "{said}");
    site.listen = Some("443".into());
    answers.frontend.site = Some(site);
    assert!(crate::plan::plan(&answers, &machine).is_ok());
}

#[test]
fn two_sections_of_guacamole_are_a_question_unless_the_path_names_one() {
    let text = host(
        &(section("/guacamole/", "10.0.0.1:8080/guacamole/")
            + &section("/guacamole-test/", "10.0.0.2:8080/guacamole/")),
    );
    let (line, message, hint) = refused(&text, &answers("/remote/", |_| {}));
    assert!(line == 5 && message.contains("line 2") && hint.contains("public path"), "{message}: {hint}");
    let (after, _) = planned(&text, &answers("/guacamole-test/", |_| {})).expect("the path tells it");
    assert!(after.contains("http://10.0.0.1:8080/guacamole/") && !after.contains("10.0.0.2"), "{after}");
}

#[test]
fn a_path_that_is_proxied_twice_is_refused() {
    let text = host(&section("/guacamole/", "127.0.0.1:8080/guacamole/").repeat(2));
    let (line, message, _) = refused(&text, &answers("/guacamole/", |_| {}));
    assert!(line == 5 && message.contains("line 2"), "{message}");
}

#[test]
fn a_pattern_that_kept_a_part_of_the_path_closed_was_opened_silently() {
    let own = "ProxyPass /guacamole/ http://127.0.0.1:8080/guacamole/\n";
    let guacamole = answers("/guacamole/", |_| {});
    for pattern in [
        "\"^/guacamole/api/ext\" \"!\"",
        "^/guacamole/api/(.*)$ http://127.0.0.1:3000/$1",
        "^/guacamole(/.*)?$ !",
    ] {
        let (line, message, hint) = refused(&host(&format!("ProxyPassMatch {pattern}\n{own}")), &guacamole);
        assert_eq!(line, 2, "{pattern}");
        assert!(message.contains("a part of /guacamole/ before the ProxyPass in line 3"), "{message}");
        assert!(hint.contains("<Location>"), "{hint}");
        let after = host(&format!("{own}ProxyPassMatch {pattern}\n"));
        assert!(planned(&after, &guacamole).is_ok(), "what comes after the line never counted: {pattern}");
    }
    for pattern in [
        "^/app/(.*)$ http://127.0.0.1:3000/$1",
        "^/guacamole/(websocket-tunnel)$ ws://127.0.0.1:8080/guacamole/$1",
        "^/guacamole/(websocket-tunnel)$ WS://127.0.0.1:8080/guacamole/$1",
        "^/guacamole/(websocket-tunnel)$ http://127.0.0.1:8080/guacamole/$1 upgrade=websocket",
        r"^/guacamole/(.*\.js)$ http://127.0.0.1:8080/guacamole/$1",
    ] {
        for own in [own, ""] {
            let (_, notes) =
                planned(&host(&format!("ProxyPassMatch {pattern}\n{own}")), &guacamole).expect("a plan");
            let told = notes.iter().any(|note| note.text.contains("ProxyPassMatch"));
            assert!(!told, "it is Guacamole's own: {pattern} {notes:?}");
        }
    }
    // Of a Guacamole that moves to another port the lines to the old one are its own, too.
    let moved = answers("/guacamole/", |draft| draft.port = "9090".into());
    let line = r"ProxyPassMatch ^/guacamole/(.*\.js)$ http://127.0.0.1:8080/guacamole/$1";
    assert!(planned(&host(&format!("{line}\n{own}")), &moved).is_ok());
    let alone = "ProxyPassMatch ^/guacamole/(.*)$ http://127.0.0.1:8080/guacamole/$1\n";
    let (_, notes) = planned(&host(alone), &guacamole).expect("a plan");
    assert!(!notes.iter().any(|note| note.text.contains("decides on a part")), "{notes:?}");
}

#[test]
fn a_pattern_without_a_beginning_or_from_above_was_passed_over() {
    let own = "ProxyPass /guacamole/ http://127.0.0.1:8080/guacamole/\n";
    let guacamole = answers("/guacamole/", |_| {});
    for pattern in [
        r"\.js$ !",
        r"\.(css|png|svg|woff2?)$ !",
        r"\.html$ !",
        "translations/ !",
        "api/(.*) http://127.0.0.1:3000/$1",
        "^/(guacamole|app)/api !",
        "^/g !",
        "^/(?!app) !",
        "^/.*/tunnel$ http://127.0.0.1:3000/",
    ] {
        let line = format!("ProxyPassMatch {pattern}\n");
        for text in [host(&format!("{line}{own}")), format!("{line}{}", host(own))] {
            let (at, message, _) = refused(&text, &guacamole);
            assert_eq!(at, if text.starts_with('<') { 2 } else { 1 }, "{text}");
            assert!(message.contains("a part of /guacamole/ before the ProxyPass in line 3"), "{message}");
        }
        let (_, notes) = planned(&host(&format!("{own}{line}")), &guacamole).expect("a plan");
        assert!(
            !notes.iter().any(|note| note.text.contains("ProxyPassMatch")),
            "it never counted: {notes:?}"
        );
        let mapped = own.replace("guacamole/\n", "guacamole/ mapping=servlet\n");
        assert!(
            planned(&host(&format!("{line}{mapped}")), &guacamole).is_ok(),
            "it never counted: {pattern}"
        );
    }
    for pattern in ["^/(.*)$ http://127.0.0.1:3000/$1", r"^/(.)\1 !"] {
        let (_, notes) =
            planned(&host(&format!("ProxyPassMatch {pattern}\n{own}")), &guacamole).expect("a plan");
        let told: Vec<_> = notes.iter().filter(|note| note.text.contains("ProxyPassMatch")).collect();
        let [note] = told.as_slice() else { panic!("{notes:?}") };
        assert!(note.text.starts_with("/etc/apache2/m.conf:2: "), "{note:?}");
        assert_eq!(note.warning, pattern.ends_with('!'), "what is not understood is a warning: {note:?}");
    }
}

#[test]
fn guacamole_is_not_moved_onto_another_application() {
    let text =
        host(&(section("/guacamole/", "127.0.0.1:8080/guacamole/") + &section("/app/", "127.0.0.1:3000/")));
    let (line, message, _) = refused(&text, &answers("/app/", |_| {}));
    assert!(line == 6 && message.contains("127.0.0.1:3000"), "{message}");
}

#[test]
fn two_regions_are_refused() {
    let (once, _) = planned(STOCK, &answers("/guacamole/", |_| {})).expect("a plan");
    let (region, _) = once.split_at(once.find("</VirtualHost>").expect("the end"));
    let region = &region[region.find("\t# guacfront begin").expect("a region")..];
    let twice = once.replace("</VirtualHost>", &format!("{region}</VirtualHost>"));
    let (line, message, _) = refused(&twice, &answers("/guacamole/", |_| {}));
    assert!(line == 21 && message.contains("2 times") && message.contains("line 7"), "{line} {message}");
}

#[test]
fn what_two_virtual_hosts_include_is_not_edited_for_one() {
    let main = "<VirtualHost *:80>\n    Include guac.inc\n</VirtualHost>\n\
        <VirtualHost *:443>\n    Include guac.inc\n</VirtualHost>\n";
    let shared = section("/guacamole/", "127.0.0.1:8080/guacamole/");
    let found = findings(vec![image("/etc/apache2/m.conf", main), image("/etc/apache2/guac.inc", &shared)]);
    match changes(&answers("/guacamole/", |_| {}), &found, &found.sites[0], &mut Vec::new()) {
        Err(PlanError::Refused { file, message, .. }) => {
            assert!(file.ends_with("guac.inc") && message.contains("2 times"), "{message}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_virtual_host_that_a_macro_makes_is_refused_at_its_use() {
    let text = "LoadModule macro_module m\n<Macro Site $name>\n<VirtualHost *:80>\nServerName $name\n\
        </VirtualHost>\n</Macro>\nUse Site a.test\nUse Site b.test\n";
    let found = findings(vec![image("/etc/apache2/m.conf", text)]);
    assert_eq!(found.sites.iter().map(|site| site.line).collect::<Vec<_>>(), [7, 8]);
    for site in &found.sites {
        match changes(&answers("/guacamole/", |_| {}), &found, site, &mut Vec::new()) {
            Err(PlanError::Refused { line, message, hint, .. }) => {
                assert_eq!(line, site.line);
                assert!(message.contains("macro") && hint.contains("guacfront show"), "{message}: {hint}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_line_whose_words_a_variable_makes_is_refused_where_one_has_to_change() {
    let text = format!(
        "Define to \"http://10.0.0.1:8080/guacamole/ retry=0\"\n{}",
        host("    <Location /guacamole/>\n        ProxyPass ${to}\n    </Location>\n")
    );
    let (line, message, _) = refused(&text, &answers("/guacamole/", |_| {}));
    assert!(line == 4 && message.contains("variable"), "{message}");
}

#[test]
fn a_websocket_s_section_that_is_there_twice_or_alone_is_refused() {
    let websocket = "    <Location /guacamole/websocket-tunnel>\n        ProxyPass ws://10.0.0.1/guacamole/websocket-tunnel\n    </Location>\n";
    let general = section("/guacamole/", "127.0.0.1:8080/guacamole/");
    let (line, message, _) =
        refused(&host(&(general + &websocket.repeat(2))), &answers("/guacamole/", |_| {}));
    assert!(line == 8 && message.contains("line 5"), "{message}");
    let (line, message, _) = refused(&host(websocket), &answers("/guacamole/", |_| {}));
    assert!(line == 2 && message.contains("what belongs to it above"), "{message}");
    let other = section("/html5/", "127.0.0.1:8080/guacamole/");
    let (line, _, _) = refused(&host(&(other + websocket)), &answers("/guacamole/", |_| {}));
    assert_eq!(line, 5);
}
