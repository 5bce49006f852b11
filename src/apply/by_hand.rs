//! Commands for a person to type, where guacfront could not put a file back itself.

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// The line that copies a backup over a file, which keeps the file's owner, mode and attributes.
pub(super) fn copy(backup: &Path, target: &Path) -> String {
    format!("cp -- {} {}", quoted(backup), quoted(target))
}

/// The line that removes a file.
pub(super) fn remove(target: &Path) -> String {
    format!("rm -- {}", quoted(target))
}

/// The line that gives a file its owner.
pub(super) fn owner(uid: u32, gid: u32, target: &Path) -> String {
    format!("chown {uid}:{gid} -- {}", quoted(target))
}

/// The line that gives a file its mode.
pub(super) fn mode(mode: u32, target: &Path) -> String {
    format!("chmod {mode:04o} -- {}", quoted(target))
}

/// The line that removes a folder with all that is in it.
pub(super) fn remove_all(folder: &Path) -> String {
    format!("rm -r -- {}", quoted(folder))
}

/// A path as a shell reads it back: bare where it can be, else in quotes, in `$'...'` where it holds bytes that must
/// not reach a terminal.
fn quoted(path: &Path) -> String {
    let bytes = path.as_os_str().as_bytes();
    let bare = |b: &u8| b.is_ascii_alphanumeric() || b"/._-+,@:".contains(b);
    if bytes.iter().all(bare) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    if bytes.iter().all(|b| b.is_ascii_graphic() || *b == b' ') {
        return format!("'{}'", String::from_utf8_lossy(bytes).replace('\'', r"'\''"));
    }
    let escaped: String = bytes
        .iter()
        .map(|&b| match b {
            b'\\' | b'\'' => format!("\\{}", char::from(b)),
            b if b.is_ascii_graphic() || b == b' ' => char::from(b).to_string(),
            b => format!("\\x{b:02x}"),
        })
        .collect();
    format!("$'{escaped}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_what_a_shell_would_take_apart() {
        for (path, line) in [
            ("/etc/a.conf", "rm -- /etc/a.conf"),
            ("/etc/a b", "rm -- '/etc/a b'"),
            ("/etc/it's", r"rm -- '/etc/it'\''s'"),
            ("/etc/a\u{1b}'", r"rm -- $'/etc/a\x1b\''"),
        ] {
            assert_eq!(remove(Path::new(path)), line);
        }
    }
}
