//! A large file without the elements that no edit is near, so that the proof need not read thousands of them.
//!
//! What is left out are whole elements whose bytes are the same before and after, which is compared. Wherever one
//! stood, a stand-in is left in both files: an edit that swallowed one, or moved one, would show in the proof as it
//! would if the element stood there itself.

use super::proof::{Difference, Intent, differs_only_in};
use super::text::Text;
use super::{Configuration, Element};
use crate::config::Span;
use crate::model::Change;

/// Files up to this size are proved as a whole, in bytes.
const WHOLE: usize = 1 << 16;
/// What stands for a run of elements that are left out.
const STAND_IN: &str = "<unchanged/>";

/// Shows of two files what [`differs_only_in`] shows.
pub(super) fn prove(
    configuration: &Configuration,
    (before, after): (&[u8], &[u8]),
    changes: &[Change],
    intents: Vec<Intent>,
) -> Result<(), Difference> {
    if before.len() <= WHOLE {
        return differs_only_in(before, after, &intents);
    }
    let paths = intents.iter().map(|intent| path(intent).to_vec()).collect();
    let mut outline = Outline { text: configuration.text(), changes, paths, intents, cuts: Vec::new() };
    outline.cut(configuration.root());
    let moved: Vec<Span> = outline.cuts.iter().map(|cut| moved(cut, changes)).collect();
    let same = outline
        .cuts
        .iter()
        .zip(&moved)
        .all(|(cut, moved)| after.get(moved.clone()).is_some_and(|after| *after == before[cut.clone()]));
    if !same {
        return Err(Difference::Other);
    }
    let stand_in = outline.text.encode(STAND_IN);
    let (before, after) = (without(before, &outline.cuts, &stand_in), without(after, &moved, &stand_in));
    differs_only_in(&before, &after, &outline.intents)
}

struct Outline<'a> {
    text: &'a Text,
    changes: &'a [Change],
    /// The paths of the intents, as they were.
    paths: Vec<Vec<usize>>,
    /// Their numbers become those of the outline.
    intents: Vec<Intent>,
    /// Ranges of the file before, in its order.
    cuts: Vec<Span>,
}

impl Outline<'_> {
    /// Cuts the runs of children that no edit touches, and what can be cut in the other children.
    fn cut(&mut self, parent: Element<'_>) {
        // What comes out of an entity stands elsewhere.
        if parent.children().any(Element::is_from_entity) {
            return;
        }
        let own = parent.path();
        let depth = own.len();
        let ours = self.paths.iter().enumerate().filter(|(_, path)| starts_with(path, &own));
        let mut numbers: Vec<(usize, usize)> = ours.map(|(at, path)| (at, path[depth])).collect();
        let mut run: Option<Span> = None;
        let mut left = 0;
        for (number, child) in parent.children().enumerate() {
            let span = self.text.span(&child.span());
            let is_edited = numbers.iter().any(|(_, own)| *own == number)
                || self.changes.iter().any(|change| touches(&change.from, &span));
            // What stands between two elements of a run goes with them, unless an edit is there.
            let parted = is_edited
                || run
                    .as_ref()
                    .is_some_and(|run| self.changes.iter().any(|c| touches(&c.from, &(run.end..span.start))));
            if parted {
                self.cuts.extend(run.take());
            }
            if is_edited || run.is_none() {
                left += 1;
            }
            for (at, _) in numbers.iter().filter(|(_, own)| *own == number) {
                path_mut(&mut self.intents[*at])[depth] = left - 1;
            }
            numbers.retain(|(_, own)| *own != number);
            if is_edited {
                self.cut(child);
            } else {
                run = Some(run.map_or(span.start, |run| run.start)..span.end);
            }
        }
        self.cuts.extend(run);
        for (at, _) in numbers {
            path_mut(&mut self.intents[at])[depth] = left;
        }
    }
}

fn path(intent: &Intent) -> &[usize] {
    match intent {
        Intent::Attribute { path, .. } | Intent::Child { path, .. } => path,
    }
}

fn path_mut(intent: &mut Intent) -> &mut [usize] {
    match intent {
        Intent::Attribute { path, .. } | Intent::Child { path, .. } => path,
    }
}

