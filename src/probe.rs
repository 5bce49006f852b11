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

/// Looks at the machine. Nothing found, or several, is a normal answer.
pub fn probe(system: &System) -> Findings {
    let mut in_use = Vec::new();
    let (nginx, apache) = (nginx::probe(system, &mut in_use), apache::probe(system, &mut in_use));
    Findings {
        certificates: certificates::all(system, in_use),
        nginx,
        apache,
        tomcats: tomcat::probe(system),
        root: system.root().map(ToOwned::to_owned),
        unwritable: Vec::new(),
        as_root: None,
        apply_as_root: None,
        since: std::collections::BTreeMap::new(),
    }
}
