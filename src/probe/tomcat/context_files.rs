//! Valves that stand in the files of applications rather than in server.xml.

use super::contexts::context_path;
use crate::config::tomcat::{Attribute, Configuration};
use crate::model::ContextValve;
use crate::system::System;
use std::ffi::OsStr;
use std::io::Read as _;
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

/// The `RemoteIpValve`s of a file, for the application at `context` or for all.
///
/// What Tomcat could not read either holds no valve; it would not serve the application.
pub(super) fn valves(system: &System, file: &Path, context: Option<&str>) -> Vec<ContextValve> {
    system.image(file).map(|image| in_bytes(file, image.bytes, context)).unwrap_or_default()
}

/// The same of the file that an application brings, in its folder or in its archive.
pub(super) fn packed_valves(system: &System, application: &Path, context: &str) -> Vec<ContextValve> {
    if application.extension().is_none_or(|extension| extension != "war") {
        return valves(system, &application.join(PACKED), Some(context));
    }
    let unpacked = |system: &System| system.exists(&application.with_extension(""));
    let Some(file) = system.open(application).ok().filter(|_| !unpacked(system)) else { return Vec::new() };
    let Ok(mut archive) = zip::ZipArchive::new(file) else { return Vec::new() };
    let mut bytes = Vec::new();
    let read = archive.by_name(PACKED).ok().and_then(|entry| entry.take(LIMIT).read_to_end(&mut bytes).ok());
    read.map(|_| in_bytes(&application.join(PACKED), bytes.into(), Some(context))).unwrap_or_default()
}

fn in_bytes(file: &Path, bytes: Arc<[u8]>, context: Option<&str>) -> Vec<ContextValve> {
    let Ok(configuration) = Configuration::read(bytes) else { return Vec::new() };
    let root = Some(configuration.root()).filter(|root| root.name() == "Context");
    let valves = root.into_iter().flat_map(|root| root.children_named("Valve"));
    let owned = |attribute: Attribute<'_>| (attribute.name.to_owned(), attribute.value.to_owned());
    valves
        .filter(|valve| valve.is_remote_ip_valve())
        .map(|valve| ContextValve {
            file: file.to_owned(),
            line: configuration.line(valve),
            context: context.map(ToOwned::to_owned),
            attributes: valve.attributes().map(owned).collect(),
        })
        .collect()
}
