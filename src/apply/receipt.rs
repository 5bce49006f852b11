//! What was done, as it is kept: enough to undo it by another version, or by hand.

mod escape;

use crate::model::{Command, Meta, Purpose};
use crate::system::{Content, Mtime};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::{self, Write as _};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::PathBuf;
use std::sync::Arc;

/// The version of the shape below.
const VERSION: u32 = 1;

/// What the last line of a sealed receipt begins with.
const SEAL: &str = "# sha256 of the above: ";

/// What was done.
///
/// # Shape
/// TOML, `version = 1`; keys that are not known are ignored. Where `sealed` is set, the last line is a comment with the
/// hash of all that stands above it: a file that was cut off between two tables would still be TOML. Paths and attribute
/// names are text in which a backslash, a control character and a byte that is not UTF-8 stand as `\xNN`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    version: u32,
    /// Whether its file ends in a seal; those of the first guacfronts do not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    sealed: bool,
    /// Its name, which sorts by time.
    pub id: String,
    /// When it began, RFC 3339.
    pub time: String,
    /// The version of guacfront that did it.
    pub guacfront: String,
    /// The receipt that this one undoes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    /// The receipt that undoes this one and is itself in force; found when the history is read.
    #[serde(skip)]
    pub undone_by: Option<String>,
    /// Whether all is done but for a person's word that the machine can still be reached.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) awaiting: bool,
    /// The answers file of what was asked for; empty for an undo.
    #[serde(default)]
    pub answers: String,
    /// Folders that were made, outermost first.
    #[serde(default, with = "escape::paths")]
    pub folders: Vec<PathBuf>,
    /// The files.
    #[serde(default)]
    pub files: Vec<FileRecord>,
    /// The links.
    #[serde(default)]
    pub links: Vec<LinkRecord>,
    /// The commands.
    #[serde(default)]
    pub commands: Vec<CommandRecord>,
}

/// A file before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// The path by which its server reads it.
    #[serde(with = "escape::path")]
    pub path: PathBuf,
    /// Where it really is.
    #[serde(with = "escape::path")]
    pub target: PathBuf,
    /// The new file beside it, which a run that was cut short may leave.
    #[serde(with = "escape::path")]
    pub(super) temporary: PathBuf,
    /// Whether its turn has come: until then it cannot be but as it was, or another hand's work.
    #[serde(default)]
    pub(super) touched: bool,
    /// Why it is written in place and not replaced; its bytes may be part old, part new after a run cut short.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_place: Option<String>,
    /// As it was; `None`: it was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Kept>,
    /// As it is afterwards; `None`: it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Kept>,
}

/// What is kept of a file at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Hash of its bytes, hexadecimal.
    pub sha256: String,
    /// Its length in bytes.
    pub size: u64,
    /// The permission bits.
    #[serde(with = "escape::octal")]
    pub mode: u32,
    /// User id of the owner.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
    /// When it was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mtime: Option<Mtime>,
    /// Its bytes, as a path in the receipt's folder.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "escape::maybe_path")]
    pub backup: Option<PathBuf>,
    /// Its extended attributes, values as names are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    xattrs: BTreeMap<String, String>,
}

/// A symbolic link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkRecord {
    /// Where it is.
    #[serde(with = "escape::path")]
    pub path: PathBuf,
    /// What it points to, as `readlink` prints it.
    #[serde(with = "escape::path")]
    pub target: PathBuf,
    /// Whether it was made; else it was removed.
    #[serde(default = "yes")]
    pub made: bool,
}

/// A command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandRecord {
    /// What it is for.
    #[serde(with = "escape::purpose")]
    pub purpose: Purpose,
    /// The program, then its arguments.
    pub argv: Vec<String>,
    /// What it does, in a sentence.
    #[serde(default)]
    pub words: String,
    /// How it ended.
    #[serde(default)]
    pub outcome: Outcome,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was not run.
    #[default]
    NotRun,
    /// It has begun.
    Begun,
    /// It ended with code 0.
    Done,
    /// It ended otherwise, or could not be started.
    Failed,
    /// It was ended at its deadline.
    TimedOut,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotRun => "not run",
            Self::Begun => "begun",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::TimedOut => "did not end in time and was stopped",
        })
    }
}

impl Receipt {
    pub(super) fn new(id: String, time: String) -> Self {
        Self {
            version: VERSION,
            sealed: true,
            id,
            time,
            guacfront: env!("CARGO_PKG_VERSION").to_owned(),
            undoes: None,
            undone_by: None,
            awaiting: false,
            answers: String::new(),
            folders: Vec::new(),
            files: Vec::new(),
            links: Vec::new(),
            commands: Vec::new(),
        }
    }

    /// How much its backups hold.
    ///
    /// # Units
    /// Bytes.
    pub fn backup_size(&self) -> u64 {
        let backed_up = self.files.iter().flat_map(|file| file.before.iter().chain(&file.after));
        backed_up.filter(|kept| kept.backup.is_some()).map(|kept| kept.size).sum()
    }

    /// Reads a receipt of any version up to this one's.
    ///
    /// # Errors
    /// A sentence that says why it cannot be read.
    pub fn from_toml(text: &str) -> Result<Self, String> {
        let receipt: Self = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        let sealed = text.strip_suffix('\n').and_then(|text| text.rsplit_once(SEAL));
        let is_whole = sealed.map(|(above, seal)| hash(above.as_bytes()) == seal);
        if !is_whole.unwrap_or(!receipt.sealed) {
            return Err("it is damaged or cut off: its last line does not fit what stands above".to_owned());
        }
        if receipt.version > VERSION {
            return Err(format!(
                "it has version {} and this guacfront knows versions up to {VERSION}",
                receipt.version
            ));
        }
        Ok(receipt)
    }

    pub(super) fn to_toml(&self) -> Result<String, toml::ser::Error> {
        let text = toml::to_string(self)?;
        Ok(if self.sealed { format!("{text}{SEAL}{}\n", hash(text.as_bytes())) } else { text })
    }
}

impl Kept {
    pub(super) fn of(content: &Content, backup: Option<PathBuf>) -> Self {
        Self {
            sha256: hash(&content.bytes),
            size: content.bytes.len() as u64,
            mode: content.meta.mode,
            uid: content.meta.uid,
            gid: content.meta.gid,
            mtime: content.mtime,
            backup,
            xattrs: content
                .xattrs
                .iter()
                .map(|(name, value)| (escape::text(name.as_bytes()), escape::text(value)))
                .collect(),
        }
    }

    /// The file again, of the bytes its backup holds.
    pub(super) fn content(&self, bytes: Arc<[u8]>) -> Content {
        Content {
            bytes,
            meta: self.meta(),
            mtime: self.mtime,
            xattrs: self
                .xattrs
                .iter()
                .map(|(name, value)| (OsString::from_vec(escape::bytes(name)), escape::bytes(value)))
                .collect(),
        }
    }

    pub(super) fn meta(&self) -> Meta {
        Meta { mode: self.mode, uid: self.uid, gid: self.gid }
    }

    /// Whether a file has these bytes.
    pub(super) fn has_bytes_of(&self, content: &Content) -> bool {
        self.size == content.bytes.len() as u64 && self.sha256 == hash(&content.bytes)
    }
}

impl From<&Command> for CommandRecord {
    fn from(command: &Command) -> Self {
        Self {
            purpose: command.purpose,
            argv: command.argv.clone(),
            words: command.words.clone(),
            outcome: Outcome::NotRun,
        }
    }
}

pub(super) fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn yes() -> bool {
    true
}
