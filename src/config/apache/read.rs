//! Reading: files followed, conditionals decided, variables replaced, macros filled in, in httpd's own order.

use super::condition::{Judge, module_name};
use super::line::Line;
use super::load::{Facts, Item, Loaded, LoadedFile};
use super::macros::Macro;
use super::name::Names;
use super::tree::{Tree, parts};
use super::word::{expand, words};
use crate::config::{Files, Mark, Matcher, MemoryFiles, Wildcard, position};
use crate::model::{ApacheFindings, Problem, io_words, printable};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How deep includes may nest, and the folders of one, as httpd limits them.
const DEEPEST: usize = 128;

/// How deep sections may stand in one another through files and macros; httpd has no limit but its memory, and each
/// level takes of the stack here.
const MOST_LEVELS: usize = 300;

/// How many files may be read in all, each as often as it is included; httpd would go on until its memory ends.
const MOST: usize = 100_000;

impl Loaded {
    /// Reads a configuration from its main file on.
    pub fn read(main: &Path, facts: &Facts, files: &dyn Files) -> Self {
        let loaded = Self {
            modules: facts.modules.clone(),
            server_root: facts.server_root.clone(),
            facts: facts.clone(),
            ..Self::default()
        };
        Reader::new(files, loaded).read(main)
    }

    /// What was read of these files by whoever found them, or is read now.
    pub fn of(apache: &ApacheFindings) -> Arc<Self> {
        let facts = Facts {
            server_root: apache.server_root.clone(),
            variables: apache.defines.clone(),
            modules: apache.built_in.clone(),
            version: apache.version.clone(),
        };
        let kept = apache.memo.recall::<Self>();
        kept.filter(|loaded| loaded.is_of(&apache.main, &facts, &apache.files)).unwrap_or_else(|| {
            let files = apache.files.iter().map(|file| (file.path.clone(), Arc::clone(&file.bytes)));
            Arc::new(Self::read(&apache.main, &facts, &MemoryFiles(files.collect())))
        })
    }
}

struct Reader<'a> {
    files: &'a dyn Files,
    /// What `${NAME}` stands for: the environment, then whatever is defined.
    variables: HashMap<String, String>,
    /// What `IfDefine` knows.
    defined: Vec<String>,
    macros: HashMap<String, Macro>,
    names: Names,
    known: BTreeMap<PathBuf, usize>,
    depth: usize,
    reads: usize,
    /// In how many sections, conditionals left out, what is read stands.
    sections: usize,
    /// In how many sections and files, macros among them, it stands.
    levels: usize,
    loaded: Loaded,
}

impl<'a> Reader<'a> {
    fn new(files: &'a dyn Files, loaded: Loaded) -> Self {
        let variables: HashMap<String, String> = loaded.facts.variables.iter().cloned().collect();
        // Debian's apache2ctl hands these to the program.
        let arguments = variables.get("APACHE_ARGUMENTS").map_or("", String::as_str);
        Self {
            files,
            defined: told_by_arguments(arguments),
            variables,
            macros: HashMap::new(),
            names: Names::default(),
            known: BTreeMap::new(),
            depth: 0,
            reads: 0,
            sections: 0,
            levels: 0,
            loaded,
        }
    }

    fn read(mut self, main: &Path) -> Loaded {
        match self.include(main) {
            Ok(items) => self.loaded.items = items,
            Err(problem) => self.loaded.problem = Some(problem),
        }
        self.loaded
    }

    /// Reads a file, or reads it again: what counts in it may have changed since.
    fn include(&mut self, path: &Path) -> Result<Vec<Item>, Problem> {
        let problem = |message: String| Problem { file: path.to_owned(), at: None, message };
        let index = match self.known.get(path) {
            Some(index) => *index,
            None => {
                let bytes = self
                    .files
                    .read(path)
                    .map_err(|error| problem(format!("it cannot be read: {}", io_words(&error))))?;
                let tree = Tree::parse(Arc::clone(&bytes)).map_err(|error| error.in_file(path, &bytes))?;
                let marks = Mark::find(&bytes, tree.comments());
                let own = path.to_owned();
                let file =
                    LoadedFile { path: own, bytes, tree: Arc::new(tree), loads: 0, marks, used_at: None };
                self.loaded.files.push(file);
                let index = self.loaded.files.len() - 1;
                self.known.insert(path.to_owned(), index);
                index
            }
        };
        self.loaded.files[index].loads += 1;
        self.walk_whole(index).map_err(|message| problem(message.to_owned())).and_then(|items| items)
    }

