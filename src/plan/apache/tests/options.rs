//! The options of the sections: what each writes, and what of it is kept where somebody wrote it by hand.

use super::*;

fn with(change: impl Fn(&mut Draft)) -> Answers {
    answers("/guacamole/", change)
}

fn off(draft: &mut Draft) {
    draft.websocket = "no".into();
}

/// The lines of a virtual host afterwards that are no comments, blanks taken off.
fn directives(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.starts_with('#')).collect()
}

#[test]
fn a_websocket_that_is_off_has_no_section_and_needs_no_module() {
    let (after, _) = planned(STOCK, &with(off)).expect("a plan");
    assert!(!after.contains("websocket-tunnel"), "{after}");
    let mark = after.lines().find(|line| line.contains("guacfront begin")).expect("a mark");
    assert!(mark.ends_with("; asked: websocket no"), "{mark}");
    let (again, _) = planned(&after, &with(|_| {})).expect("a plan");
    assert_eq!(again, planned(STOCK, &with(|_| {})).expect("a plan").0, "on again it is as ever");
    let found = findings(vec![image("/etc/apache2/m.conf", STOCK)]);
    let links = |answers: &Answers| {
        let steps = changes(answers, &found, &found.sites[0], &mut Vec::new()).expect("a plan");
        let links = steps.iter().filter(|step| matches!(step, Step::Link { .. }));
        links.filter(|step| format!("{step:?}").contains("wstunnel")).count()
    };
    assert_eq!((links(&with(|_| {})), links(&with(off))), (1, 0));
}

const SECTIONS: &str = "<VirtualHost *:80>
    <Location /guacamole/>
        ProxyPass http://127.0.0.1:8080/guacamole/ retry=0 timeout=700 # ours
        ProxyPreserveHost Off
    </Location>
    <Location /guacamole/websocket-tunnel>
        ProxyPass ws://127.0.0.1:8080/guacamole/websocket-tunnel timeout=900
    </Location>
</VirtualHost>
";
const LINES: &str = "<VirtualHost *:80>
    ProxyPass /guacamole/websocket-tunnel ws://127.0.0.1:8080/guacamole/websocket-tunnel timeout=900
    ProxyPass /guacamole/ http://127.0.0.1:8080/guacamole/ retry=0 timeout=700
</VirtualHost>
";

#[test]
fn a_websocket_of_somebody_s_own_is_taken_out_in_every_form() {
    let by_parameter = "<VirtualHost *:80>
    <Location /guacamole/>
        ProxyPass http://127.0.0.1:8080/guacamole/ upgrade=websocket retry=0
    </Location>
</VirtualHost>
";
    let lines_and_section = format!(
        "<VirtualHost *:80>\n    ProxyPass /guacamole/ http://127.0.0.1:8080/guacamole/\n{}",
        &SECTIONS[SECTIONS.find("    <Location /guacamole/websocket").expect("it is there")..]
    );
    for text in [SECTIONS, LINES, by_parameter, &lines_and_section] {
        let (after, _) = planned(text, &with(off)).expect("a plan");
        assert!(!after.contains("websocket-tunnel") && !after.contains("upgrade="), "{after}");
        assert!(after.contains("asked: websocket no"), "{after}");
        assert_eq!(after.contains("retry=0"), text.contains("retry=0"), "{after}");
    }
}

#[test]
fn the_longest_silence_is_a_parameter_of_both_sections() {
    let (after, _) = planned(STOCK, &with(|draft| draft.read_timeout = "2h".into())).expect("a plan");
    for line in [
        "ProxyPass \"http://127.0.0.1:8080/guacamole/\" flushpackets=on mapping=servlet timeout=7200",
        "ProxyPass \"ws://127.0.0.1:8080/guacamole/websocket-tunnel\" timeout=7200",
    ] {
        assert!(directives(&after).contains(&line), "{after}");
    }
    assert!(!planned(STOCK, &with(|_| {})).expect("a plan").0.contains("timeout="));
}

#[test]
fn a_time_of_somebody_s_own_becomes_the_one_asked_for_and_the_websocket_s_own_stays() {
    for text in [SECTIONS, LINES] {
        for (asked, written) in [("700", "timeout=700"), ("2h", "timeout=7200"), ("usual", "")] {
            let (after, _) = planned(text, &with(|draft| draft.read_timeout = asked.into())).expect("a plan");
            let passes: Vec<&str> =
                directives(&after).into_iter().filter(|line| line.starts_with("ProxyPass ")).collect();
            let (general, tunnel) = (passes[0], passes[1]);
            assert!(general.contains("retry=0") && general.contains(written), "{after}");
            assert_eq!(general.matches("timeout=").count(), usize::from(asked != "usual"), "{after}");
            assert!(tunnel.ends_with(" timeout=900"), "{after}");
        }
    }
    let same = SECTIONS.replace("timeout=900", "timeout=700");
    let (after, _) = planned(&same, &with(|draft| draft.read_timeout = "2h".into())).expect("a plan");
    assert_eq!(after.matches("timeout=7200").count(), 2, "{after}");
}

