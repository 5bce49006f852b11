//! Where a careful administrator would break and indent a line.

use super::Element;

/// The line ending most lines have; a file of bare carriage returns keeps them.
pub(super) fn line_ending(view: &str) -> &'static str {
    if view.contains('\r') && !view.contains('\n') {
        "\r"
    } else {
        crate::config::line_ending(view.as_bytes())
    }
}

/// The blanks before an element, where nothing else stands before it on its line.
pub(super) fn indentation(view: &str, at: usize) -> Option<&str> {
    let line = view[..at].rfind(['\n', '\r']).map_or(0, |found| found + 1);
    let before = &view[line..at];
    before.trim_start_matches('\u{feff}').chars().all(|c| c == ' ' || c == '\t').then_some(before)
}

/// The indentation of an element's children: that of its first child on a line of its own, a comment included, else
/// one step more than its own, where `parent` tells the step.
pub(super) fn child_indentation(view: &str, element: Element<'_>, parent: Option<Element<'_>>) -> String {
    let content = &view[element.start_tag().end..element.span().end];
    if let Some(found) = content.find('<')
        && !element.is_self_closed()
        && !content[found..].starts_with("</")
        && let Some(indent) = indentation(view, element.start_tag().end + found)
        && content[..found].contains(['\n', '\r'])
    {
        return indent.to_owned();
    }
    let own = indentation(view, element.span().start).unwrap_or_default();
    let outer = parent.and_then(|parent| indentation(view, parent.span().start));
    let step = outer.and_then(|outer| own.strip_prefix(outer)).filter(|step| !step.is_empty());
    format!("{own}{}", step.unwrap_or("  "))
}

/// What stands before an attribute that is added: a line break and the blanks of the one before it where that stands
/// on a line of its own, else a blank.
pub(super) fn attribute_gap<'a>(view: &'a str, element: Element<'_>) -> &'a str {
    let Some(last) = element.attributes().last() else { return " " };
    let before = &view[..last.span.start];
    let gap = &before[before.trim_end_matches([' ', '\t', '\n', '\r']).len()..];
    if gap.contains(['\n', '\r']) { gap } else { " " }
}

/// What follows a byte on its line, the line ending left out.
pub(super) fn rest_of_line(view: &str, at: usize) -> &str {
    let rest = &view[at..];
    &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())]
}

/// A value as it stands between `quote`s.
pub(super) fn escape(value: &str, quote: char) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' if quote == '"' => out.push_str("&quot;"),
            '\'' if quote == '\'' => out.push_str("&apos;"),
            c => out.push(c),
        }
    }
    out
}
