//! Ports that some program listens on.

use super::text;
use crate::system::System;

/// The state of a socket that listens, as the kernel's table has it.
const LISTENING: &str = "0A";

/// The TCP ports that are listened on, as the kernel's own tables tell.
pub(super) fn listening(system: &System) -> Vec<u16> {
    let mut ports = Vec::new();
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        let lines = text(system, table).unwrap_or_default();
        for line in lines.lines().skip(1) {
            let columns: Vec<&str> = line.split_ascii_whitespace().collect();
            if let [_, local, _, LISTENING, ..] = columns.as_slice()
                && let Some((_, port)) = local.rsplit_once(':')
                && let Ok(port) = u16::from_str_radix(port, 16)
            {
                ports.push(port);
            }
        }
    }
    ports
}
