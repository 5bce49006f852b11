//! fail2ban's filter for Guacamole.

use super::text;
use crate::config::Files as _;
use crate::model::{Rule, TomcatFindings, Version};
use crate::system::System;
use crate::verify::Diagnosis;
use std::path::{Path, PathBuf};

/// The filter, where a jail uses it and none of its patterns can match what Guacamole 1.6 writes.
pub(super) fn look(system: &System, tomcats: &[TomcatFindings]) -> Option<Diagnosis> {
    if !is_used(system) || tomcats.iter().any(|tomcat| is_before_1_6(system, tomcat)) {
        return None;
    }
    ["/etc/fail2ban/filter.d/guacamole.local", "/etc/fail2ban/filter.d/guacamole.conf"].into_iter().find_map(
        |path| {
            let bytes = system.read(Path::new(path)).ok()?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let patterns: Vec<(usize, &str)> = patterns(&text).collect();
            let (line, _) = patterns.first()?;
            let detail = "this line asks for words that Guacamole 1.6 does not write";
            patterns
                .iter()
                .all(|(_, pattern)| matches_nothing(pattern))
                .then(|| Diagnosis::at(Rule::Fail2ban, Path::new(path), &bytes, *line, detail))
        },
    )
}

/// Whether an unpacked Guacamole of before 1.6, whose words were others, is deployed.
fn is_before_1_6(system: &System, tomcat: &TomcatFindings) -> bool {
    let versions = tomcat.guacamoles().filter_map(|context| {
        let name = context.trim_matches('/').replace('/', "#");
        let file = tomcat.base.join("webapps").join(name).join("translations/en.json");
        let json: serde_json::Value = serde_json::from_slice(&system.read(&file).ok()?).ok()?;
        Version::parse(json.get("APP")?.get("VERSION")?.as_str()?)
    });
    versions.into_iter().any(|version| !version.at_least(&[1, 6]))
}

/// Every pattern of a filter with its line, 1-based; of the sections between which `logging` chooses the chosen one's.
///
/// # Source
/// fail2ban's own guacamole filter: `failregex = <L_<logging>/failregex>`.
fn patterns(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let chosen =
        text.lines().filter_map(|line| line.split_once('=')).find(|(key, _)| key.trim() == "logging");
    let chosen = chosen.map(|(_, value)| format!("L_{}", value.trim()));
    let mut section = String::new();
    text.lines().enumerate().filter_map(move |(at, line)| {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut section);
        }
        let is_left_out =
            section.starts_with("L_") && chosen.as_ref().is_some_and(|chosen| *chosen != section);
        let is_pattern = !line.starts_with(['#', ';']) && line.contains("<HOST>");
        (is_pattern && !is_left_out).then_some((at + 1, line))
    })
}

/// Whether some jail for Guacamole is switched on.
fn is_used(system: &System) -> bool {
    let mut files = vec![PathBuf::from("/etc/fail2ban/jail.conf"), PathBuf::from("/etc/fail2ban/jail.local")];
    let folder = Path::new("/etc/fail2ban/jail.d");
    files.extend(system.names(folder).iter().map(|name| folder.join(name)));
    files.iter().any(|file| text(system, &file.to_string_lossy()).is_some_and(|text| switches_on(&text)))
}

fn switches_on(text: &str) -> bool {
    let mut in_section = false;
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            in_section = name.to_ascii_lowercase().starts_with("guacamole");
        }
        let on = line.split_once('=').is_some_and(|(key, value)| {
            key.trim() == "enabled"
                && matches!(value.trim().to_ascii_lowercase().as_str(), "true" | "yes" | "1" | "on")
        });
        if in_section && on {
            return true;
        }
    }
    false
}

/// Whether a pattern asks for the logger of before 1.6, or for nothing after `failed.`.
fn matches_nothing(pattern: &str) -> bool {
    pattern.contains("AuthenticationService")
        || pattern.ends_with(r"failed\.$")
        || pattern.ends_with("failed.$")
        || pattern.ends_with(r"failed\.\s*$")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_for_the_words_of_1_6_is_good() {
        assert!(!matches_nothing(
            r#"failregex = Authentication attempt from <HOST> for user "[^"]*" failed"#
        ));
        assert!(matches_nothing(
            r#"^.*\nWARNING: Authentication attempt from <HOST> for user "[^"]*" failed\.$"#
        ));
    }

    #[test]
    fn a_comment_is_no_pattern_and_one_style_of_several_is_chosen() {
        let of = |text: &'static str| patterns(text).map(|(line, _)| line).collect::<Vec<_>>();
        assert_eq!(of("# failregex = <HOST> x\nfailregex = <HOST> a\n   <HOST> b\n"), [2, 3]);
        let filter = "[L_catalina]\nfailregex = <HOST> a\n[L_webapp]\nfailregex = <HOST> b\n[Init]\n";
        assert_eq!(of(filter), [2, 4]);
        let chosen = "[L_catalina]\nfailregex = <HOST> a\n[L_webapp]\nfailregex = <HOST> b\n[Init]\nlogging = webapp\n";
        assert_eq!(of(chosen), [4]);
    }

    #[test]
    fn a_jail_that_is_off_uses_no_filter() {
        assert!(switches_on("[guacamole]\nport = http\nenabled = true\n"));
        assert!(!switches_on("[guacamole]\nenabled = false\n[sshd]\nenabled = true\n"));
    }
}
