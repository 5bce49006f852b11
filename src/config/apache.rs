//! Apache httpd's configuration language.
//!
//! # Source
//! `ap_cfg_getline`, `ap_getword_conf` and `ap_build_config` in httpd's server/util.c and server/config.c; the
//! conditionals in server/core.c and `mod_version`.

mod condition;
mod environment;
mod host;
mod line;
mod load;
mod log;
mod macros;
mod name;
mod read;
mod redirect;
mod section;
mod tree;
mod word;

pub use environment::exported;
pub use host::{VirtualHost, virtual_hosts};
pub use line::{Line, Lines};
pub use load::{Facts, Item, Loaded, LoadedFile};
pub use log::{LogCondition, is_logged, log_condition, logs};
pub use name::Name;
pub use redirect::{LedAway, Proxied, covers, is_location_of, leads_to_https, led_away};
pub use section::{Backend, Form, Section};
pub use tree::Tree;

#[cfg(test)]
mod tests;