    /// Everything in a file, so long as the files do not go round.
    fn walk_whole(&mut self, file: usize) -> Result<Result<Vec<Item>, Problem>, &'static str> {
        self.reads += 1;
        if self.depth == DEEPEST {
            return Err("it is included 128 levels deep; httpd goes no deeper");
        }
        if self.reads > MOST {
            return Err("more than 100000 files are included before this one; the includes go round");
        }
        self.depth += 1;
        let tree = Arc::clone(&self.loaded.files[file].tree);
        let items = self.walk(file, &tree, tree.top());
        self.depth -= 1;
        Ok(items)
    }

    fn walk(
        &mut self,
        file: usize,
        tree: &Arc<Tree>,
        nodes: impl Iterator<Item = usize> + Clone,
    ) -> Result<Vec<Item>, Problem> {
        if let Some(first) = nodes.clone().next().filter(|_| self.levels == MOST_LEVELS) {
            let message =
                format!("sections and files stand {MOST_LEVELS} levels deep here; no deeper ones are read");
            return Err(self.problem_at(file, tree.line(first), message));
        }
        self.levels += 1;
        let items = self.items(file, tree, nodes);
        self.levels -= 1;
        items
    }

    fn items(
        &mut self,
        file: usize,
        tree: &Arc<Tree>,
        nodes: impl Iterator<Item = usize> + Clone,
    ) -> Result<Vec<Item>, Problem> {
        let mut items = Vec::with_capacity(nodes.clone().count());
        for node in nodes {
            let item = self.item(file, tree, node)?;
            if tree.is_section(node) {
                self.section(item, &mut items)?;
                continue;
            }
            match item.name.as_str() {
                "include" | "includeoptional" => items.extend(self.follow(&item)?),
                "use" if self.loaded.modules.iter().any(|module| module == "macro") => {
                    items.extend(self.fill_in(&item)?);
                }
                _ => {
                    self.note(&item);
                    items.push(item);
                }
            }
        }
        Ok(items)
    }

    fn section(&mut self, mut item: Item, items: &mut Vec<Item>) -> Result<(), Problem> {
        let (file, tree) = (item.file(), Arc::clone(&item.tree));
        match self.holds(&item) {
            Some(true) => {
                self.closes_exactly(file, tree.last_line(item.node()), &item.name)?;
                items.extend(self.walk(file, &tree, tree.children(item.node()))?);
            }
            Some(false) => {}
            None if item.name == "macro" => {
                let body = tree.section_lines(item.node());
                self.macros.extend(Macro::defined(&item.arguments(), file, body));
            }
            None => {
                if item.name == "virtualhost" {
                    self.may_be_a_host(&item)?;
                }
                self.sections += 1;
                let children = self.walk(file, &tree, tree.children(item.node()));
                self.sections -= 1;
                item.children = children?.into();
                items.push(item);
            }
        }
        Ok(())
    }

    /// What follows a closing tag is left out, but not after a conditional that holds: httpd then no longer knows the tag.
    fn closes_exactly(&self, file: usize, line: usize, name: &str) -> Result<(), Problem> {
        let own = &self.loaded.files[file];
        let line = own.tree.lines.line(line);
        if line.text().eq_ignore_ascii_case(format!("</{name}>").as_bytes()) {
            return Ok(());
        }
        Err(self.problem_at(file, line, format!("</{name}> has to stand alone in its line")))
    }

    fn may_be_a_host(&self, item: &Item) -> Result<(), Problem> {
        let message = match (self.sections, item.arguments().as_slice()) {
            (0, [_, ..]) => return Ok(()),
            (0, []) => "<VirtualHost> without an address; *:80 is every one",
            _ => "<VirtualHost> stands in another section, where httpd does not take it",
        };
        Err(self.problem_in(item, message.to_owned()))
    }

    /// A node, variables replaced, without what is in it.
    fn item(&mut self, file: usize, tree: &Arc<Tree>, node: usize) -> Result<Item, Problem> {
        let text = tree.text(node);
        let expanded = expand(text, &|name| self.variables.get(name).cloned());
        if expanded.starts_with(b"<") && !text.starts_with(b"<") {
            let message = "a variable makes a tag of this line; write the tag itself here".to_owned();
            return Err(self.problem_at(file, tree.line(node), message));
        }
        let name = self.names.name(&parts(&expanded).next().map(|word| word.value).unwrap_or_default());
        let replaced = match expanded {
            Cow::Borrowed(_) => None,
            Cow::Owned(text) => Some(text),
        };
        Ok(Item::new((file, node), name, tree, replaced))
    }

    fn holds(&self, item: &Item) -> Option<bool> {
        let judge = Judge {
            modules: &self.loaded.modules,
            defined: &self.defined,
            version: self.loaded.facts.version.as_ref(),
            server_root: &self.loaded.server_root,
            files: self.files,
        };
        // A section's arguments are looked at again when they are asked for; only a conditional's are needed now.
        let arguments = if item.name.starts_with("if") { item.arguments() } else { Vec::new() };
        judge.holds(&item.name, &arguments)
    }

    /// Directives that take effect while files are still being read.
    fn note(&mut self, item: &Item) {
        let name = item.name.as_str();
        if !matches!(name, "define" | "undefine" | "undefmacro" | "loadmodule" | "serverroot") {
            return;
        }
        match (name, item.arguments().as_slice()) {
            ("define", [name, rest @ ..]) => {
                self.defined.push(name.to_string());
                if let Some(value) = rest.first() {
                    self.variables.insert(name.to_string(), value.to_string());
                }
            }
            ("undefine", [name]) => {
                self.defined.retain(|own| own != name);
                self.variables.remove(&**name);
            }
            ("undefmacro", [name]) => {
                self.macros.remove(&name.to_ascii_lowercase());
            }
            ("loadmodule", [name, ..]) => {
                let name = module_name(name).to_owned();
                if !self.loaded.modules.contains(&name) {
                    self.loaded.modules.push(name);
                }
            }
            ("serverroot", [root]) => self.loaded.server_root = PathBuf::from(&**root),
            _ => {}
        }
    }

    fn follow(&mut self, item: &Item) -> Result<Vec<Item>, Problem> {
        let mut items = Vec::new();
        for argument in item.arguments() {
            let path = self.loaded.server_root.join(&*argument);
            let found = if Wildcard::is_in(argument.as_bytes()) {
                self.files.glob(&path, Matcher::Apr)
            } else if self.files.is_dir(&path) || self.files.read(&path).is_ok() {
                vec![path.clone()]
            } else {
                Vec::new()
            };
            if found.is_empty() && item.name == "include" {
                let message =
                    format!("Include of {} finds nothing; httpd does not start so", printable(&argument));
                return Err(self.problem_in(item, message));
            }
            for path in found {
                items.extend(self.include_tree(&path, 0)?);
            }
        }
        Ok(items)
    }

    /// A file, or every file of a folder and of the folders in it.
    fn include_tree(&mut self, path: &Path, folders: usize) -> Result<Vec<Item>, Problem> {
        if !self.files.is_dir(path) {
            return self.include(path);
        }
        if folders == DEEPEST {
            let message = format!("folders of an include nest {DEEPEST} levels deep; httpd goes no deeper");
            return Err(Problem { file: path.to_owned(), at: None, message });
        }
        let mut items = Vec::new();
        for name in self.files.names(path) {
            items.extend(self.include_tree(&path.join(name), folders + 1)?);
        }
        Ok(items)
    }

    /// The body of a macro with a `Use`'s arguments, read as if it stood there.
    fn fill_in(&mut self, item: &Item) -> Result<Vec<Item>, Problem> {
        let own = &self.loaded.files[item.file()];
        let name = &*item.first_argument();
        let Some(known) = self.macros.get(&name.to_ascii_lowercase()) else {
            let message = format!("no macro {} is defined before this line", printable(name));
            return Err(self.problem_in(item, message));
        };
        let defined = &self.loaded.files[known.file];
        let body = defined.tree.lines.range(known.lines.clone());
        let Some(bytes) = known.filled_in(body, &item.arguments()[1..]) else {
            let message = format!("macro {} takes another number of arguments", printable(name));
            return Err(self.problem_in(item, message));
        };
        let tree = Tree::parse(bytes).map_err(|error| {
            self.problem_in(item, format!("in macro {}: {}", printable(name), error.message))
        })?;
        let used_at = own.used_at.unwrap_or((item.file(), item.tree.line(item.node()).content().start));
        self.loaded.files.push(LoadedFile {
            path: own.path.clone(),
            bytes: Arc::clone(tree.bytes()),
            tree: Arc::new(tree),
            loads: 1,
            // Marks in a macro are not guacfront's, whatever they say.
            marks: Vec::new(),
            used_at: Some(used_at),
        });
        let filled_in = self.loaded.files.len() - 1;
        self.walk_whole(filled_in).unwrap_or_else(|_| {
            let message = format!("macro {} uses itself", printable(name));
            Err(self.problem_in(item, message))
        })
    }

    fn problem_in(&self, item: &Item, message: String) -> Problem {
        self.problem_at(item.file(), item.tree.line(item.node()), message)
    }

    fn problem_at(&self, file: usize, line: Line<'_>, message: String) -> Problem {
        let (file, offset) = self.loaded.files[file].used_at.unwrap_or((file, line.content().start));
        let own = &self.loaded.files[file];
        Problem { file: own.path.clone(), at: Some(position(&own.bytes, offset)), message }
    }
}

/// The names of `-D NAME` and `-DNAME`.
fn told_by_arguments(arguments: &str) -> Vec<String> {
    let words: Vec<String> = words(arguments.as_bytes()).map(|word| word.to_text()).collect();
    let after = words.windows(2).filter(|pair| pair[0] == "-D").map(|pair| pair[1].clone());
    let glued = words.iter().filter_map(|word| word.strip_prefix("-D")).filter(|name| !name.is_empty());
    after.chain(glued.map(ToOwned::to_owned)).collect()
}
