//! The wizard in a real terminal, by keys: what a person over SSH has.

use super::program::Machine;
use super::pty::{End, Start, Terminal};
use super::tree::Tree;

/// From the first screen to the review, every field as the machine suggests it.
const TO_THE_REVIEW: &str = "until:[Machine] Enter until:[Frontend] Enter until:[Site] Enter until:[Path] Enter \
                             until:[Backend] Enter until:[Trust] Enter until:[Options] Enter until:[Review]";
/// From the review to the end.
const APPLY_AND_LEAVE: &str = "Enter until:Do_it? y until:takes_it_back until:Enter_leave Enter";

/// What the journeys with wrong turns end in.
const MENDED: &str = "version = 1
[frontend]
server = \"nginx\"
site = { file = \"/etc/nginx/sites-available/default\", name = \"_\" }
public_path = \"/remote/\"
max_upload = \"512m\"
[backend]
server_xml = \"/etc/tomcat10/server.xml\"
[trust]
proxies = [\"127.0.0.1\", \"10.1.0.0/24\"]
";

fn wizard(machine: &Machine, size: (u16, u16), env: &[(&str, &str)]) -> Terminal {
    let root = machine.root();
    let root = root.to_str().expect("the demo machine's folder is plain ASCII");
    let argv = &[env!("CARGO_BIN_EXE_guacfront"), "--root", root];
    Terminal::start(&Start { argv, size, env, ..Start::default() })
}

fn journey(machine: &Machine, script: &str) -> End {
    let mut terminal = wizard(machine, (80, 24), &[]);
    terminal.play(script);
    terminal.end()
}

/// Applying an answers file on a machine of its own must end in the same files as the wizard has written.
#[track_caller]
fn assert_as_applied(machine: &Machine, answers: &str) {
    let other = Machine::new();
    let applied = other.with_answers(&["apply", "--yes"], answers);
    assert_eq!(applied.code, 0, "{applied:?}");
    let wanted = Tree::read(&other.root());
    let words = "the wizard ends in the files that apply writes";
    wanted.assert_same_but(&Tree::read(&machine.root()), "/var/lib/guacfront", words);
}

#[test]
fn enter_all_the_way_ends_in_the_files_that_apply_writes() {
    let machine = Machine::new();
    let suggested = machine.run(&["answers"]).out;
    let before = Tree::read(&machine.root());
    journey(&machine, &format!("{TO_THE_REVIEW} {APPLY_AND_LEAVE}")).assert_clean(0);
    assert_as_applied(&machine, &suggested);

    assert_eq!(machine.run(&["undo", "--yes"]).code, 0);
    let words = "undo takes the wizard's work back";
    before.assert_same_but(&Tree::read(&machine.root()), "/var/lib/guacfront", words);
}

#[test]
fn another_path_is_typed_over_the_suggested_one() {
    let machine = Machine::new();
    let script = "until:[Machine] Enter until:[Frontend] Enter until:[Site] Enter until:[Path] C-u type:/remote/ \
                  until:^~_/remote/ Enter until:[Backend] Enter until:[Trust] Enter until:[Options] Enter \
                  until:[Review]";
    journey(&machine, &format!("{script} {APPLY_AND_LEAVE}")).assert_clean(0);
    let site = r#"site = { file = "/etc/nginx/sites-available/default", name = "_" }"#;
    assert_as_applied(
        &machine,
        &format!("version = 1\n[frontend]\nserver = \"nginx\"\n{site}\npublic_path = \"/remote/\"\n"),
    );
}

#[test]
fn apache_httpd_is_chosen_with_the_arrow_key() {
    let machine = Machine::new();
    let script = TO_THE_REVIEW.replace("until:[Frontend] Enter", "until:[Frontend] Down Enter");
    journey(&machine, &format!("{script} {APPLY_AND_LEAVE}")).assert_clean(0);
    assert_as_applied(&machine, "version = 1\n[frontend]\nserver = \"apache\"\n");
}

/// What the first screen finds wrong is put right by the wizard alone, and can be taken back.
#[test]
fn what_the_first_screen_finds_wrong_the_wizard_puts_right() {
    let machine = Machine::new();
    let site = "/etc/nginx/sites-available/default";
    machine.write(
        site,
        machine.text(site).replace(
            "\tlocation / {",
            "\tlocation /guacamole/ {\n\t\tproxy_pass http://127.0.0.1:8080/guacamole/;\n\t}\n\n\tlocation / {",
        ),
    );
    let xml = "/etc/tomcat10/server.xml";
    let valve = "<Valve className=\"org.apache.catalina.valves.RemoteIpValve\" internalProxies=\"10.0.0.0/8\" \
                 remoteIpProxiesHeader=\"x-forwarded-by\" />";
    machine.write(xml, machine.text(xml).replacen("</Host>", &format!("{valve}\n      </Host>"), 1));
    let found = machine.run(&["check", "--rules-only"]);
    for code in ["N01", "N03", "T10"] {
        assert!(found.out.contains(code), "{code}: {found:?}");
    }
    let before = Tree::read(&machine.root());
    let script =
        TO_THE_REVIEW.replacen("until:[Machine]", "until:[Machine] until:guacfront_check_tells_all", 1);
    journey(&machine, &format!("{script} {APPLY_AND_LEAVE}")).assert_clean(0);
    let left = machine.run(&["check", "--rules-only"]);
    assert_eq!(left.code, 0, "nothing is left from a warning on: {left:?}");
    journey(&machine, "until:nothing_is_wrong_with_the_Guacamole C-c C-c").assert_clean(0);
    assert_eq!(machine.run(&["undo", "--yes"]).code, 0);
    before.assert_same_but(&Tree::read(&machine.root()), "/var/lib/guacfront", "undo takes all of it back");
}

#[test]
fn plain_questions_end_in_the_same_files() {
    let machine = Machine::new();
    let suggested = machine.run(&["answers"]).out;
    let mut terminal = wizard(&machine, (80, 24), &[("TERM", "dumb")]);
    for question in [
        "Frontend, 1 to 3 [1]:",
        "Site, 1 to 4 [1]:",
        "Public path [/guacamole/]:",
        "Host [127.0.0.1]:",
        "Port [8080]:",
        "Context path [/guacamole/]:",
        "server.xml, 1 to 2 [1]:",
        "Trusted proxies [127.0.0.1, ::1]:",
        "Largest upload [1g]:",
        "Longest silence [usual]:",
        "Log tunnel requests, 1 to 2 [1]:",
        "WebSocket, 1 to 2 [1]:",
        "Pass the name on, 1 to 2 [1]:",
        "Close to network, 1 to 2 [1]:",
        "Log the client, 1 to 2 [1]:",
    ] {
        terminal.until(question);
        terminal.play("Enter");
    }
    terminal.play("until:Do_it? type:yes Enter");
    let end = terminal.end();
    end.assert_clean(0);
    assert!(!end.raw.contains(&0x1b), "a dumb terminal gets no escape sequence");
    assert_as_applied(&machine, &suggested);
}

#[test]
fn quitting_changes_nothing_and_gives_the_terminal_back() {
    for script in [
        "until:[Machine] C-c until:Leave_guacfront? Enter",
        "until:[Machine] Enter until:[Frontend] Enter until:[Site] C-c C-c",
    ] {
        let machine = Machine::new();
        let before = Tree::read(&machine.root());
        journey(&machine, script).assert_clean(0);
        before.assert_same(&Tree::read(&machine.root()), script);
    }
}

#[test]
fn a_signal_ends_the_wizard_and_gives_the_terminal_back() {
    for (name, number) in [("TERM", 15), ("HUP", 1), ("INT", 2)] {
        let machine = Machine::new();
        let before = Tree::read(&machine.root());
        let script = format!("until:[Machine] Enter until:[Frontend] sig:{name}");
        journey(&machine, &script).assert_clean(128 + number);
        before.assert_same(&Tree::read(&machine.root()), name);
    }
}

#[test]
fn a_lost_connection_ends_the_wizard() {
    let machine = Machine::new();
    let before = Tree::read(&machine.root());
    let mut terminal = wizard(&machine, (80, 24), &[]);
    terminal.play("until:[Machine] Enter until:[Frontend]");
    // The signal is seen first, or the terminal that no longer answers: both are an orderly end.
    let code = terminal.hang_up();
    assert!(matches!(code, Some(129 | 3)), "{code:?}");
    before.assert_same(&Tree::read(&machine.root()), "a lost connection changes nothing");
}

#[test]
fn a_new_size_is_drawn_at_once_and_what_was_typed_stays() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine, (80, 24), &[]);
    terminal.play("until:[Machine] Enter until:[Frontend] Enter until:[Site] Enter until:[Path]");
    terminal.play("C-u type:/kept/ until:/kept/ resize:120x40");
    terminal.wait("the keys in the last row", |screen| {
        let last = screen.rows(0, 120).nth(39).unwrap_or_default();
        last.contains("Enter") && screen.contents().contains("/kept/")
    });
    terminal.play("resize:60x20 until:/kept/ C-c C-c");
    terminal.end().assert_clean(0);
}

