//! Every line that a plan writes says why it is there.

use super::frames::scenes::demo;
use super::script::play;
use guacfront::model::{Certificate, Draft, NewSiteDraft, Plan, Renewal};
use guacfront::plan::{Language, diff, explain};

/// Every line that is written, with the file's language; the ends of blocks say nothing of their own, and what a line
/// begins with that goes on otherwise now is not guacfront's.
fn written(plan: &Plan, server: Language) -> Vec<(Language, String)> {
    let lines = plan.changes().flat_map(|change| {
        let is_tomcat = change.before.target.ends_with("server.xml");
        let language = if is_tomcat { Language::Tomcat } else { server };
        let lines = diff::excerpt(change);
        let of = |mark| {
            let lines = lines.iter().filter(move |line| line.mark == mark);
            lines.map(|line| String::from_utf8_lossy(&line.text).trim().to_owned()).collect::<Vec<_>>()
        };
        let removed = of(diff::Mark::Removed);
        let is_cut = |line: &String| removed.iter().any(|old| old.starts_with(line));
        of(diff::Mark::Added)
            .into_iter()
            .filter(|line| !is_cut(line))
            .map(|line| (language, line))
            .collect::<Vec<_>>()
    });
    let says_something = |line: &str| line.contains(char::is_alphabetic) && !line.starts_with("</");
    lines.filter(|(_, line)| says_something(line)).collect()
}

#[track_caller]
fn assert_explained(plan: &Plan, server: Language, about: &str) {
    let written = written(plan, server);
    assert!(written.len() > 10, "{about}: {written:?}");
    for (language, line) in written {
        assert!(explain(language, &line).is_some(), "{about}: {line}");
    }
}

const ALL_OPTIONS: &str =
    "C-u type:2g Down C-u type:2h Down Space Down Space Down Space Down Space Down Space";

#[test]
fn every_line_of_every_plan_says_why_it_is_there() {
    for (first, server) in [("Enter", Language::Nginx), ("Enter Down", Language::Apache)] {
        for rest in [
            "Enter",
            "Enter Enter C-u type:/remote/",
            "Enter Enter C-u type:/",
            &format!("Enter Enter Enter Enter Enter {ALL_OPTIONS}"),
            "Enter End Enter type:guac.example.org",
        ] {
            let mut wizard = demo();
            play(&mut wizard, &format!("{first} {rest}"));
            let plan = wizard.plan().expect("a plan");
            assert_explained(plan, server, rest);
        }
    }
}

#[test]
fn every_line_of_a_new_site_with_tls_says_why_it_is_there() {
    for (server, language) in [("nginx", Language::Nginx), ("apache", Language::Apache)] {
        let wizard = demo();
        let new_site = NewSiteDraft {
            name: "guac.example.org".into(),
            certificate: "/etc/ssl/certs/guac.pem".into(),
            key: "/etc/ssl/private/guac.key".into(),
            hsts: "yes".into(),
            ..NewSiteDraft::default()
        };
        let mut findings = wizard.findings().clone();
        findings.certificates.push(Certificate {
            file: new_site.certificate.clone().into(),
            key: new_site.key.clone().into(),
            names: vec![new_site.name.clone()],
            until: None,
            fault: None,
            renewal: Some(Renewal::Webroot(vec![(new_site.name.clone(), "/var/www/html".into())])),
            unread: None,
        });
        let draft =
            Draft { server: server.into(), site: None, new_site: Some(new_site), ..wizard.draft().clone() };
        let plan = guacfront::plan::plan(&draft.parse().expect("good answers"), &findings);
        assert_explained(&plan.expect("a plan"), language, server);
    }
}