#[test]
fn tomcat_is_told_its_own_name_only_where_that_is_asked_for() {
    let own = with(|draft| draft.pass_host = "no".into());
    let (after, _) = planned(STOCK, &own).expect("a plan");
    assert!(directives(&after).contains(&"ProxyPreserveHost Off"), "{after}");
    let header = "Header edit Location \"^https?://127\\.0\\.0\\.1(?::[0-9]+)?/guacamole/\" \"/guacamole/\"";
    assert!(directives(&after).contains(&header), "Tomcat's own name must not reach the browser: {after}");
    let (after, _) = planned(SECTIONS, &with(|_| {})).expect("a plan");
    let said = |text: &str| directives(text).into_iter().filter(|l| l.starts_with("ProxyPreserve")).count();
    assert!(directives(&after).contains(&"ProxyPreserveHost On") && said(&after) == 1, "{after}");
    let outer = SECTIONS
        .replace("        ProxyPreserveHost Off\n", "")
        .replace("*:80>\n", "*:80>\n    ProxyPreserveHost Off\n");
    let (after, _) = planned(&outer, &own).expect("a plan");
    assert_eq!(said(&after), 1, "what the virtual host says is enough: {after}");
    let (after, _) = planned(&outer, &with(|_| {})).expect("a plan");
    assert!(after.contains("    ProxyPreserveHost Off\n") && said(&after) == 2, "{after}");
}

/// Measured with httpd 2.4.71: Tomcat was not told the client's address, Guacamole's answers were replaced by pages of the
/// site, and a scheme that a proxy in front knows was made `http`.
#[test]
fn what_the_site_says_of_all_that_it_proxies_was_left_to_break_guacamole() {
    for (said, wanted) in [
        ("ProxyAddHeaders Off", "ProxyAddHeaders On"),
        ("ProxyErrorOverride On", "ProxyErrorOverride Off"),
        ("<Location />\nProxyErrorOverride on 404\n</Location>", "ProxyErrorOverride Off"),
        ("<Proxy *>\nProxyAddHeaders Off\n</Proxy>", "ProxyAddHeaders On"),
    ] {
        let of_site = format!("<VirtualHost *:80>\n{said}\n</VirtualHost>\n");
        for text in [of_site.clone(), format!("{said}\n<VirtualHost *:80>\n</VirtualHost>\n")] {
            let (after, _) = planned(&text, &with(|_| {})).expect("a plan");
            assert!(after.contains(&format!("{said}\n")) && directives(&after).contains(&wanted), "{after}");
        }
        for own in ["", wanted, said.lines().find(|line| line.starts_with("Proxy")).unwrap_or_default()] {
            let section = format!(
                "<Location /guacamole/>\nProxyPass http://127.0.0.1:8080/guacamole/\n{own}\n</Location>"
            );
            let text = of_site.replace("</VirtualHost>", &format!("{section}\n</VirtualHost>"));
            let (after, _) = planned(&text, &with(|_| {})).expect("a plan");
            let section = &after[after.find("<Location /guacamole/>").expect("it is there")..];
            assert_eq!(section.matches(wanted).count(), 1, "{after}");
        }
    }
    let own = "<VirtualHost *:80>\n<Location /guacamole/>\nProxyPass http://127.0.0.1:8080/guacamole/\nProxyErrorOverride On\n\
               </Location>\n</VirtualHost>\n";
    assert!(planned(own, &with(|_| {})).expect("a plan").0.contains("\nProxyErrorOverride Off\n"));
    let quiet = planned("<VirtualHost *:80>\nProxyErrorOverride Off\n</VirtualHost>\n", &with(|_| {}));
    assert_eq!(quiet.expect("a plan").0.matches("ProxyErrorOverride").count(), 1);
    for (said, is_told) in [
        ("RequestHeader set X-Forwarded-Proto https", true),
        ("RequestHeader set X-Forwarded-Proto https env=HTTPS", false),
        ("RequestHeader unset X-Forwarded-Proto", false),
    ] {
        let text = format!("<VirtualHost *:80>\n{said}\n</VirtualHost>\n");
        let (after, _) = planned(&text, &with(|_| {})).expect("a plan");
        assert_eq!(!after.contains("%{REQUEST_SCHEME}"), is_told, "{after}");
    }
}

/// Measured with httpd 2.4.71: 200 in the place of 101.
#[test]
fn what_takes_the_upgrade_out_of_every_request_was_not_told_of() {
    for (said, is_told) in [
        ("RequestHeader unset Upgrade", true),
        ("<Location />\nSetEnv force-proxy-request-1.0 1\n</Location>", true),
        (
            "RequestHeader unset Proxy early\nSetEnv proxy-nokeepalive 1\nRequestHeader unset Connection",
            false,
        ),
    ] {
        let text = format!("<VirtualHost *:80>\n{said}\n</VirtualHost>\n");
        for (asked, is_told) in [("yes", is_told), ("no", false)] {
            let (_, notes) = planned(&text, &with(|draft| draft.websocket = asked.into())).expect("a plan");
            let told =
                notes.iter().any(|note| note.text.contains("no request is handed on as a WebSocket's"));
            assert_eq!(told, is_told, "{said}: {notes:?}");
        }
    }
}

/// Measured with httpd 2.4.71: the WebSocket went to the other application.
#[test]
fn a_line_with_a_mapping_took_the_websocket() {
    for (line, is_mapped) in [
        ("ProxyPass / http://127.0.0.1:3000/ mapping=servlet", true),
        ("ProxyPass / http://127.0.0.1:3000/", false),
        ("ProxyPass /other/ http://127.0.0.1:3000/ mapping=servlet", false),
        ("<Location />\nProxyPass http://127.0.0.1:3000/ mapping=servlet\n</Location>", false),
    ] {
        let of_site = format!("<VirtualHost *:80>\n{line}\n</VirtualHost>\n");
        for text in [of_site, format!("{line}\n<VirtualHost *:80>\n</VirtualHost>\n")] {
            let (after, _) = planned(&text, &with(|_| {})).expect("a plan");
            let wanted = "ProxyPass \"ws://127.0.0.1:8080/guacamole/websocket-tunnel\" mapping=servlet";
            assert_eq!(directives(&after).contains(&wanted), is_mapped, "{after}");
        }
    }
}
