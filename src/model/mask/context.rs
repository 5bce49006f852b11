//! A secret that stands on another line than the name that tells so.

use super::{HEADER_SETTERS, SETTERS, Words, ends_in_secret, is_secret, masked};
use std::ops::Range;

/// How many lines a name and its value may be apart.
const LINES: usize = 8;
/// How long the lines before may be that are looked at; a person writes no longer ones.
///
/// # Units
/// Bytes.
const LONG: usize = 8 << 10;

/// A line of a file as a person may see it, as [`masked`], but a secret is also masked where its name stands on a line
/// before: an attribute's value on its own line, a directive that goes on.
pub fn masked_in(file: &[u8], line: Range<usize>) -> String {
    let own = String::from_utf8_lossy(&file[line.clone()]);
    let alone = masked(&own);
    let mut start = line.start;
    for _ in 0..LINES {
        if start == 0 || line.start - start > LONG {
            break;
        }
        start = memchr::memrchr(b'\n', &file[..start - 1]).map_or(0, |at| at + 1);
        let before = String::from_utf8_lossy(&file[start..line.start]);
        if is_open(&before, &own) {
            // httpd joins a line that ends with a backslash to the next: there is no backslash in what it reads.
            let before = before.replace("\\\n", " \n").replace("\\\r\n", " \r\n");
            let shown = going_on(&before, &own, &alone);
            // Read from here on the line is as it is alone: what it belongs to may begin on a line further up.
            if shown != alone {
                return shown;
            }
        }
    }
    alone
}

/// The line masked as the end of what was begun before it.
fn going_on(before: &str, own: &str, alone: &str) -> String {
    let whole = masked(&format!("{before}{own}"));
    let feeds = |text: &str| text.matches('\n').count();
    if feeds(&whole) != feeds(before) + feeds(own) {
        // The value began before and ends here, or further on: what of it is the value is not told apart.
        let (indent, end) = (own.len() - own.trim_start().len(), own.trim_end().len());
        return if end > indent { format!("{}***{}", &own[..indent], &own[end..]) } else { own.to_owned() };
    }
    let at = whole.match_indices('\n').nth(feeds(before) - 1).map_or(0, |(at, _)| at + 1);
    let ended = &whole[at..];
    // What the lines before it hide of a line may leave a secret of its own.
    if ended == own { alone.to_owned() } else { masked(ended) }
}

/// Whether what is written there goes on in the next line, and a secret may be what is to come.
fn is_open(text: &str, next: &str) -> bool {
    let is_named = || next.trim_start().starts_with('=') && is_secret(text);
    text.trim_end().ends_with('\\')
        || attribute_is_open(text)
        || is_named()
        || directive_is_open(text)
        || tag_is_open(text)
}

/// Whether it is an element that is not closed and may tell by its name what its value is.
fn tag_is_open(text: &str) -> bool {
    text.trim_start().starts_with('<') && !text.contains('>') && text.contains("name")
}

/// Whether it ends before or within the value of a secret.
fn attribute_is_open(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find('=') {
        let (head, tail) = rest.split_at(at);
        let value = tail[1..].trim_start();
        rest = &tail[1..];
        if is_secret(head) {
            match value.chars().next() {
                None => return true,
                Some(quote @ ('"' | '\'')) => match value[1..].find(quote) {
                    None => return true,
                    Some(end) => rest = &value[end + 2..],
                },
                Some(_) => {}
            }
        }
    }
    false
}

/// Whether it is a directive of nginx that has not come to its value yet.
fn directive_is_open(text: &str) -> bool {
    if text.trim_end().ends_with([';', '{', '}']) {
        return false;
    }
    let mut words = Words { line: text, at: 0 };
    let Some((_, name)) = words.next() else { return false };
    let has_value_in_third = HEADER_SETTERS.contains(&name) || SETTERS.contains(&name);
    match words.count() {
        0 => has_value_in_third || ends_in_secret(name),
        1 => has_value_in_third,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with every line masked where it stands.
    fn shown(text: &str) -> String {
        let mut at = 0;
        text.split_inclusive('\n')
            .map(|line| {
                at += line.len();
                masked_in(text.as_bytes(), at - line.len()..at)
            })
            .collect()
    }

    #[test]
    fn a_value_on_another_line_than_its_name_is_masked() {
        for (text, wanted) in [
            ("<C keystorePass=\n  \"passw0rd\" port=\"1\"/>\n", "<C keystorePass=\n  \"***\" port=\"1\"/>\n"),
            ("<C keystorePass\n  =\n \"passw0rd\"\n/>", "<C keystorePass\n  =\n \"***\"\n/>"),
            ("<C secret='\n  passw0rd\n' a='b'>\n<D/>\n", "<C secret='***  ***\n***\n<D/>\n"),
            (
                "AuthLDAPBindPassword \\\n  passw0rd\nRequire valid-user\n",
                "AuthLDAPBindPassword \\\n  ***\nRequire valid-user\n",
            ),
            ("SetEnv \\\r\n  DB_PASSWORD \\\r\n  passw0rd\r\n", "SetEnv \\\r\n  DB_PASSWORD \\\r\n  ***\r\n"),
            (
                "RequestHeader set \\\n Authorization \\\n \"Basic passw0rd\"\n",
                "RequestHeader set \\\n Authorization \\\n \"***\"\n",
            ),
            (
                "proxy_set_header Authorization\n    \"Basic passw0rd\";\nb c;\n",
                "proxy_set_header Authorization\n    \"***\";\nb c;\n",
            ),
            (
                "proxy_set_header\n  Authorization\n  passw0rd;\n",
                "proxy_set_header\n  Authorization\n  ***;\n",
            ),
            ("set $db_secret\n  'passw0rd';\n", "set $db_secret\n  '***';\n"),
            (
                "<Environment name=\"db.password\"\n  value=\"passw0rd\" type=\"x\"/>\n",
                "<Environment name=\"db.password\"\n  value=\"***\" type=\"x\"/>\n",
            ),
            ("secure_link_secret\n passw0rd;\n", "secure_link_secret\n ***;\n"),
        ] {
            assert_eq!(shown(text), wanted);
        }
    }

    #[test]
    fn what_is_no_secret_stays_whatever_stands_before_it() {
        for text in [
            "# guess user passwords\n<Valve a=\"b\"/>\n",
            "SSLCipherSuite a:\\\n  b:c\nProxyPass / http://h:1/\n",
            "proxy_set_header X-Forwarded-For\n  $proxy_add_x_forwarded_for;\nlisten 80;\n",
            "proxy_set_header Authorization\n  $http_authorization;\n",
            "set $upstream\n http://h:1;\n",
            "location / {\n  proxy_pass http://h;\n}\n",
            "<Engine name=\"a\"\n   defaultHost=\"b\">\n",
            "proxy_pass\n  http://127.0.0.1:8080/guacamole/;\n",
            "\n\n\u{e9}\n",
        ] {
            assert_eq!(shown(text), text);
        }
    }
}
