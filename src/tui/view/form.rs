//! The question and its fields.

use super::entries;
use super::text::{clean, columns, fitted, wrapped};
use crate::model::Field;
use crate::tui::Theme;
use crate::wizard::{Choice, Screen, Wizard, caption, describe_machine, help, is_choice, is_list, plural};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use tui_input::Input;
use unicode_width::UnicodeWidthStr as _;

/// Columns of the captions.
pub(super) const CAPTION: usize = 24;

/// Rows that a list of entries leaves to the question, the help, what is said of an entry, and the preview.
const LIST_KEPT: usize = 16;

/// The lines of the form and where the cursor stands, column and row.
pub(super) struct Form {
    pub(super) lines: Vec<Line<'static>>,
    pub(super) cursor: Option<(u16, u16)>,
    /// How many of the lines come and go while a field is typed in: errors, offers, meanings.
    pub(super) passing: usize,
}

impl Form {
    /// Puts the cursor at a column of the line that comes next.
    pub(super) fn put_cursor(&mut self, column: usize) {
        let row = u16::try_from(self.lines.len()).unwrap_or(u16::MAX);
        self.cursor = Some((u16::try_from(column).unwrap_or(u16::MAX), row));
    }
}

/// The form of the present screen.
pub(super) fn lines(wizard: &Wizard, theme: Theme, width: u16, height: u16) -> Form {
    let width = usize::from(width);
    let mut form = Form { lines: Vec::new(), cursor: None, passing: 0 };
    for line in wrapped(&wizard.question(), width.saturating_sub(2)) {
        form.lines.push(Line::styled(format!(" {line}"), theme.strong()));
    }
    form.lines.push(Line::default());
    match wizard.screen() {
        Screen::Machine => machine(&mut form, wizard, theme, width),
        Screen::Review => review(&mut form, wizard, theme, width),
        _ => fields(&mut form, wizard, theme, width, usize::from(height)),
    }
    form
}

fn fields(form: &mut Form, wizard: &Wizard, theme: Theme, width: usize, height: usize) {
    let fields = wizard.screen().fields();
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
            for (at, line) in wrapped(error, width.saturating_sub(CAPTION + 3)).into_iter().enumerate() {
                let mark = if at == 0 { "! " } else { "  " };
                form.lines.push(Line::styled(format!("{}{mark}{line}", " ".repeat(CAPTION)), theme.error()));
            }
        }
        passing += form.lines.len() - steady;
    }
    let steady = form.lines.len();
    if let Some(field) = wizard.focused().filter(|field| !is_list(*field))
        && let Some(near) = wizard.suggestion(field)
    {
        let offer = format!("Ctrl-Y takes {}", clean(near));
        let text = fitted(&offer, width.saturating_sub(CAPTION + 3));
        form.lines.push(Line::styled(format!("{}  {text}", " ".repeat(CAPTION)), theme.good()));
    }
    form.passing = passing + form.lines.len() - steady;
    form.lines.push(Line::default());
    if let Some(field) = wizard.focused() {
        for line in wrapped(help(field), width.saturating_sub(2)) {
            form.lines.push(Line::styled(format!(" {line}"), theme.quiet()));
        }
    }
}

/// What of an editor's text there is room for, and the column of the cursor in it.
pub(super) fn typed(input: &Input, room: usize) -> (String, usize) {
    let scroll = input.visual_scroll(room);
    let mut skipped = 0;
    let shown = clean(input.value())
        .chars()
        .skip_while(|c| {
            let skip = skipped < scroll;
            skipped += unicode_width::UnicodeWidthChar::width(*c).unwrap_or(0);
            skip
        })
        .collect();
    (shown, input.visual_cursor().saturating_sub(scroll))
}

fn head(wizard: &Wizard, field: Field, theme: Theme) -> Span<'static> {
    let (pointer, style) =
        if wizard.focused() == Some(field) { (theme.pointer(), theme.focus()) } else { (" ", Style::new()) };
    Span::styled(format!(" {pointer} {:<rest$}", caption(field), rest = CAPTION - 3), style)
}

fn text(form: &mut Form, wizard: &Wizard, field: Field, theme: Theme, width: usize) {
    let Some(input) = wizard.input(field) else { return };
    let (shown, cursor) = typed(input, width.saturating_sub(CAPTION + 1).max(1));
    let focused = wizard.focused() == Some(field);
    if focused && wizard.overlay().is_none() {
        form.put_cursor(CAPTION + cursor);
    }
    let style = if focused { theme.strong() } else { Style::new() };
    form.lines.push(Line::from(vec![head(wizard, field, theme), Span::styled(shown, style)]));
}

