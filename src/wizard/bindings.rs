//! Which key does what: the one table for dispatch, help bar and help screen.

mod table;

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
    /// The first choice.
    ChooseFirst,
    /// The last choice.
    ChooseLast,
    /// Some lines up.
    ScrollUp,
    /// Some lines down.
    ScrollDown,
    /// As much up as is in sight.
    PageUp,
    /// As much down as is in sight.
    PageDown,
    /// The preview's next file.
    NextFile,
    /// Only the changes, or the whole file.
    ToggleView,
    /// Long lines of the preview broken, or cut.
    ToggleWrap,
    /// Look for text in the preview.
    Search,
    /// To the next hit of the search, or change.
    GoNext,
    /// To the hit of the search before, or change.
    GoPrevious,
    /// Help on the field and on what is written for it.
    Help,
    /// Whether the frontend is reloaded.
    ToggleReload,
    /// Whether Tomcat is restarted.
    ToggleRestart,
    /// Whether the person is asked afterwards if the machine can still be reached.
    ToggleConfirm,
    /// Save the answers.
    Save,
    /// Write the plan to files.
    WriteOut,
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
    /// Lines that were edited by hand stay.
    KeepEdited,
    /// Lines that were edited by hand become what guacfront would write.
    ReplaceEdited,
    /// To the entry below.
    NextEntry,
    /// To the entry above.
    PreviousEntry,
    /// Begin an entry.
    AddEntry,
    /// Take the entry away.
    RemoveEntry,
}

/// What the keys are pressed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    /// The first screen, while the machine is still being looked at.
    Looking,
    /// A screen without fields.
    Page,
    /// A text field.
    Text,
    /// A list to pick from that is all there is to be asked: the arrows pick.
    Choice,
    /// A list to pick from among other fields: the arrows up and down lead past it and change nothing.
    FormChoice,
    /// A list whose entries are typed.
    List,
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
    /// A yes-or-no question.
    Question,
    /// The line in which the text that is looked for is typed.
    Search,
    /// The question whose lines count.
    Edited,
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

/// The table. Two bindings never share a key and a context; a test refuses that.
pub use table::BINDINGS;

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
    use Context::{Choice, FormChoice, List, Page, Result, Review, Text};
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
        for binding in Binding::in_context(Text).chain(Binding::in_context(List)) {
            for key in binding.keys {
                let key = Key::parse(key).expect("the key is written as keys are");
                assert!(!matches!(key.code, super::super::Code::Char(_)) || key.ctrl || key.alt, "{key}");
            }
        }
    }

    #[test]
    fn every_screen_can_be_left() {
        for context in [Page, Text, Choice, FormChoice, List, Review, Result] {
            let key = Key::parse("C-c").expect("a key");
            assert_eq!(Binding::of(key, context), Some(Action::Quit), "{context:?}");
        }
    }

    #[test]
    fn control_c_never_agrees_to_a_change() {
        let key = Key::parse("C-c").expect("a key");
        assert_eq!(Binding::of(key, Context::Question), Some(Action::Quit));
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
