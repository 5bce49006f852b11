//! The wizard as a state machine: screens and fields as data, messages in, effects out.
//!
//! Nothing in here draws, reads a file or waits: [`Wizard::update`] takes a message, changes the state, and says what
//! is to be done outside. The same messages in give the same state out, so a journey can be replayed key by key.

mod backend;
mod bindings;
mod choice;
mod choosing;
mod edit;
mod entries;
mod field;
mod key;
mod message;
mod new_site;
mod offers;
mod prefill;
mod preview;
mod run;
mod screen;
mod step;
mod words;

pub use backend::{BackendAddress, BackendLook};
pub use bindings::{Action, BINDINGS, Binding, Context};
pub use choice::Choice;
pub use entries::{Entries, Entry};
pub use field::{caption, help, is_choice, is_list};
pub use key::{Code, Key};
pub use message::{Effect, Extent, FollowUps, Msg, Overlay, Room};
pub use prefill::prefill;
pub use preview::{Preview, PreviewFile, PreviewRow, Search, View};
pub use run::{Phase, Proof, ProofMark, Run};
pub use screen::Screen;
pub use words::{FindingLine, describe_machine, plural};

use crate::model::{CONFIRM_SECONDS, Draft, Edited, EditedRegion, Field, FieldError, Findings, Plan, Site};
use std::path::PathBuf;
use std::sync::Arc;
use tui_input::Input;

/// The wizard's whole state.
#[derive(Clone, Debug)]
pub struct Wizard {
    findings: Findings,
    draft: Draft,
    inputs: Vec<(Field, Input)>,
    proxies: Entries,
    site: usize,
    /// What has been typed of the name of a choice.
    sought: String,
    /// The public path of the Guacamole whose values the fields were given last.
    met: String,
    screen: Screen,
    focus: usize,
    errors: Vec<FieldError>,
    preview: Preview,
    overlay: Option<Overlay>,
    /// Whose lines count; asked for on the way to each review, and never an answer that is saved.
    edited: Option<Edited>,
    run: Run,
    follow_ups: FollowUps,
    /// How many seconds the person is waited for, where that is wanted.
    seconds: u64,
    message: Option<String>,
    condition: Option<FindingLine>,
    looking: Looking,
    looks: backend::Looks,
    room: Room,
    /// The first row of the page, where it has more of them than there is room for.
    top: usize,
    /// The server.xml for which the machine is being looked at again, or was in vain.
    named: Option<PathBuf>,
    /// Whether that is going on.
    is_looking_again: bool,
}

/// Whether the machine is still being looked at.
#[derive(Clone, Debug, Default)]
enum Looking {
    /// It is; what has been typed meanwhile waits.
    Still(Vec<Msg>),
    /// It has been.
    #[default]
    Done,
}

impl Wizard {
    /// A wizard that waits for [`Msg::Found`]; what is typed meanwhile is done then.
    pub fn looking() -> Self {
        Self { looking: Looking::Still(Vec::new()), ..Self::new(Findings::default(), Draft::default()) }
    }

    /// A wizard on its first screen, its fields filled with `draft`.
    pub fn new(findings: Findings, draft: Draft) -> Self {
        let inputs = Field::ALL
            .into_iter()
            .filter(|field| !is_choice(*field) && !is_list(*field))
            .map(|field| (field, Input::new(draft.text(field).to_owned())))
            .collect();
        let mut wizard = Self {
            site: choosing::site_index(&findings, &draft),
            follow_ups: FollowUps::usual(&findings),
            seconds: CONFIRM_SECONDS,
            proxies: Entries::of(draft.text(Field::Proxies)),
            sought: String::new(),
            met: draft.public_path.clone(),
            findings,
            draft,
            inputs,
            screen: Screen::Machine,
            focus: 0,
            errors: Vec::new(),
            preview: Preview::default(),
            overlay: None,
            edited: None,
            run: Run::default(),
            message: None,
            condition: None,
            looking: Looking::Done,
            looks: backend::Looks::default(),
            room: Room::default(),
            top: 0,
            named: None,
            is_looking_again: false,
        };
        wizard.choose_site(wizard.site);
        wizard.judge();
        wizard
    }

