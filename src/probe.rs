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

use crate::model::{ApacheFindings, Findings, Host, NginxFindings};
use crate::system::System;
use std::net::IpAddr;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::thread::{self, ScopedJoinHandle};

/// What a thread found; where it panicked, so does this one.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Looks at the machine. Nothing found, or several, is a normal answer.
pub fn probe(system: &System) -> Findings {
    probe_with(system, &[])
}

/// Looks at the machine, where a person names server.xml files of Tomcats, wherever they are and whoever owns them; a name
/// of nothing is passed over.
pub fn probe_with(system: &System, named: &[PathBuf]) -> Findings {
    // Most of the time goes by while a server answers what it is: each is asked by itself. Files are read here, as the C
    // library gives another thread memory by one page after the other.
    let (of_nginx, of_apache, tomcat::Found { tomcats, strangers, containers }) = thread::scope(|scope| {
        let nginx = scope.spawn(|| nginx::Build::ask(system));
        let apache = scope.spawn(|| apache::Build::ask(system));
        let tomcats = tomcat::probe(system, named);
        (joined(nginx), joined(apache), tomcats)
    });
    let mut in_use = Vec::new();
    let mut nginx = nginx::probe(system, of_nginx, &mut in_use);
    let mut apache = apache::probe(system, of_apache, &mut in_use);
    if let Some(nginx) = &mut nginx {
        nginx::find_led(nginx, &tomcats);
    }
    if let Some(apache) = &mut apache {
        apache::find_led(apache, &tomcats);
    }
    Findings {
        certificates: certificates::all(system, in_use),
        addresses: addresses(system, nginx.as_ref(), apache.as_ref()),
        nginx,
        apache,
        tomcats,
        strangers,
        containers,
        root: system.root().map(ToOwned::to_owned),
        unwritable: Vec::new(),
        as_root: None,
        apply_as_root: None,
        since: std::collections::BTreeMap::new(),
    }
}

/// The addresses of this machine itself among those of the backends.
fn addresses(system: &System, nginx: Option<&NginxFindings>, apache: Option<&ApacheFindings>) -> Vec<IpAddr> {
    let of_nginx = nginx.into_iter().flat_map(|nginx| &nginx.sites);
    let sites = of_nginx.chain(apache.into_iter().flat_map(|apache| &apache.sites));
    let mut found = Vec::new();
    for existing in sites.flat_map(|site| &site.guacamoles) {
        // Below a root prefix nothing is known of the machine's network.
        if let (Some(Host::Address(ip)), None) = (&existing.host, system.root())
            && !ip.is_loopback()
            && !found.contains(ip)
            && system.has_address(*ip)
        {
            found.push(*ip);
        }
    }
    found
}
