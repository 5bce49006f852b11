//! The Guacamole section that a server block already has.

use crate::config::nginx::{Loaded, Section, ServerBlock};
use crate::model::{ContextPath, Existing, Host, Port, UploadLimit};

pub(super) fn existing(loaded: &Loaded, block: &ServerBlock<'_>) -> Option<Existing> {
    let section = Section::find(loaded, block)?;
    let target = section.target.as_ref();
    let limit = section.directive("client_max_body_size");
    Some(Existing {
        line: loaded.line(section.location.placed),
        marked: section.mark.is_some(),
        public_path: section.location.uri.clone(),
        host: target.and_then(|target| Host::parse(&target.host).ok()),
        port: target.and_then(|target| Port::new(target.port)),
        context: section.context().and_then(|path| ContextPath::parse(path).ok()),
        max_upload: limit.and_then(|p| UploadLimit::parse(&p.directive.first_argument()).ok()),
        log_tunnel: section.logs_tunnel(),
    })
}
