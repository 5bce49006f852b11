//! What keeps a WebSocket from being opened, whatever hands it on.

use super::load::Item;

/// Whether a directive takes the wish for a WebSocket out of requests, or hands them on in a version that has none.
///
/// # Source
/// `mod_proxy`, environment variables, and `mod_headers`, measured with httpd 2.4.71: `proxy-nokeepalive` and a lost
/// `Connection` do no harm.
pub fn loses_upgrade(item: &Item) -> bool {
    let arguments = item.arguments();
    let is = |at: usize, word: &str| {
        arguments.get(at).is_some_and(|own| own.trim_end_matches(':').eq_ignore_ascii_case(word))
    };
    match item.name.as_str() {
        "requestheader" => is(0, "unset") && is(1, "Upgrade"),
        "setenv" => is(0, "force-proxy-request-1.0"),
        _ => false,
    }
}
