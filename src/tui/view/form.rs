//! The question and its fields.

use super::sheet::{Form, typed};
use super::text::{clean, columns, fitted, wrapped};
use super::{backend, entries, page};
use crate::model::Field;
use crate::tui::Theme;
use crate::wizard::{Choice, Screen, Wizard, caption, help, is_choice, is_list};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

/// Columns of the captions at most.
const CAPTION: usize = 24;
/// Columns below which captions take no more of them than the longest needs.
const NARROW: usize = 70;
/// Columns before a caption, and after it.
const AROUND: usize = 5;

/// Rows that a list of entries leaves to the question, the help, what is said of an entry, and the preview.
const LIST_KEPT: usize = 16;

/// The form of the present screen.
pub(super) fn lines(wizard: &Wizard, theme: Theme, width: u16, height: u16) -> Form {
    let width = usize::from(width);
    let column = caption_column(wizard.screen(), width);
    let mut form = Form { lines: Vec::new(), cursor: None, passing: 0, help: 0, column };
    for line in wrapped(&wizard.question(), width.saturating_sub(2)) {
        form.lines.push(Line::styled(format!(" {line}"), theme.strong()));
    }
    form.lines.push(Line::default());
    match wizard.screen() {
        Screen::Machine => page::machine(&mut form, wizard, theme, width),
        Screen::Review => page::review(&mut form, wizard, theme, width),
        _ => fields(&mut form, wizard, theme, width, usize::from(height)),
    }
    form
}

fn caption_column(screen: Screen, width: usize) -> usize {
    let longest = screen.fields().iter().map(|field| caption(*field).width()).max().unwrap_or(0);
    if width < NARROW { (longest + AROUND).min(CAPTION) } else { CAPTION }
}

fn fields(form: &mut Form, wizard: &Wizard, theme: Theme, width: usize, height: usize) {
    let fields = wizard.fields(wizard.screen());
    // Where not all lists fit above a little of the preview, one says what is picked until the focus is on it.
    let rows = |field: &Field| if is_choice(*field) { wizard.choices(*field).len().max(1) } else { 1 };
    let is_crowded =
        fields.len() > 1 && form.lines.len() + fields.iter().map(rows).sum::<usize>() + 9 > height;
    let mut passing = 0;
    for &field in fields {
        if is_choice(field) {
            // A list takes what the other fields, the help and a little of the preview leave.
            let room = height.saturating_sub(form.lines.len() + fields.len() + 9).max(3);
            let is_short = is_crowded && wizard.focused() != Some(field);
            let room = if is_short { 1 } else { room };
            choice(form, wizard, field, theme, width, room);
        } else if is_list(field) {
            let room = height.saturating_sub(LIST_KEPT).max(3);
            let steady = form.lines.len() + 1;
            entries::draw(form, wizard, theme, width, room);
            passing += form.lines.len() - steady;
            continue;
        } else {
            text(form, wizard, field, theme, width);
        }
        let steady = form.lines.len();
        for error in wizard.errors(field) {
            for (at, line) in wrapped(error, width.saturating_sub(form.column + 3)).into_iter().enumerate() {
                let mark = if at == 0 { "! " } else { "  " };
                form.lines
                    .push(Line::styled(format!("{}{mark}{line}", " ".repeat(form.column)), theme.error()));
            }
        }
        if let Some(near) = wizard.suggestion(field).filter(|_| wizard.focused() == Some(field)) {
            let offer = format!("Ctrl-Y takes {}", clean(near));
            let text = fitted(&offer, width.saturating_sub(form.column + 3));
            form.lines.push(Line::styled(format!("{}  {text}", " ".repeat(form.column)), theme.good()));
        }
        passing += form.lines.len() - steady;
    }
    let steady = form.lines.len();
    backend::draw(form, wizard, theme, width);
    form.passing = passing + form.lines.len() - steady;
    let needed = form.lines.len();
    form.lines.push(Line::default());
    if let Some(field) = wizard.focused() {
        for line in wrapped(help(field), width.saturating_sub(2)) {
            form.lines.push(Line::styled(format!(" {line}"), theme.quiet()));
        }
    }
    form.help = form.lines.len() - needed;
}

