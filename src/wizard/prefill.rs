//! What a field holds before anybody has typed: what the machine says, else what is right on most machines.

use super::choice::NO_SERVER;
use crate::config::tomcat::{Meaning, meaning};
use crate::model::{
    Connector, ConnectorKind, Container, Draft, Existing, Field, Findings, Host, Server, Site,
    TomcatFindings, yes_no,
};
use crate::plan::site_reference;

/// The draft that the machine suggests; on a machine that has Guacamole behind a proxy already, the answers that
/// would lead to just that.
pub fn prefill(findings: &Findings) -> Draft {
    let mut draft = Draft::default();
    let server = default_server(findings);
    let has_frontend = findings.nginx.is_some() || findings.apache.is_some();
    draft.server = if has_frontend || !findings.has_tomcat() { server.key() } else { NO_SERVER }.into();
    let sites = findings.sites(server);
    if let Some(site) = default_site(sites).and_then(|at| sites.get(at)) {
        draft.site = Some(site_reference(findings, server, site));
        take_existing(&mut draft, site);
    }
    let already = sites.iter().find_map(|site| site.guacamole());
    match default_tomcat(&findings.tomcats) {
        Some(tomcat) => take_tomcat(&mut draft, tomcat, already.is_some()),
        None => {
            draft.server_xml = "none".into();
            let host = Host::parse(&draft.host).ok();
            if let Some(container) = host.and_then(|host| findings.containers_at(&host).next()) {
                take_container(&mut draft, container, already.is_some());
            }
        }
    }
    draft
}

fn take_existing(draft: &mut Draft, site: &Site) {
    for (field, value) in site.guacamole().into_iter().flat_map(values) {
        draft.set_text(field, value);
    }
}

/// What the fields hold where a Guacamole that is there is to be changed.
pub(super) fn values(existing: &Existing) -> impl Iterator<Item = (Field, String)> + use<> {
    let word = |yes| yes_no(yes).to_owned();
    let told = [
        (Field::PublicPath, Some(existing.public_path.clone())),
        // What only the running server knows, by a variable or a rewrite, is asked and not guessed.
        (Field::Host, Some(existing.host.as_ref().map(ToString::to_string).unwrap_or_default())),
        (Field::Port, Some(existing.port.map(|port| port.to_string()).unwrap_or_default())),
        (Field::Context, Some(existing.context.as_ref().map(ToString::to_string).unwrap_or_default())),
        (Field::MaxUpload, existing.max_upload.map(|limit| limit.to_string())),
        (Field::LogTunnel, existing.log_tunnel.map(word)),
        (Field::WebSocket, existing.websocket.map(word)),
        (Field::ReadTimeout, existing.read_timeout.map(|timeout| timeout.to_string())),
        (Field::PassHost, existing.pass_host.map(word)),
    ];
    told.into_iter().filter_map(|(field, value)| Some((field, value?)))
}

/// What the connector that is meant says of who may reach it and of what its logs say.
fn take_connector(draft: &mut Draft, tomcat: &TomcatFindings) {
    let is_meant = |own: &&Connector| {
        own.kind == ConnectorKind::Http && own.port.is_some_and(|port| port.to_string() == draft.port)
    };
    let Some(connector) = tomcat.connectors.iter().find(is_meant) else { return };
    let bound = connector.address.as_ref().and_then(|address| Host::parse(address).ok());
    // A proxy on another machine would not be answered: that it is bound so is then no answer, but a fault.
    let is_near = draft.server != NO_SERVER && Host::parse(&draft.host).is_ok_and(|host| host.is_loopback());
    draft.loopback_only = yes_no(is_near && bound.is_some_and(|bound| bound.is_loopback())).into();
    draft.log_client = yes_no(connector.logs_client).into();
}

fn take_tomcat(draft: &mut Draft, tomcat: &TomcatFindings, is_configured: bool) {
    draft.server_xml = tomcat.server_xml.path.to_string_lossy().into_owned();
    // Where this machine's Tomcat is spoken to in another way than over plain HTTP, its port is none for that.
    let is_untold = draft.port.is_empty() && Host::parse(&draft.host).is_ok_and(|host| host.is_loopback());
    if !is_configured || is_untold {
        let mut ports =
            tomcat.connectors.iter().filter(|c| c.kind == ConnectorKind::Http).filter_map(|c| c.port);
        if let (Some(port), None) = (ports.next(), ports.next()) {
            draft.port = port.to_string();
        }
    }
    if let Some(context) = tomcat.guacamoles().next().filter(|_| !is_configured) {
        context.clone_into(&mut draft.context);
    }
    take_connector(draft, tomcat);
    let of_context = || {
        let written = tomcat.context_valves.first()?.value("internalProxies")?;
        match meaning(written, tomcat.version.as_ref()) {
            Meaning::Proxies(proxies) => Some(proxies),
            _ => None,
        }
    };
    if let Some(proxies) = tomcat.valves.first().and_then(|valve| valve.proxies.clone()).or_else(of_context) {
        draft.proxies = proxies.to_string();
    }
}

fn take_container(draft: &mut Draft, container: &Container, is_configured: bool) {
    if let Some(context) = container.context.as_ref().filter(|_| !is_configured) {
        draft.context.clone_from(context);
    }
    if let Some(gateway) = container.gateway {
        draft.proxies = gateway.to_string();
    }
}

/// The frontend that has Guacamole already, else the one that runs, else the one that is here.
fn default_server(findings: &Findings) -> Server {
    let here = |server: &Server| findings.frontend(*server);
    let has_guacamole =
        |server: &Server| findings.sites(*server).iter().any(|site| site.guacamole().is_some());
    let runs = |server: &Server| here(server).is_some_and(|found| found.service.running == Some(true));
    let all = || Server::ALL.into_iter();
    all()
        .find(has_guacamole)
        .or_else(|| all().find(runs))
        .or_else(|| all().find(|server| here(server).is_some()))
        .unwrap_or(Server::Nginx)
}

/// The site that has Guacamole already, else the one that answers when no name matches, else the first that is reached.
pub(super) fn default_site(sites: &[Site]) -> Option<usize> {
    let first = |wanted: fn(&Site) -> bool| sites.iter().position(wanted);
    first(|site| site.guacamole().is_some() && site.shadowed_by.is_none())
        .or_else(|| {
            first(|site| site.shadowed_by.is_none() && site.listens.iter().any(|listen| listen.default))
        })
        .or_else(|| first(|site| site.shadowed_by.is_none()))
}

/// The Tomcat that has Guacamole, else the one that runs, else the first.
fn default_tomcat(tomcats: &[TomcatFindings]) -> Option<&TomcatFindings> {
    tomcats
        .iter()
        .find(|tomcat| tomcat.guacamoles().next().is_some())
        .or_else(|| tomcats.iter().find(|tomcat| tomcat.service.running == Some(true)))
        .or_else(|| tomcats.first())
}
