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
            Err(error) => return fail(unreachable(error, server)),
        };
        match answer.status {
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
                fail(format!("the page leads elsewhere, to {to}: look for a redirect in the site"))
            }
            401 | 403 => {
                let outcome = self.outcome(Trial::Page, Verdict::Warn, evidence).with_next(format!(
                    "{server} asks for more than this machine can give: your own access rules stand in front"
                ));
                (outcome, Led::Nowhere)
            }
            404 => fail(format!(
                "{server} or Tomcat does not know the path: look whether this site is the one that answers, and at the \
                 context path"
            )),
            502..=504 => fail(self.no_backend()),
            _ => fail(format!("look at the error log of {server}")),
        }
    }

    fn no_backend(&self) -> String {
        let server = self.place.title();
        match self.backend {
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
