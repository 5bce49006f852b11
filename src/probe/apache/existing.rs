//! Guacamole as a virtual host serves it already.

use crate::config::apache::{Item, Loaded, Section};
use crate::model::Existing;

pub(super) fn existing(loaded: &Loaded, host: &Item) -> Option<Existing> {
    let section = Section::guacamole(loaded, host)?;
    let backend = section.backend.as_ref();
    Some(Existing {
        line: loaded.line(section.item),
        marked: section.marked,
        public_path: section.path.clone(),
        host: backend.map(|backend| backend.host.clone()),
        port: backend.map(|backend| backend.port),
        context: backend.and_then(crate::config::apache::Backend::context),
        max_upload: None,
        log_tunnel: logs_tunnel(host),
    })
}

/// Whether the virtual host's own logs take the tunnel's requests; `None` where it has none of its own.
fn logs_tunnel(host: &Item) -> Option<bool> {
    let mut logs = host.named("customlog").peekable();
    logs.peek()?;
    Some(logs.any(|log| {
        !log.arguments.iter().any(|argument| argument.starts_with("env=") || argument.starts_with("expr="))
    }))
}
