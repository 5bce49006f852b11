//! The page itself.

use super::Site;
use crate::model::Server;
use crate::system::Ask;
use crate::verify::backend::is_guacamole;
use crate::verify::outcome::{Outcome, Trial, Verdict};
use crate::verify::words::{asked, brief, unreachable};

/// Where the page led.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Led {
    /// To Guacamole.
    ToGuacamole,
    /// From plain HTTP to HTTPS.
    ToHttps,
    /// To nothing that could be tried further.
    Nowhere,
}

const CERTIFICATE: &str = "it asks for a certificate of the client's, which this program has none of";

/// Whether a server wants to see a certificate first.
///
/// # Source
/// nginx, `ngx_http_special_response.c`: "No required SSL certificate was sent"; TLS 1.3, the alert
/// `certificate_required`.
fn asks_certificate(said: &str) -> bool {
    said.contains("No required SSL certificate") || said.contains("CertificateRequired")
}

/// Whether an address is that of a sign-in, as such programs call theirs: another site's, or one with where to return.
fn leads_to_sign_in(to: &str) -> bool {
    let to = to.to_ascii_lowercase();
    let marks =
        ["/oauth2/", "/saml", "sign_in", "signin", "/login", "/sso", "/auth", "//auth", "//login", "//sso"];
    let returns = ["rd=", "redirect", "return", "next=", "service=", "client_id=", "target="];
    marks.iter().any(|mark| to.contains(mark)) && returns.iter().any(|own| to.contains(own))
}

impl Site<'_> {
    pub(super) fn page(&self) -> (Outcome, Led) {
        let page = self.ask(&Ask::get(&self.place.path));
        let evidence = asked("GET", &self.url, &page);
        let server = self.place.title();
        let fail = |next: String| {
            let outcome = self.outcome(Trial::Page, Verdict::Fail, evidence.clone());
            (outcome.with_next(next), Led::Nowhere)
        };
        let answer = match &page {
            Ok(answer) => answer,
            Err(error) if asks_certificate(&error.to_string()) => return self.barred(evidence, CERTIFICATE),
            Err(error) => return fail(unreachable(error, server)),
        };
        match answer.status {
            // nginx, as it has no status for it that browsers know.
            400 if asks_certificate(&String::from_utf8_lossy(&answer.body)) => {
                self.barred(evidence, CERTIFICATE)
            }
            200 => {
                let languages = self.ask(&Ask::get(&self.path("api/languages")));
                if languages.as_ref().is_ok_and(is_guacamole) {
                    return (self.outcome(Trial::Page, Verdict::Pass, evidence), Led::ToGuacamole);
                }
                fail(format!("{server} answers with some other page: the request does not reach Guacamole"))
            }
            301 | 302 | 303 | 307 | 308 => {
                let to = brief(answer.header("location").unwrap_or_default());
                if !self.place.tls && to.starts_with("https://") {
                    let outcome = self.outcome(Trial::Page, Verdict::Pass, evidence);
                    return (
                        outcome.with_next("plain HTTP leads to HTTPS: what matters is tried there"),
                        Led::ToHttps,
                    );
                }
                if leads_to_sign_in(&to) {
                    return self.barred(
                        evidence,
                        "it sends people to sign in first: your own sign-in stands in front",
                    );
                }
                if to.split(['?', '#']).next().is_some_and(|to| to.ends_with("//")) {
                    return fail(
                        "it leads to itself with one slash more: public path and backend do not both end in a slash".into(),
                    );
                }
                fail(format!("the page leads elsewhere, to {to}: look for a redirect in the site"))
            }
            401 | 403 => self.barred(
                evidence,
                "it asks for more than this machine can give: your own access rules stand in front",
            ),
            404 => fail(format!(
                "{server} or Tomcat does not know the path: look whether this site is the one that answers, and at the \
                 context path"
            )),
            502..=504 => fail(self.no_backend(answer.status)),
            _ => fail(format!("look at the error log of {server}")),
        }
    }

    /// What stands in front on purpose is no fault, and nothing behind it can be tried.
    fn barred(&self, evidence: String, why: &str) -> (Outcome, Led) {
        let outcome = self.outcome(Trial::Page, Verdict::Warn, evidence).with_next(why);
        (outcome, Led::Nowhere)
    }

    fn no_backend(&self, status: u16) -> String {
        let server = self.place.title();
        match self.backend {
            // Of a backend that it does not reach nginx says 502.
            Some(backend) if backend.is_guacamole() && status == 503 && self.place.server == Some(Server::Nginx) => {
                "nginx refuses it and asks Tomcat nothing: look at its error log for a limit that is exceeded, limit_req or \
                 limit_conn, and for return 503"
                    .to_owned()
            }
            Some(backend) if backend.is_guacamole() => format!(
                "Tomcat answers this program and not {server}: on a machine with SELinux, setsebool -P \
                 httpd_can_network_relay 1 lets {server} connect"
            ),
            Some(_) => format!("{server} does not reach Tomcat: start it, then check again"),
            None => format!("{server} does not reach its Tomcat: check on that machine says why"),
        }
    }

    /// What hides a header from Tomcat, in the words of the server.
    pub(super) fn lost_upgrade(&self) -> &'static str {
        match self.place.server {
            Some(Server::Nginx) => {
                "the Upgrade header is lost: proxy_set_header Upgrade $http_upgrade is not in force in the location"
            }
            Some(Server::Apache) => {
                "the Upgrade header is lost: the <Location> of websocket-tunnel is missing, stands before the general \
                 one, or mod_proxy_wstunnel is not loaded"
            }
            None => {
                "the Upgrade header is lost on the way to Tomcat: some proxy in between does not hand it on"
            }
        }
    }
}
