use super::*;

type Case = (Rule, &'static str, &'static str);

const NAME: &str = "    ServerName a.test\n";
const PASS: &str = "        ProxyPassReverse \"http://127.0.0.1:8080/guacamole/\"\n";
const LOG: &str = "CustomLog /var/log/access.log combined env=!quiet";
const TUNNEL: &str = "    <Location \"/guacamole/websocket-tunnel\">
        ProxyPass \"ws://127.0.0.1:8080/guacamole/websocket-tunnel\"
    </Location>
";

/// A rule, what of the good virtual host is replaced, and by what.
const CASES: &[Case] = &[
    (Rule::WebSocketMissing, TUNNEL, ""),
    (Rule::AccessCompat, PASS, "Order allow,deny\nAllow from all\n"),
    (Rule::RequireCloses, PASS, "Require all denied\n"),
    (Rule::RequireCloses, NAME, "ServerName a.test\n<Location />\nRequire all denied\n</Location>\n"),
    (Rule::ApacheKeepsOut, NAME, "ServerName a.test\n<Location />\nRequire ip 10.0.0.0/8\n</Location>\n"),
    (Rule::WebSocketMissing, NAME, "ServerName a.test\nRequestHeader unset Upgrade\n"),
    (Rule::WebSocketMissing, NAME, "ServerName a.test\nSetEnv force-proxy-request-1.0 1\n"),
    (Rule::LeadsAway, NAME, "ServerName a.test\nSetEnvIf Request_URI ^/guac no-proxy\n"),
    (Rule::RequireCloses, NAME, "ServerName a.test\n<Proxy *>\nRequire all denied\n</Proxy>\n"),
    (
        Rule::ApacheKeepsOut,
        NAME,
        "ServerName a.test\n<LocationMatch ^/guac>\nAllowMethods GET POST\n</LocationMatch>\n",
    ),
    (Rule::NoSlashRedirect, "RedirectMatch \"^/guacamole$\" \"/guacamole/\"", ""),
    (
        Rule::SecondLog,
        LOG,
        "CustomLog /var/log/access.log combined\nCustomLog /var/log/guac.log common env=!quiet",
    ),
    (Rule::ApacheTunnelLogged, LOG, "CustomLog /var/log/access.log combined"),
    (Rule::ApacheForwardedProto, "RequestHeader set X-Forwarded-Proto \"expr=%{REQUEST_SCHEME}\"", ""),
    (Rule::Mapping, " mapping=servlet", ""),
    (
        Rule::ApacheSlash,
        "\"http://127.0.0.1:8080/guacamole/\" flush",
        "\"http://127.0.0.1:8080/guacamole\" flush",
    ),
    (Rule::WebSocketMissing, "\"ws://", "\"http://"),
    (
        Rule::WebSocketMissing,
        "ws://127.0.0.1:8080/guacamole/websocket-tunnel",
        "ws://127.0.0.1:8080/guacamole/",
    ),
    (Rule::ApacheForwardedFor, NAME, "ServerName a.test\nProxyAddHeaders Off\n"),
    (Rule::ErrorsReplaced, NAME, "ServerName a.test\nProxyErrorOverride On\n"),
    (Rule::ErrorsReplaced, NAME, "ServerName a.test\n<Location />\nProxyErrorOverride On 403\n</Location>\n"),
    (
        Rule::ApacheTakenOver,
        LOG,
        "CustomLog /var/log/access.log combined env=!quiet\n<Location />\nProxyPass http://127.0.0.1:3000/\n</Location>",
    ),
    (
        Rule::LeadsAway,
        NAME,
        "ServerName a.test\nRewriteEngine On\nRewriteRule ^ https://a.test%{REQUEST_URI} [R]\n",
    ),
];

pub(super) const RULES: [Rule; 20] = [
    Rule::ErrorsReplaced,
    Rule::ApacheForwardedFor,
    Rule::ApacheTakenOver,
    Rule::WebSocketMissing,
    Rule::AccessCompat,
    Rule::RequireCloses,
    Rule::ApacheKeepsOut,
    Rule::NoSlashRedirect,
    Rule::SecondLog,
    Rule::ApacheTunnelLogged,
    Rule::ApacheForwardedProto,
    Rule::Mapping,
    Rule::ApacheSlash,
    Rule::LeadsAway,
    Rule::ModuleMissing,
    Rule::WebSocketOrder,
    Rule::UpgradeDropped,
    Rule::RequireOpens,
    Rule::GlobalLocation,
    Rule::DeadVirtualHost,
];

