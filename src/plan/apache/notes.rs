//! What the person should know about this virtual host.

use super::Work;
use crate::config::apache::Item;
use crate::model::{Note, Rule};

pub(super) fn add(work: &Work<'_>, notes: &mut Vec<Note>) {
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
    if let Some(earlier) = &work.host.shadowed_by {
        note(
            true,
            Some(Rule::DeadVirtualHost),
            format!("no request reaches this virtual host: {earlier} has its name and comes first"),
        );
    }
    for item in &work.host.item.children {
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

/// A redirect of a path that Guacamole's path lies below.
fn leads_away(item: &Item, path: &str) -> bool {
    let from = match (item.name.as_str(), item.arguments.as_slice()) {
        ("redirect" | "redirectpermanent" | "redirecttemp", [from, _]) | ("redirect", [_, from, _]) => {
            Some(from)
        }
        _ => None,
    };
    from.is_some_and(|from| covers(from, path))
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
