//! The options of server.xml: off they change nothing, on they change one attribute each.

use super::*;
use crate::config::tomcat::REMOTE_IP_VALVE;
use crate::model::Draft;

fn with(change: impl Fn(&mut Draft)) -> Answers {
    let mut draft = Draft::default();
    change(&mut draft);
    draft.parse().expect("the answers are good")
}

/// What an option changes in the file that is right but for it, without its blanks.
fn changed(option: impl Fn(&mut Draft)) -> Vec<String> {
    let (plain, _) = planned(STOCK.as_bytes(), "10.1.60", &with(|_| {})).expect("a plan");
    let (after, _) = planned(&plain, "10.1.60", &with(option)).expect("a plan");
    let lines = |bytes: &[u8]| -> Vec<String> {
        String::from_utf8_lossy(bytes).lines().map(|line| line.trim().to_owned()).collect()
    };
    let before = lines(&plain);
    lines(&after).into_iter().filter(|line| !before.contains(line)).collect()
}

#[test]
fn a_closed_connector_has_the_loopback_address() {
    let lines = changed(|draft| draft.loopback_only = "yes".into());
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("address=\"127.0.0.1\""), "{lines:?}");
    let lines = changed(|draft| (draft.loopback_only, draft.host) = ("yes".into(), "::1".into()));
    assert!(lines[0].contains("address=\"::1\""), "{lines:?}");
}

#[test]
fn a_connector_that_is_closed_stays_so_whatever_is_asked() {
    let closed = STOCK.replacen("port=\"8080\"", "port=\"8080\" address=\"127.0.0.1\"", 1);
    for word in ["yes", "no"] {
        let answers = with(|draft| draft.loopback_only = word.into());
        let (after, _) = planned(closed.as_bytes(), "10.1.60", &answers).expect("a plan");
        let text = String::from_utf8_lossy(&after);
        assert_eq!(text.matches("address=\"127.0.0.1\"").count(), 1, "{word}: {text}");
    }
}

#[test]
fn an_address_that_only_tomcat_can_tell_is_refused() {
    let odd = STOCK.replacen("port=\"8080\"", "port=\"8080\" address=\"${x}\"", 1);
    let answers = with(|draft| draft.loopback_only = "yes".into());
    let error = planned(odd.as_bytes(), "10.1.60", &answers).expect_err("it cannot be told");
    assert!(error.to_string().contains("which only Tomcat can tell"), "{error}");
}

#[test]
fn a_proxy_on_another_machine_is_not_shut_out() {
    for change in
        [|draft: &mut Draft| draft.host = "10.0.0.5".into(), |draft: &mut Draft| draft.server = "none".into()]
    {
        let mut draft = Draft { loopback_only: "yes".into(), ..Draft::default() };
        change(&mut draft);
        let errors = draft.parse().expect_err("the proxy would not be answered");
        assert_eq!(errors[0].field, Field::LoopbackOnly);
    }
}

#[test]
fn the_access_log_names_the_client() {
    let lines = changed(|draft| draft.log_client = "yes".into());
    assert_eq!(lines.last().map(String::as_str), Some("requestAttributesEnabled=\"true\" />"));
    let answers = with(|draft| draft.log_client = "yes".into());
    let none = STOCK.replace("AccessLogValve", "CrawlerSessionManagerValve");
    let (_, notes) = planned(none.as_bytes(), "10.1.60", &answers).expect("a plan");
    assert!(notes.iter().any(|note| note.text.contains("keeps no access log")), "{notes:?}");
}

/// Measured with Tomcat 10.1.60: the application was told http of every https request.
#[test]
fn a_protocol_s_value_for_another_header_was_left_for_this_one() {
    let valve =
        |own: &str| STOCK.replacen("autoDeploy=\"true\">", &format!("autoDeploy=\"true\">\n{own}"), 1);
    let before = valve(&format!(
        "<Valve className=\"{REMOTE_IP_VALVE}\" protocolHeader=\"X-Forwarded-SSL\" protocolHeaderHttpsValue=\"on\"/>"
    ));
    let (after, _) = planned(before.as_bytes(), "10.1.60", &with(|_| {})).expect("a plan");
    let after = String::from_utf8_lossy(&after).into_owned();
    assert!(
        after.contains("protocolHeader=\"x-forwarded-proto\" protocolHeaderHttpsValue=\"https\""),
        "{after}"
    );
    let right =
        valve(&format!("<Valve className=\"{REMOTE_IP_VALVE}\" protocolHeaderHttpsValue=\"HTTPS\"/>"));
    let (after, _) = planned(right.as_bytes(), "10.1.60", &with(|_| {})).expect("a plan");
    assert!(String::from_utf8_lossy(&after).contains("\"HTTPS\""));
}

#[test]
fn the_valve_stood_in_the_default_host_while_another_has_the_site_s_name() {
    let text = STOCK.replacen("autoDeploy=\"true\">", "autoDeploy=\"true\">\n<Alias>guac.test</Alias>", 1);
    let text = text.replacen("defaultHost=\"localhost\"", "defaultHost=\"other\"", 2).replace(
        "    </Engine>",
        "      <Host name=\"other\" appBase=\"other\">\n      </Host>\n    </Engine>",
    );
    let found = tomcat(text.as_bytes(), "10.1.60");
    let place = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let (mut hand, mut notes) = (Hand::new(None), Vec::new());
        let changes = revised(&with(|_| {}), &found, &names, &mut hand, &mut notes).expect("a plan");
        let after = String::from_utf8_lossy(&changes[0].after).into_owned();
        let is_warned = notes.iter().any(|note| note.warning && note.text.contains("several hosts"));
        (after.find(REMOTE_IP_VALVE) > after.find("name=\"other\""), is_warned)
    };
    assert_eq!(place(&[]), (true, true));
    assert_eq!(place(&["a.test", "GUAC.test"]), (false, false));
}

/// Measured with Tomcat 10.1.60: 403 for everybody, where only the proxy had been let in.
#[test]
fn a_filter_by_address_that_judges_clients_from_now_on_was_not_told_of() {
    let filter = "<Valve className=\"org.apache.catalina.valves.RemoteAddrValve\" allow=\"127.0.0.1\"/>";
    for (place, is_told) in
        [("autoDeploy=\"true\">", true), ("<Engine name=\"Catalina\" defaultHost=\"localhost\">\n", false)]
    {
        let text = STOCK.replacen(place, &format!("{place}\n{filter}\n"), 1);
        let (_, notes) = planned(text.as_bytes(), "10.1.60", &with(|_| {})).expect("a plan");
        assert_eq!(notes.iter().any(|note| note.text.contains("lets in by address")), is_told, "{place}");
    }
}
