//! What will be done: the same bytes for the preview, the diff, the deed and the receipt.

use super::{Answers, Field, FileImage, Rule, Server, Site};
use std::net::SocketAddr;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// Where journal, receipts and backups are, below the root prefix where there is one.
pub const STATE_FOLDER: &str = "/var/lib/guacfront";

/// How many seconds a person is waited for who was asked whether the machine can still be reached.
pub const CONFIRM_SECONDS: u64 = 60;

/// Everything that will be done, in order, and what the person should know about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The deeds, in order: files and links first, then tests, then reloads and restarts.
    pub steps: Vec<Step>,
    /// What the person should know: warnings, prices, what is left alone and why.
    pub notes: Vec<Note>,
    /// The site that was chosen, or was the only one; `None` where the frontend is on another machine.
    pub site: Option<Site>,
    /// The answers the plan is for, nothing in them left to be found.
    pub answers: Answers,
    /// Where the public will find Guacamole.
    pub addresses: Vec<PublicAddress>,
}

impl Plan {
    /// Whether the machine already is as the answers say.
    pub fn is_empty(&self) -> bool {
        self.steps.iter().all(|step| matches!(step, Step::Run(_)))
    }

    /// Whether a command of this purpose is among the steps.
    pub fn runs(&self, purpose: Purpose) -> bool {
        self.commands().any(|command| command.purpose == purpose)
    }

    /// The file changes, in order.
    pub fn changes(&self) -> impl Iterator<Item = &FileChange> {
        self.steps.iter().filter_map(|step| match step {
            Step::File(change) => Some(change),
            Step::Link { .. } | Step::Run(_) => None,
        })
    }

    /// The commands, in order.
    pub fn commands(&self) -> impl Iterator<Item = &Command> {
        self.steps.iter().filter_map(|step| match step {
            Step::Run(command) => Some(command),
            Step::Link { .. } | Step::File(_) => None,
        })
    }
}

/// One deed.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A file is edited or made.
    File(FileChange),
    /// A symbolic link is made, as `a2enmod` makes it.
    Link {
        /// Where the link will be.
        path: PathBuf,
        /// What it points to, as `readlink` will print it.
        target: PathBuf,
        /// Why, in a few words: `enables mod_proxy_http`.
        why: String,
    },
    /// A command is run.
    Run(Command),
}

/// A file before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct FileChange {
    /// The file as it is: what is checked again before it is replaced, and what undo gives back.
    pub before: FileImage,
    /// Its bytes afterwards.
    pub after: Arc<[u8]>,
    /// Every edit, in file order.
    pub changes: Vec<Change>,
}

/// One edit of a file: `before[from]` becomes `after[to]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The bytes replaced; empty for an insertion.
    pub from: Range<usize>,
    /// The bytes that stand there afterwards; empty for a removal.
    pub to: Range<usize>,
    /// The field that causes it, for the preview to follow.
    pub field: Option<Field>,
    /// Why, in a sentence.
    pub why: String,
}

/// A command of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What it is for.
    pub purpose: Purpose,
    /// The program by absolute path, then its arguments.
    pub argv: Vec<String>,
    /// What it does, in a sentence.
    pub words: String,
}

/// What a command is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The server's own config test: where it fails, everything is taken back.
    Test,
    /// Makes a frontend read its files again; requests in flight are finished.
    Reload,
    /// Restarts Tomcat, which ends running sessions.
    Restart,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Test, Self::Reload, Self::Restart];

    /// Its name, which receipts and `--json` hold, too: no version may change it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Reload => "reload",
            Self::Restart => "restart",
        }
    }

    /// What comes of it, as a second sentence after the command's own words.
    pub fn consequence(self) -> &'static str {
        match self {
            Self::Test => "where it finds fault everything is taken back",
            Self::Reload => "requests in flight are finished first",
            Self::Restart => "running Guacamole sessions end",
        }
    }
}

/// Which of the plan's commands to carry out beside the tests, which are always run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether frontends are told to read their files again.
    pub reload: bool,
    /// Whether Tomcat is restarted, which ends running sessions.
    pub restart: bool,
}

impl Options {
    /// All of them.
    pub const ALL: Self = Self { reload: true, restart: true };

    /// Whether commands of a kind are carried out.
    pub fn wants(self, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Test => true,
            Purpose::Reload => self.reload,
            Purpose::Restart => self.restart,
        }
    }
}

/// Something the person should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Whether it is more than information.
    pub warning: bool,
    /// The sentence.
    pub text: String,
    /// The rule whose page says more, where there is one.
    pub rule: Option<Rule>,
}

impl Note {
    /// Information.
    pub fn info(text: impl Into<String>) -> Self {
        Self { warning: false, text: text.into(), rule: None }
    }

    /// A warning.
    pub fn warning(text: impl Into<String>) -> Self {
        Self { warning: true, text: text.into(), rule: None }
    }

    /// The same, with the rule whose page says more.
    #[must_use]
    pub fn of(mut self, rule: Rule) -> Self {
        self.rule = Some(rule);
        self
    }

    /// The sentence, with the code of its rule at its end: `… [N09]`.
    pub fn sentence(&self) -> String {
        match self.rule {
            Some(rule) => format!("{} [{rule}]", self.text),
            None => self.text.clone(),
        }
    }
}

/// One way the public reaches Guacamole, and how to try it from this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicAddress {
    /// The frontend that answers there.
    pub server: Server,
    /// Whether it is `https`.
    pub tls: bool,
    /// The name for the Host header and for TLS.
    pub host: String,
    /// Where to connect.
    pub connect: SocketAddr,
    /// The public path, with both slashes.
    pub path: String,
}

impl PublicAddress {
    /// The address as a browser shows it.
    pub fn url(&self) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        let port = match (self.tls, self.connect.port()) {
            (true, 443) | (false, 80) => String::new(),
            (_, port) => format!(":{port}"),
        };
        format!("{scheme}://{}{port}{}", self.host, self.path)
    }
}
