//! Secrets in lines that are shown.

mod context;
mod told;

pub use context::masked_in;

/// What an attribute's or parameter's name holds where its value is a secret, in lower case.
///
/// # Source
/// Tomcat's server.xml: `keystorePass`, `certificateKeystorePassword`, `connectionPassword`, `secret`,
/// `requiredSecret`, `credentials`, `encryptionKey` of a cluster. httpd: `ProxyPass … secret=`, `DBDParams "… pass=…"`.
/// Addresses: `?token=`, `?access_token=`.
const SECRET: [&str; 7] = ["pass", "secret", "credential", "token", "pwd", "apikey", "encryptionkey"];

/// How a directive's or variable's name ends where what follows is a secret, in lower case.
///
/// # Source
/// httpd: `AuthLDAPBindPassword`, `SessionCryptoPassphrase`, `OIDCClientSecret`; nginx: `secure_link_secret`. What ends
/// in `File` or `Dialog` (`ssl_password_file`, `SSLPassPhraseDialog`) names a path, and `*_pass` an address.
const SECRET_ENDS: [&str; 6] = ["password", "passwd", "passphrase", "secret", "api_key", "token"];

/// How a variable's or parameter's name ends, besides, where its value is a secret, in lower case.
const SECRET_VARIABLES: [&str; 13] = [
    "pass",
    "pwd",
    "_pw",
    "dbpw",
    "bearer",
    "credentials",
    "authorization",
    "secret_key",
    "access_key",
    "private_key",
    "auth_key",
    "encryption_key",
    "apikey",
];

/// Directives whose first word is a name and what follows its value.
const SETTERS: [&str; 8] =
    ["set", "setenv", "define", "env", "fastcgi_param", "uwsgi_param", "scgi_param", "secure_link_md5"];

/// Directives that give a header, by name and value.
const HEADER_SETTERS: [&str; 5] =
    ["proxy_set_header", "grpc_set_header", "add_header", "requestheader", "header"];

/// How a header's name ends whose value is a secret, in lower case.
const SECRET_HEADERS: [&str; 9] =
    ["authorization", "token", "secret", "password", "passwd", "-pass", "api-key", "apikey", "access-key"];

/// A line as a person may see it: what is a secret in it is masked, be it of Tomcat, nginx or httpd.
pub fn masked(line: &str) -> String {
    told::masked(directives(&attributes(&addresses(line))))
}

/// The secret words of directives masked, of which nginx may have several on a line.
fn directives(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(end_of_directive(rest));
        match secret_words(piece) {
            Some(at) => out.push_str(&words_masked(piece, at)),
            None => out.push_str(piece),
        }
        rest = after;
    }
    out
}

/// Where a directive of nginx ends: with its semicolon or brace outside of quotes, which no variable's brace is.
fn end_of_directive(text: &str) -> usize {
    let (mut quote, mut escaped, mut before, mut in_variable) = (None, false, ' ', false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            _ if escaped => {}
            (Some(open), c) if open == c => quote = None,
            (None, '"' | '\'') if before.is_whitespace() => quote = Some(c),
            (None, '{') if matches!(before, '$' | '%') => in_variable = true,
            (None, '}') if in_variable => in_variable = false,
            (None, ';' | '{' | '}') => return at + 1,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        before = c;
    }
    text.len()
}

fn is_secret_header(name: &str) -> bool {
    let name = bare(name).trim_end_matches(':').to_ascii_lowercase();
    name == "cookie" || SECRET_HEADERS.iter().any(|end| name.ends_with(end))
}

/// The passwords in addresses masked: `http://user:***@host`.
fn addresses(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("://") {
        let (head, tail) = rest.split_at(at + 3);
        out.push_str(head);
        let end = tail.find(|c: char| c.is_whitespace() || "/\"'<>;".contains(c)).unwrap_or(tail.len());
        let user = tail[..end].rfind('@').and_then(|at| Some((tail[..at].find(':')?, at)));
        if let Some((colon, at)) = user {
            out.push_str(&tail[..=colon]);
            out.push_str("***");
            rest = &tail[at..];
        } else {
            rest = tail;
        }
    }
    out + rest
}

