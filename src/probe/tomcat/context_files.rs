//! Files of applications' contexts: which application each is of, the valves in it, and what cannot be read.

use crate::config::tomcat::{Attribute, Configuration};
use crate::model::{ContextProblem, ContextValve, Problem, io_words};
use crate::system::System;
use foldhash::HashSet;
use std::ffi::OsStr;
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;
use std::sync::Arc;

/// Where an application holds the file of its own context.
const PACKED: &str = "META-INF/context.xml";
/// No context.xml is larger, in bytes.
const LIMIT: u64 = 1 << 20;

/// The context path of a file in `conf/ENGINE/HOST`: one application's, every one's of the host, or none.
///
/// # Source
/// Tomcat, configuration reference, Context, Defining a context.
pub(super) enum Descriptor {
    /// `NAME.xml`.
    Of(String),
    /// `context.xml.default`.
    OfAll,
}

impl Descriptor {
    /// What a file of this name describes.
    pub(super) fn named(name: &OsStr) -> Option<Self> {
        match name.to_str()? {
            "context.xml.default" => Some(Self::OfAll),
            name => name.strip_suffix(".xml").map(|name| Self::Of(context_path(name))),
        }
    }
}

/// `a#b` is served at `/a/b/`, `ROOT` at `/`; what follows `##` is a version.
pub(super) fn context_path(name: &str) -> String {
    let name = name.split("##").next().unwrap_or(name);
    if name == "ROOT" { "/".to_owned() } else { format!("/{}/", name.replace('#', "/")) }
}

/// What stands in files of contexts.
#[derive(Debug, Default)]
pub(super) struct ContextFiles {
    /// The `RemoteIpValve`s.
    pub(super) valves: Vec<ContextValve>,
    /// Files of which nobody can tell what stands in them.
    pub(super) problems: Vec<ContextProblem>,
}

impl ContextFiles {
    /// Reads the file of the application at `context`, or of all. None is there for most.
    pub(super) fn take(&mut self, system: &System, file: &Path, context: Option<&str>) {
        match system.image(file) {
            Ok(image) => self.take_bytes(file, &image.bytes, context),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(error) => self.give_up(file, context, &error),
        }
    }

    /// Reads the file that an application brings, in its folder or in its archive.
    pub(super) fn take_packed(&mut self, system: &System, application: &Path, context: &str) {
        let file = application.join(PACKED);
        if application.extension().is_none_or(|extension| extension != "war") {
            return self.take(system, &file, Some(context));
        }
        let unpacked = |system: &System| system.exists(&application.with_extension(""));
        let Some(archive) = system.open(application).ok().filter(|_| !unpacked(system)) else { return };
        // Out of what is no archive Tomcat serves no application.
        let Ok(mut archive) = zip::ZipArchive::new(archive) else { return };
        let mut bytes = Vec::new();
        match archive.by_name(PACKED) {
            Err(zip::result::ZipError::FileNotFound) => {}
            Err(error) => self.give_up(&file, Some(context), &error.into()),
            Ok(entry) => match entry.take(LIMIT).read_to_end(&mut bytes) {
                Ok(_) => self.take_bytes(&file, &bytes.into(), Some(context)),
                Err(error) => self.give_up(&file, Some(context), &error),
            },
        }
    }

    /// Takes in what was read elsewhere, but for applications that are described here.
    pub(super) fn take_undescribed(&mut self, other: Self, described: &HashSet<String>) {
        let is_left = |context: &Option<String>| !context.as_ref().is_some_and(|own| described.contains(own));
        self.valves.extend(other.valves.into_iter().filter(|valve| is_left(&valve.context)));
        self.problems.extend(other.problems.into_iter().filter(|problem| is_left(&problem.context)));
    }

    fn take_bytes(&mut self, file: &Path, bytes: &Arc<[u8]>, context: Option<&str>) {
        let context = context.map(ToOwned::to_owned);
        let configuration = match Configuration::read(Arc::clone(bytes)) {
            Ok(configuration) => configuration,
            Err(error) => {
                return self.problems.push(ContextProblem { context, problem: error.in_file(file, bytes) });
            }
        };
        let root = Some(configuration.root()).filter(|root| root.name() == "Context");
        let valves = root.into_iter().flat_map(|root| root.children_named("Valve"));
        let owned = |attribute: Attribute<'_>| (attribute.name.to_owned(), attribute.value.to_owned());
        self.valves.extend(valves.filter(|valve| valve.is_remote_ip_valve()).map(|valve| ContextValve {
            file: file.to_owned(),
            line: configuration.line(valve),
            context: context.clone(),
            attributes: valve.attributes().map(owned).collect(),
        }));
    }

    fn give_up(&mut self, file: &Path, context: Option<&str>, error: &io::Error) {
        let message = format!("it cannot be read: {}", io_words(error));
        let problem = Problem { file: file.to_owned(), at: None, message };
        self.problems.push(ContextProblem { context: context.map(ToOwned::to_owned), problem });
    }
}
