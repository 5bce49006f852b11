//! fail2ban's filter for Guacamole.

use super::text;
use crate::config::Files as _;
use crate::model::Rule;
use crate::system::System;
use crate::verify::Diagnosis;
use std::path::{Path, PathBuf};

/// The filter, where a jail uses it and it cannot match what Guacamole 1.6 writes.
pub(super) fn look(system: &System) -> Option<Diagnosis> {
    if !is_used(system) {
        return None;
    }
    ["/etc/fail2ban/filter.d/guacamole.local", "/etc/fail2ban/filter.d/guacamole.conf"].into_iter().find_map(
        |path| {
            let bytes = system.read(Path::new(path)).ok()?;
            let lines = String::from_utf8_lossy(&bytes).into_owned();
            let line = lines.lines().position(matches_nothing)? + 1;
            let detail = "this line asks for words that Guacamole 1.6 does not write";
            Some(Diagnosis::at(Rule::Fail2ban, Path::new(path), &bytes, line, detail))
        },
    )
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

/// Whether a line of a filter asks for the logger of before 1.6, or for nothing after `failed.`.
fn matches_nothing(line: &str) -> bool {
    let line = line.trim();
    let is_pattern = !line.starts_with('#') && line.contains("<HOST>");
    is_pattern
        && (line.contains("AuthenticationService")
            || line.ends_with(r"failed\.$")
            || line.ends_with("failed.$"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_for_the_words_of_1_6_is_good() {
        assert!(!matches_nothing(
            r#"failregex = Authentication attempt from <HOST> for user "[^"]*" failed"#
        ));
        assert!(!matches_nothing(r"# failregex = <HOST> AuthenticationService failed\.$"));
        assert!(matches_nothing(
            r#"^.*\nWARNING: Authentication attempt from <HOST> for user "[^"]*" failed\.$"#
        ));
    }

    #[test]
    fn a_jail_that_is_off_uses_no_filter() {
        assert!(switches_on("[guacamole]\nport = http\nenabled = true\n"));
        assert!(!switches_on("[guacamole]\nenabled = false\n[sshd]\nenabled = true\n"));
    }
}
