//! The Guacamole section that a server block already has.

use crate::config::nginx::{Loaded, Section, ServerBlock, Target};
use crate::model::{ContextPath, Existing, Host, Led, Port, ReadTimeout, TomcatFindings, UploadLimit};

/// Every Guacamole of it, the surest first.
pub(super) fn existing(loaded: &Loaded, block: &ServerBlock<'_>) -> Vec<Existing> {
    Section::each(loaded, block).iter().map(|section| one(loaded, section)).collect()
}

/// The same by what is known of the Tomcats: where a whole one is handed on at `/`, and where no name tells it.
pub(super) fn led(
    loaded: &Loaded,
    block: &ServerBlock<'_>,
    tomcats: &[TomcatFindings],
    is_named: bool,
) -> Vec<Existing> {
    let leads = |led: &Led<'_>| led.to_guacamole(tomcats);
    let sections = if is_named {
        let named = Section::each(loaded, block).into_iter();
        named.map(|section| section.or_below(block, &leads)).collect()
    } else {
        Section::each_led(loaded, block, &leads)
    };
    sections.iter().map(|section| one(loaded, section)).collect()
}

fn one(loaded: &Loaded, section: &Section<'_>) -> Existing {
    let target = section.target.as_ref();
    let was_planned = section.mark.is_some() || section.refuses_climbing();
    let limit = section.directive("client_max_body_size");
    let timeout = section.directive("proxy_read_timeout");
    Existing {
        line: loaded.line(section.location.placed),
        marked: section.mark.is_some(),
        public_path: section.location.uri.to_string(),
        host: target.and_then(Target::first).and_then(|(host, _)| Host::parse(host).ok()),
        // The port of a connector that speaks TLS is none for a proxy that does not.
        port: target
            .filter(|target| !target.tls)
            .and_then(Target::first)
            .and_then(|(_, port)| Port::new(port)),
        context: section.context().and_then(|path| ContextPath::parse(&path).ok()),
        max_upload: limit.and_then(|p| UploadLimit::parse(&p.directive.first_argument()).ok()),
        // That nothing is said of a log is a choice only where guacfront was told so.
        log_tunnel: section.logs_tunnel().filter(|logs| !logs || was_planned),
        websocket: section.asked(loaded).no_websocket.then_some(false),
        // A time so short that it cuts an idle WebSocket is a choice only where guacfront was told so.
        read_timeout: timeout
            .and_then(|p| ReadTimeout::parse(&p.directive.first_argument()).ok())
            .filter(|timeout| was_planned || !matches!(timeout, ReadTimeout::Seconds(0..=60)))
            .map(ReadTimeout::of_nginx),
        pass_host: section.header("Host").and_then(|value| passes_host(&value)),
    }
}

/// Whether a `Host` header names what the browser asked for; a name of their own says neither.
fn passes_host(value: &str) -> Option<bool> {
    match value {
        "$proxy_host" => Some(false),
        _ => ["$http_host", "$host", "$server_name"].iter().any(|own| value.contains(own)).then_some(true),
    }
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
        existing(&loaded, &server_blocks(&loaded)[0]).into_iter().next()
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
            websocket: None,
            read_timeout: None,
            pass_host: None,
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
    fn times_and_names_are_choices_only_where_they_were_made() {
        let of = |inside: &str| {
            let found = found(&format!("location /guacamole/ {{ proxy_pass http://h:1; {inside} }}"))
                .expect("it is there");
            (found.websocket, found.read_timeout.map(|timeout| timeout.to_string()), found.pass_host)
        };
        assert_eq!(of(""), (None, None, None));
        assert_eq!(of("proxy_read_timeout 60;").1, None);
        assert_eq!(
            of("proxy_read_timeout 60; if ($uri ~ \"/\\.\\.;\") { return 400; }").1.as_deref(),
            Some("60s")
        );
        assert_eq!(of("proxy_read_timeout 10m;").1.as_deref(), Some("600s"));
        assert_eq!(of("proxy_read_timeout 1h;").1.as_deref(), Some("usual"));
        assert_eq!(of("proxy_set_header host $proxy_host;").2, Some(false));
        assert_eq!(of("proxy_set_header Host $host;").2, Some(true));
        assert_eq!(of("proxy_set_header Host guac.test;").2, None);
        assert_eq!(of("\n# guacfront asked: websocket no\n").0, Some(false));
    }

    #[test]
    fn no_section_is_none() {
        assert_eq!(found("location / { root /srv; }"), None);
    }
}
