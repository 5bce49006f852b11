//! The README says what the program does: its tables and examples are held against the code.

use super::program::run;
use guacfront::cli::Arguments;
use guacfront::model::{Answers, Draft, Field, NewSiteDraft};
use std::path::Path;

fn readme() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    std::fs::read_to_string(path).expect("the README is there")
}

#[test]
fn every_key_of_the_answers_file_is_in_its_table_with_its_default() {
    let readme = readme();
    let default = Draft::default();
    for field in Field::ALL {
        let row = readme.lines().find(|line| line.starts_with(&format!("| `{}`", field.key())));
        let row = row.unwrap_or_else(|| panic!("{} has no row", field.key()));
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
}

/// A row for each place of the wizard: its keys, all of each, with the word that the help bar has for them. What every
/// screen with fields has stands in the first row alone.
fn key_table() -> String {
    use guacfront::wizard::{Binding, Context, Key};
    const FORMS: [Context; 4] = [Context::Page, Context::Text, Context::Choice, Context::List];
    let places = [
        ("a list to choose from", Context::Choice),
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
    let readme = readme();
    let command = Arguments::command();
    let shown: Vec<_> = command.get_subcommands().filter(|sub| !sub.is_hide_set()).collect();
    for sub in &shown {
        let name = sub.get_name();
        assert!(
            readme.contains(&format!("guacfront {name}")) || readme.contains(&format!("`{name}`")),
            "{name}"
        );
    }
    for argument in command.get_arguments().chain(shown.iter().flat_map(|sub| sub.get_arguments())) {
        if let Some(long) = argument.get_long().filter(|long| !matches!(*long, "help" | "version")) {
            assert!(readme.contains(&format!("--{long}")), "--{long} is not in the README");
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

#[test]
fn the_keys_of_a_plan_object_are_those_of_the_readme() {
    let machine = super::program::Machine::new();
    let answers = "version = 1\n[frontend]\nserver = \"apache\"\n";
    let plan = machine.with_answers(&["plan", "--json"], answers);
    let object: serde_json::Value = serde_json::from_str(&plan.out).expect("one object");
    let readme = readme();
    for key in object.as_object().expect("an object").keys() {
        assert!(readme.contains(&format!("`{key}`")), "{key} is not in the README");
    }
}

#[test]
fn what_the_program_prints_of_a_machine_can_be_read_back() {
    let machine = super::program::Machine::new();
    let ran = run(Some(&machine.root()), &["answers"]);
    Answers::from_toml(&ran.out).expect("the answers can be read back");
}
