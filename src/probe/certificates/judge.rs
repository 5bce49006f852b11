//! Whether a certificate and a key can serve a site.

use crate::model::{Certificate, printable};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use std::net::Ipv4Addr;
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

/// Fills in what the two files say, and why no site can have them.
pub(super) fn judge(certificate: &mut Certificate, pem: &[u8], key: &[u8], now: Timestamp) {
    certificate.fault = chain(certificate, pem, now).and_then(|chain| own_key(chain, key)).err();
}

/// The chain, its first certificate read.
fn chain(
    certificate: &mut Certificate,
    pem: &[u8],
    now: Timestamp,
) -> Result<Vec<CertificateDer<'static>>, String> {
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|error| format!("the certificate is no PEM: {error}"))?;
    let first = chain.first().ok_or("there is no certificate in the file")?;
    let (_, read) = X509Certificate::from_der(first)
        .map_err(|error| format!("the certificate cannot be read: {}", printable(&error.to_string())))?;
    certificate.names = names(&read);
    let (from, until) = (read.validity().not_before.timestamp(), read.validity().not_after.timestamp());
    certificate.until = day(until);
    if until < now.as_second() {
        return Err(format!("it has ended on {}", day(until).unwrap_or_default()));
    }
    if from > now.as_second() {
        return Err(format!("it begins on {}", day(from).unwrap_or_default()));
    }
    Ok(chain)
}

/// The names of the subject's alternatives; browsers look at nothing else.
fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let alternatives = certificate.subject_alternative_name().ok().flatten();
    let all = alternatives.iter().flat_map(|names| &names.value.general_names);
    all.filter_map(|name| match name {
        GeneralName::DNSName(name) => Some(printable(name)),
        GeneralName::IPAddress(bytes) => {
            <[u8; 4]>::try_from(*bytes).ok().map(|b| Ipv4Addr::from(b).to_string())
        }
        _ => None,
    })
    .collect()
}

fn own_key(chain: Vec<CertificateDer<'static>>, key: &[u8]) -> Result<(), String> {
    // The error may quote the file, which holds a secret: what it says stays here.
    let key = PrivateKeyDer::from_pem_slice(key)
        .map_err(|_| "there is no private key without a password in the key's file".to_owned())?;
    // A kind of key that this program does not know is for the servers to judge.
    let Ok(key) = any_supported_type(&key) else { return Ok(()) };
    match CertifiedKey::new(chain, key).keys_match() {
        Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::KeyMismatch)) => {
            Err("the key is another certificate's".to_owned())
        }
        _ => Ok(()),
    }
}

/// The day of a time, in UTC.
fn day(second: i64) -> Option<String> {
    let time = Timestamp::from_second(second).ok()?;
    Some(time.to_zoned(TimeZone::UTC).date().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For a.test, *.b.test and 192.0.2.7, from 2026-11-24 to 2027-11-24.
    const PEM: &[u8] = b"-----BEGIN CERTIFICATE-----
MIIBkDCCATagAwIBAgIUZkd3PO0MWhy9AhRz0oE4Lx7fNQ4wCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBYTAeFw0yNjExMjQwMjIwNTJaFw0yNzExMjQwMjIwNTJaMAwx
CjAIBgNVBAMMAWEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATstzv4faZIDKyE
v62jE72xKllgJlEMWgKSHwSHjnOkSePPEgpqN7ys4uYRmUhQwe4HDD1p/ulAKlp7
U9zsxSSfo3YwdDAdBgNVHQ4EFgQUQBvC/5b42M02GJuuYMuFY5A8c8MwHwYDVR0j
BBgwFoAUQBvC/5b42M02GJuuYMuFY5A8c8MwDwYDVR0TAQH/BAUwAwEB/zAhBgNV
HREEGjAYggZhLnRlc3SCCCouYi50ZXN0hwTAAAIHMAoGCCqGSM49BAMCA0gAMEUC
IH6IM1Co7ncrHmA26BHn9LL5pRp9eFjKWYex5qEjOsEzAiEArjFTT2MO7f5/1hzT
CDPVsYjYSz9UU+IKEApKT2743Cw=
-----END CERTIFICATE-----
";

    fn judged(pem: &[u8], key: &[u8], now: &str) -> Certificate {
        let mut certificate = Certificate {
            file: "/c".into(),
            key: "/k".into(),
            names: Vec::new(),
            until: None,
            fault: None,
            renewal: None,
            unread: None,
        };
        judge(&mut certificate, pem, key, now.parse().expect("a time"));
        certificate
    }

    #[test]
    fn names_and_days_are_read_whatever_else_is_wrong() {
        let found = judged(PEM, b"", "2027-01-01T00:00:00Z");
        assert_eq!(found.names, ["a.test", "*.b.test", "192.0.2.7"]);
        assert_eq!(found.until.as_deref(), Some("2027-11-24"));
        assert!(found.fault.is_some_and(|fault| fault.starts_with("there is no private key")));
    }

    #[test]
    fn a_certificate_that_has_ended_or_not_begun_is_no_good() {
        let fault = |now: &str| judged(PEM, b"", now).fault.unwrap_or_default();
        assert_eq!(fault("2027-11-25T00:00:00Z"), "it has ended on 2027-11-24");
        assert_eq!(fault("2026-11-23T00:00:00Z"), "it begins on 2026-11-24");
    }

    #[test]
    fn what_is_no_certificate_says_so() {
        let fault = |pem: &[u8]| judged(pem, b"", "2027-01-01T00:00:00Z").fault.unwrap_or_default();
        assert_eq!(fault(b""), "there is no certificate in the file");
        let cut = b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
        assert!(fault(cut).starts_with("the certificate cannot be read"), "{}", fault(cut));
    }
}