fn found_with(text: &str, modules: &[&str]) -> Vec<&'static str> {
    codes(&Findings { nginx: None, apache: Some(apache_of(text, modules)), ..good() })
}

fn found(text: &str) -> Vec<&'static str> {
    found_with(text, &MODULES)
}

/// The good virtual host, its WebSocket by parameter.
fn by_parameter() -> String {
    with(&with(APACHE, TUNNEL, ""), "mapping=servlet", "mapping=servlet upgrade=websocket")
}

#[test]
fn a_location_around_guacamoles_counts_wherever_it_stands_in_its_own_file() {
    for lines in 0..6 {
        let main = "Include /e/site.conf\n".to_owned()
            + &"ServerTokens Prod\n".repeat(lines)
            + "<Location />\nRequire all denied\n</Location>\n";
        let mut apache = apache_of(&main, &MODULES);
        apache.files.push(image("/e/site.conf", APACHE));
        let found = codes(&Findings { nginx: None, apache: Some(apache), ..good() });
        assert_eq!(found, [Rule::RequireCloses.code()], "after {lines} lines");
    }
}

#[test]
fn one_thing_broken_is_found_by_its_code_alone() {
    for (rule, from, to) in CASES {
        assert_eq!(found(&with(APACHE, from, to)), [rule.code()], "{from} -> {to}");
    }
}

#[test]
fn a_websocket_that_was_switched_off_is_no_fault() {
    let off = with(&with(APACHE, TUNNEL, ""), PASS, &format!("{PASS}# guacfront asked: websocket no\n"));
    assert_eq!(found(&off), Vec::<&str>::new());
}

#[test]
fn the_websocket_s_location_before_the_general_one_loses() {
    let text = with(APACHE, TUNNEL, "");
    assert_eq!(found(&with(&text, NAME, &format!("{NAME}{TUNNEL}"))), ["A02"]);
}

#[test]
fn of_lines_with_a_path_the_first_wins() {
    let general = "ProxyPass /guacamole/ http://127.0.0.1:8080/guacamole/ mapping=servlet\n";
    let tunnel = "ProxyPass /guacamole/websocket-tunnel ws://127.0.0.1:8080/guacamole/websocket-tunnel\n";
    let host = |lines: String| {
        format!(
            "<VirtualHost *:80>\nRedirectMatch ^/guacamole$ /guacamole/\nRequestHeader set X-Forwarded-Proto http\n\
             {lines}</VirtualHost>\n"
        )
    };
    // What has mapping= is looked at first, wherever it stands.
    assert_eq!(found(&host(format!("{tunnel}{general}"))), ["A02"]);
    let mapped = tunnel.replace("-tunnel\n", "-tunnel mapping=servlet\n");
    assert_eq!(found(&host(format!("{mapped}{general}"))), [""; 0]);
    assert_eq!(found(&host(format!("{general}{mapped}"))), ["A02"]);
    let plain = general.replace(" mapping=servlet", "");
    assert_eq!(found(&host(format!("{tunnel}{plain}"))), ["A13"]);
    let section = "<Location /guacamole/websocket-tunnel>\nProxyPass ws://127.0.0.1:8080/guacamole/websocket-tunnel\n</Location>\n";
    assert_eq!(found(&host(format!("{section}{general}"))), ["A02"], "a section without mapping=, too");
    let upgrades = general.replace("mapping", "upgrade=websocket mapping");
    assert_eq!(found(&host(format!("{section}{upgrades}"))), [""; 0], "the general one opens it itself");
}

