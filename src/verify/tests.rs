//! Trials against small servers that are wrong in one way each.

pub(super) mod stub;

use super::*;
use crate::model::{Server, UploadLimit};
use std::net::SocketAddr;
use stub::{LATE, Reply, Stub};

/// What is tried with this backend and this frontend.
fn target(server: Server, backend: SocketAddr, frontend: SocketAddr) -> Target {
    let place = Place {
        server: Some(server),
        tls: false,
        host: "127.0.0.1".into(),
        connect: frontend,
        path: "/guacamole/".into(),
    };
    let backend = BackendPlace {
        host: crate::model::Host::Address(backend.ip()),
        port: crate::model::Port::new(backend.port()).expect("a port"),
        context: crate::model::ContextPath::parse("/guacamole/").expect("a path"),
    };
    Target {
        places: vec![place],
        backend: Some(backend),
        max_upload: limit("1g"),
        websocket: true,
        has_site: true,
        from_outside: false,
    }
}

fn limit(text: &str) -> UploadLimit {
    UploadLimit::parse(text).expect("a limit")
}

/// The outcomes of all trials, with this backend and this frontend.
fn tried(server: Server, backend: &Stub, frontend: &Stub, change: impl Fn(&mut Target)) -> Vec<Outcome> {
    let mut target = target(server, backend.address(), frontend.address());
    change(&mut target);
    trials(&System::machine(), &target, Patience::default(), &mut |_| {})
}

fn of(outcomes: &[Outcome], trial: Trial) -> (Verdict, String) {
    let outcome = outcomes.iter().find(|outcome| outcome.trial == trial).expect("the trial was made");
    let next = outcome.next.as_deref().unwrap_or_default();
    (outcome.verdict, format!("{} | {next}", outcome.evidence))
}

/// One trial of a frontend that differs from a good one in one answer.
#[track_caller]
fn wrong(server: Server, path: &'static str, reply: Reply, trial: Trial, verdict: Verdict, words: &str) {
    let backend = Stub::good();
    let frontend = Stub::good_but(path, reply);
    let (found, said) = of(&tried(server, &backend, &frontend, |_| {}), trial);
    assert_eq!(found, verdict, "{said}");
    assert!(said.contains(words), "{words:?} is not in {said:?}");
}

const PAGE: &str = "/guacamole/";
const TUNNEL: &str = "/guacamole/websocket-tunnel";
const BARE: &str = "/guacamole";
const UPLOAD: &str = "/guacamole/api/session/tunnels/guacfront/streams/0/trial";
const LANGUAGES: &str = "/guacamole/api/languages";

#[test]
fn a_good_set_up_passes_every_trial() {
    let (backend, frontend) = (Stub::good(), Stub::good());
    let outcomes = tried(Server::Nginx, &backend, &frontend, |_| {});
    let made: Vec<Trial> = outcomes.iter().map(|outcome| outcome.trial).collect();
    // Without TLS, without IPv6, without a stand-in and without a login.
    assert_eq!(made, Trial::ALL[..7]);
    for outcome in &outcomes {
        assert_eq!(outcome.verdict, Verdict::Pass, "{outcome:?}");
    }
    // Tomcat's status line is "HTTP/1.1 101 ", its reason phrase empty.
    let (_, said) = of(&outcomes, Trial::WebSocket);
    assert!(said.contains("101, then closed with 1002 768"), "{said}");
    assert!(of(&outcomes, Trial::Backend).1.contains("Guacamole 1.6.0"));
    assert!(frontend.agents().iter().all(|agent| agent.starts_with("guacfront/")), "{:?}", frontend.agents());
}

#[test]
fn an_old_worker_that_answered_slowly_was_not_asked_again() {
    let (backend, frontend) = (Stub::good(), Stub::good_but(UPLOAD, Reply::LateOnce(413)));
    let target = target(Server::Nginx, backend.address(), frontend.address());
    // What is refused by a worker of before may take as long as anybody waits for the new ones.
    let patience = Patience { frontend: LATE / 2, ..Patience::default() };
    let outcomes = trials(&System::machine(), &target, patience, &mut |_| {});
    assert_eq!(of(&outcomes, Trial::Upload).0, Verdict::Pass, "{outcomes:?}");
}

