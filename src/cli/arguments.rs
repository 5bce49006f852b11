//! The command line.

use crate::model::{Edited, Severity};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Puts Apache Guacamole behind nginx or Apache httpd, proves that it works, and can take it back.
///
/// Without a command the wizard starts: it looks at this machine, asks a few questions, and shows in your own files
/// what it would change. Nothing is written before you agree.
#[derive(Debug, Parser)]
#[command(name = "guacfront", version, after_help = AFTER_HELP, disable_help_subcommand = true, max_term_width = 100)]
pub struct Arguments {
    /// Work on the tree below DIR instead of this machine; no server is tested, reloaded or asked
    #[arg(long, global = true, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// Ask plain questions, one a line, for screen readers and simple terminals
    #[arg(long, global = true)]
    pub plain: bool,

    /// Begin with the answers in FILE instead of what the machine suggests
    #[arg(long, value_name = "FILE")]
    pub answers: Option<PathBuf>,

    /// After the reload, take everything back unless you confirm within SECONDS; 0 does not ask
    #[arg(long, value_name = "SECONDS")]
    pub confirm: Option<u64>,

    /// What to do; without one the wizard starts
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Arguments {
    /// Whether a program reads the output.
    pub fn is_json(&self) -> bool {
        match &self.command {
            Some(Command::Plan { json, .. } | Command::History { json, .. }) => *json,
            Some(Command::Apply(apply)) => apply.how.json,
            Some(Command::Check(check)) => check.json,
            Some(Command::Undo(undo)) => undo.json,
            _ => false,
        }
    }
}

const AFTER_HELP: &str = "Exit codes: 0 done, 1 check found something or (plan --exit-code) something would change, \
2 your error, 3 the machine's fault, 70 a fault of guacfront itself, 128+N ended by signal N.";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the configuration that the answers come to, to be pasted by hand
    Show {
        /// The answers file; - reads standard input
        #[arg(long, value_name = "FILE")]
        answers: PathBuf,
        /// Write the answers for the other machine to OTHER, where the frontend or Tomcat is on another one
        #[arg(long, value_name = "OTHER")]
        other: Option<PathBuf>,
        /// Write the valve for the other machine's server.xml to PATCH, for patch(1), where Tomcat is on another one
        #[arg(long, value_name = "PATCH")]
        patch: Option<PathBuf>,
    },
    /// Print what would change, as a unified diff, and the commands that would be run
    Plan {
        /// The answers file; - reads standard input
        #[arg(long, value_name = "FILE")]
        answers: PathBuf,
        /// Print one JSON object instead
        #[arg(long)]
        json: bool,
        /// Print Markdown instead, for a change ticket; secrets are masked
        #[arg(long, conflicts_with = "json")]
        markdown: bool,
        /// End with exit code 1 where anything would change
        #[arg(long)]
        exit_code: bool,
        /// What becomes of lines that guacfront wrote and somebody has edited since; left out: refused
        #[arg(long, value_enum, value_name = "CHOICE")]
        edited: Option<EditedLines>,
    },
    /// Carry the plan out
    Apply(Apply),
    /// Print what the machine holds now, as an answers file
    Answers,
    /// Say what is wrong with the Guacamole of this machine, whoever set it up, and ask the running servers
    Check(Check),
    /// Print what a code of check or of a plan's warning means
    Explain {
        /// The code, such as N03; left out: a list of all
        #[arg(value_name = "CODE")]
        code: Option<String>,
    },
    /// Print what a command or a topic is about: answers, check, safety, files, exit-codes, json
    Help {
        /// The topic or the command; left out: a list of all
        #[arg(value_name = "TOPIC")]
        topic: Option<String>,
    },
    /// Say that the machine can still be reached, for an apply that waits for it
    Confirm,
    /// Print what was done, newest first
    #[command(args_conflicts_with_subcommands = true)]
    History {
        /// What to do with it; left out: print it
        #[command(subcommand)]
        command: Option<History>,
        /// Print one JSON object instead
        #[arg(long)]
        json: bool,
    },
    /// Take back what was done
    Undo(Undo),
    /// Print what a package installs beside the program
    #[command(hide = true)]
    Generate {
        /// Which
        #[arg(value_enum)]
        what: Generated,
    },
    /// Take back a run that was killed while it waited
    #[command(hide = true)]
    Guard {
        /// The run's name
        id: String,
    },
    /// Try the wizard on a small machine laid out in a folder of its own
    Demo {
        /// The folder to lay it out in, new or empty; left out: a fresh one
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
}

/// What a package installs beside the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Generated {
    /// The manual page, as roff.
    Man,
    /// Completions for bash.
    Bash,
    /// Completions for zsh.
    Zsh,
    /// Completions for fish.
    Fish,
}

impl Command {
    /// Whether it reads the machine and changes nothing: such a command does not even take back what an earlier run
    /// had begun, it says so and names the command that does.
    pub fn only_looks(&self) -> bool {
        match self {
            Self::Show { .. }
            | Self::Plan { .. }
            | Self::Answers
            | Self::Explain { .. }
            | Self::Help { .. }
            | Self::Generate { .. }
            | Self::History { command: None, .. } => true,
            Self::Check(check) => !check.fix && !check.prove_address,
            Self::Undo(undo) => undo.dry_run,
            Self::Apply(_)
            | Self::Confirm
            | Self::History { command: Some(_), .. }
            | Self::Guard { .. }
            | Self::Demo { .. } => false,
        }
    }
}

