//! Where included files come from.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A place to read files from: the machine while it is probed, the findings' own bytes while a plan is made.
pub trait Files {
    /// The bytes of a file.
    fn read(&self, path: &Path) -> io::Result<Arc<[u8]>>;

    /// The paths that match a glob pattern as glob(3) matches it in the C locale: sorted by byte, a leading dot
    /// matched by a literal dot alone, `*` and `?` never matching `/`.
    fn glob(&self, pattern: &Path) -> Vec<PathBuf>;

    /// Whether the path is a folder.
    fn is_dir(&self, path: &Path) -> bool;
}

/// Files that are held in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles(pub BTreeMap<PathBuf, Arc<[u8]>>);

impl Files for MemoryFiles {
    fn read(&self, path: &Path) -> io::Result<Arc<[u8]>> {
        self.0.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn glob(&self, pattern: &Path) -> Vec<PathBuf> {
        let options = glob::MatchOptions {
            case_sensitive: true,
            require_literal_separator: true,
            require_literal_leading_dot: true,
        };
        let Some(Ok(pattern)) = pattern.to_str().map(glob::Pattern::new) else {
            return Vec::new();
        };
        // A pattern may name a folder, whose files alone are listed here.
        let mut found: Vec<PathBuf> = self
            .0
            .keys()
            .flat_map(|file| file.ancestors())
            // A star matches the empty name, too, but no folder lists itself.
            .filter(|path| path.file_name().is_some())
            .filter(|path| pattern.matches_path_with(path, options))
            .map(Path::to_owned)
            .collect();
        found.sort_by(|a, b| a.as_os_str().cmp(b.as_os_str()));
        found.dedup();
        found
    }

    fn is_dir(&self, path: &Path) -> bool {
        self.0.keys().any(|file| file != path && file.starts_with(path))
    }
}

/// Line and column of a byte, both 1-based; the column counts bytes.
pub fn position(bytes: &[u8], offset: usize) -> (usize, usize) {
    let before = &bytes[..offset.min(bytes.len())];
    let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|&&b| b != b'\n').count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_columns_from_one() {
        assert_eq!(position(b"ab\ncd", 0), (1, 1));
        assert_eq!(position(b"ab\ncd", 4), (2, 2));
        assert_eq!(position(b"ab\n", 99), (2, 1));
    }

    #[test]
    fn memory_glob_is_sorted_and_leaves_dot_files() {
        let files = MemoryFiles(
            ["/e/b.conf", "/e/a.conf", "/e/.x.conf", "/e/d/c.conf"]
                .iter()
                .map(|p| (p.into(), Arc::from(&b""[..])))
                .collect(),
        );
        assert_eq!(files.glob(Path::new("/e/*.conf")), [PathBuf::from("/e/a.conf"), "/e/b.conf".into()]);
        assert_eq!(
            files.glob(Path::new("/e/*")),
            [PathBuf::from("/e/a.conf"), "/e/b.conf".into(), "/e/d".into()]
        );
        assert!(files.is_dir(Path::new("/e/d")) && !files.is_dir(Path::new("/e/a.conf")));
    }
}
