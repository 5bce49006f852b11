//! The blocks around a location, from which it inherits what it does not say itself.

use super::load::{Loaded, Placed};
use super::location::{Location, Modifier};
use super::server::ServerBlock;

/// What stands in each location around one, the innermost first, then in the server block, then in the http context.
pub fn levels_around<'a>(
    loaded: &'a Loaded,
    server: &ServerBlock<'a>,
    own: Placed<'a>,
) -> Vec<Vec<Placed<'a>>> {
    let around = locations_around(loaded, server, own).into_iter().map(|location| loaded.children(location));
    around.chain([server.children.clone(), server.http.to_vec()]).collect()
}

/// Each location around one, the innermost first.
pub fn locations_around<'a>(
    loaded: &'a Loaded,
    server: &ServerBlock<'a>,
    own: Placed<'a>,
) -> Vec<Placed<'a>> {
    let mut around = Vec::new();
    find(loaded, &server.children, own, &mut around);
    around
}

/// Whether a regular expression beside the locations is tried before what stands in this location.
///
/// # Source
/// `ngx_http_core_find_location` in nginx's src/http: of `^~` only that of the location beside the expression counts, which
/// is the outermost around it.
pub fn is_after_patterns<'a>(loaded: &'a Loaded, server: &ServerBlock<'a>, own: Placed<'a>) -> bool {
    let outermost = locations_around(loaded, server, own).pop().unwrap_or(own);
    Location::read(outermost).is_some_and(|location| location.modifier == Modifier::Prefix)
}

/// Whether it stands among these or further in; the locations on the way are added.
fn find<'a>(loaded: &'a Loaded, among: &[Placed<'a>], own: Placed<'a>, around: &mut Vec<Placed<'a>>) -> bool {
    if among.contains(&own) {
        return true;
    }
    let mut locations = among.iter().filter(|placed| placed.directive.is("location"));
    locations.any(|location| {
        let may_hold = |name: &str| location.directive.children().any(|child| child.is(name));
        let is_there = (may_hold("location") || may_hold("include"))
            && find(loaded, &loaded.children(*location), own, around);
        if is_there {
            around.push(*location);
        }
        is_there
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::MemoryFiles;
    use crate::config::nginx::{Section, server_blocks};
    use std::path::Path;
    use std::sync::Arc;

    #[test]
    fn a_location_in_others_inherits_from_all_of_them() {
        let text = "http { h; server { s; location /x/ { location /x/y/ { z; } } location /a/ { a; location /a/b/ { b; location \
                    /a/b/guac/ { proxy_pass http://h; } } } } }";
        let files = [("/n".into(), Arc::from(text.as_bytes()))];
        let loaded = Loaded::read(Path::new("/n"), &MemoryFiles(files.into_iter().collect()));
        let server = &server_blocks(&loaded)[0];
        let own = Section::find(&loaded, server).expect("it is there").location.placed;
        let levels = levels_around(&loaded, server, own);
        let first = |level: &Vec<Placed<'_>>| level[0].directive.name().text().into_owned();
        assert_eq!(levels.iter().map(first).collect::<Vec<_>>(), ["b", "a", "s", "h"]);
    }
}
