//! What the person should know about this virtual host.

use super::Work;
use super::body::Body;
use super::there::There;
use crate::config::apache::{
    Backend, Form, Item, PassMatch, Section, Taken, covers, holds_for, is_condition, led_away,
    lets_nobody_in, loses_upgrade, member_url, refused_methods, restriction,
};
use crate::model::{Note, Rule, masked, printable};

pub(super) fn add(work: &Work<'_>, there: &There<'_>, body: &Body, notes: &mut Vec<Note>) {
    let mut note = |warning: bool, rule: Option<Rule>, text: String| {
        notes.push(Note { warning, text: printable(&masked(&text)), rule });
    };
    let frontend = &work.answers.frontend;
    let path = frontend.public_path.as_str();
    if frontend.max_upload.bytes().is_some() {
        note(
            false,
            None,
            "Apache httpd sets no limit for proxied uploads: they pass whatever their size".into(),
        );
    }
    if frontend.public_path.is_root() && !is_at_root(work, there) {
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
    for led in led_away(&work.loaded.items, &work.host.children, path, body.proxied()) {
        let (does, to) = match (led.refuses, led.sometimes) {
            (true, false) => ("refuses", ""),
            (true, true) => ("may refuse", ""),
            (false, false) => ("sends", " elsewhere"),
            (false, true) => ("may send", " elsewhere"),
        };
        note(
            true,
            Some(Rule::LeadsAway),
            format!(
                "{}:{}: {} {} {does} Guacamole's requests{to} before they are proxied",
                work.loaded.file(led.item).path.display(),
                work.loaded.line(led.item),
                led.item.name,
                led.item.arguments().join(" "),
            ),
        );
    }
    kept_out(work, body, &mut note);
    let url = body.proxied().url;
    let sections = work.around().filter(|item| holds_for(item, path, url));
    let all = work.around().chain(sections.flat_map(|section| &section.children));
    for lost in all.filter(|item| body.has_websocket && loses_upgrade(item)) {
        let text = format!(
            "{}:{}: with {} {} no request is handed on as a WebSocket's, and Guacamole falls back to its HTTP tunnel",
            work.loaded.file(lost).path.display(),
            work.loaded.line(lost),
            lost.name,
            lost.arguments().join(" ")
        );
        note(true, Some(Rule::WebSocketMissing), text);
    }
}

/// Rules of the site's own that keep people or methods out.
fn kept_out(work: &Work<'_>, body: &Body, note: &mut dyn FnMut(bool, Option<Rule>, String)) {
    let path = work.answers.frontend.public_path.as_str();
    let place = |item: &Item| format!("{}:{}", work.loaded.file(item).path.display(), work.loaded.line(item));
    let tag = |section: &Item| match &*section.first_argument() {
        own if section.name == "location" => own.to_owned(),
        _ => format!("<{} {}>", section.name, section.arguments().join(" ")),
    };
    let holding = |of_proxy: bool| {
        let all = work.around().filter(move |item| item.name.starts_with("proxy") == of_proxy);
        all.filter(|item| holds_for(item, path, body.proxied().url))
    };
    // Those for the proxy come first, and the virtual host's after the server's.
    let is_own = |item: &&Item| work.host.children.iter().any(|own| own.is(item));
    let (own, server): (Vec<&Item>, Vec<&Item>) = holding(false).partition(is_own);
    let sections: Vec<&Item> = holding(true).chain(server).chain(own).collect();
    for (at, section) in sections.iter().enumerate() {
        if let Some(rule) = restriction(section) {
            let is_undone = sections[at + 1..].iter().any(|later| later.named("require").next().is_some());
            let closed = lets_nobody_in(section, rule) && !is_undone;
            let rule = if closed { Rule::RequireCloses } else { Rule::ApacheKeepsOut };
            let so = if closed { ": nobody is let in" } else { "" };
            let text = format!(
                "{}: your own access rules for {} hold for Guacamole too{so}",
                place(section),
                tag(section)
            );
            note(closed, Some(rule), text);
        }
        if let Some((item, methods)) = refused_methods(section) {
            let text = format!(
                "{}: {} refuses {}, by which Guacamole asks",
                place(item),
                item.name,
                methods.join(", ")
            );
            note(true, Some(Rule::ApacheKeepsOut), text);
        }
    }
    for section in work.around().filter(|item| is_condition(item) && restriction(item).is_some()) {
        let text = format!(
            "{}: your own access rules in {} may hold for Guacamole too",
            place(section),
            tag(section)
        );
        note(false, Some(Rule::ApacheKeepsOut), text);
    }
}

/// Whether Guacamole has the whole site already.
fn is_at_root(work: &Work<'_>, there: &There<'_>) -> bool {
    match there {
        There::Section { section, .. } => section.path == "/",
        There::Region { .. } => {
            Section::all(work.loaded, work.host).iter().any(|own| own.marked && own.path == "/")
        }
        There::Nothing => false,
    }
}

/// What is lost where requests were handed on in another way than over plain HTTP.
fn other_ways(work: &Work<'_>, own: &Section<'_>, note: &mut dyn FnMut(bool, Option<Rule>, String)) {
    let direct = own.backend.as_ref().filter(|backend| own.member.is_none() && !backend.is_socket);
    let way = match direct.map(|backend| backend.scheme.as_str()) {
        None => "in another way than to a host and port",
        Some("https") => "over TLS",
        Some("ajp") => "over AJP",
        Some(_) => return,
    };
    let text = format!(
        "{}:{}: Guacamole's requests were handed on {way} here ({}), and go to {} over plain HTTP from now on",
        work.loaded.file(own.pass).path.display(),
        work.loaded.line(own.pass),
        own.url(),
        work.answers.backend.host
    );
    // What AJP does not carry is why it has to go.
    note(way != "over AJP", None, text);
}

/// That of several members of a balancer one alone goes on.
fn shared(work: &Work<'_>, own: &Section<'_>, note: &mut dyn FnMut(bool, Option<Rule>, String)) {
    let (Some(first), [_, _, ..]) = (own.member, own.sharing.as_slice()) else { return };
    let answered = &work.answers.backend;
    let is_first =
        own.backend.as_ref().is_some_and(|own| own.host == answered.host && own.port == answered.port);
    let taken = if is_first {
        "guacfront has taken the first one's address, to ask it and for what Tomcat needs".to_owned()
    } else {
        format!("guacfront asks {}:{} and plans for it", answered.host.in_url(), answered.port)
    };
    let urls: Vec<_> = own.sharing.iter().filter_map(|member| member_url(member)).collect();
    let text = format!(
        "{}:{}: new sessions were shared among several members of the balancer here ({}); {taken}, and the others get none \
         from now on",
        work.loaded.file(first).path.display(),
        work.loaded.line(first),
        urls.join(", ")
    );
    note(true, None, text);
}

/// Other sections and lines that Guacamole's takes over, or that take it over.
fn beside(work: &Work<'_>, there: &There<'_>, note: &mut dyn FnMut(bool, Option<Rule>, String)) {
    let path = work.answers.frontend.public_path.as_str();
    let place = |section: &Section<'_>| {
        format!("{}:{}", work.loaded.file(section.item).path.display(), work.loaded.line(section.item))
    };
    let (own, items) = match there {
        There::Section { section, items } => (Some(section), *items),
        _ => (None, &work.host.children[..]),
    };
    if let Some(own) = own {
        other_ways(work, own, note);
        shared(work, own, note);
    }
    let position = |item: &Item| items.iter().position(|other| other == item);
    let all = Section::among(work.loaded, items);
    if let Some(earlier) = own.and_then(|own| own.upgrade_dropped_by(&all)) {
        let text = format!(
            "{}: the upgrade=… of Guacamole's own ProxyPass does nothing, as this one to {} comes first and shares its \
             worker; the WebSocket's own section does without",
            place(earlier),
            earlier.url()
        );
        note(false, Some(Rule::UpgradeDropped), text);
    }
    let is_ours = |section: &&Section<'_>| section.marked && !section.is_websocket();
    let ours = own.or_else(|| all.iter().find(is_ours));
    by_pattern(work, ours, items, note);
    let ours = ours.filter(|ours| ours.form == Form::Location);
    let ours = ours.and_then(|ours| position(ours.item));
    for other in all {
        let is_own = other.marked || own.is_some_and(|own| own.item == other.item);
        if is_own || other.is_websocket() {
            continue;
        }
        let stands_after = ours.is_some() && position(other.item) > ours;
        if other.form == Form::Location && stands_after && covers(&other.path, path) {
            let text = format!(
                "{}: this section for {} comes after Guacamole's and takes its requests; put it before",
                place(&other),
                other.path
            );
            note(true, Some(Rule::ApacheTakenOver), text);
        }
        // What a line or section that is there already has taken, and what becomes a section, is not taken from now on.
        let is_taken = own.is_some_and(|own| {
            let comes_first = position(own.item) < position(other.item);
            let is_there = own.form == Form::Location || comes_first || own.item.file() == other.item.file();
            is_there && covers(&own.path, &other.path)
        });
        let is_kept_out = other.url() == "!" && other.path == path;
        if other.form == Form::Path && covers(path, &other.path) && !is_taken && !is_kept_out {
            let text = format!(
                "{}: {} goes to Guacamole from now on, as a section counts before any ProxyPass line; write it as \
                 <Location \"{1}\"> after Guacamole's to keep it",
                place(&other),
                other.path
            );
            note(true, None, text);
        }
    }
    if let (Some(own), false) = (own, work.is_of_host(items)) {
        let text = format!(
            "{}: this stands outside of any virtual host and is edited there: every virtual host serves Guacamole",
            place(own)
        );
        note(true, Some(Rule::GlobalLocation), text);
    }
}

