//! Every file that httpd loads, in the order it reads them, conditionals and variables resolved.

use super::condition::{Judge, module_name};
use super::tree::{Tree, parts};
use super::word::{expand, words};
use crate::config::{Files, Mark, Span, position};
use crate::model::{FileImage, Problem, Version};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How deep includes may nest, as httpd limits it.
const DEEPEST: usize = 128;

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
    /// Every file, main file first, each once.
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
    facts: Facts,
}

/// One of the files.
#[derive(Clone, Debug)]
pub struct LoadedFile {
    /// The path by which it is included.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// What stands in it.
    pub tree: Tree,
    /// How many times it is loaded.
    pub loads: usize,
    /// The regions between marks.
    pub marks: Vec<Mark>,
    /// Where its line feeds are: a file has thousands of virtual hosts, and each is asked for its line.
    feeds: Vec<usize>,
}

/// A directive or section that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Index of its file in [`Loaded::files`].
    pub file: usize,
    /// Index of its node in that file's tree.
    pub node: usize,
    /// Its name in lower case.
    pub name: String,
    /// Its arguments, variables replaced.
    pub arguments: Vec<String>,
    /// What counts in it, where it is a section.
    pub children: Vec<Self>,
}

impl Item {
    /// The first argument, empty where there is none.
    pub fn first_argument(&self) -> &str {
        self.arguments.first().map_or("", String::as_str)
    }

    /// The children of a name, given in lower case.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

impl Loaded {
    /// Reads a configuration from its main file on.
    pub fn read(main: &Path, facts: &Facts, files: &dyn Files) -> Self {
        let mut reader = Reader {
            files,
            version: facts.version.clone(),
            variables: facts.variables.iter().cloned().collect(),
            defined: Vec::new(),
            known: BTreeMap::new(),
            depth: 0,
            loaded: Self {
                modules: facts.modules.clone(),
                server_root: facts.server_root.clone(),
                facts: facts.clone(),
                ..Self::default()
            },
        };
        match reader.include(main) {
            Ok(items) => reader.loaded.items = items,
            Err(problem) => reader.loaded.problem = Some(problem),
        }
        reader.loaded
    }

    /// Whether these are the very files that were read, by main file, by what was known before, and by identity of their bytes.
    pub fn is_of(&self, main: &Path, facts: &Facts, files: &[FileImage]) -> bool {
        let same = |(own, file): (&LoadedFile, &FileImage)| {
            own.path == file.path && Arc::ptr_eq(&own.bytes, &file.bytes)
        };
        self.facts == *facts
            && self.files.first().is_some_and(|file| file.path == main)
            && self.files.len() == files.len()
            && self.files.iter().zip(files).all(same)
    }

    /// The file an item stands in.
    pub fn file(&self, item: &Item) -> &LoadedFile {
        &self.files[item.file]
    }

    /// The line of an item, 1-based.
    pub fn line(&self, item: &Item) -> usize {
        let file = self.file(item);
        let start = file.tree.line(item.node).content().start;
        file.feeds.partition_point(|feed| *feed < start) + 1
    }

    /// The bytes of an item's arguments in its file, `None` where a variable makes more or fewer words of them.
    pub fn argument_spans(&self, item: &Item) -> Option<Vec<Span>> {
        let line = self.file(item).tree.line(item.node);
        let raw = parts(&line.text);
        (raw.len() == item.arguments.len() + 1).then(|| {
            raw[1..]
                .iter()
                .map(|word| line.offset(word.range.start)..line.offset(word.range.end - 1) + 1)
                .collect()
        })
    }

    /// The region between marks that holds an item.
    pub fn mark(&self, item: &Item) -> Option<&Mark> {
        let file = self.file(item);
        let span = file.tree.span(item.node);
        file.marks.iter().find(|mark| mark.span.start <= span.start && span.end <= mark.span.end)
    }
}

struct Reader<'a> {
    files: &'a dyn Files,
    version: Option<Version>,
    /// What `${NAME}` stands for: the environment, then whatever is defined.
    variables: BTreeMap<String, String>,
    /// What `IfDefine` knows.
    defined: Vec<String>,
    known: BTreeMap<PathBuf, usize>,
    depth: usize,
    loaded: Loaded,
}

