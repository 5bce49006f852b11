//! `ProxyPass /path/ http://…`: its lines become sections, which alone can hold what Guacamole needs for its own path.

use super::Work;
use super::body::Body;
use super::edits::Edits;
use super::layout::Layout;
use super::logs::later_setter;
use super::parameters;
use super::region;
use super::websocket;
use crate::config::apache::{Form, Item, Section};
use crate::model::Field;
use crate::plan::PlanError;
use std::borrow::Cow;

/// Puts guacfront's region in the place of the lines; where they have parameters of the person's own, or the WebSocket has
/// a section already, sections that are the person's as the lines were, with all of that in them.
pub(super) fn replace<'a>(
    work: &Work<'a>,
    section: &Section<'a>,
    items: &'a [Item],
    body: &Body,
    edits: &mut Edits<'_>,
) -> Result<(), PlanError> {
    let ours = body.parameters();
    let is_own =
        |own: &Cow<'_, str>| !ours.iter().any(|our| our == own) && !parameters::is_decided(own, body);
    let general: Vec<Cow<'_, str>> = section.parameters().into_iter().filter(is_own).collect();
    let layout = Layout::beside(work, section.item);
    let websocket = section.websocket_among(work.loaded, items);
    let tunnel = match &websocket {
        Some(tunnel) if tunnel.form == Form::Location && !body.has_websocket => {
            edits.remove(tunnel.item, Field::WebSocket, "the WebSocket is switched off");
            String::new()
        }
        Some(tunnel) if tunnel.form == Form::Location => {
            websocket::taken(work, section, tunnel, body, edits)?
        }
        Some(tunnel) => body.websocket(&layout, &parameters::of_tunnel(tunnel, section, body)),
        None => body.websocket(&layout, &[]),
    };
    let is_plain = general.is_empty() && tunnel == body.websocket(&layout, &[]);
    let why = "sections say what these lines said, and more";
    // A line further on that sets a log's variable again would take back what is said of it here.
    let later = |variable: &String| later_setter(work, section.item, items, variable);
    let (here, further): (Vec<String>, Vec<String>) =
        body.variables.iter().cloned().partition(|variable| later(variable).is_none());
    let text = match (is_plain, further.is_empty()) {
        (true, true) => region::region(work, body, &layout),
        (true, false) => {
            region::insert(work, body, edits);
            String::new()
        }
        (false, _) => {
            let body = body.marking(here);
            let comment = Some(work.asked.comment()).filter(|_| !work.asked.is_empty());
            body.text_with(&layout, &general, &tunnel, comment)
        }
    };
    let span = work.loaded.file(section.item).tree.span(section.item.node());
    edits.replace(section.item.file(), span, &text, Field::PublicPath, why);
    let marks = body.marking(further);
    for (variable, mark) in marks.variables.iter().zip(marks.marks_for_logs()).filter(|_| !is_plain) {
        if let Some(setter) = later(variable) {
            let layout = Layout::beside(work, setter);
            let end = work.loaded.file(setter).tree.span(setter.node()).end;
            let line = format!("{}{mark}{}", layout.indent, layout.end);
            edits.insert(setter.file(), end, &line, Field::LogTunnel, why);
        }
    }
    let bare = section.path.trim_end_matches('/');
    let is_its = |item: &&Item| {
        let path = item.first_argument();
        let path = path.trim_end_matches('/');
        match item.name.as_str() {
            "proxypass" | "proxypassreverse" => path == bare || path == format!("{bare}/websocket-tunnel"),
            "proxypassreversecookiepath" => {
                item.arguments().get(1).is_some_and(|public| public.trim_end_matches('/') == bare)
            }
            _ => false,
        }
    };
    for item in items.iter().filter(is_its).filter(|item| *item != section.item) {
        edits.remove(item, Field::PublicPath, why);
    }
    Ok(())
}
