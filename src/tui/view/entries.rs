//! A list whose entries are typed, each with what it means beside it.

use super::sheet::{Form, typed};
use super::text::{clean, fitted, wrapped};
use crate::model::{Field, TrustedProxies};
use crate::tui::Theme;
use crate::wizard::{Entry, Wizard, caption};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

/// Columns an entry has at least, and at most while its meaning is to stand beside it.
const ENTRY: (usize, usize) = (12, 20);
/// Columns below which a meaning is not begun beside its entry.
const MEANING: usize = 12;

/// The entries of the trusted proxies, and the whole list tried on two addresses.
///
/// ```text
///   Trusted proxies      127.0.0.1     this machine
///  ▸                     10.1.0.7/24
///                          ! 10.1.0.7/24 has bits beyond its prefix; the block is …
///                          Ctrl-Y takes 10.1.0.0/24
///                        10.2.0.0/16   65536 addresses, 10.2.0.0 to 10.2.255.255
///                        10.2.0.7 trusted, 8.8.8.8 not
/// ```
pub(super) fn draw(form: &mut Form, wizard: &Wizard, theme: Theme, width: usize, room: usize) {
    let entries = wizard.proxies().shown();
    let focus = entries.iter().position(|entry| entry.is_focused).unwrap_or(0);
    let start = focus.saturating_sub(room / 2).min(entries.len().saturating_sub(room));
    let longest = entries.iter().map(|entry| clean(&entry.text).width()).max().unwrap_or(0);
    let column = longest.clamp(ENTRY.0, ENTRY.1) + 2;
    // One key takes one offer: that of the entry in front, else the first.
    // Where there are rows enough, a meaning that does not fit beside its entry stands whole below it.
    let is_roomy = entries.len() * 2 <= room;
    let has_offer = |at: &usize| entries[*at].offer.is_some();
    let offered = std::iter::once(focus).chain(0..entries.len()).find(has_offer);
    for (at, entry) in entries.iter().enumerate().skip(start).take(room) {
        let name = if at == start { caption(Field::Proxies) } else { "" };
        row(form, wizard, theme, entry, Place { name, column, width, offers: offered == Some(at), is_roomy });
    }
    if entries.len() > room {
        let text = format!("{}{} of {}", " ".repeat(form.column), focus + 1, entries.len());
        form.lines.push(Line::styled(text, theme.quiet()));
    }
    let trusted = TrustedProxies::parse(wizard.draft().text(Field::Proxies));
    let (text, style) = match &trusted {
        Ok(proxies) => (proxies.sample(), theme.quiet()),
        // Wrong entries say so themselves; that there is none is said here.
        Err(errors) if entries.iter().all(|entry| entry.meaning.is_none()) => {
            (format!("! {}", errors.join(" ")), theme.error())
        }
        Err(_) => return,
    };
    below(form, &text, width, 0, style);
}

/// Where an entry stands.
#[derive(Clone, Copy)]
struct Place {
    name: &'static str,
    column: usize,
    width: usize,
    offers: bool,
    is_roomy: bool,
}

fn row(form: &mut Form, wizard: &Wizard, theme: Theme, entry: &Entry, place: Place) {
    let (pointer, lead) =
        if entry.is_focused { (theme.pointer(), theme.focus()) } else { (" ", Style::new()) };
    let head = format!(" {pointer} {:<rest$}", place.name, rest = form.column - 3);
    let room = place.width.saturating_sub(form.column + 1).max(1);
    let text = match wizard.input(Field::Proxies).filter(|_| entry.is_focused) {
        Some(input) => {
            let (text, cursor) = typed(input, room);
            if wizard.overlay().is_none() {
                form.put_cursor(form.column + cursor);
            }
            text
        }
        None => fitted(&clean(&entry.text), room),
    };
    let beside = room.saturating_sub(text.width().max(place.column - 2) + 2);
    let pad = (place.column - 2).saturating_sub(text.width()) + 2;
    let style = if entry.is_focused { theme.strong() } else { Style::new() };
    let mut spans = vec![Span::styled(head, lead), Span::styled(text, style)];
    let meaning = match &entry.meaning {
        Some(Ok(meaning)) => meaning.as_str(),
        None => "an address or a CIDR block",
        Some(Err(_)) => "",
    };
    // Of the entry in front everything is said; of the others what there is room for.
    let fits = meaning.width() <= beside;
    let is_whole = entry.is_focused || place.is_roomy;
    if fits || (!is_whole && beside >= MEANING) {
        spans.push(Span::styled(format!("{}{}", " ".repeat(pad), fitted(meaning, beside)), theme.quiet()));
    }
    form.lines.push(Line::from(spans));
    if is_whole && !fits {
        below(form, meaning, place.width, 2, theme.quiet());
    }
    if let Some(Err(error)) = &entry.meaning {
        below(form, &format!("! {error}"), place.width, 2, theme.error());
        if let Some(offer) = entry.offer.as_ref().filter(|_| place.offers) {
            below(form, &format!("Ctrl-Y takes {}", clean(offer)), place.width, 2, theme.good());
        }
    }
}

fn below(form: &mut Form, text: &str, width: usize, indent: usize, style: Style) {
    for line in wrapped(text, width.saturating_sub(form.column + indent + 1)) {
        form.lines.push(Line::styled(format!("{}{line}", " ".repeat(form.column + indent)), style));
    }
}
