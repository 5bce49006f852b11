//! What there is of Guacamole already. More than one is a question, never a guess.

use super::Work;
use crate::config::Mark;
use crate::config::apache::{Item, Section};
use crate::model::masked;
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

impl<'a> There<'a> {
    /// The section that somebody wrote by hand.
    pub(super) fn section(&self) -> Option<&Section<'a>> {
        match self {
            Self::Section { section, .. } => Some(section),
            Self::Region { .. } | Self::Nothing => None,
        }
    }
}

/// A region between guacfront's marks.
#[derive(Clone)]
struct Region<'a> {
    /// Index of its file.
    file: usize,
    mark: &'a Mark,
    /// The public path of what stands in it, without its last slash.
    path: Option<String>,
}

impl<'a> From<Region<'a>> for There<'a> {
    fn from(region: Region<'a>) -> Self {
        Self::Region { file: region.file, mark: region.mark }
    }
}

/// A path without its last slash.
fn bare(path: &str) -> &str {
    path.trim_end_matches('/')
}

impl<'a> Work<'a> {
    /// Looks in the virtual host, then outside of all of them, where a section holds for every one.
    pub(super) fn there(&self) -> Result<There<'a>, PlanError> {
        for items in [&*self.host.children, &self.loaded.items] {
            let regions = self.regions(items);
            if let Some(region) = self.region_at_path(&regions)? {
                return Ok(region.into());
            }
            let section = self.section(items, regions.is_empty() && !self.answers.frontend.beside)?;
            if section.is_none()
                && let Some(region) = self.moving(&regions)?
            {
                return Ok(region.into());
            }
            self.one_websocket(items, section.as_ref())?;
            if let Some(section) = section {
                return Ok(There::Section { section, items });
            }
        }
        Ok(There::Nothing)
    }

    /// guacfront's own regions: what stands in one tells it, and an empty one is told by its place in the virtual host.
    fn regions(&self, items: &'a [Item]) -> Vec<Region<'a>> {
        let mut found: Vec<Region<'a>> = Vec::new();
        let sections = Section::among(self.loaded, items);
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
            if !found.iter().any(|own| own.file == file && own.mark.span == mark.span) {
                let is_in = |section: &&Section<'_>| {
                    let own = section.item;
                    own.file() == file && self.loaded.mark(own).is_some_and(|own| own.span == mark.span)
                };
                let general = sections.iter().filter(is_in).find(|section| !section.is_websocket());
                found.push(Region {
                    file,
                    mark,
                    path: general.map(|section| bare(&section.path).to_owned()),
                });
            }
        }
        found
    }

    /// The region at the public path.
    fn region_at_path(&self, regions: &[Region<'a>]) -> Result<Option<Region<'a>>, PlanError> {
        let path = bare(self.answers.frontend.public_path.as_str());
        let here: Vec<&Region<'_>> =
            regions.iter().filter(|region| region.path.as_deref() == Some(path)).collect();
        self.only(&here, "keep one of these regions and remove the others with their marks")
    }

    /// The region that moves to the public path, where one is to.
    fn moving(&self, regions: &[Region<'a>]) -> Result<Option<Region<'a>>, PlanError> {
        if self.answers.frontend.beside {
            return Ok(None);
        }
        let all: Vec<&Region<'_>> = regions.iter().collect();
        self.only(
            &all,
            "give the path of one of them as the public path, or say frontend.beside = true to add another",
        )
    }

    fn only(&self, regions: &[&Region<'a>], hint: &str) -> Result<Option<Region<'a>>, PlanError> {
        match regions {
            [] => Ok(None),
            [only] => Ok(Some((*only).clone())),
            [first, .., last] => Err(PlanError::Refused {
                file: self.loaded.files[last.file].path.clone(),
                line: self.loaded.files[last.file].line_of(last.mark.span.start),
                message: format!(
                    "guacfront's marks stand {} times here, the first time in line {}",
                    regions.len(),
                    self.loaded.files[first.file].line_of(first.mark.span.start)
                ),
                hint: hint.to_owned(),
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
        let is_there = section.is_some_and(|own| bare(&own.path) == bare(path));
        match at(path).first().filter(|_| !is_there) {
            None => Ok(()),
            Some(orphan) => Err(self.refused(
                orphan.item,
                &format!("{} is proxied, and what belongs to it above is not", orphan.path),
                "remove it, or choose another public path",
            )),
        }
    }

    /// A hand-written section that is to become what the answers say: Guacamole's, which may be at another path only where
    /// it is to move, else the one at its path and backend.
    fn section(&self, items: &'a [Item], may_move: bool) -> Result<Option<Section<'a>>, PlanError> {
        let path = bare(self.answers.frontend.public_path.as_str());
        let is_own = self.is_of_host(items);
        let all = Section::among(self.loaded, items);
        // What only keeps the path out of another's way is no obstacle: a section counts before such a line, and after
        // such a section.
        let takes = |section: &&Section<'_>| !section.is_websocket() && section.url() != "!";
        let at_path: Vec<&Section<'_>> =
            all.iter().filter(takes).filter(|section| bare(&section.path) == path).collect();
        if let [first, .., last] = at_path.as_slice() {
            return Err(self.refused(
                last.item,
                &format!("{} is proxied in line {} already", last.path, self.loaded.line(first.item)),
                "remove one of the two: of sections the later counts, of ProxyPass lines the first",
            ));
        }
        let each = Section::each(self.loaded, items);
        let meant = each.iter().find(|section| bare(&section.path) == path);
        let movable = if may_move { each.as_slice() } else { &[] };
        let found = match (meant, movable) {
            (None, []) => None,
            (Some(section), _) | (None, [section]) => Some(section.clone()),
            (None, [first, second, ..]) => {
                return Err(self.refused(
                    second.item,
                    &format!(
                        "Guacamole is proxied at {} and, in line {}, at {}; which one is meant is not clear",
                        second.path,
                        self.loaded.line(first.item),
                        first.path
                    ),
                    "give the path of the one to edit as the public path, say frontend.beside = true to add another, or \
                     remove one",
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
                &format!("{} is proxied to {} already", there.path, masked(&there.url())),
                "choose another public path, or remove that line first",
            )),
        }
    }
}