#[test]
fn no_colour_is_drawn_where_none_is_wanted() {
    let machine = Machine::new();
    let colours = |env: &[(&str, &str)]| {
        let mut terminal = wizard(&machine, (80, 24), env);
        terminal.play(TO_THE_REVIEW);
        let (rows, cols) = terminal.screen().size();
        let cells = (0..rows).flat_map(|row| (0..cols).map(move |col| (row, col)));
        let coloured = cells
            .map(|(row, col)| terminal.cell(row, col))
            .filter(|cell| cell.fgcolor() != vt100::Color::Default || cell.bgcolor() != vt100::Color::Default)
            .count();
        terminal.play("C-c C-c");
        terminal.end().assert_clean(0);
        coloured
    };
    assert_eq!(colours(&[("NO_COLOR", "1")]), 0);
    assert!(colours(&[]) > 0);
}

#[test]
fn what_is_typed_wrong_is_told_and_mended() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine, (80, 24), &[]);
    terminal
        .play("until:[Machine] Enter until:[Frontend] Enter until:[Site] Enter until:[Path]")
        // A typo is told at once, and mended.
        .play("C-u type:/remote;/ until:;_cannot_stand Enter until:[Path!] Left Backspace gone:cannot_stand")
        .play("until:^~_/remote/ Enter until:[Backend] Enter until:[Trust]")
        .play("C-x C-x type:127.0.0.1,_10.1.0.0/24 until:10\\.1\\.0\\. Enter until:[Options]")
        .play("C-u type:512m until:512m; Enter until:[Review] Enter until:Do_it? y")
        .play("until:takes_it_back");
    terminal.play("Enter");
    terminal.end().assert_clean(0);
    assert_as_applied(&machine, MENDED);
}

