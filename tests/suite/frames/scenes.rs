//! What the frames show: every screen as it is, wrong, empty, long and busy.

use super::super::script::{play, wizard};
use guacfront::model::{Certificate, Fault, Findings, Service, Stranger};
use guacfront::system::System;
use guacfront::verify::Trial;
use guacfront::wizard::{Effect, FindingLine, Msg, Proof, ProofMark, Wizard};
use std::fmt::Write as _;
use std::path::Path;

/// The demo machine.
pub fn demo() -> Wizard {
    wizard(demo_with(|_| ()))
}

/// The demo machine with guacfront's Guacamole on it.
pub fn applied_demo() -> Wizard {
    wizard(demo_with(applied))
}

/// A screen that a key script leads to, on the demo machine.
const BY_KEYS: [(&str, &str); 26] = [
    ("machine", ""),
    ("frontend", "Enter"),
    ("site", "Enter Enter"),
    ("new-site", "Enter Enter a Enter"),
    ("new-site-typed", "Enter Enter a Enter type:guac.example.org"),
    ("review-new-site", "Enter Enter a Enter type:guac.example.org Enter Enter Enter Enter Enter"),
    ("path", "Enter Enter Enter"),
    ("path-wrong", "Enter Enter Enter C-u type:/a_b/"),
    ("path-empty", "Enter Enter Enter C-u"),
    (
        "path-long",
        "Enter Enter Enter C-u type:/a/very/long/path/that/goes/on/and/on/until/no/row/is/wide/enough/for/it/any/more/",
    ),
    ("path-wide", "Enter Enter Enter C-u type:/リモート・デスクトップ/"),
    ("backend", "Enter Enter Enter Enter"),
    ("backend-wrong", "Enter Enter Enter Enter C-u type:300.1.1.1 Tab C-u type:70000 Enter"),
    ("trust", "Enter Enter Enter Enter Enter"),
    ("trust-wrong", "Enter Enter Enter Enter Enter C-u type:127.0.0.1,10.1.0.0/40"),
    (
        "trust-long",
        "Enter Enter Enter Enter Enter C-u type:127.0.0.1,10.1.0.0/24,10.2.0.0/16,192.168.7.9,2001:db8::/32,172.16.3.0/24",
    ),
    ("options", "Enter Enter Enter Enter Enter Enter"),
    ("review-whole", "Enter Enter Enter Enter Enter Enter Enter C-v"),
    ("options-wrong", "Enter Enter Enter Enter Enter Enter C-u type:lots"),
    ("review", "Enter Enter Enter Enter Enter Enter Enter"),
    ("confirm", "Enter Enter Enter Enter Enter Enter Enter Enter"),
    ("help", "Enter Enter Enter F1"),
    ("search", "Enter Enter Enter C-r type:upgrade Down"),
    ("search-nothing", "Enter Enter Enter C-r type:nowhere"),
    ("broken-lines", "Enter Enter Enter Enter Enter M-w"),
    ("whole-file", "Enter Enter Enter C-v PgDn"),
];

const TO_THE_REVIEW: &str = "Enter Enter Enter Enter Enter Enter Enter";

