//! Words for a person to type into a shell.

use super::printable;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// A word as a shell reads it back: bare where it can be, else in quotes, in `$'...'` where it holds bytes that must
/// not reach a terminal.
pub fn quoted(word: impl AsRef<OsStr>) -> String {
    let bytes = word.as_ref().as_bytes();
    let bare = |b: &u8| b.is_ascii_alphanumeric() || b"/._-+,@:".contains(b);
    if !bytes.is_empty() && bytes.iter().all(bare) {
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

/// The line that takes a run back, on the machine or on the tree that stands for one.
pub fn undo_line(root: Option<&Path>, receipt: &str) -> String {
    let root = root.map_or_else(String::new, |root| format!("--root {} ", quoted(root)));
    format!("guacfront {root}undo {}", printable(receipt))
}

/// The line that does as root what a user has no right to: the program and its arguments after `sudo`.
pub fn with_sudo<W: AsRef<OsStr>>(argv: impl IntoIterator<Item = W>) -> String {
    argv.into_iter().fold("sudo --".to_owned(), |line, word| line + " " + &quoted(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_what_a_shell_would_take_apart() {
        for (word, line) in [
            ("/etc/a.conf", "/etc/a.conf"),
            ("", "''"),
            ("/etc/a b", "'/etc/a b'"),
            ("/etc/it's", r"'/etc/it'\''s'"),
            ("/etc/a\u{1b}'", r"$'/etc/a\x1b\''"),
            ("$(reboot)", "'$(reboot)'"),
        ] {
            assert_eq!(quoted(word), line);
        }
    }

    #[test]
    fn the_line_with_sudo_has_every_word() {
        let line = with_sudo(["/usr/bin/guacfront", "apply", "--answers", "my answers.toml"]);
        assert_eq!(line, "sudo -- /usr/bin/guacfront apply --answers 'my answers.toml'");
    }

    #[test]
    fn an_undo_line_without_its_root_would_take_back_something_of_the_machine_itself() {
        assert_eq!(undo_line(None, "7"), "guacfront undo 7");
        assert_eq!(undo_line(Some(Path::new("/a b")), "7"), "guacfront --root '/a b' undo 7");
    }
}
