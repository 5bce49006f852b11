//! A header that is set several times in one location, which nginx sends as often.

use super::setting::Setting;
use crate::config::nginx::Placed;

/// What stays of the directives that set the same thing in a location of this file, and what has to go: of a header that is
/// sent several times one that does stays, an included one before the location's own, else the first.
pub(super) fn apart<'a>(
    setting: &Setting,
    file: usize,
    there: Vec<Placed<'a>>,
) -> (Vec<Placed<'a>>, Vec<Placed<'a>>) {
    // What is empty is not sent.
    let is_sent = |placed: &Placed<'_>| {
        placed.directive.arguments().nth(1).is_some_and(|word| !word.value().is_empty())
    };
    let sent: Vec<_> = there.iter().copied().filter(is_sent).collect();
    let [first, _, ..] = sent.as_slice() else { return (there, Vec::new()) };
    if setting.name != "proxy_set_header" {
        return (there, Vec::new());
    }
    let does = |placed: &&Placed<'_>| setting.is_met_by(placed.directive);
    let included = sent.iter().find(|placed| placed.file != file && does(placed));
    let kept = *included.or_else(|| sent.iter().find(does)).unwrap_or(first);
    // What other locations share is left, where it does as well.
    let goes = |placed: &Placed<'_>| *placed != kept && (placed.file == file || !does(&placed));
    (vec![kept], sent.into_iter().filter(goes).collect())
}
