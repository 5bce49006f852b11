//! What was done, and whether it works.
//!
//! ```text
//!  Done. Guacamole comes through: 5 checks passed     what came of it; stays in place
//!  This takes it back: guacfront undo 20260102-030405
//!
//!  ! restart Tomcat yourself: ...                     what is left to the person
//!  ✓ The page is Guacamole's                          the proofs
//!    GET http://127.0.0.1/guacamole/ -> 200
//!
//!    changed /etc/nginx/sites-available/default       the log; while it grows its end is shown
//! ```

use super::text::wrapped;
use crate::model::undo_line;
use crate::tui::Theme;
use crate::wizard::{Phase, ProofMark, Run, Wizard, plural};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// Draws how it stands, then the proofs and the log of the transaction; how far they can be scrolled.
pub(super) fn draw(frame: &mut Frame, area: Rect, wizard: &Wizard, theme: Theme) -> usize {
    let run = wizard.run();
    let width = usize::from(area.width);
    let head = head(wizard, width, theme);
    let height = u16::try_from(head.len()).unwrap_or(u16::MAX);
    let [above, below] = Layout::vertical([Constraint::Max(height), Constraint::Min(0)]).areas(area);
    frame.render_widget(Paragraph::new(head), above);

    let is_over = matches!(run.phase(), Phase::Done(_));
    let mut lines = match run.phase() {
        Phase::Done(_) => left_to_do(run, width, theme),
        Phase::Failed(message, _) => reason(message, width),
        Phase::Idle | Phase::Applying | Phase::Awaiting(_) | Phase::Proving(_) => Vec::new(),
    };
    let (log, proofs) = (log(run, width, theme), proofs(run, width, theme));
    // What came of it matters to whoever is asked, and at the end.
    let (first, second) = if is_over || run.is_awaiting() { (proofs, log) } else { (log, proofs) };
    lines.extend(first);
    if !lines.is_empty() && !second.is_empty() {
        lines.push(Line::default());
    }
    lines.extend(second);
    let room = usize::from(below.height);
    let last = lines.len().saturating_sub(room);
    // While something is being done the newest line is what matters.
    let top = match run.phase() {
        Phase::Awaiting(_) => 0,
        _ if run.is_busy() => last,
        _ => run.top().min(last),
    };
    let lines: Vec<Line> = lines.into_iter().skip(top).take(room).collect();
    frame.render_widget(Paragraph::new(lines), below);
    last
}

/// How it stands, in a line or two that stay in place.
fn head(wizard: &Wizard, width: usize, theme: Theme) -> Vec<Line<'static>> {
    let run = wizard.run();
    let mut lines = Vec::new();
    let mut say = |text: &str, style: Style| {
        lines.extend(
            wrapped(text, width.saturating_sub(2))
                .into_iter()
                .map(|line| Line::styled(format!(" {line}"), style)),
        );
    };
    match run.phase() {
        Phase::Idle => {}
        Phase::Applying => say("Being done now", theme.strong()),
        Phase::Awaiting(left) => {
            say("Still there? Enter keeps what was done.", theme.strong());
            say(&format!("In {left} s everything is taken back."), theme.warning());
            if run.is_proved() && !run.proofs().is_empty() {
                let (verdict, style) = verdict(run, theme);
                say(&format!("{verdict}."), style);
            }
        }
        Phase::Proving(_) => say("Done. The running servers are being asked", theme.strong()),
        Phase::Done(receipt) => {
            let done = if receipt.is_some() { "Done" } else { "Nothing had to be done" };
            let (verdict, style) = verdict(run, theme);
            say(&format!("{done}. {verdict}"), style);
            if let Some(receipt) = receipt {
                say(
                    &format!("This takes it back: {}", undo_line(wizard.findings().root.as_deref(), receipt)),
                    Style::new(),
                );
            }
        }
        Phase::Failed(..) => say("It was not done", theme.error()),
    }
    lines.push(Line::default());
    lines
}

/// What the proofs come to.
fn verdict(run: &Run, theme: Theme) -> (String, Style) {
    let count = |mark| run.count(mark);
    match (count(ProofMark::Fail), count(ProofMark::Warn), count(ProofMark::Pass)) {
        (0, 0, 0) => ("No server was asked whether it works".into(), theme.strong()),
        (0, 0, passed) => {
            (format!("Guacamole comes through: {} passed", plural(passed, "check")), theme.good())
        }
        (0, warned, _) => (
            format!("Guacamole comes through, with {} to be read", plural(warned, "warning")),
            theme.warning(),
        ),
        (failed, ..) => (format!("It does not work yet: {} failed", plural(failed, "check")), theme.error()),
    }
}

/// The plan's warnings: what guacfront cannot do for the person.
fn left_to_do(run: &Run, width: usize, theme: Theme) -> Vec<Line<'static>> {
    let warnings = run.plan().into_iter().flat_map(|plan| &plan.notes).filter(|note| note.warning);
    let mut lines = Vec::new();
    for note in warnings {
        for (at, line) in wrapped(&note.sentence(), width.saturating_sub(5)).into_iter().enumerate() {
            let mark = if at == 0 { "!" } else { " " };
            lines.push(Line::styled(format!("  {mark} {line}"), theme.warning()));
        }
    }
    lines
}

/// Why it was not done: a server's own message may be long, so it scrolls.
fn reason(message: &str, width: usize) -> Vec<Line<'static>> {
    let lines =
        wrapped(message, width.saturating_sub(2)).into_iter().map(|line| Line::from(format!(" {line}")));
    lines.chain([Line::default()]).collect()
}

/// What was tried, with what was seen; while the person decides, in a line each where it works.
fn proofs(run: &Run, width: usize, theme: Theme) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for proof in run.proofs() {
        let (mark, style) = theme.proof(proof.mark);
        lines.push(Line::from(vec![
            Span::styled(format!(" {mark:>2} "), style),
            Span::styled(proof.title.clone(), theme.strong()),
        ]));
        if run.is_awaiting() && proof.mark == ProofMark::Pass {
            continue;
        }
        for line in wrapped(&proof.evidence, width.saturating_sub(5)) {
            lines.push(Line::styled(format!("    {line}"), theme.quiet()));
        }
        for line in proof.next.iter().flat_map(|next| wrapped(next, width.saturating_sub(5))) {
            lines.push(Line::from(format!("    {line}")));
        }
    }
    lines
}

fn log(run: &Run, width: usize, theme: Theme) -> Vec<Line<'static>> {
    let lines = run.log().iter().flat_map(|line| wrapped(line, width.saturating_sub(5)));
    lines.map(|line| Line::styled(format!("    {line}"), theme.quiet())).collect()
}