/// The values of attributes and parameters masked.
fn attributes(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('=') {
        let (head, tail) = rest.split_at(at);
        let value = tail[1..].trim_start();
        let gap = tail.len() - value.len();
        out.push_str(head);
        if !is_secret(head) {
            out.push('=');
            rest = &tail[1..];
            continue;
        }
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let end = match quote {
            Some(quote) => value[1..].find(quote).map_or(value.len(), |end| end + 1),
            // What is not in quotes follows at once, or is none.
            None if gap == 1 => {
                value.find(|c: char| c.is_whitespace() || "\"'<>;,&=".contains(c)).unwrap_or(value.len())
            }
            None => 0,
        };
        out.push_str(&tail[..gap]);
        out.extend(quote);
        if end > 0 {
            out.push_str("***");
        }
        rest = &value[end..];
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

/// Where the words of a directive begin that are a secret.
fn secret_words(line: &str) -> Option<usize> {
    // A diff's sign and a comment's are no part of the directive.
    let start = line.len() - line.trim_start_matches([' ', '\t', '+', '-', '#']).len();
    let mut words = Words { line, at: start };
    let (_, name) = words.next()?;
    let name = name.to_ascii_lowercase();
    let is_header = HEADER_SETTERS.contains(&name.as_str());
    if is_header {
        words.by_ref().take(4).find(|(_, word)| is_secret_header(word))?;
        return Some(words.at);
    }
    if name == "secure_link_md5" || ends_in_secret(&name) {
        // An attribute whose name begins a line is another matter.
        return (!line[words.at..].trim_start().starts_with('=')).then_some(words.at);
    }
    if SETTERS.contains(&name.as_str()) {
        let (_, variable) = words.next()?;
        let variable = bare(variable).to_ascii_lowercase();
        let is_named =
            ends_in_secret(&variable) || SECRET_VARIABLES.iter().any(|end| variable.ends_with(end));
        return is_named.then_some(words.at);
    }
    None
}

fn ends_in_secret(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || "_-$".contains(c))
        && SECRET_ENDS.iter().any(|end| name.ends_with(end))
}

/// The words of a line from there on masked, but for those that only name a variable.
fn words_masked(line: &str, at: usize) -> String {
    let mut out = line[..at].to_owned();
    let mut end = at;
    // Of the two, nginx alone writes its directives small: to httpd a dollar is a letter of a password.
    let is_nginx =
        out.trim_start_matches([' ', '\t', '+', '-', '#']).starts_with(|c: char| c.is_ascii_lowercase());
    for (start, word) in (Words { line, at }) {
        out.push_str(&line[end..start]);
        end = start + word.len();
        let quote = word.chars().next().filter(|c| matches!(c, '"' | '\''));
        let inner = bare(word);
        let is_variable = is_nginx && inner.starts_with('$') && !inner.contains([' ', '/', ':'])
            || inner.starts_with("%{") && inner.find('}').is_some_and(|at| inner.len() - at <= 2)
            || inner.starts_with("expr=");
        if inner.is_empty() || is_variable || inner == "***" || inner == "always" || inner == "\\" {
            out.push_str(word);
        } else {
            out.extend(quote);
            out.push_str("***");
            out.extend(quote.filter(|_| word.len() > inner.len() + 1));
        }
    }
    out + &line[end..]
}

/// A word without its quotes.
fn bare(word: &str) -> &str {
    match word.chars().next() {
        Some(quote @ ('"' | '\'')) => word[1..].strip_suffix(quote).unwrap_or(&word[1..]),
        _ => word,
    }
}

/// The words of a directive, quoted ones whole, each with its offset.
struct Words<'a> {
    line: &'a str,
    at: usize,
}

impl<'a> Iterator for Words<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.line[self.at..];
        let start = self.at + rest.find(|c: char| !c.is_whitespace() && !";{}>".contains(c))?;
        let word = &self.line[start..];
        let len = match word.chars().next()? {
            quote @ ('"' | '\'') => closing(word, quote),
            _ => {
                word.find(|c: char| c.is_whitespace() || ";{}>".contains(c) && !word.starts_with(['$', '%']))
            }
        };
        // A variable in braces ends with its blank or its directive.
        let len = len.unwrap_or(word.len());
        let len = match word[..len].strip_suffix(';') {
            Some(shorter) if !word.starts_with(['"', '\'']) => shorter.len(),
            _ => len,
        };
        self.at = start + len;
        Some((start, &self.line[start..start + len]))
    }
}

