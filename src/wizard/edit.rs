//! What typing, pasting and taking an offered value do to the fields.

use super::prefill::values;
use super::{Entries, Wizard, is_choice, is_list};
use crate::model::{BackendUrl, Field, NewSiteField};
use tui_input::{Input, InputRequest};

impl Wizard {
    /// What is offered for a wrong field, to be taken by one key.
    pub fn suggestion(&self, field: Field) -> Option<&str> {
        self.errors.iter().find(|error| error.field == field)?.suggestion.as_deref()
    }

    /// Gives a text field its text.
    pub fn set_text(&mut self, field: Field, text: &str) {
        self.put(field, text);
        self.judge();
    }

    /// Gives a text field what a person has typed as a whole: a URL is taken apart as a pasted one is.
    pub fn answer(&mut self, field: Field, text: &str) {
        self.message = None;
        if !self.spread(field, text) {
            self.put(field, text);
        }
        if field == Field::PublicPath {
            self.meet();
        }
        self.judge();
    }

    /// Puts what the draft holds of a new site into the editors.
    pub(super) fn fill_inputs(&mut self) {
        for (field, input) in &mut self.inputs {
            if matches!(field, Field::NewSite(_)) && input.value() != self.draft.text(*field) {
                *input = Input::new(self.draft.text(*field).to_owned());
            }
        }
    }

    pub(super) fn paste(&mut self, text: &str) {
        if self.overlay == Some(super::Overlay::Search) {
            let typed = text.chars().filter(|c| !c.is_control()).map(InputRequest::InsertChar);
            self.preview.edit_search(typed);
        }
        if self.overlay.is_some() {
            return;
        }
        let Some(field) = self.focused().filter(|field| !is_choice(*field)) else { return };
        if !self.spread(field, text) {
            // A copied line brings its line ending along; it is never meant.
            // In a list it ends an entry.
            for c in text.chars().filter(|c| !c.is_control() || is_list(field)) {
                self.edit(field, InputRequest::InsertChar(c));
            }
        }
        self.judge();
    }

    /// Does something to the entries of the trusted proxies.
    pub(super) fn on_entries(&mut self, deed: impl FnOnce(&mut Entries)) {
        deed(&mut self.proxies);
        self.draft.set_text(Field::Proxies, self.proxies.text());
        self.judge();
    }

    pub(super) fn edit(&mut self, field: Field, request: InputRequest) {
        if is_list(field) {
            self.proxies.edit(request);
            self.draft.set_text(field, self.proxies.text());
        }
        if let Some((_, input)) = self.inputs.iter_mut().find(|(own, _)| *own == field) {
            input.handle(request);
            self.draft.set_text(field, input.value());
        }
    }

    /// Follows the public path: where the site has another Guacamole at the path that now stands there, that one is to be
    /// changed, and the fields get its values.
    pub(super) fn meet(&mut self) {
        if self.draft.public_path == self.met {
            return;
        }
        self.met.clone_from(&self.draft.public_path);
        let each = self.chosen_site().map_or(&[][..], |site| &site.guacamoles);
        if let Some(other) = each.iter().find(|own| own.public_path == self.met) {
            self.take(values(other));
            self.judge();
        }
    }

    /// Gives fields what a Guacamole that is there has.
    pub(super) fn take(&mut self, told: impl Iterator<Item = (Field, String)>) {
        for (field, value) in told {
            if self.draft.text(field) != value {
                self.draft.set_text(field, value.clone());
                self.put(field, &value);
            }
        }
    }

    /// Takes what is offered for the focused field, else for the first wrong field of the screen.
    pub(super) fn take_suggestion(&mut self) {
        if self.focused().is_some_and(is_list) {
            return self.on_entries(Entries::take_offer);
        }
        let fields = self.fields(self.screen);
        let offered = |field: &Field| self.suggestion(*field).is_some();
        let Some(field) = self.focused().into_iter().chain(fields.iter().copied()).find(offered) else {
            return;
        };
        let Some(near) = self.suggestion(field).map(ToOwned::to_owned) else { return };
        let typed = self.draft.text(field).to_owned();
        if !self.spread(field, &typed) {
            self.put(field, &near);
        }
        self.focus = fields.iter().position(|own| *own == field).unwrap_or(self.focus);
        self.judge();
    }

    /// A whole URL for one part of the backend's address fills the parts beside it, too; whether it was one.
    fn spread(&mut self, field: Field, text: &str) -> bool {
        let Some(url) = BackendUrl::split(text) else { return false };
        match field {
            Field::Host | Field::Port | Field::Context => {
                self.put(Field::Host, &url.host);
                self.put(Field::Port, &url.port);
                if let Some(path) = &url.path {
                    self.put(Field::Context, path);
                }
                let words = if url.is_tls {
                    "the URL was taken apart; Tomcat is asked over plain HTTP, so look at the port"
                } else {
                    "the URL was taken apart into host, port and path"
                };
                self.message = Some(words.into());
            }
            Field::PublicPath => {
                self.put(field, url.path.as_deref().unwrap_or("/"));
                self.message =
                    Some("the path of the URL was taken; the site's names stay as they are".into());
            }
            Field::NewSite(NewSiteField::Name) => {
                self.put(field, &url.host);
                self.message =
                    Some("the name of the URL was taken; its port and path are asked below".into());
            }
            _ => return false,
        }
        true
    }

    fn put(&mut self, field: Field, text: &str) {
        if is_list(field) {
            self.proxies = Entries::of(text);
            self.draft.set_text(field, text);
        }
        if let Some((_, input)) = self.inputs.iter_mut().find(|(own, _)| *own == field) {
            *input = Input::new(text.to_owned());
            self.draft.set_text(field, text);
        }
    }
}
