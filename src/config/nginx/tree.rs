//! A light tree over a file's tokens: directives, their words, their blocks, by byte span.

use super::lex::{decode, reads_as};
use crate::config::Span;
use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

/// A file as nginx's parser sees it.
///
/// Words and directives stand in two flat lists in file order, as offsets into the file's own bytes: a machine has a
/// million of them, and reading them is then hardly more than cutting the file into tokens.
#[derive(Clone, Default)]
pub struct Tree {
    pub(super) bytes: Arc<[u8]>,
    pub(super) words: Vec<Written>,
    pub(super) nodes: Vec<Node>,
    /// Every comment, in file order, the line feed not included.
    pub comments: Vec<Span>,
}

/// Where a word is written, its quotes and backslashes included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// A directive in the list; what stands in its block follows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// Index of its first word; its last is the one before the first of the next node.
    pub(super) words: u32,
    /// Offset of its `{`, which never is a file's first byte.
    pub(super) open: Option<NonZeroU32>,
    /// Offset after its `;` or `}`.
    pub(super) end: u32,
    /// Index of the node after it and after everything in it.
    pub(super) next: u32,
}

/// A directive: a name, its arguments, and a block or none.
#[derive(Clone, Copy)]
pub struct Directive<'a> {
    tree: &'a Tree,
    index: usize,
}

/// One word of a directive.
#[derive(Clone, Copy)]
pub struct Word<'a> {
    raw: &'a [u8],
    start: usize,
}

/// The braces of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Offset of its `{`.
    pub open: usize,
    /// Offset of its `}`.
    pub close: usize,
}

impl Tree {
    /// What stands outside of any block, in file order.
    pub fn directives(&self) -> impl Iterator<Item = Directive<'_>> + Clone {
        self.siblings(0, self.nodes.len())
    }

    /// Every directive at whatever depth, in file order.
    pub fn all(&self) -> impl Iterator<Item = Directive<'_>> + Clone {
        (0..self.nodes.len()).map(|index| Directive { tree: self, index })
    }

    fn siblings(&self, first: usize, end: usize) -> impl Iterator<Item = Directive<'_>> + Clone {
        let mut next = first;
        std::iter::from_fn(move || {
            let node = self.nodes[..end].get(next)?;
            let directive = Directive { tree: self, index: next };
            next = node.next as usize;
            Some(directive)
        })
    }
}

impl<'a> Directive<'a> {
    /// Its first word.
    pub fn name(self) -> Word<'a> {
        self.word(self.node().words as usize)
    }

    /// Whether this is its name.
    pub fn is(self, name: &str) -> bool {
        self.name().is(name)
    }

    /// What follows the name.
    pub fn arguments(self) -> impl DoubleEndedIterator<Item = Word<'a>> + ExactSizeIterator + Clone {
        let end =
            self.tree.nodes.get(self.index + 1).map_or(self.tree.words.len(), |node| node.words as usize);
        (self.node().words as usize + 1..end).map(move |index| self.word(index))
    }

    /// What follows the name, where that is as many words.
    pub fn exactly<const N: usize>(self) -> Option<[Word<'a>; N]> {
        let arguments = self.arguments();
        let first = self.node().words as usize + 1;
        (arguments.len() == N).then(|| std::array::from_fn(|number| self.word(first + number)))
    }

    /// The first argument as text, empty where there is none.
    pub fn first_argument(self) -> Cow<'a, str> {
        self.arguments().next().map_or(Cow::Borrowed(""), Word::text)
    }

    /// From its name to its `;` or `}`.
    pub fn span(self) -> Span {
        self.start()..self.node().end as usize
    }

    /// Offset of the first byte of its name.
    pub fn start(self) -> usize {
        self.tree.words[self.node().words as usize].start as usize
    }

    /// The block, where it ends in one.
    pub fn block(self) -> Option<Block> {
        let node = self.node();
        node.open.map(|open| Block { open: open.get() as usize, close: node.end as usize - 1 })
    }

    /// The directives in its block: none where it has no block, and none where that holds Lua. Where the directive has
    /// a handler of its own (`map`, `types`) their first words are data, not names.
    pub fn children(self) -> impl Iterator<Item = Directive<'a>> + Clone {
        self.tree.siblings(self.index + 1, self.node().next as usize)
    }

    fn node(self) -> &'a Node {
        &self.tree.nodes[self.index]
    }

    fn word(self, index: usize) -> Word<'a> {
        let Written { start, end } = self.tree.words[index];
        let (start, end) = (start as usize, end as usize);
        Word { raw: &self.tree.bytes[start..end], start }
    }
}

impl<'a> Word<'a> {
    /// Its bytes in the file, quotes and backslashes included.
    pub fn span(self) -> Span {
        self.start..self.start + self.raw.len()
    }

    /// What nginx reads in it.
    pub fn value(self) -> Cow<'a, [u8]> {
        decode(self.raw)
    }

    /// Its value as text; bytes that are not UTF-8 become U+FFFD.
    pub fn text(self) -> Cow<'a, str> {
        match self.value() {
            Cow::Borrowed(value) => {
                str::from_utf8(value).map_or_else(|_| String::from_utf8_lossy(value), Cow::Borrowed)
            }
            Cow::Owned(value) => Cow::Owned(String::from_utf8_lossy(&value).into_owned()),
        }
    }

    /// Whether its value is this text.
    pub fn is(self, text: &str) -> bool {
        reads_as(self.raw, text.as_bytes())
    }
}

impl PartialEq for Directive<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.tree, other.tree) && self.index == other.index
    }
}

impl Eq for Directive<'_> {}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.directives()).finish()
    }
}

impl fmt::Debug for Directive<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}{:?}", self.name(), self.arguments().collect::<Vec<_>>())?;
        if self.block().is_some() {
            f.debug_set().entries(self.children()).finish()?;
        }
        Ok(())
    }
}

impl fmt::Debug for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at {:?}", self.text(), self.span())
    }
}
