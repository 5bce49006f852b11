//! What hands requests to Tomcat: modules, order, parameters, headers.

use super::Site;
use crate::config::apache::{Form, Item, Section, covers, led_away};
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
    bare_path(site);
    forwarded_for(site);
    forwarded_proto(site);
    mapping(site);
    taken_over(site);
    leads_away(site);
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
        if !is_asked_for && !site.in_force().any(rewrites) {
            let detail = format!("{}websocket-tunnel is proxied as any other request", site.section.path);
            site.tell(Rule::WebSocketMissing, site.section.item, detail);
        }
        return;
    };
    if leads_nowhere(site, &tunnel) {
        return;
    }
    // What goes by a pattern stands where it stands in neither order.
    if site.section.by_pattern {
        return;
    }
    let is_after = place(&tunnel) > own;
    let wins = match (site.section.form, tunnel.form) {
        // What stands in a Location is looked at before lines with a path.
        (Form::Path, Form::Location) => true,
        (Form::Location, Form::Path) => false,
        (Form::Location, Form::Location) => is_after,
        (Form::Path, Form::Path) => !is_after,
    };
    if !wins {
        let detail = format!("{} wins over this section", site.section.path);
        site.tell(Rule::WebSocketOrder, tunnel.item, detail);
    }
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

/// Other lines or sections that take what is meant for Guacamole.
///
/// # Source
/// `mod_proxy`, ProxyPass: of lines with a path the first that matches counts, of sections the last, and a section before
/// any line.
fn taken_over(site: &mut Site<'_, '_>) {
    if site.section.by_pattern || site.is_whole {
        return;
    }
    let all = Section::all(site.loaded, site.scope);
    let is_own = |other: &Section<'_>| {
        (other.item.file(), other.item.node()) == (site.section.item.file(), site.section.item.node())
    };
    let Some(own) = all.iter().position(is_own) else { return };
    let takes = |(at, other): &(usize, &Section<'_>)| {
        let comes_first = match (site.section.form, other.form) {
            (Form::Path, Form::Path) => *at < own,
            (Form::Path, Form::Location) => true,
            (Form::Location, Form::Location) => *at > own,
            (Form::Location, Form::Path) => false,
        };
        comes_first && covers(&other.path, &site.section.path) && other.url() != site.section.url()
    };
    if let Some((_, other)) = all.iter().enumerate().find(takes) {
        let detail =
            format!("{} to {} takes what is asked below {}", other.path, other.url(), site.section.path);
        site.tell(Rule::ApacheTakenOver, other.item, detail);
    }
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

fn bare_path(site: &mut Site<'_, '_>) {
    let bare = site.section.path.strip_suffix('/').filter(|bare| !bare.is_empty());
    let Some(bare) = bare.filter(|_| !site.is_whole) else { return };
    let escaped = bare.replace('.', "\\.");
    let is_redirect = |item: &Item| {
        matches!(
            item.name.as_str(),
            "redirect" | "redirectmatch" | "redirectpermanent" | "redirecttemp" | "rewriterule" | "alias"
        )
    };
    let names = |text: &str| text.contains(bare) || text.contains(&escaped) || text.contains(&bare[1..]);
    let is_led = |item: &Item| {
        let proxied = matches!(item.name.as_str(), "location" | "proxypass") && item.first_argument() == bare;
        proxied || (is_redirect(item) && item.arguments().iter().any(|argument| names(argument)))
    };
    if !site.scope.children.iter().chain(&site.loaded.items).any(is_led) {
        site.tell(Rule::NoSlashRedirect, site.section.item, format!("nothing answers {bare}"));
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
    // At the root context every application is below the path anyway.
    if !maps && !site.is_whole && (!is_root || is_ajp) && !site.in_force().any(refuses) {
        site.tell(Rule::Mapping, site.section.pass, "a path with /..; is handed on to Tomcat");
    }
}

fn leads_away(site: &mut Site<'_, '_>) {
    for led in led_away(&site.scope.children, &site.section.path).into_iter().filter(|led| !led.sometimes) {
        // What hands Guacamole's requests on does not lead them away.
        if (led.item.file(), led.item.node()) == (site.section.item.file(), site.section.item.node()) {
            continue;
        }
        let detail = format!("{} comes before what is proxied at {}", led.item.name, site.section.path);
        site.tell(Rule::LeadsAway, led.item, detail);
    }
}
