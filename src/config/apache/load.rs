//! What httpd loads: its files in the order it reads them, and what counts in them.

use super::line::short;
use super::name::Name;
use super::tree::{Tree, parts};
use super::word::Word;
use crate::config::{Mark, Span};
use crate::model::{FileImage, Problem, Version};
use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is known before the first file is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// `ServerRoot` as it is built in.
    pub server_root: PathBuf,
    /// The environment's variables.
    pub variables: Vec<(String, String)>,
    /// Modules that are built in, without `_module`.
    pub modules: Vec<String>,
    /// The version, where it is known.
    pub version: Option<Version>,
}

/// A configuration: a main file and everything that it includes.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// Every file, main file first, each once, and what macros were filled in to.
    pub files: Vec<LoadedFile>,
    /// What counts and stands in no section, in reading order.
    pub items: Vec<Item>,
    /// Modules in force, without `_module`.
    pub modules: Vec<String>,
    /// The folder that relative paths start from.
    pub server_root: PathBuf,
    /// The first reason why httpd would not load it, where there is one; what follows is then missing here.
    pub problem: Option<Problem>,
    /// What was known before the first file was read.
    pub(super) facts: Facts,
}

/// One of the files, or the body of a macro as a `Use` fills it in.
#[derive(Clone, Debug)]
pub struct LoadedFile {
    /// The path by which it is included; of a filled-in macro the path of the file with the `Use`.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// What stands in it.
    pub tree: Arc<Tree>,
    /// How many times it is loaded.
    pub loads: usize,
    /// The regions between marks.
    pub marks: Vec<Mark>,
    /// Of a filled-in macro: index of the file with the `Use`, and where in it that stands.
    pub(super) used_at: Option<(usize, usize)>,
}

impl LoadedFile {
    /// Whether this is no file but a macro as it was filled in, which cannot be edited.
    pub fn is_filled_in(&self) -> bool {
        self.used_at.is_some()
    }

    /// The line of a byte, 1-based.
    pub fn line_of(&self, offset: usize) -> usize {
        self.tree.lines.number_at(offset)
    }
}

/// A directive or section that counts.
#[derive(Clone)]
pub struct Item {
    file: u32,
    node: u32,
    /// Its name in lower case.
    pub name: Name,
    /// What counts in it, where it is a section.
    pub children: Box<[Self]>,
    /// The tree of its file, whose bytes hold its words.
    pub(super) tree: Arc<Tree>,
    replaced: Option<Box<Replaced>>,
}

/// The text of an item in which variables are replaced. Few have one, and of the others there are many.
#[derive(Clone, PartialEq, Eq)]
struct Replaced(Box<[u8]>);

impl Item {
    /// A node of a file without what is in it; `replaced` is its text where variables are replaced in it.
    pub(super) fn new(
        (file, node): (usize, usize),
        name: Name,
        tree: &Arc<Tree>,
        replaced: Option<Vec<u8>>,
    ) -> Self {
        Self {
            file: short(file),
            node: short(node),
            name,
            children: Box::default(),
            tree: Arc::clone(tree),
            replaced: replaced.map(|text| Box::new(Replaced(text.into()))),
        }
    }

    /// What stands outside of any section, as if it stood in one.
    pub fn outermost(children: Vec<Self>) -> Self {
        Self { children: children.into(), ..Self::new((0, 0), Name::default(), &Arc::default(), None) }
    }

    /// Index of its file in [`Loaded::files`].
    pub fn file(&self) -> usize {
        self.file as usize
    }

    /// Its node in that file's tree.
    pub fn node(&self) -> usize {
        self.node as usize
    }

    /// Whether both are the same lines of the same file.
    pub fn is(&self, other: &Self) -> bool {
        (self.file, self.node) == (other.file, other.node)
    }

