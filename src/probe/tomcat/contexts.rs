//! Which applications a Tomcat serves, by what is deployed.

use super::context_files::{ContextFiles, Descriptor, context_path};
use super::places::Place;
use crate::config::Files as _;
use crate::config::tomcat::Configuration;
use crate::model::Version;
use crate::system::System;
use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};
use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::io::Read as _;
use std::path::Path;

/// The context paths found.
#[derive(Debug, Default)]
pub(super) struct Contexts {
    /// With both slashes, Guacamole's first.
    pub(super) paths: Vec<String>,
    /// Those that hold Guacamole's own libraries.
    pub(super) proven: Vec<String>,
    /// Those whose classes speak of `javax.servlet`.
    pub(super) unconverted: Vec<String>,
    /// What stands in the files of applications.
    pub(super) files: ContextFiles,
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
    let mut folders = Folders::new(system);
    // Hosts may share a folder.
    let mut seen = HashSet::new();
    let conf = server_xml.parent().unwrap_or(&place.base);
    found.files.take(system, &conf.join("context.xml"), None);
    // What describes an application in conf is taken instead of what it brings itself.
    let mut described = HashSet::new();
    let mut packed = ContextFiles::default();
    for service in configuration.services() {
        let of_engine =
            conf.join(service.engine.and_then(|engine| engine.value("name")).unwrap_or("Catalina"));
        for host in service.hosts() {
            let app_base = host.value("appBase").unwrap_or("webapps");
            if seen.insert(app_base) {
                found.deployed(&mut folders, &place.base, app_base, &mut packed);
            }
            let legacy = host.value("legacyAppBase").unwrap_or("webapps-javaee");
            if version.is_some_and(|version| version.at_least(&[10])) && seen.insert(legacy) {
                found.converted(&mut folders, &place.base, legacy);
            }
            let own = host.value("name").unwrap_or("localhost");
            for name in folders.names(&of_engine, own) {
                let descriptors = of_engine.join(own);
                let Some(descriptor) = Descriptor::named(&name) else { continue };
                let context = match &descriptor {
                    Descriptor::Of(context) => Some(context.as_str()),
                    Descriptor::OfAll => None,
                };
                found.files.take(system, &descriptors.join(&name), context);
                if let Descriptor::Of(context) = descriptor {
                    found.paths.push(context.clone());
                    described.insert(context);
                }
            }
            found.paths.extend(
                host.children_named("Context")
                    .filter_map(|context| context.value("path"))
                    .map(|path| format!("/{}/", path.trim_matches('/')).replace("//", "/")),
            );
        }
    }
    found.files.take_undescribed(packed, &described);
    // Guacamole first; within each kind by name, so that a run repeats.
    let (mut paths, proven) = (std::mem::take(&mut found.paths), &found.proven);
    paths.sort_by_key(|path| (!(path.contains("guac") || proven.contains(path)), path.clone()));
    found.paths = paths;
    found.paths.dedup();
    found.proven.sort();
    found.proven.dedup();
    found.unconverted.sort();
    found.unconverted.dedup();
    found
}

impl Contexts {
    /// Takes in what stands in an `appBase`.
    fn deployed(
        &mut self,
        folders: &mut Folders<'_>,
        base: &Path,
        app_base: &str,
        packed: &mut ContextFiles,
    ) {
        let system = folders.system;
        for name in folders.names(base, app_base) {
            let webapps = base.join(app_base);
            let name = name.to_string_lossy();
            let path = webapps.join(&*name);
            let Some(context) = application(system, &path, &name) else { continue };
            if name.ends_with(".war") && is_unconverted(system, &path) {
                self.unconverted.push(context.clone());
            }
            if holds_guacamole(system, &path) {
                self.proven.push(context.clone());
            }
            packed.take_packed(system, &path, &context);
            self.paths.push(context);
        }
    }

    /// Takes in what stands in a `legacyAppBase`, whatever the `appBase` is called: Tomcat 10 and later convert it.
    fn converted(&mut self, folders: &mut Folders<'_>, base: &Path, legacy: &str) {
        for name in folders.names(base, legacy) {
            let name = name.to_string_lossy();
            self.paths.extend(application(folders.system, &base.join(legacy).join(&*name), &name));
        }
    }
}

/// Folders of which most are not there: a large server has thousands of hosts, whose folders would stand in a few.
struct Folders<'a> {
    system: &'a System,
    /// By the bytes of a folder's path, the names in it; `None` where it may not be read, though what is in it may.
    known: HashMap<OsString, Option<HashSet<OsString>>>,
}

impl<'a> Folders<'a> {
    fn new(system: &'a System) -> Self {
        Self { system, known: HashMap::new() }
    }

    /// The names in a folder, told from another one: it is looked for first in the folder that it would stand in.
    fn names(&mut self, from: &Path, path: &str) -> Vec<OsString> {
        let around = match path.rsplit_once('/') {
            None => Cow::Borrowed(from),
            Some(("", _)) => Cow::Borrowed(Path::new("/")),
            Some((around, _)) => Cow::Owned(from.join(around)),
        };
        let name = path.rsplit('/').next().unwrap_or(path);
        let is_name = !matches!(name, "" | "." | "..");
        let is_there = !is_name || self.in_it(&around).is_none_or(|names| names.contains(OsStr::new(name)));
        if is_there { self.system.names(&from.join(path)) } else { Vec::new() }
    }

    fn in_it(&mut self, folder: &Path) -> Option<&HashSet<OsString>> {
        if !self.known.contains_key(folder.as_os_str()) {
            let names: HashSet<_> = self.system.names(folder).into_iter().collect();
            let is_told = !names.is_empty() || !self.system.exists(folder);
            self.known.insert(folder.into(), is_told.then_some(names));
        }
        self.known.get(folder.as_os_str())?.as_ref()
    }
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

/// Whether an application, a folder or a `.war`, brings the libraries that every Guacamole has.
fn holds_guacamole(system: &System, path: &Path) -> bool {
    const LIBRARIES: &str = "WEB-INF/lib";
    let is_own = |name: &str| name.starts_with("guacamole-");
    if path.extension().is_none_or(|extension| extension != "war") {
        return system.names(&path.join(LIBRARIES)).iter().any(|name| is_own(&name.to_string_lossy()));
    }
    let war = system.open(path).ok().and_then(|file| zip::ZipArchive::new(file).ok());
    war.is_some_and(|war| {
        let mut libraries =
            war.file_names().filter_map(|name| name.strip_prefix(LIBRARIES)?.strip_prefix('/'));
        libraries.any(is_own)
    })
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
