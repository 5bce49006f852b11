//! Files that speak of Guacamole and that no server loads.

use crate::config::Files as _;
use crate::model::{Findings, Rule};
use crate::system::System;
use crate::verify::Diagnosis;
use std::path::{Path, PathBuf};

/// Where distributions keep sites, beside the server's main file or its folder.
const FOLDERS: [&str; 7] =
    ["sites-available", "sites-enabled", "conf.d", "http.d", "vhosts.d", "conf-available", "../conf.d"];
/// No site by hand is as long as this, in bytes.
const LIMIT: usize = 1 << 18;

/// Where no site serves Guacamole: the first file beside those that are loaded that would, at the line that says so.
pub(in crate::verify) fn site(system: &System, findings: &Findings) -> Option<Diagnosis> {
    let nginx = findings.nginx.as_ref().map(|nginx| nginx.main.as_path());
    let apache = findings.apache.as_ref().map(|apache| apache.main.as_path());
    let folders = [nginx, apache].into_iter().flatten().filter_map(Path::parent).flat_map(beside);
    let mut files = folders.flat_map(|folder| {
        system.names(&folder).into_iter().map(move |name| folder.join(name)).collect::<Vec<_>>()
    });
    files.find_map(|file| {
        let is_loaded = findings.images().any(|own| own.path == file || own.target == file);
        let bytes = system.read(&file).ok().filter(|bytes| !is_loaded && bytes.len() < LIMIT)?;
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        let hands_on = |line: &str| {
            let line = line.trim_start();
            (line.starts_with("proxy_pass") || line.starts_with("proxypass"))
                && !line.starts_with("proxypassreverse")
        };
        let named = text.contains("guacamole");
        let at = text.lines().position(hands_on).filter(|_| named)?;
        let detail = "this file would hand requests to a Guacamole, and no server loads it";
        Some(Diagnosis::at(Rule::NoSite, &file, &bytes, at + 1, detail))
    })
}

fn beside(folder: &Path) -> Vec<PathBuf> {
    FOLDERS
        .iter()
        .map(|name| match name.strip_prefix("../") {
            Some(name) => folder.parent().unwrap_or(folder).join(name),
            None => folder.join(name),
        })
        .collect()
}
