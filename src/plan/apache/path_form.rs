//! `ProxyPass /path/ http://…`: its lines become sections, which alone can hold what Guacamole needs for its own path.

use super::Work;
use super::body::Body;
use super::edits::Edits;
use super::region::{Layout, region};
use crate::config::apache::{Item, Section};
use crate::model::Field;

/// Puts guacfront's region in the place of the lines; where they have parameters of the person's own, sections that are
/// the person's as the lines were, with those parameters in them.
pub(super) fn replace(
    work: &Work<'_>,
    section: &Section<'_>,
    items: &[Item],
    body: &Body,
    edits: &mut Edits<'_>,
) {
    let ours = body.parameters();
    let own = |section: &Section<'_>| -> Vec<String> {
        section.parameters().iter().filter(|own| !ours.contains(&own.as_str())).cloned().collect()
    };
    let websocket = section.websocket_among(work.loaded, items);
    let (general, tunnel) = (own(section), websocket.as_ref().map(own).unwrap_or_default());
    let layout = Layout::beside(work, section.item);
    let text = if general.is_empty() && tunnel.is_empty() {
        region(work, body, &layout)
    } else {
        body.text_with(&layout, &general, &tunnel)
    };
    let why = "sections say what these lines said, and more";
    let span = work.loaded.file(section.item).tree.span(section.item.node);
    edits.replace(section.item.file, span, &text, Field::PublicPath, why);
    let bare = section.path.trim_end_matches('/');
    let is_its = |item: &&Item| {
        let path = item.first_argument().trim_end_matches('/');
        match item.name.as_str() {
            "proxypass" | "proxypassreverse" => path == bare || path == format!("{bare}/websocket-tunnel"),
            "proxypassreversecookiepath" => {
                item.arguments.get(1).is_some_and(|public| public.trim_end_matches('/') == bare)
            }
            _ => false,
        }
    };
    for item in items.iter().filter(is_its).filter(|item| *item != section.item) {
        edits.remove(item, Field::PublicPath, why);
    }
}
