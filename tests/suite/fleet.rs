//! The Ansible role on twenty machines of many distributions, each a tree of its own.

use super::layouts;
use super::program::Machine;
use super::tree::{Times, Tree};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const MACHINES: usize = 20;
/// The machine whose file its server could not read.
const BROKEN: usize = 6;

/// The layouts of the machines, in turn: whose, which frontend, and which site's file.
const LAYOUTS: [(&str, &str, &str); 16] = [
    ("debian", "nginx", "/etc/nginx/sites-available/default"),
    ("debian", "apache", "/etc/apache2/sites-available/000-default.conf"),
    ("rhel", "nginx", "/etc/nginx/nginx.conf"),
    ("rhel", "apache", "/etc/httpd/conf.d/portal.conf"),
    ("alpine", "nginx", "/etc/nginx/http.d/default.conf"),
    ("alpine", "apache", "/etc/apache2/conf.d/portal.conf"),
    ("debian", "nginx", "/etc/nginx/sites-available/default"),
    ("opensuse", "nginx", "/etc/nginx/nginx.conf"),
    ("opensuse", "apache", "/etc/apache2/vhosts.d/portal.conf"),
    ("arch", "nginx", "/etc/nginx/nginx.conf"),
    ("arch", "apache", "/etc/httpd/conf/extra/httpd-vhosts.conf"),
    ("freebsd", "nginx", "/usr/local/etc/nginx/nginx.conf"),
    ("freebsd", "apache", "/usr/local/etc/apache24/Includes/portal.conf"),
    ("nginx-org", "nginx", "/etc/nginx/conf.d/default.conf"),
    ("openresty", "nginx", "/usr/local/openresty/nginx/conf/nginx.conf"),
    ("own-prefix", "apache", "/usr/local/apache2/conf/httpd.conf"),
];

/// The playbook: the role, and a handler of its own that counts how often the role's own are notified.
const PLAYBOOK: &str = r"---
- name: Guacamole behind its proxies
  hosts: fleet
  gather_facts: false
  roles:
    - role: guacfront
  handlers:
    - name: Count
      ansible.builtin.shell: echo once >> {{ guacfront_root }}.handled
      changed_when: true
      listen: guacfront changed the frontend or Tomcat
";

struct Fleet {
    folder: tempfile::TempDir,
    machines: Vec<Machine>,
}

impl Fleet {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let machines: Vec<Machine> = (0..MACHINES).map(machine).collect();
        let mut inventory = "[fleet]\n".to_owned();
        for (at, machine) in machines.iter().enumerate() {
            let vars = serde_json::json!({
                "guacfront_root": machine.root(),
                "guacfront_frontend": frontend(at),
                "guacfront_backend": { "port": 8080 },
                "guacfront_trust": { "proxies": ["127.0.0.1", format!("10.{at}.0.0/16")] },
            });
            let host = folder.path().join("host_vars");
            std::fs::create_dir_all(&host).expect("a folder");
            std::fs::write(host.join(format!("m{at}.json")), vars.to_string()).expect("host variables");
            let _ = writeln!(inventory, "m{at}");
        }
        let program = env!("CARGO_BIN_EXE_guacfront");
        let _ = write!(inventory, "[fleet:vars]\nansible_connection=local\nguacfront_program={program}\n");
        inventory.push_str("ansible_python_interpreter=\"{{ ansible_playbook_python }}\"\n");
        std::fs::write(folder.path().join("inventory"), inventory).expect("the inventory");
        std::fs::write(folder.path().join("site.yml"), PLAYBOOK).expect("the playbook");
        Self { folder, machines }
    }

    /// Runs the playbook and gives what it printed, and each machine's line of the recap.
    #[track_caller]
    fn play(&self, arguments: &[&str]) -> (Output, Vec<Recap>) {
        let output = tool("ansible-playbook")
            .args(["-i", "inventory", "site.yml", "--forks", "8"])
            .args(arguments)
            .current_dir(self.folder.path())
            .env("ANSIBLE_HOME", self.folder.path().join("home"))
            .output()
            .unwrap_or_else(|error| panic!("ansible-playbook: {error}; tests/run installs it"));
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains("PLAY RECAP"), "{output:?}");
        let recap = (0..MACHINES).map(|at| Recap::of(&said, at)).collect();
        (output, recap)
    }

    fn trees(&self) -> Vec<Tree> {
        self.machines.iter().map(|machine| Tree::read(&machine.root())).collect()
    }

    fn handled(&self, at: usize) -> usize {
        let file = self.machines[at].root().with_extension("handled");
        std::fs::read_to_string(file).map_or(0, |text| text.lines().count())
    }
}

/// One machine's line of the recap.
#[derive(Debug, PartialEq)]
struct Recap {
    changed: u32,
    failed: u32,
}

impl Recap {
    fn of(said: &str, at: usize) -> Self {
        let recap = said.split("PLAY RECAP").nth(1).unwrap_or_else(|| panic!("no recap: {said}"));
        let line = recap.lines().find(|line| line.split_whitespace().next() == Some(&format!("m{at}")));
        let line = line.unwrap_or_else(|| panic!("m{at} is not in {recap}"));
        let count = |key: &str| {
            let word = line.split_whitespace().find_map(|word| word.strip_prefix(key)?.strip_prefix('='));
            word.and_then(|word| word.parse().ok()).unwrap_or_else(|| panic!("{key} is not in {line}"))
        };
        Self { changed: count("changed"), failed: count("failed") }
    }
}

fn machine(at: usize) -> Machine {
    match LAYOUTS[at % LAYOUTS.len()].0 {
        "debian" => Machine::new(),
        other => layouts::machine(other),
    }
}