/// Lines by pattern whose requests are Guacamole's from now on; `own` is what serves it already.
fn by_pattern(
    work: &Work<'_>,
    own: Option<&Section<'_>>,
    items: &[Item],
    note: &mut dyn FnMut(bool, Option<Rule>, String),
) {
    let path = work.answers.frontend.public_path.as_str();
    let asked = work.asked_backend();
    let backends: Vec<&Backend> =
        own.and_then(|own| own.backend.as_ref()).into_iter().chain([&asked]).collect();
    for line in PassMatch::holding(work.loaded, items) {
        let taken = line.takes(path, &backends);
        let counted = own.is_some_and(|own| line.comes_before(own, items));
        let never_counted = own.is_some_and(|own| !counted && line.takes(&own.path, &backends) == taken);
        let (warning, what) = match taken {
            _ if never_counted => continue,
            Taken::Part => (true, "decides on a part"),
            Taken::Unknown => (true, "may decide, by an expression that is not understood here, on a part"),
            Taken::Everything if counted => (false, "took all"),
            Taken::Everything | Taken::Nothing => continue,
        };
        let text = format!(
            "{}:{}: ProxyPassMatch {} {what} of {path}, which goes to Guacamole from now on, as a section counts before any \
             such line",
            work.loaded.file(line.item).path.display(),
            work.loaded.line(line.item),
            line.item.arguments().join(" ")
        );
        note(warning, None, text);
    }
}
