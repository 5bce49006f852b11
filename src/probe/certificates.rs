//! Certificates with their keys: those that sites have already, then those in the usual places.

mod judge;
mod renewal;

use crate::config::{Files as _, Matcher};
use crate::model::{Certificate, io_words};
use crate::system::System;
use std::path::{Path, PathBuf};

/// Folders that hold a folder a name, and what certificate and key are called there: certbot, dehydrated, lego.
const BY_NAME: [(&str, &str, &str); 4] = [
    ("/etc/letsencrypt/live/*", "fullchain.pem", "privkey.pem"),
    ("/usr/local/etc/letsencrypt/live/*", "fullchain.pem", "privkey.pem"),
    ("/var/lib/dehydrated/certs/*", "fullchain.pem", "privkey.pem"),
    ("/etc/dehydrated/certs/*", "fullchain.pem", "privkey.pem"),
];
/// Folders of keys, and the folder their certificates of the same name are in.
const SIDE_BY_SIDE: [(&str, &str); 8] = [
    ("/etc/ssl/private", "/etc/ssl/certs"),
    ("/etc/ssl/private", "/etc/ssl"),
    ("/etc/pki/tls/private", "/etc/pki/tls/certs"),
    ("/etc/nginx/ssl", "/etc/nginx/ssl"),
    ("/etc/nginx/certs", "/etc/nginx/certs"),
    ("/etc/apache2/ssl", "/etc/apache2/ssl"),
    ("/etc/apache2/ssl.key", "/etc/apache2/ssl.crt"),
    ("/etc/httpd/ssl", "/etc/httpd/ssl"),
];
/// A machine that hosts thousands of names does not want them all in one list.
const MANY: usize = 200;

/// A certificate's file and its key's.
pub(super) type Pair = (PathBuf, PathBuf);

/// Every pair, each once, those that sites have first; good ones first of all, in the order they were found.
pub(super) fn all(system: &System, in_use: Vec<Pair>) -> Vec<Certificate> {
    let mut pairs: Vec<Pair> = Vec::new();
    let found = in_use.into_iter().chain(by_name(system)).chain(side_by_side(system));
    for pair in found {
        if !pairs.contains(&pair) && pairs.len() < MANY {
            pairs.push(pair);
        }
    }
    let mut found: Vec<_> = pairs.iter().map(|(file, key)| certificate(system, file, key)).collect();
    found.sort_by_key(|certificate| certificate.fault.is_some());
    found
}

/// One certificate and its key, looked at now.
pub fn certificate(system: &System, file: &Path, key: &Path) -> Certificate {
    let read = |path: &Path| {
        system.read(path).map_err(|error| format!("{} cannot be read: {}", path.display(), io_words(&error)))
    };
    let mut certificate = Certificate {
        file: file.to_owned(),
        key: key.to_owned(),
        names: Vec::new(),
        until: None,
        fault: None,
        renewal: None,
        unread: None,
    };
    renewal::tell(system, &mut certificate);
    match (read(file), read(key)) {
        (Ok(pem), Ok(key)) => judge::judge(&mut certificate, &pem, &key, system.now()),
        (Err(fault), _) | (_, Err(fault)) => certificate.fault = Some(crate::model::printable(&fault)),
    }
    certificate
}

fn by_name(system: &System) -> Vec<Pair> {
    let folders = BY_NAME.iter().flat_map(|(pattern, file, key)| {
        let folders = system.glob(Path::new(pattern), Matcher::Apr);
        folders.into_iter().map(move |folder| (folder.join(file), folder.join(key)))
    });
    folders.filter(|(file, key)| system.exists(file) && system.exists(key)).collect()
}

fn side_by_side(system: &System) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (keys, certificates) in
        SIDE_BY_SIDE.map(|(keys, certificates)| (Path::new(keys), Path::new(certificates)))
    {
        for name in system.names(keys) {
            let Some(stem) = name.to_str().and_then(|name| name.strip_suffix(".key")) else { continue };
            let files = ["pem", "crt"].map(|ending| certificates.join(format!("{stem}.{ending}")));
            if let Some(file) = files.into_iter().find(|file| system.exists(file)) {
                pairs.push((file, keys.join(&name)));
            }
        }
    }
    pairs
}
