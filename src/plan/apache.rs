//! Apache httpd: what a virtual host needs to serve Guacamole.

mod adopt;
mod body;
mod edits;
mod explain;
mod logs;
mod modules;
mod notes;
mod region;
mod stand_in;

pub(super) use explain::explain;
pub(super) use stand_in::stand_in;

use super::PlanError;
use crate::config::MemoryFiles;
use crate::config::apache::{Facts, Form, Loaded, Section, VirtualHost, virtual_hosts};
use crate::model::{Answers, ApacheFindings, Note, Site, Step};
use body::Body;
use edits::Edits;
use std::sync::Arc;

/// What is known while the changes to one virtual host are worked out.
struct Work<'a> {
    answers: &'a Answers,
    apache: &'a ApacheFindings,
    loaded: &'a Loaded,
    host: &'a VirtualHost<'a>,
}

/// Edits of the virtual host's file and of the logs, then links that enable the modules needed.
pub(super) fn changes(
    answers: &Answers,
    apache: &ApacheFindings,
    site: &Site,
    notes: &mut Vec<Note>,
) -> Result<Vec<Step>, PlanError> {
    let loaded = load(apache);
    if let Some(problem) = &loaded.problem {
        return Err(PlanError::Unreadable(problem.clone()));
    }
    let hosts = virtual_hosts(&loaded);
    let host = hosts.iter().find(|host| {
        let file = loaded.file(host.item);
        file.path == site.file && file.tree.line(host.item.node).content().start == site.offset
    });
    let Some(host) = host else {
        return Err(PlanError::NoSite {
            server: crate::model::Server::Apache,
            wanted: answers.frontend.site.clone(),
            sites: Vec::new(),
        });
    };
    let work = Work { answers, apache, loaded: &loaded, host };
    work.included_once()?;
    let mut edits = Edits::new(&loaded);
    let variables = logs::changes(&work, &mut edits, notes);
    let body = Body::new(answers, apache.version.as_ref(), variables);
    write(&work, &body, &mut edits)?;
    notes::add(&work, notes);
    let mut steps = edits.into_steps(apache);
    steps.extend(modules::changes(&work)?);
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

/// The files as they were read by whoever found them, or read now.
fn load(apache: &ApacheFindings) -> Arc<Loaded> {
    let facts = Facts {
        server_root: apache.server_root.clone(),
        variables: apache.defines.clone(),
        modules: apache.built_in.clone(),
        version: apache.version.clone(),
    };
    let read = apache.memo.recall::<Loaded>();
    read.filter(|loaded| loaded.is_of(&apache.main, &facts, &apache.files)).unwrap_or_else(|| {
        let files = apache.files.iter().map(|file| (file.path.clone(), file.bytes.clone())).collect();
        Arc::new(Loaded::read(&apache.main, &facts, &MemoryFiles(files)))
    })
}

/// Writes guacfront's own region, or edits what somebody wrote by hand.
fn write(work: &Work<'_>, body: &Body, edits: &mut Edits<'_>) -> Result<(), PlanError> {
    if let Some(mark) = work.mark() {
        return region::update(work, mark, body, edits);
    }
    match work.section()? {
        Some(section) if section.form == Form::Location => adopt::location(work, &section, body, edits),
        Some(section) => {
            adopt::remove_path_form(work, &section, edits);
            region::insert(work, body, edits);
        }
        None => region::insert(work, body, edits),
    }
    Ok(())
}

impl<'a> Work<'a> {
    /// guacfront's own region in this virtual host.
    fn mark(&self) -> Option<&'a crate::config::Mark> {
        let file = self.loaded.file(self.host.item);
        let span = file.tree.span(self.host.item.node);
        file.marks.iter().find(|mark| span.start < mark.span.start && mark.span.end < span.end)
    }

    /// A hand-written section that is to become what the answers say: Guacamole's, wherever it is.
    fn section(&self) -> Result<Option<Section<'a>>, PlanError> {
        if let Some(section) = Section::guacamole(self.loaded, self.host.item) {
            return Ok(Some(section));
        }
        let path = self.answers.frontend.public_path.as_str();
        let (wanted_host, wanted_port) = (&self.answers.backend.host, self.answers.backend.port);
        for section in Section::all(self.loaded, self.host.item) {
            if section.path.trim_end_matches('/') != path.trim_end_matches('/') {
                continue;
            }
            return match &section.backend {
                Some(backend) if backend.host == *wanted_host && backend.port == wanted_port => {
                    Ok(Some(section))
                }
                _ => Err(self.refused(
                    section.pass,
                    &format!("{} is proxied to {} already", section.path, section.pass.arguments.join(" ")),
                    "choose another public path, or remove that line first",
                )),
            };
        }
        Ok(None)
    }

    /// An edit of a file that is loaded twice would show twice.
    fn included_once(&self) -> Result<(), PlanError> {
        let file = self.loaded.file(self.host.item);
        if file.loads == 1 {
            return Ok(());
        }
        Err(self.refused(
            self.host.item,
            &format!("the file is included {} times, and an edit would count as often", file.loads),
            "include it once, or choose another virtual host",
        ))
    }

    fn refused(&self, item: &crate::config::apache::Item, message: &str, hint: &str) -> PlanError {
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
