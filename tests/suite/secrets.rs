//! Secrets of the machine's own files: only a diff of lines that really change may hold one, and a terminal never.

use super::program::Machine;
use super::pty::{Start, Terminal};
use std::path::Path;

const SECRET: &str = "passw0rd";

/// The demo machine with a secret in every file, none of them in or beside a line that a plan changes.
fn machine() -> Machine {
    let machine = Machine::new();
    let xml = machine.text("/etc/tomcat10/server.xml");
    let head = xml.find("<Service").expect("a service");
    let planted = format!(
        "{}<GlobalNamingResources>\n    <Resource name=\"jdbc/g\" auth=\"Container\" type=\"javax.sql.DataSource\" \
         password=\"{SECRET}\"/>\n  </GlobalNamingResources>\n\n\n\n\n\n  {}",
        &xml[..head],
        &xml[head..]
    );
    machine.write("/etc/tomcat10/server.xml", planted);
    for path in ["/etc/nginx/sites-available/default", "/etc/apache2/sites-available/000-default.conf"] {
        machine.write(path, format!("# {SECRET}\n\n\n\n\n\n{}", machine.text(path)));
    }
    machine
}

const NGINX: &str = "version = 1\n[frontend]\nserver = \"nginx\"\n\
                     site = { file = \"/etc/nginx/sites-available/default\" }\n";
const APACHE: &str = "version = 1\n[frontend]\nserver = \"apache\"\n\
                      site = { file = \"/etc/apache2/sites-available/000-default.conf\" }\n";

#[test]
fn no_output_and_no_receipt_holds_a_secret_of_a_line_that_does_not_change() {
    for answers in [NGINX, APACHE] {
        let machine = machine();
        let mut said = Vec::new();
        for command in [
            vec!["show"],
            vec!["plan"],
            vec!["plan", "--json"],
            vec!["apply", "--yes", "--json"],
            vec!["apply", "--yes"],
        ] {
            said.push(machine.with_answers(&command, answers));
        }
        for command in [
            vec!["answers"],
            vec!["history"],
            vec!["history", "--json"],
            vec!["confirm"],
            vec!["undo", "--yes"],
            vec!["history"],
        ] {
            said.push(machine.run(&command));
        }
        for ran in &said {
            assert!(!ran.out.contains(SECRET) && !ran.err.contains(SECRET), "{ran:?}");
        }
        assert!(said[3].code == 0 && said[3].out.contains("receipt"), "{:?}", said[3]);
        let mut receipts = 0;
        every_file(&machine.path("/var/lib/guacfront"), &mut |path, text| {
            if path.ends_with("receipt.toml") {
                receipts += 1;
                assert!(!text.contains(SECRET), "{}", path.display());
            }
        });
        assert_eq!(receipts, 2);
    }
}

fn every_file(folder: &Path, look: &mut dyn FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            every_file(&entry, look);
        } else {
            look(&entry, &String::from_utf8_lossy(&std::fs::read(&entry).expect("a file")));
        }
    }
}

#[test]
fn the_wizard_shows_no_secret_in_the_changes() {
    let machine = machine();
    let root = machine.root();
    let argv = &[env!("CARGO_BIN_EXE_guacfront"), "--root", root.to_str().expect("text")];
    let mut terminal = Terminal::start(&Start { argv, size: (120, 40), env: &[], ..Start::default() });
    for screen in ["Machine", "Frontend", "Site", "Path", "Backend", "Trust", "Options"] {
        terminal.play(&format!("until:[{screen}] Enter"));
    }
    terminal.play("until:[Review] C-t C-t C-c C-c");
    let end = terminal.end();
    end.assert_clean(0);
    assert!(!String::from_utf8_lossy(&end.raw).contains(SECRET));
}

