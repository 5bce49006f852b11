//! The environment that httpd is started in, so far as a file tells it.

use super::word::words;

/// The variables that a shell file such as Debian's `envvars` exports; the file is read, never run.
///
/// # Shape
/// Lines `export NAME=value` or `NAME=value`; quotes are taken off, `$NAME`, `${NAME}` and `${NAME:-word}` are
/// replaced by what stands above. Debian's `$SUFFIX` is empty for the one instance that has no name.
pub fn exported(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        let line = line.strip_prefix("export ").unwrap_or(line).trim();
        let Some((name, value)) = line.split_once('=') else { continue };
        let is_name =
            |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !is_name(name) {
            continue;
        }
        let value = words(value.as_bytes()).next().map(super::word::Word::into_text).unwrap_or_default();
        let value = replace_variables(&value, &found);
        found.retain(|(own, _)| own != name);
        found.push((name.to_owned(), value));
    }
    found
}

fn replace_variables(text: &str, known: &[(String, String)]) -> String {
    let value = |name: &str| known.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone());
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (name, fallback, len) = match after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some((inner, _)) => {
                let (name, fallback) = inner.split_once(":-").unwrap_or((inner, ""));
                (name, fallback, inner.len() + 2)
            }
            None => {
                let len =
                    after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(after.len());
                (&after[..len], "", len)
            }
        };
        out.push_str(&value(name).filter(|value| !value.is_empty()).unwrap_or_else(|| fallback.to_owned()));
        rest = &after[len..];
    }
    out.push_str(rest);
    out
}
