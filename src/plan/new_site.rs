//! A site that is made: first as if its bare block stood there already, then Guacamole goes into it as into any other.
//!
//! So the location or section of a new site is the very one that an old site gets, and a later run finds a site like
//! any other: what certbot or a person has changed in it since stays.

mod apache;
mod compose;
mod explain;
mod nginx;
mod place;
mod text;

pub(super) use explain::explain;

use super::PlanError;
use crate::model::{
    Certificate, FileImage, Findings, Meta, NewSite, NewTls, Note, Renewal, Server, Site, Step, printable,
    printable_path,
};
use place::Place;
use std::path::{Path, PathBuf};

/// A new site's bare block in the findings, as if it stood there.
pub(super) struct Made {
    /// The findings with it.
    pub(super) findings: Findings,
    /// The site that Guacamole goes into.
    pub(super) site: Site,
    place: Place,
    /// The file as it really is; empty where it is not there.
    before: FileImage,
    /// The length of the bare block.
    len: usize,
}

impl Made {
    /// The steps as they are for the files as they really are.
    pub(super) fn real(&self, steps: Vec<Step>) -> Vec<Step> {
        let path = self.place.path();
        let mut real: Vec<Step> = steps
            .into_iter()
            .map(|step| match step {
                Step::File(change) if change.before.path == *path => {
                    Step::File(compose::compose(&self.before, self.place.offset(), self.len, &change))
                }
                step => step,
            })
            .collect();
        if let Some(link) = self.place.link() {
            real.push(link);
        }
        real
    }
}

/// The site that has a new site's name and port already.
pub(super) fn existing<'a>(findings: &'a Findings, server: Server, new: &NewSite) -> Option<&'a Site> {
    let name = new.name.to_string();
    findings.sites(server).iter().find(|site| {
        site.names.contains(&name)
            && site.listens.iter().any(|listen| listen.port == Some(new.port().number()))
            && site.shadowed_by.is_none()
    })
}

/// Puts a new site's bare block into the findings.
///
/// # Errors
/// Where its certificate cannot serve it, or there is no place in which it would take nothing from other sites.
pub(super) fn make(
    findings: &Findings,
    server: Server,
    new: &NewSite,
    root_leads_to: Option<&str>,
    notes: &mut Vec<Note>,
) -> Result<Made, PlanError> {
    let certificate = match &new.tls {
        Some(tls) => Some(certificate(findings, new, tls, notes)?),
        None => {
            notes.push(Note::warning(format!(
                "http://{} is served in the clear: everybody on the way can read the passwords. Name a certificate for it",
                new.name
            )));
            None
        }
    };
    if let Some(hooks) = certificate.and_then(|certificate| certificate.unread.as_ref()) {
        notes.push(Note::warning(format!(
            "certbot renews the certificate, and nothing makes {server} read the new one: it would serve the old one past its \
             end; a script in {} that reloads it mends that",
            printable_path(hooks)
        )));
    }
    let wanted = Wanted { new, certificate, root_leads_to };
    match server {
        Server::Nginx => nginx::make(findings, &wanted, notes),
        Server::Apache => apache::make(findings, &wanted, notes),
    }
}

/// What is to be made.
struct Wanted<'a> {
    new: &'a NewSite,
    certificate: Option<&'a Certificate>,
    root_leads_to: Option<&'a str>,
}

impl Wanted<'_> {
    /// The folder that plain HTTP must go on serving certbot's files from: it asks on port 80 alone.
    fn webroot(&self, notes: &mut Vec<Note>) -> Option<&Path> {
        let folder = self.certificate.filter(|_| self.new.http.number() == 80)?.webroot(&self.new.name)?;
        notes.push(Note::info(format!(
            "certbot renews the certificate by files in {}: plain http goes on serving those, and leads to https for the rest",
            printable_path(folder)
        )));
        Some(folder)
    }

    /// Says that certbot will not have port 80 to itself any more.
    fn warn_of_standalone(&self, notes: &mut Vec<Note>) {
        let renewal = self.certificate.and_then(|certificate| certificate.renewal.as_ref());
        if renewal == Some(&Renewal::Standalone) && self.new.http.number() == 80 {
            notes.push(Note::warning(
                "certbot renews the certificate by a server of its own on port 80, which is taken from now on: have it renewed \
                 another way, certbot certonly --nginx or --apache for one",
            ));
        }
    }
}

fn certificate<'a>(
    findings: &'a Findings,
    new: &NewSite,
    tls: &NewTls,
    notes: &mut Vec<Note>,
) -> Result<&'a Certificate, PlanError> {
    let found = findings.certificates.iter().find(|own| own.file == tls.certificate && own.key == tls.key);
    let refused =
        |message: &str| PlanError::Certificate { file: tls.certificate.clone(), message: message.to_owned() };
    let found = found.ok_or_else(|| refused("it was not found with this key"))?;
    if let Some(fault) = &found.fault {
        return Err(refused(fault));
    }
    if !found.is_for(&new.name) {
        notes.push(Note::warning(printable(&format!(
            "the certificate {} is not for {}: browsers will warn everybody who comes",
            tls.certificate.display(),
            new.name
        ))));
    }
    if tls.hsts {
        notes.push(Note::warning(format!(
            "HSTS cannot be called back: for two years browsers that were here ask for {} by https alone, and let nobody \
             past an invalid certificate",
            new.name
        )));
    }
    Ok(found)
}

/// An image of a file that is not there yet, of the owner of another.
fn absent(path: PathBuf, beside: &FileImage) -> FileImage {
    let meta = Meta { mode: 0o644, ..beside.meta };
    FileImage { target: path.clone(), path, bytes: Vec::new().into(), meta }
}

#[cfg(test)]
mod tests;
