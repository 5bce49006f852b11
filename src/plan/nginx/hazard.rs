//! What the person should know: directives of theirs that stand in Guacamole's way and that are not ours to change.

use crate::config::matches;
use crate::config::nginx::{
    Directive, KEEPING_OUT, Loaded, Location, Modifier, Placed, Section, ServerBlock, Target, Word,
    auth_limit, is_after_patterns, is_for_other_paths, leads_elsewhere, levels_around, passes_path_on,
};
use crate::model::{Answers, Host, Note, PublicPath, Rule, UploadLimit, printable};

/// What Guacamole serves right below its path.
const OF_GUACAMOLE: [&str; 9] =
    ["api", "app", "fonts", "images", "index.html", "layouts", "translations", "tunnel", "websocket-tunnel"];

/// Notes on the server block that Guacamole's location stands in; `own` is that location, where it is there already.
pub(super) fn notes(
    answers: &Answers,
    loaded: &Loaded,
    server: &ServerBlock<'_>,
    own: Option<Placed<'_>>,
    notes: &mut Vec<Note>,
) {
    let mut say =
        |warning: bool, rule: Rule, text: String| notes.push(Note { warning, text, rule: Some(rule) });
    if let Some(earlier) = &server.shadowed_by {
        let text = format!(
            "{}: no request reaches this server block, as the one at {earlier} has the same names and listens",
            loaded.place(server.placed)
        );
        say(true, Rule::DeadServer, text);
    }
    if let Host::Name(name) = &answers.backend.host
        && name.eq_ignore_ascii_case("localhost")
    {
        let text = "localhost may mean 127.0.0.1 or ::1: some requests then come to Tomcat from ::1, so trust both or write \
                    127.0.0.1 as the backend";
        say(false, Rule::ProxiesOneFamily, text.to_owned());
    }
    for &placed in &server.children {
        if let Some(text) = hides(answers, loaded, placed) {
            say(true, Rule::AnsweredFirst, text);
        }
    }
    let inner = own.map(|own| loaded.children(own)).unwrap_or_default();
    let around = own.map(|own| levels_around(loaded, server, own));
    let around = around.unwrap_or_else(|| vec![server.children.clone(), server.http.to_vec()]);
    for text in keep_out(loaded, &inner, &around) {
        say(true, Rule::KeepsOut, text);
    }
    for &placed in server.http.iter().chain(&server.children) {
        if let Some(text) = says_otherwise(loaded, placed) {
            say(true, Rule::HeadersLost, text);
        }
    }
    // ^~ is written to Guacamole's own location alone.
    let is_inside = own.filter(|own| !server.children.contains(own));
    let is_before = is_inside.is_some_and(|own| is_after_patterns(loaded, server, own));
    for location in server.children.iter().copied().filter_map(Location::read) {
        if own == Some(location.placed) {
            continue;
        }
        if let Some(taken) = is_before.then(|| asked_of(answers, &location)).flatten() {
            let text = format!(
                "{}: this regular expression takes {taken} away from Guacamole, whose location stands inside another one that \
                 is matched after it; ^~ before that one's path would keep it out",
                loaded.place(location.placed)
            );
            say(true, Rule::RegexHijack, text);
        } else if let Some((warning, rule, text)) = beside(answers, loaded, server, &location) {
            say(warning, rule, text);
        }
    }
    if let Some(text) = lower_limit(answers, loaded, server) {
        say(false, Rule::BodyLimit, text);
    }
    if let Some(text) = lower_auth_limit(answers, loaded, server, &inner) {
        say(true, Rule::BodyLimit, text);
    }
    for location in inner.into_iter().filter_map(Location::read) {
        if let Some(text) = answers_inside(loaded, &location) {
            say(true, Rule::NestedLocation, text);
        }
        let (public, context) = (&answers.frontend.public_path, &answers.backend.context);
        if public.as_str() != context.as_str() && passes_path_on(&loaded.children(location.placed)) {
            let text = format!(
                "{}: the location {} inside Guacamole's asks Tomcat for a path below {public}, and Guacamole is at {context} \
                 there",
                loaded.place(location.placed),
                printable(&location.uri)
            );
            say(true, Rule::TakenOver, text);
        }
        let limits = location.placed.directive.children().any(|d| d.is("client_max_body_size"));
        if limits {
            let text = format!(
                "{}: this location inside Guacamole's has an upload limit of its own",
                loaded.place(location.placed)
            );
            say(true, Rule::BodyLimit, text);
        }
    }
}

