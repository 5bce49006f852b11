//! How a program left the terminal.

use portable_pty::ExitStatus;

/// What is left when a program has ended.
pub struct End {
    /// Its exit code; `None` where a signal ended it.
    pub code: Option<u32>,
    /// The signal that ended it, in words.
    pub signal: Option<String>,
    /// The screen's text, as the shell's prompt would find it.
    pub text: String,
    /// Every byte that it wrote.
    pub raw: Vec<u8>,
    screen: vt100::Screen,
    raw_mode: bool,
}

impl End {
    pub(super) fn new(
        status: &ExitStatus,
        screen: vt100::Screen,
        text: String,
        raw_mode: bool,
        raw: Vec<u8>,
    ) -> Self {
        let signal = status.signal().map(ToOwned::to_owned);
        let code = signal.is_none().then(|| status.exit_code());
        Self { code, signal, text, raw, screen, raw_mode }
    }

    /// What was not given back; empty where the terminal is as it was.
    pub fn faults(&self) -> Vec<&'static str> {
        let mouse = self.screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None;
        [
            (self.screen.alternate_screen(), "the alternate screen was not left"),
            (self.screen.hide_cursor(), "the cursor is hidden"),
            (self.screen.bracketed_paste(), "pastes are still marked"),
            (mouse, "the mouse is still reported"),
            (self.raw_mode, "the line settings (raw mode, echo) are not what they were"),
        ]
        .into_iter()
        .filter_map(|(fault, words)| fault.then_some(words))
        .collect()
    }

    /// Fails where the terminal was not given back, or the exit code is another.
    #[track_caller]
    pub fn assert_clean(&self, code: u32) {
        assert_eq!(self.faults(), Vec::<&str>::new(), "the screen is:\n{}", self.text);
        assert_eq!((self.code, self.signal.as_deref()), (Some(code), None), "the screen is:\n{}", self.text);
    }
}
