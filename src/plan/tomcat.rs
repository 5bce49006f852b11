//! server.xml: the connector the proxy speaks to, and the valve that believes the proxy about the client.

mod access_log;
mod connector;
mod context_valve;
mod edited;
mod explain;
mod header;
mod notes;
mod valve;

use super::PlanError;
use super::hand::Hand;
use crate::config::tomcat::{Configuration, Difference, Element, Revision, Service};
use crate::model::{Answers, Edited, FileChange, Note, Rule, TomcatFindings, Version};
use edited::{Part, Region};
use std::path::Path;

pub use explain::explain;

/// What server.xml must become; empty where it already is as the answers say.
///
/// # Errors
/// Where it cannot be read or edited safely, or a hand has edited what guacfront wrote.
pub fn changes(
    answers: &Answers,
    tomcat: &TomcatFindings,
    notes: &mut Vec<Note>,
) -> Result<Vec<FileChange>, PlanError> {
    let mut hand = Hand::new(None);
    let changes = revised(answers, tomcat, &[], &mut hand, notes)?;
    hand.end(notes).map(|()| changes)
}

/// The same for the names by which the proxy asks, where they are known, with what becomes of a region that was edited
/// by hand since.
pub(super) fn revised(
    answers: &Answers,
    tomcat: &TomcatFindings,
    names: &[String],
    hand: &mut Hand,
    notes: &mut Vec<Note>,
) -> Result<Vec<FileChange>, PlanError> {
    if let Some(problem) = &tomcat.problem {
        return Err(PlanError::Unreadable(problem.clone()));
    }
    // A valve may stand there, and a second one would be wrong.
    if let Some(problem) = tomcat.unreadable_for(answers.backend.context.as_str()).next() {
        return Err(PlanError::Unreadable(problem.clone()));
    }
    let file = &tomcat.server_xml;
    let configuration = Configuration::of(tomcat).map_err(PlanError::Unreadable)?;
    let ground = Ground { file: &file.path, configuration: &configuration, tomcat, names };
    let mut kept: Vec<Region<'_>> = Vec::new();
    for region in edited::regions(answers, &ground) {
        match hand.decide(region.shown.clone()) {
            Edited::Keep => kept.push(region),
            Edited::Replace => {
                return edited::replaced(answers, tomcat, names, (&configuration, region.mark), hand, notes);
            }
        }
    }
    let mut revision = Revision::new(&configuration);
    let is_kept = |part: Part| kept.iter().find(|region| region.part == part);
    let service = match is_kept(Part::Connector).and_then(|region| region.service(&ground)) {
        Some(service) => service,
        None => connector::revise(answers, &ground, &mut revision, notes)?,
    };
    if is_kept(Part::Valve).is_none() {
        valve::revise(answers, &ground, service, &mut revision, notes)?;
    }
    if answers.backend.log_client {
        access_log::revise(&ground, service, &mut revision, notes)?;
    }
    notes::about_the_machine(answers, tomcat, &configuration, notes);
    match revision.apply(&file.bytes) {
        Ok(None) => Ok(Vec::new()),
        Ok(Some((after, changes))) => Ok(vec![FileChange { before: file.clone(), after, changes }]),
        Err(Difference::Unreadable { when: "before", message }) => Err(PlanError::Refused {
            file: file.path.clone(),
            line: 1,
            message: format!("a second reader does not understand this file: {message}"),
            hint: "paste what guacfront show prints by hand".to_owned(),
        }),
        Err(difference) => {
            Err(PlanError::Unproven { file: file.path.clone(), message: difference.to_string() })
        }
    }
}

/// The connector and the valve to paste by hand.
pub fn snippet(answers: &Answers, version: Option<&Version>) -> String {
    format!(
        "<!-- server.xml, in <Service>: the HTTP connector; where one has this port already, URIEncoding alone -->\n\
         {}\n\n<!-- server.xml, in <Host>, before everything else in it -->\n{}\n",
        connector::stock(answers).text("", "\n"),
        valve::new(answers, version).text("", "\n"),
    )
}

/// The file that is planned for.
struct Ground<'a> {
    file: &'a Path,
    configuration: &'a Configuration,
    tomcat: &'a TomcatFindings,
    /// The names by which the proxy asks; empty where they are not known.
    names: &'a [String],
}

impl<'a> Ground<'a> {
    fn version(&self) -> Option<&'a Version> {
        self.tomcat.version.as_ref()
    }

    /// The host that has a name by which the proxy asks.
    fn called(&self, service: Service<'a>) -> Option<Element<'a>> {
        self.configuration.host_called(service, self.names)
    }

    fn line(&self, element: Element<'_>) -> usize {
        self.configuration.line(element)
    }

    fn refused<T>(&self, element: Element<'_>, message: String, hint: &str) -> Result<T, PlanError> {
        let (file, line) = (self.file.to_owned(), self.line(element));
        Err(PlanError::Refused { file, line, message, hint: hint.to_owned() })
    }

    /// What comes out of an entity may stand in several places, and an edit would change them all.
    fn editable<'e>(&self, element: Element<'e>) -> Result<Element<'e>, PlanError> {
        if element.is_from_entity() {
            let message = format!("this {} comes out of an entity of the DOCTYPE", element.name());
            return self.refused(element, message, "write it out where the entity is used, and run again");
        }
        Ok(element)
    }
}

fn note(notes: &mut Vec<Note>, warning: bool, rule: Option<Rule>, text: String) {
    notes.push(Note { warning, text, rule });
}

/// The sentence of an explanation that says why.
fn because(attribute: &str) -> &'static str {
    explain(attribute).unwrap_or_default()
}

#[cfg(test)]
mod tests;
