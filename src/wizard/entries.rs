//! The list of trusted proxies, an editor an entry: the list is typed, pasted and mended entry by entry.

use crate::model::TrustedProxies;
use tui_input::{Input, InputRequest};

/// A list with one of its entries in front.
///
/// There is always an entry; one that is empty is no part of the list and is gone as soon as it is left.
#[derive(Clone, Debug)]
pub struct Entries {
    editors: Vec<Input>,
    at: usize,
}

/// An entry, what it means, or what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What is typed there.
    pub text: String,
    /// Whether keys go there.
    pub is_focused: bool,
    /// What it means, or why it is none; `None` where nothing is typed yet.
    pub meaning: Option<Result<String, String>>,
    /// The right entry nearest to a wrong one.
    pub offer: Option<String>,
}

impl Entries {
    /// The entries of a text, the first in front.
    pub(super) fn of(text: &str) -> Self {
        let mut editors: Vec<_> =
            TrustedProxies::split(text).map(|entry| Input::new(entry.to_owned())).collect();
        if editors.is_empty() {
            editors.push(Input::default());
        }
        Self { editors, at: 0 }
    }

    /// Every entry, in order.
    pub fn shown(&self) -> Vec<Entry> {
        let texts: Vec<&str> = self.editors.iter().map(|editor| editor.value().trim()).collect();
        let entry = |(at, text): (usize, &&str)| {
            let is_double = texts[..at].contains(text) && !text.is_empty();
            let meaning = match TrustedProxies::entry_meaning(text) {
                _ if text.is_empty() => None,
                Ok(_) if is_double => Some(Ok("stands in the list already".into())),
                meaning => Some(meaning),
            };
            let is_wrong = matches!(meaning, Some(Err(_)));
            let offer = is_wrong.then(|| TrustedProxies::nearest(text)).flatten();
            Entry { text: (*text).into(), is_focused: at == self.at, meaning, offer }
        };
        texts.iter().enumerate().map(entry).collect()
    }

    /// The editor of the entry in front.
    pub(super) fn editor(&self) -> &Input {
        &self.editors[self.at]
    }

    /// The list as the draft holds it.
    pub(super) fn text(&self) -> String {
        let texts = self.editors.iter().map(|editor| editor.value().trim());
        texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// Does to the entry in front what a key means; rubbing out in an empty one takes it away.
    pub(super) fn edit(&mut self, request: InputRequest) {
        match request {
            InputRequest::InsertChar(c) if TrustedProxies::is_separator(c) => self.add(),
            InputRequest::DeletePrevChar if self.is_empty_here() => self.remove(),
            request => {
                self.editors[self.at].handle(request);
            }
        }
    }

    /// Begins an entry below the one in front; the empty one stays the only empty one.
    pub(super) fn add(&mut self) {
        if !self.is_empty_here() {
            self.at += 1;
            self.editors.insert(self.at, Input::default());
        }
    }

    /// Takes the entry in front away; the last one is emptied.
    pub(super) fn remove(&mut self) {
        self.editors.remove(self.at);
        if self.editors.is_empty() {
            self.editors.push(Input::default());
        }
        self.at = self.at.min(self.editors.len() - 1);
    }

    /// To another entry, as far as there is one.
    pub(super) fn go(&mut self, by: isize) {
        self.go_to(self.at.saturating_add_signed(by).min(self.editors.len() - 1));
    }

    /// To the first wrong entry, where one is wrong.
    pub(super) fn go_to_wrong(&mut self) {
        let is_wrong = |entry: &Entry| matches!(entry.meaning, Some(Err(_)));
        if let Some(at) = self.shown().iter().position(is_wrong) {
            self.go_to(at);
        }
    }

    /// Takes what is offered for the entry in front, else for the first that has an offer.
    pub(super) fn take_offer(&mut self) {
        let shown = self.shown();
        let mut places = std::iter::once(self.at).chain(0..shown.len());
        let Some(at) = places.find(|at| shown[*at].offer.is_some()) else { return };
        if let Some(offer) = shown[at].offer.clone() {
            self.editors[at] = Input::new(offer);
            self.go_to(at);
        }
    }

    fn go_to(&mut self, at: usize) {
        let left = self.at;
        self.at = at;
        if at != left && self.editors[left].value().trim().is_empty() {
            self.editors.remove(left);
            self.at -= usize::from(at > left);
        }
    }

    fn is_empty_here(&self) -> bool {
        self.editor().value().trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(entries: &mut Entries, text: &str) {
        for c in text.chars() {
            entries.edit(InputRequest::InsertChar(c));
        }
    }

    #[test]
    fn a_comma_begins_the_entry_below() {
        let mut entries = Entries::of("127.0.0.1, ::1");
        typed(&mut entries, ", 10.1.0.0/24,, 10.2.0.1");
        assert_eq!(entries.text(), "127.0.0.1, 10.1.0.0/24, 10.2.0.1, ::1");
    }

    #[test]
    fn the_last_entry_can_be_removed_and_typed_anew() {
        let mut entries = Entries::of("127.0.0.1");
        entries.remove();
        entries.remove();
        assert_eq!((entries.text().as_str(), entries.shown().len()), ("", 1));
        typed(&mut entries, "::1");
        assert_eq!(entries.text(), "::1");
    }

    #[test]
    fn an_empty_entry_is_gone_when_it_is_left() {
        for by in [-1, 1] {
            let mut entries = Entries::of("10.0.0.1, 10.0.0.2");
            entries.add();
            entries.go(by);
            let focused: Vec<_> = entries.shown().into_iter().map(|entry| entry.is_focused).collect();
            assert_eq!(focused, [by < 0, by > 0], "{by}");
        }
    }

    #[test]
    fn rubbing_out_in_an_empty_entry_takes_it_away() {
        let mut entries = Entries::of("10.0.0.1, 10.0.0.2");
        entries.add();
        entries.edit(InputRequest::DeletePrevChar);
        assert_eq!(entries.shown().len(), 2);
        assert_eq!(entries.text(), "10.0.0.1, 10.0.0.2");
    }

    #[test]
    fn each_entry_has_its_own_meaning_error_and_offer() {
        let entries = Entries::of("127.0.0.1, 10.1.0.7/24, 10.2.0.0/24, 127.0.0.1");
        let shown = entries.shown();
        assert_eq!(shown[0].meaning, Some(Ok("this machine".into())));
        assert!(matches!(&shown[1].meaning, Some(Err(error)) if error.contains("10.1.0.7")), "{shown:?}");
        assert_eq!(shown[1].offer.as_deref(), Some("10.1.0.0/24"));
        assert!(matches!(&shown[2].meaning, Some(Ok(meaning)) if meaning.starts_with("256 addresses")));
        assert_eq!(shown[3].meaning, Some(Ok("stands in the list already".into())));
    }

    #[test]
    fn what_is_offered_mends_the_wrong_entry_and_no_other() {
        let mut entries = Entries::of("127.0.0.1, 10.1.0.7/24, 10.2.0.9/16");
        entries.take_offer();
        assert_eq!(entries.text(), "127.0.0.1, 10.1.0.0/24, 10.2.0.9/16");
        entries.take_offer();
        assert_eq!(entries.text(), "127.0.0.1, 10.1.0.0/24, 10.2.0.0/16");
    }
}
