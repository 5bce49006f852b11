//! One half on another machine: what the person is told here, and the answers for over there.

use crate::model::{Answers, Note, Rule, ServerXml};

/// What is said where Tomcat is on another machine.
pub(super) fn tomcat(answers: &Answers) -> Note {
    Note::warning(format!(
        "Tomcat is not on this machine: give the one at {}:{} the valve that guacfront show prints, or it takes every user \
         for this proxy; guacfront show --other FILE writes the answers for guacfront apply over there",
        answers.backend.host, answers.backend.port
    ))
    .of(Rule::ValveMissing)
}

/// What is said where the frontend is on another machine.
pub(super) fn frontend() -> Note {
    Note::info(
        "the frontend is on another machine: guacfront show prints what goes there, and guacfront show --other FILE writes \
         the answers for guacfront apply over there",
    )
}

/// The answers for the machine that has the other half; `None` where both halves are here.
pub fn other_half(answers: &Answers) -> Option<Answers> {
    let mut other = answers.clone();
    match (answers.frontend.here, &answers.backend.server_xml) {
        (false, _) => {
            other.frontend.here = true;
            other.backend.server_xml = ServerXml::Absent;
        }
        (true, ServerXml::Absent) => {
            other.frontend.here = false;
            other.frontend.site = None;
            other.frontend.new_site = None;
            other.backend.server_xml = ServerXml::Found;
        }
        (true, ServerXml::Found | ServerXml::File(_)) => return None,
    }
    Some(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(text: &str) -> Answers {
        Answers::from_toml(&format!("version = 1\n{text}")).expect("the answers are good")
    }

    #[test]
    fn the_other_half_of_the_other_half_is_this_one() {
        let here = answers("[backend]\nhost = \"10.0.0.5\"\nserver_xml = \"none\"\n");
        let there = other_half(&here).expect("Tomcat is elsewhere");
        assert!(!there.frontend.here && there.backend.server_xml == ServerXml::Found);
        assert_eq!(Answers::from_toml(&there.to_toml()).expect("they are good"), there);
        assert_eq!(other_half(&there), Some(here));
    }

    #[test]
    fn where_both_halves_are_here_there_is_no_other() {
        assert_eq!(other_half(&answers("")), None);
    }

    #[test]
    fn somebody_has_to_be_here() {
        let text = "version = 1\n[frontend]\nserver = \"none\"\n[backend]\nserver_xml = \"none\"\n";
        let error = Answers::from_toml(text).expect_err("nobody is here").to_string();
        assert!(error.contains("backend.server_xml: the frontend is on another machine"), "{error}");
    }
}
