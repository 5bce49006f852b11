//! Where included files come from.

use super::Wildcard;
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
        // A pattern may name a folder, whose files alone are listed here.
        let mut found: Vec<PathBuf> = self
            .0
            .keys()
            .flat_map(|file| file.ancestors())
            .filter(|path| Wildcard::matches_path(pattern, path))
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

/// How many line feeds stand before a byte, counted once for every so many bytes: a large file has a hundred thousand lines
/// and is asked for a few thousand of them, a small one for one or two.
#[derive(Clone, Debug, Default)]
pub struct LineIndex {
    /// Before the first byte of the second step, of the third, and so on.
    feeds: Vec<u32>,
}

impl LineIndex {
    const STEP: usize = 1024;

    /// Counts the lines of a file of less than 4 GiB.
    pub fn of(bytes: &[u8]) -> Self {
        let mut before = 0;
        let steps = bytes.chunks_exact(Self::STEP).map(|step| {
            before += memchr::memchr_iter(b'\n', step).count();
            u32::try_from(before).unwrap_or(u32::MAX)
        });
        Self { feeds: steps.collect() }
    }

    /// The line of a byte of the very file that was counted, 1-based.
    pub fn line(&self, bytes: &[u8], offset: usize) -> usize {
        let offset = offset.min(bytes.len());
        let steps = offset / Self::STEP;
        let before = steps.checked_sub(1).map_or(0, |last| self.feeds[last] as usize);
        before + memchr::memchr_iter(b'\n', &bytes[steps * Self::STEP..offset]).count() + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_counts_as_one_would_from_the_first_byte() {
        let text: Vec<u8> = (0..5000_u32).map(|n| if n % 7 == 0 { b'\n' } else { b'x' }).collect();
        for len in [0, 1, 1023, 1024, 1025, 2048, 5000] {
            let (bytes, index) = (&text[..len], LineIndex::of(&text[..len]));
            for offset in 0..=len + 1 {
                assert_eq!(index.line(bytes, offset), position(bytes, offset).0, "{len} {offset}");
            }
        }
    }

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
