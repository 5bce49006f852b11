//! Certificates of every kind, judged at chosen times.

use super::*;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};

/// A day within every certificate's time here.
fn today() -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(
        date_time_ymd(2030, 6, 1).unix_timestamp().try_into().expect("after 1970"),
    ))
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    params.not_before = date_time_ymd(2030, 1, 1);
    params.not_after = date_time_ymd(2031, 1, 1);
    params
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = params("authority.test");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, key()).expect("a certificate")
}

/// A certificate that this authority issued.
fn issued(by: &CertifiedIssuer<'_, KeyPair>, params: &CertificateParams) -> CertificateDer<'static> {
    params.signed_by(&key(), by).expect("a certificate").der().clone()
}

fn trusting(authority: &CertifiedIssuer<'_, KeyPair>) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).expect("a root");
    roots
}

fn judged(sent: &[CertificateDer<'_>], roots: &RootCertStore) -> Certificate {
    judge(sent, "a.test", roots, today()).expect("a certificate")
}

#[test]
fn a_certificate_by_a_trusted_authority_is_believed() {
    let authority = authority();
    let certificate = judged(&[issued(&authority, &params("a.test"))], &trusting(&authority));
    let good = Certificate { sent: 1, ends_soon: false, fault: None, other_names: None };
    assert_eq!(certificate, good);
}

#[test]
fn a_certificate_for_another_name_is_told_with_its_names() {
    let authority = authority();
    let own = issued(&authority, &params("b.test"));
    let certificate = judged(std::slice::from_ref(&own), &trusting(&authority));
    assert_eq!(certificate.fault, None);
    let names = certificate.other_names.expect("the name is another");
    assert!(names.iter().any(|name| name.contains("b.test")), "{names:?}");
    // A site without a name is asked by its address, which proves nothing.
    let unnamed = judge(&[own], "127.0.0.1", &trusting(&authority), today()).expect("a certificate");
    assert_eq!(unnamed.other_names, None);
}

#[test]
fn a_self_signed_certificate_is_told_from_one_by_an_unknown_authority() {
    let own = params("a.test").self_signed(&key()).expect("a certificate").der().clone();
    assert_eq!(judged(&[own], &trusting(&authority())).fault, Some(CertificateFault::SelfSigned));
    let other = issued(&authority(), &params("a.test"));
    assert_eq!(judged(&[other], &trusting(&authority())).fault, Some(CertificateFault::UnknownIssuer));
    // Another key under the same name is another authority.
    let mut renamed = params("a.test");
    renamed.distinguished_name = rcgen::DistinguishedName::new();
    renamed.distinguished_name.push(rcgen::DnType::CommonName, "a.test");
    let own = renamed.self_signed(&key()).expect("a certificate").der().clone();
    assert_eq!(judged(&[own], &trusting(&authority())).fault, Some(CertificateFault::SelfSigned));
}

#[test]
fn a_certificate_that_is_marked_as_an_authority_s_is_told_so() {
    let mut own = params("a.test");
    own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let own = own.self_signed(&key()).expect("a certificate").der().clone();
    assert_eq!(judged(&[own], &trusting(&authority())).fault, Some(CertificateFault::Authority));
}

#[test]
fn a_certificate_out_of_its_time_is_told_so() {
    let authority = authority();
    let of = |from: i32, to: (i32, u8, u8)| {
        let mut own = params("a.test");
        own.not_before = date_time_ymd(from, 1, 1);
        own.not_after = date_time_ymd(to.0, to.1, to.2);
        judged(&[issued(&authority, &own)], &trusting(&authority))
    };
    assert_eq!(of(2029, (2030, 5, 1)).fault, Some(CertificateFault::Expired));
    assert_eq!(of(2031, (2032, 5, 1)).fault, Some(CertificateFault::NotYetValid));
    let ending = of(2029, (2030, 6, 10));
    assert_eq!((ending.fault, ending.ends_soon), (None, true));
}
