//! What scripts rely on: the commands, their exit codes, and what bad input gets.

use super::program::{Machine, run};
use super::tree::{Times, Tree};

const NGINX: &str = r#"version = 1
[frontend]
server = "nginx"
site = { file = "/etc/nginx/sites-available/default" }
"#;
const APACHE: &str = r#"version = 1
[frontend]
server = "apache"
site = { file = "/etc/apache2/sites-available/000-default.conf" }
"#;

/// Nothing of the machine is different but what guacfront keeps for itself.
#[track_caller]
fn assert_unchanged(before: &Tree, machine: &Machine, what: &str) {
    let mut lines = before.differences(&Tree::read(&machine.root()), Times::OfFiles);
    lines.retain(|line| !line.starts_with("var/lib/guacfront"));
    assert!(lines.is_empty(), "{what}: {lines:#?}");
}

#[test]
fn apply_then_apply_then_undo_for_both_frontends() {
    for answers in [NGINX, APACHE] {
        let machine = Machine::new();
        let before = Tree::read(&machine.root());

        let plan = machine.with_answers(&["plan", "--exit-code"], answers);
        assert_eq!(plan.code, 1, "{plan:?}");
        assert!(plan.out.contains("+++ b/etc/tomcat10/server.xml"), "{plan:?}");
        assert_unchanged(&before, &machine, "plan");

        let applied = machine.with_answers(&["apply", "--yes"], answers);
        assert_eq!(applied.code, 0, "{applied:?}");
        let again = machine.with_answers(&["plan", "--exit-code"], answers);
        assert_eq!((again.code, again.out.as_str()), (0, ""), "{again:?}");
        let again = machine.with_answers(&["apply", "--yes"], answers);
        assert_eq!(again.code, 0, "{again:?}");
        assert!(again.err.contains("Nothing to do"), "{again:?}");

        let undone = machine.run(&["undo", "--yes"]);
        assert_eq!(undone.code, 0, "{undone:?}");
        before.assert_same_but(
            &Tree::read(&machine.root()),
            "/var/lib/guacfront",
            "undo gives everything back",
        );
    }
}

const NGINX_SITE: &str = "{ file = \"/etc/nginx/sites-available/default\", name = \"_\" }";

#[test]
fn answers_gives_back_what_was_applied() {
    for server in ["nginx", "apache"] {
        let site = if server == "nginx" {
            "/etc/nginx/sites-available/default"
        } else {
            "/etc/apache2/sites-available/000-default.conf"
        };
        let machine = Machine::new();
        let asked = format!(
            "version = 1\n[frontend]\nserver = \"{server}\"\nsite = {{ file = \"{site}\" }}\npublic_path = \"/remote/\"\n\
             log_tunnel = true\nwebsocket = false\nread_timeout = \"2h\"\npass_host = false\n[backend]\nport = 8080\n[trust]\nproxies = [\"127.0.0.1\", \"10.1.0.0/24\"]\n"
        );
        assert_eq!(machine.with_answers(&["apply", "--yes"], &asked).code, 0);
        let answers = machine.run(&["answers"]);
        assert_eq!(answers.code, 0, "{answers:?}");
        for line in [
            "public_path = \"/remote/\"",
            "log_tunnel = true\nwebsocket = false\nread_timeout = \"7200s\"\npass_host = false\n",
            "proxies = [\"127.0.0.1\", \"10.1.0.0/24\"]",
            &format!("server = \"{server}\""),
        ] {
            assert!(answers.out.contains(line), "{line} is not in {answers:?}");
        }
        let plan = machine.with_answers(&["plan", "--exit-code"], &answers.out);
        assert_eq!(plan.code, 0, "{plan:?}");
    }
}

