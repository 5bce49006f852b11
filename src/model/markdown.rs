//! Text in Markdown that stays the text it is.

/// Text in which nothing is taken for Markdown or HTML.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '|' | '[' | ']' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// A code span.
pub fn code(text: &str) -> String {
    let fence = "`".repeat(longest_run(text) + 1);
    format!("{fence} {text} {fence}")
}

/// A block of code in a language, its lines ended.
pub fn block(language: &str, text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("{fence}{language}\n{text}{end}{fence}\n")
}

/// A fence is longer than any run of backticks within.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_file_is_no_markdown() {
        assert_eq!(escaped("<b> *a* | [x](y)"), "&lt;b> \\*a\\* \\| \\[x\\](y)");
        assert_eq!(code("a ``b"), "``` a ``b ```");
        assert_eq!(block("xml", "```\n<a/>"), "````xml\n```\n<a/>\n````\n");
    }
}