/// Both frontends, three public paths, with and without the tunnel log.
fn frontend(at: usize) -> serde_json::Value {
    let path = ["/guacamole/", "/remote/", "/desk/top/"][at % 3];
    let (_, server, file) = LAYOUTS[at % LAYOUTS.len()];
    serde_json::json!({
        "server": server, "site": { "file": file }, "public_path": path, "log_tunnel": at.is_multiple_of(5),
        "websocket": !at.is_multiple_of(7), "read_timeout": "2h", "pass_host": at.is_multiple_of(2),
    })
}

pub fn role_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/ansible/roles")
}

/// A tool of Ansible's, with the roles of this project and nothing of the person's own settings.
pub fn tool(name: &str) -> Command {
    let mut command = Command::new(name);
    command
        .env("ANSIBLE_CONFIG", role_folder().with_file_name("ansible.cfg"))
        .env("ANSIBLE_ROLES_PATH", role_folder())
        .env("ANSIBLE_NOCOLOR", "1")
        .env("ANSIBLE_LOCALHOST_WARNING", "0")
        .env("LC_ALL", "C.UTF-8");
    command
}

#[test]
fn twenty_machines_are_tried_changed_left_alone_and_given_back() {
    let fleet = Fleet::new();
    let file = "/etc/nginx/sites-available/default";
    let unclosed = format!("{}server {{\n", fleet.machines[BROKEN].text(file));
    fleet.machines[BROKEN].write(file, unclosed);
    let stock = fleet.trees();
    let unlike = |trees: &[Tree], at: usize| -> Vec<String> {
        let mut lines = stock[at].differences(&trees[at], Times::OfFiles);
        lines.retain(|line| !line.starts_with("var/lib/guacfront"));
        lines
    };

    let (tried, recap) = fleet.play(&["--check", "--diff"]);
    let said = String::from_utf8_lossy(&tried.stdout).into_owned();
    let now = fleet.trees();
    for (at, recap) in recap.iter().enumerate() {
        assert_eq!(unlike(&now, at), Vec::<String>::new(), "m{at}: --check changes nothing\n{said}");
        assert_eq!(recap.failed, u32::from(at == BROKEN), "m{at}: {said}");
    }
    for line in [
        "+++ b/etc/nginx/sites-available/default",
        "+++ b/etc/sysconfig/apache2",
        "+++ b/opt/tomcat/conf/server.xml",
        "/desk/top/",
    ] {
        assert!(said.contains(line), "{line} is not in {said}");
    }

    let (first, recap) = fleet.play(&[]);
    let said = String::from_utf8_lossy(&first.stdout).into_owned();
    assert_eq!(first.status.code(), Some(2), "one machine has failed: {said}");
    let applied = fleet.trees();
    for (at, recap) in recap.iter().enumerate() {
        let is_broken = at == BROKEN;
        // The module and the handler.
        let changed = if is_broken { 0 } else { 2 };
        assert_eq!(*recap, Recap { changed, failed: u32::from(is_broken) }, "m{at}: {said}");
        assert_eq!(fleet.handled(at), usize::from(!is_broken), "m{at}");
        assert_eq!(unlike(&applied, at).is_empty(), is_broken, "m{at}");
    }

    let (second, recap) = fleet.play(&["--diff"]);
    let said = String::from_utf8_lossy(&second.stdout).into_owned();
    let now = fleet.trees();
    for (at, recap) in recap.iter().enumerate() {
        assert_eq!(*recap, Recap { changed: 0, failed: u32::from(at == BROKEN) }, "m{at}: {said}");
        assert_eq!(fleet.handled(at), usize::from(at != BROKEN), "m{at}");
        assert_eq!(applied[at].differences(&now[at], Times::OfFiles), Vec::<String>::new(), "m{at}");
    }

    let (undone, recap) = fleet.play(&["--tags", "undo"]);
    let said = String::from_utf8_lossy(&undone.stdout).into_owned();
    assert_eq!(undone.status.code(), Some(0), "{said}");
    let now = fleet.trees();
    for (at, recap) in recap.iter().enumerate() {
        let changed = if at == BROKEN { 0 } else { 2 };
        assert_eq!(*recap, Recap { changed, failed: 0 }, "m{at}: {said}");
        assert_eq!(unlike(&now, at), Vec::<String>::new(), "m{at}: {said}");
    }
}

#[test]
fn ansible_lint_finds_nothing_in_the_role() {
    let cache = tempfile::tempdir().expect("a temporary folder");
    let output = tool("ansible-lint")
        .args(["--offline", "--strict", "--nocolor", "--profile", "production", "roles/guacfront"])
        .current_dir(role_folder().parent().expect("a folder above"))
        .env("ANSIBLE_HOME", cache.path())
        .env("XDG_CACHE_HOME", cache.path())
        .output()
        .unwrap_or_else(|error| panic!("ansible-lint: {error}; tests/run installs it"));
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn the_role_knows_every_key_of_the_answers_file() {
    use guacfront::model::Field;
    let specs = role_folder().join("guacfront/meta/argument_specs.yml");
    let specs = std::fs::read_to_string(specs).expect("the role says what it takes");
    for field in Field::ALL {
        let (table, key) = field.key().split_once('.').expect("a key in a table");
        let (_, of_table) = specs.split_once(&format!("guacfront_{table}:")).expect("the table");
        let of_table = of_table.split("\n      guacfront_").next().expect("its own lines");
        assert!(of_table.contains(&format!("\n          {key}:\n")), "{} is not in {of_table}", field.key());
    }
}
