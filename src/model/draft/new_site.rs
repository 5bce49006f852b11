//! What the person has typed of a new site, and its parser.

use super::{absolute, yes_no, yes_or_no};
use crate::model::{Host, NewSite, NewSiteField, NewTls, Port, printable};
use std::path::{Path, PathBuf};

/// A new site as it is typed: one string a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSiteDraft {
    /// The name that the public asks for.
    pub name: String,
    /// The port for plain HTTP.
    pub http_port: String,
    /// The port for TLS.
    pub https_port: String,
    /// An absolute path; empty: no TLS.
    pub certificate: String,
    /// An absolute path; empty: no TLS.
    pub key: String,
    /// `yes` or `no`.
    pub redirect: String,
    /// `yes` or `no`.
    pub hsts: String,
}

impl Default for NewSiteDraft {
    fn default() -> Self {
        Self {
            name: String::new(),
            http_port: "80".into(),
            https_port: "443".into(),
            certificate: String::new(),
            key: String::new(),
            redirect: "yes".into(),
            hsts: "no".into(),
        }
    }
}

impl From<&NewSite> for NewSiteDraft {
    fn from(site: &NewSite) -> Self {
        let path = |path: &Path| path.to_string_lossy().into_owned();
        let draft = Self { name: site.name.to_string(), http_port: site.http.to_string(), ..Self::default() };
        match &site.tls {
            None => draft,
            Some(tls) => Self {
                https_port: tls.port.to_string(),
                certificate: path(&tls.certificate),
                key: path(&tls.key),
                redirect: yes_no(tls.redirect).into(),
                hsts: yes_no(tls.hsts).into(),
                ..draft
            },
        }
    }
}

impl NewSiteDraft {
    /// The text of a question.
    pub fn text(&self, field: NewSiteField) -> &str {
        match field {
            NewSiteField::Name => &self.name,
            NewSiteField::HttpPort => &self.http_port,
            NewSiteField::HttpsPort => &self.https_port,
            NewSiteField::Certificate => &self.certificate,
            NewSiteField::Key => &self.key,
            NewSiteField::Redirect => &self.redirect,
            NewSiteField::Hsts => &self.hsts,
        }
    }

    pub(super) fn slot(&mut self, field: NewSiteField) -> &mut String {
        match field {
            NewSiteField::Name => &mut self.name,
            NewSiteField::HttpPort => &mut self.http_port,
            NewSiteField::HttpsPort => &mut self.https_port,
            NewSiteField::Certificate => &mut self.certificate,
            NewSiteField::Key => &mut self.key,
            NewSiteField::Redirect => &mut self.redirect,
            NewSiteField::Hsts => &mut self.hsts,
        }
    }

    /// Makes a new site of what was typed.
    ///
    /// # Errors
    /// Every question that is answered wrongly, with a sentence each.
    pub(super) fn parse(&self) -> Result<NewSite, Vec<(NewSiteField, String)>> {
        let mut errors = Vec::new();
        let mut wrong = |field: NewSiteField, message: String| errors.push((field, message));
        let name = name(&self.name).map_err(|message| wrong(NewSiteField::Name, message)).ok();
        let http = port(&self.http_port, 80).map_err(|m| wrong(NewSiteField::HttpPort, m)).ok();
        let https = port(&self.https_port, 443).map_err(|m| wrong(NewSiteField::HttpsPort, m)).ok();
        let certificate =
            path(&self.certificate).map_err(|message| wrong(NewSiteField::Certificate, message)).ok();
        let key = path(&self.key).map_err(|message| wrong(NewSiteField::Key, message)).ok();
        let redirect = yes_or_no(&self.redirect).map_err(|m| wrong(NewSiteField::Redirect, m)).ok();
        let hsts = yes_or_no(&self.hsts).map_err(|message| wrong(NewSiteField::Hsts, message)).ok();
        match (&certificate, &key) {
            (Some(Some(_)), Some(None)) => wrong(
                NewSiteField::Key,
                "a certificate needs its key: privkey.pem beside certbot's fullchain.pem".into(),
            ),
            (Some(None), Some(Some(_))) => {
                wrong(NewSiteField::Certificate, "a key needs its certificate".into());
            }
            _ => {}
        }
        if https.is_some() && https == http && certificate.as_ref().is_some_and(Option::is_some) {
            wrong(NewSiteField::HttpsPort, "the port for plain HTTP is another one; TLS has 443".into());
        }
        match (name, http, https, certificate, key, redirect, hsts) {
            (
                Some(name),
                Some(http),
                Some(port),
                Some(certificate),
                Some(key),
                Some(redirect),
                Some(hsts),
            ) if errors.is_empty() => {
                let tls = certificate.zip(key);
                let tls = tls.map(|(certificate, key)| NewTls { port, certificate, key, redirect, hsts });
                Ok(NewSite { name, http, tls })
            }
            _ => Err(errors),
        }
    }
}

