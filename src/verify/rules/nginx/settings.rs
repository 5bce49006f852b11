//! Buffering, protocol, sizes, logs, paths and access.

use super::Site;
use crate::config::nginx::{DEFAULT_LIMIT, KEEPING_OUT, Location, Placed, auth_limit, in_the_way};
use crate::model::{Rule, UploadLimit, printable};

pub(super) fn look(site: &mut Site<'_, '_>) {
    buffering(site);
    http_version(site);
    slash(site);
    decoded(site);
    body_limit(site);
    tunnel_log(site);
    access(site);
    inherited(site);
}

/// What the site sets for all of its locations and Guacamole cannot do with.
fn inherited(site: &mut Site<'_, '_>) {
    let around = site.around.iter().map(Vec::as_slice);
    let levels: Vec<_> = std::iter::once(site.section.children.as_slice()).chain(around).collect();
    let found = in_the_way(&levels);
    for (placed, own) in found {
        let value = printable(&placed.directive.first_argument());
        site.tell(
            Rule::ChangedOnTheWay,
            placed,
            format!("{} {value} holds for Guacamole: {}", own.name, own.why),
        );
    }
}

fn buffering(site: &mut Site<'_, '_>) {
    let inner = own_location(site, "tunnel");
    let found = site.in_force(&inner, "proxy_buffering");
    match found.last() {
        Some(&placed) if placed.directive.first_argument() != "off" => {
            site.tell(Rule::Buffering, placed, "proxy_buffering is on here");
        }
        Some(_) => {}
        None => site.tell(Rule::Buffering, site.own(), "proxy_buffering off is not in force here"),
    }
}

fn http_version(site: &mut Site<'_, '_>) {
    let inner = own_location(site, "websocket-tunnel");
    match site.in_force(&inner, "proxy_http_version").last() {
        Some(&placed) if placed.directive.first_argument() != "1.1" => {
            let detail = format!("proxy_http_version is {}", placed.directive.first_argument());
            site.tell(Rule::HttpVersion, placed, detail);
        }
        Some(_) => {}
        None if site.version.is_some_and(|version| version.at_least(&[1, 29, 7])) => {}
        None => site.tell(Rule::HttpVersion, site.own(), "proxy_http_version 1.1 is not in force here"),
    }
}

/// What stands in the location that a part of Guacamole has for itself, where it has one.
fn own_location<'a>(site: &Site<'a, '_>, part: &str) -> Vec<Placed<'a>> {
    let uri = format!("{}/{part}", site.section.location.uri.trim_end_matches('/'));
    let beside = site.server.children.iter().chain(&site.section.children);
    let location =
        beside.copied().filter_map(Location::read).find(|location| location.uri.trim_end_matches('/') == uri);
    location.map(|location| site.loaded.children(location.placed)).unwrap_or_default()
}

fn slash(site: &mut Site<'_, '_>) {
    let Some(uri) = site.section.target.as_ref().and_then(|target| target.uri.as_ref()) else { return };
    let Some(pass) = site.section.directive("proxy_pass") else { return };
    // With a variable the path is sent as it stands, after a rewrite it is not looked at.
    let is_rewritten = site.section.directive("rewrite").is_some();
    if pass.directive.first_argument().contains('$') || is_rewritten || site.section.whole {
        return;
    }
    let location = &site.section.location.uri;
    if uri.ends_with('/') != location.ends_with('/') {
        let detail = format!("location {} and the path {}", printable(location), printable(uri));
        site.tell(Rule::Slash, pass, detail);
    }
}

fn decoded(site: &mut Site<'_, '_>) {
    let pass = site.section.directive("proxy_pass");
    if let Some((variable, pass)) = site.section.decoded.as_ref().zip(pass) {
        site.tell(Rule::PathDecoded, pass, format!("{variable} is the path as it is decoded"));
    }
}

fn body_limit(site: &mut Site<'_, '_>) {
    if site.section.directive("client_max_body_size").is_none() {
        let outer = site.in_force(&[], "client_max_body_size").last().copied();
        let is_small = |placed: &Placed<'_>| {
            let limit = UploadLimit::parse(&placed.directive.first_argument());
            limit.is_ok_and(|limit| limit.bytes().is_some_and(|bytes| bytes <= DEFAULT_LIMIT))
        };
        match outer {
            None => {
                site.tell(Rule::BodyLimit, site.own(), "no client_max_body_size is in force here: it is 1m");
            }
            Some(outer) if is_small(&outer) => {
                site.tell(Rule::BodyLimit, outer, "this client_max_body_size holds for Guacamole");
            }
            Some(_) => {}
        }
    }
    further_in(site);
    of_auth_request(site);
}

