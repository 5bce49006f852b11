//! Secrets in lines that are shown.

/// What an attribute's name holds where its value is a secret, in lower case.
///
/// # Source
/// Tomcat's server.xml: `keystorePass`, `certificateKeystorePassword`, `connectionPassword`, `secret`,
/// `requiredSecret`, `credentials`.
const SECRET: [&str; 3] = ["pass", "secret", "credential"];

/// A line as a person may see it: the values of attributes that hold a secret are masked.
pub fn masked(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('=') {
        let (head, tail) = rest.split_at(at);
        let value = tail[1..].trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let gap = tail.len() - value.len();
        match quote {
            Some(quote) if is_secret(head) => {
                let end = value[1..].find(quote).map_or(value.len(), |end| end + 1);
                out.push_str(head);
                out.push_str(&tail[..gap]);
                out.push(quote);
                out.push_str("***");
                rest = &value[end..];
            }
            _ => {
                out.push_str(head);
                out.push('=');
                rest = &tail[1..];
            }
        }
    }
    out + rest
}

/// Whether the text ends in the name of an attribute that holds a secret.
fn is_secret(head: &str) -> bool {
    let head = head.trim_end();
    let start =
        head.rfind(|c: char| !c.is_ascii_alphanumeric() && !"_-.:".contains(c)).map_or(0, |at| at + 1);
    let name = head.get(start..).unwrap_or_default().to_ascii_lowercase();
    SECRET.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_secret_is_masked_and_nothing_else() {
        for (line, shown) in [
            (
                r#"<Connector keystorePass="passw0rd" port="1"/>"#,
                r#"<Connector keystorePass="***" port="1"/>"#,
            ),
            ("secret = 'passw0rd' a='b'", "secret = '***' a='b'"),
            (r#"connectionPassword="passw0rd"#, r#"connectionPassword="***"#),
            ("proxy_pass http://a?b=\"c\";", "proxy_pass http://a?b=\"c\";"),
            ("ProxyPass /a http://b retry=0", "ProxyPass /a http://b retry=0"),
            ("é=\"x\" == password=", "é=\"x\" == password="),
        ] {
            assert_eq!(masked(line), shown);
        }
    }
}
