//! Where a new site's block goes: into a file of its own that the server reads, else at the end of its one file.

use crate::config::Wildcard;
use crate::model::{NewSite, Site, Step};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// A place for a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A file of its own.
    File {
        /// The path by which the server will read it.
        path: PathBuf,
        /// Where it really is, and the link's words, where a link in the folder that is read enables it.
        available: Option<(PathBuf, PathBuf)>,
    },
    /// An offset in a file that is there.
    Within {
        /// The file.
        path: PathBuf,
        /// The byte that the block stands before.
        at: usize,
    },
}

impl Place {
    /// The path by which the server reads it.
    pub(super) fn path(&self) -> &PathBuf {
        match self {
            Self::File { path, .. } | Self::Within { path, .. } => path,
        }
    }

    /// Where the file really is.
    pub(super) fn target(&self) -> &PathBuf {
        match self {
            Self::File { available: Some((target, _)), .. } => target,
            Self::File { path, .. } | Self::Within { path, .. } => path,
        }
    }

    /// The byte of the file that the block stands before.
    pub(super) fn offset(&self) -> usize {
        match self {
            Self::File { .. } => 0,
            Self::Within { at, .. } => *at,
        }
    }

    /// The site that was made here, of those that the server would have, where it gets its requests.
    pub(super) fn made(&self, sites: impl Iterator<Item = Site>, new: &NewSite) -> Option<Site> {
        let mut own = sites.filter(|site| {
            site.file == *self.path()
                && site.offset >= self.offset()
                && site.names.contains(&new.name.to_string())
                && site.listens.iter().any(|listen| listen.port == Some(new.port().number()))
        });
        own.next().filter(|site| site.shadowed_by.is_none())
    }

    /// The link that enables the file, as `a2ensite` makes it.
    pub(super) fn link(&self) -> Option<Step> {
        match self {
            Self::File { path, available: Some((_, words)) } => Some(Step::Link {
                path: path.clone(),
                target: words.clone(),
                why: "enables the new site".into(),
            }),
            Self::File { .. } | Self::Within { .. } => None,
        }
    }
}

/// Folders of sites, the surest first: Debian, openSUSE, Alpine, FreeBSD, everybody else's drop-ins.
const FOLDERS: [&str; 5] = ["sites-enabled", "vhosts.d", "http.d", "Includes", "conf.d"];

/// Files of a new site that include patterns would read, in the order in which they are to be tried.
///
/// Of one folder several names: servers read their files in the order of the names, and the first site of an address
/// answers where no name matches. That one is to stay.
pub(super) fn files(patterns: &[PathBuf], name: &str, link_is_relative: bool) -> Vec<Place> {
    let mut folders: Vec<(usize, &Path, &str)> = patterns
        .iter()
        .filter_map(|pattern| {
            let (folder, last) = (pattern.parent()?, pattern.file_name()?.to_str()?);
            let ending = last.strip_prefix('*')?;
            let is_plain = ![ending.as_bytes(), folder.as_os_str().as_bytes()]
                .iter()
                .any(|text| Wildcard::is_in(text) || text.contains(&b'\\'));
            let known = folder.file_name()?.to_str()?;
            let rank = FOLDERS.iter().position(|own| *own == known)?;
            is_plain.then_some((rank, folder, ending))
        })
        .collect();
    folders.sort_by_key(|(rank, ..)| *rank);
    let names = [name.to_owned(), format!("guacamole-{name}"), format!("zz-{name}")];
    let places = folders.into_iter().flat_map(|(_, folder, ending)| {
        names.iter().map(move |name| {
            let file = format!("{name}{ending}");
            let enabled = folder.file_name().is_some_and(|own| own == "sites-enabled");
            let available = enabled.then(|| {
                let target = folder.with_file_name("sites-available").join(&file);
                let words = Path::new("../sites-available").join(&file);
                (target.clone(), if link_is_relative { words } else { target })
            });
            Place::File { path: folder.join(file), available }
        })
    });
    places.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_gets_a_link_and_everybody_else_a_file() {
        let patterns = ["/etc/nginx/conf.d/*.conf", "/etc/nginx/sites-enabled/*"].map(PathBuf::from);
        let places = files(&patterns, "a.test", false);
        assert_eq!(places[0].path(), Path::new("/etc/nginx/sites-enabled/a.test"));
        assert_eq!(places[0].target(), Path::new("/etc/nginx/sites-available/a.test"));
        assert!(matches!(places[0].link(), Some(Step::Link { target, .. }) if target == *places[0].target()));
        assert_eq!(places[3].path(), Path::new("/etc/nginx/conf.d/a.test.conf"));
        assert_eq!(places[3].link(), None);
    }

    #[test]
    fn folders_of_other_things_are_no_place_for_a_site() {
        let patterns =
            ["conf.modules.d/*.conf", "modules-enabled/*.conf", "conf.d/[0-9]*.conf", "*/conf.d/*"];
        assert_eq!(files(&patterns.map(PathBuf::from), "a.test", false), []);
    }
}