/// A lower upload limit around Guacamole's location, which sets its own.
fn lower_limit(answers: &Answers, loaded: &Loaded, server: &ServerBlock<'_>) -> Option<String> {
    let levels = [&server.children[..], &server.http];
    let mut limits = levels
        .into_iter()
        .filter_map(|level| level.iter().rev().find(|placed| placed.directive.is("client_max_body_size")));
    let outer = limits.next()?;
    let written = outer.directive.first_argument();
    let limit = UploadLimit::parse(&written).ok()?.bytes()?;
    let own = answers.frontend.max_upload;
    own.bytes().is_none_or(|own| limit < own).then(|| {
        format!(
            "{}: the upload limit of {} holds for the rest of the site; Guacamole's location sets {}",
            loaded.place(*outer),
            printable(&written),
            own.bytes().map_or_else(|| "none".to_owned(), |_| format!("its own, {own}"))
        )
    })
}

/// A lower upload limit of what `auth_request` asks, which refuses what Guacamole's location would let through.
fn lower_auth_limit(
    answers: &Answers,
    loaded: &Loaded,
    server: &ServerBlock<'_>,
    inner: &[Placed<'_>],
) -> Option<String> {
    let (asked, limit) = auth_limit(loaded, server, inner)?;
    let own = answers.frontend.max_upload;
    own.bytes().is_none_or(|own| limit < own).then(|| {
        format!(
            "{}: auth_request asks this location with the length of each upload, and one of more than its own limit of \
             {limit} bytes fails with 500; client_max_body_size {own}; in it lets them through",
            loaded.place(asked)
        )
    })
}

/// A location inside Guacamole's that does not proxy: what it matches is looked for on the disk.
fn answers_inside(loaded: &Loaded, location: &Location<'_>) -> Option<String> {
    let children = loaded.children(location.placed);
    let is_answer =
        |placed: &Placed<'_>| ["proxy_pass", "return", "deny"].iter().any(|name| placed.directive.is(name));
    (!children.iter().any(is_answer)).then(|| {
        format!(
            "{}: the location {} inside Guacamole's has no proxy_pass of its own, so what it matches is looked for on the \
             disk and not found; take it out, or give it one",
            loaded.place(location.placed),
            printable(&location.uri)
        )
    })
}

/// A `return` or `rewrite` beside the locations runs before any of them is chosen.
fn hides(answers: &Answers, loaded: &Loaded, placed: Placed<'_>) -> Option<String> {
    let place = loaded.place(placed);
    let directive = placed.directive;
    let redirects = |directive: Directive<'_>| redirects(directive) && is_for(answers, directive);
    if redirects(directive) {
        return Some(format!(
            "{place}: this {} answers before any location is looked at, so Guacamole is not reached through this server block",
            directive.name().text()
        ));
    }
    let path = answers.frontend.public_path.as_str();
    if leads_elsewhere(directive, path) {
        return Some(format!(
            "{place}: this rewrite makes another path of what is below {path} before any location is looked at, so \
             Guacamole is not reached through this server block"
        ));
    }
    let is_asked = directive.is("if") && !is_for_other_paths(directive, path);
    let mut inner = is_asked.then(|| directive.children()).into_iter().flatten();
    if inner.clone().any(redirects) {
        return Some(format!(
            "{place}: where this condition holds, the server block answers before Guacamole's location is looked at"
        ));
    }
    inner.any(|inner| leads_elsewhere(inner, path)).then(|| {
        format!(
            "{place}: where this condition holds, a rewrite makes another path of what is below {path} before \
             Guacamole's location is looked at; within location / {{ }} it would leave Guacamole alone"
        )
    })
}

/// Whether a `rewrite` is for something that Guacamole is asked for; one that cannot be told is.
fn is_for(answers: &Answers, directive: Directive<'_>) -> bool {
    let path = &answers.frontend.public_path;
    let asked = PublicPath::ASKED.map(|part| format!("{path}{part}"));
    let mut asked = asked.into_iter().chain([path.to_string()]);
    !directive.is("rewrite") || asked.any(|own| matches(&directive.first_argument(), &own).unwrap_or(true))
}

fn redirects(directive: Directive<'_>) -> bool {
    let leaves_the_server = |word: Word<'_>| {
        let text = word.text();
        ["http://", "https://", "$scheme"].iter().any(|start| text.starts_with(start))
    };
    let mut words = directive.arguments();
    let is_redirect = words.clone().any(|word| word.is("redirect") || word.is("permanent"));
    directive.is("return")
        || (directive.is("rewrite") && (is_redirect || words.nth(1).is_some_and(leaves_the_server)))
}

