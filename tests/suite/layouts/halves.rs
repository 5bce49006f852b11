//! One half on another machine: each gets its own by the answers that the other one wrote.

use super::super::program::{Machine, Ran};
use super::super::pty::{Start, Terminal};
use super::super::tree::Tree;
use super::machine;
use std::fs;
use std::path::Path;
use std::process::Command;

/// nginx.org's nginx on one machine, its Tomcat on another.
fn apart() -> (Machine, Machine) {
    let (front, back) = (machine("nginx-org"), machine("nginx-org"));
    fs::remove_dir_all(front.path("/opt")).unwrap();
    fs::remove_dir_all(back.path("/etc/nginx")).unwrap();
    (front, back)
}

const SERVER_XML: &str = "/opt/apache-tomcat-11.0.7/conf/server.xml";

#[track_caller]
fn done(ran: &Ran) {
    assert_eq!(ran.code, 0, "{ran:#?}");
}

#[track_caller]
fn carried_out(machine: &Machine, answers: &str) {
    let before = Tree::read(&machine.root());
    done(&machine.with_answers(&["apply", "--yes"], answers));
    done(&machine.with_answers(&["plan", "--exit-code"], answers));
    let after = Tree::read(&machine.root());
    assert_eq!(before.differing(&after, "var/lib/guacfront").len(), 1, "one file is this machine's half");
    done(&machine.run(&["undo", "--yes"]));
    before.assert_same_but(&Tree::read(&machine.root()), "/var/lib/guacfront", "undo");
    done(&machine.with_answers(&["apply", "--yes"], answers));
}

#[test]
fn the_frontend_s_machine_writes_the_answers_for_tomcat_s() {
    let (front, back) = apart();
    let answers = "version = 1\n[backend]\nhost = \"10.0.0.5\"\nserver_xml = \"none\"\n[trust]\nproxies = [\"10.0.0.9\"]\n";
    carried_out(&front, answers);
    let other = back.path("/other.toml");
    let shown = front.with_answers(&["show", "--other", other.to_str().unwrap()], answers);
    done(&shown);
    assert!(shown.out.contains("REMOTE_IP_VALVE_INTERNAL_PROXIES: '10\\.0\\.0\\.9'"), "{shown:#?}");
    let there = fs::read_to_string(&other).unwrap();
    assert!(there.contains("server = \"none\"") && there.contains("proxies = [\"10.0.0.9\"]"), "{there}");
    carried_out(&back, &there);
    assert!(back.text(SERVER_XML).contains(r"10\.0\.0\.9"), "the valve trusts the frontend's machine");
}

#[test]
fn tomcat_s_machine_writes_the_answers_for_the_frontend_s() {
    let (front, back) = apart();
    let answers = "version = 1\n[frontend]\nserver = \"none\"\n[backend]\nhost = \"10.0.0.5\"\n[trust]\n\
                   proxies = [\"10.0.0.9\"]\n";
    carried_out(&back, answers);
    let other = front.path("/other.toml");
    done(&back.with_answers(&["show", "--other", other.to_str().unwrap()], answers));
    let there = fs::read_to_string(&other).unwrap();
    carried_out(&front, &there);
    let site = front.text("/etc/nginx/conf.d/default.conf");
    assert!(site.contains("proxy_pass http://10.0.0.5:8080;"), "{site}");
}

const ELSEWHERE: &str =
    "version = 1\n[backend]\nhost = \"10.0.0.5\"\nserver_xml = \"none\"\n[trust]\nproxies = [\"10.0.0.9\"]\n";

/// patch(1) itself on the server.xml that Tomcat came with.
#[track_caller]
fn patched(server_xml: &Path, patch: &Path) {
    let ran = Command::new("patch").arg(server_xml).arg(patch).output().expect("patch is installed");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
}

