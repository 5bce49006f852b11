//! Locations in Guacamole's and beside it.

use super::Site;
use crate::config::nginx::{Location, Modifier, is_after_patterns, passes_path_on};
use crate::model::{PublicPath, Rule, printable};

/// What makes a location answer by itself.
const ANSWERS: [&str; 9] =
    ["proxy_pass", "return", "deny", "root", "alias", "try_files", "fastcgi_pass", "uwsgi_pass", "grpc_pass"];

pub(super) fn look(site: &mut Site<'_, '_>) {
    nested(site);
    for location in site.server.children.iter().copied().filter_map(Location::read) {
        let is_own = location.placed == site.own();
        match location.modifier {
            _ if is_own => {}
            Modifier::Regex => regex(site, &location),
            Modifier::Prefix | Modifier::FinalPrefix | Modifier::Exact => beside(site, &location),
            Modifier::Named => {}
        }
    }
}

/// Whether a directive that hands requests to a backend or answers them stands in a location.
fn answers(site: &Site<'_, '_>, location: &Location<'_>, names: &[&str]) -> bool {
    let children = site.loaded.children(location.placed);
    children.iter().any(|placed| names.iter().any(|name| placed.directive.is(name)))
}

fn nested(site: &mut Site<'_, '_>) {
    for location in site.section.children.iter().copied().filter_map(Location::read) {
        if !answers(site, &location, &ANSWERS) {
            let detail = format!("the location {} has no proxy_pass of its own", printable(&location.uri));
            site.tell(Rule::NestedLocation, location.placed, detail);
        }
        let is_moved = site.section.context().is_some_and(|context| context != site.section.location.uri);
        if is_moved && passes_path_on(&site.loaded.children(location.placed)) {
            let detail = format!(
                "the location {} asks Tomcat for the path of the public, which Guacamole does not have there",
                printable(&location.uri)
            );
            site.tell(Rule::TakenOver, location.placed, detail);
        }
    }
}

/// A regular expression is tried unless Guacamole's location says `^~`, or the one that it stands in.
fn regex(site: &mut Site<'_, '_>, location: &Location<'_>) {
    if !is_after_patterns(site.loaded, site.server, site.own()) || answers(site, location, &["proxy_pass"]) {
        return;
    }
    let path = site.section.location.uri.trim_end_matches('/');
    let asked = PublicPath::ASKED.map(|part| format!("{path}/{part}"));
    let taken = location.first_matched(asked.iter().map(String::as_str));
    if let Some(taken) = taken {
        let detail = format!("the regular expression matches {}", printable(taken));
        site.tell(Rule::RegexHijack, location.placed, detail);
    }
}

/// A longer prefix below Guacamole's path answers there.
fn beside(site: &mut Site<'_, '_>, location: &Location<'_>) {
    let path = &site.section.location.uri;
    // A regular expression comes before a prefix that does not say otherwise.
    let is_tried = site.section.location.modifier != Modifier::Regex || location.modifier != Modifier::Prefix;
    let Some(inner) = location.uri.strip_prefix(&**path).filter(|_| is_tried) else { return };
    // What only redirects the page, or proxies by itself, is somebody's intention.
    let inner = inner.trim_start_matches('/');
    if inner.is_empty() || answers(site, location, &["proxy_pass", "return"]) {
        return;
    }
    let is_of_guacamole = PublicPath::ASKED
        .iter()
        .any(|part| part.starts_with(inner) || inner.starts_with(part.split('/').next().unwrap_or(part)));
    if path.ends_with('/') && (path != "/" || is_of_guacamole) {
        let detail = format!("the location {} answers here", printable(&location.uri));
        site.tell(Rule::TakenOver, location.placed, detail);
    }
}
