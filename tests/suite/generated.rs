//! The manual page and the completions know every command and every argument that a person is shown.

use super::program::run;
use clap::{Command, CommandFactory as _};
use guacfront::cli::Arguments;

/// The names of all commands and all long arguments that are not hidden.
fn names(command: &Command) -> Vec<String> {
    let arguments = command.get_arguments().filter(|argument| !argument.is_hide_set());
    let mut found: Vec<String> =
        arguments.filter_map(|argument| argument.get_long()).map(ToOwned::to_owned).collect();
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        found.push(sub.get_name().to_owned());
        found.extend(names(sub));
    }
    found
}

#[test]
fn what_is_generated_knows_every_command_and_argument() {
    for what in ["man", "bash", "zsh", "fish"] {
        let ran = run(None, &["generate", what]);
        assert_eq!(ran.code, 0, "{what}: {ran:?}");
        // Roff writes a hyphen as \-.
        let text = ran.out.replace('\\', "");
        for name in names(&Arguments::command()) {
            assert!(text.to_lowercase().contains(&name), "{name} is not in {what}");
        }
    }
}

#[test]
fn the_manual_page_tells_the_exit_codes_and_hides_what_is_hidden() {
    let page = run(None, &["generate", "man"]).out;
    assert!(page.contains("Exit codes: 0 done"), "{page}");
    assert!(!page.to_lowercase().contains("guard"), "{page}");
}

#[test]
fn the_manual_page_holds_every_topic_of_help() {
    let page = run(None, &["generate", "man"]).out.replace("\\*(Aq", "'").replace('\\', "");
    for topic in ["answers", "check", "safety", "files", "exit-codes", "json"] {
        let text = run(None, &["help", topic]).out;
        for line in text.lines().skip(1).map(str::trim).filter(|line| !line.is_empty()) {
            assert!(page.contains(line), "{line} of {topic} is not in the manual page");
        }
    }
}

#[test]
fn bash_takes_the_completions() {
    let script = run(None, &["generate", "bash"]).out;
    let line = r#"COMP_WORDS=(guacfront un); COMP_CWORD=1; _guacfront guacfront un guacfront; echo "${COMPREPLY[@]}""#;
    let output = std::process::Command::new("bash")
        .args(["--norc", "-c", &format!("{script}\n{line}")])
        .output()
        .expect("bash is installed");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "undo", "{output:?}");
}
