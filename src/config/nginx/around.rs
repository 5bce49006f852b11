//! The blocks around a location, from which it inherits what it does not say itself.

use super::load::{Loaded, Placed};
use super::server::ServerBlock;

/// What stands in each location around one, the innermost first, then in the server block, then in the http context.
pub fn levels_around<'a>(
    loaded: &'a Loaded,
    server: &ServerBlock<'a>,
    own: Placed<'a>,
) -> Vec<Vec<Placed<'a>>> {
    let mut levels = Vec::new();
    find(loaded, &server.children, own, &mut levels);
    levels.extend([server.children.clone(), server.http.to_vec()]);
    levels
}

/// Whether it stands among these or further in; what stands in the locations on the way is added.
fn find<'a>(
    loaded: &'a Loaded,
    among: &[Placed<'a>],
    own: Placed<'a>,
    levels: &mut Vec<Vec<Placed<'a>>>,
) -> bool {
    if among.contains(&own) {
        return true;
    }
    let mut locations = among.iter().filter(|placed| placed.directive.is("location"));
    locations.any(|location| {
        let may_hold = |name: &str| location.directive.children().any(|child| child.is(name));
        if !may_hold("location") && !may_hold("include") {
            return false;
        }
        let inner = loaded.children(*location);
        let is_there = find(loaded, &inner, own, levels);
        if is_there {
            levels.push(inner);
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
