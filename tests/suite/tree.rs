//! A folder tree as a value: what is in it, to the byte, mode, owner and link, so that two moments can be compared.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

/// Everything below a folder, and the folder itself as the empty path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    entries: BTreeMap<PathBuf, Entry>,
}

/// One name in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub kind: Kind,
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    /// When its content last changed, in seconds and nanoseconds since the epoch.
    pub mtime: (i64, i64),
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Folder,
    File(Vec<u8>),
    Link(PathBuf),
    Other(&'static str),
}

/// Whether a comparison looks at the times, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Not at all.
    Ignored,
    /// Those of regular files; a folder's time tells that something was renamed in it, not that anything differs.
    OfFiles,
}

impl Tree {
    /// Reads the tree; links are not followed.
    pub fn read(folder: &Path) -> Self {
        let mut entries = BTreeMap::new();
        let mut left = vec![PathBuf::new()];
        while let Some(relative) = left.pop() {
            let path = folder.join(&relative);
            let entry = Entry::read(&path);
            if entry.kind == Kind::Folder {
                let names = fs::read_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                left.extend(names.map(|name| relative.join(name.unwrap().file_name())));
            }
            entries.insert(relative, entry);
        }
        Self { entries }
    }

    /// The entry of a relative path.
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        self.entries.get(Path::new(path))
    }

    /// The relative paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.entries.keys().map(PathBuf::as_path)
    }

    /// What became different, a line each, in words; empty where nothing did.
    pub fn differences(&self, after: &Self, times: Times) -> Vec<String> {
        let mut lines = Vec::new();
        for (path, old) in &self.entries {
            match after.entries.get(path) {
                None => lines.push(format!("{}: is gone", path.display())),
                Some(new) => {
                    lines.extend(old.changes(new, times).map(|c| format!("{}: {c}", path.display())));
                }
            }
        }
        let added = after.entries.keys().filter(|path| !self.entries.contains_key(*path));
        lines.extend(added.map(|path| format!("{}: is new", path.display())));
        lines
    }

    /// Fails with every difference in bytes, kind, mode, owner and link, where there is one.
    #[track_caller]
    pub fn assert_same(&self, after: &Self, what: &str) {
        let lines = self.differences(after, Times::Ignored);
        assert!(lines.is_empty(), "{what}, but the tree is not what it was:\n{}", lines.join("\n"));
    }

    /// The same, one folder left out.
    #[track_caller]
    pub fn assert_same_but(&self, after: &Self, folder: &str, what: &str) {
        self.without(folder).assert_same(&after.without(folder), what);
    }

    /// The paths at which anything differs but a folder's time, one folder left out; sorted.
    pub fn differing(&self, after: &Self, but: &str) -> Vec<String> {
        let (old, new) = (self.without(but), after.without(but));
        let all = old.entries.keys().chain(new.entries.keys());
        let mut paths: Vec<String> = all
            .filter(|path| {
                let (old, new) = (old.entries.get(*path), new.entries.get(*path));
                let same = |(a, b): (&Entry, &Entry)| a.changes(b, Times::Ignored).next().is_none();
                old.zip(new).is_none_or(|both| !same(both))
            })
            .map(|path| path.to_string_lossy().into_owned())
            .collect();
        paths.sort();
        paths.dedup();
        paths
    }

    fn without(&self, folder: &str) -> Self {
        let folder = Path::new(folder.trim_start_matches('/'));
        let kept = self.entries.iter().filter(|(path, _)| !path.starts_with(folder));
        Self { entries: kept.map(|(path, entry)| (path.clone(), entry.clone())).collect() }
    }
}

impl Entry {
    fn read(path: &Path) -> Self {
        let metadata =
            fs::symlink_metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let kind = metadata.file_type();
        let kind = if kind.is_dir() {
            Kind::Folder
        } else if kind.is_file() {
            Kind::File(fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
        } else if kind.is_symlink() {
            Kind::Link(fs::read_link(path).unwrap())
        } else if kind.is_socket() {
            Kind::Other("a socket")
        } else if kind.is_fifo() {
            Kind::Other("a pipe")
        } else {
            Kind::Other("a device")
        };
        Self {
            kind,
            mode: metadata.mode() & 0o7777,
            uid: metadata.uid(),
            gid: metadata.gid(),
            mtime: (metadata.mtime(), metadata.mtime_nsec()),
        }
    }

    fn changes<'a>(&'a self, new: &'a Self, times: Times) -> impl Iterator<Item = String> + 'a {
        let kind = self.kind.change(&new.kind);
        let mode = (self.mode != new.mode).then(|| format!("mode {:04o} became {:04o}", self.mode, new.mode));
        let owner = ((self.uid, self.gid) != (new.uid, new.gid))
            .then(|| format!("owner {}:{} became {}:{}", self.uid, self.gid, new.uid, new.gid));
        let compared = times == Times::OfFiles && matches!(self.kind, Kind::File(_));
        let time = (compared && self.mtime != new.mtime)
            .then(|| format!("time {:?} became {:?}", self.mtime, new.mtime));
        [kind, mode, owner, time].into_iter().flatten()
    }
}

impl Kind {
    fn change(&self, new: &Self) -> Option<String> {
        match (self, new) {
            (old, new) if old == new => None,
            (Self::File(old), Self::File(new)) => Some(first_difference(old, new)),
            (Self::Link(old), Self::Link(new)) => {
                Some(format!("link to {} became link to {}", old.display(), new.display()))
            }
            (old, new) => Some(format!("{} became {}", old.name(), new.name())),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Folder => "folder".to_owned(),
            Self::File(bytes) => format!("file of {} bytes", bytes.len()),
            Self::Link(target) => format!("link to {}", target.display()),
            Self::Other(name) => (*name).to_owned(),
        }
    }
}

/// Where two byte strings part, with a line of each.
fn first_difference(old: &[u8], new: &[u8]) -> String {
    let at = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let line = old[..at].split(|byte| *byte == b'\n').count();
    let mut text = format!("bytes differ from line {line} (byte {at} of {} and {})", old.len(), new.len());
    for (name, bytes) in [("was", old), ("is", new)] {
        let start = bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let end = bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |n| at + n);
        let _ = write!(text, "\n    {name}: {}", bytes[start..end].escape_ascii());
    }
    text
}

