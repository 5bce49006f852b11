//! The section of the WebSocket tunnel beside a hand-written general one: it has to come after it.

use super::Work;
use super::body::Body;
use super::edits::{Edits, argument};
use super::layout::Layout;
use super::parameters;
use crate::config::apache::{Form, Item, Section};
use crate::config::{Edit, splice};
use crate::model::Field;
use crate::plan::PlanError;

const LAST: &str = "of two sections that match the later one wins: the WebSocket's has to come last";

/// Edits the WebSocket's section in place, moves it behind the general one, or adds it there.
pub(super) fn adopt(
    work: &Work<'_>,
    general: &Section<'_>,
    items: &[Item],
    body: &Body,
    layout: &Layout,
    edits: &mut Edits<'_>,
) -> Result<(), PlanError> {
    let file = work.loaded.file(general.item);
    let end = file.tree.span(general.item.node()).end;
    let place = |item: &Item| items.iter().position(|other| other == item);
    let found = general.websocket_among(work.loaded, items);
    if !body.has_websocket {
        if let Some(own) = found {
            remove(&own, items, edits, (Field::WebSocket, "the WebSocket is switched off"));
        }
        return Ok(());
    }
    if let Some(own) = found.as_ref().filter(|own| own.form == Form::Location)
        && place(own.item) > place(general.item)
    {
        for edit in changes(work, general, own, body)? {
            edits.push(own.item.file(), edit);
        }
        return Ok(());
    }
    let (text, why) = match found {
        Some(own) if own.form == Form::Location => (taken(work, general, &own, body, edits)?, LAST),
        Some(own) => {
            let why = "a section counts before any ProxyPass line: the WebSocket's has to be one too";
            remove(&own, items, edits, (Field::PublicPath, why));
            (body.websocket(layout, &parameters::of_tunnel(&own, general, body)), why)
        }
        None => {
            let why = "without a section of its own the WebSocket is lost and sessions feel slow";
            (body.websocket(layout, &[]), why)
        }
    };
    // A line that ends with the file has no line feed of its own.
    let lead = if file.bytes[..end].ends_with(b"\n") { "" } else { layout.end };
    edits.insert(general.item.file(), end, &format!("{lead}{text}"), Field::PublicPath, why);
    Ok(())
}

/// Takes the section away, or the lines with its path.
fn remove(own: &Section<'_>, items: &[Item], edits: &mut Edits<'_>, (field, why): (Field, &str)) {
    let is_its = |item: &&Item| item.name == "proxypassreverse" && item.first_argument() == own.path;
    let reverses = items.iter().filter(is_its).filter(|_| own.form == Form::Path);
    for item in reverses.chain([own.item]) {
        edits.remove(item, field, why);
    }
}

/// Takes the section away from where it stands; its text with what has to change, to be put elsewhere.
pub(super) fn taken(
    work: &Work<'_>,
    general: &Section<'_>,
    own: &Section<'_>,
    body: &Body,
    edits: &mut Edits<'_>,
) -> Result<String, PlanError> {
    let text = moved(work, own, changes(work, general, own, body)?)?;
    edits.remove(own.item, Field::PublicPath, LAST);
    Ok(text)
}

/// What has to change in the WebSocket's section.
fn changes(
    work: &Work<'_>,
    general: &Section<'_>,
    own: &Section<'_>,
    body: &Body,
) -> Result<Vec<Edit>, PlanError> {
    let path = format!("{}websocket-tunnel", body.path);
    // Since 2.4.47 an http:// backend can be told to upgrade. That way is left where the general section, whose worker
    // this one shares, is told so too; else it does nothing.
    let upgrades = [general, own].iter().all(|section| section.parameter("upgrade").is_some())
        && general.upgrade_dropped_by(&Section::all(work.loaded, work.host)).is_none();
    let url = if upgrades { format!("{}websocket-tunnel", body.url) } else { body.websocket_url() };
    let why = (Field::Host, "where Tomcat serves Guacamole");
    let mut found = vec![argument(work, own.item, 0, &path, (Field::PublicPath, "the public path"))?];
    for item in own.item.named("proxypassreverse").take(1).chain([own.pass]) {
        found.push(argument(work, item, 0, &url, why)?);
    }
    found.extend(parameters::without_balancer(work, own)?.into_iter().map(Some));
    if !parameters::has_own_time(own, general) {
        found.extend(parameters::changes(work, own, body)?.into_iter().map(Some));
    }
    Ok(found.into_iter().flatten().collect())
}

/// The section's own text with its changes, to be put elsewhere.
fn moved(work: &Work<'_>, own: &Section<'_>, mut changes: Vec<Edit>) -> Result<String, PlanError> {
    let refused = |message: &str| work.refused(own.item, message, "put this section after the general one");
    if changes.iter().any(|edit| edit.span.end > work.loaded.file(own.item).tree.span(own.item.node()).end)
        || own.pass.file() != own.item.file()
    {
        return Err(refused(
            "the section has to be moved, and what it includes cannot be changed on the way",
        ));
    }
    let span = work.loaded.file(own.item).tree.span(own.item.node());
    for edit in &mut changes {
        edit.span = edit.span.start - span.start..edit.span.end - span.start;
    }
    let (text, _) = splice(&work.loaded.file(own.item).bytes[span], changes)
        .ok_or_else(|| refused("two changes of this section fall together"))?;
    String::from_utf8(text.to_vec()).map_err(|_| refused("the section has to be moved, and it is not UTF-8"))
}
