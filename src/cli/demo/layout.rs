//! The demo machine: a small tree that stands for one, shaped like Debian 12 with nginx, apache2 and tomcat10.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// One name of the tree.
struct Item {
    /// Below the tree's root.
    path: &'static str,
    content: Content,
}

enum Content {
    Folder,
    Link(&'static str),
    File {
        mode: u32,
        bytes: &'static [u8],
    },
    /// A zip archive, made on the spot: a binary has no place in a source tree.
    Archive(&'static [(&'static str, &'static str)]),
}

macro_rules! file {
    ($path:literal) => {
        file!($path, 0o644)
    };
    ($path:literal, $mode:literal) => {
        Item {
            path: $path,
            content: Content::File {
                mode: $mode,
                bytes: include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/", $path)),
            },
        }
    };
}

/// A file of a module of Apache httpd that is enabled.
macro_rules! enabled {
    ($name:literal) => {
        link(concat!("etc/apache2/mods-enabled/", $name), concat!("../mods-available/", $name))
    };
}

const fn link(path: &'static str, target: &'static str) -> Item {
    Item { path, content: Content::Link(target) }
}

const fn folder(path: &'static str) -> Item {
    Item { path, content: Content::Folder }
}

const fn archive(path: &'static str, entries: &'static [(&'static str, &'static str)]) -> Item {
    Item { path, content: Content::Archive(entries) }
}

const MACHINE: &[Item] = &[
    file!("etc/os-release"),
    file!("etc/mime.types"),
    file!("etc/nginx/conf.d/hardening.conf"),
    file!("etc/nginx/mime.types"),
    file!("etc/nginx/nginx.conf"),
    file!("etc/nginx/sites-available/default"),
    file!("etc/nginx/sites-available/portal.example.org"),
    file!("etc/nginx/snippets/tls.conf"),
    link("etc/nginx/sites-enabled/default", "/etc/nginx/sites-available/default"),
    link("etc/nginx/sites-enabled/portal.example.org", "../sites-available/portal.example.org"),
    folder("etc/nginx/modules-enabled"),
    file!("etc/apache2/apache2.conf"),
    file!("etc/apache2/conf-available/other-vhosts-access-log.conf"),
    file!("etc/apache2/conf-available/security.conf"),
    file!("etc/apache2/envvars"),
    file!("etc/apache2/mods-available/access_compat.load"),
    file!("etc/apache2/mods-available/alias.load"),
    file!("etc/apache2/mods-available/authn_core.load"),
    file!("etc/apache2/mods-available/authz_core.load"),
    file!("etc/apache2/mods-available/authz_host.load"),
    file!("etc/apache2/mods-available/deflate.load"),
    file!("etc/apache2/mods-available/dir.conf"),
    file!("etc/apache2/mods-available/dir.load"),
    file!("etc/apache2/mods-available/env.load"),
    file!("etc/apache2/mods-available/filter.load"),
    file!("etc/apache2/mods-available/headers.load"),
    file!("etc/apache2/mods-available/mime.conf"),
    file!("etc/apache2/mods-available/mime.load"),
    file!("etc/apache2/mods-available/mpm_event.conf"),
    file!("etc/apache2/mods-available/mpm_event.load"),
    file!("etc/apache2/mods-available/proxy.conf"),
    file!("etc/apache2/mods-available/proxy.load"),
    file!("etc/apache2/mods-available/proxy_http.load"),
    file!("etc/apache2/mods-available/proxy_wstunnel.load"),
    file!("etc/apache2/mods-available/reqtimeout.conf"),
    file!("etc/apache2/mods-available/reqtimeout.load"),
    file!("etc/apache2/mods-available/rewrite.load"),
    file!("etc/apache2/mods-available/setenvif.load"),
    file!("etc/apache2/mods-available/socache_shmcb.load"),
    file!("etc/apache2/mods-available/ssl.load"),
    file!("etc/apache2/ports.conf"),
    file!("etc/apache2/sites-available/000-default.conf"),
    file!("etc/apache2/sites-available/default-ssl.conf"),
    enabled!("access_compat.load"),
    enabled!("alias.load"),
    enabled!("authn_core.load"),
    enabled!("authz_core.load"),
    enabled!("authz_host.load"),
    enabled!("deflate.load"),
    enabled!("dir.load"),
    enabled!("dir.conf"),
    enabled!("env.load"),
    enabled!("filter.load"),
    enabled!("mime.load"),
    enabled!("mime.conf"),
    enabled!("mpm_event.load"),
    enabled!("mpm_event.conf"),
    enabled!("reqtimeout.load"),
    enabled!("reqtimeout.conf"),
    enabled!("setenvif.load"),
    link(
        "etc/apache2/conf-enabled/other-vhosts-access-log.conf",
        "../conf-available/other-vhosts-access-log.conf",
    ),
    link("etc/apache2/conf-enabled/security.conf", "../conf-available/security.conf"),
    link("etc/apache2/sites-enabled/000-default.conf", "../sites-available/000-default.conf"),
    file!("etc/tomcat10/server.xml", 0o640),
    file!("etc/tomcat10/tomcat-users.xml", 0o640),
    // On Debian 12 /lib is a part of /usr.
    link("lib", "usr/lib"),
    file!("usr/lib/systemd/system/tomcat10.service"),
    file!("var/lib/tomcat10/webapps/ROOT/index.html"),
    file!("var/www/html/index.html"),
    file!("srv/portal/index.html"),
    link("var/lib/tomcat10/conf", "/etc/tomcat10"),
    link("var/lib/tomcat10/logs", "../../log/tomcat10"),
    // A WAR of the older servlet API, which Tomcat 10 converts as it deploys it.
    archive("var/lib/tomcat10/webapps-javaee/guacamole.war", GUACAMOLE_WAR),
    archive("var/lib/tomcat10/webapps/guacamole.war", GUACAMOLE_WAR),
    archive("usr/share/tomcat10/lib/catalina.jar", CATALINA_JAR),
    folder("var/lib/apache2/module/enabled_by_admin"),
    folder("var/lib/apache2/site/enabled_by_admin"),
    folder("var/log/nginx"),
    folder("var/log/apache2"),
    folder("var/log/tomcat10"),
    folder("run"),
    link("var/run", "/run"),
];

/// All that is ever read of Tomcat's own archive: which version it is.
const CATALINA_JAR: &[(&str, &str)] = &[(
    "org/apache/catalina/util/ServerInfo.properties",
    "server.info=Apache Tomcat/10.1.34 (demo machine)\nserver.number=10.1.34.0\n",
)];

const GUACAMOLE_WAR: &[(&str, &str)] = &[(
    "README",
    "This stands for guacamole.war, so that the demo machine has one. There is nothing in it.\n",
)];

/// Lays the demo machine out in a folder, which is made where it is not there.
///
/// # Errors
/// Where the folder is not empty (then nothing is changed), or something cannot be written.
pub fn lay_out(root: &Path) -> io::Result<()> {
    fs::create_dir_all(root)?;
    if fs::read_dir(root)?.next().is_some() {
        return Err(io::Error::new(
            io::ErrorKind::DirectoryNotEmpty,
            format!("{} is not empty", root.display()),
        ));
    }
    for item in MACHINE {
        let path = root.join(item.path);
        make(&path, &item.content)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    }
    Ok(())
}

/// The files that are no longer as they were laid out.
pub fn changed(root: &Path) -> Vec<PathBuf> {
    let differs = |item: &&Item| match item.content {
        Content::File { bytes, .. } => fs::read(root.join(item.path)).is_ok_and(|now| now != bytes),
        _ => false,
    };
    MACHINE.iter().filter(differs).map(|item| root.join(item.path)).collect()
}

fn make(path: &Path, content: &Content) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    match content {
        Content::Folder => fs::create_dir_all(path),
        Content::Link(target) => symlink(target, path),
        Content::File { mode, bytes } => create(path, *mode)?.write_all(bytes),
        Content::Archive(entries) => write_archive(create(path, 0o644)?, entries),
    }
}

fn create(path: &Path, mode: u32) -> io::Result<fs::File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    // The mode above passes through the umask; a server's user must be able to read what it reads on Debian.
    file.set_permissions(Permissions::from_mode(mode))?;
    Ok(file)
}

