//! nginx's configuration language, read as nginx reads it.

mod lex;
mod load;
mod location;
mod lua;
mod parse;
mod section;
mod server;
mod tree;

pub use lex::{Token, TokenKind};
pub use load::{Loaded, LoadedFile, Placed};
pub use location::{Location, Modifier};
pub use parse::tokens;
pub use section::{Section, Target, refuse_climbing};
pub use server::{ServerBlock, server_block_at, server_blocks};
pub use tree::{Block, Directive, Tree, Word};
