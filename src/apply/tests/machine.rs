//! A small machine below a root prefix.

use crate::apply::{ApplyError, Event, Options, Receipt, apply, undo};
use crate::model::{Command, Draft, FileChange, Plan, Purpose, Site, Step};
use crate::system::System;
use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};

/// No reloads, no restarts.
pub const TESTS_ALONE: Options = Options { reload: false, restart: false };
/// Everything.
pub const ALL: Options = Options { reload: true, restart: true };

/// The machine.
pub struct Machine {
    _folder: Option<tempfile::TempDir>,
    pub system: System,
}

impl Machine {
    /// With the files that [`Machine::plan`] changes.
    pub fn new() -> Self {
        Self::inside(tempfile::tempdir().expect("a temporary folder"))
    }

    /// In memory, for tests that need hundreds of machines: a kill does not lose what a disk had yet to write.
    pub fn quick() -> Self {
        Self::inside(quick_folder())
    }

    fn inside(folder: tempfile::TempDir) -> Self {
        let machine = Self::at(folder.path());
        Self { _folder: Some(folder), ..machine }
    }

    /// In a folder that is there and stays.
    pub fn at(root: &Path) -> Self {
        let machine = Self {
            _folder: None,
            system: System::below(root).expect("it is there").with_commands_below_root(),
        };
        if !machine.real("/etc/nginx/nginx.conf").exists() {
            machine.fill();
        }
        machine
    }

    /// The same machine, seen otherwise.
    pub fn with(system: System) -> Self {
        Self { _folder: None, system }
    }

    fn fill(&self) {
        for folder in ["/etc/nginx/sites-available", "/etc/nginx/sites-enabled", "/etc/tomcat", "/var/lib"] {
            std::fs::create_dir_all(self.real(folder)).expect("a folder");
        }
        self.write("/etc/nginx/sites-available/site", b"server {\r\n\tlisten 80;\xff\n}", 0o640);
        self.write("/etc/nginx/nginx.conf", b"http { }\n", 0o644);
        self.write("/etc/tomcat/server.xml", b"<Server/>", 0o600);
        // Owners can be given away by root alone.
        if rustix::process::geteuid().is_root() {
            chown(self.real("/etc/tomcat/server.xml"), Some(0), Some(4321)).expect("an owner");
        }
        symlink("../sites-available/site", self.real("/etc/nginx/sites-enabled/site")).expect("a link");
    }

    pub fn real(&self, path: &str) -> PathBuf {
        self.system.real(Path::new(path))
    }

    #[expect(clippy::disallowed_methods, reason = "a test makes its own machine")]
    pub fn write(&self, path: &str, bytes: &[u8], mode: u32) {
        let real = self.real(path);
        std::fs::write(&real, bytes).expect("it can be written");
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(mode)).expect("it has a mode");
        let file = std::fs::File::options().write(true).open(&real).expect("it can be opened");
        let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::new(1_600_000_000, 123_456_789);
        file.set_modified(time).expect("it has a time");
    }

    pub fn read(&self, path: &str) -> Vec<u8> {
        std::fs::read(self.real(path)).expect("it can be read")
    }

    /// A change that appends a line.
    pub fn change(&self, path: &str) -> Step {
        let before = self.system.image(Path::new(path)).expect("it can be read");
        let mut after = before.bytes.to_vec();
        after.extend_from_slice(b"# guacfront was here, with more bytes than there were before\n");
        Step::File(FileChange { before, after: after.into(), changes: Vec::new() })
    }

    /// Three files, a link in a new folder, and a test that is good.
    pub fn plan(&self) -> Plan {
        plan(vec![
            self.change("/etc/nginx/sites-enabled/site"),
            self.change("/etc/nginx/nginx.conf"),
            self.change("/etc/tomcat/server.xml"),
            Step::Link {
                path: "/etc/apache2/mods-enabled/proxy.load".into(),
                target: "../mods-available/proxy.load".into(),
                why: "enables mod_proxy".into(),
            },
            run(Purpose::Test, &["/bin/true"]),
        ])
    }

    pub fn apply(&self, plan: &Plan, options: Options) -> (Result<Receipt, ApplyError>, Vec<Event>) {
        let mut events = Vec::new();
        let result = apply(&self.system, plan, options, &mut |event| events.push(event.clone()));
        (result, events)
    }

    pub fn undo(&self, id: Option<&str>, force: bool) -> Result<Receipt, ApplyError> {
        undo(&self.system, id, force, TESTS_ALONE, &[], &mut |_| {})
    }

    /// Everything below `/etc`: kind, mode, owner, time and bytes of each path.
    pub fn etc(&self) -> BTreeMap<PathBuf, String> {
        let mut found = BTreeMap::new();
        collect(&self.real("/etc"), &mut found);
        found
    }

    /// Whether no run is unfinished and nothing is left beside the files.
    pub fn is_tidy(&self) -> bool {
        let left = ["journal", "journal.new", "journal.old"];
        !left.iter().any(|name| self.real("/var/lib/guacfront").join(name).exists())
            && !self.etc().keys().any(|path| path.to_string_lossy().contains(".guacfront-"))
    }
}

/// A temporary folder in memory, where there is such a disk.
pub fn quick_folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a temporary folder")
}

fn collect(folder: &Path, found: &mut BTreeMap<PathBuf, String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let meta = std::fs::symlink_metadata(&entry).expect("it is there");
        let owner = format!("{:o} {}:{}", meta.mode(), meta.uid(), meta.gid());
        let what = if meta.is_dir() {
            collect(&entry, found);
            owner
        } else if meta.is_symlink() {
            format!("-> {}", std::fs::read_link(&entry).expect("a link").display())
        } else {
            let bytes = std::fs::read(&entry).expect("a file");
            format!("{owner} {}.{} {}", meta.mtime(), meta.mtime_nsec(), bytes.escape_ascii())
        };
        found.insert(entry, what);
    }
}

pub fn run(purpose: Purpose, argv: &[&str]) -> Step {
    Step::Run(command(purpose, argv))
}

pub fn command(purpose: Purpose, argv: &[&str]) -> Command {
    let argv: Vec<String> = argv.iter().map(ToString::to_string).collect();
    Command { purpose, words: argv.join(" "), argv }
}

pub fn plan(steps: Vec<Step>) -> Plan {
    let site = Site {
        file: "/etc/nginx/sites-enabled/site".into(),
        offset: 0,
        line: 1,
        names: Vec::new(),
        listens: Vec::new(),
        guacamoles: Vec::new(),
        shadowed_by: None,
    };
    let answers = Draft::default().parse().expect("the default draft is good");
    Plan { steps, notes: Vec::new(), site: Some(site), answers, addresses: Vec::new() }
}
