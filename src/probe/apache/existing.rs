//! Guacamole as a virtual host serves it already.

use crate::config::apache::{Backend, Item, Loaded, Section, is_logged};
use crate::model::{Existing, Led, ReadTimeout, TomcatFindings};

/// What stands outside of all virtual hosts and holds for each.
pub(super) fn global(loaded: &Loaded) -> Option<Section<'_>> {
    Section::each(loaded, &loaded.items).into_iter().next()
}

/// What the virtual host has, or what holds for each.
pub(super) fn existing(loaded: &Loaded, host: &Item, global: Option<&Section<'_>>) -> Vec<Existing> {
    let own = Section::each(loaded, &host.children);
    let global = global.filter(|_| own.is_empty());
    own.iter().chain(global).map(|section| one(loaded, host, section)).collect()
}

/// The same by what is known of the Tomcats, where no name tells it.
pub(super) fn led(
    loaded: &Loaded,
    host: &Item,
    names: &[String],
    tomcats: &[TomcatFindings],
) -> Vec<Existing> {
    let leads = |led: &Led<'_>| led.to_guacamole(tomcats);
    let own = Section::each_led(loaded, &host.children, names, &leads);
    own.iter().map(|(section, _)| one(loaded, host, section)).collect()
}

fn one(loaded: &Loaded, host: &Item, section: &Section<'_>) -> Existing {
    let backend = section.backend.as_ref();
    let asked = section.asked(loaded);
    let tunnel = format!("{}/tunnel", section.path.trim_end_matches('/'));
    Existing {
        line: loaded.line(section.item),
        marked: section.marked,
        public_path: section.path.clone(),
        host: backend.filter(|backend| !backend.is_socket).map(|backend| backend.host.clone()),
        // The port of a connector that speaks AJP or TLS is none for a proxy that speaks HTTP.
        port: backend.filter(|backend| backend.is_plain()).map(|backend| backend.port),
        context: backend.and_then(Backend::context),
        max_upload: asked.max_upload,
        log_tunnel: asked.log_tunnel.or_else(|| is_logged(loaded, host, &tunnel)),
        websocket: asked.no_websocket.then_some(false),
        read_timeout: section.parameter("timeout").and_then(|time| ReadTimeout::parse(&time).ok()),
        pass_host: section.preserves_host(loaded, host),
    }
}
