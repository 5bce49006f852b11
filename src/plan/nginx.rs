//! nginx: one location in the chosen server block, made or mended.

mod adopt;
mod around;
mod doubles;
mod explain;
mod hazard;
mod line;
mod pass;
mod place;
mod setting;
mod stand_in;

pub(super) use explain::explain;
pub(super) use stand_in::stand_in;

use super::PlanError;
use super::hand::Hand;
use crate::config::nginx::{Loaded, Location, Placed, Section, ServerBlock, Target, server_block_at};
use crate::config::{Asked, Edit, Mark, splice};
use crate::model::{Answers, Edited, EditedRegion, FileChange, FileImage, NginxFindings, Note, Server, Site};
use around::settings_in;
use line::Layout;
use place::Place;
use setting::{Setting, settings};
use std::collections::BTreeMap;

/// The edits of nginx's files; none where they are right already.
///
/// # Errors
/// Where what stands in a file cannot be edited without a guess.
pub(super) fn changes(
    answers: &Answers,
    nginx: &NginxFindings,
    site: &Site,
    hand: &mut Hand,
    notes: &mut Vec<Note>,
) -> Result<Vec<FileChange>, PlanError> {
    let loaded = Loaded::of(nginx);
    if let Some(problem) = &loaded.problem {
        return Err(PlanError::Unreadable(problem.clone()));
    }
    let Some(mut server) = server_block_at(&loaded, &site.file, site.offset) else {
        let server = Server::Nginx;
        return Err(PlanError::NoSite { server, wanted: None, sites: Vec::new() });
    };
    server.shadowed_by.clone_from(&site.shadowed_by);

    let (own, edits) = edits(answers, &loaded, &server, hand, notes)?;
    hazard::notes(answers, &loaded, &server, own, notes);
    let changed = edits.into_iter().filter(|(_, edits)| !edits.is_empty());
    changed.map(|(file, edits)| change(nginx, &loaded, file, edits)).collect()
}

/// The location alone, to be pasted by hand.
pub(super) fn snippet(answers: &Answers) -> String {
    let layout = Layout { indent: String::new(), unit: "    ".to_owned(), ending: "\n" };
    line::text(&line::location(answers, &settings(answers)), &layout)
}

/// Edits by the index of the file.
type Edits = BTreeMap<usize, Vec<Edit>>;

/// The location that is Guacamole's now, where there is one, and the edits that make it right.
fn edits<'a>(
    answers: &Answers,
    loaded: &'a Loaded,
    server: &ServerBlock<'a>,
    hand: &mut Hand,
    notes: &mut Vec<Note>,
) -> Result<(Option<Placed<'a>>, Edits), PlanError> {
    let path = answers.frontend.public_path.as_str();
    let region = region(answers, loaded, server)?;
    let settings = settings_in(answers, server, &[], &[server.children.clone(), server.http.to_vec()]);
    let in_region = |location: &Location<'_>| region.is_some_and(|region| region.holds(location.placed));
    let mut locations = server.children.iter().copied().filter_map(Location::read);
    let at_path = locations.find(|l| l.is_prefix() && l.uri == path && !in_region(l));

    if let Some(Region { file, mark }) = region {
        let own =
            || server.children.iter().copied().filter_map(Location::read).find(in_region).map(|l| l.placed);
        let Some(location) = at_path else {
            return Ok((
                own(),
                Edits::from([(file, update((answers, &settings), loaded, file, mark, hand))]),
            ));
        };
        if !mark.intact && hand.decide(edited(loaded, file, mark, "")) == Edited::Keep {
            return Ok((own(), Edits::new()));
        }
        // The new path has a location of its own: that one becomes Guacamole's, and ours goes.
        let (own, mut edits) = adopt(answers, loaded, server, &location, notes)?;
        let text = Vec::new();
        let why = "Guacamole moves to another location".to_owned();
        edits.entry(file).or_default().push(Edit { span: mark.span.clone(), text, field: None, why });
        return Ok((own, edits));
    }
    let section = hand_written(answers, loaded, server)?;
    match (section, at_path) {
        (Some(section), Some(at_path)) if section.location.placed != at_path.placed => {
            let message = format!(
                "Guacamole has a location at {} already, and {path} belongs to this one",
                loaded.place(section.location.placed)
            );
            Err(refused(
                loaded,
                at_path.placed,
                message,
                "choose another public path, or remove one of the two locations",
            ))
        }
        (Some(section), _) => adopt(answers, loaded, server, &section.location, notes),
        (None, Some(at_path)) => adopt(answers, loaded, server, &at_path, notes),
        (None, None) => {
            Ok((None, Edits::from([(server.placed.file, insert(answers, &settings, loaded, server))])))
        }
    }
}