/// What `auth_request` asks refuses uploads over its own limit.
fn of_auth_request(site: &mut Site<'_, '_>) {
    let Some((asked, limit)) = auth_limit(site.loaded, site.server, &site.section.children) else { return };
    let own = site.in_force(&site.section.children, "client_max_body_size").last().and_then(bytes);
    if limit < own.unwrap_or(DEFAULT_LIMIT) {
        let detail = "auth_request asks this location with the length of each upload, and its limit is lower than \
                      Guacamole's: what is larger fails with 500";
        site.tell(Rule::BodyLimit, asked, detail);
    }
}

/// Locations in Guacamole's, and those of a part of its path, that proxy with a lower limit than it has.
fn further_in(site: &mut Site<'_, '_>) {
    let own = site.in_force(&site.section.children, "client_max_body_size").last().and_then(bytes);
    let own = own.unwrap_or(DEFAULT_LIMIT);
    let path = format!("{}/", site.section.location.uri.trim_end_matches('/'));
    let is_beside = |location: &Location<'_>| {
        let is_part = location.uri.strip_prefix(&path).is_some_and(|rest| !rest.is_empty());
        is_part
            && site.loaded.children(location.placed).iter().any(|placed| placed.directive.is("proxy_pass"))
    };
    let inner = site.section.children.iter().copied().filter_map(Location::read);
    let beside = site.server.children.iter().copied().filter_map(Location::read).filter(is_beside);
    for location in inner.chain(beside).collect::<Vec<_>>() {
        let children = site.loaded.children(location.placed);
        if let Some(&placed) = children.iter().find(|placed| bytes(placed).is_some_and(|inner| inner < own)) {
            let detail = "this location of a part of Guacamole's path has a lower limit than Guacamole";
            site.tell(Rule::BodyLimit, placed, detail);
        }
    }
}

/// The limit of a `client_max_body_size`; none at all counts as the largest.
fn bytes(placed: &Placed<'_>) -> Option<u64> {
    let limit = UploadLimit::parse(&placed.directive.first_argument()).ok()?;
    placed.directive.is("client_max_body_size").then(|| limit.bytes().unwrap_or(u64::MAX))
}

fn tunnel_log(site: &mut Site<'_, '_>) {
    // Between marks it is as it was asked for.
    if site.section.mark.is_some() || site.section.logs_tunnel() != Some(true) {
        return;
    }
    let logs = site.in_force(&own_location(site, "tunnel"), "access_log");
    let is_off = |placed: &Placed<'_>| placed.directive.first_argument() == "off";
    let is_conditional =
        |placed: &Placed<'_>| placed.directive.arguments().any(|word| word.value().starts_with(b"if="));
    if !logs.iter().any(|placed| is_off(placed) || is_conditional(placed)) {
        site.tell(Rule::TunnelLogged, site.own(), "the access log has every request of the tunnel");
    }
}

fn access(site: &mut Site<'_, '_>) {
    for kind in KEEPING_OUT {
        if kind.iter().any(|name| site.section.directive(name).is_some()) {
            continue;
        }
        let (name, in_force) = match kind {
            [name] => (*name, site.in_force(&[], name)),
            _ => ("deny", denied(site)),
        };
        if let Some(&placed) = in_force.first().filter(|placed| placed.directive.first_argument() != "off") {
            let value = printable(&placed.directive.first_argument());
            site.tell(Rule::KeepsOut, placed, format!("{name} {value} holds for Guacamole too"));
        }
    }
}

/// The `deny` of the innermost level around that says anything of who is let in.
fn denied<'a>(site: &Site<'a, '_>) -> Vec<Placed<'a>> {
    let says = |placed: &&Placed<'a>| placed.directive.is("allow") || placed.directive.is("deny");
    let level = site.around.iter().find(|level| level.iter().any(|placed| says(&placed)));
    level.into_iter().flatten().copied().filter(|placed| placed.directive.is("deny")).collect()
}