/// Every scene with its name.
pub fn scenes() -> Vec<(&'static str, Wizard)> {
    let findings = demo_with(|_| ());
    let at = |findings: &Findings, script: &str| {
        let mut wizard = wizard(findings.clone());
        play(&mut wizard, script);
        wizard
    };
    let mut scenes: Vec<_> = BY_KEYS.iter().map(|(name, script)| (*name, at(&findings, script))).collect();
    scenes.push(("looking", Wizard::looking()));
    let empty = Findings { root: Some("/demo".into()), ..Findings::default() };
    scenes.push(("machine-empty", at(&empty, "")));
    scenes.push(("site-empty", at(&empty, "Enter Enter")));
    scenes.push(("review-refused", at(&empty, "Enter Enter Enter Enter Enter Enter Enter")));
    let mut judged = at(&findings, "");
    judged.update(Msg::Judged(FindingLine {
        about: "check",
        text: "1 error and 2 warnings; the worst: the Upgrade header does not reach Tomcat [N03]. guacfront check tells all"
            .into(),
        warning: true,
    }));
    scenes.push(("machine-judged", judged));
    let mut with_certificate = findings.clone();
    with_certificate.certificates.insert(0, certificate());
    scenes.push(("new-site-tls", at(&with_certificate, "Enter Enter a Enter")));
    let many = demo_with(many_sites);
    scenes.push(("site-typed-long", at(&many, "Enter Enter type:portal-15")));
    scenes.push(("site-long", at(&many, "Enter Enter End Up Up Up")));
    scenes.push(("whole-file-long", at(&many, "Enter Enter Up Up Up Up C-v C-r type:portal-150 Enter")));
    scenes.push((
        "unwritable",
        at(&unwritable(findings.clone()), "Enter Enter Enter Enter Enter Enter Enter Enter"),
    ));
    let running = running(findings.clone());
    scenes.push(("review-commands", at(&running, TO_THE_REVIEW)));
    scenes.push(("review-commands-off", at(&running, &format!("{TO_THE_REVIEW} t c"))));
    scenes.push(("confirm-commands", at(&running, &format!("{TO_THE_REVIEW} r Enter"))));
    scenes.extend(backends(&running));
    let edited = demo_with(edited);
    scenes.push(("path-edited", at(&edited, "Enter Enter Enter")));
    scenes.push(("review-edited", at(&edited, TO_THE_REVIEW)));
    scenes.push(("review-edited-kept", at(&edited, &format!("{TO_THE_REVIEW} k"))));
    scenes.push(("review-edited-undecided", at(&edited, &format!("{TO_THE_REVIEW} Esc"))));
    let unreadable = demo_with(unreadable);
    scenes.push(("machine-unreadable", at(&unreadable, "")));
    scenes.push(("path-unreadable", at(&unreadable, "Enter Enter Enter")));
    scenes.push(("review-unreadable", at(&unreadable, TO_THE_REVIEW)));
    scenes.push(("help-review", at(&running, &format!("{TO_THE_REVIEW} F1"))));
    scenes.push(("machine-unwritable", at(&unwritable(findings.clone()), "")));
    let stranger =
        Stranger { server_xml: "/home/ada/tomcat/conf/server.xml".into(), owner: "ada".to_owned() };
    let strange = Findings { strangers: vec![stranger], ..findings.clone() };
    scenes.push(("machine-strange", at(&strange, "")));
    scenes.push(("backend-strange", at(&strange, "Enter Enter Enter Enter Tab Tab Tab Right")));
    let again = demo_with(applied);
    let since = [("/etc/nginx/sites-available/default".into(), "2026-01-02 03:04 UTC".to_owned())];
    scenes.push(("machine-again", at(&Findings { since: since.into(), ..again.clone() }, "")));
    scenes.push(("site-again", at(&again, "Enter Enter")));
    scenes.push(("path-again", at(&again, "Enter Enter Enter")));
    scenes.push(("path-one-more", at(&again, "Enter Enter Enter C-u type:/second/ Tab Space")));
    scenes.push(("review-again", at(&again, TO_THE_REVIEW)));
    scenes.extend(results(&findings));
    scenes
}

/// The backend's screen while it is asked, and with what came of it.
fn backends(running: &Findings) -> Vec<(&'static str, Wizard)> {
    let asked = |script: &str, answer: Option<(&str, bool)>| {
        let mut wizard = wizard(running.clone());
        play(&mut wizard, &format!("Enter Enter Enter Enter {script}"));
        for effect in wizard.update(Msg::Paused) {
            if let (Effect::AskBackend(address), Some((text, warning))) = (effect, answer) {
                wizard.update(Msg::Answered(address, FindingLine { about: "", text: text.into(), warning }));
            }
        }
        wizard
    };
    let refused = "connection refused; nothing listens there: start Tomcat, or mend the address";
    vec![
        ("backend-asking", asked("", None)),
        ("backend-answers", asked("", Some(("Guacamole 1.6.0 answers there", false)))),
        ("backend-refused", asked("C-u type:10.0.0.5", Some((refused, true)))),
    ]
}

