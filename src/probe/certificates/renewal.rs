//! How certbot renews a certificate of its own, as it has written down.

use crate::config::Files as _;
use crate::model::Renewal;
use crate::system::System;
use std::path::{Path, PathBuf};

/// What is written of the certificate `live/NAME/fullchain.pem`; `None` where it is not certbot's, or port 80 does not
/// matter.
pub(super) fn renewal(system: &System, certificate: &Path) -> Option<Renewal> {
    let folder = certificate.parent()?;
    let live = folder.parent().filter(|live| live.ends_with("live"))?;
    let name = format!("{}.conf", folder.file_name()?.to_str()?);
    let bytes = system.read(&live.with_file_name("renewal").join(name)).ok()?;
    read(&String::from_utf8_lossy(&bytes))
}

/// # Shape
/// Lines `key = value`; `authenticator`, `webroot_path` with folders parted by commas, and below `[[webroot_map]]` a
/// folder a name.
fn read(text: &str) -> Option<Renewal> {
    let mut section = "";
    let (mut authenticator, mut of_all, mut of_names) = ("", None, Vec::new());
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        let Some((key, value)) = line.split_once(" = ") else {
            section = if line.starts_with('[') { line } else { section };
            continue;
        };
        match (section, key) {
            ("[renewalparams]", "authenticator") => authenticator = value,
            ("[renewalparams]", "webroot_path") => of_all = value.split(',').find_map(folder),
            ("[[webroot_map]]", name) => of_names.extend(folder(value).map(|own| (name.to_owned(), own))),
            _ => {}
        }
    }
    match authenticator {
        "standalone" => Some(Renewal::Standalone),
        "webroot" => {
            of_names.extend(of_all.map(|own| (String::new(), own)));
            (!of_names.is_empty()).then_some(Renewal::Webroot(of_names))
        }
        _ => None,
    }
}

/// A folder that can be written into a configuration of either server.
fn folder(text: &str) -> Option<PathBuf> {
    let text = text.trim();
    let is_plain = text.chars().all(|c| c.is_alphanumeric() || "/-_.".contains(c));
    (is_plain && text.starts_with('/') && !text.contains("..")).then(|| PathBuf::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEBROOT: &str = "# renew_before_expiry = 30 days\nversion = 2.1.0\ncert = /etc/letsencrypt/live/a.test/cert.pem\n\
                           [renewalparams]\naccount = 0\nauthenticator = webroot\nwebroot_path = /var/www/html,\n\
                           [[webroot_map]]\na.test = /srv/a\n";

    #[test]
    fn a_webroot_is_each_name_s_own_else_that_of_all() {
        let folders = [("a.test", "/srv/a"), ("", "/var/www/html")];
        let folders = folders.map(|(name, folder)| (name.to_owned(), PathBuf::from(folder)));
        assert_eq!(read(WEBROOT), Some(Renewal::Webroot(folders.into())));
        let odd = WEBROOT.replace("/srv/a", "/srv/;a").replace("/var/www/html", "html");
        assert_eq!(read(&odd), None);
    }

    #[test]
    fn what_needs_nothing_of_port_80_is_none() {
        assert_eq!(read("[renewalparams]\nauthenticator = standalone\n"), Some(Renewal::Standalone));
        assert_eq!(read("[renewalparams]\nauthenticator = nginx\n"), None);
        assert_eq!(read("authenticator = webroot\n"), None);
    }
}