fn starts_with(path: &[usize], parent: &[usize]) -> bool {
    path.len() > parent.len() && path.starts_with(parent)
}

/// Whether an edit is in a range or at one of its ends.
fn touches(edit: &Span, range: &Span) -> bool {
    edit.start <= range.end && range.start <= edit.end
}

/// Where a range that no edit touches stands afterwards.
fn moved(range: &Span, changes: &[Change]) -> Span {
    let before = changes.iter().take_while(|change| change.from.end <= range.start);
    let start = before.last().map_or(range.start, |change| change.to.end + (range.start - change.from.end));
    start..start + range.len()
}

fn without(bytes: &[u8], cuts: &[Span], stand_in: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    for cut in cuts {
        out.extend_from_slice(&bytes[at..cut.start]);
        out.extend_from_slice(stand_in);
        at = cut.end;
    }
    out.extend_from_slice(&bytes[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tomcat::{Inserted, Revision};
    use crate::config::{Edit, splice};

    fn large() -> String {
        let host = |n: usize| format!("<Host name='h{n}'>\n<!-- {n} --><Valve className='v{n}'/>\n</Host>\n");
        let hosts: String = (0..2000).map(host).collect();
        format!("<Server>\n<Service><Connector port='1'/><Engine>\n{hosts}</Engine></Service>\n</Server>\n")
    }

    #[test]
    fn a_large_file_is_proved_wherever_the_edits_are() {
        let text = large();
        let configuration = Configuration::read(text.as_bytes()).expect("it is well-formed");
        let service = configuration.services().next().expect("a service");
        let hosts: Vec<Element<'_>> = service.hosts().collect();
        let valve = || Inserted { name: "Valve", lines: vec![vec![("a", "1".to_owned())]], words: "w" };
        for number in [0, 1, 1000, 1999] {
            let mut revision = Revision::new(&configuration);
            revision.set(service.connectors().next().expect("one"), "URIEncoding", "UTF-8", "");
            revision.insert_first(hosts[number], service.engine, &valve(), "");
            revision.insert_after(service.engine.expect("one"), hosts[number], &valve(), "");
            revision.set(hosts[1500].children().next().expect("a valve"), "className", "other", "");
            assert!(revision.apply(text.as_bytes()).expect("it is as meant").is_some());
        }
    }

    #[test]
    fn what_was_not_meant_is_refused_in_a_large_file_too() {
        let text = large();
        let configuration = Configuration::read(text.as_bytes()).expect("it is well-formed");
        let host = configuration.services().next().expect("a service").hosts().nth(1000).expect("a host");
        let valve = host.children().next().expect("a valve");
        let meant =
            Intent::Attribute { path: valve.path(), name: "className".into(), value: Some("x".into()) };
        let written = valve.attribute("className").expect("a class").value_span;
        let verdict = |spans: &[(Span, &str)]| {
            let edit = |(span, text): &(Span, &str)| Edit {
                span: span.clone(),
                text: text.as_bytes().to_vec(),
                field: None,
                why: String::new(),
            };
            let edits = spans.iter().map(edit).collect();
            let (after, changes) = splice(text.as_bytes(), edits).expect("no overlap");
            prove(&configuration, (text.as_bytes(), &after), &changes, vec![meant.clone()])
        };
        let place = |at: usize| at..at;
        assert_eq!(verdict(&[(written.clone(), "x")]), Ok(()));
        assert!(verdict(&[(written.clone(), "y")]).is_err());
        assert!(verdict(&[(written.clone(), "x' b='1")]).is_err());
        for other in ["<!-- x -->", "<Host/>", "<!--", "text", "<Host>", "</Host>", "<![CDATA["] {
            for at in [host.span().start, host.span().end, host.span().end + 1] {
                assert!(verdict(&[(written.clone(), "x"), (place(at), other)]).is_err(), "{other} at {at}");
            }
        }
        // A byte that changes without an edit to account for it.
        let (after, changes) = splice(text.as_bytes(), Vec::new()).expect("no overlap");
        let mut after = after.to_vec();
        let last = text.rfind("v1999").expect("the last host");
        after[last] = b'w';
        assert_eq!(
            prove(&configuration, (text.as_bytes(), &after), &changes, Vec::new()),
            Err(Difference::Other)
        );
    }
}
