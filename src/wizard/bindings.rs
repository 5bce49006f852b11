//! Which key does what: the one table for dispatch, help bar and help screen.

use super::Key;

/// What a key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// On to the next screen.
    Next,
    /// Back to the screen before.
    Back,
    /// To the field below.
    NextField,
    /// To the field above.
    PreviousField,
    /// The choice below.
    ChooseNext,
    /// The choice above.
    ChoosePrevious,
    /// The preview up.
    ScrollUp,
    /// The preview down.
    ScrollDown,
    /// The preview's next file.
    NextFile,
    /// Only the changes, or the whole file.
    ToggleView,
    /// Help on the field and on what is written for it.
    Help,
    /// Whether the frontend is reloaded.
    ToggleReload,
    /// Whether Tomcat is restarted.
    ToggleRestart,
    /// Save the answers.
    Save,
    /// Agree.
    Yes,
    /// Do not agree; close.
    No,
    /// What was done may stay.
    Keep,
    /// What is being done is to be taken back.
    TakeBack,
    /// Leave the program.
    Quit,
    /// Draw everything anew.
    Redraw,
    /// To the shell, to come back later.
    Suspend,
    /// Take the value that is offered for a wrong one.
    Take,
}

/// What the keys are pressed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    /// A screen without fields.
    Page,
    /// A text field.
    Text,
    /// A list to pick from.
    Choice,
    /// The review.
    Review,
    /// The result, while something is still being done.
    Busy,
    /// The result, while a person has to say that the machine can still be reached.
    Trial,
    /// The result.
    Result,
    /// The help.
    Help,
    /// The question whether to leave.
    Leave,
    /// The question whether to do it.
    Confirm,
}

/// A key, what it does, where, and the words for it.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// The keys as [`Key::parse`] reads them; the first is the one that is shown.
    pub keys: &'static [&'static str],
    /// What they do.
    pub action: Action,
    /// Where they do it.
    pub contexts: &'static [Context],
    /// The word in the help bar; empty where the bar leaves it out.
    pub label: &'static str,
    /// The sentence on the help screen.
    pub help: &'static str,
}

use Context::{Busy, Choice, Confirm, Help, Leave, Page, Result, Review, Text, Trial};

const ALL_SCREENS: &[Context] = &[Page, Text, Choice, Review, Result];

