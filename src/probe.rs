//! System in, findings out: where the servers and their files are, by asking the servers before guessing.

mod apache;
mod certificates;
mod nginx;
mod process;
mod recorder;
mod tomcat;
#[cfg(test)]
mod tree;

pub use certificates::certificate;

use crate::model::Findings;
use crate::system::System;
use std::panic::resume_unwind;
use std::thread::{self, ScopedJoinHandle};

/// What a thread found; where it panicked, so does this one.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Looks at the machine. Nothing found, or several, is a normal answer.
pub fn probe(system: &System) -> Findings {
    let (mut in_use, mut of_apache) = (Vec::new(), Vec::new());
    // Most of the time goes by while a server answers what it is: each is asked by itself.
    let (nginx, apache, (tomcats, containers)) = thread::scope(|scope| {
        let nginx = scope.spawn(|| nginx::probe(system, &mut in_use));
        let apache = scope.spawn(|| apache::probe(system, &mut of_apache));
        let tomcats = tomcat::probe(system);
        (joined(nginx), joined(apache), tomcats)
    });
    in_use.append(&mut of_apache);
    Findings {
        certificates: certificates::all(system, in_use),
        nginx,
        apache,
        tomcats,
        containers,
        root: system.root().map(ToOwned::to_owned),
        unwritable: Vec::new(),
        as_root: None,
        apply_as_root: None,
        since: std::collections::BTreeMap::new(),
    }
}
