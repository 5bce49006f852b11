//! How the machine is before anything is asked: what the rules find, in a line.

use crate::model::{Findings, Rule, Severity};
use crate::verify::{self, Diagnosis};
use crate::wizard::{FindingLine, plural};

/// The line for the wizard's first screen; `None` where there is no Guacamole yet that could be wrong.
///
/// The rules alone are held against what was read, no server is asked.
pub(super) fn condition(findings: &Findings) -> Option<FindingLine> {
    let found = verify::rules(findings);
    let is_set_up = found.iter().all(|diagnosis| diagnosis.rule != Rule::NoSite);
    is_set_up.then(|| line(&found))
}

fn line(found: &[Diagnosis]) -> FindingLine {
    let count = |severity| found.iter().filter(|diagnosis| diagnosis.severity() == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let counts: Vec<String> = [(errors, "error"), (warnings, "warning")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| plural(count, word))
        .collect();
    // The worst comes first.
    let text = match found.first().filter(|_| !counts.is_empty()) {
        None => "nothing is wrong with the Guacamole that is here".to_owned(),
        Some(worst) => format!(
            "{}; the worst: {} [{}]. guacfront check tells all",
            counts.join(" and "),
            worst.rule.page().title,
            worst.rule
        ),
    };
    FindingLine { about: "check", text, warning: !counts.is_empty() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::System;

    fn of(site: &str) -> Option<FindingLine> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        #[expect(clippy::disallowed_methods, reason = "a test lays out its own tree")]
        for (path, text) in [("nginx.conf", "events {}\nhttp {\n\tinclude site;\n}\n"), ("site", site)] {
            let path = folder.path().join("etc/nginx").join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("the folder is made");
            std::fs::write(path, text).expect("it is written");
        }
        let system = System::below(folder.path()).expect("the folder is there");
        condition(&crate::probe::probe(&system))
    }

    #[test]
    fn a_machine_without_guacamole_has_no_condition() {
        assert_eq!(of("server { listen 80; }"), None);
    }

    #[test]
    fn the_worst_of_what_is_wrong_is_named_with_its_code() {
        let line =
            of("server { location /guacamole/ { proxy_pass http://10.0.0.5:8080; } }").expect("a line");
        assert!(
            line.warning && line.text.starts_with("3 errors and 5 warnings; the worst: "),
            "{}",
            line.text
        );
        assert!(line.text.contains("[N03]"), "{}", line.text);
    }

    #[test]
    fn what_is_right_is_said_to_be() {
        let line = of("server { location ^~ /guacamole/ { if ($uri ~ \"/\\.\\.;\") { return 400; } proxy_buffering off; \
                       proxy_pass http://10.0.0.5:8080; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; \
                       proxy_set_header Connection $http_connection; proxy_set_header X-Forwarded-For $remote_addr; \
                       proxy_set_header X-Forwarded-Proto $scheme; client_max_body_size 1g; } }")
        .expect("a line");
        assert!(!line.warning && line.text.starts_with("nothing is wrong"), "{}", line.text);
    }
}
