//! nginx: the program, the files that it loads, and the sites in them.

mod build;
mod existing;
mod service;

use super::certificates::Pair;
use super::recorder::Recorder;
use crate::config::nginx::{Loaded, ServerBlock, server_blocks};
use crate::model::{Memo, NginxFindings, Site, TomcatFindings, can_lead};
use crate::system::System;
pub(super) use build::Build;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the main file is when the program cannot be asked: Linux packages, the BSDs' ports, a build from source,
/// `OpenResty` and its packages on Alpine.
const USUAL_MAIN_FILES: [&str; 6] = [
    "/etc/nginx/nginx.conf",
    "/usr/local/etc/nginx/nginx.conf",
    "/usr/local/nginx/conf/nginx.conf",
    "/opt/nginx/conf/nginx.conf",
    "/usr/local/openresty/nginx/conf/nginx.conf",
    "/etc/openresty/nginx.conf",
];

/// Looks for nginx; `None` where neither its program nor its files are here. The certificates that its sites have are
/// added to `in_use`.
pub(super) fn probe(system: &System, build: Option<Build>, in_use: &mut Vec<Pair>) -> Option<NginxFindings> {
    let told = build.as_ref().and_then(|build| build.main.clone());
    let main =
        told.into_iter().chain(USUAL_MAIN_FILES.map(PathBuf::from)).find(|path| system.exists(path))?;

    let recorder = Recorder::new(system);
    let loaded = Loaded::read(&main, &recorder);
    let files = recorder.images_of(loaded.files.iter().map(|file| file.path.as_path()));
    let blocks = server_blocks(&loaded);
    let folder = main.parent().unwrap_or(Path::new("/"));
    in_use.extend(blocks.iter().filter_map(|block| certificate(folder, block)));
    let sites = blocks.into_iter().map(|block| site(&loaded, block)).collect();
    let pid_file = service::pid_file(&loaded, build.as_ref());
    Some(NginxFindings {
        version: build.as_ref().and_then(|build| build.version.clone()),
        main,
        files,
        sites,
        problem: loaded.problem.clone(),
        service: service::service(system, build, &pid_file),
        memo: Memo::of(Arc::new(loaded)),
    })
}

/// Finds the Guacamoles that no name tells by what is known of the Tomcats, where a name tells none; and those that are a
/// part of what is handed on at `/`.
pub(super) fn find_led(nginx: &mut NginxFindings, tomcats: &[TomcatFindings]) {
    let Some(loaded) = nginx.memo.recall::<Loaded>() else { return };
    let all = || nginx.sites.iter().flat_map(|site| &site.guacamoles);
    let is_named = all().next().is_some();
    let is_settled = is_named && all().all(|own| own.marked || own.public_path != "/");
    if is_settled || !can_lead(&nginx.files, tomcats) {
        return;
    }
    for (site, block) in nginx.sites.iter_mut().zip(server_blocks(&loaded)) {
        site.guacamoles = existing::led(&loaded, &block, tomcats, is_named);
    }
}

/// What a site serves with; nginx takes the paths from the folder of its main file.
fn certificate(folder: &Path, block: &ServerBlock<'_>) -> Option<Pair> {
    let path = |name: &str| {
        let placed = block.children.iter().find(|placed| placed.directive.is(name))?;
        Some(folder.join(&*placed.directive.first_argument()))
    };
    path("ssl_certificate").zip(path("ssl_certificate_key"))
}

fn site(loaded: &Loaded, block: ServerBlock<'_>) -> Site {
    Site {
        file: loaded.files[block.placed.file].path.clone(),
        offset: block.placed.directive.start(),
        line: loaded.line(block.placed),
        guacamoles: existing::existing(loaded, &block),
        names: block.names,
        listens: block.listens,
        shadowed_by: block.shadowed_by,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::tree::tree;

    #[test]
    fn finds_the_sites_of_a_debian_tree_through_its_links() {
        let (_folder, system) = tree(
            &[
                ("/etc/nginx/nginx.conf", "http {\n\tinclude /etc/nginx/sites-enabled/*;\n}\n"),
                (
                    "/etc/nginx/sites-available/default",
                    "# one\nserver {\n\tlisten 80 default_server;\n\tserver_name _;\n}\n",
                ),
            ],
            &[("/etc/nginx/sites-enabled/default", "/etc/nginx/sites-available/default")],
        );
        let found = probe(&system, None, &mut Vec::new()).expect("nginx is here");
        assert_eq!((found.version, found.problem), (None, None));
        assert_eq!(found.files[1].path, Path::new("/etc/nginx/sites-enabled/default"));
        assert_eq!(found.files[1].target, Path::new("/etc/nginx/sites-available/default"));
        let site = &found.sites[0];
        assert_eq!((site.line, site.offset, site.names.as_slice()), (2, 6, &["_".to_owned()][..]));
        assert_eq!((site.listens[0].text.as_str(), site.listens[0].default), ("80", true));
        assert_eq!(found.service.running, None);
    }

    #[test]
    fn a_link_that_leads_nowhere_is_a_problem_with_its_place() {
        let (_folder, system) = tree(
            &[("/etc/nginx/nginx.conf", "http {\n  include sites-enabled/*;\n}\n")],
            &[("/etc/nginx/sites-enabled/gone", "/etc/nginx/sites-available/gone")],
        );
        // The glob of the C library finds a name that is there, wherever it leads; nginx then fails to open it.
        let problem = probe(&system, None, &mut Vec::new())
            .expect("nginx is here")
            .problem
            .expect("the file is not there");
        assert_eq!(problem.at, Some((2, 3)));
    }

    #[test]
    fn nothing_found_is_none() {
        let (_folder, system) = tree(&[], &[]);
        assert_eq!(probe(&system, None, &mut Vec::new()), None);
    }
}
