//! The wizard's fields as plain questions: for TERM=dumb, `--plain` and screen readers.
//!
//! One question at a time, lines and nothing but lines. The questions look as dialoguer's do; the answers are read by the
//! terminal itself, in whole lines: dialoguer would take it for every key and give it back raw when a signal comes.

mod lines;

use crate::model::{Answers, Draft, Field, Findings, TrustedProxies};
use crate::wizard::{
    BackendAddress, Choice, FindingLine, Screen, Wizard, caption, describe_machine, help, is_choice, is_list,
};
use dialoguer::theme::{SimpleTheme, Theme as _};
use lines::{ask as ask_line, say};
use std::io;

/// What is typed to go back.
const BACK: &str = "<";

/// How a question ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// It was answered.
    On,
    /// The one before it is meant.
    Back,
    /// There is no more input.
    Ended,
}

/// Asks every field, `condition` being what is said of the set-up that is there and `look` what stands at a backend's
/// address; `None` where the person ended the input.
///
/// # Errors
/// Where the terminal cannot be read.
pub fn ask(
    findings: Findings,
    draft: Draft,
    condition: Option<FindingLine>,
    look: impl Fn(BackendAddress) -> FindingLine,
) -> io::Result<Option<Answers>> {
    let mut wizard = Wizard::new(findings, draft);
    say("This is what was found here:");
    for line in describe_machine(wizard.findings()).into_iter().chain(condition) {
        say_line(&line);
    }
    say(&format!("{BACK} instead of an answer goes back to the question before."));
    let (mut at, mut screen) = (0, None);
    // What is asked follows from what was answered before it.
    loop {
        let Some((own, field)) = questions(&wizard).nth(at) else { break };
        if screen != Some(own) {
            say("");
            say(&own.question(wizard.server()));
            screen = Some(own);
        }
        say(help(field));
        match ask_field(&mut wizard, field)? {
            Step::On => {
                at += 1;
                tell_meaning(&wizard, field, &look);
            }
            Step::Back if at == 0 => say("  this is the first question"),
            Step::Back => at -= 1,
            Step::Ended => return Ok(None),
        }
    }
    // Every field was taken only when it was right.
    Ok(wizard.draft().parse().ok())
}

/// Says what came of an answer, where the form shows it beside the field: what each proxy means, and what stands at the
/// backend's address when its last part is known.
fn tell_meaning(wizard: &Wizard, field: Field, look: impl Fn(BackendAddress) -> FindingLine) {
    if is_list(field) {
        for entry in wizard.proxies().shown() {
            let meaning = entry.meaning.and_then(Result::ok).unwrap_or_default();
            say(&format!("  {}: {meaning}", entry.text));
        }
        if let Ok(proxies) = TrustedProxies::parse(wizard.draft().text(field)) {
            say(&format!("  {}", proxies.sample()));
        }
    }
    // Below a root prefix no server is asked.
    if field == Field::Context
        && wizard.findings().root.is_none()
        && let Some(address) = wizard.backend_typed()
    {
        say("  asking whether Guacamole answers ...");
        say_line(&look(address));
    }
}

/// A line about the machine, its warning in a word.
fn say_line(line: &FindingLine) {
    let mark = if line.warning { "warning: " } else { "" };
    let about = if line.about.is_empty() { String::new() } else { format!("{}: ", line.about) };
    say(&format!("  {about}{mark}{}", line.text));
}

/// Asks yes or no, no being what an empty answer means.
///
/// # Errors
/// Where the terminal cannot be read.
pub fn confirm(question: &str) -> io::Result<bool> {
    loop {
        let Some(answer) = read(&format!("{question} yes or no"), "no")? else { return Ok(false) };
        match answer.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => return Ok(true),
            "n" | "no" => return Ok(false),
            _ => say("yes or no is needed"),
        }
    }
}

