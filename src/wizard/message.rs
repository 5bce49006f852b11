//! What the wizard is told, and what it wants done.

use super::{BackendAddress, FindingLine, Key, Proof};
use crate::model::{Answers, CONFIRM_SECONDS, Draft, Fault, Findings, Options, Plan, Purpose, Server};
use std::path::PathBuf;
use std::sync::Arc;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted.
    Paste(String),
    /// The machine has been looked at: what it has, and what to begin with.
    Found(Box<(Findings, Draft)>),
    /// The machine has been looked at again, for [`Effect::LookAgain`].
    FoundAgain(Box<Findings>),
    /// What is wrong with the set-up that is there, in a line, or that nothing is.
    Judged(FindingLine),
    /// The screen has been drawn, with so much room.
    Room(Room),
    /// Nothing was typed for a moment.
    Paused,
    /// A backend has been asked; what came of it.
    Answered(BackendAddress, FindingLine),
    /// The transaction has got a step further.
    Progress(String),
    /// All is done but for the person's word that the machine can still be reached; the seconds left for it.
    Awaiting(u64),
    /// The transaction is done; what the receipt is called.
    Applied(String),
    /// The transaction failed and everything was taken back, or what could not be is said; and whose fault it was.
    Failed(String, Fault),
    /// A check has been made on the running servers, in the round of that number.
    Proved(u32, Proof),
    /// The last check of that round has been made.
    ProvedAll(u32),
    /// Something was written to a file, in a sentence that says where, or why not.
    Saved(Result<String, String>),
    /// The terminal or the machine wants the program to end.
    Terminate,
}

/// Something to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Carry the plan out, as the preview shows it.
    Apply {
        /// The plan.
        plan: Arc<Plan>,
        /// What follows.
        follow_ups: FollowUps,
    },
    /// What was done may stay.
    Keep,
    /// What is being done is to be taken back.
    TakeBack,
    /// Look at the machine again, with the Tomcat of that server.xml.
    LookAgain(PathBuf),
    /// Ask whether Guacamole answers there.
    AskBackend(BackendAddress),
    /// Ask the running servers.
    Prove {
        /// What was done.
        plan: Arc<Plan>,
        /// The number to answer with: what was asked of a change that has been taken back counts no more.
        round: u32,
    },
    /// Write the answers file, and the other machine's where one half is there.
    Save(Box<Answers>),
    /// Write the plan to files instead: a patch and a report.
    WriteOut(Arc<Plan>),
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back to the shell until the program is continued.
    Suspend,
    /// Give the terminal back and end.
    Quit,
}

/// What the screen has room for, which nothing but drawing it can tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// Rows of a file in the preview; 0: there is no preview.
    pub preview: usize,
    /// What can be scrolled: what lies over the screen, or else its page; `None`: that is not known yet.
    pub page: Option<Extent>,
}

/// Lines of which a screen may show but a part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// How many of them are shown at a time.
    pub rows: usize,
    /// The first one shown where the last one is.
    pub last: usize,
}

impl Extent {
    /// So many lines where there is room for so many.
    pub fn of(lines: usize, rows: usize) -> Self {
        Self { rows, last: lines.saturating_sub(rows) }
    }
}

/// What lies over the screen and takes every key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// Help on the field and on the lines of the preview; how far it is scrolled.
    Help(usize),
    /// "Leave? Nothing was changed."
    Leave,
    /// "Do it?"
    Confirm,
    /// The line in which the text that is looked for in the preview is typed.
    Search,
    /// Whose lines count where guacfront's were edited by hand since; how far the difference is scrolled.
    Edited(usize),
}

/// What follows when the files are written, as the person wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FollowUps {
    /// Which commands.
    pub options: Options,
    /// How many seconds it waits for the person's word that the machine can still be reached, before it takes
    /// everything back; `None`: it does not ask.
    pub confirm: Option<u64>,
}

impl FollowUps {
    /// What a careful administrator would have: sessions that may be running are not ended.
    pub fn usual(findings: &Findings) -> Self {
        let mut sites = Server::ALL.into_iter().flat_map(|server| findings.sites(server));
        let in_use = sites.any(|site| site.guacamole().is_some());
        Self { options: Options { reload: true, restart: !in_use }, confirm: Some(CONFIRM_SECONDS) }
    }

    /// Whether a server is told to read its files anew, so that a person may be locked out.
    pub fn tell_a_server(self, plan: &Plan) -> bool {
        plan.commands().any(|command| command.purpose != Purpose::Test && self.options.wants(command.purpose))
    }

    /// The sentence on the person's word, for the review.
    pub fn asking(self) -> String {
        match self.confirm {
            Some(seconds) => {
                format!(
                    "then asks if you still get in; without an answer in {seconds} s everything is taken back"
                )
            }
            None => "asks afterwards if you still get in".to_owned(),
        }
    }
}
