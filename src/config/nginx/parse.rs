//! From tokens to directives, as nginx's parser puts them together.

use super::lex::{Lexer, Token, TokenKind, decode, shown};
use super::lua;
use super::tree::{Node, Tree, Written};
use crate::config::SyntaxError;
use std::num::NonZeroU32;
use std::sync::Arc;

/// nginx's own parser calls itself for a block; nobody nests this deep, and a reader has to stop somewhere.
const DEEPEST: usize = 200;

/// Fewer bytes than most files have for each directive, its comments and blanks counted in; and for each word.
const BYTES_A_DIRECTIVE: usize = 28;
const BYTES_A_WORD: usize = 12;

impl Tree {
    /// Reads a file.
    ///
    /// # Errors
    /// Where nginx's own parser would refuse it, and at the same place; where it has 4 GiB or more.
    pub fn parse(bytes: impl Into<Arc<[u8]>>) -> Result<Self, SyntaxError> {
        Parser::new(bytes.into())?.run(|_| {})
    }
}

/// The tokens of a file: their spans tile it, so that together they are the file.
///
/// # Errors
/// As [`Tree::parse`].
pub fn tokens(bytes: &[u8]) -> Result<Vec<Token>, SyntaxError> {
    let mut tokens = Vec::new();
    Parser::new(bytes.into())?.run(|token| tokens.push(token.clone()))?;
    Ok(tokens)
}

/// A tree under way.
struct Parser {
    tree: Tree,
    /// Indices of the nodes whose blocks are open, outermost first.
    open: Vec<usize>,
    /// Index of the first word that belongs to no directive yet.
    pending: usize,
}

impl Parser {
    fn new(bytes: Arc<[u8]>) -> Result<Self, SyntaxError> {
        SyntaxError::refuse_huge(&bytes)?;
        // About as many as a file has, so that the lists of thousands of small files need not grow step by step.
        let words = Vec::with_capacity(bytes.len() / BYTES_A_WORD + 1);
        let nodes = Vec::with_capacity(bytes.len() / BYTES_A_DIRECTIVE + 1);
        let tree = Tree { bytes, words, nodes, ..Tree::default() };
        Ok(Self { tree, open: Vec::new(), pending: 0 })
    }

    fn run(mut self, mut seen: impl FnMut(&Token)) -> Result<Tree, SyntaxError> {
        let bytes = Arc::clone(&self.tree.bytes);
        let mut lexer = Lexer::new(&bytes);
        let mut tiled = 0;
        while let Some(token) = lexer.next()? {
            debug_assert_eq!(token.span.start, tiled, "tokens tile the file");
            tiled = token.span.end;
            seen(&token);
            if self.take(&token)? {
                let lua = lexer.lua_body()?;
                tiled = lua.span.end;
                seen(&lua);
            }
        }
        debug_assert_eq!(tiled, bytes.len(), "tokens tile the file");
        self.finish()
    }

    /// Takes one token in; whether it opens a Lua block, whose body is the next token.
    fn take(&mut self, token: &Token) -> Result<bool, SyntaxError> {
        match token.kind {
            TokenKind::Blank | TokenKind::Lua => {}
            TokenKind::Comment => self.tree.comments.push(token.span.clone()),
            TokenKind::Word => {
                let (start, end) = (short(token.span.start), short(token.span.end));
                self.tree.words.push(Written { start, end });
            }
            TokenKind::Semicolon => self.add(token, None)?,
            TokenKind::Open => return self.open(token),
            TokenKind::Close => self.close(token)?,
        }
        Ok(false)
    }

    /// Makes a directive of the words since the last one.
    fn add(&mut self, token: &Token, open: Option<NonZeroU32>) -> Result<(), SyntaxError> {
        if self.pending == self.tree.words.len() {
            let found = shown(self.tree.bytes[token.span.start]);
            let message = format!("unexpected {found}; expected the name of a directive before it");
            return Err(SyntaxError { offset: token.span.start, message });
        }
        let (words, next) = (short(self.pending), short(self.tree.nodes.len() + 1));
        self.tree.nodes.push(Node { words, open, end: short(token.span.end), next });
        self.pending = self.tree.words.len();
        Ok(())
    }

    fn open(&mut self, token: &Token) -> Result<bool, SyntaxError> {
        let first = self.pending;
        self.add(token, NonZeroU32::new(short(token.span.start)))?;
        if self.open.len() == DEEPEST {
            let message = format!("blocks nest deeper than {DEEPEST}");
            return Err(SyntaxError { offset: token.span.start, message });
        }
        self.open.push(self.tree.nodes.len() - 1);
        let Written { start, end } = self.tree.words[first];
        Ok(lua::is_lua_block(&decode(&self.tree.bytes[start as usize..end as usize])))
    }

