//! Where included files come from.

use super::wildcard::{Matcher, Wildcard, plain_name};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::ops::Bound;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// A place to read files from: the machine while it is probed, the findings' own bytes while a plan is made.
pub trait Files {
    /// The bytes of a file.
    fn read(&self, path: &Path) -> io::Result<Arc<[u8]>>;

    /// The names in a folder, sorted by byte; empty where there is no such folder.
    fn names(&self, folder: &Path) -> Vec<OsString>;

    /// Whether something is there.
    fn exists(&self, path: &Path) -> bool;

    /// Whether the path is a folder.
    fn is_dir(&self, path: &Path) -> bool;

    /// The paths that a pattern means, in the order in which it is matched: by all bytes of the path for the C library, by
    /// one name after the other for APR.
    fn glob(&self, pattern: &Path, by: Matcher) -> Vec<PathBuf> {
        let mut found = vec![PathBuf::from("/")];
        let mut is_sure = true;
        for part in pattern.components() {
            let text = match part {
                Component::Normal(text) => text.as_bytes(),
                Component::ParentDir => b"..",
                Component::RootDir | Component::CurDir | Component::Prefix(_) => continue,
            };
            is_sure = Wildcard::is_in(text);
            if !is_sure {
                let name = plain_name(text, by);
                for folder in &mut found {
                    folder.push(OsStr::from_bytes(&name));
                }
                continue;
            }
            let wildcard = Wildcard::read(text, by);
            let within = |folder: &PathBuf| {
                let mut names = self.names(folder);
                names.retain(|name| wildcard.matches(name.as_bytes()));
                names.into_iter().map(|name| folder.join(name)).collect::<Vec<_>>()
            };
            found = found.iter().flat_map(within).collect();
        }
        if !is_sure {
            found.retain(|path| self.exists(path));
        }
        if by == Matcher::CLibrary {
            found.sort_by(|one, other| one.as_os_str().cmp(other.as_os_str()));
        }
        found
    }
}

/// Files that are held in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles(pub BTreeMap<PathBuf, Arc<[u8]>>);

impl Files for MemoryFiles {
    fn read(&self, path: &Path) -> io::Result<Arc<[u8]>> {
        self.0.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn names(&self, folder: &Path) -> Vec<OsString> {
        let child = |file: &Path| file.strip_prefix(folder).ok()?.iter().next().map(ToOwned::to_owned);
        let mut names: Vec<OsString> = self.below(folder).filter_map(child).collect();
        names.sort();
        names.dedup();
        names
    }

    fn exists(&self, path: &Path) -> bool {
        self.below(path).next().is_some()
    }

    fn is_dir(&self, path: &Path) -> bool {
        self.below(path).any(|file| file != path)
    }
}

impl MemoryFiles {
    /// The file of a path, or all below it where it is a folder.
    fn below(&self, path: &Path) -> impl Iterator<Item = &Path> {
        let from = self.0.range::<Path, _>((Bound::Included(path), Bound::Unbounded));
        from.map(|(file, _)| file.as_path()).take_while(move |file| file.starts_with(path))
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
        assert_eq!(
            files.glob(Path::new("/e/*.conf"), Matcher::Apr),
            [PathBuf::from("/e/a.conf"), "/e/b.conf".into()]
        );
        assert_eq!(
            files.glob(Path::new("/e/*"), Matcher::CLibrary),
            [PathBuf::from("/e/a.conf"), "/e/b.conf".into(), "/e/d".into()]
        );
        assert!(files.is_dir(Path::new("/e/d")) && !files.is_dir(Path::new("/e/a.conf")));
    }
}