/// The result, from the first line to the last proof.
fn results(findings: &Findings) -> Vec<(&'static str, Wizard)> {
    let begun = || {
        let mut wizard = wizard(findings.clone());
        play(&mut wizard, "Enter Enter Enter Enter Enter Enter Enter Enter y");
        wizard
    };
    let told = |messages: Vec<Msg>| {
        let mut wizard = begun();
        for message in messages {
            wizard.update(message);
        }
        wizard
    };
    let step = |text: &str| Msg::Progress(text.into());
    let steps =
        || vec![step("backed up /etc/nginx/sites-available/default"), step("wrote /etc/tomcat10/server.xml")];
    let with = |more: Vec<Msg>| told(steps().into_iter().chain(more).collect());
    let many = (0..60)
        .map(|at| step(&format!("wrote /etc/apache2/sites-available/{at:03}-portal.example.org.conf")));
    let failed = "nginx -t refused the new configuration; everything was taken back:\nunknown directive \"proxy_pas\" in \
                  /etc/nginx/sites-enabled/default:21";
    vec![
        ("result-busy", with(Vec::new())),
        ("result-busy-long", told(many.collect())),
        ("result-awaiting", with(vec![Msg::Awaiting(42)])),
        (
            "result-awaiting-proved",
            with(vec![
                Msg::Awaiting(42),
                proof(ProofMark::Pass),
                proof(ProofMark::Fail),
                proof(ProofMark::Pass),
                Msg::ProvedAll(1),
            ]),
        ),
        ("result-proving", with(vec![Msg::Applied("20260102-030405".into()), proof(ProofMark::Pass)])),
        (
            "result-done",
            with(vec![
                Msg::Applied("20260102-030405".into()),
                proof(ProofMark::Pass),
                proof(ProofMark::Warn),
                proof(ProofMark::Fail),
                proof(ProofMark::Skipped),
                Msg::ProvedAll(1),
            ]),
        ),
        ("result-failed", with(vec![Msg::Failed(failed.into(), Fault::Machine)])),
    ]
}

fn proof(mark: ProofMark) -> Msg {
    Msg::Proved(
        1,
        Proof {
            mark,
            title: "The WebSocket opens through the frontend".into(),
            evidence: "GET /guacamole/websocket-tunnel was answered 101 Switching Protocols by 127.0.0.1:80"
                .into(),
            next: (mark != ProofMark::Pass)
                .then(|| "look at the lines of the location in the site's file".into()),
        },
    )
}

/// "Still there?", and all that is tried on a stock machine works.
pub fn proved() -> Wizard {
    let mut wizard = demo();
    play(&mut wizard, "Enter Enter Enter Enter Enter Enter Enter Enter y");
    let done = [
        "backed up 2 files",
        "changed /etc/tomcat10/server.xml",
        "changed /etc/nginx/sites-available/default",
        "nginx tests its configuration: done",
        "nginx reads its files again: done",
    ];
    let tried = [
        Trial::Backend,
        Trial::Page,
        Trial::Tunnel,
        Trial::WebSocket,
        Trial::Patch,
        Trial::Slash,
        Trial::Upload,
        Trial::Families,
    ];
    let passed = |trial: Trial| {
        let (title, evidence) = (trial.title().to_owned(), String::new());
        Msg::Proved(1, Proof { mark: ProofMark::Pass, title, evidence, next: None })
    };
    let done = done.map(|line| Msg::Progress(line.to_owned())).into_iter();
    let messages = done.chain([Msg::Awaiting(52)]).chain(tried.map(passed)).chain([Msg::ProvedAll(1)]);
    messages.for_each(|message| drop(wizard.update(message)));
    wizard
}

