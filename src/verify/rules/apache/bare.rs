//! The public path without its last slash, as people type it.

use super::{Site, order::comes_first};
use crate::config::apache::{Backend, Item, PassMatch, Section, covers};
use crate::model::Rule;
use std::borrow::Cow;

pub(super) fn look(site: &mut Site<'_, '_>) {
    let bare = site.section.path.strip_suffix('/').filter(|bare| !bare.is_empty());
    let Some(bare) = bare.filter(|_| !site.is_whole).map(ToOwned::to_owned) else { return };
    let around = || site.scope.children.iter().chain(&site.loaded.items);
    // A rewriting, and what stands in a section, come before what is proxied.
    let rewrites = |item: &Item| item.name == "rewriterule" && matches(&item.first_argument(), &bare);
    let redirects = |item: &Item| is_section_of(item, &bare) && item.children.iter().any(is_redirect);
    if around().any(|item| rewrites(item) || redirects(item)) {
        return;
    }
    if let Some(taker) = taker(site, &bare) {
        // The same Tomcat adds the slash itself.
        let target = |backend: &Backend| (backend.host.clone(), backend.port);
        if taker.backend.as_ref().map(target) != site.section.backend.as_ref().map(target) {
            let detail = format!(
                "{} to {} takes {bare}, before any redirect outside of sections",
                taker.of, taker.url
            );
            site.tell(Rule::NoSlashRedirect, taker.item, detail);
        }
        return;
    }
    let is_led = |item: &Item| is_redirect(item) && redirects_from(item, &bare);
    if !around().any(is_led) {
        site.tell(Rule::NoSlashRedirect, site.section.item, format!("nothing answers {bare}"));
    }
}

/// What takes the path without its slash.
struct Taker<'a> {
    item: &'a Item,
    /// Its path or its expression.
    of: Cow<'a, str>,
    url: Cow<'a, str>,
    backend: Option<Backend>,
}

/// What else is proxied that takes the path; an exclusion leaves it to what comes after.
fn taker<'a>(site: &Site<'a, '_>, bare: &str) -> Option<Taker<'a>> {
    let all = Section::all(site.loaded, site.scope);
    let covering = all.iter().enumerate().filter(|(_, section)| covers(&section.path, bare));
    let first = covering.reduce(|a, b| if comes_first(a, b) { a } else { b }).map(|(_, first)| first);
    let items = &site.scope.children;
    let mut lines = PassMatch::holding(site.loaded, items).into_iter();
    let line = lines.find(|line| {
        line.matches(bare) == Some(true) && first.is_none_or(|first| line.comes_before(first, items))
    });
    let taker = match (line, first) {
        (Some(line), _) => {
            Taker { item: line.item, backend: line.backend(), of: line.pattern, url: line.url }
        }
        (None, first) => {
            let first = first?;
            Taker {
                item: first.item,
                of: first.path.clone().into(),
                url: first.url(),
                backend: first.backend.clone(),
            }
        }
    };
    (taker.url != "!").then_some(taker)
}

/// Whether an item is a section that holds for the path.
fn is_section_of(item: &Item, bare: &str) -> bool {
    match (item.name.as_str(), item.arguments().as_slice()) {
        ("location", [path]) => covers(path, bare),
        ("location", [_, pattern]) | ("locationmatch", [pattern]) => matches(pattern, bare),
        _ => false,
    }
}

fn is_redirect(item: &Item) -> bool {
    matches!(
        item.name.as_str(),
        "redirect" | "redirectmatch" | "redirectpermanent" | "redirecttemp" | "alias"
    )
}

/// Whether a redirect outside of sections is for the path: its first argument, or the second after a status.
fn redirects_from(item: &Item, bare: &str) -> bool {
    let arguments = item.arguments();
    let is_pattern = item.name == "redirectmatch";
    let from = arguments.iter().take(2).take(arguments.len().saturating_sub(1));
    from.into_iter().any(|from| if is_pattern { matches(from, bare) } else { covers(from, bare) })
}

/// Whether a regular expression matches; one of httpd's that is not understood here may.
fn matches(pattern: &str, path: &str) -> bool {
    let (negated, pattern) = pattern.strip_prefix('!').map_or((false, pattern), |rest| (true, rest));
    crate::config::matches(pattern, path).is_none_or(|matches| matches != negated)
}