#[test]
fn beside_a_change_a_secret_is_in_the_patch_and_masked_elsewhere() {
    let machine = Machine::new();
    let xml = machine.text("/etc/tomcat10/server.xml");
    let planted =
        xml.replace("<Connector ", &format!("<Connector keystorePass=\"{SECRET}\" secret='{SECRET}' "));
    let planted = planted.replace("<Engine ", &format!("<Engine\n      password=\"{SECRET}\" "));
    assert!(planted.matches(SECRET).count() >= 3);
    machine.write("/etc/tomcat10/server.xml", planted);
    let patch = machine.with_answers(&["plan"], NGINX);
    assert!(patch.out.contains(SECRET), "a true patch has the line as it is: {patch:?}");
    for command in [["plan", "--json"], ["apply", "--json"]] {
        let json = machine
            .with_answers(&[&command[..], &["--yes"][..usize::from(command[0] == "apply")]].concat(), NGINX);
        assert!(json.code == 0 && json.out.contains("***") && !json.out.contains(SECRET), "{json:?}");
        assert!(!json.err.contains(SECRET), "{json:?}");
    }
    assert_eq!(machine.run(&["undo", "--yes"]).code, 0);
    let root = machine.root();
    let answers = machine.answers(NGINX);
    let (root, answers) = (root.to_str().expect("text"), answers.to_str().expect("text"));
    let program = env!("CARGO_BIN_EXE_guacfront");
    for argv in [
        vec![program, "--root", root, "plan", "--answers", answers],
        vec![program, "--root", root, "--answers", answers],
    ] {
        let mut terminal =
            Terminal::start(&Start { argv: &argv, size: (120, 40), env: &[], ..Start::default() });
        if argv.len() == 5 {
            for screen in ["Machine", "Frontend", "Site", "Path", "Backend", "Trust", "Options"] {
                terminal.play(&format!("until:[{screen}] Enter"));
            }
            terminal.play("until:[Review] C-t until:*** C-v C-c C-c");
        }
        let raw = String::from_utf8_lossy(&terminal.end().raw).into_owned();
        assert!(raw.contains("***") && !raw.contains(SECRET), "{argv:?}");
    }
}

/// Secrets whose names stand on a line before, each right beside what a plan changes, and one above its first line shown.
#[test]
fn a_secret_on_another_line_than_its_name_is_masked_where_a_person_looks() {
    let xml = |machine: &Machine| {
        let text = machine.text("/etc/tomcat10/server.xml");
        let connector =
            format!("<Connector\n  keystorePass =\n  \"{SECRET}\"\n  a=\"1\"\n  secret='\n  {SECRET}\n' ");
        let host = format!("<Host\n  password=\n\n\n  \"{SECRET}\"\n");
        machine.write(
            "/etc/tomcat10/server.xml",
            text.replace("<Connector ", &connector).replace("<Host ", &host),
        );
    };
    for (answers, path, before, lines) in [
        (
            NGINX,
            "/etc/nginx/sites-available/default",
            "}",
            format!("\tproxy_set_header Authorization\n\n\n\t\t\"Basic {SECRET}\";\n\tset $x 1;\n"),
        ),
        (
            APACHE,
            "/etc/apache2/sites-available/000-default.conf",
            "</VirtualHost>",
            format!("\tSetEnv \\\n\tDB_PASSWORD \\\n\t{SECRET}\n\tSetEnv A b\n"),
        ),
    ] {
        let machine = Machine::new();
        xml(&machine);
        let site = machine.text(path);
        let at = site.rfind(&format!("\n{before}")).expect("an end") + 1;
        machine.write(path, format!("{}{lines}{}", &site[..at], &site[at..]));
        let json = machine.with_answers(&["plan", "--json"], answers);
        assert!(json.code == 0 && json.out.contains("***") && !json.out.contains(SECRET), "{json:?}");
        let report = machine.with_answers(&["plan", "--markdown"], answers);
        assert!(report.out.contains("***") && !report.out.contains(SECRET), "{report:?}");
        let check = machine.run(&["check", "--rules-only", "--json"]);
        assert!(!check.out.contains(SECRET) && !check.err.contains(SECRET), "{check:?}");
        let (root, file) = (machine.root(), machine.answers(answers));
        let (root, file) = (root.to_str().expect("text"), file.to_str().expect("text"));
        for argv in [vec!["--root", root, "plan", "--answers", file], vec!["--root", root, "--answers", file]]
        {
            let argv: Vec<&str> = std::iter::once(env!("CARGO_BIN_EXE_guacfront")).chain(argv).collect();
            let mut terminal =
                Terminal::start(&Start { argv: &argv, size: (120, 40), env: &[], ..Start::default() });
            if argv.len() == 5 {
                for screen in ["Machine", "Frontend", "Site", "Path", "Backend", "Trust", "Options"] {
                    terminal.play(&format!("until:[{screen}] Enter"));
                }
                terminal.play("until:[Review] C-v until:*** C-t C-v until:*** C-c C-c");
            }
            let raw = String::from_utf8_lossy(&terminal.end().raw).into_owned();
            assert!(raw.contains("***") && !raw.contains(SECRET), "{argv:?}");
        }
    }
}

