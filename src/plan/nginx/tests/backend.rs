//! Where a location that somebody wrote leads: their own way to say so stays where it can.

use super::*;

#[test]
fn a_rewrite_and_a_fixed_uri_with_variables_are_mended() {
    let site = "server {\n location ^~ /guacamole/ {\n  set $b 127.0.0.1;\n  rewrite /guacamole(.*) $1 break;\n  \
                proxy_pass http://$b:8080/guacamole/;\n }\n}\n";
    let (after, notes) = planned(&answers("/guacamole/", "/guacamole/"), site);
    assert!(after.contains("  # taken out by guacfront: rewrite /guacamole(.*) $1 break;\n"), "{after}");
    assert!(after.contains("  proxy_pass http://$b:8080;\n"), "{after}");
    assert_eq!(notes.len(), 1, "{notes:?}");
}

#[test]
fn a_variable_or_an_upstream_that_leads_to_the_backend_is_kept() {
    let site = "upstream tc { server 127.0.0.1:8080; }\nserver {\n location /guacamole/ {\n  proxy_pass http://tc;\n }\n}\n";
    let (after, _) = planned(&answers("/guacamole/", "/guacamole/"), site);
    assert!(after.contains("  proxy_pass http://tc;\n") && !after.contains("127.0.0.1:8080;\n  "), "{after}");
}

#[test]
fn a_rewriting_that_makes_the_context_path_of_the_public_path_stays_and_ends_no_condition() {
    let site = "server {\n location ^~ /guacamole/ {\n  set $app guac;\n  rewrite /guacamole(.*) $1 break;\n  \
                proxy_pass http://$app:8080;\n }\n}\n";
    let mut answers = answers("/guacamole/", "/");
    answers.backend.host = Host::parse("guac").expect("a host");
    let (after, notes) = planned(&answers, site);
    let kept = "  }\n  rewrite /guacamole(.*) $1 break;\n  proxy_pass http://$app:8080;\n";
    assert!(after.contains(kept) && notes.is_empty(), "{notes:?}\n{after}");
    let first = after.find("  if ($uri ~ \"/\\.\\.;\") {").expect("the climb is refused");
    let second = after.find("  if ($uri = /guacamole/tunnel) {").expect("the tunnel is not logged");
    let rewrite = after.find("rewrite").expect("it stays");
    assert!(first < second && second < rewrite, "{after}");
    assert_eq!(planned(&answers, &after).0, after, "a second plan changes something");
    answers.frontend.public_path = PublicPath::parse("/desk/").expect("a path");
    let (moved, notes) = planned(&answers, &after);
    assert!(
        moved.contains("  # taken out by guacfront: rewrite") && moved.contains("http://guac:8080/;"),
        "{moved}"
    );
    assert!(notes.iter().any(|note| note.contains("at its start alone")), "{notes:?}");
}

#[test]
fn conditions_stand_before_a_rewriting_that_shares_its_line_or_comes_from_elsewhere() {
    let answers = answers("/g/", "/");
    let site = "server { location /g/ { set $a 127.0.0.1; rewrite ^/g/(.*)$ /$1 break; proxy_pass http://$a:8080; } }";
    let (after, _) = planned(&answers, site);
    assert!(after.contains("set $a 127.0.0.1; \n    if ($uri ~"), "{after}");
    assert!(
        after.contains("    }\n    rewrite ^/g/(.*)$ /$1 break; proxy_pass http://$a:8080;\n"),
        "{after}"
    );
    assert_eq!(planned(&answers, &after).0, after, "a second plan changes something");
    let files = [
        ("/e/nginx.conf", "http { include s/*; }"),
        (
            "/e/s/site",
            "server {\n location /g/ {\n  # all of it\n  include r;\n  proxy_pass http://127.0.0.1:8080;\n }\n}\n",
        ),
        ("/e/r", "rewrite ^/g/(.*)$ /$1 break;\n"),
    ];
    let nginx = findings_of(&files);
    let changes = changes(&answers, &nginx, &site_of(&nginx), &mut Vec::new()).expect("a plan");
    let after = String::from_utf8(changes[0].after.to_vec()).expect("text");
    assert!(
        after.contains("  # all of it\n  if ($uri ~") && after.contains("  }\n  include r;\n"),
        "{after}"
    );
}

