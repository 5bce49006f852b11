//! Where a location that somebody wrote leads, and how much of their own way to say so may stay: the name of an
//! upstream, a variable that nginx looks up anew, a rewriting that makes the one path of the other.

use super::setting::same_path;
use crate::config::nginx::{Directive, Loaded, Placed, Section, Target, variable_at};
use crate::model::{Answers, Host, Note, Rule, masked, printable};

/// The `rewrite` that makes the context path of the public path, where nothing but the backend's host is left to say.
pub(super) fn kept_rewrite<'a>(answers: &Answers, section: &Section<'a>) -> Option<Placed<'a>> {
    let (placed, rewrite) = section.rewrite().filter(|_| !section.says_uri_itself())?;
    let context = rewrite.context(answers.frontend.public_path.as_str())?;
    (context == answers.backend.context.as_str()).then_some(placed)
}

/// Whether a `proxy_pass` says what it has to.
pub(super) fn is_met(answers: &Answers, section: &Section<'_>, directive: Directive<'_>) -> bool {
    section.decoded.is_none() && is_led_right(answers, section, directive)
}

/// Whether a `proxy_pass` leads where the answers say, decoded or not.
fn is_led_right(answers: &Answers, section: &Section<'_>, directive: Directive<'_>) -> bool {
    let Some(target) = section.target.as_ref().filter(|target| leads_there(answers, target)) else {
        return false;
    };
    // With a variable in it the URI is sent as it stands, whatever was asked for.
    let has_variable = || directive.first_argument().contains('$');
    kept_rewrite(answers, section).is_some()
        || match &target.uri {
            Some(uri) => uri == answers.backend.context.as_str() && !has_variable(),
            None => same_path(answers),
        }
}

/// What a `proxy_pass` has to say: `plain`, or the same with their own name for a backend that it leads to already;
/// `reached` is where it leads, so far as that can be told.
pub(super) fn wanted(
    answers: &Answers,
    section: Option<&Section<'_>>,
    reached: Option<&Target>,
    directive: Directive<'_>,
    plain: &str,
) -> String {
    let written = directive.first_argument();
    let uri = if same_path(answers) { "" } else { answers.backend.context.as_str() };
    let is_rewritten = section.is_some_and(|section| kept_rewrite(answers, section).is_some());
    let (uri, plain) =
        if is_rewritten { ("", plain.strip_suffix(uri).unwrap_or(plain)) } else { (uri, plain) };
    let Some(target) = reached.filter(|target| leads_there(answers, target)) else { return plain.to_owned() };
    // What hands the path on decoded goes; where it hides behind another name, with all of the URL.
    let decoded = section.and_then(|section| section.decoded.as_deref());
    let own = written.split_once("://").and_then(|(scheme, rest)| {
        let end = match decoded {
            Some(variable) => variable_at(rest, &[variable.trim_start_matches('$')])?,
            None => rest.len(),
        };
        let end = rest.find('/').map_or(end, |slash| slash.min(end));
        (end > 0).then(|| format!("{scheme}://{}", &rest[..end]))
    });
    let says_path = |own: &str| variable_at(own, &["request_uri", "uri", "document_uri"]).is_some();
    match own {
        Some(own) if !own.contains('$') => format!("{own}{uri}"),
        // Beside a variable nothing may be said of the path.
        Some(own) if uri.is_empty() && !says_path(&own) => own,
        // A variable is what nginx makes of it: the name of an upstream is more than its first server.
        _ => format!("http://{}{uri}", target.name),
    }
}

/// What is lost with a `proxy_pass` that becomes another one.
pub(super) fn lost(
    answers: &Answers,
    section: Option<&Section<'_>>,
    (loaded, placed): (&Loaded, Placed<'_>),
    wanted: &str,
) -> Option<Note> {
    let (place, written) = (loaded.place(placed), placed.directive.first_argument());
    let target = section.and_then(|section| section.target.as_ref());
    if target.is_some_and(|target| target.tls) {
        let text = format!(
            "{place}: Tomcat was spoken to over TLS here ({}), and is over plain HTTP from now on, as guacfront knows no \
             other way",
            printable(&masked(&written))
        );
        return Some(Note::warning(text));
    }
    match &answers.backend.host {
        Host::Name(name) if written.contains('$') && !wanted.contains('$') => {
            let text = format!(
                "{place}: nginx looked {name} up while it ran, by a variable; from now on it does so at its start alone, \
                 and does not start where it finds no such name"
            );
            Some(Note::warning(text))
        }
        _ => None,
    }
}

/// Says that a path is handed on decoded no more.
pub(super) fn decoded_no_more(
    answers: &Answers,
    section: Option<&Section<'_>>,
    (loaded, placed): (&Loaded, Placed<'_>),
) -> Option<Note> {
    let variable = section?.decoded.as_ref()?;
    let now = if same_path(answers) { "as it came" } else { "encoded again" };
    let text = format!(
        "{}: {variable} handed the path on decoded, which names with a blank, % or a letter beyond ASCII do not survive; from \
         now on it is handed on {now}",
        loaded.place(placed)
    );
    Some(Note::info(text).of(Rule::PathDecoded))
}

/// Says that a path is handed on decoded by a line that leads right else and stays, as it stands in a file that others may
/// include, too.
pub(super) fn decoded_still(
    answers: &Answers,
    section: Option<&Section<'_>>,
    (loaded, placed): (&Loaded, Placed<'_>),
) -> Option<Note> {
    let section = section.filter(|section| is_led_right(answers, section, placed.directive))?;
    let variable = section.decoded.as_ref()?;
    let text = format!(
        "{}: {variable} hands the path on decoded, which names with a blank, % or a letter beyond ASCII do not survive; the \
         line stays, as it is in a file that the location includes: take what follows the host and port out of it",
        loaded.place(placed)
    );
    Some(Note::warning(text).of(Rule::PathDecoded))
}

/// Whether requests go to the backend of the answers.
pub(super) fn leads_there(answers: &Answers, target: &Target) -> bool {
    target.leads_to(&answers.backend.host.to_string(), answers.backend.port.number())
}