    /// Its arguments, variables replaced.
    pub fn arguments(&self) -> Vec<Cow<'_, str>> {
        self.words().collect()
    }

    /// The first argument, empty where there is none.
    pub fn first_argument(&self) -> Cow<'_, str> {
        self.words().next().unwrap_or_default()
    }

    /// The children of a name, given in lower case.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The directive of a name that is in force where these levels stand in one another, the innermost first: of two in a
    /// level the later counts.
    pub fn in_force<'a>(levels: impl IntoIterator<Item = &'a [Self]>, name: &str) -> Option<&'a Self> {
        levels.into_iter().find_map(|items| items.iter().rfind(|item| item.name == name))
    }

    fn words(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let text: &[u8] = match &self.replaced {
            Some(text) => &text.0,
            None if self.tree.is_empty() => b"",
            None => self.tree.text(self.node()),
        };
        parts(text).skip(1).map(Word::into_text)
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.is(other) && self.replaced == other.replaced && self.children == other.children
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:?}", self.name, self.arguments())?;
        if self.children.is_empty() { Ok(()) } else { f.debug_set().entries(&self.children).finish() }
    }
}

impl Loaded {
    /// Whether these are the very files that were read, by main file, by what was known before, and by identity of
    /// their bytes.
    pub(super) fn is_of(&self, main: &Path, facts: &Facts, files: &[FileImage]) -> bool {
        let same = |(own, file): (&LoadedFile, &FileImage)| {
            Arc::ptr_eq(&own.bytes, &file.bytes) && own.path == file.path
        };
        self.facts == *facts
            && self.files.first().is_some_and(|file| file.path == main)
            && self.real_files().count() == files.len()
            && self.real_files().zip(files).all(same)
    }

    /// The files that are on the disk, main file first; the others are what macros were filled in to.
    pub fn real_files(&self) -> impl Iterator<Item = &LoadedFile> {
        self.files.iter().filter(|file| !file.is_filled_in())
    }

    /// The file an item stands in.
    pub fn file(&self, item: &Item) -> &LoadedFile {
        &self.files[item.file()]
    }

    /// The line of an item, 1-based; of what a macro holds the line of its `Use`.
    pub fn line(&self, item: &Item) -> usize {
        self.line_at(item.file(), self.file(item).tree.line(item.node()).content().start)
    }

    /// The line of a byte of a file, 1-based; of what a macro holds the line of its `Use`.
    pub fn line_at(&self, file: usize, offset: usize) -> usize {
        let (file, offset) = self.files[file].used_at.unwrap_or((file, offset));
        self.files[file].line_of(offset)
    }

    /// Where an item begins in its file; of what a macro holds where its `Use` begins.
    pub fn offset(&self, item: &Item) -> usize {
        let file = self.file(item);
        file.used_at.map_or_else(|| file.tree.line(item.node()).content().start, |(_, offset)| offset)
    }

    /// The virtual host that begins at a byte of a file.
    pub fn virtual_host_at(&self, file: &Path, offset: usize) -> Option<&Item> {
        self.items.iter().find(|item| {
            item.name == "virtualhost" && self.file(item).path == file && self.offset(item) == offset
        })
    }

    /// The bytes of an item's arguments in its file, `None` where a variable makes more or fewer words of them.
    pub fn argument_spans(&self, item: &Item) -> Option<Vec<Span>> {
        let file = self.file(item);
        let line = file.tree.line(item.node());
        let raw: Vec<_> = parts(line.text()).skip(1).collect();
        (raw.len() == item.words().count()).then(|| {
            raw.iter()
                .map(|word| line.offset(word.range.start)..line.offset(word.range.end - 1) + 1)
                .collect()
        })
    }

    /// The region between marks that holds an item.
    pub fn mark(&self, item: &Item) -> Option<&Mark> {
        let file = self.file(item);
        let span = file.tree.span(item.node());
        file.marks.iter().find(|mark| mark.span.start <= span.start && span.end <= mark.span.end)
    }
}
