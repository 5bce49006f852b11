//! What stands around Guacamole's section: other sections, logs, files, and what is said about them.

use super::*;

fn notes_of(text: &str, path: &str) -> String {
    let (_, notes) = planned(text, &answers(path, |_| {})).expect("a plan");
    notes.iter().map(|note| note.sentence() + "\n").collect()
}

#[test]
fn at_the_root_it_stands_before_the_sections_that_are_to_go_on_counting() {
    let text = "<VirtualHost *:80>
    ServerName a.test
    # the other application
    <Location /app/>
        ProxyPass http://127.0.0.1:3000/
    </Location>
</VirtualHost>
";
    let (after, _) = planned(text, &answers("/", |_| {})).expect("a plan");
    let end = after.find("    # guacfront end\n\n    # the other application\n").expect("in front of it");
    assert!(after.find("<Location \"/\">").expect("a section") < end);
    let (beside, _) = planned(text, &answers("/guacamole/", |_| {})).expect("a plan");
    assert!(beside.ends_with("# guacfront end\n</VirtualHost>\n"), "{beside}");
}

#[test]
fn the_path_without_its_slash_is_led_on_before_what_else_is_proxied_takes_it() {
    let section = "    <Location \"/guacamole\">\n        RedirectMatch \"^/guacamole$\" \"/guacamole/\"\n    </Location>\n";
    for (lines, is_taken) in [
        ("    ProxyPass / http://127.0.0.1:3000/\n", true),
        ("    <Location />\n        ProxyPass http://127.0.0.1:3000/\n    </Location>\n", true),
        ("    ProxyPass /app/ http://127.0.0.1:3000/\n", false),
        (
            "    ProxyPass / http://127.0.0.1:3000/\n    <Location /guacamole/>\n        ProxyPass \
             http://127.0.0.1:8080/guacamole/\n    </Location>\n",
            true,
        ),
    ] {
        let text = format!("<VirtualHost *:80>\n    ServerName a.test\n{lines}</VirtualHost>\n");
        let wanted = answers("/guacamole/", |_| {});
        let (after, _) = planned(&text, &wanted).expect("a plan");
        assert_eq!(after.contains(section), is_taken, "{after}");
        let (again, _) = planned(&after, &wanted).expect("a plan");
        assert_eq!(again, after, "a second plan is empty");
    }
}

#[test]
fn a_line_that_begins_with_a_backslash_was_taken_for_an_indentation() {
    for text in [
        "<VirtualHost *:80>\n\\\n ServerName a.test\n</VirtualHost>\n",
        "\\\n<VirtualHost *:80>\n  \\\n  ServerName a.test\n</VirtualHost>\n",
    ] {
        let (after, _) = planned(text, &answers("/guacamole/", |_| {})).expect("a plan");
        let begin = after.find("# guacfront begin").expect("a mark");
        assert!(!after[begin..].contains("\\\n"), "{after}");
    }
}

#[test]
fn a_line_in_path_form_that_is_taken_over_is_named() {
    let text = "<VirtualHost *:80>\n    ProxyPass /app/ http://127.0.0.1:3000/\n</VirtualHost>\n";
    let notes = notes_of(text, "/");
    assert!(notes.contains("m.conf:2: /app/ goes to Guacamole"), "{notes}");
    assert!(!notes_of(text, "/guacamole/").contains("/app/"));
}

