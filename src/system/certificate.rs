//! The certificate that a server shows, held against what this machine trusts.

use super::ask::{AskError, DEADLINE, Peer};
use super::{System, tls};
use crate::model::printable;
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error, RootCertStore};
use std::net::{IpAddr, TcpStream};
use std::time::Duration;

/// So long before its end a certificate should have been renewed: ACME clients do it 30 days before.
const SOON: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// What a browser would think of a server's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// How many certificates the server sends.
    pub sent: usize,
    /// Whether its chain is held to be over in two weeks.
    pub ends_soon: bool,
    /// Why a browser would warn.
    pub fault: Option<CertificateFault>,
    /// The names it is for, where the one that was asked for is not among them.
    pub other_names: Option<Vec<String>>,
}

/// Why a certificate's chain is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateFault {
    /// It is its own issuer.
    SelfSigned,
    /// It is marked as an authority's, which no server's may be; `openssl req -x509` makes such.
    Authority,
    /// Nothing that this machine trusts has issued it.
    UnknownIssuer,
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// Something else, in the words of the TLS library.
    Other(String),
}

impl System {
    /// Asks a server for its certificate and judges it as a browser on this machine would.
    ///
    /// # Errors
    /// Where there is no connection, or nobody speaks TLS there.
    pub fn certificate(&self, peer: &Peer) -> Result<Certificate, AskError> {
        let stream = TcpStream::connect_timeout(&peer.connect, DEADLINE)?;
        stream.set_read_timeout(Some(DEADLINE))?;
        stream.set_write_timeout(Some(DEADLINE))?;
        let mut client = tls::client(stream, &peer.host)?;
        while client.conn.is_handshaking() {
            client.conn.complete_io(&mut client.sock)?;
        }
        let sent: Vec<CertificateDer<'static>> = client
            .conn
            .peer_certificates()
            .unwrap_or_default()
            .iter()
            .map(|c| c.clone().into_owned())
            .collect();
        // The farewell of TLS; a server that is gone needs none.
        client.conn.send_close_notify();
        let _ = client.conn.complete_io(&mut client.sock);
        judge(&sent, &peer.host, &trusted(), UnixTime::now())
    }
}

/// What this machine trusts.
fn trusted() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

fn judge(
    sent: &[CertificateDer<'_>],
    host: &str,
    roots: &RootCertStore,
    now: UnixTime,
) -> Result<Certificate, AskError> {
    let [own, issuers @ ..] = sent else {
        return Err(AskError::Tls("the server shows no certificate".into()));
    };
    let failed = |error: &Error| AskError::Tls(printable(&error.to_string()));
    let parsed = ParsedCertificate::try_from(own).map_err(|error| failed(&error))?;
    let believed = |roots: &RootCertStore, now| {
        let provider = ring::default_provider();
        let all = provider.signature_verification_algorithms.all;
        verify_server_cert_signed_by_trust_anchor(&parsed, roots, issuers, now, all)
    };
    let fault = match believed(roots, now) {
        Ok(()) => None,
        // A bad signature is one by a known name with another key: an authority that was made anew.
        Err(Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature)) => {
            let mut itself = RootCertStore::empty();
            let is_own_issuer =
                itself.add(own.clone().into_owned()).is_ok() && believed(&itself, now).is_ok();
            Some(if is_own_issuer { CertificateFault::SelfSigned } else { CertificateFault::UnknownIssuer })
        }
        Err(error) => Some(fault(&error)),
    };
    let later = UnixTime::since_unix_epoch(Duration::from_secs(now.as_secs()) + SOON);
    let ends_soon = fault.is_none() && believed(roots, later).is_err();
    Ok(Certificate { sent: sent.len(), ends_soon, fault, other_names: other_names(&parsed, host) })
}

fn fault(error: &Error) -> CertificateFault {
    match error {
        Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            CertificateFault::Expired
        }
        Error::InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
        ) => CertificateFault::NotYetValid,
        // Said before the issuer is looked at, and by no variant of its own.
        Error::InvalidCertificate(CertificateError::Other(other))
            if other.to_string() == "CaUsedAsEndEntity" =>
        {
            CertificateFault::Authority
        }
        other => CertificateFault::Other(printable(&other.to_string())),
    }
}

/// The names of a certificate that is not for this host; a host without a name is held against none.
fn other_names(parsed: &ParsedCertificate<'_>, host: &str) -> Option<Vec<String>> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if bare.parse::<IpAddr>().is_ok() {
        return None;
    }
    let name = ServerName::try_from(bare).ok()?;
    match verify_server_name(parsed, &name) {
        Err(Error::InvalidCertificate(CertificateError::NotValidForNameContext { presented, .. })) => {
            Some(presented.iter().map(|name| printable(name)).collect())
        }
        Err(_) => Some(Vec::new()),
        Ok(()) => None,
    }
}

#[cfg(test)]
mod tests;
