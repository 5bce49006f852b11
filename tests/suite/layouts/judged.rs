//! What is written on other distributions' machines, judged by the real servers of this one.
//!
//! After apply the tree's files are rewritten to find each other below the temporary folder, and the modules of this
//! machine stand in for the tree's own.

use super::super::program::Machine;
use super::{answers, machine};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders of the tree that its files name by absolute paths.
const ABSOLUTE: [&str; 7] = ["/etc/", "/usr/lib64/", "/usr/local/", "/usr/share/", "/var/", "/srv/", "/run/"];
/// This machine's modules of httpd.
const MODULES: &str = "/usr/lib/apache2/modules";
/// Built into this machine's httpd, which refuses to load them again.
const BUILT_IN: [&str; 4] = ["log_config_module", "unixd_module", "version_module", "so_module"];

/// Lets every file of the tree name the others where they really are.
pub fn relocate(root: &Path) {
    let mut left = vec![root.to_owned()];
    while let Some(path) = left.pop() {
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if let Ok(text) = fs::read_to_string(&path) {
            fs::write(&path, relocated(root, &text)).unwrap();
        }
    }
    for folder in ["run", "var/log/nginx", "var/log/httpd", "var/log/apache2", "usr/local/apache2/logs"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
}

fn relocated(root: &Path, text: &str) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let words: Vec<&str> = line.split_whitespace().collect();
        let skipped = match words.as_slice() {
            ["LoadModule", name, _] => BUILT_IN.contains(name),
            // The tree's users are not this machine's.
            ["User" | "Group" | "user", _] => true,
            _ => false,
        };
        let is_path = line.contains('/') && !line.trim_start().starts_with("Proxy") && !line.contains('^');
        let mut line = line.to_owned();
        if is_path {
            for folder in ABSOLUTE {
                for before in [' ', '"', '\t'] {
                    let there = format!("{before}{}{folder}", root.display());
                    line = line.replace(&format!("{before}{folder}"), &there);
                }
            }
        }
        if let ["ServerRoot", folder] = words.as_slice() {
            line = format!("ServerRoot \"{}{}\"\n", root.display(), folder.trim_matches('"'));
        }
        if let Some(folder) = line.trim_start().strip_prefix("DocumentRoot ") {
            fs::create_dir_all(folder.trim().trim_matches('"')).unwrap();
        }
        out.push_str(if skipped { "# " } else { "" });
        out.push_str(&line);
    }
    out
}