/// Headers set outside are not inherited by a location that sets any. What they say of the client, a proxy in front
/// of this one has told them.
fn says_otherwise(loaded: &Loaded, placed: Placed<'_>) -> Option<String> {
    let [name, value] = placed.directive.exactly()?;
    let ours = [("X-Forwarded-Proto", "$scheme"), ("X-Forwarded-For", "$proxy_add_x_forwarded_for")];
    let (header, own) = ours.into_iter().find(|(header, _)| name.text().eq_ignore_ascii_case(header))?;
    (placed.directive.is("proxy_set_header") && !value.is(own)).then(|| {
        format!(
            "{}: {header} is set to {} here, but Guacamole's location sets it for itself; where another proxy stands in \
             front of this one, set it in the location to what that proxy says",
            loaded.place(placed),
            printable(&value.text())
        )
    })
}

/// Rules of access and limits that Guacamole's location inherits: of each kind those of the innermost level that has one.
fn keep_out(loaded: &Loaded, own: &[Placed<'_>], around: &[Vec<Placed<'_>>]) -> Vec<String> {
    let mut told = Vec::new();
    for kind in KEEPING_OUT {
        let is_kind = |placed: &&Placed<'_>| kind.iter().any(|name| placed.directive.is(name));
        if own.iter().any(|placed| is_kind(&placed)) {
            continue;
        }
        let level = around.iter().find(|level| level.iter().any(|placed| is_kind(&placed)));
        for placed in level.into_iter().flat_map(|level| level.iter().filter(is_kind)) {
            let (name, first) = (placed.directive.name(), placed.directive.first_argument());
            let why = match &*name.text() {
                "allow" => continue,
                _ if first == "off" => continue,
                "modsecurity" => ", whose uploads and saved settings its rules may refuse",
                "limit_req" => ", whose HTTP tunnel is several requests a second for each user",
                "limit_conn" => ", where each session holds a connection",
                _ => ", unless its location says otherwise",
            };
            told.push(format!(
                "{}: {} {} is in force for Guacamole too{why}",
                loaded.place(*placed),
                name.text(),
                printable(&first)
            ));
        }
    }
    told
}

/// What a location by regular expression matches of that which Guacamole is asked for.
fn asked_of(answers: &Answers, location: &Location<'_>) -> Option<String> {
    let asked = PublicPath::ASKED.map(|part| format!("{}{part}", answers.frontend.public_path));
    location.first_matched(asked.iter().map(String::as_str)).map(printable)
}

/// What a location beside Guacamole's means for it.
fn beside(
    answers: &Answers,
    loaded: &Loaded,
    server: &ServerBlock<'_>,
    location: &Location<'_>,
) -> Option<(bool, Rule, String)> {
    let place = loaded.place(location.placed);
    let path = &answers.frontend.public_path;
    let uri = &printable(&location.uri);
    match location.modifier {
        Modifier::Regex => {
            let mut children = location.placed.directive.children();
            let denies = children.any(|d| {
                d.is("deny") || (d.is("return") && matches!(&*d.first_argument(), "403" | "404" | "444"))
            });
            let asked = PublicPath::ASKED.map(|part| format!("{}{part}", path.as_str()));
            let would_take = || location.first_matched(asked.iter().map(String::as_str)).is_some();
            // At the root every address is Guacamole's, the site's scripts and challenges included.
            (denies || path.is_root() || would_take()).then(|| {
                (
                    false,
                    Rule::RegexHijack,
                    format!(
                        "{place}: the rule for {uri} is not applied below {path}, which is Guacamole's alone"
                    ),
                )
            })
        }
        Modifier::Exact if path.bare() == Some(uri.as_str()) => Some((
            false,
            Rule::TakenOver,
            format!(
                "{place}: {uri} without its last slash is answered here, and not by Guacamole's location"
            ),
        )),
        Modifier::Prefix | Modifier::FinalPrefix | Modifier::Exact if takes_from(path, &location.uri) => {
            let backend = &answers.backend;
            let leads_there = |section: Section<'_>| {
                let leads =
                    |target: &Target| target.leads_to(&backend.host.to_string(), backend.port.number());
                section.target.as_ref().is_some_and(leads)
            };
            let is_same = Section::read(loaded, server, location.placed).is_some_and(leads_there);
            let advice =
                if is_same { "it leads to the same server" } else { "see that it leads to the same backend" };
            let text = format!("{place}: {uri} is answered here and not by Guacamole's location; {advice}");
            Some((!is_same, Rule::TakenOver, text))
        }
        _ => None,
    }
}

/// Whether what begins with `uri` is taken away from Guacamole.
fn takes_from(path: &PublicPath, uri: &str) -> bool {
    let Some(inner) = uri.strip_prefix(path.as_str()) else { return false };
    let first = inner.split('/').next().unwrap_or_default();
    // At the root of a site only what has the name of something of Guacamole's is in its way.
    inner.is_empty() || !path.is_root() || OF_GUACAMOLE.contains(&first)
}
