//! What is written into virtual hosts of every kind, and that a second plan is empty.

mod around;
mod asking;
mod balancer;
mod beside;
mod options;
mod random;

use super::*;
use crate::config::apache::{Loaded, VirtualHost, virtual_hosts};
use crate::model::{Edited, FileImage, Meta, Rule, Service};
use crate::plan::diff;

const STOCK: &str = "<VirtualHost *:80>
\tServerAdmin webmaster@localhost
\tDocumentRoot /var/www/html
\tErrorLog ${APACHE_LOG_DIR}/error.log
\tCustomLog ${APACHE_LOG_DIR}/access.log combined
</VirtualHost>
";

fn changes(
    answers: &Answers,
    apache: &ApacheFindings,
    site: &Site,
    notes: &mut Vec<Note>,
) -> Result<Vec<Step>, PlanError> {
    decided(answers, apache, site, None, notes)
}

/// The steps of a plan in which it was chosen whose lines count.
fn decided(
    answers: &Answers,
    apache: &ApacheFindings,
    site: &Site,
    edited: Option<Edited>,
    notes: &mut Vec<Note>,
) -> Result<Vec<Step>, PlanError> {
    let mut hand = Hand::new(edited);
    let steps = super::changes(answers, apache, site, &mut hand, notes)?;
    hand.end(notes).map(|()| steps)
}

pub(super) fn image(path: &str, text: &str) -> FileImage {
    let meta = Meta { mode: 0o644, uid: 0, gid: 0 };
    FileImage { path: path.into(), target: path.into(), bytes: text.as_bytes().into(), meta }
}

pub(super) fn findings(files: Vec<FileImage>) -> ApacheFindings {
    let mut found = ApacheFindings {
        version: crate::model::Version::parse("2.4.65"),
        main: files[0].path.clone(),
        server_root: "/etc/apache2".into(),
        files,
        sites: Vec::new(),
        modules: Vec::new(),
        built_in: ["core", "setenvif", "alias"].map(ToOwned::to_owned).into(),
        available: ["proxy.conf", "proxy.load", "proxy_http.load", "proxy_wstunnel.load", "headers.load"]
            .map(ToOwned::to_owned)
            .into(),
        mod_folders: Some(("/etc/apache2/mods-available".into(), "/etc/apache2/mods-enabled".into())),
        sysconfig: None,
        defines: Vec::new(),
        problem: None,
        service: Service::default(),
        memo: crate::model::Memo::default(),
    };
    let loaded = Loaded::of(&found);
    found.sites = virtual_hosts(&loaded).iter().map(|host| site(&loaded, host)).collect();
    found.modules.clone_from(&loaded.modules);
    found
}

fn site(loaded: &Loaded, host: &VirtualHost<'_>) -> Site {
    let file = loaded.file(host.item);
    Site {
        file: file.path.clone(),
        offset: loaded.offset(host.item),
        line: loaded.line(host.item),
        names: host.names.clone(),
        listens: host.listens.clone(),
        guacamoles: Vec::new(),
        shadowed_by: None,
    }
}

pub(super) fn answers(path: &str, change: impl Fn(&mut Draft)) -> Answers {
    let mut draft = Draft { server: "apache".into(), public_path: path.into(), ..Draft::default() };
    change(&mut draft);
    draft.parse().expect("good answers")
}

/// Plans for the first virtual host of one file, plans again on the result, and gives the result.
fn planned(text: &str, answers: &Answers) -> Result<(String, Vec<Note>), PlanError> {
    let found = findings(vec![image("/etc/apache2/m.conf", text)]);
    let mut notes = Vec::new();
    let steps = changes(answers, &found, &found.sites[0], &mut notes)?;
    let after = steps
        .iter()
        .find_map(|step| match step {
            Step::File(change) => Some(String::from_utf8(change.after.to_vec()).expect("text")),
            _ => None,
        })
        .unwrap_or_else(|| text.to_owned());
    let again = findings(vec![image("/etc/apache2/m.conf", &after)]);
    let second = changes(answers, &again, &again.sites[0], &mut Vec::new())?;
    let edits: Vec<_> = second.iter().filter(|step| matches!(step, Step::File(_))).collect();
    assert!(edits.is_empty(), "a second plan changes:\n{after}\n{edits:?}");
    Ok((after, notes))
}