#[test]
fn a_first_line_in_the_way_came_back_to_life_before_a_rewriting_from_elsewhere() {
    let answers = answers("/desk/", "/guacamole/");
    let pass = "proxy_pass http://127.0.0.1:8080;";
    for (site, wanted) in [
        (
            format!("server {{\n location /desk/ {{ return 204; include /e/rw; {pass} }}\n}}\n"),
            "  }\n  # taken out by guacfront: return 204;\n  include /e/rw; proxy_pass",
        ),
        (
            format!("server {{\nlocation /desk/ {{\nreturn 204;\ninclude /e/rw;\n{pass}\n}}\n}}\n"),
            "}\n# taken out by guacfront: return 204;\ninclude /e/rw;\nproxy_pass",
        ),
        (
            format!("server {{\nlocation /desk/ {{\nreturn\n204;include /e/rw;\n{pass}\n}}\n}}\n"),
            "}\n# taken out by guacfront: return\n# 204;\ninclude /e/rw;\nproxy_pass",
        ),
    ] {
        let machine = |site: &str| {
            findings_of(&[
                ("/e/nginx.conf", "http { include s/*; }"),
                ("/e/s/site", site),
                ("/e/rw", "rewrite ^/desk/(.*)$ /guacamole/$1 break;\n"),
            ])
        };
        let nginx = machine(&site);
        let first = changes(&answers, &nginx, &site_of(&nginx), &mut Vec::new()).expect("a plan");
        let after = String::from_utf8(first[0].after.to_vec()).expect("text");
        let squeezed = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
        let condition = "\nif ($uri ~ \"/\\.\\.;\") {\nreturn 400;\n}\n";
        assert!(squeezed(&after).contains(condition), "the condition is alive:\n{after}");
        assert!(squeezed(&after).contains(&squeezed(wanted)), "{after}");
        let nginx = machine(&after);
        let second = changes(&answers, &nginx, &site_of(&nginx), &mut Vec::new()).expect("a second plan");
        assert_eq!(second, Vec::new(), "a second plan changes something in\n{after}");
    }
}

#[test]
fn an_upstream_of_several_servers_stays_where_the_path_changes() {
    let site = "upstream tc { ip_hash; server 10.0.0.1:8080; server 127.0.0.1:8080; }\nserver {\n location /guacamole/ {\n  \
                proxy_pass http://tc;\n }\n}\n";
    for (public, wanted) in [("/guacamole/", "http://tc;"), ("/desk/", "http://tc/guacamole/;")] {
        let (after, _) = planned(&answers(public, "/guacamole/"), site);
        assert!(after.contains(&format!("  proxy_pass {wanted}\n")), "{after}");
    }
}

#[test]
fn a_variable_without_a_path_stays_and_tls_that_is_lost_is_told_of() {
    let planned = |pass: &str| {
        let site = format!(
            "server {{\n location /guacamole/ {{\n  set $b 127.0.0.1;\n  proxy_pass {pass};\n }}\n}}\n"
        );
        planned(&answers("/guacamole/", "/guacamole/"), &site)
    };
    for pass in ["http://$b:8080", "http://$b:8080$request_uri", "http://127.0.0.1:8080$request_uri"] {
        let (after, _) = planned(pass);
        assert!(after.contains(&format!("  proxy_pass {pass};\n")), "{after}");
    }
    let (after, notes) = planned("https://$b:8443/guacamole/");
    assert!(after.contains("  proxy_pass http://127.0.0.1:8080;\n"), "{after}");
    assert!(
        notes.iter().any(|note| note.starts_with("/e/s/site:4: ") && note.contains("over TLS")),
        "{notes:?}"
    );
}

