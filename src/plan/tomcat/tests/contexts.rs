use super::*;
use crate::config::tomcat::REMOTE_IP_VALVE;
use crate::model::{ContextProblem, ContextValve, Findings, Note, Problem};

/// The stock server.xml with these lines in its Host, and a valve with these attributes in a file of a context.
fn planned_beside(
    host: &str,
    context: Option<&str>,
    attributes: &[(&str, &str)],
) -> (Vec<FileChange>, Vec<Note>) {
    let text = STOCK.replace("      </Host>", &format!("{host}      </Host>"));
    let valve = ContextValve {
        file: "/etc/tomcat10/context.xml".into(),
        line: 7,
        context: context.map(ToOwned::to_owned),
        attributes: attributes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    };
    let tomcat = TomcatFindings { context_valves: vec![valve], ..tomcat(text.as_bytes(), "10.1.60") };
    let mut notes = Vec::new();
    (changes(&usual(), &tomcat, &mut notes).expect("it is planned"), notes)
}

fn of_the_valve(notes: &[Note]) -> Vec<(bool, &str)> {
    let found = notes.iter().filter(|note| note.text.starts_with("/etc/tomcat10/context.xml:7: "));
    found.map(|note| (note.warning, &note.text[29..])).collect()
}

fn has_valve(changes: &[FileChange]) -> bool {
    changes.iter().any(|change| String::from_utf8_lossy(&change.after).contains("RemoteIpValve"))
}

#[test]
fn a_file_of_a_context_that_cannot_be_read_stops_the_plan_where_it_is_guacamole_s() {
    let problem = |context: Option<&str>| ContextProblem {
        context: context.map(ToOwned::to_owned),
        problem: Problem {
            file: "/etc/tomcat10/context.xml".into(),
            at: Some((3, 7)),
            message: "a plain & is written &amp;".into(),
        },
    };
    for (context, stops) in [(None, true), (Some("/guacamole/"), true), (Some("/other/"), false)] {
        let problem = problem(context);
        let tomcat =
            TomcatFindings { context_problems: vec![problem.clone()], ..tomcat(STOCK.as_bytes(), "10.1.60") };
        let planned = changes(&usual(), &tomcat, &mut Vec::new());
        if !stops {
            assert!(has_valve(&planned.expect("another application's file is not in the way")));
            continue;
        }
        let error = planned.expect_err("nobody can tell what stands there");
        assert_eq!(error, PlanError::Unreadable(problem.problem));
        assert!(error.to_string().starts_with("/etc/tomcat10/context.xml:3:7: "), "{error}");
        let findings = Findings { tomcats: vec![tomcat], ..Findings::default() };
        let (place, text) = crate::plan::by_hand(&usual(), &findings, &error).expect("what to paste");
        assert!(place.contains("server.xml") && text.contains("<Valve"), "{place}: {text}");
    }
}

#[test]
fn a_valve_in_the_file_of_a_context_is_not_doubled_but_told_what_it_must_hold() {
    for context in [None, Some("/guacamole/")] {
        let (changes, notes) = planned_beside("", context, &[]);
        assert!(!has_valve(&changes));
        let [(true, text)] = of_the_valve(&notes)[..] else { panic!("{notes:?}") };
        assert!(
            text.contains("server.xml gets none beside it; write internalProxies=\"127\\.0\\.0\\.1|"),
            "{text}"
        );
        assert!(!text.contains("remoteIpHeader"), "what is Tomcat's default need not be said: {text}");
    }
    let right =
        [("internalProxies", "127\\.0\\.0\\.1|0:0:0:0:0:0:0:1"), ("protocolHeader", "X-Forwarded-Proto")];
    let (changes, notes) = planned_beside("", None, &right);
    assert!(!has_valve(&changes));
    assert_eq!(
        of_the_valve(&notes),
        [(false, "a RemoteIpValve stands here and says what is asked for; server.xml gets none beside it")]
    );
    let wrong = [right[0], ("remoteIpHeader", "X-Real-IP")];
    let (_, notes) = planned_beside("", None, &wrong);
    assert!(of_the_valve(&notes)[0].1.ends_with("write remoteIpHeader=\"x-forwarded-for\" into it by hand"));
}

#[test]
fn the_valve_of_another_application_is_none() {
    let (changes, notes) = planned_beside("", Some("/other/"), &[]);
    assert!(has_valve(&changes));
    assert_eq!(of_the_valve(&notes), []);
}

#[test]
fn a_valve_behind_that_of_server_xml_is_told() {
    let (changes, notes) = planned_beside(&format!("        {VALVE}/>\n"), None, &[]);
    assert!(has_valve(&changes));
    assert!(of_the_valve(&notes)[0].1.starts_with("a second RemoteIpValve"));
}

#[test]
fn a_valve_in_the_context_of_server_xml_is_mended_in_place() {
    let context = format!("        <Context path=\"/guacamole\">\n          {VALVE}/>\n        </Context>\n");
    let text = STOCK.replace("      </Host>", &format!("{context}      </Host>"));
    let (after, _) = planned(text.as_bytes(), "10.1.60", &usual()).expect("it is planned");
    let after = String::from_utf8(after).expect("it is UTF-8");
    assert_eq!(after.matches(REMOTE_IP_VALVE).count(), 1);
    let (before, own) = after.split_once(VALVE).expect("it is where it was");
    assert!(before.ends_with("<Context path=\"/guacamole\">\n          "));
    assert!(own.trim_start().starts_with("internalProxies=\"127\\.0\\.0\\.1|"), "{own}");
}
