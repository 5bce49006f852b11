//! A secret that is told by something else than an attribute's or a directive's own name: by what is compared with it, by
//! a name beside it, by its own form, or in a comment by a person.

use regex::bytes::{Regex, RegexBuilder};
use std::sync::OnceLock;

/// What a header, a variable or a word of a comment ends in that names a secret.
const NAME: &str = "[a-z0-9_.-]*(?:password|passwd|passphrase|passcode|secret|credentials?|token|bearer|authorization|\
                    (?:api|access|secret|private|auth|encryption)[_-]?key|[_-]pass|pwd|[_-]pw)";
/// What is compared or given: in quotes whole, else up to the next blank. A pattern is none.
const VALUE: &str = r#"(?:"([^"(*]+)"|'([^'(*]+)'|([a-z0-9][^ \t\r\n"'(){}*]*))"#;
/// An element's attribute that says which secret its value is.
const NAMED: &str = r#"name[ \t]*=[ \t]*["'][^"']*(?:pass|secret|token|credential|pwd)[^"']*["']"#;
/// That value.
const GIVEN: &str = r#"value[ \t]*=[ \t]*(?:"([^"]+)"|'([^']+)')"#;

/// A way in which a line tells that something in it is a secret; lines are looked at in lower case.
struct Rule {
    /// One of these is in each line that the pattern can match: it takes long to make ready.
    hints: &'static [&'static str],
    /// Its groups are what is masked; `NAME` and the like stand for those above.
    pattern: &'static str,
    ready: OnceLock<Regex>,
}

