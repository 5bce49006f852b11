//! Why each line that guacfront writes is there.

use super::{apache, new_site, nginx, tomcat};

/// Which of the three languages a file is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// nginx's.
    Nginx,
    /// Apache httpd's.
    Apache,
    /// server.xml.
    Tomcat,
}

/// What a line does and what breaks without it, in two sentences; `None` for a line that guacfront never writes.
pub fn explain(language: Language, line: &str) -> Option<&'static str> {
    let line = line.trim();
    if !line.contains(char::is_alphabetic) {
        return None;
    }
    let mut words = line.split_whitespace();
    let first = words.next()?;
    match language {
        Language::Nginx => nginx::explain(line).or_else(|| new_site::explain(line)),
        Language::Apache => {
            let third = words.nth(1).unwrap_or_default();
            apache::explain(&format!("{first} {third}"))
                .or_else(|| apache::explain(first.trim_start_matches('<')))
                .or_else(|| new_site::explain(line))
        }
        Language::Tomcat => {
            let attribute = line.trim_start_matches(|c: char| !c.is_alphanumeric()).split('=').next()?;
            let name = attribute.split_whitespace().next_back()?;
            tomcat::explain(name).or_else(|| tomcat::explain(first.trim_start_matches('<')))
        }
    }
}
