//! Which applications a Tomcat serves, by what is deployed.

use super::below;
use super::places::Place;
use crate::config::Files as _;
use crate::config::tomcat::Configuration;
use crate::model::Version;
use crate::system::System;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The context paths found.
#[derive(Debug, Default)]
pub(super) struct Contexts {
    /// With both slashes, Guacamole's first.
    pub(super) paths: Vec<String>,
    /// Those whose classes speak of `javax.servlet`.
    pub(super) unconverted: Vec<String>,
}

/// A class file of some hundred kilobytes says which servlet API it was built for in its first constants.
const CLASS_LIMIT: u64 = 1 << 20;
/// Guacamole has some dozens of classes; an application that has more is told by these.
const CLASSES: usize = 40;

/// Applications in the hosts' `appBase`, in `conf/ENGINE/HOST/*.xml`, and as `Context` in server.xml.
pub(super) fn all(
    system: &System,
    place: &Place,
    server_xml: &Path,
    configuration: &Configuration,
    version: Option<&Version>,
) -> Contexts {
    let mut found = Contexts::default();
    // Hosts may share a folder; a large server has thousands of hosts.
    let mut seen = BTreeSet::new();
    let conf = server_xml.parent().unwrap_or(&place.base);
    for service in configuration.services() {
        let engine = service.engine.and_then(|engine| engine.value("name")).unwrap_or("Catalina");
        let with_files: BTreeSet<_> = system.names(&conf.join(engine)).into_iter().collect();
        for host in service.hosts() {
            let webapps = below(&place.base, host.value("appBase").unwrap_or("webapps"));
            let names = if seen.insert(webapps.clone()) { system.names(&webapps) } else { Vec::new() };
            for name in names {
                let name = name.to_string_lossy();
                let path = webapps.join(&*name);
                let Some(context) = application(system, &path, &name) else { continue };
                if name.ends_with(".war") && is_unconverted(system, &path) {
                    found.unconverted.push(context.clone());
                }
                found.paths.push(context);
            }
            let legacy = PathBuf::from(format!("{}-javaee", webapps.display()));
            if version.is_some_and(|version| version.at_least(&[10])) {
                for name in system.names(&legacy) {
                    let name = name.to_string_lossy();
                    found.paths.extend(application(system, &legacy.join(&*name), &name));
                }
            }
            let own = host.value("name").unwrap_or("localhost");
            let has_files = with_files.contains(OsStr::new(own));
            for name in has_files.then(|| system.names(&conf.join(engine).join(own))).into_iter().flatten() {
                found
                    .paths
                    .extend(name.to_str().and_then(|name| name.strip_suffix(".xml")).map(context_path));
            }
            found.paths.extend(
                host.children_named("Context")
                    .filter_map(|context| context.value("path"))
                    .map(|path| format!("/{}/", path.trim_matches('/')).replace("//", "/")),
            );
        }
    }
    // Guacamole first; within each kind by name, so that a run repeats.
    found.paths.sort_by_key(|path| (!path.contains("guac"), path.clone()));
    found.paths.dedup();
    found
}

/// The context path of an entry of `webapps`: a `.war`, or a folder.
fn application(system: &System, path: &Path, name: &str) -> Option<String> {
    if name.starts_with('.') {
        return None;
    }
    match name.strip_suffix(".war") {
        Some(name) => Some(context_path(name)),
        None => system.is_dir(path).then(|| context_path(name)),
    }
}

/// `a#b` is served at `/a/b/`, `ROOT` at `/`; what follows `##` is a version.
pub(super) fn context_path(name: &str) -> String {
    let name = name.split("##").next().unwrap_or(name);
    if name == "ROOT" { "/".to_owned() } else { format!("/{}/", name.replace('#', "/")) }
}

/// Whether the classes of a `.war` name `javax.servlet` and none of them `jakarta.servlet`.
fn is_unconverted(system: &System, war: &Path) -> bool {
    let Some(mut war) = system.open(war).ok().and_then(|file| zip::ZipArchive::new(file).ok()) else {
        return false;
    };
    let names: Vec<_> = war
        .file_names()
        .filter(|name| {
            name.starts_with("WEB-INF/classes/") && Path::new(name).extension().is_some_and(|e| e == "class")
        })
        .map(ToOwned::to_owned)
        .take(CLASSES)
        .collect();
    let (mut javax, mut jakarta) = (false, false);
    for name in names {
        let mut bytes = Vec::new();
        let Ok(class) = war.by_name(&name) else { continue };
        if class.take(CLASS_LIMIT).read_to_end(&mut bytes).is_err() {
            continue;
        }
        let has = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
        javax |= has(b"javax/servlet/");
        jakarta |= has(b"jakarta/servlet/");
    }
    javax && !jakarta
}