#[test]
fn the_valve_is_a_patch_for_the_other_machine_s_server_xml_as_it_came() {
    let (front, back) = apart();
    let home = std::env::var("CATALINA_HOME").unwrap_or_else(|_| "/usr/share/tomcat10".to_owned());
    let stock = fs::read(Path::new(&home).join("etc/server.xml")).expect("Tomcat's own server.xml");
    back.write(SERVER_XML, &stock);
    let (other, patch) = (back.path("/other.toml"), back.path("/valve.patch"));
    let (other, patch) = (other.to_str().expect("text"), patch.to_str().expect("text"));
    done(&front.with_answers(&["show", "--other", other, "--patch", patch], ELSEWHERE));
    patched(&back.path(SERVER_XML), Path::new(patch));
    let there = fs::read_to_string(other).unwrap();
    let planned = back.with_answers(&["plan"], &there);
    let is_added = |line: &&str| line.starts_with('+') && !line.starts_with("+++");
    let added: Vec<&str> = planned.out.lines().filter(is_added).map(|line| line[1..].trim()).collect();
    // What a connector is like is seen over there alone.
    assert_eq!(added, ["URIEncoding=\"UTF-8\""], "the valve is what apply would have written: {planned:#?}");
}

#[test]
fn the_frontend_s_half_is_no_patch() {
    let (_, back) = apart();
    let answers = "version = 1\n[frontend]\nserver = \"none\"\n[backend]\nhost = \"10.0.0.5\"\n";
    let ran = back.with_answers(&["show", "--patch", "/never"], answers);
    assert!(ran.code == 2 && ran.err.contains("--other FILE writes the answers"), "{ran:#?}");
}

#[test]
fn the_wizard_saves_the_other_machine_s_half_beside_its_own() {
    let (front, back) = apart();
    let work = tempfile::tempdir().expect("a temporary folder");
    let answers = front.answers(ELSEWHERE);
    let script = format!(
        "cd {} && exec {} --root {} --answers {}",
        work.path().display(),
        env!("CARGO_BIN_EXE_guacfront"),
        front.root().display(),
        answers.display()
    );
    let mut terminal = Terminal::start(&Start { argv: &["/bin/sh", "-c", &script], ..Start::default() });
    terminal
        .play("until:[Machine] Enter until:[Frontend] Enter until:[Site] Enter until:[Path] Enter until:[Backend] Enter")
        .play("until:[Trust] Enter until:[Options] Enter until:[Review] s until:guacfront-other.toml")
        .play("w until:guacfront-other.patch C-c C-c");
    let end = terminal.end();
    end.assert_clean(0);
    let there = fs::read_to_string(work.path().join("guacfront-other.toml")).expect("it is saved");
    carried_out(&back, &there);
    let patch = fs::read_to_string(work.path().join("guacfront-other.patch")).expect("it is written");
    assert!(patch.contains(r#"internalProxies="10\.0\.0\.9""#), "{patch}");
}

#[test]
fn loopback_alone_is_warned_of_on_both_sides() {
    let (front, back) = apart();
    let ran = back.with_answers(&["plan"], "version = 1\n[frontend]\nserver = \"none\"\n");
    assert!(
        ran.code == 0 && ran.err.contains("the proxy is on another machine; add the address"),
        "{ran:#?}"
    );
    let other = front.path("/other.toml");
    let answers = "version = 1\n[backend]\nhost = \"10.0.0.5\"\nserver_xml = \"none\"\n";
    let ran = front.with_answers(&["show", "--other", other.to_str().unwrap()], answers);
    assert!(ran.err.contains("name this machine's address, as Tomcat sees it"), "{ran:#?}");
}

#[test]
fn where_both_halves_are_here_no_answers_are_for_elsewhere() {
    let machine = machine("nginx-org");
    let other = machine.path("/other.toml");
    let ran = machine.with_answers(&["show", "--other", other.to_str().unwrap()], "version = 1\n");
    assert!(ran.code == 2 && ran.err.contains("both halves are on this machine"), "{ran:#?}");
    assert!(!other.exists());
}

#[test]
fn a_machine_with_tomcat_alone_is_suggested_its_half() {
    let (_, back) = apart();
    let suggested = back.run(&["answers"]).out;
    assert!(suggested.contains("server = \"none\""), "{suggested}");
    carried_out(&back, &suggested);
}