fn diff_of(text: &str, answers: &Answers) -> String {
    let (after, _) = planned(text, answers).expect("a plan");
    let lines = diff::between(text.as_bytes(), after.as_bytes());
    let keep = |line: &&diff::Line| line.mark != diff::Mark::Same;
    lines
        .iter()
        .filter(keep)
        .map(|line| format!("{}{}", line.mark.sign(), String::from_utf8_lossy(&line.text)))
        .collect()
}

#[test]
fn the_stock_virtual_host() {
    insta::assert_snapshot!(diff_of(STOCK, &answers("/guacamole/", |_| {})), @r#"
    -	CustomLog ${APACHE_LOG_DIR}/access.log combined
    +	CustomLog ${APACHE_LOG_DIR}/access.log combined env=!guacfront_tunnel
    +
    +	# guacfront begin 41c442ac4a Apache Guacamole at /guacamole/
    +	RedirectMatch "^/guacamole$" "/guacamole/"
    +	<Location "/guacamole/">
    +		ProxyPass "http://127.0.0.1:8080/guacamole/" flushpackets=on mapping=servlet
    +		ProxyPassReverse "http://127.0.0.1:8080/guacamole/"
    +		ProxyPreserveHost On
    +		RequestHeader set X-Forwarded-Proto "expr=%{REQUEST_SCHEME}"
    +	</Location>
    +	<Location "/guacamole/websocket-tunnel">
    +		ProxyPass "ws://127.0.0.1:8080/guacamole/websocket-tunnel"
    +		ProxyPassReverse "ws://127.0.0.1:8080/guacamole/websocket-tunnel"
    +	</Location>
    +	SetEnvIf Request_URI "^/guacamole/tunnel$" guacfront_tunnel
    +	# guacfront end
    "#);
}

#[test]
fn where_the_paths_differ_cookies_and_redirects_are_moved() {
    let (after, _) = planned(STOCK, &answers("/remote/", |_| {})).expect("a plan");
    for line in [
        "\t\tProxyPass \"http://127.0.0.1:8080/guacamole/\" flushpackets=on mapping=servlet\n",
        "\t\tProxyPassReverseCookiePath \"/guacamole/\" \"/remote/\"\n",
        "\t\tProxyPassReverseCookiePath \"/guacamole\" \"/remote/\"\n",
        "\t\tHeader edit Location \"^(https?://[^/]+)?/guacamole/\" \"$1/remote/\"\n",
        "\tSetEnvIf Request_URI \"^/remote/tunnel$\" guacfront_tunnel\n",
    ] {
        assert!(after.contains(line), "{line} is not in\n{after}");
    }
}

#[test]
fn another_path_changes_the_region_in_place() {
    let (first, _) = planned(STOCK, &answers("/guacamole/", |_| {})).expect("a plan");
    let (second, _) = planned(&first, &answers("/remote/", |_| {})).expect("a plan");
    let (direct, _) = planned(STOCK, &answers("/remote/", |_| {})).expect("a plan");
    assert_eq!(second, direct);
    let (back, _) = planned(&second, &answers("/guacamole/", |_| {})).expect("a plan");
    assert_eq!(back, first);
}

#[test]
fn logging_the_tunnel_takes_the_condition_off_again() {
    let (quiet, _) = planned(STOCK, &answers("/guacamole/", |_| {})).expect("a plan");
    let (loud, _) =
        planned(&quiet, &answers("/guacamole/", |d| d.log_tunnel = "yes".into())).expect("a plan");
    assert!(loud.contains("access.log combined\n") && !loud.contains("guacfront_tunnel"), "{loud}");
}

#[test]
fn a_log_with_a_condition_keeps_it() {
    let text = STOCK.replace("combined\n", "combined env=!dontlog\n");
    let (after, _) = planned(&text, &answers("/guacamole/", |_| {})).expect("a plan");
    assert!(after.contains("combined env=!dontlog\n"), "{after}");
    assert!(after.contains("SetEnvIf Request_URI \"^/guacamole/tunnel$\" dontlog\n"), "{after}");
    let text = STOCK.replace("combined\n", "combined env=wanted\n");
    let (after, _) = planned(&text, &answers("/guacamole/", |_| {})).expect("a plan");
    assert!(after.contains("SetEnvIf Request_URI \"^/guacamole/tunnel$\" !wanted\n"), "{after}");
}

#[test]
fn crlf_and_blanks_are_the_neighbours() {
    let text = "<VirtualHost *:80>\r\n  ServerName a\r\n</VirtualHost>\r\n";
    let (after, _) = planned(text, &answers("/guacamole/", |_| {})).expect("a plan");
    assert!(after.contains("  <Location \"/guacamole/\">\r\n    ProxyPass "), "{after}");
    assert_eq!(after.matches('\n').count(), after.matches("\r\n").count());
}

#[test]
fn a_region_edited_by_hand_is_refused_with_its_line() {
    let (after, _) = planned(STOCK, &answers("/guacamole/", |_| {})).expect("a plan");
    let edited = after.replace("flushpackets=on", "flushpackets=off");
    match planned(&edited, &answers("/guacamole/", |_| {})) {
        Err(PlanError::Edited { regions }) => assert_eq!((regions.len(), regions[0].line), (1, 7)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_region_edited_by_hand_stays_to_the_byte_or_becomes_guacfronts() {
    let usual = answers("/guacamole/", |_| {});
    let (after, _) = planned(STOCK, &usual).expect("a plan");
    let edited = after.replace("flushpackets=on", "flushpackets=off");
    let file = |text: &str, choice: Edited| {
        let found = findings(vec![image("/etc/apache2/apache2.conf", text)]);
        let mut notes = Vec::new();
        let steps = decided(&usual, &found, &found.sites[0], Some(choice), &mut notes).expect("a plan");
        let change = steps.into_iter().find_map(|step| match step {
            Step::File(change) => Some(String::from_utf8(change.after.to_vec()).expect("text")),
            _ => None,
        });
        (change, notes)
    };
    let (kept, notes) = file(&edited, Edited::Keep);
    assert_eq!(kept, None);
    assert!(notes.iter().any(|note| note.text.contains("edited by hand and is kept")), "{notes:?}");
    assert_eq!(file(&edited, Edited::Replace).0.as_deref(), Some(after.as_str()));
    assert_eq!(file(&after, Edited::Keep).0, None);
}

/// The manual's own text.
const MANUAL: &str = "<VirtualHost *:80>
    ServerName a.test
    <Location /guacamole/>
        Order allow,deny
        Allow from all
        ProxyPass http://localhost:8080/guacamole/ flushpackets=on
        ProxyPassReverse http://localhost:8080/guacamole/
    </Location>
    <Location /guacamole/websocket-tunnel>
        Order allow,deny
        Allow from all
        ProxyPass ws://localhost:8080/guacamole/websocket-tunnel
        ProxyPassReverse ws://localhost:8080/guacamole/websocket-tunnel
    </Location>
    SetEnvIf Request_URI \"^/guacamole/tunnel\" dontlog
    CustomLog  /var/log/apache2/guac.log common env=!dontlog
</VirtualHost>
";

#[test]
fn the_manual_s_sections_are_edited_in_place_and_never_doubled() {
    insta::assert_snapshot!(diff_of(MANUAL, &answers("/guacamole/", |_| {})), @r#"
    +    RedirectMatch "^/guacamole$" "/guacamole/"
    -        ProxyPass http://localhost:8080/guacamole/ flushpackets=on
    -        ProxyPassReverse http://localhost:8080/guacamole/
    +        ProxyPass "http://127.0.0.1:8080/guacamole/" flushpackets=on mapping=servlet
    +        ProxyPassReverse "http://127.0.0.1:8080/guacamole/"
    +        ProxyPreserveHost On
    +        RequestHeader set X-Forwarded-Proto "expr=%{REQUEST_SCHEME}"
    -        ProxyPass ws://localhost:8080/guacamole/websocket-tunnel
    -        ProxyPassReverse ws://localhost:8080/guacamole/websocket-tunnel
    +        ProxyPass "ws://127.0.0.1:8080/guacamole/websocket-tunnel"
    +        ProxyPassReverse "ws://127.0.0.1:8080/guacamole/websocket-tunnel"
    "#);
}

#[test]
fn a_websocket_section_that_comes_first_is_moved_behind() {
    let text = "<VirtualHost *:80>
    <Location /guacamole/websocket-tunnel>
        ProxyPass ws://localhost:8080/guacamole/websocket-tunnel timeout=600
        Require ip 10.9.0.0/16 # ours
    </Location>
    <Location /guacamole/>
        ProxyPass http://127.0.0.1:8080/guacamole/
        Require ip 10.0.0.0/8
    </Location>
</VirtualHost>
";
    let (after, _) = planned(text, &answers("/guacamole/", |_| {})).expect("a plan");
    let general = after.find("<Location /guacamole/>").expect("the general section stays");
    let section = "    <Location /guacamole/websocket-tunnel>
        ProxyPass \"ws://127.0.0.1:8080/guacamole/websocket-tunnel\" timeout=600
        Require ip 10.9.0.0/16 # ours
    </Location>\n";
    let websocket = after.find(section).expect("the WebSocket's section is there with all that was in it");
    assert!(websocket > general && after.matches("websocket-tunnel>").count() == 1, "{after}");
    assert!(after.contains("Require ip 10.0.0.0/8"), "{after}");
}

#[test]
fn lines_in_path_form_are_replaced_by_the_region() {
    let text = "<VirtualHost *:80>
    ProxyPass /remote/websocket-tunnel ws://127.0.0.1:8080/guacamole/websocket-tunnel
    ProxyPass /remote/ http://127.0.0.1:8080/guacamole/
    ProxyPassReverse /remote/ http://127.0.0.1:8080/guacamole/
    ProxyPass /app/ http://127.0.0.1:3000/
</VirtualHost>
";
    let (after, _) = planned(text, &answers("/remote/", |_| {})).expect("a plan");
    assert_eq!(after.matches("ProxyPass \"http").count(), 1, "{after}");
    assert!(
        after.contains("ProxyPass /app/ http://127.0.0.1:3000/") && !after.contains("ProxyPass /remote/"),
        "{after}"
    );
}

#[test]
fn somebody_else_s_path_is_refused() {
    let text = "<VirtualHost *:80>\n    ProxyPass / http://127.0.0.1:3000/\n</VirtualHost>\n";
    match planned(text, &answers("/", |_| {})) {
        Err(PlanError::Refused { line, message, .. }) => {
            assert_eq!(line, 2);
            assert!(message.contains("127.0.0.1:3000"), "{message}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn modules_are_enabled_as_a2enmod_does() {
    let found = findings(vec![image("/etc/apache2/m.conf", STOCK)]);
    let steps =
        changes(&answers("/guacamole/", |_| {}), &found, &found.sites[0], &mut Vec::new()).expect("a plan");
    let links: Vec<String> = steps
        .iter()
        .filter_map(|step| match step {
            Step::Link { path, target, .. } => Some(format!("{} -> {}", path.display(), target.display())),
            _ => None,
        })
        .collect();
    assert_eq!(
        links,
        [
            "/etc/apache2/mods-enabled/proxy.conf -> ../mods-available/proxy.conf",
            "/etc/apache2/mods-enabled/proxy.load -> ../mods-available/proxy.load",
            "/etc/apache2/mods-enabled/proxy_http.load -> ../mods-available/proxy_http.load",
            "/etc/apache2/mods-enabled/proxy_wstunnel.load -> ../mods-available/proxy_wstunnel.load",
            "/etc/apache2/mods-enabled/headers.load -> ../mods-available/headers.load",
        ]
    );
}

#[test]
fn where_modules_cannot_be_enabled_it_says_which_are_missing() {
    let mut found = findings(vec![image("/etc/apache2/m.conf", STOCK)]);
    found.mod_folders = None;
    found.available.clear();
    match changes(&answers("/guacamole/", |_| {}), &found, &found.sites[0], &mut Vec::new()) {
        Err(PlanError::Refused { message, .. }) => assert!(message.contains("proxy_wstunnel"), "{message}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_log_of_the_server_is_taken_where_the_virtual_host_has_none() {
    let text = "CustomLog /var/log/all.log combined\n<VirtualHost *:80>\n    ServerName a\n</VirtualHost>\n";
    let (after, _) = planned(text, &answers("/guacamole/", |_| {})).expect("a plan");
    assert!(after.starts_with("CustomLog /var/log/all.log combined env=!guacfront_tunnel\n"), "{after}");
}

#[test]
fn every_directive_that_is_written_is_explained() {
    for path in ["/guacamole/", "/remote/"] {
        for line in snippet(&answers(path, |_| {})).lines() {
            let line = line.trim();
            if !line.starts_with("</") && !line.starts_with('#') {
                let why = crate::plan::explain(crate::plan::Language::Apache, line);
                assert!(why.is_some(), "{line} is not explained");
            }
        }
    }
}
