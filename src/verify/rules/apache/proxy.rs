//! What hands requests to Tomcat: modules, order, parameters, headers.

use super::order::comes_first;
use super::{Site, bare};
use crate::config::apache::{
    Backend, Item, PassMatch, Proxied, Section, Taken, covers, led_away, loses_upgrade,
};
use crate::model::Rule;

/// The modules that directives come from.
const OF_DIRECTIVES: [(&str, &str); 8] = [
    ("proxypass", "proxy"),
    ("proxypassreverse", "proxy"),
    ("requestheader", "headers"),
    ("header", "headers"),
    ("setenvif", "setenvif"),
    ("redirect", "alias"),
    ("redirectmatch", "alias"),
    ("rewriterule", "rewrite"),
];

/// The version from which on `mod_proxy_http` opens a WebSocket.
const UPGRADES: [u32; 3] = [2, 4, 47];

pub(super) fn look(site: &mut Site<'_, '_>) {
    modules(site);
    websocket(site);
    slash(site);
    forwarded_for(site);
    forwarded_proto(site);
    mapping(site);
    if !taken_over(site) {
        bare::look(site);
        tunnel_taken(site);
    }
    leads_away(site);
    errors_replaced(site);
}

fn errors_replaced(site: &mut Site<'_, '_>) {
    let outer = site.outer();
    let sections = outer.iter().rev().map(|section| &*section.children);
    let levels = std::iter::once(site.section.inner())
        .chain(sections)
        .chain([&*site.scope.children, &*site.loaded.items]);
    let said = Item::in_force(levels, "proxyerroroverride");
    if let Some(on) = said.filter(|item| item.first_argument().eq_ignore_ascii_case("on")) {
        site.tell(Rule::ErrorsReplaced, on, "it holds for Guacamole");
    }
}

fn modules(site: &mut Site<'_, '_>) {
    let scheme = site.section.backend.as_ref().map_or("http", |backend| backend.scheme.as_str());
    let of_scheme = match scheme {
        "ajp" => "proxy_ajp",
        _ => "proxy_http",
    };
    if !site.has_module(of_scheme) {
        site.tell(Rule::ModuleMissing, site.section.pass, format!("mod_{of_scheme} is not loaded"));
    }
    // Since then mod_proxy_http takes ws:// by itself.
    let old = site.version.is_some_and(|version| !version.at_least(&UPGRADES));
    if old && let Some(tunnel) = site.section.websocket(site.loaded, site.scope) {
        let is_ws = tunnel.backend.as_ref().is_some_and(|backend| backend.scheme == "ws");
        if is_ws && !site.has_module("proxy_wstunnel") {
            site.tell(Rule::ModuleMissing, tunnel.pass, "mod_proxy_wstunnel is not loaded");
        }
    }
    let mut told: Vec<&str> = Vec::new();
    let own: Vec<&Item> = site.section.item.children.iter().chain([site.section.pass]).collect();
    for item in own {
        for (_, module) in OF_DIRECTIVES.iter().filter(|(name, _)| item.name == *name) {
            if !site.has_module(module) && !told.contains(module) {
                told.push(module);
                site.tell(Rule::ModuleMissing, item, format!("mod_{module} is not loaded"));
            }
        }
    }
}