    /// The same, but for how many seconds it waits for a person's word; 0: it does not, unless it is told to.
    #[must_use]
    pub fn waiting(mut self, seconds: u64) -> Self {
        self.follow_ups.confirm = Some(seconds).filter(|seconds| *seconds > 0);
        self.seconds = self.follow_ups.confirm.unwrap_or(CONFIRM_SECONDS);
        self
    }

    /// What is wrong with the set-up that is there, where that is known.
    pub fn condition(&self) -> Option<&FindingLine> {
        self.condition.as_ref()
    }

    /// What this machine has.
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// What has been typed so far.
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    /// The screen in front.
    pub fn screen(&self) -> Screen {
        self.screen
    }

    /// The site picked, where it is one that is there.
    fn chosen_site(&self) -> Option<&Site> {
        self.findings.sites(self.server()?).get(self.site)
    }

    /// The field that has the focus, where the screen has fields.
    pub fn focused(&self) -> Option<Field> {
        self.fields(self.screen).get(self.focus).copied()
    }

    /// The entries of the trusted proxies.
    pub fn proxies(&self) -> &Entries {
        &self.proxies
    }

    /// The editor of a text field; that of a list is its present entry's.
    pub fn input(&self, field: Field) -> Option<&Input> {
        if is_list(field) {
            return Some(self.proxies.editor());
        }
        self.inputs.iter().find(|(own, _)| *own == field).map(|(_, input)| input)
    }

    /// What is wrong with a field now.
    pub fn errors(&self, field: Field) -> impl Iterator<Item = &str> {
        self.errors.iter().filter(move |error| error.field == field).map(|error| error.message.as_str())
    }

    /// Whether a screen holds a field that is wrong.
    pub fn is_wrong(&self, screen: Screen) -> bool {
        self.errors.iter().any(|error| screen.fields().contains(&error.field))
    }

    /// The real files with the change in them.
    pub fn preview(&self) -> &Preview {
        &self.preview
    }

    /// The plan, where the answers come to one.
    pub fn plan(&self) -> Option<&Arc<Plan>> {
        self.preview.plan.as_ref().ok()
    }

    /// The regions that were edited by hand since guacfront wrote them, while nobody has said whose lines count.
    pub fn edited_regions(&self) -> &[EditedRegion] {
        match &self.preview.plan {
            Err(crate::plan::PlanError::Edited { regions }) => regions,
            _ => &[],
        }
    }

    /// What lies over the screen.
    pub fn overlay(&self) -> Option<Overlay> {
        self.overlay
    }

    /// The transaction and the proof, as far as they have got.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// What follows when the files are written.
    pub fn follow_ups(&self) -> FollowUps {
        self.follow_ups
    }

    /// A line for the person, shown until the next key.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// The room that the screen had when it was drawn last.
    pub fn room(&self) -> Room {
        self.room
    }

    /// The first row of the page to be shown, where it has more of them than there is room for.
    pub fn top(&self) -> usize {
        self.top
    }

    /// Whether the machine is still being looked at.
    pub fn is_looking(&self) -> bool {
        matches!(self.looking, Looking::Still(_))
    }

    /// Which keys mean what now.
    pub fn context(&self) -> Context {
        match self.overlay {
            Some(Overlay::Help(_)) => Context::Help,
            Some(Overlay::Leave | Overlay::Confirm) => Context::Question,
            Some(Overlay::Search) => Context::Search,
            Some(Overlay::Edited(_)) => Context::Edited,
            None => self.context_below(),
        }
    }

    /// Which keys mean what on the screen itself, whatever lies over it.
    pub fn context_below(&self) -> Context {
        match self.screen {
            _ if self.is_looking() => Context::Looking,
            Screen::Review => Context::Review,
            Screen::Result if self.run.is_awaiting() => Context::Trial,
            Screen::Result if self.run.is_busy() => Context::Busy,
            Screen::Result => Context::Result,
            _ => match self.focused() {
                Some(field) if is_choice(field) && self.fields(self.screen).len() > 1 => Context::FormChoice,
                Some(field) if is_choice(field) => Context::Choice,
                Some(field) if is_list(field) => Context::List,
                Some(_) => Context::Text,
                None => Context::Page,
            },
        }
    }

