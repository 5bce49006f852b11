//! One thing broken at a time: for every rule and trial a machine that is good but for it.
//!
//! The same cases are held against a tree (`broken_tree`) and against the real servers (`broken_real`).

#[path = "broken/apache.rs"]
mod apache;
#[path = "broken/ask.rs"]
pub mod ask;
#[path = "broken/machine.rs"]
mod machine;
#[path = "broken/nginx.rs"]
mod nginx;
#[path = "broken/prepare.rs"]
pub mod prepare;
#[path = "broken/tomcat.rs"]
mod tomcat;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

pub use machine::AWAY;

/// A machine with one thing broken.
pub struct Case {
    /// The frontend of the good machine it is made of.
    pub frontend: Frontend,
    /// What is broken.
    pub name: &'static str,
    /// The codes found, and no other; empty where a trial alone can see it.
    pub codes: &'static [&'static str],
    /// How the good machine becomes it.
    pub edits: &'static [Edit],
    /// What the server's own test of its configuration says.
    pub verdict: Judged,
    /// The trials that do not pass.
    pub trials: &'static [&'static str],
    /// What a person meets, measured on the running servers.
    pub symptoms: &'static [Symptom],
    /// Where it can be told.
    pub place: Where,
}

/// The web server in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frontend {
    Nginx,
    Apache,
}

