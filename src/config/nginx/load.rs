//! Every file that nginx loads, includes followed as nginx follows them.
//!
//! # Source
//! `ngx_conf_include` in nginx's `src/core/ngx_conf_file.c`: a relative name starts from the folder of the main file,
//! from nested files too; a name with one of `*?[` is a glob, which may match nothing; any other has to be there.

use super::tree::{Directive, Tree};
use crate::config::{Files, LineIndex, Mark, Matcher, MemoryFiles, position};
use crate::model::{FileImage, NginxFindings, Problem, io_words, printable_path};
use foldhash::{HashMap, HashMapExt as _};
use memchr::memmem::Finder;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, LazyLock};

/// How deep includes may stand in one another; nginx has no limit but its stack and its open files.
const DEEPEST: usize = 200;

/// A file that is loaded more often than this is counted no further.
const MANY: usize = 1000;

/// A configuration: a main file and everything that it includes.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// Every file, main file first, each once.
    pub files: Vec<LoadedFile>,
    /// The first reason why nginx would not load it, where there is one; what follows it is then missing here.
    pub problem: Option<Problem>,
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
    /// How many times it is loaded, whatever the context; an edit of it shows in as many places.
    pub loads: usize,
    /// The regions between marks.
    pub marks: Vec<Mark>,
    lines: LineIndex,
    /// By the offset of an `include`, the files that it stands for.
    includes: BTreeMap<usize, Vec<usize>>,
}

/// A directive and the file that it stands in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed<'a> {
    /// Index of the file in [`Loaded::files`].
    pub file: usize,
    /// The directive.
    pub directive: Directive<'a>,
}

impl LoadedFile {
    /// The line of a byte, 1-based.
    pub fn line(&self, offset: usize) -> usize {
        self.lines.line(&self.bytes, offset)
    }
}

impl Loaded {
    /// Reads a configuration from its main file on.
    pub fn read(main: &Path, files: &dyn Files) -> Self {
        let folder = main.parent().unwrap_or(Path::new("/"));
        let mut reader =
            Reader { files, folder, loaded: Self::default(), known: HashMap::new(), under_way: Vec::new() };
        if let Err(problem) = reader.load_main(main) {
            reader.loaded.problem = Some(problem);
        }
        let mut loaded = reader.loaded;
        if !loaded.files.is_empty() {
            loaded.count(0);
        }
        loaded
    }

    /// What was read of these files by whoever found them, or is read now.
    pub fn of(nginx: &NginxFindings) -> Arc<Self> {
        let kept = nginx.memo.recall::<Self>();
        kept.filter(|loaded| loaded.is_of(&nginx.main, &nginx.files)).unwrap_or_else(|| {
            let files = nginx.files.iter().map(|file| (file.path.clone(), Arc::clone(&file.bytes)));
            Arc::new(Self::read(&nginx.main, &MemoryFiles(files.collect())))
        })
    }

    /// Whether these are the very files that were read, by main file and by identity of their bytes.
    pub fn is_of(&self, main: &Path, files: &[FileImage]) -> bool {
        let same = |(own, file): (&LoadedFile, &FileImage)| {
            Arc::ptr_eq(&own.bytes, &file.bytes) && own.path == file.path
        };
        self.files.first().is_some_and(|file| file.path == main)
            && self.files.len() == files.len()
            && self.files.iter().zip(files).all(same)
    }

