//! The paths that a Rust source names, `use` trees opened, `self` and `super` resolved.
//!
//! Enough of a tokenizer for this house's own sources: comments, strings and character literals are skipped, so that
//! words in them name nothing.

/// A path and where it begins.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    pub path: Vec<String>,
    /// Counted from 1.
    pub line: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Separator,
    Sign(char),
}

/// Every path of two parts or more outside `#[cfg(test)]` modules, and the parts of `use` trees, in the order of the
/// text.
pub fn named(module: &[String], text: &str) -> Vec<Named> {
    let tokens = tokens(text);
    let mut reader = Reader { tokens: &tokens, at: 0, modules: vec![module.to_vec()], found: Vec::new() };
    let mut depths: Vec<usize> = Vec::new();
    let mut depth = 0;
    while let Some((token, _)) = reader.peek() {
        if reader.begins(&["#", "[", "cfg", "(", "test", ")", "]"]) {
            reader.at += 7;
            reader.skip_item();
            continue;
        }
        if reader.begins(&["mod"])
            && let (Some(Token::Word(name)), Some(Token::Sign('{'))) = (reader.token(1), reader.token(2))
        {
            let mut inner = reader.modules.last().cloned().unwrap_or_default();
            inner.push(name.clone());
            reader.modules.push(inner);
            depths.push(depth);
            depth += 1;
            reader.at += 3;
            continue;
        }
        match token {
            Token::Word(_) => reader.path(&[]),
            Token::Sign('{') => {
                depth += 1;
                reader.at += 1;
            }
            Token::Sign('}') => {
                depth = depth.saturating_sub(1);
                if depths.last() == Some(&depth) {
                    depths.pop();
                    reader.modules.pop();
                }
                reader.at += 1;
            }
            _ => reader.at += 1,
        }
    }
    reader.found
}

struct Reader<'a> {
    tokens: &'a [(Token, usize)],
    at: usize,
    /// The module at this place, last; those around it before.
    modules: Vec<Vec<String>>,
    found: Vec<Named>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<(Token, usize)> {
        self.tokens.get(self.at).cloned()
    }

    fn token(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead).map(|(token, _)| token)
    }

    fn begins(&self, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(ahead, word)| match self.token(ahead) {
            Some(Token::Word(found)) => found == word,
            Some(Token::Sign(sign)) => word.chars().eq([*sign]),
            Some(Token::Separator) | None => false,
        })
    }

    /// Goes past the end of an item: its closing brace, or its semicolon.
    fn skip_item(&mut self) {
        let mut depth = 0;
        while let Some((token, _)) = self.peek() {
            self.at += 1;
            match token {
                Token::Sign('{') => depth += 1,
                Token::Sign('}') if depth == 1 => return,
                Token::Sign('}') => depth -= 1,
                Token::Sign(';') if depth == 0 => return,
                _ => {}
            }
        }
    }

    /// Reads a path that begins here, below the parts before it, and opens its tree.
    fn path(&mut self, before: &[String]) {
        let mut path = before.to_vec();
        let mut line = 0;
        while let Some((Token::Word(word), at)) = self.peek() {
            if line == 0 {
                line = at;
            }
            path.push(word);
            self.at += 1;
            if self.begins(&["as"]) {
                self.at += 2;
                break;
            }
            if self.token(0) != Some(&Token::Separator) {
                break;
            }
            self.at += 1;
            if self.token(0) == Some(&Token::Sign('{')) {
                return self.tree(&path);
            }
        }
        if path.len() > 1 {
            let path = self.resolved(&path);
            self.found.push(Named { path, line });
        }
    }

    fn tree(&mut self, before: &[String]) {
        self.at += 1;
        while let Some((token, _)) = self.peek() {
            match token {
                Token::Sign('}') => {
                    self.at += 1;
                    return;
                }
                Token::Word(_) => self.path(before),
                _ => self.at += 1,
            }
        }
    }

    /// A path from `crate` on; one that begins elsewhere stays as it is.
    fn resolved(&self, path: &[String]) -> Vec<String> {
        let ups = path.iter().take_while(|part| *part == "super").count();
        let own = usize::from(ups == 0 && path[0] == "self");
        if ups + own == 0 {
            return path.to_vec();
        }
        let module = self.modules.last().map(Vec::as_slice).unwrap_or_default();
        let kept = &module[..module.len().saturating_sub(ups)];
        std::iter::once("crate".to_owned())
            .chain(kept.iter().cloned())
            .chain(path[ups + own..].iter().cloned())
            .collect()
    }
}

