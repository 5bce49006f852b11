//! The valve that believes the proxy about the client.

use super::header::{HEADERS, is_default};
use super::{Ground, because, context_valve, note};
use crate::config::tomcat::{
    Element, Inserted, Meaning, REMOTE_IP_VALVE, Revision, Service, meaning, to_grammar, trust_the_same,
};
use crate::model::{Answers, Field, Note, Rule, Version};
use crate::plan::PlanError;

/// What the protocol's header says of a client that came by https.
const HTTPS_VALUE: &str = "protocolHeaderHttpsValue";
/// What the manual calls `proxiesHeader`, and Tomcat does not know.
const MISNAMED: &str = "remoteIpProxiesHeader";

/// Mends every valve that a request to the host passes, or gives the host one.
pub(super) fn revise<'a>(
    answers: &Answers,
    ground: &Ground<'a>,
    service: Service<'a>,
    revision: &mut Revision<'a>,
    notes: &mut Vec<Note>,
) -> Result<(), PlanError> {
    revision.for_field(Field::Proxies);
    let Some(engine) = service.engine else {
        let message = "the Service of the connector has no Engine, so no place for a valve".to_owned();
        return ground.refused(service.element, message, "name the server.xml that Tomcat starts with");
    };
    let of = |parent: Element<'a>| parent.children_named("Valve").filter(|valve| valve.is_remote_ip_valve());
    let mut valves: Vec<_> = of(engine).collect();
    let host = match host(ground, service, engine) {
        Ok(host) => Some(host),
        // A valve of the engine serves every host, whichever is meant.
        Err(_) if !valves.is_empty() => None,
        Err(error) => return Err(error),
    };
    let context = answers.backend.context.bare().unwrap_or_default();
    let own_context = |parent: Element<'a>| {
        let contexts = parent.children_named("Context");
        contexts.filter(move |own| own.value("path").unwrap_or_default() == context)
    };
    valves.extend(host.into_iter().flat_map(|host| of(host).chain(own_context(host).flat_map(of))));
    if let Some(host) = host {
        about_names(ground, service, engine, host, notes);
    }
    if ground.version().is_none() {
        note(
            notes,
            false,
            None,
            format!(
                "{}: the version of this Tomcat is unknown; internalProxies is read and written as a regular \
                 expression, as all but Tomcat 12 understand it",
                ground.file.display()
            ),
        );
    }
    let elsewhere: Vec<_> = context_valve::on_the_way(answers, ground).collect();
    match (&valves[..], host) {
        ([], _) if !elsewhere.is_empty() => {
            for valve in elsewhere {
                notes.push(context_valve::what_it_must_hold(answers, ground, valve));
            }
        }
        ([], Some(host)) => {
            ground.editable(host)?;
            about_filters(ground, host, notes);
            revision.insert_first(host, Some(engine), &new(answers, ground.version()), because("className"));
        }
        (valves, _) => {
            for valve in valves {
                mend(answers, ground, ground.editable(*valve)?, revision, notes);
            }
            notes.extend(elsewhere.into_iter().map(context_valve::doubled));
            if let [_, second, ..] = valves {
                note(
                    notes,
                    true,
                    Some(Rule::ValveDoubled),
                    format!(
                        "{}:{}: a second RemoteIpValve stands on the way to the same host; both are given the same \
                         values, one of them can be taken out",
                        ground.file.display(),
                        ground.line(*second)
                    ),
                );
            }
        }
    }
    Ok(())
}

/// By which names requests reach the host.
fn about_names(
    ground: &Ground<'_>,
    service: Service<'_>,
    engine: Element<'_>,
    host: Element<'_>,
    notes: &mut Vec<Note>,
) {
    let at = format!("{}:{}", ground.file.display(), ground.line(host));
    let name = host.value("name").unwrap_or_default();
    let default = engine.value("defaultHost").unwrap_or_default();
    if service.hosts().count() > 1 && ground.called(service).is_some() {
        let text = format!("{at}: of several hosts this one has a name of the site, and serves its requests");
        note(notes, false, None, text);
    } else if service.hosts().count() > 1 {
        let text = format!(
            "{at}: there are several hosts; {} is the engine's default, and a request that names another is served \
             there",
            name.escape_debug()
        );
        note(notes, true, None, text);
    } else if !name.eq_ignore_ascii_case(default) && !format!("{name}{default}").contains("${") {
        let text = format!(
            "{at}: the engine's defaultHost is \"{}\", which is no host here; only a request that names {} is served",
            default.escape_debug(),
            name.escape_debug()
        );
        note(notes, true, None, text);
    }
}

/// Those who let in by address behind the new valve: the proxy was let in so far, and its clients are asked for now.
fn about_filters(ground: &Ground<'_>, host: Element<'_>, notes: &mut Vec<Note>) {
    for filter in host.children_named("Valve").filter(|valve| valve.filters_addresses()) {
        let text = format!(
            "{}:{}: this valve lets in by address, and sees the client's from now on instead of the proxy's; where it is \
             meant for the proxy, move it before the RemoteIpValve or into the Engine",
            ground.file.display(),
            ground.line(filter)
        );
        note(notes, true, None, text);
    }
}