#[test]
fn a_glance_at_the_backend_says_in_a_line_what_is_there() {
    let glanced = |address: SocketAddr| {
        let place = target(Server::Nginx, address, address).backend.expect("a backend");
        glance(&System::machine(), &place)
    };
    assert_eq!(glanced(Stub::good().address()), (true, "Guacamole 1.6.0 answers there".to_owned()));
    for (reply, words) in [
        (Reply::Status(404), "no Guacamole at /guacamole/ (404)"),
        (Reply::Status(302), "(302), and it is not Guacamole"),
        (Reply::Body("<html></html>"), "(200), and it is not Guacamole"),
        (Reply::Close, "ended the connection"),
    ] {
        let (is_guacamole, said) = glanced(Stub::good_but(LANGUAGES, reply).address());
        assert!(!is_guacamole && said.contains(words), "{words:?} is not in {said:?}");
    }
    assert!(glanced(Stub::closed().address()).1.starts_with("connection refused; nothing listens there"));
}

#[test]
fn a_lost_header_is_told_by_the_status_of_the_handshake() {
    let lost = |server, status, words| {
        wrong(server, TUNNEL, Reply::Status(status), Trial::WebSocket, Verdict::Fail, words);
    };
    lost(Server::Nginx, 404, "the Upgrade header is lost: proxy_set_header Upgrade");
    lost(Server::Apache, 404, "the Upgrade header is lost: the <Location> of websocket-tunnel");
    lost(Server::Nginx, 400, "the Connection header is lost");
    lost(Server::Nginx, 426, "426 instead of 101");
    lost(Server::Nginx, 502, "502 instead of 101");
    lost(Server::Nginx, 200, "200 instead of 101");
}

#[test]
fn a_backend_that_opens_no_websocket_is_blamed_for_it() {
    let backend = Stub::good_but(TUNNEL, Reply::Status(404));
    let frontend = Stub::good_but(TUNNEL, Reply::Status(404));
    let (verdict, said) = of(&tried(Server::Nginx, &backend, &frontend, |_| {}), Trial::WebSocket);
    assert!(verdict == Verdict::Fail && said.contains("Tomcat itself does not open it"), "{said}");
}

#[test]
fn a_handshake_that_hangs_is_told_from_one_that_is_refused() {
    wrong(
        Server::Nginx,
        TUNNEL,
        Reply::Hang,
        Trial::WebSocket,
        Verdict::Fail,
        "Guacamole's client then gives up altogether",
    );
}

#[test]
fn a_websocket_that_is_switched_off_is_not_expected_to_open() {
    let said = |reply: Option<Reply>| {
        let backend = Stub::good();
        let frontend = reply.map_or_else(Stub::good, |reply| Stub::good_but(TUNNEL, reply));
        let switch_off = |target: &mut Target| target.websocket = false;
        of(&tried(Server::Nginx, &backend, &frontend, switch_off), Trial::WebSocket)
    };
    for status in [404, 400, 403] {
        let (verdict, said) = said(Some(Reply::Status(status)));
        assert!(verdict == Verdict::Skipped && said.contains("it is switched off"), "{said}");
    }
    let (verdict, open) = said(None);
    assert!(verdict == Verdict::Fail && open.contains("something else passes it on"), "{open}");
    // A handshake that hangs keeps Guacamole's client from trying the other tunnel.
    let (verdict, hangs) = said(Some(Reply::Hang));
    assert!(verdict == Verdict::Fail && hangs.contains("gives up altogether"), "{hangs}");
}

#[test]
fn a_page_that_is_not_guacamole_s_is_no_page() {
    let page = |reply, verdict, words| wrong(Server::Nginx, PAGE, reply, Trial::Page, verdict, words);
    page(Reply::Status(404), Verdict::Fail, "does not know the path");
    page(Reply::Status(500), Verdict::Fail, "look at the error log of nginx");
    page(Reply::Status(401), Verdict::Warn, "your own access rules");
    page(Reply::Redirect(PAGE), Verdict::Fail, "the page leads elsewhere, to /guacamole/");
    page(Reply::Redirect("https://a.test/"), Verdict::Pass, "plain HTTP leads to HTTPS");
    page(Reply::Redirect("http://b.test/"), Verdict::Fail, "the page leads elsewhere, to http://b.test/");
    page(Reply::Bad("<h1>Bad Request</h1>"), Verdict::Fail, "look at the error log of nginx");
    page(Reply::Redirect("http://a.test/guacamole//"), Verdict::Fail, "itself with one slash more");
    page(Reply::Garbage, Verdict::Fail, "ended the connection");
    let other = Reply::Body("<h1>It works!</h1>");
    wrong(Server::Apache, LANGUAGES, other, Trial::Page, Verdict::Fail, "some other page");
}

