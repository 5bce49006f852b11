//! The headers that reach Tomcat.

use super::Site;
use crate::config::nginx::{Location, Placed};
use crate::model::Rule;
use crate::verify::rules::FORWARDED_FOR;

pub(super) fn look(site: &mut Site<'_, '_>) {
    // What Guacamole and its valve need, and by which rule.
    let asked = site.valve;
    let all: [(&str, Rule); 4] = [
        ("Upgrade", Rule::Upgrade),
        ("Connection", Rule::Connection),
        (&asked.client, Rule::ForwardedFor),
        (&asked.scheme, Rule::ForwardedProto),
    ];
    let tunnel = tunnel(site);
    let is_off = site.section.asked(site.loaded).no_websocket;
    let needed: Vec<_> = all.into_iter().filter(|(_, rule)| !(is_off && is_of_tunnel(*rule))).collect();
    let lost = lost(site, &needed);
    for (name, rule) in needed {
        if lost.contains(&name) {
            continue;
        }
        // A tunnel with a location of its own gets its headers there.
        let of_tunnel = is_of_tunnel(rule);
        let inner = match &tunnel {
            Some(tunnel) if of_tunnel => site.loaded.children(tunnel.placed),
            _ => Vec::new(),
        };
        let place = tunnel.as_ref().filter(|_| of_tunnel).map_or(site.own(), |tunnel| tunnel.placed);
        let headers = site.in_force(&inner, "proxy_set_header");
        let set = headers.iter().rfind(|placed| placed.directive.first_argument().eq_ignore_ascii_case(name));
        match set {
            None => {
                let is_asked =
                    matches!(rule, Rule::ForwardedFor) && !name.eq_ignore_ascii_case(FORWARDED_FOR);
                let why = if is_asked { ", and the valve's remoteIpHeader asks for it" } else { "" };
                site.tell(rule, place, format!("no proxy_set_header {name} is in force here{why}"));
            }
            Some(&set) => {
                let value = set.directive.arguments().nth(1).map(|word| word.text().into_owned());
                let value = value.unwrap_or_default();
                if !does(site, rule, &value) {
                    let detail = format!("{name} is set to \"{value}\", which does not do");
                    site.tell(rule, set, detail);
                }
            }
        }
    }
}

fn is_of_tunnel(rule: Rule) -> bool {
    matches!(rule, Rule::Upgrade | Rule::Connection)
}

/// The location of the WebSocket tunnel, where it has one that proxies, beside Guacamole's or in it.
fn tunnel<'a>(site: &Site<'a, '_>) -> Option<Location<'a>> {
    let uri = format!("{}/websocket-tunnel", site.section.location.uri.trim_end_matches('/'));
    let beside = site.server.children.iter().chain(&site.section.children);
    beside.copied().filter_map(Location::read).find(|location| {
        let proxies = |placed: &Placed<'_>| placed.directive.is("proxy_pass");
        location.uri.trim_end_matches('/') == uri && site.loaded.children(location.placed).iter().any(proxies)
    })
}

/// Whether a value serves the rule's purpose.
fn does(site: &Site<'_, '_>, rule: Rule, value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    // What a client may send is worth something where a proxy in front has written it.
    let is_sent = |header: &str| value.contains(header) && !site.is_behind_a_proxy();
    match rule {
        Rule::Upgrade => value.contains("$http_upgrade") || value.contains("websocket"),
        // A variable of a map is taken at its word.
        Rule::Connection => value.contains("upgrade") || value.contains('$'),
        // Other variables are somebody's own, of a map or a module.
        Rule::ForwardedFor => value.contains("remote_addr") || (value.contains('$') && !is_sent("$http_")),
        _ => !value.is_empty() && !is_sent("$http_x_forwarded_proto"),
    }
}

/// Needed headers that an outer level sets and an inner one loses by setting others.
fn lost<'n>(site: &mut Site<'_, '_>, needed: &[(&'n str, Rule)]) -> Vec<&'n str> {
    let around = site.around.iter().map(Vec::as_slice);
    let levels = std::iter::once(site.section.children.as_slice()).chain(around);
    let names = |level: &[Placed<'_>]| -> Vec<String> {
        let set = level.iter().filter(|placed| placed.directive.is("proxy_set_header"));
        set.map(|placed| placed.directive.first_argument().to_ascii_lowercase()).collect()
    };
    let mut levels = levels.map(names).skip_while(Vec::is_empty);
    let own = levels.next().unwrap_or_default();
    let outer: Vec<String> = levels.flatten().collect();
    let is_lost = |name: &&str| {
        let name = name.to_ascii_lowercase();
        outer.contains(&name) && !own.contains(&name)
    };
    let lost: Vec<_> = needed.iter().map(|(name, _)| *name).filter(is_lost).collect();
    if !lost.is_empty() {
        let first = site.section.directive("proxy_set_header").unwrap_or(site.own());
        let detail = format!("this proxy_set_header makes the outer ones void: {}", lost.join(", "));
        site.tell(Rule::HeadersLost, first, detail);
    }
    lost
}