#[test]
fn the_path_without_its_slash_may_be_taken_by_what_is_proxied_before() {
    let other = "ProxyPass / http://127.0.0.1:3000/\n";
    let taken = with(APACHE, "</VirtualHost>", &format!("{other}</VirtualHost>"));
    assert_eq!(found(&taken), ["A08"]);
    for way in [
        "ProxyPass /guacamole !\n",
        "RewriteEngine On\nRewriteRule ^/guacamole$ /guacamole/ [R,L]\n",
        "<LocationMatch ^/guacamole$>\nRedirect /guacamole/\n</LocationMatch>\n",
    ] {
        assert_eq!(found(&with(&taken, NAME, &format!("{NAME}{way}"))), [""; 0], "{way}");
    }
    let same = with(&taken, "3000", "8080");
    assert_eq!(found(&same), [""; 0], "Tomcat adds the slash itself");
    let other_path = "RewriteEngine On\nRewriteRule ^/guacamole/old /guacamole/new [R]\n";
    let redirect = "RedirectMatch \"^/guacamole$\" \"/guacamole/\"";
    assert_eq!(found(&with(APACHE, redirect, other_path)), ["A08"], "it is for another path");
}

#[test]
fn of_lines_with_a_path_another_application_s_comes_after_guacamole_s() {
    let own = "ProxyPass /guacamole/websocket-tunnel ws://127.0.0.1:8080/guacamole/websocket-tunnel\n\
               ProxyPass /guacamole/ http://127.0.0.1:8080/guacamole/\n";
    let refusal = "RewriteEngine On\nRewriteRule \\.\\.; - [F]\nRewriteRule ^/guacamole$ /guacamole/ [R]\n";
    let host = |lines: String| {
        format!(
            "<VirtualHost *:80>\n{refusal}RequestHeader set X-Forwarded-Proto http\n{lines}</VirtualHost>\n"
        )
    };
    for other in ["ProxyPass / http://127.0.0.1:3000/\n", "ProxyPass /guacamole !\n"] {
        assert_eq!(found(&host(format!("{other}{own}"))), ["A19"], "{other}");
        assert_eq!(found(&host(format!("{own}{other}"))), [""; 0], "{other}");
    }
    let section = "<Location />\nProxyPass http://127.0.0.1:3000/\n</Location>\n";
    assert_eq!(found(&host(format!("{own}{section}"))), ["A19"], "a section comes before any line");
    let of_server = |other: &str| found(&format!("{other}{}", host(own.to_owned())));
    assert_eq!(of_server("ProxyPass / http://127.0.0.1:3000/\n"), ["A19"], "the server's line comes first");
    assert_eq!(of_server(section), ["A19"], "and so does its section");
    let beside = found(&format!("ProxyPass / http://127.0.0.1:3000/\n{section}{APACHE}"));
    assert!(!beside.contains(&"A19"), "a virtual host's own section comes last: {beside:?}");
    let before = found(&with(APACHE, NAME, &format!("{NAME}{section}")));
    assert_eq!(before, ["A08"], "the path without its slash is the other's");
}

#[test]
fn a_line_by_pattern_that_comes_before_guacamole_s_was_not_seen() {
    let own = "ProxyPass /guacamole/websocket-tunnel ws://127.0.0.1:8080/guacamole/websocket-tunnel\n\
               ProxyPass /guacamole/ http://127.0.0.1:8080/guacamole/\n";
    let refusal = "RewriteEngine On\nRewriteRule \\.\\.; - [F]\nRewriteRule ^/guacamole$ /guacamole/ [R]\n";
    let host = |lines: String| {
        format!(
            "<VirtualHost *:80>\n{refusal}RequestHeader set X-Forwarded-Proto http\n{lines}</VirtualHost>\n"
        )
    };
    for line in [
        "^/(.*)$ http://127.0.0.1:3000/$1",
        r"\.js$ !",
        "api http://127.0.0.1:3000/",
        "^/(?!app) !",
        "(?i)^/Guacamole/(.*)$ http://127.0.0.1:3000/$1",
    ] {
        let line = format!("ProxyPassMatch {line}\n");
        assert_eq!(found(&host(format!("{line}{own}"))), ["A19"], "{line}");
        assert_eq!(
            found(&format!("{line}{}", host(own.to_owned()))),
            ["A19"],
            "the server's come first: {line}"
        );
        assert_eq!(found(&host(format!("{own}{line}"))), [""; 0], "{line}");
        let beside = found(&with(APACHE, LOG, &format!("{LOG}\n{line}")));
        assert!(!beside.contains(&"A19"), "a section comes first: {line}");
    }
    for line in [
        "^/guacamole/api/ext !",
        "^/guacamole/(.*\\.js)$ http://127.0.0.1:8080/guacamole/$1",
        "^/(?!guacamole)(.*)$ http://127.0.0.1:3000/$1",
        "^/guacamole/(websocket-tunnel)$ ws://127.0.0.1:8080/guacamole/$1",
        "^/guacamole/(websocket-tunnel)$ WS://127.0.0.1:8080/guacamole/$1",
        "^/guacamole/(websocket-tunnel)$ http://127.0.0.1:8080/guacamole/$1 upgrade=websocket",
    ] {
        assert_eq!(found(&host(format!("ProxyPassMatch {line}\n{own}"))), [""; 0], "{line}");
    }
}