impl Reader<'_> {
    /// Reads a file, or reads it again: what counts in it may have changed since.
    fn include(&mut self, path: &Path) -> Result<Vec<Item>, Problem> {
        let problem = |message: String| Problem { file: path.to_owned(), at: None, message };
        let index = match self.known.get(path) {
            Some(index) => *index,
            None => {
                let bytes =
                    self.files.read(path).map_err(|error| problem(format!("it cannot be read: {error}")))?;
                let tree = Tree::parse(&bytes).map_err(|error| error.in_file(path, &bytes))?;
                let marks = Mark::find(&bytes, &tree.comments());
                let feeds = memchr::memchr_iter(b'\n', &bytes).collect();
                let own = path.to_owned();
                self.loaded.files.push(LoadedFile { path: own, bytes, tree, loads: 0, marks, feeds });
                let index = self.loaded.files.len() - 1;
                self.known.insert(path.to_owned(), index);
                index
            }
        };
        self.loaded.files[index].loads += 1;
        if self.depth == DEEPEST {
            return Err(problem(format!("it is included {DEEPEST} levels deep; httpd goes no deeper")));
        }
        self.depth += 1;
        let top = self.loaded.files[index].tree.top.clone();
        let items = self.walk(index, &top);
        self.depth -= 1;
        items
    }

    fn walk(&mut self, file: usize, nodes: &[usize]) -> Result<Vec<Item>, Problem> {
        let mut items = Vec::new();
        for &node in nodes {
            let (name, arguments) = self.words(file, node);
            let inside = self.loaded.files[file].tree.nodes[node].section.clone();
            if let Some(inside) = inside {
                match self.holds(&name, &arguments) {
                    Some(true) => items.extend(self.walk(file, &inside.children)?),
                    Some(false) => {}
                    None => {
                        let children = self.walk(file, &inside.children)?;
                        items.push(Item { file, node, name, arguments, children });
                    }
                }
                continue;
            }
            match name.as_str() {
                "include" | "includeoptional" => items.extend(self.follow(file, node, &name, &arguments)?),
                _ => {
                    self.note(&name, &arguments);
                    items.push(Item { file, node, name, arguments, children: Vec::new() });
                }
            }
        }
        Ok(items)
    }

    fn words(&self, file: usize, node: usize) -> (String, Vec<String>) {
        let text = &self.loaded.files[file].tree.line(node).text;
        let expanded = expand(text, &|name| self.variables.get(name).cloned());
        let mut parts =
            parts(&expanded).into_iter().map(|word| String::from_utf8_lossy(&word.value).into_owned());
        (parts.next().unwrap_or_default().to_ascii_lowercase(), parts.collect())
    }

    fn holds(&self, name: &str, arguments: &[String]) -> Option<bool> {
        let judge = Judge {
            modules: &self.loaded.modules,
            defined: &self.defined,
            version: self.version.as_ref(),
            server_root: &self.loaded.server_root,
            files: self.files,
        };
        judge.holds(name, arguments)
    }

    /// Directives that take effect while files are still being read.
    fn note(&mut self, name: &str, arguments: &[String]) {
        match (name, arguments) {
            ("define", [name, rest @ ..]) => {
                self.defined.push(name.clone());
                self.variables.insert(name.clone(), rest.first().cloned().unwrap_or_default());
            }
            ("undefine", [name]) => {
                self.defined.retain(|own| own != name);
                self.variables.remove(name);
            }
            ("loadmodule", [name, ..]) => {
                let name = module_name(name).to_owned();
                if !self.loaded.modules.contains(&name) {
                    self.loaded.modules.push(name);
                }
            }
            ("serverroot", [root]) => self.loaded.server_root = PathBuf::from(root),
            _ => {}
        }
    }

    fn follow(
        &mut self,
        file: usize,
        node: usize,
        name: &str,
        arguments: &[String],
    ) -> Result<Vec<Item>, Problem> {
        let mut items = Vec::new();
        // Include takes one argument; a version that takes several reads each.
        for argument in arguments {
            let path = self.loaded.server_root.join(argument);
            let found = if argument.contains(['*', '?', '[']) {
                self.files.glob(&path)
            } else if self.files.is_dir(&path) || self.files.read(&path).is_ok() {
                vec![path.clone()]
            } else {
                Vec::new()
            };
            if found.is_empty() && name == "include" {
                let own = &self.loaded.files[file];
                let at = position(&own.bytes, own.tree.line(node).content().start);
                let message = format!(
                    "Include of {} finds nothing; httpd does not start so",
                    crate::model::printable(argument)
                );
                return Err(Problem { file: own.path.clone(), at: Some(at), message });
            }
            for path in found {
                items.extend(self.include_tree(&path)?);
            }
        }
        Ok(items)
    }

    /// A file, or every file of a folder and of the folders in it.
    fn include_tree(&mut self, path: &Path) -> Result<Vec<Item>, Problem> {
        if !self.files.is_dir(path) {
            return self.include(path);
        }
        let mut items = Vec::new();
        let mut names = self.files.glob(&path.join("*"));
        names.extend(self.files.glob(&path.join(".*")));
        names.retain(|name| !name.ends_with(".") && !name.ends_with(".."));
        names.sort_by(|a, b| a.as_os_str().cmp(b.as_os_str()));
        for name in names {
            items.extend(self.include_tree(&name)?);
        }
        Ok(items)
    }
}

/// The variables that a shell file such as Debian's `envvars` exports; the file is read, never run.
///
/// # Shape
/// Lines `export NAME=value` or `NAME=value`; quotes are taken off, `$NAME`, `${NAME}` and `${NAME:-word}` are
/// replaced by what stands above. Debian's `$SUFFIX` is empty for the one instance that has no name.
pub fn exported(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        let line = line.strip_prefix("export ").unwrap_or(line).trim();
        let Some((name, value)) = line.split_once('=') else { continue };
        let is_name =
            |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !is_name(name) {
            continue;
        }
        let value = words(value.as_bytes()).into_iter().next().map(|word| word.value).unwrap_or_default();
        let value = replace_variables(&String::from_utf8_lossy(&value), &found);
        found.retain(|(own, _)| own != name);
        found.push((name.to_owned(), value));
    }
    found
}

fn replace_variables(text: &str, known: &[(String, String)]) -> String {
    let value = |name: &str| known.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone());
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (name, fallback, len) = match after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some((inner, _)) => {
                let (name, fallback) = inner.split_once(":-").unwrap_or((inner, ""));
                (name, fallback, inner.len() + 2)
            }
            None => {
                let len =
                    after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(after.len());
                (&after[..len], "", len)
            }
        };
        out.push_str(&value(name).filter(|value| !value.is_empty()).unwrap_or_else(|| fallback.to_owned()));
        rest = &after[len..];
    }
    out.push_str(rest);
    out
}
