//! Where the modules are, and openSUSE's list of them.

use crate::config::apache::{Loaded, exported};
use crate::model::FileImage;
use crate::system::System;
use std::path::{Path, PathBuf};

/// The file that the start script reads the list from.
const SYSCONFIG: &str = "/etc/sysconfig/apache2";
const LIST: &str = "APACHE_MODULES";

/// The file with the list, where this machine has one.
pub(super) fn sysconfig(system: &System) -> Option<FileImage> {
    let image = system.image(Path::new(SYSCONFIG)).ok()?;
    let has_list = exported(&String::from_utf8_lossy(&image.bytes)).iter().any(|(name, _)| name == LIST);
    has_list.then_some(image)
}

/// The modules that the list names, `mod_` and a path left out as the start script does.
pub(super) fn named(sysconfig: &FileImage) -> Vec<String> {
    let values = exported(&String::from_utf8_lossy(&sysconfig.bytes));
    let list = values.iter().find(|(name, _)| name == LIST).map_or("", |(_, value)| value.as_str());
    let bare = |word: &str| {
        let name = word.rsplit('/').next().unwrap_or(word);
        let name = name.strip_suffix(".so").unwrap_or(name);
        name.strip_prefix("mod_").unwrap_or(name).to_owned()
    };
    list.split_whitespace().map(bare).collect()
}

/// The folder that modules are loaded from.
pub(super) fn folder(loaded: &Loaded) -> Option<PathBuf> {
    let line = loaded.items.iter().find(|item| item.name == "loadmodule")?;
    Some(loaded.server_root.join(Path::new(&**line.arguments().get(1)?).parent()?))
}
