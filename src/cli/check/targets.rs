//! Whom to ask: every site of the machine that serves Guacamole, or one address from outside.

use crate::cli::error::CliError;
use crate::model::{
    BackendUrl, ConnectorKind, ContextPath, Existing, Findings, Host, Port, PublicPath, Server, Site,
    UploadLimit, printable,
};
use crate::plan::public_addresses;
use crate::system::System;
use crate::verify::{BackendPlace, Place, Target};
use std::net::{IpAddr, SocketAddr};

/// What is let through where nobody has said what should be.
const UPLOAD: &str = "1g";

/// Every backend of this machine's sites with the places that lead to it; no plan is needed for them.
pub(super) fn of_machine(findings: &Findings) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    for server in Server::ALL {
        for site in findings.sites(server).iter().filter(|site| site.shadowed_by.is_none()) {
            for target in site.guacamoles.iter().filter_map(|existing| of_site(server, site, existing)) {
                add(&mut targets, target);
            }
        }
    }
    if targets.is_empty() { backend_alone(findings).into_iter().collect() } else { targets }
}

/// Puts the places with those of the same backend that are tried in the same way.
fn add(targets: &mut Vec<Target>, target: Target) {
    let is_same = |other: &&mut Target| {
        let same = |of: &Target| (of.backend.clone(), of.max_upload, of.websocket);
        same(other) == same(&target)
    };
    match targets.iter_mut().find(is_same) {
        Some(known) => {
            let is_new = |place: &Place| !known.places.contains(place);
            let new: Vec<Place> = target.places.into_iter().filter(is_new).collect();
            known.places.extend(new);
        }
        None => targets.push(target),
    }
}

fn of_site(server: Server, site: &Site, existing: &Existing) -> Option<Target> {
    let path = PublicPath::parse(&existing.public_path).ok()?;
    let backend = match (&existing.host, existing.port, &existing.context) {
        (Some(host), Some(port), Some(context)) => {
            Some(BackendPlace { host: host.clone(), port, context: context.clone() })
        }
        _ => None,
    };
    Some(Target {
        places: public_addresses(server, site, &path).iter().map(Place::from).collect(),
        backend,
        max_upload: existing.max_upload.map_or_else(largest, Some)?,
        websocket: existing.websocket.unwrap_or(true),
        has_site: true,
        from_outside: false,
    })
}

fn largest() -> Option<UploadLimit> {
    UploadLimit::parse(UPLOAD).ok()
}

/// Guacamole's own Tomcat, to which no site of this machine leads: there is none yet, or the proxy is elsewhere.
fn backend_alone(findings: &Findings) -> Option<Target> {
    findings.tomcats.iter().find_map(|tomcat| {
        let context = tomcat.guacamoles().next()?;
        let mut connectors = tomcat.connectors.iter().filter(|c| c.kind == ConnectorKind::Http);
        let connector = connectors.find(|connector| connector.port.is_some())?;
        let bound = connector.address.as_deref().and_then(|address| address.parse::<IpAddr>().ok());
        let bound = bound.filter(|address| !address.is_unspecified());
        let backend = BackendPlace {
            host: Host::Address(bound.unwrap_or(IpAddr::from([127, 0, 0, 1]))),
            port: Port::new(connector.port?)?,
            context: ContextPath::parse(context).ok()?,
        };
        Some(Target {
            places: Vec::new(),
            backend: Some(backend),
            max_upload: largest()?,
            websocket: true,
            has_site: false,
            from_outside: false,
        })
    })
}

/// One address as the public has it, asked from here, wherever here is.
pub(super) fn from_outside(system: &System, text: &str) -> Result<Target, CliError> {
    let wrong = |why: &str| {
        CliError::operator(
            format!("{} is no address to be asked: {why}", printable(text)),
            "an address as the browser shows it is needed, such as https://guac.example.org/guacamole/",
        )
    };
    let url = BackendUrl::split(text).ok_or_else(|| wrong("it does not begin with https:// or http://"))?;
    let port: u16 =
        url.port.parse().ok().filter(|&port| port > 0).ok_or_else(|| wrong("its port is no port"))?;
    let path = url.path.as_deref().unwrap_or("/");
    let path = PublicPath::parse(path).map_err(|why| wrong(&format!("in its path {why}")))?;
    let host = Host::parse(&url.host).map_err(|why| wrong(&why))?;
    let addresses = match &host {
        Host::Address(ip) => vec![*ip],
        Host::Name(name) => {
            let found = system.lookup(name.as_str());
            found.map_err(|error| CliError::machine(format!("{}: {error}", printable(&url.host))))?
        }
    };
    let first = addresses.first().ok_or_else(|| wrong("its name has no address"))?;
    let place = Place {
        server: None,
        tls: url.is_tls,
        host: host.in_url(),
        connect: SocketAddr::new(*first, port),
        path: path.to_string(),
    };
    let max_upload = largest().ok_or_else(|| wrong("no limit is known"))?;
    Ok(Target {
        places: vec![place],
        backend: None,
        max_upload,
        websocket: true,
        has_site: true,
        from_outside: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::demo::lay_out;
    use crate::probe::probe;

    #[test]
    fn tomcat_is_asked_where_no_site_leads_to_it_yet() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        lay_out(folder.path()).expect("the demo machine");
        let findings = probe(&System::below(folder.path()).expect("it is there"));
        assert!(
            findings.nginx.is_some()
                && findings.sites(Server::Nginx).iter().all(|site| site.guacamoles.is_empty())
        );
        let [target] = of_machine(&findings).try_into().expect("one");
        let backend = target.backend.expect("Tomcat");
        assert_eq!((backend.port.number(), backend.context.as_str()), (8080, "/guacamole/"));
        assert!(target.places.is_empty());
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test lays out its own tree")]
    fn guacamole_is_asked_at_its_own_path_where_a_site_hands_on_the_whole_tomcat() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        lay_out(folder.path()).expect("the demo machine");
        let site = "server {\n listen 80;\n server_name a.test;\n location / { proxy_pass http://127.0.0.1:8080; }\n}\n";
        std::fs::write(folder.path().join("etc/nginx/sites-available/default"), site).expect("it is written");
        let findings = probe(&System::below(folder.path()).expect("it is there"));
        let [target] = of_machine(&findings).try_into().expect("one");
        assert_eq!(target.places[0].url(), "http://a.test/guacamole/");
        assert_eq!(target.backend.expect("Tomcat").context.as_str(), "/guacamole/");
    }

    #[test]
    fn an_address_of_the_public_is_taken_as_it_stands_in_the_browser() {
        let system = System::machine();
        let target = from_outside(&system, "https://127.0.0.1:8443/remote/#/client/x").expect("an address");
        let place = &target.places[0];
        assert_eq!(place.url(), "https://127.0.0.1:8443/remote/");
        assert_eq!(place.connect.to_string(), "127.0.0.1:8443");
        assert!(target.from_outside && target.backend.is_none());
        for wrong in ["guac.test", "ftp://a.test/", "http://a.test:0/", "http://127.0.0.1/a b/"] {
            assert_eq!(from_outside(&system, wrong).expect_err("it is wrong").code(), 2, "{wrong}");
        }
    }
}