/// The length of a quoted word, its quotes included.
fn closing(word: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    word.char_indices().skip(1).find_map(|(at, c)| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        closes.then_some(at + 1)
    })
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

    #[test]
    fn a_secret_of_nginx_or_httpd_is_masked() {
        for (line, shown) in [
            (
                "    proxy_set_header Authorization \"Basic cGFzc3cwcmQ=\";\n",
                "    proxy_set_header Authorization \"***\";\n",
            ),
            ("+\tproxy_set_header X-Api-Key passw0rd;", "+\tproxy_set_header X-Api-Key ***;"),
            (
                "RequestHeader set Authorization \"Basic cGFz\" \"expr=x\"",
                "RequestHeader set Authorization \"***\" \"expr=x\"",
            ),
            ("Header always set Set-Cookie \"a\"", "Header always set Set-Cookie \"a\""),
            ("#AuthLDAPBindPassword passw0rd", "#AuthLDAPBindPassword ***"),
            ("AuthLDAPBindPassword \"exec:/bin/x passw0rd\"", "AuthLDAPBindPassword \"***\""),
            ("AuthLDAPBindPassword $passw0rd", "AuthLDAPBindPassword ***"),
            ("SessionCryptoPassphrase passw0rd two", "SessionCryptoPassphrase *** ***"),
            ("secure_link_secret passw0rd;", "secure_link_secret ***;"),
            ("secure_link_md5 \"$uri passw0rd\";", "secure_link_md5 \"***\";"),
            ("SetEnv DB_PASSWORD passw0rd", "SetEnv DB_PASSWORD ***"),
            ("set $db_secret 'passw0rd';", "set $db_secret '***';"),
            ("set $token \"passw0rd", "set $token \"***"),
            (
                "ProxyPassReverse / http://user:passw0rd@10.0.0.1:8080/g/",
                "ProxyPassReverse / http://user:***@10.0.0.1:8080/g/",
            ),
            ("proxy_pass http://u:p:w@ss@h;", "proxy_pass http://u:***@h;"),
            (
                "ProxyPass / ajp://h:8009/ secret=passw0rd retry=0",
                "ProxyPass / ajp://h:8009/ secret=*** retry=0",
            ),
            ("DBDParams \"host=h pass=passw0rd user=u\"", "DBDParams \"host=h pass=*** user=u\""),
            ("RequestHeader set X-Remote-Password passw0rd", "RequestHeader set X-Remote-Password ***"),
            ("proxy_set_header X-Amz-Security-Token passw0rd;", "proxy_set_header X-Amz-Security-Token ***;"),
            ("fastcgi_param DB_PASS passw0rd;", "fastcgi_param DB_PASS ***;"),
            ("SetEnv SECRET_KEY passw0rd", "SetEnv SECRET_KEY ***"),
            ("return 301 https://h/?token=passw0rd&a=b;", "return 301 https://h/?token=***&a=b;"),
            (
                "location /y { proxy_set_header Authorization \"Basic passw0rd;\"; proxy_pass http://h; }",
                "location /y { proxy_set_header Authorization \"***\"; proxy_pass http://h; }",
            ),
            ("set $a ${b}; set $token passw0rd; # c", "set $a ${b}; set $token ***; # c"),
        ] {
            assert_eq!(masked(line), shown);
            assert_eq!(masked(&masked(line)), shown, "twice is once");
        }
    }

    #[test]
    fn a_path_a_variable_or_an_address_is_no_secret() {
        for line in [
            "AuthUserFile /etc/apache2/passwords",
            "auth_basic_user_file /etc/nginx/htpasswd;",
            "ssl_password_file /etc/keys/global.pass;",
            "SSLPassPhraseDialog exec:/usr/share/apache2/ask-for-passphrase",
            "proxy_set_header Authorization \"\";",
            "proxy_set_header Authorization $http_authorization;",
            "proxy_set_header Cookie ${http_cookie};",
            "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
            "RequestHeader unset Authorization",
            "RequestHeader set X-Forwarded-Proto \"https\"",
            "RequestHeader set Authorization %{AUTH}e",
            "proxy_pass_header Authorization;",
            "ProxyPass /g/ http://127.0.0.1:8080/g/ flushpackets=on",
            "proxy_pass http://[::1]:8080/guacamole/;",
            "set $upstream http://h:8080;",
            "<!-- Use the LockOutRealm to prevent attempts to guess user passwords -->",
            "        # Pass the token on to Tomcat",
            "if ($arg_a = b) { return 301 https://$host:8443$request_uri; }",
            "\u{fffd} é ü { } ; \"",
        ] {
            assert_eq!(masked(line), line);
        }
    }
}
