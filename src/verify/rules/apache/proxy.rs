//! What hands requests to Tomcat: modules, order, parameters, headers.

use super::Site;
use crate::config::apache::{Form, Item, Section, led_away};
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

pub(super) fn look(site: &mut Site<'_, '_>) {
    modules(site);
    websocket(site);
    slash(site);
    bare_path(site);
    forwarded_proto(site);
    mapping(site);
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
    // Since 2.4.47 mod_proxy_http takes ws:// by itself.
    let old = site.version.is_some_and(|version| !version.at_least(&[2, 4, 47]));
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
    if site.section.parameter("upgrade").is_some() {
        if let Some(other) = site.section.upgrade_dropped_by(&all) {
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

fn slash(site: &mut Site<'_, '_>) {
    let url = &*site.section.url();
    if site.section.backend.is_some() && url.ends_with('/') != site.section.path.ends_with('/') {
        let detail = format!("{} is mapped to {url}", site.section.path);
        site.tell(Rule::ApacheSlash, site.section.pass, detail);
    }
}

fn bare_path(site: &mut Site<'_, '_>) {
    let Some(bare) = site.section.path.strip_suffix('/').filter(|bare| !bare.is_empty()) else { return };
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

fn forwarded_proto(site: &mut Site<'_, '_>) {
    let sets = |item: &Item| match (item.name.as_str(), item.arguments().as_slice()) {
        ("requestheader", [action, name, ..]) => {
            action.eq_ignore_ascii_case("set") && name.eq_ignore_ascii_case("X-Forwarded-Proto")
        }
        _ => false,
    };
    if !site.in_force().any(sets) {
        site.tell(
            Rule::ApacheForwardedProto,
            site.section.item,
            "no RequestHeader set X-Forwarded-Proto holds here",
        );
    }
}

fn mapping(site: &mut Site<'_, '_>) {
    let maps = site.section.parameter("mapping").is_some_and(|value| value.eq_ignore_ascii_case("servlet"));
    let refuses = |item: &Item| {
        matches!(item.name.as_str(), "redirectmatch" | "rewriterule")
            && item.arguments().iter().any(|argument| argument.contains(r"\.\.;"))
    };
    let is_root = site.section.backend.as_ref().is_none_or(|backend| backend.path == "/");
    let is_ajp = site.section.backend.as_ref().is_some_and(|backend| backend.scheme == "ajp");
    // At the root context every application is below the path anyway.
    if !maps && (!is_root || is_ajp) && !site.in_force().any(refuses) {
        site.tell(Rule::Mapping, site.section.pass, "a path with /..; is handed on to Tomcat");
    }
}

fn leads_away(site: &mut Site<'_, '_>) {
    for led in led_away(&site.scope.children, &site.section.path).into_iter().filter(|led| !led.sometimes) {
        let detail = format!("{} comes before what is proxied at {}", led.item.name, site.section.path);
        site.tell(Rule::LeadsAway, led.item, detail);
    }
}
