//! What lies below the requests: HTTPS, its certificate, and the two kinds of addresses.

use super::{Led, Site};
use crate::system::{Ask, AskError, Certificate, CertificateFault, Peer};
use crate::verify::backend::is_guacamole;
use crate::verify::outcome::{Outcome, Trial, Verdict};
use crate::verify::words::{asked, brief};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

impl Site<'_> {
    /// Whether plain HTTP leads to a place with TLS; nothing where there is no plain counterpart.
    pub(super) fn https(&self) -> Option<Outcome> {
        if !self.place.tls {
            return None;
        }
        let counterpart = self.target.places.iter().find(|other| !other.tls && other.host == self.place.host);
        let usual = (self.place.connect.port() == 443).then_some(80);
        let port = counterpart.map(|other| other.connect.port()).or(usual)?;
        let connect = SocketAddr::new(self.place.connect.ip(), port);
        let peer = Peer { connect, tls: false, host: self.place.host.clone() };
        let answer = self.system.ask(&peer, &Ask::get(&self.place.path));
        let evidence = asked("GET", &self.place.url_as(false, port), &answer);
        let outcome = |verdict| self.outcome(Trial::Https, verdict, evidence.clone());
        Some(match &answer {
            Ok(answer) if answer.header("location").is_some_and(|to| to.starts_with("https://")) => {
                outcome(Verdict::Pass)
            }
            Ok(answer) if answer.status == 200 => outcome(Verdict::Warn).with_next(
                "plain HTTP serves the page too: who leaves out https:// sends the password in the clear. Redirect \
                 plain HTTP to HTTPS",
            ),
            // Nothing is told in the clear there; whether to lead people on is a matter of comfort.
            Ok(_) | Err(_) => outcome(Verdict::Pass).with_next(
                "nothing is served in the clear; who leaves out https:// may not arrive, as plain HTTP does not lead here",
            ),
        })
    }

    /// What browsers think of the certificate; nothing without TLS or a connection, of which the page tells.
    pub(super) fn certificate(&self) -> Option<Outcome> {
        if !self.place.tls {
            return None;
        }
        let certificate = self.system.certificate(&self.peer).ok()?;
        let (verdict, next) = judged(&certificate, &self.place.host);
        let sent = match certificate.sent {
            1 => "one certificate".to_owned(),
            number => format!("a chain of {number} certificates"),
        };
        let evidence = format!("TLS {} -> {sent} for {}", self.place.connect, self.place.host);
        let outcome = self.outcome(Trial::Certificate, verdict, evidence);
        Some(match next {
            Some(next) => outcome.with_next(next),
            None => outcome,
        })
    }

    /// Whether the other kind of address leads to the same page; nothing where nobody would use it.
    pub(super) fn families(&self, led: Led) -> Option<Outcome> {
        if led != Led::ToGuacamole {
            return None;
        }
        let own = self.place.connect.ip();
        self.families_of(self.named_by_dns().into_iter().find(|ip| ip.is_ipv4() != own.is_ipv4()))
    }

    /// The same with the address that the name has beside the place's own.
    fn families_of(&self, named: Option<IpAddr>) -> Option<Outcome> {
        let own = self.place.connect.ip();
        let facing = match own {
            IpAddr::V4(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
            IpAddr::V6(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        let loopback = own.is_loopback().then_some(facing);
        let other = named.or(loopback)?;
        let connect = SocketAddr::new(other, self.place.connect.port());
        let peer = Peer { connect, tls: self.place.tls, host: self.place.host.clone() };
        let answer = self.system.ask(&peer, &Ask::get(&self.path("api/languages")));
        let evidence = format!("{} (at {connect})", asked("GET", &self.url("api/languages"), &answer));
        let outcome = |verdict| self.outcome(Trial::Families, verdict, evidence.clone());
        let server = self.place.title();
        match &answer {
            Ok(answer) if is_guacamole(answer) => Some(outcome(Verdict::Pass)),
            // Without a name that leads there nobody goes there.
            _ if named.is_none() => None,
            Ok(_) => Some(outcome(Verdict::Fail).with_next(format!(
                "{} leads to {other} too, and another site answers there: let this site listen on it as well",
                brief(&self.place.host)
            ))),
            Err(AskError::Unreachable) if self.target.from_outside => None,
            Err(_) => Some(outcome(Verdict::Warn).with_next(format!(
                "{} leads to {other} too, and {server} does not answer there: clients wait before they try the other \
                 address. Let it listen there, or take the address out of the DNS",
                brief(&self.place.host)
            ))),
        }
    }

    /// The addresses that the place's name has for the public, as far as they can be tried from here.
    fn named_by_dns(&self) -> Vec<IpAddr> {
        let host = &self.place.host;
        let is_name = !host.starts_with('[') && host.parse::<IpAddr>().is_err() && host != "localhost";
        let found = if is_name { self.system.lookup(host).unwrap_or_default() } else { Vec::new() };
        // What belongs to another machine is a proxy in front, or another server altogether.
        let is_asked = |ip: &IpAddr| self.target.from_outside || self.system.has_address(*ip);
        found.into_iter().filter(|ip| !ip.is_loopback() && is_asked(ip)).collect()
    }
}

/// What a certificate is worth, and what to do.
fn judged(certificate: &Certificate, host: &str) -> (Verdict, Option<String>) {
    let host = brief(host);
    let names = certificate.other_names.as_ref().map(|names| match names.as_slice() {
        [] => format!("it does not name {host}"),
        names => format!("it is for {} and not for {host}", brief(&names.join(", "))),
    });
    let also = names.as_ref().map(|names| format!("; {names}")).unwrap_or_default();
    match (&certificate.fault, names) {
        (Some(CertificateFault::SelfSigned), _) => (
            Verdict::Pass,
            Some(format!(
                "it is self-signed{also}: everything works, and browsers warn of it until a certificate by an authority \
                 takes its place"
            )),
        ),
        (Some(CertificateFault::Authority), _) => (
            Verdict::Pass,
            Some(format!(
                "it is marked as an authority's, as openssl req -x509 makes them, so most likely self-signed{also}: \
                 everything works, and browsers warn of it"
            )),
        ),
        (Some(CertificateFault::UnknownIssuer), _) => {
            let cause = if certificate.sent == 1 {
                "the server sends no certificate of the issuer: let the file hold the whole chain, or the issuer is an \
                 authority of your own"
            } else {
                "the chain ends at an authority that this machine does not know"
            };
            (Verdict::Warn, Some(format!("{cause}{also}")))
        }
        (Some(CertificateFault::Expired), _) => {
            (Verdict::Fail, Some(format!("its time is over{also}: renew it, and reload the server")))
        }
        (Some(CertificateFault::NotYetValid), _) => {
            (Verdict::Fail, Some(format!("its time has not come{also}: look at this machine's clock")))
        }
        (Some(CertificateFault::Other(what)), _) => (Verdict::Warn, Some(format!("{what}{also}"))),
        (None, Some(names)) => (Verdict::Fail, Some(format!("{names}: browsers refuse it"))),
        (None, None) if certificate.ends_soon => (
            Verdict::Warn,
            Some("its time is over within two weeks: look why it has not been renewed".into()),
        ),
        (None, None) => (Verdict::Pass, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Server, UploadLimit};
    use crate::system::System;
    use crate::verify::target::{Place, Target};
    use crate::verify::tests::stub::{Reply, Stub};

    const SIX: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

    /// What is told of a good place on 127.0.0.1 whose name also leads to `named`.
    fn told(four: &Stub, named: Option<IpAddr>) -> Option<Verdict> {
        let place = Place {
            server: Some(Server::Nginx),
            tls: false,
            host: "a.test".into(),
            connect: four.address(),
            path: "/guacamole/".into(),
        };
        let target = Target {
            places: vec![place.clone()],
            backend: None,
            max_upload: UploadLimit::parse("0").expect("a limit"),
            websocket: true,
            has_site: true,
            from_outside: false,
        };
        let (system, url) = (System::machine(), place.url());
        let peer = Peer { connect: place.connect, tls: false, host: place.host.clone() };
        let site = Site { system: &system, target: &target, place: &place, backend: None, peer, url };
        site.families_of(named).map(|outcome| outcome.verdict)
    }

    #[test]
    fn an_address_of_the_name_that_leads_elsewhere_is_told() {
        let four = Stub::good();
        assert_eq!(told(&four, None), None, "without a name that leads there nobody goes there");
        assert_eq!(told(&four, Some(SIX)), Some(Verdict::Warn), "nothing listens there");
        let other = Stub::at(
            SocketAddr::new(SIX, four.address().port()),
            "/guacamole/api/languages",
            Reply::Status(404),
        );
        assert_eq!(told(&four, Some(SIX)), Some(Verdict::Fail), "another site answers");
        assert_eq!(told(&four, None), None, "another site answers where nobody goes");
        drop(other);
    }

    #[test]
    fn both_addresses_of_a_good_site_lead_to_it() {
        let four = Stub::good();
        let _six = Stub::at(SocketAddr::new(SIX, four.address().port()), "/none", Reply::Close);
        assert_eq!(told(&four, Some(SIX)), Some(Verdict::Pass));
        assert_eq!(told(&four, None), Some(Verdict::Pass));
    }

    #[test]
    fn a_certificate_is_no_better_than_its_worst_side() {
        let of = |fault, names: Option<&[&str]>, ends_soon| {
            let other_names = names.map(|names| names.iter().map(ToString::to_string).collect());
            judged(&Certificate { sent: 1, ends_soon, fault, other_names }, "a.test")
        };
        assert_eq!(of(None, None, false), (Verdict::Pass, None));
        let verdict = |fault, names| of(fault, names, false).0;
        assert_eq!(verdict(Some(CertificateFault::SelfSigned), None), Verdict::Pass);
        assert_eq!(verdict(Some(CertificateFault::Authority), Some(&["b.test"])), Verdict::Pass);
        assert_eq!(verdict(Some(CertificateFault::UnknownIssuer), None), Verdict::Warn);
        assert_eq!(verdict(Some(CertificateFault::Expired), None), Verdict::Fail);
        assert_eq!(verdict(None, Some(&["b.test"])), Verdict::Fail);
        assert_eq!(of(None, None, true).0, Verdict::Warn);
        let (_, said) = of(Some(CertificateFault::SelfSigned), Some(&["b.test"]), false);
        let said = said.expect("it is said");
        assert!(said.contains("self-signed; it is for b.test and not for a.test"), "{said}");
    }
}