#[test]
fn what_stands_in_front_on_purpose_is_no_fault() {
    let page = |reply, words| wrong(Server::Nginx, PAGE, reply, Trial::Page, Verdict::Warn, words);
    page(
        Reply::Bad("<center>No required SSL certificate was sent</center>"),
        "a certificate of the client's",
    );
    page(Reply::Redirect("/oauth2/start?rd=/guacamole/"), "your own sign-in stands in front");
    page(Reply::Redirect("http://auth.a.test/?rd=x"), "your own sign-in stands in front");
}

#[test]
fn after_a_page_that_fails_nothing_more_is_asked() {
    let (backend, frontend) = (Stub::good(), Stub::good_but(PAGE, Reply::Redirect(PAGE)));
    let outcomes = tried(Server::Nginx, &backend, &frontend, |_| {});
    for trial in [Trial::Tunnel, Trial::WebSocket, Trial::Patch, Trial::Slash, Trial::Upload] {
        assert_eq!(of(&outcomes, trial).0, Verdict::Skipped);
    }
    assert_eq!(frontend.agents().len(), 1, "a redirect is not followed");
}

#[test]
fn a_bad_gateway_is_blamed_on_whoever_is_at_fault() {
    wrong(Server::Nginx, PAGE, Reply::Status(502), Trial::Page, Verdict::Fail, "httpd_can_network_relay");
    // A limit of nginx's own was taken for SELinux.
    wrong(Server::Nginx, PAGE, Reply::Status(503), Trial::Page, Verdict::Fail, "limit_req or limit_conn");
    wrong(Server::Apache, PAGE, Reply::Status(503), Trial::Page, Verdict::Fail, "httpd_can_network_relay");
    let (backend, frontend) = (Stub::closed(), Stub::good_but(PAGE, Reply::Status(502)));
    let outcomes = tried(Server::Nginx, &backend, &frontend, |_| {});
    assert!(of(&outcomes, Trial::Page).1.contains("nginx does not reach Tomcat: start it"));
    assert!(of(&outcomes, Trial::Backend).1.contains("connection refused"));
}

#[test]
fn a_backend_that_is_not_guacamole_is_told_from_one_that_is_not_there() {
    let backend = |stub: &Stub, change: &dyn Fn(&mut Target)| {
        of(&tried(Server::Nginx, stub, &Stub::closed(), change), Trial::Backend)
    };
    let is = |found: (Verdict, String), words: &str| {
        assert_eq!(found.0, Verdict::Fail, "{}", found.1);
        assert!(found.1.contains(words), "{words:?} is not in {:?}", found.1);
    };
    is(backend(&Stub::good_but(LANGUAGES, Reply::Status(404)), &|_| {}), "it is not deployed");
    is(backend(&Stub::good_but(LANGUAGES, Reply::Body("<h1>hello</h1>")), &|_| {}), "it is not Guacamole");
    is(backend(&Stub::good_but(LANGUAGES, Reply::Body("{}")), &|_| {}), "it is not Guacamole");
    is(backend(&Stub::closed(), &|_| {}), "nothing listens there");
    let nowhere = |target: &mut Target| {
        let backend = target.backend.as_mut().expect("a backend");
        backend.host = crate::model::Host::parse("no-such-host.invalid").expect("a name");
    };
    is(backend(&Stub::closed(), &nowhere), "the name is not known here");
}

#[test]
fn a_backend_that_does_not_answer_is_told_from_one_that_refuses() {
    let backend = Stub::good_but(LANGUAGES, Reply::Hang);
    let (verdict, said) = of(&tried(Server::Nginx, &backend, &Stub::closed(), |_| {}), Trial::Backend);
    assert!(verdict == Verdict::Fail && said.contains("does not answer in time"), "{said}");
}

#[test]
fn the_path_without_its_slash_has_to_lead_to_the_page() {
    let slash = |reply, words| wrong(Server::Apache, BARE, reply, Trial::Slash, Verdict::Fail, words);
    slash(Reply::Status(404), "a redirect is missing");
    slash(Reply::Redirect("http://127.0.0.1/guacamole/"), "it leads somewhere else");
}

#[test]
fn an_upload_that_is_refused_is_told_by_how_it_ends() {
    let upload = |reply, verdict, words| wrong(Server::Nginx, UPLOAD, reply, Trial::Upload, verdict, words);
    upload(Reply::Status(413), Verdict::Fail, "client_max_body_size is too small");
    upload(Reply::Status(404), Verdict::Pass, "404");
    upload(Reply::Status(500), Verdict::Fail, "where nginx asks by auth_request");
    upload(Reply::Close, Verdict::Warn, "the connection ended before an answer came");
}

#[test]
fn an_upload_over_the_limit_that_was_asked_for_is_not_tried() {
    let outcomes =
        tried(Server::Nginx, &Stub::good(), &Stub::good(), |target| target.max_upload = limit("1m"));
    assert_eq!(of(&outcomes, Trial::Upload).0, Verdict::Skipped);
}

