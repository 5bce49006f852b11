//! nginx's configuration language, read as nginx reads it.

mod around;
mod auth;
mod inherited;
mod lex;
mod load;
mod location;
mod lua;
mod parse;
mod rewrite;
mod section;
mod server;
mod target;
mod tree;

pub use around::{is_after_patterns, levels_around};
pub use auth::{DEFAULT_LIMIT, auth_limit};
pub use inherited::{KEEPING_OUT, in_the_way, to_undo};
pub use lex::{Token, TokenKind};
pub use load::{Loaded, LoadedFile, Placed};
pub use location::{Location, Modifier};
pub use parse::tokens;
pub use rewrite::{Rewrite, holds_without_file, is_for_other_paths, leads_elsewhere};
pub use section::{Section, passes_path_on, refuse_climbing};
pub use server::{ServerBlock, server_block_at, server_blocks};
pub use target::{Target, variable_at};
pub use tree::{Block, Directive, Tree, Word};
