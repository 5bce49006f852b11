//! The table of bindings.

use super::{Action, Binding, Context};
use Context::{
    Busy, Choice, Edited, Help, List, Looking, Page, Question, Result, Review, Search, Text, Trial,
};

const ALL_SCREENS: &[Context] = &[Page, Text, Choice, List, Review, Result];
const WITH_PREVIEW: &[Context] = &[Page, Text, Choice, List, Review];

/// Every key of the wizard, in the order of the help bar.
pub const BINDINGS: &[Binding] = &[
    bind(&["Enter"], Action::Next, &[Page, Text, Choice, List], "next", "on to the next screen"),
    bind(&["Enter"], Action::Next, &[Review], "apply", "do what is shown, after one more question"),
    bind(&["Enter", "q"], Action::Quit, &[Result], "leave", "end the wizard"),
    bind(&["Esc"], Action::Back, ALL_SCREENS, "back", "back to the screen before; what was typed stays"),
    bind(&["Down", "Space", "j"], Action::ChooseNext, &[Choice], "choose", "the next choice"),
    bind(&["C-o"], Action::AddEntry, &[List], "add", "a new entry below; a comma does so, too"),
    bind(&["C-x"], Action::RemoveEntry, &[List], "remove", "take the entry away"),
    bind(&["Down", "Tab"], Action::NextEntry, &[List], "", "to the entry below"),
    bind(&["Up", "BackTab"], Action::PreviousEntry, &[List], "", "to the entry above"),
    bind(&["r"], Action::ToggleReload, &[Review], "reload", "whether the frontend is reloaded"),
    bind(&["t"], Action::ToggleRestart, &[Review], "restart", "whether Tomcat is restarted"),
    bind(
        &["c"],
        Action::ToggleConfirm,
        &[Review],
        "confirm",
        "whether everything is taken back unless you say in time that you still get in",
    ),
    bind(&["s"], Action::Save, &[Review, Result], "save", "write the answers to a file, for apply --answers"),
    bind(
        &["w"],
        Action::WriteOut,
        &[Review],
        "write",
        "write the plan to files instead: a patch, and a report to show around",
    ),
    bind(
        &["F1", "C-g"],
        Action::Help,
        ALL_SCREENS,
        "why",
        "what the field means and why each line is written",
    ),
    bind(&["Tab"], Action::NextField, &[Text, Choice], "", "to the next field"),
    bind(&["BackTab"], Action::PreviousField, &[Text, Choice], "", "to the field before"),
    bind(&["Down"], Action::NextField, &[Text], "", "to the next field"),
    bind(&["Up"], Action::PreviousField, &[Text], "", "to the field before"),
    bind(&["Up", "k"], Action::ChoosePrevious, &[Choice], "", "the choice before"),
    bind(&["PgDn"], Action::ScrollDown, ALL_SCREENS, "scroll", "the preview down"),
    bind(&["Down"], Action::ScrollDown, &[Page, Review, Result, Help], "", "down"),
    bind(&["PgUp"], Action::ScrollUp, ALL_SCREENS, "", "the preview up"),
    bind(&["Up"], Action::ScrollUp, &[Page, Review, Result, Help], "", "up"),
    bind(&["PgDn", "Space"], Action::ScrollDown, &[Help], "scroll", "down"),
    bind(&["PgUp"], Action::ScrollUp, &[Help], "", "up"),
    bind(&["Enter"], Action::Yes, &[Search], "keep", "close the line; the hits stay marked"),
    bind(&["Esc", "C-c"], Action::No, &[Search], "end", "end the search, and back to where it began"),
    bind(&["C-n", "C-r", "Down", "F6", "F7"], Action::GoNext, &[Search], "next", "to the next hit"),
    bind(&["C-p", "Up", "F5"], Action::GoPrevious, &[Search], "before", "to the hit before"),
    bind(&["C-t", "F3"], Action::NextFile, WITH_PREVIEW, "file", "the preview's next file"),
    bind(
        &["C-v", "F4"],
        Action::ToggleView,
        &[Page, Text, Choice, List, Review, Search],
        "whole",
        "the whole file, or only its changes",
    ),
    bind(
        &["C-r", "F7"],
        Action::Search,
        WITH_PREVIEW,
        "find",
        "look for text in the preview, upper and lower case alike",
    ),
    bind(&["/"], Action::Search, &[Page, Choice, Review], "", "look for text in the preview"),
    bind(
        &["C-n", "F6"],
        Action::GoNext,
        WITH_PREVIEW,
        "",
        "the preview to the next hit, or to the next change where nothing is looked for",
    ),
    bind(
        &["C-p", "F5"],
        Action::GoPrevious,
        WITH_PREVIEW,
        "",
        "the preview to the hit before, or to the change before",
    ),
    bind(&["n"], Action::GoNext, &[Page, Review], "", "to the next hit, or change"),
    bind(&["N"], Action::GoPrevious, &[Page, Review], "", "to the hit before, or change"),
    bind(&["M-w", "F8"], Action::ToggleWrap, WITH_PREVIEW, "", "long lines of the preview broken, or cut"),
    bind(&["C-c"], Action::Quit, &[Looking], "quit", "leave"),
    bind(&["C-c"], Action::Quit, ALL_SCREENS, "quit", "leave; asks once"),
    bind(
        &["?"],
        Action::Help,
        &[Page, Choice, Review, Result],
        "",
        "what the field means and why each line is written",
    ),
    bind(&["y", "Enter"], Action::Yes, &[Question], "yes", "agree"),
    bind(&["Esc", "n"], Action::No, &[Question], "no", "close the question"),
    bind(&["C-c"], Action::Quit, &[Question], "", "leave; at the last question, only close it"),
    bind(
        &["k"],
        Action::KeepEdited,
        &[Edited],
        "keep mine",
        "the lines that were edited by hand stay as they are",
    ),
    bind(
        &["t"],
        Action::ReplaceEdited,
        &[Edited],
        "take guacfront's",
        "the lines become what guacfront would write",
    ),
    bind(&["Esc", "n"], Action::No, &[Edited], "stop", "decide nothing; without a choice there is no plan"),
    bind(&["Up", "PgUp"], Action::ScrollUp, &[Edited], "", "the difference up"),
    bind(&["Down", "PgDn"], Action::ScrollDown, &[Edited], "more", "the difference down"),
    bind(&["C-c"], Action::Quit, &[Edited], "", "leave"),
    bind(&["C-y", "F2"], Action::Take, &[Text, List], "", "take the value that is offered for a wrong one"),
    bind(
        &["C-z"],
        Action::Suspend,
        &[Looking, Page, Text, Choice, List, Review, Result],
        "",
        "to the shell; fg comes back",
    ),
    bind(&["Esc", "Enter", "q", "F1", "C-g", "?", "C-c"], Action::No, &[Help], "close", "close the help"),
    bind(&["Enter"], Action::Keep, &[Trial], "keep it", "you are still there: what was done stays"),
    bind(&["C-c", "n"], Action::TakeBack, &[Trial], "take it back", "everything as it was"),
    bind(&["C-c"], Action::TakeBack, &[Busy], "stop", "stop and take everything back"),
    bind(
        &["C-l"],
        Action::Redraw,
        &[Looking, Page, Text, Choice, List, Review, Busy, Trial, Result, Help, Question, Search, Edited],
        "",
        "draw the screen anew",
    ),
];

/// A row: the keys, what they do, where, the word in the help bar, the sentence on the help screen.
const fn bind(
    keys: &'static [&'static str],
    action: Action,
    contexts: &'static [Context],
    label: &'static str,
    help: &'static str,
) -> Binding {
    Binding { keys, action, contexts, label, help }
}