#[test]
fn the_very_answers_come_back_whatever_they_are() {
    let sites =
        [("nginx", NGINX_SITE), ("apache", "{ file = \"/etc/apache2/sites-available/000-default.conf\" }")];
    for (server, site) in sites {
        for (frontend, backend, proxies) in [
            (
                ["/guacamole/", "false", "1g", "false", "true", "usual", "true"],
                ["127.0.0.1", "8080", "/guacamole/", "false", "false"],
                "\"127.0.0.1\", \"::1\"",
            ),
            (
                ["/a/b.c/", "false", "512m", "true", "false", "7200s", "false"],
                ["::1", "8080", "/", "true", "true"],
                "\"10.0.0.0/8\", \"2001:db8::/32\", \"::1\"",
            ),
            (
                ["/", "false", "0", "false", "false", "45s", "true"],
                ["localhost", "8080", "/x.y/", "true", "false"],
                "\"127.0.0.1\", \"::1\"",
            ),
            (
                ["/guacamole/", "false", "2g", "true", "true", "90s", "false"],
                ["tomcat.test", "8080", "/guacamole/", "false", "true"],
                "\"192.0.2.7\"",
            ),
        ] {
            let [path, beside, upload, log, websocket, timeout, pass] = frontend;
            let [host, port, context, closed, client] = backend;
            let asked = format!(
                "version = 1\n\n[frontend]\nserver = \"{server}\"\nsite = {site}\npublic_path = \"{path}\"\n\
                 beside = {beside}\nmax_upload = \"{upload}\"\nlog_tunnel = {log}\nwebsocket = {websocket}\n\
                 read_timeout = \"{timeout}\"\npass_host = {pass}\n\n[backend]\nhost = \"{host}\"\nport = {port}\n\
                 context = \"{context}\"\nserver_xml = \"/etc/tomcat10/server.xml\"\nloopback_only = {closed}\n\
                 log_client = {client}\n\n[trust]\nproxies = [{proxies}]\n"
            );
            let machine = Machine::new();
            let applied = machine.with_answers(&["apply", "--yes"], &asked);
            assert_eq!(applied.code, 0, "{applied:?}");
            let told = machine.run(&["answers"]);
            assert_eq!((told.code, told.out.as_str()), (0, asked.as_str()), "{told:?}");
        }
    }
}

#[test]
fn answers_that_no_file_tells_are_said_to_be_untold_and_by_which_site() {
    let machine = Machine::new();
    let text = machine.text("/etc/nginx/sites-available/default");
    let location = "\tlocation /guacamole/ {\n\t\tproxy_pass http://unix:/run/t.sock:/guacamole/;\n\t}\n\n\tlocation / {";
    machine.write("/etc/nginx/sites-available/default", text.replace("\tlocation / {", location));
    let told = machine.run(&["answers"]);
    assert_eq!(told.code, 2, "{told:?}");
    for words in
        ["backend.host: ", "sites-available/default:2", "the Guacamole for /guacamole/", "a Unix socket"]
    {
        assert!(told.err.contains(words), "{words} is not in {told:?}");
    }
}

#[test]
fn a_patch_of_the_plan_is_what_apply_writes() {
    let machine = Machine::new();
    let plan = machine.with_answers(&["plan"], NGINX);
    let copy = tempfile::tempdir().expect("a temporary folder");
    for path in ["etc/nginx/sites-available/default", "etc/tomcat10/server.xml"] {
        let to = copy.path().join(path);
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("the folder is made");
        std::fs::copy(machine.path(path), to).expect("the file is copied");
    }
    let patch = copy.path().join("plan.patch");
    std::fs::write(&patch, &plan.out).expect("the patch is written");
    let status = std::process::Command::new("patch")
        .args(["-p1", "-s", "-i"])
        .arg(&patch)
        .current_dir(copy.path())
        .status()
        .expect("patch is installed");
    assert!(status.success());
    assert_eq!(machine.with_answers(&["apply", "--yes"], NGINX).code, 0);
    for path in ["etc/nginx/sites-available/default", "etc/tomcat10/server.xml"] {
        let patched = std::fs::read_to_string(copy.path().join(path)).expect("text");
        assert_eq!(patched, machine.text(path), "{path}");
    }
}

