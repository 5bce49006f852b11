//! Apache httpd: the program, the files that it loads, and the virtual hosts in them.

mod build;
mod existing;
mod modules;
mod service;
mod started;

use super::certificates::Pair;
use super::recorder::Recorder;
use crate::config::Files as _;
use crate::config::apache::{Facts, Loaded, Section, VirtualHost, exported, virtual_hosts};
use crate::model::{ApacheFindings, Memo, Site, TomcatFindings, can_lead};
use crate::system::System;
pub(super) use build::Build;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the main file is, and `ServerRoot` as it is built in, when the program cannot be asked: Debian, Red Hat and
/// Arch, openSUSE and Alpine, FreeBSD, a build from source.
const USUAL: [(&str, &str); 6] = [
    ("/etc/apache2/apache2.conf", "/etc/apache2"),
    ("/etc/httpd/conf/httpd.conf", "/etc/httpd"),
    ("/etc/apache2/httpd.conf", "/etc/apache2"),
    ("/usr/local/etc/apache24/httpd.conf", "/usr/local"),
    ("/usr/local/apache2/conf/httpd.conf", "/usr/local/apache2"),
    ("/opt/apache2/conf/httpd.conf", "/opt/apache2"),
];

/// Looks for httpd; `None` where its files are not here. The certificates that its sites have are added to `in_use`.
pub(super) fn probe(system: &System, build: Option<Build>, in_use: &mut Vec<Pair>) -> Option<ApacheFindings> {
    let told = build.as_ref().and_then(Build::main);
    let usual = USUAL.map(|(main, root)| (PathBuf::from(main), PathBuf::from(root)));
    let (main, server_root) = told.into_iter().chain(usual).find(|(main, _)| system.exists(main))?;

    let folder = main.parent().unwrap_or(Path::new("/")).to_owned();
    let mut variables = system
        .read(&folder.join("envvars"))
        .map(|bytes| exported(&String::from_utf8_lossy(&bytes)))
        .unwrap_or_default();
    let defines = build.iter().flat_map(|build| build.defines.clone());
    started::tell(&mut variables, defines.chain([started::by_files(system)]));
    let sysconfig = modules::sysconfig(system);
    let mut built_in = build::modules(build.as_ref());
    built_in.extend(sysconfig.iter().flat_map(modules::named));
    let facts = Facts {
        server_root,
        variables: variables.clone(),
        modules: built_in,
        version: build.as_ref().and_then(|build| build.version.clone()),
    };
    let recorder = Recorder::new(system);
    let loaded = Loaded::read(&main, &facts, &recorder);
    let files = recorder.images_of(loaded.real_files().map(|file| file.path.as_path()));
    let global = existing::global(&loaded);
    let hosts = virtual_hosts(&loaded);
    in_use.extend(hosts.iter().filter_map(|host| certificate(&loaded, host)));
    let sites = hosts.into_iter().map(|host| site(&loaded, host, global.as_ref())).collect();
    let folders = (folder.join("mods-available"), folder.join("mods-enabled"));
    let has_folders = system.is_dir(&folders.0) && system.is_dir(&folders.1);
    let store = if has_folders { Some(folders.0.clone()) } else { modules::folder(&loaded) };
    let names = store.map(|store| system.names(&store)).unwrap_or_default();
    Some(ApacheFindings {
        version: facts.version,
        main,
        server_root: facts.server_root,
        files,
        sites,
        service: service::service(system, build, &loaded),
        modules: loaded.modules.clone(),
        built_in: facts.modules,
        available: names.into_iter().filter_map(|name| name.into_string().ok()).collect(),
        mod_folders: has_folders.then_some(folders),
        sysconfig,
        defines: variables,
        problem: loaded.problem.clone(),
        memo: Memo::of(Arc::new(loaded)),
    })
}

/// Finds the Guacamoles that no name tells by what is known of the Tomcats, where a name tells none.
pub(super) fn find_led(apache: &mut ApacheFindings, tomcats: &[TomcatFindings]) {
    let Some(loaded) = apache.memo.recall::<Loaded>() else { return };
    let is_settled = apache.sites.iter().any(|site| !site.guacamoles.is_empty());
    if is_settled || !can_lead(&apache.files, tomcats) {
        return;
    }
    // The sites are the virtual hosts in reading order.
    let hosts = loaded.items.iter().filter(|item| item.name == "virtualhost");
    for (site, host) in apache.sites.iter_mut().zip(hosts) {
        site.guacamoles = existing::led(&loaded, host, &site.names, tomcats);
    }
}

/// What a site serves with.
fn certificate(loaded: &Loaded, host: &VirtualHost<'_>) -> Option<Pair> {
    let path = |name: &str| {
        let item = host.item.named(name).next()?;
        Some(loaded.server_root.join(&*item.first_argument()))
    };
    path("sslcertificatefile").zip(path("sslcertificatekeyfile"))
}

fn site(loaded: &Loaded, host: VirtualHost<'_>, global: Option<&Section<'_>>) -> Site {
    let file = loaded.file(host.item);
    Site {
        file: file.path.clone(),
        offset: loaded.offset(host.item),
        line: loaded.line(host.item),
        guacamoles: existing::existing(loaded, host.item, global),
        names: host.names,
        listens: host.listens,
        shadowed_by: host.shadowed_by,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::tree::tree;

    #[test]
    fn finds_the_virtual_hosts_and_modules_of_a_debian_tree() {
        let (_folder, system) = tree(
            &[
                (
                    "/etc/apache2/apache2.conf",
                    "IncludeOptional mods-enabled/*.load\nInclude ports.conf\nIncludeOptional sites-enabled/*.conf\n",
                ),
                ("/etc/apache2/ports.conf", "Listen 80\n<IfModule ssl_module>\nListen 443\n</IfModule>\n"),
                ("/etc/apache2/envvars", "export APACHE_LOG_DIR=/var/log/apache2$SUFFIX\n"),
                ("/etc/apache2/mods-available/alias.load", "LoadModule alias_module /usr/lib/mod_alias.so\n"),
                (
                    "/etc/apache2/sites-available/000-default.conf",
                    "<VirtualHost *:80>\n\tServerName a.test\n\tCustomLog ${APACHE_LOG_DIR}/access.log combined\n</VirtualHost>\n",
                ),
            ],
            &[
                ("/etc/apache2/mods-enabled/alias.load", "../mods-available/alias.load"),
                ("/etc/apache2/sites-enabled/000-default.conf", "../sites-available/000-default.conf"),
            ],
        );
        let found = probe(&system, None, &mut Vec::new()).expect("httpd is here");
        assert_eq!(found.problem, None);
        assert!(found.modules.contains(&"alias".into()) && !found.modules.contains(&"proxy".into()));
        assert_eq!(found.sites[0].names, ["a.test"]);
        assert_eq!(found.files[0].path, found.main);
        let image =
            found.files.iter().find(|file| file.path == found.sites[0].file).expect("the site's file");
        assert_eq!(image.target, Path::new("/etc/apache2/sites-available/000-default.conf"));
        assert_eq!(found.defines, [("APACHE_LOG_DIR".to_owned(), "/var/log/apache2".to_owned())]);
        assert_eq!(found.available, ["alias.load"]);
    }

    #[test]
    fn an_include_that_finds_nothing_is_a_problem_with_its_place() {
        let (_folder, system) = tree(&[("/etc/apache2/apache2.conf", "# one\nInclude gone.conf\n")], &[]);
        let problem = probe(&system, None, &mut Vec::new())
            .expect("httpd is here")
            .problem
            .expect("httpd would not start");
        assert_eq!(problem.at, Some((2, 1)));
    }
}
