//! Key scripts: a journey through the wizard as words, run in process.
//!
//! A word is a key as [`Key::parse`] reads it, `type:TEXT` (a key a character, `_` stands for a blank) or
//! `paste:TEXT`.

use guacfront::model::{Draft, Findings};
use guacfront::wizard::{Effect, Key, Msg, Wizard, prefill};

/// A wizard on a machine, prefilled as it would be there.
pub fn wizard(findings: Findings) -> Wizard {
    let draft: Draft = prefill(&findings);
    Wizard::new(findings, draft)
}

/// Presses every key of a script and gives every effect.
pub fn play(wizard: &mut Wizard, script: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    for word in script.split_whitespace() {
        if let Some(text) = word.strip_prefix("type:") {
            for c in text.replace('_', " ").chars() {
                effects.extend(wizard.update(Msg::Key(Key::char(c))));
            }
        } else if let Some(text) = word.strip_prefix("paste:") {
            effects.extend(wizard.update(Msg::Paste(text.replace('_', " "))));
        } else {
            let key = Key::parse(word).unwrap_or_else(|| panic!("{word} is no key"));
            effects.extend(wizard.update(Msg::Key(key)));
        }
    }
    effects
}
