//! The README and the topics of `help` say what the program does: they are held against the code.

use super::program::run;
use guacfront::cli::Arguments;
use guacfront::model::{Answers, Draft, Field, NewSiteDraft};
use std::path::Path;

fn readme() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    std::fs::read_to_string(path).expect("the README is there")
}

/// What `guacfront help` says of a topic.
fn topic(name: &str) -> String {
    let ran = run(None, &["help", name]);
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.out
}

const TOPICS: [&str; 6] = ["answers", "check", "safety", "files", "exit-codes", "json"];

#[test]
fn every_key_of_the_answers_file_is_explained_with_its_default() {
    let topic = topic("answers");
    let default = Draft::default();
    for field in Field::ALL {
        let row = topic.lines().find(|line| line.starts_with(&format!("{} = ", field.key())));
        let row = row.unwrap_or_else(|| panic!("{} is not explained", field.key()));
        let value = match field {
            Field::Site | Field::ServerXml => continue,
            Field::NewSite(field) => match NewSiteDraft::default().text(field) {
                "yes" => "true".to_owned(),
                "no" => "false".to_owned(),
                text => text.to_owned(),
            },
            field if field.is_yes_or_no() => (default.text(field) == "yes").to_string(),
            Field::Proxies => default.text(field).split(", ").collect::<Vec<_>>().join("\", \""),
            _ => default.text(field).to_owned(),
        };
        assert!(row.contains(&value), "{value} is not in {row}");
    }
    let keys = topic.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key);
    for key in keys.filter(|key| key.contains('.') && !key.starts_with(' ')) {
        assert!(Field::ALL.iter().any(|field| field.key() == key), "{key} is no key");
    }
}

