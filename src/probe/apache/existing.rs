//! Guacamole as a virtual host serves it already.

use crate::config::apache::{Asked, Backend, Form, Item, Loaded, Section, is_logged};
use crate::model::Existing;

/// What stands outside of all virtual hosts and holds for each.
pub(super) fn global(loaded: &Loaded) -> Option<Section<'_>> {
    Section::likely(loaded, &loaded.items).into_iter().next()
}

/// What the virtual host has, or what holds for each.
pub(super) fn existing(loaded: &Loaded, host: &Item, global: Option<&Section<'_>>) -> Option<Existing> {
    let section = Section::guacamole(loaded, host).or_else(|| global.cloned())?;
    let backend = section.backend.as_ref();
    let asked = asked(loaded, &section);
    let tunnel = format!("{}/tunnel", section.path.trim_end_matches('/'));
    Some(Existing {
        line: loaded.line(section.item),
        marked: section.marked,
        public_path: section.path.clone(),
        host: backend.map(|backend| backend.host.clone()),
        port: backend.map(|backend| backend.port),
        context: backend.and_then(Backend::context),
        max_upload: asked.max_upload,
        log_tunnel: asked.log_tunnel.or_else(|| is_logged(loaded, host, &tunnel)),
    })
}

/// What was asked for and stands in no directive.
fn asked(loaded: &Loaded, section: &Section<'_>) -> Asked {
    match loaded.mark(section.item) {
        Some(mark) => Asked::of_mark(&loaded.file(section.item).bytes, mark),
        None if section.form == Form::Location => {
            Asked::of_section(loaded, section.item).map(|(asked, _)| asked).unwrap_or_default()
        }
        None => Asked::default(),
    }
}
