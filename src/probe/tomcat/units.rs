//! The systemd units that start a Tomcat, and the base each of them names.

use crate::config::{Files as _, Matcher};
use crate::probe::process::UNIT_FOLDERS;
use crate::system::System;
use std::path::{Path, PathBuf};

/// Where Red Hat's `tomcat@NAME.service` has the base of each instance, unless a file says otherwise.
const INSTANCES: &str = "/var/lib/tomcats";

/// A unit that names a Tomcat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    /// `tomcat10.service`.
    pub(super) name: String,
    /// Its `CATALINA_BASE`.
    pub(super) base: PathBuf,
    /// Its `CATALINA_HOME`, where it says one.
    pub(super) home: Option<PathBuf>,
}

/// Every unit that names a Tomcat, instances of a template each by itself.
pub(super) fn all(system: &System) -> Vec<Unit> {
    let mut found: Vec<Unit> = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for folder in UNIT_FOLDERS.map(Path::new) {
        for name in system.names(folder) {
            let Some(name) = name.to_str().filter(|name| name.ends_with(".service")) else { continue };
            // Of a distribution's hundreds of units only Tomcat's own are of interest; an administrator's may have
            // any name.
            let own = name.contains("tomcat") || name.contains("tomee") || folder.starts_with("/etc");
            if !own || seen.iter().any(|unit| unit == name) {
                continue;
            }
            seen.push(name.to_owned());
            let Ok(bytes) = system.read(&folder.join(name)) else { continue };
            let text = with_drop_ins(system, name, String::from_utf8_lossy(&bytes).into_owned());
            match name.strip_suffix("@.service") {
                Some(template) => found.extend(instances(system, template, &text)),
                None => found.extend(read(system, name.to_owned(), &text)),
            }
        }
    }
    found
}

/// The unit of a base.
pub(super) fn of(system: &System, units: &[Unit], base: &Path) -> Option<String> {
    let base = system.resolve(base).ok()?;
    let mut same = units.iter().filter(|unit| system.resolve(&unit.base).is_ok_and(|other| other == base));
    same.next().map(|unit| unit.name.clone())
}

fn with_drop_ins(system: &System, name: &str, mut text: String) -> String {
    for folder in UNIT_FOLDERS {
        for more in system.glob(Path::new(&format!("{folder}/{name}.d/*.conf")), Matcher::Apr) {
            if let Ok(bytes) = system.read(&more) {
                text.push('\n');
                text.push_str(&String::from_utf8_lossy(&bytes));
            }
        }
    }
    text
}

fn read(system: &System, name: String, text: &str) -> Option<Unit> {
    let text = with_environment_files(system, text);
    let home = variable(&text, "CATALINA_HOME");
    let base = variable(&text, "CATALINA_BASE").or_else(|| home.clone())?;
    Some(Unit { name, base, home })
}

/// The instances of a template that are enabled, or have a base where Red Hat's package has them.
fn instances(system: &System, template: &str, text: &str) -> Vec<Unit> {
    let mut names: Vec<String> = UNIT_FOLDERS
        .iter()
        .flat_map(|folder| system.glob(Path::new(&format!("{folder}/*.wants")), Matcher::Apr))
        .flat_map(|wants| system.names(&wants))
        .filter_map(|name| {
            let name = name.to_str()?.strip_prefix(template)?.strip_prefix('@')?;
            name.strip_suffix(".service").map(ToOwned::to_owned)
        })
        .collect();
    if template == "tomcat" {
        names.extend(
            system.names(Path::new(INSTANCES)).into_iter().filter_map(|name| name.into_string().ok()),
        );
    }
    names.sort();
    names.dedup();
    let unit = |instance: &String| {
        let text = text.replace("%i", instance).replace("%I", instance);
        let name = format!("{template}@{instance}.service");
        let default = Path::new(INSTANCES).join(instance);
        let mut unit = read(system, name.clone(), &text);
        if template == "tomcat" && system.is_dir(&default) {
            let home = unit.and_then(|unit| unit.home);
            unit = Some(Unit { name, base: default, home });
        }
        unit
    };
    names.iter().filter_map(unit).collect()
}

/// The unit's text, and what its environment files assign as if it stood there: they outdo it.
fn with_environment_files(system: &System, unit: &str) -> String {
    let mut text = unit.to_owned();
    let files = unit.lines().filter_map(|line| line.trim().strip_prefix("EnvironmentFile="));
    for file in files.map(|file| Path::new(file.trim_start_matches('-'))) {
        let Ok(bytes) = system.read(file) else { continue };
        for line in String::from_utf8_lossy(&bytes).lines().filter(|line| !line.trim().starts_with('#')) {
            text.push_str(&format!("\nEnvironment={}", line.trim().replace(['"', '\''], "")));
        }
    }
    text
}

/// The last value a unit's `Environment=` lines give a variable, where it is an absolute path.
pub(super) fn variable(unit: &str, name: &str) -> Option<PathBuf> {
    let assignments = unit
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Environment="))
        .flat_map(|line| line.split(['"', '\'', ' ', '\t']))
        .filter_map(|word| word.split_once('='));
    let value = assignments.filter(|(key, _)| *key == name).map(|(_, value)| value).next_back()?;
    Some(PathBuf::from(value.trim_end_matches('/'))).filter(|path| path.is_absolute())
}