#[test]
fn the_example_of_an_answers_file_is_a_good_one() {
    let topic = topic("answers");
    let example = topic.split_once("    version = 1\n").expect("an example").1;
    let lines = example.lines().take_while(|line| line.starts_with("    ")).map(str::trim);
    let text = lines.fold("version = 1\n".to_owned(), |text, line| text + line + "\n");
    Answers::from_toml(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
}

#[test]
fn every_exit_code_is_explained() {
    let machine = super::program::Machine::new();
    let topic = topic("exit-codes");
    let explained = |code: i32| topic.lines().any(|line| line == code.to_string());
    for (arguments, code) in [
        (&["history"][..], 0),
        (&["check", "--rules-only"], 1),
        (&["explain", "X99"], 2),
        (&["help", "nothing"], 2),
    ] {
        let ran = machine.run(arguments);
        assert_eq!(ran.code, code, "{ran:?}");
        assert!(explained(code), "{code} is not explained");
    }
    assert!(explained(3) && explained(70) && topic.contains("\n128+N\n"), "{topic}");
}

#[test]
fn the_folder_that_is_kept_is_named() {
    for text in [readme(), topic("files"), topic("safety")] {
        assert!(text.contains(guacfront::model::STATE_FOLDER), "{text}");
    }
}

#[test]
fn every_file_that_a_change_leaves_behind_is_named() {
    let machine = super::program::Machine::new();
    let answers = "version = 1\n[frontend]\nserver = \"apache\"\n";
    let applied = machine.with_answers(&["apply", "--yes", "--json"], answers);
    assert_eq!(applied.code, 0, "{applied:?}");
    let object: serde_json::Value = serde_json::from_str(&applied.out).expect("one object");
    let id = object["receipt"].as_str().expect("a receipt").to_owned();
    let state = guacfront::model::STATE_FOLDER;
    let topic = topic("files");
    let entries = |folder: &str| -> Vec<String> {
        let entries = std::fs::read_dir(machine.path(folder)).expect("a folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("text"));
        names.map(|name| format!("{folder}/{name}")).collect()
    };
    let receipts = format!("{state}/receipts");
    let kept = entries(state).into_iter().filter(|path| *path != receipts);
    let kept: Vec<String> = kept.chain(entries(&format!("{receipts}/{id}"))).collect();
    assert!(kept.len() >= 4, "the lock, the receipt, the files before and after: {kept:?}");
    for path in kept {
        let path = path.replace(&id, "ID");
        assert!(topic.lines().any(|line| line == path), "{path} is not explained");
    }
}

#[test]
fn help_names_every_topic_and_tells_of_every_command() {
    let all = run(None, &["help"]).out;
    for name in TOPICS {
        assert!(all.contains(&format!("\n  {name} ")), "{name}: {all}");
    }
    let command = topic("undo");
    assert!(command.contains("--dry-run") && command.contains("--force"), "{command}");
    let unknown = run(None, &["help", "anwsers"]);
    assert!(unknown.code == 2 && unknown.err.contains("did you mean answers?"), "{unknown:?}");
}

/// A row for each place of the wizard: its keys, all of each, with the word that the help bar has for them. What every
/// screen with fields has stands in the first row alone.
fn key_table() -> String {
    use guacfront::wizard::{Binding, Context, Key};
    const FORMS: [Context; 5] =
        [Context::Page, Context::Text, Context::Choice, Context::FormChoice, Context::List];
    let places = [
        ("a list to choose from", Context::Choice),
        ("a list among other fields", Context::FormChoice),
        ("the list of proxies", Context::List),
        ("the review", Context::Review),
        ("\"Still there?\"", Context::Trial),
        ("the result", Context::Result),
        ("looking for text", Context::Search),
        ("\"Whose lines count?\"", Context::Edited),
    ];
    let is_common = |binding: &&Binding| FORMS.iter().all(|context| binding.contexts.contains(context));
    let row = |place: &str, bindings: Vec<&Binding>| {
        let keys = |binding: &Binding| -> String {
            binding.keys.iter().filter_map(|key| Key::parse(key)).map(|key| format!("`{key}` ")).collect()
        };
        let shown = bindings.into_iter().filter(|binding| !binding.label.is_empty());
        let cells: Vec<String> = shown.map(|binding| keys(binding) + binding.label).collect();
        format!("| {place} | {} |\n", cells.join(" · "))
    };
    let common = row("every screen", Binding::in_context(Context::Page).filter(is_common).collect());
    let others = places.map(|(place, context)| {
        let own =
            Binding::in_context(context).filter(|binding| context == Context::Result || !is_common(binding));
        row(place, own.collect())
    });
    format!("| where | keys |\n| --- | --- |\n{common}{}", others.concat())
}

#[test]
fn the_keys_of_the_readme_are_those_of_the_table_of_bindings() {
    let (readme, table) = (readme(), key_table());
    // Like the frames, the table is renewed by a run with INSTA_UPDATE=always.
    if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
        let is_row = |line: &&str| line.starts_with('|');
        let begin = readme.find("| where | keys |").expect("the table begins");
        let end =
            begin + readme[begin..].split_inclusive('\n').take_while(is_row).map(str::len).sum::<usize>();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
        std::fs::write(path, readme[..begin].to_owned() + &table + &readme[end..]).expect("it is written");
        return;
    }
    assert!(readme.contains(&table), "the README's keys are not these:\n{table}");
}

#[test]
fn every_command_and_flag_is_named() {
    use clap::CommandFactory as _;
    let told = TOPICS.map(topic).concat() + &readme();
    let command = Arguments::command();
    let shown: Vec<_> = command.get_subcommands().filter(|sub| !sub.is_hide_set()).collect();
    for sub in &shown {
        let name = sub.get_name();
        assert!(told.contains(&format!("guacfront {name}")) || told.contains(&format!("`{name}`")), "{name}");
    }
    for argument in command.get_arguments().chain(shown.iter().flat_map(|sub| sub.get_arguments())) {
        if let Some(long) = argument.get_long().filter(|long| !matches!(*long, "help" | "version")) {
            assert!(told.contains(&format!("--{long}")), "--{long} is nowhere explained");
        }
    }
}

#[test]
fn the_files_that_the_readme_shows_are_there() {
    let readme = readme();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let links = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    for link in links.filter(|link| !link.starts_with("http") && !link.starts_with('#')) {
        assert!(root.join(link).exists(), "{link} is not there");
    }
}

/// What the table of what was tested calls the trees of tests/layouts.
const LAYOUTS: [(&str, &str); 8] = [
    ("alpine", "Alpine"),
    ("arch", "Arch"),
    ("freebsd", "FreeBSD"),
    ("nginx-org", "nginx.org"),
    ("openresty", "OpenResty"),
    ("opensuse", "openSUSE"),
    ("own-prefix", "own builds"),
    ("rhel", "RHEL"),
];

#[test]
fn the_table_of_what_was_tested_names_every_layout_and_the_tools_as_they_are_installed() {
    let readme = readme();
    let table = readme.split("## What it was tested on").nth(1).expect("the table");
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let names = std::fs::read_dir(tests.join("layouts"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path());
    let mut trees: Vec<String> = names
        .filter(|path| path.extension().is_some_and(|end| end == "tree"))
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    trees.sort();
    assert_eq!(trees, LAYOUTS.map(|(tree, _)| tree), "every tree has its word");
    for (tree, word) in LAYOUTS {
        assert!(table.contains(word), "{tree} is not in the table");
    }
    for (of, tool) in [("ansible", "ansible-core"), ("ansible", "ansible-lint"), ("certbot", "certbot-nginx")]
    {
        let wanted =
            std::fs::read_to_string(tests.join(of).join("requirements.txt")).expect("what is installed");
        let line =
            wanted.lines().find_map(|line| line.strip_prefix(&format!("{tool}=="))).expect("its version");
        let version = line.split('.').take(2).collect::<Vec<_>>().join(".");
        let name = tool.strip_suffix("-nginx").unwrap_or(tool);
        assert!(table.contains(&format!("{name} {version}")), "{name} {version} is not in the table");
    }
}

#[test]
fn the_keys_of_a_plan_object_are_explained() {
    let machine = super::program::Machine::new();
    let answers = "version = 1\n[frontend]\nserver = \"apache\"\n";
    let plan = machine.with_answers(&["plan", "--json"], answers);
    let object: serde_json::Value = serde_json::from_str(&plan.out).expect("one object");
    let topic = topic("json");
    let words: Vec<&str> = topic.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
    for key in object.as_object().expect("an object").keys() {
        assert!(words.contains(&key.as_str()), "{key} is not explained");
    }
}

#[test]
fn what_the_program_prints_of_a_machine_can_be_read_back() {
    let machine = super::program::Machine::new();
    let ran = run(Some(&machine.root()), &["answers"]);
    Answers::from_toml(&ran.out).expect("the answers can be read back");
}