fn choice(form: &mut Form, wizard: &Wizard, field: Field, theme: Theme, width: usize, room: usize) {
    let choices = wizard.choices(field);
    if choices.is_empty() {
        form.lines.push(Line::from(vec![
            head(wizard, field, theme),
            Span::styled("none was found", theme.error()),
        ]));
        return;
    }
    let picked = choices.iter().position(|choice| choice.picked).unwrap_or(0);
    let start = picked.saturating_sub(room / 2).min(choices.len().saturating_sub(room));
    for (at, entry) in choices.iter().enumerate().skip(start).take(room) {
        let lead = if at == start { head(wizard, field, theme) } else { Span::raw(" ".repeat(CAPTION)) };
        form.lines.push(choice_line(lead, entry, theme, width));
    }
    if choices.len() > room && room > 1 {
        let text = format!("{}{} of {}", " ".repeat(CAPTION), picked + 1, choices.len());
        form.lines.push(Line::styled(text, theme.quiet()));
    }
    // Where the choice is made, what is picked is shown whole, whatever there was room for in the list.
    let room = width.saturating_sub(CAPTION + 3);
    let whole = |entry: &Choice| format!("{}  {}", clean(&entry.label), clean(&entry.detail));
    let cut = |entry: &Choice| whole(entry).trim_end().width() > room;
    if wizard.focused() == Some(field) && choices.iter().any(cut) {
        let shown = whole(&choices[picked]);
        let lines = wrapped(shown.trim_end(), room);
        form.lines.extend(
            lines
                .into_iter()
                .map(|line| Line::styled(format!("{}{line}", " ".repeat(CAPTION + 2)), theme.quiet())),
        );
    }
}

fn choice_line(lead: Span<'static>, entry: &Choice, theme: Theme, width: usize) -> Line<'static> {
    let mark = theme.picked(entry.picked);
    let room = width.saturating_sub(CAPTION + mark.width() + 2);
    let text = clean(&entry.label);
    // What tells the entries apart stands at their beginning.
    let (label, more) = if text.width() <= room {
        (text, None)
    } else {
        (columns(&text, 0, room.saturating_sub(1)), Some(theme.more(true)))
    };
    let left = room.saturating_sub(label.width() + 2);
    let style = match (entry.enabled, entry.picked) {
        (false, _) => theme.quiet(),
        (true, true) => theme.strong(),
        (true, false) => Style::new(),
    };
    let mut spans = vec![lead, Span::styled(format!("{mark} {label}"), style)];
    spans.extend(more);
    if !entry.detail.is_empty() && left > 8 {
        spans.push(Span::styled(format!("  {}", fitted(&clean(&entry.detail), left)), theme.quiet()));
    }
    Line::from(spans)
}

fn machine(form: &mut Form, wizard: &Wizard, theme: Theme, width: usize) {
    for found in describe_machine(wizard.findings()).iter().chain(wizard.condition()) {
        let style = if found.warning { theme.warning() } else { Style::new() };
        for (at, line) in wrapped(&found.text, width.saturating_sub(17)).into_iter().enumerate() {
            let about = if at == 0 { found.about } else { "" };
            let mark = if found.warning && at == 0 { "!" } else { " " };
            form.lines.push(Line::from(vec![
                Span::styled(format!(" {about:<13}"), theme.strong()),
                Span::styled(format!("{mark} {line}"), style),
            ]));
        }
    }
}

fn review(form: &mut Form, wizard: &Wizard, theme: Theme, width: usize) {
    let mut row = |mark: &str, text: &str, style: Style| {
        for (at, line) in wrapped(text, width.saturating_sub(5)).into_iter().enumerate() {
            let mark = if at == 0 { mark } else { "" };
            form.lines.push(Line::styled(format!(" {mark:<3} {line}"), style));
        }
    };
    let plan = match &wizard.preview().plan {
        Err(error) => {
            row("!", &error.to_string(), theme.error());
            return row("", &error.hint(), Style::new());
        }
        Ok(_) if wizard.preview().stale => {
            return row("!", "a field is wrong; Enter leads to it", theme.error());
        }
        Ok(plan) => plan,
    };
    if plan.is_empty() {
        row(
            "=",
            "Nothing: the machine already is as the answers say. Enter asks the running servers.",
            theme.good(),
        );
    }
    for file in wizard.preview().files() {
        let count = |mark| file.lines.iter().filter(|line| line.mark == mark).count();
        let (added, removed) =
            (count(crate::plan::diff::Mark::Added), count(crate::plan::diff::Mark::Removed));
        row("~", &format!("{}  +{added} -{removed}", file.path.display()), Style::new());
    }
    let links = plan.steps.iter().filter(|step| matches!(step, crate::model::Step::Link { .. })).count();
    if links > 0 {
        row("+", &format!("{} in mods-enabled, as a2enmod makes them", plural(links, "link")), Style::new());
    }
    let follow_ups = wizard.follow_ups();
    let switch = |wanted| if wanted { ("[x]", "") } else { ("[ ]", "not done: ") };
    for command in plan.commands() {
        let key = match command.purpose {
            crate::model::Purpose::Test => "",
            crate::model::Purpose::Reload => " (r changes that)",
            crate::model::Purpose::Restart => " (t changes that)",
        };
        let (mark, not) = switch(follow_ups.wants(command.purpose));
        row(mark, &format!("{not}{}; {}{key}", command.words, command.purpose.consequence()), Style::new());
    }
    if follow_ups.tell_a_server(plan) {
        let (mark, not) = switch(follow_ups.confirm.is_some());
        row(mark, &format!("{not}{} (c changes that)", follow_ups.asking()), Style::new());
    }
    if !plan.is_empty() {
        row("-", &format!("not touched: {}", crate::plan::NOT_TOUCHED), theme.quiet());
        row("", &crate::plan::way_back(), theme.quiet());
    }
    for note in &plan.notes {
        let (mark, style) = if note.warning { ("!", theme.warning()) } else { ("i", theme.quiet()) };
        row(mark, &note.sentence(), style);
    }
}