/// The valve as it is inserted or pasted.
pub(super) fn new(answers: &Answers, version: Option<&Version>) -> Inserted {
    let mut lines = vec![
        vec![("className", REMOTE_IP_VALVE.to_owned())],
        vec![("internalProxies", to_grammar(&answers.trust, version))],
    ];
    lines.extend(HEADERS.map(|(name, value)| vec![(name, value.to_owned())]));
    Inserted { name: "Valve", lines, words: "the client's address, as the proxy tells it" }
}

/// The host that serves the context: the only one, else that which has a name of the site, else the engine's default.
fn host<'a>(
    ground: &Ground<'a>,
    service: Service<'a>,
    engine: Element<'a>,
) -> Result<Element<'a>, PlanError> {
    let hosts: Vec<_> = service.hosts().collect();
    let default = engine.value("defaultHost").unwrap_or_default();
    let is_default = |host: &&Element<'a>| {
        host.value("name").is_some_and(|name| name.eq_ignore_ascii_case(default) && !name.contains("${"))
    };
    if let Some(called) = ground.called(service) {
        return Ok(called);
    }
    match (&hosts[..], &hosts.iter().filter(is_default).collect::<Vec<_>>()[..]) {
        ([one], _) => Ok(*one),
        (_, [one]) => Ok(**one),
        ([], _) => {
            let message = "the Engine has no Host, so no place for a valve".to_owned();
            ground.refused(engine, message, "name the server.xml that Tomcat starts with")
        }
        (several, _) => {
            let names: Vec<_> = several.iter().filter_map(|host| host.value("name")).collect();
            let message = format!(
                "several hosts could be meant ({}), and the Engine's defaultHost \"{}\" is not exactly one of them",
                names.join(", ").escape_debug(),
                default.escape_debug()
            );
            ground.refused(
                engine,
                message,
                "write the name of the host that serves Guacamole into defaultHost",
            )
        }
    }
}

fn mend<'a>(
    answers: &Answers,
    ground: &Ground<'a>,
    valve: Element<'a>,
    revision: &mut Revision<'a>,
    notes: &mut Vec<Note>,
) {
    let at = format!("{}:{}", ground.file.display(), ground.line(valve));
    let version = ground.version();
    let written = valve.value("internalProxies");
    let found = written.map(|value| meaning(value, version));
    let right = matches!(&found, Some(Meaning::Proxies(list)) if trust_the_same(list, &answers.trust));
    if !right {
        let list = to_grammar(&answers.trust, version);
        revision.set(valve, "internalProxies", &list, because("internalProxies"));
        let (rule, fault) = match found {
            None => (Some(Rule::ProxiesDefault), "is missing, so that every private address is believed"),
            Some(Meaning::Invalid) => (
                Some(Rule::ProxiesInvalid),
                "cannot be read by this Tomcat, so that every private address is believed",
            ),
            Some(Meaning::NeverMatches) => {
                (Some(Rule::ProxiesGrammar), "matches no address, so that no proxy is believed")
            }
            Some(Meaning::Open) => {
                (Some(Rule::ProxiesOpen), "matches any address, so that every client can forge its own")
            }
            Some(Meaning::Unknown) => {
                (None, "cannot be turned back into addresses, and is replaced by the list given")
            }
            Some(Meaning::Proxies(_)) => {
                (None, "trusts other proxies than the list given, and is replaced by it")
            }
        };
        note(notes, true, rule, format!("{at}: internalProxies {fault}"));
    }
    for (name, value) in HEADERS {
        header(valve, name, value, version, revision);
    }
    // The header's own value, where another was looked for.
    if valve.value(HTTPS_VALUE).is_some_and(|value| !value.eq_ignore_ascii_case("https")) {
        revision.set(valve, HTTPS_VALUE, "https", because(HTTPS_VALUE));
    }
    if valve.attribute("trustedProxies").is_some() {
        note(
            notes,
            true,
            None,
            format!(
                "{at}: trustedProxies is left as it is; what it matches is believed as well as the list given"
            ),
        );
    }
}

/// Header names are alike whatever their case; what Tomcat's default already says is not written.
fn header<'a>(
    valve: Element<'a>,
    name: &str,
    sent: &str,
    version: Option<&Version>,
    revision: &mut Revision<'a>,
) {
    let misnamed = (name == "proxiesHeader").then(|| valve.value(MISNAMED)).flatten();
    match (valve.value(name), misnamed) {
        (None, Some(_)) => revision.rename(valve, MISNAMED, name, sent, because(MISNAMED)),
        (Some(_), Some(_)) => revision.remove(valve, MISNAMED, because(MISNAMED)),
        (_, None) => {}
    }
    let right = match valve.value(name) {
        Some(written) => written.eq_ignore_ascii_case(sent),
        None => misnamed.is_some() || is_default(name, version),
    };
    if !right {
        revision.set(valve, name, sent, because(name));
    }
}
