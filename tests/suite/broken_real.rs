//! The table of broken machines on real servers: each configuration is judged by the server's own test, read by it, and
//! what a person meets is measured on it; `check` finds exactly its code, and exactly its trials fail.
//!
//! The servers run in the lab's sandbox. nginx and httpd read their files again for each case. Tomcat is started once,
//! with the `Service` of every case side by side, each on a port of its own; the server.xml that `check` reads beside it
//! is the one of the case.

use super::broken::ask::{CLIENT, PRIVATE, children, configtest, curl, recorded, run, told};
use super::broken::prepare::{GOOD, cases, certificates, side_by_side};
use super::broken::{self, Bench, Case, File, Frontend, Judged, Symptom, Where};
use super::real_servers::{again_as_root, is_root, lab, sandbox};
use serde_json::Value;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Set where the test runs among the servers.
const INSIDE: &str = "GUACFRONT_BROKEN";
/// What the lab tries on every machine, and what it tries where a case names it, as it takes its time.
const QUICK: &str =
    "page,slash,errors,ws,patch,upload,client-addr,xff-forged,xff-direct,proto-forged,utf8,isolation";
const SLOW: &str = "tunnel,unbuffered,log-tunnel,path";

/// A stand-in for Tomcat is put in and taken out again.
const PROVE: [&str; 2] = ["--prove-address", "--yes"];

