//! Who is let in.

use super::Site;
use crate::config::apache::{Form, Item};
use crate::model::Rule;

/// What httpd 2.2 knew.
const OLD: [&str; 4] = ["order", "allow", "deny", "satisfy"];

pub(super) fn look(site: &mut Site<'_, '_>) {
    let own: &[Item] = match site.section.form {
        Form::Location => &site.section.item.children,
        Form::Path => &[],
    };
    let tunnel = site.section.websocket(site.loaded, site.scope);
    let of_tunnel: &[Item] = tunnel.as_ref().map_or(&[], |tunnel| &tunnel.item.children);
    let old = own.iter().chain(of_tunnel).find(|item| OLD.contains(&item.name.as_str()));
    if let Some(old) = old.filter(|_| !site.has_module("access_compat")) {
        site.tell(Rule::AccessCompat, old, "mod_access_compat is not loaded");
    }
    let outer = site.outer();
    let outer_rule = outer.iter().rev().find_map(|section| restriction(section));
    let requires: Vec<&Item> = own.iter().filter(|item| item.name == "require").collect();
    let merges =
        site.section.item.named("authmerging").any(|item| !item.first_argument().eq_ignore_ascii_case("off"));
    match (requires.as_slice(), outer_rule) {
        ([only], _) if is_all(only, "denied") => {
            site.tell(Rule::RequireCloses, only, "nobody is let in to Guacamole");
        }
        ([only], Some(rule)) if is_all(only, "granted") && !merges => {
            let detail =
                format!("{} {} no longer holds for Guacamole", rule.name, rule.arguments().join(" "));
            site.tell(Rule::RequireOpens, only, detail);
        }
        ([], Some(rule)) if is_all(rule, "denied") => {
            site.tell(Rule::RequireCloses, rule, "nobody is let in to Guacamole");
        }
        ([], Some(rule)) => {
            let detail = format!("{} {} holds for Guacamole too", rule.name, rule.arguments().join(" "));
            site.tell(Rule::ApacheKeepsOut, rule, detail);
        }
        _ => {}
    }
}

fn is_all(item: &Item, what: &str) -> bool {
    matches!(item.arguments().as_slice(), [all, word] if all.eq_ignore_ascii_case("all") && word.eq_ignore_ascii_case(what))
}

/// The first directive of a section that keeps somebody out.
fn restriction(section: &Item) -> Option<&Item> {
    section.children.iter().find(|item| match item.name.as_str() {
        "require" => !is_all(item, "granted"),
        "requireall" | "requireany" | "requirenone" => true,
        _ => false,
    })
}
