//! Every test that is more than one room's own: whole program, real servers, corpora, terminal journeys.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper of a test fails the test")]
#![allow(clippy::disallowed_methods, reason = "tests prepare folders and start the program themselves")]

#[path = "suite/apache_corpora.rs"]
mod apache_corpora;
#[path = "suite/broken.rs"]
mod broken;
#[path = "suite/broken_real.rs"]
mod broken_real;
#[path = "suite/broken_tree.rs"]
mod broken_tree;
#[path = "suite/check.rs"]
mod check;
#[path = "suite/check_corpora.rs"]
mod check_corpora;
#[path = "suite/confirm.rs"]
mod confirm;
#[path = "suite/confirm_real.rs"]
mod confirm_real;
#[path = "suite/contract.rs"]
mod contract;
#[path = "suite/crash.rs"]
mod crash;
#[path = "suite/docker.rs"]
mod docker;
#[path = "suite/edited.rs"]
mod edited;
#[path = "suite/explained.rs"]
mod explained;
#[path = "suite/fleet.rs"]
mod fleet;
#[path = "suite/fleet_real.rs"]
mod fleet_real;
#[path = "suite/following.rs"]
mod following;
#[path = "suite/frames.rs"]
mod frames;
#[path = "suite/generated.rs"]
mod generated;
#[path = "suite/hostile.rs"]
mod hostile;
#[path = "suite/house.rs"]
mod house;
#[path = "suite/journeys.rs"]
mod journeys;
#[path = "suite/journeys_again.rs"]
mod journeys_again;
#[path = "suite/journeys_backend.rs"]
mod journeys_backend;
#[path = "suite/journeys_panic.rs"]
mod journeys_panic;
#[path = "suite/journeys_resized.rs"]
mod journeys_resized;
#[path = "suite/journeys_terminal.rs"]
mod journeys_terminal;
#[path = "suite/layouts.rs"]
mod layouts;
#[path = "suite/new_site_real.rs"]
mod new_site_real;
#[path = "suite/nginx_corpora.rs"]
mod nginx_corpora;
#[path = "suite/own_user.rs"]
mod own_user;
#[path = "suite/package.rs"]
mod package;
#[path = "suite/patterns.rs"]
mod patterns;
#[path = "suite/program.rs"]
mod program;
#[path = "suite/properties.rs"]
mod properties;
#[path = "suite/pty.rs"]
mod pty;
#[path = "suite/readme.rs"]
mod readme;
#[path = "suite/real_options.rs"]
mod real_options;
#[path = "suite/real_servers.rs"]
mod real_servers;
#[path = "suite/rights.rs"]
mod rights;
#[path = "suite/running_files.rs"]
mod running_files;
#[path = "suite/running_servers.rs"]
mod running_servers;
#[path = "suite/script.rs"]
mod script;
#[path = "suite/secrets.rs"]
mod secrets;
#[path = "suite/setups.rs"]
mod setups;
#[path = "suite/svg.rs"]
mod svg;
#[path = "suite/tomcat_corpora.rs"]
mod tomcat_corpora;
#[path = "suite/tree.rs"]
mod tree;
#[path = "suite/turned.rs"]
mod turned;
#[path = "suite/verify_real.rs"]
mod verify_real;
#[path = "suite/warnings.rs"]
mod warnings;
#[path = "suite/watch_journal.rs"]
mod watch_journal;
