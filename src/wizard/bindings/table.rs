//! The table of bindings.

use super::{Action, Binding, Context};
use Context::{
    Busy, Choice, Edited, Help, List, Looking, Page, Question, Result, Review, Search, Text, Trial,
};

const ALL_SCREENS: &[Context] = &[Page, Text, Choice, List, Review, Result];
const WITH_PREVIEW: &[Context] = &[Page, Text, Choice, List, Review];

/// A binding: where, by which keys, what it does, the word in the help bar, the sentence on the help screen.
const fn on(
    contexts: &'static [Context],
    keys: &'static [&'static str],
    action: Action,
    label: &'static str,
    help: &'static str,
) -> Binding {
    Binding { keys, action, contexts, label, help }
}

/// Every key of the wizard, in the order of the help bar.
pub const BINDINGS: &[Binding] = &[
    on(&[Page, Text, Choice, List], &["Enter"], Action::Next, "next", "on to the next screen"),
    on(&[Review], &["Enter"], Action::Next, "apply", "do what is shown, after one more question"),
    on(&[Result], &["Enter", "q"], Action::Quit, "leave", "end the wizard"),
    on(ALL_SCREENS, &["Esc"], Action::Back, "back", "back to the screen before; what was typed stays"),
    on(&[Choice], &["Down", "Space", "j"], Action::ChooseNext, "choose", "the next choice"),
    on(&[List], &["C-o"], Action::AddEntry, "add", "a new entry below; a comma does so, too"),
    on(&[List], &["C-x"], Action::RemoveEntry, "remove", "take the entry away"),
    on(&[List], &["Down", "Tab"], Action::NextEntry, "", "to the entry below"),
    on(&[List], &["Up", "BackTab"], Action::PreviousEntry, "", "to the entry above"),
    on(&[Review], &["r"], Action::ToggleReload, "reload", "whether the frontend is reloaded"),
    on(&[Review], &["t"], Action::ToggleRestart, "restart", "whether Tomcat is restarted"),
    on(
        &[Review],
        &["c"],
        Action::ToggleConfirm,
        "confirm",
        "whether everything is taken back unless you say in time that you still get in",
    ),
    on(&[Review, Result], &["s"], Action::Save, "save", "write the answers to a file, for apply --answers"),
    on(
        &[Review],
        &["w"],
        Action::WriteOut,
        "write",
        "write the plan to files instead: a patch, and a report to show around",
    ),
    on(ALL_SCREENS, &["F1", "C-g"], Action::Help, "why", "what the field means and why each line is written"),
    on(&[Text, Choice], &["Tab"], Action::NextField, "", "to the next field"),
    on(&[Text, Choice], &["BackTab"], Action::PreviousField, "", "to the field before"),
    on(&[Text], &["Down"], Action::NextField, "", "to the next field"),
    on(&[Text], &["Up"], Action::PreviousField, "", "to the field before"),
    on(&[Choice], &["Up", "k"], Action::ChoosePrevious, "", "the choice before"),
    on(ALL_SCREENS, &["PgDn"], Action::ScrollDown, "scroll", "the preview down"),
    on(&[Page, Review, Result, Help], &["Down"], Action::ScrollDown, "", "down"),
    on(ALL_SCREENS, &["PgUp"], Action::ScrollUp, "", "the preview up"),
    on(&[Page, Review, Result, Help], &["Up"], Action::ScrollUp, "", "up"),
    on(&[Help], &["PgDn", "Space"], Action::ScrollDown, "scroll", "down"),
    on(&[Help], &["PgUp"], Action::ScrollUp, "", "up"),
    on(&[Search], &["Enter"], Action::Yes, "keep", "close the line; the hits stay marked"),
    on(&[Search], &["Esc", "C-c"], Action::No, "end", "end the search, and back to where it began"),
    on(&[Search], &["C-n", "C-r", "Down", "F6", "F7"], Action::GoNext, "next", "to the next hit"),
    on(&[Search], &["C-p", "Up", "F5"], Action::GoPrevious, "before", "to the hit before"),
    on(WITH_PREVIEW, &["C-t", "F3"], Action::NextFile, "file", "the preview's next file"),
    on(
        &[Page, Text, Choice, List, Review, Search],
        &["C-v", "F4"],
        Action::ToggleView,
        "whole",
        "the whole file, or only its changes",
    ),
    on(
        WITH_PREVIEW,
        &["C-r", "F7"],
        Action::Search,
        "find",
        "look for text in the preview, upper and lower case alike",
    ),
    on(&[Page, Choice, Review], &["/"], Action::Search, "", "look for text in the preview"),
    on(
        WITH_PREVIEW,
        &["C-n", "F6"],
        Action::GoNext,
        "",
        "the preview to the next hit, or to the next change where nothing is looked for",
    ),
    on(
        WITH_PREVIEW,
        &["C-p", "F5"],
        Action::GoPrevious,
        "",
        "the preview to the hit before, or to the change before",
    ),
    on(&[Page, Review], &["n"], Action::GoNext, "", "to the next hit, or change"),
    on(&[Page, Review], &["N"], Action::GoPrevious, "", "to the hit before, or change"),
    on(WITH_PREVIEW, &["M-w", "F8"], Action::ToggleWrap, "", "long lines of the preview broken, or cut"),
    on(&[Looking], &["C-c"], Action::Quit, "quit", "leave"),
    on(ALL_SCREENS, &["C-c"], Action::Quit, "quit", "leave; asks once"),
    on(
        &[Page, Choice, Review, Result],
        &["?"],
        Action::Help,
        "",
        "what the field means and why each line is written",
    ),
    on(&[Question], &["y", "Enter"], Action::Yes, "yes", "agree"),
    on(&[Question], &["Esc", "n"], Action::No, "no", "close the question"),
    on(&[Question], &["C-c"], Action::Quit, "", "leave; at the last question, only close it"),
    on(
        &[Edited],
        &["k"],
        Action::KeepEdited,
        "keep mine",
        "the lines that were edited by hand stay as they are",
    ),
    on(
        &[Edited],
        &["t"],
        Action::ReplaceEdited,
        "take guacfront's",
        "the lines become what guacfront would write",
    ),
    on(&[Edited], &["Esc", "n"], Action::No, "stop", "decide nothing; without a choice there is no plan"),
    on(&[Edited], &["Up", "PgUp"], Action::ScrollUp, "", "the difference up"),
    on(&[Edited], &["Down", "PgDn"], Action::ScrollDown, "more", "the difference down"),
    on(&[Edited], &["C-c"], Action::Quit, "", "leave"),
    on(&[Text, List], &["C-y", "F2"], Action::Take, "", "take the value that is offered for a wrong one"),
    on(
        &[Looking, Page, Text, Choice, List, Review, Result],
        &["C-z"],
        Action::Suspend,
        "",
        "to the shell; fg comes back",
    ),
    on(&[Help], &["Esc", "Enter", "q", "F1", "C-g", "?", "C-c"], Action::No, "close", "close the help"),
    on(&[Trial], &["Enter"], Action::Keep, "keep it", "you are still there: what was done stays"),
    on(&[Trial], &["C-c", "n"], Action::TakeBack, "take it back", "everything as it was"),
    on(&[Busy], &["C-c"], Action::TakeBack, "stop", "stop and take everything back"),
    on(
        &[Looking, Page, Text, Choice, List, Review, Busy, Trial, Result, Help, Question, Search, Edited],
        &["C-l"],
        Action::Redraw,
        "",
        "draw the screen anew",
    ),
];
