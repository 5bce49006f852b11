//! What Tomcat said of its own configuration when it started.

use crate::config::Files as _;
use crate::model::Rule;
use crate::system::System;
use crate::verify::Diagnosis;
use std::ffi::OsString;
use std::path::Path;

/// Attributes of which another rule tells.
const TOLD: [(&str, &[Rule]); 2] = [
    ("[remoteIpProxiesHeader]", &[Rule::ProxiesHeader]),
    ("[internalProxies]", &[Rule::ProxiesInvalid, Rule::ProxiesGrammar]),
];
/// As much of a log's end as is looked at, in bytes.
const TAIL: usize = 1 << 20;

/// The first warning about server.xml since the last start, in the newest log of that name.
pub(super) fn warning(system: &System, base: &Path, known: &[Diagnosis]) -> Option<Diagnosis> {
    let logs = base.join("logs");
    let names = system.names(&logs);
    let file = logs.join(newest(&names)?);
    let bytes = system.read(&file).ok()?;
    let tail = bytes.len().saturating_sub(TAIL);
    let text = String::from_utf8_lossy(&bytes[tail..]).into_owned();
    let start = text.rfind("Server version name:").unwrap_or(0);
    let line = text[start..].lines().find(|line| is_warning(line) && !is_told(line, known))?;
    let at = text[..start + text[start..].find(line).unwrap_or(0)].matches('\n').count();
    let before = bytes[..tail].iter().filter(|&&byte| byte == b'\n').count();
    let detail = "Tomcat said so when it started last";
    Some(Diagnosis::at(Rule::ConfigWarnings, &file, &bytes, before + at + 1, detail))
}

/// The log of the latest day, `catalina.2026-11-23.log`; their names sort as their days do.
fn newest(names: &[OsString]) -> Option<&OsString> {
    let is_dated = |name: &&OsString| {
        let name = name.to_string_lossy();
        name.starts_with("catalina.2") && name.ends_with(".log")
    };
    names.iter().rfind(is_dated).or_else(|| names.iter().find(|name| *name == "catalina.out"))
}

/// What Tomcat says of its own configuration: an attribute that is not known, a value that is refused, an element that
/// is not understood, a part that does not start.
///
/// # Source
/// Tomcat, `SetPropertiesRule`, `SetAllPropertiesRule`, `IntrospectionUtils`, `Digester`, `StandardService`,
/// `LifecycleBase`; "did not find a matching property" in 8.5 and earlier.
const OF_CONFIGURATION: [&str; 9] = [
    "failed to set property",
    "Error setting property",
    "did not find a matching property",
    "No rules found matching",
    "Begin event threw",
    "End event threw",
    "Failed to initialize connector",
    "Failed to initialize component [Connector",
    "Failed to start component [Connector",
];

fn is_warning(line: &str) -> bool {
    (line.contains("WARNING") || line.contains("SEVERE"))
        && OF_CONFIGURATION.iter().any(|words| line.contains(words))
}

fn is_told(line: &str, known: &[Diagnosis]) -> bool {
    TOLD.iter().any(|(attribute, rules)| {
        // Before 9.0 the attribute stands between quotes.
        let quoted = format!("'{}'", attribute.trim_matches(['[', ']']));
        (line.contains(attribute) || line.contains(&quoted))
            && known.iter().any(|diagnosis| rules.contains(&diagnosis.rule))
    })
}
