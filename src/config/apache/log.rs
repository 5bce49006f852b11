//! Access logs: which of them take a virtual host's requests, and on what condition.

use super::load::{Item, Loaded};
use std::borrow::Cow;

/// What has to be so for a log to take a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogCondition {
    /// Nothing: it takes every request.
    Always,
    /// `env=name`: the variable is set.
    If(String),
    /// `env=!name`: the variable is not set.
    Unless(String),
    /// `expr=…`.
    Expression,
}

/// Every log that takes the requests of a virtual host and that may have a condition.
///
/// # Source
/// `mod_log_config`: a virtual host with a `CustomLog` of its own leaves the server's, but not a `GlobalLog`.
pub fn logs<'a>(loaded: &'a Loaded, host: &'a Item) -> Vec<&'a Item> {
    let mut logs: Vec<&Item> = host.named("customlog").collect();
    let of_the_server = |name: &'static str| loaded.items.iter().filter(move |item| item.name == name);
    if logs.is_empty() {
        logs.extend(of_the_server("customlog"));
    }
    logs.extend(of_the_server("globallog"));
    logs
}

/// The condition of a log.
pub fn log_condition(log: &Item) -> LogCondition {
    let said = log.arguments().iter().skip(1).find_map(|argument| {
        if argument.starts_with("expr=") {
            return Some(LogCondition::Expression);
        }
        let name = argument.strip_prefix("env=")?;
        Some(match name.strip_prefix('!') {
            Some(name) => LogCondition::Unless(name.to_owned()),
            None => LogCondition::If(name.to_owned()),
        })
    });
    said.unwrap_or(LogCondition::Always)
}

/// Whether a request is logged, so far as `SetEnvIf Request_URI` decides it; `None` where no log can be judged by that.
pub fn is_logged(loaded: &Loaded, host: &Item, path: &str) -> Option<bool> {
    let logged = |log: &Item| match log_condition(log) {
        LogCondition::Always => Some(true),
        LogCondition::Unless(name) => Some(marked(loaded, host, path, &name) != Some(true)),
        LogCondition::If(name) => Some(marked(loaded, host, path, &name) != Some(false)),
        LogCondition::Expression => None,
    };
    let judged: Vec<bool> = logs(loaded, host).into_iter().filter_map(logged).collect();
    (!judged.is_empty()).then(|| judged.contains(&true))
}

/// Whether a request for a path has a variable set, or unset; `None` where no line says anything of it.
fn marked(loaded: &Loaded, host: &Item, path: &str, name: &str) -> Option<bool> {
    let mut state = None;
    for item in loaded.items.iter().chain(&host.children) {
        let Some(variables) = set_for(item, path) else { continue };
        for variable in variables {
            let (bare, set) = variable.strip_prefix('!').map_or((&*variable, true), |bare| (bare, false));
            if bare.split('=').next() == Some(name) {
                state = Some(set);
            }
        }
    }
    state
}

/// What a `SetEnvIf` sets for requests of a path; `None` where it is none or does not match.
pub(super) fn set_for<'a>(item: &'a Item, path: &str) -> Option<Vec<Cow<'a, str>>> {
    let no_case = match item.name.as_str() {
        "setenvif" => false,
        "setenvifnocase" => true,
        _ => return None,
    };
    let arguments = item.arguments();
    let [attribute, pattern, variables @ ..] = arguments.as_slice() else { return None };
    let is_matched = crate::config::matches_in(pattern, path, no_case)?;
    (attribute.eq_ignore_ascii_case("Request_URI") && is_matched).then(|| variables.to_vec())
}

#[cfg(test)]
mod tests {
    use super::super::load::Facts;
    use super::*;
    use crate::config::MemoryFiles;
    use std::path::Path;

    fn logged(server: &str, host: &str) -> Option<bool> {
        let text = format!("{server}\n<VirtualHost *:80>\n{host}\n</VirtualHost>\n");
        let files = MemoryFiles([("/m".into(), text.as_bytes().into())].into());
        let loaded = Loaded::read(Path::new("/m"), &Facts::default(), &files);
        let host = loaded.items.iter().find(|item| item.name == "virtualhost").expect("a host");
        is_logged(&loaded, host, "/g/tunnel")
    }

    #[test]
    fn a_request_is_logged_where_one_log_takes_it() {
        let mark = "SetEnvIf Request_URI ^/g/tunnel$ quiet";
        for (server, host, wanted) in [
            ("", "", None),
            ("CustomLog a b", "", Some(true)),
            ("CustomLog a b", "CustomLog a b expr=true", None),
            ("CustomLog a b", "CustomLog a b env=!quiet", Some(true)),
            (mark, "CustomLog a b env=!quiet", Some(false)),
            (mark, "CustomLog a b env=!quiet\nSetEnvIf Request_URI tunnel !quiet", Some(true)),
            ("", "CustomLog a b env=!quiet\nSetEnvIf Request_URI ^/other quiet", Some(true)),
            ("", "CustomLog a b env=loud", Some(true)),
            ("SetEnvIfNoCase request_uri ^/G/ !loud", "CustomLog a b env=loud", Some(false)),
            ("GlobalLog a b", "CustomLog a b expr=true", Some(true)),
        ] {
            assert_eq!(logged(server, host), wanted, "{server} | {host}");
        }
    }
}