fn websocket(site: &mut Site<'_, '_>) {
    let all = Section::all(site.loaded, site.scope);
    let place = |section: &Section<'_>| {
        all.iter().position(|other| other.item.is(section.item)).unwrap_or(usize::MAX)
    };
    let own = place(site.section);
    let upgrade = site.section.parameter("upgrade").filter(|value| !value.eq_ignore_ascii_case("none"));
    if upgrade.is_some() && site.section.websocket(site.loaded, site.scope).is_none() {
        let is_ignored = site.version.is_some_and(|version| !version.at_least(&UPGRADES));
        if is_ignored {
            let detail = "upgrade=websocket does nothing before httpd 2.4.47";
            site.tell(Rule::WebSocketMissing, site.section.pass, detail);
        } else if let Some(other) = site.section.upgrade_dropped_by(&all) {
            let detail = format!("ProxyPass of {} to {} comes first", other.path, other.url());
            site.tell(Rule::UpgradeDropped, site.section.pass, detail);
        }
        return;
    }
    let Some(tunnel) = site.section.websocket(site.loaded, site.scope) else {
        let rewrites = |item: &Item| {
            item.name == "rewriterule"
                && item.arguments().iter().any(|argument| argument.starts_with("ws://"))
        };
        let is_asked_for = site.section.asked(site.loaded).no_websocket;
        if !is_asked_for && !site.in_force().any(rewrites) && !carried_by_pattern(site) {
            let detail = format!("{}websocket-tunnel is proxied as any other request", site.section.path);
            site.tell(Rule::WebSocketMissing, site.section.item, detail);
        }
        return;
    };
    if leads_nowhere(site, &tunnel) {
        return;
    }
    let sets_again = |item: &Item| sets(item, "Upgrade");
    let lost = site.in_force().find(|item| loses_upgrade(item));
    if let Some(lost) = lost.filter(|_| !tunnel.item.children.iter().any(sets_again)) {
        site.tell(Rule::WebSocketMissing, lost, "with this no request is handed on as a WebSocket's");
        return;
    }
    // What goes by a pattern stands where it stands in neither order.
    if site.section.by_pattern {
        return;
    }
    let wins = comes_first((place(&tunnel), &tunnel), (own, site.section));
    // Where the general one opens WebSockets itself it does not matter which of them does.
    let either = upgrade.is_some() && site.section.upgrade_dropped_by(&all).is_none();
    if !wins && !either {
        let mapped = site.section.parameter("mapping").is_some() && tunnel.parameter("mapping").is_none();
        let why = if mapped { ", as it has mapping= and this has not" } else { "" };
        let detail = format!("{} wins over this section{why}", site.section.path);
        site.tell(Rule::WebSocketOrder, tunnel.item, detail);
    }
}

/// Whether a line by pattern carries the WebSocket: of those that match before Guacamole's own the first counts.
///
/// # Source
/// Measured with httpd 2.4.71: `ws://` in any case and `upgrade=websocket` open it, also where the line after it leads to
/// the same backend; a `Location` comes before such a line, and so does an earlier one with an exclamation mark.
fn carried_by_pattern(site: &Site<'_, '_>) -> bool {
    let (items, path) = (&site.scope.children, &site.section.path);
    let tunnel = format!("{}/websocket-tunnel", path.trim_end_matches('/'));
    let is_first =
        |line: &&PassMatch<'_>| line.comes_before(site.section, items) && line.matches(&tunnel) == Some(true);
    let is_known = site.version.is_none_or(|version| version.at_least(&UPGRADES));
    let lines = PassMatch::holding(site.loaded, items);
    let first = lines.iter().find(is_first);
    first.is_some_and(|line| line.carries_websocket(path) && (line.speaks_websocket() || is_known))
}

/// Whether the tunnel's own section does not open a WebSocket, or opens it where Guacamole has none; that is told.
fn leads_nowhere(site: &mut Site<'_, '_>, tunnel: &Section<'_>) -> bool {
    let Some(backend) = &tunnel.backend else { return false };
    let speaks = matches!(backend.scheme.as_str(), "ws" | "wss");
    let is_old = site.version.is_some_and(|version| !version.at_least(&UPGRADES));
    if !speaks && (is_old || tunnel.parameter("upgrade").is_none()) && backend.scheme != "ajp" {
        let detail = format!("{} opens no WebSocket: it is {} and no ws://", tunnel.path, tunnel.url());
        site.tell(Rule::WebSocketMissing, tunnel.pass, detail);
        return true;
    }
    let general = site.section.backend.as_ref().filter(|_| !site.section.by_pattern && !site.is_whole);
    let wanted = general.map(|own| format!("{}/websocket-tunnel", own.path.trim_end_matches('/')));
    let is_elsewhere = wanted.as_ref().is_some_and(|wanted| backend.path.trim_end_matches('/') != wanted);
    if let Some(wanted) = wanted.filter(|_| is_elsewhere) {
        let detail = format!("it leads to {}, and Guacamole's WebSocket is at {wanted}", backend.path);
        site.tell(Rule::WebSocketMissing, tunnel.pass, detail);
    }
    is_elsewhere
}