    /// Takes a message, changes the state, and says what is to be done outside.
    pub fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let goes_on = matches!(&msg, Msg::Key(key) if key.code == Code::Enter);
        let mut effects = self.react(msg);
        if goes_on {
            effects.extend(self.look_at_picked());
        }
        effects
    }

    fn react(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Found(found) => self.begin(found.0, found.1),
            Msg::FoundAgain(findings) => {
                self.take_findings(*findings);
                Vec::new()
            }
            Msg::Judged(condition) => {
                self.condition = Some(condition);
                Vec::new()
            }
            Msg::Key(key) if self.waits_for(key) => self.keep(msg),
            Msg::Paste(_) if self.is_looking() => self.keep(msg),
            Msg::Key(key) => {
                self.message = None;
                let before = (self.screen, self.overlay.map(|overlay| std::mem::discriminant(&overlay)));
                let effects = self.key(key);
                if before != (self.screen, self.overlay.map(|overlay| std::mem::discriminant(&overlay))) {
                    self.room.page = None;
                }
                effects
            }
            Msg::Paste(text) => {
                self.paste(&text);
                Vec::new()
            }
            Msg::Saved(result) => {
                self.message = Some(result.unwrap_or_else(|error| error));
                Vec::new()
            }
            Msg::Room(room) => {
                self.room = room;
                if room.preview > 0 {
                    self.preview.fit(room.preview);
                }
                Vec::new()
            }
            Msg::Paused => self.look_at_picked().into_iter().chain(self.ask_backend()).collect(),
            Msg::Answered(address, line) => {
                self.take_answer(address, line);
                Vec::new()
            }
            Msg::Terminate => vec![Effect::Quit],
            Msg::Progress(_)
            | Msg::Awaiting(_)
            | Msg::Applied(_)
            | Msg::Failed(..)
            | Msg::Proved(..)
            | Msg::ProvedAll(_) => {
                let effects = self.run.take(msg);
                // What was said of the transaction is over with it.
                if !self.run.is_transacting() {
                    self.message = None;
                }
                effects
            }
        }
    }

    /// Begins with what was found, and does what was typed meanwhile.
    fn begin(&mut self, findings: Findings, draft: Draft) -> Vec<Effect> {
        let begun = Self::new(findings, draft).waiting(self.follow_ups.confirm.unwrap_or(0));
        match std::mem::replace(self, begun).looking {
            Looking::Still(waiting) => waiting.into_iter().flat_map(|msg| self.update(msg)).collect(),
            Looking::Done => Vec::new(),
        }
    }

    /// Whether a key can only be done when the machine has been looked at.
    fn waits_for(&self, key: Key) -> bool {
        self.is_looking() && Binding::of(key, Context::Looking).is_none()
    }

    fn keep(&mut self, msg: Msg) -> Vec<Effect> {
        if let Looking::Still(waiting) = &mut self.looking {
            waiting.push(msg);
        }
        Vec::new()
    }

    /// Picks an entry of a list field by its place in [`Wizard::choices`].
    pub fn set_choice(&mut self, field: Field, at: usize) {
        self.pick(field, at);
        self.judge();
    }

    /// Judges the draft anew and makes the preview of it.
    fn judge(&mut self) {
        match self.draft.parse() {
            Ok(answers) => {
                self.errors.clear();
                self.preview.show(&answers, &self.findings, self.edited);
            }
            Err(errors) => {
                self.errors = errors;
                self.preview.stale = true;
            }
        }
        // What is not asked any more cannot have the focus.
        self.focus = self.focus.min(self.fields(self.screen).len().saturating_sub(1));
        self.preview.follow(self.focused());
    }
}

#[cfg(test)]
mod tests;