/// Secrets as sites have them, beside the place where a plan writes.
#[test]
fn secrets_of_a_site_are_masked_where_a_person_looks() {
    for (answers, path, lines) in [
        (
            NGINX,
            "/etc/nginx/sites-available/default",
            format!(
                "\tproxy_set_header Authorization \"Basic {SECRET}\";\n\tset $token \"{SECRET}\";\n\t\
                 auth_basic_user_file /etc/nginx/htpasswd;\n"
            ),
        ),
        (
            APACHE,
            "/etc/apache2/sites-available/000-default.conf",
            format!(
                "\tRequestHeader set Authorization \"Basic {SECRET}\"\n\tProxyPassReverse /x \
                 http://user:{SECRET}@127.0.0.1:1/\n\tAuthUserFile /etc/nginx/htpasswd\n"
            ),
        ),
    ] {
        let machine = Machine::new();
        let site = machine.text(path);
        // The last server block's or virtual host's end.
        let end =
            site.lines().rev().find(|line| ["}", "</VirtualHost>"].contains(&line.trim())).expect("an end");
        let at = site.rfind(&format!("\n{end}")).expect("an end") + 1;
        machine.write(path, format!("{}{lines}{}", &site[..at], &site[at..]));
        let json = machine.with_answers(&["plan", "--json"], answers);
        assert!(json.code == 0 && json.out.contains("***") && !json.out.contains(SECRET), "{json:?}");
        assert!(json.out.contains("htpasswd") && !json.err.contains(SECRET), "{json:?}");
        let check = machine.run(&["check", "--rules-only", "--json"]);
        assert!(!check.out.contains(SECRET) && !check.err.contains(SECRET), "{check:?}");
        let applied = machine.with_answers(&["apply", "--yes", "--json"], answers);
        assert!(applied.code == 0 && !applied.out.contains(SECRET), "{applied:?}");
        every_file(&machine.path("/var/lib/guacfront"), &mut |path, text| {
            assert!(!path.ends_with("receipt.toml") || !text.contains(SECRET), "{}", path.display());
        });
    }
}

#[test]
fn a_link_in_an_answer_does_not_lead_out_of_the_root() {
    let machine = Machine::new();
    let outside = machine.root().parent().expect("a folder").join("outside.xml");
    std::fs::copy(machine.path("/etc/tomcat10/server.xml"), &outside).expect("it is copied");
    let before = std::fs::read(&outside).expect("it is there");
    std::os::unix::fs::symlink(&outside, machine.path("/etc/tomcat10/away.xml")).expect("a link");
    std::os::unix::fs::symlink("../../../outside.xml", machine.path("/etc/tomcat10/up.xml")).expect("a link");
    for path in ["/etc/tomcat10/away.xml", "/etc/tomcat10/up.xml", "/../outside.xml"] {
        let answers = format!("{NGINX}[backend]\nserver_xml = \"{path}\"\n");
        let ran = machine.with_answers(&["apply", "--yes"], &answers);
        assert_eq!(ran.code, 2, "{path}: {ran:?}");
        assert_eq!(std::fs::read(&outside).expect("it is there"), before, "{path}");
    }
}