#[test]
fn a_plan_as_markdown_names_files_commands_and_the_way_back_and_no_secret() {
    let machine = Machine::new();
    let server_xml = machine.text("/etc/tomcat10/server.xml");
    let secret = server_xml.replacen("redirectPort=", "keystorePass=\"changeit\" redirectPort=", 1);
    assert_ne!(secret, server_xml);
    machine.write("/etc/tomcat10/server.xml", secret);
    let report = machine.with_answers(&["plan", "--markdown"], NGINX);
    assert_eq!(report.code, 0, "{report:?}");
    for words in [
        "### `/etc/nginx/sites-available/default`",
        "### `/etc/tomcat10/server.xml`",
        "```diff",
        "keystorePass=\"***\"",
        "## What is not touched",
        "`/var/lib/guacfront`",
    ] {
        assert!(report.out.contains(words), "{words} is not in {}", report.out);
    }
    assert!(!report.out.contains("changeit"));
    assert_eq!(machine.with_answers(&["apply", "--yes"], NGINX).code, 0);
    let again = machine.with_answers(&["plan", "--markdown"], NGINX);
    assert!(again.out.contains("Nothing: the machine already is"), "{again:?}");
}

#[test]
fn json_is_one_object_on_standard_output() {
    let machine = Machine::new();
    let kind = |ran: &super::program::Ran| {
        let value: serde_json::Value =
            serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {ran:?}"));
        assert_eq!(value["version"], 1);
        value
    };
    let plan = kind(&machine.with_answers(&["plan", "--json"], NGINX));
    assert_eq!((plan["kind"].as_str(), plan["changed"].as_bool()), (Some("plan"), Some(true)));
    let applied = kind(&machine.with_answers(&["apply", "--yes", "--json"], NGINX));
    assert_eq!(applied["changed"], true);
    let receipt = applied["receipt"].as_str().expect("a receipt").to_owned();
    let again = kind(&machine.with_answers(&["apply", "--yes", "--json"], NGINX));
    assert_eq!((again["changed"].as_bool(), again["receipt"].is_null()), (Some(false), true));
    let history = kind(&machine.run(&["history", "--json"]));
    assert_eq!(history["receipts"][0]["id"], receipt.as_str());
}

fn object(ran: &super::program::Ran) -> serde_json::Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

#[test]
fn an_undo_is_tried_told_and_done_once_in_json() {
    for answers in [NGINX, APACHE] {
        let machine = Machine::new();
        let stock = Tree::read(&machine.root());
        let applied = object(&machine.with_answers(&["apply", "--yes", "--json"], answers));
        let before = Tree::read(&machine.root());

        let tried = machine.run(&["undo", "--dry-run", "--json"]);
        assert_eq!(tried.code, 0, "{tried:?}");
        let tried = object(&tried);
        assert_unchanged(&before, &machine, "undo --dry-run");
        let undone = object(&machine.run(&["undo", "--yes", "--json"]));
        assert_eq!((&tried["kind"], &tried["changed"]), (&"undo".into(), &true.into()));
        assert!(tried["receipt"].is_null() && undone["receipt"].is_string(), "{undone}");
        for key in ["undoes", "files", "links", "commands"] {
            assert_eq!(tried[key], undone[key], "{key}");
        }
        assert_eq!(undone["undoes"], applied["receipt"]);
        let counts = |object: &serde_json::Value, key: &str| -> u64 {
            object["files"].as_array().unwrap().iter().map(|file| file[key].as_u64().unwrap()).sum()
        };
        assert_eq!(counts(&applied, "added"), counts(&undone, "removed"));
        assert_eq!(counts(&applied, "removed"), counts(&undone, "added"));
        stock.assert_same_but(&Tree::read(&machine.root()), "/var/lib/guacfront", "undo --json");

        let again = machine.run(&["undo", "--yes", "--json"]);
        assert_eq!(again.code, 2, "{again:?}");
        assert_eq!(object(&again)["message"], "there is nothing to undo");
    }
}

#[test]
fn a_dry_run_of_an_undo_refuses_what_the_undo_would_refuse() {
    let path = "/etc/nginx/sites-available/default";
    let machine = Machine::new();
    assert_eq!(machine.with_answers(&["apply", "--yes"], NGINX).code, 0);
    machine.write(path, machine.text(path).replace("proxy_buffering off;", "proxy_buffering on;"));
    for deed in ["--dry-run", "--yes"] {
        assert_eq!(machine.run(&["undo", deed]).code, 2, "{deed}");
        assert_eq!(machine.run(&["undo", deed, "--json"]).code, 2, "{deed}");
    }
    assert_eq!(machine.run(&["undo", "--dry-run", "--force"]).code, 0);
}

