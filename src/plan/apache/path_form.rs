//! `ProxyPass /path/ http://…`: its lines become sections, which alone can hold what Guacamole needs for its own path.

use super::Work;
use super::body::Body;
use super::edits::Edits;
use super::layout::Layout;
use super::logs::later_setter;
use super::parameters;
use super::region;
use super::websocket;
use crate::config::apache::{Backend, Form, Item, PassMatch, Section, Taken, covers};
use crate::model::Field;
use crate::plan::PlanError;
use std::borrow::Cow;

/// Puts guacfront's region in the place of the lines; where they have parameters of the person's own, or the WebSocket has
/// a section already, sections that are the person's as the lines were, with all of that in them.
///
/// Lines before them that take a part of the path, or keep it from being proxied, become sections behind these: a line
/// counts where it is the first, and a section where it is the last.
pub(super) fn replace<'a>(
    work: &Work<'a>,
    section: &Section<'a>,
    items: &'a [Item],
    body: &Body,
    edits: &mut Edits<'_>,
) -> Result<(), PlanError> {
    refuse_patterns(work, section, items, body)?;
    let ours = body.parameters();
    let is_own = |own: &Cow<'_, str>| {
        let is_known = ours.iter().any(|our| our == own) || parameters::is_decided(own, body);
        !is_known && !parameters::is_of_balancer(own, section)
    };
    let general: Vec<Cow<'_, str>> = section.parameters().into_iter().filter(is_own).collect();
    let layout = Layout::beside(work, section.item);
    let parts = parts(work, section, items, body);
    let anchor = parts.first().map_or(section.item, |first| first.item);
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
    let later = |variable: &String| later_setter(work, anchor, items, variable);
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
    if parts.is_empty() {
        edits.replace(section.item.file(), span, &text, Field::PublicPath, why);
    } else {
        edits.replace(section.item.file(), span, "", Field::PublicPath, why);
        let at = work.loaded.file(anchor).tree.span(anchor.node()).start;
        edits.insert(anchor.file(), at, &text, Field::PublicPath, why);
    }
    for part in &parts {
        let why = "this line would come too late: a section counts before any ProxyPass line";
        let span = work.loaded.file(part.item).tree.span(part.item.node());
        let text = as_section(work, part, body);
        edits.replace(part.item.file(), span, &text, Field::PublicPath, why);
    }
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

/// The lines of others before a line in path form that take a part of the path that its section will have.
pub(super) fn parts<'a>(
    work: &Work<'a>,
    section: &Section<'a>,
    items: &'a [Item],
    body: &Body,
) -> Vec<Section<'a>> {
    let tunnel = format!("{}/websocket-tunnel", section.path.trim_end_matches('/'));
    let is_part = |other: &Section<'_>| {
        other.form == Form::Path
            && other.item.file() == section.item.file()
            && covers(&body.path, &other.path)
            && other.path.trim_end_matches('/') != tunnel
    };
    let before =
        Section::among(work.loaded, items).into_iter().take_while(|other| other.item != section.item);
    before.filter(is_part).collect()
}

/// Refuses where a line by pattern before it takes a part of the path or keeps it from being proxied: the section would
/// count before it, and no section can say the same.
fn refuse_patterns(
    work: &Work<'_>,
    section: &Section<'_>,
    items: &[Item],
    body: &Body,
) -> Result<(), PlanError> {
    let lines = PassMatch::holding(work.loaded, items);
    let asked = work.asked_backend();
    let own: Vec<&Backend> = section.backend.iter().chain([&asked]).collect();
    let takes_a_part = |line: &&PassMatch<'_>| match line.takes(&body.path, &own) {
        Taken::Part => line.comes_before(section, items),
        Taken::Everything => line.excludes() && line.comes_before(section, items),
        Taken::Nothing | Taken::Unknown => false,
    };
    let Some(line) = lines.iter().find(takes_a_part) else { return Ok(()) };
    let place = work.loaded.line(section.item);
    let message = format!(
        "this decides on a part of {} before the ProxyPass in line {place}, and would do so no more once that is a \
         section, which counts first",
        body.path
    );
    let hint = "write it as a <Location> of a plain path with a ProxyPass in it, after Guacamole's lines, or remove it, and start again";
    Err(work.refused(line.item, &message, hint))
}

/// A line in path form as a section, its parameters as they are.
fn as_section(work: &Work<'_>, line: &Section<'_>, body: &Body) -> String {
    let Layout { indent, unit, end } = Layout::beside(work, line.item);
    let quoted =
        |word: &Cow<'_, str>| if word.contains(' ') { format!("\"{word}\"") } else { word.to_string() };
    let parameters: String = line.parameters().iter().map(|own| format!(" {}", quoted(own))).collect();
    let url = line.url();
    // What Guacamole's section says of the name holds for every section in it that says nothing.
    let says_other = line.preserves_host(work.loaded, work.host) != Some(true) && body.preserve_host == "On";
    let own_name = if says_other && url != "!" {
        format!("{indent}{unit}ProxyPreserveHost Off{end}")
    } else {
        String::new()
    };
    format!(
        "{indent}<Location \"{}\">{end}{indent}{unit}ProxyPass \"{url}\"{parameters}{end}{own_name}{indent}</Location>{end}",
        line.path
    )
}
