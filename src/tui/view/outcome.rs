//! What was done, and whether it works.

use super::text::wrapped;
use crate::tui::Theme;
use crate::wizard::{Phase, Wizard};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// Draws the log of the transaction and the proofs.
pub(super) fn draw(frame: &mut Frame, area: Rect, wizard: &Wizard, theme: Theme) {
    let width = usize::from(area.width);
    let run = wizard.run();
    let mut lines = Vec::new();
    let mut say = |text: &str, indent: usize, style: Style| {
        for line in wrapped(text, width.saturating_sub(indent + 1)) {
            lines.push(Line::styled(format!("{}{line}", " ".repeat(indent)), style));
        }
    };
    match run.phase() {
        Phase::Idle => {}
        Phase::Applying => say("Being done now", 1, theme.strong()),
        Phase::Awaiting(left) => {
            say("Still there? Enter keeps what was done.", 1, theme.strong());
            say(&format!("In {left} s everything is taken back."), 1, theme.warning());
        }
        Phase::Proving(_) => say("Done. The running servers are being asked", 1, theme.strong()),
        Phase::Done(Some(receipt)) => {
            say("Done", 1, theme.strong());
            say(&format!("guacfront undo {receipt} takes it back"), 1, Style::new());
        }
        Phase::Done(None) => say("Nothing had to be done", 1, theme.strong()),
        Phase::Failed(message) => {
            say("It was not done", 1, theme.error());
            say(message, 1, Style::new());
        }
    }
    say("", 0, Style::new());
    for line in run.log() {
        say(line, 3, theme.quiet());
    }
    if !run.proofs().is_empty() {
        lines.push(Line::default());
    }
    for proof in run.proofs() {
        let (mark, style) = theme.proof(proof.mark);
        lines.push(Line::from(vec![
            Span::styled(format!(" {mark:>2} "), style),
            Span::styled(proof.title.clone(), theme.strong()),
        ]));
        for line in wrapped(&proof.evidence, width.saturating_sub(5)) {
            lines.push(Line::styled(format!("    {line}"), theme.quiet()));
        }
        for line in proof.next.iter().flat_map(|next| wrapped(next, width.saturating_sub(5))) {
            lines.push(Line::from(format!("    {line}")));
        }
    }
    let room = usize::from(area.height);
    let last = lines.len().saturating_sub(room);
    // While something is being done the newest line is what matters.
    let top = if run.is_busy() { last } else { run.top().min(last) };
    let lines: Vec<Line> = lines.into_iter().skip(top).take(room).collect();
    frame.render_widget(Paragraph::new(lines), area);
}