    /// What stands outside of any block, includes replaced by what they include.
    pub fn top(&self) -> Vec<Placed<'_>> {
        let mut found = Vec::new();
        if let Some(main) = self.files.first() {
            self.flatten(0, main.tree.directives(), &mut found);
        }
        found
    }

    /// What stands in a directive's block, includes replaced by what they include.
    pub fn children<'a>(&'a self, parent: Placed<'a>) -> Vec<Placed<'a>> {
        let children = parent.directive.children();
        let mut found = Vec::with_capacity(children.clone().count());
        self.flatten(parent.file, children, &mut found);
        found
    }

    /// The line of a directive's first byte, 1-based.
    pub fn line(&self, placed: Placed<'_>) -> usize {
        self.files[placed.file].line(placed.directive.start())
    }

    /// File and line of a directive, as a person names a place.
    pub fn place(&self, placed: Placed<'_>) -> String {
        format!("{}:{}", printable_path(&self.files[placed.file].path), self.line(placed))
    }

    fn flatten<'a>(
        &'a self,
        file: usize,
        directives: impl Iterator<Item = Directive<'a>>,
        found: &mut Vec<Placed<'a>>,
    ) {
        let own = &self.files[file];
        if own.includes.is_empty() {
            return found.extend(directives.map(|directive| Placed { file, directive }));
        }
        for directive in directives {
            match own.includes.get(&directive.start()) {
                Some(included) => {
                    for &index in included {
                        self.flatten(index, self.files[index].tree.directives(), found);
                    }
                }
                None => found.push(Placed { file, directive }),
            }
        }
    }

    fn count(&mut self, file: usize) {
        self.files[file].loads += 1;
        if self.files[file].loads > MANY {
            return;
        }
        let included: Vec<usize> = self.files[file].includes.values().flatten().copied().collect();
        for index in included {
            self.count(index);
        }
    }
}

struct Reader<'a> {
    files: &'a dyn Files,
    /// The folder relative names start from.
    folder: &'a Path,
    loaded: Loaded,
    known: HashMap<OsString, usize>,
    /// The files being read, outermost first.
    under_way: Vec<PathBuf>,
}

impl Reader<'_> {
    fn load_main(&mut self, path: &Path) -> Result<(), Problem> {
        let bytes = self.files.read(path).map_err(|error| Problem {
            file: path.to_owned(),
            at: None,
            message: format!("it cannot be read: {}", io_words(&error)),
        })?;
        self.load(path, &bytes).map(|_| ())
    }

    /// Takes in a file that is not known yet, and what it includes; its index.
    fn load(&mut self, path: &Path, bytes: &Arc<[u8]>) -> Result<usize, Problem> {
        let tree = Tree::parse(Arc::clone(bytes)).map_err(|error| error.in_file(path, bytes))?;
        let index = self.loaded.files.len();
        let names = included_names(&tree);
        self.loaded.files.push(LoadedFile {
            path: path.to_owned(),
            marks: Mark::find(bytes, tree.comments.iter().cloned()),
            lines: LineIndex::of(bytes),
            bytes: Arc::clone(bytes),
            tree,
            loads: 0,
            includes: BTreeMap::new(),
        });
        self.known.insert(path.into(), index);
        self.under_way.push(path.to_owned());
        for (offset, name) in names {
            let here = |message: String| Problem {
                file: path.to_owned(),
                at: Some(position(bytes, offset)),
                message,
            };
            let included = self.follow(&name).map_err(|fault| match fault {
                Fault::Here(message) => here(message),
                Fault::There(problem) => problem,
            })?;
            self.loaded.files[index].includes.insert(offset, included);
        }
        self.under_way.pop();
        Ok(index)
    }

    fn follow(&mut self, name: &[u8]) -> Result<Vec<usize>, Fault> {
        // Components leave out `.` and doubled slashes, so that one file has one name.
        let path: PathBuf = self
            .folder
            .join(OsStr::from_bytes(name))
            .components()
            .filter(|part| *part != Component::CurDir)
            .collect();
        // What nginx itself takes for a pattern.
        let paths = if name.iter().any(|byte| b"*?[".contains(byte)) {
            self.files.glob(&path, Matcher::CLibrary)
        } else if self.files.is_dir(&path) {
            return Err(Fault::Here(format!("{} is a folder; nginx includes files", printable_path(&path))));
        } else {
            vec![path]
        };
        if self.under_way.len() > DEEPEST {
            let message = format!("includes stand {DEEPEST} levels deep here; no deeper ones are read");
            return Err(Fault::Here(message));
        }
        let mut included = Vec::new();
        for path in paths {
            // By their bytes, all of them without `.` and doubled slashes: parts take longer to compare.
            if self.under_way.iter().any(|own| own.as_os_str() == path.as_os_str()) {
                return Err(Fault::Here(format!("{} includes itself", printable_path(&path))));
            }
            let index = match self.known.get(path.as_os_str()) {
                Some(&index) => index,
                None => {
                    let bytes = self.files.read(&path).map_err(|error| {
                        let name = printable_path(&path);
                        Fault::Here(format!(
                            "{name} is included here but cannot be read: {}",
                            io_words(&error)
                        ))
                    })?;
                    self.load(&path, &bytes).map_err(Fault::There)?
                }
            };
            included.push(index);
        }
        Ok(included)
    }
}