#[test]
fn a_pattern_that_took_a_stylesheet_an_image_or_a_font_was_not_seen() {
    let own = "ProxyPass /guacamole/ http://127.0.0.1:8080/guacamole/ upgrade=websocket mapping=servlet\n";
    for line in [
        r"\.(css|png|svg|woff2?)$",
        r"\.html$",
        r"\.css$",
        r"\.(png|jpe?g|gif)$",
        r"\.svg$",
        r"\.woff",
        r"\.json$",
        "^/guacamole/translations/",
        "^/guacamole/(fonts|images)/",
        "^/guacamole/app/ext/",
    ] {
        let text = with(APACHE, LOG, &format!("{LOG}\nProxyPassMatch {line} ! mapping=servlet"));
        assert!(!found(&text).contains(&"A19"), "a section comes first: {line}");
        let host =
            format!("<VirtualHost *:80>\nProxyPassMatch {line} ! mapping=servlet\n{own}</VirtualHost>\n");
        assert!(found(&host).contains(&"A19"), "{line}");
    }
}

#[test]
fn a_websocket_that_a_pattern_carries_was_missed() {
    let own = "ProxyPass /guacamole/ http://127.0.0.1:8080/guacamole/\n";
    let refusal = "RewriteEngine On\nRewriteRule \\.\\.; - [F]\nRewriteRule ^/guacamole$ /guacamole/ [R]\n";
    let host = |lines: &str| {
        format!(
            "<VirtualHost *:80>\n{refusal}RequestHeader set X-Forwarded-Proto http\n{lines}</VirtualHost>\n"
        )
    };
    let line = |scheme: &str, upgrade: &str| {
        format!(
            "ProxyPassMatch ^/guacamole/(websocket-tunnel)$ {scheme}://127.0.0.1:8080/guacamole/$1{upgrade}\n"
        )
    };
    let upgrading = line("http", " Upgrade=WebSocket");
    for carrying in [&line("ws", ""), &line("WS", ""), &upgrading] {
        assert_eq!(found(&host(&format!("{carrying}{own}"))), [""; 0], "{carrying}");
        assert_eq!(found(&host(&format!("{own}{carrying}"))), ["A03"], "it comes too late: {carrying}");
        let excluded = format!("ProxyPassMatch websocket-tunnel$ !\n{carrying}{own}");
        assert_eq!(found(&host(&excluded)), ["A03", "A19"], "it is taken before: {carrying}");
    }
    assert_eq!(found(&host(&format!("{}{own}", line("http", "")))), ["A03"]);
    let old = apache_of(&host(&format!("{upgrading}{own}")), &MODULES);
    let old = ApacheFindings { version: Version::parse("2.4.37"), ..old };
    assert_eq!(codes(&Findings { nginx: None, apache: Some(old), ..good() }), ["A03"]);
}

#[test]
fn the_path_without_its_slash_may_be_taken_by_a_pattern() {
    for (line, wanted) in [
        ("^/(.*)$ http://127.0.0.1:3000/$1", &["A08"][..]),
        ("guacamole$ http://127.0.0.1:3000/", &["A08"]),
        ("^/(.*)$ http://127.0.0.1:8080/$1", &[]),
        ("^/guacamole$ !", &[]),
        ("^/guacamole/(.*)$ http://127.0.0.1:3000/$1", &[]),
    ] {
        let text = with(APACHE, LOG, &format!("{LOG}\nProxyPassMatch {line}"));
        assert_eq!(found(&text), wanted, "{line}");
    }
}

