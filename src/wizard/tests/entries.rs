//! The list of trusted proxies, key by key.

use super::*;

const TO_TRUST: &str = "Enter Enter Enter Enter Enter";

fn at_trust(script: &str) -> Wizard {
    let mut wizard = wizard();
    play(&mut wizard, TO_TRUST);
    assert_eq!((wizard.screen(), wizard.context()), (Screen::Trust, Context::List));
    play(&mut wizard, script);
    wizard
}

#[test]
fn entries_are_added_edited_and_removed() {
    assert_eq!(at_trust("C-o type:10.1.0.0/24").draft().proxies, "127.0.0.1, 10.1.0.0/24, ::1");
    assert_eq!(at_trust("Down C-u type:10.0.0.9").draft().proxies, "127.0.0.1, 10.0.0.9");
    assert_eq!(at_trust("Down Up C-x").draft().proxies, "::1");
}

#[test]
fn a_pasted_list_becomes_entries() {
    let mut wizard = at_trust("C-x C-x");
    wizard.update(Msg::Paste("10.1.0.0/24, 10.2.0.9\n2001:db8::/32\n".into()));
    assert_eq!(wizard.draft().proxies, "10.1.0.0/24, 10.2.0.9, 2001:db8::/32");
    play(&mut wizard, "Enter");
    assert_eq!(wizard.screen(), Screen::Options);
}

#[test]
fn an_empty_list_is_refused() {
    let wizard = at_trust("C-x C-x Enter");
    assert_eq!(wizard.screen(), Screen::Trust);
    assert!(wizard.errors(Field::Proxies).any(|error| error.contains("at least one proxy")));
}

#[test]
fn enter_leads_to_the_wrong_entry_and_its_offer_lets_go_on() {
    let mut wizard = at_trust("Down type:,10.1.0.7/24,10.3.0.1 Up Up Enter");
    let entries = wizard.proxies().shown();
    let focused = entries.iter().find(|entry| entry.is_focused).expect("an entry is in front");
    assert_eq!((focused.text.as_str(), focused.offer.as_deref()), ("10.1.0.7/24", Some("10.1.0.0/24")));
    play(&mut wizard, "C-y Enter");
    assert_eq!(wizard.draft().proxies, "127.0.0.1, ::1, 10.1.0.0/24, 10.3.0.1");
    assert_eq!(wizard.screen(), Screen::Options);
}

#[test]
fn the_preview_follows_each_entry() {
    let wizard = at_trust("type:,10.1.0.7");
    let shown = wizard.preview().files().iter().flat_map(|file| &file.lines);
    let is_there = |text: &str| shown.clone().any(|line| String::from_utf8_lossy(&line.text).contains(text));
    assert!(is_there(r"10\.1\.0\.7"));
}