/// Whether other lines or sections take what is meant for Guacamole; that is told.
fn taken_over(site: &mut Site<'_, '_>) -> bool {
    if site.section.by_pattern || site.is_whole {
        return false;
    }
    let all = holding(site);
    let is_own = |other: &Section<'_>| other.item.is(site.section.item);
    let Some(own) = all.iter().position(is_own) else { return false };
    let takes = |(at, other): &(usize, &Section<'_>)| {
        comes_first((*at, other), (own, site.section))
            && covers(&other.path, &site.section.path)
            && other.url() != site.section.url()
    };
    if let Some((_, other)) = all.iter().enumerate().find(takes) {
        let detail =
            format!("{} to {} takes what is asked below {}", other.path, other.url(), site.section.path);
        site.tell(Rule::ApacheTakenOver, other.item, detail);
        return true;
    }
    taken_by_pattern(site)
}

/// Everything that is proxied here: the server's lines come before a virtual host's, and its sections, too, of which the
/// last counts.
fn holding<'a>(site: &Site<'a, '_>) -> Vec<Section<'a>> {
    let of_server: &[Item] = if site.scope.name == "virtualhost" { &site.loaded.items } else { &[] };
    let mut all = Section::among(site.loaded, of_server);
    all.extend(Section::all(site.loaded, site.scope));
    all
}

/// Whether a line that is not about Guacamole takes its WebSocket: what has `mapping=` comes before a section without.
fn tunnel_taken(site: &mut Site<'_, '_>) {
    let Some(tunnel) = site.section.websocket(site.loaded, site.scope) else { return };
    let all = holding(site);
    let Some(own) = all.iter().position(|other| other.item.is(tunnel.item)) else { return };
    let takes = |(at, other): &(usize, &Section<'_>)| {
        !other.item.is(site.section.item)
            && comes_first((*at, other), (own, &tunnel))
            && covers(&other.path, &tunnel.path)
            && other.url() != tunnel.url()
    };
    let items = &site.scope.children;
    let path = &site.section.path;
    let own: Vec<&Backend> = site.section.backend.iter().chain(&tunnel.backend).collect();
    let is_own =
        |line: &PassMatch<'_>| line.carries_websocket(path) && line.takes(path, &own) == Taken::Nothing;
    let lines = PassMatch::holding(site.loaded, items);
    let line = lines.iter().find(|line| {
        line.comes_before(&tunnel, items) && !is_own(line) && line.matches(&tunnel.path) == Some(true)
    });
    let by_path = all.iter().enumerate().find(takes).map(|(_, other)| (other.item, other.path.clone()));
    let first = by_path.or_else(|| line.map(|line| (line.item, line.pattern.to_string())));
    if let Some((item, of)) = first {
        let detail = format!("{of} wins over {}, as it has mapping= and that has not", tunnel.path);
        site.tell(Rule::WebSocketOrder, item, detail);
    }
}

/// Whether a line by pattern takes something that Guacamole needs; that is told.
fn taken_by_pattern(site: &mut Site<'_, '_>) -> bool {
    let items = &site.scope.children;
    let path = &site.section.path;
    let own: Vec<&Backend> = site.section.backend.iter().collect();
    let takes = |line: &&PassMatch<'_>| line.takes_what_is_asked(path, &own);
    let lines = PassMatch::holding(site.loaded, items);
    let Some(line) = lines.iter().filter(|line| line.comes_before(site.section, items)).find(takes) else {
        return false;
    };
    let detail = if line.excludes() {
        format!("{} is kept from being proxied, and of it what is asked below {path}", line.pattern)
    } else {
        format!("{} to {} takes what is asked below {path}", line.pattern, line.url)
    };
    site.tell(Rule::ApacheTakenOver, line.item, detail);
    true
}

fn slash(site: &mut Site<'_, '_>) {
    if site.section.by_pattern {
        return;
    }
    let url = &*site.section.url();
    if site.section.backend.is_some() && url.ends_with('/') != site.section.path.ends_with('/') {
        let detail = format!("{} is mapped to {url}", site.section.path);
        site.tell(Rule::ApacheSlash, site.section.pass, detail);
    }
}

