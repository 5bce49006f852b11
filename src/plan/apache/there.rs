//! What there is of Guacamole already. More than one is a question, never a guess.

use super::Work;
use crate::config::Mark;
use crate::config::apache::{Item, Section};
use crate::plan::PlanError;

/// What there is of Guacamole already, in the virtual host or outside of all of them.
pub(super) enum There<'a> {
    /// guacfront's own region.
    Region {
        /// Index of its file.
        file: usize,
        /// The region.
        mark: &'a Mark,
    },
    /// What somebody wrote by hand.
    Section {
        /// The section, or the line in path form.
        section: Section<'a>,
        /// What it stands among: the virtual host's directives, or the server's.
        items: &'a [Item],
    },
    /// Nothing.
    Nothing,
}

impl<'a> Work<'a> {
    /// Looks in the virtual host, then outside of all of them, where a section holds for every one.
    pub(super) fn there(&self) -> Result<There<'a>, PlanError> {
        for items in [&*self.host.children, &self.loaded.items] {
            if let Some((file, mark)) = self.region(items)? {
                return Ok(There::Region { file, mark });
            }
            let section = self.section(items)?;
            self.one_websocket(items, section.as_ref())?;
            if let Some(section) = section {
                return Ok(There::Section { section, items });
            }
        }
        Ok(There::Nothing)
    }

    /// guacfront's own region: what stands in it tells it, and an empty one is told by its place in the virtual host.
    fn region(&self, items: &'a [Item]) -> Result<Option<(usize, &'a Mark)>, PlanError> {
        let mut found: Vec<(usize, &Mark)> = Vec::new();
        let filled = items
            .iter()
            .filter(|item| item.name != "virtualhost")
            .filter_map(|item| Some((item.file(), self.loaded.mark(item)?)));
        let host = self.loaded.file(self.host);
        let span = host.tree.span(self.host.node());
        let within = host
            .marks
            .iter()
            .filter(|mark| self.is_of_host(items) && span.start < mark.span.start)
            .filter(|mark| mark.span.end < span.end)
            .map(|mark| (self.host.file(), mark));
        for (file, mark) in filled.chain(within) {
            if !found.iter().any(|(own, other)| *own == file && other.span == mark.span) {
                found.push((file, mark));
            }
        }
        match found.as_slice() {
            [] => Ok(None),
            [(file, mark)] => Ok(Some((*file, mark))),
            [(_, first), .., (file, last)] => Err(PlanError::Refused {
                file: self.loaded.files[*file].path.clone(),
                line: self.loaded.files[*file].line_of(last.span.start),
                message: format!(
                    "guacfront's marks stand {} times here, the first time in line {}",
                    found.len(),
                    self.loaded.files[found[0].0].line_of(first.span.start)
                ),
                hint: "keep one of these regions and remove the others with their marks".into(),
            }),
        }
    }

    /// Refuses WebSocket sections of which it is not clear what they are for: two for one section, or one at
    /// Guacamole's path that no general one belongs to.
    fn one_websocket(&self, items: &'a [Item], section: Option<&Section<'_>>) -> Result<(), PlanError> {
        let at = |path: &str| Section::websockets_among(self.loaded, items, path);
        if let Some([first, second, ..]) = section.map(|section| at(&section.path)).as_deref() {
            return Err(self.refused(
                second.item,
                &format!("{} is proxied in line {} already", second.path, self.loaded.line(first.item)),
                "remove one of the two: of sections the later counts, of ProxyPass lines the first",
            ));
        }
        let path = self.answers.frontend.public_path.as_str();
        let is_there =
            section.is_some_and(|own| own.path.trim_end_matches('/') == path.trim_end_matches('/'));
        match at(path).first().filter(|_| !is_there) {
            None => Ok(()),
            Some(orphan) => Err(self.refused(
                orphan.item,
                &format!("{} is proxied, and what belongs to it above is not", orphan.path),
                "remove it, or choose another public path",
            )),
        }
    }

    /// A hand-written section that is to become what the answers say: Guacamole's, else the one at its path and backend.
    fn section(&self, items: &'a [Item]) -> Result<Option<Section<'a>>, PlanError> {
        let bare = |path: &str| path.trim_end_matches('/').to_owned();
        let path = bare(self.answers.frontend.public_path.as_str());
        let is_own = self.is_of_host(items);
        let all = Section::among(self.loaded, items);
        let at_path: Vec<&Section<'_>> =
            all.iter().filter(|section| bare(&section.path) == path && !section.is_websocket()).collect();
        if let [first, .., last] = at_path.as_slice() {
            return Err(self.refused(
                last.item,
                &format!("{} is proxied in line {} already", last.path, self.loaded.line(first.item)),
                "remove one of the two: of sections the later counts, of ProxyPass lines the first",
            ));
        }
        let likely = Section::likely(self.loaded, items);
        let meant = likely.iter().find(|section| bare(&section.path) == path);
        let found = match (meant, likely.as_slice()) {
            (Some(section), _) | (None, [section]) => Some(section.clone()),
            (None, []) => None,
            (None, [first, second, ..]) => {
                return Err(self.refused(
                    second.item,
                    &format!(
                        "Guacamole is proxied at {} and, in line {}, at {}; which one is meant is not clear",
                        second.path,
                        self.loaded.line(first.item),
                        first.path
                    ),
                    "give the path of the one to edit as the public path, or remove the other",
                ));
            }
        };
        let Some(there) = at_path.first() else { return Ok(found) };
        let (host, port) = (&self.answers.backend.host, self.answers.backend.port);
        match (&found, &there.backend) {
            (Some(found), _) if found.item == there.item => Ok(Some(found.clone())),
            (None, Some(backend)) if backend.host == *host && backend.port == port => {
                Ok(Some((*there).clone()))
            }
            // What the server has at this path gives way to a section of the virtual host's own.
            (None, _) if !is_own => Ok(None),
            _ => Err(self.refused(
                there.pass,
                &format!("{} is proxied to {} already", there.path, there.pass.arguments().join(" ")),
                "choose another public path, or remove that line first",
            )),
        }
    }
}
