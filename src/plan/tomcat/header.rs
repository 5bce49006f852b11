//! The headers by which the valve is told who the client is.

use crate::model::Version;

/// The headers that the frontends send, by the attribute that names each.
pub(super) const HEADERS: [(&str, &str); 3] = [
    ("remoteIpHeader", "x-forwarded-for"),
    ("proxiesHeader", "x-forwarded-by"),
    ("protocolHeader", "x-forwarded-proto"),
];

/// Whether the header is Tomcat's default: `protocolHeader` has one since 7.0.94, 8.5.40 and 9.0.18.
pub(super) fn is_default(name: &str, version: Option<&Version>) -> bool {
    let since: &[u32] = match (name, version.map(Version::major)) {
        ("protocolHeader", None) => return false,
        ("protocolHeader", Some(..=7)) => &[7, 0, 94],
        ("protocolHeader", Some(8)) => &[8, 5, 40],
        ("protocolHeader", Some(_)) => &[9, 0, 18],
        _ => return true,
    };
    version.is_some_and(|version| version.at_least(since))
}
