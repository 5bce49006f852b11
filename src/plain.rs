//! The wizard's fields as plain questions: for TERM=dumb, `--plain` and screen readers.
//!
//! One question at a time, lines and nothing but lines: what dialoguer would do with the cursor is left out on the
//! way to the terminal.

mod lines;

use crate::model::{Answers, Draft, Field, Findings};
use crate::wizard::{Choice, FindingLine, Screen, Wizard, caption, describe_machine, help, is_choice};
use dialoguer::Input;
use lines::Lines;
use std::io;

/// Asks every field, `condition` being what is said of the set-up that is there; `None` where the person ended the input.
///
/// # Errors
/// Where the terminal cannot be read.
pub fn ask(findings: Findings, draft: Draft, condition: Option<FindingLine>) -> io::Result<Option<Answers>> {
    let out = Lines::new();
    let mut wizard = Wizard::new(findings, draft);
    out.say("This is what was found here:");
    for line in describe_machine(wizard.findings()).into_iter().chain(condition) {
        let mark = if line.warning { "warning: " } else { "" };
        let about = if line.about.is_empty() { String::new() } else { format!("{}: ", line.about) };
        out.say(&format!("  {about}{mark}{}", line.text));
    }
    for screen in Screen::ALL {
        if screen.fields().is_empty() || !wizard.asks(screen) {
            continue;
        }
        out.say("");
        out.say(&screen.question(wizard.server()));
        for &field in screen.fields() {
            out.say(help(field));
            if !ask_field(&out, &mut wizard, field)? {
                return Ok(None);
            }
        }
    }
    // Every field was taken only when it was right.
    Ok(wizard.draft().parse().ok())
}

/// Asks yes or no, no being what an empty answer means.
///
/// # Errors
/// Where the terminal cannot be read.
pub fn confirm(question: &str) -> io::Result<bool> {
    let out = Lines::new();
    loop {
        let Some(answer) = read(&out, &format!("{question} yes or no"), "no")? else { return Ok(false) };
        match answer.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => return Ok(true),
            "n" | "no" => return Ok(false),
            _ => out.say("yes or no is needed"),
        }
    }
}

/// Forgets what was typed before it was asked for: an Enter too many is no answer.
pub fn forget_what_was_typed() {
    // What is no terminal has nothing to forget.
    let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
}

/// Asks one field until it is right; whether the person went on.
fn ask_field(out: &Lines, wizard: &mut Wizard, field: Field) -> io::Result<bool> {
    loop {
        let went_on =
            if is_choice(field) { ask_choice(out, wizard, field)? } else { ask_text(out, wizard, field)? };
        if !went_on {
            return Ok(false);
        }
        let errors: Vec<String> = wizard.errors(field).map(ToOwned::to_owned).collect();
        if errors.is_empty() {
            return Ok(true);
        }
        for error in errors {
            out.say(&format!("  not taken: {error}"));
        }
    }
}

fn ask_text(out: &Lines, wizard: &mut Wizard, field: Field) -> io::Result<bool> {
    let before = wizard.draft().text(field).to_owned();
    let Some(text) = read(out, caption(field), &before)? else { return Ok(false) };
    wizard.set_text(field, &text);
    if wizard.errors(field).next().is_some() {
        let errors: Vec<String> = wizard.errors(field).map(ToOwned::to_owned).collect();
        wizard.set_text(field, &before);
        for error in errors {
            out.say(&format!("  not taken: {error}"));
        }
        return ask_text(out, wizard, field);
    }
    Ok(true)
}

fn ask_choice(out: &Lines, wizard: &mut Wizard, field: Field) -> io::Result<bool> {
    let choices: Vec<Choice> = wizard.choices(field);
    let mut picked = "1".to_owned();
    for (at, choice) in choices.iter().enumerate() {
        let detail = if choice.detail.is_empty() { String::new() } else { format!(" ({})", choice.detail) };
        out.say(&format!("  {}: {}{detail}", at + 1, choice.label));
        if choice.picked {
            picked = (at + 1).to_string();
        }
    }
    if choices.is_empty() {
        out.say("  none was found");
        return Ok(true);
    }
    loop {
        let prompt = format!("{}, 1 to {}", caption(field), choices.len());
        let Some(text) = read(out, &prompt, &picked)? else { return Ok(false) };
        let number = text.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        match number.and_then(|at| choices.get(at).map(|choice| (at, choice))) {
            Some((at, choice)) if choice.enabled => {
                wizard.set_choice(field, at);
                return Ok(true);
            }
            Some((_, choice)) => out.say(&format!("  not taken: {} is {}", choice.label, choice.detail)),
            None => out.say(&format!("  not taken: a number from 1 to {} is needed", choices.len())),
        }
    }
}

/// One line of input, `None` at its end.
fn read(out: &Lines, prompt: &str, default: &str) -> io::Result<Option<String>> {
    let input = Input::<String>::new()
        .with_prompt(prompt)
        .default(default.to_owned())
        .show_default(!default.is_empty())
        .report(false)
        .interact_on(out.terminal());
    match input {
        Ok(text) => Ok(Some(text)),
        Err(dialoguer::Error::IO(error))
            if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::Interrupted) =>
        {
            Ok(None)
        }
        Err(dialoguer::Error::IO(error)) => Err(error),
    }
}
