//! The terminal: ratatui draws the wizard's state and nothing else.

mod event;
mod guard;
mod pen;
mod theme;
mod view;

pub use event::{Input, Poll};
pub use guard::Screen;
pub use theme::{Characters, Theme};
pub use view::draw;