/// Prepares the sandbox, starts the servers and runs the test again among them.
const SCRIPT: &str = r#"
set -eu
mount --bind "$WORK/hosts" /etc/hosts
cp "$WORK"/*.pem /etc/nginx/
cp "$WORK/site" "$SITE"
[ "$FRONTEND" = nginx ] || a2enmod -q headers proxy proxy_http proxy_wstunnel rewrite
"$LAB" serve --in-place --$FRONTEND "$CONFIG" --server-xml "$WORK/server.xml" --url http://127.0.0.1/guacamole/ \
    --log-dir "$LOGS" -- "$SELF" --exact "$TEST" --nocapture
"#;

fn proved(frontend: Frontend, test: &str) {
    if !is_root() {
        return again_as_root(test);
    }
    if std::env::var_os(INSIDE).is_some() {
        return Inside::new(frontend).all();
    }
    let work = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| fs::write(work.path().join(name), bytes).unwrap();
    put("hosts", b"127.0.0.1 localhost\n::1 localhost\n203.0.113.9 a.test\n2001:db8::9 a.test\n");
    put("site", frontend.good_site().as_bytes());
    put("server.xml", side_by_side(frontend, work.path()).as_bytes());
    fs::set_permissions(work.path(), fs::Permissions::from_mode(0o755)).unwrap();
    certificates(work.path());
    let (name, config, logs) = match frontend {
        Frontend::Nginx => ("nginx", "/etc/nginx", "/var/log/nginx"),
        Frontend::Apache => ("apache", "/etc/apache2", "/var/log/apache2"),
    };
    let own = std::env::current_exe().unwrap();
    let env: [(&str, &OsStr); 8] = [
        ("WORK", work.path().as_os_str()),
        ("SITE", frontend.site().as_ref()),
        ("FRONTEND", name.as_ref()),
        ("CONFIG", config.as_ref()),
        ("LOGS", logs.as_ref()),
        ("SELF", own.as_os_str()),
        ("TEST", test.as_ref()),
        (INSIDE, "1".as_ref()),
    ];
    let told = sandbox(SCRIPT, &env);
    assert!(told.contains("1 passed"), "{told}");
    println!("{told}");
}

/// The test among the servers.
struct Inside {
    bench: Bench,
    /// The frontend's first process.
    proxy: u32,
    /// What does not hold.
    faults: Vec<String>,
}

impl Inside {
    fn new(frontend: Frontend) -> Self {
        let base = PathBuf::from(std::env::var_os("LAB_WORK").unwrap()).join("tomcat");
        let server_xml = base.join("conf/server.xml");
        let proxy = std::env::var("LAB_PROXY_PID").unwrap().parse().unwrap();
        // What Tomcat said of all the cases side by side is said of none of them alone.
        fs::rename(base.join("logs/catalina.out"), base.join("logs/side-by-side.out")).unwrap();
        let mut bench = Bench::new(Path::new("/"), frontend, &base, &server_xml);
        bench.prepared = Some(std::env::var_os("WORK").unwrap().into());
        Self { bench, proxy, faults: Vec::new() }
    }

    fn all(mut self) {
        let started = Instant::now();
        self.good();
        let all = cases(self.bench.frontend);
        let number = all.len();
        for (case, port) in all {
            self.one(case, port);
        }
        match self.bench.frontend {
            Frontend::Nginx => {
                self.two_sites();
                self.without_frontend();
            }
            Frontend::Apache => self.outside_of_virtual_hosts(),
        }
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
        println!("{number} machines in {:.0} s", started.elapsed().as_secs_f32());
    }

    fn fault(&mut self, case: &str, what: &str) {
        self.faults.push(format!("{case}: {what}"));
    }

    fn equal<T: PartialEq + std::fmt::Debug>(&mut self, case: &str, what: &str, got: &T, wanted: &T) {
        if got != wanted {
            self.fault(case, &format!("{what}: {got:?} instead of {wanted:?}"));
        }
    }

    /// The good machine: silent, every trial and every check of the lab passes, no symptom is seen.
    fn good(&mut self) {
        self.bench.lay_good(GOOD);
        self.reload("a good machine");
        let (codes, trials) = self.check(false, &PROVE);
        self.equal("a good machine", "findings", &codes, &Vec::new());
        self.equal("a good machine", "trials", &trials, &Vec::new());
        let failed = self.lab(&format!("{QUICK},{SLOW}"), GOOD);
        self.equal("a good machine", "the lab", &failed, &BTreeSet::new());
        let symptoms: Vec<(&Case, Symptom)> = cases(self.bench.frontend)
            .into_iter()
            .flat_map(|(case, _)| case.symptoms.iter().map(move |symptom| (case, *symptom)))
            .collect();
        for (case, symptom) in symptoms {
            let since = self.length(symptom, GOOD);
            if !matches!(symptom, Symptom::Lab(_)) && self.is_seen(symptom, GOOD, since) {
                self.fault(case.name, &format!("{symptom:?} is also seen on the good machine"));
            }
        }
        self.bench.restore();
    }

    fn one(&mut self, case: &Case, port: u16) {
        let is_read = !matches!(case.verdict, Judged::Refused(_));
        self.bench.lay_good(port);
        if !is_read {
            self.reload(case.name);
        }
        self.bench.break_it(case, port);
        self.judged(case);
        if is_read {
            self.reload(case.name);
        }
        let logged: Vec<usize> = case.symptoms.iter().map(|symptom| self.length(*symptom, port)).collect();
        let (codes, trials) =
            self.check(case.place == Where::AsNobody, if case.is_proved() { &PROVE } else { &[] });
        self.equal(case.name, "findings", &codes, &case.codes.iter().map(ToString::to_string).collect());
        self.equal(case.name, "trials", &trials, &case.trials.iter().map(ToString::to_string).collect());
        for (symptom, since) in case.symptoms.iter().zip(logged) {
            if let Symptom::Lab(names) = symptom {
                let slow: Vec<&str> = names.iter().filter(|name| SLOW.contains(**name)).copied().collect();
                // There is nothing in a log where nothing was asked.
                let asked = if slow.contains(&"log-tunnel") { "tunnel," } else { "" };
                let failed = self.lab(&format!("{QUICK},{asked}{}", slow.join(",")), port);
                let wanted = names.iter().map(ToString::to_string).collect();
                self.equal(case.name, "the lab", &failed, &wanted);
            } else if !self.is_seen(*symptom, port, since) {
                self.fault(case.name, &format!("{symptom:?} is not seen"));
            }
        }
        self.bench.restore();
    }

    /// The server's own test, Tomcat's where its file is the one that was changed.
    fn judged(&mut self, case: &Case) {
        let (what, output) = match self.bench.frontend {
            _ if case.has_own_tomcat() => ("configtest", configtest(&self.bench.server_xml)),
            Frontend::Nginx => ("nginx -t", run("nginx", &["-t"])),
            Frontend::Apache => ("apache2ctl -t", run("apache2ctl", &["-t"])),
        };
        let said = told(&output);
        let warned = said
            .lines()
            .find(|line| ["[warn]", "AH01146", "WARNING", "SEVERE"].iter().any(|word| line.contains(word)));
        let is_well = match case.verdict {
            Judged::Good => output.status.success() && warned.is_none(),
            Judged::Warned(words) => output.status.success() && said.contains(words),
            Judged::Refused(words) => !output.status.success() && said.contains(words),
        };
        if !is_well {
            self.fault(case.name, &format!("{what} is not {:?}: {said}", case.verdict));
        }
    }

    /// Lets the frontend read its files again, and waits until none of the old processes answers.
    fn reload(&self, case: &str) {
        let old = children(self.proxy);
        let done = match self.bench.frontend {
            Frontend::Nginx => run("nginx", &["-s", "reload"]),
            Frontend::Apache => run("apache2ctl", &["-k", "restart"]),
        };
        assert!(done.status.success(), "{case}: {}", told(&done));
        let until = Instant::now() + Duration::from_secs(20);
        while Instant::now() < until {
            let new = children(self.proxy);
            if !new.is_empty() && new.is_disjoint(&old) && TcpStream::connect("127.0.0.1:80").is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("{case}: the processes {old:?} have not ended, now there are {:?}", children(self.proxy));
    }

    fn program(&self, as_nobody: bool, more: &[&str]) -> Output {
        let program = Path::new("/tmp").join(format!("guacfront-{}", self.proxy));
        let mut command = Command::new(env!("CARGO_BIN_EXE_guacfront"));
        if as_nobody {
            fs::copy(env!("CARGO_BIN_EXE_guacfront"), &program).unwrap();
            command = Command::new(&program);
            command.uid(65534).gid(65534);
        }
        let output = command
            .args(["check", "--json"])
            .args(more)
            .current_dir("/")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let _ = fs::remove_file(&program);
        output
    }

    /// The codes found, and the trials that do not pass.
    fn check(&self, as_nobody: bool, more: &[&str]) -> (Vec<String>, Vec<String>) {
        let object = object(&self.program(as_nobody, more));
        let list = |key: &str| object[key].as_array().unwrap().clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut codes: Vec<String> = list("findings").iter().map(|finding| text(&finding["code"])).collect();
        codes.sort();
        codes.dedup();
        let failed = list("checks");
        let failed =
            failed.iter().filter(|check| !matches!(check["verdict"].as_str(), Some("pass" | "skipped")));
        (codes, failed.map(|check| text(&check["trial"])).collect())
    }

    /// A stand-in proves every site there is, one after the other.
    fn two_sites(&mut self) {
        self.bench.lay_good(GOOD);
        let second =
            self.bench.frontend.good_site().replace("80 default_server", "81").replace(":80 ", ":81 ");
        let both = self.bench.frontend.good_site().to_owned() + &second;
        self.bench.write(File::Site, &both);
        self.reload("two sites");
        let object = object(&self.program(false, &PROVE));
        let checks = object["checks"].as_array().unwrap();
        let proved: Vec<&str> = checks
            .iter()
            .filter(|check| check["trial"] == "streaming" && check["verdict"] == "pass")
            .map(|check| check["address"].as_str().unwrap())
            .collect();
        let is_each = proved.len() == 2 && proved.iter().any(|address| address.contains(":81/"));
        if !is_each {
            self.fault("two sites", &format!("proved is {proved:?}: {object:#}"));
        }
        self.bench.restore();
    }

    /// Where a copy would be open to every virtual host it is said why there is none.
    fn outside_of_virtual_hosts(&mut self) {
        let case = broken::all().find(|case| case.codes == ["A12"]).unwrap();
        self.bench.lay_good(GOOD);
        self.bench.break_it(case, GOOD);
        self.reload(case.name);
        let output = self.program(false, &PROVE);
        let said = told(&output);
        if output.status.code() != Some(2) || !said.contains("outside of any virtual host") {
            self.fault(case.name, &format!("--prove-address says {said}"));
        }
        self.bench.restore();
    }

    /// The lab's checks that do not pass.
    fn lab(&self, checks: &str, port: u16) -> BTreeSet<String> {
        let logs = match self.bench.frontend {
            Frontend::Nginx => "/var/log/nginx",
            Frontend::Apache => "/var/log/apache2",
        };
        let tomcat = format!("http://127.0.0.1:{port}/guacamole/");
        let output = Command::new(lab())
            .args(["probe", "--url", "http://127.0.0.1/guacamole/", "--tomcat-url", &tomcat])
            .args(["--only", checks.trim_end_matches(','), "--log-dir", logs, "--client", CLIENT])
            .args(["--untrusted", PRIVATE, "--upload-mb", "5", "--quiet", "--json", "-"])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let from = text.find('{').unwrap_or_else(|| panic!("{}", told(&output)));
        let object: Value = serde_json::from_str(&text[from..]).unwrap();
        let failed = object["results"].as_array().unwrap().clone();
        let failed = failed.iter().filter(|result| result["status"] != "PASS");
        failed.map(|result| result["check"].as_str().unwrap().to_owned()).collect()
    }

    fn is_seen(&self, symptom: Symptom, port: u16, since: usize) -> bool {
        match symptom {
            Symptom::Lab(_) => unreachable!("the lab is asked for all of them at once"),
            Symptom::Answer(path, status) => curl("127.0.0.1", path) == status,
            Symptom::AnswerAt(name, path, status) => curl(name, path) == status,
            Symptom::Open(own) => {
                let address: SocketAddr = format!("{PRIVATE}:{}", broken::good(own, port)).parse().unwrap();
                TcpStream::connect_timeout(&address, Duration::from_secs(2)).is_ok()
            }
            Symptom::Log(file, words) => {
                curl("127.0.0.1", "/guacamole/");
                std::thread::sleep(Duration::from_millis(100));
                self.log(file, port)[since..].contains(words)
            }
            Symptom::SomeAddresses => {
                let seen: BTreeSet<bool> = (0..6).map(|_| recorded() == CLIENT).collect();
                seen.len() == 2
            }
        }
    }

    fn log(&self, file: File, port: u16) -> String {
        let path = match file {
            File::Base(name) => self.bench.base.join(broken::good(name, port)),
            _ => self.bench.path(file),
        };
        fs::read_to_string(path).unwrap_or_default()
    }

    /// How long a symptom's log is.
    fn length(&self, symptom: Symptom, port: u16) -> usize {
        match symptom {
            Symptom::Log(file, _) => self.log(file, port).len(),
            _ => 0,
        }
    }

    /// At last the frontend is taken away, and then its port by another program.
    fn without_frontend(&mut self) {
        self.bench.lay_good(GOOD);
        assert!(run("nginx", &["-s", "quit"]).status.success());
        while Path::new(&format!("/proc/{}/task", self.proxy)).exists() && !children(self.proxy).is_empty() {
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_millis(200));
        let told = self.check(false, &[]);
        self.equal("nginx does not run", "all", &told, &(vec!["S02".to_owned()], vec!["page".to_owned()]));
        let other = TcpListener::bind("127.0.0.1:80").unwrap();
        let told = self.check(false, &[]);
        self.equal("another has the port", "all", &told, &(vec!["S03".to_owned()], vec!["page".to_owned()]));
        drop(other);
        self.bench.restore();
    }
}

fn object(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", told(output)))
}

#[test]
fn one_thing_broken_is_found_by_its_code_alone_behind_nginx() {
    proved(Frontend::Nginx, "broken_real::one_thing_broken_is_found_by_its_code_alone_behind_nginx");
}

#[test]
fn one_thing_broken_is_found_by_its_code_alone_behind_httpd() {
    proved(Frontend::Apache, "broken_real::one_thing_broken_is_found_by_its_code_alone_behind_httpd");
}
