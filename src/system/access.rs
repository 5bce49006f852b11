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

    /// The number of the user whose file stands at a canonical path; `None` where there is none or it may not be seen.
    pub fn owner(&self, target: &Path) -> Option<u32> {
        std::fs::symlink_metadata(self.real(target)).ok().map(|meta| meta.uid())
    }

    /// The first on the way to a path, from the root folder on, that belongs to another than root and this user; its
    /// owner's number.
    pub fn first_stranger(&self, path: &Path) -> Option<u32> {
        let mut parts: Vec<&Path> = path.ancestors().collect();
        parts.reverse();
        parts
            .into_iter()
            .filter_map(|part| self.owner(part))
            .find(|uid| ![0, self.effective_user()].contains(uid))
    }

    /// Whether none but root and this user can have put there what stands at a path, nor can put anything else there: it
    /// and every folder on the way, links resolved or not, is theirs, and none lets others write.
    pub fn is_safe(&self, path: &Path) -> bool {
        let is_safe = |end: &Path, part: &Path| {
            let Ok(meta) = std::fs::symlink_metadata(self.real(part)) else { return false };
            let is_own = meta.uid() == 0 || meta.uid() == self.effective_user();
            // In a sticky folder others can make their own, and not replace what is not theirs.
            let is_sticky = meta.mode() & 0o1000 != 0 && part != end;
            is_own && (meta.is_symlink() || is_sticky || meta.mode() & 0o022 == 0)
        };
        let all_safe = |path: &Path| path.ancestors().all(|part| is_safe(path, part));
        path.is_absolute() && all_safe(path) && self.resolve(path).is_ok_and(|real| all_safe(&real))
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

    #[test]
    fn what_others_can_replace_is_not_safe() {
        use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
        let folder = tempfile::tempdir().expect("a temporary folder");
        let system = System::machine();
        let (shared, own) = (folder.path().join("shared"), folder.path().join("shared/own"));
        let file = own.join("server.xml");
        std::fs::create_dir_all(&own).expect("the folders are made");
        std::fs::File::create(&file).expect("a file");
        symlink(&own, folder.path().join("link")).expect("a link");
        let through = folder.path().join("link/server.xml");
        let mode = |path: &Path, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("it has a mode");
        };
        for (of_shared, of_own, of_file, safe) in [
            (0o755, 0o755, 0o644, true),
            (0o1777, 0o755, 0o644, true),
            (0o777, 0o755, 0o644, false),
            (0o775, 0o755, 0o644, false),
            (0o755, 0o777, 0o644, false),
            (0o755, 0o755, 0o666, false),
        ] {
            mode(&shared, of_shared);
            mode(&own, of_own);
            mode(&file, of_file);
            assert_eq!(system.is_safe(&file), safe, "{of_shared:o} {of_own:o} {of_file:o}");
            assert_eq!(system.is_safe(&through), safe, "{of_shared:o} {of_own:o} {of_file:o} through a link");
        }
        mode(&file, 0o644);
        mode(&own, 0o1777);
        assert!(system.is_safe(&file) && !system.is_safe(&own), "others can put more into it");
        assert!(!system.is_safe(&own.join("gone")) && !system.is_safe(Path::new("server.xml")));
        // Owners can be given away by root alone.
        if system.is_root() {
            mode(&own, 0o755);
            for path in [&file, &own, &shared] {
                chown(path, Some(4321), None).expect("it is given away");
                assert!(!system.is_safe(&file), "{}", path.display());
                chown(path, Some(0), None).expect("it is taken back");
            }
            assert!(system.is_safe(&file));
        }
    }
}