/// A name that stands in `server_name` and in a certificate: of letters, digits, hyphens and dots.
pub(super) fn name(text: &str) -> Result<Host, String> {
    let text = text.trim().to_ascii_lowercase();
    if text.is_empty() {
        return Err("a name is needed: what people type into the browser, guac.example.org".into());
    }
    if text.contains('*') {
        return Err("a new site has one name, without *".into());
    }
    match Host::parse(&text)? {
        Host::Address(address) if address.is_ipv6() => {
            Err("an IPv6 address cannot be told apart by name; a DNS name is needed".into())
        }
        Host::Name(name) if name.contains('_') => {
            Err(format!("{} holds _, which no public host name has", printable(&name)))
        }
        host => Ok(host),
    }
}

fn port(text: &str, usual: u16) -> Result<Port, String> {
    let wrong = || format!("{} is no port; the usual one is {usual}", printable(text.trim()));
    Port::parse(text).map_err(|_| wrong())
}

fn path(text: &str) -> Result<Option<PathBuf>, String> {
    let text = text.trim();
    // What stands in a quoted word of two languages is kept to what needs no escape in either.
    if let Some(odd) = text.chars().find(|c| "\"'\\${};".contains(*c)) {
        return Err(format!("{} holds {odd}, which the servers read as something else", printable(text)));
    }
    if text.is_empty() { Ok(None) } else { absolute(Path::new(text)).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tls() -> NewSiteDraft {
        NewSiteDraft {
            name: "Guac.Example.org ".into(),
            certificate: "/c.pem".into(),
            key: "/k.pem".into(),
            ..NewSiteDraft::default()
        }
    }

    fn wrong(draft: &NewSiteDraft) -> Vec<NewSiteField> {
        draft.parse().expect_err("something is wrong").into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn a_name_alone_is_plain_http_and_a_certificate_makes_it_tls() {
        let plain = NewSiteDraft { name: "a.test".into(), ..NewSiteDraft::default() };
        let site = plain.parse().expect("a name is enough");
        assert_eq!((site.port().number(), site.tls), (80, None));
        let site = tls().parse().expect("it is complete");
        assert_eq!((site.name.to_string().as_str(), site.port().number()), ("guac.example.org", 443));
        assert_eq!(NewSiteDraft::from(&site).parse(), Ok(site));
    }

    #[test]
    fn half_an_answer_is_refused_where_the_other_half_belongs() {
        assert_eq!(wrong(&NewSiteDraft { key: String::new(), ..tls() }), [NewSiteField::Key]);
        assert_eq!(wrong(&NewSiteDraft { certificate: String::new(), ..tls() }), [NewSiteField::Certificate]);
        assert_eq!(wrong(&NewSiteDraft { https_port: "80".into(), ..tls() }), [NewSiteField::HttpsPort]);
    }

    #[test]
    fn names_that_no_certificate_has_are_refused() {
        for name in ["", "*.example.org", "::1", "a_b.test", "a b", "a;b", "-a"] {
            assert_eq!(wrong(&NewSiteDraft { name: name.into(), ..tls() }), [NewSiteField::Name], "{name}");
        }
    }

    #[test]
    fn a_path_that_could_end_a_directive_is_refused() {
        for path in ["/a;b", "/a\"b", "/a{b", "/a$b", "a/b", "/../b"] {
            let draft = NewSiteDraft { certificate: path.into(), ..tls() };
            assert_eq!(wrong(&draft), [NewSiteField::Certificate], "{path}");
        }
    }
}
