//! The version, without starting Java.

use super::places::Place;
use crate::config::Files as _;
use crate::config::apache::exported;
use crate::model::Version;
use crate::system::System;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The version that catalina.jar tells, else the one in a folder's name, `tomcat10` or `apache-tomcat-9.0.85`.
pub(super) fn version(system: &System, place: &Place) -> Option<Version> {
    let mut jars = homes(system, place).into_iter().map(|home| home.join("lib/catalina.jar"));
    jars.find_map(|jar| told_by(system, &jar)).or_else(|| named_by(place))
}

/// Where Tomcat's own files may be, the surest first.
fn homes(system: &System, place: &Place) -> Vec<PathBuf> {
    let mut homes: Vec<PathBuf> = place.home.clone().into_iter().collect();
    homes.extend(scripts(system, place));
    homes.push(place.base.clone());
    let folders = [place.base.clone(), place.server_xml.parent().unwrap_or(&place.base).to_owned()];
    for folder in folders {
        let folder = system.resolve(&folder).unwrap_or(folder);
        homes.extend(folder.file_name().map(|name| Path::new("/usr/share").join(name)));
    }
    homes
}

/// `CATALINA_HOME` as the scripts of an instance set it, which has its own base and no jars.
fn scripts(system: &System, place: &Place) -> Vec<PathBuf> {
    let scripts = ["bin/setenv.sh", "bin/startup.sh"].map(|script| place.base.join(script));
    let texts = scripts.iter().filter_map(|script| system.read(script).ok());
    let homes = texts.filter_map(|bytes| {
        let set = exported(&String::from_utf8_lossy(&bytes));
        set.into_iter().find(|(name, _)| name == "CATALINA_HOME").map(|(_, home)| PathBuf::from(home))
    });
    homes.filter(|home| home.is_absolute()).collect()
}

/// `server.number` of catalina.jar's own properties.
fn told_by(system: &System, jar: &Path) -> Option<Version> {
    let mut jar = zip::ZipArchive::new(system.open(jar).ok()?).ok()?;
    let file = jar.by_name("org/apache/catalina/util/ServerInfo.properties").ok()?;
    let mut text = String::new();
    file.take(1 << 16).read_to_string(&mut text).ok()?;
    let number = text.lines().find_map(|line| line.trim().strip_prefix("server.number="))?;
    // A fourth part, always 0, is in no name people use.
    Version::parse(number.trim()).map(|Version(parts)| Version(parts.into_iter().take(3).collect()))
}

fn named_by(place: &Place) -> Option<Version> {
    let folders = [Some(place.base.as_path()), place.server_xml.parent()];
    let names = folders.into_iter().flatten().filter_map(|folder| folder.file_name()?.to_str());
    let mut versions = names.filter_map(|name| {
        let number = name.strip_prefix("apache-tomcat-").or_else(|| name.strip_prefix("tomcat"))?;
        Version::parse(number)
    });
    versions.next()
}