/// Asks which of several is meant, the last being what an empty answer means; its place among them, `None` where the
/// person ended the input.
///
/// # Errors
/// Where the terminal cannot be read.
pub fn pick(question: &str, choices: &[&str]) -> io::Result<Option<usize>> {
    for (at, choice) in choices.iter().enumerate() {
        say(&format!("  {}: {choice}", at + 1));
    }
    loop {
        let prompt = format!("{question} 1 to {}", choices.len());
        let Some(text) = read(&prompt, &choices.len().to_string())? else { return Ok(None) };
        match text.trim().parse::<usize>() {
            Ok(number) if (1..=choices.len()).contains(&number) => return Ok(Some(number - 1)),
            _ => say(&format!("  not taken: a number from 1 to {} is needed", choices.len())),
        }
    }
}

/// Forgets what was typed before it was asked for: an Enter too many is no answer.
pub fn forget_what_was_typed() {
    // What is no terminal has nothing to forget.
    let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
}

/// Every question, in order, as the answers are now.
fn questions(wizard: &Wizard) -> impl Iterator<Item = (Screen, Field)> {
    let asked = Screen::ALL.into_iter().filter(|screen| wizard.asks(*screen));
    asked.flat_map(|screen| wizard.fields(screen).iter().map(move |field| (screen, *field)))
}

/// Asks one field until it is right.
fn ask_field(wizard: &mut Wizard, field: Field) -> io::Result<Step> {
    loop {
        let step = if is_choice(field) { ask_choice(wizard, field)? } else { ask_text(wizard, field)? };
        let errors: Vec<String> = wizard.errors(field).map(ToOwned::to_owned).collect();
        if step != Step::On || errors.is_empty() {
            return Ok(step);
        }
        for error in errors {
            say(&format!("  not taken: {error}"));
        }
    }
}

fn ask_text(wizard: &mut Wizard, field: Field) -> io::Result<Step> {
    let before = wizard.draft().text(field).to_owned();
    let mut default = before.clone();
    loop {
        let Some(text) = read(caption(field), &default)? else { return Ok(Step::Ended) };
        if text.trim() == BACK {
            return Ok(Step::Back);
        }
        wizard.answer(field, &text);
        if let Some(message) = wizard.message() {
            say(&format!("  {message}"));
        }
        let errors: Vec<String> = wizard.errors(field).map(ToOwned::to_owned).collect();
        if errors.is_empty() {
            return Ok(Step::On);
        }
        for error in errors {
            say(&format!("  not taken: {error}"));
        }
        // An empty answer takes what is offered, as one key does in the form.
        if let Some(near) = wizard.suggestion(field) {
            say(&format!("  Enter alone takes {near}"));
        }
        wizard.suggestion(field).unwrap_or(&before).clone_into(&mut default);
        wizard.set_text(field, &before);
    }
}

fn ask_choice(wizard: &mut Wizard, field: Field) -> io::Result<Step> {
    let choices: Vec<Choice> = wizard.choices(field);
    let mut picked = "1".to_owned();
    for (at, choice) in choices.iter().enumerate() {
        let detail = if choice.detail.is_empty() { String::new() } else { format!(" ({})", choice.detail) };
        say(&format!("  {}: {}{detail}", at + 1, choice.label));
        if choice.picked {
            picked = (at + 1).to_string();
        }
    }
    if choices.is_empty() {
        say("  none was found");
        return Ok(Step::On);
    }
    loop {
        let prompt = format!("{}, 1 to {}", caption(field), choices.len());
        let Some(text) = read(&prompt, &picked)? else { return Ok(Step::Ended) };
        if text.trim() == BACK {
            return Ok(Step::Back);
        }
        let number = text.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        match number.and_then(|at| choices.get(at).map(|choice| (at, choice))) {
            Some((at, choice)) if choice.enabled => {
                wizard.set_choice(field, at);
                return Ok(Step::On);
            }
            Some((_, choice)) => say(&format!("  not taken: {} is {}", choice.label, choice.detail)),
            None => say(&format!("  not taken: a number from 1 to {} is needed", choices.len())),
        }
    }
}

/// One line of input, `None` at its end; an empty one is what is suggested.
fn read(prompt: &str, default: &str) -> io::Result<Option<String>> {
    let suggested = Some(default).filter(|default| !default.is_empty());
    let mut text = String::new();
    // A string takes everything.
    let _ = SimpleTheme.format_input_prompt(&mut text, prompt, suggested);
    let line = ask_line(&text)?;
    Ok(line.map(|line| if line.is_empty() { default.to_owned() } else { line }))
}
