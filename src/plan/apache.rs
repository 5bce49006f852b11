//! Apache httpd: what a virtual host needs to serve Guacamole.

mod adopt;
mod around;
mod body;
mod edits;
mod explain;
mod layout;
mod logs;
mod modules;
mod notes;
mod parameters;
mod path_form;
mod region;
mod stand_in;
mod there;
mod websocket;

pub(super) use explain::explain;
pub(super) use stand_in::stand_in;

use super::PlanError;
use super::hand::Hand;
use crate::config::Asked;
use crate::config::apache::{Backend, Form, Item, Loaded, PassMatch, Section, covers};
use crate::model::{Answers, ApacheFindings, Draft, Note, Site, Step, UploadLimit};
use around::Around;
use body::Body;
use edits::Edits;
use there::There;

/// What is known while the changes to one virtual host are worked out.
struct Work<'a> {
    answers: &'a Answers,
    apache: &'a ApacheFindings,
    loaded: &'a Loaded,
    site: &'a Site,
    /// The virtual host's section.
    host: &'a Item,
    /// What no directive will say.
    asked: Asked,
}

/// Edits of the virtual host's file and of the logs, then what enables the modules needed.
pub(super) fn changes(
    answers: &Answers,
    apache: &ApacheFindings,
    site: &Site,
    hand: &mut Hand,
    notes: &mut Vec<Note>,
) -> Result<Vec<Step>, PlanError> {
    let loaded = Loaded::of(apache);
    if let Some(problem) = &loaded.problem {
        return Err(PlanError::Unreadable(problem.clone()));
    }
    let Some(host) = loaded.virtual_host_at(&site.file, site.offset) else {
        return Err(PlanError::NoSite {
            server: crate::model::Server::Apache,
            wanted: answers.frontend.site.clone(),
            sites: Vec::new(),
        });
    };
    let asked = asked(answers, &loaded, host);
    let work = Work { answers, apache, loaded: &loaded, site, host, asked };
    let mut edits = Edits::new(&work);
    let variables = logs::changes(&work, &mut edits, notes);
    let there = work.there()?;
    let is_bare_taken = work.is_bare_taken(there.section());
    let around = Around::of(&work, there.section());
    let body =
        Body::new(answers, apache.version.as_ref(), variables).with_bare_taken(is_bare_taken).within(around);
    write(&work, &there, &body, hand, &mut edits)?;
    notes::add(&work, &there, &body, notes);
    let enabling = modules::changes(&work, &mut edits)?;
    let mut steps = edits.into_steps()?;
    steps.extend(enabling);
    Ok(steps)
}

/// The sections alone, to be pasted into a virtual host.
pub(super) fn snippet(answers: &Answers) -> String {
    let variables = if answers.frontend.log_tunnel { Vec::new() } else { vec![logs::VARIABLE.to_owned()] };
    let mut text = Body::new(answers, None, variables).text("", "    ", "\n");
    if !answers.frontend.log_tunnel {
        text.push_str(&format!(
            "# and at the end of the virtual host's own CustomLog line: env=!{}\n",
            logs::VARIABLE
        ));
    }
    text
}

/// Writes guacfront's own region, or edits what somebody wrote by hand.
fn write(
    work: &Work<'_>,
    there: &There<'_>,
    body: &Body,
    hand: &mut Hand,
    edits: &mut Edits<'_>,
) -> Result<(), PlanError> {
    match there {
        There::Region { file, mark } => {
            region::update(work, (*file, mark), body, hand, edits);
            Ok(())
        }
        There::Section { section, items } if section.form == Form::Location => {
            adopt::location(work, section, items, body, edits)
        }
        There::Section { section, items } => path_form::replace(work, section, items, body, edits),
        There::Nothing => {
            region::insert(work, body, edits);
            Ok(())
        }
    }
}

/// What the files would not tell: an upload limit other than the usual one, a wish for logs where none listens, a
/// WebSocket that is switched off.
fn asked(answers: &Answers, loaded: &Loaded, host: &Item) -> Asked {
    let usual = UploadLimit::parse(&Draft::default().max_upload).ok();
    let limit = Some(answers.frontend.max_upload).filter(|limit| Some(*limit) != usual);
    let is_told = logs::listen(loaded, host) || !answers.frontend.log_tunnel;
    Asked {
        max_upload: limit,
        log_tunnel: (!is_told).then_some(true),
        no_websocket: !answers.frontend.websocket,
    }
}

impl<'a> Work<'a> {
    /// What holds for the virtual host's requests: its own directives, then the server's.
    fn around(&self) -> impl Iterator<Item = &'a Item> + Clone + use<'a> {
        self.host.children.iter().chain(&self.loaded.items)
    }

    /// Whether something else than `own` that is proxied takes the public path without its slash, before any redirect
    /// outside of sections.
    fn is_bare_taken(&self, own: Option<&Section<'_>>) -> bool {
        let Some(bare) = self.answers.frontend.public_path.bare() else { return false };
        let is_at_path = |section: &Section<'_>| section.path.trim_end_matches('/') == bare;
        let among = |items| Section::among(self.loaded, items).into_iter();
        // A region of guacfront's may be the one that moves here.
        let is_own = |section: &Section<'_>| own.is_some_and(|own| own.item == section.item);
        let takes = |section: &Section<'_>| {
            !section.marked && !is_own(section) && !is_at_path(section) && section.url() != "!"
        };
        let mut all = among(&self.host.children).chain(among(&self.loaded.items));
        let is_forwarded = |line: &PassMatch<'_>| !line.excludes() && line.matches(bare) == Some(true);
        all.any(|section| takes(&section) && covers(&section.path, bare))
            || PassMatch::holding(self.loaded, &self.host.children).iter().any(is_forwarded)
    }

    /// Where the answers send Guacamole's requests.
    fn asked_backend(&self) -> Backend {
        let asked = &self.answers.backend;
        let (host, path) = (asked.host.clone(), asked.context.as_str().to_owned());
        Backend { scheme: "http".to_owned(), host, port: asked.port, path, is_socket: false }
    }

    /// Whether these are the virtual host's own directives, not the server's.
    fn is_of_host(&self, items: &[Item]) -> bool {
        let own: &[Item] = &self.host.children;
        std::ptr::eq(items, own)
    }

    fn refused(&self, item: &Item, message: &str, hint: &str) -> PlanError {
        PlanError::Refused {
            file: self.loaded.file(item).path.clone(),
            line: self.loaded.line(item),
            message: crate::model::printable(message),
            hint: hint.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
