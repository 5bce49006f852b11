//! Who is let in.

use super::Site;
use crate::config::apache::{Item, is_all, lets_nobody_in, refused_methods, restriction};
use crate::model::Rule;

/// What httpd 2.2 knew.
const OLD: [&str; 4] = ["order", "allow", "deny", "satisfy"];

pub(super) fn look(site: &mut Site<'_, '_>) {
    let own = site.section.inner();
    let tunnel = site.section.websocket(site.loaded, site.scope);
    let of_tunnel: &[Item] = tunnel.as_ref().map_or(&[], |tunnel| &tunnel.item.children);
    let old = own.iter().chain(of_tunnel).find(|item| OLD.contains(&item.name.as_str()));
    if let Some(old) = old.filter(|_| !site.has_module("access_compat")) {
        site.tell(Rule::AccessCompat, old, "mod_access_compat is not loaded");
    }
    let outer = site.outer();
    // A later section's Require takes an earlier one's away.
    let says = |section: &&&Item| restriction(section).is_some() || section.named("require").next().is_some();
    let last = outer.iter().rev().find(says).copied();
    let outer_rule = last.and_then(restriction);
    let is_closed = last.zip(outer_rule).is_some_and(|(section, rule)| lets_nobody_in(section, rule));
    let requires: Vec<&Item> = own.iter().filter(|item| item.name == "require").collect();
    let merges =
        site.section.item.named("authmerging").any(|item| !item.first_argument().eq_ignore_ascii_case("off"));
    match (requires.as_slice(), outer_rule) {
        ([only], _) if is_all(only, "denied") => {
            site.tell(Rule::RequireCloses, only, "nobody is let in to Guacamole");
        }
        ([only], Some(rule)) if is_all(only, "granted") && !merges && rule.name.starts_with("require") => {
            let detail =
                format!("{} {} no longer holds for Guacamole", rule.name, rule.arguments().join(" "));
            site.tell(Rule::RequireOpens, only, detail);
        }
        ([], Some(rule)) if is_closed => {
            site.tell(Rule::RequireCloses, rule, "nobody is let in to Guacamole");
        }
        ([], Some(rule)) => {
            let detail = format!("{} {} holds for Guacamole too", rule.name, rule.arguments().join(" "));
            site.tell(Rule::ApacheKeepsOut, rule, detail);
        }
        _ => {}
    }
    let sections = outer.into_iter().chain([site.section.item]);
    for (item, methods) in sections.filter_map(refused_methods).collect::<Vec<_>>() {
        let detail = format!("{} refuses {}, by which Guacamole asks", item.name, methods.join(", "));
        site.tell(Rule::ApacheKeepsOut, item, detail);
    }
}
