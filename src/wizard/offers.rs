//! Which of the bindings make sense as things stand: the help bar promises nothing that a key would not do.

use super::{Action, Binding, Context, Msg, Overlay, Screen, Wizard};
use crate::model::Purpose;

impl Wizard {
    /// Whether what an action does is of any use now.
    pub fn offers(&self, action: Action) -> bool {
        let runs = |purpose| self.sound_plan().is_some_and(|plan| plan.runs(purpose));
        match action {
            Action::Next => self.screen != Screen::Review || !self.next_label().is_empty(),
            Action::ToggleReload => runs(Purpose::Reload),
            Action::ToggleRestart => runs(Purpose::Restart),
            Action::ToggleConfirm => {
                self.sound_plan().is_some_and(|plan| self.follow_ups.tell_a_server(plan))
            }
            Action::WriteOut => self.sound_plan().is_some_and(|plan| !plan.is_empty()),
            Action::Save => self.errors.is_empty(),
            Action::Back => self.screen != Screen::Result || self.run.may_retry(),
            Action::NextField | Action::PreviousField => self.fields(self.screen).len() > 1,
            Action::NextFile => self.preview.files().len() > 1,
            Action::ToggleView => self.preview.files().iter().any(|file| file.by_hand.is_none()),
            Action::Search => !self.preview.files().is_empty(),
            _ => true,
        }
    }

    /// Whether a question stands there that lets something be done, or stay.
    pub fn is_asking(&self) -> bool {
        self.overlay == Some(Overlay::Confirm) || self.context() == Context::Trial
    }

    /// Whether a message is a yes to such a question.
    pub fn agrees(&self, msg: &Msg) -> bool {
        let action = match msg {
            Msg::Key(key) => Binding::of(*key, self.context()),
            _ => None,
        };
        self.is_asking() && matches!(action, Some(Action::Yes | Action::Keep))
    }

    /// The word for a binding in the help bar; `None` where the bar leaves it out.
    pub fn label(&self, binding: &Binding) -> Option<&'static str> {
        let label = match (binding.action, self.context()) {
            (Action::Next, Context::Review) => self.next_label(),
            _ => binding.label,
        };
        Some(label).filter(|label| !label.is_empty() && self.offers(binding.action))
    }

    /// What Enter does at the review.
    fn next_label(&self) -> &'static str {
        match &self.preview.plan {
            _ if self.preview.stale => "mend",
            Err(_) if !self.edited_regions().is_empty() => "choose",
            Err(_) => "",
            Ok(plan) if plan.is_empty() => "check",
            Ok(plan) if self.is_barred(plan) => "",
            Ok(_) => "apply",
        }
    }

    fn sound_plan(&self) -> Option<&crate::model::Plan> {
        self.plan().map(AsRef::as_ref).filter(|_| !self.preview.stale)
    }
}