#[test]
fn plain_http_where_tls_is_wanted_is_called_so() {
    let (backend, frontend) = (Stub::good(), Stub::good());
    let outcomes = tried(Server::Nginx, &backend, &frontend, |target| target.places[0].tls = true);
    let (verdict, said) = of(&outcomes, Trial::Page);
    assert!(verdict == Verdict::Fail && said.contains("does not speak TLS there"), "{said}");
}

const HTTP_TUNNEL: &str = "/guacamole/tunnel";
const PERMISSIONS: &str = "/guacamole/api/session/data/guacfront/users/guacfront/permissions";

#[test]
fn a_tunnel_that_something_else_answers_is_told_by_guacamole_s_own_header() {
    let tunnel = |reply, words| wrong(Server::Nginx, HTTP_TUNNEL, reply, Trial::Tunnel, Verdict::Fail, words);
    tunnel(Reply::Status(400), "has lost its Guacamole-Status-Code");
    tunnel(Reply::Status(404), "not Guacamole's own answer");
    tunnel(Reply::Hang, "Guacamole's client then gives up altogether");
}

#[test]
fn a_patch_that_is_refused_on_the_way_is_told_from_guacamole_s_own_refusal() {
    let patch = |reply, words| wrong(Server::Apache, PERMISSIONS, reply, Trial::Patch, Verdict::Fail, words);
    patch(Reply::Status(405), "(Tomcat itself says 200)");
    patch(Reply::Status(403), "Apache httpd refuses it");
    // Refused by both alike is Guacamole's own affair.
    let (backend, frontend) =
        (Stub::good_but(PERMISSIONS, Reply::Status(501)), Stub::good_but(PERMISSIONS, Reply::Status(501)));
    let (verdict, said) = of(&tried(Server::Apache, &backend, &frontend, |_| {}), Trial::Patch);
    assert_eq!(verdict, Verdict::Pass, "{said}");
}

#[test]
fn a_denied_patch_passed_where_guacamole_refuses_it_with_the_same_status() {
    let backend = Stub::good_but(PERMISSIONS, Reply::Bad("{\"type\":\"PERMISSION_DENIED\"}"));
    let patched = |reply| {
        let frontend = Stub::good_but(PERMISSIONS, reply);
        of(&tried(Server::Nginx, &backend, &frontend, |_| {}), Trial::Patch)
    };
    let (verdict, said) = patched(Reply::Bad("<html>denied</html>"));
    assert!(verdict == Verdict::Fail && said.contains("nginx refuses it with a 400 of its own"), "{said}");
    assert_eq!(patched(Reply::Bad("{\"type\":\"PERMISSION_DENIED\"}")).0, Verdict::Pass);
}

#[test]
fn without_a_known_backend_a_patch_is_judged_by_its_answer() {
    let outside = |target: &mut Target| {
        target.backend = None;
        target.from_outside = true;
        target.places[0].server = None;
    };
    let good = tried(Server::Nginx, &Stub::closed(), &Stub::good(), outside);
    assert!(good.iter().all(|outcome| outcome.verdict == Verdict::Pass), "{good:#?}");
    let frontend = Stub::good_but(PERMISSIONS, Reply::Status(405));
    let (verdict, said) = of(&tried(Server::Nginx, &Stub::closed(), &frontend, outside), Trial::Patch);
    assert!(verdict == Verdict::Fail && said.contains("the web server refuses it:"), "{said}");
    let (_, said) = of(
        &tried(Server::Nginx, &Stub::closed(), &Stub::good_but(TUNNEL, Reply::Status(404)), outside),
        Trial::WebSocket,
    );
    assert!(said.contains("some proxy in between"), "{said}");
}

#[test]
fn plain_http_that_leads_to_https_is_tried_no_further() {
    let outcomes = tried(
        Server::Nginx,
        &Stub::good(),
        &Stub::good_but(PAGE, Reply::Redirect("https://a.test/")),
        |_| {},
    );
    let made: Vec<Trial> = outcomes.iter().map(|outcome| outcome.trial).collect();
    assert_eq!(made, [Trial::Backend, Trial::Page]);
}

#[test]
fn what_is_left_in_the_logs_is_said() {
    let outcomes = tried(Server::Nginx, &Stub::good(), &Stub::good(), |_| {});
    let said = traces(&outcomes).expect("something was asked");
    assert!(said.contains(crate::system::USER_AGENT) && said.contains("WebSocket"), "{said}");
    assert_eq!(traces(&[]), None);
}