fn write_archive(file: fs::File, entries: &[(&str, &str)]) -> io::Result<()> {
    let mut archive = ZipWriter::new(file);
    for (name, text) in entries {
        archive.start_file(*name, SimpleFileOptions::default())?;
        archive.write_all(text.as_bytes())?;
    }
    archive.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::System;
    use std::collections::BTreeSet;

    fn demo() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        lay_out(folder.path()).expect("the demo machine is laid out");
        folder
    }

    /// The paths of the files below a folder.
    fn files(folder: &Path) -> BTreeSet<PathBuf> {
        let mut left = vec![folder.to_owned()];
        let mut files = BTreeSet::new();
        while let Some(path) = left.pop() {
            if path.is_dir() {
                left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            } else {
                files.insert(path.strip_prefix(folder).unwrap().to_owned());
            }
        }
        files
    }

    #[test]
    fn every_file_of_the_assets_is_laid_out() {
        let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo");
        let mut kept = files(&assets);
        kept.remove(Path::new("README.md"));
        let listed = MACHINE.iter().filter(|item| matches!(item.content, Content::File { .. }));
        assert_eq!(kept, listed.map(|item| PathBuf::from(item.path)).collect());
    }

    #[test]
    fn every_name_is_there_and_every_link_leads_somewhere_within() {
        let folder = demo();
        let system = System::below(folder.path()).unwrap();
        for item in MACHINE {
            assert!(system.exists(&Path::new("/").join(item.path)), "{} leads nowhere", item.path);
        }
    }

    #[test]
    fn modes_are_as_listed_whatever_the_umask() {
        let folder = demo();
        let mode = |path| fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode("etc/tomcat10/server.xml"), 0o640);
        assert_eq!(mode("etc/nginx/nginx.conf"), 0o644);
    }

    #[test]
    fn the_archive_tells_tomcats_version() {
        let folder = demo();
        let jar = fs::File::open(folder.path().join("usr/share/tomcat10/lib/catalina.jar")).unwrap();
        let mut jar = zip::ZipArchive::new(jar).unwrap();
        let entry = jar.by_name("org/apache/catalina/util/ServerInfo.properties").unwrap();
        assert!(io::read_to_string(entry).unwrap().contains("server.number=10.1.34.0"));
    }

    #[test]
    fn a_folder_that_is_not_empty_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("mine")).unwrap();
        let error = lay_out(folder.path()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::DirectoryNotEmpty);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn only_a_changed_file_is_named() {
        let folder = demo();
        assert!(changed(folder.path()).is_empty());
        let path = folder.path().join("etc/apache2/ports.conf");
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"# more\n").unwrap();
        assert_eq!(changed(folder.path()), [path]);
    }
}
