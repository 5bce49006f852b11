//! The location that `auth_request` asks before each request, and the largest body that it lets through.

use super::load::{Loaded, Placed};
use super::location::{Location, Modifier};
use super::server::ServerBlock;
use crate::model::UploadLimit;

/// The largest body that nginx lets through where nothing is said.
///
/// # Units
/// Bytes.
pub const DEFAULT_LIMIT: u64 = 1 << 20;

/// The location that is asked before a request to a location with these directives in it, with its limit in bytes, where
/// it has one.
///
/// # Source
/// `ngx_http_core_find_config_phase` and `ngx_http_auth_request_handler` in nginx's src/http: the question goes out with the
/// length of the request that it is about, so that a body over its own limit is 413 to it, which becomes a 500.
pub fn auth_limit<'a>(
    loaded: &'a Loaded,
    server: &ServerBlock<'a>,
    own: &[Placed<'a>],
) -> Option<(Placed<'a>, u64)> {
    let levels = [own, &server.children, &server.http];
    let asked = levels.into_iter().find_map(|level| level.iter().find(|p| p.directive.is("auth_request")))?;
    let uri = asked.directive.first_argument();
    if uri == "off" {
        return None;
    }
    let asked = answering(server, &uri)?.placed;
    let inner = loaded.children(asked);
    let levels = [inner.as_slice(), &server.children, &server.http];
    let limit = levels
        .into_iter()
        .find_map(|level| level.iter().rev().find(|p| p.directive.is("client_max_body_size")))
        .map_or(Some(Some(DEFAULT_LIMIT)), |p| {
            UploadLimit::parse(&p.directive.first_argument()).ok().map(UploadLimit::bytes)
        })?;
    limit.map(|limit| (asked, limit))
}

/// The location that answers for a URI, regular expressions left aside.
fn answering<'a>(server: &ServerBlock<'a>, uri: &str) -> Option<Location<'a>> {
    let locations = server.children.iter().copied().filter_map(Location::read);
    let matching = locations.filter(|location| match location.modifier {
        Modifier::Exact => location.uri == uri,
        _ => location.is_prefix() && uri.starts_with(&*location.uri),
    });
    matching.max_by_key(|location| (location.modifier == Modifier::Exact, location.uri.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::MemoryFiles;
    use crate::config::nginx::server_blocks;
    use std::path::Path;
    use std::sync::Arc;

    fn limit(server: &str) -> Option<(usize, u64)> {
        let text = format!("http {{\nserver {{\n{server}\n}}\n}}\n");
        let files = [("/n".into(), Arc::from(text.as_bytes()))];
        let loaded = Loaded::read(Path::new("/n"), &MemoryFiles(files.into_iter().collect()));
        let block = &server_blocks(&loaded)[0];
        auth_limit(&loaded, block, &[]).map(|(placed, limit)| (loaded.line(placed), limit))
    }

    #[test]
    fn the_location_that_is_asked_has_a_limit_of_its_own() {
        for (server, expected) in [
            ("auth_request /auth;\nlocation = /auth { internal; }", Some((4, 1 << 20))),
            (
                "auth_request /auth;\nlocation / { }\nlocation /au { client_max_body_size 2m; }",
                Some((5, 2 << 20)),
            ),
            ("auth_request /auth; client_max_body_size 3m;\nlocation = /auth { }", Some((4, 3 << 20))),
            ("auth_request /auth;\nlocation = /auth { client_max_body_size 0; }", None),
            ("auth_request off;\nlocation = /auth { }", None),
            ("location = /auth { }", None),
            ("auth_request /auth;\nlocation /other { }", None),
        ] {
            assert_eq!(limit(server), expected, "{server}");
        }
    }
}