/// The table. Where two bindings share a key and a context, the first one counts; a test refuses that.
pub const BINDINGS: &[Binding] = &[
    Binding {
        keys: &["Enter"],
        action: Action::Next,
        contexts: &[Page, Text, Choice],
        label: "next",
        help: "on to the next screen",
    },
    Binding {
        keys: &["Enter"],
        action: Action::Next,
        contexts: &[Review],
        label: "apply",
        help: "do what is shown, after one more question",
    },
    Binding {
        keys: &["Enter", "q"],
        action: Action::Quit,
        contexts: &[Result],
        label: "leave",
        help: "end the wizard",
    },
    Binding {
        keys: &["Esc"],
        action: Action::Back,
        contexts: ALL_SCREENS,
        label: "back",
        help: "back to the screen before; what was typed stays",
    },
    Binding {
        keys: &["Down", "Space", "j"],
        action: Action::ChooseNext,
        contexts: &[Choice],
        label: "choose",
        help: "the next choice",
    },
    Binding {
        keys: &["r"],
        action: Action::ToggleReload,
        contexts: &[Review],
        label: "reload",
        help: "whether the frontend is reloaded",
    },
    Binding {
        keys: &["t"],
        action: Action::ToggleRestart,
        contexts: &[Review],
        label: "restart",
        help: "whether Tomcat is restarted",
    },
    Binding {
        keys: &["s"],
        action: Action::Save,
        contexts: &[Review, Result],
        label: "save answers",
        help: "write the answers to a file, for apply --answers",
    },
    Binding {
        keys: &["F1", "C-g"],
        action: Action::Help,
        contexts: ALL_SCREENS,
        label: "why",
        help: "what the field means and why each line is written",
    },
    Binding {
        keys: &["Tab"],
        action: Action::NextField,
        contexts: &[Text, Choice],
        label: "",
        help: "to the next field",
    },
    Binding {
        keys: &["BackTab"],
        action: Action::PreviousField,
        contexts: &[Text, Choice],
        label: "",
        help: "to the field before",
    },
    Binding {
        keys: &["Down"],
        action: Action::NextField,
        contexts: &[Text],
        label: "",
        help: "to the next field",
    },
    Binding {
        keys: &["Up"],
        action: Action::PreviousField,
        contexts: &[Text],
        label: "",
        help: "to the field before",
    },
    Binding {
        keys: &["Up", "k"],
        action: Action::ChoosePrevious,
        contexts: &[Choice],
        label: "",
        help: "the choice before",
    },
    Binding {
        keys: &["PgDn"],
        action: Action::ScrollDown,
        contexts: ALL_SCREENS,
        label: "scroll",
        help: "the preview down",
    },
    Binding {
        keys: &["Down"],
        action: Action::ScrollDown,
        contexts: &[Page, Review, Result, Help],
        label: "",
        help: "down",
    },
    Binding {
        keys: &["PgUp"],
        action: Action::ScrollUp,
        contexts: ALL_SCREENS,
        label: "",
        help: "the preview up",
    },
    Binding {
        keys: &["Up"],
        action: Action::ScrollUp,
        contexts: &[Page, Review, Result, Help],
        label: "",
        help: "up",
    },
    Binding {
        keys: &["PgDn", "Space"],
        action: Action::ScrollDown,
        contexts: &[Help],
        label: "scroll",
        help: "down",
    },
    Binding { keys: &["PgUp"], action: Action::ScrollUp, contexts: &[Help], label: "", help: "up" },
    Binding {
        keys: &["C-t", "F3"],
        action: Action::NextFile,
        contexts: ALL_SCREENS,
        label: "file",
        help: "the preview's next file",
    },
    Binding {
        keys: &["C-v", "F4"],
        action: Action::ToggleView,
        contexts: ALL_SCREENS,
        label: "whole",
        help: "the whole file, or only its changes",
    },
    Binding {
        keys: &["C-c"],
        action: Action::Quit,
        contexts: ALL_SCREENS,
        label: "quit",
        help: "leave; asks once",
    },
    Binding {
        keys: &["?"],
        action: Action::Help,
        contexts: &[Page, Choice, Review, Result],
        label: "",
        help: "what the field means and why each line is written",
    },
    Binding {
        keys: &["y", "Enter"],
        action: Action::Yes,
        contexts: &[Leave, Confirm],
        label: "yes",
        help: "agree",
    },
    Binding {
        keys: &["Esc", "n"],
        action: Action::No,
        contexts: &[Leave, Confirm],
        label: "no",
        help: "close the question",
    },
    Binding { keys: &["C-c"], action: Action::Yes, contexts: &[Leave], label: "", help: "leave at once" },
    Binding {
        keys: &["C-c"],
        action: Action::No,
        contexts: &[Confirm],
        label: "",
        help: "close the question",
    },
    Binding {
        keys: &["C-y", "F2"],
        action: Action::Take,
        contexts: &[Text],
        label: "",
        help: "take the value that is offered for a wrong one",
    },
    Binding {
        keys: &["C-z"],
        action: Action::Suspend,
        contexts: ALL_SCREENS,
        label: "",
        help: "to the shell; fg comes back",
    },
    Binding {
        keys: &["Esc", "Enter", "q", "F1", "C-g", "?", "C-c"],
        action: Action::No,
        contexts: &[Help],
        label: "close",
        help: "close the help",
    },
    Binding {
        keys: &["Enter"],
        action: Action::Keep,
        contexts: &[Trial],
        label: "keep it",
        help: "you are still there: what was done stays",
    },
    Binding {
        keys: &["C-c", "n"],
        action: Action::TakeBack,
        contexts: &[Trial],
        label: "take it back",
        help: "everything as it was",
    },
    Binding {
        keys: &["C-c"],
        action: Action::TakeBack,
        contexts: &[Busy],
        label: "stop",
        help: "stop and take everything back",
    },
    Binding {
        keys: &["C-l"],
        action: Action::Redraw,
        contexts: &[Page, Text, Choice, Review, Busy, Trial, Result, Help, Leave, Confirm],
        label: "",
        help: "draw the screen anew",
    },
];

impl Binding {
    /// What a key means in a context.
    pub fn of(key: Key, context: Context) -> Option<Action> {
        Self::in_context(context)
            .find(|binding| binding.keys.iter().any(|own| Key::parse(own) == Some(key)))
            .map(|binding| binding.action)
    }

    /// The bindings of a context, in the order of the table.
    pub fn in_context(context: Context) -> impl Iterator<Item = &'static Self> {
        BINDINGS.iter().filter(move |binding| binding.contexts.contains(&context))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_key_parses_and_means_one_thing_in_a_context() {
        let mut seen = HashSet::new();
        for binding in BINDINGS {
            for key in binding.keys {
                let key = Key::parse(key).expect("the key is written as keys are");
                for context in binding.contexts {
                    assert!(seen.insert((key, *context)), "{key} means two things in {context:?}");
                }
            }
        }
    }

    #[test]
    fn no_bare_character_is_taken_from_a_text_field() {
        for binding in Binding::in_context(Context::Text) {
            for key in binding.keys {
                let key = Key::parse(key).expect("the key is written as keys are");
                assert!(!matches!(key.code, super::super::Code::Char(_)) || key.ctrl || key.alt, "{key}");
            }
        }
    }

    #[test]
    fn every_screen_can_be_left() {
        for context in [Page, Text, Choice, Review, Result] {
            let key = Key::parse("C-c").expect("a key");
            assert_eq!(Binding::of(key, context), Some(Action::Quit), "{context:?}");
        }
    }

    #[test]
    fn control_c_never_agrees_to_a_change() {
        let key = Key::parse("C-c").expect("a key");
        assert_eq!(Binding::of(key, Context::Confirm), Some(Action::No));
    }

    #[test]
    fn every_function_key_has_another_key_beside_it() {
        for binding in BINDINGS {
            let is_function =
                |key: &&str| matches!(Key::parse(key).expect("a key").code, super::super::Code::F(_));
            assert!(!binding.keys.iter().all(is_function), "{:?}", binding.action);
        }
    }
}