/// What to do with the history.
#[derive(Debug, Subcommand)]
pub enum History {
    /// Remove the oldest receipts with their backups; what they did stays, and cannot be undone any more
    Prune {
        /// How many of the newest to keep
        #[arg(long, value_name = "N")]
        keep: usize,
    },
}

/// The arguments of `apply`.
#[derive(Args, Debug)]
pub struct Apply {
    /// The answers file; - reads standard input
    #[arg(long, value_name = "FILE")]
    pub answers: PathBuf,
    /// How its plan is carried out.
    #[command(flatten)]
    pub how: CarryOut,
}

/// How a plan is carried out, whatever its answers come from.
#[derive(Args, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct CarryOut {
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Print one JSON object instead
    #[arg(long)]
    pub json: bool,
    /// Do not reload the frontend
    #[arg(long)]
    pub no_reload: bool,
    /// Do not restart Tomcat, which ends running sessions
    #[arg(long)]
    pub no_restart: bool,
    /// Do not ask the running servers afterwards
    #[arg(long)]
    pub no_check: bool,
    /// Take everything back unless Enter or "guacfront confirm" confirms within SECONDS; 0 does not ask. Left out: 60
    /// where a terminal can be asked, 0 with --yes
    #[arg(long, value_name = "SECONDS")]
    pub confirm: Option<u64>,
    /// What becomes of lines that guacfront wrote and somebody has edited since; left out: asked, or refused with --yes
    #[arg(long, value_enum, value_name = "CHOICE")]
    pub edited: Option<EditedLines>,
}

/// What becomes of lines that guacfront wrote and somebody has edited since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EditedLines {
    /// They stay as they stand.
    Keep,
    /// They become what guacfront would write.
    Replace,
}

impl From<EditedLines> for Edited {
    fn from(lines: EditedLines) -> Self {
        match lines {
            EditedLines::Keep => Self::Keep,
            EditedLines::Replace => Self::Replace,
        }
    }
}

/// The arguments of `check`.
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Check {
    /// Print one JSON object instead
    #[arg(long, conflicts_with = "fix")]
    pub json: bool,
    /// Print Markdown instead, to be pasted in a ticket
    #[arg(long, conflicts_with_all = ["json", "fix"])]
    pub markdown: bool,
    /// End with exit code 1 from this severity on
    #[arg(long, value_enum, default_value_t = FailOn::Warn, value_name = "SEVERITY")]
    pub fail_on: FailOn,
    /// Read the configurations alone, ask no server
    #[arg(long)]
    pub rules_only: bool,
    /// Ask one address alone, as the public has it, from whatever machine this is
    #[arg(long, value_name = "URL", conflicts_with_all = ["rules_only", "fix", "root"])]
    pub public: Option<String>,
    /// Wait for the next login, SECONDS at most, and say which address Guacamole recorded
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "300",
          conflicts_with_all = ["rules_only", "fix", "root", "public"])]
    pub watch: Option<u64>,
    /// The file in which Guacamole logs its logins; left out: Tomcat's own output and the journal
    #[arg(long, value_name = "FILE", requires = "watch")]
    pub log: Option<PathBuf>,
    /// At each site put a copy of Guacamole's section in that leads to a stand-in for Tomcat, prove on it what headers
    /// arrive and that answers stream, and take it out again: the server reads its files twice
    #[arg(long, conflicts_with_all = ["rules_only", "fix", "root", "public"])]
    pub prove_address: bool,
    /// Plan and apply what takes the fixable findings away
    #[arg(long)]
    pub fix: bool,
    /// Do not ask before --fix or --prove-address writes
    #[arg(long)]
    pub yes: bool,
}

/// From which severity on `check` fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// From anything worth knowing on.
    Info,
    /// From what is worse than it should be on.
    Warn,
    /// From what does not work on.
    Error,
}

impl From<FailOn> for Severity {
    fn from(fail_on: FailOn) -> Self {
        match fail_on {
            FailOn::Info => Self::Info,
            FailOn::Warn => Self::Warning,
            FailOn::Error => Self::Error,
        }
    }
}

/// The arguments of `undo`.
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Undo {
    /// Which one, as history names it; left out: the newest
    #[arg(value_name = "ID")]
    pub id: Option<String>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Print one JSON object instead; asks only where --yes and --dry-run are left out
    #[arg(long)]
    pub json: bool,
    /// Say what would be given back, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Give back the old bytes whatever was changed since; what is replaced is kept
    #[arg(long)]
    pub force: bool,
    /// Do not reload the frontend
    #[arg(long)]
    pub no_reload: bool,
    /// Do not restart Tomcat, which ends running sessions
    #[arg(long)]
    pub no_restart: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn check_only_looks_unless_it_is_told_to_write() {
        let only_looks = |more: &[&str]| {
            let line = [&["guacfront", "check"], more].concat();
            let arguments = Arguments::try_parse_from(line).expect("the line is good");
            arguments.command.expect("a command").only_looks()
        };
        assert!(only_looks(&[]) && only_looks(&["--json"]) && only_looks(&["--watch"]));
        assert!(!only_looks(&["--fix"]) && !only_looks(&["--prove-address"]));
    }

    #[test]
    fn the_root_may_stand_before_or_after_the_command() {
        for line in [["guacfront", "--root", "/x", "answers"], ["guacfront", "answers", "--root", "/x"]] {
            let arguments = Arguments::try_parse_from(line).expect("the line is good");
            assert_eq!(arguments.root, Some("/x".into()));
        }
    }
}
