//! Directives that a location inherits and that keep people out, or change what passes between a browser and Guacamole.

use super::load::Placed;

/// Directives that keep people out, those together that are inherited together.
pub const KEEPING_OUT: [&[&str]; 9] = [
    &["allow", "deny"],
    &["auth_basic"],
    &["auth_request"],
    &["limit_req"],
    &["limit_conn"],
    // Of modules that are not nginx's own.
    &["auth_jwt"],
    &["auth_ldap"],
    &["auth_pam"],
    &["modsecurity"],
];

/// A directive of which some values are in Guacamole's way.
#[derive(Debug)]
pub struct Inherited {
    /// Its name.
    pub name: &'static str,
    /// The value that undoes it.
    pub wanted: &'static str,
    /// Why that is needed.
    pub why: &'static str,
    is_in_the_way: fn(&str) -> bool,
}

/// All of them.
///
/// # Source
/// nginx, `ngx_http_proxy_module` and `ngx_http_headers_module`.
static ALL: [Inherited; 4] = [
    Inherited {
        name: "proxy_intercept_errors",
        wanted: "off",
        why: "the site's error pages must not replace what Guacamole itself says of an error",
        is_in_the_way: |value| value == "on",
    },
    Inherited {
        name: "proxy_pass_request_headers",
        wanted: "on",
        why: "Guacamole knows a session by a header of the request",
        is_in_the_way: |value| value == "off",
    },
    Inherited {
        name: "proxy_pass_request_body",
        wanted: "on",
        why: "a login and an upload are bodies of requests",
        is_in_the_way: |value| value == "off",
    },
    Inherited {
        name: "expires",
        wanted: "off",
        why: "a browser that keeps the answers for a while shows connections that are no more",
        // A variable is somebody's own choice by the kind of answer.
        is_in_the_way: |value| !(value == "off" || value == "epoch" || value.starts_with(['-', '$'])),
    },
];

/// Those that are in force with a value in the way, and where: of each the innermost level that has one counts.
pub fn in_the_way<'a>(levels: &[&[Placed<'a>]]) -> Vec<(Placed<'a>, &'static Inherited)> {
    let in_force = |own: &'static Inherited| {
        let mut levels = levels.iter();
        let placed = levels.find_map(|level| level.iter().rev().find(|p| p.directive.is(own.name)))?;
        (own.is_in_the_way)(&placed.directive.first_argument()).then_some((*placed, own))
    };
    ALL.iter().filter_map(in_force).collect()
}

/// The same with those that an inner level undoes, which has to go on undoing them.
pub fn to_undo(levels: &[&[Placed<'_>]]) -> Vec<&'static Inherited> {
    let [_, around @ ..] = levels else { return Vec::new() };
    let found: Vec<_> =
        in_the_way(levels).into_iter().chain(in_the_way(around)).map(|(_, own)| own.name).collect();
    ALL.iter().filter(|own| found.contains(&own.name)).collect()
}
