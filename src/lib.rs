//! guacfront puts Apache Guacamole, running in Tomcat, behind nginx or Apache httpd.
//!
//! # One way through the house
//!
//! ```text
//!             looks              asks                 decides            does                 proves
//!  machine ──▶ probe ──Findings──▶ wizard ──Answers──▶ plan ──Plan──▶ apply ──Receipt──▶ verify ──Outcomes──▶ person
//!                                   ▲   │                │
//!              answers.toml ────────┘   └── preview ◀────┘
//! ```
//!
//! The preview shows the plan's own bytes: there is no second renderer, so what is shown is what is done.
//!
//! # Words
//!
//! - [`model::Findings`]: what this machine has, files with their bytes included.
//! - [`model::Draft`]: what the person has typed so far, one string a field; [`model::Answers`]: the typed,
//!   complete result. The form, the plain questions and the answers file share the one parser, [`model::Draft::parse`].
//! - [`model::Plan`]: a pure function of answers and findings; an ordered list of [`model::Step`]s.
//! - [`apply::Receipt`]: what was done, with backups, enough to undo it on another day by another version.
//! - [`verify::Outcome`]: one check's pass, warn or fail, with its evidence and what to do next.
//!
//! # Layers
//!
//! `cli -> {tui, plain} -> wizard -> plan -> config -> model` and `cli -> {probe, apply, verify} -> system -> config ->
//! model`: a room may name the rooms to its right in its row. The rooms model, config, plan and wizard are pure: no
//! files, clock, environment or terminal. ratatui appears in tui alone. A test holds the imports to this: `ARROWS` in
//! `tests/suite/house.rs`.

pub mod apply;
pub mod cli;
pub mod config;
pub mod model;
pub mod plain;
pub mod plan;
pub mod probe;
pub mod system;
pub mod tui;
pub mod verify;
pub mod wizard;