#[test]
fn another_application_s_line_with_mapping_takes_the_websocket_from_a_section_without() {
    let bare = "RewriteEngine On\nRewriteRule ^/guacamole$ /guacamole/ [R]\n";
    for line in ["ProxyPass / http://127.0.0.1:3000/", "ProxyPassMatch ^/(.*)$ http://127.0.0.1:3000/$1"] {
        let beside = |line: &str| with(APACHE, NAME, &format!("{NAME}{bare}{line}\n"));
        assert_eq!(found(&beside(line)), [""; 0], "a section comes first: {line}");
        let mapped = beside(&format!("{line} mapping=servlet"));
        assert_eq!(found(&mapped), ["A02"], "{line}");
        let both = with(&mapped, "websocket-tunnel\"\n    </", "websocket-tunnel\" mapping=servlet\n    </");
        assert_eq!(found(&both), [""; 0], "the section has it, too: {line}");
    }
}

#[test]
fn a_redirect_outside_of_sections_was_taken_to_refuse_climbing() {
    let refusal = "RedirectMatch 400 \"/\\.\\.;\"\n";
    let unmapped = with(APACHE, " mapping=servlet", "");
    let beside = with(&unmapped, NAME, &format!("{NAME}{refusal}"));
    assert_eq!(found(&beside), ["A13"], "what is proxied never comes to it");
    assert_eq!(found(&with(&unmapped, PASS, &format!("{PASS}{refusal}"))), [""; 0]);
}

#[test]
fn upgrade_does_nothing_in_a_version_that_does_not_know_it() {
    let old = ApacheFindings { version: Version::parse("2.4.37"), ..apache_of(&by_parameter(), &MODULES) };
    assert_eq!(codes(&Findings { nginx: None, apache: Some(old), ..good() }), ["A03"]);
    assert_eq!(found(&by_parameter().replace("upgrade=websocket", "upgrade=NONE")), ["A03"]);
}

#[test]
fn a_shared_worker_drops_the_upgrade() {
    assert_eq!(found(&by_parameter()), [""; 0]);
    let shared = with(&by_parameter(), NAME, &format!("{NAME}ProxyPass /other/ http://127.0.0.1:8080/\n"));
    assert_eq!(found(&shared), ["A04"]);
}

#[test]
fn a_module_that_the_lines_need_is_missed() {
    for missing in ["proxy_http", "headers", "proxy"] {
        let modules: Vec<&str> = MODULES.into_iter().filter(|own| *own != missing).collect();
        assert_eq!(found_with(APACHE, &modules), ["A01"], "{missing}");
    }
    let modules: Vec<&str> = MODULES.into_iter().filter(|own| *own != "proxy_wstunnel").collect();
    assert_eq!(found_with(APACHE, &modules), [""; 0], "mod_proxy_http takes ws:// since 2.4.47");
    let old = ApacheFindings { version: Version::parse("2.4.37"), ..apache_of(APACHE, &modules) };
    assert_eq!(codes(&Findings { nginx: None, apache: Some(old), ..good() }), ["A01"]);
}

#[test]
fn require_all_granted_opens_what_an_outer_section_closes() {
    let text = with(APACHE, PASS, "Require all granted\n");
    assert_eq!(found(&text), [""; 0]);
    let outer = format!("{NAME}<Location />\nRequire ip 10.0.0.0/8\n</Location>\n");
    assert_eq!(found(&with(&text, NAME, &outer)), ["A06"]);
    let merged = with(&text, "Require all granted", "AuthMerging And\nRequire all granted");
    assert_eq!(found(&with(&merged, NAME, &outer)), [""; 0]);
}

#[test]
fn a_section_outside_of_the_virtual_hosts_serves_all_of_them() {
    let body = with(&with(APACHE, "<VirtualHost *:80>\n    ServerName a.test\n", ""), "</VirtualHost>\n", "");
    assert_eq!(found(&body), [""; 0], "without virtual hosts there is no other place");
    assert_eq!(found(&format!("{body}<VirtualHost *:80>\nServerName b.test\n</VirtualHost>\n")), ["A12"]);
}

#[test]
fn a_second_virtual_host_of_the_same_name_is_dead() {
    assert_eq!(found(&format!("<VirtualHost *:80>\n{NAME}</VirtualHost>\n{APACHE}")), ["A16"]);
}

#[test]
fn order_and_allow_are_good_where_their_module_is() {
    let text = with(APACHE, PASS, "Order allow,deny\nAllow from all\n");
    let modules: Vec<&str> = MODULES.into_iter().chain(["access_compat"]).collect();
    assert_eq!(found_with(&text, &modules), [""; 0]);
}
