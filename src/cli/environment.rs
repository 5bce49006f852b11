//! The environment, read once and handed on.

use crate::tui::Theme;
use std::io::IsTerminal as _;

/// What the environment says about the terminal and the person.
#[derive(Clone, Copy, Debug)]
pub struct Environment {
    /// Whether a person can be asked: standard input and standard output are a terminal.
    pub interactive: bool,
    /// Whether standard output is a terminal.
    pub output_is_terminal: bool,
    /// Whether the terminal can do no more than print lines.
    pub is_dumb: bool,
    /// How the terminal is drawn on.
    pub theme: Theme,
}

impl Environment {
    /// Reads it.
    pub fn read() -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the place where the environment is read")]
        let variable = |name: &str| std::env::var(name).ok();
        let output_is_terminal = std::io::stdout().is_terminal();
        let term = variable("TERM").unwrap_or_default();
        Self {
            interactive: std::io::stdin().is_terminal() && output_is_terminal,
            output_is_terminal,
            is_dumb: term.is_empty() || term == "dumb",
            theme: Theme::of(variable),
        }
    }

    /// Whether printed words are coloured.
    pub fn colors_output(self) -> bool {
        self.output_is_terminal && self.theme.color && !self.is_dumb
    }

    /// Text in a rendition of the terminal's, `31` for red or `1` for bold; as it is where printed words are not coloured.
    pub fn painted(self, rendition: &str, text: &str) -> String {
        if self.colors_output() { format!("\x1b[{rendition}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