#[test]
fn an_error_is_an_object_too_where_a_program_reads() {
    let machine = Machine::new();
    let ran = machine.with_answers(&["apply", "--yes", "--json"], "version = 1\n[backend]\nport = 0\n");
    let error = object(&ran);
    assert_eq!((ran.code, &error["kind"], &error["exit_code"]), (2, &"error".into(), &2.into()));
    assert!(error["message"].as_str().is_some_and(|text| text.contains("port 0")), "{error}");
}

#[test]
fn show_touches_nothing_and_needs_no_site() {
    let machine = Machine::new();
    let before = Tree::read(&machine.root());
    let show = machine.with_answers(&["show"], "version = 1\n[frontend]\nserver = \"nginx\"\n");
    assert_eq!(show.code, 0, "{show:?}");
    for words in ["location ^~ /guacamole/ {", "RemoteIpValve", "proxiesHeader"] {
        assert!(show.out.contains(words), "{words} is not in {show:?}");
    }
    assert_unchanged(&before, &machine, "show");
}

/// Answers, and words that the refusal must hold.
const REFUSED: [(&str, &str); 22] = [
    ("version = 1\n[frontend]\npubic_path = \"/\"", "frontend.public_path"),
    ("version = 2", "version"),
    ("version = 1\n[frontend", "line 2"),
    ("version = 1\n[frontend]\nserver = \"caddy\"", "neither nginx nor apache"),
    ("version = 1\n[frontend]\npublic_path = \"/a b/\"", "a space"),
    ("version = 1\n[frontend]\npublic_path = \"/../\"", ".."),
    ("version = 1\n[frontend]\npublic_path = '/a\"/'", "\""),
    ("version = 1\n[frontend]\npublic_path = \"/a;/\"", ";"),
    ("version = 1\n[frontend]\npublic_path = \"/{/\"", "{"),
    ("version = 1\n[frontend]\npublic_path = \"/$x/\"", "$"),
    ("version = 1\n[frontend]\npublic_path = \"/\\u001b/\"", "U+001B"),
    ("version = 1\n[frontend]\nmax_upload = \"lots\"", "max_upload"),
    ("version = 1\n[backend]\nport = 0", "port 0"),
    ("version = 1\n[backend]\nport = 70000", "70000"),
    ("version = 1\n[backend]\nhost = \"a;b\"", ";"),
    ("version = 1\n[backend]\nhost = \"http://a\"", "URL"),
    ("version = 1\n[trust]\nproxies = [\"10.0.0.300\"]", "10.0.0.300"),
    ("version = 1\n[trust]\nproxies = [\"10.1.0.7/24\"]", "10.1.0.0/24"),
    ("version = 1\n[trust]\nproxies = []", "at least one"),
    ("version = 1\n[trust]\nproxies = [\"0.0.0.0/0\"]", "every address"),
    (
        "version = 1\n[frontend]\nsite = { file = \"/etc/nginx/nowhere\" }",
        "/etc/nginx/sites-available/default",
    ),
    (
        "version = 1\n[frontend]\nsite = { file = \"/etc/nginx/sites-available/default\" }\n[backend]\nserver_xml = \"/etc/nowhere.xml\"",
        "/etc/nowhere.xml",
    ),
];

#[test]
fn bad_answers_get_a_clear_error_and_nothing_changes() {
    let machine = Machine::new();
    let before = Tree::read(&machine.root());
    for (answers, words) in REFUSED {
        let ran = machine.with_answers(&["apply", "--yes"], answers);
        assert_eq!(ran.code, 2, "{answers:?}: {ran:?}");
        assert!(ran.err.contains(words), "{answers:?}: {words} is not in {ran:?}");
        assert!(!ran.err.contains('\u{1b}'), "{ran:?}");
        assert_unchanged(&before, &machine, answers);
    }
}

#[test]
fn two_sites_that_match_are_both_listed() {
    let machine = Machine::new();
    let ran = machine.with_answers(&["plan"], "version = 1\n[frontend]\nserver = \"nginx\"\n");
    assert_eq!(ran.code, 2, "{ran:?}");
    for words in ["/etc/nginx/sites-available/default", "portal.example.org"] {
        assert!(ran.err.contains(words), "{words} is not in {ran:?}");
    }
}