fn tokens(text: &str) -> Vec<(Token, usize)> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < bytes.len() {
        let start = at;
        let rest = &text[at..];
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("/*") {
            at += rest.find("*/").map_or(rest.len(), |end| end + 2);
        } else if let Some(end) = raw_string(rest) {
            at += end;
        } else if rest.starts_with('"') {
            at += quoted(rest, b'"');
        } else if rest.starts_with('\'') {
            at += character_or_lifetime(rest);
        } else if rest.starts_with("::") {
            tokens.push((Token::Separator, line));
            at += 2;
        } else if bytes[at].is_ascii_alphabetic() || bytes[at] == b'_' {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            tokens.push((Token::Word(rest[..end].to_owned()), line));
            at += end;
        } else {
            let c = rest.chars().next().map_or(' ', |c| c);
            if !c.is_whitespace() {
                tokens.push((Token::Sign(c), line));
            }
            at += c.len_utf8();
        }
        line += text[start..at].matches('\n').count();
    }
    tokens
}

/// The length of a raw string that begins here.
fn raw_string(rest: &str) -> Option<usize> {
    let prefix = ["r", "br", "cr"].into_iter().find(|prefix| {
        rest.strip_prefix(prefix).is_some_and(|after| after.trim_start_matches('#').starts_with('"'))
    })?;
    let hashes = rest[prefix.len()..].bytes().take_while(|byte| *byte == b'#').count();
    let open = prefix.len() + hashes + 1;
    let close = format!("\"{}", "#".repeat(hashes));
    Some(rest[open..].find(&close).map_or(rest.len(), |end| open + end + close.len()))
}

/// The length of what stands between two of a quote, both included; a backslash takes the next byte with it.
fn quoted(rest: &str, quote: u8) -> usize {
    let mut bytes = rest.bytes().enumerate().skip(1);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            byte if byte == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// `'a'` and `'\n'` are characters; `'a` alone is a lifetime, of which only the quote is skipped.
fn character_or_lifetime(rest: &str) -> usize {
    let mut chars = rest.chars().skip(1);
    match (chars.next(), chars.next()) {
        (Some('\\'), _) => quoted(rest, b'\''),
        (Some(c), Some('\'')) => c.len_utf8() + 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        let module = ["plan".to_owned(), "nginx".to_owned()];
        named(&module, text).into_iter().map(|named| named.path.join("::")).collect()
    }

    #[test]
    fn a_use_tree_is_opened() {
        let text = "use crate::{model::{Plan, Step}, system};\nuse std::io::{self, Read as _};";
        let wanted =
            ["crate::model::Plan", "crate::model::Step", "crate::system", "std::io::self", "std::io::Read"];
        assert_eq!(paths(text), wanted);
    }

    #[test]
    fn super_is_resolved_from_the_module_at_that_place() {
        assert_eq!(paths("use super::diff;"), ["crate::plan::diff"]);
        assert_eq!(paths("use super::super::system::System;"), ["crate::system::System"]);
        assert_eq!(
            paths("mod inner { use super::x; } use super::y;"),
            ["crate::plan::nginx::x", "crate::plan::y"]
        );
    }

    #[test]
    fn comments_strings_and_characters_name_nothing() {
        let text = "// a::b\n/* c::d */ \"e::f \\\" g::h\" r#\"i::j\"# '\"' b'\\'' k::l";
        assert_eq!(paths(text), ["k::l"]);
    }

    #[test]
    fn lines_are_counted_through_strings_and_comments() {
        assert_eq!(named(&[], "/* \n */ \"\n\"\na::b")[0].line, 4);
    }

    #[test]
    fn a_lifetime_is_no_character() {
        assert_eq!(paths("fn f<'a>(x: &'a a::B) -> &'a c::D"), ["a::B", "c::D"]);
    }
}
