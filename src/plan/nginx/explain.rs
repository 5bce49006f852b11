//! Why each directive of the location is there.

/// By directive, with the header's name where it sets one: what it does, and what breaks without it.
const EXPLANATIONS: [(&str, &str); 24] = [
    (
        "location ^~",
        "Serves Guacamole under this path; ^~ keeps regular expressions from being tried. Without ^~ a site's rule for \
         .js or .css files would take Guacamole's own files away.",
    ),
    (
        "if ($uri ~",
        "Refuses an address with /..; in it. Tomcat cuts off what follows a semicolon and then climbs, so that its other \
         applications, the manager among them, would be open to the public.",
    ),
    (
        "if ($uri =",
        "Picks out the requests of the HTTP tunnel. They come several times a second, and each would be a line in the \
         access log.",
    ),
    (
        "return 400",
        "Answers 400 to an address with /..; in it. Without it such an address reaches Tomcat's other applications.",
    ),
    (
        "access_log",
        "Leaves the HTTP tunnel's requests out of the access log; logins and everything else stay in it. Without it the \
         log grows by several lines a second for each user.",
    ),
    (
        "proxy_pass",
        "Hands requests to Tomcat; without a path in it they arrive byte for byte as they came. With a path nginx puts \
         Tomcat's own in place of the public one.",
    ),
    (
        "proxy_http_version",
        "Speaks HTTP/1.1 to Tomcat. nginx before 1.29.7 speaks 1.0, over which no WebSocket can be opened.",
    ),
    (
        "proxy_buffering",
        "Passes on what Tomcat sends at once. Without it screen updates are held back, and the HTTP tunnel freezes.",
    ),
    (
        "proxy_request_buffering",
        "Passes an upload on while it arrives. Without it nginx stores every file on its own disk first, and the progress \
         that the user sees is wrong.",
    ),
    (
        "proxy_set_header Host",
        "Tells Tomcat the name and port that the browser asked for. Without it Guacamole's redirects and single sign-on \
         name Tomcat's own address.",
    ),
    (
        "proxy_set_header Host $proxy_host",
        "Tells what is in front of Tomcat its own name, by which a further proxy chooses among its sites. Guacamole's \
         redirects and single sign-on then name that one and not the public address.",
    ),
    (
        "proxy_set_header X-Forwarded-For",
        "Tells Tomcat the client's address, appended to what was there. Without it every user seems to come from the proxy, \
         in the history, in the log and for the ban of an address.",
    ),
    (
        "proxy_set_header X-Forwarded-Proto",
        "Tells Tomcat whether the browser speaks http or https. Without it a client may claim https for itself, and \
         redirects of a secure site lead to http.",
    ),
    (
        "proxy_set_header Upgrade",
        "Hands on the browser's wish for a WebSocket. Without it Tomcat answers 404 and Guacamole falls back to the slower \
         HTTP tunnel.",
    ),
    (
        "proxy_set_header Connection",
        "Belongs to Upgrade, and is handed on as it came. Without it Tomcat answers 400 to a WebSocket and Guacamole falls \
         back to the slower HTTP tunnel.",
    ),
    (
        "client_max_body_size",
        "Lets uploads of this size through; 0 is no limit. nginx on its own refuses more than 1 MB, which Guacamole shows as \
         a denied permission.",
    ),
    (
        "proxy_read_timeout",
        "Waits so long for a word from Tomcat. nginx on its own cuts a silent WebSocket after 60 seconds.",
    ),
    (
        "proxy_send_timeout",
        "Waits so long until Tomcat takes what is sent to it. nginx on its own gives up after 60 seconds.",
    ),
    (
        "proxy_intercept_errors",
        "Lets Guacamole's own answers through where it says no. Without it the site's error pages come in their place, and a \
         wrong password looks like a broken server.",
    ),
    (
        "proxy_pass_request_headers",
        "Hands the browser's headers on, which the site does not. Without it Guacamole does not know a session by its \
         requests.",
    ),
    (
        "proxy_pass_request_body",
        "Hands the bodies of requests on, which the site does not. Without it nobody logs in.",
    ),
    (
        "expires",
        "Takes Guacamole's answers out of the time for which the site's may be kept. Without it a browser shows connections \
         and users as they were days ago.",
    ),
    (
        "proxy_redirect",
        "Puts the public path in place of Tomcat's in redirects; off where both are the same. Without it a redirect of the \
         application leads to a path that is not there.",
    ),
    (
        "proxy_cookie_path",
        "Puts the public path in place of Tomcat's in cookies, with and without the final slash, as Tomcat sends both. \
         Without it the browser never sends such a cookie back.",
    ),
];

/// What a directive does and what breaks without it; `None` for one that is never written.
///
/// # Shape
/// A directive's name; with its first argument where that decides, `proxy_set_header Upgrade`; or a whole line.
pub(in crate::plan) fn explain(directive: &str) -> Option<&'static str> {
    let line = directive.trim();
    // The longest name that the line begins with says most.
    EXPLANATIONS
        .iter()
        .filter(|(name, _)| starts_with_words(line, name))
        .max_by_key(|(name, _)| name.len())
        .map(|(_, text)| *text)
}

fn starts_with_words(line: &str, words: &str) -> bool {
    line.strip_prefix(words)
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || "_-".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::nginx::line::location;
    use crate::plan::nginx::setting::settings;
    use crate::plan::nginx::tests::answers;

    #[test]
    fn every_line_that_is_written_has_an_explanation() {
        for (public, context) in
            [("/guacamole/", "/guacamole/"), ("/remote/", "/guacamole/"), ("/", "/x/"), ("/x/", "/")]
        {
            let answers = answers(public, context);
            let lines = location(&answers, &settings(&answers));
            for line in lines.iter().filter(|line| line.text != "}") {
                assert!(explain(&line.text).is_some(), "{}", line.text);
            }
        }
    }

    #[test]
    fn the_two_conditions_are_told_apart_and_other_directives_unknown() {
        assert!(explain("if ($uri ~ \"/\\.\\.;\") {").is_some_and(|text| text.contains("climbs")));
        assert!(explain("if ($uri = /g/tunnel) {").is_some_and(|text| text.contains("tunnel")));
        assert!(explain("try_files").is_none() && explain("proxy_passes").is_none() && explain("").is_none());
    }
}