/// What the demo machine has, something else being laid out on it first. The folder's name is in no frame.
fn demo_with(lay: impl FnOnce(&Path)) -> Findings {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let tree = folder.path().join("machine");
    guacfront::cli::lay_out_demo(&tree).expect("the demo machine is laid out");
    lay(&tree);
    let mut findings = guacfront::probe::probe(&System::below(&tree).expect("the tree is there"));
    findings.root = Some("/demo".into());
    findings
}

/// One that a site can have.
fn certificate() -> Certificate {
    Certificate {
        file: "/etc/letsencrypt/live/guac.example.org/fullchain.pem".into(),
        key: "/etc/letsencrypt/live/guac.example.org/privkey.pem".into(),
        names: vec!["guac.example.org".into()],
        until: Some("2027-01-31".into()),
        fault: None,
        renewal: None,
        unread: None,
    }
}

/// Two hundred sites with long and wide names in a file with a long path.
fn many_sites(tree: &Path) {
    let mut text = String::new();
    for at in 0..200 {
        let _ = writeln!(
            text,
            "server {{\n    listen 80;\n    server_name portal-{at:03}.a-department-with-a-long-name.example.org \
             ポータル{at}.example;\n    root /srv/www/portal-{at:03};\n}}"
        );
    }
    let path = tree.join("etc/nginx/sites-enabled/all-the-portals-of-all-the-departments-of-this-house.conf");
    std::fs::write(path, text).expect("the sites are written");
}

/// The same machine with its servers running, so that commands follow.
fn running(findings: Findings) -> Findings {
    let service = |name: &str| Service {
        unit: Some(format!("{name}.service")),
        running: Some(true),
        program: Some(format!("/usr/sbin/{name}").into()),
        ..Service::default()
    };
    let mut running = Findings { root: None, ..findings };
    running.nginx.as_mut().expect("nginx is there").service = service("nginx");
    running.apache.as_mut().expect("Apache httpd is there").service = service("apache2");
    running.tomcats[0].service = service("tomcat10");
    running
}

/// Both files as guacfront writes them.
fn applied(tree: &Path) {
    written(tree, |text| text);
}

/// The same, edited by hand since.
fn edited(tree: &Path) {
    written(tree, |text| {
        text.replace("send_timeout 3600s", "send_timeout 61s").replace("\"x-forwarded-for\"", "\"x-real-ip\"")
    });
}

fn written(tree: &Path, edit: impl Fn(String) -> String) {
    let findings = guacfront::probe::probe(&System::below(tree).expect("the tree is there"));
    let plan = wizard(findings).plan().expect("a plan").clone();
    for change in plan.changes() {
        let text = String::from_utf8(change.after.to_vec()).expect("text");
        let path = change.before.target.strip_prefix("/").expect("a whole path");
        std::fs::write(tree.join(path), edit(text)).expect("it is written");
    }
}

/// A file that nginx itself would refuse.
fn unreadable(tree: &Path) {
    let path = tree.join("etc/nginx/sites-available/default");
    let text = std::fs::read_to_string(&path).expect("it is there");
    std::fs::write(path, text.trim_end().trim_end_matches('}')).expect("it is written");
}

fn unwritable(findings: Findings) -> Findings {
    let paths = ["/etc/nginx/sites-available/default", "/etc/tomcat10/server.xml"];
    Findings {
        unwritable: paths.iter().map(Into::into).collect(),
        as_root: Some("sudo -- /usr/local/bin/guacfront".into()),
        apply_as_root: Some("sudo -- /usr/local/bin/guacfront apply --answers guacfront-answers.toml".into()),
        ..findings
    }
}
