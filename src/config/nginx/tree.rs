//! A light tree over a file's tokens: directives, their words, their blocks, by byte span.

use super::lex::{Lexer, Token, TokenKind, decode, shown, unquoted};
use super::lua;
use crate::config::{Span, SyntaxError};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// nginx's own parser calls itself for a block; nobody nests this deep, and a reader has to stop somewhere.
const DEEPEST: usize = 200;

/// A file as nginx's parser sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// What stands outside of any block, in file order.
    pub directives: Vec<Directive>,
    /// Every comment, in file order, the line feed not included.
    pub comments: Vec<Span>,
}

/// One word of a directive.
#[derive(Clone)]
pub struct Word {
    /// Its bytes in the file, quotes and backslashes included.
    pub span: Span,
    value: Value,
}

/// What nginx reads in a word: most are as they are written, and stay in the file's own bytes.
#[derive(Clone)]
enum Value {
    Written(Arc<[u8]>),
    Decoded(Box<[u8]>),
}

impl Word {
    fn read(file: &Arc<[u8]>, span: Span) -> Self {
        let value = match decode(&file[span.clone()]) {
            Cow::Borrowed(_) => Value::Written(Arc::clone(file)),
            Cow::Owned(value) => Value::Decoded(value.into()),
        };
        Self { span, value }
    }

    /// What nginx reads in it.
    pub fn value(&self) -> &[u8] {
        match &self.value {
            Value::Written(file) => unquoted(&file[self.span.clone()]),
            Value::Decoded(value) => value,
        }
    }

    /// Its value as text; bytes that are not UTF-8 become U+FFFD.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.value())
    }

    /// Whether its value is this text.
    pub fn is(&self, text: &str) -> bool {
        self.value() == text.as_bytes()
    }
}

impl PartialEq for Word {
    fn eq(&self, other: &Self) -> bool {
        self.span == other.span && self.value() == other.value()
    }
}

impl Eq for Word {}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at {:?}", self.text(), self.span)
    }
}

/// A directive: a name, its arguments, and a block or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The name and the arguments; never empty.
    pub words: Box<[Word]>,
    /// From its name to its `;` or `}`.
    pub span: Span,
    /// The block, where it ends in one.
    pub block: Option<Box<Block>>,
}

/// A block between braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Offset of its `{`.
    pub open: usize,
    /// Offset of its `}`.
    pub close: usize,
    /// What stands in it; nothing where it holds Lua. Where its directive has a handler of its own (`map`, `types`)
    /// the first words in it are data, not names.
    pub children: Vec<Directive>,
}

impl Directive {
    /// Whether this is its name.
    pub fn is(&self, name: &str) -> bool {
        self.words[0].is(name)
    }

    /// What follows the name.
    pub fn arguments(&self) -> &[Word] {
        &self.words[1..]
    }

    /// The first argument as text, empty where there is none.
    pub fn first_argument(&self) -> Cow<'_, str> {
        self.arguments().first().map_or(Cow::Borrowed(""), Word::text)
    }

    /// The directives in its block, none where it has no block.
    pub fn children(&self) -> &[Directive] {
        self.block.as_ref().map_or(&[], |block| &block.children)
    }
}

impl Tree {
    /// Reads a file.
    ///
    /// # Errors
    /// Where nginx's own parser would refuse it, and at the same place.
    pub fn parse(bytes: impl Into<Arc<[u8]>>) -> Result<Self, SyntaxError> {
        Parser::new(&bytes.into()).run(&mut |_| {})
    }
}

/// The tokens of a file: their spans tile it, so that together they are the file.
///
/// # Errors
/// As [`Tree::parse`].
pub fn tokens(bytes: &[u8]) -> Result<Vec<Token>, SyntaxError> {
    let mut tokens = Vec::new();
    Parser::new(&bytes.into()).run(&mut |token| tokens.push(token.clone()))?;
    Ok(tokens)
}

struct Parser<'a> {
    bytes: &'a Arc<[u8]>,
    lexer: Lexer<'a>,
    tree: Tree,
    /// The blocks that are open, outermost first.
    open: Vec<Directive>,
    pending: Vec<Word>,
}

impl<'a> Parser<'a> {
    fn new(bytes: &'a Arc<[u8]>) -> Self {
        Self { bytes, lexer: Lexer::new(bytes), tree: Tree::default(), open: Vec::new(), pending: Vec::new() }
    }

