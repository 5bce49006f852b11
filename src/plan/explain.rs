//! Why each line that guacfront writes is there.

use super::{apache, new_site, nginx, tomcat};
use crate::config::{MARK_BEGIN, MARK_END};

/// Which of the three languages a file is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// nginx's.
    Nginx,
    /// Apache httpd's.
    Apache,
    /// server.xml.
    Tomcat,
}

/// What a line does and what breaks without it, in two sentences; `None` for a line that guacfront never writes.
pub fn explain(language: Language, line: &str) -> Option<&'static str> {
    let line = line.trim();
    if !line.contains(char::is_alphabetic) {
        return None;
    }
    if let Some(why) = of_comment(line) {
        return Some(why);
    }
    let mut words = line.split_whitespace();
    let first = words.next()?;
    match language {
        Language::Nginx => nginx::explain(line).or_else(|| new_site::explain(line)),
        Language::Apache => {
            let (second, third) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let with = |word: &str| apache::explain(&format!("{first} {word}"));
            with(third)
                .or_else(|| with(second))
                .or_else(|| apache::explain(first.trim_start_matches('<').trim_end_matches('>')))
                .or_else(|| first.split_once('=').and_then(|(name, _)| apache::explain(name)))
                .or_else(|| new_site::explain(line))
        }
        Language::Tomcat => {
            let attribute = line.trim_start_matches(|c: char| !c.is_alphanumeric()).split('=').next()?;
            let name = attribute.split_whitespace().next_back()?;
            tomcat::explain(name).or_else(|| tomcat::explain(first.trim_start_matches('<')))
        }
    }
}

/// By what is in the comment.
const COMMENTS: [(&str, &str); 6] = [
    (
        "taken out by guacfront",
        "A line that stood here, kept so that it can be put back by hand. In force, it would stand in the way of what was \
         asked for.",
    ),
    (
        "guacfront asked",
        "Keeps an answer that no directive says, such as a WebSocket that is switched off. Without it what is missing would \
         look like a fault, and be mended.",
    ),
    (MARK_BEGIN, MARKS),
    (MARK_END, MARKS),
    (
        "# TLS after Mozilla's",
        "Names where the settings below come from. The page it leads to says what has changed in them since.",
    ),
    (
        "# httpd's own pages",
        "Says why there is an empty virtual host. Without the two, the one below would answer for every name.",
    ),
];

const MARKS: &str = "Marks what guacfront wrote, with a check of its text. By it a second run finds the lines, and sees whether \
                     somebody has changed them since.";

fn of_comment(line: &str) -> Option<&'static str> {
    let is_comment = line.contains('#') || line.starts_with("<!--");
    let mut known = COMMENTS.iter().filter(|_| is_comment);
    known.find(|(words, _)| line.contains(words)).map(|(_, why)| *why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_line_is_for_is_told_by_more_than_its_first_word() {
        for (language, line, words) in [
            (Language::Nginx, "        return 400;", "Answers 400"),
            (Language::Nginx, "        return 301 https://$host$request_uri;", "Leads to https"),
            (Language::Nginx, "        return 302 /guacamole/;", "Leads to https, or from the bare name"),
            (Language::Nginx, "    location ^~ /guacamole/ {", "Serves Guacamole"),
            (Language::Nginx, "    location = / {", "not Guacamole's"),
            (Language::Nginx, "location ^~ / { # taken out by guacfront: root /srv;", "put back by hand"),
            (Language::Nginx, "# guacfront begin 0a (Apache Guacamole); asked: websocket no", "Marks what"),
            (Language::Apache, "RedirectMatch 400 \"/\\.\\.;\"", "Refuses"),
            (Language::Apache, "RedirectMatch \"^/guacamole$\" \"/guacamole/\"", "last slash"),
            (Language::Apache, "Header always set Strict-Transport-Security \"max-age=1\"", "two years"),
            (Language::Apache, "Header edit Location \"^/a/\" \"/b/\"", "Rewrites redirects"),
            (Language::Apache, "LoadModule proxy_module modules/mod_proxy.so", "Loads"),
            (Language::Apache, "APACHE_MODULES=\"actions alias\"", "openSUSE"),
            (Language::Apache, "# guacfront end", "Marks what"),
            (Language::Tomcat, "<!-- guacfront begin 0a the client's address -->", "Marks what"),
        ] {
            let why = explain(language, line);
            assert!(why.is_some_and(|why| why.contains(words)), "{line}: {why:?}");
        }
    }
}