/// The folder of modules becomes this machine's, and what every httpd of this machine needs is loaded.
pub fn lend_modules(root: &Path, folder: &str, main: &str) {
    let folder = root.join(folder.trim_start_matches('/'));
    if folder.is_symlink() {
        fs::remove_file(&folder).unwrap();
    } else if folder.is_dir() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(folder.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(MODULES, &folder).unwrap();
    let main = root.join(main.trim_start_matches('/'));
    let text = fs::read_to_string(&main).unwrap();
    let mpm = format!(
        "<IfModule !mpm_event_module>\n<IfModule !mpm_prefork_module>\nLoadModule mpm_event_module {MODULES}/mod_mpm_event.so\n</IfModule>\n</IfModule>\n"
    );
    fs::write(main, format!("DefaultRuntimeDir {}\nServerName judge.test\n{text}{mpm}", root.display()))
        .unwrap();
}

/// Runs a server's own test.
#[track_caller]
pub fn judge(argv: &[&str]) {
    let output =
        Command::new(argv[0]).args(&argv[1..]).output().unwrap_or_else(|e| panic!("{}: {e}", argv[0]));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{argv:?}: {said}");
}

fn applied(layout: &str, server: &str, site: &str) -> Machine {
    let machine = machine(layout);
    let ran = machine.with_answers(&["apply", "--yes"], &answers(server, site));
    assert_eq!(ran.code, 0, "{layout}: {ran:#?}");
    machine
}

fn nginx(layout: &str, main: &str, site: &str) {
    let machine = applied(layout, "nginx", site);
    let root = machine.root();
    relocate(&root);
    fs::create_dir_all(root.join("logs")).unwrap();
    let (main, prefix) = (machine.path(main), format!("{}/", root.display()));
    let pid = format!("pid {}/nginx.pid;", root.display());
    let own_pid = fs::read_to_string(&main).unwrap().contains("\npid ");
    let mut argv = vec!["/usr/sbin/nginx", "-t", "-p", &prefix, "-c", main.to_str().unwrap()];
    if !own_pid {
        argv.extend(["-g", &pid]);
    }
    judge(&argv);
}

fn apache(layout: &str, server_root: &str, main: &str, modules: &str, site: &str) {
    let machine = applied(layout, "apache", site);
    let root = machine.root();
    relocate(&root);
    lend_modules(&root, modules, main);
    judge_apache(&machine.path(server_root), &machine.path(main));
}

pub fn judge_apache(server_root: &Path, main: &Path) {
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    judge(&["/usr/sbin/apache2", "-t", "-d", &text(server_root), "-f", &text(main)]);
}

#[test]
fn nginx_itself_takes_what_is_written_on_every_layout() {
    for (layout, main, site) in [
        ("rhel", "/etc/nginx/nginx.conf", "/etc/nginx/nginx.conf"),
        ("alpine", "/etc/nginx/nginx.conf", "/etc/nginx/http.d/default.conf"),
        ("opensuse", "/etc/nginx/nginx.conf", "/etc/nginx/nginx.conf"),
        ("arch", "/etc/nginx/nginx.conf", "/etc/nginx/nginx.conf"),
        ("freebsd", "/usr/local/etc/nginx/nginx.conf", "/usr/local/etc/nginx/nginx.conf"),
        ("nginx-org", "/etc/nginx/nginx.conf", "/etc/nginx/conf.d/default.conf"),
        ("own-prefix", "/usr/local/nginx/conf/nginx.conf", "/usr/local/nginx/conf/nginx.conf"),
    ] {
        nginx(layout, main, site);
    }
}

#[test]
fn httpd_itself_takes_what_is_written_on_rhel() {
    let main = "/etc/httpd/conf/httpd.conf";
    apache("rhel", "/etc/httpd", main, "/etc/httpd/modules", "/etc/httpd/conf.d/portal.conf");
}

#[test]
fn httpd_itself_takes_what_is_written_on_alpine() {
    let main = "/etc/apache2/httpd.conf";
    apache("alpine", "/var/www", main, "/var/www/modules", "/etc/apache2/conf.d/portal.conf");
}

#[test]
fn httpd_itself_takes_what_is_written_on_arch() {
    let (main, site) = ("/etc/httpd/conf/httpd.conf", "/etc/httpd/conf/extra/httpd-vhosts.conf");
    apache("arch", "/etc/httpd", main, "/etc/httpd/modules", site);
}

#[test]
fn httpd_itself_takes_what_is_written_on_freebsd() {
    let (main, site) = ("/usr/local/etc/apache24/httpd.conf", "/usr/local/etc/apache24/Includes/portal.conf");
    apache("freebsd", "/usr/local", main, "/usr/local/libexec/apache24", site);
}

#[test]
fn httpd_itself_takes_what_is_written_to_a_build_of_one_s_own() {
    let main = "/usr/local/apache2/conf/httpd.conf";
    apache("own-prefix", "/usr/local/apache2", main, "/usr/local/apache2/modules", main);
}

/// openSUSE's start script makes `LoadModule` lines of the list; here this does, and the machine's modules stand in.
#[track_caller]
pub fn judge_opensuse(machine: &Machine) {
    let main = "/etc/apache2/httpd.conf";
    let sysconfig = machine.text("/etc/sysconfig/apache2");
    let list = sysconfig.lines().find_map(|line| line.strip_prefix("APACHE_MODULES=\"")).unwrap();
    let names = list.trim_end_matches('"').split_whitespace();
    let line = |name: &str| format!("LoadModule {name}_module /usr/lib64/apache2-prefork/mod_{name}.so\n");
    machine.write("/etc/apache2/sysconfig.d/loadmodule.conf", names.map(line).collect::<String>());
    let root: PathBuf = machine.root();
    relocate(&root);
    lend_modules(&root, "/usr/lib64/apache2-prefork", main);
    judge_apache(&machine.path("/etc/apache2"), &machine.path(main));
}

#[test]
fn httpd_itself_takes_what_is_written_on_opensuse() {
    judge_opensuse(&applied("opensuse", "apache", "/etc/apache2/vhosts.d/portal.conf"));
}
