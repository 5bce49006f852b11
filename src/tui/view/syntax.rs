//! The words of a line of nginx, Apache httpd or Tomcat configuration, told apart for the eye.
//!
//! Nothing is decided by it: the files are read in `config`. A line is looked at alone, but for a comment of XML that
//! began in a line before.

use crate::plan::Language;
use std::ops::Range;

/// What a part of a line is; what is none of these is plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tui) enum Token {
    /// The directive, the section, the element.
    Name,
    /// Text in quotes.
    Quoted,
    /// Something that the server fills in.
    Variable,
    Comment,
}

/// The parts of a line, in order, in bytes; and whether a comment goes on in the next line.
pub(super) fn tokens(language: Language, line: &str, in_comment: bool) -> (Vec<(Range<usize>, Token)>, bool) {
    match language {
        Language::Nginx => (server(line, &NGINX), false),
        Language::Apache => (server(line, &APACHE), false),
        Language::Tomcat => xml(line, in_comment),
    }
}

/// What tells the servers' two languages apart.
struct Grammar {
    /// Whether a comment may follow something in its line.
    trailing_comments: bool,
    /// What a variable begins with, and whether braces must follow.
    variables: &'static [(char, bool)],
}

const NGINX: Grammar = Grammar { trailing_comments: true, variables: &[('$', false)] };
const APACHE: Grammar = Grammar { trailing_comments: false, variables: &[('%', true), ('$', true)] };

fn server(line: &str, grammar: &Grammar) -> Vec<(Range<usize>, Token)> {
    let mut tokens = Vec::new();
    let mut at = line.len() - line.trim_start_matches([' ', '}', '\t']).len();
    let first = at;
    while let Some(c) = line[at..].chars().next() {
        let rest = &line[at..];
        let starts_word = at == first || line[..at].ends_with([' ', ';', '{']);
        let (len, token) = match c {
            '#' if at == first || (grammar.trailing_comments && starts_word) => {
                (rest.len(), Some(Token::Comment))
            }
            '"' | '\'' => (quoted(rest, c), Some(Token::Quoted)),
            c if grammar.variables.iter().any(|(sign, _)| *sign == c) => match variable(rest, c, grammar) {
                Some(len) => (len, Some(Token::Variable)),
                None => (c.len_utf8(), None),
            },
            c if at == first && (c.is_alphabetic() || c == '<') => {
                (rest.find([' ', ';', '{', '>']).unwrap_or(rest.len()), Some(Token::Name))
            }
            c => (c.len_utf8(), None),
        };
        tokens.extend(token.map(|token| (at..at + len, token)));
        at += len;
    }
    tokens
}

/// The length of text in quotes, both included; a backslash takes the next character's meaning away.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == quote && !escaped {
            return at + c.len_utf8();
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

fn variable(text: &str, sign: char, grammar: &Grammar) -> Option<usize> {
    let rest = &text[sign.len_utf8()..];
    if rest.starts_with('{') {
        return rest.find('}').map(|end| sign.len_utf8() + end + 1);
    }
    if grammar.variables.contains(&(sign, true)) {
        return None;
    }
    let len = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    (len > 0).then_some(sign.len_utf8() + len)
}

fn xml(line: &str, in_comment: bool) -> (Vec<(Range<usize>, Token)>, bool) {
    let mut tokens = Vec::new();
    let mut at = 0;
    let mut comment = in_comment;
    while let Some(c) = line[at..].chars().next() {
        let rest = &line[at..];
        let (len, token) = if comment || rest.starts_with("<!--") {
            let end = rest.find("-->").map(|end| end + 3);
            comment = end.is_none();
            (end.unwrap_or(rest.len()), Some(Token::Comment))
        } else {
            match c {
                '<' => (rest.find([' ', '>']).unwrap_or(rest.len()), Some(Token::Name)),
                '"' | '\'' => (rest[1..].find(c).map_or(rest.len(), |end| end + 2), Some(Token::Quoted)),
                c => (c.len_utf8(), None),
            }
        };
        tokens.extend(token.map(|token| (at..at + len, token)));
        at += len;
    }
    (tokens, comment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(language: Language, line: &str) -> Vec<(&str, Token)> {
        tokens(language, line, false).0.into_iter().map(|(part, token)| (&line[part], token)).collect()
    }

    #[test]
    fn the_words_of_nginx() {
        use Token::{Comment, Name, Quoted, Variable};
        assert_eq!(
            told(Language::Nginx, "    proxy_set_header Host $http_host; # as asked"),
            [("proxy_set_header", Name), ("$http_host", Variable), ("# as asked", Comment)]
        );
        assert_eq!(
            told(Language::Nginx, r#"} if ($uri ~ "/\.\.\";") {"#),
            [("if", Name), ("$uri", Variable), (r#""/\.\.\";""#, Quoted)]
        );
        assert_eq!(
            told(Language::Nginx, "location /#/ { return 200 '#'; }"),
            [("location", Name), ("'#'", Quoted)]
        );
    }

    #[test]
    fn the_words_of_apache_httpd() {
        use Token::{Comment, Name, Quoted, Variable};
        assert_eq!(told(Language::Apache, "  # <Location>"), [("# <Location>", Comment)]);
        assert_eq!(
            told(Language::Apache, "<Location \"/a/\"> # no comment"),
            [("<Location", Name), ("\"/a/\"", Quoted)]
        );
        assert_eq!(
            told(Language::Apache, "CustomLog ${LOGS}/a %h%{Referer}i"),
            [("CustomLog", Name), ("${LOGS}", Variable), ("%{Referer}", Variable)]
        );
    }

    #[test]
    fn the_words_of_server_xml() {
        use Token::{Comment, Name, Quoted};
        assert_eq!(
            told(Language::Tomcat, "<Valve a=\"b>\" /> <!-- why"),
            [("<Valve", Name), ("\"b>\"", Quoted), ("<!-- why", Comment)]
        );
        let (parts, goes_on) = tokens(Language::Tomcat, "so --> <Host>", true);
        assert_eq!((parts, goes_on), (vec![(0..6, Comment), (7..12, Name)], false));
    }

    proptest::proptest! {
        #[test]
        fn any_line_has_parts_in_order_within_it(line in "[<>!\\-#$%{}\"' ;aé=\\\\]{0,40}", open: bool) {
            for language in [Language::Nginx, Language::Apache, Language::Tomcat] {
                let mut at = 0;
                for (part, _) in tokens(language, &line, open).0 {
                    proptest::prop_assert!(at <= part.start && part.start < part.end);
                    proptest::prop_assert!(line.get(part.clone()).is_some());
                    at = part.end;
                }
            }
        }
    }
}