/// The files below a folder that hold a text.
pub fn files_holding(folder: &Path, text: &str) -> Vec<PathBuf> {
    let tree = Tree::read(folder);
    let holds = |entry: &Entry| match &entry.kind {
        Kind::File(bytes) => bytes.windows(text.len()).any(|window| window == text.as_bytes()),
        Kind::Link(target) => target.as_os_str().as_bytes() == text.as_bytes(),
        Kind::Folder | Kind::Other(_) => false,
    };
    tree.entries.iter().filter(|(_, entry)| holds(entry)).map(|(path, _)| folder.join(path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn tree() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        fs::write(folder.path().join("a/f"), "one\ntwo\n").unwrap();
        fs::set_permissions(folder.path().join("a/f"), fs::Permissions::from_mode(0o644)).unwrap();
        std::os::unix::fs::symlink("f", folder.path().join("a/l")).unwrap();
        folder
    }

    fn after(change: impl FnOnce(&Path)) -> Vec<String> {
        let folder = tree();
        let before = Tree::read(folder.path());
        change(folder.path());
        before.differences(&Tree::read(folder.path()), Times::OfFiles)
    }

    #[test]
    fn an_untouched_tree_is_the_same() {
        assert_eq!(after(|_| ()), Vec::<String>::new());
    }

    #[test]
    fn a_changed_line_is_shown_with_its_number() {
        let lines = after(|folder| fs::write(folder.join("a/f"), "one\n2\n").unwrap());
        assert!(lines[0].starts_with("a/f: bytes differ from line 2"), "{lines:?}");
        assert!(lines[0].contains("was: two") && lines[0].contains("is: 2"), "{lines:?}");
    }

    #[test]
    fn the_same_bytes_written_later_differ_in_time_alone() {
        let change = |folder: &Path| {
            let file = fs::File::options().write(true).open(folder.join("a/f")).unwrap();
            file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
        };
        let folder = tree();
        let before = Tree::read(folder.path());
        change(folder.path());
        let after = Tree::read(folder.path());
        before.assert_same(&after, "time does not count");
        assert!(before.differences(&after, Times::OfFiles)[0].starts_with("a/f: time"));
    }

    #[test]
    fn a_changed_mode_is_seen() {
        let change = |folder: &Path| {
            fs::set_permissions(folder.join("a/f"), fs::Permissions::from_mode(0o600)).unwrap();
        };
        assert_eq!(after(change), ["a/f: mode 0644 became 0600"]);
    }

    #[test]
    fn a_link_that_became_a_file_is_seen() {
        let change = |folder: &Path| {
            fs::remove_file(folder.join("a/l")).unwrap();
            fs::write(folder.join("a/l"), "one\ntwo\n").unwrap();
        };
        assert!(after(change)[0].starts_with("a/l: link to f became file of 8 bytes"));
    }

    #[test]
    fn what_came_and_what_went_is_seen() {
        let change = |folder: &Path| fs::rename(folder.join("a/f"), folder.join("b")).unwrap();
        assert_eq!(after(change), ["a/f: is gone", "b: is new"]);
    }

    #[test]
    fn a_folder_can_be_left_out() {
        let folder = tree();
        let before = Tree::read(folder.path());
        fs::create_dir(folder.path().join("state")).unwrap();
        fs::write(folder.path().join("state/x"), "").unwrap();
        before.assert_same_but(&Tree::read(folder.path()), "/state", "the rest is the same");
    }

    #[test]
    #[should_panic(expected = "nothing happened, but the tree is not what it was:\na/f: is gone")]
    fn a_difference_fails_with_its_words() {
        let folder = tree();
        let before = Tree::read(folder.path());
        fs::remove_file(folder.path().join("a/f")).unwrap();
        before.assert_same(&Tree::read(folder.path()), "nothing happened");
    }

    #[test]
    fn a_text_is_found_in_files() {
        let folder = tree();
        assert_eq!(files_holding(folder.path(), "two"), [folder.path().join("a/f")]);
        assert_eq!(Tree::read(folder.path()).paths().count(), 4);
        assert!(Tree::read(folder.path()).entry("a/l").is_some());
    }
}