#[test]
fn back_and_forth_keeps_what_was_typed() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine, (80, 24), &[]);
    terminal
        .play("until:[Machine] Enter until:[Frontend] Down until:<Location Enter until:[Site] Enter until:[Path]")
        // Back and forth: what was typed stays.
        .play("C-u type:/remote/ Enter until:[Backend] Esc until:[Path] until:/remote/ Enter until:[Backend]")
        .play("Enter until:[Trust] Enter until:[Options] Enter until:[Review] Enter until:Do_it? y until:takes_it_back q");
    terminal.end().assert_clean(0);
    let answers = "version = 1\n[frontend]\nserver = \"apache\"\npublic_path = \"/remote/\"\n";
    assert_as_applied(&machine, answers);
}

#[test]
fn plain_questions_refuse_what_is_wrong_and_ask_again() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine, (80, 24), &[("TERM", "dumb")]);
    terminal
        .play("until:Frontend,_1_to_3 type:4 Enter until:a_number_from_1_to_3 type:1 Enter")
        .play(
            "until:Site,_1_to_4 Enter until:Public_path type:/a_b/ Enter until:not_taken type:/remote/ Enter",
        )
        .play("until:Host_ Enter until:Port_ Enter until:Context_path_ Enter until:server.xml,_1 Enter")
        .play("until:Trusted_proxies_ type:127.0.0.1,10.1.0.0/24 Enter until:10.1.0.0/24:_256_addresses")
        .play("until:10.1.0.7_trusted,_8.8.8.8_not until:Largest_upload_ type:512m Enter")
        .play("until:Longest_silence_ type:long Enter until:a_time_is_needed type:2h Enter until:Log_tunnel_requests,_1 Enter")
        .play("until:WebSocket,_1 type:2 Enter until:Pass_the_name_on,_1 type:2 Enter until:Close_to_network,_1 Enter")
        .play("until:Log_the_client,_1 Enter until:Do_it? type:yes Enter");
    terminal.end().assert_clean(0);
    let options = "websocket = false\nread_timeout = \"2h\"\npass_host = false\n[backend]";
    assert_as_applied(&machine, &MENDED.replace("[backend]", options));
}

/// Every plain question after that for the host, answered by Enter alone.
const AFTER_HOST: &str = "until:Port_ Enter until:Context_path_ Enter until:server.xml,_1 Enter \
                          until:Trusted_proxies_ Enter until:Largest_upload_ Enter until:Longest_silence_ Enter \
                          until:Log_tunnel_requests,_1 Enter until:WebSocket,_1 Enter until:Pass_the_name_on,_1 Enter \
                          until:Close_to_network,_1 Enter until:Log_the_client,_1 Enter";

#[test]
fn plain_questions_go_back_to_the_one_before() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine, (80, 24), &[("TERM", "dumb")]);
    terminal
        .play("until:<_instead_of_an_answer until:Frontend,_1_to_3 type:< Enter until:this_is_the_first_question")
        .play("until:Frontend,_1_to_3 Enter until:Site,_1_to_4 type:< Enter until:Which_server_faces")
        .play("until:Frontend,_1_to_3 Enter until:Site,_1_to_4 Enter until:Public_path type:/remote/ Enter")
        .play("until:Host_ type:10.0.0.5 Enter until:Port_ type:< Enter until:Host_[10.0.0.5]: type:127.0.0.1 Enter")
        .play(AFTER_HOST)
        .play("until:Do_it? type:yes Enter");
    terminal.end().assert_clean(0);
    let answers = "version = 1\n[frontend]\nserver = \"nginx\"\nsite = { file = \"/etc/nginx/sites-available/default\" }\n\
                   public_path = \"/remote/\"\n";
    assert_as_applied(&machine, answers);
}

