//! Takes the terminal and gives it back as it was, whatever happens in between.

use super::pen::Pen;
use super::{Theme, draw};
use crate::wizard::{Room, Wizard};
use crossterm::cursor::Show;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use crossterm::terminal::{
    EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::Terminal;
use ratatui::layout::Size;
use std::fs::File;
use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::AsFd as _;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the terminal is ours now: the panic hook must not give back what was not taken.
static TAKEN: AtomicBool = AtomicBool::new(false);
static HOOK: Once = Once::new();

/// The terminal, in raw mode on its alternate screen; dropping it gives it back.
pub struct Screen {
    /// Never dropped: it would print, and so panic, where it cannot show the cursor because the terminal is gone.
    terminal: ManuallyDrop<Terminal<Pen<File>>>,
    theme: Theme,
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// Where standard output is no terminal or it cannot be put into raw mode.
    pub fn take(theme: Theme) -> io::Result<Self> {
        HOOK.call_once(|| {
            let previous = std::panic::take_hook();
            // The message of a panic is lost on an alternate screen.
            std::panic::set_hook(Box::new(move |panic| {
                give_back();
                previous(panic);
            }));
        });
        enter()?;
        match open(theme) {
            Ok(terminal) => {
                let mut screen = Self { terminal: ManuallyDrop::new(terminal), theme };
                // A terminal without an alternate screen still shows what was there before.
                screen.clear()?;
                Ok(screen)
            }
            Err(error) => {
                give_back();
                Err(error)
            }
        }
    }

    /// Draws the wizard: one write a frame, so that a slow line never shows half of one. How much room there
    /// was.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub fn draw(&mut self, wizard: &Wizard) -> io::Result<Room> {
        let mut room = wizard.room();
        if !self.is_taken() {
            return Ok(room);
        }
        self.terminal.draw(|frame| room = draw(frame, wizard, &self.theme))?;
        Ok(room)
    }

    /// Draws everything anew at the next frame.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub fn clear(&mut self) -> io::Result<()> {
        self.terminal.clear()
    }

    /// Whether the terminal is still ours; a panic of any thread gives it back.
    pub fn is_taken(&self) -> bool {
        TAKEN.load(Ordering::SeqCst)
    }

    /// Gives the terminal back for as long as `meanwhile` takes, and takes it again.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub fn lend(&mut self, meanwhile: impl FnOnce()) -> io::Result<()> {
        give_back();
        meanwhile();
        enter()?;
        self.clear()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

fn open(theme: Theme) -> io::Result<Terminal<Pen<File>>> {
    // The standard library's own standard output would write line by line.
    let out = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    Terminal::new(Pen::new(out, size, theme))
}

/// The terminal's columns and rows; a serial line does not know them, and a usual size is taken for it.
fn size() -> io::Result<Size> {
    let size = rustix::termios::tcgetwinsize(io::stdout())?;
    let or = |own: u16, usual: u16, most: u16| if own == 0 { usual } else { own.min(most) };
    Ok(Size { width: or(size.ws_col, 80, 1000), height: or(size.ws_row, 24, 500) })
}

fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste).inspect_err(|_| give_back())
}

fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        // A terminal that is gone needs nothing given back.
        let _ =
            execute!(io::stdout(), EndSynchronizedUpdate, DisableBracketedPaste, LeaveAlternateScreen, Show);
        let _ = disable_raw_mode();
    }
}
