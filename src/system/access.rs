//! What this user may write.

use super::System;
use rustix::fs::{Access, AtFlags, CWD};
use std::path::Path;

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

    fn may(&self, path: &Path, access: Access) -> bool {
        rustix::fs::accessat(CWD, self.real(path), access, AtFlags::EACCESS).is_ok()
    }
}
