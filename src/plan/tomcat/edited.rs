//! A region of server.xml that was edited by hand since.

use super::{Ground, connector, revised, valve};
use crate::config::tomcat::{Configuration, Element, Service, port};
use crate::config::{Edit, Mark, Span, splice};
use crate::model::{Answers, EditedRegion, Field, FileChange, FileImage, Memo, Note, TomcatFindings};
use crate::plan::PlanError;
use crate::plan::hand::Hand;

/// What a region of guacfront's holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The connector.
    Connector,
    /// The valve.
    Valve,
}

/// A region that a hand has edited, and what guacfront would write in its place.
pub(super) struct Region<'a> {
    pub(super) part: Part,
    pub(super) mark: &'a Mark,
    pub(super) shown: EditedRegion,
}

/// Every region that is neither as guacfront wrote it nor as it would write it now.
pub(super) fn regions<'a>(answers: &Answers, ground: &Ground<'a>) -> Vec<Region<'a>> {
    let marks = ground.configuration.marks().iter().filter(|mark| !mark.intact);
    marks.filter_map(|mark| region(answers, ground, mark)).collect()
}

fn region<'a>(answers: &Answers, ground: &Ground<'a>, mark: &'a Mark) -> Option<Region<'a>> {
    let view = ground.configuration.view();
    let (begin, stands) = (&view[mark.span.start..mark.body.start], &view[mark.body.clone()]);
    let connector = connector::stock(answers);
    let (part, new) = if begin.contains(connector.words) || stands.contains("<Connector") {
        (Part::Connector, connector)
    } else {
        (Part::Valve, valve::new(answers, ground.version()))
    };
    let indent = &stands[..stands.len() - stands.trim_start_matches([' ', '\t']).len()];
    let ending = if stands.ends_with("\r\n") { "\r\n" } else { "\n" };
    let wanted = format!("{}{ending}", new.text(indent, ending));
    let is_same = Mark::hash(wanted.as_bytes()) == Mark::hash(stands.as_bytes());
    let shown = EditedRegion {
        file: ground.file.to_owned(),
        line: ground.configuration.line_at(mark.span.start),
        stands: stands.into(),
        wanted: wanted.into(),
    };
    let region = Region { part, mark, shown };
    // A connector of another port is not what these answers are about.
    let is_other = part == Part::Connector
        && region.connector(ground).and_then(port).is_some_and(|own| own != answers.backend.port.number());
    (!is_same && !is_other).then_some(region)
}

impl Region<'_> {
    /// The connector that stands in it.
    fn connector<'a>(&self, ground: &Ground<'a>) -> Option<Element<'a>> {
        let mut all =
            ground.configuration.services().flat_map(|service| service.connectors().collect::<Vec<_>>());
        all.find(|connector| self.mark.body.contains(&connector.span().start))
    }

    /// The service that it stands in.
    pub(super) fn service<'a>(&self, ground: &Ground<'a>) -> Option<Service<'a>> {
        let is_around = |service: &Service<'_>| service.element.span().contains(&self.mark.span.start);
        ground.configuration.services().find(is_around)
    }
}

/// The change of a file whose region goes: what is planned for the file without it, and its removal.
pub(super) fn replaced(
    answers: &Answers,
    tomcat: &TomcatFindings,
    names: &[String],
    (configuration, mark): (&Configuration, &Mark),
    hand: &mut Hand,
    notes: &mut Vec<Note>,
) -> Result<Vec<FileChange>, PlanError> {
    let file = &tomcat.server_xml;
    let refused = |message: &str| PlanError::Refused {
        file: file.path.clone(),
        line: configuration.line_at(mark.span.start),
        message: message.to_owned(),
        hint: "take the two marks and what stands between them out by hand, and run again".to_owned(),
    };
    let lines = configuration.view()[mark.span.clone()].trim();
    if !lines.starts_with("<!--") || !lines.ends_with("-->") {
        return Err(refused("guacfront's marks share their lines with something else"));
    }
    let gone = configuration.bytes_of(&mark.span);
    let without = Edit {
        span: gone.clone(),
        text: Vec::new(),
        field: Some(Field::Proxies),
        why: "What was edited by hand here is replaced by what guacfront writes.".to_owned(),
    };
    let overlap = || refused("what guacfront would write here overlaps with what it would replace");
    let (bytes, _) = splice(&file.bytes, vec![without.clone()]).ok_or_else(overlap)?;
    let server_xml = FileImage { bytes, ..file.clone() };
    let rest = TomcatFindings { server_xml, memo: Memo::default(), ..tomcat.clone() };
    let mut edits = vec![without];
    for change in revised(answers, &rest, names, hand, notes)? {
        edits.extend(change.changes.into_iter().map(|part| Edit {
            span: before(&part.from, &gone),
            text: change.after[part.to].to_vec(),
            field: part.field,
            why: part.why,
        }));
    }
    let (after, changes) = splice(&file.bytes, edits).ok_or_else(overlap)?;
    Ok(vec![FileChange { before: file.clone(), after, changes }])
}

/// Where a span stood before something was taken out.
fn before(span: &Span, gone: &Span) -> Span {
    let back = |at: usize, is_after: bool| if is_after { at + gone.len() } else { at };
    let start = back(span.start, span.start > gone.start || (span.start == gone.start && !span.is_empty()));
    start..back(span.end, span.end > gone.start)
}

#[cfg(test)]
mod tests {
    use super::before;

    #[test]
    fn a_place_is_found_again_before_and_after_what_went() {
        let gone = 10..15;
        for (span, there) in
            [(3..5, 3..5), (3..10, 3..10), (10..10, 10..10), (10..12, 15..17), (12..12, 17..17)]
        {
            assert_eq!(before(&span, &gone), there);
        }
    }
}