    fn run(mut self, seen: &mut dyn FnMut(&Token)) -> Result<Tree, SyntaxError> {
        let mut tiled = 0;
        while let Some(token) = self.lexer.next()? {
            debug_assert_eq!(token.span.start, tiled, "tokens tile the file");
            tiled = token.span.end;
            seen(&token);
            if let Some(lua) = self.take(token)? {
                tiled = lua.span.end;
                seen(&lua);
            }
        }
        debug_assert_eq!(tiled, self.bytes.len(), "tokens tile the file");
        self.finish()
    }

    /// Takes one token in; where it opens a Lua block, the block's body is the next token.
    fn take(&mut self, token: Token) -> Result<Option<Token>, SyntaxError> {
        match token.kind {
            TokenKind::Blank | TokenKind::Lua => {}
            TokenKind::Comment => self.tree.comments.push(token.span),
            TokenKind::Word => {
                self.pending.push(Word::read(self.bytes, token.span));
            }
            TokenKind::Semicolon => {
                let directive = self.directive(&token)?;
                self.add(directive);
            }
            TokenKind::Open => return self.open(&token),
            TokenKind::Close => self.close(&token)?,
        }
        Ok(None)
    }

    fn directive(&mut self, token: &Token) -> Result<Directive, SyntaxError> {
        // Its room is used again, and each directive gets as much as it needs.
        let words: Box<[Word]> = self.pending.drain(..).collect();
        let Some(first) = words.first() else {
            let found = shown(self.bytes[token.span.start]);
            let message = format!("unexpected {found}; expected the name of a directive before it");
            return Err(SyntaxError { offset: token.span.start, message });
        };
        Ok(Directive { span: first.span.start..token.span.end, words, block: None })
    }

    fn open(&mut self, token: &Token) -> Result<Option<Token>, SyntaxError> {
        let mut directive = self.directive(token)?;
        if self.open.len() == DEEPEST {
            let message = format!("blocks nest deeper than {DEEPEST}");
            return Err(SyntaxError { offset: token.span.start, message });
        }
        let is_lua = lua::is_lua_block(directive.words[0].value());
        directive.block =
            Some(Box::new(Block { open: token.span.start, close: token.span.start, children: Vec::new() }));
        self.open.push(directive);
        if is_lua { self.lexer.lua_body().map(Some) } else { Ok(None) }
    }

    fn close(&mut self, token: &Token) -> Result<(), SyntaxError> {
        let at = token.span.start;
        if !self.pending.is_empty() {
            let message =
                "unexpected \"}\"; expected \";\" or \"{\" after the directive before it".to_owned();
            return Err(SyntaxError { offset: at, message });
        }
        let Some(mut directive) = self.open.pop() else {
            let message = "unexpected \"}\"; no block is open in this file".to_owned();
            return Err(SyntaxError { offset: at, message });
        };
        directive.span.end = token.span.end;
        if let Some(block) = &mut directive.block {
            block.close = at;
            block.children.shrink_to_fit();
        }
        self.add(directive);
        Ok(())
    }

    fn add(&mut self, directive: Directive) {
        match self.open.last_mut().and_then(|parent| parent.block.as_mut()) {
            Some(block) => block.children.push(directive),
            None => self.tree.directives.push(directive),
        }
    }

    fn finish(self) -> Result<Tree, SyntaxError> {
        let offset = self.bytes.len();
        if let Some(word) = self.pending.first() {
            let message =
                "unexpected end of file; expected \";\" or \"{\" after the last directive".to_owned();
            return Err(SyntaxError { offset: word.span.start, message });
        }
        if let Some(directive) = self.open.last() {
            let (line, _) = crate::config::position(self.bytes, directive.span.start);
            let message =
                format!("unexpected end of file; expected \"}}\" for the block opened in line {line}");
            return Err(SyntaxError { offset, message });
        }
        Ok(self.tree)
    }
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
        assert_eq!(tree.directives.len(), 2);
        assert_eq!(&text[tree.comments[0].clone()], "# c");
        let server = &tree.directives[1].children()[0];
        assert_eq!(&text[server.span.clone()], "server { listen 80; }");
        assert_eq!(server.children()[0].first_argument(), "80");
        let block = server.block.as_ref().expect("a block");
        assert_eq!((&text[block.open..=block.open], &text[block.close..=block.close]), ("{", "}"));
    }

    #[test]
    fn a_directives_name_is_unescaped_and_may_be_quoted() {
        let tree = Tree::parse(&b"\"return\" 200;"[..]).expect("it can be read");
        assert!(tree.directives[0].is("return"));
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
        assert_eq!(tree.directives[0].children().len(), 3);
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
