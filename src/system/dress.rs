//! What a file is given beside its bytes.

use super::snapshot::{Content, attributes};
use super::{Deed, Folder, Mtime};
use std::fs::{File, FileTimes, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
use std::path::Path;
use xattr::FileExt as _;

/// The attributes that are a file's own; a label of the kernel or of a network's file system cannot be taken off, and
/// need not be.
const TAKEN_OFF: [&[u8]; 3] = [b"user.", b"trusted.", b"system.posix_acl"];

impl Folder<'_> {
    /// Gives a file its owner, extended attributes, mode and time, where they are not so already.
    pub(super) fn dress(&self, path: &Path, file: &File, content: &Content) -> io::Result<()> {
        let change = |deed, make: &dyn Fn() -> io::Result<()>| self.system().change(deed, path, make);
        let (meta, wanted) = (file.metadata()?, content.meta);
        if (meta.uid(), meta.gid()) != (wanted.uid, wanted.gid) {
            change(Deed::Owner, &|| fchown(file, Some(wanted.uid), Some(wanted.gid)))?;
        }
        let has = attributes(file)?;
        for (name, value) in content.xattrs.iter().filter(|wanted| !has.contains(wanted)) {
            change(Deed::Attribute, &|| file.set_xattr(name, value))?;
        }
        let is_wanted = |name| content.xattrs.iter().any(|(wanted, _)| wanted == name);
        for (name, _) in has.iter().filter(|(name, _)| !is_wanted(name)) {
            if TAKEN_OFF.iter().any(|own| name.as_encoded_bytes().starts_with(own)) {
                change(Deed::Attribute, &|| file.remove_xattr(name))?;
            }
        }
        // After the owner, whose change clears set-id bits, and after the access control list, whose mask it sets.
        if file.metadata()?.mode() & 0o7777 != wanted.mode {
            change(Deed::Mode, &|| file.set_permissions(Permissions::from_mode(wanted.mode)))?;
        }
        let Some(time) = content.mtime.and_then(Mtime::system_time) else { return Ok(()) };
        change(Deed::Time, &|| match file.set_times(FileTimes::new().set_modified(time)) {
            // Whoever may write a file by its group's rights may still not set its time, which the kernel does.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
            set => set,
        })
    }
}
