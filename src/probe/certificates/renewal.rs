//! How certbot renews a certificate of its own, as it has written down.

use crate::config::Files as _;
use crate::model::{Certificate, Renewal};
use crate::system::System;
use std::path::{Path, PathBuf};

/// Fills in what is written of a certificate `live/NAME/fullchain.pem`, where it is certbot's.
pub(super) fn tell(system: &System, certificate: &mut Certificate) {
    let Some((text, folder)) = written(system, &certificate.file) else { return };
    let own = read(&text);
    let hooks = |kind: &str| system.names(&folder.join("renewal-hooks").join(kind));
    let is_read = own.has_hook || !hooks("deploy").is_empty() || !hooks("post").is_empty();
    certificate.unread = (!is_read).then(|| folder.join("renewal-hooks/deploy"));
    certificate.renewal = own.renewal;
}

/// The file `renewal/NAME.conf` of a certificate, and certbot's folder.
fn written(system: &System, certificate: &Path) -> Option<(String, PathBuf)> {
    let live = certificate.parent()?;
    let folder = live.parent().filter(|live| live.ends_with("live"))?.parent()?;
    let name = format!("{}.conf", live.file_name()?.to_str()?);
    let bytes = system.read(&folder.join("renewal").join(name)).ok()?;
    Some((String::from_utf8_lossy(&bytes).into_owned(), folder.to_owned()))
}

/// What a file of certbot's says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Written {
    renewal: Option<Renewal>,
    /// Whether a server is made to read the certificate anew: by the part of certbot that put it in, or by a hook.
    has_hook: bool,
}

/// # Shape
/// Lines `key = value`; `authenticator`, `installer`, hooks, `webroot_path` with folders parted by commas, and below
/// `[[webroot_map]]` a folder a name.
fn read(text: &str) -> Written {
    let mut section = "";
    let (mut authenticator, mut of_all, mut of_names) = ("", None, Vec::new());
    let mut has_hook = false;
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        let Some((key, value)) = line.split_once(" = ") else {
            section = if line.starts_with('[') { line } else { section };
            continue;
        };
        match (section, key) {
            ("[renewalparams]", "authenticator") => authenticator = value,
            ("[renewalparams]", "webroot_path") => of_all = value.split(',').find_map(folder),
            ("[renewalparams]", "installer" | "renew_hook" | "deploy_hook" | "post_hook") => {
                has_hook |= value != "None";
            }
            ("[[webroot_map]]", name) => of_names.extend(folder(value).map(|own| (name.to_owned(), own))),
            _ => {}
        }
    }
    let renewal = match authenticator {
        "standalone" => Some(Renewal::Standalone),
        "webroot" => {
            of_names.extend(of_all.map(|own| (String::new(), own)));
            (!of_names.is_empty()).then_some(Renewal::Webroot(of_names))
        }
        _ => None,
    };
    Written { renewal, has_hook }
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
    use crate::probe::tree::tree;

    const WEBROOT: &str = "# renew_before_expiry = 30 days\nversion = 2.1.0\ncert = /etc/letsencrypt/live/a.test/cert.pem\n\
                           [renewalparams]\naccount = 0\nauthenticator = webroot\nwebroot_path = /var/www/html,\n\
                           [[webroot_map]]\na.test = /srv/a\n";

    #[test]
    fn a_webroot_is_each_name_s_own_else_that_of_all() {
        let folders = [("a.test", "/srv/a"), ("", "/var/www/html")];
        let folders = folders.map(|(name, folder)| (name.to_owned(), PathBuf::from(folder)));
        let renewal = Some(Renewal::Webroot(folders.into()));
        assert_eq!(read(WEBROOT), Written { renewal, has_hook: false });
        let odd = WEBROOT.replace("/srv/a", "/srv/;a").replace("/var/www/html", "html");
        assert_eq!(read(&odd).renewal, None);
    }

    #[test]
    fn what_needs_nothing_of_port_80_is_none() {
        let of = |lines: &str| read(&format!("[renewalparams]\n{lines}"));
        assert_eq!(of("authenticator = standalone\ninstaller = None\n").renewal, Some(Renewal::Standalone));
        assert_eq!(
            of("authenticator = nginx\ninstaller = nginx\n"),
            Written { renewal: None, has_hook: true }
        );
        assert_eq!(read("authenticator = webroot\n"), Written::default());
    }

    #[test]
    fn a_certificate_without_hooks_is_read_by_nobody() {
        let file = "/etc/letsencrypt/live/a.test/fullchain.pem";
        let unread = |more: &[(&str, &str)]| {
            let own = [("/etc/letsencrypt/renewal/a.test.conf", WEBROOT), (file, "")];
            let (_folder, system) = tree(&[&own[..], more].concat(), &[]);
            super::super::certificate(&system, Path::new(file), Path::new("/k")).unread
        };
        assert_eq!(unread(&[]), Some("/etc/letsencrypt/renewal-hooks/deploy".into()));
        assert_eq!(unread(&[("/etc/letsencrypt/renewal-hooks/deploy/nginx", "#!/bin/sh\n")]), None);
    }
}
