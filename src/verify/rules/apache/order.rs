//! Which of two that match a request is asked.

use crate::config::apache::{Form, Section};

/// Whether requests that both match go to the first of two sections, each given with where it stands.
///
/// # Source
/// httpd's `mod_proxy`, measured with 2.4.71: of sections the last that matches counts, a section before any line with a
/// path, and of lines the first. But `proxy_pre_translate_name` looks before all others at those that have `mapping=`.
pub(super) fn comes_first(own: (usize, &Section<'_>), other: (usize, &Section<'_>)) -> bool {
    if own.1.form == Form::Location && other.1.form == Form::Location {
        return own.0 > other.0;
    }
    let rank = |(at, section): (usize, &Section<'_>)| {
        (section.parameter("mapping").is_none(), section.form == Form::Path, at)
    };
    rank(own) < rank(other)
}
