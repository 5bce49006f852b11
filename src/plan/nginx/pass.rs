//! Where a location that somebody wrote leads, and how much of their own way to say so may stay: the name of an
//! upstream, a variable that nginx looks up anew, a rewriting that makes the one path of the other.

use super::setting::same_path;
use crate::config::nginx::{Directive, Loaded, Placed, Section, Target};
use crate::model::{Answers, Host, Note, Rule, masked, printable};

/// The `rewrite` that makes the context path of the public path, where nothing but the backend's host is left to say.
pub(super) fn kept_rewrite<'a>(answers: &Answers, section: &Section<'a>) -> Option<Placed<'a>> {
    let (placed, rewrite) = section.rewrite().filter(|_| !section.says_uri_itself())?;
    let context = rewrite.context(answers.frontend.public_path.as_str())?;
    (context == answers.backend.context.as_str()).then_some(placed)
}

/// Whether a `proxy_pass` leads where the answers say.
pub(super) fn is_met(answers: &Answers, section: &Section<'_>, directive: Directive<'_>) -> bool {
    let Some(target) = section.target.as_ref().filter(|target| leads_there(answers, target)) else {
        return false;
    };
    if section.decoded.is_some() {
        return false;
    }
    // With a variable in it the URI is sent as it stands, whatever was asked for.
    let has_variable = || directive.first_argument().contains('$');
    kept_rewrite(answers, section).is_some()
        || match &target.uri {
            Some(uri) => uri == answers.backend.context.as_str() && !has_variable(),
            None => same_path(answers),
        }
}

/// What a `proxy_pass` has to say: `plain`, or the same with their own name for a backend that it leads to already.
pub(super) fn wanted(
    answers: &Answers,
    section: Option<&Section<'_>>,
    directive: Directive<'_>,
    plain: &str,
) -> String {
    let written = directive.first_argument();
    let uri = if same_path(answers) { "" } else { answers.backend.context.as_str() };
    let is_rewritten = section.is_some_and(|section| kept_rewrite(answers, section).is_some());
    let leads = section.and_then(|section| section.target.as_ref()).is_some_and(|t| leads_there(answers, t));
    // What hands the path on decoded goes; where it hides behind another name, with all of the URL.
    let decoded = section.and_then(|section| section.decoded.as_deref());
    let is_told = |rest: &str| decoded.is_none_or(|variable| rest.contains(variable));
    let own = written.split_once("://").filter(|(_, rest)| leads && is_told(rest)).map(|(scheme, rest)| {
        let end = rest.find('/').into_iter().chain(decoded.and_then(|variable| rest.find(variable)));
        format!("{scheme}://{}", &rest[..end.min().unwrap_or(rest.len())])
    });
    match own {
        Some(own) if !own.contains('$') => format!("{own}{}", if is_rewritten { "" } else { uri }),
        // Beside a variable nothing may be said of the path.
        Some(own) if uri.is_empty() && !own.contains("$request_uri") && !own.contains("$uri") => own,
        _ if is_rewritten => plain.strip_suffix(uri).unwrap_or(plain).to_owned(),
        _ => plain.to_owned(),
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

fn leads_there(answers: &Answers, target: &Target) -> bool {
    target.leads_to(&answers.backend.host.to_string(), answers.backend.port.number())
}
