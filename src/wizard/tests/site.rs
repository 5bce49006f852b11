//! The site that answers open at.

use super::*;
use crate::model::{ContextPath, Existing, Host, Port, SiteRef};

#[test]
fn answers_that_name_a_site_by_its_file_alone_open_at_that_site_and_not_at_the_default_one() {
    let mut findings = findings();
    let nginx = findings.nginx.as_mut().expect("it is there");
    let mut other = nginx.sites[0].clone();
    (other.file, other.offset) = ("/etc/nginx/conf.d/other.conf".into(), 0);
    (other.names, other.listens) = (vec!["other.test".to_owned()], Vec::new());
    let place = nginx.sites.len();
    nginx.sites.push(other);
    let mut draft = prefill(&findings);
    draft.site = Some(SiteRef { file: "/etc/nginx/conf.d/other.conf".into(), name: None, listen: None });
    let wizard = Wizard::new(findings, draft);
    assert_eq!(wizard.site, place);
}

/// A Guacamole that a site serves already.
fn guacamole(path: &str, port: u16) -> Existing {
    Existing {
        line: 1,
        marked: true,
        public_path: path.into(),
        host: Host::parse("127.0.0.1").ok(),
        port: Port::new(port),
        context: ContextPath::parse("/guacamole/").ok(),
        max_upload: None,
        log_tunnel: None,
        websocket: None,
        read_timeout: None,
        pass_host: None,
    }
}

fn wizard_with(guacamoles: [Vec<Existing>; 2]) -> Wizard {
    let mut findings = findings();
    let nginx = findings.nginx.as_mut().expect("it is there");
    for (site, own) in nginx.sites.iter_mut().zip(guacamoles) {
        site.guacamoles = own;
    }
    let draft = prefill(&findings);
    Wizard::new(findings, draft)
}

#[test]
fn a_backend_that_only_the_server_knows_is_asked_and_not_guessed() {
    let untold = Existing { host: None, context: None, ..guacamole("/a/", 8081) };
    let wizard = wizard_with([vec![untold], Vec::new()]);
    let draft = wizard.draft();
    assert_eq!((draft.host.as_str(), draft.port.as_str(), draft.context.as_str()), ("", "8081", ""));
    assert!(wizard.is_wrong(Screen::Backend) && !wizard.is_wrong(Screen::PublicPath));
}

#[test]
fn whether_it_moves_is_asked_only_where_there_is_one() {
    let none = wizard();
    assert_eq!(none.fields(Screen::PublicPath), [Field::PublicPath]);
    let one = wizard_with([vec![guacamole("/a/", 8081)], Vec::new()]);
    assert_eq!(one.fields(Screen::PublicPath), [Field::PublicPath, Field::Beside]);
    let mut other = wizard_with([vec![guacamole("/a/", 8081)], Vec::new()]);
    play(&mut other, "Enter Enter Down Enter");
    assert_eq!(
        (other.screen(), other.fields(Screen::PublicPath)),
        (Screen::PublicPath, &[Field::PublicPath][..])
    );
}

#[test]
fn the_fields_hold_what_the_site_has_that_is_picked() {
    let mut wizard = wizard_with([vec![guacamole("/a/", 8081)], vec![guacamole("/b/", 8082)]]);
    play(&mut wizard, "Enter Enter Down Enter");
    assert_eq!((wizard.draft().public_path.as_str(), wizard.draft().port.as_str()), ("/b/", "8082"));
    assert_eq!(wizard.input(Field::Port).map(tui_input::Input::value), Some("8082"));
}

#[test]
fn the_path_of_another_one_brings_its_values_and_a_new_path_keeps_those_that_were_typed() {
    let mut wizard = wizard_with([vec![guacamole("/a/", 8081), guacamole("/b/", 8082)], Vec::new()]);
    play(&mut wizard, "Enter Enter Enter C-u type:/b/ Enter");
    assert_eq!((wizard.screen(), wizard.draft().port.as_str()), (Screen::Backend, "8082"));
    play(&mut wizard, "Down C-u type:9000 Esc Enter");
    assert_eq!(wizard.draft().port, "9000", "what was typed stays where the path stays");
    play(&mut wizard, "Esc C-u type:/c/ Enter");
    assert_eq!(wizard.draft().port, "9000");
}

#[test]
fn who_may_reach_the_connector_and_what_its_logs_say_is_read_back() {
    let draft_of = |address: Option<&str>, logs_client: bool, host: &str| {
        let mut findings = findings();
        let own = Existing { host: Host::parse(host).ok(), ..guacamole("/guacamole/", 8080) };
        findings.nginx.as_mut().expect("it is there").sites[0].guacamoles = vec![own];
        let connector = &mut findings.tomcats[0].connectors[0];
        (connector.address, connector.logs_client) = (address.map(ToOwned::to_owned), logs_client);
        let draft = prefill(&findings);
        assert!(draft.parse().is_ok(), "{draft:?}");
        (draft.loopback_only, draft.log_client)
    };
    let words = |loopback: &str, logs: &str| (loopback.to_owned(), logs.to_owned());
    assert_eq!(draft_of(Some("127.0.0.1"), true, "127.0.0.1"), words("yes", "yes"));
    assert_eq!(draft_of(Some("::1"), false, "localhost"), words("yes", "no"));
    assert_eq!(draft_of(Some("0.0.0.0"), true, "127.0.0.1"), words("no", "yes"));
    assert_eq!(draft_of(None, false, "127.0.0.1"), words("no", "no"));
    assert_eq!(draft_of(Some("127.0.0.1"), false, "10.0.0.9"), words("no", "no"));
}

#[test]
fn a_port_of_another_protocol_gives_way_to_that_of_this_machine_s_one_http_connector() {
    let draft_of = |host: &str| {
        let own = Existing { host: Host::parse(host).ok(), port: None, ..guacamole("/guacamole/", 1) };
        wizard_with([vec![own], Vec::new()]).draft().clone()
    };
    assert_eq!(draft_of("127.0.0.1").port, "8080");
    assert_eq!(draft_of("10.0.0.9").port, "", "of another machine's nothing is known");
}

#[test]
fn a_container_s_gateway_is_no_proxy_of_a_backend_on_another_machine() {
    let proxies = |host: &str| {
        let mut findings = findings();
        let own = Existing { host: Host::parse(host).ok(), ..guacamole("/guacamole/", 8080) };
        findings.nginx.as_mut().expect("it is there").sites[0].guacamoles = vec![own];
        findings.tomcats.clear();
        findings.containers =
            vec![Container { gateway: "172.18.0.1".parse().ok(), addresses: Vec::new(), context: None }];
        findings.addresses = vec!["10.0.0.9".parse().expect("an address")];
        prefill(&findings).proxies
    };
    assert_eq!([proxies("127.0.0.1"), proxies("10.0.0.9")], ["172.18.0.1", "172.18.0.1"]);
    assert!(!proxies("10.0.0.5").contains("172.18.0.1"));
}
