//! A valve that stands in the file of an application's context: it does what one in server.xml would do, and is not
//! edited here, as the file is the application's own.

use super::Ground;
use super::header::{HEADERS, is_default};
use crate::config::tomcat::{Meaning, meaning, to_grammar, trust_the_same};
use crate::model::{Answers, ContextValve, Note, Rule, printable_path};

/// Those that the requests for the application pass.
pub(super) fn on_the_way<'a>(
    answers: &'a Answers,
    ground: &Ground<'a>,
) -> impl Iterator<Item = &'a ContextValve> + use<'a> {
    ground.tomcat.context_valves.iter().filter(|valve| valve.is_for(answers.backend.context.as_str()))
}

/// Where it stands, why server.xml gets none, and what has to be written into it.
pub(super) fn what_it_must_hold(answers: &Answers, ground: &Ground<'_>, valve: &ContextValve) -> Note {
    let at = place(valve);
    let version = ground.version();
    let trusts = valve.value("internalProxies").map(|written| meaning(written, version));
    let mut wanted = Vec::new();
    if !matches!(trusts, Some(Meaning::Proxies(list)) if trust_the_same(&list, &answers.trust)) {
        wanted.push(format!("internalProxies=\"{}\"", to_grammar(&answers.trust, version)));
    }
    wanted.extend(HEADERS.iter().filter_map(|(name, sent)| {
        let is_right =
            valve.value(name).map_or(is_default(name, version), |own| own.eq_ignore_ascii_case(sent));
        (!is_right).then(|| format!("{name}=\"{sent}\""))
    }));
    let text = if wanted.is_empty() {
        format!(
            "{at}: a RemoteIpValve stands here and says what is asked for; server.xml gets none beside it"
        )
    } else {
        format!(
            "{at}: a RemoteIpValve stands here, so that server.xml gets none beside it; write {} into it by hand",
            wanted.join(" ")
        )
    };
    Note { warning: !wanted.is_empty(), text, rule: None }
}

/// That one of server.xml runs before it.
pub(super) fn doubled(valve: &ContextValve) -> Note {
    let text = format!(
        "{}: a second RemoteIpValve stands here, after the one in server.xml; it can be taken out",
        place(valve)
    );
    Note { warning: true, text, rule: Some(Rule::ValveDoubled) }
}

fn place(valve: &ContextValve) -> String {
    format!("{}:{}", printable_path(&valve.file), valve.line)
}