enum Fault {
    Here(String),
    There(Problem),
}

/// The offset and the argument of every `include`, at any depth.
fn included_names(tree: &Tree) -> Vec<(usize, Vec<u8>)> {
    static INCLUDE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("include"));
    // No escape makes a letter: a file without the word has no such directive, as hardly any of thousands has.
    if INCLUDE.find(&tree.bytes).is_none() {
        return Vec::new();
    }
    let includes = tree.all().filter(|directive| directive.is("include") && directive.block().is_none());
    let named = includes.filter_map(|directive| Some((directive, directive.exactly()?)));
    named.map(|(directive, [name])| (directive.start(), name.value().into_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::MemoryFiles;

    fn loaded(files: &[(&str, &str)]) -> Loaded {
        let files = files.iter().map(|(path, text)| (path.into(), Arc::from(text.as_bytes()))).collect();
        Loaded::read(Path::new("/e/nginx.conf"), &MemoryFiles(files))
    }

    fn names(loaded: &Loaded) -> Vec<String> {
        loaded.top().iter().map(|placed| placed.directive.name().text().into_owned()).collect()
    }

    #[test]
    fn follows_includes_in_place_relative_to_the_main_file() {
        let found = loaded(&[
            ("/e/nginx.conf", "a; include ./d/*.conf; \"include\" 'x'; z;"),
            ("/e/d/2.conf", "two; include x;"),
            ("/e/d/1.conf", "one;"),
            ("/e/d/.hidden.conf", "}"),
            ("/e/x", "x;"),
        ]);
        assert_eq!(found.problem, None);
        assert_eq!(names(&found), ["a", "one", "two", "x", "x", "z"]);
        let loads = |path: &str| found.files.iter().find(|f| f.path == Path::new(path)).map(|f| f.loads);
        assert_eq!((loads("/e/d/1.conf"), loads("/e/x")), (Some(1), Some(2)));
    }

    #[test]
    fn a_glob_may_match_nothing_but_a_name_must_be_there() {
        assert_eq!(loaded(&[("/e/nginx.conf", "include d/*;")]).problem, None);
        let problem = loaded(&[("/e/nginx.conf", "a;\n  include d;")]).problem.expect("d is not there");
        assert_eq!((problem.file.as_path(), problem.at), (Path::new("/e/nginx.conf"), Some((2, 3))));
    }

    #[test]
    fn each_file_is_balanced_by_itself() {
        let found = loaded(&[("/e/nginx.conf", "http { include h; }"), ("/e/h", "server {\n")]);
        let problem = found.problem.expect("half a block is refused");
        assert_eq!((problem.file.as_path(), problem.at), (Path::new("/e/h"), Some((2, 1))));
    }

    #[test]
    fn includes_without_end_do_not_exhaust_the_stack() {
        let name = |n: usize| format!("/e/{n}");
        let text = |n: usize| format!("include {};", n + 1);
        let texts: Vec<(String, String)> = (0..3000).map(|n| (name(n), text(n))).collect();
        let mut files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (&**name, &**text)).collect();
        files.push(("/e/nginx.conf", "include 0;"));
        let problem = loaded(&files).problem.expect("nobody nests so deep");
        assert!(problem.message.contains("200 levels deep"), "{problem}");
    }

    #[test]
    fn a_file_that_includes_itself_is_a_problem() {
        let found =
            loaded(&[("/e/nginx.conf", "include a;"), ("/e/a", "include b;"), ("/e/b", "include a;")]);
        assert!(found.problem.expect("it has no end").message.contains("includes itself"));
    }
}
