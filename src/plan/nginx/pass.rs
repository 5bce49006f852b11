//! Where a location that somebody wrote leads, and how much of their own way to say so may stay: the name of an
//! upstream, a variable that nginx looks up anew, a rewriting that makes the one path of the other.

use super::setting::same_path;
use crate::config::nginx::{Directive, Loaded, Placed, Section, Target};
use crate::model::{Answers, Host, Note, masked, printable};

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
    let own = written.split_once("://").filter(|_| leads).map(|(scheme, rest)| {
        let end = rest.find('/').unwrap_or(rest.len());
        format!("{scheme}://{}", &rest[..end])
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

fn leads_there(answers: &Answers, target: &Target) -> bool {
    target.leads_to(&answers.backend.host.to_string(), answers.backend.port.number())
}
