//! From tokens to directives, as nginx's parser puts them together.

use super::lex::{Lexer, Token, TokenKind, decode, shown};
use super::lua;
use super::tree::{Node, Tree, Written};
use crate::config::SyntaxError;
use std::num::NonZeroU32;
use std::sync::Arc;

/// nginx's own parser calls itself for a block; nobody nests this deep, and a reader has to stop somewhere.
const DEEPEST: usize = 200;

/// A tree under way.
pub(super) struct Parser {
    tree: Tree,
    /// Indices of the nodes whose blocks are open, outermost first.
    open: Vec<usize>,
    /// Index of the first word that belongs to no directive yet.
    pending: usize,
}

impl Parser {
    pub(super) fn new(bytes: Arc<[u8]>) -> Result<Self, SyntaxError> {
        // Offsets and indices are kept in 32 bits.
        if u32::try_from(bytes.len()).is_err() {
            let message = "a file of 4 GiB or more is not read".to_owned();
            return Err(SyntaxError { offset: 0, message });
        }
        let tree = Tree { bytes, ..Tree::default() };
        Ok(Self { tree, open: Vec::new(), pending: 0 })
    }

    pub(super) fn run(mut self, mut seen: impl FnMut(&Token)) -> Result<Tree, SyntaxError> {
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
