//! The questions about a site that is to be made.

use super::choice::Choice;
use crate::model::{Certificate, Draft, Findings, Host, NewSiteDraft, NewSiteField, yes_no};

/// The word for a site without a certificate.
const NONE: &str = "none";

/// The entry of the list of sites that stands for one that is not there yet.
pub(super) fn choice() -> Choice {
    Choice {
        label: "a new one".into(),
        detail: "with a name of its own".into(),
        enabled: true,
        picked: false,
    }
}

/// The question's name on screen.
pub(super) fn caption(field: NewSiteField) -> &'static str {
    match field {
        NewSiteField::Name => "Name",
        NewSiteField::HttpPort => "HTTP port",
        NewSiteField::HttpsPort => "HTTPS port",
        NewSiteField::Certificate => "Certificate",
        NewSiteField::Key => "Key",
        NewSiteField::Redirect => "Lead to https",
        NewSiteField::Hsts => "HSTS",
    }
}

/// Why it is asked and what would do.
pub(super) fn help(field: NewSiteField) -> &'static str {
    match field {
        NewSiteField::Name => {
            "What people type into the browser, such as guac.example.org. DNS must lead here."
        }
        NewSiteField::HttpPort => "80, unless something else has it.",
        NewSiteField::HttpsPort => "443, unless something else has it. Without a certificate it is not used.",
        NewSiteField::Certificate => {
            "Found under /etc/letsencrypt and where other sites have theirs, and checked: it has not ended and its key is \
             its own. With none, passwords cross the network in the clear."
        }
        NewSiteField::Key => "The key that was found beside the certificate.",
        NewSiteField::Redirect => {
            "Plain http then only leads to https, so that nobody sends a password in the clear by an old bookmark."
        }
        NewSiteField::Hsts => {
            "Tells browsers to ask for this name by https alone for two years. It cannot be called back: without a valid \
             certificate nobody gets in any more."
        }
    }
}

/// What the machine suggests for a new site: the first certificate that is good, and its name.
pub(super) fn suggested(findings: &Findings) -> NewSiteDraft {
    let mut draft = NewSiteDraft::default();
    if let Some(certificate) = findings.certificates.iter().find(|certificate| certificate.fault.is_none()) {
        take(&mut draft, certificate);
        let is_plain = |name: &&String| !name.contains('*') && Host::parse(name).is_ok();
        draft.name = certificate.names.iter().find(is_plain).cloned().unwrap_or_default();
    }
    draft
}

fn take(draft: &mut NewSiteDraft, certificate: &Certificate) {
    draft.certificate = certificate.file.to_string_lossy().into_owned();
    draft.key = certificate.key.to_string_lossy().into_owned();
}

/// The entries of a list question.
pub(super) fn choices(findings: &Findings, draft: &Draft, field: NewSiteField) -> Vec<Choice> {
    let Some(site) = &draft.new_site else { return Vec::new() };
    let words = |yes: &str, no: &str| {
        [("yes", yes), ("no", no)]
            .map(|(label, detail)| Choice {
                label: label.into(),
                detail: detail.into(),
                enabled: true,
                picked: site.text(field) == label,
            })
            .into()
    };
    match field {
        NewSiteField::Certificate => certificates(findings, site),
        NewSiteField::Key => {
            let label = if site.key.is_empty() { NONE } else { &site.key };
            vec![Choice { label: label.into(), detail: String::new(), enabled: true, picked: true }]
        }
        NewSiteField::Redirect => words("http only leads to https", "http is not answered under this name"),
        NewSiteField::Hsts => words("https alone for two years", "browsers are told nothing"),
        NewSiteField::Name | NewSiteField::HttpPort | NewSiteField::HttpsPort => Vec::new(),
    }
}

fn certificates(findings: &Findings, site: &NewSiteDraft) -> Vec<Choice> {
    let found = findings.certificates.iter().map(|certificate| {
        let label = certificate.file.to_string_lossy().into_owned();
        let until = certificate.until.as_ref().map(|day| format!("until {day}"));
        let names = Some(certificate.names.join(" ")).filter(|names| !names.is_empty());
        let detail = match &certificate.fault {
            Some(fault) => fault.clone(),
            None => names.into_iter().chain(until).collect::<Vec<_>>().join(", "),
        };
        Choice { picked: site.certificate == label, label, detail, enabled: certificate.fault.is_none() }
    });
    let none = Choice {
        label: NONE.into(),
        detail: "plain http, passwords in the clear".into(),
        enabled: true,
        picked: site.certificate.is_empty(),
    };
    found.chain([none]).collect()
}

/// Picks an entry of a list question.
pub(super) fn pick(findings: &Findings, draft: &mut Draft, field: NewSiteField, at: usize) {
    let Some(site) = &mut draft.new_site else { return };
    let word = yes_no(at == 0);
    match field {
        NewSiteField::Certificate => match findings.certificates.get(at) {
            Some(certificate) => take(site, certificate),
            None => (site.certificate, site.key) = (String::new(), String::new()),
        },
        NewSiteField::Redirect => word.clone_into(&mut site.redirect),
        NewSiteField::Hsts => word.clone_into(&mut site.hsts),
        NewSiteField::Name | NewSiteField::HttpPort | NewSiteField::HttpsPort | NewSiteField::Key => {}
    }
}
