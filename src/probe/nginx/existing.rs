//! The Guacamole section that a server block already has.

use crate::config::nginx::{Loaded, Section, ServerBlock};
use crate::model::{ContextPath, Existing, Host, Port, UploadLimit};

pub(super) fn existing(loaded: &Loaded, block: &ServerBlock<'_>) -> Option<Existing> {
    let section = Section::find(loaded, block)?;
    let target = section.target.as_ref();
    let was_planned = section.mark.is_some() || section.refuses_climbing();
    let limit = section.directive("client_max_body_size");
    Some(Existing {
        line: loaded.line(section.location.placed),
        marked: section.mark.is_some(),
        public_path: section.location.uri.to_string(),
        host: target.and_then(|target| Host::parse(&target.host).ok()),
        port: target.and_then(|target| Port::new(target.port)),
        context: section.context().and_then(|path| ContextPath::parse(path).ok()),
        max_upload: limit.and_then(|p| UploadLimit::parse(&p.directive.first_argument()).ok()),
        // That nothing is said of a log is a choice only where guacfront was told so.
        log_tunnel: section.logs_tunnel().filter(|logs| !logs || was_planned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::MemoryFiles;
    use crate::config::nginx::server_blocks;
    use std::path::Path;
    use std::sync::Arc;

    fn found(server: &str) -> Option<Existing> {
        let text = format!("http {{\nserver {{\n{server}\n}}\n}}\n");
        let files = [("/n".into(), Arc::from(text.as_bytes()))];
        let loaded = Loaded::read(Path::new("/n"), &MemoryFiles(files.into_iter().collect()));
        existing(&loaded, &server_blocks(&loaded)[0])
    }

    #[test]
    fn a_section_of_ones_own_gives_its_values() {
        let section =
            "location /html5/ {\n proxy_pass http://localhost:8081/guacamole/;\n client_max_body_size 2G;\n}";
        let expected = Existing {
            line: 3,
            marked: false,
            public_path: "/html5/".into(),
            host: Host::parse("localhost").ok(),
            port: Port::new(8081),
            context: ContextPath::parse("/guacamole/").ok(),
            max_upload: UploadLimit::parse("2g").ok(),
            log_tunnel: None,
        };
        assert_eq!(found(section), Some(expected));
    }

    #[test]
    fn what_is_logged_is_a_choice_only_where_it_was_made() {
        let logs = |inside: &str| {
            found(&format!("location /guacamole/ {{ proxy_pass http://h:1; {inside} }}"))
                .and_then(|e| e.log_tunnel)
        };
        assert_eq!(logs(""), None);
        assert_eq!(logs("access_log off;"), Some(false));
        assert_eq!(logs("if ($uri = /guacamole/tunnel) { access_log off; }"), Some(false));
        assert_eq!(logs("if ($uri ~ \"/\\.\\.;\") { return 400; }"), Some(true));
        assert_eq!(logs("access_log /l combined if=$x;"), None);
    }

    #[test]
    fn no_section_is_none() {
        assert_eq!(found("location / { root /srv; }"), None);
    }
}