#[test]
fn lines_that_kept_a_part_of_the_path_in_path_form_keep_it_as_sections() {
    let text = "<VirtualHost *:80>
    # ACME
    ProxyPass /.well-known !
    ProxyPass /app/ http://127.0.0.1:3000/ retry=0
    ProxyPassReverse /app/ http://127.0.0.1:3000/
    ProxyPass / http://127.0.0.1:8080/guacamole/
    ProxyPass /late/ http://127.0.0.1:4000/
</VirtualHost>
";
    let answers = answers("/", |_| {});
    let (after, notes) = planned(text, &answers).expect("a plan");
    let kept = "    <Location \"/.well-known\">
        ProxyPass \"!\"
    </Location>
    <Location \"/app/\">
        ProxyPass \"http://127.0.0.1:3000/\" retry=0
        ProxyPreserveHost Off
    </Location>
    ProxyPassReverse /app/ http://127.0.0.1:3000/
    ProxyPass /late/ http://127.0.0.1:4000/
</VirtualHost>
";
    assert!(after.starts_with("<VirtualHost *:80>\n    # ACME\n    # guacfront begin"), "{after}");
    assert!(after.ends_with(&format!("    # guacfront end\n{kept}")), "{after}");
    assert_eq!(planned(&after, &answers).expect("a plan").0, after, "a second plan changes something");
    let told: Vec<_> = notes.iter().filter(|note| note.warning).map(|note| &note.text).collect();
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn requests_that_were_handed_on_in_another_way_are_told_of() {
    for (pass, words) in [
        ("balancer://guac/guacamole/", "in another way than to a host and port"),
        ("unix:/run/t.sock|http://localhost/guacamole/", "in another way than to a host and port"),
        ("https://127.0.0.1:8443/guacamole/", "over TLS"),
        ("ajp://127.0.0.1:8009/guacamole/", "over AJP"),
    ] {
        for text in [
            format!(
                "<VirtualHost *:80>\n<Location /guacamole/>\nProxyPass {pass}\n</Location>\n</VirtualHost>\n"
            ),
            format!("<VirtualHost *:80>\nProxyPass /guacamole/ {pass}\n</VirtualHost>\n"),
        ] {
            let (after, notes) = planned(&text, &answers("/guacamole/", |_| {})).expect("a plan");
            let is_told = |note: &Note| note.text.contains(words) && note.text.contains(pass);
            assert!(notes.iter().any(is_told), "{notes:?}");
            assert!(
                !after.contains(pass) && after.matches("ProxyPass \"http://127.0.0.1:8080").count() == 1,
                "{after}"
            );
        }
    }
}

#[test]
fn a_mark_of_somebody_s_own_stays_where_another_log_takes_the_tunnel_s_requests() {
    let text = "<VirtualHost *:80>
CustomLog /l/access.log combined
<Location /guacamole/>
ProxyPass http://127.0.0.1:8080/guacamole/ flushpackets=on
</Location>
SetEnvIf Request_URI ^/guacamole/tunnel dontlog
CustomLog /l/guac.log common env=!dontlog
</VirtualHost>
";
    let logging = answers("/guacamole/", |draft| draft.log_tunnel = "yes".into());
    let (after, _) = planned(text, &logging).expect("a plan");
    assert!(after.contains("SetEnvIf Request_URI ^/guacamole/tunnel dontlog\n"), "{after}");
    assert!(after.contains("\nProxyPreserveHost On\n"), "new lines begin as their neighbours do: {after}");
    let one_log = text.replace("CustomLog /l/access.log combined\n", "");
    let (after, _) = planned(&one_log, &logging).expect("a plan");
    assert!(!after.contains("SetEnvIf"), "{after}");
}

#[test]
fn a_section_that_comes_after_a_hand_written_one_and_takes_it_over_is_named() {
    let text = "<VirtualHost *:80>
    <Location /guacamole/>
        ProxyPass http://127.0.0.1:8080/guacamole/
    </Location>
    <Location />
        ProxyPass http://127.0.0.1:3000/
    </Location>
</VirtualHost>
";
    let notes = notes_of(text, "/guacamole/");
    assert!(notes.contains("m.conf:5: this section for / comes after"), "{notes}");
}

#[test]
fn rewritings_and_redirects_that_come_first_are_named() {
    for (line, said) in [
        ("Redirect permanent / https://a.test/", None),
        ("RewriteEngine On\nRewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R]", Some("sends")),
        ("RewriteEngine On\nRewriteCond %{HTTPS} off\nRewriteRule ^ https://a.test/ [R]", Some("may send")),
        ("<Location />\nRedirect https://a.test/\n</Location>", Some("sends")),
    ] {
        let notes = notes_of(&format!("<VirtualHost *:80>\n{line}\n</VirtualHost>\n"), "/guacamole/");
        let found = ["may send", "sends"]
            .into_iter()
            .find(|word| notes.contains(&format!(" {word} Guacamole's requests")));
        assert_eq!(found, said, "{line}: {notes}");
    }
}

#[test]
fn a_section_outside_of_the_virtual_hosts_is_edited_there_and_said_so() {
    let text = "<Location /guacamole/>
ProxyPass http://10.0.0.1:8080/guacamole/
</Location>
<VirtualHost *:80>
    ServerName a.test
</VirtualHost>
";
    let (after, notes) = planned(text, &answers("/guacamole/", |_| {})).expect("a plan");
    assert!(after.ends_with("<VirtualHost *:80>\n    ServerName a.test\n</VirtualHost>\n"), "{after}");
    assert!(
        after.contains("http://127.0.0.1:8080/guacamole/") && !after.contains("guacfront begin"),
        "{after}"
    );
    assert!(notes.iter().any(|note| note.rule == Some(Rule::GlobalLocation)));
}

#[test]
fn another_application_at_the_server_s_same_path_gives_way_in_this_virtual_host() {
    let text = "ProxyPass /guacamole/ http://127.0.0.1:3000/\n<VirtualHost *:80>\n    ServerName a.test\n</VirtualHost>\n";
    // Its path is Guacamole's own name, so it is taken for Guacamole.
    let (after, _) = planned(text, &answers("/guacamole/", |_| {})).expect("a plan");
    assert!(!after.contains(":3000"), "{after}");
    let text = text.replace("/guacamole/", "/desk/");
    let (after, _) = planned(&text, &answers("/desk/", |_| {})).expect("a plan");
    assert!(after.starts_with("ProxyPass /desk/ http://127.0.0.1:3000/\n<VirtualHost *:80>"), "{after}");
}

#[test]
fn a_region_that_was_moved_into_an_included_file_is_written_there() {
    let (planned, _) = planned(STOCK, &answers("/guacamole/", |_| {})).expect("a plan");
    let at = planned.find("\t# guacfront begin").expect("a region");
    let end = planned.find("</VirtualHost>").expect("the end");
    let main = format!("{}\tInclude guac.inc\n{}", &planned[..at], &planned[end..]);
    let found = findings(vec![
        image("/etc/apache2/m.conf", &main),
        image("/etc/apache2/guac.inc", &planned[at..end].replace('\n', "\r\n")),
    ]);
    let steps =
        changes(&answers("/remote/", |_| {}), &found, &found.sites[0], &mut Vec::new()).expect("a plan");
    let edited: Vec<&crate::model::FileChange> = steps
        .iter()
        .filter_map(|step| match step {
            Step::File(change) => Some(change),
            _ => None,
        })
        .collect();
    let [change] = edited.as_slice() else { panic!("{edited:?}") };
    assert!(change.before.path.ends_with("guac.inc"));
    let after = String::from_utf8(change.after.to_vec()).expect("text");
    assert!(
        after.contains("\t<Location \"/remote/\">\r\n") && !after.replace("\r\n", "").contains('\n'),
        "{after}"
    );
}

#[test]
fn a_log_s_open_quote_is_closed_before_the_condition() {
    let text = STOCK.replace("combined\n", "\"combined\n");
    let (after, _) = planned(&text, &answers("/guacamole/", |_| {})).expect("a plan");
    assert!(after.contains("access.log \"combined\" env=!guacfront_tunnel\n"), "{after}");
}

#[test]
fn a_log_over_two_lines_and_behind_a_variable_gets_its_condition() {
    let text = STOCK.replace("access.log combined\n", "access.log \\\r\n\t  ${kind} \\\n\n");
    let text = format!("Define kind combined\n{text}");
    let (after, _) = planned(&text, &answers("/guacamole/", |_| {})).expect("a plan");
    assert!(after.contains("access.log \\\r\n\t  ${kind} env=!guacfront_tunnel \\\n\n"), "{after}");
}

#[test]
fn logging_the_tunnel_takes_the_manual_s_own_mark_away() {
    let (after, _) =
        planned(MANUAL, &answers("/guacamole/", |draft| draft.log_tunnel = "yes".into())).expect("a plan");
    assert!(!after.contains("SetEnvIf") && after.contains("common env=!dontlog\n"), "{after}");
}

#[test]
fn a_virtual_host_without_a_line_in_it_and_with_tabs_around_it_is_set_as_its_own() {
    let text = "<IfModule alias_module>\n\t<VirtualHost *:80>\n\t</VirtualHost>\n</IfModule>";
    let (after, _) = planned(text, &answers("/guacamole/", |_| {})).expect("a plan");
    assert!(after.contains("\n\t\t<Location \"/guacamole/\">\n\t\t\tProxyPass "), "{after}");
    assert!(after.ends_with("\t\t# guacfront end\n\t</VirtualHost>\n</IfModule>"), "{after}");
}

#[test]
fn a_line_that_a_condition_indents_is_no_neighbour() {
    let text =
        "<VirtualHost *:80>\n  <IfModule alias_module>\n      Alias /x /y\n  </IfModule>\n</VirtualHost>\n";
    let (after, _) = planned(text, &answers("/guacamole/", |_| {})).expect("a plan");
    assert!(after.contains("\n  # guacfront begin "), "{after}");
}

#[test]
fn what_no_directive_says_stands_in_the_mark() {
    let change = |draft: &mut Draft| (draft.max_upload, draft.log_tunnel) = ("512m".into(), "yes".into());
    let text = "<VirtualHost *:80>\n    ServerName a.test\n</VirtualHost>\n";
    let (after, _) = planned(text, &answers("/guacamole/", change)).expect("a plan");
    assert!(
        after.contains(" Apache Guacamole at /guacamole/; asked: max_upload 512m, log_tunnel yes\n"),
        "{after}"
    );
    let (back, _) = planned(&after, &answers("/guacamole/", |_| {})).expect("a plan");
    assert!(!back.contains("asked:"), "{back}");
}

#[test]
fn without_the_old_websocket_module_a_present_httpd_does_well() {
    let mut found = findings(vec![image("/etc/apache2/m.conf", STOCK)]);
    found.mod_folders = None;
    found.built_in.extend(["proxy", "proxy_http", "headers"].map(ToOwned::to_owned));
    found.available.clear();
    let plan = |found: &ApacheFindings| {
        changes(&answers("/guacamole/", |_| {}), found, &found.sites[0], &mut Vec::new())
    };
    assert!(plan(&found).is_ok());
    found.version = crate::model::Version::parse("2.4.41");
    assert!(matches!(plan(&found), Err(PlanError::Refused { .. })));
}

#[test]
fn an_upgrade_that_worker_sharing_drops_becomes_a_websocket_url_and_one_that_works_is_left() {
    let text = |before: &str, general: &str| {
        format!(
            "<VirtualHost *:80>\n{before}    <Location /guacamole/>\n        ProxyPass http://127.0.0.1:8080/guacamole/{general}\n    \
             </Location>\n    <Location /guacamole/websocket-tunnel>\n        \
             ProxyPass http://127.0.0.1:8080/guacamole/websocket-tunnel upgrade=websocket\n    </Location>\n</VirtualHost>\n"
        )
    };
    let other = "    <Location /app/>\n        ProxyPass http://127.0.0.1:8080/\n    </Location>\n";
    for (before, general, scheme, is_told) in [
        ("", "", "ws", false),
        ("", " upgrade=websocket", "http", false),
        (other, " upgrade=websocket", "ws", true),
    ] {
        let text = text(before, general);
        let (after, notes) = planned(&text, &answers("/guacamole/", |_| {})).expect("a plan");
        let line = format!("{scheme}://127.0.0.1:8080/guacamole/websocket-tunnel");
        assert!(after.contains(&line), "{after}");
        assert_eq!(after.matches("/guacamole/websocket-tunnel").count(), 2, "{after}");
        let told = notes.iter().any(|note| note.rule == Some(Rule::UpgradeDropped));
        assert_eq!(told, is_told, "{notes:?}");
    }
}

#[test]
fn an_insertion_survives_lines_that_go_on_and_a_file_that_ends_without_a_line_feed() {
    for (before, inside) in [
        ("# goes on \\\n", ""),
        ("", "    # goes on \\\n    into this one\n"),
        ("", "    ServerAlias \\\n        b.test \\\n        c.test\n"),
        ("", "    # the last \\\r\n    of them\r\n"),
    ] {
        let text = format!("{before}# x\n<VirtualHost *:80>\n    ServerName a.test\n{inside}</VirtualHost>");
        let (after, _) = planned(&text, &answers("/guacamole/", |_| {})).expect("a plan");
        assert!(after.contains(&format!("ServerName a.test\n{inside}")), "{after}");
        let begin = after.find("# guacfront begin").expect("a region");
        let line = after[..begin].trim_end_matches([' ', '\t']);
        assert!(!line.trim_end_matches(['\r', '\n']).ends_with('\\'), "{after}");
        assert!(after.ends_with("</VirtualHost>"), "{after}");
    }
}

/// Each as httpd 2.4.71 does it: 403, 401 or 405 at Guacamole's path.
#[test]
fn rules_for_the_proxy_by_pattern_and_for_methods_were_not_told_of() {
    for (lines, said, is_warning) in [
        ("<Proxy *>\nRequire all denied\n</Proxy>", "<proxy *> hold for Guacamole too: nobody", true),
        ("<ProxyMatch ^http>\nRequire ip 10.0.0.1\n</ProxyMatch>", "<proxymatch ^http> hold", false),
        ("<Proxy http://127.0.0.1:8080/>\nDeny from all\n</Proxy>", "too: nobody is let in", true),
        (
            "<LocationMatch ^/guac>\nRequire valid-user\n</LocationMatch>",
            "<locationmatch ^/guac> hold",
            false,
        ),
        ("<Location />\nRequire all denied\n</Location>", "rules for / hold for Guacamole too: nobody", true),
        ("<Location />\nOrder allow,deny\nAllow from 10.0.0.1\n</Location>", "rules for / hold", false),
        (
            "<Location />\nAllowMethods GET HEAD POST\n</Location>",
            "allowmethods refuses PUT, PATCH, DELETE",
            true,
        ),
        ("<If true>\nRequire all denied\n</If>", "<if true> may hold", false),
    ] {
        let text = format!("<VirtualHost *:80>\n{lines}\n</VirtualHost>\n");
        let (_, notes) = planned(&text, &answers("/guacamole/", |_| {})).expect("a plan");
        let told = notes.iter().find(|note| note.text.contains(said));
        assert_eq!(told.map(|note| note.warning), Some(is_warning), "{lines}: {notes:?}");
    }
    let undone = "<Proxy *>\nRequire all denied\n</Proxy>\n<Location />\nRequire all granted\n</Location>";
    let notes = notes_of(&format!("<VirtualHost *:80>\n{undone}\n</VirtualHost>\n"), "/guacamole/");
    assert!(notes.contains("<proxy *> hold") && !notes.contains("nobody"), "{notes}");
    let other = "<Proxy http://127.0.0.1:9000/>\nRequire all denied\n</Proxy>\n<Limit TRACE>\nRequire all denied\n</Limit>";
    let notes = notes_of(&format!("<VirtualHost *:80>\n{other}\n</VirtualHost>\n"), "/guacamole/");
    assert!(!notes.contains("Guacamole"), "{notes}");
}