#[test]
fn a_regular_expression_for_guacamole_and_a_location_in_another_are_edited_in_place() {
    let regex = "server {\n location ~* ^/guacamole(/.*)?$ {\n  proxy_pass http://10.0.0.9:8081/guacamole$1$is_args$args;\n }\n}\n";
    let nested = "server {\n location / {\n  root /srv;\n  location /guacamole/ {\n   proxy_pass http://10.0.0.9:8081;\n  }\n }\n}\n";
    let mut answers = answers("/guacamole/", "/guacamole/");
    answers.backend.host = Host::parse("10.0.0.9").expect("a host");
    answers.backend.port = Port::new(8081).expect("a port");
    for site in [regex, nested] {
        let (after, _) = planned(&answers, site);
        assert_eq!(after.matches("location ^~ /guacamole/ {").count(), 1, "{after}");
        assert_eq!(after.matches("proxy_pass http://10.0.0.9:8081;").count(), 1, "{after}");
        assert!(!after.contains("guacfront begin"), "it stays the location that was there: {after}");
        assert_eq!(planned(&answers, &after).0, after, "a second plan changes something");
    }
    let outer = nested.replace("location / {", "location /guac {");
    let nginx = findings(&outer);
    answers.frontend.public_path = PublicPath::parse("/desk/").expect("a path");
    match changes(&answers, &nginx, &site_of(&nginx), &mut Vec::new()) {
        Err(PlanError::Refused { line: 2, message, .. }) => {
            assert!(message.contains("/desk/ is not"), "{message}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_a_line_adds_to_a_cookie_stays_when_its_path_changes() {
    let site = "server {\n location / {\n  proxy_pass http://127.0.0.1:8080/guacamole/;\n  proxy_cookie_path /guacamole/ \
                \"/; HttpOnly\";\n }\n}\n";
    for (public, wanted) in [("/", "\"/; HttpOnly\""), ("/desk/", "\"/desk/; HttpOnly\"")] {
        let (after, _) = planned(&answers(public, "/guacamole/"), site);
        assert!(after.contains(&format!("  proxy_cookie_path /guacamole/ {wanted};\n")), "{after}");
    }
}

#[test]
fn a_redirect_of_the_bare_host_to_guacamole_hides_nothing() {
    let site =
        "server {\n rewrite ^/$ /guacamole/ permanent;\n rewrite ^/guac https://a.test/ permanent;\n}\n";
    let (_, notes) = planned(&answers("/guacamole/", "/guacamole/"), site);
    let hidden: Vec<_> = notes.iter().filter(|note| note.contains("answers before any location")).collect();
    assert!(hidden.len() == 1 && hidden[0].starts_with("/e/s/site:3: "), "{notes:?}");
}

#[test]
fn a_path_that_was_handed_on_decoded_was_kept_without_a_word() {
    let answers = answers("/guacamole/", "/guacamole/");
    for (set, written, wanted) in [
        ("", "http://127.0.0.1:8080$uri$is_args$args", "http://127.0.0.1:8080"),
        ("", "http://127.0.0.1:8080${uri}?$args", "http://127.0.0.1:8080"),
        ("", "http://tc$uri$is_args$args", "http://tc"),
        ("  set $b 127.0.0.1;\n", "http://$b:8080$uri$is_args$args", "http://$b:8080"),
        ("  set $p $uri;\n", "http://127.0.0.1:8080$p$is_args$args", "http://127.0.0.1:8080"),
        (
            "  rewrite ^/guacamole/(.*)$ /guacamole/$1 break;\n",
            "http://127.0.0.1:8080$uri$is_args$args",
            "http://127.0.0.1:8080",
        ),
    ] {
        let site = format!(
            "upstream tc {{ server 127.0.0.1:8080; }}\nserver {{\n location /guacamole/ {{\n{set}  proxy_pass {written};\n }}\n}}\n"
        );
        let (after, notes) = planned(&answers, &site);
        assert!(after.contains(&format!("  proxy_pass {wanted};\n")), "{written}:\n{after}");
        let told = notes.iter().find(|note| note.contains("$uri handed the path on decoded"));
        assert!(told.is_some_and(|note| note.ends_with("handed on as it came")), "{notes:?}");
        assert_eq!(planned(&answers, &after), (after.clone(), Vec::new()), "{after}");
    }
    let kept = "server {\n location /guacamole/ {\n  proxy_pass http://127.0.0.1:8080$request_uri;\n }\n}\n";
    let (after, notes) = planned(&answers, kept);
    assert!(after.contains("  proxy_pass http://127.0.0.1:8080$request_uri;\n"), "{after}");
    assert!(notes.iter().all(|note| !note.contains("decoded")), "{notes:?}");
}

/// What becomes of a `proxy_pass` in Guacamole's location, beside an upstream that is more than one address.
fn passed(set: &str, written: &str) -> (String, Vec<String>) {
    let site = format!(
        "upstream tc {{ ip_hash; server 127.0.0.1:8080; server 10.0.0.7:8080; }}\nserver {{\n location /guacamole/ {{\n{set}  \
         proxy_pass {written};\n }}\n}}\n"
    );
    let answers = answers("/guacamole/", "/guacamole/");
    let (after, notes) = planned(&answers, &site);
    assert_eq!(planned(&answers, &after), (after.clone(), Vec::new()), "{after}");
    let pass =
        after.split("proxy_pass ").nth(1).and_then(|rest| rest.split(';').next()).expect("a proxy_pass");
    (pass.to_owned(), notes)
}

#[test]
fn a_variable_whose_name_begins_like_the_path_s_was_cut_off() {
    for name in ["uri_backend", "document_uri_x", "request_uri_host"] {
        let set = format!("  set ${name} 127.0.0.1;\n");
        let (pass, notes) = passed(&set, &format!("http://${name}:8080$uri$is_args$args"));
        assert_eq!(pass, format!("http://${name}:8080"));
        assert!(notes.iter().any(|note| note.contains("$uri handed the path on decoded")), "{notes:?}");
        // In braces it is followed by anything.
        let (pass, _) = passed(&set, &format!("http://${{{name}}}:8080${{uri}}$is_args$args"));
        assert_eq!(pass, format!("http://${{{name}}}:8080"));
        let kept = format!("http://${name}:8080");
        assert_eq!(passed(&set, &kept), (kept.clone(), Vec::new()), "it says nothing of the path");
    }
}

#[test]
fn an_upstream_behind_which_the_path_was_decoded_was_dropped() {
    for (set, written) in [
        ("", "http://tc${uri}$is_args$args"),
        ("", "http://tc${uri}${is_args}${args}"),
        ("", "http://tc$document_uri?$args"),
        ("", "http://tc/guacamole/x$uri?token=abc&$args"),
        ("  set $t http://tc$uri$is_args$args;\n", "$t"),
        ("  set $p $uri;\n", "http://tc$p$is_args$args"),
        ("  set $b tc;\n  set $p $uri;\n", "http://$b$p$is_args$args"),
    ] {
        let (pass, notes) = passed(set, written);
        assert_eq!(pass, "http://tc", "{set}{written}");
        assert!(notes.iter().any(|note| note.contains("uri handed the path on decoded")), "{notes:?}");
    }
    let (pass, _) = passed("", "http://elsewhere$uri$is_args$args");
    assert_eq!(pass, "http://127.0.0.1:8080", "it leads to another place");
}

#[test]
fn a_decoded_path_in_an_included_file_was_refused() {
    let include = "events {}\nhttp {\n\tinclude s/*;\n}\n";
    let site = "server {\n location /guacamole/ {\n  include i;\n }\n}\n";
    let of = |pass: &str| {
        let pass = format!("proxy_pass {pass};\n");
        let nginx = findings_of(&[("/e/nginx.conf", include), ("/e/s/site", site), ("/e/i", &pass)]);
        let mut notes = Vec::new();
        let answers = answers("/guacamole/", "/guacamole/");
        let changed = changes(&answers, &nginx, &site_of(&nginx), &mut notes);
        changed.map(|files| (files.into_iter().map(|file| file.before.path).collect::<Vec<_>>(), notes))
    };
    for pass in ["http://127.0.0.1:8080$uri$is_args$args", "http://127.0.0.1:8080${document_uri}?$args"] {
        let (files, notes) = of(pass).expect("a plan");
        assert!(files.iter().all(|path| !path.ends_with("i")), "{files:?}");
        let told: Vec<_> =
            notes.iter().filter(|note| note.rule == Some(crate::model::Rule::PathDecoded)).collect();
        assert!(
            matches!(told.as_slice(), [note] if note.warning && note.text.starts_with("/e/i:1: ")),
            "{notes:?}"
        );
    }
    // What leads to another place is still no one's to change here.
    for pass in ["http://127.0.0.1:9999$uri$is_args$args", "http://127.0.0.1:8080$uri"] {
        assert!(matches!(of(pass), Err(PlanError::Refused { line: 1, .. })), "{pass}");
    }
}

#[test]
fn of_another_application_that_is_taken_over_nothing_is_handed_on() {
    for public in ["/guacamole/", "/desk/"] {
        let told = |port: u16| {
            let site = format!(
                "server {{\n location {public} {{\n  proxy_pass http://127.0.0.1:{port}$uri$is_args$args;\n }}\n}}\n"
            );
            let (_, notes) = planned(&answers(public, "/guacamole/"), &site);
            notes.iter().any(|note| note.contains("decoded"))
        };
        assert_eq!([told(8080), told(3000)], [true, false], "{public}");
    }
}

#[test]
fn a_rewrite_of_the_site_led_guacamole_elsewhere_without_a_word() {
    let site = "server {\n rewrite ^/guacamole/(.*)$ /app/$1 last;\n if (!-e $request_filename) {\n  rewrite ^(.*)$ /index.php last;\n \
                }\n rewrite ^/wiki/(.*)$ /w/$1 last;\n}\n";
    let (_, notes) = planned(&answers("/guacamole/", "/guacamole/"), site);
    let told: Vec<_> = notes.iter().filter(|note| note.contains("makes another path")).collect();
    let [first, second] = told.as_slice() else { panic!("{notes:?}") };
    assert!(first.starts_with("/e/s/site:2: ") && second.starts_with("/e/s/site:3: where this"), "{told:?}");
}

#[test]
fn a_location_inside_that_does_not_proxy_took_guacamoles_files_without_a_word() {
    let site = "server {\n location / {\n  try_files $uri =404;\n  location ~* \\.(js|css)$ { expires 30d; }\n  location ~ \\.png$ { \
                proxy_pass http://127.0.0.1:8080; }\n }\n}\n";
    let (_, notes) = planned(&answers("/", "/guacamole/"), site);
    let told: Vec<_> = notes.iter().filter(|note| note.contains("has no proxy_pass of its own")).collect();
    assert!(told.len() == 1 && told[0].starts_with("/e/s/site:4: "), "{notes:?}");
}

#[test]
fn a_lower_limit_of_what_auth_request_asks_made_uploads_fail_without_a_word() {
    let site = |limit: &str| {
        format!(
            "server {{\n auth_request /auth;\n location = /auth {{ internal; {limit} proxy_pass http://a; }}\n}}\n"
        )
    };
    let told = |limit: &str| {
        let (_, notes) = planned(&answers("/guacamole/", "/guacamole/"), &site(limit));
        notes.iter().any(|note| note.starts_with("/e/s/site:3: ") && note.contains("fails with 500"))
    };
    assert!(told("") && told("client_max_body_size 10m;"));
    assert!(!told("client_max_body_size 1g;") && !told("client_max_body_size 0;"));
}

#[test]
fn a_limit_held_for_guacamole_without_a_word_and_a_rule_that_is_overruled_was_told_of() {
    let main = "http {\n auth_basic x;\n deny all;\n include s/*;\n}\n";
    let site = "server {\n auth_basic off;\n allow all;\n limit_req zone=a burst=5;\n limit_conn b 3;\n modsecurity on;\n auth_pam off;\n}\n";
    let nginx = findings_of(&[("/e/nginx.conf", main), ("/e/s/site", site)]);
    let mut notes = Vec::new();
    changes(&answers("/guacamole/", "/guacamole/"), &nginx, &site_of(&nginx), &mut notes).expect("a plan");
    let told: Vec<_> = notes
        .iter()
        .map(|note| &*note.text)
        .filter(|text| text.contains("is in force for Guacamole too"))
        .collect();
    let [requests, connections, firewall] = told.as_slice() else { panic!("{told:?}") };
    assert!(requests.starts_with("/e/s/site:4: limit_req zone=a is"), "{requests}");
    assert!(connections.starts_with("/e/s/site:5: limit_conn b is"), "{connections}");
    assert!(firewall.starts_with("/e/s/site:6: modsecurity on is"), "{firewall}");
}

#[test]
fn an_upstream_of_the_backends_own_name_was_given_a_port_which_nginx_refuses() {
    let main = "http {\n upstream tomcat { server tomcat:8080; }\n upstream other { server 127.0.0.1:8080; }\n include s/*;\n}\n";
    let nginx = findings_of(&[("/e/nginx.conf", main), ("/e/s/site", "server {\n}\n")]);
    for (host, expected) in
        [("tomcat", "http://tomcat/guacamole/;"), ("127.0.0.1", "http://127.0.0.1:8080/guacamole/;")]
    {
        let mut answers = answers("/remote/", "/guacamole/");
        answers.backend.host = crate::model::Host::parse(host).expect("a host");
        let changes = changes(&answers, &nginx, &site_of(&nginx), &mut Vec::new()).expect("a plan");
        let after = String::from_utf8_lossy(&changes[0].after).into_owned();
        assert!(after.contains(&format!("\tproxy_pass {expected}\n").replace('\t', "        ")), "{after}");
    }
}

#[test]
fn a_location_inside_that_asks_for_another_path_took_guacamoles_files_without_a_word() {
    let site = "server {\n location / {\n  proxy_pass http://127.0.0.1:8080/guacamole/;\n  location ~ \\.js$ { proxy_pass \
                http://127.0.0.1:8080; }\n  location ~ \\.css$ { rewrite ^/(.*)$ /guacamole/$1 break; proxy_pass http://127.0.0.1:8080; }\n }\n}\n";
    let told = |public: &str, site: &str| {
        let (_, notes) = planned(&answers(public, "/guacamole/"), site);
        let told = notes.iter().filter(|note| note.contains("inside Guacamole's asks Tomcat for"));
        told.map(|note| note[..11].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(told("/", site), ["/e/s/site:4"]);
    let same = site.replace("location / {", "location /guacamole/ {");
    assert_eq!(told("/guacamole/", &same), [""; 0]);
}
