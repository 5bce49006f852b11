//! What each key does to the state.

use super::{Action, Binding, Code, Context, Effect, Entries, Extent, Key, Overlay, Screen, Wizard, is_list};
use crate::model::{Edited, Plan};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tui_input::InputRequest;

/// How many lines an arrow scrolls: over a slow line each press costs a screen.
const LINES: usize = 4;
/// How many lines of a page stay in sight when the next one is turned to.
const OVERLAP: usize = 1;

impl Wizard {
    pub(super) fn key(&mut self, key: Key) -> Vec<Effect> {
        // A letter that goes on with a name means nothing else.
        if self.seek_on(key) {
            return Vec::new();
        }
        match Binding::of(key, self.context()) {
            Some(action) => self.act(action),
            None => {
                self.type_key(key);
                Vec::new()
            }
        }
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Next => return self.next(),
            Action::Back => return self.back(),
            Action::NextField => self.focus_by(1),
            Action::PreviousField => self.focus_by(-1),
            Action::ChooseNext => self.choose_by(true),
            Action::ChoosePrevious => self.choose_by(false),
            Action::ChooseFirst => self.choose_end(false),
            Action::ChooseLast => self.choose_end(true),
            Action::ScrollUp => self.scroll(false, false),
            Action::ScrollDown => self.scroll(true, false),
            Action::PageUp => self.scroll(false, true),
            Action::PageDown => self.scroll(true, true),
            Action::NextFile => self.preview.next_file(),
            Action::ToggleView => self.preview.toggle_view(),
            Action::ToggleWrap => self.preview.toggle_wrap(),
            Action::Search => {
                self.preview.begin_search();
                self.overlay = Some(Overlay::Search);
            }
            Action::GoNext => self.preview.go_on(true),
            Action::GoPrevious => self.preview.go_on(false),
            Action::Help => self.overlay = Some(Overlay::Help(0)),
            // Where no such command follows there is nothing to be switched.
            Action::ToggleReload | Action::ToggleRestart | Action::ToggleConfirm if !self.offers(action) => {}
            Action::ToggleReload => self.follow_ups.options.reload = !self.follow_ups.options.reload,
            Action::ToggleRestart => self.follow_ups.options.restart = !self.follow_ups.options.restart,
            Action::ToggleConfirm => {
                self.follow_ups.confirm = self.follow_ups.confirm.xor(Some(self.seconds));
            }
            Action::Save => return self.save(),
            Action::WriteOut => return self.write_out(),
            Action::Yes => return self.agree(),
            Action::No => self.refuse(),
            Action::Keep => return vec![Effect::Keep],
            Action::TakeBack if self.run.is_transacting() => {
                self.message = Some("everything is being taken back".into());
                return vec![Effect::TakeBack];
            }
            // Asking the servers changes nothing: it can be left.
            Action::TakeBack => return vec![Effect::Quit],
            Action::KeepEdited => self.decide(Edited::Keep),
            Action::ReplaceEdited => self.decide(Edited::Replace),
            Action::Quit => return self.quit(),
            Action::Take => self.take_suggestion(),
            Action::NextEntry => self.on_entries(|entries| entries.go(1)),
            Action::PreviousEntry => self.on_entries(|entries| entries.go(-1)),
            Action::AddEntry => self.on_entries(Entries::add),
            Action::RemoveEntry => self.on_entries(Entries::remove),
            Action::Suspend => return vec![Effect::Suspend],
            Action::Redraw => return vec![Effect::Redraw],
        }
        Vec::new()
    }

    fn next(&mut self) -> Vec<Effect> {
        if self.is_wrong(self.screen) {
            // The errors stand under their fields already; the first of them gets the focus.
            let fields = self.fields(self.screen);
            if fields.iter().copied().any(is_list) {
                self.proxies.go_to_wrong();
            }
            self.focus = fields.iter().position(|f| self.errors(*f).next().is_some()).unwrap_or(self.focus);
            return Vec::new();
        }
        match self.screen {
            Screen::Review => return self.finish_review(),
            Screen::PublicPath => self.meet(),
            _ => {}
        }
        let mut next = self.screen.next();
        while let Some(screen) = next {
            if self.asks(screen) {
                self.go(screen);
                break;
            }
            next = screen.next();
        }
        Vec::new()
    }

    fn finish_review(&mut self) -> Vec<Effect> {
        // A field that is wrong on an earlier screen is where the person has to go.
        if let Some(wrong) = Screen::ALL.into_iter().find(|screen| self.is_wrong(*screen)) {
            self.go(wrong);
            return Vec::new();
        }
        match &self.preview.plan {
            Ok(plan) if plan.is_empty() => {
                let plan = Arc::clone(plan);
                self.go(Screen::Result);
                self.run.begin_proof(plan)
            }
            Ok(plan) if self.is_barred(plan) => {
                self.message = Some("this user may not write the files: s saves the answers for root".into());
                Vec::new()
            }
            Ok(_) => {
                self.overlay = Some(Overlay::Confirm);
                Vec::new()
            }
            Err(_) => {
                self.ask_whose_lines();
                Vec::new()
            }
        }
    }

    /// What the present screen asks.
    pub fn question(&self) -> String {
        let words = match &self.preview.plan {
            _ if self.screen != Screen::Review => return self.screen.question(self.server()),
            Err(_) => "There is no plan for these answers. Nothing has been changed.",
            Ok(_) if self.preview.stale => "A field is wrong. Nothing has been changed.",
            Ok(plan) if plan.is_empty() => "Nothing has to be done.",
            Ok(plan) if self.is_barred(plan) => {
                "This would be done by a user who may. Nothing has been changed yet."
            }
            Ok(_) => return self.screen.question(self.server()),
        };
        words.to_owned()
    }

    /// What the plan needs and this user may not write: its files, and places that are no file of a server, where
    /// guacfront keeps its own.
    pub fn barred(&self, plan: &Plan) -> Vec<&Path> {
        let is_needed = |path: &&PathBuf| {
            self.findings.file(path).is_none() || plan.changes().any(|change| change.before.target == **path)
        };
        self.findings.unwritable.iter().filter(is_needed).map(PathBuf::as_path).collect()
    }

    /// Whether these answers need rights that this user has not.
    pub fn needs_rights(&self) -> bool {
        match &self.preview.plan {
            Ok(plan) => !plan.is_empty() && self.is_barred(plan),
            Err(error) => {
                error.file().is_some_and(|file| self.findings.unwritable.iter().any(|own| own == file))
            }
        }
    }

    pub(super) fn is_barred(&self, plan: &Plan) -> bool {
        !self.barred(plan).is_empty()
    }

    fn back(&mut self) -> Vec<Effect> {
        let mut previous = self.screen.previous();
        while let Some(screen) = previous.filter(|screen| !self.asks(*screen)) {
            previous = screen.previous();
        }
        match previous {
            None => return self.quit(),
            // Going back to a review of what has just been done would offer to do it again.
            Some(_) if self.screen == Screen::Result && !self.run.may_retry() => {}
            Some(previous) => self.go(previous),
        }
        Vec::new()
    }

    fn go(&mut self, screen: Screen) {
        self.screen = screen;
        self.focus = 0;
        self.top = 0;
        self.looks.forget();
        if screen == Screen::Review {
            self.ask_whose_lines();
        }
        self.preview.follow(self.focused());
    }

    /// Asks whose lines count, where a hand has edited guacfront's: at each review anew.
    fn ask_whose_lines(&mut self) {
        if self.edited.take().is_some() {
            self.judge();
        }
        if !self.edited_regions().is_empty() {
            self.overlay = Some(Overlay::Edited(0));
        }
    }

    fn decide(&mut self, edited: Edited) {
        self.overlay = None;
        self.edited = Some(edited);
        self.judge();
    }

    fn focus_by(&mut self, by: isize) {
        let len = self.fields(self.screen).len();
        if len > 0 {
            self.focus = self.focus.saturating_add_signed(by).min(len - 1);
            self.preview.follow(self.focused());
        }
    }

    fn choose_by(&mut self, forward: bool) {
        let Some(field) = self.focused() else { return };
        self.choose(field, forward, self.context() == Context::FormChoice);
        self.judge();
    }

    fn choose_end(&mut self, last: bool) {
        let Some(field) = self.focused() else { return };
        let choices = self.choices(field);
        let mut enabled = (0..choices.len()).filter(|at| choices[*at].enabled);
        if let Some(at) = if last { enabled.next_back() } else { enabled.next() } {
            self.pick(field, at);
            self.judge();
        }
    }

    fn scroll(&mut self, is_down: bool, is_page: bool) {
        // No line may be passed over unseen, however few are in sight.
        let by = |rows: usize| if is_page { rows.saturating_sub(OVERLAP).max(1) } else { LINES.min(rows) };
        let step = |at: usize, by: usize| if is_down { at + by } else { at.saturating_sub(by) };
        // What is scrolled past its end would take as many presses to come back.
        let page = self.room.page.unwrap_or(Extent { rows: LINES, last: usize::MAX });
        let to = |at: usize| step(at, by(page.rows)).min(page.last);
        match &mut self.overlay {
            Some(Overlay::Help(at) | Overlay::Edited(at)) => *at = to(*at),
            _ if self.screen == Screen::Result => self.run.scroll_to(to(self.run.top())),
            _ => {
                self.top = to(self.top);
                let preview = &mut self.preview;
                preview.scroll_to(step(preview.top().min(preview.last()), by(preview.room())));
            }
        }
    }

    fn save(&mut self) -> Vec<Effect> {
        match self.draft.parse() {
            Ok(answers) => vec![Effect::Save(Box::new(answers))],
            Err(_) => {
                self.message = Some("a field is wrong: there is nothing to save yet".into());
                Vec::new()
            }
        }
    }

    fn write_out(&mut self) -> Vec<Effect> {
        match &self.preview.plan {
            Ok(plan) if !self.preview.stale => vec![Effect::WriteOut(Arc::clone(plan))],
            _ => {
                self.message = Some("there is no plan for these answers to be written out".into());
                Vec::new()
            }
        }
    }

    fn agree(&mut self) -> Vec<Effect> {
        match (self.overlay.take(), self.preview.plan.as_ref()) {
            (Some(Overlay::Leave), _) => vec![Effect::Quit],
            (Some(Overlay::Search), _) => {
                self.preview.keep_search();
                Vec::new()
            }
            (Some(Overlay::Confirm), Ok(plan)) => {
                let plan = Arc::clone(plan);
                let effect = Effect::Apply { plan: Arc::clone(&plan), follow_ups: self.follow_ups };
                self.go(Screen::Result);
                self.run.begin(plan);
                vec![effect]
            }
            _ => Vec::new(),
        }
    }

    fn refuse(&mut self) {
        match self.overlay.take() {
            Some(Overlay::Search) => self.preview.drop_search(),
            Some(Overlay::Edited(_)) => {
                self.message = Some("nothing is decided: Enter asks again whose lines count".into());
            }
            _ => {}
        }
    }

    fn quit(&mut self) -> Vec<Effect> {
        match self.overlay {
            Some(Overlay::Leave) => return vec![Effect::Quit],
            // Whoever presses Ctrl-C at the last question wants anything but the deed.
            Some(Overlay::Confirm) => {
                self.overlay = None;
                return Vec::new();
            }
            Some(Overlay::Help(_) | Overlay::Search | Overlay::Edited(_)) | None => {}
        }
        // Where nothing has been asked yet there is nothing to lose by leaving.
        if self.is_looking() || (self.screen == Screen::Result && !self.run.may_retry()) {
            return vec![Effect::Quit];
        }
        self.overlay = Some(Overlay::Leave);
        Vec::new()
    }

    fn type_key(&mut self, key: Key) {
        if self.context() == Context::Busy {
            self.message = Some("a transaction is under way; Ctrl-C takes it back".into());
            return;
        }
        match (self.focused(), self.context()) {
            (_, Context::Search) => self.preview.edit_search(request(key).into_iter()),
            (Some(field), Context::Text | Context::List) => {
                if let Some(request) = request(key) {
                    self.edit(field, request);
                    self.judge();
                }
            }
            (Some(field), Context::Choice | Context::FormChoice) => {
                if let Code::Char(letter) = key.code {
                    self.choose_letter(field, letter);
                    self.judge();
                }
            }
            _ => {}
        }
    }
}

