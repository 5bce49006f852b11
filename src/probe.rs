//! System in, findings out: where the servers and their files are, by asking the servers before guessing.

mod apache;
mod nginx;
mod process;
mod recorder;
mod tomcat;

use crate::model::Findings;
use crate::system::System;

/// Looks at the machine. Nothing found, or several, is a normal answer.
pub fn probe(system: &System) -> Findings {
    Findings {
        nginx: nginx::probe(system),
        apache: apache::probe(system),
        tomcats: tomcat::probe(system),
        root: system.root().map(ToOwned::to_owned),
        unwritable: Vec::new(),
    }
}
