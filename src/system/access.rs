//! What this user may write.

use super::System;
use rustix::fs::{Access, AtFlags, CWD};
use std::collections::HashMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

impl System {
    /// Whether this user may replace the file at a path, or make it where it is not there: its folder and itself
    /// must be writable.
    ///
    /// It is the effective user with all its capabilities that is asked for, not whether it is root; a read-only
    /// mount and an immutable file are seen too.
    pub fn may_replace(&self, path: &Path) -> bool {
        let Ok(target) = self.resolve(path) else {
            return path
                .ancestors()
                .skip(1)
                .find_map(|folder| self.resolve(folder).ok())
                .is_some_and(|folder| self.may(&folder, Access::WRITE_OK | Access::EXEC_OK));
        };
        let folder = target.parent().unwrap_or(Path::new("/"));
        self.may(folder, Access::WRITE_OK | Access::EXEC_OK)
            && self.may(&target, Access::READ_OK | Access::WRITE_OK)
    }

    /// Whether the effective user is root; what it may write, [`System::may_replace`] tells.
    pub fn is_root(&self) -> bool {
        self.effective_user() == 0
    }

    /// The effective user's number.
    pub fn effective_user(&self) -> u32 {
        rustix::process::geteuid().as_raw()
    }

    /// Why others could have put into a folder of a canonical path what this user would then believe; `None` where only
    /// root and this user can.
    ///
    /// # Errors
    /// Where it may not be looked at.
    pub fn distrusted(&self, folder: &Path) -> std::io::Result<Option<String>> {
        let meta = self.folder(folder)?.handle().metadata()?;
        let (owner, mode) = (meta.uid(), meta.mode() & 0o7777);
        Ok(if owner != 0 && owner != self.effective_user() {
            Some(format!("it belongs to user {owner}"))
        } else if mode & 0o022 != 0 {
            Some(format!("its mode {mode:04o} lets others write to it"))
        } else {
            None
        })
    }

    /// Those of the paths that this user may not replace, as [`System::may_replace`] tells; folders are asked for once.
    pub fn not_replaceable<'a>(&self, paths: &'a [PathBuf]) -> Vec<&'a Path> {
        let mut folders: HashMap<&Path, bool> = HashMap::new();
        let mut may_replace = |path: &'a Path| {
            // A link or a missing file has another folder to ask for.
            let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
                return self.may_replace(path);
            };
            if !self.resolve_in(folder, name).is_ok_and(|target| target == path) {
                return self.may_replace(path);
            }
            let is_real = |folder: &Path| self.resolve(folder).is_ok_and(|real| real == folder);
            let may = folders
                .entry(folder)
                .or_insert_with(|| is_real(folder) && self.may(folder, Access::WRITE_OK | Access::EXEC_OK));
            if *may { self.may(path, Access::READ_OK | Access::WRITE_OK) } else { self.may_replace(path) }
        };
        paths.iter().map(PathBuf::as_path).filter(|path| !may_replace(path)).collect()
    }

    fn may(&self, path: &Path, access: Access) -> bool {
        rustix::fs::accessat(CWD, self.real(path), access, AtFlags::EACCESS).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_paths_are_judged_as_each_alone() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let system = System::below(folder.path()).expect("the folder is there");
        std::fs::create_dir_all(folder.path().join("etc/a")).expect("the folder is made");
        std::os::unix::fs::symlink("/etc/a", folder.path().join("etc/b")).expect("the link is made");
        std::os::unix::fs::symlink("/etc/gone", folder.path().join("etc/c")).expect("the link is made");
        let paths =
            ["/etc/a", "/etc/a/new", "/etc/b", "/etc/b/new", "/etc/c", "/none/x", "/"].map(PathBuf::from);
        let alone: Vec<&Path> =
            paths.iter().map(PathBuf::as_path).filter(|path| !system.may_replace(path)).collect();
        assert_eq!(system.not_replaceable(&paths), alone);
    }
}