/// Line editing as a shell has it.
fn request(key: Key) -> Option<InputRequest> {
    Some(match (key.code, key.ctrl, key.alt) {
        (Code::Char(c), false, false) => InputRequest::InsertChar(c),
        (Code::Backspace, false, false) | (Code::Char('h'), true, false) => InputRequest::DeletePrevChar,
        (Code::Delete, false, false) | (Code::Char('d'), true, false) => InputRequest::DeleteNextChar,
        (Code::Left, false, false) | (Code::Char('b'), true, false) => InputRequest::GoToPrevChar,
        (Code::Right, false, false) | (Code::Char('f'), true, false) => InputRequest::GoToNextChar,
        (Code::Left, true, _) | (Code::Char('b'), false, true) => InputRequest::GoToPrevWord,
        (Code::Right, true, _) | (Code::Char('f'), false, true) => InputRequest::GoToNextWord,
        (Code::Home, ..) | (Code::Char('a'), true, false) => InputRequest::GoToStart,
        (Code::End, ..) | (Code::Char('e'), true, false) => InputRequest::GoToEnd,
        (Code::Char('w'), true, false) | (Code::Backspace, false, true) => InputRequest::DeletePrevWord,
        (Code::Char('d'), false, true) => InputRequest::DeleteNextWord,
        (Code::Char('u'), true, false) => InputRequest::DeleteLine,
        (Code::Char('k'), true, false) => InputRequest::DeleteTillEnd,
        _ => return None,
    })
}
