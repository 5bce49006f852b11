//! The pages without fields: what was found, and what will be done.

use super::sheet::Form;
use super::text::wrapped;
use crate::model::{Plan, Purpose, Step, printable_path};
use crate::tui::Theme;
use crate::wizard::{Wizard, describe_machine, plural};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use std::collections::BTreeMap;
use std::path::Path;

pub(super) fn machine(form: &mut Form, wizard: &Wizard, theme: Theme, width: usize) {
    // How what is there does comes first: on a small screen the end of a long page is out of sight.
    let found = describe_machine(wizard.findings());
    for found in wizard.condition().into_iter().chain(&found) {
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

pub(super) fn review(form: &mut Form, wizard: &Wizard, theme: Theme, width: usize) {
    let mut row = |mark: &str, text: &str, style: Style| {
        for (at, line) in wrapped(text, width.saturating_sub(5)).into_iter().enumerate() {
            let mark = if at == 0 { mark } else { "" };
            form.lines.push(Line::styled(format!(" {mark:<3} {line}"), style));
        }
    };
    let plan = match &wizard.preview().plan {
        _ if wizard.preview().stale => {
            return row("!", "a field is wrong; Enter leads to it", theme.error());
        }
        Err(error) => {
            row("!", &error.to_string(), theme.error());
            if !wizard.edited_regions().is_empty() {
                return row("", "Enter asks whose lines count, and shows the difference", Style::new());
            }
            match wizard.findings().as_root.as_ref().filter(|_| wizard.needs_rights()) {
                Some(line) => row("", &format!("as root: {line}"), Style::new()),
                None => row("", &error.hint(), Style::new()),
            }
            if wizard.preview().files().iter().any(|file| file.by_hand.is_some()) {
                let text = "meanwhile the lines of the preview can be pasted by hand; guacfront show --answers FILE \
                            prints them, and s saves that file";
                row("", text, theme.quiet());
            }
            return;
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
    for (folder, count) in links(plan) {
        row("+", &format!("{} in {}", plural(count, "link"), printable_path(folder)), Style::new());
    }
    let follow_ups = wizard.follow_ups();
    let switch = |wanted| if wanted { ("[x]", "") } else { ("[ ]", "not done: ") };
    for command in plan.commands() {
        let key = match command.purpose {
            Purpose::Test => "",
            Purpose::Reload => " (r)",
            Purpose::Restart => " (t)",
        };
        let (mark, not) = switch(follow_ups.options.wants(command.purpose));
        row(mark, &format!("{not}{}; {}{key}", command.words, command.purpose.consequence()), Style::new());
    }
    if follow_ups.tell_a_server(plan) {
        let (mark, not) = switch(follow_ups.confirm.is_some());
        row(mark, &format!("{not}{} (c)", follow_ups.asking()), Style::new());
    }
    if wizard.needs_rights() {
        let findings = wizard.findings();
        let paths: Vec<String> = wizard.barred(plan).into_iter().map(printable_path).collect();
        row("!", &format!("this user may not write {}", paths.join(", ")), theme.warning());
        if let Some(line) = &findings.apply_as_root {
            row("", &format!("s saves the answers; then: {line}"), Style::new());
        }
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

/// How many links are made in each folder.
fn links(plan: &Plan) -> BTreeMap<&Path, usize> {
    let mut folders = BTreeMap::new();
    for step in &plan.steps {
        if let Step::Link { path, .. } = step {
            *folders.entry(path.parent().unwrap_or(path)).or_default() += 1;
        }
    }
    folders
}
