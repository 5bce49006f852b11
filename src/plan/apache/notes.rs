//! What the person should know about this virtual host.

use super::Work;
use super::there::There;
use crate::config::apache::{Form, Item, Section};
use crate::model::{Note, Rule};

pub(super) fn add(work: &Work<'_>, there: &There<'_>, notes: &mut Vec<Note>) {
    let mut note = |warning: bool, rule: Option<Rule>, text: String| {
        notes.push(Note { warning, text: crate::model::printable(&text), rule });
    };
    let frontend = &work.answers.frontend;
    if frontend.max_upload.bytes().is_some() {
        note(
            false,
            None,
            "Apache httpd sets no limit for proxied uploads: they pass whatever their size".into(),
        );
    }
    if frontend.public_path.is_root() {
        note(true, None, "at / Guacamole takes the whole site: its own pages are no longer served".into());
    }
    beside(work, there, &mut note);
    if let Some(earlier) = &work.site.shadowed_by {
        note(
            true,
            Some(Rule::DeadVirtualHost),
            format!("no request reaches this virtual host: {earlier} has its name and comes first"),
        );
    }
    for item in work.around() {
        if leads_away(item, frontend.public_path.as_str()) {
            note(
                true,
                Some(Rule::LeadsAway),
                format!(
                    "{}:{}: {} {} may send Guacamole's requests elsewhere before they are proxied",
                    work.loaded.file(item).path.display(),
                    work.loaded.line(item),
                    item.name,
                    item.arguments.join(" ")
                ),
            );
        }
        if item.name == "location"
            && restricts(item)
            && covers(item.first_argument(), frontend.public_path.as_str())
        {
            note(
                false,
                Some(Rule::ApacheKeepsOut),
                format!(
                    "{}:{}: your own access rules for {} hold for Guacamole too",
                    work.loaded.file(item).path.display(),
                    work.loaded.line(item),
                    item.first_argument()
                ),
            );
        }
    }
}

/// A redirect or rewriting that Guacamole's path falls under.
///
/// # Source
/// `mod_alias` and `mod_rewrite` look at a request before `mod_proxy` does.
fn leads_away(item: &Item, path: &str) -> bool {
    let falls_under = |pattern: &str| regex::Regex::new(pattern).is_ok_and(|regex| regex.is_match(path));
    match (item.name.as_str(), item.arguments.as_slice()) {
        ("redirect" | "redirectpermanent" | "redirecttemp", [from, _]) | ("redirect", [_, from, _]) => {
            covers(from, path)
        }
        ("redirectmatch", [pattern, _] | [_, pattern, _]) => falls_under(pattern),
        ("rewriterule", [pattern, to, flags @ ..]) => {
            let flags = flags.first().map_or("", |flags| flags.trim_matches(['[', ']'])).to_ascii_uppercase();
            let leaves = to.contains("://")
                || flags.split(',').any(|flag| flag == "P" || flag == "R" || flag.starts_with("R="));
            leaves && falls_under(pattern)
        }
        _ => false,
    }
}

/// Other sections and lines that Guacamole's takes over, or that take it over.
fn beside(work: &Work<'_>, there: &There<'_>, note: &mut dyn FnMut(bool, Option<Rule>, String)) {
    let path = work.answers.frontend.public_path.as_str();
    let place = |section: &Section<'_>| {
        format!("{}:{}", work.loaded.file(section.item).path.display(), work.loaded.line(section.item))
    };
    let (own, items) = match there {
        There::Section { section, items } => (Some(section), *items),
        _ => (None, work.host.children.as_slice()),
    };
    let position = |item: &Item| items.iter().position(|other| other == item);
    for other in Section::among(work.loaded, items) {
        let is_own = other.marked || own.is_some_and(|own| own.item == other.item);
        if is_own || other.is_websocket() {
            continue;
        }
        let stands_after =
            own.is_some_and(|own| own.form == Form::Location && position(other.item) > position(own.item));
        if other.form == Form::Location && stands_after && covers(&other.path, path) {
            let text = format!(
                "{}: this section for {} comes after Guacamole's and takes its requests; put it before",
                place(&other),
                other.path
            );
            note(true, Some(Rule::LeadsAway), text);
        }
        if other.form == Form::Path && covers(path, &other.path) {
            let text = format!(
                "{}: {} goes to Guacamole from now on, as a section counts before any ProxyPass line; write it as \
                 <Location \"{1}\"> after Guacamole's to keep it",
                place(&other),
                other.path
            );
            note(true, None, text);
        }
    }
    if let (Some(own), false) = (own, std::ptr::eq(items, work.host.children.as_slice())) {
        let text = format!(
            "{}: this stands outside of any virtual host and is edited there: every virtual host serves Guacamole",
            place(own)
        );
        note(true, Some(Rule::GlobalLocation), text);
    }
}

/// Whether what holds for one path holds for another: it is the same or lies above.
fn covers(above: &str, path: &str) -> bool {
    path.strip_prefix(above)
        .is_some_and(|rest| above.ends_with('/') || rest.is_empty() || rest.starts_with('/'))
}

fn restricts(item: &Item) -> bool {
    item.children.iter().any(|child| match child.name.as_str() {
        "require" => child.arguments.join(" ") != "all granted",
        "deny" | "authtype" | "requireall" | "requireany" | "requirenone" => true,
        _ => false,
    })
}
