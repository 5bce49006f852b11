//! Apache httpd's configuration language.
//!
//! # Source
//! `ap_cfg_getline`, `ap_getword_conf` and `ap_build_config` in httpd's server/util.c and server/config.c; the
//! conditionals in server/core.c and `mod_version`.

mod access;
mod condition;
mod environment;
mod host;
mod line;
mod load;
mod log;
mod macros;
mod name;
mod pass_match;
mod read;
mod redirect;
mod section;
mod tree;
mod upgrade;
mod word;

pub use access::{holds_for, is_all, lets_nobody_in, refused_methods, restriction};
pub use environment::exported;
pub use host::{VirtualHost, virtual_hosts};
pub use line::{Line, Lines};
pub use load::{Facts, Item, Loaded, LoadedFile};
pub use log::{LogCondition, is_logged, log_condition, logs};
pub use name::Name;
pub use pass_match::{PassMatch, Taken};
pub use redirect::{LedAway, Proxied, covers, is_condition, leads_to_https, led_away};
pub use section::{Backend, Form, Section, member_url};
pub use tree::Tree;
pub use upgrade::loses_upgrade;

#[cfg(test)]
mod tests;