#[test]
fn plain_answers_that_do_not_fit_the_machine_are_asked_again_and_not_lost() {
    let machine = Machine::new();
    let site = "/etc/apache2/sites-available/000-default.conf";
    let end = "</VirtualHost>";
    let taken = machine.text(site).replacen(end, &format!("\tProxyPass /taken/ http://h:1/\n{end}"), 1);
    machine.write(site, taken);
    let mut terminal = wizard(&machine, (80, 24), &[("TERM", "dumb")]);
    terminal
        .play("until:Frontend,_1_to_3 type:2 Enter until:Site,_1_to Enter until:Public_path type:/taken/ Enter")
        .play("until:Host_ Enter")
        .play(AFTER_HOST)
        .play("printed:is_proxied_to until:All_is_asked_again until:Frontend,_1_to_3_[2] Enter until:Site,_1_to Enter")
        .play("until:Public_path_[/taken/]: type:/remote/ Enter until:Host_ Enter")
        .play(AFTER_HOST)
        .play("until:Do_it? type:yes Enter");
    terminal.end().assert_clean(0);
    assert!(machine.text(site).contains("<Location \"/remote/\">"), "{}", machine.text(site));
}

#[test]
fn plain_questions_take_a_url_apart_and_offer_the_nearest_right_value() {
    let machine = Machine::new();
    let mut terminal = wizard(&machine, (80, 24), &[("TERM", "dumb")]);
    terminal
        .play("until:Frontend,_1_to_3 Enter until:Site,_1_to_4 Enter until:Public_path type:/a$/ Enter")
        .play("until:not_taken until:Enter_alone_takes_/a/ until:Public_path_[/a/]: Enter")
        .play("until:Host_ type:http://10.0.0.5:8081/x/ Enter until:taken_apart until:Port_[8081]: Enter")
        .play("until:Context_path_[/x/]: C-d");
    terminal.end().assert_clean(0);
}

#[test]
fn a_signal_at_a_plain_question_left_the_terminal_raw() {
    let machine = Machine::new();
    let before = Tree::read(&machine.root());
    for (name, key) in [("TERM", None), ("HUP", None), ("INT", Some("C-c"))] {
        let mut terminal = wizard(&machine, (80, 24), &[("TERM", "dumb")]);
        terminal.play("until:Frontend,_1_to_3 Enter until:Site,_1_to_4");
        assert!(!terminal.is_raw(), "the terminal reads the line itself");
        terminal.play(&key.map_or(format!("sig:{name}"), ToOwned::to_owned));
        let end = terminal.end();
        assert_eq!(end.faults(), Vec::<&str>::new(), "{name}");
    }
    before.assert_same(&Tree::read(&machine.root()), "nothing was changed");
}

#[test]
fn every_screen_can_be_left_with_the_terminal_as_it_was() {
    let names = ["Machine", "Frontend", "Site", "Path", "Backend", "Trust", "Options", "Review"];
    let machine = Machine::new();
    let before = Tree::read(&machine.root());
    for (at, name) in names.iter().enumerate() {
        let mut terminal = wizard(&machine, (80, 24), &[]);
        for earlier in &names[..at] {
            terminal.play(&format!("until:[{earlier}] Enter"));
        }
        terminal.play(&format!(
            "until:[{name}] C-c until:Leave_guacfront? n gone:Leave_guacfront? C-c until:Leave_guacfront? C-c"
        ));
        terminal.end().assert_clean(0);
    }
    before.assert_same(&Tree::read(&machine.root()), "leaving changes nothing");
}

#[test]
fn the_demo_says_where_it_is_and_how_to_undo() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let tree = folder.path().join("demo");
    let path = tree.to_str().expect("a path that is text");
    let argv = [env!("CARGO_BIN_EXE_guacfront"), "demo", path];
    let mut terminal = Terminal::start(&Start { argv: &argv, ..Start::default() });
    terminal
        .play("until:[Machine] Enter until:[Frontend] Enter until:[Site] Enter until:[Path] Enter until:[Backend]")
        .play("Enter until:[Trust] Enter until:[Options] Enter until:[Review] Enter until:Do_it? y until:takes_it_back Enter");
    let end = terminal.end();
    end.assert_clean(0);
    let text = String::from_utf8_lossy(&end.raw);
    assert!(text.contains(&format!("guacfront --root {path} undo")), "{text}");
    let undone = super::program::run(Some(&tree), &["undo", "--yes"]);
    assert_eq!(undone.code, 0, "{undone:?}");
}