/// A file of the machine.
#[derive(Clone, Copy, Debug)]
pub enum File {
    /// The site that serves Guacamole.
    Site,
    /// The server.xml of the Tomcat behind it.
    ServerXml,
    /// A file below that Tomcat's base.
    Base(&'static str),
    /// Any other, by its whole path.
    At(&'static str),
}

/// One change of a good machine.
#[derive(Clone, Copy, Debug)]
pub enum Edit {
    /// A part of a file, which must be there, becomes another.
    In(File, &'static str, &'static str),
    /// A file is written anew.
    Write(File, &'static str),
    /// A module of httpd's is loaded, or not.
    Module(&'static str, bool),
    /// A .war is laid down that was built for Tomcat 9.
    OldWar(File),
    /// Only its owner may read server.xml.
    Closed,
    /// server.xml has been written just now.
    Touched,
}

/// What `nginx -t`, `apachectl configtest` or Tomcat's configtest says.
#[derive(Clone, Copy, Debug)]
pub enum Judged {
    /// It accepts it, and warns of nothing.
    Good,
    /// It accepts it, and says these words.
    Warned(&'static str),
    /// It refuses it with these words.
    Refused(&'static str),
}

/// What is measured, never seen on the good machine.
#[derive(Clone, Copy, Debug)]
pub enum Symptom {
    /// These of the lab's checks fail, and no other of those that are made for every case.
    Lab(&'static [&'static str]),
    /// A page is answered so to a client on another machine.
    Answer(&'static str, u16),
    /// The same at another name of the server.
    AnswerAt(&'static str, &'static str, u16),
    /// A port is open to the network.
    Open(&'static str),
    /// A log that grows with each request holds these words.
    Log(File, &'static str),
    /// Of several logins some are recorded with the proxy's address.
    SomeAddresses,
}

/// Where a case can be told from a good machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// In its files alone, and on the running machine.
    Files,
    /// Only where the servers run.
    Running,
    /// Only where the servers run, for a user who is not root.
    AsNobody,
    /// In its files alone; on a running machine it cannot be made here, for this reason.
    FilesAlone(&'static str),
}

pub const SITES: [(Frontend, &str); 2] = [
    (Frontend::Nginx, "/etc/nginx/sites-available/default"),
    (Frontend::Apache, "/etc/apache2/sites-available/000-default.conf"),
];

/// Every case.
pub fn all() -> impl Iterator<Item = &'static Case> {
    nginx::CASES.iter().chain(apache::CASES).chain(tomcat::CASES).chain(machine::CASES)
}

pub const fn case(frontend: Frontend, codes: &'static [&'static str], name: &'static str) -> Case {
    Case {
        frontend,
        name,
        codes,
        edits: &[],
        verdict: Judged::Good,
        trials: &[],
        symptoms: &[],
        place: Where::Files,
    }
}

impl Frontend {
    /// Where the site is.
    pub fn site(self) -> &'static str {
        SITES.iter().find(|(own, _)| *own == self).expect("each has one").1
    }

    /// A site with which nothing is wrong.
    pub fn good_site(self) -> &'static str {
        match self {
            Self::Nginx => nginx::GOOD,
            Self::Apache => apache::GOOD,
        }
    }
}

/// The trials that a stand-in for Tomcat is put in for.
pub const BY_STAND_IN: [&str; 3] = ["streaming", "headers", "forged"];

impl Case {
    /// Whether a stand-in proves what is wrong.
    pub fn is_proved(&self) -> bool {
        self.trials.iter().any(|trial| BY_STAND_IN.contains(trial))
    }

    /// Whether the Tomcat behind it is another than the good one.
    pub fn has_own_tomcat(&self) -> bool {
        let is_changed = |edit: &Edit| matches!(edit, Edit::In(File::ServerXml, ..) | Edit::OldWar(_));
        self.edits.iter().any(is_changed)
    }
}

/// Modules that the good virtual host needs beyond Debian's own.
pub const MODULES: [&str; 5] = ["headers", "proxy", "proxy_http", "proxy_wstunnel", "rewrite"];

/// Where a machine's files are, and what they were.
pub struct Bench {
    /// Before every path, empty on the machine itself.
    pub root: PathBuf,
    pub frontend: Frontend,
    /// The base of the Tomcat behind it.
    pub base: PathBuf,
    /// Its server.xml.
    pub server_xml: PathBuf,
    /// Where every case's server.xml lies since before Tomcat's start, by its port; `None` where no Tomcat runs.
    ///
    /// What was written after the start is told by a file's time of change, which nobody can set.
    pub prepared: Option<PathBuf>,
    /// What stood where an edit was made, the last first.
    before: Vec<(PathBuf, Before)>,
}

enum Before {
    Missing,
    Bytes(Vec<u8>, fs::Permissions),
    Link(PathBuf),
}

impl Bench {
    pub fn new(root: &Path, frontend: Frontend, base: &Path, server_xml: &Path) -> Self {
        let (root, base, server_xml) = (root.to_owned(), base.to_owned(), server_xml.to_owned());
        Self { root, frontend, base, server_xml, prepared: None, before: Vec::new() }
    }

    pub fn path(&self, file: File) -> PathBuf {
        match file {
            File::Site => self.at(self.frontend.site()),
            File::ServerXml => self.server_xml.clone(),
            File::Base(below) => self.base.join(below),
            File::At(path) => self.at(path),
        }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// Writes the good machine's files, its Tomcat on this port.
    pub fn lay_good(&mut self, port: u16) {
        self.put(&self.path(File::Site), good(self.frontend.good_site(), port).as_bytes());
        match &self.prepared {
            Some(folder) => self.link_server_xml(&folder.join(format!("{port}.xml"))),
            None => self.put(&self.path(File::ServerXml), good(tomcat::GOOD, port).as_bytes()),
        }
        if self.frontend == Frontend::Apache {
            for module in MODULES {
                self.load(module, true);
            }
        }
    }

    /// Writes a file, to be given back like all others.
    pub fn write(&mut self, file: File, text: &str) {
        self.put(&self.path(file), text.as_bytes());
    }

    /// Makes the changes of a case, what they say meant for a Tomcat on this port.
    pub fn break_it(&mut self, case: &Case, port: u16) {
        for edit in case.edits {
            match *edit {
                Edit::In(File::ServerXml, ..) if self.prepared.is_some() => {}
                Edit::In(file, from, to) => {
                    let path = self.path(file);
                    let text =
                        fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
                    let (from, to) = (good(from, port), good(to, port));
                    assert!(text.contains(&from), "{}: {from} is not in {}", case.name, path.display());
                    self.put(&path, text.replacen(&from, &to, 1).as_bytes());
                }
                Edit::Write(file, text) => self.put(&self.path(file), good(text, port).as_bytes()),
                Edit::Module(name, on) => self.load(name, on),
                Edit::OldWar(file) => self.put(&self.path(file), &tomcat::old_war()),
                Edit::Closed => {
                    let folder = self.prepared.clone().expect("the servers run");
                    self.link_server_xml(&folder.join("closed.xml"));
                }
                Edit::Touched => {
                    let text = fs::read(&self.server_xml).unwrap();
                    self.remember(&self.server_xml.clone());
                    fs::remove_file(&self.server_xml).unwrap();
                    fs::write(&self.server_xml, text).unwrap();
                }
            }
        }
    }

    /// Gives everything back that was there before the last call of [`Self::lay_good`].
    pub fn restore(&mut self) {
        while let Some((path, before)) = self.before.pop() {
            let _ = fs::remove_file(&path);
            match before {
                Before::Missing => {}
                Before::Bytes(bytes, mode) => {
                    fs::write(&path, bytes).unwrap();
                    fs::set_permissions(&path, mode).unwrap();
                }
                Before::Link(target) => symlink(target, &path).unwrap(),
            }
        }
    }

    fn remember(&mut self, path: &Path) {
        let before = match fs::symlink_metadata(path) {
            Err(_) => Before::Missing,
            Ok(meta) if meta.is_symlink() => Before::Link(fs::read_link(path).unwrap()),
            Ok(meta) => Before::Bytes(fs::read(path).unwrap(), meta.permissions()),
        };
        self.before.push((path.to_owned(), before));
    }

    fn put(&mut self, path: &Path, bytes: &[u8]) {
        self.remember(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let _ = fs::remove_file(path);
        fs::write(path, bytes).unwrap();
    }

    fn link_server_xml(&mut self, target: &Path) {
        let path = self.server_xml.clone();
        self.remember(&path);
        let _ = fs::remove_file(&path);
        symlink(target, &path).unwrap();
    }

    fn load(&mut self, module: &str, on: bool) {
        for ending in ["load", "conf"] {
            let name = format!("{module}.{ending}");
            if !self.at("/etc/apache2/mods-available").join(&name).exists() {
                continue;
            }
            let link = self.at("/etc/apache2/mods-enabled").join(&name);
            self.remember(&link);
            let _ = fs::remove_file(&link);
            if on {
                symlink(Path::new("../mods-available").join(&name), &link).unwrap();
            }
        }
    }
}

/// A text of the table, its Tomcat on this port instead of 8080.
pub fn good(text: &str, port: u16) -> String {
    text.replace("8080", &port.to_string())
}

/// The `Service` of a server.xml, under a name of its own.
pub fn service(server_xml: &str, port: u16) -> String {
    let start = server_xml.find("<Service").expect("there is one");
    let end = server_xml.find("</Service>").expect("it ends") + "</Service>".len();
    server_xml[start..end].replace("\"Catalina\"", &format!("\"Catalina{port}\""))
}