/// A region between marks, and the index of its file.
#[derive(Clone, Copy)]
struct Region<'a> {
    file: usize,
    mark: &'a Mark,
}

impl Region<'_> {
    fn holds(self, placed: Placed<'_>) -> bool {
        let (mark, span) = (&self.mark.span, placed.directive.span());
        self.file == placed.file && mark.start <= span.start && span.end <= mark.end
    }
}

/// The region to edit: the one at the public path, else the one that moves there.
fn region<'a>(
    answers: &Answers,
    loaded: &'a Loaded,
    server: &ServerBlock<'a>,
) -> Result<Option<Region<'a>>, PlanError> {
    let path = answers.frontend.public_path.as_str();
    let regions = regions(loaded, server);
    let is_at_path = |region: &&Region<'_>| {
        let mut locations = server.children.iter().copied().filter_map(Location::read);
        locations.any(|location| location.uri == path && region.holds(location.placed))
    };
    let at_path: Vec<&Region<'_>> = regions.iter().filter(is_at_path).collect();
    // A Guacamole of its own that somebody wrote at this path is that one, and no other has to move.
    let is_taken = || Section::each(loaded, server).iter().any(|section| section.location.uri == path);
    let (found, hint) = match at_path.as_slice() {
        [] if answers.frontend.beside || is_taken() => return Ok(None),
        [] => (
            regions.iter().collect(),
            "give the path of one of them as the public path, or say frontend.beside = true to add another",
        ),
        _ => (at_path, "remove one of the two"),
    };
    match found.as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(**only)),
        [_, second, ..] => {
            let file = &loaded.files[second.file];
            Err(PlanError::Refused {
                file: file.path.clone(),
                line: file.line(second.mark.span.start),
                message: "this is a second region of guacfront's in one server block".to_owned(),
                hint: hint.to_owned(),
            })
        }
    }
}

/// Every region within the server block, or in a file that it includes.
fn regions<'a>(loaded: &'a Loaded, server: &ServerBlock<'a>) -> Vec<Region<'a>> {
    let block = server.placed.directive.span();
    let all = loaded
        .files
        .iter()
        .enumerate()
        .flat_map(|(file, loaded)| loaded.marks.iter().map(move |mark| Region { file, mark }));
    let is_here = |region: &Region<'_>| {
        let span = &region.mark.span;
        let in_block =
            region.file == server.placed.file && block.start <= span.start && span.end <= block.end;
        in_block
            || server.children.iter().any(|&placed| placed.file != server.placed.file && region.holds(placed))
    };
    all.filter(is_here).collect()
}

/// The location that serves Guacamole without marks: the one at the public path; where it is to move there, the only one
/// that looks like it, or the one with the same backend.
///
/// # Errors
/// Where several could be meant.
fn hand_written<'a>(
    answers: &Answers,
    loaded: &'a Loaded,
    server: &ServerBlock<'a>,
) -> Result<Option<Section<'a>>, PlanError> {
    let path = answers.frontend.public_path.as_str().trim_end_matches('/');
    let each = Section::each(loaded, server);
    let is_at_path = |section: &&Section<'_>| section.location.uri.trim_end_matches('/') == path;
    match (each.iter().find(is_at_path), each.as_slice()) {
        (Some(own), _) => Ok(Some(own.clone())),
        (None, _) if answers.frontend.beside => Ok(None),
        (None, [only]) => Ok(Some(only.clone())),
        (None, [first, second, ..]) => {
            let message = format!(
                "Guacamole is proxied at {} and, at {}, at {}; which one is meant is not clear",
                second.location.uri,
                loaded.place(first.location.placed),
                first.location.uri
            );
            Err(refused(
                loaded,
                second.location.placed,
                message,
                "give the path of the one to edit as the public path, say frontend.beside = true to add another, or \
                 remove one",
            ))
        }
        (None, []) => {
            let mut sections =
                server.children.iter().filter_map(|&placed| Section::read(loaded, server, placed));
            Ok(sections.find(|section| leads_to(section, answers)))
        }
    }
}

