//! The frontend of this machine: the site that Guacamole goes into, and what is done for it.

use super::hand::Hand;
use super::{PlanError, apache, new_site, nginx, readable, site};
use crate::model::{Answers, Existing, Findings, Note, Server, Site, Step, printable};

/// The site, there already or made.
pub(super) struct Front {
    /// The site.
    pub(super) site: Site,
    made: Option<new_site::Made>,
}

impl Front {
    /// Finds the site that the answers mean, or makes the one they ask for.
    pub(super) fn find(
        answers: &Answers,
        findings: &Findings,
        notes: &mut Vec<Note>,
    ) -> Result<Self, PlanError> {
        let (server, path) = (answers.frontend.server, &answers.frontend.public_path);
        readable(server, findings)?;
        let Some(new) = &answers.frontend.new_site else {
            let site = site::resolve(findings, server, answers.frontend.site.as_ref())?;
            return Ok(Self { site: site.clone(), made: None });
        };
        if let Some(site) = new_site::existing(findings, server, new) {
            return Ok(Self { site: site.clone(), made: None });
        }
        let root_leads_to = (!path.is_root()).then(|| path.as_str());
        let made = new_site::make(findings, server, new, root_leads_to, notes)?;
        Ok(Self { site: made.site.clone(), made: Some(made) })
    }

    /// The findings with the site in them.
    pub(super) fn findings<'a>(&'a self, findings: &'a Findings) -> &'a Findings {
        self.made.as_ref().map_or(findings, |made| &made.findings)
    }

    /// The steps so far, and those for the site.
    pub(super) fn steps(
        &self,
        answers: &Answers,
        findings: &Findings,
        mut steps: Vec<Step>,
        hand: &mut Hand,
        notes: &mut Vec<Note>,
    ) -> Result<Vec<Step>, PlanError> {
        match (answers.frontend.server, &findings.nginx, &findings.apache) {
            (Server::Nginx, Some(nginx), _) => {
                let changes = nginx::changes(answers, nginx, &self.site, hand, notes)?;
                steps.extend(changes.into_iter().map(Step::File));
            }
            (Server::Apache, _, Some(apache)) => {
                steps.extend(apache::changes(answers, apache, &self.site, hand, notes)?);
            }
            (server, ..) => return Err(PlanError::NoFrontend { server }),
        }
        notes.extend(self.beside(answers));
        Ok(match &self.made {
            Some(made) => made.real(steps),
            None => steps,
        })
    }

    /// What several Guacamoles on one site come to.
    ///
    /// # Source
    /// guacamole-client's `authenticationService.js`: the token is kept in the browser's local storage, which a site has
    /// one of, under one name.
    fn beside(&self, answers: &Answers) -> Option<Note> {
        let path = answers.frontend.public_path.as_str();
        let is_it = |own: &&Existing| own.public_path.trim_end_matches('/') == path.trim_end_matches('/');
        let moves = !answers.frontend.beside && !self.site.guacamoles.iter().any(|own| is_it(&own));
        let other = self.site.guacamoles.iter().filter(|own| !is_it(own)).nth(usize::from(moves))?;
        Some(Note::info(format!(
            "Guacamole stays at {} as well: a browser keeps one login for a site, so whoever goes from one to the other \
             signs in again; a site for each avoids that",
            printable(&other.public_path)
        )))
    }
}