/// Secrets as people leave them in files, beside what a plan changes; no output but a patch tells one, errors included.
#[test]
fn a_secret_in_any_form_reaches_no_output_but_the_patch() {
    let nginx = format!(
        "\tproxy_set_header X-Shared-Secret {SECRET};\n\tset $db_pwd \"{SECRET}\";\n\tif ($http_x_token != \"{SECRET}\") \
         {{ return 403; }}\n\t# Authorization: Basic {SECRET}\n\tlocation /y {{ proxy_set_header Authorization {SECRET}; }}\n\
         \treturn 301 https://h/?access_token={SECRET};\n"
    );
    let apache = format!(
        "\tRequestHeader set X-Remote-Password {SECRET}\n\tSetEnv DB_PASS {SECRET}\n\tDefine MY_SECRET_KEY {SECRET}\n\
         \tRewriteCond %{{HTTP:Authorization}} \"!={SECRET}\"\n\tAuthBasicFake user {SECRET}\n"
    );
    let tomcat = format!(
        "<Resource name=\"jdbc/a\" url=\"jdbc:mysql://h/g?user=u&amp;password={SECRET}\"/>\n<Realm \
         connectionPassword=\"{SECRET}\" connectionURL=\"ldap://u:{SECRET}@h\"/>\n<Environment name=\"db.password\"\n \
         value=\"{SECRET}\"/>\n<Valve className=\"x\" token=\"{SECRET}\"/>\n<!-- admin:$apr1$x${SECRET} -->\n"
    );
    for (answers, path, end, lines) in [
        (NGINX, "/etc/nginx/sites-available/default", "}", nginx),
        (APACHE, "/etc/apache2/sites-available/000-default.conf", "</VirtualHost>", apache),
    ] {
        let machine = Machine::new();
        let (site, xml) = (machine.text(path), machine.text("/etc/tomcat10/server.xml"));
        let at = site.rfind(end).expect("an end");
        machine.write(path, format!("{}{lines}{}", &site[..at], &site[at..]));
        machine.write("/etc/tomcat10/server.xml", xml.replace("<Host ", &format!("{tomcat}<Host ")));
        let (root, file) = (machine.root(), machine.answers(answers));
        let (root, file) = (root.to_str().expect("text"), file.to_str().expect("text"));
        let argv = [env!("CARGO_BIN_EXE_guacfront"), "--root", root, "--answers", file];
        let mut terminal =
            Terminal::start(&Start { argv: &argv, size: (120, 40), env: &[], ..Start::default() });
        for screen in ["Machine", "Frontend", "Site", "Path", "Backend", "Trust", "Options"] {
            terminal.play(&format!("until:[{screen}] Enter"));
        }
        terminal.play("until:[Review] C-v until:*** C-t C-v until:*** C-c C-c");
        let raw = String::from_utf8_lossy(&terminal.end().raw).into_owned();
        assert!(raw.contains("***") && !raw.contains(SECRET), "the wizard");

        assert!(machine.with_answers(&["plan"], answers).out.contains(SECRET), "a true patch");
        let mut said = Vec::new();
        for command in [
            &["show"][..],
            &["plan", "--json"],
            &["plan", "--markdown"],
            &["apply", "--yes"],
            &["plan", "--json"],
        ] {
            said.push(machine.with_answers(command, answers));
        }
        for command in [
            &["answers"][..],
            &["check", "--rules-only"],
            &["check", "--rules-only", "--json"],
            &["check", "--rules-only", "--markdown"],
            &["history", "--json"],
            &["undo", "--dry-run"],
            &["undo", "--yes", "--json"],
        ] {
            said.push(machine.run(command));
        }
        assert_eq!(said[3].code, 0, "{:?}", said[3]);
        assert!(said[3].out.contains("***") && said[3].out.contains("+++ "), "{:?}", said[3]);
        // Somebody's own section for Guacamole is in the way, or the file cannot be read.
        for broken in [
            format!(
                "<Location /guacamole/>\nProxyPass http://u:{SECRET}@h/ secret={SECRET}\n</Location>\n{end}"
            ),
            format!("proxy_set_header Authorization \"Basic {SECRET};\n{end}"),
        ] {
            machine.write(path, format!("{}{broken}{}", &site[..at], &site[at + end.len()..]));
            for command in [&["plan", "--json"][..], &["apply", "--yes"], &["apply", "--yes", "--json"]] {
                said.push(machine.with_answers(command, answers));
            }
        }
        for ran in &said {
            assert!(!ran.out.contains(SECRET) && !ran.err.contains(SECRET), "{ran:?}");
        }
    }
}