    fn close(&mut self, token: &Token) -> Result<(), SyntaxError> {
        let at = token.span.start;
        if self.pending < self.tree.words.len() {
            let message =
                "unexpected \"}\"; expected \";\" or \"{\" after the directive before it".to_owned();
            return Err(SyntaxError { offset: at, message });
        }
        let Some(index) = self.open.pop() else {
            let message = "unexpected \"}\"; no block is open in this file".to_owned();
            return Err(SyntaxError { offset: at, message });
        };
        let next = short(self.tree.nodes.len());
        let node = &mut self.tree.nodes[index];
        (node.end, node.next) = (short(token.span.end), next);
        Ok(())
    }

    fn finish(mut self) -> Result<Tree, SyntaxError> {
        let tree = &mut self.tree;
        if let Some(word) = tree.words.get(self.pending) {
            let message =
                "unexpected end of file; expected \";\" or \"{\" after the last directive".to_owned();
            return Err(SyntaxError { offset: word.start as usize, message });
        }
        if let Some(&index) = self.open.last() {
            let start = tree.words[tree.nodes[index].words as usize].start as usize;
            let (line, _) = crate::config::position(&tree.bytes, start);
            let message =
                format!("unexpected end of file; expected \"}}\" for the block opened in line {line}");
            return Err(SyntaxError { offset: tree.bytes.len(), message });
        }
        tree.words.shrink_to_fit();
        tree.nodes.shrink_to_fit();
        Ok(self.tree)
    }
}

fn short(number: usize) -> u32 {
    u32::try_from(number).expect("a file that is longer is refused, and has no more tokens than bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (usize, String) {
        let error = Tree::parse(text.as_bytes()).expect_err("nginx refuses it");
        (error.offset, error.message)
    }

    #[test]
    fn builds_directives_with_words_and_blocks() {
        let text = "a b; # c\nhttp { server { listen 80; } }\n";
        let tree = Tree::parse(text.as_bytes()).expect("it can be read");
        assert_eq!(tree.directives().count(), 2);
        assert_eq!(&text[tree.comments[0].clone()], "# c");
        let server = tree.directives().nth(1).and_then(|http| http.children().next()).expect("a server");
        assert_eq!(&text[server.span()], "server { listen 80; }");
        assert_eq!(server.children().next().expect("a directive").first_argument(), "80");
        let block = server.block().expect("a block");
        assert_eq!((&text[block.open..=block.open], &text[block.close..=block.close]), ("{", "}"));
    }

    #[test]
    fn a_directives_name_is_unescaped_and_may_be_quoted() {
        let tree = Tree::parse(&b"\"return\" 200;"[..]).expect("it can be read");
        assert!(tree.directives().next().is_some_and(|only| only.is("return")));
    }

    #[test]
    fn says_where_a_file_breaks_and_what_was_expected() {
        for (text, offset, expected) in [
            ("a;;", 2, "name of a directive"),
            ("{", 0, "name of a directive"),
            ("a }", 2, "expected \";\""),
            ("a; }", 3, "no block is open"),
            ("a { b; ", 7, "opened in line 1"),
            ("a; b", 3, "end of file"),
            ("a \"b", 2, "never closed"),
        ] {
            let (at, message) = refused(text);
            assert!(at == offset && message.contains(expected), "{text}: {at} {message}");
        }
    }

    #[test]
    fn a_lua_block_is_opaque() {
        let text = "l { content_by_lua_block { x(\"}\") } set_by_lua_block $x{ return 1 } a; }";
        let tree = Tree::parse(text.as_bytes()).expect("it can be read");
        assert_eq!(tree.all().count(), 4);
        let tokens = tokens(text.as_bytes()).expect("it can be read");
        let all: String = tokens.iter().map(|token| &text[token.span.clone()]).collect();
        assert_eq!(all, text);
    }

    #[test]
    fn refuses_blocks_without_bottom() {
        assert!(Tree::parse("a{".repeat(100_000).as_bytes()).is_err());
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_accepted_is_tiled(text in r#"([a-c {};#"'\\$\n\r\t()\[\]-]|_by_lua_block |\PC){0,60}"#) {
            if let Ok(tokens) = tokens(text.as_bytes()) {
                let all: Vec<u8> = tokens.iter().flat_map(|t| text.as_bytes()[t.span.clone()].to_vec()).collect();
                proptest::prop_assert_eq!(all, text.as_bytes());
            }
        }
    }
}
