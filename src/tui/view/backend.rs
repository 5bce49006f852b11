//! Whether Guacamole answers where the backend is said to be.

use super::sheet::Form;
use super::text::wrapped;
use crate::tui::Theme;
use crate::wizard::{BackendLook, ProofMark, Wizard};
use ratatui::style::Style;
use ratatui::text::Line;

/// The line below the fields of the backend's address, where it is asked.
pub(super) fn draw(form: &mut Form, wizard: &Wizard, theme: Theme, width: usize) {
    let (mark, text, style) = match wizard.backend() {
        None => return,
        // It keeps its place, so that what stands below does not move when the answer comes.
        Some(BackendLook::Unasked) => ("", "", Style::new()),
        Some(BackendLook::Asking) => ("", "asking whether Guacamole answers ...", theme.quiet()),
        Some(BackendLook::Known(line)) => {
            let mark = if line.warning { ProofMark::Warn } else { ProofMark::Pass };
            let (mark, style) = theme.proof(mark);
            (mark, line.text.as_str(), style)
        }
    };
    for (at, line) in wrapped(text, width.saturating_sub(form.column + 3)).into_iter().enumerate() {
        let mark = if at == 0 { mark } else { "" };
        form.lines.push(Line::styled(format!("{}{mark:>2} {line}", " ".repeat(form.column - 1)), style));
    }
}