fn head(wizard: &Wizard, field: Field, theme: Theme, column: usize) -> Span<'static> {
    let (pointer, style) =
        if wizard.focused() == Some(field) { (theme.pointer(), theme.focus()) } else { (" ", Style::new()) };
    Span::styled(format!(" {pointer} {:<rest$}", caption(field), rest = column - 3), style)
}

fn text(form: &mut Form, wizard: &Wizard, field: Field, theme: Theme, width: usize) {
    let Some(input) = wizard.input(field) else { return };
    let (shown, cursor) = typed(input, width.saturating_sub(form.column + 1).max(1));
    let focused = wizard.focused() == Some(field);
    if focused && wizard.overlay().is_none() {
        form.put_cursor(form.column + cursor);
    }
    let style = if focused { theme.strong() } else { Style::new() };
    form.lines.push(Line::from(vec![head(wizard, field, theme, form.column), Span::styled(shown, style)]));
}

fn choice(form: &mut Form, wizard: &Wizard, field: Field, theme: Theme, width: usize, room: usize) {
    let choices = wizard.choices(field);
    if choices.is_empty() {
        form.lines.push(Line::from(vec![
            head(wizard, field, theme, form.column),
            Span::styled("none was found", theme.error()),
        ]));
        return;
    }
    let picked = choices.iter().position(|choice| choice.picked).unwrap_or(0);
    let start = picked.saturating_sub(room / 2).min(choices.len().saturating_sub(room));
    for (at, entry) in choices.iter().enumerate().skip(start).take(room) {
        let lead = if at == start {
            head(wizard, field, theme, form.column)
        } else {
            Span::raw(" ".repeat(form.column))
        };
        // Screen readers and braille lines go by the cursor.
        if entry.picked && wizard.focused() == Some(field) && wizard.overlay().is_none() {
            form.put_cursor(form.column + theme.picked(true).width() + 1);
        }
        form.lines.push(choice_line(lead, entry, theme, width));
    }
    if choices.len() > room && room > 1 {
        let typed = match wizard.sought() {
            "" => "; a name can be typed".to_owned(),
            sought => format!(", typed: {}", clean(sought)),
        };
        let place = format!("{} of {}{typed}", picked + 1, choices.len());
        let text =
            format!("{}{}", " ".repeat(form.column), fitted(&place, width.saturating_sub(form.column)));
        form.lines.push(Line::styled(text, theme.quiet()));
    }
    // Where the choice is made, what is picked is shown whole, whatever there was room for in the list.
    let room = width.saturating_sub(form.column + 3);
    let whole = |entry: &Choice| format!("{}  {}", clean(&entry.label), clean(&entry.detail));
    let cut = |entry: &Choice| whole(entry).trim_end().width() > room;
    if wizard.focused() == Some(field) && choices.iter().any(cut) {
        let shown = whole(&choices[picked]);
        let lines = wrapped(shown.trim_end(), room);
        form.lines.extend(
            lines
                .into_iter()
                .map(|line| Line::styled(format!("{}{line}", " ".repeat(form.column + 2)), theme.quiet())),
        );
    }
}

fn choice_line(lead: Span<'static>, entry: &Choice, theme: Theme, width: usize) -> Line<'static> {
    let mark = theme.picked(entry.picked);
    let room = width.saturating_sub(lead.width() + mark.width() + 2);
    let (text, detail) = (clean(&entry.label), clean(&entry.detail));
    // What is short and said of an entry is said whole; what tells the entries apart stands at their beginning.
    let said = if detail.is_empty() { 0 } else { detail.width() + 2 };
    let room_for_label = if said * 2 <= room { room - said } else { room };
    let (label, more) = if text.width() <= room_for_label {
        (text, None)
    } else {
        (columns(&text, 0, room_for_label.saturating_sub(1)), Some(theme.more(true)))
    };
    let left = room.saturating_sub(label.width() + more.as_ref().map_or(0, Span::width) + 2);
    let style = match (entry.enabled, entry.picked) {
        (false, _) => theme.quiet(),
        (true, true) => theme.strong(),
        (true, false) => Style::new(),
    };
    let mut spans = vec![lead, Span::styled(format!("{mark} {label}"), style)];
    spans.extend(more);
    if !detail.is_empty() && left > 8 {
        spans.push(Span::styled(format!("  {}", fitted(&detail, left)), theme.quiet()));
    }
    Line::from(spans)
}