#[test]
fn a_file_that_its_server_could_not_read_is_named_with_the_text_to_paste_by_hand() {
    for (answers, path, text, words) in [
        (
            NGINX,
            "/etc/nginx/sites-available/default",
            "server {\n    listen 80;\n",
            ["/etc/nginx/sites-", "proxy_pass"],
        ),
        (NGINX, "/etc/nginx/sites-available/default", "server {\n    listen 80\n}\n", [":3:", "proxy_pass"]),
        (
            NGINX,
            "/etc/tomcat10/server.xml",
            "<Server>\n  <Service>\n</Server>\n",
            ["/etc/tomcat10/server.xml:3:", "internalProxies="],
        ),
        (
            NGINX,
            "/etc/tomcat10/context.xml",
            "<Context>\n  <Valve className=\"a&b\" />\n</Context>\n",
            ["/etc/tomcat10/context.xml:2:", "internalProxies="],
        ),
        (
            APACHE,
            "/etc/apache2/sites-available/000-default.conf",
            "<VirtualHost *:80>\n</Virtual>\n",
            ["000-default.conf:2:", "ProxyPass "],
        ),
    ] {
        let machine = Machine::new();
        machine.write(path, text);
        let before = Tree::read(&machine.root());
        let ran = machine.with_answers(&["apply", "--yes"], answers);
        assert_eq!(ran.code, 2, "{path}: {ran:?}");
        for words in words {
            assert!(ran.err.contains(words), "{path}: {words} is not in {ran:?}");
        }
        assert_unchanged(&before, &machine, path);
    }
}

#[test]
fn bytes_that_are_not_utf_8_are_kept() {
    let machine = Machine::new();
    let path = "/etc/nginx/sites-available/default";
    let mut bytes = b"# caf\xe9\r\n".to_vec();
    bytes.extend(std::fs::read(machine.path(path)).expect("the file is there"));
    machine.write(path, &bytes);
    assert_eq!(machine.with_answers(&["apply", "--yes"], NGINX).code, 0);
    let after = std::fs::read(machine.path(path)).expect("the file is there");
    assert!(after.starts_with(b"# caf\xe9\r\n") && after.len() > bytes.len());
}

#[test]
fn without_a_terminal_it_says_what_to_run_instead() {
    let machine = Machine::new();
    for (arguments, words) in [
        (vec![], "apply --answers"),
        (vec!["apply", "--answers", "/dev/null"], "--yes"),
        (vec!["undo"], "--yes"),
    ] {
        let ran = machine.run(&arguments);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains(words), "{ran:?}");
    }
}

#[test]
fn a_root_that_is_not_there_is_the_operator_s_error() {
    let ran = run(Some("/nonexistent/root".as_ref()), &["answers"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("/nonexistent/root"), "{ran:?}");
}

#[test]
fn undo_does_not_lose_a_later_edit() {
    let path = "/etc/nginx/sites-available/default";
    let machine = Machine::new();
    let stock = machine.text(path);
    assert_eq!(machine.with_answers(&["apply", "--yes"], NGINX).code, 0);
    machine.write(path, format!("{}# mine\n", machine.text(path)));
    let merged = machine.run(&["undo", "--yes"]);
    assert_eq!(merged.code, 0, "{merged:?}");
    assert!(merged.err.contains("that stays"), "{merged:?}");
    assert_eq!(machine.text(path), format!("{stock}# mine\n"));

    let machine = Machine::new();
    assert_eq!(machine.with_answers(&["apply", "--yes"], NGINX).code, 0);
    let edited = machine.text(path).replace("proxy_buffering off;", "proxy_buffering on;");
    machine.write(path, &edited);
    let refused = machine.run(&["undo", "--yes"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(
        refused.out.contains("-\t\tproxy_buffering on;") && refused.err.contains("--force"),
        "{refused:?}"
    );
    assert_eq!(machine.text(path), edited);
    let forced = machine.run(&["undo", "--yes", "--force"]);
    assert_eq!(forced.code, 0, "{forced:?}");
    assert_eq!(machine.text(path), stock);
}