/// # Source
/// nginx: variables `$http_NAME`, `$arg_NAME`, `$cookie_NAME` of `ngx_http_core_module`. httpd: `expr` and `RewriteCond`
/// with `%{HTTP:NAME}`, `SetEnvIf`, `AuthBasicFake`, `SSLPassPhraseDialog |PROGRAM`, `SSLSRPUnknownUserSeed`. Tomcat:
/// `Environment` and `Parameter` by `name` and `value`; Oracle's `jdbc:oracle:thin:USER/PASSWORD@`. crypt(5) and httpd's
/// `password_encryptions` for what a password file holds.
static RULES: [Rule; 13] = [
    rule(
        &["pass", "secret", "credential", "token", "bearer", "authorization", "key:", "pwd:", "pw:"],
        r"NAME:[ \t]*([^ \t\r\n/$%*:<>][^\r\n<>]*)",
    ),
    rule(
        &["$http_", "$arg_", "$cookie_"],
        r"\$(?:(?:http|arg)_NAME|cookie_[a-z0-9_]+)[ \t]*(?:!?~\*?|!=|=)[ \t]*VALUE",
    ),
    rule(
        &["%{http"],
        r#"%\{http(?::NAME|[:_]cookie)\}["']?(?:[ \t]*(?:[=!]=|[=!]~|-eq|=)[ \t]*|[ \t]+)VALUE"#,
    ),
    rule(&["setenvif"], r"^[ \t+#-]*setenvif(?:nocase)?[ \t]+NAME[ \t]+VALUE"),
    rule(&["value"], r"<[^<>]*NAMED[^<>]*GIVEN"),
    rule(&["value"], r"<[^<>]*GIVEN[^<>]*NAMED"),
    rule(&[":thin:"], r#":thin:[^/@:"' \t\r\n]+/([^@"' \t\r\n]+)@"#),
    rule(&[":$", ":{"], r#":(\$(?:apr1|1|2[abxy]|5|6|y)\$[^ \t\r\n"'<;]+|\{s?sha\}[^ \t\r\n"'<;]+)"#),
    rule(&["-u"], r#"(?:^|[ \t])(?:-u|--user)[ \t=]*["']?[^ \t\r\n:"']+:([^ \t\r\n"']+)"#),
    rule(
        &["sslpassphrasedialog"],
        r#"^[ \t+#-]*sslpassphrasedialog[ \t]+["']?[^ \t\r\n"']+[ \t]+([^"'\r\n]+)"#,
    ),
    rule(&["authbasicfake"], r"^[ \t+#-]*authbasicfake[ \t]+[^ \t\r\n]+[ \t]+VALUE"),
    rule(&["sslsrpunknownuserseed"], r"^[ \t+#-]*sslsrpunknownuserseed[ \t]+([^ \t\r\n]+)"),
    rule(&["shutdown"], r#"(?:^|[ \t])shutdown[ \t]*=[ \t]*["']([^"']+)["']"#),
];

const fn rule(hints: &'static [&'static str], pattern: &'static str) -> Rule {
    Rule { hints, pattern, ready: OnceLock::new() }
}

impl Rule {
    fn regex(&self) -> &Regex {
        self.ready.get_or_init(|| {
            let words = [("NAMED", NAMED), ("NAME", NAME), ("VALUE", VALUE), ("GIVEN", GIVEN)];
            let pattern =
                words.iter().fold(self.pattern.to_owned(), |text, (word, own)| text.replace(word, own));
            let built = RegexBuilder::new(&pattern).unicode(false).build();
            built.expect("each rule is a regular expression, as the tests show")
        })
    }

    /// The line with what this rule tells masked; `None` where that is nothing. `low` is the line in lower case.
    fn masked(&self, line: &str, low: &str) -> Option<String> {
        if !self.hints.iter().any(|hint| low.contains(hint)) {
            return None;
        }
        let mut out = String::new();
        let mut done = 0;
        for found in self.regex().captures_iter(low.as_bytes()) {
            for group in found.iter().skip(1).flatten() {
                let value = secret_of(&line[group.range()], &line[..group.start()]);
                // What every server.xml has is no secret.
                if !["", "***", "SHUTDOWN"].contains(&value) {
                    out.push_str(&line[done..group.start()]);
                    out.push_str("***");
                    done = group.start() + value.len();
                }
            }
        }
        (done > 0).then(|| out + &line[done..])
    }
}

/// What is so told masked.
pub(super) fn masked(line: String) -> String {
    let (mut line, mut low) = (line, String::new());
    for rule in &RULES {
        if low.is_empty() {
            low = line.to_ascii_lowercase();
        }
        if let Some(shown) = rule.masked(&line, &low) {
            line = shown;
            low.clear();
        }
    }
    line
}

/// The value without what ends the sentence it stands in: a quote that was opened before it, a comment's end.
fn secret_of<'a>(value: &'a str, before: &str) -> &'a str {
    let opened = ['"', '\''].into_iter().find(|quote| before.matches(*quote).count() % 2 == 1);
    let value = opened.and_then(|quote| value.split(quote).next()).unwrap_or(value);
    value.trim_end_matches([' ', '\t', '-', ';', '\\'])
}

#[cfg(test)]
mod tests {
    use super::super::masked;

    #[test]
    fn what_a_condition_compares_with_is_masked() {
        for (line, shown) in [
            (
                "if ($http_x_secret != \"pass w0rd\") { return 403; }",
                "if ($http_x_secret != \"***\") { return 403; }",
            ),
            ("if ($arg_token = passw0rd) { return 403; }", "if ($arg_token = ***) { return 403; }"),
            ("if ($cookie_sid !~* 'passw0rd') {", "if ($cookie_sid !~* '***') {"),
            ("<If \"%{HTTP:X-Secret} == 'passw0rd'\">", "<If \"%{HTTP:X-Secret} == '***'\">"),
            ("RewriteCond %{HTTP:Authorization} \"!=passw0rd\"", "RewriteCond %{HTTP:Authorization} \"***\""),
            (
                "\tRequire expr \"%{HTTP:X-Token} == 'passw0rd'\"",
                "\tRequire expr \"%{HTTP:X-Token} == '***'\"",
            ),
            ("SetEnvIf X-Api-Key \"passw0rd\" ok=1", "SetEnvIf X-Api-Key \"***\" ok=1"),
        ] {
            assert_eq!(masked(line), shown);
            assert_eq!(masked(shown), shown, "twice is once");
        }
    }

    #[test]
    fn what_a_word_or_a_name_beside_it_tells_is_masked() {
        for (line, shown) in [
            ("# password: passw0rd\n", "# password: ***\n"),
            ("<!-- The manager's password: passw0rd -->", "<!-- The manager's password: *** -->"),
            (
                "more_set_input_headers 'Authorization: Basic passw0rd' x;",
                "more_set_input_headers 'Authorization: ***' x;",
            ),
            ("# curl -u admin:passw0rd http://h/", "# curl -u admin:*** http://h/"),
            ("# admin:$apr1$x$passw0rd/ here", "# admin:*** here"),
            ("# admin:{SHA}passw0rd=", "# admin:***"),
            (
                "<Environment name=\"db.password\" value=\"passw0rd\"/>",
                "<Environment name=\"db.password\" value=\"***\"/>",
            ),
            ("<Parameter value='passw0rd' name='apiToken'/>", "<Parameter value='***' name='apiToken'/>"),
            (
                "url=\"jdbc:oracle:thin:scott/passw0rd@//h:1521/x\"",
                "url=\"jdbc:oracle:thin:scott/***@//h:1521/x\"",
            ),
            ("SSLPassPhraseDialog \"|/usr/bin/ask passw0rd\"", "SSLPassPhraseDialog \"|/usr/bin/ask ***\""),
            ("AuthBasicFake user \"passw0rd\"", "AuthBasicFake user \"***\""),
            ("SSLSRPUnknownUserSeed passw0rd", "SSLSRPUnknownUserSeed ***"),
            ("<Server port=\"8005\" shutdown=\"passw0rd\">", "<Server port=\"8005\" shutdown=\"***\">"),
        ] {
            assert_eq!(masked(line), shown);
            assert_eq!(masked(shown), shown, "twice is once");
        }
    }

    #[test]
    fn what_looks_like_it_and_is_no_secret_stays() {
        for line in [
            "<Server port=\"8005\" shutdown=\"SHUTDOWN\">",
            "if ($http_authorization = \"\") { return 401; }",
            "if ($http_upgrade = websocket) { set $a 1; }",
            "SetEnvIf Authorization \"(.*)\" HTTP_AUTHORIZATION=$1",
            "RewriteCond %{HTTP:Authorization} ^(.*)",
            "RewriteRule .* - [E=HTTP_AUTHORIZATION:%{HTTP:Authorization}]",
            "RewriteCond %{HTTP:Upgrade} websocket [NC]",
            "proxy_set_header Authorization $http_authorization;",
            "<Environment name=\"a\" value=\"b\"/>",
            "listen [::]:80; # user nobody",
            "SSLCipherSuite HIGH:!aNULL",
            "set $cache_key $scheme$host;",
        ] {
            assert_eq!(masked(line), line);
        }
    }
}
