//! The parameters of a `ProxyPass` that somebody wrote by hand: those that the answers decide become theirs, the others
//! stay.

use super::Work;
use super::body::Body;
use super::edits::argument_spans;
use crate::config::Edit;
use crate::config::apache::Section;
use crate::model::Field;
use crate::plan::PlanError;
use std::borrow::Cow;

/// What a balancer alone knows: of a server httpd refuses it.
///
/// # Source
/// httpd's `mod_proxy`, the balancer's parameters of `ProxyPass`, and `set_balancer_param` in its `mod_proxy.c`.
const OF_BALANCERS: [&str; 11] = [
    "lbmethod",
    "stickysession",
    "stickysessionsep",
    "scolonpathdelim",
    "nofailover",
    "maxattempts",
    "failonstatus",
    "failontimeout",
    "forcerecovery",
    "growth",
    "nonce",
];

/// Whether a parameter of the general `ProxyPass` is for the answers to decide.
pub(super) fn is_decided(parameter: &str, body: &Body) -> bool {
    is(parameter, "timeout") || (is(parameter, "upgrade") && !body.has_websocket)
}

/// Whether a parameter is one of the balancer that the section goes to, and goes with it.
pub(super) fn is_of_balancer(parameter: &str, section: &Section<'_>) -> bool {
    section.goes_to_balancer() && OF_BALANCERS.iter().any(|key| is(parameter, key))
}

/// Whether the WebSocket has a time of its own, which stays.
pub(super) fn has_own_time(tunnel: &Section<'_>, general: &Section<'_>) -> bool {
    let own = tunnel.parameter("timeout");
    own.is_some() && own != general.parameter("timeout")
}

/// What is to be kept of the WebSocket's parameters where it gets a section of its own.
pub(super) fn of_tunnel<'a>(tunnel: &Section<'a>, general: &Section<'_>, body: &Body) -> Vec<Cow<'a, str>> {
    let (keeps, ours) = (has_own_time(tunnel, general), body.parameters());
    let is_kept = |own: &Cow<'_, str>| {
        !ours.iter().any(|our| our == own) && (keeps || !is(own, "timeout")) && !is_of_balancer(own, tunnel)
    };
    tunnel.parameters().into_iter().filter(is_kept).collect()
}

/// The edits that make the decided ones those of the answers.
///
/// # Errors
/// Where a variable stands for several words, so that it cannot be told which of them to edit.
pub(super) fn changes(work: &Work<'_>, section: &Section<'_>, body: &Body) -> Result<Vec<Edit>, PlanError> {
    let pass = section.pass;
    let arguments = pass.arguments();
    let first = arguments.len() - section.parameters().len();
    let mut edits = Vec::new();
    let mut has_timeout = false;
    for (at, own) in arguments.iter().enumerate().skip(first).filter(|(_, own)| is_decided(own, body)) {
        let wanted = body.timeout.filter(|_| is(own, "timeout") && !has_timeout);
        let wanted = wanted.map(|seconds| format!("timeout={seconds}"));
        has_timeout |= wanted.is_some();
        if wanted.as_deref() == Some(&**own) {
            continue;
        }
        let spans = argument_spans(work, pass)?;
        let (field, why) = reason(own);
        // What goes takes the blanks before it along.
        let start = if wanted.is_some() { spans[at].start } else { spans[at - 1].end };
        let text = wanted.unwrap_or_default().into_bytes();
        edits.push(Edit { span: start..spans[at].end, text, field: Some(field), why: why.to_owned() });
    }
    if let Some(seconds) = body.timeout.filter(|_| !has_timeout) {
        let words = format!("timeout={seconds}");
        let (field, why) = reason(&words);
        edits.push(super::edits::appended(work.loaded, pass, &words, field, why));
    }
    Ok(edits)
}

/// The edits that take a balancer's own parameters away, for a server that comes in its place.
///
/// # Errors
/// Where a variable stands for several words, so that it cannot be told which of them to edit.
pub(super) fn without_balancer(work: &Work<'_>, section: &Section<'_>) -> Result<Vec<Edit>, PlanError> {
    let arguments = section.pass.arguments();
    let first = arguments.len() - section.parameters().len();
    let theirs = arguments.iter().enumerate().skip(first).filter(|(_, own)| is_of_balancer(own, section));
    let gone = |(at, _): (usize, _)| {
        let spans = argument_spans(work, section.pass)?;
        let why = "a balancer's parameter, which httpd refuses of a server".to_owned();
        let span = spans[at - 1].end..spans[at].end;
        Ok(Edit { span, text: Vec::new(), field: Some(Field::Host), why })
    };
    theirs.map(gone).collect()
}

fn is(parameter: &str, key: &str) -> bool {
    parameter.split_once('=').is_some_and(|(own, _)| own.eq_ignore_ascii_case(key))
}

fn reason(parameter: &str) -> (Field, &'static str) {
    if is(parameter, "timeout") {
        (Field::ReadTimeout, "how long a silent Tomcat is waited for")
    } else {
        (Field::WebSocket, "the WebSocket is switched off")
    }
}