/// Whether a location leads to the very backend of the answers.
fn leads_to(section: &Section<'_>, answers: &Answers) -> bool {
    let backend = &answers.backend;
    let same_place = |target: &Target| target.leads_to(&backend.host.to_string(), backend.port.number());
    section.target.as_ref().is_some_and(same_place)
        && section.context().as_deref() == Some(backend.context.as_str())
}

fn adopt<'a>(
    answers: &Answers,
    loaded: &'a Loaded,
    server: &ServerBlock<'a>,
    location: &Location<'a>,
    notes: &mut Vec<Note>,
) -> Result<(Option<Placed<'a>>, Edits), PlanError> {
    let section = Section::read(loaded, server, location.placed);
    let is_guacamole = section
        .as_ref()
        .is_some_and(|section| section.likeness(server).is_some() || leads_to(section, answers));
    let edits = adopt::edits(answers, loaded, server, location, section.as_ref(), is_guacamole, notes)?;
    Ok((Some(location.placed), Edits::from([(location.placed.file, edits)])))
}

fn update(
    (answers, settings): (&Answers, &[Setting]),
    loaded: &Loaded,
    file: usize,
    mark: &Mark,
    hand: &mut Hand,
) -> Vec<Edit> {
    let bytes = &loaded.files[file].bytes;
    let layout = place::layout_of_region(bytes, mark.span.start, &mark.body);
    let body = line::text(&line::location(answers, settings), &layout);
    // A changed indentation is no change of meaning and not undone.
    let is_same = Mark::hash(body.as_bytes()) == Mark::hash(&bytes[mark.body.clone()]);
    if is_same && Asked::of_mark(bytes, mark) == line::asked(answers) {
        return Vec::new();
    }
    if !mark.intact && hand.decide(edited(loaded, file, mark, &body)) == Edited::Keep {
        return Vec::new();
    }
    line::edits(&mark.span, &line::region(answers, settings, &layout), &layout)
}

/// A region that was edited by hand since.
fn edited(loaded: &Loaded, file: usize, mark: &Mark, wanted: &str) -> EditedRegion {
    let own = &loaded.files[file];
    EditedRegion {
        file: own.path.clone(),
        line: own.line(mark.span.start),
        stands: own.bytes[mark.body.clone()].to_vec(),
        wanted: wanted.into(),
    }
}

fn insert(answers: &Answers, settings: &[Setting], loaded: &Loaded, server: &ServerBlock<'_>) -> Vec<Edit> {
    let directive = server.placed.directive;
    let Some(block) = directive.block() else { return Vec::new() };
    let place = Place::at_end(&loaded.files[server.placed.file].bytes, directive, block);
    place.write(&line::region(answers, settings, &place.layout))
}

fn change(
    nginx: &NginxFindings,
    loaded: &Loaded,
    file: usize,
    edits: Vec<Edit>,
) -> Result<FileChange, PlanError> {
    let (at, file) = (file, &loaded.files[file]);
    let line = edits.first().map_or(1, |edit| file.line(edit.span.start));
    let refuse = |message: String, hint: &str| {
        Err(PlanError::Refused { file: file.path.clone(), line, message, hint: hint.to_owned() })
    };
    // What was found is in the order in which it was loaded.
    let Some(image) = nginx.files.get(at).filter(|image| image.path == file.path) else {
        return refuse("the file was not read".to_owned(), "start again");
    };
    // By their bytes, as the system resolved all of them: their parts take longer to compare.
    let is_same = |other: &&FileImage| other.target.as_os_str() == image.target.as_os_str();
    let aliases = nginx.files.iter().filter(is_same).count();
    if file.loads > 1 || aliases > 1 {
        let message = format!(
            "nginx loads this file {} times, so that a change here would show in as many places",
            file.loads.max(aliases)
        );
        return refuse(message, "include it once, or put the site into a file of its own");
    }
    match splice(&image.bytes, edits) {
        Some((after, changes)) => Ok(FileChange { before: image.clone(), after, changes }),
        None => {
            refuse("two changes of this file overlap".to_owned(), "paste what guacfront show prints by hand")
        }
    }
}

fn refused(loaded: &Loaded, placed: Placed<'_>, message: String, hint: &str) -> PlanError {
    PlanError::Refused {
        file: loaded.files[placed.file].path.clone(),
        line: loaded.line(placed),
        message,
        hint: hint.to_owned(),
    }
}

#[cfg(test)]
mod tests;
