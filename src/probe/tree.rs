//! Trees that stand for a machine in this room's tests.

use crate::system::System;

/// A tree of files, each of a path and a text, and of links, each of a path and what it leads to; it goes with the
/// folder.
pub(super) fn tree(files: &[(&str, &str)], links: &[(&str, &str)]) -> (tempfile::TempDir, System) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let put = |path: &str| {
        let real = folder.path().join(path.trim_start_matches('/'));
        std::fs::create_dir_all(real.parent().expect("a parent")).expect("the folder is made");
        real
    };
    #[expect(clippy::disallowed_methods, reason = "a test lays out its own tree")]
    for (path, text) in files {
        std::fs::write(put(path), text).expect("the file is written");
    }
    for (path, target) in links {
        std::os::unix::fs::symlink(target, put(path)).expect("the link is made");
    }
    let system = System::below(folder.path()).expect("the folder is there");
    (folder, system)
}
