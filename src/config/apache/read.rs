//! Reading: files followed, conditionals decided, variables replaced, macros filled in, in httpd's own order.

use super::condition::{Judge, module_name};
use super::line::Line;
use super::load::{Item, Loaded, LoadedFile};
use super::macros::Macro;
use super::name::{Name, Names};
use super::tree::{Inside, Tree, parts};
use super::word::{expand, words};
use crate::config::{Files, Mark, position};
use crate::model::{Problem, printable};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How deep includes may nest, as httpd limits it.
const DEEPEST: usize = 128;

/// How many files may be read in all, each as often as it is included; httpd would go on until its memory ends.
const MOST: usize = 100_000;

pub(super) struct Reader<'a> {
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
    loaded: Loaded,
}

impl<'a> Reader<'a> {
    pub(super) fn new(files: &'a dyn Files, loaded: Loaded) -> Self {
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
            loaded,
        }
    }

    pub(super) fn read(mut self, main: &Path) -> Loaded {
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
                let bytes =
                    self.files.read(path).map_err(|error| problem(format!("it cannot be read: {error}")))?;
                let tree = Tree::parse(&bytes).map_err(|error| error.in_file(path, &bytes))?;
                let marks = Mark::find(&bytes, &tree.comments());
                let feeds = memchr::memchr_iter(b'\n', &bytes).collect();
                let own = path.to_owned();
                let file = LoadedFile {
                    path: own,
                    bytes,
                    tree: Arc::new(tree),
                    loads: 0,
                    marks,
                    feeds,
                    used_at: None,
                };
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
        let items = self.walk(file, &tree, &tree.top);
        self.depth -= 1;
        Ok(items)
    }

    fn walk(&mut self, file: usize, tree: &Tree, nodes: &[usize]) -> Result<Vec<Item>, Problem> {
        let mut items = Vec::with_capacity(nodes.len());
        for &node in nodes {
            let (name, arguments) = self.words(file, node)?;
            if let Some(inside) = &tree.nodes[node].section {
                self.section(file, tree, (node, inside), (name, arguments), &mut items)?;
                continue;
            }
            match name.as_str() {
                "include" | "includeoptional" => items.extend(self.follow(file, node, &name, &arguments)?),
                "use" if self.loaded.modules.iter().any(|module| module == "macro") => {
                    items.extend(self.fill_in(file, node, &arguments)?);
                }
                _ => {
                    self.note(&name, &arguments);
                    items.push(Item { file, node, name, arguments, children: Vec::new() });
                }
            }
        }
        Ok(items)
    }

    fn section(
        &mut self,
        file: usize,
        tree: &Tree,
        (node, inside): (usize, &Inside),
        (name, arguments): (Name, Vec<String>),
        items: &mut Vec<Item>,
    ) -> Result<(), Problem> {
        match self.holds(&name, &arguments) {
            Some(true) => {
                self.closes_exactly(file, inside.close, &name)?;
                items.extend(self.walk(file, tree, &inside.children)?);
            }
            Some(false) => {}
            None if name == "macro" => {
                let body = tree.section_lines(node);
                self.macros.extend(Macro::defined(&arguments, file, body));
            }
            None => {
                if name == "virtualhost" {
                    self.may_be_a_host(file, node, &arguments)?;
                }
                self.sections += 1;
                let children = self.walk(file, tree, &inside.children);
                self.sections -= 1;
                items.push(Item { file, node, name, arguments, children: children? });
            }
        }
        Ok(())
    }

    /// What follows a closing tag is left out, but not after a conditional that holds: httpd then no longer knows the tag.
    fn closes_exactly(&self, file: usize, line: usize, name: &str) -> Result<(), Problem> {
        let own = &self.loaded.files[file];
        let line = &own.tree.lines[line];
        if line.text(&own.bytes).eq_ignore_ascii_case(format!("</{name}>").as_bytes()) {
            return Ok(());
        }
        Err(self.problem_at(file, line, format!("</{name}> has to stand alone in its line")))
    }

    fn may_be_a_host(&self, file: usize, node: usize, arguments: &[String]) -> Result<(), Problem> {
        let message = match (self.sections, arguments) {
            (0, [_, ..]) => return Ok(()),
            (0, []) => "<VirtualHost> without an address; *:80 is every one",
            _ => "<VirtualHost> stands in another section, where httpd does not take it",
        };
        Err(self.problem_at(file, self.loaded.files[file].tree.line(node), message.to_owned()))
    }

    /// Name and arguments of a node, variables replaced.
    fn words(&mut self, file: usize, node: usize) -> Result<(Name, Vec<String>), Problem> {
        let own = &self.loaded.files[file];
        let line = own.tree.line(node);
        let text = line.text(&own.bytes);
        let expanded = expand(text, &|name| self.variables.get(name).cloned());
        if expanded.starts_with(b"<") && !text.starts_with(b"<") {
            let message = "a variable makes a tag of this line; write the tag itself here".to_owned();
            return Err(self.problem_at(file, line, message));
        }
        let mut parts = parts(&expanded).into_iter();
        let name = self.names.name(parts.next().as_ref().map_or(b"", |word| &word.value));
        // Collected in place they would keep the room of the words, which is larger.
        let mut arguments = Vec::with_capacity(parts.len());
        arguments.extend(parts.map(|word| word.to_text()));
        Ok((name, arguments))
    }

    fn holds(&self, name: &str, arguments: &[String]) -> Option<bool> {
        let judge = Judge {
            modules: &self.loaded.modules,
            defined: &self.defined,
            version: self.loaded.facts.version.as_ref(),
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
                if let Some(value) = rest.first() {
                    self.variables.insert(name.clone(), value.clone());
                }
            }
            ("undefine", [name]) => {
                self.defined.retain(|own| own != name);
                self.variables.remove(name);
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
                let message =
                    format!("Include of {} finds nothing; httpd does not start so", printable(argument));
                return Err(self.problem_at(file, self.loaded.files[file].tree.line(node), message));
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
        let folder = path.to_str().map(glob::Pattern::escape).unwrap_or_default();
        let mut names = self.files.glob(&Path::new(&folder).join("*"));
        names.extend(self.files.glob(&Path::new(&folder).join(".*")));
        names.sort_by(|a, b| a.as_os_str().cmp(b.as_os_str()));
        let mut items = Vec::new();
        for name in names {
            items.extend(self.include_tree(&name)?);
        }
        Ok(items)
    }

    /// The body of a macro with a `Use`'s arguments, read as if it stood there.
    fn fill_in(&mut self, file: usize, node: usize, arguments: &[String]) -> Result<Vec<Item>, Problem> {
        let own = &self.loaded.files[file];
        let line = own.tree.line(node);
        let name = arguments.first().map(String::as_str).unwrap_or_default();
        let Some(known) = self.macros.get(&name.to_ascii_lowercase()) else {
            let message = format!("no macro {} is defined before this line", printable(name));
            return Err(self.problem_at(file, line, message));
        };
        let defined = &self.loaded.files[known.file];
        let body = &defined.tree.lines[known.lines.clone()];
        let Some(bytes) = known.filled_in(&defined.bytes, body, &arguments[1..]) else {
            let message = format!("macro {} takes another number of arguments", printable(name));
            return Err(self.problem_at(file, line, message));
        };
        let tree = Tree::parse(&bytes).map_err(|error| {
            self.problem_at(file, line, format!("in macro {}: {}", printable(name), error.message))
        })?;
        let used_at = own.used_at.unwrap_or((file, line.content().start));
        self.loaded.files.push(LoadedFile {
            path: own.path.clone(),
            bytes: bytes.into(),
            tree: Arc::new(tree),
            loads: 1,
            // Marks in a macro are not guacfront's, whatever they say.
            marks: Vec::new(),
            feeds: Vec::new(),
            used_at: Some(used_at),
        });
        let filled_in = self.loaded.files.len() - 1;
        self.walk_whole(filled_in).unwrap_or_else(|_| {
            let message = format!("macro {} uses itself", printable(name));
            Err(self.problem_at(file, self.loaded.files[file].tree.line(node), message))
        })
    }

    fn problem_at(&self, file: usize, line: &Line, message: String) -> Problem {
        let (file, offset) = self.loaded.files[file].used_at.unwrap_or((file, line.content().start));
        let own = &self.loaded.files[file];
        Problem { file: own.path.clone(), at: Some(position(&own.bytes, offset)), message }
    }
}

/// The names of `-D NAME` and `-DNAME`.
fn told_by_arguments(arguments: &str) -> Vec<String> {
    let words: Vec<String> = words(arguments.as_bytes()).into_iter().map(|word| word.to_text()).collect();
    let after = words.windows(2).filter(|pair| pair[0] == "-D").map(|pair| pair[1].clone());
    let glued = words.iter().filter_map(|word| word.strip_prefix("-D")).filter(|name| !name.is_empty());
    after.chain(glued.map(ToOwned::to_owned)).collect()
}