/// Whether a directive sets a request header, or one in an `<If>` of it does.
fn sets(item: &Item, header: &str) -> bool {
    if matches!(item.name.as_str(), "if" | "elseif" | "else") {
        return item.children.iter().any(|inner| sets(inner, header));
    }
    match (item.name.as_str(), item.arguments().as_slice()) {
        ("requestheader", [action, name, ..]) => {
            action.eq_ignore_ascii_case("set") && name.trim_end_matches(':').eq_ignore_ascii_case(header)
        }
        _ => false,
    }
}

/// httpd sends `X-Forwarded-For` by itself, unless it is told not to or Tomcat looks elsewhere.
fn forwarded_for(site: &mut Site<'_, '_>) {
    let header = site.valve.client.as_str();
    if site.in_force().any(|item| sets(item, header)) {
        return;
    }
    let says_no =
        |item: &&Item| item.name == "proxyaddheaders" && item.first_argument().eq_ignore_ascii_case("off");
    let said = site.in_force().find(|item| item.name == "proxyaddheaders").filter(says_no);
    if let Some(off) = said {
        site.tell(Rule::ApacheForwardedFor, off, format!("with this httpd sends no {header}"));
    } else if !header.eq_ignore_ascii_case(super::super::FORWARDED_FOR) {
        let detail = format!("Tomcat's valve looks for {header}, and nothing sets it here");
        site.tell(Rule::ApacheForwardedFor, site.section.item, detail);
    }
}

fn forwarded_proto(site: &mut Site<'_, '_>) {
    // What a proxy in front has written is meant to be believed.
    let is_behind_a_proxy = site.in_force().any(|item| {
        ["remoteipinternalproxy", "remoteiptrustedproxy"]
            .iter()
            .any(|name| item.name.as_str().starts_with(name))
    });
    let header = site.valve.scheme.clone();
    if !is_behind_a_proxy && !site.in_force().any(|item| sets(item, &header)) {
        let detail = format!("no RequestHeader set {header} holds here");
        site.tell(Rule::ApacheForwardedProto, site.section.item, detail);
    }
}

fn mapping(site: &mut Site<'_, '_>) {
    let maps = site.section.parameter("mapping").is_some_and(|value| value.eq_ignore_ascii_case("servlet"));
    let refuses = |item: &Item| {
        let names = |text: &str| text.replace("[.]", ".").replace(r"\.", ".").contains("..;");
        matches!(item.name.as_str(), "redirectmatch" | "rewriterule" | "locationmatch")
            && item.arguments().iter().any(|argument| names(argument))
    };
    let is_root = site.section.backend.as_ref().is_none_or(|backend| backend.path == "/");
    let is_ajp = site.section.backend.as_ref().is_some_and(|backend| backend.scheme == "ajp");
    // A redirect outside of sections comes after ProxyPass.
    let outside = || site.scope.children.iter().chain(&site.loaded.items);
    let comes_late = |item: &Item| item.name == "redirectmatch" && outside().any(|own| own.is(item));
    let is_refused = site.in_force().any(|item| refuses(item) && !comes_late(item));
    // At the root context every application is below the path anyway.
    if !maps && !site.is_whole && (!is_root || is_ajp) && !is_refused {
        site.tell(Rule::Mapping, site.section.pass, "a path with /..; is handed on to Tomcat");
    }
}

fn leads_away(site: &mut Site<'_, '_>) {
    let (section, loaded) = (site.section, site.loaded);
    let url = section.url();
    let to = Proxied { url: &url, is_mapped: section.parameter("mapping").is_some() };
    // The server's own are looked at by themselves.
    let server: &[Item] = if site.is_server { &[] } else { &loaded.items };
    let all = led_away(server, &site.scope.children, &section.path, to);
    for led in all.into_iter().filter(|led| !led.sometimes) {
        // What hands Guacamole's requests on does not lead them away.
        if led.item.is(section.item) {
            continue;
        }
        let detail = if led.refuses {
            format!("{} refuses what is asked below {}", led.item.name, section.path)
        } else {
            format!("{} comes before what is proxied at {}", led.item.name, section.path)
        };
        site.tell(Rule::LeadsAway, led.item, detail);
    }
}
